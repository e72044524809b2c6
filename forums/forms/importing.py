"""Lines of another system's records as past forums and submissions, or errors by column."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from forums.forms.planning import BODY_LIMIT, MINUTES_LIMIT, PLACE_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT
from forums.labels import KINDS, OUTCOMES, STANCES
from forums.numbering import SAFE, slug_of
from forums.states import ADOPTED
from server.core import forms
from server.core.city import City
from server.core.config import LANGUAGES
from server.core.errors import _
from server.core.forms import Choices, Form, Key, Label, MayBeEmpty, Mistake, OneOf, WordsRule, line, paragraphs
from server.core.forms.kinds import NOT_DATE

MOST_PEOPLE = 1_000_000
EARLIEST = date(1900, 1, 1)
IN_FUTURE = _("A past forum cannot have a date in the future.")
TOO_EARLY = _("This day is earlier than the day of the previous step.")
NOT_ADOPTED = _("Only adopted submissions can have a commitment or be carried out.")
NOT_SAFE = _("A number consists of digits, capital letters A to Z and single hyphens, for example 2013-0412.")
NO_DUE_DATE = _("A commitment needs a due date.")


def _safe(number: str) -> str:
    if not SAFE.fullmatch(number):
        raise Mistake(NOT_SAFE)
    return number


def _choices(reference_data: City) -> Choices:
    departments = {row.code: row.id for row in reference_data.departments.values()}
    return {"department": departments, "district": reference_data.districts.keys()}


Day = Annotated[forms.Day, Label(_("Day"))]
Department = Annotated[int | None, OneOf(), Key("department"), Label(_("Department"))]
District = Annotated[str, OneOf(), Label(_("District"))]
Language = Annotated[str, OneOf(LANGUAGES), Label(_("Language"))]
Words = Annotated[str, paragraphs(BODY_LIMIT), Label(_("Text"))]


class PastForum(Form):
    """A past forum, with its number."""

    number: Annotated[int, Field(ge=1, le=10**9), Label(_("Number"))]
    kind: Annotated[str, OneOf(KINDS), Label(_("Kind"))]
    title: Annotated[str, line(TITLE_LIMIT, least=2), Label(_("Title"))]
    held_on: Day
    until: Annotated[Day | None, Key("ended_on")] = None
    place: Annotated[str, line(PLACE_LIMIT), Label(_("Venue"))] = ""
    summary: Annotated[str, line(SUMMARY_LIMIT), Label(_("Summary"))] = ""
    body: Words = ""
    minutes: Annotated[str, paragraphs(MINUTES_LIMIT), Label(_("Minutes"))] = ""
    panel: Annotated[tuple[str, ...], WordsRule(120), Label(_("Panel"))] = ()
    department_id: Department = None
    district: District = ""
    participants: Annotated[int, Field(ge=0, le=MOST_PEOPLE), Label(_("Participants"))] = 0
    language: Language = "ko"

    @property
    def slug(self) -> str:
        """Its slug."""
        return slug_of(self.kind, self.number)

    @property
    def ended_on(self) -> date:
        """Its last day; the first one if none is given."""
        return self.until or self.held_on

    @classmethod
    def past(cls, raw: Mapping[str, Any], reference_data: City, today: date) -> Self:
        """Read one line. Raises ``Invalid`` with every error."""
        found, errors = cls.read(raw, choices=_choices(reference_data))
        if "held_on" not in errors:
            if found.held_on < EARLIEST:
                errors.fail("held_on", NOT_DATE)
            if found.held_on > today:
                errors.fail("held_on", IN_FUTURE)
            if found.ended_on < found.held_on:
                errors.fail("ended_on", TOO_EARLY)
            if found.ended_on > today:
                errors.fail("ended_on", IN_FUTURE)
        errors.done()
        return found


class PastSubmission(Form):
    """A submission to a past forum, and its outcome."""

    number: Annotated[str, line(24, safe=False), AfterValidator(_safe), Label(_("Number")), MayBeEmpty()]
    """Its original number; empty to give it a new one."""
    forum: Annotated[str, line(48, safe=False), Label(_("Forum"))]
    received_on: Day
    title: Annotated[str, line(TITLE_LIMIT), Label(_("Title"))] = ""
    text: Words = ""
    author: Annotated[str, line(80), Label(_("Author"))] = ""
    stance: Annotated[str, OneOf(STANCES), Label(_("Stance"))] = "idea"
    department_id: Department = None
    district: District = ""
    outcome: Annotated[str, OneOf(OUTCOMES), Label(_("Outcome"))] = ""
    outcome_on: Day | None = None
    outcome_text: Annotated[Words, Label(_("Reasons"))] = ""
    study_until: Day | None = None
    moved_to: Annotated[str, line(200), Label(_("Who decides"))] = ""
    promised: Annotated[str, line(TITLE_LIMIT), Label(_("Commitment"))] = ""
    """The title of its commitment; empty for none."""
    due_on: Day | None = None
    done_on: Day | None = None
    evidence: Annotated[Words, Label(_("Evidence"))] = ""
    language: Language = "ko"

    @classmethod
    def past(cls, raw: Mapping[str, Any], reference_data: City, today: date) -> Self:
        """Read one line. Raises ``Invalid`` with every error."""
        found, errors = cls.read(raw, choices=_choices(reference_data))
        received = today if "received_on" in errors else found.received_on
        answered = (found.outcome_on or received) if found.outcome else None
        for name, day, before in (
            ("received_on", received, EARLIEST),
            ("outcome_on", answered, received),
            ("done_on", found.done_on, answered or received),
        ):
            if day and day > today:
                errors.fail(name, IN_FUTURE)
            if day and day < before:
                errors.fail(name, TOO_EARLY)
        if (found.done_on or found.promised) and found.outcome not in ADOPTED:
            errors.fail("outcome", NOT_ADOPTED)
        if found.promised and found.due_on is None:
            errors.fail("due_on", NO_DUE_DATE)
        if not found.text:
            errors.require(found, "title")
        errors.done()
        title, text = found.title or found.text[:60], found.text or found.title
        return replace(found, title=title, text=text, outcome_on=answered)
