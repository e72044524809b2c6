"""What was acknowledged is there, whatever is killed next."""

import asyncio
import contextlib
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from server import wiring
from server.check import problems
from server.core import clock, database, jobs
from server.core.config import Settings
from tests.support.live import Starter, free_port

CITIZENS = 12
LEAST = 5 * CITIZENS
"""So many are acknowledged before the server is killed."""


async def file(client: httpx.AsyncClient, name: str) -> str:
    answer = await client.post(
        "/api/v1/petitions",
        json={
            "title": f"가로등 {name}",
            "body": "집 앞 도로의 가로등이 켜지지 않습니다.",
            "petitioner": {"name": "홍길동", "email": f"{name}@example.org"},
        },
        headers={"idempotency-key": name},
    )
    assert answer.status_code == 201, answer.text
    reference: str = answer.json()["reference"]
    return reference


async def file_until_it_breaks(url: str, citizen: int, filed: dict[str, str]) -> None:
    """File one petition after the other; remember each one that the server acknowledged."""
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        for number in range(10_000):
            name = f"citizen{citizen}x{number}"
            try:
                filed[name] = await file(client, name)
            except httpx.TransportError:
                return


@contextlib.asynccontextmanager
async def opened(settings: Settings):  # type: ignore[no-untyped-def]  # noqa: ANN201
    await database.connect(settings, wiring.APPS)
    try:
        yield
    finally:
        await database.close()


async def wait_for_mails(settings: Settings, expected: set[str]) -> None:
    """Until the spool folder holds a mail to everybody."""
    to = dict[Path, str]()
    async with asyncio.timeout(60):
        while expected - set(to.values()):
            for path in set(Path(settings.spool).glob("*.eml")) - to.keys():
                mail = BytesParser(_class=EmailMessage, policy=default).parsebytes(path.read_bytes(), headersonly=True)
                to[path] = str(mail["to"])
            await asyncio.sleep(0.2)


async def test_a_server_killed_under_load_has_lost_nothing_that_it_acknowledged(
    settings: Settings, starter: Starter
) -> None:
    server = starter.serve(settings)
    filed: dict[str, str] = {}
    load = [asyncio.create_task(file_until_it_breaks(server.url, n, filed)) for n in range(CITIZENS)]
    async with asyncio.timeout(60):
        while len(filed) < LEAST:
            await asyncio.sleep(0.01)
    await asyncio.to_thread(server.kill)
    await asyncio.gather(*load)
    async with opened(settings):
        found = {row["reference"] for row in await database.fetch("SELECT reference FROM petition_case")}
        assert set(filed.values()) <= found
        assert [problem async for problem in problems(settings)] == []
        # The killed worker's leases run out by themselves; the test does not wait the minute.
        await database.execute("UPDATE job SET run_at = ?", clock.now())
        assert await jobs.Job.filter(dead=True).count() == 0
    starter.serve(settings)
    await wait_for_mails(settings, {f"{name}@example.org" for name in filed})


class Inbox:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.message_ids: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.recipients += envelope.rcpt_tos
        mail = BytesParser(_class=EmailMessage, policy=default).parsebytes(bytes(envelope.original_content or b""))
        self.message_ids.append(f"{mail['message-id']} {mail['to']} {mail['subject']}")
        return "250 OK"


async def test_while_the_mail_server_is_down_filing_goes_on_and_mails_leave_when_it_is_back(
    settings: Settings, starter: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    server = starter.serve(settings, SINMUNGO_SMTP_URL=f"smtp://127.0.0.1:{port}")
    async with httpx.AsyncClient(base_url=server.url, timeout=10) as client:
        names = [f"patient{n}" for n in range(5)]
        for name in names:
            await file(client, name)
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    await asyncio.sleep(1)
    assert inbox.recipients == []
    controller.start()
    try:
        async with asyncio.timeout(60):
            while {f"{name}@example.org" for name in names} - set(inbox.recipients):
                await asyncio.sleep(0.2)
    finally:
        controller.stop()
    assert sorted(inbox.message_ids) == sorted(set(inbox.message_ids))
