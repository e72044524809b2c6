"""Coverage, and where it looks away: tracing each line makes a test take twice as long.

``coverage run`` starts it in every process of a test run, also in those that tests start.
"""

from collections.abc import Generator

import coverage
import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "untraced: its lines are not counted, which makes it twice as fast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test with the whole program under it, coverage sees the first example on SQLite.

    The same on PostgreSQL, and most often the next example as well, would run the same lines.
    """
    traced = set[str]()
    for item in items:
        parameters = getattr(item, "callspec", None)
        if parameters is not None and "engine" in parameters.params:
            name = item.nodeid.partition("[")[0]
            if parameters.params["engine"] == "postgres" or name in traced:
                item.add_marker(pytest.mark.untraced)
            else:
                traced.add(name)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    tracer = coverage.Coverage.current() if item.get_closest_marker("untraced") else None
    if tracer is None:
        return (yield)
    tracer.stop()
    try:
        return (yield)
    finally:
        tracer.start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Keep what was counted now: a worker of the run may be ended before it comes to do so by itself."""
    tracer = coverage.Coverage.current()
    if tracer is not None:
        tracer.save()
