"""The small scripts, each on a page of its own: dialog, copy, draft, counter, upload, sending once, map."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.gallery.conftest import Stage
from tests.browser.gallery.render import environment
from tests.support.chromium import OpenPage


def draw(component: str, source: str) -> str:
    return environment("en").from_string(f'{{% import "components/{component}.html" as c %}}{source}').render()


# --- Dialog and copy -------------------------------------------------------------------------------------------------

DIALOG = '{% call c.dialog("ask", "Really?", "Ask") %}<button type="button">Yes</button>{% endcall %}'


async def test_a_dialog_opens_by_keyboard_holds_the_focus_and_gives_it_back(page: Page, stage: Stage) -> None:
    stage.put("/", draw("dialog", DIALOG))
    await page.goto(stage.base_url)
    opener = page.get_by_role("button", name="Ask")
    await opener.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Really?")).to_be_visible()
    await expect(page.get_by_role("button", name="Yes")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_a_dialog_that_the_server_opened_is_open(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", draw("dialog", DIALOG.replace('"Ask"', '"Ask", open=true')))
    await page.goto(stage.base_url)
    await expect(page.get_by_role("dialog", name="Really?")).to_be_visible()
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_a_reference_is_copied_and_said_to_be(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stage.put("/", draw("copy_code", '{{ c.copy_code("ref", "Reference", "2026-K7QF") }}'))
    await page.goto(stage.base_url)
    await page.get_by_role("button", name="Copy Reference").click()
    await expect(page.locator("#toasts")).to_contain_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == "2026-K7QF"
    await page.get_by_role("button", name="Close").click()
    await expect(page.locator("#toasts")).to_be_empty()


async def test_what_cannot_be_copied_is_selected(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", draw("copy_code", '{{ c.copy_code("ref", "Reference", "2026-K7QF") }}'))
    await page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await page.goto(stage.base_url)
    await page.get_by_role("button", name="Copy").click()
    await expect(page.locator("#toasts")).to_contain_text("copy it yourself")
    assert (await page.evaluate("String(getSelection())")).strip() == "2026-K7QF"


# --- Draft -----------------------------------------------------------------------------------------------------------

FORM = """<form data-draft="petition" method="post" action="/sent">
  <div data-draft-note hidden>back <button type="button" data-draft-discard>Discard</button></div>
  <input type="hidden" name="key" value="k1"><input name="title"><textarea name="body"></textarea>
  <input name="name" data-private><input type="checkbox" name="public"><input type="password" name="secret">
