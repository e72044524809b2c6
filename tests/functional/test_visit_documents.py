"""A visitor sends documents beforehand from the page of the visit, and the department checks them at the desk."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.core import clock, jobs, ledger, uploads
from server.core.accounts import Department
from server.core.errors import ChangedMeanwhile
from tests.functional.test_attachments import scanner
from tests.support import page_forms
from tests.support.answers import official
from tests.support.markup import Element, parse
from tests.support.page_forms import File, post_without_page
from tests.support.papers import PNG, an_office_with_documents, booked, opened_visit
from tests.support.system import System, opened
from tests.support.visit_pages import book, checked, code, confirm, follow, press, week
from tests.support.visits import an_office
from tracking.visits.actions import papers as papers_actions
from tracking.visits.forms import CheckDocument
from tracking.visits.models import Counter, CounterService, Visit, VisitDocument, VisitFile
from tracking.visits.queries import offices, papers
from tracking.visits.states import DocumentState


async def send(
    browser: httpx.AsyncClient, number: str, code: str, *files: File, replace: bool = False
) -> httpx.Response:
    """Choose files for a document on the visit's page, and send them."""
    shown = await browser.get(f"/visits/{number}/documents")
    form = page_forms.form(shown, f"/documents/{code}")
    chosen: dict[str, Any] = {f"files.{code}": files, **({f"replace.{code}": ["on"]} if replace else {})}
    return await page_forms.send(browser, form, **chosen)


async def check(browser: httpx.AsyncClient, number: str, code: str, state: str, note: str = "") -> httpx.Response:
    """Record the result of a check on the desk's page."""
    shown = await browser.get(f"/desk/visits/{number}/documents")
    form = page_forms.form(shown, f"/documents/{code}")
    return await page_forms.send(browser, form, **{f"{code}.state": state, f"{code}.note": note})


async def page_of(browser: httpx.AsyncClient, number: str) -> Element:
    """The page of a visit's documents."""
    answer = await browser.get(f"/visits/{number}/documents?lang=ko")
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


