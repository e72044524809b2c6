"""What Meilisearch is told: the settings of its index, a document, and a question as queries. Nothing here talks to it.

Its tokenizer splits Hangul at spaces only, guesses the language of kanji, and takes ten words of a query. So the pairs
of characters by which the embedded engine finds (``server.core.search.words``) are fields of their own, each pair a
number of twelve digits: no tokenizer splits a number, no typo tolerance confuses two of them, and all of a pair is a
prefix of nothing else. The texts stand beside them, a field for each language, for Latin words with typos.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import orjson

from server.core.search import tables, words
from server.core.search.port import FACETS, ID_BITS, LANGUAGES, PUBLIC, Document, Kind, Question
from server.core.search.ranking import Ranking
from server.core.search.words import Asked

INDEX, ASIDE = "sinmungo", "sinmungo_aside"
"""The index in use, and the one that a rebuild fills beside it."""
FORMAT = "1"
"""Part of each digest: raised with any change of :func:`document`, so that ``sinmungo check`` brings the new form."""
KEPT = 1_000
"""How many hits can be paged through."""
MOST_WORDS = 10
"""Words of a query that Meilisearch takes; it ignores the others."""
MOST_COMBINED, MOST_QUERIES = 6, 13
"""Of how many words all sufficient combinations are asked for, if they are no more queries than that."""
DIGITS = 6
"""Of a character's number."""
OTHER = "other"
"""The language of a text whose language is not known."""
_NAMES = (*LANGUAGES, OTHER)
_LOCALES = {"ko": "kor", "ja": "jpn", "en": "eng"}

SETTINGS: Mapping[str, Any] = {
    "searchableAttributes": [
        "title_pairs", *(f"title_{name}" for name in _NAMES), "also", "pairs", *(f"text_{name}" for name in _NAMES)
    ],
    # Texts are shown from the database, as they are now; nothing else leaves Meilisearch.
    "displayedAttributes": ["id", "digest"],
    "filterableAttributes": ["id", "readers", *FACETS],
    "sortableAttributes": ["at"],
    "rankingRules": ["sort", "words", "typo", "proximity", "attribute", "exactness"],
    "stopWords": [],  # the rarest words of a question are asked for
    "synonyms": {},  # words that say the same are learned (ADR 48), and looked for by the embedded engine
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9},
        "disableOnNumbers": True,
        "disableOnWords": [],
        "disableOnAttributes": ["title_pairs", "pairs", "also"],
    },
    "localizedAttributes": [
        *({"locales": [locale], "attributePatterns": [f"*_{name}"]} for name, locale in _LOCALES.items()),
        {"locales": ["eng"], "attributePatterns": ["pairs", "title_pairs", "also"]},
    ],
    # Candidates are ranked by their texts here: pairs of pairs would only make the index larger.
    "proximityPrecision": "byAttribute",
    "facetSearch": False,
    "pagination": {"maxTotalHits": KEPT},
    "faceting": {"maxValuesPerFacet": 1_000},
    "searchCutoffMs": 250,
}  # fmt: skip


def differs(settings: Mapping[str, Any]) -> bool:
    """Whether an index has other settings than ours; what Meilisearch adds of its own does not count."""
    return not all(_same(wanted, settings.get(name), ordered=name in _ORDERED) for name, wanted in SETTINGS.items())


_ORDERED = {"searchableAttributes", "rankingRules"}
"""Settings whose order says something."""


def _same(wanted: object, found: object, *, ordered: bool = False) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_same(value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list) and not ordered:
        return sorted(map(_written, wanted)) == sorted(map(_written, found))
    return wanted == found


