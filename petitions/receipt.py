"""The receipt (접수증, Act 9②) as things to keep: a QR code of the case's address, and its due date for a calendar.

Neither holds the access key: a printed page is left lying about, and calendars are shared.
"""

from datetime import datetime

import segno
from markupsafe import Markup

from server.core import icalendar


def qr_svg(url: str) -> Markup:
    """The address as inline SVG without a size of its own, so that the page sizes it (error correction M, 15 %)."""
    code = segno.make(url, error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 — our own SVG


def calendar(*, reference: str, title: str, due: datetime, by_day: bool, url: str) -> bytes:
    """The due date as an iCalendar file: a whole day where the day counts, else the moment."""
    entry = icalendar.Entry(uid=reference, title=title, url=url, starts=due.date() if by_day else due)
    return icalendar.calendar([entry], product="Receipt")
