"""Coverage, and where it looks away: tracing each line makes a test take twice as long.

``coverage run`` starts it in every process of a test run, also in those that tests start.
"""

from collections.abc import Generator

import coverage
import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "untraced: its lines are not counted, which makes it twice as fast")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage is measured on SQLite: the same tests on PostgreSQL would run the same lines."""
    for item in items:
        parameters = getattr(item, "callspec", None)
        if parameters is not None and parameters.params.get("engine") == "postgres":
            item.add_marker(pytest.mark.untraced)


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
