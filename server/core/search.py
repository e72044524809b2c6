"""The text-index port's embedded adapter: full-text search inside the database, updated in the same transaction.

Korean and Japanese are searched by overlapping pairs of characters (bigrams), because their words carry
endings and are spaced freely: 도로 must find 도로를 and 자전거도로. SQLite keeps the tokens in FTS5,
PostgreSQL in a ``tsvector`` with a GIN index; both return the newest first, page by the document's id, and
take the same time however many documents there are.

Measured with 1,000,000 documents of 4 to 10 words, 26 newest hits, milliseconds at the client on two cores:

========================================  ======  ==========
a query with                              SQLite  PostgreSQL
========================================  ======  ==========
500,000 hits, first page                  0.5     0.6
500,000 hits, page before id 30,000       0.4     0.4
500,000 hits, a single character          0.2     0.2
50,000 hits                               0.4     0.8
1,000 hits                                0.3     5
20 hits                                   0.2     1.6
no hit                                    0.1     1.2
20,000 hits, all in the oldest 2 %        0.3     17
60,000 hits, all in the oldest 30 %       0.3     107
no hit, of two words in 500,000 each      132     63
========================================  ======  ==========

PostgreSQL's planner has two ways to find the newest hits: scan the primary key backwards, which suits common
terms, or sort what GIN finds, which suits rare ones. Left to itself it took up to 1,000 ms: a prepared
statement is planned without the term, and a term missing from the statistics may be estimated as common. So
:meth:`Index.search` decides: it scans the newest :data:`WINDOW` documents, and more if they show that the
term is common; if they hold too few hits, it uses GIN.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from server.core import characters

MAX_TEXT = 16_000
"""Characters of a document that are indexed: ``tsvector`` positions end at 16,383."""
MAX_QUERY = 200
"""Characters of a query that are used."""
MAX_WORD = 64
"""Significant characters of a Latin word or number."""
WINDOW = 2_000
"""How many of the newest documents are examined to see whether a term is common."""
COMMON = 26
"""A term is common if at least this many of the newest :data:`WINDOW` documents contain it."""

# Hangul with its jamo, kana with the long vowel mark, ideographs with 々, 〆 and 〇.
_CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\U00020000-\U0003ffff"
)
_run = re.compile(rf"([{_CJK}]+)|[^\W_{_CJK}]+")
_name = re.compile(r"[a-z][a-z_]{0,40}")


class Term(NamedTuple):
    """A part of a query between spaces: tokens that must be adjacent and in order."""

    tokens: tuple[str, ...]
    prefix: bool
    """Whether the last token is matched as a prefix."""


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order; letters and digits only, so no query syntax.

    The text is normalised first (no invisible characters, NFKC, case-folded) and cut at :data:`MAX_TEXT`. Every
    character of a run of Hangul, kana or kanji starts one token, together with the next character, or alone at the end
    of the run: 가로등 gives 가로, 로등, 등. Adjacent bigrams thus correspond to adjacent characters. Latin words and
    numbers are kept whole.
    """
    return [token for run, cjk in _runs(_folded(text, MAX_TEXT)) for token in _split(run, cjk=cjk)]


def query_terms(q: str) -> list[Term]:
    """The terms of a query, all of which must match; empty if it contains nothing searchable.

    A term that ends in a single character of Hangul, kana or kanji finds that character anywhere. A Latin word
    or number at the end of the query matches as a prefix, because it may still be being typed.
    """
    words = [runs for word in _folded(q, MAX_QUERY).split() if (runs := list(_runs(word)))]
    terms = []
    for runs in words:
        found = [token for run, cjk in runs for token in _split(run, cjk=cjk)]
        last, cjk = runs[-1]
        if cjk and len(last) > 1:
            found.pop()  # the last character is part of its bigram; alone it would match only at the end of a run
        terms.append(Term(tuple(found), prefix=len(last) == 1 if cjk else runs is words[-1]))
    return terms


def _folded(text: str, limit: int) -> str:
    folded = unicodedata.normalize("NFKC", characters.bare(text[:limit])).casefold()
    return unicodedata.normalize("NFKC", folded)[:limit]


def _runs(folded: str) -> Iterator[tuple[str, bool]]:
    for match in _run.finditer(folded):
        yield match[0], match[1] is not None


def _split(run: str, *, cjk: bool) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))] if cjk else [run[:MAX_WORD]]


def _fts5(terms: list[Term]) -> str:
    return " AND ".join(f'"{" ".join(term.tokens)}"{" *" if term.prefix else ""}' for term in terms)


def _tsquery(terms: list[Term]) -> str:
    return " & ".join(f"({' <-> '.join(term.tokens)}{':*' if term.prefix else ''})" for term in terms)


def _tsvector(found: list[str]) -> str:
    return " ".join(f"{token}:{position}" for position, token in enumerate(found, 1))


@dataclass(frozen=True)
class _Engine:
    """The SQL of one database: ``{t}`` is the index's table, ``{id}`` the id column of the surrounding query."""

    create: tuple[str, ...]
    put: str
    remove: str
    all: str
    """The newest hits. Parameters: query, id below which to search, limit."""
    newest: str | None
    """The newest hits among a number of the newest documents only, where that can be much faster."""
    rare: str
    common: str
    document: Callable[[list[str]], str]
    query: Callable[[list[Term]], str]


