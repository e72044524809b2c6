"""The receipt (접수증, Act 9②) as a thing to keep: its due date for a calendar.

It does not hold the access key: calendars are shared.
"""

from datetime import datetime

from server.core import icalendar


def calendar(*, reference: str, title: str, due: datetime, by_day: bool, url: str) -> bytes:
    """The due date as an iCalendar file: a whole day where the day counts, else the moment."""
    entry = icalendar.Entry(uid=reference, title=title, url=url, starts=due.date() if by_day else due)
    return icalendar.calendar([entry], product="Receipt")
