"""Mail: who hears of what, in which language and how often; what is required goes out whatever one wishes."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from urllib.parse import urlsplit

import pytest

from petitions.actions import answering, handling, intake, supplementing, watch
from petitions.actions.intake import Filed
from petitions.forms import (
    Accept,
    AppointGuide,
    Assign,
    Extend,
    GiveAnswer,
    RequestSupplement,
    TextOnly,
    Transfer,
    TransferOut,
)
from server.core import clock, database
from server.core.delivery import Deferred
from server.core.jobs import Task
from server.core.mail import Mail
from server.core.notify.mailbox import Mode, mode_of, set_mode
from tests.support.page_forms import post_without_page, submit
from tests.support.stories import Failing, filed, new_holiday, opened_with_key, somebody, to
from tests.support.system import System

HONG = "hong@example.org"


def text(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def link(mail: EmailMessage, start: str) -> str:
    """The path of the one link of this kind in a mail."""
    (found,) = {line for line in text(mail).splitlines() if line.startswith("http") and start in line}
    return urlsplit(found).path


async def at_work(case: Filed) -> None:
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await handling.start(await somebody("handler"), case.reference)


async def test_the_receipt_names_number_guide_and_date_but_never_the_key(system: System) -> None:
    case = await filed()
    await system.work()
    (mail,) = to(system, HONG)
    said = text(mail)
    assert mail["Subject"] == f"[{case.reference}] 민원이 접수되었습니다"
    assert "홍길동님께" in said
    assert "한후견" in said
    assert "까지 답변드리겠습니다" in said
    assert "도로과" in said
    html = str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    for part in (said, html):
        assert case.access_key not in part
        assert case.access_key.replace("-", "") not in part
    assert mail["List-Unsubscribe"] is None, "the law wants the receipt told"


async def test_the_link_of_a_notice_opens_the_case_in_this_browser(system: System) -> None:
    case = await filed()
    await system.work()
    browser = system.visitor()
    path = link(to(system, HONG)[0], "/cases/open/")
    assert (await browser.get(f"/cases/{case.reference}")).status_code == 404
    answer = await browser.get(path)
    assert answer.headers["location"] == f"/cases/{case.reference}"
    assert (await browser.get(f"/cases/{case.reference}")).status_code == 200
    forged = await system.visitor().get(path[:-2] + "xx")
    assert forged.headers["location"] == "/cases"


async def test_hong_hears_each_thing_that_concerns_him(system: System) -> None:
    case = await filed()
    handler, officer, gardener = [await somebody(one) for one in ("handler", "intake", "gardener")]
    steps = (
        handling.accept(officer, case.reference, Accept("roads")),
        handling.assign(officer, case.reference, Assign("handler")),
        handling.start(handler, case.reference),
        handling.appoint_guide(officer, case.reference, AppointGuide("guide_ja")),
        handling.extend(handler, case.reference, Extend(3, "부품이 아직 오지 않았습니다.")),
        handling.interim_notice(handler, case.reference, TextOnly("업체와 날짜를 맞추고 있습니다.")),
        handling.message(handler, case.reference, TextOnly("가로등 번호를 아시나요?")),
        handling.message("petitioner", case.reference, TextOnly("모릅니다.")),
        handling.note(handler, case.reference, TextOnly("비밀 메모")),
        supplementing.request(handler, case.reference, RequestSupplement("사진을 보내 주세요.", 7)),
        supplementing.receive("petitioner", case.reference, TextOnly("사진입니다.")),
        handling.transfer(handler, case.reference, Transfer("parks", "공원 안의 가로등입니다.")),
        answering.answer(gardener, case.reference, GiveAnswer("고쳤습니다.", "refused", "예산", "행정심판")),
        answering.close(gardener, case.reference, TextOnly("끝")),
        answering.reopen("petitioner", case.reference, TextOnly("아직 어둡습니다.")),
        answering.answer(gardener, case.reference, GiveAnswer("다시 고쳤습니다.", "accepted")),
    )
    for step in steps:  # more than a minute apart
        await step
        await system.work()
    mails = to(system, HONG)
    subjects = sorted(mail["Subject"].partition("] ")[2] for mail in mails)
    assert subjects == sorted([
        "민원이 접수되었습니다", "담당 부서가 정해졌습니다", "담당자가 정해졌습니다", "민원후견인이 바뀌었습니다",
        "처리기간이 연장되었습니다", "민원 처리 상황 안내", "민원에 관한 메시지", "보완이 필요합니다",
        "민원이 다른 부서로 이송되었습니다 외 1건", "민원 답변이 등록되었습니다",
        "민원이 종결되었습니다", "민원이 다시 열렸습니다", "민원 답변이 등록되었습니다",
    ])  # fmt: skip
    every = "\n".join(text(mail) for mail in mails)
    assert "비밀 메모" not in every
    for word in ("부품이 아직 오지 않았습니다.", "사진을 보내 주세요.", "행정심판", "다시 고쳤습니다."):
        assert word in every
    for mail in mails:
        assert "담당: " in text(mail), "every notice names who is in charge (Decree 31)"
        assert text(mail).count("http://") == 1 + (mail["List-Unsubscribe"] is not None)


async def test_the_other_endings_are_told(system: System) -> None:
    handler = await somebody("handler")
    out = await filed()
    await at_work(out)
    await system.work()
    await handling.transfer_out(handler, out.reference, TransferOut("한국전력", "전신주는 한국전력이 관리합니다."))
    back = await filed()
    await at_work(back)
    await supplementing.request(handler, back.reference, RequestSupplement("무엇인지 적어 주세요.", 7))
    with clock.at(clock.now() + timedelta(days=10)):
        await supplementing.request(handler, back.reference, RequestSupplement("다시 부탁드립니다.", 7))
    with clock.at(clock.now() + timedelta(days=30)):
        await supplementing.cancel_registration(handler, back.reference, TextOnly("보완되지 않았습니다."))
    late = await filed()
    with clock.at(clock.now() + timedelta(days=40)):
        await watch.remind()
        await system.work()
    told = {mail["Subject"] for mail in to(system, HONG)}
    assert f"[{out.reference}] 민원이 다른 기관으로 이송되었습니다" in told
    assert f"[{back.reference}] 민원이 반려되었습니다" in told
    assert f"[{late.reference}] 답변이 늦어지고 있습니다" in told
    assert "한국전력" in "".join(text(mail) for mail in to(system, HONG))


async def test_a_moved_date_is_told(system: System) -> None:
    case = await filed()
    await system.work()
    day = (clock.now() + timedelta(days=2)).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    await new_holiday(day)
    await system.work()
    mail = to(system, HONG)[-1]
    assert mail["Subject"] == f"[{case.reference}] 답변 기한이 바뀌었습니다"
    assert "이전 기한" in text(mail)


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "申請を受け付けました"), ("en", "We received your petition"), ("ko", "접수")]
)
async def test_mails_are_in_the_petitioners_language(system: System, language: str, words: str) -> None:
    await filed(language=language)
    await system.work()
    (mail,) = to(system, HONG)
    assert words in mail["Subject"]
    assert mail["Content-Language"] == language


async def test_signs_that_mean_something_in_html_arrive_as_they_were_typed(system: System) -> None:
    await filed(title="A & B <script>alert(1)</script>")
    await system.work()
    (mail,) = to(system, HONG)
    assert "A & B <script>" in text(mail)
    html = str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert "A &amp; B &lt;script&gt;" in html


async def test_who_wants_less_gets_only_what_the_law_wants_told(system: System) -> None:
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await system.work()
    accepted = next(mail for mail in to(system, HONG) if mail["List-Unsubscribe"])
    address = accepted["List-Unsubscribe"].strip("<>")
    assert accepted["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(address).path
    stranger = system.visitor()
    assert "하루에 한 번" in (await stranger.get(path)).text
    assert await mode_of(HONG) is Mode.ALL, "looking changes nothing"
    answer = await post_without_page(stranger, path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, "mail programs follow no redirect (RFC 8058, 3.1)"
    assert await mode_of(HONG.upper()) is Mode.REQUIRED
    before = len(to(system, HONG))
    handler = await somebody("handler")
    await handling.start(handler, case.reference)
    await handling.message(handler, case.reference, TextOnly("안녕하세요."))
    await system.work()
    assert len(to(system, HONG)) == before
    await answering.answer(handler, case.reference, GiveAnswer("고쳤습니다.", "accepted"))
    await system.work()
    assert len(to(system, HONG)) == before + 1
    assert (await submit(stranger, path, path, mode="all")).status_code == 303
    assert await mode_of(HONG) is Mode.ALL
    assert (await post_without_page(stranger, path, data={"mode": "never"})).status_code == 422
    assert (await stranger.get(path + "x")).status_code == 404


async def digest(system: System) -> None:
    await system.worker.handlers["core.digest"](Task("periodic:core.digest", "core.digest", {}, 1))


async def test_the_digest_comes_once_a_day_at_eight(system: System) -> None:
    monday = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)  # 15:00 in Seoul
    with clock.at(monday):
        await set_mode(HONG, Mode.DIGEST)
        case, other = await filed(), await filed(title="다른 일")
        await at_work(case)
        await handling.message(await somebody("handler"), case.reference, TextOnly("보고 있습니다."))
        await handling.accept(await somebody("intake"), other.reference, Accept("roads"))
        await system.work()
        assert len(to(system, HONG)) == 2, "the receipts come at once"
        await digest(system)
        assert len(to(system, HONG)) == 2
    with clock.at(monday + timedelta(hours=16, minutes=55)):  # 07:55
        await digest(system)
        assert len(to(system, HONG)) == 2
    with clock.at(monday + timedelta(hours=17, minutes=5)):  # 08:05
        await digest(system)
        await digest(system)
    mails = to(system, HONG)
    assert len(mails) == 3
    said = text(mails[-1])
    assert said.count("담당 부서가 정해졌습니다") == 0
    assert said.count("도로과에서 민원을 맡았습니다.") == 2
    assert "담당자가 메시지를 보냈습니다." in said
    assert case.reference in said
    assert other.reference in said
    assert mails[-1]["List-Unsubscribe"]


async def test_a_digest_waits_while_the_server_is_away(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.at(datetime(2026, 11, 16, 6, 0, tzinfo=UTC)):
        await set_mode(HONG, Mode.DIGEST)
        await at_work(await filed())
        await system.work()
    before = len(to(system, HONG))
    notifier = system.worker.handlers["core.digest"].__self__  # type: ignore[attr-defined]
    transport = notifier.post.transport
    notifier.post.transport = Failing(Deferred("away"))
    with clock.at(datetime(2026, 11, 17, 0, 0, tzinfo=UTC)):
        with pytest.raises(Deferred):
            await digest(system)
        notifier.post.transport = transport
        await digest(system)
    assert len(to(system, HONG)) == before + 1


async def test_a_mailbox_that_takes_no_mail_holds_up_no_other_digest(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at(datetime(2026, 11, 16, 6, 0, tzinfo=UTC)):
        for address in ("a-full-one@example.org", HONG):
            await set_mode(address, Mode.DIGEST)
            await at_work(await filed(petitioner={"name": "홍길동", "email": address}))
        await system.work()
    before = len(to(system, HONG))
    notifier = system.worker.handlers["core.digest"].__self__  # type: ignore[attr-defined]
    send = notifier.post.transport.send

    async def full(mail: Mail) -> None:
        if mail.to != HONG:
            raise Deferred("452")
        await send(mail)

    monkeypatch.setattr(notifier.post.transport, "send", full)
    with clock.at(datetime(2026, 11, 17, 0, 0, tzinfo=UTC)), pytest.raises(Deferred):
        await digest(system)
    assert len(to(system, HONG)) == before + 1
    kept = await database.fetch("SELECT DISTINCT email FROM digest_item")
    assert [row["email"] for row in kept] == ["a-full-one@example.org"]


async def test_officials_hear_what_they_must_act_on(system: System) -> None:
    case = await filed()
    officer, handler = await somebody("intake"), await somebody("handler")
    await handling.accept(officer, case.reference, Accept("roads"))
    await handling.message("petitioner", case.reference, TextOnly("언제 되나요?"))
    await system.work()
    assert [m["Subject"].partition("] ")[2] for m in to(system, "manager@city.example")] == ["민원인의 메시지"]
    assert "언제 되나요" not in text(to(system, "manager@city.example")[0]), "words stay at the desk (Act 7)"
    await handling.assign(officer, case.reference, Assign("handler"))
    await handling.message("petitioner", case.reference, TextOnly("급합니다."))
    with clock.at(clock.now() + timedelta(days=40)):
        await watch.remind()
        await system.work()
    subjects = {m["Subject"].partition("] ")[2] for m in to(system, "handler@city.example")}
    due = {"처리기한이 곧 끝납니다", "처리기한이 지났습니다", "중간 통지를 할 때입니다"}
    assert subjects == {"민원이 배정되었습니다", "민원인의 메시지"} | due
    assert f"/desk/cases/{case.reference}" in text(to(system, "handler@city.example")[0])
    for watcher in ("manager", "inspector"):
        assert "처리기한이 지났습니다" in {
            m["Subject"].partition("] ")[2] for m in to(system, f"{watcher}@city.example")
        }
    assert not to(system, "gardener@city.example")
    await answering.answer(handler, case.reference, GiveAnswer("고쳤습니다.", "accepted"))
    hong = await opened_with_key(system, case)
    await submit(hong, f"/cases/{case.reference}", "/not-solved", unsolved="아직 어두워요.")
    await system.work()
    assert "해결되지 않음" in to(system, "manager@city.example")[-1]["Subject"]


async def test_who_gives_a_case_to_oneself_is_not_told(system: System) -> None:
    case = await filed()
    manager = await somebody("manager")
    await handling.accept(manager, case.reference, Accept("roads"))
    await handling.assign(manager, case.reference, Assign("manager"))
    await system.work()
    assert not to(system, "manager@city.example")


async def test_a_event_looked_at_twice_is_told_once(system: System) -> None:
    case = await filed()
    await system.work()
    event = (
        await database.fetch("SELECT id FROM ledger_event WHERE subject = ? ORDER BY id", f"case/{case.reference}")
    )[0]
    await system.worker.handlers["core.notify"](Task("again", "core.notify", {"event": event["id"]}, 1))
    await system.work()
    assert len(to(system, HONG)) == 1


async def test_what_was_imported_sends_nothing(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "first_events", partial(intake.first_events, imported=True))
    with clock.at(clock.now() - timedelta(days=400)):
        case = await filed()
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await filed()
    await system.work()
    assert system.mails() == []
    handler = await somebody("handler")
    await handling.start(handler, case.reference)
    await answering.answer(handler, case.reference, GiveAnswer("이제 답합니다.", "accepted"))
    await system.work()
    assert len(to(system, HONG)) == 1, "what happens to it from now on is told"


async def test_no_address_no_mail(system: System) -> None:
    await filed(petitioner={"name": "홍길동", "phone": "010-1234-5678"})
    await system.work()
    assert system.mails() == []
    rows = await database.fetch("SELECT key FROM job")
    assert list(rows) == []
