"""The section of a case's page about consultations (협조, Act 20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from petitions.clock_words import ClockWords, reply_clock, reply_text
from petitions.labels import PARTS
from petitions.queries.cases import CaseView
from petitions.queries.consultations import ConsultationView
from petitions.queries.duties import consultation_of
from petitions.reference import Reference
from server.core.accounts import Official
from server.core.errors import Text


@dataclass(frozen=True, slots=True)
class ConsultationRow:
    """One consultation as it is displayed."""

    part: ConsultationView
    department: str
    status: Text
    until: str
    clock: ClockWords | None
    """The time left to reply, while it is open."""


@dataclass(frozen=True, slots=True)
class Section:
    """The consultations of a case, and what their forms need."""

    lines: Sequence[ConsultationRow]
    own: ConsultationRow | None
    """The open consultation of the reader's own department."""
    choices: Sequence[tuple[str, str]]
    """Departments that can be consulted."""
    awaited: Sequence[tuple[str, str]]
    """Departments whose reply is outstanding."""
    first_day: date
    last_day: date | None
    """The last day within the case's own period; None for a tip."""

    @property
    def reply_until(self) -> str:
        """When the reply of the reader's own department is due; empty if it can no longer be extended."""
        own = self.own
        return own.until if own and own.clock and not own.part.extended and own.clock.tone != "late" else ""

    @property
    def reply_days(self) -> dict[str, object]:
        """The bounds of the day of a reply."""
        return {"min": self.first_day.isoformat(), "max": self.last_day and self.last_day.isoformat()}


def of(case: CaseView, official: Official, now: datetime, language: str) -> Section:
    """The section for one reader."""
    calendar, reference_data = case.reference_data.calendar, case.reference_data
    lines = [_line(part, reference_data, now, language) for part in case.parts]
    open_ones = {each.part.department_id for each in lines if each.part.open}
    part = consultation_of(case, official)
    return Section(
        lines,
        next((each for each in lines if part and part.open and each.part.id == part.id), None),
        [
            (row.code, row.name(language))
            for row in reference_data.open_departments
            if row.id != case.department_id and row.id not in open_ones
        ],
        [(row.code, row.name(language)) for row in reference_data.departments.values() if row.id in open_ones],
        calendar.local(now).date(),
        calendar.local(case.due_at).date() if case.due_at else None,
    )


def replied(parts: Sequence[ConsultationView], reference_data: Reference, now: datetime, language: str) -> Section:
    """The section for a department that has replied and no longer sees the case."""
    today = reference_data.calendar.local(now).date()
    return Section([_line(part, reference_data, now, language) for part in parts], None, (), (), today, None)


def _line(part: ConsultationView, reference_data: Reference, now: datetime, language: str) -> ConsultationRow:
    running = reply_clock(part.due_at, reference_data.calendar, now, language) if part.open else None
    name = reference_data.department_name(part.department_id, language) or "–"
    return ConsultationRow(part, name, PARTS[part.status], reply_text(part.due_at, language), running)
