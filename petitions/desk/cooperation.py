"""The section of a case's page about the parts that other departments are asked for (협조, Act 20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from petitions.clock_words import ClockWords
from petitions.labels import PARTS
from petitions.part_words import reply_clock, reply_text
from petitions.queries.cases import CaseView
from petitions.queries.parts import PartView
from petitions.queries.turns import part_of
from petitions.reference import Reference
from server.core.accounts import Official
from server.core.errors import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One part as it is drawn."""

    part: PartView
    department: str
    status: Text
    until: str
    clock: ClockWords | None
    """What is left of the reply period, while it runs."""


@dataclass(frozen=True, slots=True)
class Section:
    """The parts of a case, and what the forms about them need."""

    lines: Sequence[Line]
    own: Line | None
    """What the reader's own department owes."""
    choices: Sequence[tuple[str, str]]
    """Departments that can be asked."""
    awaited: Sequence[tuple[str, str]]
    """Departments whose replies are awaited."""
    first_day: date
    last_day: date | None
    """The last day within the case's own period; None for a tip."""


def section(case: CaseView, official: Official, now: datetime, language: str) -> Section:
    """Everything about the parts, for one reader."""
    calendar, known = case.known.calendar, case.known
    lines = [_line(part, known, now, language) for part in case.parts]
    open_ones = {each.part.department_id for each in lines if each.part.open}
    part = part_of(case, official)
    return Section(
        lines,
        next((each for each in lines if part and part.open and each.part.id == part.id), None),
        [
            (row.code, row.name(language))
            for row in known.open_departments
            if row.id != case.department_id and row.id not in open_ones
        ],
        [(row.code, row.name(language)) for row in known.departments.values() if row.id in open_ones],
        calendar.local(now).date(),
        calendar.local(case.due_at).date() if case.due_at else None,
    )


def replied(parts: Sequence[PartView], known: Reference, now: datetime, language: str) -> Section:
    """What a department reads that has replied and does not see the case any more."""
    today = known.calendar.local(now).date()
    return Section([_line(part, known, now, language) for part in parts], None, (), (), today, None)


def _line(part: PartView, known: Reference, now: datetime, language: str) -> Line:
    row = known.departments.get(part.department_id)
    running = reply_clock(part.due_at, known.calendar, now, language) if part.open else None
    name = row.name(language) if row else "–"
    return Line(part, name, PARTS[part.status], reply_text(part.due_at, language), running)
