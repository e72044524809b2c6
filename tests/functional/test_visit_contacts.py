"""What a visitor gives to be reached by: numbers that are none, landlines, addresses in full-width letters."""

import pytest

from server.core.jobs import Job
from tests.support.page_forms import form, post_without_page, send
from tests.support.system import System
from tests.support.visit_pages import book, checked, code, confirm, follow, hold
from tests.support.visits import an_office
from tracking.visits.models import Visit

LANDLINE = {"name": "김민수", "email": "", "phone": "02-720-1234"}


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        ("900101-1234567", "주민등록번호"),
        ("9001011234567", "주민등록번호"),
        ("001203-3123456", "주민등록번호"),  # else a number in Egypt, with a prefix for calls abroad
        ("９００１０１－１２３４５６７", "주민등록번호"),
        ("02-120", "전화번호를 확인"),
        ("0101234567", "전화번호를 확인"),
    ],
)
async def test_a_number_that_is_no_phone_number_is_refused(system: System, phone: str, words: str) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    held = await hold(browser, "09:00")
    details = {"name": "김민수", "email": "", "phone": phone}
    answer = await send(browser, form(held, field="email"), button="check", **details)
    assert answer.status_code == 422
    assert words in answer.text
    here = held.url.path
    assert (await post_without_page(browser, here, data={"go": "confirm", **details})).status_code == 422
    assert not await Visit.exclude(phone="").exists()


async def test_a_landline_gets_no_messages_and_the_pages_say_so(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    check = await checked(browser, await hold(browser, "09:00"), **LANDLINE)
    assert "안내를 보낼 수 없습니다" in check.text
    booked = await confirm(browser, check)
    number = code(booked, "number")
    assert "02-720-1234은(는) 휴대전화 번호가 아니어서" in booked.text
    assert "보냈습니다" not in booked.text
    here = f"/visits/{number}"
    page = await browser.get(here)
    assert "휴대전화 번호가 아니어서" in page.text
    assert f"{here}/send" not in page.text
    before = await Job.all().count()
    answer = await follow(browser, await post_without_page(browser, f"{here}/send"))
    assert "휴대전화 번호가 아니어서" in answer.text
    assert "다시 보냈습니다" not in answer.text
    assert await Job.all().count() == before


async def test_a_mobile_number_gets_them(system: System) -> None:
    await an_office({"1": ["passport"]})
    browser = system.visitor()
    check = await checked(browser, await hold(browser, "09:00"), **{**LANDLINE, "phone": "010-1234-5678"})
    assert "보낼 수 없습니다" not in check.text
    assert "보낼 수 없습니다" not in (await confirm(browser, check)).text


async def test_an_address_in_full_width_letters_is_the_same_address(system: System) -> None:
    await an_office({"1": ["passport"]})
    number = code(await book(system.visitor(), "09:00", name="이", email="ｚ１＠example．org", phone=""), "number")
    assert (await Visit.get(number=number)).email == "z1@example.org"
    refused = await book(system.visitor(), "11:00", name="이", email="z1@example.org", phone="")
    assert refused.status_code == 409
