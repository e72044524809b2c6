"""A program files petitions: what it is told, what is refused, and what a repeated request does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.core import clock, database
from tests.support.contract import Described
from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
PETITION: dict[str, Any] = {
    "title": "가로등이 꺼졌어요",
    "body": "집 앞 도로의 가로등이 사흘째 켜지지 않습니다.",
    "kind": "inquiry",
    "petitioner": {"name": "홍길동", "email": "hong@example.org"},
    "location": {"lat": 37.5, "lng": 127.0, "address": "중앙구 한빛로 1"},
}


async def test_the_receipt_says_everything_at_once(system: System) -> None:
    with clock.at(MONDAY):
        answer = await system.client.post("/api/v1/petitions", json=PETITION)
    assert answer.status_code == 201
    receipt = answer.json()
    assert answer.headers["location"] == f"/api/v1/cases/{receipt['reference']}"
    assert receipt["status"] == "received"
    assert receipt["kind"] == "inquiry"
    assert receipt["department"] == {"code": "roads", "name": "도로과"}
    assert receipt["guide"] == {"name": "한후견", "phone": "02-700-2000", "email": "guide@city.example"}
    # Seven working days, the first counted (Decree 14, Act 19): Monday 9 to Tuesday 17 March.
    assert receipt["due_at"] == "2026-03-17T23:59:59+09:00"
    assert receipt["due_on"] == "2026-03-17"
    assert receipt["routing"]["chosen"] == "roads"
    (first, *_others) = receipt["routing"]["candidates"]
    assert first["department"] == "roads"
    assert "“가로등”" in first["because"]


async def test_a_period_in_hours_ends_at_an_hour(system: System) -> None:
    with clock.at(MONDAY):
        receipt = await system.file(kind="other")
    assert receipt["due_at"] == "2026-03-09T14:00:00+09:00"  # three working hours, lunch left out


async def test_a_statutory_petition_goes_to_the_department_of_its_service(system: System) -> None:
    receipt = await system.file(kind="statutory:road_occupation", title="점용 신청", body="신청합니다.")
    assert receipt["kind"] == "statutory:road_occupation"
    assert receipt["department"]["code"] == "roads"


async def test_without_a_name_it_is_a_tip_with_no_period(system: System) -> None:
    receipt = await system.file(petitioner={})
    assert (receipt["kind"], receipt["due_at"], receipt["due_on"]) == ("report", None, None)


async def test_what_nobody_is_in_charge_of_goes_to_the_intake_officer(system: System) -> None:
    receipt = await system.file(title="궁금합니다", body="어디에 물어야 하나요?")
    assert receipt["department"] is None
    assert receipt["routing"]["chosen"] is None
    assert receipt["routing"]["candidates"] == []


async def test_the_reasons_are_told_in_the_language_asked_for(system: System) -> None:
    english = await system.client.post("/api/v1/petitions", json=PETITION, headers={"accept-language": "en"})
    assert english.json()["routing"]["because"] == "The text mentions “도로”, “가로등”."
    assert english.json()["department"]["name"] == "Roads"
    japanese = await system.client.post("/api/v1/petitions?lang=ja", json=PETITION)
    assert japanese.json()["department"]["name"] == "道路課"
    found = await database.fetch("SELECT language FROM petition_case ORDER BY id")
    assert [row["language"] for row in found] == ["en", "ja"]


async def test_the_same_key_gets_the_first_answer_whatever_has_happened_since(system: System) -> None:
    headers = {"idempotency-key": "order-66"}
    with clock.at(MONDAY):
        first = await system.client.post("/api/v1/petitions", json=PETITION, headers=headers)
    intake = await system.program("intake")
    moved = await intake.post(f"/api/v1/desk/cases/{first.json()['reference']}/accept", json={"department": "parks"})
    assert moved.status_code == 200, moved.text
    again = await system.client.post("/api/v1/petitions", json=PETITION, headers=headers)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert len(await database.fetch("SELECT id FROM petition_case")) == 1


async def test_the_same_key_with_other_content_is_refused(system: System) -> None:
    headers = {"idempotency-key": "order-66"}
    await system.client.post("/api/v1/petitions", json=PETITION, headers=headers)
    other = await system.client.post("/api/v1/petitions", json={**PETITION, "title": "다른 제목"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert len(await database.fetch("SELECT id FROM petition_case")) == 1


@pytest.mark.parametrize("key", ["", "k" * 201, "caf\u00e9", "a\tb"])
async def test_a_key_that_is_none_is_refused(system: System, key: str) -> None:
    answer = await system.client.post(
        "/api/v1/petitions", json=PETITION, headers=[(b"idempotency-key", key.encode("latin-1"))]
    )
    assert answer.status_code == 400


async def test_every_wrong_field_is_named_at_once(system: System) -> None:
    answer = await system.client.post(
        "/api/v1/petitions",
        json={
            "title": "",
            "kind": "wish",
            "petitioner": {"email": "nobody", "phone": "12"},
            "location": {"lat": 91, "lng": 0},
            "public": "perhaps",
        },
        headers={"accept-language": "en"},
    )
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["status"]) == ("invalid", 422)
    assert {error["field"] for error in problem["errors"]} == {
        "title",
        "body",
        "kind",
        "petitioner.email",
        "petitioner.phone",
        "location.lat",
        "public",
    }


async def test_resident_numbers_are_refused_and_kept_nowhere(system: System) -> None:
    answer = await system.client.post(
        "/api/v1/petitions", json={**PETITION, "body": "제 번호는 900101-1234567 입니다."}
    )
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body"]
    assert (
        await database.fetch("SELECT id FROM statement") == await database.fetch("SELECT id FROM petition_case") == []
    )


async def test_only_officials_file_what_came_by_phone(system: System) -> None:
    refused = await system.client.post("/api/v1/petitions", json={**PETITION, "channel": "phone"})
    assert refused.status_code == 422
    inspector = await system.program("inspector")
    assert (await inspector.post("/api/v1/petitions", json={**PETITION, "channel": "phone"})).status_code == 422
    clerk = await system.program("clerk")
    taken = await clerk.post("/api/v1/petitions", json={**PETITION, "channel": "phone"})
    assert taken.status_code == 201
    (row,) = await database.fetch(
        "SELECT c.channel, a.username FROM petition_case c JOIN account a ON a.id = filed_by_id"
    )
    assert (row["channel"], row["username"]) == ("phone", "clerk")


async def test_the_lists_that_programs_need(system: System, described: Described) -> None:
    departments = (await system.client.get("/api/v1/departments", headers={"accept-language": "ja"})).json()
    assert departments["total"] == 4
    roads = departments["items"][0]
    assert (roads["code"], roads["name"], roads["names"]["en"]) == ("roads", "道路課", "Roads")
    assert roads["duties"] == ["도로 보수", "가로등 관리"]
    services = (await system.client.get("/api/v1/services")).json()
    assert [(s["code"], s["unit"], s["amount"]) for s in services["items"]] == [
        ("food_report", "months", 1),
        ("road_occupation", "days", 5),
    ]
    assert services["items"][0]["department"] is None
