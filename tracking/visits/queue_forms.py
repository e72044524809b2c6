"""What kiosks and counters send about the queue, each declared once for pages, JSON and OpenAPI."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from server.core.errors import _
from server.core.forms import (
    LANGUAGES,
    About,
    Day,
    Errors,
    Form,
    Hint,
    Html,
    Label,
    Mistake,
    OneOf,
    Seen,
    Wrong,
    line,
    paragraphs,
)
from server.core.forms.wording import WRONG
from tracking.visits.states import PrintState

PressId = Annotated[
    str, line(64, safe=False), Label(_("Press")), About("An id of the press; repeating it gives the same ticket")
]
LanguageField = Annotated[str, OneOf(LANGUAGES), Label(_("Language"))]


PRINT_STATES = [one.value for one in PrintState]


def _instant(value: Any) -> datetime:
    """A moment as a kiosk's clock shows it, however wrong."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None or not 1970 <= found.year < 3000:  # noqa: PLR2004 — what time zones can bear
        raise Mistake(_("Please send the moment with its time zone, as 2026-05-04T14:00:00+09:00."))
    return found


class Enrol(Form):
    """The code with which a device is enrolled."""

    enrolment_code: Annotated[str, line(20, safe=False), Label(_("Enrolment code"))]


class CheckIn(Form):
    """A reservation by its QR code, or by number and key."""

    qr: Annotated[str, line(200, safe=False), Label(_("QR code"))] = ""
    number: Annotated[str, line(40, safe=False), Label(_("Reservation number"))] = ""
    key: Annotated[str, line(40, safe=False), Label(_("Key"))] = ""
    press_id: PressId = ""
    language: LanguageField = "ko"

    def check(self, errors: Errors) -> None:
        if not self.qr:
            errors.require(self, "number", "key")


class TakeTicket(Form):
    """A ticket without a reservation."""

    service: Annotated[str, line(40, safe=False), Label(_("Service"))] = ""
    services: Annotated[
        tuple[str, ...], Label(_("Services")), Wrong(WRONG["words"]), About("Several services, in this order")
    ] = ()
    press_id: PressId = ""
    language: LanguageField = "ko"
    number: Annotated[
        str, line(12, safe=False), Label(_("Number")), About("Given without network, from the kiosk's own block")
    ] = ""
    taken_at: Annotated[
        datetime | None, BeforeValidator(_instant), Label(_("Taken at")), About("With `number`: when it was given")
    ] = None
    date: Annotated[
        Day | None, Label(_("Date")), About("With `number`: the date of the block; else that of `taken_at`")
    ] = None
    qr: Annotated[
        str, line(200, safe=False), Label(_("QR code")), About("With `number`: the reservation that was shown")
    ] = ""
    print_state: Annotated[str, OneOf(PRINT_STATES), Label(_("Printing")), About("With `number`")] = ""

    def check(self, errors: Errors) -> None:
        if self.number or self.taken_at:
            errors.require(self, "number", "taken_at", "press_id")
        if self.service and self.services and self.service not in self.services:
            errors.fail("service", _("Please send either one service or the list of services."))

    @property
    def chosen(self) -> tuple[str, ...]:
        """All services."""
        return self.services or ((self.service,) if self.service else ())


class ReportPrint(Form):
    """What became of a ticket's paper."""

    state: Annotated[
        str, OneOf(PRINT_STATES), Label(_("Printing")), About("`pending`: it is printed again; `not_needed`: noted")
    ]
    press_id: PressId = ""


class OpenCounter(Form):
    """Opening a counter, also one at which somebody else sits."""

    take_over: Annotated[
        bool,
        Label(_("Take over from whoever sits there")),
        Hint(_("They cannot call or finish there any more.")),
        About("Else 409 `not_your_counter` where somebody else sits"),
    ] = False
    version: Seen = None


class CallNext(Form):
    """Whoever is next."""

    press_id: Annotated[PressId, Html(asked=False)] = ""
    version: Seen = None


class CallChosen(Form):
    """A chosen ticket."""

    ticket: Annotated[str, line(12, safe=False), Label(_("Ticket number"))]
    version: Seen = None


class Finish(Form):
    """The services that were settled."""

    services: Annotated[
        tuple[str, ...],
        OneOf(),
        Label(_("Services settled")),
        Hint(_("None chosen: all that this counter can do.")),
        Wrong(WRONG["words"]),
    ] = ()
    settles_case: Annotated[
        bool, Label(_("The matter of the case is settled")), Hint(_("The petitioner reads it in the case."))
    ] = False
    version: Seen = None


class WriteNote(Form):
    """A note about the visitor for whoever serves them next; empty to erase it."""

    note: Annotated[
        str,
        line(300),
        Label(_("Note for colleagues")),
        Hint(_("Whoever serves the visitor next reads it. The visitor does not.")),
    ] = ""
    version: Seen = None


class EndEmergency(Form):
    """What happened, when help is no longer needed."""

    report: Annotated[
        str,
        paragraphs(1000, least=2),
        Label(_("Short report")),
        Hint(_("What happened, and who came. No names of visitors.")),
        Html(rows=3),
    ]


class Forward(Form):
    """The office that goes on with the visitor."""

    office: Annotated[
        str, OneOf(), Label(_("Office")), Hint(_("The visitor gets a number there and keeps the time of arrival."))
    ]
    version: Seen = None


class Transfer(Form):
    """The counter that goes on with the visitor."""

    counter: Annotated[str, OneOf(), Label(_("Counter")), Hint(_("The visitor keeps their place."))]
    version: Seen = None


class Reason(Form):
    """Why a ticket goes first."""

    reason: Annotated[str, line(300, least=2), Label(_("Reason")), Hint(_("Colleagues read it."))]


class PutFirst(Reason):
    """The ticket that goes first, and why."""

    code: Annotated[str, line(20, safe=False), Label(_("Ticket"))]
