"""What the embedded engine finds: candidates from the index, then the best of them ranked by their texts.

A question may hold words that half of all documents contain. Reading all of those would cost more the larger the city
is, so the rarest words are read whole until :data:`WHOLE` documents, and of the others only the newest ones, about
:data:`NEWEST` for each. How frequent words are is known before the index is asked.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from server.core import database
from server.core.search import passages, spelling, tables, words
from server.core.search.port import ID_BITS, Found, Hit, Kind, Question
from server.core.search.ranking import Ranking, Statistics
from server.core.search.related import Related, Word, tokens_of
from server.core.search.tables import Tables
from server.core.search.words import Asked

WHOLE = 12_000
"""How many documents are read for the rarer words of a question, together."""
NEWEST = 2_000
"""About how many of the newest documents are read for each more frequent word."""
MOST_WHOLE, MOST_COMMON = 32, 6
"""How many words of each sort are asked for; all of them count in the ranking."""
RANKED, CLOSELY = 300, 100
"""How many of the best candidates are ranked by their texts, and how many of these by where the words stand."""
KEPT = 1_000
"""How many hits can be paged through."""
MOST_BUCKETS = 64
NARROW = 16
"""How much further is looked for frequent words where a filter leaves few documents."""
ALIKE = 0.35
"""The share of a question (:attr:`Hit.share`) that related words must reach, where they are looked for."""
DEFAULT_LENGTH = 500.0
"""Characters of a document, as long as nothing has been counted."""


@dataclass(frozen=True)
class Prepared:
    """A question whose words are corrected, with what the index knows of them."""

    question: Question
    asked: Sequence[Asked]
    ranking: Ranking
    newest: Mapping[Kind, int]
    """The newest id of each kind that has documents."""
    meant: str


async def prepare(kept: Tables, question: Question) -> Prepared | None:
    """Two statements, and a few more to correct words that nobody wrote. None if nothing can be found."""
    asked = words.asked(question.words)
    if not asked or not question.readers or not question.kinds:
        return None
    statistics, newest = await _statistics(kept, asked, question.kinds)
    if not newest:
        return None
    if meant := await spelling.corrected(kept, question.words, statistics.frequent, question.readers):
        question, asked = replace(question, words=meant), words.asked(meant)
        statistics, newest = await _statistics(kept, asked, question.kinds)
    return Prepared(question, asked, Ranking(question.words, statistics), newest, meant)


async def search(kept: Tables, question: Question, related: Related | None = None) -> Found:
    """A page of what a question finds. Three statements, and a few more to correct words that nobody wrote, or to find
    what says the same in other words.
    """
    prepared = await prepare(kept, question)
    if prepared is None:
        return Found()
    question, ranking = prepared.question, prepared.ranking
    plan = _plan(question, ranking, prepared.newest)
    ids, total, facets = await _candidates(kept, question, plan)
    if total < question.related and (found := await in_other_words(kept, prepared, related)):
        return found
    hits = await _hits(kept, question, ranking, ids)
    return Found(hits, total, plan.partly, facets, prepared.meant)


async def in_other_words(kept: Tables, prepared: Prepared, related: Related | None) -> Found | None:
    """What says the same as a question; None if there are no words for that."""
    if related is None or not (alike := await related.of(prepared.question.words)):
        return None
    return await _in_other_words(kept, prepared.question, Found(meant=prepared.meant), prepared.asked, alike)


async def _in_other_words(
    kept: Tables, question: Question, found: Found, asked: Sequence[Asked], alike: Sequence[Word]
) -> Found:
    """What a question finds by its words and by related ones; no more than is ranked closely. Three statements."""
    more = [words.as_asked(token) for token in sorted(tokens_of(alike))]
    statistics, newest = await _statistics(kept, [*asked, *more], question.kinds)
    ranking = Ranking(question.words, statistics, related=alike)
    plan = _plan(question, ranking, newest)
    widely = replace(question, least=0, facets=False, sort="relevance", offset=0, limit=CLOSELY)
    ids, _total, _facets = await _candidates(kept, widely, plan)
    least = min(question.least, ALIKE)
    hits = [hit for hit in await _hits(kept, widely, ranking, ids) if hit.share >= least]
    if question.sort == "newest":
        hits.sort(key=lambda hit: (hit.at is not None, hit.at), reverse=True)
    counted = ((hit.kind, hit.department, hit.state, hit.district, hit.at) for hit in hits)
    facets = count_facets(counted) if question.facets else {}
    page = hits[question.offset : question.offset + question.limit]
    return replace(found, hits=page, total=len(hits), facets=facets, related=True)


def count_facets(hits: Iterable[tuple[str, int | None, str, str, datetime | None]]) -> Mapping[str, Mapping[str, int]]:
    """How many hits there are of each value: of kind, department, state, district and moment."""
    found = {facet: Counter[str]() for facet in _FACETS}
    for kind, department, state, district, at in hits:
        year = at.year if at is not None else ""
        values = (kind, "" if department is None else department, state, district, year)
        for facet, value in zip(_FACETS, values, strict=True):
            if value != "":
                found[facet][str(value)] += 1
    return found


async def _statistics(
    kept: Tables, asked: Sequence[Asked], kinds: Collection[Kind]
) -> tuple[Statistics, Mapping[Kind, int]]:
    """How frequent the words are, and the newest id of each kind that has documents."""
    parts = [f"SELECT term AS name, documents AS n FROM {kept.prefix}_term WHERE term IN (?)"]
    values: list[object] = [[*(one.token for one in asked), tables.DOCUMENTS, tables.LENGTH]]
    for kind in kinds:
        parts.append(f"SELECT '#{kind.number}', MAX(id) FROM {kept.prefix}_document WHERE id >= ? AND id < ?")
        values += [kind.base, kind.end]
    rows = await database.fetch(" UNION ALL ".join(parts), *values)
    known = {row["name"]: max(0, row["n"]) for row in rows if row["n"] is not None}
    documents = max(1, known.pop(tables.DOCUMENTS, 1))
    length = known.pop(tables.LENGTH, 0) / documents
    newest = {kind: known[f"#{kind.number}"] for kind in kinds if f"#{kind.number}" in known}
    return Statistics(documents, length or DEFAULT_LENGTH, known), newest


@dataclass(frozen=True)
class _Posting:
    """The documents of one word, or the newest of them."""

    token: Asked
    weight: float
    window: int | None
    """How many of the newest ids of each kind are looked at; None for all."""


@dataclass(frozen=True)
class _Plan:
    """What the index is asked."""

    postings: Sequence[_Posting]
    newest: Mapping[Kind, int]
    limits: Sequence[Sequence[str]]
    """Groups of attribute tokens; a hit has one of each group."""

    weight: float
    """Of the words that any document contains, as far as is known."""

    @property
    def partly(self) -> bool:
        """Whether only the newest documents of some word are looked at."""
        return any(one.window is not None for one in self.postings)


def _plan(question: Question, ranking: Ranking, newest: Mapping[Kind, int]) -> _Plan:
    statistics, read, whole, common = ranking.statistics, 0, list[_Posting](), list[_Posting]()
    narrow = bool(question.departments or question.districts or question.years or question.states)
    own = {one.token for one in ranking.weights}
    weights = ranking.weights | {one: weight for one, weight in ranking.related.items() if one.token not in own}
    for one, weight in sorted(weights.items(), key=lambda pair: -pair[1]):
        found = statistics.frequent.get(one.token, statistics.documents // 50 if one.prefix else 0)
        if read + found <= WHOLE and len(whole) < MOST_WHOLE:
            whole.append(_Posting(one, weight, None))
            read += found
        elif len(common) < MOST_COMMON:
            window = NEWEST * statistics.documents // max(1, found) * (NARROW if narrow else 1)
            common.append(_Posting(one, weight, window))
    limits = [
        [words.tag("k", kind.number) for kind in question.kinds],
        [words.tag("r", reader) for reader in question.readers],
        [words.tag("d", department) for department in question.departments],
        [words.tag("t", district) for district in question.districts],
        [words.tag("y", year) for year in question.years],
    ]
    postings = [*whole, *common]
    known = sum(one.weight for one in postings if one.token.prefix or statistics.frequent.get(one.token.token))
    return _Plan(postings, newest, [group for group in limits if group], known)


async def _candidates(
    kept: Tables, question: Question, plan: _Plan
) -> tuple[Sequence[int], int, Mapping[str, Mapping[str, int]]]:
    """The best ids by the weight of the words that they contain, how many there are, and how many of each facet."""
    p = kept.prefix
    source, values = _on_sqlite(p, plan) if database.dialect() == "sqlite" else _on_postgres(p, plan)
    least = question.least * plan.weight * 0.999
    having, where = f"SUM(w) >= {least!r}", "1 = 1"
    if question.besides is not None:
        kind, one = question.besides
        where = f"id <> {kind.base + one}"
    hit = f"SELECT id, SUM(w) AS w FROM ({source}) AS posting WHERE {where} GROUP BY id HAVING {having}"
    if question.states:
        states = ", ".join(f"'{state}'" for state in question.states if _state.fullmatch(state)) or "NULL"
        hit = f"SELECT h.id, h.w FROM ({hit}) AS h JOIN {p}_document d ON d.id = h.id WHERE d.state IN ({states})"
    order = "w DESC, id DESC"
    best = f"SELECT id, w FROM hit ORDER BY {order} LIMIT {KEPT}"
    joined = f"hit h JOIN {p}_document d ON d.id = h.id"
    if question.sort == "newest":
        best = f"SELECT h.id, d.at AS w FROM {joined} ORDER BY 2 DESC, 1 DESC LIMIT {KEPT}"
    parts = [f"SELECT '' AS facet, '' AS name, id AS n, w FROM ({best}) AS best"]
    parts.append("SELECT '#', '', COUNT(*), 0 FROM hit")
    if question.facets:
        parts += [
            f"SELECT '{facet}', {name}, COUNT(*), 0 FROM {joined} GROUP BY {name}" for facet, name in _FACETS.items()
        ]
    sql = f"WITH hit AS MATERIALIZED ({hit}) {' UNION ALL '.join(parts)}"
    rows = await database.connection().execute_query_dict(sql, values)
    ids = [row["n"] for row in sorted((r for r in rows if not r["facet"]), key=lambda r: (-r["w"], -r["n"]))]
    total = next(row["n"] for row in rows if row["facet"] == "#")
    names = {str(kind.number): kind.name for kind in question.kinds}
    facets: dict[str, dict[str, int]] = {facet: {} for facet in _FACETS if question.facets}
    for row in rows:
        if row["facet"] in facets and row["name"]:
            name = names[row["name"]] if row["facet"] == "kind" else row["name"]
            facets[row["facet"]][name] = row["n"]
    return ids, total, facets


_state = re.compile(r"\w{1,40}")
_FACETS = {
    "kind": f"CAST(h.id >> {ID_BITS} AS TEXT)",
    "department": "CAST(d.department AS TEXT)",
    "state": "d.state",
    "district": "d.district",
    "year": "CAST(d.year AS TEXT)",
}
"""Each facet's name of its values, as SQL."""


