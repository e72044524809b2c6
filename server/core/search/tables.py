"""The embedded engine's tables: the documents, the full-text index beside them, how frequent terms are, and what waits
to be counted.

``…_document`` is the same on both databases. ``…_index`` is an FTS5 table on SQLite and a ``tsvector`` with GIN on
PostgreSQL: beside the text's tokens it holds one for each attribute by which a question may be limited (kind, readers,
department, district, year), so that the index itself answers permissions and filters. ``…_term`` counts the documents
of each term. A filing must not wait for another one at the row of a frequent term, so it only adds a row to
``…_delta``; a job adds these up.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.core import characters, clock, database
from server.core.database import Insert
from server.core.search import words
from server.core.search.port import BATCH, HALF, PUBLIC, Document, Kind

_prefix = re.compile(r"[a-z]{1,20}")

COLUMNS = (
    "id",
    "digest",
    "title",
    "body",
    "also",
    "path",
    "readers",
    "language",
    "department",
    "district",
    "state",
    "year",
    "at",
)
DELTA = ("document", "change", "length", "terms", "words")  # fmt: skip
BUCKET_BITS = 12
"""Consecutive ids of a kind that share a token on PostgreSQL, as a power of two: with it, GIN finds the newest only."""
DOCUMENTS, LENGTH, REBUILDING = "#documents", "#length", "#rebuilding"
"""Rows of ``…_term`` that are no terms: how many documents there are, how many characters they have, and until when
(seconds since 1970) counting waits for a rebuild."""
LAST_OF_NUMBERS = "#\uffff"
"""Such rows stand before this, terms after it."""

_COMMON = (
    "CREATE TABLE {p}_term (term {text} PRIMARY KEY, documents BIGINT NOT NULL)",
    "CREATE TABLE {p}_word (key {text}, word {text}, documents BIGINT NOT NULL, PRIMARY KEY (key, word))",
)
FIRST = "substr(key, 1, 1)"
WHOLE = f"{FIRST} <> '{words.PART}'"
"""The keys by which words are completed: all but the parts of Latin words."""
_FIRST = f"CREATE INDEX {{p}}_word_first ON {{p}}_word ({FIRST}, documents DESC, word) WHERE {WHOLE}"
"""The words that begin with one character, the most frequent first: too many to be read for a completion."""
_DOCUMENT = (
    "CREATE TABLE {p}_document (id {id} PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, "
    "also TEXT NOT NULL, path TEXT NOT NULL, readers TEXT NOT NULL, language TEXT NOT NULL, department INTEGER, "
    "district TEXT NOT NULL, state TEXT NOT NULL, year INTEGER, at BIGINT NOT NULL)"
)
_DELTA = (
    "CREATE TABLE {p}_delta (id {key}, document BIGINT NOT NULL, change INTEGER NOT NULL, length BIGINT NOT NULL, "
    "terms TEXT NOT NULL, words TEXT NOT NULL)"
)
_FUNCTION = (
    "CREATE FUNCTION {p}_matching(wanted text) RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 1000 "
    "SET enable_seqscan = off AS $$ BEGIN RETURN QUERY "
    "SELECT i.id FROM {p}_index i WHERE i.tokens @@ wanted::tsquery; END $$"
)
_CREATE = {
    "sqlite": (
        _DOCUMENT.replace("{id}", "INTEGER"),
        # The ascii tokenizer splits only at our spaces. The prefix index makes single characters as fast as
        # the rest, for a quarter more space. FTS5 keeps its own copy of the tokens: a contentless table can
        # delete a document only if given its tokens.
        "CREATE VIRTUAL TABLE {p}_index USING fts5(tokens, tokenize = 'ascii', prefix = '1')",
        # What one transaction of many documents may keep in memory before it writes a part of the index.
        "INSERT INTO {p}_index ({p}_index, rank) VALUES ('hashsize', 16777216)",
        *(f"{sql.replace('{text}', 'TEXT NOT NULL')} WITHOUT ROWID" for sql in _COMMON),
        _FIRST,
        _DELTA.replace("{key}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
    ),
    "postgres": (
        _DOCUMENT.replace("{id}", "BIGINT"),
        "CREATE TABLE {p}_index (id BIGINT PRIMARY KEY, tokens tsvector NOT NULL)",
        # Without its list of pending entries, which every search would have to read from the start.
        "CREATE INDEX {p}_index_tokens ON {p}_index USING gin (tokens) WITH (fastupdate = off)",
        # Ordered by code points, as on SQLite: words are found by their beginnings.
        *(sql.replace("{text}", 'TEXT COLLATE "C" NOT NULL') for sql in _COMMON),
        _FIRST,
        _DELTA.replace("{key}", "BIGSERIAL PRIMARY KEY"),
        # The vectors lie outside the table, which therefore looks small: the planner would scan it, and unpack each.
        _FUNCTION,
    ),
}
NAMES = ("document", "index", "term", "word", "delta")
_OLD = ("title", "also", "body", "readers")


class Tables:
    """The tables whose names begin with ``prefix``: those in use, or those being built beside them."""

    def __init__(self, prefix: str = "search") -> None:
        if not _prefix.fullmatch(prefix):
            raise ValueError(f"{prefix!r} cannot begin the name of a table")
        self.prefix = prefix

    def create_sql(self, dialect: str) -> list[str]:
        """The statements that create them on ``sqlite`` or ``postgres``."""
        return [statement.replace("{p}", self.prefix) for statement in _CREATE[dialect]]

    def drop_sql(self, dialect: str) -> list[str]:
        """The statements that remove them, if they exist."""
        found = [f"DROP TABLE IF EXISTS {self.prefix}_{name}" for name in NAMES]
        if dialect == "postgres":
            found.append(f"DROP FUNCTION IF EXISTS {self.prefix}_matching(text)")
        return found

    async def create(self) -> None:
        """Create them, inside the surrounding transaction if there is one."""
        for statement in self.create_sql(database.dialect()):
            await database.execute(statement)

    async def drop(self) -> None:
        """Remove them, if they exist."""
        for statement in self.drop_sql(database.dialect()):
            await database.execute(statement)

    async def put(self, documents: Sequence[Document], *, new: bool = False) -> int:
        """Index documents, replacing earlier ones; returns how many were not indexed as they are.

        ``new`` means that none of them is indexed yet. What was indexed already and is found by the same words and
        readers costs no more than its row.
        """
        before = {} if new else await self._before(documents)
        changed = [(d, before.get(d.kind.base + d.id)) for d in documents]
        changed = [(d, old) for d, old in changed if old is None or old["digest"] != d.digest()]
        if not changed:
            return 0
        rows = [_row(document) for document, _old in changed]
        updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
        inserts = [Insert(f"{self.prefix}_document", COLUMNS, rows, conflict=f"(id) DO UPDATE SET {updates}")]
        deltas, index = list[tuple[object, ...]](), dict[int, str]()
        for document, old in changed:
            if old and old["digest"][:HALF] == document.digest()[:HALF]:
                deltas.append((old["id"], 0, 0, "", ""))  # counts nothing, but tells a rebuild of the change
                continue
            if old:
                deltas.append(_delta(old["id"], -1, Document(document.kind, 0, **_texts(old))))
            found = terms(document)
            deltas.append(_delta(document.kind.base + document.id, 1, document, found))
            index.update(_tokens(document, found, database.dialect()))
        if replaced := [key for key in index if key in before]:
            await self._unindex(replaced)
        if index:
            inserts.append(self._indexed(index))
        if deltas:
            inserts.append(Insert(f"{self.prefix}_delta", DELTA, deltas))
        await database.insert_together(*inserts)
        return len(changed)

    async def remove(self, kind: Kind, ids: Collection[int]) -> int:
        """Remove documents; returns how many there were."""
        keys = [kind.base + one for one in ids]
        gone = await database.fetch(
            f"DELETE FROM {self.prefix}_document WHERE id IN (?) RETURNING id, {', '.join(_OLD)}", keys
        )
        if gone:
            await self._unindex(keys)
            rows = [_delta(row["id"], -1, Document(kind, 0, **_texts(row))) for row in gone]
            await database.insert(f"{self.prefix}_delta", DELTA, rows)
        return len(gone)

    async def build(self, batch: "Prepared") -> None:
        """Index documents of which there are none yet. How frequent words are is added by the caller."""
        documents = Insert(f"{self.prefix}_document", COLUMNS, batch.rows)
        await database.insert_together(documents, self._indexed(batch.index))

    async def replace(self, others: "Tables") -> None:
        """Take the place and the names of other tables, inside the surrounding transaction."""
        for name in NAMES:
            await database.execute(f"DROP TABLE {others.prefix}_{name}")
            await database.execute(f"ALTER TABLE {self.prefix}_{name} RENAME TO {others.prefix}_{name}")
        if database.dialect() == "sqlite":  # where an index cannot be renamed
            await database.execute(f"DROP INDEX {self.prefix}_word_first")
            await database.execute(_FIRST.replace("{p}", others.prefix))
        else:  # the function finds the tables by their names
            await database.execute(f"DROP FUNCTION {self.prefix}_matching(text)")
            for name in ("index_tokens", "word_first", *(f"{name}_pkey" for name in NAMES)):
                await database.execute(f"ALTER INDEX {self.prefix}_{name} RENAME TO {others.prefix}_{name}")
            sequence = "delta_id_seq"
            await database.execute(f"ALTER SEQUENCE {self.prefix}_{sequence} RENAME TO {others.prefix}_{sequence}")

    async def holding(self, term: str, readers: Collection[str] = ()) -> int:
        """In how many documents the index has a term, or in how many of those that some readers may see."""
        tags = [words.tag("r", reader) for reader in readers]
        if database.dialect() == "sqlite":
            quoted = " OR ".join(f'"{one}"' for one in tags)
            limit = f" AND ({quoted})" if tags else ""
            sql = f"SELECT COUNT(*) FROM {self.prefix}_index WHERE {self.prefix}_index MATCH ?"
            return int(await database.value(sql, f'"{term}"{limit}'))
        limit = f" & ({' | '.join(tags)})" if tags else ""
        return int(await database.value(f"SELECT COUNT(*) FROM {self.prefix}_matching(?)", term + limit))

    async def count(self) -> int:
        """Add up some of what waits to be counted; returns how many rows that were. 0 while a rebuild is going on."""
        async with database.transaction():
            until = await database.value(f"SELECT documents FROM {self.prefix}_term WHERE term = ?", REBUILDING)
            if until is not None and until > clock.now().timestamp():
                return 0
            # Another process that counts takes other rows; both update the terms in the same order.
            skip = " FOR UPDATE SKIP LOCKED" if database.dialect() == "postgres" else ""
            rows = await database.fetch(
                f"WITH oldest AS MATERIALIZED (SELECT id FROM {self.prefix}_delta ORDER BY id LIMIT {BATCH}{skip}) "
                f"DELETE FROM {self.prefix}_delta WHERE id IN (SELECT id FROM oldest) "
                "RETURNING change, length, terms, words"
            )
            if rows:
                frequent, named = Counter[str](), Counter[str]()
                for row in rows:
                    frequent.update(dict.fromkeys(row["terms"].split(), row["change"]))
                    frequent.update({DOCUMENTS: row["change"], LENGTH: row["change"] * row["length"]})
                    named.update(dict.fromkeys(row["words"].split(), row["change"]))
                await self.add(frequent, named)
        return len(rows)

    async def forget(self) -> None:
        """Leave nothing of removed documents: no words that none has any more, and on SQLite no part of the index in
        which they still stand. When all is counted.
        """
        named = (("term", f"term > '{LAST_OF_NUMBERS}'"), ("word", "1 = 1"))
        for name, which in named:
            await database.execute(f"DELETE FROM {self.prefix}_{name} WHERE documents <= 0 AND {which}")
        if database.dialect() == "sqlite":
            await database.execute(f"INSERT INTO {self.prefix}_index ({self.prefix}_index) VALUES ('optimize')")

    async def add(self, frequent: Mapping[str, int], named: Mapping[str, int]) -> None:
        """Add to the numbers of documents of terms, and of titles' words."""
        more = "DO UPDATE SET documents = {t}.documents + excluded.documents"
        rows = [pair for pair in sorted(frequent.items()) if pair[1]]
        table = f"{self.prefix}_term"
        await database.insert(table, ("term", "documents"), rows, conflict=f"(term) {more.format(t=table)}")
        table = f"{self.prefix}_word"
        keyed = sorted((key, word, n) for word, n in named.items() if n for key in words.keys(word))
        await database.insert(
            table, ("key", "word", "documents"), keyed, conflict=f"(key, word) {more.format(t=table)}"
        )

    async def _before(self, documents: Sequence[Document]) -> Mapping[int, Any]:
        keys = [document.kind.base + document.id for document in documents]
        rows = await database.fetch(
            f"SELECT id, digest, {', '.join(_OLD)} FROM {self.prefix}_document WHERE id IN (?)", keys
        )
        return {row["id"]: row for row in rows}

    def _indexed(self, index: Mapping[int, str]) -> Insert:
        """Rows of the full-text index."""
        if database.dialect() == "sqlite":
            return Insert(f"{self.prefix}_index", ("rowid", "tokens"), [*index.items()])
        return Insert(f"{self.prefix}_index", ("id", "tokens"), [*index.items()], each="?, ?::text::tsvector")

    async def _unindex(self, keys: Sequence[int]) -> None:
        """Remove what is or was in the full-text index."""
        name = "rowid" if database.dialect() == "sqlite" else "id"
        await database.execute(f"DELETE FROM {self.prefix}_index WHERE {name} IN (?)", keys)