async def test_documents_are_sent_checked_sent_again_and_all_is_here(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    mother, clerk = await opened_visit(system, number), await system.official("clerk")
    page = await page_of(mother, number)
    assert "임대차 계약서, 사진" in page.one("section", id="documents").text
    assert "해당 사항을 알려 주세요" in page.text
    assert "동의서" in page.text
    shown = page_forms.form(await mother.get(f"/visits/{number}/documents"), "/situations")
    assert (await page_forms.send(mother, shown, situations=[])).status_code == 303
    page = await page_of(mother, number)
    assert "필요하지 않은 서류: 동의서" in page.text

    for name in ("lease", "photo"):
        answer = await send(mother, number, name, (f"{name}.png", PNG + name.encode()))
        assert answer.headers["location"].endswith(f"#document-{name}"), answer.text
    assert "확인 중인 서류: 임대차 계약서, 사진" in (await page_of(mother, number)).text
    list_page = parse((await clerk.get("/desk/visits/documents")).text)
    assert "김민수" in list_page.one("table").text
    assert (await check(clerk, number, "lease", "incomplete")).status_code == 422
    assert (await check(clerk, number, "lease", "incomplete", "2쪽이 없습니다.")).status_code == 303
    assert (await check(clerk, number, "photo", "original")).status_code == 303
    page = await page_of(mother, number)
    assert "아직 없는 서류: 임대차 계약서" in page.text
    assert "2쪽이 없습니다." in page.one("article", id="document-lease").text
    assert not page.one("article", id="document-photo").all("form"), "an accepted document stays as it is"
    assert "김민수" not in (await clerk.get("/desk/visits/documents")).text

    await send(mother, number, "lease", ("lease2.png", PNG + b"2"), replace=True)
    assert [row.name for row in await VisitFile.filter(document__code="lease")] == ["lease2.png"]
    assert (await check(clerk, number, "lease", "fine")).status_code == 303
    page = await page_of(mother, number)
    assert "서류가 모두 확인되었습니다" in page.text
    assert "원본을 가져와 주세요: 사진" in page.text
    json = await system.client.get(f"/api/v1/visits/{number}")
    assert json.status_code == 404


async def test_a_mother_books_a_move_and_a_passport_on_her_phone_with_the_documents(system: System) -> None:
    await an_office_with_documents()
    phone, clerk = system.visitor(), await system.official("clerk")
    shown = await week(phone, "moving", "passport")
    held = await follow(phone, await press(shown, phone, "09:00"))
    details = {"name": "이서연", "email": "seoyeon@example.org", "note": "유모차"}
    done = await confirm(phone, await checked(phone, held, **details))
    assert done.status_code == 200, done.text
    number = code(done, "number")
    assert "아직 없는 서류: 임대차 계약서, 사진" in parse(done.text).one("section", id="documents").text
    said = page_forms.form(await phone.get(f"/visits/{number}"), "/situations")
    assert (await page_forms.send(phone, said, situations=["children"])).status_code == 303
    for document in ("lease", "photo", "consent"):
        form = page_forms.form(await phone.get(f"/visits/{number}"), f"/documents/{document}")
        picture: dict[str, Any] = {f"files.{document}": [(f"{document}.png", PNG + document.encode())]}
        assert (await page_forms.send(phone, form, **picture)).status_code == 303
    assert "이서연" in parse((await clerk.get("/desk/visits/documents")).text).one("table").text
    for document in ("lease", "photo", "consent"):
        assert (await check(clerk, number, document, "fine")).status_code == 303
    page = parse((await phone.get(f"/visits/{number}")).text)
    assert "서류가 모두 확인되었습니다" in page.one("section", id="documents").text


async def test_a_file_is_taken_back_before_the_check_and_not_after(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    mother, clerk = await opened_visit(system, number), await system.official("clerk")
    await send(mother, number, "photo", ("a.png", PNG), ("b.png", PNG + b"b"))
    shown = await mother.get(f"/visits/{number}/documents")
    first, second = await VisitFile.all().order_by("id")
    taken = page_forms.form(shown, f"/files/{first.id}/take-back")
    assert (await page_forms.send(mother, taken)).status_code == 303
    assert [row.id for row in await VisitFile.all()] == [second.id]
    late = page_forms.form(shown, f"/files/{second.id}/take-back")
    await check(clerk, number, "photo", "fine")
    answer = await page_forms.send(mother, late)
    assert answer.status_code == 303
    assert await VisitFile.exists(id=second.id)
    assert "이미 확인하여" in (await mother.get(answer.headers["location"])).text


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.exe", b"MZ\x90\x00" + bytes(100))], "붙일 수 없습니다"),
        ([("big.png", PNG + bytes(20 * 1024 * 1024))], "20"),
        ([(f"{n}.png", PNG + bytes([n])) for n in range(11)], "10"),
        ([], "파일을 골라"),
    ],
)
async def test_wrong_files_are_refused_beside_their_field(system: System, files: list[File], words: str) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    mother = await opened_visit(system, number)
    answer = await send(mother, number, "photo", *files)
    assert answer.status_code == 422
    assert words in parse(answer.text).one("p", id="field-files.photo-error").text
    assert not await VisitFile.exists()
    assert not await VisitDocument.exists()


