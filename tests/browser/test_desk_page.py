"""The desk in a real browser: accessible at both widths, with scripts and without; by keyboard; live."""

import pytest
from playwright.async_api import Page, expect

from tests.support.chromium import DESK, HEIGHT, PHONE, OpenPage, axe
from tests.support.system import PASSWORD, System

PETITIONS: tuple[dict[str, object], ...] = (
    {"title": "가로등이 꺼졌어요", "body": "집 앞 도로의 가로등이 켜지지 않습니다.\n어둡습니다.", "kind": "other"},
    {"title": "공원 나무가 쓰러졌어요", "body": "공원에 나무가 쓰러졌습니다.", "kind": "grievance"},
    {"title": "도로점용 허가 신청", "body": "공사로 도로를 점용하려 합니다.", "kind": "statutory:road_occupation"},
    {"title": "中央公園の街灯がつきません", "body": "三日前からつきません。", "kind": "suggestion"},
    {"title": "가로등이 또 꺼졌어요" + "가" * 150, "body": "도로의 가로등", "kind": "inquiry", "petitioner": {}},
)


async def file(site: System, *petitions: dict[str, object]) -> list[str]:
    """File petitions; their numbers."""
    person = {"name": "홍길동", "email": "hong@example.org", "phone": "010-1234-5678"}
    place = {"address": "중앙구 한빛로 12", "lat": 37.5, "lng": 127.0}
    return [
        (await site.file(**{"petitioner": person, "location": place, **petition}))["reference"]
        for petition in petitions
    ]


