"""What the statistics count: the current state of submissions and forums, and who took part, without names or texts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from forums.labels import AGE_BANDS
from forums.queries.forums import public_text
from forums.states import SEEN, ForumState, SubmissionState
from server.core import database, privacy
from server.core.city import city
from server.core.days import day_of
from server.core.participants.people import with_participant
from server.core.rows import columns, select


def _day(value: Any) -> date:
    return day_of(database.moment(value))


_Day = Annotated[date, _day]
"""The city's date of a moment."""


@dataclass(frozen=True)
class SubmissionFigures:
    """One submission. Until it is assigned, it counts for the forum's department, and likewise for the district."""

    id: int
    number: str
    counted: bool
    """Whether the public sees it and its author has not withdrawn it."""
    forum_id: int
    kind: str
    department_id: int
    district: str
    received_on: date
    outcome: str
    outcome_on: _Day | None
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
    held_on: _Day
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
"""A cancelled forum does not count as held."""


async def submissions(column: str, values: Sequence[int] | Sequence[str]) -> list[SubmissionFigures]:
    """Submissions by ``id`` or ``number``, in their current state."""
    if not values:
        return []
    return await select(
        SubmissionFigures,
        f"SELECT {_SUBMISSION} FROM submission s JOIN forum f ON f.id = s.forum_id "
        f"WHERE s.{column} IN (?) ORDER BY s.id",
        values,
    )


async def forums(column: str, values: Sequence[int] | Sequence[str]) -> list[ForumFigures]:
    """Forums by ``id`` or ``slug``, in their current state."""
    if not values:
        return []
    return await select(ForumFigures, f"SELECT {_FORUM} FROM forum WHERE {column} IN (?) ORDER BY id", values)


async def submissions_of(numbers: Sequence[str]) -> list[int]:
    """The ids of submissions by their numbers."""
    return await database.column("SELECT id FROM submission WHERE number IN (?) ORDER BY id", numbers)


async def forums_of(slugs: Sequence[str]) -> list[int]:
    """The ids of forums by their slugs."""
    return await database.column("SELECT id FROM forum WHERE slug IN (?) ORDER BY id", slugs)


_SEEN = ", ".join(f"'{status}'" for status in sorted(SEEN - {ForumState.CANCELLED}))
_PUBLIC = f"visibility = 'shown' AND (published_at IS NOT NULL OR status IN ({_SEEN}))"
"""Forums that are public: no drafts, none cancelled before they were announced, no hidden proposals."""


async def public_forum(slug: str) -> int | None:
    """The id of a public forum by its slug."""
    found: int | None = await database.value(f"SELECT id FROM forum WHERE slug = ? AND {_PUBLIC}", slug)
    return found


async def forum_titles(ids: Sequence[int]) -> dict[int, str]:
    """The titles of forums; those that are not public are missing."""
    if not ids:
        return {}
    rows = await database.fetch(
        f"SELECT id, title, status, proposer_id, from_petition FROM forum WHERE id IN (?) AND {_PUBLIC}", ids
    )
    return {row["id"]: public_text(row["title"], row) for row in rows}


async def submission_titles(ids: Sequence[int]) -> dict[int, str]:
    """The titles of submissions as the public may read them; hidden and withdrawn ones are missing."""
    if not ids:
        return {}
    rows = await database.fetch(
        "SELECT id, title FROM submission WHERE id IN (?) AND visibility = 'shown' "
        f"AND status <> '{SubmissionState.WITHDRAWN}'",
        ids,
    )
    return {row["id"]: privacy.mask(row["title"]) for row in rows}


async def people() -> dict[str, dict[str, int]]:
    """How many different participants there are, by age band and by district of residence; ``""`` if they did not say.

    Bands and districts without anybody are included, because leaving them out would reveal it.
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
    """The ids of submissions above ``after``, in order, of one forum if ``forum_id`` is given."""
    where, values = (" AND forum_id = ?", (forum_id,)) if forum_id else ("", ())
    return await database.column(
        f"SELECT id FROM submission WHERE id > ?{where} ORDER BY id LIMIT {limit}", after, *values
    )


async def forum_ids(after: int, limit: int) -> list[int]:
    """The ids of forums above ``after``, in order."""
    return await database.column(f"SELECT id FROM forum WHERE id > ? ORDER BY id LIMIT {limit}", after)
