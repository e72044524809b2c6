"""Taking and freeing the counter time of a visit: the frame of every action that does.

Lock order: the calendars of the days concerned, by id; then the visit's row; then its chain in the ledger.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from server.core import database
from server.core.booking import times
from server.core.booking.day import Free, Wanted
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, _
from server.core.forms import Mistake
from tracking.visits import rules
from tracking.visits.forms import read_stop
from tracking.visits.queries import grid, offices, planning
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.offices import OfficeRow, Place, ServiceRow
from tracking.visits.queries.planning import DayPlan, Stop
from tracking.visits.states import Channel

NOT_OFFERED = _("This time cannot be booked. Please choose one from the timetable.")
NO_PLAN = _("From this time not everything is free for one visit. Please choose one from the timetable.")
NO_GUIDED_PLAN = _(
    "From this time not everything is free together with your case guide. Please choose one from the timetable."
)
MOST_TOGETHER = 10
"""People who can come together to a service that is not for groups."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A time that somebody wants for what they come for: all of it at a start, or as a plan has it."""

    errand: Errand
    start: int
    plan: DayPlan | None = None

    @property
    def office(self) -> OfficeRow:
        return self.errand.office

    @property
    def date(self) -> date:
        """The day in the city's zone."""
        return offices.local(self.start).date()

    @property
    def end(self) -> int:
        return self.plan.end if self.plan else self.start + self.errand.length

    @property
    def guide(self) -> int | None:
        """The counter of the guide who comes along."""
        return self.plan.guide if self.plan else None

    @property
    def matters(self) -> list[tuple[ServiceRow, Wanted]]:
        """Each service with what is asked for it; last the guide's company, which lasts from the first to the last."""
        if self.plan is None:
            return list(zip(self.errand.services, self.errand.wanted(self.start), strict=True))
        asked = self.errand.asked
        found = [(one.service, asked(one.service, (one.start, one.end), one.counter)) for one in self.plan.stops]
        company = planning.accompaniment(self.errand.place)
        if company and self.guide is not None:
            found.append((company, asked(company, (self.start, self.end), self.guide)))
        return found


async def errand(code: str, wanted: Sequence[str], channel: Channel, party: int = 1, counter: str = "") -> Errand:
    """What somebody comes for; ``counter`` is the number of the one they ask for.

    Raises ``NoSuchOffice``, and ``Invalid`` for services that are not booked here or not at that counter.
    """
    place = await offices.place(code)
    wanted = [one for one in wanted if one != planning.ACCOMPANIMENT]  # it comes with the guide, never by itself
    if len({*wanted}) != len(wanted):
        raise Invalid.at("service", _("A service is named twice."))
    known = {one.code: one for one in place.services.values() if one.bookable}
    chosen = tuple(known[one] for one in wanted if one in known)
    if not wanted or len(chosen) != len(wanted):
        raise Invalid.at("service", _("This service cannot be booked at this office."))
    if len(chosen) > place.office.most_matters:
        raise Invalid.at("service", _("One visit can combine %(most)s services.", most=place.office.most_matters))
    largest = min((one.places for one in chosen if one.places > 1), default=MOST_TOGETHER)
    if not 1 <= party <= largest:
        raise Invalid.at("party", _("Please enter a number of people from 1 to %(most)s.", most=largest))
    return Errand(place, chosen, channel, party, await _counter(place, chosen, counter) if counter else None)


async def _counter(place: Place, chosen: Sequence[ServiceRow], number: str) -> int:
    sql = "SELECT id FROM counter WHERE office_id = ? AND number = ? AND active = ?"
    found = await database.value(sql, place.office.id, number, True)
    if not any(found in one.counters for one in chosen):
        raise Invalid.at("counter", _("This counter does none of the chosen services."))
    return int(found)


async def wish(
    code: str, wanted: Sequence[str], start: datetime, channel: Channel, party: int = 1, counter: str = ""
) -> Wish:
    """Check a wished time against what the grid shows. Raises as :func:`errand`, and ``Invalid`` for another start."""
    return await at_start(await errand(code, wanted, channel, party, counter), start)


async def at_start(wanted: Errand, start: datetime) -> Wish:
    """Check a wished time against what the grid shows. Raises ``Invalid`` for another start."""
    found = Wish(wanted, rules.minute(start))
    (day,) = await grid.days(found.errand, [found.date])
    # As numbers: in the hour that comes twice, times with other zones are never equal (PEP 495).
    if all(slot.start.timestamp() != start.timestamp() for slot in day.slots):
        raise Invalid.at("start", NOT_OFFERED)
    return found


