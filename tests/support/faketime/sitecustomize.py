"""Under Debian's libfaketime ``time.sleep`` is refused (EINVAL), as it sleeps by the clock that is not faked.

``make test-clock`` puts this folder on ``PYTHONPATH``, so that every Python of its runs waits in another way.
"""

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex, /) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
