"""Visits that no counter can serve any more at their time, with the nearest times at which one could."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from server.core import city, clock, database, listing
from server.core.booking import times
from server.core.days import today
from server.core.listing import Condition, Order, Page, Walk
from server.core.rows import Local, columns, read, select_one
from tracking.visits.queries import grid, offices
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.offices import Place
from tracking.visits.queries.visits import MatterView
from tracking.visits.states import Channel, VisitState

PAGE, WINDOW = 30, 20_000
AROUND = 7
"""Days before and after a visit among which another time is looked for."""
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """The office whose visits are listed."""

    office: str = listing.words(40, chip=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The time that the office holds for a visitor instead of their own."""

    id: int
    number: str
    starts_at: Local
    ends_at: Local
    held_until: Local


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A booked visit without a counter."""

    id: int
    number: str
    date: date
    starts_at: Local
    ends_at: Local
    name: str
    email: str
    phone: str
    language: str
    party: int
    unplaced_since: Local
    booked_at: Local
    matters: tuple[MatterView, ...] = ()
    proposal: Proposal | None = None
    nearest: tuple[datetime, ...] = ()
    """Free starts, the nearest first."""
    errand: Errand | None = field(default=None, compare=False)
    """What is asked of another time; None if the office does not do it any more."""


_ROW = columns(Unplaced, "v")
_PROPOSAL = columns(Proposal, "p")
_MATTER = columns(
    MatterView, "m", code="s.code", name="s.name", name_ja="s.name_ja", name_en="s.name_en", documents="s.documents"
)
_ORDER = Order({"v.date": date, "v.starts_at": datetime, "v.id": int})
_WITHOUT = Condition("v.state = 'booked' AND v.unplaced_since IS NOT NULL")


async def listed(place: Place, *, after: str = "", limit: int = PAGE) -> Page[Unplaced]:
    """A page of an office's visits without a counter, by time. At most ten queries."""
    driving = [Condition("v.office_id = ?", (place.office.id,)), Condition("v.date >= ?", (today(),))]
    walk = Walk("visit v", _ORDER, driving, [_WITHOUT], WINDOW)
    page = await walk.page(f"SELECT {_ROW} FROM ({{walk}}) v ORDER BY {{order}}", walk.order.read(after), limit)
    return page.of(await _complete([read(Unplaced, row) for row in page.rows], place))


async def one(number: str) -> Unplaced | None:
    """One such visit; None if it has its counter, or is not booked."""
    found = await database.fetch_one(
        f"SELECT {_ROW}, v.office_id FROM visit v WHERE v.number = ? AND {_WITHOUT.sql}", number
    )
    if found is None:
        return None
    place = await offices.place_of(await offices.office_by_id(found["office_id"]))
    (complete,) = await _complete([read(Unplaced, found)], place, always=True)
    return complete


async def count(office_id: int) -> int:
    """How many visits of an office have no counter."""
    sql = f"SELECT COUNT(*) FROM visit v WHERE v.office_id = ? AND v.date >= ? AND {_WITHOUT.sql}"
    return int(await database.value(sql, office_id, today()))


async def proposal(visit_id: int) -> Proposal | None:
    """The time that is held for a visit instead of its own, until its visitor has decided."""
    sql = f"SELECT {_PROPOSAL} FROM visit p WHERE p.replaces = ? AND p.state = ? AND p.held_until > ? ORDER BY p.id"
    return await select_one(Proposal, sql, visit_id, VisitState.OFFERED, clock.now())


async def _complete(rows: Sequence[Unplaced], place: Place, *, always: bool = False) -> list[Unplaced]:
    """Rows with their services, with what is proposed to them and, if nothing is or ``always``, the nearest times."""
    ids = [row.id for row in rows]
    matters: dict[int, list[MatterView]] = {}
    for found in await database.fetch(
        f"SELECT m.visit_id, {_MATTER} FROM visit_matter m JOIN counter_service s ON s.id = m.service_id "
        "WHERE m.visit_id IN (?) ORDER BY m.visit_id, m.position",
        ids,
    ):
        matters.setdefault(found["visit_id"], []).append(read(MatterView, found))
    sql = f"SELECT p.replaces, {_PROPOSAL} FROM visit p WHERE p.replaces IN (?) AND p.state = ? AND p.held_until > ?"
    held = {
        found["replaces"]: read(Proposal, found)
        for found in await database.fetch(sql, ids, VisitState.OFFERED, clock.now())
    }
    complete = [replace(row, matters=tuple(matters.get(row.id, ())), proposal=held.get(row.id)) for row in rows]
    complete = [replace(row, errand=_errand(row, place)) for row in complete]
    return await _with_nearest(complete, place, always=always)


def _errand(row: Unplaced, place: Place) -> Errand | None:
    services = tuple(place.services[one.service_id] for one in row.matters if one.service_id in place.services)
    return Errand(place, services, Channel.DESK, row.party) if len(services) == len(row.matters) > 0 else None


async def _with_nearest(rows: Sequence[Unplaced], place: Place, *, always: bool) -> list[Unplaced]:
    """Rows with the free times nearest to theirs; all days are read together, each errand is looked up once."""
    wanted = sorted({day for row in rows if always or not row.proposal for day in _around(row.date)})
    if not wanted:
        return list(rows)
    hours = await offices.hours(place.office.id, place.weekly, wanted, await city.kept_calendar())
    calendars = await offices.calendars(place.office.id, wanted)
    known = await times.days([*calendars.values()])
    seen: dict[tuple[tuple[int, ...], int, date], list[datetime]] = {}

    def free(errand: Errand, day: date) -> list[datetime]:
        key = (tuple(one.id for one in errand.services), errand.party, day)
        if key not in seen:
            found = grid.seen(errand, day, hours[day], known.get(calendars.get(day, 0)))
            seen[key] = [slot.start for slot in found.slots if slot.left]
        return seen[key]

    return [
        replace(row, nearest=_nearest(row, (start for day in _around(row.date) for start in free(row.errand, day))))
        if row.errand and (always or not row.proposal)
        else row
        for row in rows
    ]


def _around(day: date) -> list[date]:
    first = max(today(), day - timedelta(days=AROUND))
    return offices.span_of_days(first, day + timedelta(days=AROUND))


def _nearest(row: Unplaced, starts: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(sorted(starts, key=lambda one: (abs(one - row.starts_at), one))[:NEAREST])


async def accepted(visit_id: int) -> bool:
    """Whether a visit has the time that was proposed to it: its visitor has accepted that a moment ago."""
    found = await database.value(
        "SELECT p.id FROM visit v JOIN visit p ON p.replaces = v.id AND p.starts_at = v.starts_at "
        "WHERE v.id = ? AND v.state = ? AND v.unplaced_since IS NULL AND p.state = ?",
        visit_id, VisitState.BOOKED, VisitState.CANCELLED,
    )  # fmt: skip
    return found is not None
