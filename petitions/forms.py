"""Commands from outside, each declared once for the website, the JSON interface and its OpenAPI document."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from petitions import rules
from petitions.gaps import FINISHED
from petitions.labels import CHANNELS, DECISIONS, RULINGS
from petitions.reference import Reference
from server.core import config
from server.core.errors import FieldError, Text, _
from server.core.forms import (
    LANGUAGES,
    About,
    Code,
    ContactPhone,
    Email,
    Errors,
    Form,
    FormField,
    Hint,
    Html,
    Key,
    Label,
    OneOf,
    Seen,
    line,
    paragraphs,
)

TITLE_LIMIT, BODY_LIMIT, TEXT_LIMIT = 200, 20_000, 10_000
REASON_LIMIT = 2_000
LONGEST_DELAY = 3_600
"""Seconds for which an answer can wait before it leaves."""
OUTSIDE = _("This place is outside the city. Please choose a place in the city, or clear the location.")
Reason = Annotated[str, paragraphs(REASON_LIMIT), Label(_("Reason")), Html(rows=3)]
ToldReason = Annotated[Reason, FINISHED]
"""A reason that the petitioner reads."""
Reasons = Annotated[str, paragraphs(TEXT_LIMIT), FINISHED, Label(_("Reasons")), Html(rows=4)]
Remedies = Annotated[
    str, paragraphs(TEXT_LIMIT), FINISHED, Label(_("Remedies available to the petitioner")), Html(rows=4)
]


# --- Filing -----------------------------------------------------------------------------------------------------------


class Location(Form):
    """The place that the petition is about."""

    lat: Annotated[float | None, Field(ge=-90, le=90), Label(_("Latitude"))] = None
    lng: Annotated[float | None, Field(ge=-180, le=180), Label(_("Longitude"))] = None
    address: Annotated[
        str,
        line(200),
        Label(_("Address or description of the location")),
        Hint(_("For example: Hanbit-ro 12, or the bus stop in front of the library")),
    ] = ""

    def check(self, errors: Errors) -> None:
        if (self.lat is None) != (self.lng is None) and "lat" not in errors and "lng" not in errors:
            errors.fail("lat", _("Please enter both coordinates, or neither."))


class PetitionerDetails(Form):
    """The petitioner and their contact details."""

    name: Annotated[str, line(80), Label(_("Name")), Html(autocomplete="name")] = ""
    email: Annotated[Email, AfterValidator(str.lower)] = ""
    phone: ContactPhone = ""
    address: Annotated[str, line(200), Label(_("Postal address")), Html(autocomplete="street-address")] = ""
    language: Annotated[str, OneOf(LANGUAGES), Label(_("Language of our answer"))] = "ko"


class FilePetition(Form):
    """A petition (or a tip) as it is filed."""

    title: Annotated[
        str,
        line(TITLE_LIMIT, least=2),
        Label(_("Title")),
        Hint(_("One line, for example: the street lamp in front of my house is out")),
    ]
    body: Annotated[
        str,
        paragraphs(BODY_LIMIT, least=2),
        Label(_("What happened, and what should the city do?")),
        Hint(
            _(
                "When, where, and what you are asking for. Please do not include resident registration numbers "
                "(주민등록번호) or My Numbers: the law does not allow us to accept them."
            )
        ),
        Html(rows=9),
    ]
    kind: Annotated[
        str,
        line(80, safe=False),
        Label(_("Kind")),
        About("inquiry_law, inquiry, suggestion, grievance, other, report, or statutory: and the code of a service"),
    ] = rules.Kind.OTHER.value
    location: Annotated[Location, Label(_("Location"))] = Location()
    petitioner: Annotated[PetitionerDetails, Label(_("Petitioner"))] = PetitionerDetails()
    public: Annotated[bool, Label(_("Others may read the answer"))] = False
    channel: Annotated[
        str, OneOf(CHANNELS), Label(_("How it reached us")), About("Other than web only with an official's token.")
    ] = "web"

    @classmethod
    def what(cls) -> list[FormField]:
        """The fields of the page's first part, "What": all but those with an input of their own in another part."""
        return [each for each in cls.fields() if each.asked and each.name not in {"kind", "public", "channel"}]

    @classmethod
    def parse(  # type: ignore[override]  # a petition is read against the city's reference data
        cls,
        raw: Mapping[str, Any],
        reference_data: Reference,
        *,
        language: str,
        official: bool = False,
        strict: bool = False,
        anywhere: bool = False,
    ) -> Self:
        """Parse a whole petition; its place is in the city unless it may be ``anywhere``. Raises ``Invalid``."""
        choices = {"petitioner.language": config.settings().languages}
        command, errors = cls.read(_with_language(raw, language), strict=strict, choices=choices)
        kind = read_kind(command.kind, reference_data)
        if isinstance(kind, rules.Refusal):
            errors.fail("kind", kind.text)
            kind = command.kind
        if command.channel != "web" and not official:
            errors.fail("channel", _("Only officials can file for others; please leave this out."))
        place = command.location
        if (
            place.lat is not None
            and place.lng is not None
            and not (anywhere or reference_data.contains(place.lat, place.lng))
        ):
            errors.fail("location.lat", OUTSIDE)
        errors.done()
        who = command.petitioner
        if not rules.is_petition(who.name, who.email, who.phone, who.address):
            kind = rules.Kind.REPORT
        return replace(command, kind=kind)

    def content(self) -> dict[str, object]:
        """What tells a repeated petition from a new one: all of it but the language, which the page fills in."""
        return asdict(replace(self, petitioner=replace(self.petitioner, language="")))


