"""What kiosks and counters send about the queue, each declared once for pages, JSON and OpenAPI."""

from typing import Annotated

from server.core.errors import _
from server.core.forms import LANGUAGES, About, Errors, Form, Hint, Label, OneOf, Wrong, line
from server.core.forms.wording import WRONG

PressId = Annotated[
    str, line(64, safe=False), Label(_("Press")), About("An id of the press; repeating it gives the same ticket")
]
LanguageField = Annotated[str, OneOf(LANGUAGES), Label(_("Language"))]


class Enrol(Form):
    """The code with which a device is enrolled."""

    enrolment_code: Annotated[str, line(20, safe=False), Label(_("Code"))]


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

    @property
    def chosen(self) -> tuple[str, ...]:
        """All services."""
        return self.services or (self.service,)


class AtCounter(Form):
    """What a counter does: who is next, a chosen ticket, the services that were settled, where to go on."""

    press_id: PressId = ""
    ticket: Annotated[str, line(12, safe=False), Label(_("Ticket"))] = ""
    services: Annotated[
        tuple[str, ...], Label(_("Services settled")), Wrong(WRONG["words"]), About("All that it can do, if empty")
    ] = ()
    counter: Annotated[str, line(10, safe=False), Label(_("Counter")), Hint(_("The visitor keeps their place."))] = ""


class PutFirst(Form):
    """Why a ticket goes first."""

    reason: Annotated[str, line(300, least=2), Label(_("Reason")), Hint(_("Colleagues read it."))]
