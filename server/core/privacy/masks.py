"""How personal data is shown to anybody but its owner: one set of masks for all pages.

No law prescribes the masks. What matters is that they are the same everywhere: two pages with different masks
would together reveal the whole. Numbers keep the part by which their owner recognises them (the last digits of a
telephone or card number); names and addresses keep what public notices usually show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from server.core.privacy.finding import OF_OFFICIALS, NumberKind, find
from server.core.privacy.patterns import SPELLING

_ANY_CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]")
_HANGUL = re.compile(r"[가-힣]")
_KOREAN_POSTCODE = re.compile(r"[^가-힣]*(?:우(?:편번호)?[^가-힣]+)?")
_KOREAN_DISTRICT = re.compile(  # 도로명, or 동 and similar units
    r"[가-힣](?:(?:대로|로|길)(?:[0-9]+(?:번|[가-하])?길)?|[0-9]{0,2}(?:동|가)|읍|면)(?=[\s,(0-9]|$)"
)
_KOREAN_CITY = re.compile(r"(?:[가-힣]+[시도군구](?:\s+|$))*")
_JAPANESE_POSTCODE = re.compile(r"〒?[0-9０-９]{3}[-－ー]?[0-9０-９]{4}\s*")
_JAPANESE_TOWN = re.compile(r"[^0-9０-９]*?(?=[0-9０-９]|[一二三四五六七八九十]+(?:丁目|番|号))|.*[市区町村]")
_LATIN_DISTRICT = re.compile(
    r"[a-z][a-z.']*-(?:daero|ro|gil|dong|eup|myeon|gu|gun|si|do|cho|machi|ku|shi|ken)\b", re.IGNORECASE
)


def mask(text: str, kinds: Collection[NumberKind] = frozenset(NumberKind)) -> str:
    """``text`` as the public may read it: 900101-1******, 010-****-5678, card 4111-****-****-1111, ho***@example.com.

    ``kinds`` restricts it, so that an office's own telephone number and email address in officials' texts stay visible.
    """
    parts, position = [], 0
    for kind, start, end in find(text):
        if kind not in kinds:
            continue
        parts += [text[position:start], _cover(text[start:end], kind)]
        position = end
    return "".join([*parts, text[position:]])


def _cover(number: str, kind: NumberKind) -> str:
    if kind is NumberKind.EMAIL:
        return mask_email(number)
    spelt = [character.translate(SPELLING) for character in number]
    sign = "[0-9a-z]" if kind is NumberKind.PASSPORT else "[0-9]"
    places = [place for place, character in enumerate(spelt) if re.match(sign, character)]
    count = len(places)
    match kind:
        case NumberKind.RESIDENT | NumberKind.FOREIGNER:
            backwards = re.match("[0-9]{7}[^0-9]", "".join(spelt))  # the second half comes first
            first, last = 0 if backwards else count - len("234567"), 0
        case NumberKind.MY_NUMBER:
            first, last = 0, 0
        case NumberKind.LICENCE | NumberKind.PASSPORT:
            first, last = 2, 0
        case NumberKind.CARD:
            first, last = 4, 4
        case NumberKind.ACCOUNT:
            first, last = 0, 3
        case NumberKind.PHONE:
            first, last = _area(count, "".join(spelt)), 4 if count >= len("1234567") else 0
    hidden = set(places[first : count - last])
    return "".join("*" if place in hidden else character for place, character in enumerate(number))


def _area(count: int, spelt: str) -> int:
    """The number of digits in a telephone number's area or network code; of the others three or four are hidden."""
    group = re.search("[0-9]+", spelt)
    own = len("12345678") if count >= len("01012345678") else len("1234567")
    return max(0, min(len(group[0]) if group else 0, count - own))


def mask_text(text: str, *, official: bool) -> str:
    """``text`` as the public may read it; an official's own telephone number and email address stay."""
    return mask(text, OF_OFFICIALS) if official else mask(text)


def mask_name(name: str) -> str:
    """김*수, 김*, 남**수, 山**郎; in Latin script each word by the same rule (J**n S***h)."""
    name = unicodedata.normalize("NFC", name.strip())
    words = [name] if _ANY_CJK.search(name) else re.split(r"(\s+)", name)
    return "".join(map(_cover_word, words))


def _cover_word(word: str) -> str:
    places = [place for place, character in enumerate(word) if character.isalnum()]
    hidden = set(places[1:-1] or places[-1:])
    return "".join("*" if place in hidden else character for place, character in enumerate(word))


def mask_email(address: str) -> str:
    """ab***@example.com: at most two letters, and always three stars, so that the length is hidden, too."""
    local, at, host = re.sub("[＠﹫]", "@", address.strip()).rpartition("@")
    return f"{local[: min(2, len(local) - 1)]}***{at}{host}" if local else "***"


def mask_phone(number: str) -> str:
    """010-****-5678, 02-****-6408, +82-**-****-5678."""
    return _cover(number.strip(), NumberKind.PHONE)


def mask_address(address: str) -> str:
    """The address down to the neighbourhood (동, 읍, 면, 町) or the road; nothing if it is not recognised as one.

    Postcodes are removed: they are more precise than a neighbourhood.
    """
    address = unicodedata.normalize("NFC", address.strip())
    if _HANGUL.search(address):
        bare = _KOREAN_POSTCODE.sub("", address, count=1)
        district = _KOREAN_DISTRICT.search(bare)
        kept = bare[: district.end()] if district else _prefix(_KOREAN_CITY, bare)
    elif _ANY_CJK.search(address):
        kept = _prefix(_JAPANESE_TOWN, _JAPANESE_POSTCODE.sub("", address))
    else:
        kept = ", ".join(_LATIN_DISTRICT.findall(address))
    kept = kept.strip()
    return kept if kept == address else f"{kept} ***".strip()


def _prefix(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    return found[0] if found else ""
