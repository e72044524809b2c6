"""Whether a text mentions a word of the city's lists: keywords, duties, rules, specialities, names of districts.

Korean and Japanese words are found anywhere, because particles follow them without a space (``가로등이``). Words of
alphabets that are written with spaces are found whole, in the singular or the plural: "tree" is mentioned by "trees",
not by "street".
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from operator import add

_LETTER = "[^\\W\\d_\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff]"
"""A letter, but not of Korean, Japanese or Chinese."""
_is_letter, _is_digit = re.compile(_LETTER).match, re.compile(r"\d").match
_PLURAL = "(?:['’]?s|es)?"


@functools.lru_cache(maxsize=8)
def fold(text: str) -> str:
    """Normalise a text for comparison: compatibility form, case-folded. One petition is asked several times."""
    return unicodedata.normalize("NFKC", text).casefold()


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What occurs in every text that mentions a word; empty for a word that no text mentions."""
    folded = " ".join(fold(word).split())
    return _stem(folded).split()[0] if _by_letters(folded) else folded


def _by_letters(folded: str) -> bool:
    """Whether what stands before and after a word matters. If not, occurring is enough."""
    return any(map(_is_letter, folded)) or any(map(_is_digit, (folded[:1], folded[-1:])))


def _stem(folded: str) -> str:
    return folded[:-1] if re.search("[^aeiou]y$", folded) else folded


@functools.lru_cache(maxsize=20_000)
def _pattern(word: str) -> re.Pattern[str] | None:
    """What decides whether a word is mentioned where its stem occurs; none where that is enough.

    Compiled only then: each takes 2 ms, and most words of a city are in no text.
    """
    folded = " ".join(fold(word).split())
    if not _by_letters(folded):
        return None
    first, last, kept, ending = folded[0], folded[-1], folded, ""
    if _is_letter(last):
        kept = _stem(folded)
        ending = _PLURAL if kept == folded else "(?:y|ies)"
    before = f"(?<!{_LETTER})" if _is_letter(first) else r"(?<!\d)" if _is_digit(first) else ""
    after = f"(?!{_LETTER})" if _is_letter(last) else r"(?!\d)" if _is_digit(last) else ""
    return re.compile(before + r"[\s-]*".join(map(re.escape, kept.split())) + ending + after)


class Mentions:
    """A text that is asked for words. It is folded once."""

    def __init__(self, text: str) -> None:
        self._text = fold(text)

    def holding(self, stems: Mapping[str, Iterable[str]]) -> set[str]:
        """Which of many words' stems, kept by their first two characters, occur: few of the words need a look."""
        text = self._text
        pairs = {*map(add, text, text[1:]), *text}
        return {one for pair in stems.keys() & pairs for one in stems[pair] if one in text}

    def count(self, word: str) -> int:
        """How often a word is mentioned."""
        part = stem(word)
        if not part or part not in self._text:
            return 0
        pattern = _pattern(word)
        return len(pattern.findall(self._text)) if pattern else self._text.count(part)

    def __contains__(self, word: str) -> bool:
        return bool(self.found(word))

    def found(self, word: str) -> str:
        """The word as the text has it, such as its plural; as it is listed if only its case differs; else empty."""
        part = stem(word)
        if not part or part not in self._text:
            return ""
        pattern = _pattern(word)
        if pattern is None:
            return word
        hit = pattern.search(self._text)
        return "" if hit is None else word if hit[0] == fold(word) else hit[0]

    def all_found(self, words: Iterable[str]) -> list[str]:
        """What is found of some words."""
        return [found for word in words if (found := self.found(word))]
