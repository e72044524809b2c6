"""Live pages and the keys of the desk: news arrives without moving what is read or touching what is typed."""

import re
from collections.abc import Sequence

from playwright.async_api import Page, expect

from tests.browser.gallery.conftest import Stage
from tests.support.chromium import OpenPage

STATE = (
    '<p role="status" data-stream="/stream" data-live-state data-text-open="Live" data-text-updated="Updated"'
    ' data-text-lost="Lost">Reload</p>'
)


def rows(names: Sequence[str], changed: str = "") -> str:
    items = "".join(
        f'<li id="row-{name}" class="row"><a href="/{name}">{name}{" changed" if name == changed else ""}</a>'
        f'<input type="checkbox" aria-label="pick {name}"></li>'
        for name in names
    )
    return f'{STATE}<h1>List</h1><ol id="list" data-live="list">{items}</ol>{"<p>.</p>" * 60}'


async def open_live(page: Page, stage: Stage, content: str) -> None:
    stage.put("/", content)
    await page.goto(stage.base_url)
    await expect(page.get_by_role("status").first).to_have_text("Live")


async def test_a_new_row_appears_without_moving_what_is_read(page: Page, stage: Stage) -> None:
    names = [f"c{i}" for i in range(30)]
    await open_live(page, stage, rows(names))
    await page.evaluate("window.scrollTo(0, 200)")
    seen = page.locator("#row-c20")
    before = await seen.bounding_box()
    await page.evaluate("document.querySelector('#row-c20').dataset.same = 'yes'")
    stage.put("/", rows(["new1", "new2", *names]))
    await stage.tell()
    await expect(page.locator("#row-new1")).to_have_class("row is-new")
    await expect(page.get_by_role("status").first).to_have_text("Updated")
    after = await seen.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 1
    assert await seen.get_attribute("data-same") == "yes"


