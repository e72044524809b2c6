"""Dates, tickets and the door in a real browser: a citizen registers without scripts, a clerk finds her at the door."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from forums.actions import planning, registering, sessions
from forums.forms.places import KeepRecord, new_slots
from server.core import clock
from server.core.security import COOKIE
from tests.support.answers import official
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.forums import a_forum
from tests.support.places import a_session, somebody
from tests.support.system import PASSWORD, System

STAGE = {"first": "13:00", "last": "15:00", "stage": "이동무대 중앙시장 입구", "kept": "4"}
SHOTS = os.environ.get("SHOTS", "")
"""Where pictures of the pages go, for whoever wants to look at them."""


async def fits(page: Page, name: str, width: int) -> None:
    """Everybody can use the page, and nothing scrolls sideways."""
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    assert wide <= window, page.url
    await axe(page)


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_dates_tickets_and_the_door(site: System, open_page: OpenPage, width: int) -> None:
    me = await official("intake")
    slug = await a_forum(site, body="장을 보러 오는 사람이 줄었습니다. 무엇을 먼저 바꿀까요?")
    full, today = await a_session(slug, 1), await a_session(slug, 60, starts_in=timedelta(hours=3))
    await a_session(slug, 0, starts_in=timedelta(days=9))
    person, token = await somebody("김상인")
    _other, second = await somebody("이과일")
    code = await registering.register(person, today)
    await registering.register(person, full)
    await registering.register(_other, full)
    park, third = await somebody("박생선")
    await registering.register(park, full)
    corner = await a_forum(site, "speakers_corner")
    await planning.start(me, corner)
    day = str(clock.now().date() + timedelta(days=6))
    ids = await sessions.add(me, corner, new_slots({**STAGE, "day": day}))
    await registering.register(person, ids[0])
    with clock.at(clock.now() - timedelta(days=2)):
        over = await a_session(corner, 1, starts_in=timedelta())
    await sessions.keep_record(me, corner, over, KeepRecord("https://youtu.be/aqz-KE-bpKQ", "가로등을 고쳐 주세요."))

    page = await open_page(width=width, base_url=site.url)

    async def enter(key: str) -> None:
        await page.context.clear_cookies()
        await page.context.add_cookies([{"name": COOKIE, "value": key, "url": site.url}])

    await page.goto(f"/forums/{slug}/sessions/{today}")
    await fits(page, "session-nobody", width)
    await page.get_by_role("button", name="자리 신청하기").click()
    await enter(token)
    for name, address in {
        "forum": f"/forums/{slug}",
        "corner": f"/forums/{corner}",
        "slot": f"/forums/{corner}/sessions/{ids[1]}",
        "over": f"/forums/{corner}/sessions",
        "video": f"/forums/{corner}/sessions/{over}",
        "ticket": f"/forums/registrations/{code}",
        "give-back": f"/forums/registrations/{code}/give-back",
    }.items():
        await page.goto(address)
        await fits(page, name, width)
    await page.goto(f"/forums/{slug}/sessions/{full}")
    await page.get_by_role("link", name="내 신청 보기").click()
    await page.get_by_role("link", name="참석할 수 없습니다").click()
    await page.get_by_role("button", name="네, 취소합니다").click()
    heading = page.get_by_role("heading", level=1)
    for key, said, name in (
        ("", "참여 신청을 취소하셨습니다", "given-back"),
        (third, "대기 중입니다", "waiting"),
        (second, "자리가 났습니다", "offered"),
    ):
        if key:
            await enter(key)
            await page.goto(f"/forums/{slug}/sessions/{full}")
            await page.get_by_role("link", name="내 신청 보기").click()
        await expect(heading).to_have_text(said)
        await fits(page, name, width)
    await page.get_by_role("button", name="자리 받기").click()
    await expect(heading).to_have_text("신청되었습니다")


async def enter_desk(page: Page, username: str) -> None:
    await page.goto("/desk/sign-in")
    await page.locator("[name=username]").fill(username)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("[name=password]").press("Enter")
    await page.wait_for_url("**/desk")


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_planners_can_use_the_pages_of_dates(site: System, open_page: OpenPage, width: int) -> None:
    me = await official("intake")
    slug, corner = await a_forum(site), await a_forum(site, "speakers_corner")
    meeting = await a_session(slug, 60)
    await planning.start(me, corner)
    day = str(clock.now().date() + timedelta(days=6))
    ids = await sessions.add(me, corner, new_slots({**STAGE, "day": day}))
    await registering.register((await somebody("김상인"))[0], meeting)
    page = await open_page(width=width, base_url=site.url)
    await enter_desk(page, "intake")
    for name, address in {
        "desk-dates": f"/desk/forums/{slug}/sessions",
        "desk-slots": f"/desk/forums/{corner}/sessions",
        "desk-date": f"/desk/forums/{corner}/sessions/{ids[0]}/edit",
        "desk-cancel": f"/desk/forums/{slug}/sessions/{meeting}/cancel",
        "desk-check-in-before": f"/desk/forums/{slug}/sessions/{meeting}",
    }.items():
        await page.goto(address)
        await fits(page, name, width)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_clerk_finds_who_comes_and_checks_them_in_without_scripts(site: System, open_page: OpenPage) -> None:
    slug = await a_forum(site)
    today = await a_session(slug, 60, starts_in=timedelta())
    with clock.at(clock.now() - timedelta(days=1)):
        for name in ("김상인", "이과일", "박생선"):
            await registering.register((await somebody(name))[0], today)
    page = await open_page(width=PHONE, javascript=False, base_url=site.url)
    await enter_desk(page, "clerk")
    await page.goto(f"/desk/forums/{slug}/sessions/{today}")
    await page.get_by_label("이름 또는 참석 코드").fill("과일")
    await page.get_by_label("이름 또는 참석 코드").press("Enter")
    await page.get_by_role("button", name="출석 이과일").click()
    await expect(page.locator(".check-in-counts dd").first).to_have_text("1")
    await page.get_by_role("button", name="+10").click()
    await expect(page.locator(".check-in-counts dd").first).to_have_text("11")
    await fits(page, "door", PHONE)
    await page.get_by_role("button", name="되돌리기 이과일").click()
    await expect(page.locator(".check-in-counts dd").first).to_have_text("10")
