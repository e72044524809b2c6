"""The display, a ticket and an office's queue in a real browser: legible, live, audible, and without growth."""

from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Request, expect

from server.core.config import Settings
from server.core.days import today
from tests.browser.test_visit_pages import fits, in_each_language
from tests.functional.test_live_queue import Office
from tests.support.chromium import DESK, PHONE, OpenPage, axe
from tests.support.live import Starter
from tests.support.system import System
from tracking.visits.actions import calling
from tracking.visits.models import CounterService, Ticket
from tracking.visits.queries import offices
from tracking.visits.queue_forms import Finish

DISPLAY = "/offices/east/display"
DISTANCE, SMALLEST = 10_000, 200
"""Millimetres to the reader, and the part of it that a digit is high at least."""
PIXEL = 952 / 1920
"""Millimetres, of a screen of 43 inches."""
DIGIT = 0.71
"""Height of a digit, of the font's size."""
FEED = """
  window.sources = [];
  window.EventSource = class {
    static OPEN = 1; static CLOSED = 2;
    constructor(url) {
      this.url = url; this.readyState = 1; window.sources.push(this);
      setTimeout(() => (window.dead ? this.fail() : this.onopen?.()));
    }
    fail() { this.readyState = 2; this.onerror?.(); }
    addEventListener() {}
    close() { this.readyState = 2; }
  };
  window.push = (state) => window.sources.at(-1).onmessage?.({ data: JSON.stringify(state) });
"""
"""A stream whose events the test sends."""
SOUND = """
  window.heard = [];
  const note = (what) => window.heard.length < 100 && window.heard.push(what);
  window.AudioContext = class extends EventTarget {
    state = "running"; currentTime = 0; destination = {};
    createOscillator() {
      const tone = { frequency: {}, connect: (to) => to, start: () => note("tone") };
      tone.stop = () => setTimeout(() => tone.onended?.(), 2);
      return tone;
    }
    createGain() { return { connect: (to) => to, gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} } }; }
    async resume() {}
  };
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const talker = {
    getVoices: () => ["ko-KR", "ja-JP", "en-US"].map((lang) => ({ lang })), cancel() {},
    speak(said) { note(`${said.lang}: ${said.text}`); setTimeout(() => said.onend?.(), 2); },
  };
  Object.defineProperty(window, "speechSynthesis", { value: talker });
"""
LEAK = (
    "setInterval(() => {}, 1e9); window.kept = []; window.leak = () => window.kept.push(document.createElement('li'));"
)
LEFTS = "(all) => all.map((one) => document.querySelector(one).getBoundingClientRect().left)"
WITHOUT_WAIT = """() => {
  const list = document.querySelector(".display-services"), first = list.firstElementChild;
  while (list.children.length < 4) list.append(first.cloneNode(true));
  const [one, other] = [list.children[0], list.children[3]].map((row) => row.querySelector("[data-waiting]"));
  other.nextElementSibling.textContent = "";
  return [one, other].map((words) => words.getBoundingClientRect().left);
}"""
EVENTS = 4_000
MOST_NODES, MOST_LISTENERS, MOST_BYTES = 50, 10, 300_000
"""By which a display may grow while it shows ``EVENTS`` events more."""


def call(number: str, sequence: int, **more: Any) -> dict[str, Any]:
    return {"number": number, "counter": "5", "floor": 3, "sequence": sequence, "state": "called", **more}


def queue(*called: Any, **more: Any) -> dict[str, Any]:
    state = {"what": "queue", "day": today().isoformat(), "version": 1, "waiting": 0, "called": called}
    return {**state, "services": {"passport": [2, 5, 9, 20]}, "tickets": {}, "parked": [], "missed": [], **more}


async def push(page: Page, state: dict[str, Any]) -> None:
    await page.evaluate("(state) => window.push(state)", state)


async def a_screen(open_page: OpenPage, site: System, *scripts: str) -> Page:
    page = await open_page(width=1920, base_url=site.url)
    await page.set_viewport_size({"width": 1920, "height": 1080})
    for one in scripts:
        await page.add_init_script(one)
    return page


