"""Servers are killed at random moments under mixed load: what was answered is there, and once."""

import asyncio
import contextlib
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from forums.models import Comment
from petitions.models import Case
from server.check import problems
from server.core import clock, database, jobs
from server.core.config import Settings
from tests.drill.conftest import Size
from tests.drill.load import Load, Town, prepare
from tests.integration.test_never_lost import opened as reading
from tests.support import visit_books
from tests.support.live import LiveProcess, Starter, free_port
from tests.support.running_clock import running_from
from tests.support.system import opened
from tests.support.visits import at
from tracking.visits.models import Ticket, Visit

PEOPLE = 8
LONGEST_SECONDS = 1.5
"""A server lives at most so long once it has answered something."""
IN_FLIGHT_SECONDS = 1.0
"""A mail that was accepted at most so long before a kill may be sent again: its answer was on the way."""


class PostOffice:
    """A mail server that counts what it has accepted."""

    def __init__(self) -> None:
        self.accepted = defaultdict[str, list[float]](list)
        """When, by Message-ID."""
        self.recipients: set[str] = set()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = bytes(envelope.original_content or b"")
        mail = BytesParser(_class=EmailMessage, policy=default).parsebytes(content, headersonly=True)
        self.accepted[str(mail["message-id"])].append(time.monotonic())
        self.recipients |= set(envelope.rcpt_tos)
        return "250 OK"


async def serve(starter: Starter, settings: Settings, smtp: str) -> list[LiveProcess]:
    """One server, or on PostgreSQL two."""
    count = 1 if settings.database_url.startswith("sqlite") else 2
    return await asyncio.gather(
        *(asyncio.to_thread(starter.serve, settings, SINMUNGO_SMTP_URL=smtp) for _one in range(count))
    )


@contextlib.asynccontextmanager
async def acting_at(servers: list[LiveProcess], load: Load) -> AsyncIterator[None]:
    """The load goes to these servers, and begins with what the ones before did not answer."""
    async with contextlib.AsyncExitStack() as stack:
        clients = [httpx.AsyncClient(base_url=server.url, timeout=30) for server in servers]
        load.clients = [await stack.enter_async_context(client) for client in clients]
        await load.repeat()
        yield


async def kill_at_a_random_moment(load: Load, servers: list[LiveProcess]) -> float:
    """Begin the load, wait for the first answers and a moment more, and end every server as a power cut would.

    Returns when the first of them ended.
    """
    before = load.answered
    acting = asyncio.create_task(load.run(PEOPLE))
    async with asyncio.timeout(120):
        while load.answered < before + PEOPLE and not acting.done():
            await asyncio.sleep(0.01)
    await asyncio.sleep(load.draw.uniform(0, LONGEST_SECONDS))
    killed = time.monotonic()
    for server in load.draw.sample(servers, len(servers)):
        await asyncio.to_thread(server.kill)
    await acting
    return killed


async def everything_is_there(load: Load) -> None:
    """What was answered is in the tables, as it was answered."""
    known = load.known
    cases = {str(one.reference): one.status for one in await Case.all().only("reference", "status")}
    assert {said["reference"] for said in known["file"].values()} <= cases.keys()
    assert {cases[reference] for reference in known["answer"]} <= {"answered", "closed"}
    comments = {one.id for one in await Comment.all().only("id")}
    assert {said["id"] for said in known["comment"].values()} <= comments
    visits = set(await Visit.all().values_list("number", flat=True))
    assert {said["number"] for said in known["book"].values()} <= visits
    tickets = {one.press_id: one.number for one in await Ticket.all()}
    assert {key: tickets[key] for key in known["ticket"]} == {
        key: said["number"] for key, said in known["ticket"].items()
    }


async def nothing_is_there_twice(load: Load) -> None:
    """Each act happened once, however often it was sent."""
    for table, column in (("petition_case", "title"), ("comment", "text"), ("visit", "email"), ("ticket", "number")):
        twice = await database.fetch(f"SELECT {column} FROM {table} GROUP BY {column} HAVING COUNT(*) > 1")
        assert twice == [], (table, twice)
    called = [said["number"] for said in load.known["call"].values() if said]
    assert len(called) == len(set(called)), "a ticket was given to two counters"


async def test_servers_are_killed_under_mixed_load(
    settings: Settings,
    starter: Starter,
    size: Size,
    report: Callable[[str, str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "_machine", running_from(at("09:00")))
    async with opened(settings) as system:
        town: Town = await prepare(system)
    office = PostOffice()
    port = free_port()
    mail_server = Controller(office, hostname="127.0.0.1", port=port)
    mail_server.start()
    smtp = f"smtp://127.0.0.1:{port}?starttls=0"
    load = Load(town, random.Random(size.kills), starter.said)
    killed: list[float] = []
    try:
        for _kill in range(size.kills):
            servers = await serve(starter, settings, smtp)
            async with acting_at(servers, load):
                killed.append(await kill_at_a_random_moment(load, servers))
            async with reading(settings):
                await everything_is_there(load)
                # A killed worker's leases run out by themselves; the drill does not wait the minute.
                now = clock.now()
                await database.execute("UPDATE job SET run_at = ? WHERE run_at > ? AND attempts > 0", now, now)
        servers = await serve(starter, settings, smtp)
        async with acting_at(servers, load):
            pass
        filed = {f"{key}@example.org" for key in load.known["file"]}
        async with asyncio.timeout(300):
            while filed - office.recipients:
                await asyncio.sleep(0.2)
        for server in servers:
            await asyncio.to_thread(server.stop)
    finally:
        mail_server.stop()
    async with reading(settings):
        await everything_is_there(load)
        await nothing_is_there_twice(load)
        assert await jobs.Job.filter(dead=True).count() == 0
        assert [problem async for problem in problems(settings)] == []
        await visit_books.agree("east")
    doubled = [times for times in office.accepted.values() if len(times) > 1]
    in_flight = [
        any(times[0] > end - IN_FLIGHT_SECONDS for end in killed if times[0] <= end + IN_FLIGHT_SECONDS)
        for times in doubled
    ]
    assert all(in_flight), "a mail was sent again whose answer the server had"
    acts = ", ".join(f"{len(done)} {kind}" for kind, done in load.known.items())
    report("kills under mixed load", f"{size.kills} kills; {acts}",
           f"nothing lost; {len(doubled)} of {len(office.accepted)} mails doubled, in flight at a kill")  # fmt: skip
