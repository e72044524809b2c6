"""An official asks for a visit with proposed times, and the petitioner chooses one of them, or another."""

import html

import httpx

from petitions.actions import handling
from petitions.forms import Accept
from server.core import config, i18n
from tests.support import page_forms
from tests.support.markup import parse
from tests.support.page_forms import post_without_page
from tests.support.stories import filed, opened_with_key, somebody
from tests.support.system import System
from tests.support.visit_pages import code, confirm, follow, press, week
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import booking
from tracking.visits.models import Visit, VisitRequest
from tracking.visits.states import RequestState


def value(clock_time: str) -> str:
    """A start as the page sends it."""
    return at(clock_time).isoformat(timespec="minutes")


async def asks(
    browser: httpx.AsyncClient, reference: str, *times: str, reason: str = "원본을 확인해야 합니다."
) -> None:
    """The official opens the case, chooses office, service and times, and asks."""
    case = parse((await browser.get(f"/desk/cases/{reference}")).text)
    [link] = [a for a in case.all("a") if a.attrs.get("href", "").startswith("/desk/visits/requests/")]
    page = await browser.get(link.attrs["href"], params={"office": "east", "services": ["passport"]})
    form = page_forms.form(page, f"/requests/{reference}")
    answer = await page_forms.send(browser, form, times=[value(one) for one in times], reason=reason)
    assert answer.status_code == 303, answer.text


