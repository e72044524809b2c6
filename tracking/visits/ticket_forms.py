"""What visitors send about their ticket: where to tell them that it is nearly their turn, and how to find it again."""

from typing import Annotated

from pydantic import AfterValidator

from server.core import references
from server.core.errors import _
from server.core.forms import Form, Hint, Html, Label, Mistake, line
from tracking.visits.forms import read_contact
from tracking.visits.queries.ticket_contacts import can_be_told


def _told_at(value: str) -> str:
    contact = read_contact(value)
    if not can_be_told(contact):
        raise Mistake(_("Text messages reach mobile numbers only. Please enter one, or an email address."))
    return contact


class TellMe(Form):
    """Where the visitor is told; empty for the contact of their reservation."""

    contact: Annotated[
        str,
        line(254, safe=False),
        AfterValidator(_told_at),
        Label(_("Mobile number or email address")),
        Hint(_("Used for this ticket only, and erased when the day is closed.")),
        Html(autocomplete="email"),
    ] = ""


def _code(typed: str) -> str:
    code = references.read_reference(typed)
    if code is None:
        raise Mistake(_("Please check the code: it has nine letters and digits, for example K7Q-M9X-RW4."))
    return code


class OpenTicket(Form):
    """The code under the number on a ticket."""

    code: Annotated[
        str,
        line(40, safe=False),
        AfterValidator(_code),
        Label(_("Code of the ticket")),
        Hint(_("It stands below the number, for example K7Q-M9X-RW4.")),
        Html(autocomplete="off"),
    ]
