"""When a department's reply is due, as text and colour: for the desk, the inbox and mails."""

from datetime import datetime

from petitions.clock_words import ClockWords, period_words
from server.core import clock, config, i18n
from server.core.clock import Due, WorkingCalendar


def reply_text(due_at: datetime, language: str) -> str:
    """The day, or the hour if the case's own period ends at an hour."""
    here = due_at.astimezone(config.settings().zone)
    if here.time() == clock.END_OF_DAY:
        return i18n.date_text(here.date(), language)
    return i18n.datetime_text(here, language, config.settings().zone)


def reply_clock(due_at: datetime, calendar: WorkingCalendar, now: datetime, language: str) -> ClockWords:
    """The remaining reply period at ``now``."""
    here = calendar.local(due_at)
    by_day = here.time() == clock.END_OF_DAY
    return period_words(Due(here, here.date(), by_day=by_day), 0 if by_day else 1, calendar, now, language)
