"""The append-only, hash-chained log of events: who did what to which subject, when, and who may know.

A subject (``case/…``, later ``forum/…``, ``visit/…``) has one chain. Its head is locked first, so the order within a
chain is the order of commits; each row carries the hash of the one before, and the head carries length and last hash,
so that ``ledger_check`` finds any single row that was changed, deleted or inserted. Rows hold ids, never personal data.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform

import orjson
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.core import changes, clock, database, jobs
from server.core.bell import bell
from server.core.errors import NotFound
from server.core.personal import Held, Personal
from server.core.rows import read as read_row
from server.core.rows import select

GENESIS = "0" * 64
END = 2**62
"""Greater than every id."""
PERSONAL = Personal(held=(Held("ledger_event", "subject", "subject", "", secret=("transaction_id",)),))


class Audience(StrEnum):
    """Who may see an event: everybody, the petitioner and the officials, or the officials only."""

    PUBLIC = "public"
    PARTY = "party"
    STAFF = "staff"


@dataclass_transform(frozen_default=True)
class DomainEvent:
    """What happened, in the past tense. Subclasses become frozen dataclasses; ``kind`` is their name in the ledger."""

    kind: ClassVar[str]
    audience: ClassVar[Audience]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, *, kind: str, audience: Audience) -> None:
        cls.kind, cls.audience = kind, audience
        dataclass(frozen=True)(cls)


class SettingChanged(DomainEvent, kind="settings.changed", audience=Audience.STAFF):
    """An official changed a setting of the desk (subjects ``settings/…``): kind of setting, id and change."""

    what: str
    id: int
    how: str


class Event(Model):
    """One event. Never updated, never deleted."""

    id = fields.BigIntField(primary_key=True)
    transaction_id = fields.BigIntField(default=0)
    subject = fields.CharField(max_length=64)
    sequence = fields.IntField()
    kind = fields.CharField(max_length=60)
    data = fields.TextField()
    audience = fields.CharField(max_length=8)
    actor = fields.CharField(max_length=64)
    occurred_at = fields.DatetimeField()
    previous_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "ledger_event"
        unique_together = (("subject", "sequence"),)
        indexes = (Index(fields=("transaction_id", "id"), name="ledger_event_order"),)


class Head(Model):
    """The end of a subject's chain. Its row is the subject's lock."""

    subject = fields.CharField(max_length=64, primary_key=True)
    length = fields.IntField()
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "ledger_head"


@dataclass(frozen=True)
class Entry:
    """An event as read from the ledger."""

    id: int
    transaction_id: int
    subject: str
    sequence: int
    kind: str
    data: Mapping[str, Any]
    audience: Audience
    actor: str
    occurred_at: datetime


_consumers: list[Mapping[str, Sequence[str]]] = []


def route(consumers: Mapping[str, Sequence[str]]) -> None:
    """Declare which job kinds each event kind enqueues. Called by the composition root before any event is written."""
    _consumers[:] = [consumers]


_Row = tuple[str, int, str, str, str, str, datetime, str, str]
_COLUMNS = (
    "transaction_id", "subject", "sequence", "kind", "data", "audience", "actor", "occurred_at", "previous_hash",
    "hash",
)  # fmt: skip
"""Those of a row, after the transaction's."""


class Chain:
    """A subject's locked chain inside a transaction: append events, in order."""

    def __init__(self, subject: str, length: int, last_hash: str, *, new: bool = False) -> None:
        self.subject = subject
        self.length = length
        self.hash = last_hash
        self.new = new
        """It has no head yet."""

    async def append(
        self, actor: str, *events: DomainEvent, at: datetime | None = None, as_one: bool = False
    ) -> list[int]:
        """Write the events, dated ``at`` or now, with their outbox jobs; ``as_one`` each kind once. Returns the ids."""
        return await append_many(actor, [(self, events)], at=at, as_one=as_one)

    def _next(self, actor: str, event: DomainEvent, moment: datetime) -> _Row:
        data = orjson.dumps(vars(event), option=orjson.OPT_SORT_KEYS).decode()
        self.length += 1
        values = (self.subject, self.length, event.kind, data, event.audience.value, actor)
        digest = chain_hash(*values, moment, self.hash)
        row = (*values, moment, self.hash, digest)
        self.hash = digest
        return row


async def _insert(chains: Sequence[Chain], rows: Sequence[_Row]) -> list[int]:
    """Write rows and the heads of their chains. Returns the rows' ids in the same order."""
    heads = [
        database.Insert(
            "ledger_head", ("subject", "length", "hash"), [(one.subject, one.length, one.hash) for one in those],
            conflict="" if new else "(subject) DO UPDATE SET length = excluded.length, hash = excluded.hash",
        )
        for new in (True, False)
        if (those := [one for one in chains if one.new is new])
    ]  # fmt: skip
    transaction = "pg_current_xact_id()::text::bigint" if database.dialect() == "postgres" else "0"
    each = f"{transaction}, {database.marks(_COLUMNS[1:])}"
    events = database.Insert("ledger_event", _COLUMNS, rows, returning="id", each=each)
    inserted = await database.insert_together(*heads, events)
    for one in chains:
        one.new = False
    return sorted(row["id"] for row in inserted)


