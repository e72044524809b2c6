"""How texts and queries become terms, the same for every engine.

Korean and Japanese are searched by overlapping pairs of characters (bigrams), because their words carry endings and are
spaced freely: 도로 must find 도로를 and 자전거도로, and 이중납부 must find "이중 납부". Latin words and numbers are
kept whole. What shows nothing (``server.core.characters``) reaches neither an index nor a query.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from operator import add
from typing import NamedTuple

from server.core import characters

MAX_TEXT = 16_000
"""Characters of a document that are indexed: ``tsvector`` positions end at 16,383."""
MAX_QUERY = 200
"""Characters of a query that are used."""
LONGEST_SPLIT = 8
"""Characters of a word within which a space is tried."""
PAIR = 2
MAX_WORD = 64
"""Significant characters of a Latin word or number."""
# Hangul with its jamo, kana with the long vowel mark, ideographs with 々, 〆 and 〇.
_CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\U00020000-\U0003ffff"
)
_token = re.compile(rf"(?=([{_CJK}]{{1,2}}))[{_CJK}]|([^\W_{_CJK}]+)")
_run = re.compile(rf"([{_CJK}]+)|[^\W_{_CJK}]+")


class Term(NamedTuple):
    """A part of a query between spaces: tokens that must be adjacent and in order."""

    tokens: tuple[str, ...]
    prefix: bool
    """Whether the last token is matched as a prefix."""

    def phrases(self) -> list[tuple[str, ...]]:
        """The sequences of tokens any of which matches: as written, and with one space in it (이중납부, 이중 납부)."""
        found = [self.tokens]
        if not self.prefix and all(len(token) == PAIR and is_cjk(token) for token in self.tokens):
            found += [
                (*self.tokens[: at - 1], self.tokens[at - 1][0], *self.tokens[at:])
                for at in range(2, min(len(self.tokens), LONGEST_SPLIT))
            ]
        return found


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order; letters and digits only, so no query syntax.

    The text is normalised first (no invisible characters, NFKC, case-folded) and cut at :data:`MAX_TEXT`. Every
    character of a run of Hangul, kana or kanji starts one token, together with the next character, or alone at the end
    of the run: 가로등 gives 가로, 로등, 등. Adjacent bigrams thus correspond to adjacent characters. Latin words and
    numbers are kept whole.
    """
    return [pair or word[:MAX_WORD] for pair, word in _token.findall(folded(text, MAX_TEXT))]


def query_terms(q: str) -> list[Term]:
    """The terms of a query, all of which must match; empty if it contains nothing searchable.

    A term that ends in a single character of Hangul, kana or kanji finds that character anywhere. A Latin word
    or number at the end of the query matches as a prefix, because it may still be being typed.
    """
    words = [runs for word in folded(q, MAX_QUERY).split() if (runs := list(_runs(word)))]
    terms = []
    for runs in words:
        found = [token for run, cjk in runs for token in _split(run, cjk=cjk)]
        last, cjk = runs[-1]
        if cjk and len(last) > 1:
            found.pop()  # the last character is part of its bigram; alone it would match only at the end of a run
        terms.append(Term(tuple(found), prefix=len(last) == 1 if cjk else runs is words[-1]))
    return terms


def initials(text: str) -> list[str]:
    """The tokens of the initial consonants of a text's Hangul words: 불법 주차 gives those of ㅂㅂ ㅈㅊ (초성)."""
    found = []
    for word in whole(text):
        if letters := initial_letters(word):
            found += _split(letters, cjk=True)[:-1]
    return found


def whole(text: str) -> list[str]:
    """The different words of a text, as they are offered to complete what is typed and to correct it."""
    return list(dict.fromkeys(run for run, _cjk in _runs(folded(text, MAX_TEXT)) if PAIR <= len(run) <= MAX_WORD))


