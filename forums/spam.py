"""Spam detection as pure functions: repeated texts, texts full of links, and authors who write without a pause.

Suspicious texts are not refused but held for a moderator, so false positives are acceptable but must be rare: people
who agree in the same few words, quote an article or answer "thank you" twice are not spammers.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BITS = 64
SHORT = 20
"""Texts with fewer letters are often the same by coincidence."""
NEAR = ((160, 5), (40, 3))
"""(letters, bits): from this length on, texts whose fingerprints differ in at most so many bits are near-duplicates.

Measured on titles and bodies of Korean and English petitions: no two different texts came as close. Of copies with one
word replaced, about 90 % are found from 160 letters on, and 40 % below.
"""
AGAIN = 3
"""After this number of equal short texts, the author's next one is held."""
MOST_LINKS = 3
"""A text with this many links or more is held."""
WORDS_BESIDE = 15
"""A text with a link and fewer letters of its own is held."""
FLOOD, FLOOD_SPAN = 10, timedelta(minutes=5)
"""After this number of texts within this time, the author's next one is held."""

_ENDINGS = "com|net|org|kr|jp|io|me|ly|gg|to|xyz|top|shop|club|info|biz"
_LINK = re.compile(
    rf"(?:https?://|www\.)\S+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})(?![a-z0-9-])(?:/\S*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier text of the same author."""

    forum_id: int
    fingerprint: int
    at: datetime


def letters(text: str) -> str:
    """A text normalised for comparison: letters and digits only, width and case folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def fingerprint(text: str) -> int:
    """The 64-bit simhash of a text's letter bigrams, as a signed integer; 0 for a text without letters.

    Texts that share most of their bigrams have fingerprints that differ in few bits (Charikar, "Similarity estimation
    techniques from rounding algorithms", 2002).
    """
    plain = letters(text)
    if not plain:
        return 0
    counts = [0] * BITS
    for at in range(max(1, len(plain) - 1)):
        digest = hashlib.blake2b(plain[at : at + 2].encode(), digest_size=BITS // 8).digest()
        bits = int.from_bytes(digest, "big")
        for place in range(BITS):
            counts[place] += 1 if bits >> place & 1 else -1
    value = sum(1 << place for place, count in enumerate(counts) if count > 0)
    return value - (1 << BITS) if value >> (BITS - 1) else value


def distance(one: int, other: int) -> int:
    """The Hamming distance of two fingerprints."""
    return ((one ^ other) & ((1 << BITS) - 1)).bit_count()


def is_repeated(text: str, others: Collection[int], own: Sequence[Earlier], forum_id: int) -> bool:
    """Whether a text repeats an earlier one, literally or almost.

    ``others`` are the fingerprints of texts in this forum, ``own`` the author's recent texts in any forum.
    """
    mark, length = fingerprint(text), len(letters(text))
    if length < SHORT:
        return sum(each.fingerprint == mark and each.forum_id == forum_id for each in own) >= AGAIN
    near = next((bits for least, bits in NEAR if length >= least), 0)
    known = {*others, *(each.fingerprint for each in own)} - {0}
    return any(distance(mark, each) <= near for each in known)


def is_flood(own: Sequence[Earlier], now: datetime) -> bool:
    """Whether an author writes faster than a person can."""
    return sum(now - each.at < FLOOD_SPAN for each in own) >= FLOOD


def is_link_spam(text: str) -> bool:
    """Whether a text consists mainly of links: several of them, or one with hardly any text."""
    plain = unicodedata.normalize("NFKC", text)
    links = _LINK.findall(plain)
    if not links:
        return False
    return len(links) >= MOST_LINKS or len(letters(_LINK.sub(" ", plain))) < WORDS_BESIDE


def why_held(
    text: str, moderation: str, others: Collection[int], own: Sequence[Earlier], *, forum_id: int, now: datetime
) -> str:
    """Why a text is held for a moderator (a key of ``labels.WHY``); empty where it is shown at once."""
    if is_link_spam(text):
        return "links"
    if is_repeated(text, others, own, forum_id) or is_flood(own, now):
        return "repeated"
    return "before" if moderation == "before" else ""
