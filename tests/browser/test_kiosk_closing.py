"""The kiosk late in the day, and what it tells who is next."""

import pytest
from playwright.async_api import Page, expect

from server.core import clock
from tests.support.answers import official
from tests.support.chromium import OpenPage
from tests.support.kiosk import a_kiosk, everybody_can_use, in_the_morning, take
from tests.support.running_clock import running_from
from tests.support.system import System
from tests.support.visits import at
from tracking.visits.actions import arriving, counters
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Counter, CounterService, Office
from tracking.visits.queries import offices
from tracking.visits.queue_forms import OpenCounter

__all__ = ["in_the_morning"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_will_not_be_called_before_closing_hears_it_before_taking_a_number(
    site: System, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_machine", running_from(at("16:30")))
    page = await a_kiosk(site, open_page)
    for _visitor in range(12):
        await arriving.walk_in(await offices.office("east"), ["passport"], Press())
    await page.reload()
    await page.get_by_role("button", name="예약하지 않았습니다").click()
    passport = page.locator("[data-service=passport]")
    await expect(passport).to_contain_text(
        "업무가 끝나는 오후 5:00 전에는 차례가 오지 않을 것으로 보입니다. 시간을 예약하시거나 다른 날 방문해 주세요."
    )
    await expect(passport).not_to_contain_text("분")
    await everybody_can_use(page, "services-late")
    await passport.click()
    await expect(page.locator("[data-number]")).to_have_text("13")
    await expect(page.locator("[data-wait]")).to_contain_text("오후 5:00 전에는")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("[data-wait]")).to_have_text(
        "It will probably not be your turn before we close at 5:00\u202fPM. Please book a time or come another day."
    )
    await page.get_by_role("button", name="日本語").click()
    await expect(page.locator("[data-wait]")).to_contain_text("17:00までには順番が来ない見込みです。")
    await everybody_can_use(page, "ticket-late")
    await CounterService.all().update(bookable=False)
    offices.forget()
    await shown_in_english(page, "Please come another day.")
    await Office.all().update(carry_over=True)
    offices.forget()
    await shown_in_english(page, "Your number is also valid on the next day on which we are open.")


async def shown_in_english(page: Page, words: str) -> None:
    """What the list of services says at its end, after the page was loaded again."""
    await page.reload()
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("button", name="I have no reservation").click()
    await expect(page.locator("[data-service=passport]")).to_contain_text(f"PM. {words}")


@pytest.mark.usefixtures("in_the_morning")
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_is_next_hears_how_long_it_takes_or_that_no_counter_is_open(
    site: System, open_page: OpenPage
) -> None:
    page = await a_kiosk(site, open_page)
    await take(page)
    await expect(page.locator("[data-position]")).to_have_text("다음 순서입니다.")
    await expect(page.locator("[data-wait]")).to_contain_text("창구가 열려 있지 않습니다")
    await page.get_by_role("button", name="확인했습니다").click()
    clerk = await official("clerk")
    for one in await Counter.all():
        await counters.open_counter(clerk, str(one.id), OpenCounter())
    for _visitor in range(4):
        await take(page)
        await page.get_by_role("button", name="확인했습니다").click()
    await take(page)
    await expect(page.locator("[data-wait]")).to_contain_text("분 기다리시게 됩니다")