</form>"""


async def write_draft(page: Page) -> None:
    await page.locator("[name=title]").fill("파인 도로")
    await page.locator("[name=body]").fill("한빛로 12")
    await page.locator("[name=name]").fill("이민지")
    await page.locator("[name=secret]").fill("비밀")
    await page.locator("[name=public]").check()
    await page.wait_for_function("() => localStorage.getItem('sinmungo:draft:petition')?.includes('public')")


async def test_a_draft_comes_back_without_who_wrote_it(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", FORM)
    await page.goto(stage.base_url)
    await write_draft(page)
    kept = await page.evaluate("localStorage.getItem('sinmungo:draft:petition')")
    assert not re.search("이민지|비밀|k1", kept)
    await page.reload()
    await expect(page.locator("[name=title]")).to_have_value("파인 도로")
    await expect(page.locator("[name=body]")).to_have_value("한빛로 12")
    await expect(page.locator("[name=public]")).to_be_checked()
    await expect(page.locator("[name=name]")).to_have_value("")
    await expect(page.locator("[data-draft-note]")).to_be_visible()


async def test_a_draft_can_be_thrown_away(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", FORM)
    await page.goto(stage.base_url)
    await write_draft(page)
    await page.reload()
    await page.get_by_role("button", name="Discard").click()
    await expect(page.locator("[name=title]")).to_have_value("")
    await page.reload()
    await expect(page.locator("[name=title]")).to_have_value("")
    assert await page.evaluate("localStorage.length") == 0


async def test_a_draft_is_forgotten_when_the_petition_is_filed_and_after_a_week(
    open_page: OpenPage, stage: Stage
) -> None:
    page = await open_page()
    stage.put("/", FORM)
    stage.put("/receipt", '<p data-draft-clear="petition">filed</p>')
    await page.goto(stage.base_url)
    await write_draft(page)
    await page.goto(f"{stage.base_url}/receipt")
    await page.wait_for_function("() => localStorage.length === 0")
    await page.goto(stage.base_url)
    await write_draft(page)
    await page.evaluate(
        """() => {
          const draft = JSON.parse(localStorage.getItem("sinmungo:draft:petition"));
          draft.at -= 8 * 24 * 3600 * 1000;
          addEventListener("pagehide", () => localStorage.setItem("sinmungo:draft:petition", JSON.stringify(draft)));
        }"""
    )
    await page.reload()
    await page.wait_for_function("() => localStorage.length === 0")
    await expect(page.locator("[name=title]")).to_have_value("")


async def test_what_the_server_sends_back_wins_over_a_draft(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", FORM)
    await page.goto(stage.base_url)
    await write_draft(page)
    stage.put("/", f'<div data-error-summary tabindex="-1">no</div>{FORM}')
    await page.reload()
    await expect(page.locator("[data-error-summary]")).to_be_focused()
    await expect(page.locator("[name=title]")).to_have_value("")


# --- Counter, upload, once -------------------------------------------------------------------------------------------


async def test_characters_are_counted_as_the_server_counts_them(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", draw("field", '{{ c.text("title", "Title", limit=10) }}'))
    await page.goto(stage.base_url)
    line = page.locator("#field-title-count")
    await expect(line).to_have_text("Up to 10 characters")
    await page.get_by_label("Title").fill("신문고 😀")
    await expect(line).to_have_text("5 characters left")
    await page.get_by_label("Title").fill("가" * 12)
    await expect(line).to_have_text("2 characters too many")
    await expect(page.get_by_role("status")).to_have_text("2 characters too many")


async def test_files_are_listed_added_and_taken_back(open_page: OpenPage, stage: Stage, tmp_path: Path) -> None:
    page = await open_page()
    for name, size in (("a.png", 1000), ("b.pdf", 2000), ("large.jpg", 9000)):
        (tmp_path / name).write_bytes(b"x" * size)
    upload = draw("upload", '{{ c.upload("files", "Files", max_files=2, max_bytes=8000) }}')
    stage.put("/", f'<form method="post" action="/sent">{upload}<button>Send</button></form>')
    await page.goto(stage.base_url)
    field = page.get_by_label("Files")
    await field.set_input_files([tmp_path / "a.png"])
    await expect(page.get_by_role("listitem")).to_contain_text(["a.png 1 kB"])
    await field.set_input_files([tmp_path / "b.pdf", tmp_path / "large.jpg"])
    await expect(page.get_by_role("listitem")).to_have_count(3)
    await expect(page.get_by_role("status")).to_have_text("You can send only 2 files: please remove some.")
    await page.get_by_role("button", name="Send").click()
    assert stage.sent == []
    await page.get_by_role("button", name="Remove a.png").click()
    await expect(page.get_by_role("status")).to_contain_text("large.jpg: larger than")
    await page.get_by_role("button", name="Remove large.jpg").click()
    await expect(page.get_by_role("status")).to_have_text("1 files chosen")
    assert await field.evaluate("field => [...field.files].map(file => file.name)") == ["b.pdf"]


async def test_a_button_pressed_twice_sends_once_with_the_key_it_was_given(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put(
        "/",
        '<form data-once method="post" action="/sent"><input type="hidden" name="key" value="k1" data-idempotency>'
        '<button name="step" value="send">Send</button></form>',
    )
    stage.put("/sent", "<p>Sent</p>")
    await page.goto(stage.base_url)
    await page.wait_for_load_state("networkidle")
    click = (
        "() => { for (const wait of [0, 80, 160]) setTimeout(() => document.querySelector('button').click(), wait); }"
    )
    await page.evaluate(click)
    await expect(page.get_by_text("Sent")).to_be_visible()
    assert stage.sent == ["key=k1&step=send"]
    await page.go_back()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Sent")).to_be_visible()
    assert stage.sent == ["key=k1&step=send"] * 2


async def test_a_form_without_a_key_gets_one(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", '<form data-once><input type="hidden" name="key" value="" data-idempotency></form>')
    await page.goto(stage.base_url)
    await expect(page.locator("[name=key]")).to_have_value(re.compile("^[0-9a-f]{32}$"))


# --- Map -------------------------------------------------------------------------------------------------------------

MAP = (
    '{{ c.map_field(none, none, (37.5665, 126.978), "/static/vendor/leaflet/leaflet.js", '
    '"/static/vendor/leaflet/leaflet.css") }}'
)


async def test_a_place_is_chosen_by_keyboard_without_any_tiles(page: Page, stage: Stage) -> None:
    stage.put("/", draw("map_field", MAP))
    await page.goto(stage.base_url)
    sheet = page.get_by_role("application")
    await expect(sheet).to_have_class(re.compile("leaflet-container"))
    await sheet.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=lat]")).to_have_value("37.566500")
    await expect(page.locator("[name=lng]")).to_have_value("126.978000")
    await expect(page.locator(".map-pin")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("Location chosen: 37.566500, 126.978000")
    await page.get_by_role("button", name="Clear the location").click()
    await expect(page.locator("[name=lat]")).to_have_value("")
    await sheet.click(position={"x": 50, "y": 50})
    assert float(await page.locator("[name=lat]").input_value()) > 37.5665
    await page.get_by_role("button", name="Choose the centre of the map").click()
    await expect(page.locator("[name=lat]")).to_have_value("37.566500")


PLACES = (
    MAP.replace(
        'leaflet.css") }}',
        'leaflet.css", places="/places", '
        'outlines=[("Hanbit", [(37.5, 126.9), (37.6, 126.9), (37.6, 127.1), (37.5, 127.1)])]) }}',
    )
    + '<input name="address" aria-label="Address">'
)


async def test_a_typed_address_moves_the_map_and_a_point_is_said_in_words(page: Page, stage: Stage) -> None:
    stage.put("/", draw("map_field", PLACES))
    where = {"lat": 37.58, "lng": 127.05, "words": "Hanbit, near the square", "outside": False}
    await page.route("**/places?*", lambda route: route.fulfill(json=where))
    await page.goto(stage.base_url)
    await expect(page.get_by_role("application")).to_have_class(re.compile("leaflet-container"))
    await page.locator("[name=address]").fill("The square")
    await page.locator("[name=address]").press("Tab")
    await expect(page.locator("[name=lat]")).to_have_value("37.580000")
    await expect(page.get_by_role("status")).to_have_text("Location chosen: Hanbit, near the square")
    where |= {"words": "This place is outside the city.", "outside": True}
    await page.get_by_role("application").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("This place is outside the city.")
    await expect(page.locator(".map-outside")).to_be_visible()


async def test_a_districts_name_never_covers_the_pin(page: Page, stage: Stage) -> None:
    stage.put("/", draw("map_field", PLACES))
    await page.goto(stage.base_url)
    sheet, name = page.get_by_role("application"), page.locator(".map-name")
    await expect(name).to_have_css("visibility", "visible")
    await sheet.focus()
    await page.keyboard.press("Enter")  # the map opens on the outline, whose name stands in its middle
    await expect(name).to_have_css("visibility", "hidden")
    await sheet.click(position={"x": 40, "y": 130})
    await expect(name).to_have_css("visibility", "visible")


async def test_coordinates_that_can_be_typed_move_the_marker_and_follow_it(page: Page, stage: Stage) -> None:
    typed = MAP.replace("{{ c.", "{% call c.").replace(") }}", ") %}") + (
        '<input name="lat" data-map-lat><input name="lng" data-map-lng>{% endcall %}'
    )
    stage.put("/", draw("map_field", typed))
    await page.goto(stage.base_url)
    sheet = page.get_by_role("application")
    await expect(sheet).to_have_class(re.compile("leaflet-container"))
    await page.locator("[name=lat]").fill("37.5")
    await page.locator("[name=lng]").fill("127.1")
    await page.locator("[name=lng]").press("Tab")
    await expect(page.locator(".map-pin")).to_be_visible()
    await expect(page.locator("[name=lat]")).to_have_value("37.5")
    await page.get_by_role("button", name="Clear the location").click()
    await expect(page.locator("[name=lng]")).to_have_value("")
    await sheet.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=lng]")).to_have_value("127.100000")


async def test_where_the_reader_is_can_be_used(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 37.5, "longitude": 127.0})
    stage.put("/", draw("map_field", MAP))
    await page.goto(stage.base_url)
    await page.get_by_role("button", name="My location").click()
    await expect(page.locator("[name=lat]")).to_have_value("37.500000")


async def test_a_map_that_cannot_be_fetched_asks_for_the_address(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    stage.put("/", draw("map_field", MAP.replace("leaflet.js", "missing.js")))
    await page.goto(stage.base_url)
    await expect(page.get_by_role("status")).to_contain_text("Please enter the address instead.")
    await expect(page.locator(".map-sheet")).to_be_hidden()


@pytest.mark.parametrize("selector", ["[data-copy]", ".map-sheet", "[data-draft-note]"])
async def test_without_scripts_nothing_offers_what_it_cannot_do(
    open_page: OpenPage, stage: Stage, selector: str
) -> None:
    page = await open_page(javascript=False)
    await page.goto(f"{stage.base_url}/gallery/gallery.ko")
    for element in await page.locator(selector).all():
        await expect(element).to_be_hidden()
