"""Raw input into frozen commands, or errors beside the field.

The same parser reads the website's forms and the JSON interface; what only one of them has is optional.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import phonenumbers
from pydantic import Field

from petitions import rules
from petitions.labels import CHANNELS, DECISIONS, RULINGS
from petitions.reference import Reference
from server.core import config
from server.core.errors import FieldError, _
from server.core.fields import Input, safe_text
from server.core.forms import About, Form, Hint, Html, Label, Seen, paragraphs

TITLE_LIMIT, BODY_LIMIT, TEXT_LIMIT = 200, 20_000, 10_000
REASON_LIMIT = 2_000


Reason = Annotated[str, paragraphs(REASON_LIMIT), Label(_("Reason")), Html(rows=3)]


@dataclass(frozen=True)
class Location:
    """Where it is about."""

    lat: float | None = None
    lng: float | None = None
    address: str = ""


@dataclass(frozen=True)
class Person:
    """Who files, and how they can be reached."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    language: str = "ko"


@dataclass(frozen=True)
class FilePetition:
    """A petition (or a tip) as somebody wants to file it."""

    title: str
    body: str
    kind: str
    location: Location
    petitioner: Person
    public: bool = False
    channel: str = "web"

    @classmethod
    def parse(
        cls, raw: Mapping[str, Any], known: Reference, *, language: str, official: bool = False
    ) -> "FilePetition":
        """Read a whole submission. Raises ``Invalid`` with every error."""
        data = Input(raw)
        title = safe_text(data, "title", limit=TITLE_LIMIT, required=True, least=2)
        body = safe_text(data, "body", limit=BODY_LIMIT, required=True, lines=True, least=2)
        kind = read_kind(data, known)
        location = _location(data)
        person = _person(data, language)
        public = data.boolean("public")
        channel = data.choice("channel", tuple(CHANNELS), default="web")
        if channel != "web" and not official:
            data.fail("channel", _("Only officials file for others; please leave this out."))
        data.done()
        if not rules.is_petition(person.name, person.email, person.phone, person.address):
            kind = rules.Kind.REPORT
        return cls(title, body, kind, location, person, public, channel)

    def content(self) -> list[object]:
        """What makes two submissions the same, for the Idempotency-Key."""
        place, who = self.location, self.petitioner
        return [
            self.title, self.body, self.kind, place.lat, place.lng, place.address, who.name, who.email, who.phone,
            who.address, self.public, self.channel,
        ]  # fmt: skip


_PAGE_NAMES = {
    "location.address": "address",
    "location.lat": "address",
    "location.lng": "address",
    "petitioner.name": "name",
    "petitioner.email": "email",
    "petitioner.phone": "phone",
    "petitioner.address": "home",
    "petitioner.language": "language",
}
"""Fields of the command by their flat names on the page."""


def from_page(form: Mapping[str, Any]) -> dict[str, Any]:
    """The page's flat form in the shape that ``FilePetition.parse`` reads: the kind from its two fields."""
    raw: dict[str, Any] = {name: form.get(name) for name in ("title", "body", "public", "channel")}
    kind = form.get("kind")
    raw["kind"] = f"{kind}:{form.get('service') or ''}" if kind == rules.Kind.STATUTORY else kind
    raw["location"] = {name: form.get(name) for name in ("lat", "lng", "address")}
    person = {name: form.get(name) for name in ("name", "email", "phone", "language")}
    raw["petitioner"] = {**person, "address": form.get("home")}
    return raw


def on_page(errors: Sequence[FieldError], form: Mapping[str, Any]) -> list[FieldError]:
    """Errors of ``FilePetition.parse`` under the names that the page's fields have."""
    statutory = form.get("kind") == rules.Kind.STATUTORY
    found = []
    for error in errors:
        if error.field in {"location.lat", "location.lng"}:
            text = _("The place on the map cannot be read. Please choose it again, or write the address.")
        elif error.field == "kind" and statutory:
            text = _("Please choose what you apply for.")
        else:
            text = error.text
        name = "service" if error.field == "kind" and statutory else _PAGE_NAMES.get(error.field, error.field)
        found.append(FieldError(name, text))
    return found


def read_kind(data: Input, known: Reference) -> str:
    """The kind as it is written; ``other`` where nothing is said."""
    text = data.text("kind", limit=80) or rules.Kind.OTHER.value
    parsed = rules.parse_kind(text, {code: row.rule for code, row in known.services.items()})
    if isinstance(parsed, rules.Refusal):
        data.fail("kind", parsed.text)
        return rules.Kind.OTHER
    if parsed[0] is rules.Kind.REPORT:
        return rules.Kind.REPORT
    return rules.kind_text(*parsed)


def _location(data: Input) -> Location:
    place = data.nested("location")
    if place is None:
        return Location()
    lat = place.number("lat", low=-90, high=90)
    lng = place.number("lng", low=-180, high=180)
    if (lat is None) != (lng is None):
        place.fail("lat", _("Please give both coordinates, or none."))
    return Location(lat, lng, safe_text(place, "address", limit=200))


