"""Query parameters, read one by one into clean values or errors by name.

Forms are declared, and so are the filters of lists (``server.core.listing``), which are read with this class.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from server.core import characters
from server.core.errors import FieldError, Invalid, Text, _
from server.core.forms.kinds import WHOLE, Mistake, TextRule, read_day
from server.core.forms.wording import WRONG


def not_a_choice(name: str, value: object) -> FieldError:
    """The error for a value that is not one of the choices."""
    return FieldError(name, _("“%(value)s” is not one of the choices for %(name)s.", value=str(value)[:40], name=name))


class Parameters:
    """Query parameters being read. Methods return a harmless default for a wrong value; ``done`` raises all errors."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.errors: list[FieldError] = []

    def fail(self, name: str, text: Text) -> None:
        """Add an error for a parameter; ``%(field)s`` is its name."""
        self.errors.append(FieldError(name, Text(text.msgid, {"field": name, **text.params})))

    def done(self) -> None:
        """Raise ``Invalid`` if there were errors."""
        if self.errors:
            raise Invalid(self.errors)

    def text(self, name: str, *, limit: int, lines: bool = False) -> str:
        """A text of at most ``limit`` characters; ``lines`` allows line breaks."""
        try:
            return TextRule(limit, lines=lines, safe=False).whole(self.raw.get(name, ""))
        except Mistake as mistake:
            self.fail(name, mistake.text)
            return ""

    def _typed(self, name: str) -> str:
        return characters.clean(str(self.raw.get(name) or ""))

    def choice(self, name: str, choices: Collection[str], default: str = "") -> str:
        value = self._typed(name) or default
        if value == default or value in choices:
            return str(value)
        self.errors.append(not_a_choice(name, value))
        return default

    def flag(self, name: str) -> bool:
        value = self._typed(name).lower()
        if value not in {"", "on", "true", "1", "yes", "off", "false", "0", "no"}:
            self.fail(name, WRONG["checkbox"])
        return value in {"on", "true", "1", "yes"}

    def integer(self, name: str, *, low: int, high: int) -> int | None:
        """A whole number from ``low`` to ``high``."""
        value = self._typed(name)
        number = int(value) if WHOLE.fullmatch(value) else None
        if value and (number is None or not low <= number <= high):
            self.fail(name, Text(WRONG["integer"].msgid, {"low": low, "high": high}))
            return None
        return number

    def day(self, name: str) -> date | None:
        value = self._typed(name)
        try:
            return read_day(value) if value else None
        except Mistake as mistake:
            self.fail(name, mistake.text)
            return None