@dataclass(frozen=True)
class Prepared:
    """Documents ready to be written."""

    rows: Sequence[tuple[object, ...]]
    index: Mapping[int, str]


def prepare(documents: Sequence[Document], dialect: str, frequent: Counter[str], named: Counter[str]) -> Prepared:
    """Everything about documents that needs no database, to be run in a thread; adds to how frequent words are."""
    index = dict[int, str]()
    for document in documents:
        found = terms(document)
        index.update(_tokens(document, found, dialect))
        frequent.update(set(found))
        frequent.update({DOCUMENTS: 1, LENGTH: len(document.text())})
        if PUBLIC in document.readers:
            named.update(words.known(document.title, document.body))
    return Prepared([_row(document) for document in documents], index)


def terms(document: Document) -> list[str]:
    """The tokens by which a document is found, in order: its words, then the initial consonants of its title."""
    return [*words.tokens(document.text()), *words.initials(document.title)]


def tags(document: Document, dialect: str) -> list[str]:
    """The tokens of a document's attributes, by which questions are limited."""
    kind = document.kind.number
    found = [words.tag("k", kind), *(words.tag("r", reader) for reader in document.readers)]
    found += [words.tag("t", document.district)] if document.district else []
    found += [words.tag("d", document.department)] if document.department is not None else []
    found += [words.tag("y", document.year)] if document.year else []
    return [*found, bucket(kind, document.id)] if dialect == "postgres" else found


