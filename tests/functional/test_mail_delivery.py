"""Handing mails over: waiting out an outage, giving up a refused address, reading the spool folder."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from petitions.actions import handling
from petitions.forms import Accept, TextOnly
from server import pages
from server.core import clock, database, jobs, ledger, texts
from server.core.config import Settings
from server.core.delivery import Deferred, Refused, delivery_id
from server.core.errors import NotFound
from server.core.jobs import Task
from server.core.mail import Mail, Transport
from server.core.notify import notifier as notifying
from server.core.notify import post
from server.core.notify.mailbox import Mode, set_mode
from server.core.notify.notifier import Notifier
from server.core.texts import TextMessage
from server.core.web import Site
from tests.support.desk import desk
from tests.support.stories import Failing, filed, opened_with_key, somebody, to
from tests.support.system import System

HONG = "hong@example.org"


class Refusing:
    """A mail transport whose server does not know one address."""

    def __init__(self, transport: Transport, address: str) -> None:
        self.transport, self.address = transport, address

    async def send(self, mail: Mail) -> None:
        if mail.to == self.address:
            raise Refused("SMTPRecipientRefused 550")
        await self.transport.send(mail)


async def mail_task(attempts: int, **payload: object) -> tuple[Task, str]:
    case = await filed()
    event = (
        await database.fetch("SELECT id FROM ledger_event WHERE subject = ? ORDER BY id", f"case/{case.reference}")
    )[0]
    await database.execute("DELETE FROM job")
    key = f"mail:{event['id']}:citizen"
    return Task(key, "core.mail", {"event": event["id"], "to": "citizen", "mailing": 0, **payload}, attempts), key


async def killed(_key: str) -> None:
    raise RuntimeError


async def test_a_long_outage_makes_mails_wait_and_not_die(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    notifier = system.worker.handlers["core.mail"].__self__  # type: ignore[attr-defined]
    assert isinstance(notifier, Notifier)
    transport, notifier.post.transport = notifier.post.transport, Failing(Deferred("away"))
    early, _key = await mail_task(1)
    with pytest.raises(Deferred):
        await notifier.deliver(early)
    task, key = await mail_task(jobs.MAX_ATTEMPTS)
    await jobs.enqueue((key, task.kind, task.payload))
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "done", killed)
        with pytest.raises(RuntimeError):
            await notifier.deliver(task)
    assert [row["key"] for row in await database.fetch("SELECT key FROM job")] == [key], "all of it or nothing"
    await notifier.deliver(task)  # whose worker is killed before it can end the job itself
    (row,) = await database.fetch("SELECT key, run_at FROM job")
    assert row["key"] == f"{key}:1"
    notifier.post.transport = transport
    with clock.at(clock.now() + notifying.PATIENCE + timedelta(seconds=1)):
        await system.work()
    assert len(to(system, HONG)) == 1
    notifier.post.transport = Failing(Deferred("away"))
    last, _key = await mail_task(jobs.MAX_ATTEMPTS, waited=notifying.MOST_WAITS)
    with pytest.raises(Deferred):
        await notifier.deliver(last)


async def test_officials_hear_of_a_refused_address_and_nothing_names_it(system: System) -> None:
    notifier = system.worker.handlers["core.mail"].__self__  # type: ignore[attr-defined]
    working = notifier.post.transport
    notifier.post.transport = Refusing(working, HONG)
    before = post.refused._value.get()
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    events = {e.kind: e.id for e in await ledger.read(f"case/{case.reference}")}
    await system.work()
    assert post.refused._value.get() == before + 2
    assert list(await database.fetch("SELECT key FROM job")) == []
    records = [e for e in await ledger.read(f"case/{case.reference}") if e.kind == "case.mail_undelivered"]
    told = {(record.data["event"], record.data["about"]) for record in records}
    assert told == {(events[kind], kind) for kind in ("case.received", "case.accepted")}
    assert "hong" not in str([record.data for record in records])
    (entry,) = [e for e in await ledger.read(f"case/{case.reference}") if e.kind == "case.received"]
    await notifier.deliver(Task("again", "core.mail", {"event": entry.id, "to": "citizen", "mailing": 0}, 1))
    assert len(await ledger.read(f"case/{case.reference}", kind="case.mail_undelivered")) == 2, (
        "a job runs at least once"
    )

    mails = to(system, "manager@city.example")
    assert [m["Subject"] for m in mails] == [f"[{case.reference}] 이메일을 민원인에게 전달하지 못했습니다"], (
        "once a case"
    )
    handler, hong = await desk(system, "handler"), await opened_with_key(system, case)
    await handler.open(f"/desk/cases/{case.reference}")
    assert "An email could not be delivered to the petitioner. Please tell them by phone." in handler.text
    assert "mail_undelivered" not in str((await hong.get(f"/api/v1/cases/{case.reference}/events")).json())

    await set_mode(HONG, Mode.DIGEST)
    await handling.message(await somebody("handler"), case.reference, TextOnly("내일 갑니다."))
    await system.work()
    with clock.at(clock.now() + timedelta(days=1)):
        await system.worker.handlers["core.digest"](Task("digest", "core.digest", {}, 1))
    last = (await ledger.read(f"case/{case.reference}", kind="case.mail_undelivered"))[-1]
    assert last.data["about"] == "case.message"


async def test_the_spool_is_a_page_on_this_machine_only(system: System) -> None:
    case = await filed(title="A & B")
    await system.work()
    message = TextMessage("+821012345678", "내일 방문 예약 http://c.kr/v/1", delivery_id("1"))
    await texts.SpoolTransport(system.settings.spool).send(message)

    def request(settings: Settings) -> Request:
        site = Site(settings)
        site.city.demo = True
        app = SimpleNamespace(state=SimpleNamespace(site=site))
        scope = {
            "type": "http", "method": "GET", "path": "/dev/mail", "query_string": b"", "app": app,
            "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
        }  # fmt: skip
        return Request(scope)

    page = bytes((await pages.spool(request(system.settings))).body).decode()
    assert f"[{case.reference}]" in page
    assert "/cases/open/" in page
    assert "+821012345678" in page
    assert '<a href="http://c.kr/v/1">' in page
    assert " · 1건 (UCS-2, 24) · SMS (30바이트)" in " ".join(page.split())
    with_smtp = replace(system.settings, smtp_url="smtp://127.0.0.1")
    with_gateway = replace(system.settings, text_url="http://127.0.0.1:1")
    for settings, sent in ((with_smtp, case.reference), (with_gateway, "+821012345678")):
        assert sent not in bytes((await pages.spool(request(settings))).body).decode()
    for settings in (replace(system.settings, host="192.0.2.1"), replace(with_smtp, text_url="http://127.0.0.1:1")):
        with pytest.raises(NotFound):
            await pages.spool(request(settings))
