"""A citizen files a petition on the website: typing, checking, sending, and the receipt in their hands."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from petitions.kinds import PLAIN
from petitions.models import Case, Petitioner
from petitions.reference import forget
from petitions.rules import Kind
from server.core import clock, references
from server.core.i18n import translate
from server.core.ledger import read
from tests.support import page_forms
from tests.support.answers import answer
from tests.support.markup import Element, parse
from tests.support.page_forms import Value, form, post_without_page
from tests.support.system import System

BACK = "돌아가서 고치기"
WORDS: dict[str, str] = {
    "title": "집 앞 가로등이 꺼졌어요",
    "body": "중앙구 한빛로 12 앞 도로의 가로등이 사흘째 켜지지 않습니다.\n밤에 위험합니다.",
    "address": "중앙구 한빛로 12",
    "lat": "37.5",
    "lng": "127.0",
    "name": "홍길동",
    "email": "hong@example.org",
    "language": "ko",
    "public": "on",
}


def shown(page: Element, path: str = "") -> page_forms.Form:
    """The form of a page that files, or of the page that checks it."""
    return page_forms.form_on(page, f"http://127.0.0.1:8000{path}", path, field="go")


def held(page: Element) -> dict[str, str]:
    """What the form of a page would send."""
    return {name: values[0] for name, values in shown(page).values.items()}


async def filled(client: httpx.AsyncClient, page: Element, button: str = "check", **changes: Value) -> httpx.Response:
    """Fill in the form of a page, with the place that the map's script writes, and press a button."""
    typed = {**WORDS, **changes}
    spot = {name: str(typed.pop(name)) for name in ("lat", "lng")}
    return await led_on(client, await page_forms.send(client, shown(page).scripted(**spot), button=button, **typed))


async def led_on(client: httpx.AsyncClient, response: httpx.Response) -> httpx.Response:
    """The page that a form leads to: what succeeds redirects."""
    return await client.get(response.headers["location"]) if response.status_code == 303 else response


async def blank(client: httpx.AsyncClient, language: str = "ko") -> Element:
    """The page on which one files."""
    return parse((await client.get(f"/petitions/new?lang={language}")).text)


async def check(system: System, **changes: str) -> Element:
    """Fill the form in and press "check it"."""
    kind, service = changes.pop("kind", "other"), changes.pop("service", "")
    response = await filled(system.client, await blank(system.client), **changes)
    assert response.status_code == 200, response.text
    page = parse(response.text)
    return await with_kind(system.client, page, kind, service) if kind else page


async def with_kind(client: httpx.AsyncClient, page: Element, kind: str, service: str = "") -> Element:
    """Choose another kind than the proposed one on the page that checks."""
    chosen = await page_forms.send(client, shown(page, "/kind"), button="kind", kind=kind, service=service)
    assert chosen.status_code == 303, chosen.text
    return parse((await led_on(client, chosen)).text)


async def send(system: System, page: Element) -> httpx.Response:
    """Press "send" on the page on which one checks."""
    response = await page_forms.send(system.client, shown(page, "/check"), button="send")
    assert response.status_code == 303, response.text
    return await led_on(system.client, response)


async def back_to_form(client: httpx.AsyncClient, page: Element) -> Element:
    """Follow the link of the page that checks, back to the form."""
    [link] = [a for a in page.all("a") if a.text == BACK]
    return parse((await client.get(link.attrs["href"])).text)


def codes(page: Element) -> tuple[str, str]:
    """The number and the key of a receipt."""
    return page.one("code", id="reference").text, page.one("code", id="key").text


