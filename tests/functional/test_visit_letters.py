"""What people hear of their visits, by mail or as text messages, and when: 김민수, 佐藤 and Ann Smith."""

import asyncio
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import pytest

from server.core import clock, database, ledger
from server.core.config import Settings
from server.core.ledger import DomainEvent
from server.core.texts import TextMessage, read_spool
from tests.support.calendars import parsed
from tests.support.gateway import gateway
from tests.support.post_office import Postman, serving
from tests.support.post_office import parsed as received
from tests.support.stories import to
from tests.support.system import System, opened
from tests.support.visits import an_office, wish
from tests.support.visits import at as at_time
from tracking.visits.actions import booking, reminding, taking, waiting
from tracking.visits.actions.booking import Booked, Contact
from tracking.visits.events import (
    DocumentChecked,
    MoveEnded,
    MoveOffered,
    NoShowMarked,
    NoShowUndone,
    RestrictionBegun,
    TimeOffered,
)
from tracking.visits.models import CounterService, Office, Visit, VisitDocument
from tracking.visits.queries import offices
from tracking.visits.states import Channel, DocumentState, VisitState

KIM = Contact("김민수", "kim@example.org")
SATO = Contact("佐藤", phone="010-1234-5678", language="ja")
SMITH = Contact("Ann Smith", phone="010-8765-4321", language="en")
DOCUMENTS = [
    {"code": "photo", "name": "사진 1장", "name_ja": "写真1枚", "name_en": "One photograph"},
    {"code": "old", "name": "옛 여권", "name_ja": "", "name_en": "The old passport"},
]


MONDAY = date(2027, 3, 15)


def at(clock_time: str, day: date = MONDAY) -> datetime:
    """A time of day in the city's zone, on the day of the visits if no day is given."""
    return at_time(clock_time, day)


