"""How an expected wait is said. ``waits.js`` says the same in browsers, by the patterns that a page holds for it.

Nobody is told "0 to 1 minutes", 685 minutes, or a time for which no counter is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from server.core import config, i18n
from server.core.errors import Text, _
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.waits.closing import BeforeClosing, Closed
from tracking.visits.waits.queue import Wait

SOON, LONG = 1, 90
"""Minutes. What ends within the first is said without a number; what ends after the second in hours."""
HOUR, HALF, TEN = 60, 30, 10


class Span(NamedTuple):
    """A range as it is said, rounded outwards: by half hours in hours, its beginning by ten minutes in the first."""

    form: str
    """``soon``, ``minutes`` or ``hours``."""
    low: int
    high: int


def span(low: int, high: int) -> Span:
    """How a range of minutes is said."""
    if high <= SOON:
        return Span("soon", 0, 0)
    if high <= LONG:
        return Span("minutes", low, high)
    step = HALF if low >= HOUR else TEN
    return Span("hours", low // step * step, -(-high // HALF) * HALF)


LENGTHS: Mapping[str, Text] = {
    "m": _("%(minutes)s minutes"),
    "h": _("1 hour"),
    "hm": _("1 hour %(minutes)s"),
    "hs": _("%(hours)s hours"),
    "hsm": _("%(hours)s hours %(minutes)s"),
}
"""Lengths of time, by their form."""
PLAIN: Mapping[str, Text] = {
    "soon": _("In a moment"),
    "minutes": _("%(low)s to %(high)s minutes"),
    "hours": _("About %(low)s to %(high)s"),
    "uncertain_soon": _("At any time until closing, or not today"),
    "uncertain": _("%(low)s minutes or longer, until closing"),
    "uncertain_hours": _("About %(low)s or longer, until closing"),
    "too_late": _("Probably not before closing"),
    "closed": _("No counter is open for this now"),
    "closed_until": _("No counter is open for this now; the next one opens at %(time)s"),
}
"""In tables."""
ON_DISPLAY: Mapping[str, Text] = {
    **PLAIN,
    "closed": _("No counter open"),
    "closed_until": _("Counter opens at %(time)s"),
}
"""On the display of an office, where each service has half a line."""
TO_VISITOR: Mapping[str, Text] = {
    **PLAIN,
    "soon": _("You will probably be called in a moment."),
    "minutes": _("You will probably be called in %(low)s to %(high)s minutes."),
    "hours": _("You will probably be called in about %(low)s to %(high)s."),
    "closed": _("No counter is open for this now. Your number stays valid; please ask the staff when it goes on."),
    "closed_until": _("No counter is open for this now. The next one opens at %(time)s; your number stays valid."),
}
"""To whoever waits."""
NAMES = ("low", "high", "minutes", "hours", "time")


def length(minutes: int) -> Text:
    """A length of time in words."""
    hours, rest = divmod(minutes, HOUR)
    form = "m" if not hours else ("h" if hours == 1 else "hs") + ("m" if rest else "")
    return Text(LENGTHS[form].msgid, {"hours": hours, "minutes": rest})


def form_of(wait: Wait, expected: BeforeClosing | None) -> tuple[str, int, int]:
    """Which words say an estimate, and from which to which minute."""
    low, _middle, high = wait.in_minutes
    if expected is BeforeClosing.TOO_LATE:
        return "too_late", low, high
    if expected is BeforeClosing.UNCERTAIN:
        if low > LONG:
            return "uncertain_hours", low // HALF * HALF, high
        return ("uncertain" if low >= SOON else "uncertain_soon"), low, high
    return span(low, high)


def said(
    wait: Wait | None,
    expected: BeforeClosing | None = None,
    closed: Closed | None = None,
    words: Mapping[str, Text] = PLAIN,
) -> Text | None:
    """An estimate in words; None without one.

    That it will be too late today comes before all else, and that no counter is open before how long it takes.
    """
    if closed and expected is not BeforeClosing.TOO_LATE:
        if closed.opens_at is None:
            return words["closed"]
        return _filled(words["closed_until"], time=closed.opens_at)
    if wait is None:
        return None
    form, low, high = form_of(wait, expected)
    hours = form.endswith("hours")
    return _filled(words[form], low=length(low) if hours else low, high=length(high) if hours else high)


def _filled(pattern: Text, **values: object) -> Text:
    return Text(pattern.msgid, {**pattern.params, **values})


def on_ticket(office: OfficeRow, closes_at: datetime, language: str, *, bookable: bool) -> Mapping[str, Text]:
    """The words on the page of a ticket of today: when the office closes, and what to do if it will be too late."""
    time = i18n.time_text(closes_at, language, config.settings().zone)
    uncertain = _("It may not be your turn before we close at %(time)s.", time=time)
    too_late = _("It will probably not be your turn before we close at %(time)s.", time=time)
    instead = _("Please book a time or come another day.") if bookable else _("Please come another day.")
    if office.carry_over:
        instead = _("Your number is also valid on the next day on which we are open.")
        uncertain = _both(uncertain, instead)
    may_be_late = dict.fromkeys(("uncertain_soon", "uncertain", "uncertain_hours"), uncertain)
    return {**TO_VISITOR, **may_be_late, "too_late": _both(too_late, instead)}


def _both(first: Text, then: Text) -> Text:
    return Text("%(first)s %(then)s", {"first": first, "then": then})


@dataclass(frozen=True)
class Waits:
    """How a page says waits in its language, itself and by its scripts. ``words``: what takes the place of some."""

    language: str
    words: Mapping[str, Text] = field(default_factory=lambda: PLAIN)

    def of(self, wait: Wait | None, expected: BeforeClosing | None = None, closed: Closed | None = None) -> str:
        """An estimate in words; empty without one."""
        text = said(wait, expected, closed, self.words)
        if text is None:
            return ""
        moment = text.params.get("time")
        if isinstance(moment, datetime) and moment.tzinfo:
            text = _filled(text, time=i18n.time_text(moment, self.language, moment.tzinfo))
        return i18n.translate(self.language, text)

    @cached_property
    def patterns(self) -> dict[str, str]:
        """For ``waits.js``: each sentence and length with its values in braces."""
        braces = {name: f"{{{name}}}" for name in NAMES}
        return {
            form: i18n.translate(self.language, Text(text.msgid, {**braces, **text.params}))
            for form, text in (*LENGTHS.items(), *self.words.items())
        }
