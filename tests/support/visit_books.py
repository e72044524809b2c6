"""The books of an office after whatever happened: visits, claims, counter time, shares and history agree."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from server.core import database, ledger, ledger_check
from server.core.booking import times
from server.core.booking.day import Day, Free, Terms, Wanted
from server.core.booking.errors import TimeTaken
from tracking.visits import rules
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow

ACTIVE = ("held", "offered", "booked")


async def agree(code: str, *, sold: bool = False) -> dict[str, int]:
    """Check all days of an office, whose roster is complete. Returns how many visits are in each state.

    ``sold``: claims without a visit are there, too, from :func:`sell_the_rest`.
    """
    office = await offices.office(code)
    terms = offices.terms(office, await offices.services(office.id))
    calendars = await database.column("SELECT calendar_id FROM office_day WHERE office_id = ?", office.id)
    for day in (await times.days(calendars)).values():
        if not sold:
            await _claims_have_owners(day)
        _claims_are_served(day, terms)
        _shares_are_kept(day, terms)
    visits = await database.fetch("SELECT * FROM visit WHERE office_id = ?", office.id)
    await _households(office, visits)
    for visit in visits:
        await _history(visit)
    assert [sentence async for sentence in ledger_check.verify()] == []
    return dict(Counter(visit["state"] for visit in visits))


async def _claims_have_owners(day: Day) -> None:
    """Each active visit has its time, nobody who left has any, and a claim counts exactly the people who share it."""
    rows = await database.fetch(
        "SELECT m.claim_id, m.service_id, m.starts_at, m.ends_at, v.state, v.party, v.number FROM visit_matter m "
        "JOIN visit v ON v.id = m.visit_id JOIN office_day d ON d.office_id = v.office_id AND d.date = v.date "
        "WHERE d.calendar_id = ?",
        day.id,
    )
    taken = Counter[int]()
    for row in rows:
        if row["state"] not in ACTIVE:
            assert row["claim_id"] is None, f"{row['number']} is {row['state']} and keeps its time"
            continue
        claim = day.claims[row["claim_id"]]
        span = tuple(rules.minute(database.moment(row[name])) for name in ("starts_at", "ends_at"))
        assert (claim.kind, claim.starts, claim.ends) == (row["service_id"], *span), row["number"]
        taken[claim.id] += row["party"] if claim.places > 1 else 1
    for row in await database.fetch("SELECT claim_id, places FROM freed_time WHERE calendar_id = ?", day.id):
        taken[row["claim_id"]] += row["places"]
    assert taken == {claim.id: claim.taken for claim in day.claims.values()}


def _claims_are_served(day: Day, terms: Terms) -> None:
    """Each claim has every one of its steps once, at a counter that is able; with all counters there, none is without.

    That no step serves two claims is in its row: it has one column for it.
    """
    for claim in day.claims.values():
        assert claim.placed, claim
        units = day.serves(claim)
        assert len(units) == (claim.ends - claim.starts) // terms.step, claim
        assert {*units} <= ({claim.unit} if claim.unit else set(terms.able[claim.kind])), claim


def _shares_are_kept(day: Day, terms: Terms) -> None:
    for minute, units in day.steps.items():
        claims = [day.claims[one] for one in units.values() if one is not None]
        for quota in terms.quotas:
            able = units if quota.kinds is None else {one for kind in quota.kinds for one in terms.able.get(kind, ())}
            present = sum(unit in able for unit in units)
            used = sum(quota.concerns(one.kind, one.channel) for one in claims)
            assert used <= present - present * quota.percent // 100, (minute, quota, claims)


async def _households(office: OfficeRow, visits: Sequence[Any]) -> None:
    active = defaultdict[str, list[Any]](list)
    for visit in visits:
        if visit["state"] == "booked":
            active[visit["household"]].append(database.day_or_none(visit["date"]))
    for days in active.values():
        assert len(days) == len({*days}) <= office.most_active, "one visit a day, and no more than allowed"


async def _history(visit: Any) -> None:
    """What the history of a visit says is what its row says."""
    state, revision, start, unplaced = "", 0, "", False
    for event in await ledger.read(f"visit/{visit['number']}"):
        data = event.data
        if event.kind == "visit.booked":
            state, start = "booked", data["starts_at"]
        elif event.kind == "visit.rescheduled":
            assert data["was"] == start
            revision, start, unplaced = revision + 1, data["starts_at"], False
        elif event.kind == "visit.cancelled":
            state = "cancelled"
        elif event.kind in {"visit.unplaced", "visit.placed"}:
            assert unplaced == (event.kind == "visit.placed"), "it changes each time"
            unplaced = event.kind == "visit.unplaced"
    if visit["booked_at"] is None:
        assert state == "", "it was never booked"
        return
    assert (state, revision) == (visit["state"], visit["revision"]), visit["number"]
    assert start == database.moment(visit["starts_at"]).isoformat(timespec="minutes")


async def sell_the_rest(code: str, channel: str = "desk") -> int:
    """Take all that is shown as free, start by start, straight from the engine: it can be sold, and no more than that.

    Returns how many claims were sold.
    """
    office = await offices.office(code)
    known = await offices.services(office.id)
    terms = offices.terms(office, known)
    sold = 0
    for calendar in await database.column("SELECT calendar_id FROM office_day WHERE office_id = ?", office.id):
        day = (await times.days([calendar]))[calendar]
        for service in known.values():
            length = rules.rounded(service.minutes, office.step)
            for start in sorted(day.steps):
                wanted = Wanted(kind=service.id, starts=start, ends=start + length, channel=channel)
                left = Free((await times.days([calendar]))[calendar], terms).claims(wanted)
                for number in range(left + 1):
                    assert await _taken(calendar, wanted, terms) == (number < left), (wanted, number, left)
                sold += left
        full = (await times.days([calendar]))[calendar]
        able = {unit for units in terms.able.values() for unit in units}
        alone = [
            (minute, unit)
            for minute, units in full.steps.items()
            for unit, claim in units.items()
            if claim is None and unit in able
        ]
        assert not [place for place in alone if any(
            Free(full, terms).claims(Wanted(kind=kind, starts=place[0], ends=place[0] + terms.step, channel=channel))
            for kind, units in terms.able.items() if place[1] in units
        )], "no step is left that somebody could use"  # fmt: skip
    return sold


async def _taken(calendar: int, wanted: Wanted, terms: Terms) -> bool:
    try:
        async with database.transaction():
            await times.lock(calendar)
            await times.take(calendar, wanted, terms)
    except TimeTaken:
        return False
    return True
