"""One forum as pages and JSON show it, with the counts of its stances and the progress of its decisions."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from forums import rules
from forums.errors import NoSuchForum
from forums.permissions import Permission
from forums.rights import forum_subject, reads_proposal
from forums.states import SEEN, CommitmentState, ForumState, SubmissionState
from server.core import database, ledger, privacy
from server.core.accounts import Official
from server.core.days import day_of
from server.core.participants import people
from server.core.participants.people import Person
from server.core.rows import OfOfficials, columns, read


@dataclass(frozen=True, slots=True)
class ForumView:
    """One forum as a reader may see it."""

    id: int
    slug: str
    number: int
    kind: str
    status: ForumState
    title: str
    summary: str
    body: str
    language: str
    department_id: int | None
    district: str
    place: str
    panel: tuple[str, ...]
    moderation: str
    speaks_from: datetime | None
    speaks_until: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    link: str
    chapters: tuple[Mapping[str, Any], ...]
    minutes: OfOfficials
    proposer_id: int | None
    proposer: str
    """The display name of the citizen who proposed it."""
    from_petition: str
    supports: int
    submissions: int
    comments: int
    views: int
    participants: int
    created_at: datetime
    published_at: datetime | None
    closed_at: datetime | None
    visibility: str
    """``hidden`` or ``pending``: a proposal whose text moderators have hidden or not reviewed yet."""
    version: int
    """The length of its chain; forms send it back as the version they showed."""

    @property
    def answer_due(self) -> date | None:
        """By when the city decides about a proposal."""
        return rules.answer_due(self.status, day_of(self.published_at) if self.published_at else None)


_COLUMNS = columns(
    ForumView, "f", version="h.length",
    proposer=f"COALESCE({people.name_of('f.proposer_id')}, '')",
)  # fmt: skip


async def forum(slug: str, official: Official | None = None, person: Person | None = None) -> ForumView:
    """One forum. Raises ``NoSuchForum``, also for a draft if the reader does not plan forums.

    A proposal awaiting moderation is visible to moderators and its author; of a hidden one everybody else sees the page
    without the text.

    A draft cancelled before it was announced stays visible to planners only, unless it came from a citizen's public
    proposal.
    """
    row = await database.fetch_one(
        f"SELECT {_COLUMNS} FROM forum f {ledger.with_version('?')}WHERE f.slug = ?",
        forum_subject(slug),
        slug,
    )
    if row is None:
        raise NoSuchForum
    panel = [public_text(name, row) for name in database.document(row["panel"])]
    found = read(ForumView, {**public_texts(row, "title", "summary", "body", "place"), "panel": panel})
    seen = found.published_at is not None or (found.status in SEEN and found.status is not ForumState.CANCELLED)
    if not seen and not (official and (official.may(Permission.PLAN_FORUMS) or official.may(Permission.RUN_FORUMS))):
        raise NoSuchForum
    theirs = person is not None and person.id == found.proposer_id
    if found.visibility != "shown" and not (theirs or reads_proposal(official)):
        if found.visibility == "pending":
            raise NoSuchForum
        return replace(found, title="", summary="", body="", place="", panel=(), proposer="")
    return found


def public_text(text: str, forum: Mapping[str, Any], prefix: str = "") -> str:
    """A forum's text with personal numbers masked; official telephone numbers stay unless a citizen wrote the text.

    ``forum`` has its ``status``, ``proposer_id`` and ``from_petition``, each after the ``prefix``.
    """
    status, proposer, petition = (forum[f"{prefix}{name}"] for name in ("status", "proposer_id", "from_petition"))
    theirs = proposer is not None or petition or status in {ForumState.PROPOSED, ForumState.DECLINED}
    return privacy.mask_text(text, official=not theirs)


def public_texts(forum: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A forum's row with these texts as the public may read them."""
    return {**forum, **{name: public_text(forum[name], forum) for name in names}}


async def reason(subject: str) -> str:
    """The official's reason for cancelling a forum or a session, or for declining a proposal."""
    text = await database.value("SELECT text FROM forum_words WHERE subject = ? ORDER BY id DESC LIMIT 1", subject)
    return privacy.mask(text or "", privacy.OF_OFFICIALS)


LARGE = 5_000
KEPT = 5.0
"""Seconds for which the counts are cached above ``LARGE`` submissions: counting 100,000 takes 20 ms."""
_large: dict[int, tuple[float, dict[str, int]]] = {}


async def stances(forum_id: int) -> dict[str, int]:
    """How many shown submissions are for, against, or another idea."""
    kept = _large.pop(forum_id, None)
    if kept is None or time.monotonic() - kept[0] > KEPT:
        kept = time.monotonic(), await _count_stances(forum_id)
    if sum(kept[1].values()) > LARGE:
        _large[forum_id] = kept
    return kept[1]


async def _count_stances(forum_id: int) -> dict[str, int]:
    rows = await database.fetch(
        "SELECT stance, count(*) AS n FROM submission WHERE forum_id = ? AND visibility = ? AND status <> ? "
        "GROUP BY stance",
        forum_id,
        "shown",
        SubmissionState.WITHDRAWN.value,
    )
    return {row["stance"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a field office: its decisions that were not discontinued, and those carried out."""

    decided: int
    done: int

    @property
    def solved(self) -> bool:
        """Whether nothing is left to do."""
        return 0 < self.decided == self.done


async def progress(forum_id: int) -> Progress:
    """The progress of a forum's decisions and commitments."""
    rows = await database.fetch(
        "SELECT status, count(*) AS n FROM commitment WHERE forum_id = ? AND status <> ? GROUP BY status",
        forum_id,
        CommitmentState.DROPPED.value,
    )
    counts = {row["status"]: row["n"] for row in rows}
    return Progress(sum(counts.values()), counts.get(CommitmentState.DONE.value, 0))
