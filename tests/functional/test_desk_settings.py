"""An administrator and a manager keep the city's rules, templates and departments; jobs and audit show it."""

import re
from collections.abc import Callable

import pytest

from petitions.actions import intake
from petitions.forms import FilePetition
from petitions.models import Case, ReplyTemplate, RoutingRule, Service
from petitions.reference import reference
from server.core import clock, jobs, ledger, ledger_check
from server.core.accounts import Department
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import System

SWITCHED = re.compile(r"배정 규칙 \d+: [켰껐]습니다")
CountQueries = Callable[[], list[str]]


async def filed(title: str, body: str = "확인 부탁드립니다.", kind: str = "inquiry") -> Case:
    """A petition as the website files it."""
    raw = {"title": title, "body": body, "kind": kind, "petitioner": {"name": "홍길동", "email": "h@example.org"}}
    result = await intake.file(FilePetition.parse(raw, await reference(), language="ko"))
    return await Case.get(reference=result.reference)


async def department(code: str) -> Department:
    return await Department.get(code=code)


async def changes(chain: str) -> list[tuple[str, str]]:
    """What the trail of a kind of setting says."""
    return [(entry.data["what"], entry.data["how"]) for entry in await ledger.read(chain)]


# --- routing rules --------------------------------------------------------------------------------------------


