"""Whoever gives only a phone number hears by text message, and the pages say so: 김영자, in three languages."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from petitions.actions import answering, handling, supplementing, watch
from petitions.actions.intake import Filed
from petitions.forms import Accept, GiveAnswer, RequestSupplement, TextOnly
from petitions.models import Case
from server.core import clock, ledger, texts
from server.core.texts import TextMessage, read_spool
from tests.functional.test_visit_asked_for import asks
from tests.support.gateway import answer as reply
from tests.support.gateway import gateway
from tests.support.markup import parse
from tests.support.page_forms import form, send, submit
from tests.support.stories import filed, somebody, to
from tests.support.system import System
from tests.support.visits import an_office

MORNING = datetime(2026, 11, 17, 1, 0, tzinfo=UTC)
"""A Tuesday, ten in Seoul."""
PHONE = "010-1234-5678"


async def by_phone(language: str = "ko", phone: str = PHONE) -> Filed:
    return await filed(language=language, petitioner={"name": "김영자", "phone": phone, "language": language})


async def sent(system: System) -> list[TextMessage]:
    """Oldest first."""
    return [one.message for one in reversed(await read_spool(system.settings.spool, 100))]


async def at_work(case: Filed) -> None:
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    await handling.start(await somebody("handler"), case.reference)


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_receipt_request_reminder_and_answer_come_as_text_messages(system: System, language: str) -> None:
    handler = await somebody("handler")
    with clock.at(MORNING):
        case = await by_phone(language)
        await system.work()
        await at_work(case)
        await system.work()
        await supplementing.request(handler, case.reference, RequestSupplement("사진을 보내 주세요.", 3))  # by Friday
        await system.work()
    with clock.at(MORNING + timedelta(days=2)):
        await watch.remind()
        await system.work()
        await supplementing.receive("petitioner", case.reference, TextOnly("사진입니다."))
        await answering.answer(handler, case.reference, GiveAnswer("고칠 수 없습니다.", "refused", "예산", "행정심판"))
        await system.work()
    receipt, request, reminder, answer = messages = await sent(system)
    days = {"ko": ("11월 25일", "11월 20일"), "ja": ("11月25日", "11月20日"), "en": ("25 Nov", "20 Nov")}[language]
    assert days[0] in receipt.body, "a grievance has seven working days"
    assert days[1] in request.body
    assert days[1] in reminder.body
    for message in messages:
        assert message.to == "+821012345678"
        assert message.language == language
        assert case.reference in message.body
        assert "가로등" not in message.body, "others may see it"
        assert "사진" not in message.body
        assert "refused" not in message.body.lower()
        assert "김영자" not in message.body
        assert texts.length(message.body).korean in {"SMS", "LMS"}, "Korean carriers have every character"
        assert texts.length(message.body).parts <= 3
        assert not system.mails()
    (path,) = {re.findall(r"http://127.0.0.1:8000(/c/\S+)", message.body)[0] for message in (receipt, request)}
    with clock.at(MORNING + timedelta(days=89)):
        browser = system.visitor()
        opened = await browser.get(path)
        assert opened.headers["location"] == f"/cases/{case.reference}"
        assert (await browser.get(f"/cases/{case.reference}")).status_code == 200
        assert (await system.visitor().get(f"{path}x")).headers["location"] == "/cases"
    assert answer.body.endswith(re.findall(r"/c/\S+", answer.body)[0])


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_a_text_message_comes_shortly_before_the_answer_is_late(system: System, language: str) -> None:
    with clock.at(MORNING):
        case = await by_phone(language)
        await filed()
        await system.work()
    before, mails = len(await sent(system)), len(to(system, "hong@example.org"))
    due = (await Case.get(reference=case.reference)).due_at
    assert due is not None
    for hours, expected in ((25, 0), (12, 1), (11, 1)):
        with clock.at(due - timedelta(hours=hours)):
            await watch.remind()
            await system.work()
            assert len(await sent(system)) == before + expected, hours
    message = (await sent(system))[-1]
    assert case.reference in message.body
    assert {"ko": "11월 25일", "ja": "11月25日", "en": "25 Nov"}[language] in message.body
    assert "가로등" not in message.body
    assert len(to(system, "hong@example.org")) == mails, "who reads mail hears of what happens, not of what is near"
    with clock.at(due - timedelta(hours=1)):
        browser = system.visitor()
        await browser.get(re.findall(r"/c/\S+", message.body)[0])
        page = await browser.get(f"/cases/{case.reference}?lang=ko")
        assert "처리기한이 가까워져" in page.text


async def test_a_link_of_a_text_message_ends_after_ninety_days(system: System) -> None:
    with clock.at(MORNING):
        await by_phone()
        await system.work()
    path = re.findall(r"/c/\S+", (await sent(system))[0].body)[0]
    with clock.at(MORNING + timedelta(days=92)):
        assert (await system.visitor().get(path)).headers["location"] == "/cases"


async def test_what_has_no_text_message_sends_none(system: System) -> None:
    with clock.at(MORNING):
        case = await by_phone()
        await at_work(case)
        await system.work()
    assert len(await sent(system)) == 1


async def test_who_has_an_address_too_gets_mail_only(system: System) -> None:
    with clock.at(MORNING):
        await filed(petitioner={"name": "김영자", "phone": PHONE, "email": "kim@example.org"})
        await system.work()
    assert not await sent(system)
    assert len(to(system, "kim@example.org")) == 1


async def test_who_is_asked_for_a_visit_hears_it_too(system: System) -> None:
    await an_office({"1": ["passport"]})
    case = await by_phone("en")
    await at_work(case)
    handler = await system.official("handler")
    await asks(handler, case.reference, "09:00", "10:30")
    with clock.at(clock.now() + timedelta(days=1)), clock.at(clock.now().replace(hour=1)):  # ten in Seoul
        await system.work()
    asked = [one for one in await sent(system) if "Please come to" in one.body]
    assert len(asked) == 1
    assert case.reference in asked[0].body


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        (PHONE, "문자 메시지를 민원인에게 전달하지 못했습니다"),
        ("02-2133-7000", "민원인의 번호로는 문자 메시지를 받을 수 없습니다. 전화해 주십시오."),
    ],
)
async def test_officials_see_what_was_not_delivered(
    system: System, phone: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = system.worker.handlers["core.text"].__self__.post  # type: ignore[attr-defined]
    async with gateway(reply("400 Bad Request")) as there:
        monkeypatch.setattr(post, "texts", texts.GatewayTransport(there.url()))
        with clock.at(MORNING):
            case = await by_phone(phone=phone)
            await at_work(case)
            await system.work()
    (entry,) = await ledger.read(f"case/{case.reference}", kind="case.mail_undelivered")
    assert (entry.data["about"], entry.data["by_text"]) == ("case.received", True)
    assert "1234" not in str(entry.data)
    (mail,) = [one for one in to(system, "handler@city.example") if "문자" in one["Subject"]]
    assert PHONE not in str(mail)
    page = (await (await system.official("handler")).get(f"/desk/cases/{case.reference}")).text
    assert words in page
    assert ("전달하지 못했습니다" in page) == (phone == PHONE), "nothing was tried"
    assert ("문자 메시지로 알림" in page) == (phone == PHONE)


async def test_a_landline_is_one_event_for_a_whole_case(system: System) -> None:
    handler = await somebody("handler")
    with clock.at(MORNING):
        case = await by_phone(phone="02-2133-7000")
        await at_work(case)
        await system.work()
        await supplementing.request(handler, case.reference, RequestSupplement("사진을 보내 주세요.", 3))
        await handling.message(handler, case.reference, TextOnly("곧 갑니다."))
        await system.work()
    (entry,) = await ledger.read(f"case/{case.reference}", kind="case.mail_undelivered")
    assert entry.data["no_texts"] is True
    (mail,) = [one for one in to(system, "handler@city.example") if "문자" in one["Subject"]]
    assert "받을 수 없습니다" in mail["Subject"]


async def followed(browser: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """The page that an answer leads to."""
    return await browser.get(answer.headers["location"]) if answer.status_code == 303 else answer


async def check_page(browser: httpx.AsyncClient, **contact: str) -> httpx.Response:
    what = {"title": "가로등이 꺼졌어요", "body": "집 앞 도로의 가로등이 사흘째 켜지지 않습니다.", "name": "김영자"}
    return await followed(
        browser, await submit(browser, "/petitions/new", "/petitions/new", button="확인하기", **what, **contact)
    )


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ({"phone": PHONE}, f"{PHONE} 번호로 문자 메시지를 보내 드립니다"),
        ({"phone": "02-2133-7000"}, "문자 메시지를 보낼 수 없어 전화로 알려 드립니다"),
        ({"email": "kim@example.org", "phone": PHONE}, "kim@example.org 주소로 접수증을 바로 보내 드리고"),
        ({"home": "서울시 중구 세종대로 110"}, "적어 주신 주소로 우편을 보내 드립니다"),
    ],
)
async def test_the_form_the_check_page_and_the_receipt_say_how(
    system: System, contact: dict[str, str], said: str
) -> None:
    browser = system.visitor()
    assert "이메일이 없으면 문자 메시지로" in (await browser.get("/petitions/new")).text
    checked = await check_page(browser, **contact)
    receipt = await followed(browser, await send(browser, form(checked, field="go", value="send"), button="send"))
    assert "접수증" in receipt.text
    for page in (checked, receipt):
        assert said in parse(page.text).text