def text(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def entry(mail: EmailMessage) -> dict[str, str]:
    """The calendar entry that came with a mail."""
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    found = parsed(content)
    assert part.get_param("method") == found["METHOD"]
    return found


async def texts(system: System) -> list[TextMessage]:
    """The text messages in the spool folder, oldest first."""
    return [one.message for one in reversed(await read_spool(system.settings.spool, 100))]


@pytest.fixture
async def office(system: System) -> Office:
    """An office with one counter that does passports."""
    made = await an_office({"1": ["passport"]}, reception="1층 안내에서 번호표를 뽑으세요.", directions="2번 출구")
    await CounterService.filter(code="passport").update(
        name="여권 발급", name_ja="旅券", name_en="Passport", documents=DOCUMENTS
    )
    return made


async def book(system: System, who: Contact, start: str = "09:00") -> Booked:
    booked = await booking.book_now(await wish("passport", start=start, day=MONDAY), who)
    await system.work()
    return booked


async def happened(system: System, number: str, event: DomainEvent) -> None:
    async with database.transaction():
        await (await ledger.lock(f"visit/{number}")).append("official:1", event)
    await system.work()


async def test_the_confirmation_says_all_that_is_needed_on_the_day(system: System, office: Office) -> None:
    booked = await book(system, KIM)
    (mail,) = to(system, "kim@example.org")
    assert mail["Subject"] == f"[{booked.number}] 방문이 예약되었습니다"
    for said in (text(mail), text(mail, "html")):
        for needed in (
            "김민수", booked.number, "2027년 3월 15일", "여권 발급", "동부민원센터", "중앙로 1", "02-700-3000",
            "사진 1장", "옛 여권", "신분증", "위험한 물건", "번호표를 뽑으세요", "2번 출구",
        ):  # fmt: skip
            assert needed in said, needed
        assert booked.key not in said
        assert booked.key.replace("-", "") not in said
    links = re.findall(r"http://\S+(/v/\S+)", text(mail))
    assert [link.rpartition("/")[2] for link in links[:2]] == ["change", "cancel"]
    her = system.visitor()
    assert (await her.get(links[2])).headers["location"] == f"/visits/{booked.number}"
    assert (await her.get(f"/visits/{booked.number}/calendar.ics")).status_code == 200
    assert entry(mail)["METHOD"] == "PUBLISH"
    assert "List-Unsubscribe" not in mail


async def test_a_change_and_a_cancellation_move_the_entry_in_the_calendar(system: System, office: Office) -> None:
    booked = await book(system, KIM)
    await booking.reschedule(booked.number, await wish("passport", start="10:15", day=MONDAY), "visitor")
    await system.work()
    await booking.cancel(booked.number, "visitor")
    await system.work()
    first, moved, cancelled = to(system, "kim@example.org")
    assert "바뀌었습니다" in moved["Subject"]
    assert "오전 10:15" in text(moved)
    assert "오전 9:00" in text(moved), "the earlier time"
    assert "취소되었습니다" in cancelled["Subject"]
    assert "사진 1장" not in text(cancelled)
    assert "/cancel" not in text(cancelled)
    entries = [entry(mail) for mail in (first, moved, cancelled)]
    assert [one["METHOD"] for one in entries] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [one["SEQUENCE"] for one in entries] == ["0", "1", "2"]
    assert len({one["UID"] for one in entries}) == 1
    assert entries[1]["DTSTART"] == "20270315T011500Z"


async def test_what_is_no_longer_true_is_not_sent(system: System, office: Office) -> None:
    booked = await booking.book_now(await wish("passport"), KIM)
    await booking.reschedule(booked.number, await wish("passport", start="10:15", day=MONDAY), "visitor")
    await system.work()
    (only,) = to(system, "kim@example.org")
    assert "10:15" in text(only)


async def test_who_has_only_a_phone_gets_short_texts_in_their_language(system: System, office: Office) -> None:
    japanese, english = await book(system, SATO), await book(system, SMITH, "09:30")
    await booking.cancel(japanese.number, "visitor")
    await system.work()
    assert system.mails() == []
    first, second, third = await texts(system)
    assert first.to == third.to == "+821012345678"
    assert "2027年3月15日" in first.body
    assert "旅券" in first.body
    assert japanese.number in first.body
    assert "取り消されました" in third.body
    assert "Your visit is booked" in second.body
    assert "identity card" in second.body
    for message, booked in ((first, japanese), (second, english)):
        link = message.body.rpartition("\n")[2].partition("8000")[2]
        assert (await system.visitor().get(link)).headers["location"] == f"/visits/{booked.number}"
        assert booked.key not in message.body


async def test_an_absence_is_told_with_what_follows_from_it(system: System, office: Office) -> None:
    booked = await book(system, KIM)
    await happened(system, booked.number, NoShowMarked(3, counts=True))
    await happened(system, booked.number, RestrictionBegun(1, "2027-04-14"))
    await happened(system, booked.number, NoShowUndone(office_late=False))
    _confirmed, missed, restricted, undone = to(system, "kim@example.org")
    assert "90일 안에 2번" in text(missed), "told beforehand"
    assert "02-700-3000" in text(missed)
    assert "2027년 4월 14일 (수)까지" in text(restricted)
    assert "/visits/restrictions/" in text(restricted)
    assert "세지 않습니다" in undone["Subject"]
    await Office.filter(id=office.id).update(no_shows=0)
    await happened(system, booked.number, NoShowMarked(3, counts=True))
    assert "일 안에" not in text(to(system, "kim@example.org")[-1]), "this office restricts nobody"


async def test_a_checked_document_is_told_with_the_officials_words(system: System, office: Office) -> None:
    booked = await book(system, KIM)
    photo = await VisitDocument.create(
        visit_id=booked.id, code="photo", state=DocumentState.INCOMPLETE, note="뒷면이 없습니다."
    )
    await happened(system, booked.number, DocumentChecked("photo", "incomplete"))
    await VisitDocument.filter(id=photo.id).update(state=DocumentState.FINE, note="")
    await happened(system, booked.number, DocumentChecked("photo", "fine"))
    await VisitDocument.create(visit_id=booked.id, code="old", state=DocumentState.FINE)
    await happened(system, booked.number, DocumentChecked("old", "fine"))
    _confirmed, incomplete, complete = to(system, "kim@example.org")
    assert "사진 1장에 빠진 것이 있음" in text(incomplete)
    assert "뒷면이 없습니다." in text(incomplete)
    assert "뒷면이 없습니다." not in text(complete)
    assert "빠진" not in text(complete)


async def test_an_offered_time_leads_to_its_answer(system: System, office: Office) -> None:
    booked = await book(system, SATO)
    await Visit.filter(id=booked.id).update(state=VisitState.OFFERED)
    offered = TimeOffered(booked.id, "2027-03-12T03:00+00:00")
    await happened(system, booked.number, offered)
    message = (await texts(system))[-1]
    assert "正午" in message.body or "12:00" in message.body, message.body
    assert message.body.endswith("/offer")
    answer = await system.visitor().get(message.body.rpartition("8000")[2])
    assert answer.headers["location"] == f"/visits/{booked.number}/offer"
    before = len(await texts(system))
    await Visit.filter(id=booked.id).update(state=VisitState.EXPIRED)
    await happened(system, booked.number, offered)
    assert len(await texts(system)) == before, "an offer that is over is not told"


async def test_another_time_for_a_visit_that_lost_its_counter_names_both(system: System, office: Office) -> None:
    booked = await book(system, KIM)
    await happened(system, booked.number, MoveOffered("2027-03-16T02:00+00:00", "2027-03-13T09:00+00:00"))
    await happened(system, booked.number, MoveEnded("placed"))
    await happened(system, booked.number, MoveEnded("refused"))
    offered, placed = to(system, "kim@example.org")[1:]
    assert "3월 16일 (화) 오전 11:00" in text(offered)
    assert "3월 15일 (월) 오전 9:00" in text(offered)
    assert "/offer" in text(offered)
    assert "예약하신 시간에 오시면 됩니다" in placed["Subject"]


async def test_whoever_waits_is_told_so_with_the_way_off_the_list(system: System, office: Office) -> None:
    for start in ("09:00", "09:15"):
        await book(system, replace(KIM, email=f"{start[-2:]}@example.org"), start)
    code = "passport"
    errand = await taking.errand("east", [code], Channel.ONLINE)
    narrow = waiting.Wanted(errand, MONDAY, "09:00", "09:30")
    mailed, texted = await waiting.join(narrow, KIM), await waiting.join(narrow, SATO)
    await system.work()
    (mail,) = to(system, "kim@example.org")
    assert mail["Subject"] == f"[{mailed}] 대기 명단에 올랐습니다"
    assert "3월 15일" in text(mail)
    assert "여권 발급" in text(mail)
    (message,) = await texts(system)
    page = await system.visitor().get(message.body.rpartition("8000")[2])
    assert page.status_code == 200
    assert texted in page.text
    await waiting.leave(mailed, "visitor")
    await waiting.leave(texted, "official:1", "other")
    await system.work()
    assert len(to(system, "kim@example.org")) == 1, "who leaves knows it"
    assert len(await texts(system)) == 2


async def test_texts_leave_through_the_gateway_and_mails_through_a_mail_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    postman = Postman()
    async with gateway() as running:
        with serving(postman) as port:
            outside = replace(settings, text_url=running.url(), smtp_url=f"smtp://127.0.0.1:{port}")
            async with opened(outside) as system:
                await an_office({"1": ["passport"]})
                kim, sato = await book(system, KIM), await book(system, SATO, "09:30")
    (envelope,), (request,) = postman.taken, running.requests
    assert envelope.rcpt_tos == ["kim@example.org"]
    assert entry(received(envelope))["UID"] == f"visit-{kim.number}@sinmungo"
    assert request.content["to"] == "+821012345678"
    assert request.content["language"] == "ja"
    assert sato.number in request.content["text"]


async def test_at_night_only_what_cannot_wait_is_sent_as_a_text(system: System, office: Office) -> None:
    night, morning = at("23:30", clock.now().date()), at("08:00", clock.now().date() + timedelta(days=1))
    with clock.at(night):
        booked = await book(system, SATO)
        assert len(await texts(system)) == 1, "a confirmation is awaited"
        await booking.reschedule(booked.number, await wish("passport", start="10:15", day=MONDAY), "visitor")
        await system.work()
        assert len(await texts(system)) == 1
    with clock.at(morning):
        await system.work()
        assert len(await texts(system)) == 2


# --- Reminders ---


async def remind(system: System, moment: datetime) -> int:
    """Run the reminders at a moment, twice, and deliver what they put into the outbox."""
    with clock.at(moment):
        count = await reminding.remind()
        assert await reminding.remind() == 0, "nobody is reminded twice"
        await system.work()
        return count


async def test_a_visitor_is_reminded_the_day_before_and_two_hours_before(system: System, office: Office) -> None:
    booked, start = await book(system, KIM), at("09:00")
    eve = at("10:00", start.date() - timedelta(days=1))
    assert await remind(system, eve - timedelta(minutes=1)) == 0
    assert await remind(system, eve) == 1
    assert await remind(system, start - timedelta(hours=2, minutes=1)) == 0
    assert await remind(system, start - timedelta(hours=2)) == 1
    assert await remind(system, start + timedelta(days=1)) == 0
    confirmed, before, soon = to(system, "kim@example.org")
    assert before["References"] == soon["In-Reply-To"] == confirmed["Message-ID"], "one conversation"
    assert before["Subject"] == f"[{booked.number}] 방문 예정을 알려 드립니다"
    assert soon["Subject"] == f"[{booked.number}] 곧 방문하실 시간입니다"
    for mail in (before, soon):
        assert re.search(r"/v/\S+/change", text(mail))
        assert re.search(r"/v/\S+/cancel", text(mail))


async def test_a_visit_that_was_moved_or_cancelled_is_not_reminded_of_its_old_time(
    system: System, office: Office
) -> None:
    moved, cancelled = await book(system, KIM), await book(system, SATO, "09:30")
    eve = at("10:00", at("09:00").date() - timedelta(days=1))
    with clock.at(eve):
        assert await reminding.remind() == 2  # both are in the outbox when the visits change
        await booking.reschedule(moved.number, await wish("passport", start="16:00", day=MONDAY), "visitor")
        await booking.cancel(cancelled.number, "visitor")
        await system.work()
    assert [mail["Subject"][14:] for mail in to(system, "kim@example.org")[1:]] == ["방문 시간이 바뀌었습니다"]
    assert "取り消されました" in (await texts(system))[-1].body
    assert await remind(system, at("07:00")) == 0
    assert await remind(system, at("07:30")) == 0
    assert await remind(system, at("14:00")) == 1


async def test_whoever_books_late_is_not_told_at_once_what_they_just_did(system: System, office: Office) -> None:
    await Office.filter(id=office.id).update(same_day=True)
    offices.forget()
    with clock.at(at("07:30")):  # ninety minutes before
        await book(system, KIM)
    assert await remind(system, at("07:31")) == 0
    assert await remind(system, at("08:59")) == 0
    with clock.at(at("11:00", at("09:00").date() - timedelta(days=1))):
        await book(system, replace(KIM, email="lee@example.org"), "10:00")
    assert await remind(system, at("07:59")) == 0, "the day before has begun already"
    assert await remind(system, at("08:00")) == 1


async def test_a_late_reminder_at_night_waits_and_one_before_an_early_visit_does_not(
    system: System, office: Office
) -> None:
    await book(system, SATO)
    before = len(await texts(system))
    eve = at("22:00", at("09:00").date() - timedelta(days=1))  # no worker ran at ten in the morning
    assert await remind(system, eve) == 1
    assert len(await texts(system)) == before, "not in the quiet hours"
    assert await remind(system, at("07:00")) == 1
    assert len(await texts(system)) == before + 1, "two hours before a visit at nine, it cannot wait for eight"
    with clock.at(at("08:00")):
        await system.work()
    assert len(await texts(system)) == before + 1, "the reminder of the day before is out of date"


async def test_two_workers_remind_nobody_twice(system: System, office: Office) -> None:
    await book(system, KIM)
    await book(system, SATO, "09:30")
    with clock.at(at("10:00", at("09:00").date() - timedelta(days=1))):
        assert sum(await asyncio.gather(*(reminding.remind() for _worker in range(3)))) == 2


async def test_one_run_reminds_a_bounded_number(
    system: System, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "MOST_REMINDED", 1)
    await book(system, KIM)
    await book(system, SATO, "09:30")
    with clock.at(at("10:00", at("09:00").date() - timedelta(days=1))):
        assert [await reminding.remind() for _run in range(3)] == [1, 1, 0]


class TestInBerlin:
    """The night in which the clocks go forward lies between the reminder and the visit."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, timezone="Europe/Berlin")

    async def test_the_day_before_is_told_at_ten_by_the_clock_on_the_wall(
        self, system: System, settings: Settings
    ) -> None:
        summer = datetime(2027, 3, 28, 9, tzinfo=settings.zone)
        with clock.at(summer - timedelta(days=7)):
            await an_office({"1": ["passport"]}, days=[summer.date()])
            await booking.book_now(await wish("passport", day=summer.date()), KIM)
            await system.work()
        eve = datetime.fromisoformat("2027-03-27T10:00+01:00")
        assert await remind(system, eve - timedelta(minutes=1)) == 0
        assert await remind(system, eve) == 1
        soon = datetime.fromisoformat("2027-03-28T07:00+02:00")
        assert await remind(system, soon - timedelta(minutes=1)) == 0
        assert await remind(system, soon) == 1
        assert "오전 9:00" in text(to(system, "kim@example.org")[-1])
