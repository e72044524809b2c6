"""An answer on its way leaves once, and only after its time, although the process is killed meanwhile."""

import asyncio

import httpx

from server.core.config import Settings
from tests.support.live import Starter
from tests.support.system import PASSWORD

DELAY = 4


async def program(url: str, username: str) -> httpx.AsyncClient:
    """A program with an official's token."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        answer = await client.post("/api/v1/tokens", json={"username": username, "password": PASSWORD})
    shown = {"authorization": f"Bearer {answer.json()['token']}"}
    return httpx.AsyncClient(base_url=url, timeout=30, headers=shown)


async def test_an_answer_on_its_way_survives_a_kill(settings: Settings, starter: Starter) -> None:
    live = await asyncio.to_thread(starter.serve, settings)
    async with httpx.AsyncClient(base_url=live.url, timeout=30) as citizen:
        petition = {"title": "가로등", "body": "꺼졌습니다.", "petitioner": {"name": "홍", "email": "h@example.org"}}
        number = (await citizen.post("/api/v1/petitions", json=petition)).json()["reference"]
    async with await program(live.url, "intake") as intake:
        done = await intake.post(f"/api/v1/desk/cases/{number}/accept", json={"department": "roads"})
        assert done.status_code == httpx.codes.OK, done.text
    async with await program(live.url, "handler") as handler:
        given = {"text": "고쳤습니다.", "decision": "accepted", "delay": DELAY}
        done = await handler.post(f"/api/v1/desk/cases/{number}/answer", json=given)
        assert done.json()["status"] == "accepted", done.text
    await asyncio.to_thread(live.kill)
    again = await asyncio.to_thread(starter.serve, settings)
    async with await program(again.url, "handler") as handler, asyncio.timeout(60):
        case = f"/api/v1/desk/cases/{number}"
        while (await handler.get(case)).json()["status"] != "answered":
            await asyncio.sleep(0.2)
        events = (await handler.get(f"/api/v1/cases/{number}/events")).text
        assert events.count("case.answered") == 1
