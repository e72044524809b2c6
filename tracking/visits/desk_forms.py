"""What officials enter about a visit or a restriction, each declared once for the page, JSON and OpenAPI."""

from datetime import datetime, time
from typing import Annotated

from server.core.errors import _
from server.core.forms import About, Errors, Form, Hint, Html, Label, OneOf, Seen, line, paragraphs
from tracking.visits.forms import Start
from tracking.visits.labels import REMOVALS

LONGEST_TEXT = 1_000
MOST_CALLS = 10
MOST_PROPOSED = 5
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

    def check(self, errors: Errors) -> None:
        if "times" not in errors and not 1 <= len(self.times) <= MOST_PROPOSED:
            errors.fail("times", _("Please choose one to %(most)s times.", most=MOST_PROPOSED))


class Reason(Form):
    """Why the office does something. The visitor reads it."""

    text: Annotated[
        str, paragraphs(LONGEST_TEXT, least=2), Label(_("Reason")), Hint(_("The visitor reads it.")), Html(rows=3)
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
