"""Korean, Japanese and English: catalogues, and the formats of dates, times and numbers in each language.

The catalogues are the checked-in ``server/locale/<language>/*.po`` files, read once at start-up (no compiled copy that
could become outdated). English texts are the msgids themselves.
"""

import functools
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.dates import format_time as babel_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from server.core.errors import Text, _

LOCALE = Path(__file__).resolve().parents[1] / "locale"
NAMES = {"ko": "한국어", "ja": "日本語", "en": "English"}

__all__ = ["NAMES", "Text", "_", "date_text", "datetime_text", "ngettext", "number_text", "time_text", "translate"]


_remembered = functools.lru_cache(4096, typed=True)
"""For texts that a page makes for each of its rows; Babel takes 0.05 ms to make one."""


@functools.cache
def language_names(code: str) -> dict[str, str]:
    """What a language is called, in each language of the site."""
    return {reader: Locale(reader).languages.get(code, code) for reader in NAMES}


@functools.cache
def catalogue(language: str) -> dict[str, str | tuple[str, ...]]:
    """All translations of one language by msgid; a tuple if there are plural forms."""
    found: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id and message.string and not message.fuzzy:
                    key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
                    value = message.string
                    found[key] = tuple(value) if isinstance(value, (tuple, list)) else value
    return found


def translate(language: str, text: Text | str) -> str:
    """Translate a text and fill in its values; an untranslated one uses the msgid."""
    if isinstance(text, str):
        return _singular(language, text)
    pattern = _singular(language, text.msgid)
    if not text.params:
        return pattern
    values = {name: _value(language, value) for name, value in text.params.items()}
    filled = pattern % values
    return _with_particles(filled) if language == "ko" and "(" in pattern else filled


def _value(language: str, value: object) -> object:
    """A value of a text as people read it: a text, words by language, a day, or a moment in its own zone."""
    if isinstance(value, Text):
        return _nested(language, value)
    if isinstance(value, Mapping):
        return value.get(language) or value["ko"]
    if isinstance(value, datetime) and value.tzinfo:
        return datetime_text(value, language, value.tzinfo)
    return date_text(value, language) if isinstance(value, date) else value


def _nested(language: str, text: Text) -> str:
    """A text within another one. Korean sentences quote it only if it is a question, as some labels are."""
    found = translate(language, text)
    return f"“{found}”" if language == "ko" and found.endswith("?") else found


_PARTICLES = re.compile(
    r"(?P<before>.)(?P<close>[?!.”’\"'」)\]]*)(?P<pair>을\(를\)|은\(는\)|이\(가\)|과\(와\)|\(으\)로)"
)
_DIGITS_WITH_FINAL = "013678"
"""Digits whose Korean name ends in a consonant (영, 일, 삼, 육, 칠, 팔)."""
_RIEUL = 8


def _with_particles(text: str) -> str:
    """Choose Korean particles by the preceding word: ``제목을(를)`` becomes ``제목을``, ``도로과(으)로`` ``도로과로``.

    After letters of other scripts, whose pronunciation is unknown, both forms are kept.
    """
    return _PARTICLES.sub(_particle, text)


def _particle(found: re.Match[str]) -> str:
    before, close, pair = found["before"], found["close"], found["pair"]
    if "가" <= before <= "힣":
        final = (ord(before) - ord("가")) % 28
    elif before.isascii() and before.isdigit():
        final = 0 if before not in _DIGITS_WITH_FINAL else _RIEUL if before in "178" else 1
    else:
        return found[0]
    if pair == "(으)로":
        return f"{before}{close}{'으로' if final not in {0, _RIEUL} else '로'}"
    return f"{before}{close}{pair[0] if final else pair[2]}"


def _singular(language: str, msgid: str) -> str:
    found = catalogue(language).get(msgid, msgid)
    return found[0] if isinstance(found, tuple) else found


def named(labels: Mapping[str, Text], language: str) -> list[tuple[str, str]]:
    """Values and translated labels as the choices of a field."""
    return [(value, translate(language, label)) for value, label in labels.items()]


def text_in(row: Any, name: str, language: str) -> str:
    """An administrator's text in a language, from ``NAME_ja`` or ``NAME_en``; the one in ``NAME`` if it is missing."""
    return getattr(row, f"{name}_{language}", "") or str(getattr(row, name))


