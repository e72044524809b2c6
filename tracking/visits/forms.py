"""Input about visits, each declared once for the website, the JSON interface and its OpenAPI document."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from server.core import config, phones, references
from server.core.errors import _
from server.core.forms import (
    LANGUAGES,
    About,
    Code,
    ContactPhone,
    Day,
    Email,
    EmailRule,
    Errors,
    Form,
    Hint,
    Html,
    Label,
    Mistake,
    OneOf,
    Seen,
    Time,
    Wrong,
    line,
)
from server.core.forms.wording import WRONG
from server.core.working_calendar import FIRST_YEAR, LAST_YEAR
from tracking.visits import rules
from tracking.visits.labels import VISIT_MODES
from tracking.visits.rules import ChosenStop
from tracking.visits.states import DocumentState, VisitMode

MOST_PEOPLE = 500
NOT_START = _("Please choose a time from the timetable.")


def read_start(value: object) -> datetime:
    """A start, ISO 8601 with its zone; without one it is in the city's zone."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise Mistake(NOT_START) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Mistake(NOT_START)
    if found.tzinfo:
        return found
    local = found.replace(tzinfo=config.settings().zone)
    if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != found:
        raise Mistake(NOT_START)  # clocks skip it when summer time begins
    return local


def read_stop(value: str) -> ChosenStop:
    """A stop of a plan: service, start and number of the counter, joined by ``@``."""
    service, start, number = (*value.split("@"), "", "")[:3]
    moment = read_start(start)
    if value.count("@") != len(ChosenStop._fields) - 1 or moment.timestamp() % 60:
        raise Mistake(NOT_START)
    return ChosenStop(service, rules.minute(moment), number)


def _zoned(value: object) -> datetime:
    found = read_start(value)
    if datetime.fromisoformat(str(value)).tzinfo is None:
        raise Mistake(_("Please send “%(field)s” with its time zone, as the slots give it."))
    return found


Start = Annotated[
    datetime, BeforeValidator(read_start), Label(_("Time")), About("ISO 8601 with its zone, as the slots give it")
]
ZonedStart = Annotated[
    datetime, BeforeValidator(_zoned), Label(_("Time")), About("ISO 8601 with its zone, as the slots give it")
]
Office = Annotated[Code, Label(_("Office"))]
Service = Annotated[Code, Label(_("Service"))]


Stops = Annotated[
    tuple[str, ...],
    Label(_("Plan")),
    Wrong(WRONG["words"]),
    About("The stops of a plan, instead of one service right after the other"),
]


Mode = Annotated[str, OneOf(VISIT_MODES), Label(_("How we meet")), Html(radios=True)]
NEEDS_PHONE = _("Please enter a phone number: the counter rings it.")


class ContactDetails(Form):
    """Who comes, and one way to reach them."""

    name: Annotated[str, line(80), Label(_("Name")), Html(autocomplete="name")]
    email: Annotated[Email, AfterValidator(str.lower)] = ""
    phone: ContactPhone = ""

    def check(self, errors: Errors) -> None:
        if not (self.email or self.phone) and "email" not in errors and "phone" not in errors:
            errors.fail("email", _("Please enter an email address or a phone number."))


