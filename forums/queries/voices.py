"""Voices as everybody reads them: one with what became of it, the list of a forum, one's own.

Texts come masked, but to their author. What is hidden comes with what stands in its place; what waits for a moderator
is seen by its author and by moderators. Every read looks at a bounded number of rows.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from forums.errors import NoSuchVoice
from forums.permissions import Permission
from forums.queries import moderation
from forums.queries.moderation import Hidden
from forums.rights import reads, voice_subject
from forums.states import ForumState, SubmissionState
from server.core import database, privacy, references
from server.core.accounts import Official
from server.core.errors import BadRequest, _
from server.core.participants.people import Person

PAGE = 20
WINDOW = 2_000
"""How many voices one page of a narrowed list looks at."""
SORTS = ("newest", "supported")

COLUMNS = (
    "s.id, s.number, s.forum_id, f.slug, f.title AS forum_title, f.kind AS forum_kind, f.status AS forum_status, "
    "s.participant_id, s.author, s.speaker, s.channel, s.stance, s.title, s.text, s.language, s.district, s.status, "
    "s.visibility, s.department_id, s.outcome, s.outcome_at, s.outcome_text, s.link, s.study_until, s.moved_to, "
    "s.done_on, s.joined_to_id, m.number AS joined_to, s.petition, s.supports, s.comments, s.received_at"
)
FROM = "FROM submission s JOIN forum f ON f.id = s.forum_id LEFT JOIN submission m ON m.id = s.joined_to_id"
_newest = re.compile(r"\d{1,18}")
_supported = re.compile(r"(\d{1,9})_(\d{1,18})")
_END = 2**62


@dataclass(frozen=True, slots=True)
class VoiceView:
    """A submission as a reader may see it. ``title`` and ``text`` are empty where it is hidden or taken back."""

    id: int
    number: str
    forum_id: int
    forum: str
    """Its slug."""
    forum_title: str
    forum_kind: str
    forum_status: ForumState
    author: str
    speaker: int | None
    """The turn at which it was said at a session."""
    channel: str
    stance: str
    title: str
    text: str
    language: str
    district: str
    status: SubmissionState
    visibility: str
    department_id: int | None
    outcome: str
    outcome_at: datetime | None
    outcome_text: str
    link: str
    study_until: date | None
    moved_to: str
    done_on: date | None
    joined_to: str
    """The number of the one that it is joined to."""
    petition: str
    supports: int
    comments: int
    received_at: datetime
    mine: bool
    supported: bool
    """By the reader."""
    hidden: Hidden | None
    version: int = 0
    """The length of its chain; only of one voice by itself."""

    @property
    def subject(self) -> str:
        """Its name in the ledger."""
        return voice_subject(self.number)

    @property
    def withdrawn(self) -> bool:
        """Whether its author took it back."""
        return self.status is SubmissionState.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list of a forum's voices; an empty one does not."""

    sort: str = "newest"
    stance: str = ""
    outcome: str = ""

    def conditions(self) -> tuple[str, list[object]]:
        """As SQL after a WHERE, with its values."""
        chosen = [(name, value) for name, value in (("stance", self.stance), ("outcome", self.outcome)) if value]
        return "".join(f" AND s.{name} = ?" for name, _value in chosen), [value for _name, value in chosen]


@dataclass(frozen=True, slots=True)
class Listed:
    """One page; ``older`` continues it."""

    rows: Sequence[VoiceView]
    older: str | None
    filters: Filters = field(default_factory=Filters)


def read_number(typed: str) -> str:
    """A submission's number as somebody typed it, in its one form; as it is where it cannot be one."""
    found = references.read_reference(typed[1:]) if typed[:1] in {"v", "V"} else None
    return f"V-{found}" if found else typed


async def voice(number: str, person: Person | None = None, official: Official | None = None) -> VoiceView:
    """One voice with its version. Raises ``NoSuchVoice``. Three queries at most."""
    row = await database.fetch_one(
        f"SELECT {COLUMNS}, h.length AS version {FROM} JOIN ledger_head h ON h.subject = ? WHERE s.number = ?",
        voice_subject(number),
        number,
    )
    if row is None or not (reads(official, row["visibility"]) or _is_mine(row, person)):
        raise NoSuchVoice
    return (await views([row], person, open_to=official))[0]


async def of_forum(forum_id: int, filters: Filters, before: str = "", person: Person | None = None) -> Listed:
    """A page of a forum's voices. Raises ``BadRequest`` for a place that no page of ours gave."""
    if filters.sort == "supported":
        return await _by_supports(forum_id, filters, before, person)
    return await _by_time(forum_id, filters, before, person)


async def _by_time(forum_id: int, filters: Filters, before: str, person: Person | None) -> Listed:
    if before and not _newest.fullmatch(before):
        raise BAD_CURSOR
    start = int(before) if before else _END
    where, values = filters.conditions()
    low = await _window_end(forum_id, start) if where else 0
    # Each on its own, so that both planners walk the index; what is hidden keeps its place.
    each = (
        f"SELECT * FROM (SELECT {COLUMNS} {FROM} WHERE s.forum_id = ? AND s.visibility = ? AND s.id < ? "
        f"AND s.id >= ? AND s.status <> ?{where} ORDER BY s.id DESC LIMIT {PAGE + 1}) AS {{}}"
    )
    seen = ("shown",) if where else ("shown", "hidden")
    rows = await database.fetch(
        " UNION ALL ".join(each.format(visibility) for visibility in seen) + f" ORDER BY id DESC LIMIT {PAGE + 1}",
        *(
            value
            for visibility in seen
            for value in (forum_id, visibility, start, low, SubmissionState.WITHDRAWN.value, *values)
        ),
    )
    older = str(rows[PAGE - 1]["id"]) if len(rows) > PAGE else str(low) if low else None
    return Listed(await views(rows[:PAGE], person), older, filters)


