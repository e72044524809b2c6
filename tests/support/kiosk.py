"""A kiosk in a browser, for its tests: an office with clerks, a device that is set up, what a scanner types."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from server.core import clock
from server.core.days import today
from tests.support.chromium import OpenPage, axe
from tests.support.running_clock import running_from
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import booking
from tracking.visits.models import CounterService, Device, Office, Visit
from tracking.visits.queries import offices, visits
from tracking.visits.states import Printer

SHOTS = os.environ.get("SHOTS", "")
"""Where pictures of the steps go, for whoever wants to look at them."""
PIN = "2468"
SCREENS = {"kiosk": (1080, 1920), "tablet": (768, 1024)}
LANGUAGES = ("ko", "ja", "en")


async def an_open_office() -> None:
    """An office with three services and its clerks there."""
    await an_office({"1": ["passport", "moving"], "2": ["passport", "seal"]}, days=[today()])
    names = {
        "passport": ("여권 신청·재발급", "Passport", "旅券の申請"),
        "moving": ("전입신고", "Moving in", "転入届"),
        "seal": ("인감증명서", "Seal certificate", "印鑑証明"),
    }
    for code, (ko, en, ja) in names.items():
        await CounterService.filter(code=code).update(name=ko, name_en=en, name_ja=ja)
    await Office.filter(code="east").update(name_en="East Service Centre", name_ja="東部市民センター")
    offices.forget()


async def enrolment_code(site: System, **device: Any) -> str:
    """The code that enrols a new kiosk."""
    admin = await site.official("admin")
    body = {"kind": "kiosk", "name": "입구", **device}
    made = await admin.post("/api/v1/desk/offices/east/devices", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["enrolment_code"])


async def enrol(site: System, page: Page, **device: Any) -> None:
    """Set up the kiosk as an administrator does who stands before it."""
    code = await enrolment_code(site)
    await Device.all().update(**device) if device else None
    await page.goto("/kiosk/east")
    await expect(page.get_by_role("heading", name="키오스크 설정")).to_be_visible()
    await page.locator("#kiosk-enrolment").focus()
    await page.keyboard.type(code.replace("-", ""), delay=1)
    await page.locator("#kiosk-new-pin").focus()
    for one in PIN:
        await page.locator("[data-step=enrol] .kiosk-key", has_text=one).click()
    await page.get_by_role("button", name="설정하기").click()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()


async def a_kiosk(site: System, open_page: OpenPage, **device: Any) -> Page:
    """A kiosk that was set up before, at its start."""
    await an_open_office()
    code = await enrolment_code(site)
    await Device.all().update(**{"printer": Printer.NONE, **device})
    answer = await site.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": code})
    kept = json.dumps({"office": "east", "token": answer.json()["device_token"]})
    page = await open_page(width=1080, base_url=site.url)
    await page.set_viewport_size({"width": 1080, "height": 1920})
    await page.add_init_script(
        f"localStorage.getItem('kiosk.device') ?? localStorage.setItem('kiosk.device', '{kept}')"
    )
    await page.goto("/kiosk/east")
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()
    return page


async def a_reservation(start: str = "09:15") -> booking.Booked:
    """A reservation of this morning, made some days ago."""
    day = today()
    with clock.at(at(start, day) - timedelta(days=4)):
        return await booking.book_now(await wish(start=start, day=day), contact("kim"))


async def qr(made: booking.Booked) -> str:
    """Its QR code."""
    return visits.qr(made.number, (await Visit.get(number=made.number)).revision)


async def until(page: Page, done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what only the database knows."""
    async with asyncio.timeout(20):
        while not await done():
            await page.wait_for_timeout(100)


async def take(page: Page, service: str = "passport") -> str:
    """Take a number without a reservation."""
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await page.locator(f"[data-service={service}]").click()
    await expect(page.locator("[data-number]")).not_to_be_empty()
    return await page.locator("[data-number]").inner_text()


SCAN = """([text, language]) => {
    for (const one of [...text, "Enter"]) {
        const code = one === "Enter" ? one : /[0-9]/.test(one) ? `Digit${one}` : one === "." ? "Period"
            : one === "-" ? "Minus" : `Key${one.toUpperCase()}`;
        const key = one === "Enter" ? one : language === "ko" && code.startsWith("Key") ? "Process" : one;
        const shiftKey = /[A-Z]/.test(one) && one.length === 1;
        const event = new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(event);
        if (one === "Enter" && !event.defaultPrevented) document.activeElement.click();
    }
}"""
"""What a scanner types within a moment; Chromium gives no characters while a Korean input method is on."""


async def everybody_can_use(page: Page, name: str) -> None:
    """The step as it is shown: in three languages, with nothing to scroll sideways, and large targets."""
    width = (page.viewport_size or {"width": 0})["width"]
    for language in LANGUAGES:
        await page.locator(f"[data-language={language}]").click()
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"{name}-{language}-{width}.png")
        wide, window = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= window, (name, language)
        small = await page.evaluate(
            "() => [...document.querySelectorAll('button, input')].filter(one => one.offsetParent)"
            ".filter(one => one.getBoundingClientRect().height < 64).map(one => one.outerHTML)"
        )
        assert not small, (name, small)
        if width == SCREENS["kiosk"][0]:  # the same elements on a smaller screen
            await axe(page)
    await page.locator("[data-language=ko]").click()


async def everybody_can_use_dialog(page: Page) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / "idle.png")
    await axe(page)


@pytest.fixture
def in_the_morning(site: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a Monday after opening."""
    monkeypatch.setattr(clock, "_machine", running_from(at("09:10")))
