"""Visits that lost their counter: another time is proposed, and nobody loses theirs before they have decided."""

import asyncio
from datetime import timedelta

import pytest

from server.core import clock, ledger
from server.core.booking.errors import TimeTaken
from server.core.errors import NotPossibleNow, Refusal
from tests.integration.test_booking_visits import book, left
from tests.integration.test_waiting_list import agrees, later
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday, wish
from tracking.visits.actions import booking, moving, supply
from tracking.visits.errors import MovedMeanwhile, OfferExpired
from tracking.visits.models import Counter, Office, Shift, Visit
from tracking.visits.queries import offices, unplaced
from tracking.visits.states import Channel, VisitState


@pytest.fixture(autouse=True)
def _noon(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = at("12:00", next_monday() - timedelta(days=3))
    monkeypatch.setattr(clock, "now", lambda: noon)


async def two_counters(system: System) -> tuple[Office, list[booking.Booked]]:
    """Two visits at nine, and the second counter goes: the later booking has none."""
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    made = [await book("09:00", name) for name in ("kim", "lee")]
    await lose(system, office)
    return office, made


async def lose(system: System, office: Office, counter: str = "2") -> None:
    await Shift.filter(counter__number=counter).delete()
    await supply.rebuild(office.id, [next_monday()])
    await system.work()


async def regain(system: System, office: Office) -> None:
    other, second = await Shift.filter(counter__number="1").get(), await Counter.get(number="2")
    await Shift.create(counter_id=second.id, account_id=other.account_id, date=other.date, starts="09:00", ends="17:00")
    await supply.rebuild(office.id, [next_monday()])
    await system.work()


async def listed(office: Office) -> list[unplaced.Unplaced]:
    return [*(await unplaced.listed(await offices.place(office.code))).rows]


async def propose(number: str, start: str) -> None:
    await moving.propose("account/1", number, await wish(start=start, channel=Channel.DESK))


async def test_a_proposed_time_is_held_until_it_is_accepted(system: System) -> None:
    office, (kim, lee) = await two_counters(system)
    (row,) = await listed(office)
    assert (row.number, row.nearest) == (lee.number, (at("09:15"), at("09:30"), at("09:45")))
    with pytest.raises(NotPossibleNow):
        await propose(kim.number, "09:15")
    await propose(lee.number, "09:15")
    (row,) = await listed(office)
    assert row.proposal
    assert (row.proposal.starts_at, row.nearest) == (at("09:15"), ())
    with pytest.raises(TimeTaken):
        await book("09:15", "other")
    visit = await Visit.get(number=lee.number)
    assert (visit.state, visit.starts_at) == (VisitState.BOOKED, at("09:00")), "until then it stays as it is"
    await moving.accept(lee.number)
    visit = await Visit.get(number=lee.number)
    assert (visit.state, visit.starts_at, visit.unplaced_since, visit.revision) == (
        VisitState.BOOKED, at("09:15"), None, 1,
    )  # fmt: skip
    assert await listed(office) == []
    with pytest.raises(OfferExpired):
        await moving.accept(lee.number)
    kinds = [entry.kind for entry in await ledger.read(f"visit/{lee.number}")]
    assert kinds == ["visit.booked", "visit.unplaced", "visit.move_offered", "visit.rescheduled"]
    await agrees(office, ["09:00", "09:15"])


async def test_a_refused_or_expired_proposal_frees_its_time_and_leaves_the_visit_listed(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, (_kim, lee) = await two_counters(system)
    await propose(lee.number, "09:15")
    await moving.refuse(lee.number)
    await moving.refuse(lee.number)
    assert await left(office, "09:15") == 1
    await propose(lee.number, "10:00")
    await propose(lee.number, "10:15")
    assert (await left(office, "10:00"), await left(office, "10:15")) == (1, 0), "one time is held at once"
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    with pytest.raises(OfferExpired):
        await moving.accept(lee.number)
    assert await moving.expire() == 1
    (row,) = await listed(office)
    assert (row.number, row.proposal) == (lee.number, None)
    reasons = [entry.data["reason"] for entry in await ledger.read(f"visit/{lee.number}", kind="visit.move_ended")]
    assert reasons == ["refused", "expired"]
    assert await left(office, "10:15") == 1


async def test_a_proposal_on_the_day_ends_an_hour_before_its_time(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    _office, (_kim, lee) = await two_counters(system)
    early, on_time, monday = at("12:59"), at("13:00"), next_monday()
    later(monkeypatch, at("09:10"))
    await moving.propose("account/1", lee.number, await wish(start="14:00", day=monday, channel=Channel.DESK))
    later(monkeypatch, early)
    assert await moving.expire() == 0
    later(monkeypatch, on_time)
    with pytest.raises(OfferExpired):
        await moving.accept(lee.number)
    assert await moving.expire() == 1
    assert (await Visit.filter(replaces__not_isnull=True).get()).state is VisitState.EXPIRED
    await moving.propose("account/1", lee.number, await wish(start="13:30", day=monday, channel=Channel.DESK))
    await moving.accept(lee.number)
    assert (await Visit.get(number=lee.number)).starts_at == at("13:30", monday), "at short notice it is enough to ask"


async def test_a_counter_that_comes_back_ends_the_proposal(system: System) -> None:
    office, (_kim, lee) = await two_counters(system)
    await propose(lee.number, "10:00")
    await regain(system, office)
    assert await listed(office) == []
    assert await moving.expire() == 1
    assert await left(office, "10:00") == 2
    assert (await ledger.read(f"visit/{lee.number}"))[-1].data["reason"] == "placed"
    with pytest.raises(OfferExpired):
        await moving.accept(lee.number)


async def test_a_visitor_who_chooses_another_time_or_cancels_ends_the_proposal(system: System) -> None:
    office, (_kim, lee) = await two_counters(system)
    await propose(lee.number, "10:00")
    await booking.reschedule(lee.number, await wish(start="11:00"), "visitor", by_office=True)
    assert await moving.expire() == 1
    assert await left(office, "10:00") == 1
    assert (await Visit.get(number=lee.number)).starts_at == at("11:00")


async def test_a_proposal_whose_own_counter_goes_cannot_be_accepted(system: System) -> None:
    office, (_kim, lee) = await two_counters(system)
    await propose(lee.number, "10:00")
    await lose(system, office, "1")
    with pytest.raises(OfferExpired):
        await moving.accept(lee.number)
    assert (await Visit.get(number=lee.number)).state is VisitState.BOOKED
    assert len(await listed(office)) == 2


async def test_two_officials_propose_at_once(system: System) -> None:
    office, (_kim, lee) = await two_counters(system)
    answers = await asyncio.gather(
        *(propose(lee.number, start) for start in ("10:00", "10:15", "10:30", "10:45")), return_exceptions=True
    )
    assert all(one is None or isinstance(one, MovedMeanwhile) for one in answers), answers
    assert await Visit.filter(state=VisitState.OFFERED).count() == 1
    assert [await left(office, start) for start in ("10:00", "10:15", "10:30", "10:45")].count(0) == 1


async def test_proposals_race_with_bookings(system: System) -> None:
    """All visits of a counter lose it; times are proposed, accepted and refused while others book and cancel."""
    starts = [f"09:{15 * n:02}" for n in range(4)]
    office = await an_office({"1": ["passport"], "2": ["passport"]}, most_active=50)
    made = [await book(start, f"{start}-{n}") for n in range(2) for start in starts]
    await lose(system, office)
    rows = await listed(office)
    assert len(rows) == 4

    async def try_(what: object) -> object:
        try:
            return await what  # type: ignore[misc]
        except Refusal as refusal:
            return type(refusal).__name__

    await asyncio.gather(
        *(try_(propose(row.number, f"10:{15 * n:02}")) for n, row in enumerate(rows)),
        *(try_(book(f"10:{15 * n:02}", f"passer-by {n}")) for n in range(4)),
        *(try_(booking.cancel(one.number, "visitor")) for one in made[::3]),
    )
    await asyncio.gather(
        *(try_(moving.accept(row.number)) for row in rows[::2]),
        *(try_(moving.refuse(row.number)) for row in rows[1::2]),
        *(try_(book(f"10:{15 * n:02}", f"second {n}")) for n in range(4)),
        *(try_(moving.expire()) for _worker in range(2)),
    )
    await moving.expire()
    await agrees(office, [*starts, *(f"10:{15 * n:02}" for n in range(4))])
