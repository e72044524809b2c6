"""Legal limits of consultations (협조, Act 20): until when a reply may be requested, and how far it may be extended.

Pure functions, as in ``petitions.rules``.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from petitions.rules import Refusal
from server.core.clock import END_OF_DAY, WorkingCalendar
from server.core.errors import _

LONGEST_DAYS = 60
"""The longest reply period that can be requested, in working days."""
LONGEST = timedelta(days=366)
"""A reply day later than this is treated as a typing error."""


class ConsultationStatus(StrEnum):
    """The status of a consultation."""

    ASKED = "asked"
    REPLIED = "replied"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ReplyBy:
    """When a reply is wanted: within so many working days, or by a day."""

    days: int | None = None
    day: date | None = None

    def last_day(self, calendar: WorkingCalendar, since: date) -> date:
        """The last day. Policy: working days, the day of the request not counted (Civil Act 157)."""
        if self.day is not None:
            return self.day
        return calendar.add_working_days(since + timedelta(days=1), self.days or 1)[0]


def reply_due(calendar: WorkingCalendar, day: date, case_due: datetime | None) -> datetime:
    """The moment at which a reply period ends: the end of its last day.

    It ends with the case's own period if that ends on the same day, because periods in hours end at an hour.
    """
    end = datetime.combine(day, END_OF_DAY, calendar.timezone)
    if case_due is not None and calendar.local(case_due).date() == day:
        return min(end, calendar.local(case_due))
    return end


def check_reply_day(calendar: WorkingCalendar, now: datetime, day: date, case_due: datetime | None) -> Refusal | None:
    """Whether a reply may be requested by a day: today or later, within the case's own period (Act 20①).

    ``case_due`` is None for a tip, which has no period. An overdue case must be extended first.
    """
    today = calendar.local(now).date()
    if day < today or day > today + LONGEST:
        return Refusal("part_day", _("The reply must be due today or later, within a year."))
    if case_due is None:
        return None
    last = calendar.local(case_due)
    if now > case_due:
        return Refusal(
            "part_case_overdue",
            _(
                "The deadline of this case passed on %(day)s. Please extend it before you consult another "
                "department (Civil Petitions Treatment Act, Article 20).",
                day=last.date(),
            ),
        )
    if day > last.date():
        return Refusal(
            "part_beyond_case",
            _(
                "The reply must be due before the deadline of the case, by %(day)s at the latest (Civil "
                "Petitions Treatment Act, Article 20).",
                day=last.date(),
            ),
        )
    return None


@dataclass(frozen=True, slots=True)
class Running:
    """A running reply period."""

    asked_at: datetime
    due_at: datetime
    extended: bool


def check_reply_extension(
    calendar: WorkingCalendar, part: Running, now: datetime, day: date, case_due: datetime | None
) -> Refusal | None:
    """Whether the consulted department may extend its reply to a day (Act 20②③).

    Once, announced before the reply period ends, by at most the length of that period, and within the case's own period
    (Act 20①). Policy: the length is counted in working days without the day of the request; a period that ends on the
    day of the request counts as one day.
    """
    if part.extended:
        return Refusal(
            "part_extended", _("The reply deadline has already been extended; this is possible only once (Act 20).")
        )
    if now > part.due_at:
        return Refusal(
            "part_over", _("The reply deadline has passed; it could only be extended before it passed (Act 20).")
        )
    asked, due = calendar.local(part.asked_at).date(), calendar.local(part.due_at).date()
    if day <= due:
        return Refusal("part_not_later", _("The new reply date must be later than the present one."))
    if refusal := check_reply_day(calendar, now, day, case_due):
        return refusal
    length = max(1, calendar.working_days_between(asked, due))
    latest = calendar.add_working_days(due + timedelta(days=1), length)[0]
    if day > latest:
        return Refusal(
            "part_extension_too_long",
            _(
                "The extension may be at most as long as the original reply period: until %(day)s (Civil "
                "Petitions Treatment Act, Article 20).",
                day=latest,
            ),
        )
    return None
