"""What officials enter about a visit or a restriction, each declared once for the page, JSON and OpenAPI."""

from datetime import datetime, time
from typing import Annotated

from pydantic import Field

from server.core.errors import _
from server.core.forms import About, Day, Errors, Form, Hint, Html, Label, OneOf, Seen, Time, line, paragraphs
from tracking.visits.forms import Start
from tracking.visits.labels import REMOVALS, WEEKDAYS

LONGEST_TEXT = 1_000
MOST_CALLS = 10
MOST_PROPOSED = 5
MOST_ROWS = 60
"""Counters whose week is entered at once."""
MOST_WEEKS = 12
WHY = {"mistake": _("It was a mistake: the visitor came"), "office": _("The office was late, or it was our fault")}


class Plain(Form):
    """An action without fields of its own."""

    version: Seen = None


class LinkCase(Form):
    """The case that a visit is for."""

    case: Annotated[str, line(40, safe=False), Label(_("Case number"))]
    version: Seen = None


class AskForVisit(Form):
    """The visit that an official asks the petitioner of a case for."""

    office: Annotated[str, line(40), Label(_("Office"))]
    services: Annotated[tuple[str, ...], Label(_("Services"))]
    times: Annotated[tuple[Start, ...], Label(_("Proposed times")), About("One to five starts of the timetable")]
    reason: Annotated[
        str,
        paragraphs(LONGEST_TEXT, least=2),
        Label(_("Why the visit is needed")),
        Hint(_("The petitioner reads it.")),
        Html(rows=3),
    ]
    version: Seen = None
    """The open request that the page showed, which this one replaces; 0 for none."""

    def check(self, errors: Errors) -> None:
        if "times" not in errors and not 1 <= len(self.times) <= MOST_PROPOSED:
            errors.fail("times", _("Please choose one to %(most)s times.", most=MOST_PROPOSED))


class Reason(Form):
    """Why the office does something. The visitor reads it."""

    text: Annotated[
        str, paragraphs(LONGEST_TEXT, least=2), Label(_("Reason")), Hint(_("The visitor reads it.")), Html(rows=3)
    ]
    version: Seen = None


class LiftRestriction(Form):
    """Why a restriction is lifted."""

    text: Annotated[
        str, paragraphs(LONGEST_TEXT, least=2), Label(_("Reason")), Hint(_("Colleagues read it.")), Html(rows=3)
    ]
    version: Seen = None


class MoveVisit(Form):
    """Another time for a caller, or because of the office."""

    start: Start
    text: Annotated[
        str, paragraphs(LONGEST_TEXT), Label(_("Reason")), Hint(_("The visitor reads it.")), Html(rows=3)
    ] = ""
    version: Seen = None


class MarkNoShow(Form):
    """The evidence of a no-show: when the visitor was called."""

    called: Annotated[
        str,
        line(120, safe=False),
        Label(_("Called at")),
        Hint(_("Times as HH:MM, separated by commas, for example 09:02, 09:08, 09:12.")),
        About("When the visitor was called: times as HH:MM, separated by commas, in order."),
    ]
    version: Seen = None

    def check(self, errors: Errors) -> None:
        if "called" in errors:
            return
        try:
            times = self.times
        except ValueError:
            errors.fail("called", _("Please enter times as HH:MM, separated by commas."))
            return
        if not times or len(times) > MOST_CALLS:
            errors.fail("called", _("Please enter 1 to %(most)s times.", most=MOST_CALLS))
        elif times != sorted(times):
            errors.fail("called", _("Please enter the times in order."))

    @property
    def times(self) -> list[time]:
        """The times of the calls. Raises ``ValueError``."""
        return [datetime.strptime(one.strip(), "%H:%M").time() for one in self.called.split(",") if one.strip()]  # noqa: DTZ007


class UndoNoShow(Form):
    """Why a no-show does not count."""

    why: Annotated[str, OneOf(WHY), Label(_("Why")), Html(radios=True)]
    version: Seen = None


class Appeal(Form):
    """Why a restriction is wrong."""

    text: Annotated[str, paragraphs(LONGEST_TEXT, least=2), Label(_("What happened")), Html(rows=6)]
    version: Seen = None


class Decision(Form):
    """The reasons for a decision on an appeal."""

    text: Annotated[
        str, paragraphs(LONGEST_TEXT, least=2), Label(_("Reasons")), Hint(_("The visitor reads it.")), Html(rows=4)
    ]
    version: Seen = None


class RemoveWaiting(Form):
    """Why somebody is taken off a waiting list."""

    number: Annotated[str, line(16), Label(_("Number on the waiting list")), Html(asked=False)]
    reason: Annotated[str, OneOf(REMOVALS), Label(_("Reason"))]


class WeekRow(Form):
    """Somebody at a counter at the same time on several days of a week; a row without an official and days is empty."""

    counter: Annotated[str, OneOf(), Label(_("Counter")), About("`office/number`")] = ""
    official: Annotated[str, OneOf(), Label(_("Official"))] = ""
    starts: Annotated[Time, Label(_("Start time"))] = ""
    ends: Annotated[Time, Label(_("End time"))] = ""
    days: Annotated[tuple[str, ...], OneOf(WEEKDAYS), Label(_("Days"))] = ()

    def check(self, errors: Errors) -> None:
        if not self.official and not self.days:
            return
        errors.require(self, "counter", "official", "starts", "ends", "days")
        if self.starts and self.ends and self.starts >= self.ends:
            errors.fail("ends", _("The end must be after the start."))


class EnterWeek(Form):
    """Who sits at an office's counters in a week, entered at once."""

    office: Annotated[str, OneOf(), Label(_("Office"))]
    week: Annotated[Day, Label(_("Week")), About("Any day of the week")]
    rows: Annotated[tuple[WeekRow, ...], Field(max_length=MOST_ROWS), Label(_("Counters"))] = ()

    def check(self, errors: Errors) -> None:
        if not errors.found and not any(row.days for row in self.rows):
            errors.fail("rows", _("Please choose an official and at least one day."))


class CopyWeek(Form):
    """A week of an office's roster, to be copied to the next weeks."""

    office: Annotated[str, OneOf(), Label(_("Office"))]
    week: Annotated[Day, Label(_("Week"))]
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS), Label(_("To how many of the next weeks"))] = 1


class TakeBack(Form):
    """What was entered or copied in one press, to be removed again."""

    undo: Annotated[str, line(500, safe=False), Label(_("Undo")), About("`undo` of the answer")]
