"""Finds personal numbers and email addresses in a text, and decides which of them must not be stored.

A number is found by its shape and then classified by its context: the same twelve digits may be a My Number, an
order number or a bank account, and both a miss and a false alarm harm a citizen. ``static/js/privacy.js``
implements the same rules, step by step.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from operator import mul
from typing import NamedTuple

from server.core.privacy.patterns import CONTEXT, PATTERNS, SHAPES, SPELLING, whole


class NumberKind(StrEnum):
    """Kinds of numbers, the most sensitive first: where matches overlap, the first kind wins."""

    RESIDENT = "resident"  # 주민등록번호
    FOREIGNER = "foreigner"  # 외국인등록번호, 국내거소신고번호
    MY_NUMBER = "my_number"  # 個人番号
    EMAIL = "email"
    LICENCE = "licence"  # 운전면허번호, 運転免許証番号
    PASSPORT = "passport"
    CARD = "card"
    ACCOUNT = "account"
    PHONE = "phone"


# A resident number may be processed only where an act or decree says so; consent is no legal basis (개인정보
# 보호법 24의2 ①). A foreigner's number is a unique identifier (24 ①, 시행령 19) that needs separate consent, which
# a petition form does not ask for, and differs from a resident number in one digit only. Nobody may collect
# or keep another person's My Number outside the cases of 番号法 19 (20).
REFUSED = frozenset({NumberKind.RESIDENT, NumberKind.FOREIGNER, NumberKind.MY_NUMBER})
OF_OFFICIALS = frozenset(NumberKind) - {NumberKind.EMAIL, NumberKind.PHONE}
"""What is masked in officials' texts: an office's own telephone number and email address stay visible."""


class Finding(NamedTuple):
    """``text[start:end]`` is a personal number."""

    kind: NumberKind
    start: int
    end: int


_SEEN = {name: re.compile(whole(source)) for name, source in CONTEXT.items()}
_SHAPE = {name: re.compile(whole(source)) for name, source in SHAPES.items()}
_BEFORE, _AFTER = 40, 24  # how far a word may be from the number that it names
_WEB = 200  # how far back a web address may begin


class _Candidate:
    """A match of a pattern, with its context."""

    __slots__ = ("digits", "end", "number", "plain", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.number = text[start:end]
        self.digits = re.sub(r"[^0-9]", "", self.number)
        self.plain = self.digits == self.number  # no separator: such digits could be anything

    def follows(self, name: str, within: int = _BEFORE) -> bool:
        return bool(_SEEN[name].search(self.text[max(0, self.start - within) : self.start]))

    def precedes(self, name: str) -> bool:
        return bool(_SEEN[name].match(self.text[self.end : self.end + _AFTER]))

    def counts(self, name: str) -> bool:
        return bool(_SHAPE[name].match(self.digits))

    def reads(self, name: str) -> bool:
        return bool(_SHAPE[name].match(self.number))

    @property
    def counted(self) -> str:
        """The digits without those that only say how many follow: 뒤 7자리."""
        return re.sub(r"[67] ?(?:자리|digits)|[^0-9]", "", self.number)

    def otherwise(self) -> bool:
        """Whether the context says that this is not a personal number."""
        if self.follows("other") or self.follows("money_before") or self.precedes("money_after"):
            return True
        if self.follows("ordinal_before") or self.precedes("ordinal_after"):
            return True
        return self.plain and (
            self.follows("decimal")
            or self.follows("web", _WEB)
            or (self.follows("letter_before") and not self.follows("phone_word"))
            or self.precedes("letter_after")
        )


def _resident_born(c: _Candidate) -> NumberKind | None:
    return _born(c.digits)


def _born(digits: str) -> NumberKind | None:
    """Decided by a valid date of birth, not by the check digit: numbers issued since 2020-10-05 have none."""
    front, century = digits[-13:-7], digits[-7]
    first_year = 1800 if century in "90" else 2000 if century in "3478" else 1900
    try:
        date(first_year + int(front[:2]), int(front[2:4]), int(front[4:]))
    except ValueError:
        return None
    if len(digits) > len(front) + len("1234567") and digits[:2] != str(first_year)[:2]:
        return None
    return NumberKind.FOREIGNER if century in "5678" else NumberKind.RESIDENT


def _resident(c: _Candidate) -> NumberKind | None:
    kind = _resident_born(c)
    if not kind or c.follows("company") or (c.reads("spaced") and c.precedes("money_after")):
        return None
    if c.follows("other") or c.follows("thing"):
        return None
    if c.plain and (
        c.precedes("file")
        or c.follows("coordinate")
        or c.follows("web", _WEB)
        or (c.counts("bank_prefix") and c.follows("bank_beside"))
    ):
        return None
    return kind


def _halves(c: _Candidate) -> NumberKind | None:
    """Two halves with words between them, the second named as such: 900101, 뒷자리 1234567."""
    return None if c.precedes("money_after") else _born(c.counted)


def _backwards(c: _Candidate) -> NumberKind | None:
    return _born(c.counted[-6:] + c.counted[:7])


def _my_number(c: _Candidate) -> NumberKind | None:
    """Decided by the word before it, or by the check digit if nothing contradicts it.

    In Korean text twelve digits are more likely a parcel, an order or an account, and one in eleven has a valid check
    digit by chance: there the digits must be grouped as on the card.
    """
    weighed = sum(map(mul, map(int, c.digits[:11]), (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)))
    checked = int(c.digits[11]) == -weighed % 11 % 10 and len(set(c.digits)) > 1
    named = c.follows("my_number_before") or c.precedes("my_number_after")
    if c.follows("other") or c.follows("thing") or not (named or (checked and _unclaimed(c))):
        return None
    return NumberKind.MY_NUMBER


def _unclaimed(c: _Candidate) -> bool:
    """Whether nothing in the context contradicts a My Number."""
    if c.counts("twelve_digit_phone") or c.counts("day") or c.reads("clock") or c.follows("plus") or c.follows("group"):
        return False
    if c.plain and c.precedes("file"):
        return False
    if (c.plain or not c.reads("spaced")) and (c.follows("korean_before") or c.precedes("korean_after")):
        return False
    return not (c.follows("bank_before") or c.follows("licence") or c.otherwise())


def _email(_: _Candidate) -> NumberKind | None:
    return NumberKind.EMAIL


def _licence(c: _Candidate) -> NumberKind | None:
    """Decided by the word before it, or for a Korean licence by its grouping."""
    if c.follows("other") or c.follows("bank_before"):
        return None
    return NumberKind.LICENCE if c.follows("licence") or c.reads("licence") else None


def _passport(_: _Candidate) -> NumberKind | None:
    return NumberKind.PASSPORT


def _card(c: _Candidate) -> NumberKind | None:
    """Decided by issuer and check digit; after the word, mistyped ones of 15 or 16 digits count, too."""
    if c.counts("card") and _luhn(c.digits):
        accepted = c.follows("card") or not (c.follows("bank_before") or _is_article(c.digits))
    else:
        accepted = c.counts("card_length") and not c.counts("day") and c.follows("card")
    return NumberKind.CARD if accepted and not (c.reads("clock") or c.follows("thing") or c.otherwise()) else None


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(n // 10 + n % 10 for n in doubled)) % 10 == 0


def _is_article(digits: str) -> bool:
    """Whether this is a product number under a bar code (GTIN-13)."""
    return len(digits) == len("4901234567894") and sum(map(mul, map(int, digits), (1, 3) * 6 + (1,))) % 10 == 0


def _account_named(c: _Candidate) -> NumberKind | None:
    if not c.counts("account_length") or c.counts("day") or c.reads("phone") or c.reads("company"):
        return None
    return None if c.follows("thing") or c.otherwise() else NumberKind.ACCOUNT


def _account_short(c: _Candidate) -> NumberKind | None:
    """Seven digits are enough directly after the words for an account number."""
    return None if c.counts("day") or c.reads("phone") or c.otherwise() else NumberKind.ACCOUNT


def _account(c: _Candidate) -> NumberKind | None:
    """Decided by a bank's grouping of digits, or by the bank's name beside it."""
    named = c.precedes("bank_after") or (c.plain and c.counts("bank_length") and c.follows("bank_name"))
    return _account_named(c) if named or c.reads("account") else None


def _abroad(c: _Candidate) -> NumberKind | None:
    return NumberKind.PHONE if c.counts("abroad") and not c.otherwise() else None


def _mobile(c: _Candidate) -> NumberKind | None:
    return None if (c.plain and c.otherwise()) or c.reads("clock") else NumberKind.PHONE


def _phone(c: _Candidate) -> NumberKind | None:
    return None if c.otherwise() else NumberKind.PHONE


_NAMED = frozenset(name for name in PATTERNS if name.endswith(("_labelled", "_numbered")) or name == "passport")
_SIGN = {"email": "@"}
"""A character without which a kind cannot occur: most texts lack it and need no search."""
_RULES: tuple[tuple[re.Pattern[str], str, bool, Callable[[_Candidate], NumberKind | None]], ...] = tuple(
    (re.compile(whole(PATTERNS[name])), _SIGN.get(name, ""), name in _NAMED, judge)
    for name, judge in (
        ("resident", _resident),
        ("resident_spaced", _resident),
        ("resident_dated", _resident),
        ("resident_labelled", _resident_born),
        ("resident_halves", _halves),
        ("resident_backwards_labelled", _backwards),
        ("my_number_labelled", _my_number),
        ("my_number", _my_number),
        ("email", _email),
        ("licence", _licence),
        ("passport", _passport),
        ("card", _card),
        ("account_labelled", _account_named),
        ("account_numbered", _account_short),
        ("account", _account),
        ("abroad", _abroad),
        ("abroad_bare", _abroad),
        ("world", _phone),
        ("mobile", _mobile),
        ("landline", _phone),
        ("japan", _phone),
        ("toll_free", _phone),
        ("phone_labelled", _phone),
    )
)


MOST_KNOWN = 20_000
"""Texts whose findings are remembered: where numbers stand, by a hash of the text, and nothing of the text itself."""
_known: dict[bytes, tuple[Finding, ...]] = {}


def find(text: str) -> tuple[Finding, ...]:
    """The personal numbers in ``text``, in order and without overlaps, in time linear in its length.

    Remembered, because lists show the same texts again and again.
    """
    key = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
    found = _known.get(key)
    if found is None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        found = _known[key] = _find(text)
    return found


def _find(text: str) -> tuple[Finding, ...]:
    spelt = text.translate(SPELLING)
    taken = bytearray(len(spelt))
    claims: list[tuple[int, int, NumberKind]] = []
    for pattern, sign, named, judge in _RULES:
        position = 0
        while sign in spelt and (match := pattern.search(spelt, position)):
            end = match.end()
            start = end - len(match[1]) if named else match.start()  # the name precedes the number
            position = start + 1
            if 1 not in taken[start:end] and (kind := judge(_Candidate(spelt, start, end))):
                claims.append((start, end, kind))
                taken[start:end] = b"\x01" * (end - start)
                position = end
    if len(spelt) != len(text):
        places = [place for place, character in enumerate(text) if character.translate(SPELLING)]
        claims = [(places[start], places[end - 1] + 1, kind) for start, end, kind in claims]
    return tuple(Finding(kind, start, end) for start, end, kind in sorted(claims))


def refused(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that must not be stored: the text is returned to its author with an explanation."""
    return tuple(finding for finding in findings if finding.kind in REFUSED)
