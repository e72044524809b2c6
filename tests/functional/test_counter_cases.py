"""The case at the counter: opened from the ticket, settled in one visit, or filed there; and what its history says."""

from collections.abc import Callable
from datetime import timedelta

from petitions.models import Case
from server.core import clock, ledger
from server.core.days import today
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.papers import an_office_with_documents, booked
from tests.support.stories import filed, opened_with_key, somebody
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import arriving
from tracking.visits.actions.arriving import Press
from tracking.visits.events import TicketFinished
from tracking.visits.models import Counter, CounterService, Ticket, Visit, VisitDocument
from tracking.visits.queries import offices, queue, visits

MOST_QUERIES = 16
"""Of the page with a visitor who has a reservation, a case, documents and a guide."""
HONG = {"name": "홍길동", "email": "hong@example.org"}


async def the_counter() -> str:
    return f"/desk/counters/{(await Counter.get(number='1')).id}"


async def walk_in(language: str = "ko") -> Ticket:
    made = await arriving.walk_in(await offices.office("east"), ["passport"], Press(language=language))
    return await Ticket.get(id=made.id)


async def test_case_documents_and_guide_stand_on_the_counter_page_and_the_case_hears_what_was_settled(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        await an_office_with_documents()
        case = await filed()
        hong = await opened_with_key(system, case)
        made = await system.client.post(
            "/api/v1/visits",
            json={"office": "east", "service": "passport", "start": at("09:00").isoformat(), "contact": HONG,
                  "case": case.reference},
            headers={"X-Access-Key": case.access_key},
        )  # fmt: skip
        number = made.json()["number"]
        visit = await Visit.get(number=number)
        guide = await Counter.create(office_id=visit.office_id, number="G", account_id=(await somebody("guide")).id)
        await Visit.filter(id=visit.id).update(guide_id=guide.id)
        await VisitDocument.create(visit_id=visit.id, code="photo", state="original", note="원본 확인")
    with clock.at(at("09:00")):
        await arriving.check_in(await offices.office("east"), await visits.by_number(number), Press())
        clerk, page = await system.official("intake"), await the_counter()
        await submit(clerk, page, "/open")
        await submit(clerk, page, "/call-next")
        await submit(clerk, page, "/start")
        seen = count_queries()
        shown = parse((await clerk.get(page)).text)
        assert len(seen) <= MOST_QUERIES, seen
        assert f"/desk/cases/{case.reference}" in [a.attrs.get("href") for a in shown.all("a")]
        other = parse((await (await system.official("gardener")).get(page)).text)
        assert case.reference in other.text
        assert f"/desk/cases/{case.reference}" not in [a.attrs.get("href") for a in other.all("a")], (
            "not theirs to open"
        )
        for words in ("여권 사진", "원본 확인", "한후견"):
            assert words in shown.text, words
        done = await submit(clerk, page, "/finish", finish__settles_case="on")
        assert done.status_code == 303, done.text
        await system.work()
        finished = [one for one in await ledger.read(queue.subject("east", today())) if one.kind == TicketFinished.kind]
        passport = (await CounterService.get(code="passport")).id
        assert [(one.data["case"], one.data["settled"]) for one in finished] == [(case.reference, [passport])]
    said = parse((await hong.get(f"/cases/{case.reference}")).text).text
    assert said.count("동부민원센터 1번 창구에서 처리: passport. 이로써 이 민원의 용무가 처리되었습니다.") == 1
    assert "창구에서 처리" in parse((await clerk.get(f"/desk/cases/{case.reference}")).text).text


async def test_a_walk_in_files_a_petition_at_the_counter(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await walk_in("ja")
        clerk, page = await system.official("clerk"), await the_counter()
        await submit(clerk, page, "/open")
        await submit(clerk, page, "/call-next")
        await submit(clerk, page, "/start")
        refused = await submit(clerk, page, "/finish")
        assert refused.status_code == 303, "a visitor without a case"
        ticket = await walk_in("ja")
        await submit(clerk, page, "/call-next")
        await submit(clerk, page, "/start")
        shown = parse((await clerk.get(page)).text)
        [link] = [a.attrs["href"] for a in shown.all("a") if "/desk/petitions/new?" in a.attrs.get("href", "")]
        empty = await clerk.get(link)
        typed = form(empty, "/desk/petitions/new", field="title")
        assert typed.values["channel"] == ["visit"]
        assert typed.values["language"] == ["ja"], "the visitor's language"
        refused = await send(clerk, typed, button="check", title="가로등이 꺼졌어요", body="")
        assert refused.status_code == 422
        again = form(refused, "/desk/petitions/new", field="title")
        check = await send(clerk, again, button="check", body="집 앞 가로등이 꺼졌습니다.", name="다나카",
                           email="tanaka@example.jp")  # fmt: skip
        check = await clerk.get(check.headers["location"])
        sent = await send(clerk, form(check, "/check"), button="send")
        assert sent.status_code == 303, sent.text
        receipt = await clerk.get(sent.headers["location"])
        case = await Case.get()
        assert (case.channel, case.language) == ("visit", "ja")
        assert (await Ticket.get(id=ticket.id)).case_reference == case.reference
        assert page in [a.attrs.get("href") for a in parse(receipt.text).all("a")], "back to the counter"
        shown = parse((await clerk.get(page)).text)
        links = [a.attrs.get("href", "") for a in shown.all("a")]
        assert case.reference in shown.text
        assert not [one for one in links if "petitions/new?" in one]
        await submit(clerk, page, "/finish")
        await system.work()
    intake = await system.official("intake")
    assert "1번 창구에서 처리: passport" in parse((await intake.get(f"/desk/cases/{case.reference}")).text).text


async def test_the_petition_of_a_reservation_is_linked_to_it_and_the_first_stays(system: System) -> None:
    with clock.at(at("09:00") - timedelta(days=4)):
        await an_office({"1": ["passport"]})
        number = (await booked(system.client, "passport"))["number"]
    with clock.at(at("09:00")):
        await arriving.check_in(await offices.office("east"), await visits.by_number(number), Press())
        ticket = await Ticket.get()
        clerk = await system.official("clerk")
        link = f"/desk/petitions/new?ticket={ticket.code}&language=ko"
        for title in ("가로등이 꺼졌어요", "다른 민원"):
            typed = form(await clerk.get(link), "/desk/petitions/new", field="title")
            check = await send(clerk, typed, button="check", title=title, body="내용입니다.", name="김민수",
                               email="kim@example.org")  # fmt: skip
            check = await clerk.get(check.headers["location"])
            await send(clerk, form(check, "/check"), button="send")
        first = (await Case.get(title="가로등이 꺼졌어요")).reference
        assert (await Ticket.get()).case_reference == (await Visit.get()).case_reference == first


async def test_a_case_is_settled_only_where_there_is_one_and_citizens_name_no_ticket(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await walk_in()
        clerk, page = await system.official("clerk"), await the_counter()
        for action in ("/open", "/call-next", "/start"):
            await submit(clerk, page, action)
        assert "settles_case" not in (await clerk.get(page)).text
        program = await system.program("clerk")
        refused = await program.post(f"/api/v1{page}/finish", json={"settles_case": True})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "settles_case"
        citizen = system.visitor()
        typed = {"title": "가로등", "body": "내용입니다.", "kind": "other", "go": "send", "ticket": ticket.code,
                 "submission": "a" * 22, "name": "김", "email": "kim@example.org", "language": "ko"}  # fmt: skip
        check = await post_without_page(citizen, "/petitions/new", data=typed)
        sent = await send(citizen, form(await citizen.get(check.headers["location"]), "/check"), button="send")
        assert (await citizen.get(sent.headers["location"])).status_code == 200
        assert await Case.filter(title="가로등").exists()
    assert (await Ticket.get(id=ticket.id)).case_reference == ""
