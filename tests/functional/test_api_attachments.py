"""Programs send files: a citizen's to a case that is still open, an official's with what they say."""

import httpx
import pytest

from petitions.actions import attaching
from petitions.models import Attachment
from server.core import database
from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)


def files(*contents: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("files", (f"사진 {number}.png", content, "image/png")) for number, content in enumerate(contents)]


async def holder(system: System) -> tuple[str, httpx.AsyncClient]:
    receipt = await system.file()
    client = system.visitor(**{"x-access-key": receipt["access_key"]})
    return f"/api/v1/cases/{receipt['reference']}", client


async def test_files_are_added_and_come_back_as_they_were(system: System) -> None:
    address, citizen = await holder(system)
    answer = await citizen.post(f"{address}/attachments", files=files(PNG, PNG + b"2"))
    assert answer.status_code == 201
    (first, second) = answer.json()["attachments"]
    assert (first["name"], first["size"], first["media_type"]) == ("사진 0.png", len(PNG), "image/png")
    assert (await citizen.get(second["url"])).content == PNG + b"2"
    assert (await system.client.get(second["url"])).status_code == 404
    events = (await citizen.get(f"{address}/events")).json()["items"]
    assert [event["kind"] for event in events][-2:] == ["case.attachment"] * 2


async def test_what_is_no_file_or_not_taken_is_refused(system: System) -> None:
    address, citizen = await holder(system)
    for sent in (files(b"MZ" + bytes(200)), files(b""), files(*[PNG] * 11)):
        answer = await citizen.post(f"{address}/attachments", files=sent)
        assert answer.status_code == 422, answer.text
        assert {error["field"] for error in answer.json()["errors"]} == {"files"}
    nothing = await citizen.post(f"{address}/attachments", data={"files": "text"}, files={"other": b"x"})
    assert nothing.status_code == 422
    assert (await citizen.post(f"{address}/attachments", json={})).status_code == 415
    assert await Attachment.all().count() == 0


async def test_only_the_petitioner_adds_files(system: System) -> None:
    address, _citizen = await holder(system)
    for client in (system.client, await system.program("intake")):
        assert (await client.post(f"{address}/attachments", files=files(PNG))).status_code == 404


async def test_nothing_is_added_to_what_has_ended(system: System) -> None:
    address, citizen = await holder(system)
    await citizen.post(f"{address}/withdrawal", json={})
    answer = await citizen.post(f"{address}/attachments", files=files(PNG))
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert await database.fetch("SELECT id FROM attachment") == []


async def test_a_case_holds_so_many_files_and_no_more(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST", 2)
    address, citizen = await holder(system)
    assert (await citizen.post(f"{address}/attachments", files=files(PNG))).status_code == 201
    answer = await citizen.post(f"{address}/attachments", files=files(PNG + b"2", PNG + b"3"))
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_files")
    assert await Attachment.all().count() == 1


async def test_a_citizens_program_sends_files_first_and_names_them_then(system: System) -> None:
    address, citizen = await holder(system)
    sent = await citizen.post(f"{address}/files", files=files(PNG, PNG + b"2"))
    assert sent.status_code == 201
    first, second = sent.json()["files"]
    assert (first["name"], first["size"], first["media_type"]) == ("사진 0.png", len(PNG), "image/png")
    assert await Attachment.all().count() == 0, "not of the case yet"
    words = {"text": "사진을 보냅니다.", "files": [first["token"]]}
    for _time in range(2):
        answer = await citizen.post(f"{address}/messages", json=words, headers={"idempotency-key": "m1"})
        assert answer.status_code == 201, answer.text
    (shown,) = answer.json()["attachments"]
    assert (shown["name"], shown["by_official"]) == ("사진 0.png", False)
    assert (await citizen.get(shown["url"])).content == PNG
    desk = address.replace("/v1/cases", "/v1/desk/cases")
    handler = await system.program("handler")
    assert (await (await system.program("intake")).post(f"{desk}/accept", json={})).status_code == 200
    assert (await handler.post(f"{desk}/request-supplement", json={"text": "사진", "days": 5})).status_code == 200
    for wrong in (["forged"], "text", [first["token"]] * 11, [1]):
        answer = await citizen.post(f"{address}/supplements", json={"text": "사진입니다.", "files": wrong})
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, ["files"])
    answer = await citizen.post(f"{address}/supplements", json={"text": "사진입니다.", "files": [second["token"]]})
    assert (answer.status_code, answer.json()["status"]) == (201, "in_progress")
    events = (await citizen.get(f"{address}/events")).json()["items"]
    came = {event["kind"]: event["data"]["files"] for event in events if event["data"].get("files")}
    numbers = [file["id"] for file in answer.json()["attachments"]]
    assert came == {"case.message": numbers[:1], "case.supplement_received": numbers[1:]}
    for client in (system.client, await system.program("intake")):
        assert (await client.post(f"{address}/files", files=files(PNG))).status_code == 404
    assert (await citizen.post(f"{address}/files", files=files(b"MZ" + bytes(200)))).status_code == 422


async def test_an_officials_program_sends_files_first_and_names_them_then(system: System) -> None:
    filed = await system.file()
    address = f"/api/v1/desk/cases/{filed['reference']}"
    intake = await system.program("intake")
    sent = await intake.post("/api/v1/desk/files", files=files(PNG, PNG + b"2"))
    assert sent.status_code == 201
    first, second = sent.json()["files"]
    assert (first["name"], first["size"], first["media_type"]) == ("사진 0.png", len(PNG), "image/png")
    key = {"idempotency-key": "m1"}
    for _time in range(2):
        answer = await intake.post(
            f"{address}/message", json={"text": "약도입니다.", "files": [first["token"]]}, headers=key
        )
        assert answer.status_code == 200
    answer = await intake.post(f"{address}/answer", json={"text": "고쳤습니다.", "files": [second["token"]]})
    assert [file["name"] for file in answer.json()["answers"][0]["attachments"]] == ["사진 1.png"]
    assert [file["name"] for file in answer.json()["attachments"]] == ["사진 0.png", "사진 1.png"]
    for wrong in (["forged"], "text", [first["token"]] * 11, [1]):
        answer = await intake.post(f"{address}/note", json={"text": "메모", "files": wrong})
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, ["files"])
    assert await Attachment.all().count() == 2
    citizen = system.visitor(**{"x-access-key": filed["access_key"]})
    assert (await citizen.post("/api/v1/desk/files", files=files(PNG))).status_code == 401
    assert (await intake.post("/api/v1/desk/files", files=files(b"MZ" + bytes(200)))).status_code == 422
