"""What looks like spam, pure: the same text again, a text full of links, somebody who writes without a pause.

None of it is refused: such a text waits for a moderator. So the rules may err, but rarely: people who agree in the same
few words, quote an article or answer "thank you" twice are no spam.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BITS = 64
SHORT = 20
"""Letters below which many people say the same without having copied it."""
NEAR = ((160, 5), (40, 3))
"""From so many letters on, texts whose fingerprints differ in so many bits are one text with a word changed.

Among the titles and bodies of Korean and English petitions that were compared no two different ones came nearer; of
copies in which one word was replaced, about nine of ten are found from 160 letters on, two of five below.
"""
AGAIN = 3
"""How often somebody may say the same short thing."""
MOST_LINKS = 3
"""So many links are too many."""
WORDS_BESIDE = 15
"""Letters of one's own that a text with a link needs."""
FLOOD, FLOOD_SPAN = 10, timedelta(minutes=5)
"""So many texts of one person in so short a time are too many."""

_ENDINGS = "com|net|org|kr|jp|io|me|ly|gg|to|xyz|top|shop|club|info|biz"
_LINK = re.compile(
    rf"(?:https?://|www\.)\S+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})(?![a-z0-9-])(?:/\S*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Earlier:
    """Something that the same person wrote before."""

    forum_id: int
    fingerprint: int
    at: datetime


def letters(text: str) -> str:
    """A text as it is compared: letters and digits only, without width and case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def fingerprint(text: str) -> int:
    """A text's simhash over its pairs of letters, as a signed number of 64 bits; 0 for a text without letters.

    The same letters have the same fingerprint, texts that share most of their pairs one that differs in few bits
    (Charikar, "Similarity estimation techniques from rounding algorithms", 2002).
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
    """In how many bits two fingerprints differ."""
    return ((one ^ other) & ((1 << BITS) - 1)).bit_count()


def is_repeated(text: str, others: Collection[int], own: Sequence[Earlier], forum_id: int) -> bool:
    """Whether a text says word for word, or almost, what stands in the forum already.

    ``others`` are fingerprints of texts of this forum, ``own`` what its author wrote lately anywhere.
    """
    mark, length = fingerprint(text), len(letters(text))
    if length < SHORT:
        return sum(each.fingerprint == mark and each.forum_id == forum_id for each in own) >= AGAIN
    near = next((bits for least, bits in NEAR if length >= least), 0)
    known = {*others, *(each.fingerprint for each in own)} - {0}
    return any(distance(mark, each) <= near for each in known)


def is_flood(own: Sequence[Earlier], now: datetime) -> bool:
    """Whether somebody writes faster than one can think."""
    return sum(now - each.at < FLOOD_SPAN for each in own) >= FLOOD


def is_link_spam(text: str) -> bool:
    """Whether a text is mostly there for its links: several of them, or one with hardly a word beside it."""
    plain = unicodedata.normalize("NFKC", text)
    links = _LINK.findall(plain)
    if not links:
        return False
    return len(links) >= MOST_LINKS or len(letters(_LINK.sub(" ", plain))) < WORDS_BESIDE


def why_held(
    text: str, moderation: str, others: Collection[int], own: Sequence[Earlier], *, forum_id: int, now: datetime
) -> str:
    """Why a text waits for a moderator (a key of ``labels.WHY``); empty where it is shown at once."""
    if is_link_spam(text):
        return "links"
    if is_repeated(text, others, own, forum_id) or is_flood(own, now):
        return "repeated"
    return "before" if moderation == "before" else ""
