"""An official's program: the list, one case, every action, many at once, and what it is refused."""

from typing import Any

import httpx
import pytest

from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")

DESK = "/api/v1/desk/cases"


async def filed(system: System, **changes: Any) -> str:
    number: str = (await system.file(**changes))["reference"]
    return number


async def done(program: httpx.AsyncClient, number: str, action: str, **content: Any) -> dict[str, Any]:
    answer = await program.post(f"{DESK}/{number}/{action}", json=content)
    assert answer.status_code == 200, answer.text
    case: dict[str, Any] = answer.json()
    return case


async def test_a_case_goes_all_the_way_through(system: System) -> None:
    number = await filed(system)
    intake, handler, manager = [await system.program(name) for name in ("intake", "handler", "manager")]
    accepted = await done(intake, number, "accept")
    assert (accepted["status"], accepted["department"]["code"]) == ("accepted", "roads")
    assert accepted["routing"]["chosen"] == "roads"
    assert (await done(intake, number, "guide", guide="guide_ja"))["guide"]["name"] == "佐藤美咲"
    assigned = await done(manager, number, "assign", handler="handler")
    assert assigned["handler"]["name"] == "김처리"
    assert (await done(handler, number, "start"))["status"] == "in_progress"
    assert (await done(handler, number, "note", text="현장 확인"))["status"] == "in_progress"
    await done(handler, number, "message", text="내일 나갑니다.")
    assert (await done(handler, number, "interim-notice", text="부품을 기다립니다."))["interim_on"]
    before = (await handler.get(f"{DESK}/{number}")).json()["due_at"]
    extended = await done(handler, number, "extend", amount=3, reason="부품 지연")
    assert extended["due_at"] > before == extended["announced_due_at"]
    assert (await done(handler, number, "request-supplement", text="사진", days=5))["paused"] is True
    assert (await done(handler, number, "supplement", text="받았음"))["status"] == "in_progress"
    final = await done(
        handler, number, "answer", text="안 됩니다.", decision="refused", reasons="법 제1조", remedies="행정심판"
    )
    assert (final["status"], final["answers"][0]["decision"]) == ("answered", "refused")
    assert (await done(handler, number, "close"))["status"] == "closed"
    assert (await done(manager, number, "reopen", text="다시 봅니다."))["status"] == "reopened"
    moved = await done(handler, number, "transfer", department="parks", reason="공원 가로등")
    assert moved == {"reference": number, "status": "accepted", "parts": []}, "no more than that it went"
    assert (await handler.get(f"{DESK}/{number}")).status_code == 404


async def test_a_case_leaves_for_another_agency_or_is_taken_back(system: System) -> None:
    intake = await system.program("intake")
    out = await done(intake, await filed(system), "transfer-out", agency="도로공사", reason="고속도로입니다.")
    assert out["status"] == "transferred_out"
    back = await done(intake, await filed(system), "withdraw", text="전화로 취하")
    assert (back["status"], back["actions"]) == ("withdrawn", ["note"])


async def test_the_list_is_narrowed_and_walked(system: System) -> None:
    numbers = [await filed(system) for _number in range(3)]
    tree = await filed(system, title="나무가 쓰러졌어요", body="공원 벤치 옆 나무입니다.", kind="inquiry")
    intake = await system.program("intake")
    whole = (await intake.get(DESK)).json()
    assert (whole["total"], whole["next"]) == (4, None)
    assert {row["reference"] for row in whole["items"]} == {*numbers, tree}
    first = (await intake.get(f"{DESK}?limit=3")).json()
    assert (len(first["items"]), first["total"]) == (3, None)
    second = (await intake.get(f"{DESK}?limit=3&cursor={first['next']}")).json()
    assert [row["reference"] for row in first["items"] + second["items"]] == [r["reference"] for r in whole["items"]]
    for query, expected in (
        ("department=parks", {tree}),
        ("q=나무가", {tree}),
        (f"q={tree}", {tree}),
        ("kind=inquiry", {tree}),
        ("status=answered", set()),
        ("overdue=true", set()),
        ("mine=1", set()),
    ):
        found = (await intake.get(f"{DESK}?{query}")).json()
        assert {row["reference"] for row in found["items"]} == expected, query
    assert (await (await system.program("gardener")).get(DESK)).json()["total"] == 1
    assert (await (await system.program("clerk")).get(DESK)).json() == {"items": [], "next": None, "total": 0}


@pytest.mark.parametrize(
    "query", ["status=lost", "department=moon", "overdue=maybe", "limit=0", "limit=x", "cursor=abc", "q=%00"]
)
async def test_a_filter_that_is_none_is_refused(system: System, query: str) -> None:
    intake = await system.program("intake")
    assert (await intake.get(f"{DESK}?{query}")).status_code == 422