def _on_sqlite(prefix: str, plan: _Plan) -> tuple[str, list[object]]:
    table, parts, values = f"{prefix}_index", list[str](), list[object]()
    groups = [" OR ".join(f'"{one}"' for one in group) for group in plan.limits]
    limits = "".join(f" AND ({group})" for group in groups)
    for posting in plan.postings:
        match = f'"{posting.token.token}"{" *" * posting.token.prefix}{limits}'
        each = f"SELECT rowid AS id, {posting.weight!r} AS w FROM {table} WHERE {table} MATCH ?"
        if posting.window is None:
            parts.append(each)
            values.append(match)
            continue
        for kind, last in plan.newest.items():
            parts.append(f"{each} AND rowid BETWEEN ? AND ?")
            values += [match, max(kind.base, last - posting.window), last]
    return " UNION ALL ".join(parts), values


def _on_postgres(prefix: str, plan: _Plan) -> tuple[str, list[object]]:
    limits, wanted = "".join(f" & ({' | '.join(group)})" for group in plan.limits), list[str]()
    for posting in plan.postings:
        match = f"{posting.token.token}{':*' * posting.token.prefix}{limits}"
        if posting.window is not None:
            newest = [
                tables.bucket(kind.number, number << tables.BUCKET_BITS)
                for kind, last in plan.newest.items()
                for number in _buckets(last - kind.base, posting.window)
            ]
            match += f" & ({' | '.join(newest)})" if newest else ""
        wanted.append(match)
    source = (
        f"SELECT m AS id, q.w FROM unnest($1::text[], $2::float8[]) AS q (wanted, w), {prefix}_matching(q.wanted) AS m"
    )
    return source, [wanted, [posting.weight for posting in plan.postings]]