async def planned(wanted: Errand, stops: Sequence[str], guide: str = "") -> Wish:
    """Check a chosen plan, each of its stops as ``planning.Stop.value`` writes it; ``guide`` is the guide's number.

    Raises ``Invalid`` for one that the day's counters never offer.
    """
    try:
        chosen = [read_stop(one) for one in stops]
    except Mistake as mistake:
        raise Invalid.at("stops", mistake.text) from None
    company = await guide_of(wanted.place, guide)
    plan = await planning.offered(wanted, chosen, guide=company) if chosen else None
    if plan is None:
        raise Invalid.at("stops", _("This plan cannot be booked. Please choose one from the list."))
    return Wish(planning.with_services(wanted, plan), plan.start, plan)


async def guide_of(place: Place, number: str) -> int | None:
    """The counter that stands for a guide, by its number; None if none is wished for. Raises ``Invalid``."""
    if not number:
        return None
    found = next((one for one, each in await planning.guides(place) if each.number == number), None)
    if found is None:
        raise Invalid.at("guide", _("This case guide cannot accompany you at this office."))
    return found


async def other_time(visit: int, wanted: Errand, start: datetime, stops: Sequence[str] = ()) -> Wish:
    """The wish for another time of a visit: with the guide and the named counter that it had.

    ``stops`` are those of a plan. Raises ``Invalid`` for a time at which the visit cannot take place.
    """
    changed = await changing(visit, wanted)
    if stops:
        known = await planning.counters(wanted.office.id)
        return await planned(wanted, stops, known[changed.guide].number if changed.guide in known else "")
    if not changed.planned:
        return await at_start(changed, start)
    if changed.present and changed.present.timestamp() == start.timestamp():
        return await of_visit(visit, wanted.office.id, start, wanted.channel, wanted.party)
    return await _best_from(start, changed, visit)


async def changing(visit: int, wanted: Errand) -> Errand:
    """What another time of a visit asks for: with the guide and the named counter that it has; its own time is free."""
    rows = await database.fetch(
        "SELECT v.guide_id, v.starts_at, v.unplaced_since, v.party, m.claim_id, b.unit FROM visit v "
        f"JOIN visit_matter m ON m.visit_id = v.id {times.with_claim('m.claim_id', 'b', left=True)}WHERE v.id = ?",
        visit,
    )
    guide = rows[0]["guide_id"] if rows else None
    placed = bool(rows) and rows[0]["unplaced_since"] is None
    found = replace(
        wanted,
        guide=guide,
        present=database.moment(rows[0]["starts_at"]) if placed else None,
        claims={row["claim_id"]: row["party"] for row in rows if row["claim_id"] is not None},
    )
    several = len(wanted.services) > 1
    if guide is not None or (several and planning.spread(wanted, await planning.counters(wanted.office.id))):
        return replace(found, planned=True)
    named = {row["unit"] for row in rows if row["unit"] is not None}
    return replace(found, counter=named.pop() if len(named) == 1 else None)


async def _best_from(start: datetime, wanted: Errand, visit: int) -> Wish:
    at = rules.minute(start)
    (day,) = await planning.plans(
        wanted, [offices.local(at).date()], guide=wanted.guide, own=visit, start=at, most=planning.EVERY_START
    )
    plan = next((one for one in day.plans if one.start * 60 == start.timestamp()), None)
    if plan is None:
        raise Invalid.at("start", NO_PLAN if wanted.guide is None else NO_GUIDED_PLAN)
    return Wish(planning.with_services(wanted, plan), plan.start, plan)


async def of_visit(visit: int, office_id: int, start: datetime, channel: Channel, party: int) -> Wish:
    """The wish that a visit was made from: with the times, counters and guide of a plan, if it was one."""
    place = await offices.place((await offices.office_by_id(office_id)).code)
    rows = await database.fetch(
        "SELECT m.service_id, m.starts_at, m.ends_at, b.unit FROM visit_matter m "
        f"{times.with_claim('m.claim_id', 'b', left=True)}WHERE m.visit_id = ? ORDER BY m.position",
        visit,
    )
    found = [
        Stop(place.services[row["service_id"]], _minute(row["starts_at"]), _minute(row["ends_at"]), 0, row["unit"])
        for row in rows
        if row["service_id"] in place.services
    ]
    stops = tuple(one for one in found if one.service.code != planning.ACCOMPANIMENT)
    guide = next((one.counter for one in found if one.service.code == planning.ACCOMPANIMENT), None)
    wanted = Errand(place, tuple(one.service for one in stops), channel, party)
    at = rules.minute(start)
    if (
        guide is None
        and [(one.start, one.end) for one in stops] == wanted.spans(at)
        and not any(one.counter for one in stops)
    ):
        return Wish(wanted, at)
    return Wish(wanted, at, DayPlan(offices.local(at).date(), stops, 0, guide) if stops else None)