_ENGINES: Mapping[str, _Engine] = {
    "sqlite": _Engine(
        # The ascii tokenizer splits only at our spaces. The prefix index makes single characters as fast as
        # the rest, for a quarter more space. FTS5 keeps its own copy of the tokens: a contentless table can
        # delete a document only if given its tokens.
        create=("CREATE VIRTUAL TABLE {t} USING fts5(tokens, tokenize = 'ascii', prefix = '1')",),
        put="INSERT OR REPLACE INTO {t} (rowid, tokens) VALUES (?, ?)",
        remove="DELETE FROM {t} WHERE rowid = ?",
        all="SELECT rowid AS id FROM {t} WHERE {t} MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
        newest=None,
        rare="{id} IN (SELECT rowid FROM {t} WHERE {t} MATCH ?)",
        common="{id} IN (SELECT rowid FROM {t} WHERE {t} MATCH ?)",
        document=" ".join,
        query=_fts5,
    ),
    "postgres": _Engine(
        create=(
            "CREATE TABLE {t} (id bigint PRIMARY KEY, tokens tsvector NOT NULL)",
            "CREATE INDEX {t}_tokens ON {t} USING gin (tokens)",
        ),
        put="INSERT INTO {t} (id, tokens) VALUES ($1, $2::text::tsvector) "
        "ON CONFLICT (id) DO UPDATE SET tokens = excluded.tokens",
        remove="DELETE FROM {t} WHERE id = $1",
        # Materialized, so that the planner cannot scan the primary key or combine it with what GIN finds.
        all="WITH hit AS MATERIALIZED (SELECT id FROM {t} WHERE tokens @@ $1::text::tsquery) "
        "SELECT id FROM hit WHERE id < $2 ORDER BY id DESC LIMIT $3",
        newest="SELECT id FROM "
        "(SELECT id, tokens FROM {t} WHERE id < $2 ORDER BY id DESC LIMIT $4) AS newest "
        "WHERE tokens @@ $1::text::tsquery ORDER BY id DESC LIMIT $3",
        # The array and the OFFSET force the plan, too: the hits first, or row by row.
        rare="{id} = ANY (ARRAY (SELECT id FROM {t} WHERE tokens @@ ?::text::tsquery))",
        common="EXISTS (SELECT 1 FROM {t} WHERE {t}.id = {id} AND tokens @@ ?::text::tsquery OFFSET 0)",
        document=_tsvector,
        query=_tsquery,
    ),
}
_END = 2**63 - 1


class Index:
    """A text index in the table ``search_{name}``; newer documents have higher ids."""

    def __init__(self, name: str) -> None:
        if not _name.fullmatch(name):
            raise ValueError(f"{name!r} cannot name a table")
        self.table = f"search_{name}"

    def create_sql(self, dialect: str) -> list[str]:
        """The statements that create the index on ``sqlite`` or ``postgres``, for a migration."""
        return [statement.format(t=self.table) for statement in _ENGINES[dialect].create]

    async def put(self, connection: BaseDBAsyncClient, document_id: int, text: str) -> None:
        """Index a document by ``text``, replacing its earlier text."""
        engine = _ENGINES[connection.capabilities.dialect]
        await connection.execute_query(engine.put.format(t=self.table), [document_id, engine.document(tokens(text))])

    async def remove(self, connection: BaseDBAsyncClient, document_id: int) -> None:
        """Remove a document; does nothing if it is missing."""
        engine = _ENGINES[connection.capabilities.dialect]
        await connection.execute_query(engine.remove.format(t=self.table), [document_id])

    async def search(
        self, connection: BaseDBAsyncClient, q: str, *, limit: int, before_id: int | None = None
    ) -> list[int]:
        """The ids of the newest ``limit`` documents with all terms of ``q``, below ``before_id`` on further pages."""
        before = _END if before_id is None else before_id
        engine = _ENGINES[connection.capabilities.dialect]
        if engine.newest is not None:
            hits = await self._hits(connection, engine.newest, q, before, limit, WINDOW)
            if COMMON <= len(hits) < limit:
                wider = 2 * WINDOW * limit // len(hits)
                hits = await self._hits(connection, engine.newest, q, before, limit, wider)
            if len(hits) == limit:
                return hits
        return await self._hits(connection, engine.all, q, before, limit)

    async def is_common(self, connection: BaseDBAsyncClient, q: str) -> bool:
        """Whether many of the newest documents match ``q``, where :meth:`match_sql` depends on it."""
        newest = _ENGINES[connection.capabilities.dialect].newest
        if newest is None:
            return False
        return len(await self._hits(connection, newest, q, _END, COMMON, WINDOW)) == COMMON

    def match_sql(
        self, dialect: str, q: str, *, column: str = "c.id", common: bool = False
    ) -> tuple[str, list[object]]:
        """A condition for the rows whose ``column`` is the id of a hit, with its values (``?`` each).

        Both forms select the same rows. The default one finds all hits first: among a million rows 0.3 ms for 20
        hits, 6 ms for 1,000, 110 ms for 60,000. On PostgreSQL, a term for which :meth:`is_common` is true is faster
        to check row by row in the order of the surrounding query, which its ``LIMIT`` ends soon: at most 6 ms instead
        of 800. FTS5 returns 500,000 hits in 170 ms and is slow row by row, so SQLite has only the default form.
        """
        terms = query_terms(q)
        if not terms:
            return "1 = 0", []
        engine = _ENGINES[dialect]
        return (engine.common if common else engine.rare).format(t=self.table, id=column), [engine.query(terms)]

    async def _hits(self, connection: BaseDBAsyncClient, statement: str, q: str, *values: int) -> list[int]:
        terms = query_terms(q)
        if not terms:
            return []
        query = _ENGINES[connection.capabilities.dialect].query(terms)
        rows = (await connection.execute_query(statement.format(t=self.table), [query, *values]))[1]
        return [int(row["id"]) for row in rows]
