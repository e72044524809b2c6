"""A case is one conversation in a mail program: its headers, what comes in one mail, and what a receipt says."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
import pytest

from petitions.act_forms import Prolong
from petitions.actions import answering, handling, supplementing, watch
from petitions.forms import Accept, Assign, GiveAnswer, RequestSupplement, TextOnly
from server.core import clock, database, jobs
from server.core.config import Settings
from server.core.jobs import Postponed, Task
from server.core.mail import Mail, Transport
from server.core.notify import notifier
from server.core.notify.mailbox import Mode, set_mode
from tests.support.page_forms import post_without_page
from tests.support.post_office import Postman, parsed, serving
from tests.support.stories import filed, somebody, to
from tests.support.system import System, opened

HONG = "hong@example.org"
MORNING = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
"""A Tuesday, ten in Seoul."""


class Office(NamedTuple):
    """The running city, and the server that takes its mail."""

    system: System
    postman: Postman

    def received(self, address: str) -> list[EmailMessage]:
        return [parsed(one) for one in self.postman.taken if one.rcpt_tos == [address]]


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    postman = Postman()
    with serving(postman) as port:
        async with opened(replace(settings, smtp_url=f"smtp://127.0.0.1:{port}")) as system:
            yield Office(system, postman)


class Recording:
    """A mail transport that also keeps the id of each attempt."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.ids: list[str] = []

    async def send(self, mail: Mail) -> None:
        self.ids.append(mail.message_id)
        await self.transport.send(mail)


async def due(system: System) -> None:
    """Run what is due, and nothing that still waits."""
    while await system.worker.drain():
        pass


def text(mail: EmailMessage, kind: str = "plain") -> str:
    return str(mail.get_body((kind,)).get_content())  # type: ignore[union-attr]


async def test_a_case_is_one_conversation_on_the_wire(office: Office) -> None:
    case = await filed()
    await office.system.work()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await office.system.work()
    await handling.message("petitioner", case.reference, TextOnly("언제 되나요?"))
    await office.system.work()
    await handling.message("petitioner", case.reference, TextOnly("급합니다."))
    await office.system.work()
    receipt, accepted = office.received(HONG)
    assert receipt["In-Reply-To"] is None
    assert accepted["In-Reply-To"] == accepted["References"] == receipt["Message-ID"]
    first, second = office.received("manager@city.example")
    assert first["References"] == second["References"], "officials have a conversation of their own"
    assert first["References"] not in {first["Message-ID"], second["Message-ID"], receipt["Message-ID"]}
    for envelope in office.postman.taken:
        mail = parsed(envelope)
        assert isinstance(envelope.content, bytes)
        assert envelope.content.count(b"\r\nFrom: ") + envelope.content.startswith(b"From: ") == 1
        assert mail["From"].addresses[0].display_name == "신문고 시험시"
        assert mail["From"].addresses[0].addr_spec == "sinmungo@localhost"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert "가로등" not in mail["Subject"], "others may see a subject"
        assert "홍길동" not in mail["Subject"]


@pytest.mark.parametrize(
    ("language", "name"), [("ko", "신문고 시험시"), ("ja", "シンムンゴ 시험시"), ("en", "Sinmungo 시험시")]
)
async def test_the_sender_is_named_in_the_readers_language(office: Office, language: str, name: str) -> None:
    await filed(language=language)
    await office.system.work()
    assert office.received(HONG)[0]["From"].addresses[0].display_name == name


async def test_a_name_in_the_settings_stays_the_senders(settings: Settings) -> None:
    async with opened(replace(settings, mail_from="민원실 <office@city.example>")) as system:
        await filed()
        await system.work()
        assert to(system, HONG)[0]["From"] == "민원실 <office@city.example>"


