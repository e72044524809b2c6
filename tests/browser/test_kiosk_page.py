"""The kiosk in a real browser, at the size of its screen: every way in, what visitors are told, staff."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.async_api import Route, async_playwright, expect

from server.core.days import today
from tests.support.chromium import FLAGS, MISSING, OpenPage, axe, find
from tests.support.kiosk import (
    PIN,
    SCAN,
    SCREENS,
    a_kiosk,
    a_reservation,
    an_open_office,
    enrol,
    enrolment_code,
    everybody_can_use,
    in_the_morning,
    qr,
)
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits import api_kiosk
from tracking.visits.models import Office, Ticket, Visit

__all__ = ["in_the_morning"]
pytestmark = pytest.mark.usefixtures("in_the_morning")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_everybody_can_use_each_step(site: System, open_page: OpenPage, screen: str) -> None:
    await an_open_office()
    made = await a_reservation()
    width, height = SCREENS[screen]
    page = await open_page(width=width, base_url=site.url)
    await page.set_viewport_size({"width": width, "height": height})
    await page.goto("/kiosk/east")
    await everybody_can_use(page, "enrol")
    await enrol(site, page)
    await everybody_can_use(page, "start")
    await page.get_by_role("button", name="예약했습니다").click()
    await everybody_can_use(page, "scan")
    await page.evaluate(SCAN, ["https://example.org/something", "en"])
    await everybody_can_use(page, "refused")
    await page.get_by_role("button", name="예약번호와 확인번호 입력하기").click()
    await everybody_can_use(page, "type")
    await page.evaluate(SCAN, [await qr(made), "en"])
    await expect(page.locator("[data-arrival]")).to_contain_text("일찍 오셨습니다")
    await expect(page.locator("[data-arrival]")).to_contain_text("더 일찍 불러 드릴 수 있으니")
    await expect(page.locator("[data-wait]")).to_be_empty()
    await everybody_can_use(page, "checked-in")
    await page.get_by_role("button", name="확인했습니다").click()
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await expect(page.locator("[data-service]")).to_have_count(3)
    await everybody_can_use(page, "services")
    await page.locator("[data-service=moving]").click()
    await expect(page.locator("[data-number]")).to_have_text("2")
    await everybody_can_use(page, "ticket")
    await page.get_by_role("button", name="처음으로").click()
    await page.get_by_role("button", name="고대비").click()
    await page.get_by_role("button", name="글자 크게").click()
    await everybody_can_use(page, "contrast")
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await everybody_can_use(page, "contrast-services")
    await page.get_by_role("button", name="처음으로").click()
    await expect(page.locator("html")).not_to_have_attribute("data-contrast", "")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_staff_lock_and_unlock_it_with_their_pin(site: System, open_page: OpenPage) -> None:
    await an_open_office()
    page = await open_page(width=1080, base_url=site.url)
    await page.set_viewport_size({"width": 1080, "height": 1920})
    await enrol(site, page)
    assert PIN not in await page.evaluate("JSON.stringify(localStorage)")

    async def pin(typed: str) -> None:
        await page.get_by_role("button", name="직원").click()
        for one in typed:
            await page.locator("[data-step=pin] .kiosk-key", has_text=one).click()
        await page.get_by_role("button", name="Continue").or_(page.locator("[data-do=pin]")).click()

    await pin("1111")
    await expect(page.locator("[data-step=pin] [data-error]")).to_have_text("비밀번호가 맞지 않습니다.")
    await everybody_can_use(page, "pin")
    await pin(PIN)
    await expect(page.get_by_role("heading", name="직원용")).to_be_focused()
    await expect(page.locator("[data-panel]")).to_contain_text("20")
    await everybody_can_use(page, "panel")
    await page.get_by_role("button", name="키오스크 잠그기").click()
    locked = page.get_by_role("heading", name="사용 중지")
    await expect(locked).to_be_focused()
    await everybody_can_use(page, "locked")
    await page.reload()
    await expect(locked).to_be_visible()
    await expect(page.get_by_role("button", name="처음으로")).to_be_hidden()
    for _one in range(5):
        await pin("1111")
        await expect(page.locator("[data-step=pin] [data-error]")).not_to_be_empty()
    await pin(PIN)
    await expect(page.locator("[data-step=pin] [data-error]")).to_contain_text("시도가 너무 많습니다")
    await page.evaluate("localStorage.removeItem('kiosk.tries')")
    await pin(PIN)
    await page.get_by_role("button", name="키오스크 잠금 풀기").click()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_focused()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_scanner_checks_in_from_any_step_and_never_types_into_a_field(
    site: System, open_page: OpenPage
) -> None:
    page = await a_kiosk(site, open_page)
    made = await a_reservation()
    await page.get_by_role("button", name="예약했습니다").click()
    await page.get_by_role("button", name="예약번호와 확인번호 입력하기").click()
    await page.locator("#kiosk-number").focus()
    await page.keyboard.type("k7", delay=150)
    await expect(page.locator("#kiosk-number")).to_have_value("K7")
    await page.evaluate(
        "() => { window.filled = []; const field = HTMLInputElement.prototype;"
        "const { get, set } = Object.getOwnPropertyDescriptor(field, 'value');"
        "Object.defineProperty(field, 'value', { get, set(text) { filled.push(text); set.call(this, text); } }); }"
    )
    await page.evaluate(SCAN, [await qr(made), "ko"])
    await expect(page.locator("[data-number]")).to_have_text("1")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page.locator("[data-follow]")).to_be_visible()
    assert {*await page.evaluate("filled")} == {""}, "fields are emptied, nothing else"
    await expect(page.locator("[data-where]")).to_contain_text("창구")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("[data-where]")).to_have_text("Floor 1, counter 1, 2")
    await page.get_by_role("button", name="한국어").click()
    assert (await Ticket.get()).visit_id == (await Visit.get()).id
    await page.get_by_role("button", name="확인했습니다").focus()
    await page.evaluate(SCAN, [await qr(made), "ko"])
    await expect(page.locator("[data-number]")).to_have_text("1")
    assert await Ticket.all().count() == 1, "the Enter of a scan presses no button"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_number_and_key_are_typed_on_the_screen(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    made = await a_reservation()
    await page.get_by_role("button", name="예약했습니다").click()
    await page.get_by_role("button", name="예약번호와 확인번호 입력하기").click()
    for one in (made.number + made.key).replace("-", ""):
        await page.locator("[data-step=type] .kiosk-key", has_text=one).first.click()
    await expect(page.locator("#kiosk-number")).to_have_value(made.number)
    await expect(page.locator("#kiosk-key")).to_have_value(made.key)
    await page.locator("[data-step=type] .kiosk-key-delete").click()
    await page.locator("[data-do=check-in]").click()
    await expect(page.locator("[data-step=type] [data-error]")).to_contain_text("빠진 글자가 있습니다")
    wrong = "2" if made.key[-1] != "2" else "3"
    await page.locator("[data-step=type] .kiosk-key", has_text=wrong).first.click()
    await page.locator("[data-do=check-in]").click()
    await expect(page.get_by_role("heading", name="예약을 찾을 수 없습니다")).to_be_focused()
    await page.get_by_role("button", name="예약번호와 확인번호 입력하기").click()
    await expect(page.locator("#kiosk-key")).to_have_value("")
    await page.keyboard.type((made.number + made.key).replace("-", ""), delay=1)
    await page.locator("[data-do=check-in]").click()
    await expect(page.locator("[data-number]")).to_have_text("1")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_comes_late_or_with_the_wrong_code_hears_what_to_do(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    made = await a_reservation("10:30")
    visit, old = await Visit.get(), await qr(made)
    await Visit.filter(id=visit.id).update(revision=visit.revision + 1)
    await page.evaluate(SCAN, [old, "en"])
    await expect(page.get_by_role("heading", name="더 이상 쓸 수 없는 QR 코드입니다")).to_be_focused()
    new = await qr(made)
    await Visit.filter(id=visit.id).update(date=today() + timedelta(days=1))
    await page.evaluate(SCAN, [new, "en"])
    await expect(page.get_by_role("heading", name="다른 날의 예약입니다")).to_be_focused()
    await expect(page.locator("[data-detail]")).to_contain_text("예약은 ")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("[data-detail]")).to_contain_text("Your reservation is for")
    await page.get_by_role("button", name="한국어").click()
    west = await an_office({"1": ["passport"]}, code="west", days=[today()])
    await Visit.filter(id=visit.id).update(date=today(), office_id=west.id)
    await expect(page.locator("body")).not_to_have_attribute("data-busy", "")  # a scan meanwhile is not taken
    await page.evaluate(SCAN, [new, "en"])
    await expect(page.get_by_role("heading", name="다른 민원센터의 예약입니다")).to_be_focused()
    east, early = await Office.get(code="east"), at("08:00", today())
    await Visit.filter(id=visit.id).update(office_id=east.id, starts_at=early)
    await page.evaluate(SCAN, [new, "en"])
    await expect(page.locator("[data-arrival]")).to_contain_text("예약 시간이 지났습니다")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_refusal_that_the_page_has_no_words_for_is_told_in_the_servers(
    site: System, open_page: OpenPage
) -> None:
    page = await a_kiosk(site, open_page)
    made = await a_reservation("10:30")

    async def refuse(route: Route) -> None:
        title = "This reservation was moved." if "lang=en" in route.request.url else "옮긴 예약입니다."
        await route.fulfill(status=409, json={"code": "moved_elsewhere", "title": title})

    await page.route("**/check-in?*", refuse)
    await page.evaluate(SCAN, [await qr(made), "en"])
    await expect(page.get_by_role("heading", name="이 예약으로는 접수할 수 없습니다")).to_be_focused()
    await expect(page.locator("[data-detail]")).to_have_text("옮긴 예약입니다.")
    await expect(page.locator("[data-what-to-do]")).to_contain_text("예약 없이 번호표를 받거나")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("[data-detail]")).to_have_text("This reservation was moved.")
    await page.unroute_all(behavior="ignoreErrors")
    await Visit.all().update(state="cancelled")
    await page.evaluate(SCAN, [await qr(made), "en"])
    await expect(page.locator("[data-step=refused]")).to_contain_text("cancelled")
    await expect(page.locator("[data-step=refused]")).to_contain_text("take a number")
    await page.locator("[data-step=refused]").get_by_role("button", name="I have no reservation").click()
    await page.locator("[data-service=passport]").click()
    await expect(page.locator("[data-number]")).to_have_text("1")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_list_that_is_longer_than_the_screen_says_so_above_the_bar(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    more, back = page.locator("[data-more]"), page.locator("[data-kiosk-bar] [data-go=start]")
    await expect(more).to_be_hidden()
    await page.set_viewport_size({"width": 1080, "height": 900})
    await page.get_by_role("button", name="고대비").click()
    await page.get_by_role("button", name="글자 크게").click()
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    last = page.locator("[data-service]").last
    await expect(more).to_be_in_viewport(ratio=1)
    await expect(back).to_be_in_viewport(ratio=1)
    await everybody_can_use(page, "longer-than-the-screen")
    assert await page.evaluate("scrollY") == 0, "a press on the bar leaves the list where it is"
    while await more.is_visible():
        await more.dispatch_event("click")  # it may be gone in between: the screen has scrolled to the end
    await expect(last).to_be_in_viewport(ratio=1)
    await expect(back).to_be_in_viewport(ratio=1)
    below, bar = await last.bounding_box(), await page.locator("[data-kiosk-bar]").bounding_box()
    assert below
    assert bar
    assert below["y"] + below["height"] <= bar["y"], "the bar hides nothing at the end"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_double_press_and_a_restart_give_one_ticket(
    site: System, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await a_kiosk(site, open_page)
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await page.evaluate(
        "() => { const key = document.querySelector('[data-service=passport]'); key.click(); key.click(); }"
    )
    await expect(page.locator("[data-number]")).to_have_text("1")
    assert await Ticket.all().count() == 1
    await page.get_by_role("button", name="확인했습니다").click()

    given, restarted, answer = asyncio.Event(), asyncio.Event(), api_kiosk._at_kiosk

    async def late(*about: Any, **told: Any) -> api_kiosk.KioskTicket:
        found = await answer(*about, **told)
        given.set()
        await restarted.wait()
        return found

    monkeypatch.setattr(api_kiosk, "_at_kiosk", late)
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await page.locator("[data-service=moving]").click()
    await given.wait()
    await expect(page.locator("body")).to_have_attribute("data-busy", "")
    await page.reload()
    restarted.set()
    await expect(page.locator("[data-number]")).to_have_text("2")
    assert await Ticket.all().count() == 2


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_personal_pages_ask_before_they_go_back_and_nothing_stays(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    await page.clock.install()
    await page.reload()
    await page.get_by_role("button", name="예약했습니다").click()
    await page.get_by_role("button", name="예약번호와 확인번호 입력하기").click()
    await page.keyboard.type("K7QM9", delay=1)
    await page.clock.run_for(61_000)
    question = page.get_by_role("heading", name="아직 계십니까?")
    await expect(question).to_be_focused()
    await page.get_by_role("button", name="예, 시간이 더 필요합니다").click()
    await page.clock.run_for(30_000)
    await expect(question).to_be_hidden()
    await expect(page.locator("#kiosk-number")).to_have_value("K7Q-M9")
    await page.get_by_role("button", name="English").click()
    await page.clock.run_for(82_000)
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_focused()
    await expect(page.locator("#kiosk-number")).to_have_value("")
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await page.clock.run_for(62_000)
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_focused()


def fake_camera(path: Path, text: str) -> Path:
    """A recording for Chromium's camera in which somebody shows a QR code: 640 × 480, raw."""
    width, height, scale = 640, 480, 8
    rows = [[*row] for row in segno.make(text, error="m").matrix_iter(border=4)]
    side = len(rows)
    left, top = (width - side * scale) // 2, (height - side * scale) // 2
    picture = bytearray([200]) * (width * height)
    for y in range(side * scale):
        line = b"".join(bytes([16 if dark else 235]) * scale for dark in rows[y // scale])
        picture[(top + y) * width + left : (top + y) * width + left + len(line)] = line
    frame = b"FRAME\n" + bytes(picture) + bytes([128]) * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420mpeg2\n".encode() + frame * 4)
    return path


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_camera_reads_the_code_of_a_reservation(site: System, tmp_path: Path) -> None:
    await an_open_office()
    made = await a_reservation()
    recording = fake_camera(tmp_path / "qr.y4m", await qr(made))
    code = await enrolment_code(site)
    token = (await site.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": code})).json()["device_token"]
    program = find()
    if program is None:
        pytest.skip(MISSING)
    flags = (
        *FLAGS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={recording}",
    )  # fmt: skip
    async with async_playwright() as playwright:
        env: dict[str, str | float | bool] = {**os.environ, "LD_PRELOAD": ""}
        chromium = await playwright.chromium.launch(executable_path=program, args=flags, env=env)
        context = await chromium.new_context(viewport={"width": 1080, "height": 1920}, base_url=site.url)
        page = await context.new_page()
        await page.goto("/kiosk/east")
        kept = json.dumps({"office": "east", "token": token})
        await page.evaluate("(kept) => localStorage.setItem('kiosk.device', kept)", kept)
        await page.reload()
        await page.get_by_role("button", name="예약했습니다").click()
        await expect(page.locator("[data-number]")).to_have_text("1", timeout=20_000)
        assert await page.evaluate("document.querySelector('video').srcObject.getTracks()[0].readyState") == "ended"
        await page.goto("/offices/east")
        refused = await page.evaluate("navigator.mediaDevices.getUserMedia({video: true}).catch((error) => error.name)")
        assert refused == "NotAllowedError", "the camera is for kiosks only"
        await chromium.close()
    assert (await Ticket.get()).visit_id == (await Visit.get()).id


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_scripts_it_says_what_to_do(site: System, open_page: OpenPage) -> None:
    await an_open_office()
    page = await open_page(width=1080, javascript=False, base_url=site.url)
    await page.goto("/kiosk/east")
    await expect(page.get_by_role("heading", level=1)).to_have_text("이 키오스크에는 자바스크립트가 필요합니다")
    await axe(page)
