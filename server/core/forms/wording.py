"""Error messages of fields: each kind of error has one message, and each message names the field.

Pydantic's own messages are never shown.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from server.core.errors import Text, _
from server.core.forms.kinds import NOT_TEXT, TOO_LONG, Mistake


class Named(Protocol):
    """What a message needs to know about a field."""

    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> Text: ...
    @property
    def wrong(self) -> Text | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


FILL_IN = _("Please fill in “%(field)s”.")
CHOOSE = _("Please choose “%(field)s”.")
TICK = _("Please tick “%(field)s”.")
CHECK = _("Please check “%(field)s”.")
NOT_OBJECT = _("Please send an object for “%(field)s”.")
TOO_SHORT = _("Please use at least %(least)s characters for “%(field)s”.")
_MISSING = {"choice": CHOOSE, "choices": CHOOSE, "checkbox": TICK, "file": CHOOSE}
WRONG = {
    "text": NOT_TEXT,
    "integer": _("Please enter a whole number from %(low)s to %(high)s for “%(field)s”."),
    "number": _("Please enter a number from %(low)s to %(high)s for “%(field)s”."),
    "checkbox": _("Please send true or false for “%(field)s”."),
    "choice": _("Please choose one of the listed values for “%(field)s”."),
    "choices": _("Please choose only listed values for “%(field)s”."),
    "words": _("Please send a list of texts for “%(field)s”."),
    "form": NOT_OBJECT,
}
WRONG["paragraphs"] = WRONG["text"]


def missing(field: Named) -> Text:
    """The message for a required field that is empty."""
    return naming(_MISSING.get(field.kind, FILL_IN), field)


def wrong(field: Named, error: Mapping[str, Any] | None = None) -> Text:
    """The message for the first of Pydantic's errors about a field, or without one for a value of the wrong type."""
    context = error.get("ctx", {}) if error else {}
    if isinstance(mistake := context.get("error"), Mistake):
        return naming(mistake.text, field)
    if error and error["type"] == "string_too_long":
        return naming(TOO_LONG, field, limit=context["max_length"], count=len(error["input"]))
    if error and error["type"] == "string_too_short":
        return naming(TOO_SHORT, field, least=context["min_length"])
    return naming(field.wrong or WRONG.get(field.kind, CHECK), field, low=field.low, high=field.high)


def naming(text: Text, field: Named, **params: object) -> Text:
    """A text with the field's name and other values as parameters, where it uses them."""
    named = {"field": field.label, **params}
    return Text(text.msgid, {**text.params, **{n: v for n, v in named.items() if f"%({n})s" in text.msgid}})
