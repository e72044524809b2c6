"""An administrator opens, changes and closes accounts; there is always one administrator left."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from petitions.reference import all_guides
from server.core import clock, ledger
from server.core.accounts import Absence, Account, Department, Role, Session
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import PASSWORD, System

CountQueries = Callable[[], list[str]]
SHOWN = re.compile(r'<code id="password"[^>]*>([^<]+)</code>')


async def account(username: str) -> Account:
    return await Account.get(username=username)


async def signs_in(system: System, username: str, password: str) -> int:
    """How the desk answers a name and a password."""
    answer = await submit(system.visitor(), "/desk/sign-in", "/sign-in", username=username, password=password)
    return answer.status_code


async def trail() -> list[tuple[int, str]]:
    return [(entry.data["id"], entry.data["how"]) for entry in await ledger.read("settings/people")]


async def test_a_new_official_gets_a_password_that_is_shown_once_and_opens_the_desk(system: System) -> None:
    browser = await system.official("admin")
    parks = await Department.get(code="parks")
    typed: dict[str, Any] = {
        "username": "newcomer", "name": "신입", "role": "guide", "department": "parks", "languages": ["ko", "ja"],
        "specialities": "나무, 벤치", "phone": "02-700-4000", "email": "new@city.example",
    }  # fmt: skip
    saved = await submit(browser, "/desk/people/new", "/new", **typed)
    assert saved.status_code == 303
    page = await browser.get(saved.headers["location"])
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    shown = SHOWN.search(page.text)
    assert shown
    row = await account("newcomer")
    assert (row.role, row.department_id, row.languages) == (Role.GUIDE, parks.id, ["ko", "ja"])
    assert row.specialities == ["나무", "벤치"]
    assert shown[1] not in (await browser.get(f"/desk/people/{row.id}")).text
    stranger = await system.official("admin")
    again = await stranger.get(saved.headers["location"])
    assert (again.status_code, again.headers["location"]) == (303, f"/desk/people/{row.id}"), "in another browser"
    assert await signs_in(system, "newcomer", shown[1]) == 303
    assert await trail() == [(row.id, "added")]
    stored = "".join(str(entry.data) for entry in await ledger.read("settings/people"))
    assert "신입" not in stored


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"username": "intake"}, "username"),
        ({"username": "Two Words"}, "username"),
        ({"username": ""}, "username"),
        ({"name": ""}, "name"),
        ({"role": "mayor"}, "role"),
        ({"role": "handler", "department": ""}, "department"),
        ({"department": "4711"}, "department"),
        ({"role": "guide", "languages": []}, "languages"),
        ({"languages": ["tlh"]}, "languages"),
        ({"phone": "call me"}, "phone"),
        ({"email": "nowhere"}, "email"),
        ({"name": "가" * 81}, "name"),
    ],
)
async def test_wrong_input_is_refused_beside_its_field_and_kept(
    system: System, changes: dict[str, object], name: str
) -> None:
    browser = await system.official("admin")
    typed: dict[str, object] = {
        "username": "newcomer", "name": "신입", "role": "handler", "department": "roads", "languages": ["ko"],
        "hours": "화요일만",
    }  # fmt: skip
    answer = await post_without_page(browser, "/desk/people/new", data={**typed, **changes})
    assert answer.status_code == 422
    assert f'href="#field-{name}"' in answer.text
    assert f'id="field-{name}-error"' in answer.text
    assert 'value="화요일만"' in answer.text
    assert await Account.all().count() == 11
    assert await trail() == []


async def test_an_official_moves_to_another_department_and_role(system: System) -> None:
    browser = await system.official("admin")
    handler, parks = await account("handler"), await Department.get(code="parks")
    page = f"/desk/people/{handler.id}"
    own = await browser.get(page)
    assert "김처리" in own.text
    changed = await send(browser, form(own, page), department="parks", name="김공원")
    assert changed.status_code == 303
    handler = await account("handler")
    assert (handler.name, handler.department_id) == ("김공원", parks.id)
    assert (await submit(browser, page, page, role="inspector")).status_code == 303
    assert (await account("handler")).role is Role.INSPECTOR
    assert await trail() == [(handler.id, "changed"), (handler.id, "role_changed")]
    refused = await submit(browser, page, page, role="manager", department="")
    assert refused.status_code == 422
    await Department.filter(id=parks.id).update(active=False)
    assert (await submit(browser, page, page, department="parks")).status_code == 303
    tax = await Department.get(code="tax")
    shown = form(await browser.get(page), page)
    await Department.filter(id=tax.id).update(active=False)
    assert (await send(browser, shown, department="tax")).status_code == 422


async def test_a_closed_account_is_out_at_once_and_can_be_opened_again(system: System) -> None:
    admin, handler = await system.official("admin"), await system.official("handler")
    row = await account("handler")
    page = f"/desk/people/{row.id}"
    asked = await admin.get(f"{page}/close")
    assert "닫으시겠습니까" in asked.text
    assert (await handler.get("/desk/account")).status_code == 200
    assert (await send(admin, form(asked, "/close"))).status_code == 303
    assert (await handler.get("/desk/account")).status_code == 303
    assert not await Session.exists(account_id=row.id)
    assert "김처리" not in (await admin.get("/desk/people")).text
    assert "김처리" in (await admin.get("/desk/people?state=closed")).text
    await send(admin, form(asked, "/close"))  # a second press changes nothing
    assert (await submit(admin, page, "/open")).status_code == 303
    assert (await system.official("handler")) is not None
    assert await trail() == [(row.id, "switched_off"), (row.id, "switched_on")]


async def test_the_last_administrator_stays(system: System) -> None:
    browser = await system.official("admin")
    admin = await account("admin")
    page = f"/desk/people/{admin.id}"
    asked = form(await browser.get(f"{page}/close"), "/close")
    refused = await send(browser, asked)
    assert refused.status_code == 422
    assert "마지막 관리자" in refused.text
    assert 'href="#field-role"' in refused.text
    demoted = await submit(browser, page, page, role="intake")
    assert demoted.status_code == 422
    assert 'href="#field-role"' in demoted.text
    assert (await account("admin")).role is Role.ADMINISTRATOR
    await Account.filter(username="intake").update(role=Role.ADMINISTRATOR, active=False)
    assert (await send(browser, asked)).status_code == 422  # a closed one does not count
    await Account.filter(username="intake").update(active=True)
    assert (await send(browser, asked)).status_code == 303
    assert not (await account("admin")).active
    assert (await browser.get("/desk/people")).status_code == 303


async def test_two_administrators_who_close_each_other_at_once_leave_one(system: System) -> None:
    await Account.filter(username="intake").update(role=Role.ADMINISTRATOR)
    one, two = await system.official("admin"), await system.official("intake")
    first, second = await account("admin"), await account("intake")
    closing = form(await one.get(f"/desk/people/{second.id}/close"), "/close")
    closing_back = form(await two.get(f"/desk/people/{first.id}/close"), "/close")
    answers = await asyncio.gather(send(one, closing), send(two, closing_back))
    assert 303 in {answer.status_code for answer in answers}
    assert await Account.filter(role=Role.ADMINISTRATOR, active=True).count() == 1


async def test_a_lost_password_and_a_lost_second_factor_are_replaced(system: System) -> None:
    admin, handler = await system.official("admin"), await system.official("handler")
    row = await account("handler")
    await Account.filter(id=row.id).update(totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    page = f"/desk/people/{row.id}"
    asked = await admin.get(f"{page}/password")
    assert "새 비밀번호를 만드시겠습니까" in asked.text
    led = await send(admin, form(asked, "/password"))
    shown = SHOWN.search((await admin.get(led.headers["location"])).text)
    assert shown
    assert (await handler.get("/desk/account")).status_code == 303
    assert await signs_in(system, "handler", shown[1]) == 401
    asked = await admin.get(f"{page}/totp")
    assert "2단계 인증" in asked.text
    assert (await send(admin, form(asked, "/totp"))).status_code == 303
    assert await signs_in(system, "handler", shown[1]) == 303
    assert await signs_in(system, "handler", PASSWORD) == 401
    assert await trail() == [(row.id, "password_reset"), (row.id, "totp_reset")]


async def test_who_replaces_their_own_password_reads_it_although_their_session_has_ended(system: System) -> None:
    admin = await system.official("admin")
    page = f"/desk/people/{(await account('admin')).id}"
    led = await send(admin, form(await admin.get(f"{page}/password"), "/password"))
    assert (await admin.get("/desk/account")).status_code == 303, "signed out"
    await admin.get(led.headers["location"], params={"lang": "ja"})
    shown = SHOWN.search((await admin.get(led.headers["location"])).text)
    assert shown
    assert not SHOWN.search((await system.visitor().get(led.headers["location"])).text)
    assert await signs_in(system, "admin", shown[1]) == 303


async def test_a_guide_who_is_away_gets_no_new_cases(system: System) -> None:
    guide = await account("guide")
    page = f"/desk/people/{guide.id}"
    with clock.at(datetime(2026, 11, 25, 3, tzinfo=UTC)):
        browser = await system.official("admin")
        assert guide.id in [present.id for present in await all_guides() if not present.away]
        shown = form(await browser.get(page), "/absences")
        assert (await send(browser, shown, first_day="2026-11-24", last_day="2026-11-26")).status_code == 303
        assert guide.id not in [present.id for present in await all_guides() if not present.away]
        absent = await browser.get(page)
        assert "오늘 부재" in absent.text
        assert "오늘 부재" in (await browser.get("/desk/people?role=guide")).text
        refused = await send(browser, shown, first_day="2026-11-26", last_day="2026-11-30")
        assert refused.status_code == 422
        assert 'value="2026-11-30"' in refused.text
        for last_day in ("2026-12-01", ""):
            wrong = await send(browser, shown, first_day="2026-12-02", last_day=last_day)
            assert wrong.status_code == 422
        absence = await Absence.get(account_id=guide.id)
        remove = form(absent, f"/absences/{absence.id}/remove")
        assert (await send(browser, remove)).status_code == 303
        assert (await send(browser, remove)).status_code == 404
        assert guide.id in [present.id for present in await all_guides() if not present.away]
    assert await trail() == [(guide.id, "absence_added"), (guide.id, "absence_removed")]


async def test_people_are_found_by_name_role_and_department(system: System) -> None:
    browser = await system.official("admin")
    roads = await Department.get(code="roads")

    async def found(query: str) -> set[str]:
        answer = await browser.get(f"/desk/people?{query}")
        assert answer.status_code == 200
        return set(re.findall(r"<td><code>([^<]+)</code></td>", answer.text))

    assert len(await found("")) == 11
    assert await found("q=김처") == {"handler"}
    assert await found("q=HANDLER2") == {"handler2"}
    assert await found("q=%25") == set()
    assert await found("q=_parks") == {"guide_parks"}
    assert await found(f"role=guide&department={roads.id}") == {"guide"}
    wrong = await browser.get("/desk/people?role=nonsense&department=x&state=y")
    assert wrong.status_code == 422
    assert all(f"{name}에서 고를 수 없는 값입니다: “{value}”" in wrong.text for name, value in (
        ("role", "nonsense"), ("department", "x"), ("state", "y")
    ))  # fmt: skip
    unknown = await browser.get("/desk/people?roles=guide")
    assert unknown.status_code == 422
    assert "roles" in unknown.text, "it is refused by its name"
    await Account.filter(username="clerk").update(demo=True)
    assert "시연용" in (await browser.get("/desk/people?q=clerk")).text
    assert (await browser.get("/desk/people/4711")).status_code == 404


async def test_many_people_come_in_pages(system: System) -> None:
    browser = await system.official("admin")
    now = clock.now()
    await Account.bulk_create(
        [
            Account(username=f"x{n:03}", name=f"직원{n:03}", role=Role.CLERK, password_hash="x", created_at=now)
            for n in range(60)
        ]
    )
    page = (await browser.get("/desk/people?role=clerk")).text
    onward = re.search(r'href="(/desk/people\?[^"]+after=[^"]+)"', page)
    assert onward
    second = (await browser.get(onward[1].replace("&amp;", "&"))).text
    names = re.findall(r"<td><code>([^<]+)</code></td>", page + second)
    assert names == ["clerk", *(f"x{n:03}" for n in range(60))]


@pytest.mark.parametrize(("page", "queries"), [("/desk/people", 5), ("/desk/people/1", 7), ("/desk/people/new", 4)])
async def test_each_page_asks_the_database_a_known_number_of_times(
    system: System, count_queries: CountQueries, page: str, queries: int
) -> None:
    browser = await system.official("admin")
    seen = count_queries()
    assert (await browser.get(page)).status_code == 200
    assert len(seen) == queries, "\n".join(seen)