async def named() -> None:
    names = {"passport": ("여권", "旅券", "Passport"), "moving": ("전입신고", "転入届", "Moving in")}
    for code, (name, ja, en) in names.items():
        await CounterService.filter(code=code).update(name=name, name_ja=ja, name_en=en)
    offices.forget()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_display_is_read_from_ten_metres(site: System, open_page: OpenPage) -> None:
    office = await Office.opened()
    await named()
    for _visitor in range(9):
        await office.walk_in()
        await office.call()
        await office.act(calling.start)
        await office.act(calling.finish, Finish())
    for _visitor in range(4):
        await office.walk_in()
    await office.call()
    page = await a_screen(open_page, site)
    for language in ("ko", "ja", "en"):
        await page.goto(f"{DISPLAY}?lang={language}")
        await fits(page, f"display-{language}", 1920)
        await axe(page)
        sizes = await page.eval_on_selector_all(
            "[data-number], [data-counter]",
            "all => all.filter(one => one.offsetParent).map(one => [parseFloat(getComputedStyle(one).fontSize), "
            "one.getBoundingClientRect().bottom])",
        )
        assert len(sizes) == 16, "eight calls with their counters"
        assert all(size * DIGIT * PIXEL >= DISTANCE / SMALLEST for size, _bottom in sizes), sizes
        assert all(bottom <= 1080 for _size, bottom in sizes)
        assert await page.evaluate("document.documentElement.scrollHeight") <= 1080
        for head, box in (("p:nth-child(1)", "li:nth-child(1)"), ("p:nth-child(2)", "li:nth-child(5)")):
            lefts = await page.evaluate(
                LEFTS, [f".display-legend {head} span", f".display-calls {box} .display-number"]
            )
            assert abs(lefts[0] - lefts[1]) < 1, "the heading stands above its column"
        lefts = await page.evaluate(WITHOUT_WAIT)
        assert abs(lefts[0] - lefts[1]) < 1, "who waits for a service without an estimate stands in the same column"
    await expect(page.locator(".is-called [data-number]")).to_have_text("10")
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 800})
        await fits(page, "display", width)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_display_announces_each_call_after_the_other(site: System, open_page: OpenPage) -> None:
    office = await Office.opened()
    await named()
    page = await a_screen(open_page, site, SOUND)
    await page.goto(f"{DISPLAY}?lang=ko")
    await expect(page.locator("[data-sound]")).to_be_hidden()
    await office.walk_in()
    await office.walk_in("moving")
    await expect(page.locator("[data-service=passport] [data-waiting]")).to_have_text("대기 1명")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    await office.call()
    await expect(page.locator(".is-called [data-number]")).to_have_text("1")
    await page.wait_for_function("() => heard.length >= 5")
    heard = await page.evaluate("heard")
    assert heard == [
        "tone", "tone", "ko-KR: 1번 손님, 3층 5번 창구로 오세요.",
        "ja-JP: 番号札1番のお客様、3階の5番窓口へお越しください。",
        "en-US: Number 1, please come to counter 5 on floor 3.",
    ]  # fmt: skip
    assert requests == [], "what it shows comes with the stream"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_calls_that_come_together_chime_one_by_one_and_a_broken_one_hides_no_other(
    site: System, open_page: OpenPage
) -> None:
    await Office.opened()
    page = await a_screen(open_page, site, FEED, SOUND)
    await page.goto(DISPLAY)
    await page.wait_for_function("() => sources.length")
    await push(page, queue(call("A1", 1)))
    assert await page.evaluate("heard") == [], "what was called before it was opened is not called again"
    await push(page, queue(call("A3", 3), call("A2", 2), call("A1", 1, state="")))
    await page.wait_for_function("() => heard.length === 10")
    heard = await page.evaluate("heard")
    assert [one == "tone" for one in heard] == [True, True, False, False, False] * 2
    assert "A 2" in heard[2]
    assert "A 3" in heard[7]
    for garbage in (None, 7, {}, call("", 4), {"number": {"a": 1}, "sequence": "x"}, {"number": "B9", "counter": None}):
        await push(page, queue(call("A4", 5), garbage, call("A1", 1, state=""), services=None))
        shown = await page.locator("[data-calls] li:visible [data-number]").all_inner_texts()
        assert {"A4", "A1"} <= {*shown}, garbage
    await page.evaluate("sources.at(-1).onmessage({ data: '{' })")
    await push(page, {"what": "queue", "called": "?"})
    await expect(page.locator("[data-calls] li:visible [data-number]").first).to_have_text("A4")
    await push(page, queue(*(call(f"A{n}", n) for n in range(90, 60, -1))))
    await page.wait_for_function("() => heard.length === 100")
    await expect(page.locator("[data-calls] li:visible")).to_have_count(8)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_display_mends_itself(site: System, open_page: OpenPage) -> None:
    await Office.opened()
    page = await a_screen(open_page, site, FEED, SOUND)
    await page.clock.install()
    await page.goto(DISPLAY)
    await page.wait_for_function("() => sources.length === 1")
    await page.clock.run_for(60_000)
    await push(page, queue())
    await page.clock.run_for(60_000)
    assert await page.evaluate("sources.length") == 1, "it has heard of the server a minute ago"
    await page.clock.run_for(60_000)
    assert await page.evaluate("sources.length") >= 2, "a dead connection says nothing of itself"
    await page.evaluate("() => { window.dead = true; sources.at(-1).fail(); }")
    await page.clock.run_for(10_000)
    await expect(page.locator("[data-lost]")).to_be_visible()
    await page.clock.run_for(2 * 3_600_000)
    await page.evaluate("() => { window.dead = false; }")
    await page.clock.run_for(120_000)
    await push(page, queue(call("A1", 1)))
    await expect(page.locator("[data-lost]")).to_be_hidden()
    await expect(page.locator(".is-called [data-number]")).to_have_text("A1")
    await page.evaluate("window.old = true")
    await page.locator("[data-display]").evaluate("screen => screen.dataset.build = 'before'")
    async with page.expect_event("load"):
        await page.clock.run_for(331_000)
    assert await page.evaluate("window.old") is None, "files have changed: it loads them"


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_display_comes_back_after_its_server_was_gone(
    site: System, open_page: OpenPage, settings: Settings, starter: Starter
) -> None:
    office = await Office.opened()
    before = starter.serve(settings)
    page = await a_screen(open_page, site)
    await page.goto(f"{before.url}{DISPLAY}")
    await office.walk_in()
    await expect(page.locator("[data-service=passport] [data-waiting]")).to_have_text("대기 1명")
    before.kill()
    await office.call()
    await expect(page.locator("[data-lost]")).to_be_visible(timeout=30_000)
    starter.serve(settings, port=httpx.URL(before.url).port or 0)
    await expect(page.locator(".is-called [data-number]")).to_have_text("1", timeout=90_000)
    await expect(page.locator("[data-lost]")).to_be_hidden()


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("leaks", [False, True])
async def test_a_display_does_not_grow(site: System, open_page: OpenPage, *, leaks: bool) -> None:
    await Office.opened()
    page = await a_screen(open_page, site, FEED, SOUND, LEAK)
    await page.goto(DISPLAY)
    await page.wait_for_function("() => sources.length")
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")

    async def show(first: int, count: int) -> None:
        await page.evaluate(
            """async ([first, count, leaks, state]) => {
              for (let n = first; n < first + count; n += 1) {
                const called = [0, 1, 2, 3, 4, 5, 6, 7].map((back) => (
                  { number: `A${(n - back) % 999}`, counter: String(n % 12), floor: 1 + n % 4, sequence: n - back,
                    state: back < 3 ? "called" : "" }));
                window.push({ ...state, called, version: n, services: { passport: [n % 40, 5, 9, 20 + n % 9] } });
                if (leaks) window.leak();
                if (n % 20 === 0) await new Promise((go) => setTimeout(go));
              }
            }""",
            [first, count, leaks, queue()],
        )

    async def size() -> tuple[float, float, float]:
        await page.evaluate("() => new Promise((go) => setTimeout(go, 1500))")
        for _time in range(2):
            await session.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in (await session.send("Performance.getMetrics"))["metrics"]}
        return found["Nodes"], found["JSEventListeners"], found["JSHeapUsedSize"]

    await show(10, 500)
    before = await size()
    await show(510, EVENTS)
    nodes, listeners, used = (after - was for after, was in zip(await size(), before, strict=True))
    grew = nodes > MOST_NODES or listeners > MOST_LISTENERS or used > MOST_BYTES
    assert grew is leaks, (nodes, listeners, used)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_ticket_moves_on_without_asking_and_says_when_it_is_called(site: System, open_page: OpenPage) -> None:
    office = await Office.opened()
    await office.walk_in()
    number = await office.walk_in()
    address = f"/tickets/{(await Ticket.get(number=number)).code}"
    page = await open_page(width=PHONE, base_url=site.url)
    await page.add_init_script("window.shaken = []; navigator.vibrate = (how) => window.shaken.push(how) > 0;")
    await page.add_init_script(SOUND)
    await in_each_language(page, "ticket", address, PHONE)
    await expect(page.locator(".live-state.is-open")).to_be_visible()
    requests: list[str] = []

    def note(request: Request) -> None:
        requests.append(request.url)

    page.on("request", note)
    await expect(page.locator("[data-position]")).to_have_text("앞에 1명")
    await page.get_by_role("button", name="호출되면 소리와 진동으로 알림").click()
    await office.call()
    await expect(page.locator("[data-position]")).to_have_text("다음 순서입니다.")
    assert requests == []
    await office.act(calling.start)
    await office.act(calling.finish, Finish())
    await page.evaluate("shaken.length = heard.length = 0")
    await office.call()
    await expect(page.get_by_role("heading", name="5번 창구로 오세요")).to_be_visible()
    await expect(page.locator("[data-floor]")).to_have_text("3층")
    assert (await page.title()).startswith("5번 창구로 오세요")
    assert await page.evaluate("[shaken.length, heard.length]") == [1, 3]
    await axe(page)
    await fits(page, "ticket-called", PHONE)
    await office.act(calling.start)
    await office.act(calling.park)
    await expect(page.get_by_role("button", name="다시 왔습니다")).to_be_visible()
    await page.get_by_role("button", name="다시 왔습니다").click()
    await expect(page.locator("[data-position]")).to_be_visible()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_pages_say_by_themselves_that_the_day_may_be_too_short(site: System, open_page: OpenPage) -> None:
    office = await Office.opened()
    number = await office.walk_in()
    page = await open_page(width=PHONE, base_url=site.url)
    await page.add_init_script(FEED)
    for path, part in ((f"/tickets/{(await Ticket.get(number=number)).code}", "#ticket"), (DISPLAY, "[data-service]")):
        await page.goto(f"{path}?lang=en")
        await page.wait_for_function("() => sources.length")
        wait, book = page.locator(f"{part} [data-wait]").first, page.locator("[data-book]")
        for expected, words in {
            "uncertain": ("may not be", "or longer, until"),
            "too_late": ("ly not be", "ly not before"),
        }.items():
            closing = {"services": {"passport": expected, "moving": expected}, "tickets": {number: expected}}
            more = {
                "services": {"passport": [2, 5, 9, 20], "moving": [2, 5, 9, 20]},
                "tickets": {number: [1, 5, 9, 20]},
            }
            await push(page, queue(**more, closing=closing))
            await expect(wait).to_contain_text(words[part != "#ticket"])
            if part == "#ticket":
                await expect(book).to_be_visible(visible=expected == "too_late")
        await push(page, queue(**more, closing={"services": {}, "tickets": {}}))
        await expect(wait).to_contain_text("5 to 20 minutes")


@pytest.mark.parametrize(
    ("engine", "width"), [("sqlite", PHONE), ("postgres", DESK)], ids=["sqlite-phone", "postgres-desk"]
)
async def test_everybody_can_use_the_queue_of_an_office(site: System, open_page: OpenPage, width: int) -> None:
    office = await Office.opened()
    await named()
    for _visitor in range(3):
        await office.walk_in()
    await office.call()
    page = await open_page(width=width, base_url=site.url)
    for name, address in {"office-queue": "/offices/east", "embed": "/offices/east/queue/embed"}.items():
        await in_each_language(page, name, address, width)
    await in_each_language(page, "enrol", "/display", width)
    await page.goto("/offices/east?lang=ko")
    await expect(page.locator("[data-called] li")).to_have_text("1번: 5번 창구 (3층)")
    await office.act(calling.start)
    await office.act(calling.finish, Finish())
    await expect(page.locator("[data-nobody]")).to_be_visible()
    await office.call()
    await expect(page.locator("[data-called] li")).to_have_text("2번: 5번 창구 (3층)")
    await expect(page.locator("[data-total]")).to_have_text("1")