async def test_who_has_no_right_is_refused(system: System) -> None:
    number = await filed(system)
    nobody = await system.client.post(f"{DESK}/{number}/accept", json={})
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_signed_in")
    handler = await system.program("handler")
    assert (await handler.post(f"{DESK}/{number}/accept", json={})).status_code == 403
    gardener = await system.program("gardener")
    assert (await gardener.get(f"{DESK}/{number}")).status_code == 404
    assert (await gardener.post(f"{DESK}/{number}/note", json={"text": "?"})).status_code == 404


@pytest.mark.parametrize("path", ["rate", "explode", "accept/again"])
async def test_an_action_that_is_none_is_not_there(system: System, path: str) -> None:
    intake = await system.program("intake")
    answer = await intake.post(f"{DESK}/{await filed(system)}/{path}", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_second_of_two_officials_is_told_what_the_first_one_did(system: System) -> None:
    number = await filed(system)
    intake, manager = await system.program("intake"), await system.program("manager")
    seen = (await manager.get(f"{DESK}/{number}")).json()["version"]
    await done(intake, number, "accept", version=seen)
    late = await manager.post(f"{DESK}/{number}/assign", json={"handler": "handler", "version": seen})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert [change["kind"] for change in late.json()["changes"]] == ["case.accepted"]
    assert late.json()["changes"][0]["at"].endswith("+09:00")
    now = (await manager.get(f"{DESK}/{number}")).json()["version"]
    await done(manager, number, "assign", handler="handler", version=now)


async def test_the_law_refuses_with_its_own_code(system: System) -> None:
    number = await filed(system)
    intake, handler = await system.program("intake"), await system.program("handler")
    await done(intake, number, "accept")
    answer = await handler.post(f"{DESK}/{number}/extend", json={"amount": 400, "reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "extension_too_long")
    refusal = await handler.post(f"{DESK}/{number}/answer", json={"text": "안 됩니다.", "decision": "refused"})
    assert {error["field"] for error in refusal.json()["errors"]} == {"reasons", "remedies"}


async def test_json_is_taken_as_it_is_and_never_converted(system: System) -> None:
    number = await filed(system)
    await done(await system.program("intake"), number, "accept")
    content = {"amount": "3", "reason": "현장 확인이 남았습니다.", "consent": "on"}
    answer = await (await system.program("handler")).post(f"{DESK}/{number}/extend", json=content)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["amount", "consent"]


async def test_many_cases_at_once(system: System) -> None:
    numbers = [await filed(system) for _number in range(3)]
    intake = await system.program("intake")
    await done(intake, numbers[1], "withdraw", text="전화로 취하")
    answer = await intake.post(
        "/api/v1/desk/bulk", json={"action": "accept", "references": [*numbers, numbers[0].lower(), "nonsense"]}
    )
    assert answer.status_code == 200
    found = answer.json()
    assert [(item["done"], item["status"], item["code"]) for item in found["items"]] == [
        (True, 200, None),
        (False, 409, "illegal_transition"),
        (True, 200, None),
        (False, 404, "no_such_case"),
    ]
    assert (found["done"], found["refused"]) == (2, 2)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"references": ["x"]}, "action"),
        ({"action": "rate", "references": ["x"]}, "action"),
        ({"action": "note", "references": "x"}, "references"),
        ({"action": "note", "references": [3]}, "references"),
        ({"action": "note", "references": []}, "references"),
        ({"action": "note", "references": ["x"] * 201}, "references"),
    ],
)
async def test_a_wrong_selection_is_refused(system: System, content: dict[str, Any], field: str) -> None:
    intake = await system.program("intake")
    answer = await intake.post("/api/v1/desk/bulk", json=content)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_many_need_the_same_right_as_one(system: System) -> None:
    content = {"action": "accept", "references": [await filed(system)]}
    assert (await system.client.post("/api/v1/desk/bulk", json=content)).status_code == 401
    assert (await (await system.program("guide")).post("/api/v1/desk/bulk", json=content)).status_code == 403


@pytest.mark.parametrize(("path", "most"), [("", 3), ("?q=가로등", 4), ("/{number}", 6)])
async def test_reads_cost_few_queries(system: System, count_queries: Any, path: str, most: int) -> None:
    number = await filed(system)
    intake = await system.program("intake")
    await intake.get(DESK)
    queries = count_queries()
    assert (await intake.get(DESK + path.format(number=number))).status_code == 200
    assert len(queries) <= most, queries
