"""What becomes of the characters of a text where it enters, and that every form, list and search query uses it."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import characters, config, references
from server.core.characters import IGNORED, bare, clean, readable, visible
from server.core.config import Settings
from server.core.errors import Invalid
from server.core.forms import Parameters
from server.core.search import query_terms, tokens
from tests.support.sample_form import Sample

FAMILY, HEART, KEYCAP = "👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
GOOD: dict[str, Any] = {"title": "제목", "body": "본문", "amount": 3, "way": "web"}

TABLE = [
    # typed, on several lines, on one line
    ("\ufeff본문입니다", "본문입니다", "본문입니다"),
    ("첫 줄\v둘째 줄", "첫 줄\n둘째 줄", "첫 줄 둘째 줄"),
    ("앞\f뒤", "앞\n뒤", "앞 뒤"),
    ("a\x85b\u2028c\u2029d", "a\nb\nc\nd", "a b c d"),
    ("a\r\nb\rc\n", "a\nb\nc", "a b c"),
    ("\u202a+82 10-1234-5678\u202c", "+82 10-1234-5678", "+82 10-1234-5678"),
    ("\u202e거꾸로\u2069 글\u2067글", "거꾸로 글글", "거꾸로 글글"),
    ("비둘기\u200b집", "비둘기집", "비둘기집"),
    ("\u3164", "", ""),
    ("\u115f\u1160\uffa0\u00ad\u2060\u034f", "", ""),
    ("a\x07b\x1fc\x9bd\x7f", "abcd", "abcd"),
    ("그림\ufffc 설명\ufff9", "그림 설명", "그림 설명"),
    ("  두  칸\t", "두  칸", "두 칸"),
    ("e\u0301", "é", "é"),
    (f"{FAMILY} {HEART} {KEYCAP} {WALES} ©\ufe0f", f"{FAMILY} {HEART} {KEYCAP} {WALES} ©\ufe0f", None),
    ("葛\U000e0100城 辻\ufe00", "葛\U000e0100城 辻\ufe00", None),
    ("می\u200cخواهم क्\u200dष", "می\u200cخواهم क्\u200dष", None),
    ("가\u200d나 a\ufe0fb 葛\U000e0100\U000e0101\U000e0067 1\ufe0f2", "가나 ab 葛\U000e0100 12", None),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "several", "one"), TABLE, ids=lambda value: ascii(value)[:30])
def test_characters_that_show_nothing_are_dropped_and_breaks_are_breaks(
    typed: str, several: str, one: str | None
) -> None:
    assert clean(typed, lines=True) == several
    assert clean(typed) == (several if one is None else one)


@given(
    st.text(st.sampled_from([*"a9가葛😀👨❤ \r\n\v\t", "\u200d", "\u200b", "\ufe0f", "\U000e0100", "\u0301", "\u1160"]))
)
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    for lines in (False, True):
        assert clean(once := clean(text, lines=lines), lines=lines) == once
        assert visible(once) == visible(text)


def test_every_other_format_character_can_be_seen() -> None:
    """The remaining ones are signs before Arabic and Kaithi numbers, and the layout of hieroglyphs."""
    ignored = {code for first, last in IGNORED for code in range(first, last + 1)}
    others = [code for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf" and code not in ignored]
    assert {unicodedata.name(chr(code)).split()[0] for code in others} <= {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}


NOTHING = ["", " \n", "\u3164", "\u200b\ufe0f", "\u2800", "\u0301", "\x07", "\ufffc", "\uffff", "\ufdd0", "\U0001fffe"]


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_what_shows_nothing_is_empty(text: str) -> None:
    assert not visible(text)
    assert visible(f"{text}가")


def test_half_a_pair_and_zero_cannot_be_read() -> None:
    assert not readable("a\0")
    assert not readable("\ud83d")
    assert readable("😀\ufeff")


# --- Where it is used ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", [False, True])
def test_a_form_reads_every_kind_of_field_so(*, strict: bool) -> None:
    config.use(Settings())
    typed = {
        "title": "\ufeff제목\v둘", "body": "한\v줄\u2028둘", "way": "web\u200b", "kind": "other", "amount": 3,
        "day": "\u202a2026-05-04\u202c", "at": "2026-05-04T14:00\u200b", "email": "\u200bkim@example.org",
        "phone": "\u202a02-2133-6408\u202c", "words": ["a\u200bb", "\ufeff"],
    }  # fmt: skip
    found = Sample.parse(typed if strict else {**typed, "amount": "\u200b3", "words": "a\u200bb,\ufeff"}, strict=strict)
    assert (found.title, found.body, found.way, found.amount) == ("제목 둘", "한\n줄\n둘", "web", 3)
    assert (found.day and found.day.isoformat(), found.at and found.at.hour) == ("2026-05-04", 14)
    assert (found.email, found.phone, found.words) == ("kim@example.org", "02-2133-6408", ("ab",))


@pytest.mark.parametrize("name", ["title", "body"])
def test_what_looks_empty_is_required(name: str) -> None:
    with pytest.raises(Invalid) as found:
        Sample.parse({**GOOD, name: "\u3164\u200b"}, strict=True)
    assert "Please fill in" in str(found.value.errors[0].text)


def test_a_list_reads_its_filters_so() -> None:
    asked = Parameters(
        {"q": "\ufeff비둘기\u200b집", "day": "\u202a2026-05-04", "n": "3\u200b", "way": "web\ufeff", "on": "1\u200b"}
    )
    assert asked.text("q", limit=20) == "비둘기집"
    assert str(asked.day("day")) == "2026-05-04"
    assert asked.integer("n", low=1, high=9) == 3
    assert asked.choice("way", ["web"]) == "web"
    assert asked.flag("on")
    assert not asked.errors


def test_no_invisible_character_reaches_the_index_or_the_query() -> None:
    for code in (code for first, last in characters.IGNORED for code in range(first, last + 1)):
        assert tokens(f"비둘기{chr(code)}집") == tokens("비둘기집"), hex(code)
        assert query_terms(f"비둘{chr(code)}기집") == query_terms("비둘기집"), hex(code)
    assert bare(FAMILY) == "👨👩👧"
    assert tokens("葛\U000e0100城") == tokens("葛城")


def test_a_case_number_is_read_as_a_mail_program_copies_it() -> None:
    number = references.new_reference()
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    assert references.read_reference(f"\u202a{number[:5]}\u200b{number[5:]}\u202c\uffa0") == number
    assert references.read_reference(wide) == number
    assert references.key_hash(f"\ufeff{number}\u3164") == references.key_hash(number)
