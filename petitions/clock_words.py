"""A case's deadline as text and colour: when it is due, how much time is left, and how urgent it is.

Shared by the desk and the case page, so that officials and petitioners read the same statement. Pure functions; the
counting is in ``server.core.clock``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from petitions import rules
from petitions.standing import Standing, pauses_of
from petitions.states import State
from server.core import clock, config, i18n
from server.core.clock import Due, Pause, WorkingCalendar
from server.core.errors import Text, _

Tone = Literal["ok", "soon", "late", "paused", "done"]

HOUR, WORKING_DAY = 60, 8 * 60
"""Minutes of working time."""
NEAR = 4
"""Within so many calendar days of the due moment, a period in hours is shown in hours."""
FAR, MONTH = 92, 31
"""Beyond so many calendar days, months are shown instead of working days; a month is taken as its longest length."""


@dataclass(frozen=True, slots=True)
class ClockWords:
    """A deadline in words: ``due_text`` is None if there is no date (a tip, a paused deadline)."""

    due_text: Text | None
    remaining: Text
    tone: Tone
    hourly: bool = False
    """Whether they change within a day."""


def clock_words(case: Standing, calendar: WorkingCalendar, now: datetime, language: str) -> ClockWords:
    """A case's deadline at ``now``; dates in the texts are formatted in ``language``."""
    if case.objection_due_at is not None:
        return objection_words(case.objection_due_at, calendar, now, language)
    if not case.open:
        return ClockWords(None, _ended(case, calendar, language), "done")
    if case.paused:
        return ClockWords(None, _awaited(case, calendar, now, language), "paused")
    if case.due_at is None:
        return ClockWords(None, _("No legal period"), "ok")
    at = calendar.local(case.due_at)
    due = Due(at, at.date(), by_day=case.by_day)
    return period_words(due, case.amount, calendar, now, language, pauses_of(case, calendar))


def objection_words(due_at: datetime, calendar: WorkingCalendar, now: datetime, language: str) -> ClockWords:
    """The time to decide an objection: whoever reads it must not think that all is done."""
    at = calendar.local(due_at)
    words = period_words(Due(at, at.date(), by_day=True), rules.DECISION_DAYS, calendar, now, language)
    return replace(words, remaining=_("Objection: %(left)s", left=words.remaining))


def period_words(
    due: Due,
    amount: int,
    calendar: WorkingCalendar,
    now: datetime,
    language: str,
    pauses: Sequence[Pause] = (),
) -> ClockWords:
    """A running period at ``now``, without the days of ``pauses``; ``amount``: its hours, if it is counted in hours."""
    text = due_by(due.at, language, by_day=due.by_day)
    late = clock.overdue(due, now)
    remaining, soon = _late(calendar, due, now) if late else _left(amount, calendar, due, now, pauses)
    whole = due.by_day and due.at.time() == clock.END_OF_DAY
    hourly = not whole and _away(calendar, due, now) <= NEAR
    return ClockWords(text, remaining, "late" if late else "soon" if soon else "ok", hourly)


def due_by(at: datetime, language: str, *, by_day: bool) -> Text:
    """A due moment in the city's zone after "by": the whole day where the period is counted in days."""
    if by_day:
        return _("by the end of %(day)s", day=i18n.date_text(at.date(), language))
    return _("by %(moment)s", moment=i18n.datetime_text(at, language, at.tzinfo or UTC))


def _left(
    amount: int, calendar: WorkingCalendar, due: Due, now: datetime, pauses: Sequence[Pause]
) -> tuple[Text, bool]:
    """The time left, and whether it is short: the last two days, or the last third of a period in hours."""
    away = _away(calendar, due, now)
    if away > FAR:
        return _("more than %(months)s months left", months=away // MONTH), False
    if due.by_day or away > NEAR:
        days = clock.remaining_days(calendar, due, now, pauses)
        return _days_left(days), days <= 1
    minutes = clock.remaining(calendar, due, now, pauses).minutes
    return _minutes_left(minutes), minutes <= min(WORKING_DAY, amount * HOUR // 3)


def _late(calendar: WorkingCalendar, due: Due, now: datetime) -> tuple[Text, bool]:
    away = _away(calendar, due, now)
    if away > FAR:
        return _("more than %(months)s months late", months=away // MONTH), False
    if due.by_day or away > NEAR:
        return _days_late(-clock.remaining_days(calendar, due, now)), True
    # Rounding is towards less time left, so a period that just ended has -1 minute.
    return _minutes_late(-clock.remaining(calendar, due, now).minutes), True


def _away(calendar: WorkingCalendar, due: Due, now: datetime) -> int:
    return abs((due.on - calendar.local(now).date()).days)


def _days_left(days: int) -> Text:
    if days <= 0:
        return _("due today")
    return _("1 working day left") if days == 1 else _("%(days)s working days left", days=days)


def _days_late(days: int) -> Text:
    if days <= 0:
        return _("deadline passed")
    return _("1 working day late") if days == 1 else _("%(days)s working days late", days=days)


def _minutes_left(minutes: int) -> Text:
    hours, rest = divmod(minutes, HOUR)
    if hours >= 2 * WORKING_DAY // HOUR:
        return _days_left(minutes // WORKING_DAY)
    if not hours:
        return _("%(minutes)s min left", minutes=rest)
    if not rest:
        return _("%(hours)s h left", hours=hours)
    return _("%(hours)s h %(minutes)s min left", hours=hours, minutes=rest)


def _minutes_late(minutes: int) -> Text:
    hours, rest = divmod(max(minutes, 0), HOUR)
    if hours >= WORKING_DAY // HOUR:
        return _days_late(minutes // WORKING_DAY)
    if hours:
        return _("%(hours)s h late", hours=hours)
    return _("%(minutes)s min late", minutes=rest) if rest else _("deadline passed")


def _awaited(case: Standing, calendar: WorkingCalendar, now: datetime, language: str) -> Text:
    until = case.supplement_until
    if until is None:
        return _("waiting for the supplement")
    day = i18n.date_text(until, language)
    if calendar.local(now).date() > until:
        return _("supplement was due by %(day)s", day=day)
    return _("supplement due by %(day)s", day=day)


def _ended(case: Standing, calendar: WorkingCalendar, language: str) -> Text:
    def day(moment: datetime) -> str:
        return i18n.date_text(calendar.local(moment).date(), language)

    if case.status in {State.ANSWERED, State.CLOSED}:
        answered = case.answered_at
        if answered is None:
            return _("finished")
        if case.due_at is None:
            return _("answered on %(day)s", day=day(answered))
        if answered <= case.due_at:
            return _("answered in time, on %(day)s", day=day(answered))
        return _("answered late, on %(day)s", day=day(answered))
    return _("ended on %(day)s", day=day(case.closed_at)) if case.closed_at else _("finished")


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
