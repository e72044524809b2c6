"""Live in a real browser: a clerk types without waiting for the network, and comments come to who reads a forum."""

import pytest
from playwright.async_api import Page, expect

from forums.actions import commenting, deciding, planning, speaking
from forums.forms.moderating import Decide
from forums.forms.speaking import Say, Submit
from forums.models import Submission
from forums.rights import comment_subject, submission_subject
from forums.states import TextAction
from server.core.participants.people import take_name
from tests.browser.test_desk_page import sign_in, sound
from tests.support.answers import official
from tests.support.chromium import HEIGHT, PHONE, OpenPage
from tests.support.forums import a_forum
from tests.support.system import System


async def sound_from_above(page: Page) -> None:
    """As a reader who has not scrolled: what lies under the desk's bar cannot be hit, wherever that is."""
    await page.evaluate("scrollTo(0, 0)")
    await sound(page)


async def leave(page: Page, away: bool = True) -> None:
    """Put a page behind another one, where it hears nothing, or bring it back."""
    hide = "away => Object.defineProperty(document, 'hidden', {value: away, configurable: true})"
    await page.evaluate(hide, away)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def open_forum(site: System) -> str:
    """A forum that goes on."""
    slug = await a_forum(site)
    await planning.start(await official("clerk"), slug)
    return slug


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_another_language_sends_no_line_that_is_being_typed(site: System, open_page: OpenPage) -> None:
    clerk = await open_page(base_url=site.url)
    await sign_in(clerk, "clerk")
    await clerk.goto(f"/desk/forums/{await open_forum(site)}/intake")
    await expect(clerk.locator("#field-text")).to_be_focused()
    await clerk.keyboard.type("아직 적는 중")
    await clerk.click("nav.languages [lang=ja]")
    await clerk.wait_for_selector("html[lang=ja]")
    await expect(clerk.locator("#field-text")).to_have_value("아직 적는 중")
    await expect(clerk.locator("[data-intake-waiting]")).to_be_hidden()
    assert await Submission.all().count() == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_clerk_goes_on_typing_while_the_network_is_away(site: System, open_page: OpenPage) -> None:
    path = f"/desk/forums/{await open_forum(site)}/intake"
    clerk, other = await open_page(base_url=site.url), await open_page(base_url=site.url, javascript=False)
    await sign_in(clerk, "clerk")
    await clerk.goto(path)
    await expect(clerk.locator("#field-text")).to_be_focused()
    await clerk.fill("#field-speaker", "7")
    await clerk.press("#field-speaker", "Enter")
    await clerk.check("#field-stance")
    await clerk.keyboard.press("Tab")
    await clerk.keyboard.type("시장 골목 가로등이 너무 어둡습니다")
    await clerk.keyboard.press("Control+Enter")
    await expect(clerk.locator("#taken-lines li")).to_have_count(1)
    await expect(clerk.locator("#field-speaker")).to_have_value("8")
    await clerk.context.set_offline(True)
    for line in ("주차장이 모자랍니다", "버스를 늘려 주세요"):
        await clerk.keyboard.type(line)
        await clerk.keyboard.press("Enter")
    await expect(clerk.locator("[data-intake-lines] li")).to_have_count(2)
    await expect(clerk.locator("[data-intake-state]")).to_contain_text("연결이 끊어졌습니다")
    await clerk.keyboard.type("아직 적는 중")
    await sound_from_above(clerk)
    await clerk.context.set_offline(False)
    await clerk.reload()
    await expect(clerk.locator("#field-text")).to_have_value("아직 적는 중")
    await expect(clerk.locator("#taken-lines li")).to_have_count(3)
    await expect(clerk.locator("[data-intake-waiting]")).to_be_hidden()
    assert await Submission.all().count() == 3

    await sign_in(other, "intake")
    await other.goto(f"{path}?speaker=7")
    await other.fill("#field-text", "시장골목 가로등이 어두워요")
    await other.click(".intake-send .button-primary")
    await expect(other.locator(".is-like .taken-like")).to_contain_text("거의 같은 의견")
    await expect(clerk.locator(".is-like")).to_have_count(1)
    await clerk.locator(".is-like summary").click()
    await sound_from_above(clerk)
    await other.set_viewport_size({"width": PHONE, "height": HEIGHT})
    await sound_from_above(other)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_comments_come_to_who_reads_and_wait_for_who_scrolled_away(site: System, open_page: OpenPage) -> None:
    slug = await open_forum(site)
    mina, moderator = await take_name("mina@example.org", "미나", "ko"), await official("inspector")

    async def say(text: str, parent: int | None = None) -> int:
        return (await commenting.on_forum(mina, slug, Say(text, parent=parent)))[0]

    first = await say("처음 남기는 말입니다")
    reader = await open_page(base_url=site.url)
    await reader.goto(f"/forums/{slug}")
    await expect(reader.locator("[data-talk-state]")).to_contain_text("실시간")
    await reader.locator("#comments").scroll_into_view_if_needed()
    await say("답글을 답니다", parent=first)
    await expect(reader.locator(f"#comment-{first} [data-answers] li")).to_have_count(1)
    second = await say("바로 나타납니다")
    await expect(reader.locator("#comments > li")).to_have_count(2)
    await expect(reader.locator("[data-talk-said]")).to_contain_text("새 댓글")
    await deciding.decide(moderator, comment_subject(second), Decide(TextAction.HIDE, "insult", "욕설이 있습니다."))
    await expect(reader.locator(f"#comment-{second}")).to_contain_text("욕설이 있습니다.")
    await expect(reader.locator(f"#comment-{second}")).not_to_contain_text("바로 나타납니다")

    await reader.evaluate("document.body.style.paddingBlockEnd = '3000px'; scrollTo(0, document.body.scrollHeight)")
    third = await say("멀리 있는 사람을 기다립니다")
    button = reader.locator("[data-talk-new]")
    await expect(button).to_contain_text("1")
    await expect(reader.locator(f"#comment-{third}")).to_have_count(0)
    await sound_from_above(reader)
    await button.click()
    await expect(reader.locator(f"#comment-{third}")).to_be_focused()
    await expect(button).to_be_hidden()
    plain = await open_page(base_url=site.url, javascript=False, width=PHONE)
    await plain.goto(f"/forums/{slug}")
    await expect(plain.locator("#comments > li")).to_have_count(3)
    await plain.locator("[data-talk-state] a").click()
    await sound_from_above(plain)

    # What its author took back goes; while somebody answered it, a line stays.
    answer = await say("확인했습니다", parent=third)
    await reader.reload()
    await expect(reader.locator("[data-talk-state]")).to_contain_text("실시간")
    await commenting.withdraw(mina, third)
    await expect(reader.locator(f"#comment-{third}")).to_contain_text("글쓴이가 철회한 댓글입니다.")
    await expect(reader.locator(f"#comment-{answer}")).to_contain_text("확인했습니다")
    await sound_from_above(reader)
    await commenting.withdraw(mina, answer)
    await expect(reader.locator(f"#comment-{third}")).to_have_count(0)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_comes_below_all_that_is_seen_is_there_at_once(site: System, open_page: OpenPage) -> None:
    slug = await open_forum(site)
    mina, hana = [await take_name(f"{name}@example.org", name, "ko") for name in ("mina", "hana")]
    number = await speaking.submit(hana, slug, Submit("밤에도 여는 도서관", "밤에 일하는 사람도 갑니다.", "idea"))

    async def say(text: str, parent: int | None = None) -> int:
        return (await commenting.on_submission(mina, number, Say(text, parent=parent)))[0]

    first = await say("처음 남기는 말입니다")
    reader = await open_page(base_url=site.url)
    await reader.goto(f"/submissions/{number}")
    await expect(reader.locator("[data-talk-state]")).to_contain_text("실시간")
    style = "document.body.style.padding = '0 0 3000px'; document.querySelector('#comments').style.marginTop = '2000px'"
    await reader.evaluate(f"{style}; scrollTo(0, 0)")
    button, rows, count = (reader.locator(each) for each in ("[data-talk-new]", "#comments > li", "[data-talk-count]"))
    places = "() => [scrollY, ...[...document.querySelectorAll('h1, h2, [data-talk]')].map((e) => e.offsetTop)]"
    before = await reader.evaluate(places)
    second = await say("아래에 바로 들어갑니다")
    answer = await say("답글도 들어갑니다", parent=first)
    await expect(reader.locator(f"#comment-{first} #comment-{answer}")).to_have_count(1)
    await expect(rows).to_have_count(2)
    await expect(button).to_be_hidden()
    await expect(count.first).to_have_text("3")
    assert await reader.evaluate(places) == before

    await reader.evaluate("scrollTo(0, document.body.scrollHeight)")
    third = await say("지나간 사람은 기다립니다")
    await expect(button).to_contain_text("1")
    await expect(rows).to_have_count(2)
    await expect(count.first).to_have_text("4")
    await reader.evaluate("scrollTo(0, 0)")
    fourth = await say("이제는 둘 다 들어갑니다")
    await expect(rows).to_have_count(4)
    await expect(button).to_be_hidden()
    found = await rows.evaluate_all("rows => rows.map((row) => row.id)")
    assert found == [f"comment-{each}" for each in (fourth, third, second, first)], "in the order in which they came"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_new_submissions_are_told_on_a_bar_that_moves_nothing(site: System, open_page: OpenPage) -> None:
    slug = await open_forum(site)
    mina, moderator = await take_name("mina@example.org", "미나", "ko"), await official("intake")

    async def say(title: str) -> str:
        return await speaking.submit(mina, slug, Submit(title, f"{title}에 관한 의견입니다.", "idea"))

    first, second = await say("시장 골목 가로등"), await say("버스 배차 간격")
    reader = await open_page(base_url=site.url, width=PHONE)
    await reader.goto(f"/forums/{slug}")
    bar, rows, title = (
        reader.locator("[data-talk-submissions]"),
        reader.locator(".said-list > li"),
        "#submissions-title",
    )
    await expect(reader.locator("[data-talk-state]")).to_contain_text("실시간")
    await expect(bar).to_be_hidden()
    await reader.locator(title).scroll_into_view_if_needed()
    places = "() => [scrollY, ...[...document.querySelectorAll('.said-row, #comments')].map((e) => e.offsetTop)]"
    before = await reader.evaluate(places)
    third = await say("주차장 요금")
    await expect(bar).to_contain_text("새 의견 1건")
    await expect(reader.locator(title)).to_have_text("의견 3건")
    assert await reader.evaluate(places) == before
    await expect(reader.locator("[data-talk-said]")).to_contain_text("새 의견 1건")
    await sound_from_above(reader)
    await deciding.decide(moderator, submission_subject(second), Decide(TextAction.HIDE, "insult", "욕설이 있습니다."))
    await expect(rows.first).to_contain_text("욕설이 있습니다.")
    await expect(rows.first).not_to_contain_text("버스")
    await speaking.withdraw(mina, first)
    await expect(rows).to_have_count(1)
    await expect(reader.locator(title)).to_have_text("의견 1건")
    await reader.evaluate("scrollTo(0, 0)")
    await bar.click()
    await expect(rows.first).to_contain_text("주차장 요금")
    await expect(rows).to_have_count(2)
    await expect(bar).to_be_hidden()
    await expect(reader.locator(title)).to_be_in_viewport()
    await speaking.withdraw(mina, third)
    await expect(rows).to_have_count(1)
    await leave(reader)
    await say("놀이터 그늘막")
    await deciding.decide(moderator, submission_subject(second), Decide(TextAction.SHOW))
    await speaking.withdraw(mina, second)
    await leave(reader, away=False)
    await expect(rows).to_have_count(0)
    await expect(bar).to_contain_text("새 의견 1건")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_comes_back_is_told_each_new_submission_once(site: System, open_page: OpenPage) -> None:
    slug = await a_forum(site, moderation="before")
    await planning.start(await official("clerk"), slug)
    mina, moderator = await take_name("mina@example.org", "미나", "ko"), await official("intake")

    async def say(title: str) -> str:
        return await speaking.submit(mina, slug, Submit(title, f"{title}에 관한 의견입니다.", "idea"))

    async def decide(number: str, action: TextAction) -> None:
        told = ("insult", "욕설이 있습니다.") if action is TextAction.HIDE else ()
        await deciding.decide(moderator, submission_subject(number), Decide(action, *told))

    first, second, waiting = await say("시장 골목 가로등"), await say("버스 배차 간격"), await say("주차장 요금")
    for number in (first, second):
        await decide(number, TextAction.SHOW)
    reader = await open_page(base_url=site.url)
    await reader.goto(f"/forums/{slug}")
    bar, rows, title = (
        reader.locator(each) for each in ("[data-talk-submissions]", ".said-list > li", "#submissions-title")
    )
    await expect(reader.locator("[data-talk-state]")).to_contain_text("실시간")
    await leave(reader)
    await decide(waiting, TextAction.SHOW)
    await leave(reader, away=False)
    await expect(title).to_have_text("의견 3건")
    await expect(bar).to_contain_text("새 의견 1건")

    # One comes and one is hidden; what is shown again on another page of the list is nothing new.
    await leave(reader)
    await decide(await say("놀이터 그늘막"), TextAction.SHOW)
    await decide(second, TextAction.HIDE)
    await leave(reader, away=False)
    await expect(rows.first).to_contain_text("욕설이 있습니다.")
    await expect(bar).to_contain_text("새 의견 2건")
    await rows.first.evaluate("row => row.remove()")
    await decide(second, TextAction.SHOW)
    await expect(title).to_have_text("의견 4건")
    await expect(bar).to_contain_text("새 의견 2건")
