"""What strangers upload in a day is limited, by address and together; what they write and officials send is not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.core import clock
from server.core.config import Settings
from tests.functional.test_api_attachments import PNG, files
from tests.support.system import System, opened

HALF = PNG + bytes(600_000)
"""More than half of a megabyte."""


def browser(system: System, address: str, **headers: str) -> httpx.AsyncClient:
    """A browser at another address."""
    transport = httpx.ASGITransport(system.app, raise_app_exceptions=False, client=(address, 1))
    client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers)
    system.clients.append(client)
    return client


@pytest.fixture
async def small(settings: Settings) -> AsyncIterator[System]:
    """A city that takes a megabyte a day from an address, and two from all."""
    async with opened(replace(settings, rate_limits=True, upload_mb_address=1, upload_mb_all=2)) as system:
        yield system


async def a_case(system: System, address: str) -> tuple[httpx.AsyncClient, str]:
    content = {"title": "가로등", "body": f"{address} 앞", "petitioner": {"name": "홍길동"}}
    answer = await browser(system, address).post("/api/v1/petitions", json=content)
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    citizen = browser(system, address, **{"x-access-key": receipt["access_key"]})
    return citizen, f"/api/v1/cases/{receipt['reference']}"


async def test_an_address_and_all_together_have_a_days_quota(small: System) -> None:
    one, case = await a_case(small, "192.0.2.1")
    assert (await one.post(f"{case}/attachments", files=files(HALF))).status_code == 201
    refused = await one.post(f"{case}/attachments", files=files(HALF + b"2"))
    assert (refused.status_code, refused.json()["code"]) == (413, "upload_quota")
    assert refused.headers["content-type"] == "application/problem+json"
    assert (await one.post(f"{case}/messages", json={"text": "파일 없이 씁니다."})).status_code == 201
    page = await browser(small, "192.0.2.1").post(
        "/petitions/new", data={"title": "가로등"}, files={"files": ("a.png", HALF, "image/png")}
    )
    assert (page.status_code, "네트워크에서 받을 수 있는 만큼" in page.text) == (413, True)

    for address, status in (("192.0.2.2", 201), ("192.0.2.3", 201), ("192.0.2.4", 507)):
        other, theirs = await a_case(small, address)
        answer = await other.post(f"{theirs}/attachments", files=files(HALF + address.encode()))
        assert answer.status_code == status, answer.text
    assert answer.json()["code"] == "storage_quota"
    handler = await small.program("intake")
    assert (await handler.get("/api/v1/desk/cases")).status_code == 200, "known from now on"
    sent = await handler.post("/api/v1/desk/files", files=files(HALF))
    assert sent.status_code == 201, sent.text
    with clock.at(clock.now() + timedelta(days=1)):
        assert (await one.post(f"{case}/attachments", files=files(HALF + b"3"))).status_code == 201
