"""What emails and feeds say an event is about: the forum, submission or commitment of a ledger subject, and its author.

Reads many subjects at once with a fixed number of statements.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.queries import history
from forums.queries.forums import public_text
from forums.states import SEEN, ForumState
from server.core import clock, database, ledger, privacy
from server.core.booking.reading import with_bookings
from server.core.participants import people
from server.core.participants.people import Person
from server.core.rows import OfOfficials, columns, read

MOST_SUPPORTERS = 2_000
"""The most supporters notified of a decision on a proposal; it is decided long before it has so many."""


@dataclass(frozen=True, slots=True)
class About:
    """The thing that a ledger subject names, as the public may see it."""

    subject: str
    title: str
    """Personal numbers masked."""
    number: str
    """Of the submission or commitment; empty for a forum."""
    path: str
    forum_id: int
    forum: str
    """The forum's slug."""
    forum_kind: str
    forum_title: str
    department_id: int | None
    district: str
    shown: bool
    """Whether it is public."""
    submission_id: int | None = None
    author: Person | None = None
    """Of a submission, of the submission behind a commitment, or the proposer of a forum."""
    text: str = ""
    """Its text, to match followed topics; masked."""
    outcome: str = ""
    outcome_text: OfOfficials = ""
    owner_id: int | None = None
    """The official who owns a commitment."""


_PERSON = columns(Person, "p", "p_")
_FORUM = (
    "f.published_at AS f_published, f.id AS forum_id, f.slug AS forum, f.kind AS forum_kind, f.title AS f_title, "
    "f.status AS f_status, f.proposer_id AS f_proposer_id, "
    "f.from_petition AS f_from_petition"
)


async def about(subjects: Iterable[str]) -> dict[str, About]:
    """What the subjects name, by subject; missing ones are left out. One statement for each sort of subject."""
    by_sort: dict[str, list[str]] = {}
    for subject in dict.fromkeys(subjects):
        sort, _slash, name = subject.partition("/")
        by_sort.setdefault(sort, []).append(name)
    found = []
    for sort, names in by_sort.items():
        if sort in _READ:
            rows = await database.fetch(_READ[sort].format(marks=database.marks(names)), *names)
            found += [_about(sort, row) for row in rows]
    return {thing.subject: thing for thing in found}


def _about(sort: str, row: Any) -> About:
    theirs = bool(row["number"])
    name = row["number"] if theirs else row["forum"]
    forum_title, text = public_text(row["f_title"], row, "f_"), row["text"]
    return read(
        About,
        {
            **row,
            "subject": f"{sort}/{name}",
            "title": privacy.mask(row["title"]) if theirs else forum_title,
            "path": f"/{sort if theirs else 'forum'}s/{name}",
            "forum_title": forum_title,
            "shown": row["shown"] and _public(row),
            "author": _person(row),
            "text": privacy.mask_text(text, official=sort == "commitment") if theirs else public_text(text, row, "f_"),
        },
    )


def _public(row: Any) -> bool:
    """Whether the forum is public: one cancelled before it was announced is not."""
    status = ForumState(row["f_status"])
    return row["f_published"] is not None or (status in SEEN and status is not ForumState.CANCELLED)


def _person(row: Any) -> Person | None:
    return read(Person, row, "p_") if row["p_id"] is not None else None


_FORUMS = (
    f"SELECT {_FORUM}, '' AS number, f.title, f.summary || ' ' || f.place AS text, f.department_id, f.district, "
    f"f.visibility = 'shown' AS shown, {_PERSON} FROM forum f {people.with_participant('f.proposer_id', 'p')}"
    "WHERE f.slug IN ({marks})"
)
_SUBMISSIONS = (
    "SELECT s.id AS submission_id, s.number, s.title, s.text, s.department_id, s.outcome, s.outcome_text, "
    "COALESCE(NULLIF(s.district, ''), f.district) AS district, "
    f"s.visibility = 'shown' AND s.status <> 'withdrawn' AS shown, {_FORUM}, {_PERSON} FROM submission s "
    f"JOIN forum f ON f.id = s.forum_id {people.with_participant('s.participant_id', 'p')}WHERE s.number IN ({{marks}})"
)
_COMMITMENTS = (
    "SELECT c.number, c.title, c.text, c.department_id, c.owner_id, TRUE AS shown, "
    "COALESCE(NULLIF(s.district, ''), f.district) AS district, "
    f"s.id AS submission_id, {_FORUM}, {_PERSON} FROM commitment c JOIN forum f ON f.id = c.forum_id "
    f"LEFT JOIN submission s ON s.id = c.submission_id {people.with_participant('s.participant_id', 'p')}"
    "WHERE c.number IN ({marks})"
)
_READ = {"forum": _FORUMS, "talk": _FORUMS, "submission": _SUBMISSIONS, "commitment": _COMMITMENTS}


