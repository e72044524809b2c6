"""A visitor without a reservation takes one number for several matters, with network and without."""

import pytest
from playwright.async_api import Page, expect

from tests.support.chromium import OpenPage
from tests.support.kiosk import a_kiosk, everybody_can_use, in_the_morning
from tests.support.system import System
from tracking.visits.models import CounterService, Office, Ticket, TicketMatter
from tracking.visits.queries import offices

__all__ = ["in_the_morning"]
pytestmark = pytest.mark.usefixtures("in_the_morning")


async def choose(page: Page, *services: str) -> None:
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await page.locator("[data-do=several]").click()
    for one in services:
        await page.locator(f"[data-service={one}]").click()


async def matters() -> list[list[str]]:
    """The services of each ticket, in their order."""
    known = {one.id: one.code for one in await CounterService.all()}
    return [
        [known[one.service_id] for one in await TicketMatter.filter(ticket_id=ticket.id).order_by("position")]
        for ticket in await Ticket.all().order_by("id")
    ]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_several_matters_have_one_number(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    await Office.filter(code="east").update(most_matters=2)
    offices.forget()
    await page.reload()
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await expect(page.locator("[data-do=several]")).to_contain_text("2가지까지")
    await everybody_can_use(page, "several-offered")
    await page.get_by_role("button", name="처음으로").click()
    await choose(page)
    await expect(page.get_by_role("heading", name="2가지까지 골라 주세요")).to_be_focused()
    await expect(page.locator("[data-do=take-chosen]")).to_be_disabled()
    for one in ("moving", "seal", "moving", "passport"):  # the third press lets the first go
        await page.locator(f"[data-service={one}]").click()
    pressed = {one: await page.locator(f"[data-service={one}]").get_attribute("aria-pressed")
               for one in ("passport", "moving", "seal")}  # fmt: skip
    assert pressed == {"passport": "true", "moving": "false", "seal": "true"}
    await expect(page.locator("[data-service=moving]")).to_be_disabled()
    await everybody_can_use(page, "several-chosen")
    await page.get_by_role("button", name="번호표 한 장 받기").click()
    await expect(page.locator("[data-number]")).to_have_text("1")
    await expect(page.locator("[data-ticket-service]")).to_have_text("인감증명서 · 여권 신청·재발급")
    await expect(page.locator("[data-keep]")).to_contain_text("이 번호 하나로 모든 업무를")
    await everybody_can_use(page, "several-ticket")
    assert await matters() == [["seal", "passport"]]
    await page.get_by_role("button", name="확인했습니다").click()
    await choose(page)
    await page.locator("[data-do=one]").click()
    await page.locator("[data-service=moving]").click()
    await expect(page.locator("[data-number]")).to_have_text("2")
    await expect(page.locator("[data-keep]")).to_be_empty()
    assert (await matters())[1] == ["moving"], "one press again"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_several_matters_without_network_and_an_office_that_allows_one(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    await page.wait_for_function("caches.open('kiosk').then((c) => c.keys()).then((k) => k.length > 15)")
    await page.context.set_offline(True)
    await choose(page, "moving", "passport")
    await page.locator("[data-do=take-chosen]").click()
    await expect(page.locator("[data-ticket-service]")).to_have_text("전입신고 · 여권 신청·재발급")
    number = await page.locator("[data-number]").inner_text()
    await page.get_by_role("button", name="확인했습니다").click()
    await page.context.set_offline(False)
    await expect(page.locator("[data-contact]")).to_be_empty(timeout=20_000)
    assert [one.number for one in await Ticket.all()] == [number]
    assert await matters() == [["moving", "passport"]]
    await Office.filter(code="east").update(most_matters=1)
    offices.forget()
    await page.reload()
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    await expect(page.locator("[data-service=passport]")).to_be_visible()
    await expect(page.locator("[data-several]")).to_be_hidden()
