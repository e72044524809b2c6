"""Voices as the desk lists them: what waits to be handed out or answered, narrowed, flat however many there are.

A list is walked along one index from a place on (no ``OFFSET`` but in the look-ahead, no ``COUNT(*)``). What no index
answers is looked at voice by voice, and one page looks at ``WINDOW`` of them: it then says where to go on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from forums.errors import NoSuchVoice
from forums.labels import OUTCOMES
from forums.rights import reads, reads_unshown
from forums.search import voice_index
from forums.states import SubmissionState
from server.core import database
from server.core.accounts import Official
from server.core.city import City
from server.core.fields import Input

PAGE = 50
WINDOW = 5_000
HITS = 1_000
"""How many hits of a search, newest first, one page looks at."""
CAP = 1_000
"""Counts end here and are shown as "1,000+"."""
EVERY, STUDY_OVER = "all", "study_over"
STATUSES = (*(state.value for state in SubmissionState), STUDY_OVER, EVERY)
OLDEST_FIRST = frozenset({SubmissionState.RECEIVED.value, SubmissionState.HANDED.value, STUDY_OVER})
"""What waits is shown in the order in which it came; everything else newest first."""

_COLUMNS = (
    "s.id, s.number, s.title, substr(s.text, 1, 300) AS text, s.author, s.speaker, s.stance, s.channel, s.district, "
    "s.status, s.department_id, s.outcome, s.study_until, s.supports, s.comments, s.received_at, s.done_on, "
    "s.joined_to_id, f.slug, f.title AS f_title, h.length AS version, "
    "(SELECT COUNT(*) FROM submission j WHERE j.joined_to_id = s.id) AS joined"
)
_JOINS = "JOIN forum f ON f.id = s.forum_id JOIN ledger_head h ON h.subject = 'submission/' || s.number"


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows the list; a search without a status looks everywhere."""

    q: str = ""
    status: str = ""
    forum: str = ""
    department: str = ""
    outcome: str = ""
    district: str = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any], known: City) -> "Filter":
        """Read it from an address. Raises ``Invalid``."""
        data = Input(raw)
        found = cls(
            data.text("q", limit=200),
            data.choice("status", STATUSES),
            data.text("forum", limit=200),
            data.choice("department", [row.code for row in known.departments.values()]),
            data.choice("outcome", OUTCOMES),
            data.choice("district", tuple(known.districts)),
        )
        data.done()
        return found

    def query(self) -> dict[str, str]:
        """The same as it is written in an address."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}


@dataclass(frozen=True, slots=True)
class Row:
    """A voice in the list, as officials see it: nothing is masked."""

    id: int
    number: str
    title: str
    text: str
    """Its beginning."""
    author: str
    speaker: int | None
    """Whose turn it was at the forum."""
    stance: str
    channel: str
    district: str
    status: SubmissionState
    department_id: int | None
    outcome: str
    study_until: date | None
    supports: int
    comments: int
    received_at: datetime
    done_on: date | None
    forum: str
    forum_title: str
    version: int
    joined: int
    """How many are joined to it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list; ``after`` is where it goes on, None at the end."""

    rows: Sequence[Row]
    after: int | None = None
    stopped: bool = False
    """It ended because enough was looked through, not because it is full."""


class _Condition(NamedTuple):
    sql: str
    values: tuple[object, ...] = ()


async def listed(wanted: Filter, known: City, today: date, *, after: int | None = None) -> Page:
    """A page of what fits, from a place on (not including it). Two or three queries; one more for words."""
    walk = await _walk(wanted, known, today)
    if walk is None:
        return Page(())
    start = [_Condition(f"s.id {'>' if walk.rising else '<'} ?", (after,))] if after is not None else []
    ids = await walk.ids(start, PAGE + 1)
    rows = await _rows([row["id"] for row in ids[:PAGE]], rising=walk.rising)
    if len(ids) > PAGE:
        return Page(rows, ids[PAGE - 1]["id"])
    stop = await walk.end(start)
    return Page(rows, stop, stopped=stop is not None)


async def numbers(wanted: Filter, known: City, today: date, limit: int) -> list[str]:
    """The numbers of what fits, as many as one page looks through, at most ``limit``."""
    walk = await _walk(wanted, known, today)
    return [row["number"] for row in await walk.ids([], limit)] if walk else []


@dataclass(frozen=True)
class _Walk:
    """One list: what its index answers, and what is looked at voice by voice."""

    driving: Sequence[_Condition]
    residual: Sequence[_Condition]
    rising: bool
    hits: int = 0
    """How many hits of a search are walked; 0 without one."""

    async def ids(self, start: Sequence[_Condition], limit: int) -> Sequence[Any]:
        """Voices in the order of the walk."""
        way = "" if self.rising else " DESC"
        where, values = _where([*self.driving, *start])
        window = WINDOW if self.residual else limit
        rest, more = _where(self.residual)
        return await database.fetch(
            f"SELECT s.id, s.number FROM (SELECT * FROM submission s{where} ORDER BY s.id{way} LIMIT {window}) s"
            f"{rest} ORDER BY s.id{way} LIMIT {limit}",
            *values,
            *more,
        )

    async def end(self, start: Sequence[_Condition]) -> int | None:
        """The last voice that one page looks at, where there are more behind it."""
        if not self.residual:
            return None
        way = "" if self.rising else " DESC"
        where, values = _where([*self.driving, *start])
        row = await database.fetch_one(
            f"SELECT s.id FROM submission s{where} ORDER BY s.id{way} LIMIT 1 OFFSET {WINDOW - 1}", *values
        )
        return row["id"] if row else None


async def _walk(wanted: Filter, known: City, today: date) -> _Walk | None:
    """How a list is walked; None where nothing can fit."""
    by: dict[str, _Condition] = {}
    if wanted.forum:
        forum = await database.fetch_one("SELECT id FROM forum WHERE slug = ?", wanted.forum)
        if forum is None:
            return None
        by["forum"] = _Condition("s.forum_id = ?", (forum["id"],))
    if department := known.department_by_code(wanted.department) if wanted.department else None:
        by["department"] = _Condition("s.department_id = ?", (department.id,))
    if wanted.status in set(SubmissionState):
        by["status"] = _Condition("s.status = ?", (wanted.status,))
    if wanted.status == STUDY_OVER:
        by["study"] = _Condition(f"s.id IN ({_STUDIED})", (today,))
        by["answered"] = _Condition("s.status = ?", (SubmissionState.ANSWERED.value,))
    if wanted.outcome:
        by["outcome"] = _Condition("s.outcome = ?", (wanted.outcome,))
    if wanted.district:
        by["district"] = _Condition("s.district = ?", (wanted.district,))
    shown = _Condition("s.visibility = ?", ("shown",))
    if wanted.q:
        return await _searched(wanted.q, [shown, *by.values()])
    led = next((names for names in _INDEXES if all(name in by for name in names)), ())
    rest = [condition for name, condition in by.items() if name not in led]
    return _Walk([shown, *(by[name] for name in led)], rest, wanted.status in OLDEST_FIRST)


_STUDIED = f"SELECT id FROM submission WHERE study_until < ? ORDER BY study_until, id LIMIT {WINDOW}"
"""What was to be studied by now: few, so that they are found first, whatever the planners know of the table."""
_INDEXES: Sequence[tuple[str, ...]] = (
    *(("study",), ("forum", "status"), ("forum",), ("department", "status")),
    *(("department",), ("status",), ("outcome",)),
)
"""What an index answers in the order of ids; the first that fits leads the walk."""


async def _searched(q: str, conditions: Sequence[_Condition]) -> _Walk | None:
    exact = await database.fetch_one("SELECT id FROM submission WHERE number = ?", q.strip().upper())
    ids = [exact["id"]] if exact else await voice_index.search(database.connection(), q, limit=HITS)
    if not ids:
        return None
    return _Walk([_Condition(f"s.id IN ({database.marks(ids)})", tuple(ids)), *conditions], (), rising=False)


async def _rows(ids: Sequence[int], *, rising: bool) -> list[Row]:
    if not ids:
        return []
    found = await database.fetch(
        f"SELECT {_COLUMNS} FROM submission s {_JOINS} WHERE s.id IN ({database.marks(ids)}) "
        f"ORDER BY s.id{'' if rising else ' DESC'}",
        *ids,
    )
    return [_row(row) for row in found]


def _row(row: Any) -> Row:
    return Row(
        row["id"], row["number"], row["title"], row["text"], row["author"], row["speaker"], row["stance"],
        row["channel"], row["district"], SubmissionState(row["status"]), row["department_id"], row["outcome"],
        database.day_or_none(row["study_until"]), row["supports"], row["comments"],
        database.moment(row["received_at"]), database.day_or_none(row["done_on"]), row["slug"], row["f_title"],
        row["version"], row["joined"],
    )  # fmt: skip


def _where(conditions: Sequence[_Condition]) -> tuple[str, list[object]]:
    sql = " WHERE " + " AND ".join(condition.sql for condition in conditions) if conditions else ""
    return sql, [value for condition in conditions for value in condition.values]


async def counts(department_id: int | None, today: date) -> dict[str, int]:
    """How many wait: ``received``, ``handed``, ``study_over``, of a department where one is named; up to ``CAP`` + 1.

    One statement.
    """
    own, mine = (" AND department_id = ?", [department_id]) if department_id is not None else ("", [])
    shown = "visibility = 'shown'"
    lists: dict[str, tuple[str, list[object]]] = {
        "received": (f"status = ? AND {shown}", [SubmissionState.RECEIVED.value]),
        "handed": (f"status = ? AND {shown}{own}", [SubmissionState.HANDED.value, *mine]),
        STUDY_OVER: (
            f"id IN ({_STUDIED}) AND status = ? AND {shown}{own}",
            [today, SubmissionState.ANSWERED.value, *mine],
        ),
    }
    rows = await database.fetch(
        " UNION ALL ".join(
            f"SELECT '{name}' AS name, COUNT(*) AS n FROM (SELECT 1 FROM submission WHERE {sql} LIMIT {CAP + 1}) AS c"
            for name, (sql, _values) in lists.items()
        ),
        *(value for _sql, values in lists.values() for value in values),
    )
    return {row["name"]: row["n"] for row in rows}


async def said(wanted: Sequence[str]) -> list[Row]:
    """Voices by their numbers, in stretches of a few hundred; those that are not there are left out."""
    found: list[Row] = []
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        rows = await database.fetch(
            f"SELECT {_COLUMNS} FROM submission s {_JOINS} WHERE s.number IN ({database.marks(some)})", *some
        )
        found += [_row(row) for row in rows]
    return found


@dataclass(frozen=True, slots=True)
class Detail:
    """One voice with everything that the desk decides on; nothing is masked."""

    row: Row
    text: str
    forum_id: int
    forum_kind: str
    visibility: str
    language: str
    participant_id: int | None
    outcome_text: str
    link: str
    moved_to: str
    joined_to: str
    petition: str
    others: Sequence[Row]
    """The first that are joined to it."""


JOINED_SHOWN = 50


async def one(number: str, official: Official) -> Detail:
    """A voice. Two queries. Raises ``NoSuchVoice``, also where the official may not read it yet."""
    found = await database.fetch_one(
        f"SELECT {_COLUMNS}, s.text AS whole, s.forum_id, f.kind AS f_kind, s.visibility, s.language, "
        "s.participant_id, s.outcome_text, s.link, s.moved_to, m.number AS joined_to, s.petition FROM submission s "
        f"{_JOINS} LEFT JOIN submission m ON m.id = s.joined_to_id WHERE s.number = ?",
        number,
    )
    if found is None or not reads(official, found["visibility"]):
        raise NoSuchVoice
    readable = "" if reads_unshown(official) else " AND s.visibility <> 'pending'"
    others = await database.fetch(
        f"SELECT {_COLUMNS} FROM submission s {_JOINS} WHERE s.joined_to_id = ?{readable} "
        f"ORDER BY s.id LIMIT {JOINED_SHOWN}",
        found["id"],
    )
    return Detail(
        _row(found), found["whole"], found["forum_id"], found["f_kind"], found["visibility"], found["language"],
        found["participant_id"], found["outcome_text"], found["link"], found["moved_to"], found["joined_to"] or "",
        found["petition"], [_row(row) for row in others],
    )  # fmt: skip
