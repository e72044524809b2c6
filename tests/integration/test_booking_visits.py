"""Holding, booking, changing and cancelling visits: nothing is oversold and nothing is lost, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from server.core import clock, database, ledger
from server.core.booking import times
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, Refusal
from tests.support import visit_books
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, supply, taking
from tracking.visits.errors import HoldExpired, OnePerHousehold, Restricted, TooLate, TooManyToday, TooManyVisits
from tracking.visits.models import Counter, CounterService, Office, Opening, Restriction, Shift, Visit
from tracking.visits.queries import grid, offices
from tracking.visits.states import Channel, OpeningKind, VisitState

TOKEN = "t" * 64


async def left(office: Office, start: str, service: str = "passport") -> int:
    """How many more such visits can be booked online at a time, as the grid shows it."""
    wished = await taking.errand(office.code, [service], Channel.ONLINE)
    (day,) = await grid.days(wished, [next_monday()])
    return next(slot.left for slot in day.slots if slot.start == at(start))


async def hold(start: str, holder: str = TOKEN) -> str:
    return await booking.hold(await wish(start=start), holder, "ko")


async def book(start: str, name: str, *services: str) -> booking.Booked:
    return await booking.book_now(await wish(*services, start=start), contact(name))


async def change(made: booking.Booked, start: str) -> None:
    await booking.reschedule(made.number, await wish(start=start), "visitor")


async def test_a_hold_is_taken_everywhere_and_becomes_a_booking(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    number = await booking.hold(await wish(), TOKEN, "ko")
    assert await left(office, "09:00") == 0
    with pytest.raises(TimeTaken):
        await booking.book_now(await wish(), contact("other"))
    made = await booking.book_held(number, TOKEN, contact("kim"))
    again = await booking.book_held(number, TOKEN, contact("kim"))
    assert (made.number, again.number, again.key) == (number, number, "")
    assert made.key


async def test_a_browser_holds_one_time(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    first = await booking.hold(await wish(), TOKEN, "ko")
    await booking.hold(await wish(start="10:00"), TOKEN, "ko")
    assert (await left(office, "09:00"), await left(office, "10:00")) == (1, 0)
    with pytest.raises(HoldExpired):
        await booking.book_held(first, TOKEN, contact("kim"))
    with pytest.raises(HoldExpired):
        await booking.book_held(first, "s" * 64, contact("kim"))


async def test_two_tabs_hold_one_time_between_them(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    await asyncio.gather(*(hold(start) for start in ("09:00", "10:00")), return_exceptions=True)
    assert await left(office, "09:00") + await left(office, "10:00") == 1


async def test_an_expired_hold_is_free_again(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    number = await booking.hold(await wish(), TOKEN, "ko")
    await Visit.filter(number=number).update(held_until=clock.now() - timedelta(seconds=1))
    with pytest.raises(HoldExpired):
        await booking.book_held(number, TOKEN, contact("kim"))
    assert await left(office, "09:00") == 0, "until the job has run"
    assert await booking.expire() == 1
    assert await left(office, "09:00") == 1
    assert await booking.expire() == 0


async def test_a_household_has_one_visit_a_day(system: System) -> None:
    office = await an_office({"1": ["passport", "seal"]})
    await booking.book_now(await wish(), contact("kim"))
    for services in (["passport"], ["seal"]):
        with pytest.raises(OnePerHousehold):
            await booking.book_now(await wish(*services, start="11:00"), contact("Kim"))
    assert await left(office, "11:00") == 1, "the refusal took nothing"
    found = await asyncio.gather(*(book(start, "lee") for start in ("10:00", "10:15", "10:30")), return_exceptions=True)
    assert sum(isinstance(one, booking.Booked) for one in found) == 1, found


async def test_limits_and_restrictions(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(4)]
    office = await an_office({"1": ["passport"]}, days=days)
    booked = [await booking.book_now(await wish(day=day), contact("kim")) for day in days[:3]]
    with pytest.raises(TooManyVisits):
        await booking.book_now(await wish(day=days[3]), contact("kim"))
    now = clock.now()
    await Restriction.create(
        household=contact("lee").household, office_id=office.id, visit_id=booked[0].id, begins_at=now,
        ends_at=now + timedelta(days=30),
    )  # fmt: skip
    with pytest.raises(Restricted):
        await booking.book_now(await wish(day=days[3]), contact("lee"))
    await Restriction.all().update(lifted_at=now)
    await booking.book_now(await wish(day=days[3]), contact("lee"))


@pytest.mark.parametrize(
    ("services", "start"),
    [(["passport"], "09:10"), (["passport"], "12:00"), (["passport"], "17:00"), (["passport"], "08:45"),
     (["moving"], "11:30"), (["moving"], "16:30"), (["unknown"], "09:00"), ([], "09:00"),
     (["passport", "passport"], "09:00")],
)  # fmt: skip
async def test_only_what_the_grid_shows_can_be_asked_for(system: System, services: list[str], start: str) -> None:
    await an_office({"1": ["passport", "moving"]})
    with pytest.raises(Invalid):
        await taking.wish("east", services, at(start), Channel.ONLINE)


async def test_a_change_takes_the_new_and_gives_back_the_old_or_does_nothing(system: System) -> None:
    office = await an_office({"1": ["moving", "passport"]})
    made = await booking.book_now(await wish("moving"), contact("kim"))
    await booking.book_now(await wish(start="10:00"), contact("lee"))
    with pytest.raises(TimeTaken):
        await booking.reschedule(made.number, await wish("moving", start="09:30"), "visitor")
    assert await left(office, "09:00") == 0, "the old time is kept"
    await booking.reschedule(made.number, await wish("moving", start="09:15"), "visitor")
    assert [await left(office, start) for start in ("09:00", "09:15", "09:45", "10:00")] == [1, 0, 0, 0], (
        "its own time counted as free"
    )
    assert (await Visit.get(number=made.number)).revision == 1


async def test_cancelling_frees_the_time_after_a_delay(system: System) -> None:
    office = await an_office({"1": ["passport"]}, return_minutes=60)
    made = await booking.book_now(await wish(), contact("kim"))
    await booking.cancel(made.number, "visitor")
    await booking.cancel(made.number, "visitor")
    assert await left(office, "09:00") == 0
    await database.execute("UPDATE freed_time SET returns_at = ?", clock.now())
    await booking.return_freed()
    assert await left(office, "09:00") == 1
    await booking.book_now(await wish(), contact("kim"))


async def test_on_the_day_one_can_still_say_i_cannot_come(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    office = await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), contact("kim"))
    morning = at("08:00")
    monkeypatch.setattr(clock, "now", lambda: morning)
    with pytest.raises(TooLate):
        await booking.cancel(made.number, "visitor")
    await booking.cancel(made.number, "visitor", cannot_come=True)
    assert (await Visit.get(number=made.number)).state is VisitState.CANCELLED
    await booking.return_freed()
    monkeypatch.undo()
    assert await left(office, "09:00") == 0, "it is left to walk-ins"


async def test_a_closure_leaves_the_visit_and_lists_it(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), contact("kim"))
    await Opening.create(office_id=office.id, date=next_monday(), kind=OpeningKind.CLOSED, reason="정전")
    assert (await supply.rebuild(office.id, [next_monday()])).unplaced == 1
    await system.work()
    visit = await Visit.get(number=made.number)
    assert (visit.state, visit.unplaced_since is not None) == (VisitState.BOOKED, True)
    await Opening.all().delete()
    assert (await supply.rebuild(office.id, [next_monday()])).unplaced == 0
    await system.work()
    assert (await Visit.get(number=made.number)).unplaced_since is None
    kinds = [entry.kind for entry in await ledger.read(f"visit/{made.number}")]
    assert kinds == ["visit.booked", "visit.unplaced", "visit.placed"]
    assert await left(office, "09:00") == 0


async def test_everything_at_once(system: System) -> None:
    """Holds, bookings, changes, cancellations and expiry race over two counters; the books agree afterwards."""
    office = await an_office({"1": ["passport", "moving"], "2": ["passport"]}, most_active=50)
    starts = ["09:00", "09:15", "09:30", "09:45"]

    async def try_(what: object) -> object:
        try:
            return await what  # type: ignore[misc]
        except (Refusal, TimeTaken) as refusal:
            return type(refusal).__name__

    made = [
        one
        for one in await asyncio.gather(
            *(try_(book(starts[n % 4], f"a{n}")) for n in range(12)),
            *(try_(book(starts[n % 2], f"m{n}", "moving")) for n in range(4)),
            *(try_(hold(starts[n % 4], f"{n:064}")) for n in range(6)),
        )
        if isinstance(one, booking.Booked)
    ]
    await Visit.filter(state=VisitState.HELD).update(held_until=clock.now())
    await asyncio.gather(
        *(try_(booking.cancel(one.number, "visitor")) for one in made[::2]),
        *(try_(change(one, starts[n % 4]))
          for n, one in enumerate(made[1::2])),
        *(try_(booking.expire()) for _worker in range(3)),
        *(try_(book(starts[n % 4], f"b{n}")) for n in range(8)),
        supply.rebuild(office.id, [next_monday()]),
    )  # fmt: skip
    calendar = (await offices.calendars(office.id, [next_monday()]))[next_monday()]
    day = (await times.days([calendar]))[calendar]
    matters = await database.column(
        "SELECT m.claim_id FROM visit_matter m JOIN visit v ON v.id = m.visit_id WHERE v.state IN ('held', 'booked')"
    )
    assert sorted(matters) == sorted(day.claims), "each active visit has its claim, and nobody else has one"
    for claim in day.claims.values():
        assert len(day.serves(claim)) == (claim.ends - claim.starts) // 15
    for start in starts:  # no place is wasted: what is left can be booked, and no more
        free = await left(office, start)
        got = [await try_(book(start, f"{start}-{n}")) for n in range(free + 1)]
        assert [isinstance(one, booking.Booked) for one in got] == [True] * free + [False], got


async def test_cancelling_twice_at_once_or_while_it_is_moved(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]}, return_minutes=60)
    made = await booking.book_now(await wish(), contact("kim"))
    await asyncio.gather(*(booking.cancel(made.number, "visitor") for _press in range(3)))
    moved = await booking.book_now(await wish(), contact("lee"))
    await asyncio.gather(change(moved, "10:00"), booking.cancel(moved.number, "visitor"), return_exceptions=True)
    assert (await Visit.get(number=moved.number)).state is VisitState.CANCELLED
    await database.execute("UPDATE freed_time SET returns_at = ?", clock.now())
    await booking.return_freed()
    assert (await left(office, "09:00"), await left(office, "10:00")) == (2, 2)


async def test_changing_twice_at_once(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), contact("kim"))
    await asyncio.gather(*(change(made, "10:00") for _press in range(3)))
    assert (await Visit.get(number=made.number)).revision == 1, "it has the time that every press asked for"
    kinds = [entry.kind for entry in await ledger.read(f"visit/{made.number}")]
    assert kinds == ["visit.booked", "visit.rescheduled"]
    found = await asyncio.gather(*(change(made, start) for start in ("11:00", "14:00")), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["ChangedMeanwhile", "NoneType"], found
    lost = "14:00" if found[0] is None else "11:00"
    assert [await left(office, start) for start in ("10:00", lost)] == [1, 1]


async def test_a_household_that_books_many_days_at_once_has_no_more_than_allowed(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(6)]
    await an_office({"1": ["passport"]}, days=days, most_active=2)
    wishes = [await wish(day=day) for day in days]
    found = await asyncio.gather(
        *(booking.book_now(wished, contact("kim")) for wished in wishes), return_exceptions=True
    )
    assert sum(isinstance(one, booking.Booked) for one in found) == 2, found
    assert sum(isinstance(one, TooManyVisits) for one in found) == 4, found


async def test_who_books_and_cancels_again_and_again_is_stopped_for_the_day(system: System) -> None:
    await an_office({"1": ["passport"]}, most_daily=2)
    for start in ("09:00", "09:15"):
        made = await booking.book_now(await wish(start=start), contact("kim"))
        await booking.cancel(made.number, "visitor")
    with pytest.raises(TooManyToday, match="2 reservations"):
        await booking.book_now(await wish(), contact("kim"))
    await booking.book_now(await wish(), contact("lee"))


async def test_who_lost_their_counter_gets_the_next_time_that_is_given_back(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    first, second = [await booking.book_now(await wish(), contact(name)) for name in ("kim", "lee")]
    await Shift.filter(counter_id=(await Counter.get(number="2")).id).delete()
    assert (await supply.rebuild(office.id, [next_monday()])).unplaced == 1
    await system.work()
    assert (await Visit.get(number=second.number)).unplaced_since is not None
    await booking.cancel(first.number, "visitor")
    await system.work()
    assert (await Visit.get(number=second.number)).unplaced_since is None
    assert await left(office, "09:00") == 0
    await visit_books.agree(office.code)


async def test_nobody_loses_their_counter_to_time_that_was_given_back(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]}, return_minutes=60)
    first, second = [await booking.book_now(await wish(), contact(name)) for name in ("kim", "lee")]
    await booking.cancel(first.number, "visitor")
    await Shift.filter(counter_id=(await Counter.get(number="2")).id).delete()
    assert (await supply.rebuild(office.id, [next_monday()])).unplaced == 0, "who cancelled had booked first"
    await system.work()
    assert (await Visit.get(number=second.number)).unplaced_since is None
    await visit_books.agree(office.code)


async def test_a_time_held_when_its_counter_went_is_listed_once_it_is_booked(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    number = await hold("09:00")
    shifts = Shift.filter(date=next_monday())
    await shifts.update(starts="10:00")
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    await booking.book_held(number, TOKEN, contact("kim"))
    await system.work()
    assert (await Visit.get(number=number)).unplaced_since is not None
    await shifts.update(starts="09:00")
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    await visit_books.agree(office.code)


async def test_a_share_is_kept_for_who_comes_back_into_it(system: System) -> None:
    office = await an_office({"1": ["moving"], "2": ["passport"], "3": ["passport"], "4": ["passport"]},
                             walk_in_percent=50)  # fmt: skip
    await book("09:00", "kim", "moving")
    await book("09:00", "lee", "passport")
    shifts = Shift.filter(counter_id=(await Counter.get(number="1")).id)
    await shifts.update(starts="10:00")
    await supply.rebuild(office.id, [next_monday()])
    with pytest.raises(TimeTaken):
        await book("09:00", "park", "passport")
    await shifts.update(starts="09:00")
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    await visit_books.agree(office.code)


async def test_a_group_stays_together(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    await CounterService.filter(code="passport").update(places=4)
    offices.forget()
    for name, party in (("a", 3), ("b", 3)):
        await booking.book_now(
            await taking.wish("east", ["passport"], at("09:00"), Channel.ONLINE, party), contact(name)
        )
    wished = await taking.errand("east", ["passport"], Channel.ONLINE, 2)
    (day,) = await grid.days(wished, [next_monday()])
    assert day.slots[0].left == 0, "one place in each of two groups is no place for two people"
    with pytest.raises(TimeTaken):
        await booking.book_now(await taking.wish("east", ["passport"], at("09:00"), Channel.ONLINE, 2), contact("c"))
    await booking.book_now(await wish(), contact("d"))
    with pytest.raises(Invalid):
        await taking.errand("east", ["passport"], Channel.ONLINE, 5)
    await visit_books.agree(office.code)


async def test_a_named_counter(system: System) -> None:
    await an_office({"1": ["passport", "moving"], "2": ["passport"], "3": ["moving"]})

    async def at_counter(number: str, *services: str) -> booking.Booked:
        wished = await taking.wish("east", services, at("09:00"), Channel.ONLINE, counter=number)
        return await booking.book_now(wished, contact(f"{number}{services}"))

    await book("09:00", "kim", "passport")
    made = await at_counter("1", "passport")
    with pytest.raises(TimeTaken):
        await at_counter("1", "moving")
    for number in ("3", "4"):
        with pytest.raises(Invalid):
            await at_counter(number, "passport")
    wished = await taking.other_time(made.id, await taking.errand("east", ["passport"], Channel.ONLINE), at("10:00"))
    await booking.reschedule(made.number, wished, "visitor")
    with pytest.raises(TimeTaken):
        await booking.book_now(
            await taking.wish("east", ["moving"], at("10:00"), Channel.ONLINE, counter="1"), contact("x")
        )
    await book("10:00", "lee", "moving")
    await visit_books.agree("east")