def initial_letters(word: str) -> str:
    """The initial consonants of a Hangul word; empty for every other."""
    if not _syllables.fullmatch(word):
        return ""
    return "".join(chr(_INITIAL + (ord(one) - ord("가")) // _PER_INITIAL) for one in word)


def is_initial(token: str) -> bool:
    """Whether a token is of initial consonants, which stand in no text."""
    return _INITIAL <= ord(token[0]) <= _LAST_INITIAL


def known(title: str, body: str) -> list[str]:
    """The words that a document gives the dictionary: those of its title, and longer Latin ones of its text."""
    latin = (run for run, cjk in _runs(folded(body)) if not cjk and LONG_ENOUGH <= len(run) <= MAX_WORD)
    return list(dict.fromkeys([*whole(title), *(run for run in latin if not run.isdecimal())]))


def parts(word: str) -> list[str]:
    """The keys of a Latin word through which similar ones are found: its parts of three letters, with its ends."""
    line = f"{PART}{word}{PART}"
    return list(dict.fromkeys(f"{PART}{line[at : at + 3]}" for at in range(len(line) - 2)))


def keys(word: str) -> list[str]:
    """Everything by which the dictionary finds a word."""
    letters = initial_letters(word)
    return [word, *([letters] if letters else []), *(parts(word) if _letters.fullmatch(word) else [])]


LONG_ENOUGH = 4
PART = "\ue003"
"""Begins a key that is a part of a word, and stands for the word's ends in it; no text contains it."""
_letters = re.compile(r"[a-zà-ɏ]{4,}")
_syllables = re.compile("[가-힣]+")
_INITIAL = 0x1100
"""The first of the initial consonants, into which NFKC also turns those of a keyboard (ㄱ)."""
_LAST_INITIAL = 0x1112
_PER_INITIAL = 588
"""Syllables that begin with the same consonant."""


class Asked(NamedTuple):
    """A token of a query, for ranking: unlike a :class:`Term`, a document need not have all of them."""

    token: str
    prefix: bool
    cjk: bool
    ends: bool = False
    """It is the end of a Korean word, which often is no part of its meaning (도로가, 도로를)."""


def asked(q: str, most: int = MAX_QUERY) -> list[Asked]:
    """The different tokens of a query in its order. Single characters count only if it has nothing longer."""
    runs = list(_runs(folded(q, most)))
    found = dict[str, Asked]()
    for at, (run, cjk) in enumerate(runs):
        if cjk and len(run) == 1:
            continue
        pairs = _split(run, cjk=cjk)[: -1 if cjk else None]
        for place, token in enumerate(pairs):
            ends = 0 < place == len(pairs) - 1 and "가" <= token[-1] <= "힣"
            if token not in found or found[token].ends:
                found[token] = Asked(token, prefix=not cjk and at == len(runs) - 1, cjk=cjk, ends=ends)
    return list(found.values()) or [Asked(run, prefix=True, cjk=True) for run, _cjk in dict.fromkeys(runs)]


def as_asked(token: str) -> Asked:
    """A token as it stands in the index, for ranking: of Latin script, a whole word."""
    return Asked(token, prefix=False, cjk=is_cjk(token))


def words(q: str, most: int = MAX_QUERY) -> list[tuple[str, bool]]:
    """The runs of a query: each a word, and whether it is of Hangul, kana or kanji."""
    return list(_runs(folded(q, most)))


def folded(text: str, limit: int = MAX_TEXT) -> str:
    """A text as it is compared: no invisible characters, NFKC, case-folded, cut at a length."""
    folded = unicodedata.normalize("NFKC", characters.bare(text[:limit])).casefold()
    return unicodedata.normalize("NFKC", folded)[:limit]


def tag(name: str, value: object) -> str:
    """A token for an attribute of a document, which no text contains: its first character is for private use."""
    plain = _not_in_tags.sub(lambda found: f"\ue002{ord(found[0]):x}\ue002", str(value).lower())
    return f"\ue000{name}\ue001{plain}"


_not_in_tags = re.compile(r"[^0-9a-z가-힣]")


def is_cjk(token: str) -> bool:
    """Whether a token is of Hangul, kana or kanji."""
    return _cjk_token.fullmatch(token) is not None


_cjk_token = re.compile(rf"[{_CJK}]+")
_letter = re.compile(rf"[^\W_{_CJK}]")


def is_letter(character: str) -> bool:
    """Whether a character belongs to a Latin word or number.

    No pattern made from a query says this: that class of characters takes milliseconds to compile.
    """
    return _letter.match(character) is not None


def _runs(folded: str) -> Iterator[tuple[str, bool]]:
    for match in _run.finditer(folded):
        yield match[0], match[1] is not None


def _split(run: str, *, cjk: bool) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))] if cjk else [run[:MAX_WORD]]


def fts5(terms: Iterable[Term]) -> str:
    """The terms, all of which must match, for FTS5."""
    return " AND ".join(f"({' OR '.join(_fts5_phrase(phrase, term) for phrase in term.phrases())})" for term in terms)


def _fts5_phrase(phrase: tuple[str, ...], term: Term) -> str:
    return f'"{" ".join(phrase)}"{" *" * term.prefix}'


def tsquery(terms: Iterable[Term]) -> str:
    """The terms, all of which must match, for a ``tsquery``."""
    return " & ".join(f"({' | '.join(_tsquery_phrase(phrase, term) for phrase in term.phrases())})" for term in terms)


def _tsquery_phrase(phrase: tuple[str, ...], term: Term) -> str:
    return f"({' <-> '.join(phrase)}{':*' * term.prefix})"


def tsvector(found: Iterable[str]) -> str:
    """Tokens in order as a ``tsvector``."""
    return " ".join(map(add, found, _PLACES))


_PLACES = [f":{position}" for position in range(1, 2 * MAX_TEXT)]
"""More than a document has tokens: those of its text, and the initial consonants of its title."""