async def test_one_press_in_a_mail_program_is_answered_where_it_was_sent(office: Office) -> None:
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await office.system.work()
    _receipt, accepted = office.received(HONG)
    assert accepted["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(accepted["List-Unsubscribe"].strip("<>")).path
    program = office.system.visitor()
    answer = await post_without_page(program, path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    await handling.assign(await somebody("intake"), case.reference, Assign("handler"))
    await office.system.work()
    assert len(office.received(HONG)) == 2


async def test_the_receipt_comes_at_once_and_the_news_of_a_minute_in_one_mail(system: System) -> None:
    with clock.at(MORNING):
        case = await filed()
        await due(system)
        (receipt,) = to(system, HONG)
        assert "접수되었습니다" in receipt["Subject"]
    with clock.at(MORNING + timedelta(minutes=5)):
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        await due(system)
    with clock.at(MORNING + timedelta(minutes=5, seconds=50)):
        await handling.assign(await somebody("intake"), case.reference, Assign("handler"))
        await due(system)
        assert len(to(system, "handler@city.example")) == 1, "work does not wait"
    with clock.at(MORNING + timedelta(minutes=6, seconds=10)):
        await handling.message(await somebody("handler"), case.reference, TextOnly("곧 갑니다."))
        await due(system)
        _receipt, news = to(system, HONG)
    assert news["Subject"] == f"[{case.reference}] 담당 부서가 정해졌습니다 외 1건"
    for kind in ("plain", "html"):
        said = text(news, kind)
        assert said.index("도로과에서 민원을 맡았습니다.") < said.index("김처리")
        assert said.count("담당: ") == 1
        assert "곧 갑니다." not in said
        assert "담당자를 정할" not in said, "the next step of the first has happened"
    with clock.at(MORNING + timedelta(minutes=8)):
        await due(system)
        assert "메시지" in to(system, HONG)[-1]["Subject"]
        assert len(to(system, HONG)) == 3


async def test_what_waited_for_a_worker_also_comes_in_one_mail(system: System) -> None:
    with clock.at(MORNING):
        case = await filed()
        handler = await somebody("handler")
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        await handling.start(handler, case.reference)
        await answering.answer(handler, case.reference, GiveAnswer("고쳤습니다.", "accepted"))
        await handling.message(handler, case.reference, TextOnly("사진도 보내 드립니다."))
    with clock.at(MORNING + timedelta(hours=1)):
        await due(system)
    with clock.at(MORNING + timedelta(hours=2)):
        await due(system)
    receipt, news = to(system, HONG)
    assert "접수되었습니다" in receipt["Subject"]
    assert news["Subject"] == f"[{case.reference}] 민원 답변이 등록되었습니다 외 2건", (
        "called after what the law wants told"
    )
    assert text(news).index("도로과에서") < text(news).index("고쳤습니다.") < text(news).index("사진도")
    assert not await database.fetch("SELECT 1 FROM job WHERE kind = ?", notifier.NEWS)


async def test_news_is_told_once_however_often_its_jobs_run(system: System) -> None:
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await system.work()
    before = len(to(system, HONG))
    event = await database.value("SELECT id FROM ledger_event WHERE kind = 'case.accepted'")
    job = Task(f"news:{event}:citizen", notifier.NEWS, {"event": event, "to": "citizen", "mailing": 0}, 1)
    await system.worker.handlers[notifier.NEWS](job)
    assert not await database.fetch("SELECT 1 FROM job"), "its job was taken: there is nothing left to send"
    assert len(to(system, HONG)) == before


async def test_an_event_is_told_once_though_its_worker_is_killed_before_the_job_ends(system: System) -> None:
    post = system.worker.handlers[notifier.MAIL].__self__.post  # type: ignore[attr-defined]
    post.transport = recording = Recording(post.transport)
    with clock.at(MORNING):
        case = await filed()
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        for task in await jobs.lease(kinds=[notifier.NOTIFY]):
            await system.worker.handlers[notifier.NOTIFY](task)  # and nothing after it
        await due(system)
    for minutes in (2, 4):
        with clock.at(MORNING + timedelta(minutes=minutes)):
            await due(system)
    assert len(recording.ids) == len(set(recording.ids))
    assert len(to(system, HONG)) == 2


async def test_an_event_is_told_to_all_or_to_nobody_yet(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    enqueue = jobs.enqueue

    async def killed(*some: tuple[str, str, Mapping[str, Any]], delay: timedelta | None = None) -> None:
        if delay is not None:
            raise asyncio.CancelledError
        await enqueue(*some)

    await set_mode(HONG, Mode.DIGEST)
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    event = await database.value("SELECT id FROM ledger_event WHERE kind = 'case.accepted'")
    before = await database.column("SELECT key FROM job ORDER BY key")
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "enqueue", killed)
        with pytest.raises(asyncio.CancelledError):
            await system.worker.handlers[notifier.NOTIFY](Task(f"notify:{event}", notifier.NOTIFY, {"event": event}, 1))
    assert await database.column("SELECT key FROM job ORDER BY key") == before
    assert not await database.fetch("SELECT 1 FROM digest_item")


async def test_the_first_takes_the_others_whichever_runs_first(system: System) -> None:
    with clock.at(MORNING):
        case = await filed()
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        await handling.assign(await somebody("intake"), case.reference, Assign("handler"))
        await due(system)
    with clock.at(MORNING + timedelta(minutes=1)):
        first, second = [
            Task(row["key"], notifier.NEWS, orjson.loads(row["payload"]), 1)
            for row in await database.fetch("SELECT key, payload FROM job WHERE kind = ? ORDER BY key", notifier.NEWS)
        ]
        gather = system.worker.handlers[notifier.NEWS]
        with pytest.raises(Postponed):
            await gather(second)
        await gather(first)
        await gather(second)
        await due(system)
    _receipt, news = to(system, HONG)
    assert news["Subject"].endswith("외 1건")


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "ko",
            (
                "접수일시: 2026년 11월 17일 (화) 오전 10:00 (인터넷)",
                "처리기간: 근무시간 3시간 (2026년 11월 17일 (화) 오후 2:00까지)",
            ),
        ),
        (
            "ja",
            (
                "受付日時：2026年11月17日（火） 10:00（オンライン）",
                "処理期間：勤務時間で3時間（2026年11月17日（火） 14:00までに）",
            ),
        ),
        ("en", ("Received on: Tue 17 Nov 2026", "Processing period: 3 working hours, by Tue 17 Nov 2026")),
    ],
)
async def test_a_receipt_states_what_the_law_wants(system: System, language: str, lines: tuple[str, ...]) -> None:
    with clock.at(MORNING):
        await filed(language=language, kind="other")
        await system.work()
    (mail,) = to(system, HONG)
    for kind in ("plain", "html"):
        for line in (*lines, "가로등"):
            assert line in text(mail, kind), text(mail, kind)


