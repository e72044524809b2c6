"""A client hands in documents before a visit through JSON, and a program of the department checks them."""

from typing import Any

from tests.support.papers import PNG, an_office_with_documents, booked
from tests.support.system import System
from tracking.visits.models import VisitFile


def states(visit: dict[str, Any]) -> dict[str, str]:
    """The state of each document by code."""
    return {one["code"]: one["state"] for one in visit["documents"]}


async def test_documents_of_all_services_stand_once_and_are_handed_in(system: System) -> None:
    await an_office_with_documents()
    visit = await booked(system.client)
    assert states(visit) == {"lease": "missing", "photo": "missing", "consent": "missing"}
    assert [one["needed"] for one in visit["documents"]] == [True, True, False]
    key, path = {"X-Access-Key": visit["key"]}, f"/api/v1/visits/{visit['number']}"
    files = [("files", ("사진.png", PNG, "image/png"))]
    sent = await system.client.post(f"{path}/documents/photo", files=files, headers=key)
    assert sent.status_code == 201, sent.text
    assert states(sent.json())["photo"] == "handed_in"
    [file] = sent.json()["documents"][1]["files"]
    assert (file["name"], file["size"]) == ("사진.png", len(PNG))
    again = await system.client.post(f"{path}/documents/photo", files=files, headers=key)
    assert len(again.json()["documents"][1]["files"]) == 1, "the same content is there once"
    wrong = await system.client.post(f"{path}/situations", json={"situations": ["children", "x"]}, headers=key)
    assert (wrong.status_code, [one["field"] for one in wrong.json()["errors"]]) == (422, ["situations"])
    assert "“x”" in wrong.json()["errors"][0]["message"]
    said = await system.client.post(f"{path}/situations", json={"situations": ["children"]}, headers=key)
    assert said.json()["documents"][2]["needed"]
    gone = await system.client.delete(f"{path}/documents/photo/files/{file['id']}", headers=key)
    assert states(gone.json())["photo"] == "missing"
    assert await VisitFile.all().count() == 0
    assert (await system.client.delete(f"{path}/documents/photo/files/{file['id']}", headers=key)).status_code == 200


async def test_a_wrong_key_document_or_file_is_refused(system: System) -> None:
    await an_office_with_documents()
    visit = await booked(system.client)
    key, path = {"X-Access-Key": visit["key"]}, f"/api/v1/visits/{visit['number']}"
    files = [("files", ("사진.png", PNG, "image/png"))]
    assert (await system.client.post(f"{path}/documents/photo", files=files)).status_code == 404
    assert (await system.client.post(f"{path}/documents/fishing", files=files, headers=key)).status_code == 404
    program = [("files", ("a.png", b"MZ\x90\x00" + bytes(100), "image/png"))]
    refused = await system.client.post(f"{path}/documents/photo", files=program, headers=key)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "files")
    many = [("files", (f"{n}.png", PNG + bytes([n]), "image/png")) for n in range(6)]
    assert (await system.client.post(f"{path}/documents/photo", files=many, headers=key)).status_code == 201
    more = [("files", (f"{n}.png", PNG + bytes([n]), "image/png")) for n in range(6, 11)]
    refused = await system.client.post(f"{path}/documents/photo", files=more, headers=key)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "files")
    await system.client.delete(path, headers=key)
    late = await system.client.post(f"{path}/documents/lease", files=files, headers=key)
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")


async def test_a_program_checks_what_it_has_seen(system: System) -> None:
    await an_office_with_documents()
    visit = await booked(system.client)
    key, path = {"X-Access-Key": visit["key"]}, f"/api/v1/visits/{visit['number']}"
    files = [("files", ("사진.png", PNG, "image/png"))]
    sent = (await system.client.post(f"{path}/documents/photo", files=files, headers=key)).json()
    version = sent["documents"][1]["version"]
    check = f"/api/v1/desk/visits/{visit['number']}/documents/photo"
    assert (await system.client.post(check, json={"state": "fine"})).status_code == 401
    assert (await (await system.program("inspector")).post(check, json={"state": "fine"})).status_code == 403
    clerk = await system.program("clerk")
    wrong = await clerk.post(check, json={"state": "incomplete"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "note")
    other = [("files", ("뒷면.png", PNG + b"2", "image/png"))]
    await system.client.post(f"{path}/documents/photo", files=other, headers=key)
    stale = await clerk.post(check, json={"state": "fine", "version": version})
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
    done = await clerk.post(check, json={"state": "fine", "version": version + 1})
    assert (done.status_code, done.json()["state"]) == (200, "fine")
    locked = await system.client.post(f"{path}/documents/photo", files=files, headers=key)
    assert (locked.status_code, locked.json()["code"]) == (409, "document_accepted")
