"""What the page finds before sending is what the server finds: the same tables, the same findings."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from server.core.privacy import REFUSED, find
from server.core.privacy.patterns import CONTEXT, PARTS, PATTERNS, SHAPES, SPELLING
from tests.support.chromium import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MODULE = Path(__file__).parents[2] / "server" / "static" / "js" / "privacy.js"
TABLE_FILE = Path(__file__).parent / "personal_numbers.jsonl"
TABLE: list[dict[str, Any]] = [json.loads(line) for line in TABLE_FILE.read_text().splitlines()]


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: OpenPage) -> Page:
    """An empty page with the module, as it is served, under ``window.privacy``."""
    page = await open_page()
    source = base64.b64encode(MODULE.read_bytes()).decode()
    await page.evaluate(
        "async source => { window.privacy = await import('data:text/javascript;charset=utf-8;base64,' + source); }",
        source,
    )
    return page


async def found(page: Page, texts: list[str]) -> list[list[list[str]]]:
    findings: list[list[list[str]]] = await page.evaluate(
        """texts => texts.map((text) => privacy.findPersonalNumbers(text)
            .map(({ kind, start, end }) => [kind, text.slice(start, end)]))""",
        texts,
    )
    return findings


async def test_the_page_misses_no_personal_number_and_takes_no_ordinary_number_for_one(page: Page) -> None:
    findings = await found(page, [row["text"] for row in TABLE])

    assert [(row["text"], got) for row, got in zip(TABLE, findings, strict=True) if got != row["expect"]] == []


async def test_page_and_server_have_the_same_tables(page: Page) -> None:
    tables = await page.evaluate("""() => {
        const { PARTS, CONTEXT, PATTERNS, SHAPES } = privacy;
        return [PARTS, CONTEXT, PATTERNS, SHAPES, [...privacy.SPELLING], [...privacy.REFUSED]];
    }""")

    assert tables[:4] == [PARTS, CONTEXT, PATTERNS, SHAPES]
    assert dict(tables[4]) == {code: sign or "" for code, sign in SPELLING.items()}
    assert set(tables[5]) == REFUSED


async def test_page_and_server_judge_alike_whatever_stands_beside_whatever(page: Page) -> None:
    """Words, numbers and signs of the table in random order, with random digits."""
    draw = random.Random(2026)
    pieces = [piece for row in TABLE for piece in row["text"].split(" ")]
    signs = ["", " ", "-", "\n", "0", "9", ".", ",", "(", "\u200b", "😀", "원", "ー"]

    def shuffle() -> str:
        text = "".join(draw.choice(pieces) + draw.choice(signs) for _ in range(draw.randrange(1, 9)))
        return "".join(str(draw.randrange(10)) if sign in "12345" and draw.random() < 0.3 else sign for sign in text)

    texts = [shuffle() for _ in range(5000)]
    on_server = [[[kind, text[start:end]] for kind, start, end in find(text)] for text in texts]
    on_page = await found(page, texts)

    assert sum(map(len, on_server)) > 1000
    assert [row for row in zip(texts, on_server, on_page, strict=True) if row[1] != row[2]] == []


async def test_the_page_is_quick_enough_to_look_at_every_keystroke(page: Page) -> None:
    ratio = await page.evaluate(
        """text => {
            const time = work => {
                const start = performance.now();
                work();
                return performance.now() - start;
            };
            const count = () => Array.from(text.repeat(25)).filter(sign => /[0-9]/u.test(sign)).length;
            const find = () => privacy.findPersonalNumbers(text);
            const times = Array.from({ length: 20 }, () => [time(find), time(count)]);
            return Math.min(...times.map(([mine]) => mine)) / Math.min(...times.map(([, other]) => other));
        }""",
        " ".join(row["text"] for row in TABLE)[:10_000],
    )

    assert ratio < 1, "it takes less than looking at each character 25 times"
