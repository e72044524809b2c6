"""Text messages: who gets one, in which words, at what hour, how many; and what happens when the gateway is away."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from prometheus_client import generate_latest

from server.core import clock, database, jobs
from server.core.config import Settings
from server.core.delivery import Deferred, Refused, delivery_id
from server.core.errors import _
from server.core.jobs import Handler, Job, Task, Together, Worker
from server.core.ledger import DomainEvent
from server.core.mail import SpoolTransport as MailSpool
from server.core.messages import Urgency
from server.core.notify import notifier, post, texting
from server.core.notify.correspondence import ShortNotice
from server.core.notify.notifier import MAIL, NOTIFY, TEXT, Notifier
from server.core.notify.post import Post
from server.core.texts import GatewayTransport, SpoolTransport, TextMessage, Transport, read_spool
from tests.support.gateway import ACCEPTED, answer, gateway
from tests.support.loopback import free_port
from tests.support.sample_letters import Booked, Moved, Noted, Rated, SampleLetters, Visitor, happened
from tests.support.system import System

KIM, KIM_ABROAD = "010-1234-5678", "+82 10 1234 5678"
NOON = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 30, 14, 30, tzinfo=UTC)
"""Half past eleven in Seoul."""
MORNING = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
VISITORS = {
    "kim": Visitor(phone=KIM),
    "again": Visitor(phone=KIM_ABROAD),
    "sato": Visitor(phone="+81 90-1234-5678", language="ja"),
    "smith": Visitor(phone="010-8765-4321", language="en"),
    "hong": Visitor(email="hong@example.org", phone="010-1111-2222"),
    "landline": Visitor(phone="02-2133-7000"),
}


@dataclass
class Sample:
    """The mail engine with the sample domain only."""

    settings: Settings
    letters: SampleLetters
    notifier: Notifier
    worker: Worker

    async def tell(self, number: int, *events: DomainEvent) -> None:
        """Record events, and run what is due."""
        ids = await happened(number, *events)
        await jobs.enqueue(*((f"notify:{one}", NOTIFY, {"event": one}) for one in ids))
        await self.work()

    async def work(self) -> None:
        while await self.worker.drain():
            pass

    async def sent(self) -> list[TextMessage]:
        """What lies in the spool folder."""
        return [found.message for found in await read_spool(self.settings.spool, 1000)]


@pytest.fixture
def sample(system: System) -> Callable[..., Sample]:
    def make(transport: Transport | None = None, *, rate_limits: bool = False) -> Sample:
        settings = replace(system.settings, base_url="https://c.kr", rate_limits=rate_limits)
        letters = SampleLetters(settings, dict(VISITORS))
        spools = MailSpool(settings.spool, settings.mail_from), transport or SpoolTransport(settings.spool)
        notifying = Notifier(Post(settings, *spools, system.app.state.site.render), [letters])
        handlers: dict[str, Handler] = {
            NOTIFY: Together(notifying.notify),
            MAIL: notifying.deliver,
            TEXT: notifying.deliver,
        }
        return Sample(settings, letters, notifying, Worker(handlers, {}))

    return make


def failing(error: Exception) -> Transport:
    class Failing:
        async def send(self, message: TextMessage) -> None:
            raise error

    return Failing()


# --- Who gets what ---


async def test_who_has_only_a_phone_gets_a_short_text_in_their_language(
    system: System, sample: Callable[..., Sample]
) -> None:
    running = sample()
    with clock.at(NOON):
        await running.tell(1, *(Booked(who, "1") for who in ("kim", "sato", "smith", "hong")))
    found = {message.to: message for message in await running.sent()}
    assert {number: message.body for number, message in found.items()} == {
        "+821012345678": "[시험시] 1에서 민원을 맡았습니다.\nhttps://c.kr/v/K7Q",
        "+819012345678": "[시험시] 1が申請を受け持ちます。\nhttps://c.kr/v/K7Q",
        "+821087654321": "[시험시] 1 has accepted your petition.\nhttps://c.kr/v/K7Q",
    }
    assert {message.language for message in found.values()} == {"ko", "ja", "en"}
    assert [mail["To"] for mail in system.mails()] == ["hong@example.org"], "a mail where there is an address"


async def test_an_event_without_a_text_is_told_by_mail_only(system: System, sample: Callable[..., Sample]) -> None:
    running = sample()
    await running.tell(1, Rated("kim", "1"), Rated("hong", "1"))
    assert await running.sent() == []
    assert len(system.mails()) == 1


async def test_an_event_looked_at_twice_is_told_once_by_the_id_of_its_job(
    system: System, sample: Callable[..., Sample]
) -> None:
    running = sample()
    with clock.at(NOON):
        (event,) = await happened(1, Booked("kim", "1"))
        for _time in range(2):
            await running.notifier.notify([Task("again", NOTIFY, {"event": event}, 1)])
            ((key, payload),) = [(job.key, job.payload) for job in await Job.all()]
            await running.work()
    assert (key, orjson.loads(payload)) == (f"text:{event}:kim", {"event": event, "to": "kim", "mailing": 0})
    assert [message.message_id for message in await running.sent()] == [delivery_id(key)]


async def test_nothing_is_sent_to_somebody_who_is_gone(system: System, sample: Callable[..., Sample]) -> None:
    running = sample()
    with clock.at(NIGHT):
        await running.tell(1, Noted("kim", "1"))
    del running.letters.visitors["kim"]
    with clock.at(MORNING):
        await running.work()
    assert await running.sent() == []
    assert await Job.all().count() == 0


async def test_a_number_that_gets_no_texts_is_reported_as_a_refused_address_is(
    system: System, sample: Callable[..., Sample]
) -> None:
    running = sample()
    before = post.refused_texts._value.get()
    with clock.at(NOON):
        await running.tell(1, Booked("landline", "1"))
    assert running.letters.unreached == ["landline"]
    assert post.refused_texts._value.get() == before + 1
    assert await Job.all().count() == 0


async def test_typographic_signs_do_not_make_a_message_longer(settings: Settings) -> None:
    sentence = _("“%(what)s” – it’s here…", what="A\u00a0permit")
    notice = ShortNotice(KIM, "en", sentence, "", Urgency.IMMEDIATE)
    message = texting.compose(replace(settings, city_name="Hanbit"), "key", notice)
    assert message.body == '[Hanbit] "A permit" - it\'s here...'


async def test_a_message_that_is_too_long_ends_as_a_dead_letter(system: System, sample: Callable[..., Sample]) -> None:
    running = sample()
    with clock.at(NOON):
        await running.tell(1, Booked("kim", "긴" * 400))
    (job,) = await Job.all()
    assert "7 parts" in job.error
    assert "8210" not in job.error


# --- The night ---


@pytest.mark.parametrize(
    ("hour", "until"),
    [
        ("2026-11-30T20:59:59+09:00", None),
        ("2026-11-30T21:00:00+09:00", "2026-12-01T08:00:00+09:00"),
        ("2026-11-30T23:59:59+09:00", "2026-12-01T08:00:00+09:00"),
        ("2026-12-01T00:00:00+09:00", "2026-12-01T08:00:00+09:00"),
        ("2026-12-01T07:59:59+09:00", "2026-12-01T08:00:00+09:00"),
        ("2026-12-01T08:00:00+09:00", None),
        ("2028-02-28T22:00:00+09:00", "2028-02-29T08:00:00+09:00"),
    ],
)
def test_the_night_is_from_nine_to_eight(hour: str, until: str | None) -> None:
    expected = datetime.fromisoformat(until) if until else None
    assert texting.quiet_until(datetime.fromisoformat(hour)) == expected


async def test_only_what_is_urgent_is_sent_at_night(system: System, sample: Callable[..., Sample]) -> None:
    running = sample()
    with clock.at(NIGHT):
        await running.tell(1, Moved("kim", "required"), Noted("kim", "wished"), Booked("kim", "urgent"))
        assert [message.body.partition("에서")[0] for message in await running.sent()] == ["[시험시] urgent"]
        assert {(job.run_at, job.attempts, job.error) for job in await Job.all()} == {(MORNING, 0, "")}
    with clock.at(MORNING - timedelta(seconds=1)):
        await running.work()
    assert len(await running.sent()) == 1
    with clock.at(MORNING):
        await running.work()
    assert len(await running.sent()) == 3
    assert await Job.all().count() == 0


async def test_a_delivery_that_fails_until_the_night_waits_for_the_morning(
    system: System, sample: Callable[..., Sample]
) -> None:
    running = sample()
    spool, running.notifier.post.texts = running.notifier.post.texts, failing(Deferred("HTTP 503"))
    with clock.at(NIGHT - timedelta(hours=2, minutes=30, seconds=1)):
        await running.tell(1, Moved("kim", "1"))
        assert (await Job.get()).attempts == 1
    running.notifier.post.texts = spool
    with clock.at(NIGHT):
        await running.work()
    assert await running.sent() == []
    with clock.at(MORNING):
        await running.work()
    assert len(await running.sent()) == 1


# --- Floods ---


async def test_a_number_gets_so_many_an_hour_however_it_is_written(
    system: System, sample: Callable[..., Sample]
) -> None:
    running = sample(rate_limits=True)
    before = texting.dropped._value.get()
    with clock.at(NOON):
        flood = [Booked(("kim", "again")[n % 2], f"{n}") for n in range(30)]
        await running.tell(1, *flood, Booked("smith", "1"))
    numbers = [message.to for message in await running.sent()]
    assert numbers.count("+821012345678") == texting.MOST_AN_HOUR
    assert numbers.count("+821087654321") == 1, "nobody else is held up"
    assert texting.dropped._value.get() == before + 20
    assert await Job.all().count() == 0
    with clock.at(NOON + timedelta(hours=1)):
        await running.tell(2, Booked("kim", "1"))
    assert len(await running.sent()) == texting.MOST_AN_HOUR + 2


async def test_what_the_law_requires_is_sent_in_the_next_hour(system: System, sample: Callable[..., Sample]) -> None:
    running = sample(rate_limits=True)
    with clock.at(NOON + timedelta(minutes=20)):
        await running.tell(1, *(Moved("kim", f"{n}") for n in range(texting.MOST_AN_HOUR + 3)))
        assert len(await running.sent()) == texting.MOST_AN_HOUR
        assert {job.run_at for job in await Job.all()} == {NOON + timedelta(hours=1)}
    with clock.at(NOON + timedelta(hours=1)):
        await running.work()
    assert len(await running.sent()) == texting.MOST_AN_HOUR + 3


@pytest.mark.parametrize("error", [Deferred("HTTP 503"), Refused("HTTP 400")])
async def test_what_was_not_delivered_is_not_counted(
    system: System, sample: Callable[..., Sample], error: Exception
) -> None:
    running = sample(failing(error), rate_limits=True)
    notice = ShortNotice(KIM, "ko", _("Hello,"), "", Urgency.IMMEDIATE)
    with clock.at(NOON):
        for attempt in range(2 * texting.MOST_AN_HOUR):
            with pytest.raises(type(error)):
                await running.notifier.post.send(f"{attempt}", notice)
    assert await database.column("SELECT sent FROM text_count") == [0]


async def test_processes_that_send_at_the_same_time_count_together(
    system: System, sample: Callable[..., Sample]
) -> None:
    processes = [sample(rate_limits=True) for _process in range(3)]
    notice = ShortNotice(KIM, "ko", _("Hello,"), "", Urgency.IMMEDIATE)
    with clock.at(NOON):
        await asyncio.gather(*(processes[n % 3].notifier.post.send(f"{n}", notice) for n in range(40)))
    assert len(await processes[0].sent()) == texting.MOST_AN_HOUR


async def test_the_counts_hold_no_numbers_and_are_swept(system: System, sample: Callable[..., Sample]) -> None:
    running = sample(rate_limits=True)
    with clock.at(NOON):
        await running.tell(1, Booked("kim", "1"), Booked("smith", "1"))
        rows = await database.fetch("SELECT * FROM text_count")
        assert len(rows) == 2
        assert "12345678" not in str([dict(row) for row in rows])
        await texting.sweep()
        assert await database.value("SELECT COUNT(*) FROM text_count") == 2
    with clock.at(NOON + timedelta(hours=3)):
        await texting.sweep()
    assert await database.value("SELECT COUNT(*) FROM text_count") == 0


# --- The gateway ---


async def test_an_error_and_then_success_is_one_message(system: System, sample: Callable[..., Sample]) -> None:
    async with gateway(answer("500 Internal Server Error"), ACCEPTED) as found:
        running = sample(GatewayTransport(found.url()))
        with clock.at(NOON):
            await running.tell(1, Booked("kim", "1"))
        assert "HTTP 500" in (await Job.get()).error
        for minutes in (1, 2, 3):
            with clock.at(NOON + timedelta(minutes=minutes)):
                await running.work()
    first, second = found.requests
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == second.content["id"]
    assert first.content == second.content
    assert await Job.all().count() == 0


async def test_a_busy_gateway_is_asked_again_when_it_said(system: System, sample: Callable[..., Sample]) -> None:
    async with gateway(answer("429 Too Many Requests", "Retry-After: 600"), ACCEPTED) as found:
        running = sample(GatewayTransport(found.url()))
        with clock.at(NOON):
            await running.tell(1, Booked("kim", "1"))
            assert (await Job.get()).run_at - NOON >= timedelta(minutes=10)
        with clock.at(NOON + timedelta(minutes=9)):
            await running.work()
        assert len(found.requests) == 1
        with clock.at(NOON + timedelta(minutes=11)):
            await running.work()
    assert len(found.requests) == 2
    assert await Job.all().count() == 0


async def test_a_gateway_that_does_not_answer_is_asked_again(system: System, sample: Callable[..., Sample]) -> None:
    async with gateway(30.0, ACCEPTED) as found:
        running = sample(GatewayTransport(found.url(), timeout=0.2))
        with clock.at(NOON):
            await running.tell(1, Booked("kim", "1"))
            assert "TimeoutError" in (await Job.get()).error
        with clock.at(NOON + timedelta(minutes=1)):
            await running.work()
    assert len(found.requests) == 2
    assert await Job.all().count() == 0


async def test_a_long_outage_makes_messages_wait_and_not_die(system: System, sample: Callable[..., Sample]) -> None:
    running = sample(GatewayTransport(f"http://127.0.0.1:{free_port()}/"))
    (event,) = await happened(1, Booked("kim", "1"))
    key = f"text:{event}:kim"
    task = Task(key, TEXT, {"event": event, "to": "kim", "mailing": 0}, jobs.MAX_ATTEMPTS)
    with clock.at(NOON):
        await running.notifier.deliver(task)
        job = await Job.get()
        assert (job.key, job.kind, job.run_at) == (f"{key}:1", TEXT, NOON + notifier.PATIENCE)
    async with gateway() as found:
        running.notifier.post.texts = GatewayTransport(found.url())
        with clock.at(NOON + notifier.PATIENCE):
            await running.work()
    assert [request.content["id"] for request in found.requests] == [delivery_id(key)]


async def test_a_refused_number_is_reported_and_stands_nowhere(
    system: System, sample: Callable[..., Sample], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = '{"error": "+821012345678 does not exist"}'
    async with gateway(answer("503 Service Unavailable", body=told), answer("422 Unprocessable", body=told)) as found:
        running = sample(GatewayTransport(found.url("t0ken@")), rate_limits=True)
        with clock.at(NOON):
            await running.tell(1, Booked("kim", "1"))
        kept = str([dict(row) for row in await database.fetch("SELECT * FROM job")])
        assert "HTTP 503" in kept
        with clock.at(NOON + timedelta(minutes=1)):
            await running.work()
    assert running.letters.unreached == ["kim"]
    assert await Job.all().count() == 0
    recorded = str([dict(row) for row in await database.fetch("SELECT * FROM ledger_event")])
    for text in (kept, recorded, caplog.text, generate_latest().decode()):
        for secret in ("1234-5678", "1012345678", "12345678", "t0ken"):
            assert secret not in text