async def append_many(
    actor: str,
    chains: Sequence[tuple[Chain, Sequence[DomainEvent]]],
    *,
    at: datetime | None = None,
    as_one: bool = False,
) -> list[int]:
    """Write events of several locked chains at once, with their outbox jobs. Returns the ids, in order."""
    if not (recorded := [(chain, event) for chain, events in chains for event in events]):
        return []
    (consumers,) = _consumers  # fails before route(): such an event would be lost silently
    rows = [chain._next(actor, event, at or clock.now()) for chain, event in recorded]  # noqa: SLF001
    ids = await _insert([chain for chain, _events in chains], rows)
    wanted = [
        (f"{consumer}:{event_id}", consumer, {"event": event_id, "subject": chain.subject})
        for event_id, (chain, event) in zip(ids, recorded, strict=True)
        for consumer in consumers.get(event.kind, ())
    ]
    await jobs.enqueue(*({job[1]: job for job in reversed(wanted)}.values() if as_one else wanted))
    database.after_commit(bell.ring)
    _note(event for _chain, event in recorded)
    return ids


async def begin_many(actor: str, chains: Sequence[tuple[str, Sequence[tuple[DomainEvent, datetime]]]]) -> None:
    """Start many subjects at once, each with its first events and their times; no jobs are enqueued."""
    begun = [(Chain(subject, 0, GENESIS, new=True), events) for subject, events in chains]
    rows = [chain._next(actor, event, moment) for chain, events in begun for event, moment in events]  # noqa: SLF001
    await _insert([chain for chain, _events in begun], rows)
    database.after_commit(bell.ring)
    _note(event for _chain, events in begun for event, _moment in events)


def _note(events: Iterable[DomainEvent]) -> None:
    database.after_commit(changes.known.of_events)
    if any(event.audience is Audience.PUBLIC for event in events):
        database.after_commit(changes.known.of_public)


def chain_hash(
    subject: str, sequence: int, kind: str, data: str, audience: str, actor: str, occurred_at: datetime, previous: str
) -> str:
    """SHA-256 over all columns of a row and the previous hash."""
    moment = occurred_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(orjson.dumps([subject, sequence, kind, data, audience, actor, moment, previous])).hexdigest()


async def begin(subject: str) -> Chain:
    """Start the chain of a new subject, by its first event: that is refused if there is such a chain already."""
    return Chain(subject, 0, GENESIS, new=True)


async def lock(subject: str) -> Chain:
    """Lock a subject until the transaction ends. Raises ``NotFound``."""
    rows = await database.fetch(
        "UPDATE ledger_head SET length = length WHERE subject = ? RETURNING length, hash", subject
    )
    if not rows:
        raise NotFound
    return Chain(subject, rows[0]["length"], rows[0]["hash"])


async def lock_many(subjects: Sequence[str]) -> dict[str, Chain]:
    """Lock several subjects, in the order of their names; subjects without a chain are left out."""
    wait = " FOR UPDATE" if database.dialect() == "postgres" else ""  # SQLite has one writer at a time
    wanted = f"subject IN ({database.marks(subjects)}) ORDER BY subject{wait}"
    rows = await database.fetch(f"SELECT subject, length, hash FROM ledger_head WHERE {wanted}", *subjects)
    return {row["subject"]: Chain(row["subject"], row["length"], row["hash"]) for row in rows}


async def length(subject: str) -> int:
    """The number of events in a subject's chain, 0 if it has none. Pages use it as the version."""
    return await database.value("SELECT length FROM ledger_head WHERE subject = ?", subject) or 0


async def open_or_begin(subject: str) -> Chain:
    """Lock a subject until the transaction ends, starting its chain if there is none."""
    begun = "INSERT INTO ledger_head (subject, length, hash) VALUES (?, 0, ?)"
    lock_it = "ON CONFLICT (subject) DO UPDATE SET length = ledger_head.length RETURNING length, hash"
    (row,) = await database.fetch(f"{begun} {lock_it}", subject, GENESIS)
    return Chain(subject, row["length"], row["hash"])


COLUMNS = "id, transaction_id, subject, sequence, kind, data, audience, actor, occurred_at"


async def read(
    subject: str, *, after_id: int = 0, after_sequence: int = 0, kind: str = "", limit: int = 1000
) -> list[Entry]:
    """A subject's events in order, after an id or a sequence number, optionally of one kind only."""
    return await select(
        Entry,
        f"SELECT {COLUMNS} FROM ledger_event WHERE subject = ? AND id > ? AND sequence > ? "
        f"{'AND kind = ? ' if kind else ''}ORDER BY sequence LIMIT {limit}",
        *(subject, after_id, after_sequence, *([kind] if kind else [])),
    )


async def latest(kinds: Collection[str], limit: int) -> list[Entry]:
    """The newest events of some kinds, of all subjects, newest first."""
    sql = f"SELECT {COLUMNS} FROM ledger_event WHERE kind IN (?) ORDER BY id DESC LIMIT {limit}"
    return await select(Entry, sql, list(kinds))


