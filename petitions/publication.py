"""What everybody may read of a case: texts without names and numbers."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from server.core import privacy
from server.core.privacy import NumberKind

_LEAST = 7
"""Digits of the shortest phone number that is treated as personal."""
_SHORTEST = 4
"""Characters of the shortest address that identifies a place."""


@dataclass(frozen=True, slots=True)
class Own:
    """The petitioner's own details, masked also in an answer: contact details and what they wrote."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    wrote: tuple[str, ...] = ()

    def has(self, number: str) -> bool:
        """Whether a phone number is the petitioner's, with or without its country code."""
        digits = _digits(number)
        return any(
            min(len(digits), len(own)) >= _LEAST and (own.endswith(digits) or digits.endswith(own))
            for own in map(_digits, chain([self.phone], *map(_telephones, self.wrote)))
        )


def published(text: str, own: Own, *, official: bool = False) -> str:
    """A text with personal numbers, email addresses and the petitioner's own name and addresses masked.

    An official's text keeps the city's phone numbers and email addresses, but not the petitioner's.
    """
    masked = privacy.mask(text, privacy.OF_OFFICIALS) if official else privacy.mask(text)
    for number in {number for number in _telephones(masked) if own.has(number)}:
        masked = masked.replace(number, privacy.mask_phone(number))
    for address, cover in ((own.email, privacy.mask_email), (own.address, privacy.mask_address)):
        if len(address) >= _SHORTEST:
            spelt = r"\s+".join(map(re.escape, address.split()))
            masked = re.sub(spelt, lambda found, cover=cover: cover(found[0]), masked, flags=re.IGNORECASE)  # type: ignore[misc]
    return masked.replace(own.name, privacy.mask_name(own.name)) if len(own.name) > 1 else masked


def _telephones(text: str) -> Iterable[str]:
    return (text[start:end] for kind, start, end in privacy.find(text) if kind is NumberKind.PHONE)


def _digits(number: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in number if each.isdecimal()).lstrip("0")
