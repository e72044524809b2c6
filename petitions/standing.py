"""What every view of a case has: the fields that its deadlines and duties are read from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from petitions import rules
from petitions.states import OPEN, State
from server.core import clock
from server.core.clock import Pause, WorkingCalendar
from server.core.days import day_of
from server.core.rows import Local


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands."""

    reference: str
    title: str
    kind: str
    channel: str
    status: State
    received_at: Local
    unit: str
    amount: int
    due_at: Local | None
    supplement_until: date | None
    interim_on: date | None
    answered_at: Local | None
    closed_at: Local | None
    objection_due_at: Local | None
    """When the decision on the open objection is due."""
    pauses: tuple[Sequence[str | None], ...]
    """First and last day of each supplement; no last day while it is awaited."""
    investigation: Mapping[str, Any] | None
    """The site investigation: ``first`` day, working ``days``, and ``more`` by which it was extended."""

    @property
    def open(self) -> bool:
        """Whether the city still has to act."""
        return self.status in OPEN

    @property
    def paused(self) -> bool:
        """Whether the deadline is paused for a supplement."""
        return self.status is State.SUPPLEMENT_REQUESTED

    @property
    def by_day(self) -> bool:
        """Whether the due date is a day (until midnight) and not an hour."""
        return self.unit != clock.Unit.HOURS

    @property
    def overdue(self) -> bool:
        """Whether the period has ended without an answer."""
        return self.open and not self.paused and self.due_at is not None and clock.now() > self.due_at

    @property
    def due_on(self) -> date | None:
        """The day on which the answer is due."""
        return _day(self.due_at)

    @property
    def objection_due_on(self) -> date | None:
        """The day on which the decision on the open objection is due."""
        return _day(self.objection_due_at)


def _day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None


class Pausing(Protocol):
    """A case, or a view of one."""

    @property
    def pauses(self) -> Sequence[Sequence[str | None]]: ...
    @property
    def supplement_until(self) -> date | None: ...
    @property
    def investigation(self) -> Mapping[str, Any] | None: ...


def pauses_of(case: Pausing, calendar: WorkingCalendar) -> list[Pause]:
    """The days that do not count: supplements (an open one up to its last day) and site investigations."""
    found = []
    for first, last in case.pauses:
        start = date.fromisoformat(str(first))
        end = date.fromisoformat(last) if last else max(start, case.supplement_until or start)
        found.append((start, end))
    if site := case.investigation:
        begins = date.fromisoformat(site["first"])
        found.append(rules.site_investigation(calendar, begins, site["days"] + site["more"]))
    return found
