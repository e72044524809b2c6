"""A kiosk that has lost a part of what it had stored."""

import pytest
from playwright.async_api import expect

from tests.support.chromium import OpenPage
from tests.support.kiosk import an_open_office, enrol, everybody_can_use, in_the_morning
from tests.support.system import System

__all__ = ["in_the_morning"]
pytestmark = pytest.mark.usefixtures("in_the_morning")
LOST = (
    "new Promise((resolve, reject) => { const request = indexedDB.deleteDatabase('kiosk');"
    "request.onsuccess = resolve; request.onerror = request.onblocked = reject; })"
)
BLOCKS = "JSON.parse(localStorage.getItem('kiosk.state')).blocks.flatMap((one) => one.numbers)"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_kiosk_that_lost_its_storage_is_enrolled_again_and_gives_other_numbers(
    site: System, open_page: OpenPage
) -> None:
    await an_open_office()
    page = await open_page(width=1080, base_url=site.url)
    await page.set_viewport_size({"width": 1080, "height": 1920})
    await enrol(site, page)
    before = await page.evaluate(BLOCKS)
    await page.reload()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()
    await page.goto("/offices/east")
    await page.evaluate(LOST)
    await page.goto("/kiosk/east")
    await expect(page.get_by_role("heading", name="키오스크 설정")).to_be_visible()
    await expect(page.locator("[data-storage-lost]")).to_contain_text("다른 번호를 드립니다")
    await everybody_can_use(page, "storage-lost")
    assert await page.evaluate("localStorage.getItem('kiosk.state')") is None, "its numbers are not given again"
    await page.reload()
    await expect(page.locator("[data-storage-lost]")).to_be_visible()
    await enrol(site, page)
    await expect(page.locator("[data-storage-lost]")).to_be_hidden()
    after = await page.evaluate(BLOCKS)
    assert before
    assert after
    assert not {*before} & {*after}
    await page.reload()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()
