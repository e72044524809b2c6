"""The kinds of forum: the fields of each, and which must be filled in before it is announced.

All kinds share one table and one set of states; every difference between them is declared here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from forums.states import FORUM, ForumAction, ForumState, follow

_SPOKEN = ("moderation", "speaks_from", "speaks_until")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "listening": ("title", "summary", "body", "department", "district", "place", "panel", "starts_at", "ends_at",
                  "link", *_SPOKEN),
    "field_office": ("title", "summary", "body", "department", "district", "place", "panel", "starts_at", "ends_at",
                     *_SPOKEN),
    "speakers_corner": ("title", "summary", "body", "department", "district", "place", "starts_at", "ends_at",
                        *_SPOKEN),
    "discussion": ("title", "summary", "body", "department", "district", "starts_at", "ends_at", *_SPOKEN),
    "broadcast": ("title", "summary", "body", "department", "district", "place", "panel", "starts_at", "ends_at",
                  "link", "chapters", *_SPOKEN),
    "notice": ("title", "summary", "body", "department", "district"),
}  # fmt: skip
"""The fields of each kind, in the order of its form."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "listening": ("title", "department", "place", "starts_at"),
    "field_office": ("title", "body", "department", "district", "place", "starts_at", "ends_at"),
    "speakers_corner": ("title", "department", "place", "starts_at", "ends_at"),
    "discussion": ("title", "body", "department", "ends_at"),
    "broadcast": ("title", "department", "starts_at", "link"),
    "notice": ("title", "body", "department"),
}
"""The fields that an announced forum must have."""
COLUMNS: Mapping[str, str] = {"department": "department_id"}
"""Fields whose columns have other names."""

PROPOSED = ("listening", "field_office", "speakers_corner", "discussion")
"""The kinds that citizens can propose; only the city creates broadcasts and notices."""

DECIDING = ("listening", "field_office", "speakers_corner", "discussion")
"""The kinds at which a commitment can be made without a submission."""

TIMED = ("discussion", "broadcast")
"""The kinds that begin and end automatically at their times; an official starts and closes the others."""

AFTER: Mapping[str, timedelta] = {
    **dict.fromkeys(("listening", "field_office", "speakers_corner", "broadcast"), timedelta(days=14)),
    **dict.fromkeys(("discussion", "notice"), timedelta()),
}
"""How long after its end a forum takes submissions, where it sets no last day: people who were in the hall think of
something at home, and people who watch the video later can answer. A discussion was open all along and ends at once."""

SESSIONS: Mapping[str, tuple[str, ...]] = {
    "listening": ("sitting", "visit"),
    "field_office": ("sitting", "visit"),
    "speakers_corner": ("slot", "sitting"),
    "discussion": ("sitting",),
    "broadcast": ("sitting",),
    "notice": (),
}
"""The kinds of session that each kind of forum can have."""

_OF_NOTICES = frozenset({ForumAction.EDIT, ForumAction.PUBLISH, ForumAction.CANCEL})
_NOTICES = {state: {a: after for a, after in row.items() if a in _OF_NOTICES} for state, row in FORUM.items()}


def table(kind: str) -> Mapping[ForumState, Mapping[ForumAction, ForumState]]:
    """The allowed transitions of a forum of this kind. A notice takes no submissions or comments."""
    return _NOTICES if kind == "notice" else FORUM


class Held(Protocol):
    """The attributes of a forum that these functions read."""

    @property
    def kind(self) -> str: ...
    @property
    def status(self) -> ForumState: ...
    @property
    def speaks_from(self) -> datetime | None: ...
    @property
    def speaks_until(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...


def last_word(forum: Held) -> datetime | None:
    """Until when the forum takes submissions; None while it is open without an end."""
    if forum.speaks_until or forum.status is not ForumState.CLOSED or forum.closed_at is None:
        return forum.speaks_until
    return forum.closed_at + AFTER[forum.kind]


def takes_submissions(forum: Held, now: datetime) -> bool:
    """Whether a forum takes submissions: before, during and, for a while, after it."""
    if follow(table(forum.kind), forum.status, ForumAction.SPEAK) is None:
        return False
    if forum.speaks_from and now < forum.speaks_from:
        return False
    last = last_word(forum)
    return now < last if last else forum.status is not ForumState.CLOSED


def takes_comments(forum: Held, now: datetime) -> bool:
    """Whether people may comment on the forum itself: while it is open, and afterwards as long as it takes submissions.

    Single submissions can always be commented on, because their answers come later.
    """
    if follow(table(forum.kind), forum.status, ForumAction.COMMENT) is None:
        return False
    return forum.status is not ForumState.CLOSED or takes_submissions(forum, now)


def missing(forum: Held) -> list[str]:
    """Which required fields of a forum are still empty."""
    return [name for name in NEEDED[forum.kind] if not getattr(forum, COLUMNS.get(name, name))]


def is_over(kind: str, ends_at: datetime | None, now: datetime) -> bool:
    """Whether a forum that ends automatically has reached its end, and so cannot be opened."""
    return kind in TIMED and ends_at is not None and ends_at <= now
