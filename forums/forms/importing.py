"""Lines of another system's records into past forums, and what was said in them, or errors beside the column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forums.forms.planning import BODY_LIMIT, MINUTES_LIMIT, PLACE_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT
from forums.labels import KINDS, OUTCOMES, STANCES
from forums.numbering import SAFE, slug_of
from forums.states import ADOPTED
from server.core.city import City
from server.core.errors import _
from server.core.fields import NOT_DATE, Input, safe_text

MOST_PEOPLE = 1_000_000
EARLIEST = date(1900, 1, 1)
LANGUAGES = ("ko", "ja", "en")
IN_FUTURE = _("A past forum cannot lie in the future.")
TOO_EARLY = _("This day lies before the one that it follows from.")
NOT_ADOPTED = _("Only what was adopted can be promised or done.")
NOT_SAFE = _("A number is made of digits, capital letters from A to Z and single hyphens, for example 2013-0412.")
NO_DAY_PROMISED = _("A promise needs the day by which it is kept.")


@dataclass(frozen=True)
class PastForum:
    """A forum that was held, with the number that it had."""

    slug: str
    number: int
    kind: str
    title: str
    held_on: date
    ended_on: date
    place: str
    summary: str
    body: str
    minutes: str
    panel: Sequence[str]
    department_id: int | None
    district: str
    participants: int
    language: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any], city: City, today: date) -> "PastForum":
        """Read one line. Raises ``Invalid`` with every error."""
        data = Input(raw)
        kind = data.choice("kind", tuple(KINDS), required=True)
        number = data.integer("number", low=1, high=10**9, required=True) or 0
        held = data.day("held_on", required=True) or today
        ended = data.day("ended_on") or held
        if held < EARLIEST:
            data.fail("held_on", NOT_DATE)
        if held > today:
            data.fail("held_on", IN_FUTURE)
        if ended < held:
            data.fail("ended_on", TOO_EARLY)
        found = cls(
            slug_of(kind, number),
            number,
            kind,
            safe_text(data, "title", limit=TITLE_LIMIT, required=True, least=2),
            held,
            ended,
            safe_text(data, "place", limit=PLACE_LIMIT),
            safe_text(data, "summary", limit=SUMMARY_LIMIT),
            safe_text(data, "body", limit=BODY_LIMIT, lines=True),
            safe_text(data, "minutes", limit=MINUTES_LIMIT, lines=True),
            tuple(data.words("panel", limit=120)),
            _department(data, city),
            data.choice("district", tuple(city.districts)),
            data.integer("participants", low=0, high=MOST_PEOPLE) or 0,
            data.choice("language", LANGUAGES, default="ko"),
        )
        data.done()
        return found


@dataclass(frozen=True)
class PastVoice:
    """Something that was said in a past forum, and what became of it."""

    number: str
    """The one that it had; empty where it gets one."""
    forum: str
    title: str
    text: str
    author: str
    stance: str
    department_id: int | None
    district: str
    received_on: date
    outcome: str
    outcome_on: date | None
    outcome_text: str
    study_until: date | None
    moved_to: str
    promised: str
    """What was promised because of it; empty for nothing."""
    due_on: date | None
    done_on: date | None
    evidence: str
    language: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any], city: City, today: date) -> "PastVoice":
        """Read one line. Raises ``Invalid`` with every error."""
        data = Input(raw)
        received = data.day("received_on", required=True) or today
        outcome = data.choice("outcome", tuple(OUTCOMES))
        outcome_on = (data.day("outcome_on") or received) if outcome else None
        done = data.day("done_on")
        promised, due = safe_text(data, "promised", limit=TITLE_LIMIT), data.day("due_on")
        for name, day, before in (
            ("received_on", received, EARLIEST),
            ("outcome_on", outcome_on, received),
            ("done_on", done, outcome_on or received),
        ):
            if day and day > today:
                data.fail(name, IN_FUTURE)
            if day and day < before:
                data.fail(name, TOO_EARLY)
        if (done or promised) and outcome not in ADOPTED:
            data.fail("outcome", NOT_ADOPTED)
        if promised and due is None:
            data.fail("due_on", NO_DAY_PROMISED)
        number = data.text("number", limit=24)
        if number and not SAFE.fullmatch(number):
            data.fail("number", NOT_SAFE)
        text = safe_text(data, "text", limit=BODY_LIMIT, lines=True)
        title = safe_text(data, "title", limit=TITLE_LIMIT, required=not text)
        found = cls(
            number,
            data.text("forum", limit=48, required=True),
            title or text[:60],
            text or title,
            safe_text(data, "author", limit=80),
            data.choice("stance", tuple(STANCES), default="idea"),
            _department(data, city),
            data.choice("district", tuple(city.districts)),
            received,
            outcome,
            outcome_on,
            safe_text(data, "outcome_text", limit=BODY_LIMIT, lines=True),
            data.day("study_until"),
            safe_text(data, "moved_to", limit=200),
            promised,
            due,
            done,
            safe_text(data, "evidence", limit=BODY_LIMIT, lines=True),
            data.choice("language", LANGUAGES, default="ko"),
        )
        data.done()
        return found


def _department(data: Input, city: City) -> int | None:
    code = data.choice("department", [row.code for row in city.departments.values()])
    row = city.department_by_code(code) if code else None
    return row.id if row else None
