"""A ticket whose page was lost is found again: by its code, or by a contact to which a link is sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from server.core import clock
from server.core.config import Settings
from server.core.jobs import Job
from server.core.texts import read_spool
from tests.support.page_forms import submit
from tests.support.stories import to
from tests.support.system import System, opened
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking, telling, tickets
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Ticket
from tracking.visits.queries import offices, visits
from tracking.visits.queries.queue import TicketRow
from tracking.visits.ticket_forms import TellMe

KIM, MOBILE = "kim@example.org", "010-1234-5678"
PAGE = "/tickets"


async def walk_in() -> TicketRow:
    return await arriving.walk_in(await offices.office("east"), ["passport"], Press())


async def test_by_its_code_as_somebody_types_it(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await walk_in()
        typed = ticket.code.lower().replace("-", " ")
        shown = await submit(system.client, PAGE, "/tickets", code=typed)
        assert shown.headers["location"] == f"/tickets/{ticket.code}"
        for wrong in ("22222222", "K7Q-M9X-RW", "", "234-567-89A"):
            refused = await submit(system.client, PAGE, "/tickets", code=wrong)
            assert refused.status_code == 422
            assert 'aria-invalid="true"' in refused.text
    for page in ("/visits", "/offices/east", f"/tickets/{ticket.code}"):
        assert 'href="/tickets"' in (await system.client.get(page)).text


async def test_by_the_contact_that_was_left_and_nobody_else_learns_of_it(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        mine, _other = await walk_in(), await walk_in()
        await telling.keep_contact(mine.code, TellMe(contact=MOBILE), "ko")
        answers = [
            await submit(system.visitor(), PAGE, "/find", contact=one)
            for one in ("010 1234 5678", "nobody@example.org")
        ]
        assert {one.status_code for one in answers} == {303}
        assert len({one.headers["location"] for one in answers}) == 1
        assert await Job.filter(kind=telling.FIND).count() == 2, "the same work for both"
        await system.work()
        ((text, _at),) = await read_spool(system.settings.spool, 20)
        assert text.to == "+821012345678"
        assert f"/tickets/{mine.code}" in text.body
        assert not system.mails()


async def test_by_the_contact_of_a_reservation_also_after_a_missed_call(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        booked = await booking.book_now(await wish(start="09:00"), contact("kim"))
    with clock.at(at("09:00")):
        browser = system.visitor()
        ticket, _on_time = await arriving.check_in(
            await offices.office("east"), await visits.by_number(booked.number), Press()
        )
        await Ticket.filter(id=ticket.id).update(state="missed")
        await submit(browser, PAGE, "/find", contact="KIM@example.org")
        await system.work()
        assert any(ticket.code in (one.get_body(("plain",)) or one).get_content() for one in to(system, KIM))


async def test_the_reservation_leads_to_the_ticket(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        booked = await booking.book_now(await wish(start="09:00"), contact("kim"))
    with clock.at(at("09:00")):
        browser = system.visitor()
        await submit(browser, "/visits", "/visits", number=booked.number, key=booked.key)
        page = f"/visits/{booked.number}"
        assert 'href="/tickets/' not in (await browser.get(page)).text
        ticket, _on_time = await arriving.check_in(
            await offices.office("east"), await visits.by_number(booked.number), Press()
        )
        assert f'href="/tickets/{ticket.code}"' in (await browser.get(page)).text


async def test_not_once_it_is_over_nor_on_another_day(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        over, old = await walk_in(), await walk_in()
        for one in (over, old):
            await telling.keep_contact(one.code, TellMe(contact=KIM), "ko")
        await tickets.leave(over.code)
        found = await submit(system.client, PAGE, "/find", contact=KIM)
        assert found.status_code == 303
        await system.work()
        assert [old.number in str(one["subject"]) for one in to(system, KIM)] == [True]
    with clock.at(at("09:00") + timedelta(days=1)):
        await submit(system.client, PAGE, "/find", contact=KIM)
        await system.work()
        assert len(to(system, KIM)) == 1


async def test_requests_are_limited_by_contact(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        answers = [(await submit(system.visitor(), PAGE, "/find", contact=KIM)).status_code for _one in range(5)]
        other = await submit(system.client, PAGE, "/find", contact=MOBILE)
    assert answers == [303, 303, 303, 429, 429]
    assert other.status_code == 303, "others at the same office still find their ticket"


async def test_through_json(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await walk_in()
        await telling.keep_contact(ticket.code, TellMe(contact=KIM), "ko")
        found = await system.client.post("/api/v1/tickets/find", json={"contact": KIM})
        assert (found.status_code, found.json()) == (202, {"sent": True})
        wrong = await system.client.post("/api/v1/tickets/find", json={"contact": "?"})
        assert wrong.json()["errors"][0]["field"] == "contact"
        await system.work()
        assert len(to(system, KIM)) == 1


async def test_the_search_costs_the_same_whatever_there_is(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await walk_in()
        await telling.keep_contact(ticket.code, TellMe(contact=KIM), "ko")
        counts = []
        for one in (KIM, "nobody@example.org"):
            seen = count_queries()
            await system.visitor().post("/api/v1/tickets/find", json={"contact": one})
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 5
