"""What happens to the characters of a text where it enters: one rule for forms, JSON, imports and search queries.

``static/js/characters.js`` is the same for the browser's own checks. A test holds the two together, and the lists
below against Unicode's properties.

===============================================  ==============  =============
characters                                       several lines   one line
===============================================  ==============  =============
CR, CRLF, U+000B (Word), U+000C, U+0085,         line feed       space
U+2028, U+2029
U+0000, half of a surrogate pair                 refused         refused
other controls but tab and line feed             dropped         dropped
direction marks (U+061C, U+200E, U+202A …)       dropped         dropped
zero-width and other ignorable characters        dropped         dropped
(U+200B, U+00AD, U+FEFF …), Hangul fillers
(U+3164 …), marks of annotations and objects
joiners between emoji, and between letters of    kept            kept
scripts that need them (Persian, Hindi …)
variation selectors of kanji, emoji, symbols     kept            kept
tags of flags such as that of Wales              kept            kept
several spaces                                   kept            one space
===============================================  ==============  =============

The result is in NFC, without space at its ends. A text that shows nothing is empty (:func:`visible`). Search ignores
what is kept here, too (:func:`bare`): 葛 finds 葛 with any variation selector.
"""

import re
import unicodedata

IGNORED = (
    (0x01, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C),
    (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0x3164, 0x3164), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC),
    (0xFFFE, 0xFFFF), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0x10000, 0x110000, 0x10000)),
)  # fmt: skip
"""First and last of the characters that show nothing: controls, Unicode's Default_Ignorable_Code_Point, annotations,
and noncharacters, with which a feed would be no XML."""
BREAKS = "\v\f\x85\u2028\u2029"
"""Line breaks besides CR and LF."""
_KANJI = "\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SYMBOLS = "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_JOINING = "\u0620-\u109f\u1780-\u17d3\u1820-\u18aa"
"""Scripts whose letters change their form at a joiner: Arabic to Burmese, Khmer, Mongolian."""
KEPT = (
    "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f",
    f"(?:(?<=[{_SYMBOLS}])|(?<=[{_SYMBOLS}]\ufe0f))\u200d(?=[{_SYMBOLS}])",
    f"(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])",
    f"(?<=[{_KANJI}{_SYMBOLS}])[\ufe00-\ufe0f]",
    "(?<=[0-9#*])\ufe0f(?=\u20e3)",
    f"(?<=[{_KANJI}])[\U000e0100-\U000e01ef]",
    "(?<=[\u1820-\u18aa])[\u180b-\u180f]",
)
"""Patterns of such characters where they change what is shown."""

_LINE_BREAK = re.compile(f"[\r{BREAKS}]")
# The characters of the first plane are a class of their own, which the engine looks up in a bitmap.
_low, _high = ("".join(f"{chr(a)}-{chr(b)}" for a, b in IGNORED if (a > 0xFFFF) is high) for high in (False, True))  # noqa: PLR2004
_ANY_LOW, _ANY_HIGH = re.compile(f"[{_low}]"), re.compile(f"[{_high}]")
_ANY = re.compile(f"[{_low}{_high}]+")
_DROPPED = re.compile(f"({'|'.join(KEPT)})|[{_low}{_high}]")
_CODES = frozenset(code for first, last in IGNORED for code in range(first, last + 1))
_BLANK = "\u2800"
"""The empty braille pattern: kept, because it is a space in Braille."""


def clean(text: str, *, lines: bool = False) -> str:
    """A text as it is stored; ``lines`` if it may have several. The caller refuses what cannot be read."""
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", plain(text))
    return text.strip() if lines else " ".join(text.split())


def plain(text: str) -> str:
    """A text without characters that show nothing, and with line feeds as its only line breaks."""
    if _has_ignored(text):
        text = _DROPPED.sub(r"\1", text)
    return _LINE_BREAK.sub("\n", text.replace("\r\n", "\n"))


def bare(text: str) -> str:
    """A text without any character that shows nothing on its own, for search."""
    return _ANY.sub("", text) if _has_ignored(text) else text


def visible(text: str) -> bool:
    """Whether a text shows anything at all; marks above and around letters alone do not."""
    return any(
        not one.isspace() and ord(one) not in _CODES and one != _BLANK and unicodedata.category(one) not in {"Mn", "Me"}
        for one in text
    )


def readable(text: str) -> bool:
    """Whether a text can be stored at all: not with U+0000 or half of a pair (U+D800 to U+DFFF)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _has_ignored(text: str) -> bool:
    if _ANY_LOW.search(text):
        return True
    higher_planes = len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)  # the fastest way to know
    return higher_planes and _ANY_HIGH.search(text) is not None
