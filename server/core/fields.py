"""Reading untrusted input field by field, from a form or from JSON, into clean values or errors beside the field.

An ``Input`` wraps the raw mapping; each method takes one field, notes what is wrong with it and returns something
harmless, so that one pass finds every error. ``done()`` raises them all together.
"""

import contextlib
import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from server.core import config, privacy
from server.core.errors import FieldError, Invalid, Text, _

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb]")
_DIRECTION = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
_PHONE = re.compile(r"[0-9+][0-9 ()+.-]{2,38}")
MAX_EMAIL = 254
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Of a moment: what every zone and both databases can hold."""

REQUIRED = _("Please fill this in.")
NOT_TEXT = _("Please send text here.")
UNREADABLE = _("The text holds characters that cannot be read (control or direction marks). Please type it again.")
NOT_CHOICE = _("Please choose one of the listed values.")
NOT_EMAIL = _("Please check the mail address, for example name@example.org.")
NOT_NUMBER = _("Please give a number.")
NOT_BOOLEAN = _("Please send true or false.")
NOT_MOMENT = _("Please give a day and a time, for example 2026-05-04T14:00.")
NOT_DATE = _("Please give a day as YYYY-MM-DD.")
NO_RESIDENT_NUMBERS = _(
    "This holds a resident registration number or a My Number. The law does not let us take it "
    "(Personal Information Protection Act, art. 24-2); please remove it."
)


class Input:
    """One raw mapping being read."""

    def __init__(self, raw: Mapping[str, Any], prefix: str = "", errors: list[FieldError] | None = None) -> None:
        self.raw = raw
        self.prefix = prefix
        self.errors: list[FieldError] = [] if errors is None else errors

    def fail(self, name: str, text: Text) -> None:
        """Note what is wrong with a field."""
        self.errors.append(FieldError(self.prefix + name, text))

    def done(self) -> None:
        """Raise ``Invalid`` with every error found."""
        if self.errors:
            raise Invalid(self.errors)

    def text(self, name: str, *, limit: int, required: bool = False, lines: bool = False, least: int = 0) -> str:
        """A trimmed, NFC-normalised text of at most ``limit`` characters; ``lines`` allows line breaks."""
        value = self.raw.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.fail(name, NOT_TEXT)
            return ""
        if len(value) > limit * 4:
            self.fail(
                name, _("Please use at most %(limit)s characters (now %(count)s).", limit=limit, count=len(value))
            )
            return ""
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        if _CONTROL.search(value) or _DIRECTION.search(value) or not _encodable(value):
            self.fail(name, UNREADABLE)
            return ""
        value = unicodedata.normalize("NFC", value).strip()
        if not lines:
            value = " ".join(value.split())
        if required and not value:
            self.fail(name, REQUIRED)
        elif len(value) > limit:
            self.fail(
                name, _("Please use at most %(limit)s characters (now %(count)s).", limit=limit, count=len(value))
            )
        elif value and len(value) < least:
            self.fail(name, _("Please use at least %(least)s characters.", least=least))
        return value

    def choice(self, name: str, choices: Collection[str], *, default: str = "", required: bool = False) -> str:
        """One of ``choices``."""
        value = self.raw.get(name)
        if value is None or value == "":
            if required:
                self.fail(name, REQUIRED)
            return default
        if not isinstance(value, str) or value not in choices:
            self.fail(name, NOT_CHOICE)
            return default
        return value

    def choices(self, name: str, choices: Collection[str]) -> list[str]:
        """Those of ``choices`` that were picked, in the order of ``choices``."""
        value = self.raw.get(name) or []
        if not isinstance(value, list) or any(each not in choices for each in value):
            self.fail(name, NOT_CHOICE)
            return []
        return [choice for choice in choices if choice in value]

    def words(self, name: str, *, limit: int = 60, most: int = 60) -> list[str]:
        """Words or short phrases between commas or line breaks, each once; at most ``most`` of ``limit`` characters."""
        text = self.text(name, limit=(limit + 2) * most, lines=True)
        found = list(dict.fromkeys(" ".join(part.split()) for part in re.split(r"[,，、\n]", text) if part.strip()))
        if len(found) > most:
            self.fail(name, _("Please give at most %(most)s words.", most=most))
        if any(len(word) > limit for word in found):
            self.fail(name, _("Please use at most %(limit)s characters between two commas.", limit=limit))
        return found

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """A truth value: JSON ``true``/``false``, or a ticked box (``on``, ``true``, ``1``)."""
        value = self.raw.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in {"on", "true", "1", "yes", "off", "false", "0", "no"}:
            return value.lower() in {"on", "true", "1", "yes"}
        self.fail(name, NOT_BOOLEAN)
        return default

    def integer(self, name: str, *, low: int, high: int, required: bool = False) -> int | None:
        """A whole number from ``low`` to ``high``."""
        value = self.raw.get(name)
        if value is None or value == "":
            if required:
                self.fail(name, REQUIRED)
            return None
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fail(name, _("Please give a whole number from %(low)s to %(high)s.", low=low, high=high))
            return None
        return value

    def number(self, name: str, *, low: float, high: float) -> float | None:
        """A number from ``low`` to ``high``."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,20})?", value.strip()):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            self.fail(name, NOT_NUMBER)
            return None
        return float(value)

    def email(self, name: str, *, required: bool = False) -> str:
        """A mail address."""
        value = self.text(name, limit=MAX_EMAIL, required=required)
        if value and not _EMAIL.fullmatch(value):
            self.fail(name, NOT_EMAIL)
            return ""
        return value

    def phone(self, name: str) -> str:
        """An office's phone number, kept as it is written: digits with spaces and the usual signs."""
        value = self.text(name, limit=40)
        if value and not _PHONE.fullmatch(value):
            self.fail(name, _("Please check the phone number, for example 010-1234-5678."))
            return ""
        return value

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A day, ``YYYY-MM-DD``."""
        value = self.text(name, limit=10, required=required)
        if not value:
            return None
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            self.fail(name, NOT_DATE)
            return None

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """A moment as the city's clocks show it, ``YYYY-MM-DDTHH:MM``; with its zone."""
        value = self.text(name, limit=19, required=required)
        if not value:
            return None
        with contextlib.suppress(ValueError):
            found = datetime.strptime(value[:16].replace(" ", "T"), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 — given below
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                return found.replace(tzinfo=config.settings().zone)
        self.fail(name, NOT_MOMENT)
        return None

    def nested(self, name: str) -> "Input | None":
        """The object inside a field; its errors are named ``name.field``."""
        value = self.raw.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fail(name, _("Please send an object here."))
            return None
        return Input(value, f"{self.prefix}{name}.", self.errors)


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def safe_text(
    data: Input, name: str, *, limit: int, required: bool = False, lines: bool = False, least: int = 0
) -> str:
    """A text without resident numbers or My Numbers; those are refused, with the reason, and never stored."""
    value = data.text(name, limit=limit, required=required, lines=lines, least=least)
    if value and privacy.refused(privacy.find(value)):
        data.fail(name, NO_RESIDENT_NUMBERS)
        return ""
    return value
