"""Which visits answer what an official has asked for, and that several at once do not lock each other out."""

import asyncio
from datetime import timedelta

import pytest

from petitions.actions import handling
from petitions.forms import Accept
from server.core.errors import NotPossibleNow, Refusal
from tests.support.stories import filed, somebody
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, cases, for_others, requests
from tracking.visits.desk_forms import AskForVisit, LinkCase
from tracking.visits.models import Visit, VisitRequest
from tracking.visits.states import Channel, RequestState

BOTH = ("passport", "seal")


async def asked(*services: str) -> tuple[str, int]:
    """A case in which a visit is asked for: its number, and the request's id."""
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    command = AskForVisit("east", services, (at("09:00"),), "원본")
    return case.reference, await requests.ask(await somebody("handler"), case.reference, command)


async def answered(request: int) -> int | None:
    """The visit that answers a request."""
    found = await VisitRequest.get(id=request)
    visit: int | None = found.visit_id
    assert (found.state is RequestState.BOOKED) == (visit is not None)
    return visit


async def test_only_all_that_is_asked_for_at_the_office_answers(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(3)]
    await an_office({"1": BOTH}, days=days, most_active=9)
    await an_office({"1": BOTH}, code="west")
    case, request = await asked(*BOTH)
    await booking.book_now(await wish("passport", start="10:00"), contact("hong"), case=case)
    await booking.book_now(await wish(*BOTH, start="10:00", code="west"), contact("hong"), case=case)
    await booking.book_now(await wish(*BOTH, start="11:00", day=days[1]), contact("hong"))
    assert await answered(request) is None
    made = await booking.book_now(await wish(*BOTH, start="11:00", day=days[2]), contact("hong"), case=case)
    assert await answered(request) == made.id
    with pytest.raises(NotPossibleNow):
        await requests.choose(request, await wish(*BOTH, channel=Channel.DESK), contact("lee"))


async def test_a_visit_booked_by_phone_answers_once_it_is_linked(system: System) -> None:
    await an_office({"1": BOTH})
    case, request = await asked("passport")
    made = await for_others.book(await wish(*BOTH, start="10:00", channel=Channel.PHONE), contact("hong"))
    assert await answered(request) is None
    await cases.attach_as_official(await somebody("handler"), made.number, LinkCase(case))
    assert await answered(request) == made.id


async def test_one_of_several_that_book_at_once_answers(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(4)]
    await an_office({"1": ["passport"], "2": ["passport"]}, days=days, most_active=9, most_daily=9)
    case, request = await asked("passport")
    proposed = await wish(channel=Channel.DESK)
    elsewhere = [await wish(start="11:00", day=day) for day in days[1:]]

    async def try_(what: object) -> object:
        try:
            return await what  # type: ignore[misc]
        except Refusal as refusal:
            return refusal.code

    results = await asyncio.gather(
        *(try_(requests.choose(request, proposed, contact("hong"))) for _press in range(3)),
        *(try_(booking.book_now(one, contact("hong"), case=case)) for one in elsewhere),
        return_exceptions=True,
    )
    made = {one.id for one in results if isinstance(one, booking.Booked)}
    assert {one for one in results if not isinstance(one, booking.Booked)} <= {NotPossibleNow.code}, results
    assert await answered(request) in made
    assert made == {one.id for one in await Visit.all()}
    assert len(made) >= len(elsewhere), "bookings that need no answer are not refused"
