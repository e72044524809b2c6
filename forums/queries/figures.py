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
from server.core.participants.people import with_participant
from server.core.rows import columns, read


@dataclass(frozen=True)
class SubmissionFigures:
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


@dataclass(frozen=True)
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


_SUBMISSION = columns(
    SubmissionFigures,
    "s",
    counted=f"(s.visibility = 'shown' AND s.status <> '{SubmissionState.WITHDRAWN}')",
    kind="f.kind",
    department_id="COALESCE(s.department_id, f.department_id, 0)",
    district="CASE WHEN s.district = '' THEN f.district ELSE s.district END",
    outcome_on="CASE WHEN s.outcome = '' THEN NULL ELSE s.outcome_at END",
)
_FORUM = columns(
    ForumFigures,
    "forum",
    counted=f"(status IN ('{ForumState.RUNNING}', '{ForumState.CLOSED}') AND kind <> 'notice')",
    department_id="COALESCE(department_id, 0)",
    held_on="COALESCE(starts_at, published_at, created_at)",
)
"""One that was called off was not held."""


def _day(value: Any) -> date | None:
    moment = database.moment_or_none(value)
    return day_of(moment) if moment else None


async def submissions(column: str, values: Sequence[int] | Sequence[str]) -> list[SubmissionFigures]:
    """Submissions by their ``id`` or ``number``, as they are at this moment."""
    if not values:
        return []
    found = await database.fetch(
        f"SELECT {_SUBMISSION} FROM submission s JOIN forum f ON f.id = s.forum_id "
        f"WHERE s.{column} IN ({database.marks(values)}) ORDER BY s.id",
        *values,
    )
    return [read(SubmissionFigures, {**row, "outcome_on": _day(row["outcome_on"])}) for row in found]


async def forums(column: str, values: Sequence[int] | Sequence[str]) -> list[ForumFigures]:
    """Forums by their ``id`` or ``slug``, as they are at this moment."""
    if not values:
        return []
    found = await database.fetch(
        f"SELECT {_FORUM} FROM forum WHERE {column} IN ({database.marks(values)}) ORDER BY id", *values
    )
    return [read(ForumFigures, {**row, "held_on": _day(row["held_on"])}) for row in found]


async def submission_id(number: str) -> int | None:
    """A submission's id by its number."""
    row = await database.fetch_one("SELECT id FROM submission WHERE number = ?", number)
    return row["id"] if row else None


async def forum_id(slug: str) -> int | None:
    """A forum's id by its name."""
    row = await database.fetch_one("SELECT id FROM forum WHERE slug = ?", slug)
    return row["id"] if row else None


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


async def submission_titles(ids: Sequence[int]) -> dict[int, str]:
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
            f"SELECT p.{column} AS value, COUNT(*) AS people "
            "FROM (SELECT DISTINCT participant_id FROM participation) AS t "
            f"{with_participant('t.participant_id', 'p')}GROUP BY p.{column}"
        )
        found[dimension] = dict.fromkeys(("", *every[dimension]), 0)
        found[dimension].update({row["value"]: row["people"] for row in rows})
    return found


async def submission_ids(after: int, limit: int, forum_id: int = 0) -> list[int]:
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