async def test_the_official_asks_and_the_citizen_chooses(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler, hong = await system.official("handler"), await opened_with_key(system, case)
    await asks(handler, case.reference, "09:00", "10:30", "14:00")
    await system.work()
    mails = [mail for mail in system.mails() if mail["to"] == "hong@example.org"]
    [asked] = [mail for mail in mails if "방문해 주시기 바랍니다" in str(mail["subject"])]
    for kind in ("plain", "html"):
        body = asked.get_body((kind,))
        words = html.unescape(str(body.get_content())) if body else ""
        assert "passport" in words
        for one in ("09:00", "10:30", "14:00"):
            assert i18n.datetime_text(at(one), "ko", config.settings().zone) in words, words
        assert "이전 요청" not in words
    page = await hong.get(f"/cases/{case.reference}")
    section = parse(page.text).one("section", id="case-visits")
    assert "원본을 확인해야 합니다." in section.text
    assert "김처리님이" in section.text
    assert len(section.all("form")) == 3
    first = parse(page.text).one("section", id="case-actions")
    assert "김처리님이 동부민원센터 방문을 요청합니다" in first.text, "said at once, not only further down"
    assert "#case-visits" in {link.attrs["href"] for link in first.all("a")}
    chosen = page_forms.form(page, field="start", value=value("10:30"))
    done = await follow(hong, await page_forms.send(hong, chosen))
    assert code(done, "key")
    assert code(await hong.get(done.url.path, params={"lang": "ja"}), "key") == code(done, "key")
    await hong.get("/?lang=ko")
    visit = await Visit.get()
    assert (visit.case_reference, visit.name, visit.starts_at) == (case.reference, "홍길동", at("10:30"))
    assert (await VisitRequest.get()).visit_id == visit.id
    again = await page_forms.send(hong, chosen)
    assert again.headers["location"] == f"/cases/{case.reference}/visits/{visit.number}"
    shown = await hong.get(again.headers["location"], follow_redirects=True)
    assert (shown.status_code, shown.url.path) == (200, f"/visits/{visit.number}")
    assert "이미 시간을 고르셨습니다" in shown.text
    assert await Visit.all().count() == 1, "pressed twice, booked once"
    await system.work()
    for browser, address in ((hong, f"/cases/{case.reference}"), (handler, f"/desk/cases/{case.reference}")):
        words = parse((await browser.get(address)).text).text
        assert "방문 예약:" in words
        assert "방문 요청: 동부민원센터" in words
    assert "petitioner has not booked" not in (await handler.get(f"/desk/cases/{case.reference}?lang=en")).text


async def test_a_proposal_that_is_gone_offers_the_nearest(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler, hong = await system.official("handler"), await opened_with_key(system, case)
    await asks(handler, case.reference, "09:00", "10:30")
    shown = page_forms.form(await hong.get(f"/cases/{case.reference}"), field="start", value=value("09:00"))
    await booking.book_now(await wish(start="09:00"), contact("lee"))
    late = await page_forms.send(hong, shown)
    assert late.status_code == 303
    nearest = parse((await hong.get(late.headers["location"])).text).text
    assert "09:15" in nearest
    section = parse((await hong.get(f"/cases/{case.reference}")).text).one("section", id="case-visits")
    assert len(section.all("form")) == 1
    assert "더 이상 비어 있지 않습니다" in section.text
    assert (await VisitRequest.get()).state is RequestState.OPEN


async def test_whoever_left_no_contact_is_asked_for_one_at_the_time_that_they_chose(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed(petitioner={})
    sender = await opened_with_key(system, case)
    await asks(await system.official("intake"), case.reference, "09:00", "10:30")
    chosen = page_forms.form(await sender.get(f"/cases/{case.reference}"), field="start", value=value("10:30"))
    answer = await page_forms.send(sender, chosen)
    assert answer.status_code == 303
    page = await sender.get(answer.headers["location"])
    assert "찾으시는 시간이 비어 있습니다" in page.text
    root = parse(page.text)
    take, *_others = [one for one in root.all("form") if one.attrs["action"] == "/visits/hold"]
    url = "http://127.0.0.1:8000/visits/hold"
    held = await page_forms.send(sender, page_forms.Form(take, root, url), button=value("10:30"))
    assert held.status_code == 303
    assert (await Visit.get()).starts_at == at("10:30")


async def test_a_new_request_takes_the_place_of_the_old_and_can_be_withdrawn(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler, hong = await system.official("handler"), await opened_with_key(system, case)
    await asks(handler, case.reference, "09:00")
    await asks(handler, case.reference, "14:00", reason="다시 부탁드립니다.")
    assert [row.state for row in await VisitRequest.all().order_by("id")] == [RequestState.WITHDRAWN, RequestState.OPEN]
    form = await handler.get(f"/desk/visits/requests/{case.reference}?lang=en")
    assert "A new request takes its place." in form.text
    await system.work()
    bodies = [str(mail.get_body(("plain",)).get_content()) for mail in system.mails()]  # type: ignore[union-attr]
    assert sum("이전 요청을 대신합니다" in body for body in bodies) == 1
    page = await hong.get(f"/cases/{case.reference}")
    assert "이전 요청을 대신합니다" in page.text
    chosen = page_forms.form(page, field="start", value=value("14:00"))
    last = await VisitRequest.get(state=RequestState.OPEN)
    withdrawn = page_forms.form(await handler.get(f"/desk/cases/{case.reference}"), f"/{last.id}/withdraw")
    assert (await page_forms.send(handler, withdrawn)).status_code == 303
    answer = await page_forms.send(hong, chosen)
    assert answer.status_code == 303
    assert not await Visit.exists()
    await system.work()
    assert "방문 요청이 취소되었습니다" in parse((await hong.get(f"/cases/{case.reference}")).text).text


async def test_a_request_replaces_only_one_that_its_official_has_seen(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler, manager = await system.official("handler"), await system.official("manager")
    page = f"/desk/visits/requests/{case.reference}"
    asked = {"office": "east", "services": ["passport"], "lang": "en"}
    old = page_forms.form(await manager.get(page, params=asked), page)
    await asks(handler, case.reference, "09:00")
    refused = await page_forms.send(manager, old, times=[value("14:00")], reason="원본")
    assert refused.status_code == 422
    assert "A colleague has just asked for a visit" in refused.text
    assert "A new request takes its place." in refused.text
    assert [row.state for row in await VisitRequest.all()] == [RequestState.OPEN]
    again = page_forms.form(refused, page)
    assert (again.values["times"], again.values["reason"]) == ([value("14:00")], ["원본"])
    assert (await page_forms.send(manager, again)).status_code == 303
    assert [row.state for row in await VisitRequest.all().order_by("id")] == [RequestState.WITHDRAWN, RequestState.OPEN]


async def test_who_may_ask_and_choose(system: System) -> None:
    await an_office({"1": ["passport"]})
    case, other = await filed(), await filed(title="다른 민원")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler, gardener = await system.official("handler"), await system.official("gardener")
    page = f"/desk/visits/requests/{case.reference}"
    assert (await gardener.get(page)).status_code == 404
    assert (await (await system.official("inspector")).get(page)).status_code == 403
    many = ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"]
    shown = await handler.get(page, params={"office": "east", "services": ["passport"]})
    refused = await page_forms.send(
        handler, page_forms.form(shown, page), times=[value(one) for one in many], reason="확인"
    )
    assert refused.status_code == 422
    assert not await VisitRequest.exists()
    await asks(handler, case.reference, "09:00")
    request = await VisitRequest.get()
    stranger = await opened_with_key(system, other)
    address = "/cases/{}/visit-requests/" + str(request.id)
    answer = await post_without_page(stranger, address.format(case.reference), data={"start": value("09:00")})
    assert "/cases?reference=" in answer.headers["location"], "whoever holds the key may go on"
    answer = await post_without_page(stranger, address.format(other.reference), data={"start": value("09:00")})
    assert answer.status_code == 404
    hong = await opened_with_key(system, case)
    forged = await post_without_page(
        hong, f"/cases/{case.reference}/visit-requests/{request.id}", data={"start": value("11:00")}
    )
    assert forged.headers["location"].startswith("/visits?"), "only what was proposed is booked in one press"
    assert not await Visit.exists()


async def test_another_time_booked_for_the_case_answers_the_request(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler, hong = await system.official("handler"), await opened_with_key(system, case)
    await asks(handler, case.reference, "09:00")
    held = await follow(hong, await press(await week(hong, case=case.reference), hong, "11:00"))
    assert (await VisitRequest.get()).state is RequestState.OPEN, "held is not booked"
    check = await follow(hong, await page_forms.send(hong, page_forms.form(held, field="email"), button="check"))
    assert (await confirm(hong, check)).status_code == 200
    request, visit = await VisitRequest.get(), await Visit.get()
    assert (request.state, request.visit_id) == (RequestState.BOOKED, visit.id)
    assert "방문을 요청합니다" not in (await hong.get(f"/cases/{case.reference}")).text


async def test_a_page_sent_again_asks_once(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler = await system.official("handler")
    address = f"/desk/visits/requests/{case.reference}"
    chosen = {"office": "east", "services": ["passport"]}
    page = page_forms.form(await handler.get(address, params=chosen), address)
    for _time in range(2):
        answer = await page_forms.send(handler, page, times=[value("09:00")], reason="원본을 확인해야 합니다.")
        assert answer.status_code == 303, answer.text
        await system.work()  # the case has a newer version by now
    request = await VisitRequest.get()
    withdrawn = page_forms.form(await handler.get(f"/desk/cases/{case.reference}"), f"/{request.id}/withdraw")
    assert (await page_forms.send(handler, withdrawn)).status_code == 303
    await asks(handler, case.reference, "09:00")
    assert [row.state for row in await VisitRequest.all().order_by("id")] == [RequestState.WITHDRAWN, RequestState.OPEN]