async def test_a_citizen_files_and_holds_a_receipt(system: System) -> None:
    with clock.at(datetime(2026, 3, 4, 1, 30, tzinfo=UTC)):
        new = await system.client.get("/petitions/new")
        assert "no-store" not in new.headers["cache-control"], "the back button would forget what was typed"
        page = await check(system)
        commitment = page.one("section", class_="expected").text
        assert "도로과" in commitment
        assert "한후견" in commitment
        assert "2026년 3월 4일 (수) 오후 2:30" in commitment
        assert await Case.all().count() == 0, "checking files nothing"
        response = await send(system, page)
        assert response.status_code == 200
    receipt = parse(response.text)
    number, key = codes(receipt)
    case = await Case.get(reference=number)
    assert (case.title, case.kind, case.district, case.public) == (WORDS["title"], "other", "central", True)
    assert case.body == WORDS["body"]
    assert case.key_hash == references.key_hash(key), "the key that is shown opens the case"
    assert [entry.kind for entry in await read(f"case/{number}")][:2] == ["case.received", "case.routed"]
    text = receipt.text
    for words in ("접수증", "홍길동", "hong@example.org", "한후견", "오후 2:30"):
        assert words in text, words
    assert "no-store" in response.headers["cache-control"]
    assert receipt.one("div", class_="qr-picture").all("svg")

    # The same browser opens the receipt again without the key; another one does not.
    again = await system.client.get(f"/cases/{number}/receipt")
    assert number in again.text
    assert key not in again.text
    assert (await system.visitor().get(f"/cases/{number}/receipt")).status_code == 404
    keyed = await system.visitor(**{"x-access-key": key.lower()}).get(f"/cases/{number}/receipt")
    assert keyed.status_code == 200


async def test_a_double_click_or_a_reload_files_once_and_shows_the_same_key(system: System) -> None:
    page = await check(system)
    first, second = await send(system, page), await send(system, page)
    assert codes(parse(first.text)) == codes(parse(second.text))
    assert await Case.all().count() == 1


async def test_mending_the_text_after_sending_files_another_one(system: System) -> None:
    form_page = await blank(system.client)
    page = parse((await filled(system.client, form_page)).text)
    first = await send(system, page)
    sent = await back_to_form(system.client, page)
    assert sent.text == "", "what was sent is not kept: its address leads to the receipt"
    mended = await filled(
        system.client, form_page, title="다른 가로등도 꺼졌어요"
    )  # the form, as the back button shows it
    second = await send(system, parse(mended.text))
    assert codes(parse(first.text)) != codes(parse(second.text))
    assert await Case.all().count() == 2


async def test_sending_without_the_check_pages_token_only_checks(system: System) -> None:
    response = await post_without_page(system.client, "/petitions/new", data={**WORDS, "go": "send"})
    response = await led_on(system.client, response)
    assert response.status_code == 200
    assert parse(response.text).all("section", class_="expected")
    assert await Case.all().count() == 0


async def test_going_back_to_change_something_keeps_everything(system: System) -> None:
    fields = held(await back_to_form(system.client, await check(system)))
    assert {name: fields.get(name) for name in WORDS if name != "language"} == {
        name: value for name, value in WORDS.items() if name != "language"
    }


async def test_everything_wrong_is_said_at_once_and_beside_its_field(system: System) -> None:
    wrong = {
        "title": "", "body": "가", "email": "hong@", "phone": "12", "language": "xx",
        "lat": "NaN", "lng": "127",
    }  # fmt: skip
    response = await post_without_page(system.client, "/petitions/new", data={**WORDS, **wrong})
    assert response.status_code == 422
    page = parse(response.text)
    summary = page.one("div", class_="error-summary")
    assert {a.attrs["href"] for a in summary.all("a")} == {
        f"#field-{name}" for name in ("title", "body", "address", "email", "phone", "language")
    }
    for link in summary.all("a"):
        field = page.one(None, id=link.attrs["href"][1:])
        assert field.attrs.get("aria-invalid") == "true", link.attrs["href"]
    assert held(page)["name"] == "홍길동", "what was right is kept"
    assert page.one("title").text.startswith("오류")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "널\0문자"}, "title"),
        ({"title": "\u202e\u3164"}, "title"),
        ({"title": "a" * 300_000}, "title"),
        ({"kind": "miracle"}, "kind"),
        ({"kind": "statutory", "service": "nothing"}, "service"),
        ({"lat": "1e400"}, "address"),
        ({"lat": "91"}, "address"),
        ({"body": "제 번호는 900101-1234567 입니다"}, "body"),
        ({"address": "마이넘버 1234 5678 9018"}, "address"),
        ({"name": "900101-1234567"}, "name"),
    ],
)
async def test_what_cannot_be_taken_is_refused_at_its_field(
    system: System, changes: dict[str, str], field: str
) -> None:
    page = await back_to_form(system.client, await check(system))
    for url in ("/petitions/new", shown(page).url):
        forged = {**held(page), **changes, "go": "check"}
        response = await post_without_page(system.client, url, data=forged)
        assert response.status_code == 422
        assert f'href="#field-{field}"' in response.text
    assert await Case.all().count() == 0


