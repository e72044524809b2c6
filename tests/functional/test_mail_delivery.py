"""Handing mails over: waiting out an outage, giving up a refused address, reading the spool folder."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from server import spool_page
from server.core import clock, database, jobs
from server.core.config import Settings
from server.core.errors import NotFound
from server.core.jobs import Task
from server.core.mail import MailDeferred, MailRefused
from server.core.web import Site
from tests.support.house import House
from tests.support.stories import Failing, filed, to
from tracking import notifications
from tracking.notifications import Notifier

HONG = "hong@example.org"


async def mail_task(attempts: int, **payload: object) -> tuple[Task, str]:
    case = await filed()
    event = (
        await database.fetch("SELECT id FROM ledger_event WHERE subject = ? ORDER BY id", f"case/{case.reference}")
    )[0]
    await database.execute("DELETE FROM job")
    key = f"mail:{event['id']}:citizen"
    return Task(key, "tracking.mail", {"event": event["id"], "to": "citizen", **payload}, attempts), key


async def test_a_long_outage_makes_mails_wait_and_not_die(house: House) -> None:
    notifier = house.worker.handlers["tracking.mail"].__self__  # type: ignore[attr-defined]
    assert isinstance(notifier, Notifier)
    transport, notifier.transport = notifier.transport, Failing(MailDeferred("away"))
    early, _key = await mail_task(1)
    with pytest.raises(MailDeferred):
        await notifier.deliver(early)
    task, key = await mail_task(jobs.MAX_ATTEMPTS)
    await notifier.deliver(task)
    (row,) = await database.fetch("SELECT key, run_at FROM job")
    assert row["key"] == f"{key}:1"
    notifier.transport = transport
    with clock.at(clock.now() + notifications.PATIENCE + timedelta(seconds=1)):
        await house.work()
    assert len(to(house, HONG)) == 1
    notifier.transport = Failing(MailDeferred("away"))
    last, _key = await mail_task(jobs.MAX_ATTEMPTS, waited=notifications.MOST_WAITS)
    with pytest.raises(MailDeferred):
        await notifier.deliver(last)


async def test_a_refused_address_is_noted_and_given_up(house: House) -> None:
    notifier = house.worker.handlers["tracking.mail"].__self__  # type: ignore[attr-defined]
    notifier.transport = Failing(MailRefused("550"))
    before = notifications.refused._value.get()
    await filed()
    await house.work()
    assert notifications.refused._value.get() == before + 1
    assert list(await database.fetch("SELECT key FROM job")) == []


async def test_the_spool_is_a_page_on_this_machine_only(house: House) -> None:
    case = await filed(title="A & B")
    await house.work()

    def request(settings: Settings) -> Request:
        app = SimpleNamespace(state=SimpleNamespace(site=Site(settings)))
        scope = {"type": "http", "method": "GET", "path": "/dev/mail", "query_string": b"", "headers": [], "app": app}
        return Request(scope)

    page = bytes((await spool_page.spool(request(house.settings))).body).decode()
    assert f"[{case.reference}]" in page
    assert "/cases/open/" in page
    for settings in (replace(house.settings, host="192.0.2.1"), replace(house.settings, smtp_url="smtp://127.0.0.1")):
        with pytest.raises(NotFound):
            await spool_page.spool(request(settings))
