"""The moment at which every test begins: an ordinary working morning in the city, whatever the machine's clock says.

Time runs on from there, so that what is done later is later; a test that needs another moment says
``with clock.at(…)``. Programs that tests start begin at the same moment (:mod:`tests.support.sinmungo`).
"""

from datetime import UTC, datetime

import pytest

from server.core import clock
from tests.support.running_clock import running_from

START = datetime(2027, 3, 9, 1, tzinfo=UTC)
"""A Tuesday, ten o'clock in Seoul: no holiday for a week before and for seven weeks after it."""

machine = clock._machine


def pytest_configure() -> None:
    clock._machine = running_from(START)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    clock._machine = running_from(START)


def pytest_unconfigure() -> None:
    clock._machine = machine
