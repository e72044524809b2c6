"""The moment at which every test begins: an ordinary working morning in the city, whatever the machine's clock says.

Time runs on from there, so that what is done later is later; a test that needs another moment says
``with clock.at(…)``. Programs that tests start begin at the same moment (:mod:`tests.support.sinmungo`).
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.core import clock

START = datetime(2027, 3, 9, 1, tzinfo=UTC)
"""A Tuesday, ten o'clock in Seoul: no holiday for a week before and for seven weeks after it."""

machine = clock._machine


def running_from(moment: datetime) -> Callable[[], datetime]:
    """A clock that shows ``moment`` now and runs on."""
    began = time.monotonic()
    return lambda: moment + timedelta(seconds=time.monotonic() - began)


def pytest_configure() -> None:
    clock._machine = running_from(START)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    clock._machine = running_from(START)


def pytest_unconfigure() -> None:
    clock._machine = machine