async def test_a_citizen_cannot_claim_to_file_at_the_counter(system: System) -> None:
    response = await post_without_page(system.client, "/petitions/new", data={**WORDS, "channel": "visit"})
    assert response.status_code == 422


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 422),
        (b"--x\r\nbroken", "multipart/form-data", 400),
        (b'{"title": "a"}', "application/json", 415),
        (b"title=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"title=" + b"a" * 1_100_000, "application/x-www-form-urlencoded", 413),
    ],
)
async def test_a_broken_form_is_refused_politely(system: System, content: bytes, kind: str, status: int) -> None:
    response = await post_without_page(system.client, "/petitions/new", content=content, headers={"content-type": kind})
    assert response.status_code == status
    assert "120" in response.text
    assert await Case.all().count() == 0


async def test_who_gives_no_name_is_told_that_it_is_a_tip(system: System) -> None:
    page = await check(system, kind="", name="", email="")
    assert "종류: 제보(이름·연락처 없음)" in page.one("div", class_="tone-warning").text
    assert "기한" not in page.one("section", class_="expected").text
    receipt = parse((await send(system, page)).text)
    case = await Case.get(reference=codes(receipt)[0])
    assert (case.kind, case.due_at) == ("report", None)
    assert (await system.client.get(f"/cases/{case.reference}/due.ics")).status_code == 404


async def test_numbers_that_may_be_sent_are_pointed_out_first(system: System) -> None:
    page = await check(system, body="제 전화는 010-1234-5678 입니다. 버스 1711번이 안 와요.")
    warning = page.one("div", class_="tone-warning").text
    assert "010-****-5678" in warning
    assert "1711" not in warning


async def test_who_does_not_know_the_kind_leaves_it_to_the_city(system: System) -> None:
    page = await check(system, kind="", title="여권은 어떻게 신청하나요", body="어디서 무엇을 내야 하는지 궁금합니다.")
    case = await Case.get(reference=codes(parse((await send(system, page)).text))[0])
    assert case.kind == "inquiry"


async def test_the_questions_lead_to_every_kind_and_keep_what_was_typed(system: System) -> None:
    found = set()

    async def ask(response: httpx.Response) -> None:
        if response.status_code == 303:
            response = await led_on(system.client, response)
            page = parse(response.text)
            assert WORDS["title"] in page.text
            [chosen] = [e for e in page.all("input", name="kind") if "checked" in e.attrs]
            found.add(chosen.attrs["value"])
            return
        page = parse(response.text)
        for button in page.all("button", class_="button-primary"):
            await ask(await page_forms.send(system.client, shown(page, "/kind"), button=button.attrs["value"]))

    page = await check(system, kind="")
    await ask(await page_forms.send(system.client, shown(page, "/kind"), button="ask:permit"))
    assert found == {"statutory", "grievance", "inquiry_law", "inquiry", "suggestion", "other"}


async def test_the_kind_is_proposed_and_changed_where_everything_is_checked(system: System) -> None:
    assert not (await blank(system.client)).all("input", name="kind"), "the form does not ask for it"
    page = await check(system, kind="", title="여권은 어떻게 신청하나요", body="어디서 무엇을 내야 하는지 궁금합니다.")
    assert page.one("form", id="kind").one("strong").text == translate("ko", PLAIN[Kind.INQUIRY][0])
    refused = await page_forms.send(system.client, shown(page, "/kind"), button="kind", kind="statutory")
    assert refused.status_code == 422
    again = parse(refused.text)
    assert again.one(None, id="field-service").attrs["aria-invalid"] == "true"
    assert "open" in again.one("form", id="kind").one("details").attrs
    page = await with_kind(system.client, again, "suggestion")
    form = await back_to_form(system.client, page)
    assert held(form)["kind"] == "suggestion", "it stays while something else is changed"
    case = await Case.get(reference=codes(parse((await send(system, page)).text))[0])
    assert case.kind == "suggestion"


async def test_an_application_under_a_law_shows_its_period(system: System) -> None:
    with clock.at(datetime(2026, 7, 15, 2, 20, tzinfo=UTC)):
        page = await check(system, kind="statutory", service="road_occupation")
        assert "2026년 7월 23일 (목) 오전 11:20" in page.one("section", class_="expected").text
        receipt = parse((await send(system, page)).text)
    assert "도로점용 허가" in receipt.one("section", class_="certificate").text


