"""The receipt (접수증, Act 9②) as a calendar entry for the due date.

It does not contain the access key, because calendars are shared.
"""

from datetime import datetime

from server.core import icalendar


def calendar(*, reference: str, title: str, due: datetime, by_day: bool, url: str) -> bytes:
    """The due date as an iCalendar file: an all-day entry for a due day, else a moment."""
    entry = icalendar.Entry(uid=reference, title=title, url=url, starts=due.date() if by_day else due)
    return icalendar.calendar([entry], product="Receipt")
