"""Raw input about sessions and their places into frozen commands: dates, slots, the film, a name at the door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from forums import rules
from forums.forms.planning import read_link
from forums.kinds import SESSIONS
from server.core import config
from server.core.errors import _
from server.core.fields import Input, safe_text

TITLE_LIMIT, PLACE_LIMIT, NAME_LIMIT, TOPIC_LIMIT, TRANSCRIPT_LIMIT = 200, 200, 80, 200, 50_000
MOST_PLACES = 100_000
MOST_COUNTED = 9_999
"""At one press."""
KEPT = ("2", "3", "4", "6")
"""Every so many-th slot may be kept for whoever comes by."""


@dataclass(frozen=True)
class ChangeSession:
    """What a session is to be from now on."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int
    """0: nobody registers, everybody may come."""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "ChangeSession":
        """Read a session's form. Raises ``Invalid``."""
        data = Input(raw)
        title = safe_text(data, "title", limit=TITLE_LIMIT)
        starts_at, ends_at = data.moment("starts_at", required=True), data.moment("ends_at", required=True)
        if starts_at and ends_at and ends_at <= starts_at:
            data.fail("ends_at", _("The end must be later than the beginning."))
        place = safe_text(data, "place", limit=PLACE_LIMIT)
        capacity = data.integer("capacity", low=0, high=MOST_PLACES, required=True)
        data.done()
        assert starts_at and ends_at and capacity is not None  # noqa: PT018, S101 — done() has seen to it
        return cls(title, starts_at, ends_at, place, capacity)

    def values(self) -> dict[str, object]:
        """The columns that say it."""
        return {name: getattr(self, name) for name in ("title", "starts_at", "ends_at", "place", "capacity")}


@dataclass(frozen=True)
class NewSession(ChangeSession):
    """A session to add."""

    kind: str = "sitting"


def new_session(raw: Mapping[str, Any], forum_kind: str) -> NewSession:
    """One session. Raises ``Invalid``."""
    data = Input(raw)
    kinds = SESSIONS[forum_kind]
    kind = data.choice("kind", kinds, default=kinds[0])
    data.done()
    return NewSession(**ChangeSession.parse(raw).values(), kind=kind)  # type: ignore[arg-type]


def new_slots(raw: Mapping[str, Any]) -> list[NewSession]:
    """The slots of a stage on one day, some kept for whoever comes by. Raises ``Invalid``."""
    data = Input(raw)
    day = data.day("day", required=True)
    first, last = _time(data, "first"), _time(data, "last")
    place = safe_text(data, "stage", limit=PLACE_LIMIT)
    kept = int(data.choice("kept", KEPT) or 0)
    found: list[NewSession] = []
    if day and first and last:
        zone = config.settings().zone
        begins, ends = (datetime.combine(day, each, zone) for each in (first, last))
        found = [
            NewSession("", start, end, place, 1, "walk_in" if by else "slot")
            for start, end, by in rules.slots(begins, ends, kept)
        ]
        if not found:
            data.fail("last", _("Please leave at least ten minutes between the beginning and the end."))
    data.done()
    return found


def _time(data: Input, name: str) -> time | None:
    value = data.text(name, limit=8, required=True)
    try:
        return time.fromisoformat(value[:5]) if value else None
    except ValueError:
        data.fail(name, _("Please give a time as HH:MM."))
        return None


@dataclass(frozen=True)
class KeepRecord:
    """What remains of a session: the film's address, and what was said."""

    link: str
    transcript: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "KeepRecord":
        """Read the form. Raises ``Invalid``."""
        data = Input(raw)
        found = cls(read_link(data, "link"), safe_text(data, "transcript", limit=TRANSCRIPT_LIMIT, lines=True))
        data.done()
        return found


@dataclass(frozen=True)
class Book:
    """A place for somebody by name; ``here``: they stand at the door."""

    name: str
    topic: str
    here: bool

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Book":
        """Read the form. Raises ``Invalid``."""
        data = Input(raw)
        found = cls(
            safe_text(data, "name", limit=NAME_LIMIT, required=True),
            safe_text(data, "topic", limit=TOPIC_LIMIT),
            data.boolean("here"),
        )
        data.done()
        return found


def topic(raw: Mapping[str, Any]) -> str:
    """What somebody wants to speak about. Raises ``Invalid``."""
    data = Input(raw)
    found = safe_text(data, "topic", limit=TOPIC_LIMIT)
    data.done()
    return found


def people(raw: Mapping[str, Any]) -> int:
    """How many more people were counted, fewer below zero. Raises ``Invalid``."""
    data = Input(raw)
    found = data.integer("people", low=-MOST_COUNTED, high=MOST_COUNTED, required=True)
    if found == 0:
        data.fail("people", _("Please say how many people."))
    data.done()
    return found or 0