def _with_language(raw: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """Fill in the page's language unless the petitioner names another."""
    who = raw.get("petitioner")
    who = {} if who is None else who
    if not isinstance(who, Mapping) or who.get("language"):
        return raw
    return {**raw, "petitioner": {**who, "language": language}}


def read_kind(text: str, reference_data: Reference) -> str | rules.Refusal:
    """The kind in its written form, or a refusal if it does not exist."""
    parsed = rules.parse_kind(text, {code: row.rule for code, row in reference_data.services.items()})
    if isinstance(parsed, rules.Refusal):
        return parsed
    return rules.Kind.REPORT if parsed[0] is rules.Kind.REPORT else rules.kind_text(*parsed)


def _paths(form: type[Form], before: str = "") -> Iterator[str]:
    for each in form.fields():
        if each.form:
            yield from _paths(each.form, f"{each.name}.")
        else:
            yield before + each.name


@functools.cache
def page_names() -> dict[str, str]:
    """Fields of the command by their names on the page, which is flat: the last part, except for the second address."""
    return {path: "home" if path == "petitioner.address" else path.rpartition(".")[2] for path in _paths(FilePetition)}


def from_page(form: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the page's flat form into what ``FilePetition.parse`` reads; the kind comes from two fields."""
    raw: dict[str, Any] = {}
    for path, name in page_names().items():
        part, _dot, last = path.rpartition(".")
        (raw.setdefault(part, {}) if part else raw)[last] = form.get(name)
    if raw["kind"] == rules.Kind.STATUTORY:
        raw["kind"] += f":{form.get('service') or ''}"
    return raw


def on_page(errors: Sequence[FieldError], form: Mapping[str, Any]) -> list[FieldError]:
    """Rename the errors of ``FilePetition.parse`` to the page's field names."""
    found = []
    for error in errors:
        name, text = page_names().get(error.field, error.field), error.text
        if name in {"lat", "lng"}:
            name = "address"
            if text != OUTSIDE:
                text = _("The location on the map cannot be read. Please choose it again, or enter the address.")
        elif name == "kind" and form.get("kind") == rules.Kind.STATUTORY:
            name, text = "service", _("Please choose what you are applying for.")
        found.append(FieldError(name, text))
    return found


# --- Acting on a case -------------------------------------------------------------------------------------------------


class Plain(Form):
    """An action without fields of its own."""

    version: Seen = None


class TextOnly(Form):
    """An action with a text: a message, a note or a reason."""

    text: Annotated[str, paragraphs(TEXT_LIMIT), Label(_("Text")), Html(rows=4)]
    version: Seen = None


def words(
    label: Text, *, hint: Text | None = None, rows: int = 4, optional: bool = False, leaves: bool = False
) -> type[TextOnly]:
    """``Words`` with the label and hint of one action; one that ``leaves`` the city has no gaps."""
    beside = (paragraphs(TEXT_LIMIT), *([FINISHED] if leaves else ()), Label(label), Html(rows=rows))
    beside = (*beside, *([Hint(hint)] if hint else ()))
    own: dict[str, Any] = {"__annotations__": {"text": Annotated[str, *beside]}, "__doc__": TextOnly.__doc__}
    return type("Words", (TextOnly,), {**own, "text": ""} if optional else own)


class AssignHandler(Form):
    """Assign to a department or a person, with a reason where one is required; each action names its target."""

    target: Annotated[Code, Label(_("Department"))]
    text: Annotated[Reason, Key("reason"), Html(asked=False)] = ""
    version: Seen = None


class Accept(AssignHandler):
    """The department that is named, or the one proposed."""

    target: Annotated[Code, OneOf(), Key("department"), Label(_("Department")), About("A department's code.")] = ""


class Assign(AssignHandler):
    """The handler."""

    target: Annotated[Code, OneOf(), Key("handler"), Label(_("Handler")), About("An official's username or id.")]


class AppointGuide(AssignHandler):
    """Another case guide."""

    target: Annotated[Code, OneOf(), Key("guide"), Label(_("Case guide")), About("A guide's username or id.")]


class Transfer(AssignHandler):
    """Another department."""

    target: Annotated[Code, OneOf(), Key("department"), Label(_("Department")), About("A department's code.")]
    text: Annotated[ToldReason, Key("reason"), Hint(_("The petitioner will read it too."))]


class TransferOut(AssignHandler):
    """Another agency; the case ends here (Act 16)."""

    target: Annotated[Code, Key("agency"), Label(_("Agency")), About("The agency's name.")]
    text: Annotated[ToldReason, Key("reason"), Hint(_("The petitioner is notified (Act 16). The case ends here."))]


class RequestSupplement(Form):
    """What is missing, how many days the petitioner has (Act 22), and the reason for a late request (Rule 9①)."""

    text: Annotated[
        str,
        paragraphs(TEXT_LIMIT),
        FINISHED,
        Label(_("What is missing")),
        Hint(_("The petitioner will read it. The deadline is paused until the supplement arrives (Act 22).")),
        Html(rows=4),
    ]
    days: Annotated[int, Field(ge=1, le=60), Label(_("Days to send the supplement")), About("7 by default.")] = 7
    late_reason: Annotated[
        ToldReason,
        Label(_("Why only now")),
        Hint(
            _(
                "The 8 working hours since receipt have passed (Rule 9). Please say what was found only now, "
                "for example during a site visit. The petitioner will read it too."
            )
        ),
        About("What was found only now, and how: due after 8 working hours (Rule 9)."),
    ] = ""
    version: Seen = None


class Extend(Form):
    """By how much, why, and whether the petitioner agrees (Decree 21)."""

    amount: Annotated[
        int,
        Field(ge=1, le=400),
        Label(_("By how much")),
        About("In the period's own unit."),
    ]
    reason: Annotated[ToldReason, Hint(_("The petitioner will read it too."))]
    consent: Annotated[bool, Label(_("The petitioner has agreed to a second extension"))] = False
    version: Seen = None


class GiveAnswer(Form):
    """The answer; a refusal needs its reasons and the remedies (Act 27③)."""

    text: Annotated[str, paragraphs(BODY_LIMIT, least=2), FINISHED, Label(_("Answer to the petitioner"))]
    decision: Annotated[
        str, OneOf(DECISIONS), Label(_("Decision")), About("A refusal needs its reasons and the remedies (Act 27).")
    ] = "explained"
    reasons: Annotated[Reasons, Label(_("Reasons for the refusal"))] = ""
    remedies: Remedies = ""
    delay: Annotated[
        int,
        Field(ge=0, le=LONGEST_DELAY),
        Label(_("Seconds until it leaves")),
        About("For so many seconds there is no event, and the answer can be taken back at the desk; 0 by default."),
        Html(asked=False),
    ] = 0
    version: Seen = None

    def check(self, errors: Errors) -> None:
        if self.decision == "refused":
            errors.require(self, "reasons", "remedies")


class DecideObjection(Form):
    """Whether it is upheld, and why; a dismissal also needs the remedies against the refusal (Decree 40)."""

    ruling: Annotated[str, OneOf(RULINGS), Label(_("Decision")), Html(radios=True)]
    reasons: Annotated[Reasons, Hint(_("The petitioner will read it too."))]
    remedies: Annotated[
        Remedies,
        Label(_("How the petitioner can contest the refusal")),
        Hint(_("Sent only if the objection is dismissed (Decree 40).")),
        About("The ways to contest the refusal: due where it is dismissed (Decree 40)."),
    ] = ""
    version: Seen = None

    def check(self, errors: Errors) -> None:
        if self.ruling == "dismissed":
            errors.require(self, "remedies")


SCORES = {
    "5": _("5: very satisfied"),
    "4": _("4: satisfied"),
    "3": _("3: neither satisfied nor dissatisfied"),
    "2": _("2: dissatisfied"),
    "1": _("1: very dissatisfied"),
}


class Rate(Form):
    """How satisfied the petitioner is, 1 to 5, and why."""

    score: Annotated[int, Field(ge=1, le=5), Label(_("How satisfied are you with the answer?")), Html(radios=True)]
    comment: Annotated[
        str, paragraphs(REASON_LIMIT), Label(_("What was good, what could be better?")), Html(rows=3)
    ] = ""
