"""The reception of a building with passes, pressed as its pages show it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.core import clock, ledger, ledger_check
from server.core.days import today
from tests.functional.test_kiosk_api import enrolled
from tests.support.answers import official
from tests.support.markup import Element, parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking, counters, passes
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Counter, CounterAbility, Office, Ticket, Visit, VisitorPass
from tracking.visits.queries import offices, queue, visits
from tracking.visits.queue_forms import OpenCounter

PAGE = "/desk/reception"
CONSENT = {"consent": "on", "purpose": "여권 발급"}
MOST_QUERIES = 20


async def walks_in() -> str:
    return (await arriving.walk_in(await offices.office("east"), ["passport"], Press())).code


async def books(start: str = "09:30", name: str = "kim", **where: Any) -> str:
    with clock.at(at("09:00") - timedelta(days=4)):
        return (await booking.book_now(await wish(start=start, **where), contact(name))).number


async def issues(clerk: httpx.AsyncClient, code: str, number: str, **more: Any) -> httpx.Response:
    return await submit(clerk, f"{PAGE}/tickets/{code}", f"/tickets/{code}", number=number, **{**CONSENT, **more})


async def story(*kinds: str) -> list[str]:
    return [one.kind for one in await ledger.read(queue.subject("east", today())) if one.kind.startswith(kinds)]


async def test_a_visitor_is_checked_in_gets_a_pass_and_returns_it(system: System) -> None:
    await an_office({"1": ["passport"]}, has_passes=True)
    number = await books()
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        assert PAGE in (await clerk.get("/desk/counters")).text
        came = await submit(clerk, f"{PAGE}?q=kim", "/check-in")
        page = came.headers["location"]
        ticket = await Ticket.get()
        assert page == f"{PAGE}/tickets/{ticket.code}"
        shown = (await clerk.get(page)).text
        assert "일찍 오셨습니다" in shown
        assert "오전 9:30" in shown
        assert 'value="passport"' in shown, "the purpose is filled in from the services"
        refused = await issues(clerk, ticket.code, "V-7", consent=[])
        assert refused.status_code == 422
        assert "동의 없이는" in refused.text
        assert (await send(clerk, form(refused, f"/tickets/{ticket.code}"), consent="on")).status_code == 303
        issued = await VisitorPass.get()
        assert (issued.number, issued.in_use, issued.purpose) == ("V-7", "V-7", "여권 발급")
        assert issued.issued_by
        await submit(clerk, page, "/screened")
        assert "V-7" in (await clerk.get(PAGE)).text
        await submit(clerk, PAGE, "/returned")
        back = await VisitorPass.get()
        assert (back.in_use, back.returned_to) == (None, issued.issued_by)
        assert back.screened_at
        assert back.returned_at
        assert await story("pass.", "ticket.waits") == [
            "ticket.waits", "pass.issued", "pass.screened", "pass.returned",
        ]  # fmt: skip
        (issue,) = [one for one in await ledger.read(queue.subject("east", today())) if one.kind == "pass.issued"]
        assert issue.actor.startswith("official:")
        assert issue.data["consent"], "which text was agreed to"
        assert [problem async for problem in ledger_check.verify()] == []
        assert (await Visit.get(number=number)).state == "booked"


async def test_a_pass_is_with_one_visitor_at_a_time(system: System) -> None:
    await an_office({"1": ["passport"]}, has_passes=True)
    with clock.at(at("09:00")):
        clerk, first, second = await system.official("clerk"), await walks_in(), await walks_in()
        await issues(clerk, first, "7")
        again = await issues(clerk, first, "７")
        assert again.status_code == 303, "pressed twice: the same pass of the same visitor"
        taken = await issues(clerk, second, "7")
        assert taken.status_code == 409
        assert "방문증 7" in taken.text
        assert await VisitorPass.all().count() == 1
        await submit(clerk, f"{PAGE}/tickets/{first}", "/returned")
        assert (await issues(clerk, second, "7")).status_code == 303
        undone = await submit(clerk, f"{PAGE}/tickets/{first}", "/undo")
        assert undone.status_code == 409, "the other visitor has it now"


async def test_each_step_can_be_undone(system: System) -> None:
    await an_office({"1": ["passport"]}, has_passes=True)
    with clock.at(at("09:00")):
        clerk, code = await system.official("clerk"), await walks_in()
        page = f"{PAGE}/tickets/{code}"
        await issues(clerk, code, "7", screened="on")
        await submit(clerk, page, "/returned")
        for left in ("screened", "issued"):
            stale = form(await clerk.get(page), "/undo")
            assert (await send(clerk, stale)).status_code == 303
            assert f'value="{left}"' in (await clerk.get(page)).text
            assert (await send(clerk, stale)).status_code == 409, "another step than the page showed"
        await submit(clerk, page, "/undo")
        assert await VisitorPass.all().count() == 0
        assert await story("pass.undone") == ["pass.undone"] * 3
        assert (await issues(clerk, code, "7")).status_code == 303


async def test_passes_that_are_not_back_at_closing_stand_out(system: System) -> None:
    await an_office({"1": ["passport"]}, has_passes=True)
    with clock.at(at("16:00")):
        clerk, code = await system.official("clerk"), await walks_in()
        await issues(clerk, code, "7")
        assert "미반납" not in (await clerk.get(PAGE)).text
    for late in (at("17:01"), at("09:00") + timedelta(days=1)):
        with clock.at(late):
            clerk = await system.official("clerk")
            shown = (await clerk.get(PAGE)).text
            assert "미반납" in shown
            assert "마감 시각까지 반납되지 않음: 1" in shown
    with clock.at(at("09:00") + timedelta(days=1)):
        clerk = await system.official("clerk")
        assert (await submit(clerk, PAGE, "/returned")).status_code == 303, "also on the next day"


async def test_purpose_and_consent_are_erased_after_thirty_days(system: System) -> None:
    await an_office({"1": ["passport"]}, has_passes=True)
    with clock.at(at("09:00")):
        clerk, first, second = await system.official("clerk"), await walks_in(), await walks_in()
        await issues(clerk, first, "7")
        await issues(clerk, second, "8")
        await submit(clerk, f"{PAGE}/tickets/{first}", "/returned")
    with clock.at(at("08:59") + passes.KEPT):
        await passes.forget()
        assert await VisitorPass.exclude(purpose="").count() == 2
    with clock.at(at("09:01") + passes.KEPT):
        await passes.forget()
        (left,) = await VisitorPass.all()
        assert (left.number, left.purpose, left.in_use) == ("8", "", "8"), "still out, so its number stays taken"


async def test_a_walk_in_who_does_not_use_the_kiosk_gets_a_ticket_once(system: System) -> None:
    await an_office({"1": ["passport", "seal"]})
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        shown = form(await clerk.get(PAGE), "/walk-in")
        for _press in range(2):
            given = await send(clerk, shown, services=["passport", "seal"], language="ja")
            assert given.status_code == 303
        ticket = await Ticket.get()
        assert ticket.language == "ja"
        page = await clerk.get(f"{PAGE}/tickets/{ticket.code}")
        assert "passport, seal" in page.text
        assert "방문증을 발급하지 않습니다" not in page.text, "of no use to who may not change it"
        admin = await system.official("admin")
        seen = await admin.get(f"{PAGE}/tickets/{ticket.code}")
        assert ("방문증을 발급하지 않습니다" in seen.text) == (seen.status_code == 200)
        nothing = await send(clerk, form(await clerk.get(PAGE), "/walk-in"), services=[])
        assert nothing.status_code == 422
        await submit(clerk, f"{PAGE}/tickets/{ticket.code}", "/leave")
        assert (await Ticket.get()).state == "left"


def inside(page: Element, tag: str, name: str) -> list[Element]:
    """What stands inside the element of this id."""
    (found,) = [one for one in page.walk() if one.tag == tag and one.attrs.get("id") == name]
    return [*found.walk()]


async def test_a_ticket_is_taken_back_and_another_pass_issued_only_on_request(system: System) -> None:
    await an_office({"1": ["passport"]}, has_passes=True)
    with clock.at(at("09:00")):
        clerk, code = await system.official("clerk"), await walks_in()
        page = f"{PAGE}/tickets/{code}"
        before = parse((await clerk.get(page)).text)
        forms = {one.attrs["action"]: one for one in before.walk() if one.tag == "form" and "action" in one.attrs}
        assert forms[f"{page}/leave"] in inside(before, "details", "leave"), "asked first"
        assert not [one for one in before.walk() if one.attrs.get("id") == "another-pass"]
        await issues(clerk, code, "V-7")
        shown = await clerk.get(page)
        after = parse(shown.text)
        forms = {one.attrs["action"]: one for one in after.walk() if one.tag == "form" and "action" in one.attrs}
        assert forms[page] in inside(after, "details", "another-pass")
        assert shown.text.index("V-7") < shown.text.index("another-pass")
        refused = parse((await issues(clerk, code, "V-8", consent=[])).text)
        (another,) = [one for one in refused.walk() if one.attrs.get("id") == "another-pass"]
        assert "open" in another.attrs, "its errors are seen"
        assert (await issues(clerk, code, "V-8")).status_code == 303


@pytest.mark.parametrize(
    ("when", "late", "due"),
    [("09:29", False, False), ("09:30", False, True), ("09:40", False, True), ("09:41", True, False)],
)
async def test_reservations_that_are_late_or_due_are_marked(
    system: System, when: str, *, late: bool, due: bool
) -> None:
    await an_office({"1": ["passport"]})
    await books("09:30", "kim")
    with clock.at(at(when)):
        clerk = await system.official("clerk")
        shown = (await clerk.get(f"{PAGE}?lang=en")).text
    assert ("late</span>" in shown, "due now</span>" in shown) == (late, due)


async def test_the_search_finds_by_ticket_reservation_and_name(system: System) -> None:
    await an_office({"1": ["passport"]})
    number = await books("10:00", "lee")
    with clock.at(at("09:00")):
        clerk, code = await system.official("clerk"), await walks_in()
        ticket = await Ticket.get(code=code)
        for words, finds in ((ticket.number, code), (code.lower(), code), (number, number), ("LE", number)):
            assert finds in (await clerk.get(PAGE, params={"q": words})).text, words
        for words in ("nobody", "%"):
            found = (await clerk.get(PAGE, params={"q": words})).text
            assert code not in found
            assert number not in found


@pytest.mark.parametrize(
    ("when", "said"),
    [("09:29", "일찍 오셨습니다"), ("09:30", "제시간에"), ("09:40", "제시간에"), ("09:41", "예약 없이 오신 분과 같이")],
)
async def test_early_on_time_and_late_each_get_an_answer(system: System, when: str, said: str) -> None:
    await an_office({"1": ["passport"]})
    await books()
    with clock.at(at(when)):
        clerk = await system.official("clerk")
        await counters.open_counter(await official("clerk"), str((await Counter.get()).id), OpenCounter())
        came = await submit(clerk, PAGE, "/check-in")
        shown = (await clerk.get(came.headers["location"])).text
    assert said in shown
    if when == "09:41":
        assert "예상 대기 시간: 곧." in shown


async def test_a_kiosk_is_told_the_same(system: System) -> None:
    await an_office({"1": ["passport"]})
    number = await books()
    with clock.at(at("09:00")):
        device = await enrolled(system)
        came = await system.client.post(
            "/api/v1/kiosk/east/check-in", headers=device,
            json={"qr": visits.qr(number, 0), "language": "en"},
        )  # fmt: skip
        assert came.json()["arrival"] == "early"
        assert came.json()["advice"].startswith("You are early. You count as waiting from 09:30")
        walk_in = await system.client.post("/api/v1/kiosk/east/tickets", headers=device, json={"service": "passport"})
        assert walk_in.json()["advice"] == ""


async def test_another_office_and_another_day_are_said_with_what_to_do(system: System) -> None:
    east = await an_office({"1": ["passport"]})
    west = await an_office({"1": ["passport"]}, code="west")
    await Office.filter(id=east.id).update(lat=37.5, lng=127.0)
    await Office.filter(id=west.id).update(lat=37.5, lng=127.1, name="서부민원센터")
    offices.forget()
    elsewhere, later = await books(code="west"), await books(name="lee")
    with clock.at(at("09:00")):
        clerk = await system.official("clerk")
        other = await submit(clerk, f"{PAGE}?office=east&q={elsewhere}", "/check-in")
        assert other.status_code == 409
        for words in ("약 8.8 km", "서부민원센터", "중앙로 1", "오전 9:30", "그곳으로 가시거나"):
            assert words in other.text
    with clock.at(at("09:55")):
        other = await submit(clerk, f"{PAGE}?office=east&q={elsewhere}", "/check-in")
        assert "예약 시간" in other.text
        assert "02-700-3000" in other.text
    for day, words in ((-1, "그때 다시 오시거나"), (1, "새로 예약하시거나")):
        with clock.at(at("09:00") + timedelta(days=day)):
            clerk = await system.official("clerk")
            wrong = await submit(clerk, f"{PAGE}?office=east&q={later}", "/check-in")
            assert wrong.status_code == 409
            assert words in wrong.text


async def test_only_who_serves_visitors_is_at_the_reception(system: System) -> None:
    await an_office({"1": ["passport"]}, has_passes=True)
    with clock.at(at("09:00")):
        code = await walks_in()
        other = await system.official("guide")
        assert (await other.get(PAGE)).status_code == 403
        assert (await other.get(f"{PAGE}/tickets/{code}")).status_code == 403
        forged = await post_without_page(other, f"{PAGE}/walk-in", data={"office": "east", "services": "passport"})
        assert forged.status_code == 403
        assert (await system.client.get(PAGE)).status_code in {303, 401}


async def test_the_pages_ask_a_fixed_number_of_queries(system: System, count_queries: Callable[[], list[str]]) -> None:
    office = await an_office({"1": ["passport"], "2": ["passport"]}, has_passes=True)
    await books("10:00", "lee")
    with clock.at(at("09:00")):
        clerk, counts = await system.official("clerk"), []
        for number in range(4):
            code = await walks_in()
            await issues(clerk, code, str(number))
            await clerk.get(PAGE)
            seen = count_queries()
            await clerk.get(PAGE)
            counts.append(len(seen))
        assert counts[0] == counts[-1] <= MOST_QUERIES, seen
        assert await CounterAbility.filter(counter__office_id=office.id).count() == await Counter.all().count()
