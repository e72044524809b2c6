"""A program keeps the city's rules, templates, departments, calendar and accounts: the same changes as on the pages."""

from datetime import date

import pytest

from petitions.models import RoutingRule
from server.core import ledger
from server.core.accounts import Account, Department, Holiday
from tests.support.system import System


async def test_a_rule_is_added_changed_switched_and_deleted(system: System) -> None:
    program = await system.program("admin")
    added = await program.post("/api/v1/desk/rules", json={"words": ["벤치"], "department": "parks", "note": "공원과"})
    assert added.status_code == 201, added.text
    rule = added.json()
    assert rule == {
        "id": rule["id"], "version": rule["version"], "department": "parks", "words": ["벤치"], "kinds": [],
        "districts": [], "note": "공원과", "active": True,
    }  # fmt: skip
    path = f"/api/v1/desk/rules/{rule['id']}"
    changed = await program.put(path, json={"words": ["의자"], "department": "roads", "version": rule["version"]})
    assert (changed.json()["words"], changed.json()["note"]) == (["의자"], "")
    assert (await program.post(f"{path}/close")).json()["active"] is False
    assert (await program.post(f"{path}/open")).json()["active"] is True
    assert (await program.get(path)).json()["department"] == "roads"
    assert [row["id"] for row in (await program.get("/api/v1/desk/rules")).json()["items"]] == [1, rule["id"]]
    assert (await program.delete(path)).status_code == 204
    assert (await program.get(path)).status_code == 404
    assert [entry.data["how"] for entry in await ledger.read("settings/rules")] == [
        "added", "changed", "switched_off", "switched_on", "deleted",
    ]  # fmt: skip


async def test_what_others_changed_meanwhile_is_not_overwritten(system: System) -> None:
    admin, intake = await system.program("admin"), await system.program("intake")
    path = "/api/v1/desk/rules/1"
    seen = (await admin.get(path)).json()
    assert (await intake.put(path, json={"words": ["재산세"], "department": "tax"})).status_code == 200
    refused = await admin.put(path, json={"words": ["벤치"], "department": "parks", "version": seen["version"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "changed_meanwhile")
    assert [change["kind"] for change in refused.json()["changes"]] == ["settings.changed"]
    assert (await RoutingRule.get(id=1)).words == ["재산세"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("rules", {"words": ["가"]}, "department"),
        ("rules", {"department": "parks"}, "words"),
        ("rules", {"words": "가", "department": "nowhere"}, "department"),
        ("templates", {"title": "가", "purpose": "answer", "language": "ko", "text": "{petitoner}"}, "text"),
        ("departments", {"code": "Big One", "name": "큰 부서"}, "code"),
        ("departments", {"code": "roads", "name": "도로과"}, "code"),
        ("people", {"username": "newcomer", "name": "신입", "role": "handler"}, "department"),
        ("calendar/holidays", {"date": "2026-12-25", "name": "성탄절"}, "date"),
        ("calendar/hours", {"first_day": "2026-12-01", "opens": "9"}, "opens"),
    ],
)
async def test_what_is_wrong_is_named(system: System, path: str, body: dict[str, object], field: str) -> None:
    program = await system.program("admin")
    refused = await program.post(f"/api/v1/desk/{path}", json=body)
    assert refused.status_code == 422, refused.text
    assert field in [error["field"] for error in refused.json()["errors"]]


async def test_a_filter_that_is_none_is_refused_by_name(system: System) -> None:
    program = await system.program("admin")
    assert (await program.get("/api/v1/desk/templates?purpose=answer")).json()["total"] == 1
    for query, field in (("purpose=nonsense", "purpose"), ("colour=red", "colour")):
        refused = await program.get(f"/api/v1/desk/templates?{query}")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


async def test_a_new_official_gets_a_password_in_the_answer_only(system: System) -> None:
    program = await system.program("admin")
    body = {"username": "newcomer", "name": "신입", "role": "guide", "languages": ["ko"], "specialities": ["나무"]}
    added = (await program.post("/api/v1/desk/people", json=body)).json()
    assert added["password"].count("-") == 3
    row = (await program.get(f"/api/v1/desk/people/{added['id']}")).json()
    assert (row["role"], row["specialities"]) == ("guide", ["나무"])
    assert "password" not in row
    answer = await system.visitor().post("/desk/sign-in", data={"username": "newcomer", "password": added["password"]})
    assert answer.status_code == 303
    assert (await program.post("/api/v1/desk/people/1/close")).status_code in {200, 422}
    assert await Account.filter(role="administrator", active=True).exists()


async def test_a_holiday_and_a_department_that_is_in_use(system: System) -> None:
    program = await system.program("admin")
    added = await program.post("/api/v1/desk/calendar/holidays", json={"date": "2026-12-31", "name": "임시공휴일"})
    assert (added.status_code, added.json()["id"]) == (201, "2026-12-31")
    assert await Holiday.exists(date=date(2026, 12, 31))
    assert (await program.delete("/api/v1/desk/calendar/holidays/2026-12-31")).status_code == 204
    assert (await program.delete("/api/v1/desk/calendar/holidays/2026-12-31")).status_code == 404
    assert (await program.delete("/api/v1/desk/calendar/holidays/tomorrow")).status_code == 404
    tax = await Department.get(code="tax")
    refused = await program.post(f"/api/v1/desk/departments/{tax.id}/close")
    assert (refused.status_code, refused.json()["code"]) == (409, "department_in_use")


@pytest.mark.parametrize("path", ["rules", "templates", "departments", "people", "calendar/holidays"])
async def test_only_those_with_the_right_look_and_change(system: System, path: str) -> None:
    program = await system.program("handler")
    assert (await program.get(f"/api/v1/desk/{path}")).status_code == 403
    assert (await program.post(f"/api/v1/desk/{path}", json={})).status_code == 403
