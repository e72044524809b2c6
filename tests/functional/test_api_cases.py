"""A citizen's program follows a case with its key, and acts on it as far as the state allows."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from petitions.reference import forget
from server.core import clock, database
from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")


async def holder(system: System, **changes: Any) -> tuple[str, httpx.AsyncClient]:
    """A filed case's address and a program that holds its key."""
    receipt = await system.file(**changes)
    return f"/api/v1/cases/{receipt['reference']}", system.visitor(**{"x-access-key": receipt["access_key"]})


async def act(system: System, address: str, who: str, action: str, **content: Any) -> dict[str, Any]:
    """Let an official do something to a case."""
    program = await system.program(who)
    answer = await program.post(address.replace("/v1/cases", "/v1/desk/cases") + f"/{action}", json=content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def answered(system: System, address: str) -> None:
    await act(system, address, "intake", "accept")
    await act(system, address, "handler", "answer", text="고쳤습니다.", decision="accepted")


async def test_the_key_opens_all_that_concerns_the_petitioner(system: System) -> None:
    address, citizen = await holder(system)
    case = (await citizen.get(address)).json()
    assert (case["seen_as"], case["status"], case["petitioner"]["name"]) == ("party", "received", "홍길동")
    assert case["guide"]["hours"] == "09:00–18:00"
    assert case["actions"] == ["messages", "withdrawal"]
    assert "routing" not in case


@pytest.mark.parametrize("key", ["", "XXXX-XXXX-XXXX-XXXX", "\u00e9\u00e9", "' OR 1=1"])
async def test_a_forged_key_opens_nothing(system: System, key: str) -> None:
    address, _citizen = await holder(system)
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/messages"), ("POST", "/rating")):
        answer = await system.client.request(
            method,
            address + path,
            headers=[(b"x-access-key", key.encode("latin-1"))],
            json={"text": "?"} if method == "POST" else None,
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_case")


async def test_a_number_that_cannot_be_one_is_not_there(system: System) -> None:
    for number in ("K7Q-M9X-RW5", "x", "%00", "%FF", "k" * 5000):
        assert (await system.client.get(f"/api/v1/cases/{number}")).status_code == 404


async def test_everybody_reads_a_public_answer_masked(system: System) -> None:
    address, _citizen = await holder(system, public=True, body="홍길동입니다. 가로등이 꺼졌습니다. 010-1234-5678")
    assert (await system.client.get(address)).status_code == 404
    await answered(system, address)
    case = (await system.client.get(address)).json()
    assert case["seen_as"] == "public"
    assert case["actions"] == []
    assert case["petitioner"]["email"] == ""
    assert "홍길동" not in str(case)
    assert "1234-5678" not in str(case)
    events = (await system.client.get(f"{address}/events")).json()
    assert [event["kind"] for event in events["items"]] == ["case.answered"]
    assert events["total"] == 1
    assert (await system.client.post(f"{address}/messages", json={"text": "?"})).status_code == 404


async def test_events_come_in_order_and_only_as_far_as_one_may_see(system: System) -> None:
    address, citizen = await holder(system)
    await citizen.post(f"{address}/messages", json={"text": "언제 고치나요?"})
    await act(system, address, "intake", "note", text="급함")
    party = (await citizen.get(f"{address}/events")).json()
    assert [event["kind"] for event in party["items"]] == ["case.received", "case.guide_appointed", "case.message"]
    assert party["items"][-1]["text"] == "언제 고치나요?"
    assert party["items"][-1]["by"] == "petitioner"
    assert (party["total"], party["next"]) == (3, None)
    later = (await citizen.get(f"{address}/events?after={party['items'][-1]['sequence']}")).json()
    assert later == {"items": [], "next": None, "total": 3}
    staff = (await (await system.program("intake")).get(f"{address}/events")).json()
    assert [event["kind"] for event in staff["items"]][1::3] == ["case.routed", "case.note"]
    assert (await citizen.get(f"{address}/events?after=-1")).status_code == 422
    assert (await citizen.get(f"{address}/events?after=9999999999")).status_code == 422


async def test_long_histories_come_in_pages(system: System) -> None:
    address, citizen = await holder(system)
    for number in range(100):
        assert (await citizen.post(f"{address}/messages", json={"text": f"{number}"})).status_code == 201
    first = (await citizen.get(f"{address}/events")).json()
    second = (await citizen.get(f"{address}/events?after={first['next']}")).json()
    assert second["next"] is None
    texts = [event["text"] for event in first["items"] + second["items"] if event["kind"] == "case.message"]
    assert texts == [str(number) for number in range(100)]


async def test_a_citizen_supplements_rates_and_says_that_it_is_not_solved(system: System) -> None:
    address, citizen = await holder(system)
    await act(system, address, "intake", "accept")
    await act(system, address, "handler", "request-supplement", text="사진을 보내 주세요.")
    sent = await citizen.post(f"{address}/supplements", json={"text": "3번 가로등입니다."})
    assert (sent.status_code, sent.json()["status"]) == (201, "in_progress")
    await act(system, address, "handler", "answer", text="고쳤습니다.", decision="accepted")
    rated = await citizen.post(f"{address}/rating", json={"score": 2, "comment": "아직이에요"})
    assert (rated.status_code, rated.json()["rating"]) == (200, 2)
    again = await citizen.post(f"{address}/reopening", json={"text": "다시 꺼졌습니다."})
    assert (again.status_code, again.json()["status"], again.json()["reopened"]) == (200, "reopened", 1)
    gone = await citizen.post(f"{address}/withdrawal", json={})
    assert (gone.status_code, gone.json()["status"]) == (200, "withdrawn")


@pytest.mark.parametrize(
    ("path", "content"),
    [("supplements", {"text": "여기"}), ("rating", {"score": 5}), ("reopening", {"text": "아직"})],
)
async def test_what_the_state_does_not_allow_is_said(system: System, path: str, content: dict[str, Any]) -> None:
    address, citizen = await holder(system)
    answer = await citizen.post(f"{address}/{path}", json=content, headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert answer.json()["title"] == "This is not possible while the case has the status “Received”."
    assert answer.json()["state"] == "received"


@pytest.mark.parametrize("score", [None, 0, 6, 2.5, True, 10**30])
async def test_a_rating_is_one_to_five(system: System, score: object) -> None:
    address, citizen = await holder(system)
    assert (await citizen.post(f"{address}/rating", json={"score": score})).status_code == 422


async def test_an_officials_token_is_no_citizens_key(system: System) -> None:
    address, _citizen = await holder(system)
    intake = await system.program("intake")
    assert (await intake.get(address)).json()["seen_as"] == "staff"
    assert (await intake.post(f"{address}/withdrawal", json={})).status_code == 404


async def test_overdue_is_said(system: System) -> None:
    address, citizen = await holder(system)
    assert (await citizen.get(address)).json()["overdue"] is False
    with clock.at(clock.now() + timedelta(days=40)):
        assert (await citizen.get(address)).json()["overdue"] is True


@pytest.mark.parametrize(
    ("path", "most"), [("", 5), ("/events", 8), ("/api/v1/departments", 0), ("/api/v1/services", 0)]
)
async def test_reads_cost_few_queries(system: System, count_queries: Any, path: str, most: int) -> None:
    address, citizen = await holder(system)
    await citizen.get(address)  # the reference data is kept
    queries = count_queries()
    answer = await citizen.get(path if path.startswith("/") and "api" in path else address + path)
    assert answer.status_code == 200
    assert len(queries) <= most, queries
    forget()
    await database.fetch("SELECT 1 AS one")
