"""A clock that shows a given moment and runs on: for tests and for the programs that they start."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


def running_from(moment: datetime) -> Callable[[], datetime]:
    """A clock that shows ``moment`` now and runs on."""
    began = time.monotonic()
    return lambda: moment + timedelta(seconds=time.monotonic() - began)
