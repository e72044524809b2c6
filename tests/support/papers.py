"""A visit with documents to bring, for tests."""

from typing import Any

import httpx

from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits import links
from tracking.visits.models import CounterService, Visit

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
KIM = {"name": "김민수", "email": "kim@example.org"}
CHILDREN = {"code": "children", "name": "자녀와 함께", "name_ja": "子どもと一緒", "name_en": "With children"}
DOCUMENTS = {
    "passport": [
        {"code": "photo", "name": "여권 사진", "name_ja": "旅券用写真", "name_en": "Passport photo"},
        {"code": "consent", "name": "동의서", "name_en": "Consent", "situations": [CHILDREN]},
    ],
    "moving": [{"code": "lease", "name": "임대차 계약서", "name_en": "Lease"}, {"code": "photo", "name": "사진"}],
}


async def an_office_with_documents() -> None:
    """An office whose services need documents."""
    await an_office({"1": ["moving", "passport"]})
    for code, documents in DOCUMENTS.items():
        await CounterService.filter(code=code).update(documents=documents)


async def booked(client: httpx.AsyncClient, *services: str, start: str = "09:00", **more: Any) -> dict[str, Any]:
    """A visit, for moving and a passport unless other services are given."""
    body = {"office": "east", "services": services or ["moving", "passport"], "start": at(start).isoformat()}
    answer = await client.post("/api/v1/visits", json={**body, "contact": KIM, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def opened_visit(system: System, number: str) -> httpx.AsyncClient:
    """A browser in which the link of a visit's confirmation was opened."""
    browser, visit = system.visitor(), await Visit.get(number=number)
    answer = await browser.get(links.visit_path(system.settings, number, visit.starts_at))
    assert answer.headers["location"] == f"/visits/{number}", answer.text
    return browser
