"""Told once, when it is nearly one's turn: by mail or text, whoever asks for it on the page of their ticket."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.core import clock, ledger, ledger_check
from server.core.days import today
from server.core.texts import TextMessage, read_spool
from tests.support.answers import official
from tests.support.page_forms import form, send, submit
from tests.support.stories import to
from tests.support.system import System
from tests.support.visits import an_office, at, wish
from tracking.visits.actions import arriving, booking, calling, counters, forwarding, telling, tickets
from tracking.visits.actions.arriving import Press
from tracking.visits.actions.booking import Contact
from tracking.visits.desk_forms import Plain
from tracking.visits.events import TicketContactChanged, TicketTold
from tracking.visits.models import Counter, QueueDay, Ticket
from tracking.visits.queries import offices, queue, visits, waiting_times
from tracking.visits.queries.queue import TicketRow
from tracking.visits.queue_forms import CallNext, Finish, Forward, OpenCounter
from tracking.visits.ticket_forms import TellMe

KIM, MOBILE = "kim@example.org", "010-1234-5678"


async def walk_ins(count: int) -> list[TicketRow]:
    office = await offices.office("east")
    return [await arriving.walk_in(office, ["passport"], Press()) for _one in range(count)]


async def texts(system: System) -> list[TextMessage]:
    return [one.message for one in await read_spool(system.settings.spool, 20)]


async def gone(found: Sequence[TicketRow]) -> None:
    for one in found:
        await tickets.leave(one.code)
    waiting_times.forget()


async def events(kind: str) -> list[dict[str, Any]]:
    return [dict(one.data) for one in await ledger.read(queue.subject("east", today())) if one.kind == kind]


async def asks(browser: httpx.AsyncClient, ticket: TicketRow, contact: str) -> httpx.Response:
    return await submit(browser, f"/tickets/{ticket.code}", "/contact", contact=contact)


async def test_a_visitor_is_told_once_by_mail_when_few_minutes_remain(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        found = await walk_ins(8)
        mine, page = found[-1], f"/tickets/{found[-1].code}"
        assert (await asks(system.client, mine, KIM)).status_code == 303
        shown = (await system.client.get(page)).text
        assert "약 10분 남았을 때 ki***@example.org" in shown
        assert KIM not in shown, "whoever knows the code does not read it"
        assert await telling.tell() == 0, "eight people are too many"
        await gone(found[:-1])
        await system.work()
        await telling.tell()
        await system.work()
        (mail,) = to(system, KIM)
        assert mine.number in str(mail["subject"])
        assert page in (mail.get_body(("plain",)) or mail).get_content()
        assert "더 이상 알림을 보내지 않습니다" in (await system.client.get(page)).text
        assert await events(TicketTold.kind) == [{"ticket": mine.id, "called": False}]
        assert await events(TicketContactChanged.kind) == [{"ticket": mine.id, "given": True}]
        assert [problem async for problem in ledger_check.verify()] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko", "곧 8번 차례입니다(동부민원센터). 곧 호출될"),
        ("ja", "まもなく順番です。8番（동부민원센터）。まもなく呼び出し"),
        (
            "en",
            "Nearly your turn: number 8, 동부민원센터. You will probably be called in a moment. Please come back now",
        ),
    ],
)
async def test_a_phone_number_gets_a_text_in_the_readers_language_at_night_as_well(
    system: System, language: str, said: str
) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        found = await walk_ins(8)
        browser = system.visitor()
        await browser.get(f"/?lang={language}")
        await asks(browser, found[-1], MOBILE)
        assert "010-****-5678" in (await browser.get(f"/tickets/{found[-1].code}")).text
        await gone(found[:-1])
    with clock.at(at("21:30")):
        await telling.tell()
        await system.work()
        (text,) = await texts(system)
    assert said in text.body
    assert text.body.endswith(f"/tickets/{found[-1].code}")


async def test_who_is_called_at_once_is_told_where(system: System) -> None:
    office = await an_office({"5": ["passport"]})
    counter, clerk = await Counter.get(office_id=office.id), await official("clerk")
    await Counter.filter(id=counter.id).update(floor=3)
    with clock.at(at("09:00")):
        found = await walk_ins(8)
        await asks(system.client, found[0], KIM)  # next already: nothing follows
        assert "이미 곧 차례이므로" in (await system.client.get(f"/tickets/{found[0].code}")).text
        await asks(system.client, found[-1], MOBILE)
        await gone(found[:-1])
        await counters.open_counter(clerk, str(counter.id), OpenCounter())
        await calling.call_next(clerk, str(counter.id), CallNext())
        await telling.tell()
        await system.work()
        (text,) = await texts(system)
        assert "3층 5번 창구" in text.body
        assert not to(system, KIM)
        await telling.tell()
        await system.work()
        assert len(await texts(system)) == 1


async def test_a_message_that_comes_too_late_says_what_is_true_or_nothing(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    counter, clerk = str((await Counter.get(office_id=office.id)).id), await official("clerk")
    with clock.at(at("09:00")):
        found = await walk_ins(9)
        await asks(system.client, found[-1], KIM)
        await asks(system.client, found[-2], "lee@example.org")
        await gone(found[:-2])
        await telling.tell()
        await counters.open_counter(clerk, counter, OpenCounter())
        await calling.call_next(clerk, counter, CallNext())
        await tickets.leave(found[-1].code)
        await system.work()
        assert not to(system, KIM), "it was given back before the message was sent"
        (mail,) = to(system, "lee@example.org")
        assert "지금 호출되었습니다" in str(mail["subject"])


async def test_several_processes_tell_a_visitor_once(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        found = await walk_ins(8)
        await asks(system.client, found[-1], KIM)
        await gone(found[:-1])
        told = await asyncio.gather(*(telling.tell() for _process in range(8)))
        assert sorted(told) == [0] * 7 + [1]
        await system.work()
        assert len(to(system, KIM)) == 1
        assert len(await events(TicketTold.kind)) == 1


async def test_who_booked_can_be_told_at_the_contact_of_the_reservation(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        booked = await booking.book_now(await wish(start="11:00"), Contact("Kim", "", MOBILE))
    with clock.at(at("09:00")):
        ticket, _early = await arriving.check_in(
            await offices.office("east"), await visits.by_number(booked.number), Press()
        )
        assert (await Ticket.get(id=ticket.id)).contact == "", "nobody is written to who did not ask"
        assert "010-****-5678" in (await system.client.get(f"/tickets/{ticket.code}")).text
        await asks(system.client, ticket, "")
        assert (await Ticket.get(id=ticket.id)).contact == MOBILE


@pytest.mark.parametrize("contact", ["", "02-123-4567", "kim at home", "1"])
async def test_a_contact_that_no_message_reaches_is_refused_beside_its_field(system: System, contact: str) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        (ticket,) = await walk_ins(1)
        refused = await asks(system.client, ticket, contact)
        assert refused.status_code == 422
        assert 'aria-invalid="true"' in refused.text
        corrected = await send(system.client, form(refused, "/contact"), contact=KIM)
        assert corrected.status_code == 303


async def test_a_contact_is_removed_on_request_and_at_closing(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        found = await walk_ins(9)
        for one in found[-2:]:
            await asks(system.client, one, KIM)
        page = f"/tickets/{found[-1].code}"
        assert (await submit(system.client, page, "/contact/remove")).status_code == 303
        assert (await Ticket.get(id=found[-1].id)).contact == ""
        assert (await Ticket.get(id=found[-2].id)).contact == KIM
    with clock.at(at("09:00") + timedelta(days=1)):
        await counters.close_days()
        assert (await Ticket.get(id=found[-2].id)).contact == ""


async def test_a_ticket_carried_over_is_told_again_the_next_day(system: System) -> None:
    await an_office({"1": ["passport"]}, carry_over=True)
    with clock.at(at("09:00")):
        (ticket,) = await walk_ins(1)
        await telling.keep_contact(ticket.code, TellMe(contact=KIM), "ko")
        assert (await Ticket.get(id=ticket.id)).told_at
    with clock.at(at("09:00") + timedelta(days=1)):
        await counters.close_days()
        carried = await Ticket.get(id=ticket.id)
        assert (carried.contact, carried.told_at) == (KIM, None)
        await telling.tell()
        await system.work()
        assert len(to(system, KIM)) == 1


async def test_an_office_without_notices_offers_none(system: System) -> None:
    await an_office({"1": ["passport"]}, notice_minutes=0)
    with clock.at(at("09:00")):
        (ticket,) = await walk_ins(1)
        assert "/contact" not in (await system.client.get(f"/tickets/{ticket.code}")).text


@pytest.mark.parametrize("ending", ["left", "done", "forwarded", "missed", "parked"])
async def test_a_contact_is_erased_with_the_end_of_its_ticket(system: System, ending: str) -> None:
    office = await an_office({"1": ["passport"]}, most_calls=1)
    await an_office({"1": ["passport"]}, code="west")
    counter = str((await Counter.get(office_id=office.id)).id)
    with clock.at(at("09:00")):
        (ticket,), clerk = await walk_ins(1), await official("clerk")
        await telling.keep_contact(ticket.code, TellMe(contact=KIM), "en")
        page = f"/tickets/{ticket.code}?lang=en"
        if ending == "left":
            await submit(system.client, page, "/leave")
            shown = (await system.client.get(page)).text
            assert "ki***" not in shown, "no message is promised any more"
            assert "take a new number" in shown
        else:
            await counters.open_counter(clerk, counter, OpenCounter())
            await calling.call_next(clerk, counter, CallNext())
            if ending == "missed":
                await calling.not_here(clerk, counter, Plain())
            elif ending == "forwarded":
                await forwarding.forward(clerk, counter, Forward(office="west"))
            else:
                await calling.start(clerk, counter, Plain())
                await (
                    calling.park(clerk, counter, Plain())
                    if ending == "parked"
                    else calling.finish(clerk, counter, Finish())
                )
        ended = await Ticket.get(id=ticket.id)
        assert ended.state == ending
        assert ended.contact == (KIM if ending in {"missed", "parked"} else ""), "kept while they can come back"
        if ending == "forwarded":
            assert (await Ticket.get(forwarded_from=ticket.id)).contact == KIM, "their new number goes on with it"
    with clock.at(at("00:05") + timedelta(days=1)):
        await counters.close_days()
    assert (await Ticket.get(id=ticket.id)).contact == ""


async def test_a_contact_does_not_make_pages_read_the_queue_again(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        (ticket,) = await walk_ins(1)
        before = (await QueueDay.get()).version
        await telling.keep_contact(ticket.code, TellMe(contact=KIM), "ko")
        await telling.remove_contact(ticket.code)
        assert (await QueueDay.get()).version == before


async def test_through_json(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        found = await walk_ins(8)
        at_contact = f"/api/v1/tickets/{found[-1].code}/contact"
        kept = await system.client.post(at_contact, json={"contact": KIM})
        assert kept.json() == {"contact": "ki***@example.org", "pending": True}
        assert (await system.client.post(at_contact, json={})).json()["errors"][0]["field"] == "contact"
        assert (await system.client.delete(at_contact)).json() == {"contact": "", "pending": False}
        await tickets.leave(found[-1].code)
        assert (await system.client.post(at_contact, json={"contact": KIM})).status_code == 409
