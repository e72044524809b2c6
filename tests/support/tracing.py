"""Coverage, and where it looks away: tracing each line makes a test take twice as long.

``coverage run`` starts it in every process of a test run, also in those that tests start.
"""

from collections.abc import Generator

import coverage
import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "untraced: its lines are not counted, which makes it twice as fast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test with the whole program under it, coverage sees the first example, on SQLite where it runs on that.

    The same on PostgreSQL, and most often the next example as well, would run the same lines.
    """
    if coverage.Coverage.current() is None:
        return
    traced = set[str]()
    whole = [item for item in items if "engine" in getattr(getattr(item, "callspec", None), "params", ())]
    for item in sorted(whole, key=lambda item: item.callspec.params["engine"] == "postgres"):  # type: ignore[attr-defined]
        name = item.nodeid.partition("[")[0]
        if name in traced:
            item.add_marker(pytest.mark.untraced)
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
