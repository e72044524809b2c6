"""What is filled in for the acts that the law bounds closely: more time, a site investigation, a repeated petition.

As in ``petitions.forms``, the same parser reads the website's forms and the JSON interface.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from petitions.forms import REASON_LIMIT, TEXT_LIMIT, read_seen
from server.core import references
from server.core.errors import _
from server.core.fields import REQUIRED, Input, safe_text

MOST_EARLIER = 20
"""Earlier cases that a closing names at most; two are enough for the law."""


@dataclass(frozen=True)
class Prolong:
    """By how many days the time to supplement is to be longer, and why (Decree 24②)."""

    days: int
    reason: str = ""
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any], *, reason: str = "reason") -> "Prolong":
        """Read it; ``reason`` is the field that holds the words. Raises ``Invalid``."""
        data = Input(raw)
        days = data.integer("days", low=1, high=60, required=True) or 0
        command = cls(days, safe_text(data, reason, limit=REASON_LIMIT, lines=True), read_seen(data))
        data.done()
        return command


@dataclass(frozen=True)
class Investigate:
    """A site investigation: its first day, how many working days, and why; without a first day it is prolonged."""

    days: int
    reason: str
    first: date | None = None
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Investigate":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        first = data.day("first")
        days = data.integer("days", low=1, high=14, required=True) or 0
        reason = safe_text(data, "reason", limit=REASON_LIMIT, required=True, lines=True)
        command = cls(days, reason, first, read_seen(data))
        data.done()
        return command


@dataclass(frozen=True)
class CloseRepeated:
    """Which earlier cases asked for the same and were answered, why they are the same, and what can be done against it.

    ``multi_party`` and ``committee`` are what the official knows: a petition of many (다수인관련민원), and that the
    mediation committee has dealt with it (Decree 26). Who files is not asked for households and signatures.
    """

    earlier: tuple[str, ...]
    reason: str
    remedies: str
    multi_party: bool = False
    committee: bool = False
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "CloseRepeated":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        command = cls(
            _references(data, "earlier"),
            safe_text(data, "reason", limit=REASON_LIMIT, required=True, lines=True),
            safe_text(data, "remedies", limit=TEXT_LIMIT, required=True, lines=True),
            data.boolean("multi_party"),
            data.boolean("committee"),
            read_seen(data),
        )
        data.done()
        return command


def _references(data: Input, name: str) -> tuple[str, ...]:
    """Case numbers, each once, in any way of writing them."""
    given = data.raw.get(name) or []
    if not isinstance(given, list) or not all(isinstance(number, str) for number in given):
        data.fail(name, _("Please send a list of case numbers."))
        return ()
    found = dict.fromkeys(references.read_reference(number) for number in given)
    if not found:
        data.fail(name, REQUIRED)
    elif None in found:
        data.fail(name, _("One of these is no case number."))
    elif len(found) > MOST_EARLIER:
        data.fail(name, _("Please send 1 to %(most)s case numbers.", most=MOST_EARLIER))
    return tuple(number for number in found if number)
