"""Visits that officials ask for: the open request of a case, its proposed times, and which of them are still free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core import accounts, config, database
from server.core.errors import NotFound
from server.core.rows import Local, columns, select, select_one
from tracking.visits.queries import grid, offices
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.offices import Place, ServiceRow
from tracking.visits.rules import Mark
from tracking.visits.states import Channel, RequestState


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request for a visit."""

    id: int
    case_reference: str
    services: tuple[int, ...]
    times: tuple[str, ...]
    reason: str
    state: RequestState
    created_at: Local
    visit_id: int | None
    asked_by: str
    """The official's name."""
    office_id: int
    code: str
    """Of the office, and its names."""
    name: str
    name_ja: str
    name_en: str

    @property
    def starts(self) -> list[datetime]:
        """The proposed times, in the city's zone."""
        return [datetime.fromisoformat(one).astimezone(config.settings().zone) for one in self.times]


_REQUEST = columns(
    RequestRow, "r", asked_by="COALESCE(a.name, '')", code="o.code", name="o.name", name_ja="o.name_ja",
    name_en="o.name_en",
)  # fmt: skip
_FROM = f"visit_request r JOIN office o ON o.id = r.office_id {accounts.with_official('r.asked_by', 'a')}"


async def open_of(reference: str) -> RequestRow | None:
    """The request of a case that still waits for a visit. One query."""
    return await select_one(
        RequestRow,
        f"SELECT {_REQUEST} FROM {_FROM}WHERE r.case_reference = ? AND r.state = ? ORDER BY r.id DESC LIMIT 1",
        reference,
        RequestState.OPEN,
    )


async def open_at(reference: str, office: int) -> list[RequestRow]:
    """The requests of a case that still wait for a visit to an office. One query."""
    return await select(
        RequestRow,
        f"SELECT {_REQUEST} FROM {_FROM}WHERE r.case_reference = ? AND r.office_id = ? AND r.state = ? ORDER BY r.id",
        reference,
        office,
        RequestState.OPEN,
    )


async def one(number: int) -> RequestRow:
    """A request by its id. Raises ``NotFound``."""
    found = await select_one(RequestRow, f"SELECT {_REQUEST} FROM {_FROM}WHERE r.id = ?", number)
    if found is None:
        raise NotFound
    return found


async def chosen(number: int) -> str:
    """The number of the visit that was booked at a proposed time of a request; empty without one."""
    booked = await database.value(
        "SELECT v.number FROM visit_request r JOIN visit v ON v.id = r.visit_id WHERE r.id = ?", number
    )
    return str(booked or "")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A request as the petitioner sees it."""

    request: RequestRow
    services: tuple[ServiceRow, ...]
    times: tuple[tuple[datetime, bool], ...]
    """Each proposed time, and whether it is still free."""


async def proposal(reference: str) -> Proposal | None:
    """The open request of a case with what is still free of it; None without one. One query if there is none."""
    request = await open_of(reference)
    if request is None:
        return None
    place = await offices.place(request.code)
    services = services_of(request, place)
    free: set[float] = set()
    if services:
        errand = Errand(place, services, Channel.DESK)
        days = await grid.days(errand, sorted({start.date() for start in request.starts}))
        free = {slot.start.timestamp() for day in days for slot in day.slots if slot.mark is not Mark.FULL}
    return Proposal(request, services, tuple((start, start.timestamp() in free) for start in request.starts))


def services_of(request: RequestRow, place: Place) -> tuple[ServiceRow, ...]:
    """The services that it is for, as far as the office still does them."""
    return tuple(place.services[one] for one in request.services if one in place.services)


async def free_starts(errand: Errand, days: int) -> Sequence[tuple[datetime, ...]]:
    """The free times of the next days, by day; days without any are left out."""
    first = offices.now().date()
    found = await grid.days(errand, offices.span_of_days(first, offices.later(first, days)))
    by_day = (tuple(slot.start for slot in day.slots if slot.mark is not Mark.FULL) for day in found)
    return [starts for starts in by_day if starts]