async def _window_end(forum_id: int, start: int) -> int:
    row = await database.fetch_one(
        "SELECT id FROM submission WHERE forum_id = ? AND visibility = ? AND id < ? "
        f"ORDER BY id DESC LIMIT 1 OFFSET {WINDOW - 1}",
        forum_id,
        "shown",
        start,
    )
    return int(row["id"]) if row else 0


async def _by_supports(forum_id: int, filters: Filters, before: str, person: Person | None) -> Listed:
    match = _supported.fullmatch(before)
    if before and not match:
        raise BAD_CURSOR
    start = (int(match[1]), int(match[2])) if match else (2**31 - 1, _END)
    where, values = filters.conditions()
    end = await _supports_end(forum_id, start) if where else None
    span = " AND (s.supports, s.id) >= (?, ?)" if end else ""
    rows = await database.fetch(
        f"SELECT {COLUMNS} {FROM} WHERE s.forum_id = ? AND (s.supports, s.id) < (?, ?){span} AND s.visibility = ? "
        f"AND s.status <> ?{where} ORDER BY s.supports DESC, s.id DESC LIMIT {PAGE + 1}",
        forum_id, *start, *(end or ()), "shown", SubmissionState.WITHDRAWN.value, *values,
    )  # fmt: skip
    last = (rows[PAGE - 1]["supports"], rows[PAGE - 1]["id"]) if len(rows) > PAGE else end
    return Listed(await views(rows[:PAGE], person), f"{last[0]}_{last[1]}" if last else None, filters)


async def _supports_end(forum_id: int, start: tuple[int, int]) -> tuple[int, int] | None:
    row = await database.fetch_one(
        "SELECT supports, id FROM submission WHERE forum_id = ? AND (supports, id) < (?, ?) "
        f"ORDER BY supports DESC, id DESC LIMIT 1 OFFSET {WINDOW - 1}",
        forum_id,
        *start,
    )
    return (row["supports"], row["id"]) if row else None


async def of_person(person: Person, before: str = "") -> Listed:
    """A page of somebody's own voices, the newest first, whatever became of them."""
    if before and not _newest.fullmatch(before):
        raise BAD_CURSOR
    rows = await database.fetch(
        f"SELECT {COLUMNS} {FROM} WHERE s.participant_id = ? AND s.id < ? ORDER BY s.id DESC LIMIT {PAGE + 1}",
        person.id,
        int(before) if before else _END,
    )
    older = str(rows[PAGE - 1]["id"]) if len(rows) > PAGE else None
    return Listed(await views(rows[:PAGE], person), older)


async def views(
    rows: Sequence[Any], person: Person | None = None, *, open_to: Official | None = None
) -> list[VoiceView]:
    """Rows of this module's columns as a reader may see them: one query for what is hidden, one for one's supports."""
    hidden = await moderation.reasons([voice_subject(row["number"]) for row in rows if row["visibility"] == "hidden"])
    supported = await supported_by(person, [voice_subject(row["number"]) for row in rows])
    return [_view(row, person, hidden, supported, open_to) for row in rows]


async def supported_by(person: Person | None, subjects: Sequence[str]) -> frozenset[str]:
    """Which of those things somebody stands behind."""
    if person is None or not subjects:
        return frozenset()
    rows = await database.fetch(
        f"SELECT subject FROM support WHERE participant_id = ? AND subject IN ({database.marks(subjects)})",
        person.id,
        *subjects,
    )
    return frozenset(row["subject"] for row in rows)


def _is_mine(row: Any, person: Person | None) -> bool:
    return person is not None and row["participant_id"] == person.id


def _view(
    row: Any,
    person: Person | None,
    hidden: dict[str, Hidden],
    supported: Collection[str],
    official: Official | None,
) -> VoiceView:
    moment, subject, mine = database.moment_or_none, voice_subject(row["number"]), _is_mine(row, person)
    gone = row["status"] == SubmissionState.WITHDRAWN.value
    shown = mine or (row["visibility"] != "hidden" and not gone)
    if official is not None and official.may(Permission.MODERATE):
        shown = not gone or mine
    told = (lambda text: text) if mine else privacy.mask
    return VoiceView(
        row["id"], row["number"], row["forum_id"], row["slug"], privacy.mask(row["forum_title"]), row["forum_kind"],
        ForumState(row["forum_status"]), privacy.mask(row["author"]) if shown else "",
        row["speaker"] if shown else None, row["channel"], row["stance"],
        told(row["title"]) if shown else "", told(row["text"]) if shown else "", row["language"], row["district"],
        SubmissionState(row["status"]), row["visibility"], row["department_id"], row["outcome"],
        moment(row["outcome_at"]), privacy.mask(row["outcome_text"], privacy.OF_OFFICIALS), row["link"],
        database.day_or_none(row["study_until"]), row["moved_to"], database.day_or_none(row["done_on"]),
        row["joined_to"] or "", row["petition"], row["supports"], row["comments"],
        database.moment(row["received_at"]), mine, subject in supported, hidden.get(subject),
        row.get("version", 0),
    )  # fmt: skip


BAD_CURSOR = BadRequest(_("This page of the list does not exist. Please start from its beginning."))
