"""What is checked before somebody speaks: the forum or submission, and what was said there already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forums.errors import NoSuchForum, NoSuchSubmission
from forums.spam import Earlier
from forums.states import SEEN, ForumState, SubmissionState
from server.core import database
from server.core.rows import columns, read

COMPARED = 200
"""How many of a forum's newest submissions a new one is compared with; identical texts are found among all."""
OWN = 20
"""How many of a participant's newest submissions and comments are considered."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A forum that somebody speaks in."""

    id: int
    slug: str
    kind: str
    status: ForumState
    visibility: str
    moderation: str
    district: str
    speaks_from: datetime | None
    speaks_until: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Target:
    """A submission that somebody comments on or supports, with its forum."""

    id: int
    number: str
    status: SubmissionState
    visibility: str
    participant_id: int | None
    floor: Floor


FLOOR = columns(Floor, "f", "floor_")
_TARGET = columns(Target, "s", floor="")


async def floor(slug: str) -> Floor:
    """A public forum that is not a hidden or pending proposal. Raises ``NoSuchForum``."""
    row = await database.fetch_one(f"SELECT {FLOOR} FROM forum f WHERE f.slug = ?", slug)
    if row is None or ForumState(row["floor_status"]) not in SEEN or row["floor_visibility"] != "shown":
        raise NoSuchForum
    return read(Floor, row, "floor_")


async def target(number: str) -> Target:
    """A public submission. Raises ``NoSuchSubmission``."""
    row = await database.fetch_one(
        f"SELECT {_TARGET}, {FLOOR} FROM submission s JOIN forum f ON f.id = s.forum_id WHERE s.number = ?",
        number,
    )
    if row is None or row["visibility"] != "shown":
        raise NoSuchSubmission
    return read(Target, {**row, "floor": read(Floor, row, "floor_")})


async def said_in(forum_id: int, mark: int) -> list[int]:
    """Fingerprints of a forum's newest submissions, and ``mark`` if any of its submissions has it."""
    newest = (
        "SELECT * FROM (SELECT fingerprint FROM submission WHERE forum_id = ? AND visibility = ? AND status <> ? "
        f"ORDER BY id DESC LIMIT {COMPARED}) AS {{}}"
    )
    same = (
        "SELECT * FROM (SELECT fingerprint FROM submission WHERE forum_id = ? AND fingerprint = ? AND status <> ? "
        "LIMIT 1) AS same"
    )
    gone = SubmissionState.WITHDRAWN.value
    return await database.column(
        f"{newest.format('shown')} UNION ALL {newest.format('held')} UNION ALL {same}",
        *(forum_id, "shown", gone),
        *(forum_id, "pending", gone),
        *(forum_id, mark, gone),
    )


async def commented_in(forum_id: int, mark: int) -> list[int]:
    """``mark`` if a comment of the forum has it."""
    return await database.column(
        "SELECT fingerprint FROM comment WHERE forum_id = ? AND fingerprint = ? AND visibility <> 'withdrawn' LIMIT 1",
        forum_id,
        mark,
    )


async def said_by(participant_id: int) -> Sequence[Earlier]:
    """A participant's recent texts in any forum. Withdrawn ones count but never match as a repetition."""
    each = (
        "SELECT * FROM (SELECT forum_id, fingerprint, {} AS at, {} = 'withdrawn' AS gone FROM {} "
        f"WHERE participant_id = ? ORDER BY id DESC LIMIT {OWN}) AS {{}}"
    )
    rows = await database.fetch(
        f"{each.format('received_at', 'status', 'submission', 'submissions')} UNION ALL "
        f"{each.format('created_at', 'visibility', 'comment', 'remarks')}",
        participant_id,
        participant_id,
    )
    return [
        Earlier(0, 0, database.moment(row["at"]))
        if row["gone"]
        else Earlier(row["forum_id"], row["fingerprint"], database.moment(row["at"]))
        for row in rows
    ]
