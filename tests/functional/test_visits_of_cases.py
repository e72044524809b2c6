"""A visit for a case: booked for it or linked later, seen by the petitioner, the handler and the guide."""

import httpx
import pytest

from petitions.actions import handling
from petitions.errors import NoSuchCase
from petitions.forms import Accept
from petitions.models import Case
from tests.support import page_forms
from tests.support.markup import parse
from tests.support.papers import KIM, booked, opened_visit
from tests.support.stories import filed, opened_with_key, somebody
from tests.support.system import System
from tests.support.visit_pages import code, confirm, follow, press, week
from tests.support.visits import an_office, at, next_monday, three_floors
from tracking.visits.actions import cases
from tracking.visits.desk_forms import LinkCase, Plain
from tracking.visits.errors import OfAnotherCase
from tracking.visits.models import Counter, CounterAbility, CounterService, Shift, Visit

HONG = {"name": "홍길동", "email": "hong@example.org"}


async def timeline(browser: httpx.AsyncClient, address: str) -> str:
    """The words of a page."""
    answer = await browser.get(address)
    assert answer.status_code == 200, answer.text
    return parse(answer.text).text


async def test_a_visit_booked_with_its_case_stands_on_the_cases_pages(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    hong, handler = await opened_with_key(system, case), await system.official("handler")
    guide = await system.official("guide")
    made = await system.client.post(
        "/api/v1/visits",
        json={"office": "east", "service": "passport", "start": at("09:00").isoformat(), "contact": HONG,
              "case": case.reference},
        headers={"X-Access-Key": case.access_key},
    )  # fmt: skip
    assert made.status_code == 201, made.text
    await system.work()
    number = made.json()["number"]
    for browser, address in ((hong, f"/cases/{case.reference}"), (handler, f"/desk/cases/{case.reference}")):
        words = await timeline(browser, address)
        assert "방문 예약:" in words
        assert "동부민원센터" in words
    guided = await Case.get(reference=case.reference)
    assert guided.guide_id == (await somebody("guide")).id
    assert "방문 예약:" in await timeline(guide, f"/desk/cases/{case.reference}")
    opened = await hong.get(f"/cases/{case.reference}/visits/{number}")
    assert opened.headers["location"] == f"/visits/{number}"
    assert (await hong.get(f"/visits/{number}/documents")).status_code == 200
    await system.client.delete(f"/api/v1/visits/{number}", headers={"X-Access-Key": made.json()["key"]})
    await system.work()
    await system.work()
    words = await timeline(hong, f"/cases/{case.reference}")
    assert words.count("방문 예약 취소:") == 1


async def test_one_press_on_the_case_leads_to_the_office_that_does_it(system: System) -> None:
    office = await an_office({"1": ["passport"], "2": ["moving"]})
    await an_office({"1": ["seal"]}, code="west")
    case = await filed()
    hong = await opened_with_key(system, case)
    page = parse((await hong.get(f"/cases/{case.reference}")).text)
    [link] = [a for a in page.all("a") if a.attrs.get("href") == f"/cases/{case.reference}/visit"]
    assert "필요한 방문 예약하기" in link.text
    before = await hong.get(link.attrs["href"])
    assert before.headers["location"] == f"/visits?case={case.reference}"
    department = (await Case.get(reference=case.reference)).department_id
    await Counter.filter(office_id=office.id, number="2").update(department_id=department)
    by_department = await hong.get(link.attrs["href"])
    assert by_department.headers["location"] == f"/visits?case={case.reference}&office=east&service=moving"
    await CounterAbility.create(
        counter_id=(await Counter.get(office_id=office.id, number="2")).id,
        service_id=(await CounterService.get(code="passport")).id,
    )
    of_several = await hong.get(link.attrs["href"])
    assert of_several.headers["location"] == f"/visits?case={case.reference}&office=east", "its visitor chooses"
    await Case.filter(reference=case.reference).update(service_code="road_occupation")
    await CounterService.filter(code="seal").update(statutory="road_occupation")
    exact = await hong.get(link.attrs["href"])
    assert exact.headers["location"] == f"/visits?case={case.reference}&office=west&service=seal"
    assert (await system.visitor().get(link.attrs["href"])).status_code == 404


async def test_a_case_is_linked_with_its_key_and_the_link_undone(system: System) -> None:
    await an_office({"1": ["passport"]})
    case, other = await filed(), await filed(title="다른 민원")
    number = (await booked(system.client, "passport"))["number"]
    kim = await opened_visit(system, number)
    page = f"/visits/{number}/case"
    wrong = await page_forms.submit(kim, page, "/case", case=case.reference, key="2222-2222")
    assert wrong.status_code == 422
    assert (await Visit.get(number=number)).case_reference == ""
    linked = await page_forms.submit(kim, page, "/case", case=case.reference, key=case.access_key)
    assert linked.status_code == 303
    assert (await Visit.get(number=number)).case_reference == case.reference
    await system.work()
    hong = await opened_with_key(system, case)
    assert "이 민원에 연결된 방문:" in await timeline(hong, f"/cases/{case.reference}")
    opened = await hong.get(f"/cases/{case.reference}/visits/{number}")
    assert opened.status_code == 404, "it was booked with another contact"
    other_page = f"/visits/{number}/case"
    undone = await page_forms.submit(kim, other_page, "/detach")
    assert undone.status_code == 303
    assert (await Visit.get(number=number)).case_reference == ""
    await system.work()
    assert "연결을 해제한 방문:" in await timeline(hong, f"/cases/{case.reference}")
    await page_forms.submit(kim, page, "/case", case=other.reference, key=other.access_key)
    assert (await Visit.get(number=number)).case_reference == other.reference


async def test_own_cases_are_linked_in_one_press(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    number = (await booked(system.client, "passport", contact=HONG))["number"]
    hong = await opened_visit(system, number)
    assert (
        await page_forms.submit(hong, "/cases", "/cases", reference=case.reference, key=case.access_key)
    ).is_redirect
    page = await hong.get(f"/visits/{number}/case")
    own = page_forms.form(page, "/case", field="own", value=case.reference)
    assert (await page_forms.send(hong, own)).status_code == 303
    assert (await Visit.get(number=number)).case_reference == case.reference


async def test_officials_link_only_cases_that_they_see(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    number = (await booked(system.client, "passport", contact=KIM))["number"]
    case_number = LinkCase(case.reference)
    with pytest.raises(NoSuchCase):
        await cases.attach_as_official(await somebody("gardener"), number, case_number)
    await cases.attach_as_official(await somebody("intake"), number, case_number)
    assert (await Visit.get(number=number)).case_reference == case.reference
    with pytest.raises(OfAnotherCase):
        await cases.attach(number, (await filed(title="다른 민원")).reference, "visitor")
    await cases.detach_as_official(await somebody("intake"), number, Plain())
    assert (await Visit.get(number=number)).case_reference == ""


async def test_the_form_of_a_visit_for_a_case_is_filled_in(system: System) -> None:
    await an_office({"1": ["passport"]})
    await an_office({"1": ["seal"]}, code="west")
    case = await filed()
    hong = await opened_with_key(system, case)
    entry = await hong.get((await hong.get(f"/cases/{case.reference}/visit")).headers["location"])
    [office] = [a for a in parse(entry.text).all("a") if "office=east" in a.attrs.get("href", "")]
    services = await hong.get(office.attrs["href"])
    assert parse(services.text).one("input", name="case").attrs["value"] == case.reference
    shown = await week(hong, case=case.reference)
    held = await follow(hong, await press(shown, hong, "09:00"))
    filled = page_forms.form(held, field="email")
    assert filled.values["name"] == ["홍길동"]
    assert filled.values["email"] == ["hong@example.org"]
    stranger = system.visitor()
    other = await follow(stranger, await press(await week(stranger, case=case.reference), stranger, "10:00"))
    assert page_forms.form(other, field="email").values["name"] == [""], "only the petitioner's browser knows who it is"
    check = await follow(hong, await page_forms.send(hong, filled, button="check"))
    done = await confirm(hong, check)
    assert done.status_code == 200, done.text
    visit = await Visit.get(number=code(done, "number"))
    assert (visit.case_reference, visit.name) == (case.reference, "홍길동")
    await system.work()
    assert "방문 예약:" in await timeline(hong, f"/cases/{case.reference}")


async def test_the_guide_of_the_case_comes_along_and_sees_it_in_their_day(system: System) -> None:
    await three_floors()
    await CounterService.filter(code="passport").update(statutory="road_occupation")
    case = await filed()
    await Case.filter(reference=case.reference).update(
        guide_id=(await somebody("guide")).id, service_code="road_occupation"
    )
    hong, guide = await opened_with_key(system, case), await system.official("guide")
    page = parse((await hong.get(f"/cases/{case.reference}")).text)
    [link] = [a for a in page.all("a") if a.attrs.get("href", "").endswith("/visit?guide=1")]
    assert "한후견" in link.text
    week_page = await follow(hong, await hong.get(link.attrs["href"]))
    assert week_page.headers["location"].startswith("/visits/plans?"), "a guide is booked with a plan"
    plans = await follow(hong, week_page)
    day = next_monday().isoformat()
    of_day = await hong.get(f"{week_page.headers['location']}&date={day}")
    assert of_day.status_code == plans.status_code == 200
    root = parse(of_day.text)
    first = next(
        f for f in root.all("form") if f.attrs.get("method") == "post" and f.attrs["action"] == "/visits/plans"
    )
    held = await follow(hong, await page_forms.send(hong, page_forms.Form(first, root, str(of_day.url))))
    filled = page_forms.form(held, field="email")
    assert filled.values["name"] == ["홍길동"]
    done = await confirm(hong, await follow(hong, await page_forms.send(hong, filled, button="check")))
    visit = await Visit.get(number=code(done, "number"))
    assert visit.case_reference == case.reference
    assert visit.guide_id == (await Counter.get(number="G")).id
    words = parse((await guide.get("/desk/visits/mine")).text).text
    assert "홍길동" in words
    assert case.reference in words
    assert "홍길동" not in (await (await system.official("guide_parks")).get("/desk/visits/mine")).text


async def test_a_guide_is_offered_only_while_the_roster_has_them(system: System) -> None:
    await three_floors()
    case, account = await filed(), await somebody("guide")
    await Case.filter(reference=case.reference).update(guide_id=account.id)
    hong = await opened_with_key(system, case)
    address = f"/cases/{case.reference}/visit?guide=1"
    plans = await hong.get("/visits/plans", params={"office": "east", "service": "passport"})
    assert account.name in parse(plans.text).one("select", name="guide").text, "by name, not by counter"
    assert address in (await hong.get(f"/cases/{case.reference}")).text
    await Shift.filter(counter_id=(await Counter.get(number="G")).id).delete()
    assert address not in (await hong.get(f"/cases/{case.reference}")).text


async def test_a_guide_without_hours_at_an_office_cannot_be_booked(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await filed()
    await Case.filter(reference=case.reference).update(guide_id=(await somebody("guide")).id)
    hong = await opened_with_key(system, case)
    answer = await hong.get(f"/cases/{case.reference}/visit?guide=1")
    assert "예약할 수 없습니다" in parse((await hong.get(answer.headers["location"])).text).text
