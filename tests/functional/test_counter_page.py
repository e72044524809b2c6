"""A clerk's morning at the counter page, pressed as it is shown."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.core import clock, ledger
from server.core.days import today
from tests.support.answers import official
from tests.support.markup import parse
from tests.support.page_forms import post_without_page, submit
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Counter, Ticket, Visit
from tracking.visits.queries import offices, queue, visits
from tracking.visits.states import TicketState, VisitState

MOST_QUERIES = 10


async def walks_in(service: str = "passport") -> str:
    return (await arriving.walk_in(await offices.office("east"), [service], Press())).number


async def test_a_clerk_calls_serves_parks_and_finishes(system: System) -> None:
    office = await an_office({"1": ["passport", "seal"], "2": ["moving"]})
    page = f"/desk/counters/{(await Counter.get(number='1', office_id=office.id)).id}"
    with clock.at(at("09:00") - timedelta(days=4)):
        booked = await booking.book_now(await wish(start="09:00"), contact("kim"))
    with clock.at(at("09:00")):
        await walks_in()
        await arriving.check_in(await offices.office("east"), await visits.by_number(booked.number), Press())
        await walks_in("moving")
        clerk = await system.official("clerk")
        home = await clerk.get("/desk/counters")
        assert page in home.text
        closed = await clerk.get(page)
        assert f"{page}/call-next" not in closed.text
        assert (await submit(clerk, page, "/open")).status_code == 303
        assert 'name="call-next.press_id"' not in (await clerk.get(page)).text, "nobody types the id of a press"
        assert (await submit(clerk, page, "/call-next")).status_code == 303
        called = (await clerk.get(page)).text
        assert f"/desk/visits/{booked.number}" in called
        assert f"{page}/finish" not in called
        await submit(clerk, page, "/start")
        await submit(clerk, page, "/park")
        away = (await clerk.get(page)).text
        assert "/return" in away
        await submit(clerk, page, "/call-next")
        await submit(clerk, page, "/start")
        await submit(clerk, page, "/finish")
        await submit(clerk, page, "/return")
        await submit(clerk, page, "/call-next")
        await submit(clerk, page, "/start")
        await submit(clerk, page, "/finish")
        nobody = await submit(clerk, page, "/call-next")
        assert nobody.status_code == 303, "the third waits for another counter"
        assert (await Visit.get(number=booked.number)).state is VisitState.SERVED


async def test_somebody_goes_first_for_a_reason(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    page = f"/desk/counters/{(await Counter.get(office_id=office.id)).id}"
    with clock.at(at("09:00")):
        await walks_in()
        second = await walks_in()
        clerk = await system.official("clerk")
        chosen = await clerk.get(page)
        code = chosen.text.split(f">{second}</option>")[0].rpartition('value="')[2].partition('"')[0]
        refused = await submit(clerk, page, "/urgent", code=code, reason="")
        assert refused.status_code == 422
        assert (await submit(clerk, page, "/urgent", code=code, reason="임신부입니다.")).status_code == 303
        await submit(clerk, page, "/open")
        await submit(clerk, page, "/call-next")
        assert "임신부입니다." in (await clerk.get(page)).text


async def test_a_wrong_number_and_a_busy_counter_are_said(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    page = f"/desk/counters/{(await Counter.get(office_id=office.id)).id}"
    with clock.at(at("09:00")):
        await walks_in()
        clerk = await system.official("clerk")
        await submit(clerk, page, "/open")
        unknown = await submit(clerk, page, "/call", **{"call.ticket": "Z9"})
        assert unknown.status_code == 422
        assert "오늘 이 번호의 번호표가 없습니다." in unknown.text
        assert 'value="Z9"' in unknown.text, "the clerk is still at the counter, with what was typed"
        await submit(clerk, page, "/call", **{"call.ticket": "1"})
        again = await submit(clerk, page, "/recall")
        assert again.status_code == 409
        assert f'data-page="{page}"' in again.text, "the refusal's own address cannot be asked for"
        citizen = await system.client.get(page)
        assert citizen.status_code == 303


@pytest.mark.parametrize(
    ("language", "calls", "queue_title"),
    [
        ("ko", "다음 방문자 호출", "대기 목록에서"),
        ("ja", "次の方を呼ぶ", "待ち行列で"),
        ("en", "Call the next visitor", "In the queue"),
    ],
)
async def test_the_list_of_keys_is_that_of_the_counter(
    system: System, language: str, calls: str, queue_title: str
) -> None:
    office = await an_office({"1": ["passport"]})
    page = f"/desk/counters/{(await Counter.get(office_id=office.id)).id}"
    clerk = await system.official("clerk")
    (keys,) = [
        one
        for one in parse((await clerk.get(f"{page}?lang={language}")).text).walk()
        if one.attrs.get("id") == "desk-keys"
    ]
    named = [one.text.strip() for one in keys.walk() if one.tag == "kbd"]
    assert named == ["N", "S", "F", "R", "A", "P", "T", "O", "M", "C", "J", "K", "Enter", "/", "?"]
    assert calls in keys.text
    assert queue_title in keys.text
    (inbox,) = [one for one in parse((await clerk.get("/desk")).text).walk() if one.attrs.get("id") == "desk-keys"]
    assert "X" in [one.text.strip() for one in inbox.walk() if one.tag == "kbd"]


async def test_a_ticket_of_the_list_is_called_by_a_press(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    page = f"/desk/counters/{(await Counter.get(number='1', office_id=office.id)).id}"
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        await walks_in()
        second = await Ticket.get(number=await walks_in())
        assert "/chosen" not in (await clerk.get(page)).text, "a closed counter calls nobody"
        await submit(clerk, page, "/open")
        assert (await submit(clerk, page, f"/tickets/{second.code}/chosen")).status_code == 303
        assert (await Ticket.get(id=second.id)).state is TicketState.CALLED
        await submit(clerk, page, "/start")
        await submit(clerk, page, "/park")
        away = parse((await clerk.get(page)).text).text
        assert "마지막 창구 1번" in away
        assert (await submit(clerk, page, f"/tickets/{second.code}/chosen")).status_code == 303, "from parked"
        await submit(clerk, page, "/start")
        await submit(clerk, page, "/park")
        await submit(clerk, page, f"/tickets/{second.code}/return")
        assert (await submit(clerk, page, f"/tickets/{second.code}/chosen")).status_code == 303, "after the return"
        busy = await post_without_page(clerk, f"{page}/tickets/{second.code}/chosen", data={})
        assert busy.status_code == 409


async def test_a_note_goes_with_the_visitor_and_pauses_say_who_and_since_when(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    numbers = {one.number: f"/desk/counters/{one.id}" for one in await Counter.filter(office_id=office.id)}
    page, other = numbers["1"], numbers["2"]
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        number = await walks_in()
        await submit(clerk, other, "/open")
        for action in ("/open", "/call-next", "/start"):
            await submit(clerk, page, action)
        refused = await submit(clerk, page, "/note", note__note="주민등록번호 900101-1234568")
        assert refused.status_code == 422
        await submit(clerk, page, "/note", note__note="통역이 필요합니다.")
        assert (await Ticket.get()).note == "통역이 필요합니다."
        await submit(clerk, page, "/transfer", transfer__counter="2")
        assert "통역이 필요합니다." in (await clerk.get(other)).text, "in the list"
        await submit(clerk, other, "/call-next")
        shown = (await clerk.get(other)).text
        assert "통역이 필요합니다." in shown
        ticket = await Ticket.get(number=number)
        assert "통역" not in (await system.client.get(f"/tickets/{ticket.code}")).text, "not for the visitor"
        assert "통역" not in str([one.data for one in await ledger.read(queue.subject("east", today()))])
        await submit(clerk, other, "/note", note__note="")
        assert (await Ticket.get()).note == ""
    with clock.at(at("09:30")):
        await submit(clerk, page, "/pause")
        said = parse((await (await system.official("handler")).get(page)).text).text
        name = (await official("clerk")).name
        assert f"{name} · 오전 9:30부터" in said


async def test_the_page_asks_a_fixed_number_of_queries(system: System, count_queries: Callable[[], list[str]]) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    page = f"/desk/counters/{(await Counter.get(number='1', office_id=office.id)).id}"
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        for _one in range(20):
            await walks_in()
        await submit(clerk, page, "/open")
        await submit(clerk, page, "/call-next")
        await clerk.get(page)
        seen = count_queries()
        await clerk.get(page)
    assert len(seen) <= MOST_QUERIES, seen
