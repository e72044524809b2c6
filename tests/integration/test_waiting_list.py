"""The waiting list of a day: freed time is offered in order, never twice, and none of it is lost; on both databases."""

import asyncio
from datetime import datetime, timedelta

import pytest

from server.core import clock, database, ledger
from server.core.booking import times
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, Refusal
from tests.integration.test_booking_visits import book, left
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, offering, supply, taking, waiting
from tracking.visits.actions.booking import Contact
from tracking.visits.errors import AlreadyWaiting, NotWaiting, OfferExpired, OnePerHousehold, TimeFree
from tracking.visits.models import Office, Shift, Visit, Waiting
from tracking.visits.queries import offices
from tracking.visits.states import Channel, VisitState, WaitingState

HOURS = ("09:00", "10:00")
"""The first hour of the day: four starts of a passport."""


@pytest.fixture(autouse=True)
def _noon(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon, some days before: no quiet hours, and nothing ends at midnight."""
    noon = at("12:00", next_monday() - timedelta(days=3))
    monkeypatch.setattr(clock, "now", lambda: noon)


def later(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """The time is another."""
    monkeypatch.setattr(clock, "now", lambda: moment)


async def join(name: str, *services: str, hours: tuple[str, str] = HOURS, party: int = 1) -> str:
    """Somebody waits for a time of the Monday."""
    errand = await taking.errand("east", services or ["passport"], Channel.ONLINE, party)
    return await waiting.join(waiting.Wanted(errand, next_monday(), *hours), contact(name))


async def full(*names: str) -> list[booking.Booked]:
    """The first hour of one counter, booked out."""
    return [await book(f"09:{15 * n:02}", name) for n, name in enumerate(names or ("a", "b", "c", "d"))]


async def state(name: str) -> tuple[WaitingState, str]:
    """How somebody's entry stands, and the time of day that is offered to them."""
    entry = await Waiting.get(name=name)
    if entry.visit_id is None or entry.state is WaitingState.WAITING:
        return entry.state, ""
    visit = await Visit.get(id=entry.visit_id)
    return entry.state, visit.starts_at.astimezone(at("09:00").tzinfo).strftime("%H:%M")


async def offered(name: str) -> str:
    """The number of the visit that is offered to somebody."""
    return (await Visit.get(id=(await Waiting.get(name=name)).visit_id or 0)).number


async def test_a_cancelled_time_goes_to_who_waited_longest(system: System) -> None:
    office = await an_office({"1": ["passport"]}, return_minutes=60)
    made = await full()
    await join("first")
    await join("second")
    await booking.cancel(made[1].number, "visitor")
    assert await state("first") == (WaitingState.OFFERED, "09:15")
    assert await state("second") == (WaitingState.WAITING, "")
    with pytest.raises(TimeTaken):
        await book("09:15", "passer-by")
    accepted = await waiting.accept(await offered("first"))
    assert accepted.key
    assert (await waiting.accept(accepted.number)).key == ""
    visit = await Visit.get(number=accepted.number)
    assert (visit.state, visit.name, visit.held_until) == (VisitState.BOOKED, "first", None)
    assert await state("first") == (WaitingState.DONE, "09:15")
    kinds = [entry.kind for entry in await ledger.read(f"visit/{accepted.number}")]
    assert kinds == ["visit.offered", "visit.booked"]
    assert await left(office, "09:15") == 0


async def test_a_refused_or_expired_offer_goes_to_the_next_and_returns_at_last(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await an_office({"1": ["passport"]}, return_minutes=60)
    made = await full()
    for name in ("first", "second"):
        await join(name)
    await booking.cancel(made[0].number, "visitor")
    number = await offered("first")
    await waiting.refuse(number)
    await waiting.refuse(number)
    assert [await state(name) for name in ("first", "second")] == [
        (WaitingState.WAITING, ""), (WaitingState.OFFERED, "09:00"),
    ]  # fmt: skip
    with pytest.raises(OfferExpired):
        await waiting.accept(number)
    later(monkeypatch, clock.now() + timedelta(minutes=59))
    assert await booking.expire() == 0
    later(monkeypatch, clock.now() + timedelta(minutes=1))
    with pytest.raises(OfferExpired):
        await waiting.accept(await offered("second"))
    assert await booking.expire() == 1
    assert (await state("second"))[0] is WaitingState.WAITING
    assert await left(office, "09:00") == 1, "everybody on the list had their turn"
    await booking.cancel(made[1].number, "visitor")
    assert await state("first") == (WaitingState.OFFERED, "09:15"), "another time is offered again, the oldest first"


async def test_with_nobody_who_fits_the_time_returns_after_a_delay(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await an_office({"1": ["passport", "moving"]}, return_minutes=60)
    made = await full()
    monkeypatch.setattr(taking, "chance", lambda: 0.5)
    await join("mover", "moving")
    await booking.cancel(made[0].number, "visitor")
    assert await left(office, "09:00") == 0, "against trading"
    await booking.cancel(made[1].number, "visitor")
    assert (await state("mover"))[0] is WaitingState.WAITING, "half an hour is too short for 45 minutes"
    later(monkeypatch, clock.now() + timedelta(minutes=30))
    assert await booking.return_freed() == 2
    assert await left(office, "09:00") == 1
    await booking.cancel(made[2].number, "visitor")
    assert await state("mover") == (WaitingState.OFFERED, "09:00")
    assert [await left(office, start) for start in ("09:00", "09:15", "09:30")] == [0, 0, 0]


async def test_time_that_returns_is_offered_first(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_office({"1": ["passport"]}, return_minutes=60)
    made = await full()
    monkeypatch.setattr(taking, "chance", lambda: 0.5)
    await booking.cancel(made[0].number, "visitor")
    await join("late")
    assert (await state("late"))[0] is WaitingState.WAITING, "who knew of the cancellation is not served by it"
    later(monkeypatch, clock.now() + timedelta(minutes=30))
    await booking.return_freed()
    assert await state("late") == (WaitingState.OFFERED, "09:00")


async def test_a_counter_more_is_offered_to_those_who_wait(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    shift = await Shift.filter(counter__number="2").get()
    await shift.delete()
    await supply.rebuild(office.id, [next_monday()])
    await full()
    for n in range(6):
        await join(f"w{n}")
    await Shift.create(
        counter_id=shift.counter_id, account_id=shift.account_id, date=shift.date, starts="09:00", ends="17:00"
    )
    await supply.rebuild(office.id, [next_monday()])
    assert [(await state(f"w{n}"))[1] for n in range(6)] == ["09:00", "09:15", "09:30", "09:45", "", ""]


async def test_a_changed_time_and_an_expired_hold_are_offered(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_office({"1": ["passport"]})
    made = await full("a", "b", "c")
    await booking.hold(await wish(start="09:45"), "t" * 64, "ko")
    for name in ("first", "second", "third"):
        await join(name)
    await booking.reschedule(made[0].number, await wish(start="11:00"), "visitor")
    assert await state("first") == (WaitingState.OFFERED, "09:00")
    await booking.hold(await wish(start="09:45"), "t" * 64, "ko")
    assert (await state("second"))[0] is WaitingState.WAITING, "a browser that holds the same time again keeps it"
    await booking.hold(await wish(start="11:15"), "t" * 64, "ko")
    assert await state("second") == (WaitingState.OFFERED, "09:45")
    later(monkeypatch, clock.now() + timedelta(minutes=20))
    assert await booking.expire() == 1
    assert (await state("third"))[0] is WaitingState.WAITING, "11:15 is not what they wait for"


@pytest.mark.parametrize("way", ["book", "confirm a hold", "change a visit", "by the number"])
async def test_who_books_another_time_leaves_the_offered_one_to_the_next_at_once(system: System, way: str) -> None:
    monday = next_monday()
    await an_office({"1": ["passport"]}, days=[monday, monday + timedelta(days=1)])
    made = await full()
    errand = await taking.errand("east", ["passport"], Channel.ONLINE, 1)
    first = Contact("first", "first@example.org", "010-1234-5678")
    await waiting.join(waiting.Wanted(errand, monday, *HOURS), first)
    await join("second")
    if way == "change a visit":
        tuesday = await booking.book_now(await wish(day=monday + timedelta(days=1)), first)
    await booking.cancel(made[1].number, "visitor")
    number = await offered("first")
    if way == "book":
        await booking.book_now(await wish(start="11:00"), first)
    elif way == "confirm a hold":
        held = await booking.hold(await wish(start="11:00"), "t" * 64, "ko")
        await booking.book_held(held, "t" * 64, first)
    elif way == "change a visit":
        await booking.reschedule(tuesday.number, await wish(start="11:00"), "visitor")
    else:
        await booking.book_now(await wish(start="11:00"), Contact("first", phone="010-1234-5678"))
    assert (await state("first"))[0] is WaitingState.DONE
    assert await state("second") == (WaitingState.OFFERED, "09:15")
    assert (await Visit.get(number=number)).state is VisitState.CANCELLED
    assert (await ledger.read(f"visit/{number}"))[-1].data == {"refused": True}
    with pytest.raises(OfferExpired):
        await waiting.accept(number)


async def test_a_refused_booking_leaves_the_offer_open(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await full()
    await join("first")
    await join("second")
    await booking.cancel(made[1].number, "visitor")
    with pytest.raises(TimeTaken):
        await book("09:00", "first")
    assert await state("first") == (WaitingState.OFFERED, "09:15")
    assert (await state("second"))[0] is WaitingState.WAITING


async def test_entries_are_kept_for_a_month_after_their_day(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_office({"1": ["passport"]})
    await full()
    await join("kim")
    later(monkeypatch, at("12:00", next_monday() + timedelta(days=30)))
    assert await waiting.forget() == 0
    later(monkeypatch, at("12:00", next_monday() + timedelta(days=31)))
    assert await waiting.forget() == 1
    assert await Waiting.all().count() == 0


async def test_who_may_wait(system: System) -> None:
    await an_office({"1": ["passport"]})
    with pytest.raises(TimeFree) as free:
        await join("early")
    assert free.value.start == at("09:00")
    await full()
    with pytest.raises(OnePerHousehold):
        await join("a")
    number = await join("kim")
    with pytest.raises(AlreadyWaiting):
        await join("kim", hours=("", "10:00"))
    with pytest.raises(Invalid):
        await join("nobody", hours=("12:00", "13:00"))
    with pytest.raises(TimeFree):
        await join("afternoon", hours=("", ""))
    await waiting.leave(number, "visitor")
    await waiting.leave(number, "visitor")
    with pytest.raises(NotWaiting):
        await waiting.leave("NOBODY", "visitor")
    again = await join("kim")
    assert again != number
    assert await Waiting.all().count() == 1


async def test_who_leaves_lets_the_next_have_the_offer(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await full()
    number = await join("first")
    await join("second")
    await booking.cancel(made[0].number, "visitor")
    offer = await offered("first")
    await waiting.leave(number, "visitor")
    assert (await Visit.get(number=offer)).state is VisitState.CANCELLED
    assert await state("first") == (WaitingState.LEFT, "")
    assert await state("second") == (WaitingState.OFFERED, "09:00")


async def test_who_books_otherwise_waits_no_longer(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await full()
    await join("first")
    await book("11:00", "first")
    await booking.cancel(made[0].number, "visitor")
    assert (await state("first"))[0] is WaitingState.DONE


async def test_offers_end_before_the_time_can_no_longer_be_booked(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_office({"1": ["passport"]}, same_day=True, notice_hours=3)
    made = await full()
    await join("first")
    early, until = at("05:30"), at("06:45")
    later(monkeypatch, early)
    await booking.cancel(made[3].number, "visitor", cannot_come=True)
    visit = await Visit.get(number=await offered("first"))
    assert visit.held_until == until, "three hours before 09:45, although it is night until 08:00"
    await waiting.refuse(visit.number)
    later(monkeypatch, early + timedelta(minutes=40))
    await booking.cancel(made[0].number, "visitor", cannot_come=True)
    assert (await state("first"))[0] is WaitingState.WAITING, "09:00 can no longer be booked"


async def test_nothing_is_offered_when_walk_ins_get_it(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await an_office({"1": ["passport"]}, same_day=True)
    made = await full()
    await join("first")
    later(monkeypatch, at("07:05"))
    await booking.cancel(made[0].number, "visitor", cannot_come=True)
    assert (await state("first"))[0] is WaitingState.WAITING
    await booking.return_freed()
    assert await offering.due() == 0


async def test_a_displaced_visit_comes_before_the_waiting_list(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    made = await full("a", "b", "c", "d")
    displaced = [await book(f"09:{15 * n:02}", f"x{n}") for n in range(4)]
    await join("first")
    await Shift.filter(counter__number="2").delete()
    assert (await supply.rebuild(office.id, [next_monday()])).unplaced == 4
    await system.work()
    assert await Visit.filter(unplaced_since__not_isnull=True).count() == 4
    await booking.cancel(made[0].number, "visitor")
    await system.work()
    assert (await Visit.get(number=displaced[0].number)).unplaced_since is None
    assert (await state("first"))[0] is WaitingState.WAITING


async def test_a_place_that_was_never_offered_is_found_by_the_job(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await full()
    await join("first")
    claim = await database.value(
        "SELECT m.claim_id FROM visit_matter m JOIN visit v ON v.id = m.visit_id WHERE v.number = ?", made[0].number
    )
    await times.give_back(claim)  # as if a process had been killed before it made the offer
    await Visit.filter(number=made[0].number).update(state=VisitState.CANCELLED)
    assert await offering.due() == 1
    assert await state("first") == (WaitingState.OFFERED, "09:00")
    assert await offering.due() == 0


async def test_many_wait_and_many_cancel_at_once(system: System) -> None:
    """Cancellations, offers taken and refused, expiry and passers-by race; the counters are sold exactly."""
    office = await an_office({"1": ["passport"], "2": ["passport", "moving"]}, most_active=50)
    starts = [f"09:{15 * n:02}" for n in range(4)]

    async def try_(what: object) -> object:
        try:
            return await what  # type: ignore[misc]
        except Refusal as refusal:
            return type(refusal).__name__

    made = [await book(start, f"{start}-{n}") for start in starts for n in range(2)]
    for n in range(9):
        await join(f"w{n}", *(["moving"] if n % 3 == 0 else []))
    await asyncio.gather(
        *(try_(booking.cancel(one.number, "visitor")) for one in made),
        *(try_(book(start, f"passer-by {start}-{n}")) for start in starts for n in range(3)),
    )
    offers = await Visit.filter(state=VisitState.OFFERED)
    assert offers, "nobody else got in between"
    await asyncio.gather(
        *(try_(waiting.accept(one.number)) for one in offers[::2]),
        *(try_(waiting.refuse(one.number)) for one in offers[1::2]),
        *(try_(book(start, f"second {start}-{n}")) for start in starts for n in range(3)),
        *(try_(offering.due()) for _worker in range(2)),
        supply.rebuild(office.id, [next_monday()]),
    )
    await agrees(office, starts)


async def agrees(office: Office, starts: list[str]) -> None:
    """Each active visit has its time, nobody else has any, and what is left can be booked, but no more."""
    calendar = (await offices.calendars(office.id, [next_monday()]))[next_monday()]
    day = (await times.days([calendar]))[calendar]
    matters = await database.column(
        "SELECT m.claim_id FROM visit_matter m JOIN visit v ON v.id = m.visit_id "
        "WHERE v.state IN ('held', 'offered', 'booked')"
    )
    assert sorted(matters) == sorted(day.claims)
    for claim in day.claims.values():
        assert len(day.serves(claim)) == claim.placed * (claim.ends - claim.starts) // 15
    waits = await Waiting.filter(state=WaitingState.OFFERED).values_list("visit_id", flat=True)
    held = await Visit.filter(state=VisitState.OFFERED).values_list("id", flat=True)
    assert sorted(waits) == sorted(held), "each offer belongs to one entry"
    for start in starts:
        free = await left(office, start)
        got = []
        for n in range(free + 1):
            try:
                got.append(bool(await book(start, f"last {start}-{n}")))
            except TimeTaken:
                got.append(False)
        assert got == [True] * free + [False], start
