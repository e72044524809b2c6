"""Following a case: the ways in, what each reader sees, and what the petitioner does there."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import pytest
from itsdangerous import TimestampSigner

from petitions.actions import answering, handling, supplementing
from petitions.actions.intake import Filed
from petitions.forms import Accept, Assign, Extend, GiveAnswer, RequestSupplement, TextOnly
from petitions.queries import following
from petitions.rights import subject
from server.core import clock, database, ledger
from server.core.config import Settings
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import filed, new_holiday, opened_with_key, signed_in, somebody
from tests.support.system import System, opened


async def page(client: httpx.AsyncClient, case: Filed, **query: str) -> str:
    answer = await client.get(f"/cases/{case.reference}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


async def answered(*, public: bool = True) -> Filed:
    """A case of the road department with an answer."""
    case = await filed(public=public, title="홍길동의 가로등", body="전화 010-1234-5678로 알려 주세요. 홍길동 드림")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    handler = await somebody("handler")
    await handling.start(handler, case.reference)
    await handling.message(handler, case.reference, TextOnly("홍길동님, 확인 중입니다."))
    await answering.answer(handler, case.reference, GiveAnswer("홍길동님, 고쳤습니다.", "accepted"))
    return case


# --- the ways in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["as is", "small letters", "spaces", "full width"])
async def test_the_number_may_be_typed_any_way(system: System, typed: str) -> None:
    case = await filed()
    changed: dict[str, Callable[[str], str]] = {
        "as is": str,
        "small letters": str.lower,
        "spaces": lambda text: f"  {text.replace('-', ' ')} ",
        "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) for c in text),
    }
    change = changed[typed]
    client = system.visitor()
    answer = await submit(client, "/cases", "/cases", reference=change(case.reference), key=change(case.access_key))
    assert answer.headers["location"] == f"/cases/{case.reference}"
    assert "가로등이 꺼졌어요" in await page(client, case)
    assert case.reference in (await client.get("/cases")).text, "the browser remembers it"


async def test_nothing_tells_whether_number_or_key_is_wrong(system: System) -> None:
    case, other = await filed(), await filed(title="다른 일")
    tries = [
        (case.reference, other.access_key),
        ("K7Q-M9X-RW4", case.access_key),
        ("nonsense", "nonsense"),
        (case.reference, "'; --"),
        (case.reference, "ㄱ" * 80),
    ]
    said = set()
    for reference, key in tries:
        answer = await submit(system.client, "/cases", "/cases", reference=reference, key=key)
        assert answer.status_code == 422
        summary = re.search(r'class="error-summary".*?</div>', answer.text, re.DOTALL)
        assert summary
        said.add(summary[0])
        assert "session" not in answer.cookies
    assert len(said) == 1
    missing = await submit(system.client, "/cases", "/cases")
    assert missing.status_code == 422
    assert missing.text.count('aria-invalid="true"') == 2


async def test_a_case_that_is_not_yours_is_not_there(system: System) -> None:
    case = await filed()
    secret = await answered(public=False)
    for path in (case.reference, secret.reference, "K7Q-M9X-RW4", "zzz", f"{case.reference}/stream", "%00"):
        answer = await system.client.get(f"/cases/{path}")
        assert answer.status_code == 404, path
        assert "가로등" not in answer.text
    here, nowhere = [
        (await system.client.get(f"/cases/{number}")).text.replace(number, "")
        for number in (case.reference, "K7Q-M9X-RW4")
    ]
    assert here == nowhere, "a number that exists looks like one that does not"


async def test_trying_keys_is_slowed_down(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        case = await filed()
        shown = form(await system.client.get("/cases"), "/cases")
        tried = [await send(system.visitor(), shown, reference=case.reference, key=f"wrong {n}") for n in range(14)]
        statuses = [answer.status_code for answer in tried]
        assert statuses[:8] == [422] * 8
        assert statuses[-1] == 429
        assert (await system.visitor().get("/cases")).status_code == 200


async def test_a_link_by_mail_opens_every_case_of_the_address(system: System) -> None:
    case, other = await filed(), await filed(title="다른 일")
    await filed(title="남의 일", petitioner={"name": "이몽룡", "email": "lee@example.org"})
    await system.work()
    known = len(system.mails())
    said = []
    for email in ("hong@example.org", "nobody@example.org"):
        answer = await submit(system.client, "/cases/link", "/cases/link", email=email)
        said.append((answer.status_code, answer.headers["location"], (await system.client.get("/cases/link")).text))
    assert said[0] == said[1]
    await system.work()
    (mail,) = system.mails()[known:]
    text = str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    path = urlsplit(next(line for line in text.splitlines() if "/cases/link/" in line)).path
    browser = system.visitor()
    landing = await browser.get(path)
    assert landing.status_code == 200
    assert "session" not in landing.cookies, "a scanner that follows the link opens nothing"
    assert (await send(browser, form(landing, path))).headers["location"] == "/cases"
    own = (await browser.get("/cases")).text
    assert case.reference in own
    assert other.reference in own
    assert "남의 일" not in own
    assert "다른 일" in await page(browser, other)
    await submit(browser, "/cases", "/cases/forget")
    assert case.reference not in (await browser.get("/cases")).text
    assert (await browser.get(f"/cases/{case.reference}")).status_code == 404
    for broken in (path + "x", path[:-1]):
        assert (await post_without_page(system.visitor(), broken)).headers["location"] == "/cases/link"
    with patch.object(TimestampSigner, "get_timestamp", lambda self: int(clock.now().timestamp()) + 31 * 60):
        assert (await send(system.visitor(), form(landing, path))).headers["location"] == "/cases/link"
    assert (await submit(system.client, "/cases/link", "/cases/link", email="no address")).status_code == 422


async def test_an_official_is_led_to_the_desk(system: System) -> None:
    case = await filed()
    handler = await signed_in(system, "handler")
    text = await page(handler, case)
    assert f"/desk/cases/{case.reference}" in text
    assert "do-message" not in text, "what the petitioner does is not the official's"
    assert (
        await post_without_page(handler, f"/cases/{case.reference}/messages", data={"message": "x"})
    ).status_code == 403
    keyed = {"reference": case.reference, "key": case.access_key}
    assert (await post_without_page(handler, "/cases", data=keyed)).status_code == 400
    gardener = await signed_in(system, "gardener")
    assert (await gardener.get(f"/cases/{case.reference}")).status_code == 404


async def test_a_number_in_another_form_leads_to_the_one(system: System) -> None:
    case = await filed()
    client = await opened_with_key(system, case)
    answer = await client.get(f"/cases/{case.reference.lower().replace('-', '')}")
    assert answer.headers["location"] == f"/cases/{case.reference}"


# --- what is on the page ------------------------------------------------------------------------------------


async def test_hong_follows_to_the_answer(system: System) -> None:
    case = await filed()
    hong = await opened_with_key(system, case)
    first = await page(hong, case)
    assert "한후견" in first
    assert "지금: 접수" in first
    intake, handler = await somebody("intake"), await somebody("handler")
    await handling.accept(intake, case.reference, Accept("roads"))
    await handling.assign(intake, case.reference, Assign("handler"))
    await handling.start(handler, case.reference)
    await handling.note(handler, case.reference, TextOnly("내부 메모"))
    await supplementing.request(handler, case.reference, RequestSupplement("기둥 번호를 알려 주세요.", 7))
    asked = await page(hong, case)
    assert "기둥 번호를 알려 주세요." in asked
    assert "내부 메모" not in asked
    assert "김처리" in asked
    here = f"/cases/{case.reference}"
    assert (await submit(hong, here, "/supplements", supplement="12-34입니다.")).status_code == 303
    assert (await submit(hong, here, "/messages", message="언제 되나요?")).status_code == 303
    told = await hong.get(f"/cases/{case.reference}")
    assert "메시지를 보냈습니다." in told.text
    assert "언제 되나요?" in told.text
    await answering.answer(
        handler,
        case.reference,
        GiveAnswer("고칠 수 없습니다.", "refused", "예산이 없습니다.", "행정심판을 청구할 수 있습니다."),
    )
    done = await page(hong, case)
    for words in ("고칠 수 없습니다.", "예산이 없습니다.", "행정심판을 청구할 수 있습니다.", "do-rate", "do-reopen"):
        assert words in done
    assert (await submit(hong, here, "/rating", score="2", comment="아쉽습니다")).status_code == 303
    assert "5점 만점에 2점" in await page(hong, case)
    answer = await submit(hong, here, "/not-solved", unsolved="여전히 어둡습니다.")
    assert answer.status_code == 303
    reopened = await page(hong, case)
    assert "여전히 어둡습니다." in reopened
    assert "지금: 다시 처리중" in reopened
    assert (await submit(hong, here, "/withdrawal")).status_code == 303
    assert "do-message" not in await page(hong, case)


async def test_what_is_typed_wrong_is_kept_and_changes_nothing(system: System) -> None:
    case = await answered()
    hong = await opened_with_key(system, case)
    before = len(await ledger.read(subject(case.reference)))
    own = await hong.get(f"/cases/{case.reference}")
    tries = [
        ("rating", {"comment": "별점 없이"}, "별점 없이"),
        ("not-solved", {"unsolved": ""}, "unsolved"),
        ("messages", {"message": "제 번호는 900101-1234567입니다"}, "900101-1234567"),
    ]
    for name, data, kept in tries:
        answer = await send(hong, form(own, f"/{name}"), **data)
        assert answer.status_code == 422, name
        assert kept in answer.text
        assert "error-summary" in answer.text
    for name, data, status in (
        ("rating", {"score": "6", "comment": "육점"}, 422), ("supplements", {"supplement": "없음"}, 409),
        ("withdrawal", {}, 409),
    ):  # fmt: skip
        answer = await post_without_page(hong, f"/cases/{case.reference}/{name}", data=data)
        assert (answer.status_code, data.get("comment", "") in answer.text) == (status, True), name
    stranger = system.visitor()
    for name in ("messages", "supplements", "withdrawal", "rating", "not-solved"):
        forged = {"message": "x", "score": "1", "unsolved": "x"}
        answer = await post_without_page(stranger, f"/cases/{case.reference}/{name}", data=forged)
        assert answer.status_code == 404, "the public may read, not act"
    assert len(await ledger.read(subject(case.reference))) == before


async def test_every_due_date_stays_visible(system: System) -> None:
    monday = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
    with clock.at(monday):
        case = await filed()
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
        handler = await somebody("handler")
        await handling.extend(handler, case.reference, Extend(3, "부품이 늦습니다."))
        await new_holiday((monday + timedelta(days=2)).date())
        await system.work()
        hong = await opened_with_key(system, case)
        text = await page(hong, case)
    for day in ("11월 24일", "11월 27일", "11월 30일"):
        assert day in text
    assert "부품이 늦습니다." in text
    struck = re.findall(r"<s>2026년 (.*?) \(", text)
    assert struck == ["11월 24일", "11월 27일"], "what was promised before is struck through, and stays"


async def test_the_public_sees_an_answered_case_masked(system: System) -> None:
    case = await answered()
    text = await page(system.client, case)
    assert "고쳤습니다." in text
    for secret in ("홍길동", "1234", "확인 중입니다", "한후견", "김처리", "hong@", "접수증", "do-message"):
        assert secret not in text, secret
    assert text.count('class="event"') == 1, "only public events"


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "지금 할 수 있는 일"), ("ja", "今できること"), ("en", "What you can do now")]
)
async def test_the_page_speaks_the_readers_language(system: System, language: str, words: str) -> None:
    case = await filed()
    hong = await opened_with_key(system, case)
    text = await page(hong, case, lang=language)
    assert words in text
    assert f'<html lang="{language}">' in text
    assert words in await page(hong, case), "and remembers it"


async def test_a_page_costs_few_queries(system: System, count_queries: Callable[[], list[str]]) -> None:
    case = await answered()
    hong = await opened_with_key(system, case)
    await page(hong, case)
    seen = count_queries()
    await page(hong, case)
    case_page = len(seen)
    seen.clear()
    await hong.get("/cases")
    own = len(seen)
    seen.clear()
    await page(system.visitor(), case)
    # Session; case, answers, files, words; events; officials' names; forums; visits. The reference data is kept.
    assert case_page <= 9, seen
    assert own <= 2
    assert len(seen) <= 5


async def test_ones_own_cases_are_found_without_reading_all_cases(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await filed()
    asked: list[tuple[str, tuple[object, ...]]] = []
    fetch = database.fetch

    async def noted(sql: str, *values: object) -> Any:
        if "petition_case" in sql:  # and not what the hub asks meanwhile
            asked.append((sql, values))
        return await fetch(sql, *values)

    monkeypatch.setattr(database, "fetch", noted)
    (own,) = await following.own_cases({case.reference}, "hong@example.org")
    assert own.reference == case.reference
    ((sql, values),) = asked
    async with database.transaction():
        if database.dialect() == "sqlite":
            plan = [row["detail"] for row in await fetch(f"EXPLAIN QUERY PLAN {sql}", *values)]
            assert not any(step.startswith("SCAN pet") for step in plan), plan
        else:
            await database.execute("SET LOCAL enable_seqscan = off")
            plan = [row["QUERY PLAN"] for row in await fetch(f"EXPLAIN {sql}", *values)]
            assert not any("Seq Scan on pet" in step for step in plan), plan