async def around(entry: Entry, span: timedelta) -> list[Entry]:
    """A subject's events less than ``span`` before or after one of them, in order, and that one."""
    return await select(
        Entry,
        f"SELECT {COLUMNS} FROM ledger_event WHERE subject = ? AND occurred_at > ? AND occurred_at < ? "
        "ORDER BY sequence",
        *(entry.subject, entry.occurred_at - span, entry.occurred_at + span),
    )


async def newest(
    subjects: Sequence[str],
    *,
    limit: int,
    before_id: int = END,
    after_sequence: int = 0,
    other_than: Collection[str] = (),
    audiences: Collection[Audience] = tuple(Audience),
    not_by: Collection[str] = (),
) -> list[Entry]:
    """The newest matching events of several subjects with ids below ``before_id``, newest first."""
    where, values = "id < ? AND sequence > ?", list[object]([before_id, after_sequence])
    for column, those in (("audience IN", audiences), ("kind NOT IN", other_than), ("actor NOT IN", not_by)):
        if those:
            where += f" AND {column} ({database.marks(those)})"
            values += those
    each = f"SELECT {COLUMNS} FROM ledger_event WHERE subject = ? AND {where} ORDER BY sequence DESC LIMIT {limit}"
    chains = " UNION ALL ".join(f"SELECT * FROM ({each}) AS chain_{n}" for n in range(len(subjects)))
    return await select(
        Entry,
        f"SELECT * FROM ({chains}) AS chains ORDER BY id DESC LIMIT {limit}",
        *(value for subject in subjects for value in (subject, *values)),
    )


async def get(event_id: int) -> Entry:
    """One event by its id. Raises ``NotFound``."""
    row = await database.fetch_one(f"SELECT {COLUMNS} FROM ledger_event WHERE id = ?", event_id)
    if row is None:
        raise NotFound
    return read_row(Entry, row)


async def several(event_ids: Sequence[int]) -> dict[int, Entry]:
    """Events by their ids, in one query; missing ones are left out."""
    if not event_ids:
        return {}
    rows = await database.fetch(f"SELECT {COLUMNS} FROM ledger_event WHERE id IN (?)", event_ids)
    return {row["id"]: read_row(Entry, row) for row in rows}


async def count(subject: str, audiences: Collection[Audience]) -> int:
    """The number of a subject's events that these audiences see."""
    wanted = sorted(audiences)
    sql = f"SELECT COUNT(*) FROM ledger_event WHERE subject = ? AND audience IN ({database.marks(wanted)})"
    return int(await database.value(sql, subject, *wanted))


# Fragments for other domains' queries. ``subject`` is an SQL expression that names a chain.


def with_version(subject: str, alias: str = "h") -> str:
    """Join the head of a chain; pages use its ``length`` as the version."""
    return f"JOIN ledger_head {alias} ON {alias}.subject = {subject} "


def version_of(subject: str) -> str:
    """The version as a value; NULL if the chain does not exist."""
    return f"(SELECT length FROM ledger_head WHERE subject = {subject})"


def with_event(column: str, alias: str = "e") -> str:
    """Join the event whose id a column holds."""
    return f"JOIN ledger_event {alias} ON {alias}.id = {column} "


def with_first_event(subject: str, alias: str = "e") -> str:
    """Join the first event of a chain."""
    return f"JOIN ledger_event {alias} ON {alias}.subject = {subject} AND {alias}.sequence = 1 "


def last_of(column: str, subject: str, kinds: str) -> str:
    """A column of the newest event of some kinds (a list of SQL values); NULL if there is none."""
    return (
        f"(SELECT e.{column} FROM ledger_event e WHERE e.subject = {subject} AND e.kind IN ({kinds}) "
        "ORDER BY e.sequence DESC LIMIT 1)"
    )


Position = tuple[int, int]
"""(transaction, id): how far a reader of all subjects has read."""


async def tail(after: Position, limit: int = 500) -> list[Entry]:
    """Events of all subjects after a position, without gaps.

    PostgreSQL assigns ids before the commit, so a row could become visible behind a reader's position. Rows are
    therefore ordered by transaction, and only those of transactions older than every running one are returned.
    """
    horizon = (
        " AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        if database.dialect() == "postgres"
        else ""
    )
    return await select(
        Entry,
        f"SELECT {COLUMNS} FROM ledger_event WHERE (transaction_id, id) > (?, ?){horizon} "
        f"ORDER BY transaction_id, id LIMIT {limit}",
        *after,
    )


async def position() -> Position:
    """The newest position from which a reader misses nothing."""
    if database.dialect() == "postgres":
        return await database.value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"), END
    return 0, await database.value("SELECT COALESCE(MAX(id), 0) FROM ledger_event")


async def back(count: int) -> Position:
    """The position of a reader with ``count`` events still to read, in the order of :func:`tail`."""
    row = await database.fetch_one(
        f"SELECT transaction_id, id FROM ledger_event ORDER BY transaction_id DESC, id DESC LIMIT 1 OFFSET {count}"
    )
    return (row["transaction_id"], row["id"]) if row else (0, 0)