async def test_rows_are_changed_moved_and_taken_away_one_by_one(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_live(page, stage, rows(["a", "b", "c", "d"]))
    stage.put("/", rows(["d", "e", "b", "a"], changed="b"))
    await stage.tell()
    await expect(page.locator("#list li")).to_have_text(["d", "e", "b changed", "a"])


async def test_what_has_the_focus_keeps_it_and_changes_when_it_is_left(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_live(page, stage, rows(["a", "b", "c"]))
    await page.get_by_role("link", name="b").focus()
    stage.put("/", rows(["x", "c", "b", "a"], changed="b"))
    await stage.tell()
    await expect(page.locator("#list li")).to_have_text(["x", "c", "b", "a"])
    await expect(page.locator("#row-b a")).to_be_focused()
    await page.locator("h1").click()
    await page.evaluate("document.activeElement.blur()")
    await expect(page.locator("#list li")).to_have_text(["x", "c", "b changed", "a"])


async def test_a_ticked_row_stays_ticked_even_when_it_is_gone(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_live(page, stage, rows(["a", "b"]))
    await page.get_by_label("pick a").check()
    await page.evaluate("document.activeElement.blur()")
    stage.put("/", rows(["c", "b"]))
    await stage.tell()
    await expect(page.locator("#row-c")).to_be_visible()
    await expect(page.get_by_label("pick a")).to_be_checked()
    await page.get_by_label("pick a").uncheck()
    await page.evaluate("document.activeElement.blur()")
    await expect(page.locator("#list li")).to_have_text(["c", "b"])


async def test_a_part_is_replaced_only_when_it_changed_and_comes_to_life(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    same = '<div id="same" data-live><button data-copy="x" hidden>copy</button></div>'
    await open_live(page, stage, f'{STATE}{same}<div id="part" data-live>old</div>')
    await expect(page.locator("#same button")).to_be_visible()
    await page.evaluate("document.querySelector('#same button').dataset.same = 'yes'")
    stage.put("/", f'{STATE}{same}<div id="part" data-live><button data-copy="x" hidden>new</button></div>')
    await stage.tell()
    await expect(page.locator("#part button")).to_be_visible()
    assert await page.locator("#same button").get_attribute("data-same") == "yes"


async def test_a_form_being_filled_in_is_left_alone(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    form = (
        '<div id="form" data-live><textarea aria-label="answer"></textarea><p>{}</p></div>'
        '<div id="o" data-live>{}</div>'
    )
    await open_live(page, stage, STATE + form.format("old", "old"))
    await page.get_by_label("answer").fill("half an answer")
    await page.evaluate("document.activeElement.blur()")
    stage.put("/", STATE + form.format("new", "new"))
    await stage.tell()
    await expect(page.locator("#o")).to_have_text("new")
    await expect(page.locator("#form p")).to_have_text("old")
    await expect(page.get_by_label("answer")).to_have_value("half an answer")


async def test_a_lost_connection_is_said_and_what_was_missed_is_fetched(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_live(page, stage, rows(["a"]))
    stage.stream_status = 503
    stage.hang_up()
    await expect(page.get_by_role("status").first).to_have_text("Lost")
    stage.put("/", rows(["a", "b"]))
    stage.stream_status = 200
    await expect(page.locator("#row-b")).to_be_visible()


async def test_a_hidden_tab_hears_nothing_and_catches_up(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_live(page, stage, rows(["a"]))
    hide = """hidden => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    await page.evaluate(hide, True)
    await stage.quiet()
    stage.put("/", rows(["a", "b"]))
    await page.evaluate(hide, False)
    await expect(page.locator("#row-b")).to_be_visible()


# --- Keys ------------------------------------------------------------------------------------------------------------

INBOX = (
    '<form data-rows method="post" action="/bulk">'
    '<input type="checkbox" aria-label="all" data-select-all><p id="count" data-selected data-text="{n} chosen"></p>'
    + "".join(
        f'<div data-row id="row-{n}"><input type="checkbox" name="case" value="{n}" aria-label="pick {n}" data-select>'
        f'<a href="/case-{n}" data-row-link>case {n}</a>'
        f'<button name="take" value="{n}" data-key="a">take</button></div>'
        for n in range(1, 6)
    )
    + '</form><input id="q" aria-label="search" data-focus-key="/">'
    "<p data-key-hint hidden>hint</p><button data-keys-help hidden>Keys</button>"
    '<dialog id="desk-keys"><input type="checkbox" id="on" data-keys-on checked><label for="on">single</label>'
    '<form method="dialog"><button>Done</button></form></dialog>'
)


async def open_inbox(page: Page, stage: Stage) -> None:
    stage.put("/", INBOX, script="desk-main")
    stage.put("/bulk", "<p>Sent</p>")
    stage.put("/case-2", "<h1>Case 2</h1>")
    await page.goto(stage.base_url)
    await expect(page.get_by_text("hint")).to_be_visible()


async def test_the_rows_are_walked_selected_and_opened_by_keys(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_inbox(page, stage)
    for key in ("j", "j", "j", "k"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("link", name="case 2")).to_be_focused()
    await expect(page.locator("#row-2")).to_have_class("is-current")
    await page.keyboard.press("x")
    await expect(page.get_by_label("pick 2")).to_be_checked()
    await expect(page.locator("#count")).to_have_text("1 chosen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Case 2")).to_be_visible()


async def test_one_key_takes_the_proposed_department_of_the_row_one_is_on(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_inbox(page, stage)
    await page.keyboard.press("a")
    assert stage.sent == []
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("a")
    await expect(page.get_by_text("Sent")).to_be_visible()
    assert stage.sent == ["take=2"]


async def test_keys_work_while_a_korean_input_method_is_on(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_inbox(page, stage)
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅓ', code: 'KeyJ', bubbles: true}))"
    await page.evaluate(press)
    await expect(page.get_by_role("link", name="case 1")).to_be_focused()


async def test_keys_are_silent_while_something_is_typed(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_inbox(page, stage)
    await page.keyboard.press("/")
    await expect(page.get_by_label("search")).to_be_focused()
    await page.keyboard.type("jaxk?/")
    await expect(page.get_by_label("search")).to_have_value("jaxk?/")
    assert stage.sent == []


async def test_single_keys_can_be_switched_off_for_good_and_on_again(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_inbox(page, stage)
    await page.keyboard.press("?")
    await page.get_by_label("single").uncheck()
    await page.get_by_role("button", name="Done").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Keys")).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator(".is-current")).to_have_count(0)
    await page.get_by_role("button", name="Keys").click()
    await page.get_by_label("single").check()
    await page.get_by_role("button", name="Done").click()
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("j")
    await expect(page.locator(".is-current")).to_have_count(1)


async def test_a_range_and_all_rows_are_selected_with_the_mouse(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page()
    await open_inbox(page, stage)
    await page.get_by_label("pick 2").click()
    await page.get_by_label("pick 4").click(modifiers=["Shift"])
    await expect(page.locator("#count")).to_have_text("3 chosen")
    assert await page.get_by_label("all").evaluate("box => box.indeterminate")
    await page.get_by_label("all").click()
    await expect(page.locator("#count")).to_have_text("5 chosen")
    await page.get_by_label("all").click()
    await expect(page.locator("#count")).to_have_text("")


async def test_without_scripts_no_key_is_promised(open_page: OpenPage, stage: Stage) -> None:
    page = await open_page(javascript=False)
    await page.goto(f"{stage.base_url}/gallery/desk.ko")
    await expect(page.locator("[data-key-hint]")).to_be_hidden()
    await expect(page.get_by_role("button", name=re.compile("단축키"))).to_have_count(0)