async def test_a_new_rule_changes_where_the_next_petition_goes(system: System) -> None:
    parks, roads = await department("parks"), await department("roads")
    before = await filed("가로등 아래 벤치", "가로등이 어둡습니다.")
    assert before.department_id == roads.id
    browser = await system.official("intake")
    answer = await submit(
        browser, "/desk/rules/new", "/new", words="벤치, 의자", kinds=["inquiry"], department="parks",
        note="앉을 것은 공원과",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/rules")
    assert "규칙을 목록 끝에 추가했습니다" in (await browser.get("/desk/rules")).text
    rule = await RoutingRule.get(note="앉을 것은 공원과")
    assert (rule.position, rule.words, rule.kinds) == (2, ["벤치", "의자"], ["inquiry"])
    after = await filed("가로등 아래 벤치", "가로등이 어둡습니다.")
    assert (after.department_id, after.routing["rule"]) == (parks.id, rule.id)
    other_kind = await filed("가로등 아래 벤치", "가로등이 어둡습니다.", kind="grievance")
    assert other_kind.department_id == roads.id

    assert (await submit(browser, "/desk/rules", f"/{rule.id}/close")).status_code == 303
    assert (await filed("가로등 아래 벤치")).department_id == roads.id
    assert (await submit(browser, "/desk/rules", f"/{rule.id}/open")).status_code == 303
    assert (await filed("가로등 아래 벤치")).department_id == parks.id
    asked = await browser.get(f"/desk/rules/{rule.id}/delete")
    assert "삭제하시겠습니까" in asked.text
    assert await RoutingRule.exists(id=rule.id)
    assert (await send(browser, form(asked, "/delete"))).status_code == 303
    assert (await filed("가로등 아래 벤치")).department_id == roads.id
    assert (await browser.get(f"/desk/rules/{rule.id}")).status_code == 404
    assert await changes("settings/rules") == [
        ("rule", "added"), ("rule", "switched_off"), ("rule", "switched_on"), ("rule", "deleted"),
    ]  # fmt: skip


async def test_the_first_rule_that_fits_decides_and_rules_change_places(system: System) -> None:
    browser = await system.official("admin")
    await submit(browser, "/desk/rules/new", "/new", words="재산세", department="parks")
    first, second = await RoutingRule.all().order_by("position")
    assert (await filed("재산세 문의")).routing["rule"] == first.id
    up = form(await browser.get("/desk/rules"), f"/{second.id}/move")
    assert (await send(browser, up, button="up")).status_code == 303
    assert [rule.id for rule in await RoutingRule.all().order_by("position")] == [second.id, first.id]
    assert (await filed("재산세 문의")).routing["rule"] == second.id
    await send(browser, up, button="up")  # it is the first already
    await submit(browser, "/desk/rules", f"/{second.id}/move", button="down")
    assert [rule.id for rule in await RoutingRule.all().order_by("position")] == [first.id, second.id]
    for rule, way, status in ((999, "up", 404), (first.id, "aside", 422)):
        answer = await post_without_page(browser, f"/desk/rules/{rule}/move", data={"way": way})
        assert answer.status_code == status
    assert [how for _what, how in await changes("settings/rules")] == ["added", "moved", "moved"]


async def test_the_buttons_of_a_rule_stand_in_the_list_and_on_its_page(system: System) -> None:
    browser = await system.official("admin")
    await submit(browser, "/desk/rules/new", "/new", words="벤치", department="parks")
    first, second = await RoutingRule.all().order_by("position")
    page = parse((await browser.get("/desk/rules")).text)
    forms = {(each.attrs["action"], button.attrs.get("value", "")) for each in page.all("form", method="post")
             for button in each.all("button")}  # fmt: skip
    assert forms >= {
        (f"/desk/rules/{first.id}/move", "down"), (f"/desk/rules/{second.id}/move", "up"),
        (f"/desk/rules/{first.id}/close", ""), ("/desk/rules/try#try", ""),
    }  # fmt: skip
    assert (f"/desk/rules/{first.id}/move", "up") not in forms
    assert "다시 켤 때까지" in (await browser.get(f"/desk/rules/{first.id}/close")).text
    tried = page.one("form", action="/desk/rules/try#try").one("select", name="district")
    assert tried.all("option")[0].attrs["value"] == "", "nothing is chosen unless somebody chooses"


async def test_a_rule_is_changed_and_errors_stand_beside_the_field_with_the_input_kept(system: System) -> None:
    browser = await system.official("admin")
    rule = await RoutingRule.first()
    assert rule
    page = await browser.get(f"/desk/rules/{rule.id}")
    assert "재산세, 자동차세" in page.text
    forged = {"words": "", "note": "남은 메모", "department": "12345", "kinds": ["nonsense"]}
    wrong = await post_without_page(browser, f"/desk/rules/{rule.id}", data=forged)
    assert wrong.status_code == 422
    assert "남은 메모" in wrong.text
    assert wrong.text.count('aria-invalid="true"') >= 2
    assert 'href="#field-department"' in wrong.text
    new = form(await browser.get("/desk/rules/new"), "/new")
    empty = await send(browser, new, department="tax")
    assert empty.status_code == 422
    assert "모든 민원에 맞는 규칙" in empty.text
    long = await send(browser, new, words="가" * 61, department="tax")
    assert long.status_code == 422
    many = ", ".join(f"낱말{n}" for n in range(61))
    assert (await send(browser, new, words=many, department="tax")).status_code == 422
    good = await send(browser, form(page, f"/{rule.id}"), words="재산세\n주민세,재산세", districts=["central"], note="")
    assert good.status_code == 303
    rule = await RoutingRule.get(id=rule.id)
    assert (rule.words, rule.districts, rule.note) == (["재산세", "주민세"], ["central"], "")
    assert await changes("settings/rules") == [("rule", "changed")]


async def test_the_try_it_box_says_where_a_text_would_go_and_why(system: System) -> None:
    browser = await system.official("intake")

    shown = form(await browser.get("/desk/rules"), "/try")

    async def tried(**typed: str) -> str:
        answer = await send(browser, shown, **typed)
        assert answer.status_code == 200, answer.text
        return answer.text

    by_rule = await tried(body="재산세 고지서가 두 번 왔습니다")
    assert "지방세는 세무과" in by_rule
    assert "세무과</h3>" in by_rule
    assert "재산세 고지서가 두 번 왔습니다</textarea>" in by_rule
    assert "도로과</h3>" in await tried(title="포트홀", body="큰 구멍")
    assert "통합접수자가 정합니다</h3>" in await tried(body="아무 말")
    assert "도로과</h3>" in await tried(body="아무 말", kind="statutory:road_occupation")
    refused = await post_without_page(browser, "/desk/rules/try", data={"body": "", "kind": "nonsense"})
    assert refused.status_code == 422
    assert not await Case.exists()


# --- reply templates ------------------------------------------------------------------------------------------


async def test_a_manager_keeps_the_templates(system: System) -> None:
    browser = await system.official("manager")
    roads = await department("roads")
    new = await browser.get("/desk/templates/new")
    assert "{petitioner}" in new.text
    typed = {
        "title": "보수 완료", "purpose": "answer", "department": "roads", "kind": "grievance", "language": "ko",
        "text": "{petitioner}님,\n{due}까지 고치겠습니다.",
    }  # fmt: skip
    wrong = await send(browser, form(new, "/new"), **{**typed, "text": "{petitoner}님", "title": "그대로"})
    assert wrong.status_code == 422
    assert "{petitoner}" in wrong.text
    assert 'value="그대로"' in wrong.text
    assert (await send(browser, form(wrong, "/new"), **typed)).status_code == 303
    template = await ReplyTemplate.get(title="보수 완료")
    assert (template.department_id, template.kind) == (roads.id, "grievance")
    assert template.text == "{petitioner}님,\n{due}까지 고치겠습니다."
    listing = (await browser.get("/desk/templates?department=roads&purpose=answer")).text
    assert "보수 완료" in listing
    assert "기본 답변" in listing
    assert "보수 완료" not in (await browser.get("/desk/templates?purpose=extend")).text
    for query, words in (("colour=red", "colour"), ("purpose=nonsense", "nonsense"), ("department=moon", "moon")):
        refused = await browser.get(f"/desk/templates?{query}")
        assert (refused.status_code, f"“{words}”" in refused.text, 'href="/desk"' in refused.text) == (422, True, True)
    page = f"/desk/templates/{template.id}"
    own = await browser.get(page)
    assert "까지 고치겠습니다" in own.text
    changed = await send(browser, form(own, page), department="", kind="", reasons="{city}의 사정")
    assert changed.status_code == 303
    template = await ReplyTemplate.get(id=template.id)
    assert (template.department_id, template.kind, template.reasons) == (None, "", "{city}의 사정")
    assert (await post_without_page(browser, page, data={**typed, "purpose": "nonsense"})).status_code == 422
    asked = await browser.get(f"{page}/delete")
    assert "보수 완료" in asked.text
    assert (await send(browser, form(asked, "/delete"))).status_code == 303
    assert (await browser.get(page)).status_code == 404
    assert (await browser.get("/desk/templates/99999999999")).status_code == 404
    assert await changes("settings/templates") == [
        ("template", "added"), ("template", "changed"), ("template", "deleted"),
    ]  # fmt: skip


# --- departments ----------------------------------------------------------------------------------------------


async def test_a_department_is_opened_and_gets_petitions_by_its_keywords(system: System) -> None:
    browser = await system.official("admin")
    typed = {
        "code": "animals", "name": "동물보호과", "name_en": "Animals", "phone": "02-700-3000",
        "email": "animals@city.example", "keywords": "유기견, 길고양이", "duties": "동물 보호, 유기동물 구조",
    }  # fmt: skip
    new = form(await browser.get("/desk/departments/new"), "/new")
    assert (await send(browser, new, **{**typed, "code": "roads"})).status_code == 422
    wrong = await send(browser, new, **{**typed, "code": "Big One", "phone": "전화", "name": ""})
    assert wrong.status_code == 422
    for name in ("code", "phone", "name"):
        assert f'href="#field-{name}"' in wrong.text
    assert (await send(browser, form(wrong, "/new"), **typed)).status_code == 303
    animals = await department("animals")
    assert animals.keywords == ["유기견", "길고양이"]
    assert (await filed("길고양이가 다쳤어요")).department_id == animals.id
    page = f"/desk/departments/{animals.id}"
    own = await browser.get(page)
    assert "동물 보호, 유기동물 구조" in own.text
    assert (await send(browser, form(own, page), name_ja="動物保護課", keywords="유기견")).status_code == 303
    animals = await department("animals")
    assert (animals.name_ja, animals.keywords) == ("動物保護課", ["유기견"])
    assert (await submit(browser, page, page, email="not an address")).status_code == 422
    assert "動物保護課" in (await browser.get("/desk/departments?lang=ja")).text
    assert (await browser.get("/desk/departments/4711")).status_code == 404


async def test_a_department_is_closed_only_when_nothing_leads_to_it(system: System) -> None:
    browser = await system.official("admin")
    tax = await department("tax")
    case = await filed("재산세 문의")
    assert case.department_id == tax.id
    page = f"/desk/departments/{tax.id}"
    asked = (await browser.get(f"{page}/close")).text
    assert "처리 중인 민원: 1건" in asked
    assert "이 부서로 보내는 배정 규칙: 1개" in asked
    assert (await post_without_page(browser, f"{page}/close")).status_code == 409
    assert (await department("tax")).active
    await Case.filter(id=case.id).update(open=False)
    rule = await RoutingRule.get(department_id=tax.id)
    await submit(browser, "/desk/rules", f"/{rule.id}/close")
    await Service.filter(department_id=tax.id).update(active=False)
    closing = await browser.get(f"{page}/close")
    assert "닫으시겠습니까" in closing.text
    assert (await send(browser, form(closing, "/close"))).status_code == 303
    assert not (await department("tax")).active
    assert (await submit(browser, "/desk/rules", f"/{rule.id}/open")).status_code == 409
    refused = await post_without_page(browser, "/desk/rules/new", data={"words": "세금", "department": "tax"})
    assert refused.status_code == 422
    assert (await filed("세금 고지서")).department_id is None
    assert (await submit(browser, page, "/open")).status_code == 303
    assert (await filed("세금 고지서")).department_id == tax.id
    assert [how for _what, how in await changes("settings/departments")] == ["switched_off", "switched_on"]


# --- jobs and the trail ---------------------------------------------------------------------------------------


async def _dead(count: int) -> None:
    now = clock.now()
    for number in range(count):
        await jobs.Job.create(
            key=f"mail:{number}:hong@example.org", kind="core.mail", payload='{"to": "hong@example.org"}',
            dead=True, run_at=now, created_at=now, attempts=12,
            error="SMTPRecipientsRefused: hong@example.org is unknown",
        )  # fmt: skip


async def test_dead_letters_are_seen_without_personal_data_and_tried_again(system: System) -> None:
    await _dead(2)
    browser = await system.official("inspector")
    page = await browser.get("/desk/jobs")
    assert "SMTPRecipientsRefused" in page.text
    assert "hong" not in page.text
    assert "실패한 작업: 2" in page.text
    first, second = await jobs.Job.filter(dead=True).order_by("id")
    assert (await send(browser, form(page, f"/{first.id}/retry"))).status_code == 303
    fresh = await jobs.Job.get(id=first.id)
    assert (fresh.dead, fresh.attempts) == (False, 0)
    assert (await send(browser, form(page, f"/{first.id}/retry"))).status_code == 404
    assert (await post_without_page(browser, "/desk/jobs/99999999999999999999/retry")).status_code == 404
    assert (await send(browser, form(page, "/jobs/retry"))).status_code == 303
    assert not (await jobs.Job.get(id=second.id)).dead
    assert "작업 1개를 다시 시도합니다" in (await browser.get("/desk/jobs")).text


async def test_many_dead_letters_come_in_pages(system: System) -> None:
    await _dead(51)
    browser = await system.official("admin")
    oldest = (await jobs.Job.filter(dead=True).order_by("id").first()) or pytest.fail("no job")
    page = (await browser.get("/desk/jobs")).text
    assert f"/desk/jobs/{oldest.id}/retry" not in page
    assert f"/desk/jobs?before={oldest.id + 1}" in page
    assert f"/desk/jobs/{oldest.id}/retry" in (await browser.get(f"/desk/jobs?before={oldest.id + 1}")).text
    assert (await browser.get("/desk/jobs?before=nonsense")).status_code == 200


async def test_the_trail_says_who_changed_what_to_those_who_may_change_it(system: System) -> None:
    admin = await system.official("admin")
    rule = await RoutingRule.first()
    assert rule
    assert "아직 바뀐 것이 없습니다" in (await admin.get("/desk/audit")).text
    off = form(await admin.get("/desk/rules"), f"/{rule.id}/close")
    await send(admin, off)
    await submit(admin, "/desk/calendar", "/holidays/new", date="2027-03-08", name="임시공휴일")
    await submit(admin, "/desk/calendar/holidays/2027-03-08/delete", "/delete")
    await submit(admin, "/desk/departments/new", "/new", code="animals", name="동물보호과")
    page = (await admin.get("/desk/audit")).text
    assert "관리자" in page
    for line in (f"배정 규칙 {rule.id}: 껐습니다", "2027년 3월 8일 (월)", "임시공휴일", "추가했습니다"):
        assert line in page
    assert page.index("추가했습니다") < page.index("껐습니다")
    intake_page = (await (await system.official("intake")).get("/desk/audit")).text
    assert "껐습니다" in intake_page
    assert "임시공휴일" not in intake_page
    on = form(await admin.get("/desk/rules"), f"/{rule.id}/open")
    for _again in range(30):
        await send(admin, on)
        await send(admin, off)
    newest = await ledger.newest(["settings/rules"], before_id=2**62, limit=100)
    assert len(newest) == 61
    page = (await admin.get("/desk/audit")).text
    assert len(SWITCHED.findall(page)) == 50
    assert f"/desk/audit?before={newest[49].id}" in page
    older = (await admin.get(f"/desk/audit?before={newest[49].id}")).text
    assert len(SWITCHED.findall(older)) == 11
    assert "임시공휴일" in older
    assert [problem async for problem in ledger_check.verify()] == []
