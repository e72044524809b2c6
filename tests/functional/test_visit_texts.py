"""What an office writes for its visitors, in their language; where that is missing, in Korean and marked as such."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from server.core import clock
from server.core.texts import read_spool
from tests.support.page_forms import submit
from tests.support.stories import to
from tests.support.system import System
from tests.support.visit_pages import week
from tests.support.visits import an_office, at, next_monday, wish
from tracking.visits.actions import booking
from tracking.visits.actions.booking import Contact
from tracking.visits.models import CounterService, Office, Opening
from tracking.visits.queries import offices

SETTINGS = "/desk/offices"
SAID = {
    "address": ("중앙로 1", "中央路1", "1 Jungang-ro"),
    "directions": ("2번 출구", "2番出口", "Exit 2"),
    "reception": ("번호표를 뽑으세요.", "番号札をお取りください。", "Please take a number."),
    "elsewhere": ("대리인은 안 됩니다.", "代理の方はできません。", "Not on behalf of others."),
    "reason": ("전산 점검", "システムの点検", "Maintenance"),
}


def texts(*names: str) -> dict[str, Any]:
    return {
        f"{name}{suffix}": text for name in names for suffix, text in zip(("", "_ja", "_en"), SAID[name], strict=True)
    }


async def an_office_that_writes() -> None:
    office = await an_office({"1": ["passport"]}, **texts("directions", "reception"))
    await Office.filter(id=office.id).update(**texts("address"))
    await CounterService.filter(code="passport").update(name_en="Passport", **texts("elsewhere"))
    day = next_monday() + timedelta(days=2)
    await Opening.create(office_id=office.id, date=day, kind="maintenance", **texts("reason"))
    offices.forget()


async def reader(system: System, language: str) -> httpx.AsyncClient:
    """A browser whose reader has chosen a language."""
    browser = system.visitor()
    await browser.get(f"/?lang={language}")
    return browser


@pytest.mark.parametrize(("number", "language"), [(0, "ko"), (1, "ja"), (2, "en")])
async def test_visitors_read_them_in_their_language(system: System, number: int, language: str) -> None:
    await an_office_that_writes()
    browser = await reader(system, language)
    pages = (await browser.get("/offices/east")).text, (await browser.get("/visits?office=east")).text
    grid = (await week(browser)).text
    made = await booking.book_now(await wish("passport"), Contact("Kim", "kim@example.org", language=language))
    await system.work()
    (mail,) = to(system, "kim@example.org")
    letters = [str(part.get_content()) for kind in ("plain", "html") if (part := mail.get_body((kind,)))]
    await browser.get(re.findall(r"http://\S+(/v/\S+)", letters[0])[2])
    visit = (await browser.get(f"/visits/{made.number}")).text
    answer = await system.client.get("/api/v1/offices", headers={"accept-language": language})
    (office,) = answer.json()["items"]
    for name, where in {
        "address": (pages[0], grid, visit, *letters, office["address"]),
        "directions": (pages[0], visit, *letters, office["directions"]),
        "reception": (visit, *letters, office["reception"]),
        "elsewhere": (*pages, office["services"][0]["elsewhere"]),
        "reason": (pages[0], grid),
    }.items():
        for place in where:
            assert SAID[name][number] in place, (name, place)
            for other in {0, 1, 2} - {number}:
                assert SAID[name][other] not in place, (name, other, place)


async def test_a_text_that_is_missing_is_read_in_korean_and_says_so(system: System) -> None:
    await an_office_that_writes()
    await Office.all().update(directions_ja="", address="1-2-3", address_ja="")
    offices.forget()
    page = (await (await reader(system, "ja")).get("/offices/east")).text
    assert '<bdi lang="ko">2번 출구</bdi>' in page
    assert '">1-2-3</bdi>' not in page, "only a text that is in another language says so"
    assert '<bdi lang="ko">2번 출구</bdi>' not in (await system.visitor().get("/offices/east")).text


async def test_an_administrator_writes_them(system: System) -> None:
    await an_office_that_writes()
    admin = await system.official("admin")
    office, service = await Office.get(), await CounterService.get()
    wanted = {name: f"{text}!" for name, text in texts("address", "directions", "reception").items()}
    saved = await submit(admin, f"{SETTINGS}/{office.id}", f"/offices/{office.id}", **wanted)
    assert saved.status_code == 303, saved.text
    assert {name: getattr(await Office.get(), name) for name in wanted} == wanted
    wanted = {name: f"{text}!" for name, text in texts("elsewhere").items()}
    saved = await submit(admin, f"{SETTINGS}/services/{service.id}", f"/services/{service.id}", **wanted)
    assert saved.status_code == 303, saved.text
    assert {name: getattr(await CounterService.get(), name) for name in wanted} == wanted
    day = (next_monday() + timedelta(days=9)).isoformat()
    added = await submit(
        admin, f"{SETTINGS}/openings/new", "/new", office="east", date=day, kind="closed", **texts("reason")
    )
    assert added.status_code == 303, added.text
    assert (await Opening.get(date=day)).reason_en == "Maintenance"
    for page, words in {"": "1 Jungang-ro", "/openings": "Maintenance"}.items():
        assert words in (await admin.get(f"{SETTINGS}{page}?lang=en")).text, page


@pytest.mark.parametrize(
    ("language", "more", "end"),
    [("ko", " 외 2건", "변경, 취소:"), ("ja", "ほか2件", "取り消し："), ("en", " and 2 more", "change or cancel:")],
)
async def test_long_names_leave_a_text_message_whole(system: System, language: str, more: str, end: str) -> None:
    monday = date(2027, 3, 15)
    wanted = ("passport", "moving", "seal")
    office = await an_office({"1": wanted}, days=[monday])
    long = {"name": "민" * 80, "name_ja": "民" * 80, "name_en": "Civil Affairs 민원 " * 4}
    await Office.filter(id=office.id).update(**long)
    await CounterService.filter(code__in=wanted).update(**long)
    offices.forget()
    with clock.at(at("09:00", monday - timedelta(days=3))):
        who = Contact("Kim", phone="010-1234-5678", language=language)
        await booking.book_now(await wish(*wanted, day=monday), who)
        await system.work()
    (sent,) = [one.message for one in await read_spool(system.settings.spool, 10)]
    assert more in sent.body
    sentence, link = sent.body.split("\n")
    assert sentence.endswith(end), sentence
    assert "/v/" in link