async def test_the_due_date_goes_into_a_calendar(system: System) -> None:
    with clock.at(datetime(2026, 7, 15, 0, 0, tzinfo=UTC)):
        page = await check(system, kind="grievance", title="부당한, 처분; 이의")
        number, _key = codes(parse((await send(system, page)).text))
        response = await system.client.get(f"/cases/{number}/due.ics")
    assert response.headers["content-type"].startswith("text/calendar")
    assert response.headers["content-disposition"].startswith("attachment")
    lines = response.content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    text = response.text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20260724" in text
    assert "DTEND" not in text, "nobody knows an end (RFC 5545, 3.8.2.2)"
    assert f"/cases?reference={number}" in text


async def test_a_moment_in_a_calendar_has_no_end(system: System) -> None:
    with clock.at(datetime(2026, 7, 15, 0, 0, tzinfo=UTC)):
        number, _key = codes(parse((await send(system, await check(system, kind="other"))).text))
        text = (await system.client.get(f"/cases/{number}/due.ics")).text
    assert "DTSTART:20260715T030000Z" in text
    assert "DTEND" not in text


async def test_a_japanese_resident_reads_and_files_in_japanese(system: System) -> None:
    page = await blank(system.client, "ja")
    assert page.one("html").attrs["lang"] == "ja"
    fields = {
        "title": "在留カードの住所変更",
        "body": "手続きを教えてください。",
        "name": "山田花子",
        "language": "ja",
    }
    check_page = parse((await filled(system.client, page, **fields)).text)
    assert "佐藤美咲" in check_page.one("section", class_="expected").text
    receipt = parse((await send(system, check_page)).text)
    case = await Case.get(reference=codes(receipt)[0])
    assert case.language == "ja"
    assert "受付" in receipt.text


@pytest.mark.parametrize("channel", ["phone", "visit", "mail", "letter"])
async def test_an_official_files_for_somebody(system: System, channel: str) -> None:
    desk = await system.official("clerk")
    new = await desk.get("/desk/petitions/new")
    assert new.status_code == 200
    typed = {name: value for name, value in WORDS.items() if name not in {"lat", "lng"}}
    page = await page_forms.send(desk, form(new, "/petitions/new"), button="check", channel=channel, **typed)
    page = await led_on(desk, page)
    receipt = await led_on(desk, await page_forms.send(desk, form(page, "/check"), button="send"))
    number, _key = codes(parse(receipt.text))
    case = await Case.get(reference=number)
    assert case.channel == channel
    assert case.filed_by_id
    assert (await read(f"case/{number}"))[0].actor == f"official:{case.filed_by_id}"


async def test_only_who_may_file_opens_the_desks_form(system: System) -> None:
    assert (await system.client.get("/desk/petitions/new")).status_code in {303, 401}
    guide = await system.official("guide")
    assert (await guide.get("/desk/petitions/new")).status_code == 403
    assert (await post_without_page(guide, "/desk/petitions/new", data=WORDS)).status_code == 403
    assert await Case.all().count() == 0


async def test_suggestions_name_the_department_and_answered_cases(system: System) -> None:
    number, _key = codes(parse((await send(system, await check(system))).text))
    await answer(number, "가로등을 고쳤습니다.")
    fragment = await system.client.get("/petitions/suggest", params={"title": "우리 집 가로등이 안 켜져요", "body": ""})
    assert "도로과" in fragment.text
    assert f"/cases/{number}" in fragment.text
    other = await system.client.get("/petitions/suggest", params={"title": "재산세 고지서가 틀려요"})
    assert "세무과" in other.text
    assert number not in other.text
    assert (await system.client.get("/petitions/suggest", params={"title": "a\0b"})).status_code == 422


async def test_each_page_asks_the_database_little(system: System, count_queries: Callable[[], list[str]]) -> None:
    forget()
    page = await check(system)
    statements = count_queries()

    async def cost(action: Any) -> int:
        statements.clear()
        assert (await action).status_code == 200
        return len(statements)

    assert await cost(system.visitor().get("/petitions/new")) == 0
    visitor = system.visitor()
    assert await cost(filled(visitor, await blank(visitor))) <= 5, "kept by one request, read by the next, answers"
    assert await cost(system.visitor().get("/petitions/suggest", params={"title": "가로등 도로 포트홀 수리"})) <= 14
    filing = await cost(send(system, page))
    assert filing <= 45, filing
    assert await Petitioner.filter(name="홍길동").count() == 1
