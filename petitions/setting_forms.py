"""Raw input of the desk's settings into frozen commands, or errors beside the field: rules, templates, departments."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from petitions import placeholders
from petitions.labels import KINDS
from petitions.reference import Reference
from petitions.rules import Kind
from server.core.clock import OfficeHours
from server.core.errors import Text, _
from server.core.fields import Input

PURPOSES: dict[str, Text] = {
    "answer": _("Answer"),
    "request-supplement": _("Request for a supplement"),
    "extend": _("Extension of the period"),
    "interim-notice": _("Interim notice"),
    "transfer-out": _("Transfer to another agency"),
}
"""What a reply template is for."""
TEXT_LIMIT, REASON_LIMIT = 20_000, 10_000

_CODE = re.compile(r"[a-z][a-z0-9_-]{1,39}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class EditRule:
    """A routing rule; an empty part matches everything, but one part must say something."""

    kinds: list[str]
    districts: list[str]
    words: list[str]
    department_id: int
    note: str

    @classmethod
    def parse(cls, data: Input, known: Reference) -> "EditRule":
        """Read it. Raises ``Invalid``."""
        kinds = data.choices("kinds", tuple(KINDS))
        districts = data.choices("districts", tuple(known.districts))
        words = data.words("words")
        if not data.errors and not (kinds or districts or words):
            data.fail("words", _("Please give words, kinds or districts: a rule for everything hides the rest."))
        department = data.choice("department", [str(row.id) for row in known.open_departments], required=True)
        note = data.text("note", limit=200)
        data.done()
        return cls(kinds, districts, words, int(department), note)


@dataclass(frozen=True)
class EditTemplate:
    """A prepared text, for one department or all, one kind or all."""

    title: str
    purpose: str
    department_id: int | None
    kind: str
    language: str
    text: str
    reasons: str
    remedies: str

    @classmethod
    def parse(cls, data: Input, known: Reference, languages: Collection[str]) -> "EditTemplate":
        """Read it; placeholders that do not exist are refused. Raises ``Invalid``."""
        title = data.text("title", limit=120, required=True)
        purpose = data.choice("purpose", PURPOSES, required=True)
        department = data.choice("department", [str(row.id) for row in known.open_departments])
        kind = data.choice("kind", template_kinds())
        language = data.choice("language", languages, required=True)
        text = _with_placeholders(data, "text", TEXT_LIMIT, required=True)
        reasons = _with_placeholders(data, "reasons", REASON_LIMIT)
        remedies = _with_placeholders(data, "remedies", REASON_LIMIT)
        data.done()
        return cls(title, purpose, int(department) if department else None, kind, language, text, reasons, remedies)


def template_kinds() -> tuple[str, ...]:
    """The kinds that a template can be for: all but tips, which are not answered."""
    return tuple(kind for kind in KINDS if kind != Kind.REPORT)


def _with_placeholders(data: Input, name: str, limit: int, *, required: bool = False) -> str:
    value = data.text(name, limit=limit, required=required, lines=True)
    if unknown := placeholders.unknown(value):
        names = ", ".join(f"{{{word}}}" for word in unknown)
        data.fail(name, _("There is no placeholder %(names)s. The list below has those that exist.", names=names))
    return value


@dataclass(frozen=True)
class EditDepartment:
    """A department's names, how to reach it, and what it is there for."""

    name: str
    name_ja: str
    name_en: str
    phone: str
    email: str
    place: str
    duties: list[str]
    keywords: list[str]

    @classmethod
    def parse(cls, data: Input) -> "EditDepartment":
        """Read it. Errors stay in ``data``: call ``data.done()`` when everything is read."""
        return cls(
            data.text("name", limit=80, required=True),
            data.text("name_ja", limit=80),
            data.text("name_en", limit=80),
            data.phone("phone"),
            data.email("email"),
            data.text("place", limit=120),
            data.words("duties", limit=120),
            data.words("keywords"),
        )


def read_code(data: Input) -> str:
    """The short name of a department in addresses and interfaces, which never changes."""
    value = data.text("code", limit=40, required=True)
    if value and not _CODE.fullmatch(value):
        data.fail("code", _("Please use 2 to 40 small letters, digits, hyphens or underscores, a letter first."))
    return value


def read_hours(data: Input) -> tuple[str, str, str, str]:
    """Opening, lunch and closing as ``HH:MM``, in this order. Errors stay in ``data``."""
    names = ("opens", "lunch_starts", "lunch_ends", "closes")
    times = tuple(data.text(name, limit=5, required=True) for name in names)
    for name, value in zip(names, times, strict=True):
        if value and not _TIME.fullmatch(value):
            data.fail(name, _("Please give a time as HH:MM."))
    if not data.errors:
        opens, lunch_starts, lunch_ends, closes = times
        if not opens < lunch_starts <= lunch_ends < closes:
            data.fail("opens", _("The hours must be in order: opening, start of lunch, end of lunch, closing."))
    return times[0], times[1], times[2], times[3]


STANDARD = tuple(
    value.isoformat("minutes")
    for value in (OfficeHours().opens, OfficeHours().lunch_starts, OfficeHours().lunch_ends, OfficeHours().closes)
)
"""The hours of Decree 8-3, as the form of local hours begins."""
