"""All components in a real browser: accessible at every width, in every colour scheme, without scripts."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.gallery.conftest import Stage
from tests.browser.gallery.render import LANGUAGES, PAGES
from tests.support.chromium import DESK, PHONE, OpenPage, axe

CONTROLS = "button, select, textarea, summary, input, nav a, .sort"
SMALL_TARGETS = """([selector, least]) => [...document.querySelectorAll(selector)]
  .filter(element => element.checkVisibility() && !element.closest(".unseen, .leaflet-container"))
  .map(element => element.matches(".choice input") ? element.closest(".choice") : element)
  .filter(element => element.getBoundingClientRect().height < least - 0.5)
  .map(element => element.outerHTML.slice(0, 120))"""
# What the browser clips or the frame of a table scrolls is no overflow of the page.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("name", PAGES)
async def test_no_rule_of_wcag_is_broken_by_day_or_by_night(page: Page, stage: Stage, name: str) -> None:
    await page.emulate_media(reduced_motion="reduce", color_scheme="light")
    await page.goto(f"{stage.base_url}/gallery/{name}.ko")
    await axe(page)
    await page.emulate_media(color_scheme="dark")
    await axe(page)


async def test_no_rule_is_broken_with_a_dialog_open(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page(width=PHONE)
    for name, button in (("gallery", "취하하기"), ("desk", "단축키")):
        await page.goto(f"{stage.base_url}/gallery/{name}.ko")
        await page.get_by_role("button", name=button, exact=True).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await axe(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_high_contrast_keeps_every_rule(open_page: OpenPage, stage: Stage, scheme: str) -> None:
    page = await open_page(width=DESK)
    night = scheme == "dark"
    await page.emulate_media(contrast="more", color_scheme="dark" if night else "light")
    await page.goto(f"{stage.base_url}/gallery/gallery.ko")
    await axe(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
async def test_nothing_scrolls_sideways(open_page: OpenPage, stage: Stage, name: str, language: str) -> None:
    page = await open_page(width=320)
    await page.goto(f"{stage.base_url}/gallery/{name}.{language}")
    for width in (320, 360, 600, 768, 1024, 1280, 1440):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(TOO_WIDE) <= 0, width


@pytest.mark.parametrize(("name", "least"), [("gallery", 44), ("desk", 24)])
async def test_targets_are_large_enough_for_a_thumb(page: Page, stage: Stage, name: str, least: int) -> None:
    await page.goto(f"{stage.base_url}/gallery/{name}.ko")
    assert await page.evaluate(SMALL_TARGETS, [CONTROLS, least]) == []


@pytest.mark.parametrize(("name", "size"), [("gallery", "17px"), ("desk", "16px")])
async def test_text_is_large_enough_to_read(page: Page, stage: Stage, name: str, size: str) -> None:
    await page.goto(f"{stage.base_url}/gallery/{name}.ko")
    assert await page.evaluate("getComputedStyle(document.body).fontSize") == size


async def test_the_focus_is_visible_and_nothing_lies_over_it(page: Page, stage: Stage) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(f"{stage.base_url}/gallery/desk.ko")
    stops = 0
    for _ in range(60):
        await page.keyboard.press("Tab")
        found = await page.evaluate("""() => {
          const element = document.activeElement;
          if (element === document.body) return null;
          const box = element.getBoundingClientRect();
          const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, 20) / 2];
          const top = document.elementFromPoint(x, y);
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          return {
            html: element.outerHTML.slice(0, 100),
            ring: outlineStyle === "none" ? 0 : parseFloat(outlineWidth),
            seen: element.contains(top) || top?.contains(element) || top?.control === element,
          };
        }""")
        if found is None:
            break
        stops += 1
        assert found["ring"] >= 2, found
        assert found["seen"], found
    assert stops > 20


async def test_the_error_summary_has_the_focus_and_leads_to_the_field(page: Page, stage: Stage) -> None:
    await page.goto(f"{stage.base_url}/gallery/gallery.ko")
    await expect(page.get_by_role("alert")).to_be_focused()
    await page.get_by_role("link", name="제목을 적어 주세요.").click()
    await expect(page.locator("#field-title")).to_be_focused()


async def test_without_scripts_everything_can_be_reached(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page(width=PHONE, javascript=False)
    await page.goto(f"{stage.base_url}/gallery/gallery.ko")
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_role("button", name="취하합니다")).to_be_hidden()
    await page.get_by_text("취하하기").click()
    await expect(page.get_by_role("button", name="취하합니다")).to_be_visible()
    await expect(page.get_by_text("새로 고치면 새 소식을 볼 수 있습니다.")).to_be_visible()
    await expect(page.get_by_role("button", name="복사")).to_have_count(0)
    await expect(page.locator(".map-sheet")).to_be_hidden()


async def test_a_receipt_prints_without_what_only_a_screen_needs(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await page.goto(f"{stage.base_url}/gallery/gallery.ko")
    await page.emulate_media(media="print", color_scheme="dark")
    for gone in (".site-header", ".site-footer", ".button-row", "[data-copy]"):
        await expect(page.locator(gone).first).to_be_hidden()
    await expect(page.locator(".certificate")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


async def test_nothing_moves_for_whoever_wishes_stillness(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await page.emulate_media(reduced_motion="reduce")
    await page.goto(f"{stage.base_url}/gallery/gallery.ko")
    moving = "[...document.all].some(element => parseFloat(getComputedStyle(element).transitionDuration) > 0)"
    assert not await page.evaluate(moving)


async def test_a_page_needs_no_third_party(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await page.goto(f"{stage.base_url}/gallery/gallery.ko")
    names = await page.evaluate("performance.getEntriesByType('resource').map(e => new URL(e.name).host)")
    assert set(names) == {stage.base_url.removeprefix("http://")}