def _written(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def code(token: str) -> str:
    """A token as Meilisearch knows it: Hangul, kana and kanji as the numbers of their characters."""
    return "".join(f"{ord(one):0{DIGITS}d}" for one in token) if words.is_cjk(token) else token


def digest(stored: str) -> str:
    """A document's digest in Meilisearch, by the one in the database."""
    return f"{FORMAT}:{stored}"


def document(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the embedded engine's documents as Meilisearch indexes it."""
    title, body, also = row["title"], row["body"], row["also"]
    language = row["language"] if row["language"] in LANGUAGES else OTHER
    found = tables.terms(Document(_ANY, 0, title, body, also))
    attributes = {
        "kind": str(row["id"] >> ID_BITS),
        "readers": row["readers"].split("\n"),
        "department": "" if row["department"] is None else str(row["department"]),
        "state": row["state"],
        "district": row["district"],
        "year": str(row["year"] or ""),
        "at": row["at"],
    }
    return {
        "id": row["id"],
        "digest": digest(row["digest"]),
        "title_pairs": _coded([*words.tokens(title), *words.initials(title)]),
        "pairs": _coded(found),
        f"title_{language}": title,
        f"text_{language}": body,
        "also": also,
        **{name: value for name, value in attributes.items() if value != ""},
    }


async def _nothing(_wanted: object) -> Sequence[Document]:
    return ()


_ANY = Kind("any", 0, _nothing)


def _coded(found: Iterable[str]) -> str:
    return " ".join(map(code, found))


class Query(NamedTuple):
    """One of the queries that together find what a question asks for."""

    q: str
    strategy: str
    """``all`` words, or the ``last`` ones may be missing."""
    weight: float


def queries(ranking: Ranking, least: float) -> tuple[Sequence[Query], bool]:
    """The queries for a question, and whether they find no more than what contains enough of it.

    Meilisearch always wants the first word of a query. Few words: each smallest combination of them that weighs enough
    is a query of its own. More words: one query for each word that may be the rarest one in a document, which goes on
    with the more frequent ones; that finds too much, which the ranking leaves out.
    """
    frequent = ranking.statistics.frequent
    known = {one: weight for one, weight in ranking.weights.items() if one.prefix or frequent.get(one.token)}
    chosen = sorted(known, key=lambda one: -known[one])[:MOST_WORDS]
    total = sum(known.values())
    need = max(least * total * 0.999, min(known.values(), default=0.0))
    sets = _sufficient(chosen, known, need) if len(known) <= MOST_COMBINED else ()
    exact = bool(sets) or not known
    if sets:
        found = {tuple(chosen): 1.0, **{one: sum(known[each] for each in one) / total for one in sets}}
        asked = [Query(_line(one), "all", weight) for one, weight in found.items()]
    else:
        asked = [*_tails(chosen, known, total, need)]
    # Nobody has counted them yet: something that was filed a moment ago may contain them.
    if unknown := [one for one in ranking.weights if one not in known][:MOST_WORDS]:
        asked.append(Query(_line(unknown), "all", 1.0))
    return asked, exact


def _sufficient(chosen: Sequence[Asked], known: Mapping[Asked, float], need: float) -> Sequence[tuple[Asked, ...]]:
    """The smallest combinations that weigh enough; none if they are too many."""
    found = list[tuple[Asked, ...]]()
    for many in range(1, len(chosen) + 1):
        for one in combinations(chosen, many):
            if sum(known[each] for each in one) >= need and not any(set(one) > set(less) for less in found):
                found.append(one)
                if len(found) >= MOST_QUERIES:
                    return ()
    return found


def _tails(chosen: Sequence[Asked], known: Mapping[Asked, float], total: float, need: float) -> Iterable[Query]:
    left = total
    for at, first in enumerate(chosen):
        if left < need:
            return
        following = [] if first.prefix else chosen[at + 1 :]
        yield Query(_line([first, *following]), "last", max(left, 0.0) / total)
        left -= known[first]


def _line(chosen: Iterable[Asked]) -> str:
    """Words as a query. Only the last one is looked for as the beginning of a word, and none before a final space."""
    ordered = sorted(chosen, key=lambda one: one.prefix)
    return " ".join(code(one.token) for one in ordered) + ("" if ordered[-1].prefix else " ")


def filters(question: Question) -> list[str]:
    """Who asks and what the question is limited to, all of which must hold."""
    groups: Mapping[str, Collection[object]] = {
        "kind": [kind.number for kind in question.kinds],
        "readers": question.readers or (PUBLIC,),
        "department": question.departments,
        "state": question.states,
        "district": question.districts,
        "year": question.years,
    }
    found = [f"{name} IN [{', '.join(map(quoted, values))}]" for name, values in groups.items() if values]
    if question.besides is not None:
        kind, one = question.besides
        found.append(f"id != {kind.base + one}")
    return found


def quoted(value: object) -> str:
    """A value of a filter, whatever it contains."""
    plain = "".join(one for one in str(value) if one.isprintable()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def search(question: Question, asked: Sequence[Query], limit: int) -> tuple[list[Any], dict[str, Any]]:
    """The queries and the federation of a request for the best ``limit`` documents."""
    common: dict[str, Any] = {"indexUid": INDEX, "filter": filters(question), "attributesToRetrieve": ["id"]}
    if question.sort == "newest":
        common["sort"] = ["at:desc"]
    federation: dict[str, Any] = {"offset": 0, "limit": limit}
    if question.facets:
        federation |= {"facetsByIndex": {INDEX: list(FACETS)}, "mergeFacets": {"maxValuesPerFacet": 1_000}}
    each = [
        {**common, "q": one.q, "matchingStrategy": one.strategy, "federationOptions": {"weight": round(one.weight, 6)}}
        for one in asked
    ]
    return each, federation
