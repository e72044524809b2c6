"""What the page finds before sending is what the server finds: the same tables, the same findings."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from server.core import addresses, characters
from server.core.privacy import REFUSED, find, refused
from server.core.privacy.patterns import CONTEXT, PARTS, PATTERNS, SHAPES, SPELLING
from tests.support.chromium import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SCRIPTS = Path(__file__).parents[2] / "server" / "static" / "js"
TABLE_FILE = Path(__file__).parent / "personal_numbers.jsonl"
TABLE: list[dict[str, Any]] = [json.loads(line) for line in TABLE_FILE.read_text().splitlines()]


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: OpenPage) -> Page:
    """An empty page with the modules under ``window.privacy`` and ``window.characters``."""
    page = await open_page()
    characters = _address((SCRIPTS / "characters.js").read_text())
    privacy = _address((SCRIPTS / "privacy.js").read_text().replace("./characters.js", characters))
    await page.evaluate(
        """async ([characters, privacy]) => {
            window.characters = await import(characters);
            window.privacy = await import(privacy);
        }""",
        [characters, privacy],
    )
    return page


def _address(source: str) -> str:
    return "data:text/javascript;charset=utf-8;base64," + base64.b64encode(source.encode()).decode()


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


ODD = [
    *(chr(code) for first, last in characters.IGNORED for code in (first, last)),
    *characters.BREAKS,
    "\r", "\r\n", "\n", " ", "  ", "\u3000", "\xa0", "가", "ᄀ", "ᅡ", "a", "\u0301",
    "葛", "神", "9", "\u20e3",
    "😀", "❤", "👨", "\U0001f3fb", "\U0001f3f4", "\U000e0067", "\U000e007f", "\U000e0100", "\ufe0f", "می", "क", "्", "ᠠ",
    "\u2800", "\u200d", "\u200c",
]  # fmt: skip


async def test_page_and_server_clean_a_text_alike(page: Page) -> None:
    draw = random.Random(11)
    texts = ["".join(draw.choices(ODD, k=draw.randrange(1, 12))) for _ in range(5000)]

    for lines in (False, True):
        on_page = await page.evaluate(
            "([texts, lines]) => texts.map((one) => characters.clean(one, lines))", [texts, lines]
        )
        on_server = [characters.clean(text, lines=lines) for text in texts]
        assert [row for row in zip(texts, on_server, on_page, strict=True) if row[1] != row[2]] == []


async def test_what_is_dropped_is_what_unicode_says_shows_nothing(page: Page) -> None:
    """Its property Default_Ignorable_Code_Point, noncharacters, controls, and the marks of annotations and objects."""
    ignorable = await page.evaluate(
        """() => Array.from({ length: 0x110000 }, (_, code) => code)
            .filter((code) => /[\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffc]/u.test(String.fromCodePoint(code))
                || /\\p{Noncharacter_Code_Point}/u.test(String.fromCodePoint(code))
                || (/\\p{Cc}/u.test(String.fromCodePoint(code)) && ![0, 9, 10, 11, 12, 13, 0x85].includes(code)))"""
    )

    assert ignorable == sorted(code for first, last in characters.IGNORED for code in range(first, last + 1))
    assert await page.evaluate("() => characters.IGNORED") == [list(each) for each in characters.IGNORED]


async def test_what_the_server_refuses_after_cleaning_the_page_refuses_before(page: Page) -> None:
    """A number with invisible characters, line breaks and odd spaces in it, on one line and on several."""
    draw = random.Random(24)
    between = [
        "",
        "-",
        " ",
        "~",
        "\u200b",
        "\u3164",
        "\v",
        "\f",
        "\u2028",
        "\u202a",
        "\xad",
        "    ",
        "\t",
        "\xa0",
        "\ufe0f",
        "\x1f",
    ]

    def write(number: str) -> str:
        return "".join(digit + (draw.choice(between) if draw.random() < 0.2 else "") for digit in number)

    texts = [
        draw.choice(("번호 ", "", "주문번호 ")) + write(draw.choice(("9001011234568", "123456789018")))
        for _ in range(3000)
    ]
    for lines in (False, True):
        on_server = [bool(refused(find(characters.clean(text, lines=lines)))) for text in texts]
        on_page = await page.evaluate(
            """([texts, lines]) => texts.map((text) => privacy.findPersonalNumbers(characters.clean(text, lines))
                .some(({ kind }) => privacy.REFUSED.has(kind)))""",
            [texts, lines],
        )
        assert on_page == on_server
        assert 300 < sum(on_server) < 2700


async def test_an_address_pasted_with_characters_that_show_nothing_can_be_sent(page: Page) -> None:
    """Browsers refuse such an address, and nobody could see why."""
    characters = _address((SCRIPTS / "characters.js").read_text())
    module = _address((SCRIPTS / "email.js").read_text().replace("./characters.js", characters))
    await page.set_content("<form><input type=email required></form>")
    field, valid = page.locator("input"), "() => document.querySelector('form').checkValidity()"

    await field.fill("\u200bkim@example.org")
    await field.blur()
    assert not await page.evaluate(valid)

    await page.evaluate("async module => (await import(module)).start(document.querySelector('input'))", module)
    assert await field.input_value() == "kim@example.org"
    for typed in ("\u200bkim@example.org", "\u202akim@example.org\u202c", "taro..ba@docomo.ne.jp", "kim@한국.kr"):
        await field.fill(typed)
        await field.blur()
        assert await page.evaluate(valid), typed
        sent = await field.input_value()
        assert addresses.read(sent, utf8=False) == addresses.read(typed.strip("\u200b\u202a\u202c"), utf8=False)


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
