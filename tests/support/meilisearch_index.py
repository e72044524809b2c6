"""An index of the tests' Meilisearch: its words, typos, matching strategies and ranking, as far as documented."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.core.search.spelling import distance
from tests.support import meilisearch_filters

DEFAULTS: Mapping[str, Any] = {
    "displayedAttributes": ["*"],
    "searchableAttributes": ["*"],
    "filterableAttributes": [],
    "sortableAttributes": [],
    "rankingRules": ["words", "typo", "proximity", "attribute", "sort", "exactness"],
    "stopWords": [],
    "synonyms": {},
    "typoTolerance": {
        "enabled": True, "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9}, "disableOnWords": [],
        "disableOnAttributes": [], "disableOnNumbers": False,
    },
    "faceting": {"maxValuesPerFacet": 100, "sortFacetValuesBy": {"*": "alpha"}},
    "pagination": {"maxTotalHits": 1000},
    "proximityPrecision": "byWord",
    "facetSearch": True,
    "localizedAttributes": None,
    "searchCutoffMs": None,
}  # fmt: skip
MOST_WORDS = 10
"""Words of a query that count."""
# Hangul is not split, kanji and kana are, here into characters.
_word = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")


def words(text: str) -> list[str]:
    """The words of a text: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return _word.findall(unicodedata.normalize("NFC", "".join(one for one in plain if not unicodedata.combining(one))))


class Index:
    """Documents with the settings by which they are found."""

    def __init__(self, uid: str, primary_key: str | None) -> None:
        self.uid, self.primary_key = uid, primary_key
        self.settings: dict[str, Any] = dict(DEFAULTS)
        self.documents: dict[str, dict[str, Any]] = {}
        self._words: dict[str, dict[str, list[str]]] = {}

    def set(self, settings: Mapping[str, Any]) -> None:
        for name, value in settings.items():
            before = DEFAULTS[name]
            self.settings[name] = {**before, **value} if isinstance(before, dict) and value is not None else value
        for key, document in self.documents.items():
            self._index(key, document)

    def add(self, documents: Iterable[Mapping[str, Any]]) -> None:
        for document in documents:
            key = str(document[self.primary_key or "id"])
            self.documents[key] = dict(document)
            self._index(key, document)

    def remove(self, keys: Iterable[str]) -> int:
        gone = [key for key in keys if self.documents.pop(key, None) is not None]
        for key in gone:
            del self._words[key]
        return len(gone)

    def _index(self, key: str, document: Mapping[str, Any]) -> None:
        wanted = self.settings["searchableAttributes"]
        names = [*document] if wanted == ["*"] else [name for name in wanted if name in document]
        self._words[key] = {name: words(str(document[name])) for name in names}

    def matching(self, filter_: Any) -> list[str]:
        """The keys of the documents for which a filter holds. Raises ``BadFilter``."""
        holds = meilisearch_filters.parse(filter_, self.settings["filterableAttributes"])
        return [key for key, document in self.documents.items() if holds(document)]

    def search(self, query: Mapping[str, Any], rule: Any = None) -> dict[str, tuple[Any, ...]]:
        """The keys of what is found, each with what it is ordered by, the smallest first; its last but one entry is the
        ranking score. Raises ``BadFilter``.
        """
        q = str(query.get("q") or "")
        asked = words(q)[:MOST_WORDS]
        prefix = not q.endswith(" ")
        allowed = set(self.matching(query.get("filter"))) & set(self.matching(rule))
        found = dict[str, tuple[Any, ...]]()
        for place, key in enumerate(self.documents):
            if key not in allowed:
                continue
            score = self._score(key, asked, prefix=prefix, strategy=query.get("matchingStrategy") or "last")
            if score is not None:
                sorts = self._sorts(key, query.get("sort") or [])
                found[key] = (*sorts, -score, place)
        return found

    def _sorts(self, key: str, sort: Sequence[str]) -> tuple[Any, ...]:
        first = self.settings["rankingRules"].index("sort") == 0
        found = []
        for one in sort if first else []:
            name, _colon, order = one.partition(":")
            value = self.documents[key].get(name)
            found.append((value is None, -value if order == "desc" and value is not None else value))
        return tuple(found)

    def _score(self, key: str, asked: Sequence[str], *, prefix: bool, strategy: str) -> float | None:
        if not asked:
            return 1.0
        matched, typos, places = 0, 0, list[int]()
        for at, word in enumerate(asked):
            best = self._best(key, word, begins=prefix and at == len(asked) - 1)
            if best is None:
                break
            matched, typos = matched + 1, typos + best[0]
            places.append(best[1])
        if matched == 0 or (strategy == "all" and matched < len(asked)):
            return None
        return (matched - min(typos, 9) / 10 - min(sum(places) / len(places), 99) / 10_000) / len(asked)

    def _best(self, key: str, word: str, *, begins: bool) -> tuple[int, int] | None:
        """The fewest typos with which a document has a word, and the first attribute that has it so."""
        found = []
        for at, (name, there) in enumerate(self._words[key].items()):
            most = self._typos(word, name)
            for one in there:
                if one == word or (begins and one.startswith(word)):
                    found.append((0, at))
                    break
                if most and abs(len(one) - len(word)) <= most:
                    many = distance(word, one, most) + (one[0] != word[0])
                    if many <= most:
                        found.append((many, at))
        return min(found, default=None)

    def _typos(self, word: str, attribute: str) -> int:
        wanted = self.settings["typoTolerance"]
        if not wanted["enabled"] or attribute in wanted["disableOnAttributes"] or word in wanted["disableOnWords"]:
            return 0
        if wanted["disableOnNumbers"] and word.isdecimal():
            return 0
        sizes = wanted["minWordSizeForTypos"]
        return sum(len(word) >= sizes[each] for each in ("oneTypo", "twoTypos"))

    def facets(self, keys: Iterable[str], names: Sequence[str]) -> dict[str, dict[str, int]]:
        """How many documents have each value. Raises ``BadFilter`` for what is not filterable."""
        found = {name: Counter[str]() for name in names}
        for name in names:
            if name not in self.settings["filterableAttributes"]:
                raise meilisearch_filters.BadFilter(f"Attribute `{name}` is not filterable.")
        for key in keys:
            for name in names:
                value = self.documents[key].get(name)
                for one in value if isinstance(value, list) else [] if value in (None, "") else [value]:
                    found[name][str(one)] += 1
        most = self.settings["faceting"]["maxValuesPerFacet"]
        return {name: dict(sorted(counts.items())[:most]) for name, counts in found.items()}

    def shown(self, key: str, wanted: Sequence[str] | None) -> dict[str, Any]:
        """A document as it is given back."""
        displayed = self.settings["displayedAttributes"]
        names = [name for name in self.documents[key] if displayed == ["*"] or name in displayed]
        return {name: self.documents[key][name] for name in names if not wanted or wanted == ["*"] or name in wanted}
