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


async def test_a_refused_press_says_what_to_do(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    counter = (await Counter.get(office_id=office.id)).id
    page = f"/desk/counters/{counter}"
    with clock.at(at("09:00")):
        code = (await Ticket.get(number=await walks_in())).code
        clerk, program = await system.official("clerk"), await system.program("clerk")
        await submit(clerk, page, "/open")
        for action in ("start", "finish", "recall", "park", "no-show"):
            by_json = await program.post(f"/api/v1/desk/counters/{counter}/{action}", json={})
            assert (by_json.status_code, by_json.json()["code"]) == (409, "counter_empty"), action
            by_page = await post_without_page(clerk, f"{page}/{action}", data={})
            assert (by_page.status_code, "먼저 방문자를 호출해 주세요." in by_page.text) == (409, True), action
        await submit(clerk, page, "/call-next")
        early = await post_without_page(clerk, f"{page}/finish", data={})
        assert (early.status_code, "업무를 시작하거나 오지 않았다고 기록해 주세요." in early.text) == (409, True)
        await submit(clerk, page, "/start")
        unknown = await program.post(f"/api/v1/desk/counters/{counter}/transfer", json={"counter": "77"})
        assert "이 민원실에는 77번 창구가 없습니다." in unknown.text
        leaves = await post_without_page(system.visitor(), f"/tickets/{code}/leave", data={})
        assert (leaves.status_code, "그만두시려면 직원에게 말씀해 주세요." in leaves.text) == (409, True)
        await submit(clerk, page, "/finish")
        done = (await system.visitor().get(f"/tickets/{code}")).text
        assert "방문해 주셔서 감사합니다" in done
        assert "/visits?office=east" in done
        assert (await system.client.get(f"/api/v1/tickets/{code}")).json()["service"] == "passport"


async def test_the_list_begins_with_who_this_counter_calls_next(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["moving", "seal"]})
    counter = (await Counter.get(number="1", office_id=office.id)).id
    page = f"/desk/counters/{counter}"
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        others = [await walks_in("moving"), await walks_in("seal")]
        gone, next_one, last = [await walks_in() for _one in range(3)]
        for action in ("/open", "/call-next", "/no-show"):
            await submit(clerk, page, action)
        shown = parse((await clerk.get(page)).text)
        numbers = [one.text.strip() for one in shown.walk() if one.attrs.get("class") == "queue-number"]
        assert numbers == [next_one, last, gone, *others]
        assert "부터 다시 호출" in shown.text, "when it can be called again"
        await submit(clerk, page, "/call-next")
        assert (await Ticket.get(counter=counter)).number == next_one


@pytest.mark.parametrize(("language", "name"), [("ko", "2 복지"), ("ja", "2 福祉"), ("en", "2 Welfare")])
async def test_counters_are_named_in_the_readers_language(system: System, language: str, name: str) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]})
    await Counter.filter(number="2").update(name="복지", name_ja="福祉", name_en="Welfare")
    numbers = {one.number: f"/desk/counters/{one.id}" for one in await Counter.filter(office_id=office.id)}
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        await walks_in()
        await submit(clerk, numbers["2"], "/open")
        for action in ("/open", "/call-next"):
            await submit(clerk, numbers["1"], action)
        assert f">{name}</option>" in (await clerk.get(f"{numbers['1']}?lang={language}")).text


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