class BookVisit(Form):
    """A visit as it is booked in one step."""

    office: Office
    start: ZonedStart
    contact: Annotated[ContactDetails, Label(_("Contact"))]
    service: Service = ""
    services: Annotated[
        tuple[str, ...], Label(_("Services")), Wrong(WRONG["words"]), About("Several services, one after the other")
    ] = ()
    case: Annotated[str, line(16, safe=False), Label(_("Case number"))] = ""
    counter: Annotated[str, line(10), Label(_("Counter")), About("Its number, if it must be that one")] = ""
    stops: Stops = ()
    guide: Annotated[str, line(10), Label(_("Case guide")), About("The number of the guide who comes along")] = ""
    party: Annotated[int, Field(ge=1, le=MOST_PEOPLE), Label(_("Number of people"))] = 1
    language: Annotated[str, OneOf(LANGUAGES), Label(_("Language of our messages"))] = "ko"
    mode: Mode = VisitMode.IN_PERSON.value

    def check(self, errors: Errors) -> None:
        if self.mode == VisitMode.PHONE and not self.contact.phone:
            errors.inside("contact").fail("phone", NEEDS_PHONE)
        if "service" in errors or "services" in errors:
            return
        if self.service and self.services:
            errors.fail("service", _("Please send either one service or a list of services, not both."))
        elif not self.service and not self.services:
            errors.fail("service", _("Please choose a service, or several."))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The codes of the services."""
        return self.services or (self.service,)


def _plain(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed)


def _number(typed: str) -> str:
    return references.read_reference(_plain(typed)) or _plain(typed)


class VisitorDetails(ContactDetails):
    """Who comes, as the page asks for it."""

    language: Annotated[str, OneOf(LANGUAGES), Label(_("Language of our messages"))] = "ko"
    note: Annotated[
        str,
        line(300),
        Label(_("Note for the counter")),
        Hint(_("Optional: for example that you use a wheelchair or need an interpreter.")),
    ] = ""
    mode: Mode = VisitMode.IN_PERSON.value

    def check(self, errors: Errors) -> None:
        super().check(errors)
        if self.mode == VisitMode.PHONE and not self.phone and "phone" not in errors:
            errors.fail("phone", NEEDS_PHONE)


class OpenVisit(Form):
    """What opens a reservation: its number and key; letter case, dashes and full-width letters do not matter."""

    number: Annotated[str, line(80, safe=False), AfterValidator(_number), Label(_("Reservation number"))]
    key: Annotated[str, line(80, safe=False), AfterValidator(_plain), Label(_("Key"))]


class JoinWaiting(ContactDetails):
    """Who waits for a time, and between which times of the day."""

    from_time: Annotated[Time, Label(_("Not before"))] = ""
    until_time: Annotated[Time, Label(_("Finished by"))] = ""
    language: Annotated[str, OneOf(LANGUAGES), Label(_("Language of our messages"))] = "ko"
    mode: Mode = VisitMode.IN_PERSON.value

    def check(self, errors: Errors) -> None:
        super().check(errors)
        if self.mode == VisitMode.PHONE and not self.phone and "phone" not in errors:
            errors.fail("phone", NEEDS_PHONE)
        right = "from_time" not in errors and "until_time" not in errors
        if right and self.from_time and self.until_time and self.from_time >= self.until_time:
            errors.fail("until_time", _("This must be later than the time above."))


class RescheduleVisit(Form):
    """Another time for a visit."""

    start: ZonedStart
    stops: Stops = ()


CHECKED = {
    DocumentState.FINE.value: _("Fine"),
    DocumentState.INCOMPLETE.value: _("Something is missing"),
    DocumentState.ORIGINAL.value: _("Fine, bring the original"),
}


def read_contact(value: str) -> str:
    """An email address in lower case, or a phone number as visits hold it."""
    if "@" in _plain(value):
        return str(EmailRule().clean(value)).lower()
    readable = phones.readable(value, config.settings().country)
    if not readable:
        raise Mistake(_("Please check the email address or phone number."))
    return readable


class FindVisits(Form):
    """The email address or phone number to which a link to all its visits is sent."""

    contact: Annotated[
        str,
        line(254, safe=False),
        AfterValidator(read_contact),
        Label(_("Email address or phone number")),
        Html(autocomplete="email"),
    ]

    @property
    def household(self) -> str:
        """By what the household of this contact is known."""
        email, phone = (self.contact, "") if "@" in self.contact else ("", self.contact)
        return rules.household(config.settings().secret_key, email, phone)


class LinkVisit(Form):
    """The case that a visit is for, with its key."""

    case: Annotated[str, line(80, safe=False), Label(_("Case number"))]
    key: Annotated[str, line(80, safe=False), Label(_("Key"))]


class StateSituations(Form):
    """The situations that apply to a visitor: they decide which documents are needed."""

    situations: Annotated[tuple[str, ...], Label(_("What applies to you"))] = ()


class CheckDocument(Form):
    """What the department says of a document that was handed in before a visit."""

    state: Annotated[str, OneOf(CHECKED), Label(_("Result")), Html(radios=True)]
    note: Annotated[
        str, line(300), Label(_("Note for the visitor")), Hint(_("For example: page 2 is missing, or it is too dark."))
    ] = ""
    version: Seen = None

    def check(self, errors: Errors) -> None:
        if self.state == DocumentState.INCOMPLETE and not self.note and "note" not in errors:
            errors.fail("note", _("Please say what is missing."))


class OpenDay(Form):
    """Hours on a day on which an office would be closed, or open at other hours."""

    date: Annotated[Day, Label(_("Day"))]
    start: Annotated[Time, Label(_("Opening"))]
    end: Annotated[Time, Label(_("Closing"))]
    reason: Annotated[str, line(200), Label(_("Reason"))] = ""

    def check(self, errors: Errors) -> None:
        if not errors.found and self.start >= self.end:
            errors.fail("end", _("The closing time must be after the opening time."))
