"""A household that gives an address and a number is one household, by whichever of them it books."""

import asyncio
from datetime import timedelta

import pytest

from server.core import clock
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday, wish
from tracking.visits.actions import booking, marking
from tracking.visits.actions.visits import Contact
from tracking.visits.desk_forms import MarkNoShow, UndoNoShow
from tracking.visits.errors import OnePerHousehold, TooManyVisits
from tracking.visits.queries import mine, visits

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