async def is_present(visit: int, wished: Wish) -> bool:
    """Whether a wish is what a visit has already: its start and services, and for a plan each of its stops."""
    row = await database.fetch_one(
        "SELECT office_id, starts_at, channel, party, guide_id FROM visit WHERE id = ? AND unplaced_since IS NULL",
        visit,
    )
    if row is None or (row["office_id"], row["party"], row["guide_id"], _minute(row["starts_at"])) != (
        wished.office.id, wished.errand.party, wished.guide, wished.start,
    ):  # fmt: skip
        return False
    start, channel = database.moment(row["starts_at"]), Channel(row["channel"])
    present = await of_visit(visit, row["office_id"], start, channel, row["party"])
    asked, has = ({one.id: wanted for one, wanted in each.matters} for each in (wished, present))
    if wished.plan is None:
        return asked.keys() == has.keys()
    return {(one, each.starts, each.ends, each.unit) for one, each in asked.items()} == {
        (one, each.starts, each.ends, each.unit) for one, each in has.items()
    }


def _minute(value: object) -> int:
    return rules.minute(database.moment(value))


async def calendar_of(wished: Wish) -> int:
    """The calendar of the day. Raises ``TimeTaken`` if nobody has entered a roster for it."""
    found = await offices.calendars(wished.office.id, [wished.date])
    if wished.date not in found:
        raise TimeTaken
    return found[wished.date]


async def take(wished: Wish, calendar: int) -> list[int]:
    """Take the time of all services. Returns a claim for each. The calendar is locked. Raises ``TimeTaken``."""
    those = await offices.present_terms(await offices.office_by_id(wished.office.id))
    return [await times.take(calendar, one, those) for _service, one in wished.matters]


async def write_matters(visit: int, wished: Wish, claims: Sequence[int], *, new: bool = False) -> None:
    """Write the services of a visit with their times and claims, instead of any earlier ones, which ``new`` ones have
    not.
    """
    if not new:
        await database.execute("DELETE FROM visit_matter WHERE visit_id = ?", visit)
    rows = [
        (visit, service.id, position, rules.moment(one.starts), rules.moment(one.ends), claim)
        for position, ((service, one), claim) in enumerate(zip(wished.matters, claims, strict=True))
    ]
    columns = ("visit_id", "service_id", "position", "starts_at", "ends_at", "claim_id")
    await database.insert("visit_matter", columns, rows)


async def free(visit: int, party: int) -> list[Wanted]:
    """Give back the time of a visit. Returns what it was. The calendar is locked."""
    numbers = await database.column(
        "SELECT claim_id FROM visit_matter WHERE visit_id = ? AND claim_id IS NOT NULL ORDER BY position", visit
    )
    freed = []
    for claim in await times.claims(numbers):
        number = party if claim.places > 1 else 1
        await times.give_back(claim.id, number)
        freed.append(
            Wanted(
                kind=claim.kind, starts=claim.starts, ends=claim.ends, channel=claim.channel, unit=claim.unit,
                places=claim.places, number=number,
            )
        )  # fmt: skip
    await database.execute("UPDATE visit_matter SET claim_id = NULL WHERE visit_id = ?", visit)
    return freed


async def withhold(place: OfficeRow, calendar: int, freed: Sequence[Wanted], returns_at: datetime | None) -> None:
    """Keep what is still free of freed time until it returns, or for walk-ins (None). The calendar is locked."""
    those = await offices.present_terms(place)
    for one in freed:
        if Free(await times.locked(calendar), those).fits(one):
            claim = await times.take(calendar, one, those)
            columns = ("calendar_id", "claim_id", "places", "returns_at")
            await database.insert("freed_time", columns, [(calendar, claim, one.number, returns_at)])


def chance() -> float:
    """A random share, evenly from 0 to 1."""
    return secrets.randbelow(10_001) / 10_000
