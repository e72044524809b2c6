"""The types of form fields with their limits, and a field's label, hint and messages.

Each rule is metadata inside ``Annotated`` that Pydantic reads: it cleans and checks the value and gives its JSON
Schema. The form reads the same rule for the HTML. A rule rejects a value with :class:`Mistake`; its text may name the
field by ``%(field)s``.
"""

import contextlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, get_origin

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from server.core import addresses, characters, config, i18n, phones, privacy, references
from server.core.errors import Text, _

_PHONE = re.compile(r"[0-9+(][0-9 ()+.\u2010-\u2015\u2212-]{2,38}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_MOMENT = re.compile(_DAY.pattern + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
WHOLE = re.compile(r"-?[0-9]{1,12}")
MAX_EMAIL = 254
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""The years of a date and time that every time zone and both databases can represent."""

UNREADABLE = _("“%(field)s” contains characters that cannot be read. Please enter it again.")
NO_RESIDENT_NUMBERS = _(
    "“%(field)s” contains a resident registration number or a My Number. The law does not allow us to accept "
    "it (Personal Information Protection Act, art. 24-2); please remove it."
)
NOT_TEXT = _("Please send text for “%(field)s”.")
TOO_LONG = _("Please use at most %(limit)s characters for “%(field)s” (now %(count)s).")
NOT_EMAIL = _("Please check the email address, for example name@example.org.")
LATIN_EMAIL = _(
    "Please give an email address with only Latin letters, digits and common signs before the @. "
    "We cannot send mail to other ones."
)
NOT_PHONE = _("Please check the phone number, for example 010-1234-5678.")
NOT_MOMENT = _("Please enter “%(field)s” as a date and time, for example 2026-05-04T14:00.")
NOT_DATE = _("Please enter “%(field)s” as YYYY-MM-DD.")
YEAR_OUTSIDE = _(
    "The year of “%(field)s” must be from %(first)s to %(last)s.", first=str(FIRST_YEAR), last=str(LAST_YEAR)
)
NOT_TIME = _("Please enter a time as HH:MM.")
LANGUAGES = {code: Text(name) for code, name in i18n.NAMES.items()}
"""The choices of a language: each by its own name."""


class Mistake(ValueError):
    """What is wrong with a value, as a message."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


# --- Labels, hints and messages ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Label:
    """The field's label on the page, by which its errors name it on the page and in JSON."""

    text: Text


@dataclass(frozen=True, eq=False)
class Hint:
    """A sentence below the label on the page."""

    text: Text


@dataclass(frozen=True)
class Key:
    """The field's name on the page and in JSON, where it differs from the attribute's."""

    name: str


@dataclass(frozen=True)
class Internal:
    """Never read from the input: the caller provides it."""


@dataclass(frozen=True)
class MayBeEmpty:
    """Optional in the input although the command has no default; empty if missing."""


@dataclass(frozen=True, eq=False)
class Wrong:
    """The message for a wrong value, where the general one is not specific enough."""

    text: Text


@dataclass(frozen=True)
class About:
    """The description in the OpenAPI document."""

    text: str


@dataclass(frozen=True)
class Html:
    """What only the page needs to know about a field."""

    autocomplete: str = ""
    inputmode: str = ""
    type: str = "text"
    """The input type of a single line: ``time``, ``search`` and the like."""
    lang: str = ""
    """The language of the input, where it is not the page's."""
    rows: int = 8
    radios: bool = False
    """Choices as radio buttons instead of a list."""
    private: bool = False
    """Excluded from drafts stored on the device."""
    asked: bool = True
    """Whether a page shows the field at all."""


# --- Texts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TextRule:
    """A text cleaned by ``server.core.characters``; ``limit`` is the maximum number of characters after that.

    ``lines`` allows line breaks. ``safe`` refuses resident numbers and My Numbers, so that they are never stored.
    """

    limit: int
    least: int = 0
    lines: bool = False
    safe: bool = True

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = core_schema.str_schema(max_length=self.limit, min_length=self.least or None, strict=True)
        return core_schema.no_info_before_validator_function(self.clean, inner)

    def whole(self, value: Any) -> str:
        """The cleaned text, for rules that parse it further."""
        value = self.clean(value)
        if not isinstance(value, str):
            raise Mistake(NOT_TEXT)
        if len(value) > self.limit:
            raise Mistake(Text(TOO_LONG.msgid, {"limit": self.limit, "count": len(value)}))
        return value

    def clean(self, value: Any) -> Any:
        if not isinstance(value, str) or len(value) > self.limit * 4:
            return value
        if not characters.readable(value):
            raise Mistake(UNREADABLE)
        value = characters.clean(value, lines=self.lines)
        if self.safe and len(value) <= self.limit and privacy.refused(privacy.find(value)):
            raise Mistake(NO_RESIDENT_NUMBERS)
        return value


@dataclass(frozen=True)
class EmailRule(TextRule):
    """An email address to which mail can be sent, in the form of ``server.core.addresses``.

    Full-width letters, as Japanese keyboards write them, become plain ones.
    """

    limit: int = MAX_EMAIL
    safe: bool = False

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if not isinstance(value, str) or len(value) > self.limit:
            return value
        try:
            return str(addresses.read(unicodedata.normalize("NFKC", value), utf8=config.settings().smtp_utf8))
        except addresses.NeedsUtf8:
            raise Mistake(LATIN_EMAIL) from None
        except addresses.NotAnAddress:
            raise Mistake(NOT_EMAIL) from None


@dataclass(frozen=True)
class PhoneRule(TextRule):
    """An office's telephone number, kept as written. Short codes such as 120 are allowed, also after an area code."""

    limit: int = 40
    safe: bool = False

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if isinstance(value, str) and len(value) <= self.limit:
            value = unicodedata.normalize("NFKC", value)
            if not _PHONE.fullmatch(value) or not phones.is_office(value, config.settings().country):
                raise Mistake(NOT_PHONE)
        return value


@dataclass(frozen=True)
class TimeRule(TextRule):
    """A time of day, ``HH:MM``; seconds, which some browsers send, are dropped."""

    limit: int = 5
    safe: bool = False

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if isinstance(value, str):
            if not _TIME.fullmatch(value):
                raise Mistake(NOT_TIME)
            value = value[: self.limit]
        return value


PASSWORD_MOST = 128
"""Characters that a password may have (ASVS 4.0.3, 2.1.2)."""


@dataclass(frozen=True)
class PasswordRule:
    """A password, exactly as typed: trimming or normalising would change it."""

    least: int = 0

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.str_schema(max_length=PASSWORD_MOST, min_length=self.least or None, strict=True)


def line(limit: int, *, least: int = 0, safe: bool = True) -> TextRule:
    """One line. ``safe=False`` only for codes, numbers and names of rows, which nobody writes about a person."""
    return TextRule(limit, least, safe=safe)


def paragraphs(limit: int, *, least: int = 0) -> TextRule:
    """Several lines."""
    return TextRule(limit, least, lines=True)


def _reachable(value: str) -> str:
    """A number of this country in its national form, another one in its international form.

    The digits of a resident number can also be a number abroad, which is therefore written with a plus sign.
    """
    readable = phones.readable(value, config.settings().country)
    abroad = readable and value.startswith(("+", "＋"))
    if not abroad and privacy.refused(privacy.find(value)):
        raise Mistake(NO_RESIDENT_NUMBERS)
    if not readable:
        raise Mistake(NOT_PHONE)
    return readable


# --- Days, choices, lists ---------------------------------------------------------------------------------------------


def read_day(value: Any) -> date:
    """A day, ``YYYY-MM-DD``."""
    mistake = NOT_DATE
    if isinstance(value, str) and _DAY.fullmatch(value):
        with contextlib.suppress(ValueError):
            found = datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 — a day has no zone
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                return found
            mistake = YEAR_OUTSIDE
    raise Mistake(mistake)


def read_moment(value: Any) -> datetime:
    """A date and time in the city's time zone, ``YYYY-MM-DDTHH:MM`` or with seconds, which are dropped; aware."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        with contextlib.suppress(ValueError):
            found = datetime.strptime(value[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 — set below
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                return found.replace(tzinfo=config.settings().zone)
    raise Mistake(NOT_MOMENT)


@dataclass(frozen=True, eq=False)
class OneOf:
    """One of several values, with their labels; on a ``tuple[str, …]``, any of them, in the order of the choices.

    Without ``choices`` they are known only at run time and passed in: ``parse(…, choices={"field": …})``. If those are
    a mapping, the command holds the mapped value.
    """

    choices: Mapping[str, Text] | Collection[str] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if not self.choices:
            return handler(source)
        one = core_schema.literal_schema([str(value) for value in self.choices])
        if get_origin(source) is not tuple:
            return one
        several = core_schema.tuple_variable_schema(one)
        return core_schema.no_info_after_validator_function(self._sorted, several)

    def _sorted(self, picked: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value for value in self.choices if value in picked) if self.choices else picked


@dataclass(frozen=True)
class WordsRule:
    """Distinct words or short phrases: separated by commas or line breaks on the page, a list in JSON."""

    limit: int = 60
    most: int = 60

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = core_schema.tuple_variable_schema(
            core_schema.str_schema(strict=True, max_length=self.limit), max_length=self.most
        )
        return core_schema.no_info_before_validator_function(self.read, inner)

    def read(self, value: Any) -> Any:
        clean = TextRule((self.limit + 2) * self.most, lines=True, safe=False).clean
        parts = re.split(r"[,，、\n]", clean(value)) if isinstance(value, str) else value
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            return value
        found = tuple(dict.fromkeys(filter(None, (" ".join(str(clean(part)).split()) for part in parts))))
        if len(found) > self.most:
            raise Mistake(_("Please enter at most %(most)s words.", most=self.most))
        if any(len(word) > self.limit for word in found):
            raise Mistake(_("Please use at most %(limit)s characters between two commas.", limit=self.limit))
        return found


@dataclass(frozen=True)
class ReferencesRule:
    """At most ``most`` distinct case numbers, in any notation."""

    most: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = core_schema.tuple_variable_schema(core_schema.str_schema(strict=True), max_length=self.most)
        return core_schema.no_info_before_validator_function(self.read, inner)

    def read(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(number, str) for number in value):
            raise Mistake(_("Please send a list of case numbers."))
        found = tuple(dict.fromkeys(references.read_reference(number) for number in value))
        if None in found:
            raise Mistake(_("One of these is not a case number."))
        if len(found) > self.most:
            raise Mistake(_("Please send 1 to %(most)s case numbers.", most=self.most))
        return tuple(number for number in found if number)


@dataclass(frozen=True)
class FileRule:
    """Files: tokens in JSON, uploads on the page. The route receives them; the form only carries them."""

    most: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: Any) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}, "maxItems": self.most}


Email = Annotated[str, EmailRule(), Html(autocomplete="email", inputmode="email"), Label(_("Email"))]
Phone = Annotated[str, PhoneRule(), Html(autocomplete="tel", inputmode="tel"), Label(_("Phone"))]
ContactPhone = Annotated[
    str,
    line(40, safe=False),
    AfterValidator(_reachable),
    Html(autocomplete="tel", inputmode="tel"),
    Label(_("Phone number")),
]
"""A person's telephone number, at which they can be reached."""
Code = Annotated[str, line(80, safe=False)]
"""The code of a department, a username and the like: looked up later."""
Password = Annotated[str, PasswordRule(), Label(_("Password")), Html(type="password")]
Day = Annotated[date, BeforeValidator(read_day)]
Time = Annotated[str, TimeRule(), Html(type="time")]
"""A time of day as ``HH:MM``."""
Moment = Annotated[datetime, BeforeValidator(read_moment)]
Seen = Annotated[
    int | None,
    Field(ge=0, le=10**9),
    Label(_("Version")),
    About("The version that the caller has seen; 409 changed_meanwhile where others acted since."),
    Html(asked=False),
]
"""The version that the sender's page showed; never a visible field."""
