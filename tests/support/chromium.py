"""A real browser for the tests: finding it, pages as wide as a telephone and a desk, the accessibility check.

The browser is the machine's own Chromium, driven by Playwright's asynchronous interface; where there is none
the browser tests are left out and the summary says so. One browser serves all tests of a worker, so tests in
``tests/browser`` run in the session's event loop (see :func:`pytest_collection_modifyitems`); each opens its
pages in a fresh profile.
"""

import asyncio
import functools
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The first draws the same pages without a window around them, in two thirds of the time.
MISSING = "no Chromium on this machine: the browser tests are left out"
FLAGS = (
    "--no-sandbox",  # as root there is none; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK = 360, 1280
HEIGHT = 800
AXE_SECONDS = 30
# WCAG 2.0 to 2.2, levels A and AA; axe's "best-practice" rules are advice and stay off.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def find() -> str | None:
    """The path of the machine's Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parents[1] / "browser"
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.untraced)
            if pytest_asyncio.is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if find() is None:
        terminalreporter.write_line(MISSING, yellow=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser of this worker."""
    program = find()
    if program is None:
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        # Under faketime, which is preloaded, it would never rest.
        own: dict[str, str | float | bool] = {**os.environ, "LD_PRELOAD": ""}
        chromium = await playwright.chromium.launch(executable_path=program, args=FLAGS, env=own)
        yield chromium
        await chromium.close()


class OpenPage(Protocol):
    """Opens an empty page in a profile of its own; ``width`` in CSS pixels."""

    async def __call__(
        self,
        *,
        width: int = DESK,
        javascript: bool = True,
        locale: str = "ko-KR",
        base_url: str | None = None,
    ) -> Page: ...


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Pages for one test; an uncaught script error or a breach of the content policy on any fails it."""
    contexts, faults = [], list[str]()

    def note_error(error: Error) -> None:
        faults.append(str(error))

    def note_breach(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    async def open_page(
        *, width: int = DESK, javascript: bool = True, locale: str = "ko-KR", base_url: str | None = None
    ) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=javascript,
            locale=locale,
            timezone_id="Asia/Seoul",
            base_url=base_url,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: note_error(error.error))
        context.on("console", note_breach)
        return await context.new_page()

    yield open_page
    for context in contexts:
        await context.close()
    assert not faults, faults


@pytest_asyncio.fixture(loop_scope="session", params=[PHONE, DESK], ids=["phone", "desk"])
async def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """An empty page; the test runs once at 360 and once at 1280 CSS pixels."""
    return await open_page(width=request.param)


async def axe(page: Page) -> None:
    """Assert that the page as it stands breaks no rule of WCAG 2.2 AA that a machine can check."""
    # Where scripting is off no timer fires, and axe would wait for ever to begin each rule.
    scripting, there = await page.evaluate(
        "() => { const off = matchMedia('(scripting: none)').matches;"
        " if (off) window.setTimeout = begin => { Promise.resolve().then(begin); };"
        " return [!off, 'axe' in window]; }"
    )
    if not there:
        await page.evaluate(_axe_script())
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": TAGS},
        "rules": {"target-size": {"enabled": True}},  # axe leaves this one of WCAG 2.2 out unless asked
        "preload": scripting,
    }
    async with asyncio.timeout(AXE_SECONDS):
        violations = await page.evaluate(
            "async options => (await axe.run(options)).violations.map(rule => "
            "[rule.id, rule.help, ...rule.nodes.map(node => `${node.target} ${node.html.slice(0, 200)}`)])",
            options,
        )
    assert not violations, f"{page.url}: {violations}"


@functools.cache
def _axe_script() -> str:
    return str(Axe().axe_script)
