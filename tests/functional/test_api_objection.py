"""Who was refused what a law provides for objects to it (Act 35), within sixty days, once for each answer."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from petitions.queries import integrity
from server.core import clock
from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
WORDS = {"text": "허가 기준을 갖추었습니다. 다시 보아 주세요."}
REFUSAL = {"text": "허가할 수 없습니다.", "decision": "refused", "reasons": "도로법 제61조", "remedies": "이의신청"}


async def answered(system: System, kind: str, **answer: str) -> tuple[str, httpx.AsyncClient]:
    """A case with an answer: its address, and a program that holds its key."""
    receipt = await system.file(kind=kind)
    intake, handler = await system.program("intake"), await system.program("handler")
    desk = f"/api/v1/desk/cases/{receipt['reference']}"
    assert (await intake.post(f"{desk}/accept", json={"department": "roads"})).status_code == 200
    assert (await handler.post(f"{desk}/answer", json=answer)).status_code == 200
    client = system.visitor(**{"x-access-key": receipt["access_key"], "accept-language": "en"})
    return f"/api/v1/cases/{receipt['reference']}", client


def desk_of(address: str) -> str:
    return address.replace("/v1/cases", "/v1/desk/cases")


async def test_a_refused_application_is_objected_to(system: System) -> None:
    with clock.at(MONDAY):
        address, citizen = await answered(system, "statutory:road_occupation", **REFUSAL)
        await system.work()
        told = len(system.mails())
        filed = await citizen.post(f"{address}/objection", json=WORDS)
        assert filed.status_code == 201
        assert filed.json()["status"] == "answered"
        event = (await citizen.get(f"{address}/events")).json()["items"][-1]
        assert (event["kind"], event["text"]) == ("case.objection_filed", WORDS["text"])
        # Ten days, the day of filing not counted (Civil Act 157): 19 March.
        assert event["data"]["due_at"] == "2026-03-19T23:59:59+09:00"
        await system.work()
        heard = sorted(mail["to"] for mail in system.mails()[told:])
        assert heard == ["handler@city.example", "hong@example.org", "manager@city.example"]
        again = await citizen.post(f"{address}/objection", json=WORDS)
        assert (again.status_code, again.json()["code"]) == (409, "already_objected")
        number = address.rpartition("/")[2]
        page = await (await system.official("manager")).get(f"/desk/cases/{number}")
        assert "이의신청을 했습니다" in page.text
        assert WORDS["text"] in page.text
        assert WORDS["text"] in (await citizen.get(f"/cases/{number}")).text


async def test_after_sixty_days_it_is_too_late(system: System) -> None:
    with clock.at(MONDAY):
        address, citizen = await answered(system, "statutory:road_occupation", **REFUSAL)
    # The 60th day after 9 March is 8 May 2026, a Friday.
    with clock.at(MONDAY + timedelta(days=61)):
        late = await citizen.post(f"{address}/objection", json=WORDS)
    assert (late.status_code, late.json()["code"]) == (409, "objection_too_late")
    with clock.at(MONDAY + timedelta(days=60)):
        assert (await citizen.post(f"{address}/objection", json=WORDS)).status_code == 201


async def test_other_petitions_and_other_answers_are_not_objected_to(system: System) -> None:
    address, citizen = await answered(system, "inquiry", **REFUSAL)
    other = await citizen.post(f"{address}/objection", json=WORDS)
    assert (other.status_code, other.json()["code"]) == (409, "not_statutory")
    address, citizen = await answered(system, "statutory:road_occupation", text="허가합니다.", decision="accepted")
    nothing = await citizen.post(f"{address}/objection", json=WORDS)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_refused")
    receipt = await system.file(kind="statutory:road_occupation")
    citizen = system.visitor(**{"x-access-key": receipt["access_key"]})
    early = await citizen.post(f"/api/v1/cases/{receipt['reference']}/objection", json=WORDS)
    assert (early.status_code, early.json()["code"]) == (409, "illegal_transition")


async def test_a_refusal_of_a_part_is_one(system: System) -> None:
    address, citizen = await answered(system, "statutory:road_occupation", **REFUSAL | {"decision": "partly"})
    assert (await citizen.post(f"{address}/objection", json=WORDS)).status_code == 201
    receipt, handler = await system.file(kind="statutory:road_occupation"), await system.program("handler")
    bare = {"text": "한 차로만 허가합니다.", "decision": "partly", "reasons": "보도 폭"}
    refused = await handler.post(f"/api/v1/desk/cases/{receipt['reference']}/answer", json=bare)
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (422, ["remedies"])


async def test_a_second_refusal_opens_a_second_objection(system: System) -> None:
    address, citizen = await answered(system, "statutory:road_occupation", **REFUSAL)
    assert (await citizen.post(f"{address}/objection", json=WORDS)).status_code == 201
    # While it is open, nothing but its decision opens or closes the case.
    for who, act in ((citizen, f"{address}/reopening"), (await system.program("manager"), f"{desk_of(address)}/close")):
        refused = await who.post(act, json=WORDS)
        assert (refused.status_code, refused.json()["code"]) == (409, "objection_open")
    handler, manager = await system.program("handler"), await system.program("manager")
    upheld = {"ruling": "upheld", "reasons": "보도 폭을 다시 재었습니다."}
    assert (await handler.post(f"{desk_of(address)}/decide-objection", json=upheld)).status_code == 403
    decided = await manager.post(f"{desk_of(address)}/decide-objection", json=upheld)
    assert (decided.status_code, decided.json()["status"], decided.json()["reopened"]) == (200, "reopened", 1)
    again = await manager.post(f"{desk_of(address)}/decide-objection", json=upheld)
    assert (again.status_code, again.json()["code"]) == (409, "illegal_transition")
    assert (await handler.post(f"{desk_of(address)}/answer", json=REFUSAL)).status_code == 200
    assert (await citizen.post(f"{address}/objection", json=WORDS)).status_code == 201
    assert not [line async for line in integrity.problems()]


async def test_an_objection_is_taken_back_by_its_petitioner_only(system: System) -> None:
    address, citizen = await answered(system, "statutory:road_occupation", **REFUSAL)
    nothing = await citizen.post(f"{address}/objection-withdrawal", json={})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no_objection")
    filed = await citizen.post(f"{address}/objection", json=WORDS)
    assert "objection-withdrawal" in filed.json()["actions"]
    for who in (system.client, await system.program("intake")):
        assert (await who.post(f"{address}/objection-withdrawal", json={})).status_code == 404
    gone = await citizen.post(f"{address}/objection-withdrawal", json={"text": "다시 신청하겠습니다."})
    assert (gone.status_code, gone.json()["status"], gone.json()["objection_due_on"]) == (200, "answered", None)
    assert "objection" in gone.json()["actions"]
    event = (await citizen.get(f"{address}/events")).json()["items"][-1]
    assert (event["kind"], event["text"]) == ("case.objection_withdrawn", "다시 신청하겠습니다.")
    # Decided ones are not taken back; on paper an official takes it in.
    await citizen.post(f"{address}/objection", json=WORDS)
    paper = await (await system.program("handler")).post(f"{desk_of(address)}/withdraw-objection", json={})
    assert paper.status_code == 200
    await citizen.post(f"{address}/objection", json=WORDS)
    ruling = {"ruling": "dismissed", "reasons": "보도 폭이 좁습니다.", "remedies": "행정심판"}
    await (await system.program("manager")).post(f"{desk_of(address)}/decide-objection", json=ruling)
    late = await citizen.post(f"{address}/objection-withdrawal", json={})
    assert (late.status_code, late.json()["code"]) == (409, "no_objection")
    assert not [line async for line in integrity.problems()]