def _person(data: Input, language: str) -> Person:
    who = data.nested("petitioner") or Input({}, "petitioner.", data.errors)
    languages = config.settings().languages
    return Person(
        safe_text(who, "name", limit=80),
        who.email("email").lower(),
        read_phone(who, "phone"),
        safe_text(who, "address", limit=200),
        who.choice("language", languages, default=language),
    )


def read_phone(data: Input, name: str) -> str:
    """A phone number in its national form; numbers of other countries in the international one."""
    value = data.text(name, limit=40)
    if not value:
        return ""
    country = config.settings().country
    try:
        number = phonenumbers.parse(value, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        data.fail(name, _("Please check the phone number, for example 010-1234-5678."))
        return ""
    own = phonenumbers.region_code_for_country_code(number.country_code or 0) == country
    form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


@dataclass(frozen=True)
class Words:
    """A message, a note or a reason."""

    text: str
    seen: int | None = None

    @classmethod
    def parse(
        cls, raw: Mapping[str, Any], *, name: str = "text", required: bool = True, limit: int = TEXT_LIMIT
    ) -> "Words":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        words = cls(safe_text(data, name, limit=limit, required=required, lines=True), read_seen(data))
        data.done()
        return words


def read_seen(data: Input) -> int | None:
    """The version that the sender's page showed."""
    return data.integer("version", low=0, high=10**9)


@dataclass(frozen=True)
class Give:
    """To a department or to a person, with a reason where one is due."""

    target: str
    text: str = ""
    seen: int | None = None

    @classmethod
    def parse(
        cls, raw: Mapping[str, Any], name: str, *, target_required: bool = True, reason_required: bool = False
    ) -> "Give":
        """Read it; ``name`` is the field that names the target. Raises ``Invalid``."""
        data = Input(raw)
        command = cls(
            data.text(name, limit=80, required=target_required),
            safe_text(data, "reason", limit=REASON_LIMIT, required=reason_required, lines=True),
            read_seen(data),
        )
        data.done()
        return command


@dataclass(frozen=True)
class RequestSupplement:
    """What is missing, how many days the petitioner has (Act 22), and why it is asked for late (Rule 9①)."""

    text: str
    days: int
    late_reason: str = ""
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "RequestSupplement":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        text = safe_text(data, "text", limit=TEXT_LIMIT, required=True, lines=True)
        days = data.integer("days", low=1, high=60) or 7
        late_reason = safe_text(data, "late_reason", limit=REASON_LIMIT, lines=True)
        command = cls(text, days, late_reason, read_seen(data))
        data.done()
        return command


class Extend(Form):
    """By how much, why, and whether the petitioner agrees (Decree 21)."""

    amount: Annotated[
        int,
        Field(ge=1, le=400),
        Label(_("Length of the extension"), _("By how much")),
        About("In the period's own unit."),
    ]
    reason: Annotated[Reason, Hint(_("The petitioner reads it too."))]
    consent: Annotated[bool, Label(_("Consent"), _("The petitioner has agreed to a second extension"))] = False
    version: Seen = None


@dataclass(frozen=True)
class GiveAnswer:
    """The answer; a refusal needs its reasons and the remedies (Act 27③)."""

    text: str
    decision: str
    reasons: str = ""
    remedies: str = ""
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "GiveAnswer":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        decision = data.choice("decision", tuple(DECISIONS), default="explained")
        refusal = decision == "refused"
        command = cls(
            safe_text(data, "text", limit=BODY_LIMIT, required=True, lines=True, least=2),
            decision,
            safe_text(data, "reasons", limit=TEXT_LIMIT, required=refusal, lines=True),
            safe_text(data, "remedies", limit=TEXT_LIMIT, required=refusal, lines=True),
            read_seen(data),
        )
        data.done()
        return command


@dataclass(frozen=True)
class DecideObjection:
    """Upheld or not, and why; a dismissal tells the ways to contest the refusal as well (Decree 40)."""

    ruling: str
    reasons: str
    remedies: str = ""
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "DecideObjection":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        ruling = data.choice("ruling", tuple(RULINGS), required=True)
        command = cls(
            ruling,
            safe_text(data, "reasons", limit=TEXT_LIMIT, required=True, lines=True),
            safe_text(data, "remedies", limit=TEXT_LIMIT, required=ruling == "dismissed", lines=True),
            read_seen(data),
        )
        data.done()
        return command


@dataclass(frozen=True)
class Rate:
    """How satisfied the petitioner is, 1 to 5, and why."""

    score: int
    comment: str = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Rate":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        score = data.integer("score", low=1, high=5, required=True) or 0
        command = cls(score, safe_text(data, "comment", limit=REASON_LIMIT, lines=True))
        data.done()
        return command
