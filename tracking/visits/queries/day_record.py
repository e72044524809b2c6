"""What the ledger says of an office's day: of each ticket when its visitor came, was called, and how it ended.

The figures of the day are counted from this alone. Waiting is from the arrival, or the booked time if that is later, to
the first call; no recall, parking or forwarding changes it.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.core import ledger
from server.core.ledger import Entry
from tracking.visits.events import (
    PrintReported,
    QueueClosed,
    TicketCalled,
    TicketEnded,
    TicketEstimated,
    TicketFinished,
    TicketStarted,
    TicketWaits,
)
from tracking.visits.queries import queue
from tracking.visits.states import ENDED, PrintState, TicketState

SYSTEM = "system"


@dataclass(slots=True)
class TicketRecord:
    """A ticket as far as the record of a day goes."""

    ticket: int
    number: str
    service: int
    """What it waited for first on this day."""
    arrived_at: datetime
    booked_for: datetime | None
    booked: bool
    """With a reservation, on time or not."""
    forwarded: bool
    """Another office sent its visitor, who was called there first."""
    first_called_at: datetime | None
    state: TicketState = TicketState.WAITING
    serving_since: datetime | None = None
    served_seconds: float | None = None
    """At counters, all matters and visits to them together; None if that is not known."""
    estimate: tuple[float, float, float] | None = None
    """What its visitor was told: p10, p50 and p90 in minutes."""
    estimated_at: datetime | None = None
    case: str = ""
    """The case that was settled at a counter."""
    print_failed: bool = False

    @property
    def unprinted(self) -> bool:
        """Given back because its print failed: its visitor took another one, or went away without having waited."""
        return self.state is TicketState.LEFT and self.print_failed

    @property
    def waits_from(self) -> datetime:
        """From when on its visitor waits."""
        return max(self.arrived_at, self.booked_for) if self.booked_for else self.arrived_at

    @property
    def wait_seconds(self) -> int | None:
        """The wait; 0 for who was called before the booked time, None for who was not called or waited elsewhere."""
        if self.first_called_at is None or self.forwarded:
            return None
        return max(0, round((self.first_called_at - self.waits_from).total_seconds()))

    @property
    def estimate_error(self) -> float | None:
        """By how many seconds p50 was too long; negative if it was too short. None if nothing can be compared."""
        actual = self.minutes_to_call
        return None if actual is None or self.estimate is None else (self.estimate[1] - actual) * 60

    @property
    def estimate_held(self) -> bool:
        """Whether the call came within p10 to p90."""
        actual = self.minutes_to_call
        return actual is not None and self.estimate is not None and self.estimate[0] <= actual <= self.estimate[2]

    @property
    def minutes_to_call(self) -> float | None:
        """From the estimate to the first call."""
        if self.first_called_at is None or self.estimated_at is None:
            return None
        return (self.first_called_at - self.estimated_at).total_seconds() / 60

    def ends_serving(self, at: datetime) -> None:
        """Count the time at a counter that ends now, if there is one."""
        if self.serving_since is not None:
            spent = (at - self.serving_since).total_seconds()
            self.served_seconds = (self.served_seconds or 0) + spent
            self.serving_since = None


def replay(entries: Iterable[Entry]) -> dict[int, TicketRecord]:
    """The tickets of a day by their ids, those left out that were carried over to the next day."""
    found: dict[int, TicketRecord] = {}
    for entry in entries:
        if entry.kind == QueueClosed.kind:
            return {key: one for key, one in found.items() if one.state in ENDED}
        _follow(found, entry)
    return found


def _follow(found: dict[int, TicketRecord], entry: Entry) -> None:
    data, at = entry.data, entry.occurred_at
    if entry.kind == TicketWaits.kind:
        one = found.setdefault(data["ticket"], _record(data))
        one.ends_serving(at)
        one.state = TicketState.WAITING
        return
    one_or_none = found.get(data.get("ticket", 0))
    if one_or_none is None:
        return
    one = one_or_none
    match entry.kind:
        case TicketEstimated.kind:
            one.estimate, one.estimated_at = (data["p10"], data["p50"], data["p90"]), at
        case TicketCalled.kind:
            one.state = TicketState.CALLED
            one.first_called_at = one.first_called_at or datetime.fromisoformat(data["at"])
        case PrintReported.kind:
            one.print_failed = data["became"] == PrintState.FAILED
        case TicketStarted.kind:
            one.state, one.serving_since = TicketState.SERVING, at
        case TicketFinished.kind:
            one.ends_serving(at)
            one.case = data["case"] if data.get("settled") else one.case
        case TicketEnded.kind:
            if entry.actor == SYSTEM and one.serving_since is not None:
                one.serving_since = one.served_seconds = None  # nobody said when they were finished
            one.ends_serving(at)
            one.state = TicketState(data["state"])


def _record(data: Any) -> TicketRecord:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(data[name]) if data.get(name) else None

    return TicketRecord(
        data["ticket"],
        data["number"],
        data["service"],
        datetime.fromisoformat(data["arrived_at"]),
        moment("booked_for"),
        bool(data.get("visit")),
        bool(data.get("forwarded")),
        moment("called_at"),
    )


async def entries(office: str, day: date) -> AsyncIterator[Entry]:
    """The record of a day, event by event."""
    sequence = 0
    while events := await ledger.read(queue.subject(office, day), after_sequence=sequence):
        for event in events:
            yield event
        sequence = events[-1].sequence


async def of_day(office: str, day: date) -> dict[int, TicketRecord]:
    """The tickets of a day by their ids; see :func:`replay`."""
    return replay([entry async for entry in entries(office, day)])
