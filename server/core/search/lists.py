"""The filter of a list by words: which documents of a kind contain all of them, newest first.

A list has its own order, conditions and permissions in SQL, which a match here joins. PostgreSQL's planner has two ways
to find the newest hits, and left to itself takes up to 1,000 ms: so frequent words are looked for among the newest
documents first, by a token that consecutive ids share, and how frequent they are is read from the table of terms.
"""

from collections.abc import Mapping, Sequence

from server.core import database
from server.core.search import tables, words
from server.core.search.port import ID_BITS, Kind
from server.core.search.tables import Tables

COMMON = 2_000
"""A word in more documents is common."""
_ROW = (1 << ID_BITS) - 1
"""What of an id in the index is the domain's."""
_WIDER = 8


async def newest(kept: Tables, kinds: Sequence[Kind], q: str, *, limit: int, before_id: int | None = None) -> list[int]:
    """The ids of the newest ``limit`` documents with all words of ``q``, below ``before_id`` on further pages.

    Several kinds are of one table of the domain, whose ids they share.
    """
    terms = words.query_terms(q)
    if not terms:
        return []
    if database.dialect() == "sqlite":
        return await along(kept, kinds, q, limit=limit, beyond=before_id)
    ends = {kind: kind.end if before_id is None else kind.base + before_id for kind in kinds}
    query = f"{words.tsquery(terms)} & ({' | '.join(words.tag('k', kind.number) for kind in kinds)})"
    within = " OR ".join("m >= ? AND m < ?" for _kind in kinds)
    bounds = [bound for kind, end in ends.items() for bound in (kind.base, end)]
    top, found = await _top(kept, terms, ends), list[int]()
    # Fewer hits than a page among the newest documents: further back, eight times as many each time.
    for buckets in [1, _WIDER, _WIDER**2, 0] if top is not None else [0]:
        limits = ""
        if buckets and top is not None:
            first = max(0, top) >> tables.BUCKET_BITS
            span = [n << tables.BUCKET_BITS for n in range(first, max(-1, first - buckets), -1)]
            limits = f" & ({' | '.join(tables.bucket(kind.number, n) for kind in kinds for n in span)})"
        found = await database.column(
            f"SELECT m & {_ROW} AS id FROM {kept.prefix}_matching(?) AS m WHERE {within} ORDER BY 1 DESC LIMIT ?",
            query + limits,
            *bounds,
            limit,
        )
        if len(found) == limit:
            break
    return found


async def _top(kept: Tables, terms: Sequence[words.Term], ends: Mapping[Kind, int]) -> int | None:
    """The newest document's id if all words are common, so that the newest documents probably contain them."""
    common, tokens = _common_sql(kept, terms)
    each = f"(SELECT COALESCE(MAX(id) - ?::bigint, 0) FROM {kept.prefix}_document WHERE id >= ? AND id < ?)"
    row = await database.fetch_one(
        f"SELECT ({common}) AS common, GREATEST({', '.join([each] * len(ends))}) AS top",
        tokens,
        *(value for kind, end in ends.items() for value in (kind.base, kind.base, end)),
    )
    return row["top"] if row is not None and row["common"] == len(tokens) else None


async def along(
    kept: Tables, kinds: Sequence[Kind], q: str, *, limit: int, beyond: int | None = None, backward: bool = False
) -> list[int]:
    """On SQLite, the next hits beyond an id, in the order of ids, the only one in which FTS5 returns them cheaply."""
    terms = words.query_terms(q)
    if not terms:
        return []
    table, order, values = f"{kept.prefix}_index", "" if backward else " DESC", list[object]()
    for kind in kinds:
        low, high = kind.base - 1, kind.end
        if beyond is not None:
            low, high = (kind.base + beyond, high) if backward else (low, kind.base + beyond)
        values += [words.fts5(terms), low, high, limit]
    each = (
        f"SELECT * FROM (SELECT rowid & {_ROW} AS id FROM {table} WHERE {table} MATCH ? AND rowid > ? AND rowid < ? "
        f"ORDER BY rowid{order} LIMIT ?)"
    )
    found = await database.column(" UNION ALL ".join([each] * len(kinds)), *values)
    return sorted(found, reverse=not backward)[:limit]


async def is_common(kept: Tables, q: str) -> bool:
    """Whether many documents contain each word of ``q``, where :func:`match_sql` depends on it."""
    if database.dialect() == "sqlite":
        return False
    terms = words.query_terms(q)
    common, tokens = _common_sql(kept, terms)
    return bool(terms) and await database.value(common, tokens) == len(tokens)


def _common_sql(kept: Tables, terms: Sequence[words.Term]) -> tuple[str, set[str]]:
    """How many of these tokens are common. What matches as a prefix is taken for common: mostly single characters."""
    tokens = {token for term in terms for token in (term.tokens[:-1] if term.prefix else term.tokens)}
    return f"SELECT COUNT(*) FROM {kept.prefix}_term WHERE term IN (?) AND documents > {COMMON}", tokens


def match_sql(
    kept: Tables, kind: Kind, dialect: str, q: str, *, column: str = "c.id", common: bool = False
) -> tuple[str, list[object]]:
    """A condition for the rows whose ``column`` is the id of a hit, with its values (``?`` each).

    Both forms select the same rows. The default one finds all hits first. On PostgreSQL, words for which
    :func:`is_common` is true are faster to check row by row in the order of the surrounding query, which its ``LIMIT``
    ends soon. FTS5 is slow row by row, so SQLite has only the default form.
    """
    terms = words.query_terms(q)
    if not terms:
        return "1 = 0", []
    p, base = kept.prefix, kind.base
    if dialect == "sqlite":
        hits = (
            f"SELECT rowid - {base} FROM {p}_index WHERE {p}_index MATCH ? AND rowid >= {base} AND rowid < {kind.end}"
        )
        return f"{column} IN ({hits})", [words.fts5(terms)]
    if common:
        # The OFFSET forces the plan.
        condition = (
            f"SELECT 1 FROM {p}_index i WHERE i.id = {column} + {base} AND i.tokens @@ ?::text::tsquery OFFSET 0"
        )
        return f"EXISTS ({condition})", [words.tsquery(terms)]
    hits = f"SELECT m - {base} FROM {p}_matching(?) AS m"
    return f"{column} = ANY (ARRAY ({hits}))", [f"{words.tsquery(terms)} & {words.tag('k', kind.number)}"]