_HANGUL, _KANA_AND_HAN, _LATIN = re.compile("[ㄱ-ㆎ가-힣]"), re.compile("[ぁ-ヺ々一-鿿]"), re.compile("[A-Za-z]")
_TWO_WORDS = "[A-Za-z]{2}[,.;:]? [A-Za-z]{2}"
ELSEWHERE = {
    "ko": re.compile(f"{_KANA_AND_HAN.pattern}|{_TWO_WORDS}"),
    "ja": re.compile(f"{_HANGUL.pattern}|{_TWO_WORDS}"),
    "en": re.compile(f"{_HANGUL.pattern}|{_KANA_AND_HAN.pattern}"),
}
"""What a text in another language than the reader's has somewhere."""
_LETTERS = 3
"""Latin letters that say about as much as one of the others."""


def written_in(text: str, reader: str) -> str:
    """The language of a text by most of its letters; the reader's where these do not tell (a number, a word or two)."""
    if not ELSEWHERE[reader].search(text):
        return reader
    korean, japanese = len(_HANGUL.findall(text)), len(_KANA_AND_HAN.findall(text))
    if _LETTERS * max(korean, japanese) > len(_LATIN.findall(text)):
        return reader if korean == japanese else "ko" if korean > japanese else "ja"
    return "en"


def marked(text: str, language: str) -> Markup:
    """A text in markup that says its language."""
    return Markup(f'<bdi lang="{language}">{escape(text)}</bdi>')  # noqa: S704 — escaped here, which is much faster


_WEEKDAYS = re.compile(r"평일 (\d{1,2}:\d{2}) ?[-–~] ?(\d{1,2}:\d{2})")


def hours_text(hours: str, language: str) -> str:
    """An official's hours as a reader of another language reads them, where they are written as is usual."""
    found = _WEEKDAYS.fullmatch(hours)
    if found is None or language == "ko":
        return hours
    return translate(language, _("weekdays %(opens)s–%(closes)s", opens=found[1], closes=found[2]))


def name_in(row: Any, language: str) -> str:
    """A row's name in a language; the Korean one if it is missing."""
    return text_in(row, "name", language)


def ngettext(language: str, singular: str, plural: str, n: int) -> str:
    """The form for ``n`` (Korean and Japanese have one)."""
    found = catalogue(language).get(singular)
    if isinstance(found, tuple):
        return found[0] if n == 1 else found[-1]
    return singular if n == 1 else plural


def gettext_for(language: str) -> tuple[Callable[[str], str], Callable[[str, str, int], str]]:
    """``gettext`` and ``ngettext`` for a language, for Jinja's i18n extension."""
    return functools.partial(_singular, language), functools.partial(ngettext, language)


def datetime_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Date and time, such as ``2026년 11월 21일 (토) 오후 3:05``."""
    return f"{date_text(moment.astimezone(zone).date(), language)} {time_text(moment, language, zone)}"


@_remembered
def date_text(day: date, language: str) -> str:
    """A date with its weekday in the language's format."""
    pattern = {"ko": "y년 M월 d일 (EEE)", "ja": "y年M月d日（EEE）", "en": "EEE d MMM y"}[language]
    return babel_date(day, pattern, locale=language)


@_remembered
def short_date_text(day: date, language: str) -> str:
    """A date without the year, for dense tables."""
    pattern = {"ko": "M.d. (EEE)", "ja": "M/d（EEE）", "en": "EEE d MMM"}[language]
    return babel_date(day, pattern, locale=language)


def time_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """The time of day in a zone."""
    return _clock_text(_minute(moment, zone), language)


@_remembered
def _clock_text(local: datetime, language: str) -> str:
    pattern = {"ko": "aaaa h:mm", "ja": "H:mm", "en": "HH:mm"}[language]
    return babel_time(local, pattern, locale=language)


def short_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Date and time without the year, for dense lists."""
    return _short_text(_minute(moment, zone), language)


@_remembered
def _short_text(local: datetime, language: str) -> str:
    pattern = {"ko": "M.d. (EEE) HH:mm", "ja": "M/d（EEE）HH:mm", "en": "EEE d MMM HH:mm"}[language]
    return babel_datetime(local, pattern, locale=language)


def _minute(moment: datetime, zone: tzinfo) -> datetime:
    """The minute that the clocks of a zone show, without the zone."""
    return moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)


@_remembered
def number_text(number: float, language: str) -> str:
    """A number with the language's separators."""
    return format_decimal(number, locale=language)
