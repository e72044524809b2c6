"""What each kind of forum takes and needs: which fields it has, which must be filled before people hear of it.

The kinds share one table and one life; all their differences stand here.
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
"""What must be filled in before it is announced, and stays filled in from then on."""

PROPOSED = ("listening", "field_office", "speakers_corner", "discussion")
"""The kinds that citizens can ask for; broadcasts and notices are the city's own."""

DECIDING = ("listening", "field_office", "speakers_corner", "discussion")
"""The kinds at which something can be decided, so that it is promised without a submission behind it."""

TIMED = ("discussion", "broadcast")
"""The kinds that begin and end by themselves at their times; at the others somebody stands and says so."""

AFTER: Mapping[str, timedelta] = {
    **dict.fromkeys(("listening", "field_office", "speakers_corner", "broadcast"), timedelta(days=14)),
    **dict.fromkeys(("discussion", "notice"), timedelta()),
}
"""How long after its end people may still have their say, where the forum names no last day of its own: who was in the
hall thinks of it at home, and who saw the video later may answer; a discussion was open all the time, and ends."""

SESSIONS: Mapping[str, tuple[str, ...]] = {
    "listening": ("sitting", "visit"),
    "field_office": ("sitting", "visit"),
    "speakers_corner": ("slot", "sitting"),
    "discussion": ("sitting",),
    "broadcast": ("sitting",),
    "notice": (),
}
"""The kinds of session that each can have."""

_OF_NOTICES = frozenset({ForumAction.EDIT, ForumAction.PUBLISH, ForumAction.CANCEL})
_NOTICES = {state: {a: after for a, after in row.items() if a in _OF_NOTICES} for state, row in FORUM.items()}


def table(kind: str) -> Mapping[ForumState, Mapping[ForumAction, ForumState]]:
    """What is allowed when in a forum of this kind. Nobody speaks in a notice: it is put up and taken down."""
    return _NOTICES if kind == "notice" else FORUM


class Held(Protocol):
    """As much of a forum as this asks for."""

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
    """Until when people may have their say; None while that is not known, because the forum goes on."""
    if forum.speaks_until or forum.status is not ForumState.CLOSED or forum.closed_at is None:
        return forum.speaks_until
    return forum.closed_at + AFTER[forum.kind]


def takes_submissions(forum: Held, now: datetime) -> bool:
    """Whether people may give a forum their submission: before, during and, for a while, after it."""
    if follow(table(forum.kind), forum.status, ForumAction.SPEAK) is None:
        return False
    if forum.speaks_from and now < forum.speaks_from:
        return False
    last = last_word(forum)
    return now < last if last else forum.status is not ForumState.CLOSED


def takes_comments(forum: Held, now: datetime) -> bool:
    """Whether people may comment on a forum itself: while it goes on, and after it as long as it takes submissions.

    A single submission can be commented on for good, because its answer comes later.
    """
    if follow(table(forum.kind), forum.status, ForumAction.COMMENT) is None:
        return False
    return forum.status is not ForumState.CLOSED or takes_submissions(forum, now)


def missing(kind: str, values: Mapping[str, object]) -> list[str]:
    """What is not filled in yet of what this kind needs."""
    return [name for name in NEEDED[kind] if not values[name]]


def is_over(kind: str, ends_at: datetime | None, now: datetime) -> bool:
    """Whether a forum that ends by itself has reached its end, so that it cannot go on."""
    return kind in TIMED and ends_at is not None and ends_at <= now