async def sign_in(page: Page, username: str) -> None:
    """Sign in as somebody sees it."""
    await page.goto("/desk/sign-in")
    await page.fill("#field-username", username)
    await page.fill("#field-password", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/desk")


async def sound(page: Page) -> None:
    """The page is accessible and does not scroll sideways, neither on a telephone nor on a desk."""
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        await axe(page)
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{wide} px too wide at {width}: {page.url}"


@pytest.mark.parametrize(("engine", "javascript"), [("sqlite", True), ("postgres", False)], ids=["scripts", "plain"])
async def test_every_page_of_the_desk_is_accessible(site: System, open_page: OpenPage, *, javascript: bool) -> None:
    numbers = await file(site, *PETITIONS)
    intake = await open_page(javascript=javascript, base_url=site.url)
    await sign_in(intake, "intake")
    await sound(intake)
    await intake.goto("/desk?status=received&overdue=1&kind=other&q=가로등")
    await sound(intake)
    await intake.goto(f"/desk/cases/{numbers[3]}")
    await sound(intake)
    await intake.goto("/desk")
    for number in (numbers[0], numbers[3]):
        await intake.check(f"#pick-{number}")
    await intake.click(".bulk-bar button[value=accept]")
    await expect(intake.locator("h1")).to_have_text("1건을 접수했습니다.")
    await sound(intake)
    await intake.goto(f"/desk/cases/{numbers[2]}")
    await intake.click(".suggestion button")

    handler = await open_page(javascript=javascript, base_url=site.url)
    await sign_in(handler, "handler")
    await handler.goto(f"/desk/cases/{numbers[2]}")
    await handler.click("form[action$='/start'] button")
    await expect(handler.locator("#case-head")).to_contain_text("처리중")
    await sound(handler)
    await handler.get_by_text("보완 요청", exact=True).first.click()
    await expect(handler.locator("[id='field-request-supplement.text']")).to_be_visible()
    await sound(handler)
    await handler.goto(f"/desk/cases/{numbers[2]}")
    await handler.check("input[value=refused]")
    await handler.fill("[id='field-answer.text']", "허가할 수 없습니다.")
    await handler.click(".answer-form .button-primary")
    if not javascript:
        await expect(handler.locator(".error-summary")).to_be_visible()
    await expect(handler.locator("[id='field-answer.reasons']")).to_be_visible()
    assert await handler.input_value("[id='field-answer.text']") == "허가할 수 없습니다."
    await sound(handler)
    await handler.fill("[id='field-answer.reasons']", "보행로가 좁아집니다.")
    await handler.click(".answer-form button[value=preview]")
    await expect(handler.locator(".preview")).to_contain_text("60일")
    await sound(handler)
    await handler.click(".answer-form .button-primary")
    await expect(handler.locator("#case-head")).to_contain_text("답변완료")
    await sound(handler)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_second_official_reads_what_the_first_one_did(site: System, open_page: OpenPage) -> None:
    (number,) = await file(site, PETITIONS[0])
    first, second = [await open_page(javascript=False, base_url=site.url) for _each in range(2)]
    for page, name in ((first, "intake"), (second, "manager")):
        await sign_in(page, name)
        await page.goto(f"/desk/cases/{number}")
    await first.click(".suggestion button")
    await second.select_option("[id='field-accept.department']", "parks")
    await second.click(".suggestion button")
    await expect(second.locator(".conflict")).to_contain_text("이접수")
    await sound(second)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_inbox_is_worked_by_keys_alone(site: System, open_page: OpenPage) -> None:
    numbers = await file(site, *PETITIONS[:3])
    page = await open_page(base_url=site.url)
    await sign_in(page, "intake")
    order = [await row.get_attribute("id") for row in await page.locator("[data-row]").all()]
    await page.keyboard.press("j")
    await page.keyboard.press("a")
    await expect(page.locator(f"#{order[0]}")).to_contain_text("담당부서 지정")
    await expect(page.locator(".toasts .toast")).to_contain_text("접수했습니다")
    await expect(page.locator(f"#{order[1]}:focus-within"), "on to the next row").to_be_attached()
    assert page.url.endswith("/desk")
    await page.keyboard.press("a")
    await expect(page.locator(f"#{order[1]} [data-key=a]")).to_have_count(0)
    await page.keyboard.press("x")
    await expect(page.locator("[data-selected]")).to_have_text("1건 고름")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/cases/*")
    assert order[1] == f"row-{page.url.rsplit('/', 1)[-1]}"
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/{str(order[2]).removeprefix('row-')}")
    await page.keyboard.press("p")
    await page.wait_for_url(f"**/{str(order[1]).removeprefix('row-')}")
    assert set(numbers) == {str(name).removeprefix("row-") for name in order}


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_row_that_somebody_else_took_says_so(site: System, open_page: OpenPage) -> None:
    (number,) = await file(site, PETITIONS[0])
    page, other = await open_page(base_url=site.url), await open_page(javascript=False, base_url=site.url)
    await sign_in(page, "intake")
    await page.route("**/desk/stream*", lambda route: route.abort())
    await page.reload()
    await sign_in(other, "manager")
    await other.goto(f"/desk/cases/{number}")
    await other.click(".suggestion button")
    await page.click(f"#row-{number} [data-key=a]")
    await expect(page.locator(".conflict")).to_contain_text("최부장")


async def test_new_cases_come_by_themselves_and_move_nothing(site: System, open_page: OpenPage) -> None:
    await file(site, *({**PETITIONS[3], "title": f"도로 제안 {n}"} for n in range(14)))
    page = await open_page(base_url=site.url)
    await sign_in(page, "intake")
    await expect(page.locator(".live-state.is-open")).to_be_visible()
    await page.locator("[data-row]").nth(9).scroll_into_view_if_needed()
    await page.evaluate("scrollBy(0, 200)")
    reading = page.locator("[data-row]").nth(9)
    name = await reading.get_attribute("id")
    before = await reading.evaluate("row => row.getBoundingClientRect().top")
    count = page.locator(".counts strong").first
    await expect(count).to_have_text("14")
    (urgent,) = await file(site, PETITIONS[0])
    await expect(page.locator(f"#row-{urgent}")).to_be_attached()
    assert await page.locator("[data-row]").first.get_attribute("id") == f"row-{urgent}", "due first, so on top"
    await expect(count).to_have_text("15")
    after = await page.locator(f"#{name}").evaluate("row => row.getBoundingClientRect().top")
    assert abs(after - before) < 2, "what is being read stays where it is"


async def test_an_open_case_follows_what_others_do_and_keeps_what_is_typed(site: System, open_page: OpenPage) -> None:
    (number,) = await file(site, PETITIONS[0])
    reader, other = [await open_page(base_url=site.url) for _each in range(2)]
    await sign_in(reader, "manager")
    await reader.goto(f"/desk/cases/{number}")
    await expect(reader.locator(".live-state.is-open")).to_be_visible()
    await reader.fill("[id='field-note.text']", "아직 쓰는 중")
    await sign_in(other, "intake")
    await other.goto(f"/desk/cases/{number}")
    await other.click(".suggestion button")
    await expect(reader.locator("#timeline")).to_contain_text("접수, 도로과 지정")
    await expect(reader.locator("#case-head")).to_contain_text("담당부서 지정")
    assert await reader.input_value("[id='field-note.text']") == "아직 쓰는 중"