@dataclass(frozen=True, slots=True)
class RegisteredSession:
    """A registration for a session as an email describes it."""

    person: Person | None
    name: str
    """For the list at the entrance."""
    code: str
    status: str
    offered_until: datetime | None
    starts_at: datetime
    ends_at: datetime
    place: str
    title: str
    """The session's own; empty for the forum's."""


_PLACE = columns(
    RegisteredSession, "r", person="", offered_until="r.held_until", starts_at="s.starts_at", ends_at="s.ends_at",
    place="COALESCE(NULLIF(s.place, ''), f.place)", title="s.title",
)  # fmt: skip


async def place(registration_id: int) -> RegisteredSession | None:
    """One registration."""
    row = await database.fetch_one(
        f"SELECT {_PLACE}, {_PERSON} FROM forum_session s {with_bookings('s.slot_id', 'r')}"
        f"JOIN forum f ON f.id = s.forum_id {people.with_participant('r.participant_id', 'p')}WHERE r.id = ?",
        registration_id,
    )
    if row is None:
        return None
    return read(RegisteredSession, {**row, "person": _person(row)})


async def registered(slug: str, session_id: int | None = None) -> list[int]:
    """The active registrations of a forum's coming sessions, or of one session: places, offers and waiting list."""
    one, values = (" AND s.id = ?", [session_id]) if session_id else ("", [])
    return await database.column(
        f"SELECT r.id FROM forum f JOIN forum_session s ON s.forum_id = f.id {with_bookings('s.slot_id', 'r')}"
        "WHERE f.slug = ? AND r.status IN ('confirmed', 'waiting', 'offered') AND r.participant_id IS NOT NULL "
        f"AND s.ends_at > ?{one} ORDER BY r.id",
        slug,
        clock.now(),
        *values,
    )


async def commenter(comment_id: int) -> Person | None:
    """The author of a comment; None for officials and for a withdrawn comment."""
    row = await database.fetch_one(
        f"SELECT {_PERSON} FROM comment c {people.with_participant('c.participant_id', 'p')}"
        "WHERE c.id = ? AND c.visibility <> 'withdrawn'",
        comment_id,
    )
    return _person(row) if row else None


async def hidden_before(participant_id: int, event_id: int, since: datetime, most: int) -> bool:
    """Whether at least ``most`` of a participant's texts were hidden between ``since`` and an event."""
    rows = await database.fetch(
        f"SELECT 1 AS one FROM review r JOIN text_event t ON t.subject = r.subject {ledger.with_event('t.event_id')}"
        "WHERE r.participant_id = ? AND t.event_id < ? AND e.kind = 'text.hidden' "
        f"AND e.occurred_at > ? LIMIT {most}",
        participant_id,
        event_id,
        since,
    )
    return len(rows) == most


async def supporters(subject: str) -> list[int]:
    """The supporters of a forum, the first ``MOST_SUPPORTERS``."""
    return await database.column(
        f"SELECT participant_id FROM support WHERE subject = ? ORDER BY participant_id LIMIT {MOST_SUPPORTERS}", subject
    )


async def words(words_id: int | None, *, official: bool) -> str:
    """A public text that an event refers to, masked; an official's own telephone number and email address stay."""
    text = (await history.words(filter(None, [words_id]))).get(words_id or 0, "")
    return privacy.mask_text(text, official=official)
