"""The part of a text that a result quotes, with the words searched for marked in it."""

import re
from collections.abc import Iterator

from server.core.search import words
from server.core.search.port import Passage

WIDTH = 160
"""Characters of a passage."""
_BEFORE = 30
"""Characters before its first marked word."""
_LONGEST = 12
"""Characters of a Korean or Japanese word of which all parts are looked for."""


def pattern(q: str) -> re.Pattern[str] | None:
    """Finds the words of a query in a text as it was written; None if it has none."""
    parts = set[str]()
    latin = set[str]()
    for run, cjk in words.words(q):
        if not cjk:
            latin.add(re.escape(run))
        elif len(run) == 1:
            parts.add(run)
        else:
            run = run[:_LONGEST]  # noqa: PLW2901
            parts |= {run[a:b] for a in range(len(run) - 1) for b in range(a + words.PAIR, len(run) + 1)}
    found = [re.escape(part) for part in sorted(parts, key=lambda part: (-len(part), part))]
    found += sorted(latin, key=lambda word: (-len(word), word))
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _matches(text: str, finds: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The places of the words; of Latin words and numbers only beginnings."""
    for match in finds.finditer(text):
        at = match.start()
        if not (at and words.is_letter(text[at]) and words.is_letter(text[at - 1])):
            yield match


def marked(text: str, finds: re.Pattern[str] | None) -> tuple[Passage, ...]:
    """A whole text with the words marked."""
    if finds is None:
        return (Passage(text),) if text else ()
    found, end = list[Passage](), 0
    for match in _matches(text, finds):
        if match.start() > end:
            found.append(Passage(text[end : match.start()]))
        found.append(Passage(match[0], marked=True))
        end = match.end()
    return (*found, Passage(text[end:])) if end < len(text) else tuple(found)


def passage(text: str, finds: re.Pattern[str] | None) -> tuple[Passage, ...]:
    """The part of a text, on one line, in which most of the words stand; its beginning if none does."""
    line = " ".join(text.split())
    places = [(match.start(), match[0].casefold()) for match in _matches(line, finds)] if finds else []
    start, most = 0, 0
    for at, (place, _word) in enumerate(places):
        inside = {word for other, word in places[at : at + WIDTH // 2] if other < place + WIDTH - _BEFORE}
        if (weight := sum(map(len, inside))) > most:
            start, most = max(0, place - _BEFORE), weight
    start = line.rfind(" ", 0, start) + 1 if start else 0
    cut = line[start : start + WIDTH]
    cut = ("…" if start else "") + cut + ("…" if start + WIDTH < len(line) else "")
    return marked(cut, finds)
