"""Where a petition is about: in words for people, on a small map, and within the city."""

import re
from typing import Any

import httpx
import pytest

from server.core.city import Landmark
from tests.support.answers import answer
from tests.support.markup import parse
from tests.support.page_forms import form, send, submit
from tests.support.system import System

SQUARE: dict[str, Any] = {
    "name": "종루광장", "name_ja": "鍾楼広場", "name_en": "Jongnu Square", "lat": 37.5, "lng": 127.0,
}  # fmt: skip
BESIDE = {"lat": 37.5051, "lng": 127.0012}
OUTSIDE = {"lat": 35.1, "lng": 129.0}
PETITION = {
    "title": "가로등이 꺼졌어요", "body": "집 앞 도로의 가로등이 사흘째 켜지지 않습니다.", "name": "홍길동",
    "email": "hong@example.org",
}  # fmt: skip
COORDINATES = re.compile(r"\b37\.\d{3,}|\b127\.\d{3,}")


async def checked(browser: httpx.AsyncClient, spot: dict[str, float], language: str = "ko", **typed: str) -> Any:
    blank = form(await browser.get(f"/petitions/new?lang={language}"), "/petitions/new")
    shown = blank.scripted(**{name: str(value) for name, value in spot.items()})
    return await send(browser, shown, button="check", **{**PETITION, **typed})


@pytest.mark.parametrize(
    ("language", "words"),
    [("ko", "중앙구, 종루광장 근처"), ("ja", "中央区, 鍾楼広場付近"), ("en", "Central, near Jongnu Square")],
)
async def test_a_point_is_said_in_words_on_every_page_and_mail(system: System, language: str, words: str) -> None:
    await Landmark.create(**SQUARE)
    browser = system.visitor(**{"accept-language": language})
    check = await browser.get((await checked(browser, BESIDE, language)).headers["location"])
    assert words in check.text
    receipt = await browser.get((await send(browser, form(check, "/check"), button="send")).headers["location"])
    assert words in receipt.text
    number = parse(receipt.text).all(class_="code-value")[0].text
    intake = await system.official("intake")
    await intake.get(f"/desk?lang={language}")
    await system.work()
    await answer(number)
    await system.work()
    pages = {
        path: (await reader.get(path)).text
        for reader, path in (
            (browser, f"/cases/{number}"), (browser, f"/cases/{number}/receipt"), (intake, f"/desk/cases/{number}"),
        )
    }  # fmt: skip
    for path, text in pages.items():
        assert words in text, path
    mails = [
        part.get_content() for mail in system.mails() for part in mail.walk() if part.get_content_type()[:4] == "text"
    ]
    assert mails
    for text in (*pages.values(), receipt.text, *mails):
        assert not COORDINATES.search(re.sub("<(input|div)[^>]*>", "", text))
    for path in (f"/cases/{number}", f"/desk/cases/{number}"):
        assert "place-pin" in pages[path], path


async def test_an_address_is_said_with_its_district_once(system: System) -> None:
    receipt = await system.file(location={"lat": 37.5, "lng": 127.0, "address": "한빛로 12"})
    petitioner = system.visitor()
    await submit(petitioner, "/cases", "/cases", reference=receipt["reference"], key=receipt["access_key"])
    assert "중앙구, 한빛로 12" in (await petitioner.get(f"/cases/{receipt['reference']}")).text
    receipt = await system.file(location={"address": "중앙구 한빛로 12"})
    await submit(petitioner, "/cases", "/cases", reference=receipt["reference"], key=receipt["access_key"])
    assert "중앙구, 중앙구" not in (await petitioner.get(f"/cases/{receipt['reference']}")).text


async def test_the_public_reads_the_district_only(system: System) -> None:
    receipt = await system.file(location={**BESIDE, "address": "한빛로 12"}, public=True)
    await answer(receipt["reference"])
    text = (await system.visitor().get(f"/cases/{receipt['reference']}")).text
    assert "중앙구" in text
    assert "한빛로" not in text
    assert "place-map" not in text


async def test_a_place_outside_the_city_is_said_at_once(system: System) -> None:
    refused = await checked(system.client, OUTSIDE, "en")
    assert refused.status_code == 422
    assert "This place is outside the city." in parse(refused.text).one(class_="error-summary").text
    told = await system.client.post(
        "/api/v1/petitions",
        json={"title": "가로등", "body": "꺼졌습니다.", "location": OUTSIDE},
        headers={"accept-language": "en"},
    )
    assert told.status_code == 422
    (error,) = told.json()["errors"]
    assert error["field"] == "location.lat"
    assert error["message"].startswith("This place is outside the city.")
    asked = await system.client.get("/petitions/place", params={**OUTSIDE, "lang": "en"})
    assert asked.json()["outside"] is True
    assert asked.json()["words"].startswith("This place is outside the city.")


async def test_a_typed_address_is_found_by_its_street_or_district(system: System) -> None:
    await Landmark.create(**SQUARE)
    await Landmark.create(name="종루광장로", lat=37.45, lng=126.95)

    async def found(address: str) -> dict[str, Any]:
        answered: dict[str, Any] = (await system.client.get("/petitions/place", params={"address": address})).json()
        return answered

    assert (await found("종루광장 앞 가로등"))["lat"] == 37.5
    assert (await found("종루광장로 12"))["lat"] == 37.45, "the longer name"
    assert (await found("near jongnu square"))["words"] == "중앙구, 종루광장"
    assert (await found("중앙구 어딘가"))["lat"] == pytest.approx(37.5)
    assert await found("모르는 곳") == {"lat": None, "lng": None, "words": "", "outside": False}
    assert (await system.client.get("/petitions/place?lat=91&lng=1")).status_code == 422