async def test_a_withdrawal_is_told_to_both_sides(system: System) -> None:
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await handling.start(await somebody("handler"), case.reference)
    await system.work()
    await answering.withdraw("petitioner", case.reference, TextOnly("이미 고쳐졌습니다."))
    await system.work()
    assert to(system, HONG)[-1]["Subject"] == f"[{case.reference}] 민원이 취하되었습니다"
    assert "제22조" in text(to(system, HONG)[-1])
    assert to(system, "handler@city.example")[-1]["Subject"] == f"[{case.reference}] 민원이 취하되었습니다"


async def test_a_petition_of_three_hours_reminds_nobody_before_its_last_hour(system: System) -> None:
    with clock.at(MORNING):
        case, long = await filed(kind="other"), await filed()
        await watch.remind()
        await system.work()
        assert not to(system, "manager@city.example")
    with clock.at(MORNING + timedelta(hours=3, minutes=5)):  # due at 14:00
        await watch.remind()
        await watch.remind()
        await system.work()
    (near,) = to(system, "manager@city.example")
    assert case.reference in near["Subject"]
    assert "하루" not in text(near)
    with clock.at(MORNING + timedelta(days=7, hours=15)):  # the last day of seven
        await watch.remind()
        await system.work()
    assert any(long.reference in mail["Subject"] for mail in to(system, "manager@city.example"))


async def test_the_petitioner_is_reminded_of_a_supplement_on_the_day_before(system: System) -> None:
    with clock.at(MORNING):
        case, handler = await filed(), await somebody("handler")
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        await handling.start(handler, case.reference)
        await supplementing.request(handler, case.reference, RequestSupplement("사진을 보내 주세요.", 3))  # by Friday
        await system.work()
    before = len(to(system, HONG))
    with clock.at(MORNING + timedelta(days=1, hours=22)):  # Thursday, eight in the morning
        await watch.remind()
        await system.work()
        assert len(to(system, HONG)) == before
    for _again in range(2):
        with clock.at(MORNING + timedelta(days=2)):
            await watch.remind()
            await system.work()
    assert len(to(system, HONG)) == before + 1
    assert "2026년 11월 20일 (금)까지 보내 주십시오" in text(to(system, HONG)[-1])
    with clock.at(MORNING + timedelta(days=2, hours=1)):
        await supplementing.prolong("petitioner", case.reference, Prolong(3, ""))  # by Monday
        await watch.remind()
        await system.work()
    assert len(to(system, HONG)) == before + 2
    with clock.at(MORNING + timedelta(days=5)):
        await watch.remind()
        await system.work()
    assert len(to(system, HONG)) == before + 3
    assert "2026년 11월 23일 (월)까지 보내 주십시오" in text(to(system, HONG)[-1])


async def test_who_is_asked_for_a_supplement_by_tomorrow_is_not_reminded_at_once(system: System) -> None:
    with clock.at(MORNING):
        case, handler = await filed(), await somebody("handler")
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        await handling.start(handler, case.reference)
        await supplementing.request(handler, case.reference, RequestSupplement("사진을 보내 주세요.", 1))
        assert await watch.remind() == 0
