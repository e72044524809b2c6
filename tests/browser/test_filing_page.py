"""Filing a petition in a real browser: on a telephone and a desk, with and without scripts, by keyboard, in a draft.

What reaches the server is tried on both databases; what happens in the browser alone, on one of them.
"""

import pytest
from playwright.async_api import Page, expect

from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.system import System

TITLE, BODY = "집 앞 가로등이 꺼졌어요", "한빛로 12 앞 도로의 가로등이 사흘째 켜지지 않습니다."
BUDGET = 100_000
"""Bytes that a page of the public site may weigh on the wire without pictures."""


async def looks_right(page: Page) -> None:
    """No machine-checkable barrier, and nothing to scroll sideways for."""
    await axe(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


async def receipt(page: Page) -> tuple[str, str]:
    await page.wait_for_selector(".certificate")
    await page.wait_for_load_state()  # its script has run, which forgets the draft
    return await page.inner_text("#reference"), await page.inner_text("#key")


@pytest.mark.parametrize(
    ("engine", "width", "lang"),
    [("sqlite", PHONE, "ko"), ("postgres", DESK, "ko"), ("postgres", PHONE, "ja"), ("sqlite", DESK, "en")],
)
async def test_a_citizen_files_step_by_step(open_page: OpenPage, site: System, width: int, lang: str) -> None:
    page = await open_page(width=width, base_url=site.url)
    await page.goto(f"/?lang={lang}")
    await looks_right(page)
    await page.click(".action-strong a")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await expect(page.locator("#where")).to_be_hidden()
    await looks_right(page)
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", BODY)
    await page.wait_for_selector("#suggest-title")
    await looks_right(page)
    await page.click("#what [data-step-next]")
    await expect(page.locator("#where-title"), "the next section is read out").to_be_focused()
    await page.wait_for_selector(".map-name")
    await page.click("[data-map-middle]")
    await looks_right(page)
    await page.click("#where [data-step-next]")
    await page.fill("#field-name", "홍길동")
    await page.fill("#field-email", "hong@example.org")
    await looks_right(page)
    await page.click("#you button[value=check]")
    await page.wait_for_selector(".expected")
    await looks_right(page)
    await page.click("#kind summary")
    await page.check("input[name=kind][value=statutory]")
    await expect(page.locator("#field-service")).to_be_visible()
    await looks_right(page)
    await page.check("input[name=kind][value=suggestion]")
    await expect(page.locator("#field-service")).to_be_hidden()
    await page.click("#kind button[value=kind]")
    await page.wait_for_selector("#kind input[value=suggestion]:checked", state="attached")
    await looks_right(page)
    await page.click(".button-row button[value=send]")
    number, key = await receipt(page)
    await looks_right(page)
    await page.reload()
    assert await receipt(page) == (number, key), "a reload shows the same receipt"


@pytest.mark.parametrize(("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)])
async def test_a_citizen_files_without_scripts(open_page: OpenPage, site: System, width: int) -> None:
    page = await open_page(width=width, javascript=False, base_url=site.url)
    await page.goto("/petitions/new")
    await looks_right(page)
    await page.fill("#field-title", TITLE)
    await page.fill("#field-email", "hong")
    await page.click("#you button[value=check]")
    await expect(page.locator(".error-summary")).to_be_focused()
    await looks_right(page)
    await page.fill("#field-body", BODY)
    await page.fill("#field-email", "hong@example.org")
    await page.fill("#field-name", "홍길동")
    await page.set_input_files("#field-files", {"name": "길.txt", "mimeType": "text/plain", "buffer": "길".encode()})
    await page.click("#you button[value=check]")
    await looks_right(page)
    await page.click("#kind summary")
    async with page.expect_navigation():
        await page.click("button[value='ask:permit']")
    await looks_right(page)
    while await page.query_selector(".expected") is None:
        async with page.expect_navigation():
            await page.click(".button-row button:last-child")
    assert await page.is_checked("input[name=kind][value=other]")
    assert "길.txt" in await page.inner_text("main"), "the file came along"
    await looks_right(page)
    await page.dblclick(".button-row button[value=send]")
    number, _key = await receipt(page)
    assert "길.txt" in await page.inner_text(".certificate")
    await looks_right(page)
    await page.goto(f"/cases/{number}/receipt")
    await looks_right(page)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_the_keyboard_alone_is_enough(open_page: OpenPage, site: System) -> None:
    page = await open_page(base_url=site.url)
    await page.goto("/petitions/new")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await page.focus("#field-title")
    await page.keyboard.type(TITLE)
    await page.keyboard.press("Enter")
    await expect(page.locator("#field-body"), "what is missing is asked for first").to_be_visible()
    await page.focus("#field-body")
    await page.keyboard.type(BODY)
    await page.focus("#field-title")
    for section, field in (("where", "#field-address"), ("you", "#field-name")):
        await page.keyboard.press("Enter")
        await expect(page.locator(f"#{section}")).to_be_visible()
        await page.focus(f"#{section} {field}")
    await page.keyboard.type("홍길동")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".expected")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_browsers_back_button_goes_one_section_back_and_loses_nothing(
    open_page: OpenPage, site: System
) -> None:
    page = await open_page(width=PHONE, base_url=site.url)
    await page.goto("/petitions/new")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", BODY)
    await page.click("#what [data-step-next]")
    await page.go_back()
    await page.wait_for_selector("#field-title:visible")
    await page.click("#what [data-step-next]")
    await page.click("#where [data-step-next]")
    await page.fill("#field-name", "홍길동")
    await page.click("#you button[value=check]")
    await page.wait_for_selector(".expected")
    await page.go_back()
    await page.wait_for_selector("form.filing")
    await expect(page.locator("#field-title")).to_have_value(TITLE)
    await expect(page.locator("#field-name")).to_have_value("홍길동")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_resident_number_does_not_leave_the_device(open_page: OpenPage, site: System) -> None:
    page = await open_page(width=PHONE, base_url=site.url)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    await page.goto("/petitions/new")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", "제 번호는 900101-1234567 이고 전화는 010-1234-5678 입니다.")
    await page.wait_for_selector("#field-body-numbers:not(:empty)")
    assert "주민등록번호" in await page.inner_text("#field-body-numbers")
    await page.wait_for_selector("#suggest-title")
    await looks_right(page)
    await page.click("#what [data-step-next]")
    await expect(page.locator("#field-body"), "it does not go on").to_be_visible()
    assert not any("1234567" in request or "5678" in request for request in sent)
    await page.fill("#field-body", BODY)
    await page.wait_for_selector("#field-body-numbers:empty", state="attached")
    await page.click("#what [data-step-next]")
    await expect(page.locator("#where")).to_be_visible()


@pytest.mark.parametrize("engine", ["postgres"])
async def test_the_draft_comes_back_without_who_wrote_it_and_goes_with_the_receipt(
    open_page: OpenPage, site: System
) -> None:
    page = await open_page(base_url=site.url)
    await page.goto("/petitions/new")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", BODY)
    await page.evaluate("document.getElementById('field-name').value = '홍길동'")
    await page.wait_for_timeout(600)
    await page.goto("/")
    await page.goto("/petitions/new")
    await page.wait_for_selector("[data-draft-note]:visible")
    await expect(page.locator("#field-title")).to_have_value(TITLE)
    await expect(page.locator("#field-name")).to_have_value("")
    await looks_right(page)
    for section in ("what", "where"):
        await page.click(f"#{section} [data-step-next]")
    await page.click("#you button[value=check]")
    await page.click(".button-row button[value=send]")
    await receipt(page)
    await page.goto("/petitions/new")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await expect(page.locator("#field-title")).to_have_value("")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_mistake_is_shown_in_its_section(open_page: OpenPage, site: System) -> None:
    page = await open_page(width=PHONE, base_url=site.url)
    await page.goto("/petitions/new")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", BODY)
    for section in ("what", "where"):
        await page.click(f"#{section} [data-step-next]")
    await page.fill("#field-phone", "12")
    await page.click("#you button[value=check]")
    await page.wait_for_selector(".error-summary")
    await expect(page.locator(".error-summary")).to_be_focused()
    await expect(page.locator("#field-phone")).to_be_visible()
    await looks_right(page)
    await page.click("#you [data-step-back]")
    await page.click(".error-summary a")
    await page.wait_for_selector("#field-phone:visible")
    await expect(page.locator("#field-phone")).to_be_focused()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_pages_are_light(open_page: OpenPage, site: System) -> None:
    for path in ("/", "/petitions", "/petitions/new"):
        page = await open_page(width=PHONE, base_url=site.url)
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        weights = await page.evaluate(
            "performance.getEntries().filter(e => e.transferSize && !e.name.includes('/vendor/'))"
            ".map(e => [e.name, e.transferSize])"
        )
        assert 0 < sum(weight for _name, weight in weights) < BUDGET, weights
        hosts = {name.split("/")[2] for name, _weight in weights if name.startswith("http")}
        assert len(hosts) <= 1, "no third party"


@pytest.mark.parametrize(("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)])
async def test_an_official_files_at_the_desk(open_page: OpenPage, site: System, width: int) -> None:
    page = await open_page(width=width, base_url=site.url)
    await page.goto("/desk/sign-in")
    await page.fill("[name=username]", "clerk")
    await page.fill("[name=password]", "correct horse")
    await page.click("main button[type=submit]")
    await page.goto("/desk/petitions/new")
    await page.wait_for_selector("#what [data-step-next]:visible")
    await looks_right(page)
    await page.check("input[name=channel][value=visit]")
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", BODY)
    for section in ("what", "where"):
        await page.click(f"#{section} [data-step-next]")
    await page.fill("#field-name", "김영희")
    await page.fill("#field-phone", "010-1234-5678")
    await page.click("#you button[value=check]")
    await page.wait_for_selector(".expected")
    await looks_right(page)
    await page.click(".button-row button[value=send]")
    await receipt(page)
    await looks_right(page)


@pytest.mark.parametrize(("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)])
async def test_the_public_list_is_read_on_any_width(open_page: OpenPage, site: System, width: int) -> None:
    page = await open_page(width=width, base_url=site.url)
    await page.goto("/petitions")
    await looks_right(page)
    await page.goto("/petitions?q=없는말&kind=other")
    await looks_right(page)


@pytest.mark.parametrize(("engine", "width"), [("sqlite", PHONE), ("sqlite", DESK)])
async def test_no_name_of_a_district_covers_the_pin(open_page: OpenPage, site: System, width: int) -> None:
    page = await open_page(width=width, base_url=site.url)
    await page.goto("/petitions/new")
    await page.fill("#field-title", TITLE)
    await page.fill("#field-body", BODY)
    await page.click("#what [data-step-next]")
    name = page.locator(".map-name").first
    await name.wait_for()
    await name.scroll_into_view_if_needed()
    box = await name.bounding_box()
    assert box
    # The tip of the pin is a little below the name, so that its body stands where the name is.
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"])
    await page.wait_for_selector(".map-pin")
    await expect(name).to_be_hidden()
    for _zoom in range(2):
        covering = await page.evaluate(
            """() => {
                const pin = document.querySelector(".map-pin").getBoundingClientRect();
                return [...document.querySelectorAll(".map-name")].filter((name) => {
                    const { left, right, top, bottom } = name.getBoundingClientRect();
                    const over = left < pin.right && right > pin.left && top < pin.bottom && bottom > pin.top;
                    return over && getComputedStyle(name).visibility !== "hidden";
                }).length;
            }"""
        )
        assert covering == 0
        await page.click(".leaflet-control-zoom-in")
        await page.wait_for_function(
            "!document.querySelector('.leaflet-zoom-anim .leaflet-zoom-animated.leaflet-zoom-hide')"
        )
