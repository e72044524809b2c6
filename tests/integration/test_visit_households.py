"""A household that gives an address and a number is one household, by whichever of them it books."""

import asyncio
from datetime import timedelta

import pytest

from server.core import clock
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, marking, taking, waiting
from tracking.visits.actions.visits import Contact
from tracking.visits.desk_forms import MarkNoShow, UndoNoShow
from tracking.visits.errors import AlreadyWaiting, OnePerHousehold, Restricted, TooManyVisits
from tracking.visits.models import Restriction, Waiting
from tracking.visits.queries import desk, mine, no_shows, visits
from tracking.visits.states import Channel, WaitingState

BOTH, MAIL_ONLY, PHONE_ONLY = (
    Contact("kim", email, phone)
    for email, phone in (("k@example.org", "010-1234-5678"), ("k@example.org", ""), ("", "010-1234-5678"))
)


@pytest.mark.parametrize(("first", "second"), [(BOTH, MAIL_ONLY), (BOTH, PHONE_ONLY), (PHONE_ONLY, BOTH)])
async def test_an_address_and_a_number_are_one_household(system: System, first: Contact, second: Contact) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(3)]
    await an_office({"1": ["passport"]}, days=days, most_active=2)
    made = await booking.book_now(await wish(), first)
    with pytest.raises(OnePerHousehold):
        await booking.book_now(await wish(start="11:00"), second)
    other = await booking.book_now(await wish(day=days[1]), second)
    with pytest.raises(OnePerHousehold):
        await booking.reschedule(other.number, await wish(start="11:00"), "visitor")
    with pytest.raises(TooManyVisits):
        await booking.book_now(await wish(day=days[2]), second)
    await booking.cancel(made.number, "visitor")
    await booking.reschedule(other.number, await wish(start="11:00"), "visitor")


async def test_one_household_books_by_address_and_by_number_at_once(system: System) -> None:
    await an_office({"1": ["passport"]})
    wishes = [await wish(start=start) for start in ("09:00", "09:15", "09:30", "09:45")]
    people = (BOTH, PHONE_ONLY, BOTH, PHONE_ONLY)
    found = await asyncio.gather(
        *(booking.book_now(*one) for one in zip(wishes, people, strict=True)), return_exceptions=True
    )
    assert sum(isinstance(one, booking.Booked) for one in found) == 1, found
    assert sum(isinstance(one, OnePerHousehold) for one in found) == 3, found


async def test_one_household_books_many_days_by_address_and_by_number_at_once(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(6)]
    await an_office({"1": ["passport"]}, days=days, most_active=2)
    people = (BOTH, PHONE_ONLY) * 3
    wishes = [await wish(day=day) for day in days]
    found = await asyncio.gather(
        *(booking.book_now(*one) for one in zip(wishes, people, strict=True)), return_exceptions=True
    )
    assert sum(isinstance(one, booking.Booked) for one in found) == 2, found
    assert sum(isinstance(one, TooManyVisits) for one in found) == 4, found


async def test_a_visit_is_found_by_its_address_and_by_its_number(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), BOTH)
    for one in (MAIL_ONLY, PHONE_ONLY):
        assert await mine.newest_of(one.household) == made.number
        page = await mine.of_household(one.household, mine.Filter(), "")
        assert [row.number for row in page.rows] == [made.number]
        assert (await visits.opened(made.number, (), one.household)).number == made.number


async def test_a_no_show_is_undone_unless_the_household_has_another_visit_by_its_number(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), BOTH)
    clerk = await official("clerk")
    with clock.at(at("09:30")):
        await marking.mark_no_show(clerk, made.number, MarkNoShow("09:01, 09:09"))
    other = await booking.book_now(await wish(start="11:00"), PHONE_ONLY)
    with clock.at(at("09:40")):
        with pytest.raises(OnePerHousehold):
            await marking.undo_no_show(clerk, made.number, UndoNoShow("office"))
        await booking.cancel(other.number, "visitor", cannot_come=True)
        await marking.undo_no_show(clerk, made.number, UndoNoShow("office"))


@pytest.mark.parametrize(("first", "second"), [(BOTH, PHONE_ONLY), (MAIL_ONLY, BOTH)])
async def test_absences_are_counted_by_address_and_by_number(system: System, first: Contact, second: Contact) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(3)]
    office = await an_office({"1": ["passport"]}, days=days, no_shows=2)
    made = [await booking.book_now(await wish(day=day), who) for day, who in zip(days, (first, second), strict=False)]
    clerk = await official("clerk")
    for day, one in zip(days, made, strict=False):
        with clock.at(at("09:30", day)):
            await marking.mark_no_show(clerk, one.number, MarkNoShow("09:01, 09:09"))
    with clock.at(at("09:40", days[1])):
        for who in (first, second):
            with pytest.raises(Restricted):
                await booking.book_now(await wish(day=days[2]), who)
            (row,) = await no_shows.of_household(who.households, office.id)
        assert {one.number for one in (await no_shows.restriction(row.id)).no_shows} == {one.number for one in made}
        await marking.undo_no_show(clerk, made[0].number, UndoNoShow("office"))
        assert (await Restriction.get()).lifted_at
        await booking.book_now(await wish(day=days[2]), second)


async def test_an_absence_before_a_restriction_is_no_second_one(system: System) -> None:
    """Who is restricted by their number is not restricted again by their address."""
    days = [next_monday() + timedelta(days=n) for n in range(3)]
    await an_office({"1": ["passport"]}, days=days, no_shows=1)
    clerk = await official("clerk")
    made = [
        await booking.book_now(await wish(day=day), who) for day, who in zip(days, (PHONE_ONLY, BOTH), strict=False)
    ]
    for day, one in zip(days, made, strict=False):
        with clock.at(at("09:30", day)):
            await marking.mark_no_show(clerk, one.number, MarkNoShow("09:01, 09:09"))
    assert await Restriction.all().count() == 1


async def test_a_household_waits_once_by_its_address_and_its_number(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = [await booking.book_now(await wish(start=f"09:{15 * n:02}"), contact(f"a{n}")) for n in range(4)]
    errand = await taking.errand("east", ["passport"], Channel.ONLINE, 1)
    wanted = waiting.Wanted(errand, next_monday(), "09:00", "10:00")
    await waiting.join(wanted, BOTH)
    for who in (BOTH, MAIL_ONLY, PHONE_ONLY):
        with pytest.raises(AlreadyWaiting):
            await waiting.join(wanted, who)
    await booking.book_now(await wish(start="11:00"), PHONE_ONLY)
    assert (await Waiting.get()).state is WaitingState.DONE
    with pytest.raises(OnePerHousehold):
        await waiting.join(wanted, BOTH)
    await Waiting.all().update(state=WaitingState.WAITING)  # as if it had been missed
    await booking.cancel(made[0].number, "visitor")
    assert (await Waiting.get()).state is WaitingState.WAITING, "nothing is offered to who has a visit by its number"


async def test_officials_read_which_visit_a_caller_has(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), BOTH)
    for who in (BOTH, MAIL_ONLY, PHONE_ONLY):
        assert (await desk.has_visit(who.households, office.id, next_monday())).number == made.number
