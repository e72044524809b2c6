"""The ``sinmungo`` command as a process of its own whose clock begins at the moment given first.

``python -m tests.support.sinmungo 2027-03-09T01:00+00:00 serve``
"""

import os
import sys
from datetime import datetime

from server.__main__ import main
from server.core import clock
from tests.support.running_clock import running_from

if __name__ != "__mp_main__":  # else one of several web processes, which finds it where the first has put it
    os.environ["CLOCK_BEGINS"] = sys.argv.pop(1)
clock._machine = running_from(datetime.fromisoformat(os.environ["CLOCK_BEGINS"]))

if __name__ == "__main__":
    main()
