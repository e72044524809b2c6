"""A kiosk that an administrator has locked while visitors use it, and one that has no numbers left."""

import pytest
from playwright.async_api import expect

from server.core import clock
from server.core.sessions import token_hash
from tests.support.chromium import OpenPage
from tests.support.kiosk import PIN, a_kiosk, an_open_office, enrol, enrolment_code, everybody_can_use, in_the_morning
from tests.support.system import System
from tracking.visits.actions import devices
from tracking.visits.models import CounterService, Device, Ticket, TicketSeries
from tracking.visits.queries import offices
from tracking.visits.states import DeviceKind

__all__ = ["in_the_morning"]
pytestmark = pytest.mark.usefixtures("in_the_morning")
GO_ON = ("창구로 가 주세요.", "窓口へお越しください。", "Please go to the counter.")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_visitors_read_where_to_go_and_staff_set_it_up_again(site: System, open_page: OpenPage) -> None:
    await an_open_office()
    page = await open_page(width=1080, base_url=site.url)
    await page.set_viewport_size({"width": 1080, "height": 1920})
    await enrol(site, page)
    await Device.all().update(token_hash=None)
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await page.locator("[data-service=passport]").click()
    await expect(page.get_by_role("heading", name="사용 중지")).to_be_visible()
    for words in GO_ON:
        await expect(page.locator("[data-step=locked]")).to_contain_text(words)
    await expect(page.locator("#kiosk-enrolment")).to_be_hidden()
    await everybody_can_use(page, "revoked")
    assert await Ticket.all().count() == 0
    await page.reload()
    await expect(page.get_by_role("heading", name="사용 중지")).to_be_visible()
    await page.get_by_role("button", name="직원").click()
    for one in PIN:
        await page.locator("[data-step=pin] .kiosk-key", has_text=one).first.click()
    await page.locator("[data-do=pin]").click()
    await expect(page.get_by_role("heading", name="키오스크 설정")).to_be_visible()
    await page.locator("#kiosk-enrolment").focus()
    await page.keyboard.type((await enrolment_code(site, name="다시")).replace("-", ""), delay=1)
    await page.locator("#kiosk-new-pin").focus()
    for one in PIN:
        await page.locator("[data-step=enrol] .kiosk-key", has_text=one).click()
    await page.get_by_role("button", name="설정하기").click()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_service_without_numbers_says_what_to_do_next(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    office = await offices.office("east")
    await TicketSeries.create(office_id=office.id, class_code="", prefix="", lowest=1, highest=999, most_daily=1)
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await page.locator("[data-service=passport]").click()
    await page.get_by_role("button", name="확인했습니다").click()
    await CounterService.filter(code="moving").update(bookable=False)
    offices.forget()
    await page.reload()
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    said = {"passport": "다른 날로 예약하실 수 있습니다.", "moving": "다른 날 방문해 주세요. 급하시면 창구에"}
    for service, words in said.items():
        await expect(page.locator(f"[data-service={service}]")).to_be_disabled()
        await expect(page.locator(f"[data-service={service}]")).to_contain_text(words)
    await everybody_can_use(page, "no-more")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_demonstrations_kiosk_is_set_up_by_its_address(site: System, open_page: OpenPage) -> None:
    await an_open_office()
    page = await open_page(width=1080, base_url=site.url)
    await page.goto("/kiosk/east#demonstration")
    await expect(page.get_by_role("heading", name="키오스크 설정")).to_be_visible()
    office = await offices.office("east")
    token = devices.published_token(DeviceKind.KIOSK, "east")
    await Device.create(
        office_id=office.id, kind=DeviceKind.KIOSK, name="입구", token_hash=token_hash(token), enrolled_at=clock.now()
    )
    await page.reload()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()
    await page.get_by_role("button", name="직원").click()
    for one in "0000":
        await page.locator("[data-step=pin] .kiosk-key", has_text=one).first.click()
    await page.locator("[data-do=pin]").click()
    await expect(page.get_by_role("heading", name="직원용")).to_be_visible()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_keys_below_stand_on_one_line_in_each_language(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    for language in ("English", "日本語", "한국어"):
        await page.get_by_role("button", name=language).click()
        tops = await page.evaluate(
            "[...document.querySelectorAll('.kiosk-bar button')].filter((one) => one.offsetParent)"
            ".map((one) => Math.round((one.getBoundingClientRect().top + one.getBoundingClientRect().bottom) / 20))"
        )
        assert len({*tops}) == 1, (language, tops)