def bucket(kind: int, document_id: int) -> str:
    """The token that consecutive ids of a kind share."""
    return words.tag("b", f"{kind}x{document_id >> BUCKET_BITS}")


def _tokens(document: Document, found: Sequence[str], dialect: str) -> dict[int, str]:
    """What the full-text index holds of a document, by its id there."""
    text = words.tsvector(found) if dialect == "postgres" else " ".join(found)
    return {document.kind.base + document.id: f"{text} {' '.join(tags(document, dialect))}"}


def _row(document: Document) -> tuple[object, ...]:
    stored = map(_readable, (document.title, document.body, document.also))
    at = int(document.at.timestamp()) if document.at is not None else 0
    return (
        document.kind.base + document.id, document.digest(), *stored,
        document.path, "\n".join(document.readers), document.language, document.department, document.district,
        document.state, document.year, at,
    )  # fmt: skip


def _readable(text: str) -> str:
    """A text as both databases can store it; what was filed or imported is so already."""
    return text if characters.readable(text) else text.encode("utf-8", "ignore").decode().replace("\0", "")


def _texts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": row["title"], "also": row["also"], "body": row["body"], "readers": row["readers"].split("\n")}


def _delta(key: int, change: int, document: Document, found: Collection[str] | None = None) -> tuple[object, ...]:
    """A row that counts a document in or out. Only what everybody may read is offered as a word to others."""
    named = words.known(document.title, document.body) if PUBLIC in document.readers else ()
    counted = dict.fromkeys(terms(document) if found is None else found)
    return key, change, len(document.text()), " ".join(counted), " ".join(named)
