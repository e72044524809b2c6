"""The kiosk without network and with a printer: no ticket is lost, none is given twice, none stays without paper."""

import base64
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route, expect

from server.core import clock
from tests.support.chromium import OpenPage
from tests.support.kiosk import (
    SCAN,
    SHOTS,
    a_kiosk,
    a_reservation,
    enrolment_code,
    everybody_can_use,
    everybody_can_use_dialog,
    in_the_morning,
    qr,
    take,
    until,
)
from tests.support.running_clock import running_from
from tests.support.system import System
from tracking.visits.models import Ticket, Visit
from tracking.visits.states import Printer, PrintState, TicketState

__all__ = ["in_the_morning"]
pytestmark = pytest.mark.usefixtures("in_the_morning")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_ten_minutes_without_network_lose_no_ticket_and_give_no_number_twice(
    site: System, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await a_kiosk(site, open_page)
    made = await a_reservation("09:45")
    await page.wait_for_function("caches.open('kiosk').then((c) => c.keys()).then((k) => k.length > 15)")
    await page.context.set_offline(True)
    numbers = [await take(page)]
    await expect(page.locator("[data-wait]")).to_contain_text("알 수 없습니다")
    await page.get_by_role("button", name="확인했습니다").click()
    await expect(page.locator("[data-offline]")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()
    numbers.append(await take(page, "moving"))
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / "offline-ticket.png")
    await page.get_by_role("button", name="확인했습니다").click()
    await page.evaluate(SCAN, [await qr(made), "ko"])
    await expect(page.get_by_role("heading", name="어떤 업무를 예약하셨습니까?")).to_be_focused()
    await page.locator("[data-service=passport]").click()
    await expect(page.locator("[data-number]")).not_to_be_empty()
    numbers.append(await page.locator("[data-number]").inner_text())
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("[data-print-state]")).to_contain_text("The network is down")
    await page.get_by_role("button", name="I am done").click()
    await expect(page.locator("[data-contact]")).to_contain_text("보낼 번호표 3")
    monkeypatch.setattr(clock, "_machine", running_from(clock.now() + timedelta(minutes=10)))
    elsewhere = await enrolment_code(site)
    token = (await site.client.post("/api/v1/kiosk/enrol", json={"enrolment_code": elsewhere})).json()["device_token"]
    other = await site.client.post(
        "/api/v1/kiosk/east/tickets", json={"service": "passport"}, headers={"x-device-token": token}
    )
    await page.reload()
    assert await Ticket.all().count() == 1
    sent: list[str] = []
    page.on("request", lambda one: sent.append(urlsplit(one.url).path) if one.method == "POST" else None)
    await page.context.set_offline(False)
    await expect(page.locator("[data-contact]")).to_be_empty(timeout=20_000)
    assert sent == ["/api/v1/kiosk/east/tickets/handed-in"], "all of them together"
    given = await Ticket.all().order_by("id")
    assert [one.number for one in given] == [other.json()["number"], *numbers]
    assert len({one.number for one in given}) == 4
    assert given[3].visit_id == (await Visit.get()).id
    assert given[1].arrived_at < given[0].arrived_at, "who came while the network was down has waited since"
    assert await take(page) == "2", "the next number is the server's"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_lost_answer_gives_one_ticket_with_the_number_that_was_shown(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    await page.wait_for_function("caches.open('kiosk').then((c) => c.keys()).then((k) => k.length > 15)")

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/api/v1/kiosk/east/tickets?*", lost)
    number = await take(page)
    assert [one.number for one in await Ticket.all()] == ["1"]
    await page.unroute_all(behavior="ignoreErrors")
    await expect(page.locator("[data-contact]")).to_be_empty(timeout=20_000)
    assert [one.number for one in await Ticket.all()] == [number]
    assert number != "1"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_second_window_gives_no_numbers(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    made = await a_reservation()
    second = await page.context.new_page()
    await second.goto("/kiosk/east")
    await expect(second.get_by_role("heading", name="사용 중지")).to_be_visible()
    await second.evaluate(SCAN, [await qr(made), "en"])
    await expect(second.locator("[data-kiosk-bar]")).to_be_hidden()
    await page.close()
    await expect(second.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_visible()
    assert await Ticket.all().count() == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_numbers_of_yesterday_are_not_given_after_midnight(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page)
    left = """async (moment) => {
        const { stock } = await import("/static/js/kiosk-store.js");
        const blocks = [{ prefix: "A", numbers: [7, 8, 9] }, { prefix: "B", numbers: [1] }];
        const ahead = Date.parse(moment) - Date.now();
        const state = { date: "2027-03-15", now: "2027-03-15T09:00:00+09:00", ahead, blocks };
        return stock(state, { date: "2027-03-15", used: ["A7"] }, "A");
    }"""
    assert await page.evaluate(left, "2027-03-15T23:59:50+09:00") == ["A8", "A9"]
    assert await page.evaluate(left, "2027-03-16T00:00:10+09:00") == []


FAKE_PRINTER = """() => {
    window.printed = [];
    const port = { writable: null, readable: null, async open() {
        if (window.broken) throw new Error("unplugged");
        this.writable = new WritableStream({ write: (chunk) => { printed.push(...chunk); } });
    }, async close() {} };
    Object.defineProperty(navigator, "serial", { value: { getPorts: async () => [port] } });
}"""
PICTURE = """async () => {
    const bytes = window.printed, rows = [];
    let at = 0, width = 0, cut = false;
    while (at < bytes.length) {
        const [a, b, c] = bytes.slice(at, at + 3);
        if (a === 0x1d && b === 0x76 && c === 0x30) {
            const across = bytes[at + 4] + bytes[at + 5] * 256, high = bytes[at + 6] + bytes[at + 7] * 256;
            width = across * 8;
            for (let y = 0; y < high; y += 1) rows.push(bytes.slice(at + 8 + y * across, at + 8 + (y + 1) * across));
            at += 8 + across * high;
        } else if (a === 0x1d && b === 0x56) { cut = true; at += 4; }
        else if (a === 0x1b && b === 0x64) at += 3;
        else if (a === 0x1b && b === 0x40) at += 2;
        else if (a === 0x10 && b === 0x04) at += 3;
        else throw new Error(`unknown command ${a} at ${at}`);
    }
    const pixels = new Uint8ClampedArray(width * rows.length * 4);
    rows.forEach((row, y) => { for (let x = 0; x < width; x += 1)
        pixels.fill(row[x >> 3] & (0x80 >> (x & 7)) ? 0 : 255, (y * width + x) * 4, (y * width + x) * 4 + 4); });
    await import("/static/js/vendor/jsQR.js");
    const canvas = Object.assign(document.createElement("canvas"), { width, height: rows.length });
    const opaque = pixels.map((one, index) => (index % 4 === 3 ? 255 : one));
    canvas.getContext("2d").putImageData(new ImageData(opaque, width, rows.length), 0, 0);
    return [width, rows.length, cut, jsQR(opaque, width, rows.length)?.data, canvas.toDataURL()];
}"""


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("paper", "dots"), [(58, 384), (80, 576)])
async def test_a_receipt_printer_gets_the_ticket_as_a_picture(
    site: System, open_page: OpenPage, paper: int, dots: int
) -> None:
    page = await a_kiosk(site, open_page, printer=Printer.ESCPOS, paper_mm=paper)
    await page.evaluate(FAKE_PRINTER)
    await take(page)
    await expect(page.locator("[data-print-state]")).to_have_text("번호표를 가져가 주세요.")
    width, height, cut, followed, picture = await page.evaluate(PICTURE)
    ticket = await Ticket.get()
    assert (width, cut) == (dots, True)
    assert height > dots
    assert followed.endswith(f"/tickets/{ticket.code}"), "the printed code opens the ticket"
    if SHOTS:
        (Path(SHOTS) / f"paper-{paper}.png").write_bytes(base64.b64decode(picture.partition(",")[2]))
    assert ticket.print_state is PrintState.PRINTED


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_print_that_failed_is_repeated_noted_or_the_number_is_given_back(
    site: System, open_page: OpenPage
) -> None:
    page = await a_kiosk(site, open_page, printer=Printer.ESCPOS)
    await page.clock.install()
    await page.reload()
    await page.evaluate(FAKE_PRINTER)
    await page.evaluate("window.broken = true")
    failed = page.get_by_role("heading", name="번호표를 인쇄하지 못했습니다")
    await take(page)
    await expect(failed).to_be_focused()
    await everybody_can_use(page, "failed")
    await page.evaluate("window.broken = false")
    await page.get_by_role("button", name="다시 인쇄").click()
    await expect(page.locator("[data-print-state]")).to_have_text("번호표를 가져가 주세요.")
    await page.get_by_role("button", name="확인했습니다").click()
    await page.evaluate("window.broken = true")
    await take(page)
    await page.get_by_role("button", name="번호를 적어 두었습니다").click()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_focused()
    await take(page)
    await expect(failed).to_be_focused()
    await page.clock.run_for(62_000)
    await expect(page.get_by_role("heading", name="아직 계십니까?")).to_be_focused()
    await everybody_can_use_dialog(page)
    await page.clock.run_for(22_000)
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_focused()
    await expect(page.locator("body")).not_to_have_attribute("data-busy", "")

    async def given_back() -> bool:
        return await Ticket.filter(state=TicketState.LEFT).exists()

    await until(page, given_back)
    states = [(one.state, one.print_state) for one in await Ticket.all().order_by("id")]
    assert states == [
        (TicketState.WAITING, PrintState.PRINTED),
        (TicketState.WAITING, PrintState.NOT_NEEDED),
        (TicketState.LEFT, PrintState.FAILED),
    ]
    assert await page.locator("[data-number]").inner_text() == ""


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_browser_prints_on_paper_of_the_right_width(site: System, open_page: OpenPage) -> None:
    page = await a_kiosk(site, open_page, printer=Printer.BROWSER, paper_mm=58)
    await page.evaluate("() => { window.prints = 0; window.print = () => { window.prints += 1; }; }")
    await take(page)
    await page.wait_for_function("window.prints === 1")
    await page.emulate_media(media="print")
    paper = await page.locator(".kiosk-slip img").bounding_box()
    assert paper
    assert round(paper["width"]) == round(48 / 25.4 * 96)
    shown = await page.evaluate(
        "[...document.querySelectorAll('body *')].filter((one) => one.offsetParent)"
        ".filter((one) => !one.closest('.kiosk-slip') && !one.querySelector('.kiosk-slip')).length"
    )

    assert shown == 0, "only the slip is printed"
    await page.emulate_media(media="screen")
    await page.get_by_role("button", name="인쇄되지 않았습니다").click()
    await expect(page.get_by_role("heading", name="번호표를 인쇄하지 못했습니다")).to_be_focused()
    await page.get_by_role("button", name="다시 인쇄").click()
    await page.wait_for_function("window.prints === 2")
    await page.get_by_role("button", name="확인했습니다").click()
    await expect(page.get_by_role("heading", name="무엇을 도와드릴까요?")).to_be_focused()
    assert (await Ticket.get()).print_state is PrintState.PRINTED
