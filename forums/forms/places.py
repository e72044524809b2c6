"""Sessions and registrations: dates, slots, the video, names and counts at check-in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Annotated, Any

from pydantic import Field

from forums import rules
from forums.forms.planning import Link, check_order
from forums.kinds import SESSIONS
from server.core import config
from server.core.errors import _
from server.core.forms import Day, Errors, Form, Html, Label, MayBeEmpty, Moment, OneOf, Time, line, paragraphs

TITLE_LIMIT, PLACE_LIMIT, NAME_LIMIT, TOPIC_LIMIT, TRANSCRIPT_LIMIT = 200, 200, 80, 200, 50_000
MOST_PLACES = 100_000
MOST_COUNTED = 9_999
"""The most people counted at once."""
KEPT = ("2", "3", "4", "6")
"""Every n-th slot may be kept for walk-ins."""


class ChangeSession(Form):
    """The changed fields of a session."""

    title: Annotated[str, line(TITLE_LIMIT), MayBeEmpty(), Label(_("Title, if it has its own"))]
    starts_at: Annotated[Moment, Label(_("Start time"))]
    ends_at: Annotated[Moment, Label(_("End time"))]
    place: Annotated[str, line(PLACE_LIMIT), MayBeEmpty(), Label(_("Place, if it is not the forum's own"))]
    capacity: Annotated[int, Field(ge=0, le=MOST_PLACES), Label(_("Number of places"))]
    """0: open to everybody without registration."""

    def check(self, errors: Errors) -> None:
        check_order(errors, self.starts_at, self.ends_at, "ends_at")

    def values(self) -> dict[str, object]:
        """The columns of the session."""
        return {name: getattr(self, name) for name in ("title", "starts_at", "ends_at", "place", "capacity")}


class NewSession(ChangeSession):
    """A session to add."""

    kind: Annotated[str, OneOf(), Label(_("Kind of session"))] = "sitting"


def new_session(raw: Mapping[str, Any], forum_kind: str) -> NewSession:
    """Read one session. Raises ``Invalid``."""
    kinds = SESSIONS[forum_kind]
    found = NewSession.parse(raw, choices={"kind": kinds})
    return found if raw.get("kind") else replace(found, kind=kinds[0])


class Slots(Form):
    """The slots at the speaker's corner on one day."""

    day: Annotated[Day, Label(_("Day"))]
    first: Annotated[Time, Label(_("Starting at"))]
    last: Annotated[Time, Label(_("Ending at"))]
    stage: Annotated[str, line(PLACE_LIMIT), Label(_("Stage, if it is not the forum's own place"))] = ""
    kept: Annotated[str, OneOf(KEPT), Label(_("Keep every nth slot for walk-ins"))] = ""


def new_slots(raw: Mapping[str, Any]) -> list[NewSession]:
    """Read the slots of one day, some kept for walk-ins. Raises ``Invalid``."""
    wanted, errors = Slots.read(raw)
    found: list[NewSession] = []
    if not errors.found:
        zone = config.settings().zone
        begins, ends = (
            datetime.combine(wanted.day, time.fromisoformat(each), zone) for each in (wanted.first, wanted.last)
        )
        found = [
            NewSession("", start, end, wanted.stage, 1, "walk_in" if by else "slot")
            for start, end, by in rules.slots(begins, ends, int(wanted.kept or 0))
        ]
        if not found:
            errors.fail("last", _("Please leave at least ten minutes between the start and the end."))
    errors.done()
    return found


class KeepRecord(Form):
    """The record of a session: the video's address, and what was said."""

    link: Annotated[Link, MayBeEmpty(), Label(_("Address of the video"))]
    transcript: Annotated[str, paragraphs(TRANSCRIPT_LIMIT), MayBeEmpty(), Label(_("Transcript"))]


class Book(Form):
    """A place booked by name; ``here``: a walk-in at check-in."""

    name: Annotated[str, line(NAME_LIMIT), Label(_("Name")), Html(private=True)]
    topic: Annotated[str, line(TOPIC_LIMIT), MayBeEmpty(), Label(_("Topic"))]
    here: Annotated[bool, MayBeEmpty(), Label(_("Already here"))]


class Topic(Form):
    """The topic that somebody wants to speak about at a session."""

    topic: Annotated[str, line(TOPIC_LIMIT), Label(_("What will you speak about?"))] = ""


class Count(Form):
    """How many more unnamed visitors there are, fewer if negative."""

    people: Annotated[int, Field(ge=-MOST_COUNTED, le=MOST_COUNTED), Label(_("Number of additional people"))]

    def check(self, errors: Errors) -> None:
        if not self.people:
            errors.fail("people", _("Please enter the number of people."))


def people(raw: Mapping[str, Any]) -> int:
    """How many people to add to the count, negative to correct it. Raises ``Invalid``."""
    return Count.parse(raw).people
