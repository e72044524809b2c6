"""The ``sinmungo`` command as a process of its own whose clock begins at the moment given first.

``python -m tests.support.sinmungo 2027-03-09T01:00+00:00 serve``
"""

import sys
from datetime import datetime

from server.__main__ import main
from server.core import clock
from tests.support.running_clock import running_from

clock._machine = running_from(datetime.fromisoformat(sys.argv.pop(1)))

if __name__ == "__main__":
    main()