def _buckets(last: int, window: int) -> range:
    newest, oldest = last >> tables.BUCKET_BITS, max(0, last - window) >> tables.BUCKET_BITS
    return range(newest, max(oldest, newest - MOST_BUCKETS) - 1, -1)


async def _hits(kept: Tables, question: Question, ranking: Ranking, ids: Sequence[int]) -> Sequence[Hit]:
    """The page of the hits, ranked by their texts if they are among the best."""
    ranks = question.sort == "relevance" and question.offset < RANKED
    end = question.offset + question.limit
    wanted = ids[: max(RANKED, end)] if ranks else ids[question.offset : end]
    by_id = await rows(kept, wanted)
    documents = {key: folded(row) for key, row in by_id.items()}
    texts = {key: text for key, (_title, _also, text) in documents.items()}
    wanted, close = [key for key in wanted if key in by_id], dict[int, tuple[float, float]]()
    if ranks:
        rough = {key: ranking.rough(texts[key]) for key in wanted[:RANKED]}
        wanted[:RANKED] = sorted(rough, key=lambda key: (-rough[key], -key))
        close = ranking.scores({key: documents[key] for key in wanted[:CLOSELY]})
        wanted[:CLOSELY] = sorted(close, key=lambda key: (-close[key][0], -key))
        wanted = wanted[question.offset : end]
    scores = close | ranking.scores({key: documents[key] for key in wanted if key not in close})
    finds = passages.pattern(question.words)
    names = {kind.number: kind.name for kind in question.kinds}
    return [hit(by_id[key], names[key >> ID_BITS], scores[key], finds) for key in wanted]


async def rows(kept: Tables, ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """What is stored of documents, by their ids in the index."""
    columns = "id, title, body, also, path, department, state, district, at, language, readers"
    found = await database.fetch(f"SELECT {columns} FROM {kept.prefix}_document WHERE id IN (?)", ids)
    return {row["id"]: row for row in found}


def folded(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """A stored document as the ranking compares it."""
    return row["title"], row["also"], words.folded(f"{row['title']}\n{row['also']}\n{row['body']}")


def moment(row: Mapping[str, Any]) -> datetime | None:
    """The moment of a stored document."""
    return datetime.fromtimestamp(row["at"], UTC) if row["at"] else None


def hit(row: Mapping[str, Any], kind: str, score: tuple[float, float], finds: re.Pattern[str] | None) -> Hit:
    """A stored document as a hit."""
    return Hit(
        kind,
        row["id"] & ((1 << ID_BITS) - 1),
        row["path"],
        passages.marked(row["title"], finds),
        passages.passage(row["body"], finds),
        row["department"],
        row["state"],
        row["district"],
        moment(row),
        *score,
        row["language"],
    )
