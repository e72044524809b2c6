"""A text as hashed pieces: which runs of characters occur in it, and where.

Pieces are the runs of two or three characters inside a word, whose edges count as spaces. Only 32-bit hashes of them
are kept, so that nobody can read what was learned from. All pieces are hashed together, in time linear to the text, of
which ``LONGEST`` characters count.
"""

import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.core import characters

LONGEST = 6_000
"""Characters of a text that count: what it is about stands before them, and no text takes long."""
SIZES = (2, 3)
"""Lengths of the runs, in characters."""

Hashes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]

_SPACE = 32
_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_POWERS, _INVERSES = (
    np.cumprod(np.array([1] + [factor] * (LONGEST + 2), dtype=np.uint64), dtype=np.uint64)
    for factor in (_FACTOR, _INVERSE)
)


@dataclass(frozen=True)
class Pieces:
    """All pieces of a text, each as often as it occurs: their hashes, and where they begin and end."""

    hashes: Hashes
    starts: Places
    ends: Places


def plain(text: str) -> str:
    """A text as it is compared: without what shows nothing, in compatibility form, case-folded, with single spaces."""
    seen = characters.bare(text[: 2 * LONGEST])
    return " ".join(unicodedata.normalize("NFKC", seen).casefold()[:LONGEST].split())


def pieces(text: str) -> Pieces:
    """The pieces of a plain text. Places count from 1, because the edge of its first word is at 0."""
    codes = np.frombuffer(f" {text} ".encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    before = np.cumsum(codes == _SPACE)
    starts, ends = [], []
    for size in SIZES:
        start = np.arange(len(codes) - size + 1)
        one_word = before[start + size - 2] == before[start]  # no space but at the edges of the run
        starts.append(start[one_word])
        ends.append(start[one_word] + size)
    start, end = np.concatenate(starts), np.concatenate(ends)
    # The hash of a piece is the difference of two sums over the text, shifted to the beginning.
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(codes * _POWERS[: len(codes)])])
    hashes = (sums[end] - sums[start]) * _INVERSES[start]
    hashes = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    return Pieces((hashes >> np.uint64(32)).astype(np.uint32), start, end)
