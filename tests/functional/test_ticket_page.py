"""The visitor's ticket and the display in the hall, as they are shown."""

from datetime import timedelta

from server.core import clock, config, i18n
from tests.support.markup import parse
from tests.support.page_forms import submit
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking, counters, tickets
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Counter, Ticket
from tracking.visits.queries import offices, visits


async def test_a_visitor_follows_the_ticket_until_it_is_called(system: System) -> None:
    office = await an_office({"1": ["passport"]}, most_calls=1)
    desk = f"/desk/counters/{(await Counter.get(office_id=office.id)).id}"
    with clock.at(at("09:00")):
        clerk, phone = await system.official("clerk"), system.client
        await submit(clerk, desk, "/open")
        first, second = [
            await arriving.walk_in(await offices.office("east"), ["passport"], Press()) for _one in range(2)
        ]
        page = f"/tickets/{second.code}"
        waits = await phone.get(page)
        assert "앞에 1명" in waits.text
        assert "분 뒤에 호출될" in waits.text
        await submit(phone, f"/tickets/{first.code}", "/leave")
        assert "다음 순서입니다." in (await phone.get(page)).text
        await submit(clerk, desk, "/call-next")
        assert "1번 창구로 오세요" in (await phone.get(page)).text
        shown = await phone.get("/offices/east/display")
        assert f"<span data-number>{second.number}</span>" in shown.text
        assert "<span data-counter>1</span>" in shown.text
        await submit(clerk, desk, "/no-show")
        missed = await phone.get(page)
        assert "호출했지만 오지 않으셨습니다" in missed.text
        await submit(phone, page, "/return")
        assert "다음 순서입니다." in (await phone.get(page)).text
        assert (await phone.get("/tickets/ABC-DEF-GHJ")).status_code == 404


async def test_several_matters_are_named_in_their_order_until_they_are_settled(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["moving", "seal"]}, most_matters=3)
    desk = f"/desk/counters/{(await Counter.get(office_id=office.id, number='1')).id}"
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        await submit(clerk, desk, "/open")
        made = await arriving.walk_in(await offices.office("east"), ["passport", "seal", "moving"], Press())
        page = f"/tickets/{made.code}?lang=en"

        async def then() -> list[str]:
            lines = parse((await system.client.get(page)).text)
            return [
                value.text for key, value in zip(lines.all("dt"), lines.all("dd"), strict=True) if "Then" in key.text
            ]

        assert await then() == ["seal, moving"]
        for act in ("/call-next", "/start", "/finish"):
            await submit(clerk, desk, act)
        assert await then() == ["moving"], "the seal is next, at another counter"
        assert (await Ticket.get(id=made.id)).number == made.number


async def test_a_number_is_given_back_after_a_question(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
        page = f"/tickets/{ticket.code}"
        shown = parse((await system.client.get(f"{page}?lang=en")).text)
    (question,) = [one for one in shown.walk() if one.tag == "details" and one.attrs.get("id") == "leave"]
    assert "open" not in question.attrs
    assert "You lose your place in the queue." in question.text
    forms = [one for one in shown.walk() if one.tag == "form" and one.attrs.get("action") == f"{page}/leave"]
    assert len(forms) == 1
    assert forms[0] in [*question.walk()], "nowhere without the question"


async def test_a_ticket_that_has_ended_offers_nothing(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
        page = f"/tickets/{ticket.code}"
        await submit(system.client, page, "/leave")
        ended = (await system.client.get(page)).text
        assert "/visits?office=east" in ended, "what to do next"
    assert f'action="{page}' not in ended
    assert "data-stream" not in ended


async def test_a_booked_time_is_named_only_to_who_waits_for_it(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00") - timedelta(days=4)):
        number = (await booking.book_now(await wish(start="11:00"), contact("kim"))).number
    with clock.at(at("10:30")):
        ticket, _early = await arriving.check_in(await offices.office("east"), await visits.by_number(number), Press())
        page, desk = f"/tickets/{ticket.code}?lang=en", await system.official("clerk")
        received = f"/desk/reception/tickets/{ticket.code}?lang=en"
        eleven = i18n.time_text(at("11:00"), "en", config.settings().zone)
        assert f"You are next from {eleven} on." in (await system.client.get(page)).text
        assert f"0, from {eleven} on" in (await desk.get(received)).text
        await tickets.put_first("system", ticket.code, "ill")
        assert "You are next." in (await system.client.get(page)).text
        assert f"from {eleven} on" not in (await desk.get(received)).text


async def test_a_number_that_goes_on_another_day_says_its_day(system: System) -> None:
    await an_office({"1": ["passport"]}, carry_over=True)
    with clock.at(at("16:50")):
        ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
    with clock.at(at("17:30")):
        await counters.close_day(ticket.office_id, ticket.date)
        tomorrow = ticket.date + timedelta(days=1)
        assert (await Ticket.get(id=ticket.id).prefetch_related("day")).day.date == tomorrow
        page = (await system.client.get(f"/tickets/{ticket.code}?lang=en")).text
        shown = parse(page)
        assert f"Your number is valid on {i18n.date_text(tomorrow, 'en')}." in shown.text
        (waiting,) = [one for one in shown.walk() if one.attrs.get("data-when") == "waiting"]
        assert "hidden" in waiting.attrs, "nobody is told that they are next"
    with clock.at(at("09:00", tomorrow)):
        page = (await system.client.get(f"/tickets/{ticket.code}?lang=en")).text
        assert "You are next." in page
        assert "Your number is valid on" not in page