async def test_a_good_file_beside_a_wrong_one_is_not_chosen_twice(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    mother = await opened_visit(system, number)
    answer = await send(mother, number, "photo", ("a.png", PNG), ("a.exe", b"MZ" + bytes(99)))
    assert answer.status_code == 422
    assert (await page_forms.send(mother, page_forms.form(answer, "/documents/photo"))).status_code == 303
    assert [row.name for row in await VisitFile.all()] == ["a.png"]


async def test_an_infected_file_is_refused_and_gone(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    async with (
        scanner(b"stream: Eicar-Test FOUND\0") as url,
        opened(replace(system.settings, clamd_url=url)) as guarded,
    ):
        answer = await send(await opened_visit(guarded, number), number, "photo", ("a.png", PNG))
        assert answer.status_code == 422
        assert "바이러스" in parse(answer.text).one("p", id="field-files.photo-error").text
        assert not list(guarded.app.state.store.path("0" * 64).parents[2].glob("??/??/*"))


async def test_who_does_not_own_a_visit_sees_none_of_its_documents(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    other = (await booked(system.client, "passport", start="11:00", contact={"name": "이", "phone": "010-1234-5678"}))[
        "number"
    ]
    mother, stranger = await opened_visit(system, number), await opened_visit(system, other)
    await send(mother, number, "photo", ("a.png", PNG))
    file = await VisitFile.get()
    address = f"/visits/{number}/files/{file.id}/a.png"
    found = await mother.get(address)
    assert (found.status_code, found.content) == (200, PNG)
    assert found.headers["content-disposition"].startswith("attachment")
    for browser in (stranger, system.visitor()):
        assert (await browser.get(address)).status_code == 404
        assert (await browser.get(f"/visits/{number}/documents")).status_code == 404
        assert (await post_without_page(browser, f"/visits/{number}/documents/photo", data={})).status_code == 404
        assert (
            await post_without_page(browser, f"/visits/{number}/documents/photo/files/{file.id}/take-back")
        ).status_code == 404
    assert (await stranger.get(f"/visits/{other}/files/{file.id}/a.png")).status_code == 404
    assert (await mother.get(f"/desk/visits/{number}/files/{file.id}/a.png")).status_code in {303, 401}


async def test_only_the_department_that_serves_a_visit_reads_its_documents(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    await CounterService.all().update(documents=[{"code": "photo", "name": "사진"}])
    number = (await booked(system.client, "passport"))["number"]
    await send(await opened_visit(system, number), number, "photo", ("a.png", PNG))
    file = await VisitFile.get()
    handler, gardener = await system.official("handler"), await system.official("gardener")
    await Counter.filter(office_id=office.id).update(department_id=await _department("roads"))
    address = f"/desk/visits/{number}/files/{file.id}/a.png"
    for browser, status in ((handler, 200), (gardener, 404)):
        assert (await browser.get(address)).status_code == status
        assert (await browser.get(f"/desk/visits/{number}/documents")).status_code == status
        assert ("김민수" in (await browser.get("/desk/visits/documents")).text) == (status == 200)
    assert (await (await system.official("inspector")).get(address)).status_code == 403


async def _department(code: str) -> int:
    return (await Department.get(code=code)).id


async def test_of_two_officials_who_check_the_second_is_told(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    await send(await opened_visit(system, number), number, "photo", ("a.png", PNG))
    first, second = await system.official("clerk"), await system.official("intake")
    shown = await second.get(f"/desk/visits/{number}/documents")
    assert (await check(first, number, "photo", "fine")).status_code == 303
    form = page_forms.form(shown, "/documents/photo")
    answer = await page_forms.send(second, form, **{"photo.state": "incomplete", "photo.note": "흐립니다."})
    assert answer.status_code == 409
    assert "흐립니다." in answer.text, "what was typed is kept"
    assert (await VisitDocument.get(code="photo")).state == "fine"


async def test_the_sweep_keeps_the_files_of_visits(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    await send(await opened_visit(system, number), number, "photo", ("a.png", PNG))
    store = system.app.state.store
    path = store.path((await VisitFile.get()).hash)
    old = clock.now().timestamp() - uploads.ORPHAN_LIFE - 60
    os.utime(path, (old, old))
    assert await uploads.sweep(store) == 0
    assert path.exists()
    await Visit.filter(number=number).delete()
    assert await uploads.sweep(store) == 1, "with the visit go its files"
    assert not await papers.referred([path.name])


async def test_files_are_deleted_a_month_after_the_visit_and_the_result_stays(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    mother, clerk = await opened_visit(system, number), await system.official("clerk")
    await send(mother, number, "photo", ("a.png", PNG))
    await check(clerk, number, "photo", "fine")
    visit = await Visit.get(number=number)
    for days, left in ((papers_actions.KEPT_DAYS - 1, True), (papers_actions.KEPT_DAYS + 1, False)):
        with clock.at(visit.ends_at + timedelta(days=days)):
            await jobs.enqueue((f"sweep {days}", "core.sweep", {}))
            await system.work()
        assert await VisitFile.exists() is left
    assert (await VisitDocument.get()).state == "fine"


async def test_of_many_officials_who_check_at_the_same_time_one_succeeds(system: System) -> None:
    await an_office_with_documents()
    number = (await booked(system.client))["number"]
    await send(await opened_visit(system, number), number, "photo", ("a.png", PNG))
    clerk, version = await official("clerk"), (await VisitDocument.get()).version
    results = ["fine", "original", "incomplete"] * 4
    said = [CheckDocument(state, "2쪽이 없습니다.", version) for state in results]
    answers = await asyncio.gather(
        *(papers_actions.check(clerk, number, "photo", command) for command in said), return_exceptions=True
    )
    assert sum(answer is None for answer in answers) == 1
    assert {type(answer) for answer in answers if answer is not None} == {ChangedMeanwhile}
    assert await ledger.length(f"visit/{number}") == 3, "booked, handed in, checked"


async def test_what_waits_longest_for_its_check_is_not_first_but_what_is_needed_soonest(system: System) -> None:
    await an_office_with_documents()
    late = (await booked(system.client, "passport", start="14:00"))["number"]
    soon = await booked(system.client, "passport", start="10:00", contact={"name": "이", "phone": "010-1234-5678"})
    for number in (late, soon["number"]):
        await send(await opened_visit(system, number), number, "photo", ("a.png", PNG))
    clerk = await system.official("clerk")
    rows = parse((await clerk.get("/desk/visits/documents?office=east")).text).one("tbody").all("tr")
    assert [row.attrs["id"] for row in rows] == [f"row-{soon['number']}", f"row-{late}"]
    with clock.at(clock.now() + timedelta(days=30)):
        assert "row-" not in (await clerk.get("/desk/visits/documents")).text


async def test_the_pages_cost_the_same_with_any_number_of_documents(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    await an_office_with_documents()
    one = (await booked(system.client, "passport", start="09:00"))["number"]
    two = (await booked(system.client, contact={"name": "이", "phone": "010-1234-5678"}, start="10:00"))["number"]
    first, second, clerk = (
        await opened_visit(system, one),
        await opened_visit(system, two),
        await system.official("clerk"),
    )
    await send(first, one, "photo", ("a.png", PNG))
    seen = count_queries()

    async def cost(browser: httpx.AsyncClient, address: str) -> int:
        before = len(seen)
        assert (await browser.get(address)).status_code == 200
        return len(seen) - before

    assert await cost(first, f"/visits/{one}/documents") == await cost(second, f"/visits/{two}/documents") <= 6
    await clerk.get("/desk/visits/documents")  # reads what a process keeps
    listed = await cost(clerk, "/desk/visits/documents")
    for name in ("lease", "photo"):
        await send(second, two, name, ("a.png", PNG + name.encode()), ("b.png", PNG + name.encode() + b"b"))
    assert await cost(clerk, "/desk/visits/documents") == listed <= 8
    assert await cost(clerk, f"/desk/visits/{two}/documents") <= 6


async def test_whose_documents_are_accepted_is_recommended_an_early_day(system: System) -> None:
    await an_office({"1": ["passport"]})
    await CounterService.filter(code="passport").update(documents=[{"code": "photo", "name": "사진"}])
    offices.forget()
    browser = system.visitor()
    number = code(await book(browser, "09:00"), "number")
    page = f"/visits/{number}/change"
    assert "서류를 준비할 여유" in (await browser.get(page)).text
    visit = await Visit.get(number=number)
    await VisitDocument.create(visit_id=visit.id, code="photo", state=DocumentState.FINE)
    assert "서류를 준비할 여유" not in (await browser.get(page)).text
