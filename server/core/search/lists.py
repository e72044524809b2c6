"""The filter of a list by words: which documents of a kind contain all of them, newest first.

A list has its own order, conditions and permissions in SQL, which a match here joins. PostgreSQL's planner has two ways
to find the newest hits, and left to itself takes up to 1,000 ms: so frequent words are looked for among the newest
documents first, by a token that consecutive ids share, and how frequent they are is read from the table of terms.
"""

from collections.abc import Sequence

from server.core import database
from server.core.search import tables, words
from server.core.search.port import Kind
from server.core.search.tables import Tables

COMMON = 2_000
"""A word in more documents is common."""
_END = 2**63 - 1
_WIDER = 8


async def newest(kept: Tables, kind: Kind, q: str, *, limit: int, before_id: int | None = None) -> list[int]:
    """The ids of the newest ``limit`` documents with all words of ``q``, below ``before_id`` on further pages."""
    terms = words.query_terms(q)
    if not terms:
        return []
    before = kind.end if before_id is None else kind.base + before_id
    p, found = kept.prefix, list[int]()
    if database.dialect() == "sqlite":
        return await along(kept, kind, q, limit=limit, beyond=before_id)
    query, top = f"{words.tsquery(terms)} & {words.tag('k', kind.number)}", await _top(kept, terms, before)
    # Fewer hits than a page among the newest documents: further back, eight times as many each time.
    for buckets in [1, _WIDER, _WIDER**2, 0] if top is not None else [0]:
        limits = ""
        if buckets and top is not None:
            first = max(0, top - kind.base) >> tables.BUCKET_BITS
            span = range(first, max(-1, first - buckets), -1)
            limits = f" & ({' | '.join(tables.bucket(kind.number, n << tables.BUCKET_BITS) for n in span)})"
        found = await database.column(
            f"SELECT m FROM {p}_matching(?) AS m WHERE m < ? ORDER BY m DESC LIMIT ?", query + limits, before, limit
        )
        if len(found) == limit:
            break
    return [key - kind.base for key in found]


async def _top(kept: Tables, terms: Sequence[words.Term], before: int) -> int | None:
    """The newest document's id if all words are common, so that the newest documents probably contain them."""
    common, tokens = _common_sql(kept, terms)
    row = await database.fetch_one(
        f"SELECT ({common}) AS common, (SELECT MAX(id) FROM {kept.prefix}_document WHERE id < ?) AS top", tokens, before
    )
    return row["top"] if row is not None and row["common"] == len(tokens) else None


async def along(
    kept: Tables, kind: Kind, q: str, *, limit: int, beyond: int | None = None, backward: bool = False
) -> list[int]:
    """On SQLite, the next hits beyond an id, in the order of ids, the only one in which FTS5 returns them cheaply."""
    terms = words.query_terms(q)
    if not terms:
        return []
    low, high = kind.base - 1, kind.end
    if beyond is not None:
        low, high = (kind.base + beyond, high) if backward else (low, kind.base + beyond)
    table, order = f"{kept.prefix}_index", "" if backward else " DESC"
    keys = await database.column(
        f"SELECT rowid AS id FROM {table} WHERE {table} MATCH ? AND rowid > ? AND rowid < ? "
        f"ORDER BY rowid{order} LIMIT ?",
        words.fts5(terms), low, high, limit,
    )  # fmt: skip
    return [key - kind.base for key in keys]


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
