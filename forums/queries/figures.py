"""What statistics count: each submission and forum as it stands now, and who took part, without names or words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forums.labels import AGE_BANDS
from forums.queries.forums import public_text
from forums.states import SEEN, ForumState, SubmissionState
from server.core import database, privacy
from server.core.city import city
from server.core.days import day_of

HELD = (ForumState.RUNNING, ForumState.CLOSED)
"""Forums that have begun; one that was called off was not held."""


@dataclass(frozen=True, slots=True)
class VoiceFigures:
    """One submission. Until a department has it, it counts with the one that holds the forum, and so for districts."""

    id: int
    number: str
    counted: bool
    """Whether the public sees it and its author stands by it."""
    forum_id: int
    kind: str
    department_id: int
    district: str
    received_on: date
    outcome: str
    outcome_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class ForumFigures:
    """One forum."""

    id: int
    slug: str
    counted: bool
    kind: str
    department_id: int
    district: str
    held_on: date
    participants: int


_VOICES = (
    "SELECT s.id, s.number, s.visibility, s.status, s.forum_id, f.kind, "
    "COALESCE(s.department_id, f.department_id, 0) AS department_id, "
    "CASE WHEN s.district = '' THEN f.district ELSE s.district END AS district, "
    "s.received_on, s.outcome, s.outcome_at, s.done_on FROM submission s JOIN forum f ON f.id = s.forum_id"
)
_FORUMS = (
    "SELECT id, slug, status, kind, COALESCE(department_id, 0) AS department_id, district, starts_at, published_at, "
    "created_at, participants FROM forum"
)


def _voice(row: Any) -> VoiceFigures:
    answered = database.moment_or_none(row["outcome_at"])
    received = database.day_or_none(row["received_on"])
    assert received is not None  # noqa: S101 — a column that is never empty
    return VoiceFigures(
        row["id"], row["number"],
        row["visibility"] == "shown" and row["status"] != SubmissionState.WITHDRAWN,
        row["forum_id"], row["kind"], row["department_id"], row["district"], received, row["outcome"],
        day_of(answered) if answered and row["outcome"] else None, database.day_or_none(row["done_on"]),
    )  # fmt: skip


def _forum(row: Any) -> ForumFigures:
    moments = (database.moment_or_none(row[name]) for name in ("starts_at", "published_at", "created_at"))
    held = next(moment for moment in moments if moment)
    return ForumFigures(
        row["id"], row["slug"], row["status"] in HELD and row["kind"] != "notice", row["kind"], row["department_id"],
        row["district"], day_of(held), row["participants"],
    )  # fmt: skip


async def voice(number: str) -> VoiceFigures | None:
    """A submission by its number."""
    row = await database.fetch_one(f"{_VOICES} WHERE s.number = ?", number)
    return _voice(row) if row else None


async def voices_by_id(ids: Sequence[int]) -> list[VoiceFigures]:
    """Submissions by their ids, as they are at this moment."""
    if not ids:
        return []
    rows = await database.fetch(f"{_VOICES} WHERE s.id IN ({database.marks(ids)}) ORDER BY s.id", *ids)
    return [_voice(row) for row in rows]


async def voices_by_number(numbers: Sequence[str]) -> list[VoiceFigures]:
    """Submissions by their numbers."""
    if not numbers:
        return []
    rows = await database.fetch(f"{_VOICES} WHERE s.number IN ({database.marks(numbers)})", *numbers)
    return [_voice(row) for row in rows]


async def forum(slug: str) -> ForumFigures | None:
    """A forum by its name."""
    row = await database.fetch_one(f"{_FORUMS} WHERE slug = ?", slug)
    return _forum(row) if row else None


_SEEN = ", ".join(f"'{status}'" for status in sorted(SEEN - {ForumState.CANCELLED}))
_PUBLIC = f"visibility = 'shown' AND (published_at IS NOT NULL OR status IN ({_SEEN}))"
"""Forums whose words everybody may read: no drafts, none that was called off unannounced, no hidden proposals."""


async def public_forum(slug: str) -> int | None:
    """The id of a forum that everybody sees, by its name."""
    row = await database.fetch_one(f"SELECT id FROM forum WHERE slug = ? AND {_PUBLIC}", slug)
    return int(row["id"]) if row else None


async def forum_titles(ids: Sequence[int]) -> dict[int, str]:
    """What forums are called; those that not everybody sees are missing."""
    if not ids:
        return {}
    rows = await database.fetch(
        "SELECT id, title, status, proposer_id, from_petition FROM forum "
        f"WHERE id IN ({database.marks(ids)}) AND {_PUBLIC}",
        *ids,
    )
    return {
        row["id"]: public_text(row["title"], row["status"], row["proposer_id"], row["from_petition"]) for row in rows
    }


async def voice_titles(ids: Sequence[int]) -> dict[int, str]:
    """What submissions are called, as the public may read it; hidden and withdrawn ones are missing."""
    if not ids:
        return {}
    rows = await database.fetch(
        f"SELECT id, title FROM submission WHERE id IN ({database.marks(ids)}) AND visibility = 'shown' "
        f"AND status <> '{SubmissionState.WITHDRAWN}'",
        *ids,
    )
    return {row["id"]: privacy.mask(row["title"]) for row in rows}


async def people() -> dict[str, dict[str, int]]:
    """How many different people took part, by age band and by district of residence; empty where they did not say.

    Every band and district is there, also with nobody in it: one that is missing would say so.
    """
    found: dict[str, dict[str, int]] = {}
    every: dict[str, Collection[str]] = {"age": AGE_BANDS, "district": (await city()).districts}
    for dimension, column in (("age", "age_band"), ("district", "district")):
        rows = await database.fetch(
            f"SELECT p.{column} AS value, COUNT(*) AS people FROM participant p "
            f"WHERE EXISTS (SELECT 1 FROM participation t WHERE t.participant_id = p.id) GROUP BY p.{column}"
        )
        found[dimension] = dict.fromkeys(("", *every[dimension]), 0)
        found[dimension].update({row["value"]: row["people"] for row in rows})
    return found


async def forums_by_id(ids: Sequence[int]) -> list[ForumFigures]:
    """Forums by their ids, as they are at this moment."""
    if not ids:
        return []
    rows = await database.fetch(f"{_FORUMS} WHERE id IN ({database.marks(ids)}) ORDER BY id", *ids)
    return [_forum(row) for row in rows]


async def forums_by_slug(slugs: Sequence[str]) -> list[ForumFigures]:
    """Forums by their names."""
    if not slugs:
        return []
    rows = await database.fetch(f"{_FORUMS} WHERE slug IN ({database.marks(slugs)})", *slugs)
    return [_forum(row) for row in rows]


async def voice_ids(forum_id: int, after: int, limit: int) -> list[int]:
    """The ids of submissions above one in order, of one forum where it is named."""
    where, values = (" AND forum_id = ?", (forum_id,)) if forum_id else ("", ())
    rows = await database.fetch(
        f"SELECT id FROM submission WHERE id > ?{where} ORDER BY id LIMIT {limit}", after, *values
    )
    return [row["id"] for row in rows]


async def forum_ids(after: int, limit: int) -> list[int]:
    """The ids of forums above one in order."""
    rows = await database.fetch(f"SELECT id FROM forum WHERE id > ? ORDER BY id LIMIT {limit}", after)
    return [row["id"] for row in rows]
