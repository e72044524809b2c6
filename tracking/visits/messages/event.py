"""An event of a visit with what its messages name, in the reader's language. Pure: queries fill it in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from server.core import config, i18n
from server.core.errors import Text, _
from server.core.ledger import Entry
from server.core.messages import Line, Mailing, Message, Notice, Urgency, said

LONGEST_NAME = 30
"""Characters of a name in a text message."""
LONGEST_LIST = 50
"""Characters of all services in a text message; of more only the first is named."""


class Reader(StrEnum):
    """Who hears of an event of a visit."""

    VISITOR = "visitor"
    """Whoever booked it, or is offered a time: by mail, or by text message if that is the only contact."""


@dataclass(frozen=True, slots=True)
class About:
    """The visit of an event: what of it messages name."""

    number: str = ""
    starts_at: date | None = None
    """Its start; the day, for an entry of a waiting list."""
    office: str = ""
    phone: str = ""
    """The office's number."""
    services: Sequence[str] = ()
    no_shows: int = 0
    """After so many absences within ``within`` days nobody can book for ``restricted`` days; 0 for never."""
    within: int = 0
    restricted: int = 0
    documents: Mapping[str, str] = field(default_factory=dict)
    """The names of the documents to bring, by code."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What the department says of them, by code."""
    complete: bool = False
    """Whether all documents are there and accepted."""
    decision: str = ""
    """The reasons of the decision on an appeal, for the message about it."""
    ticket_number: str = ""
    wait: str = ""
    """When the ticket will probably be called, as its page says it."""
    counter: str = ""
    """Where it is called."""
    floor: int = 0


@dataclass(frozen=True, slots=True)
class VisitEvent:
    """One event as its reader may see it."""

    entry: Entry | None
    """None for a message that follows from no event."""
    language: str = ""
    zone: tzinfo = field(default_factory=lambda: config.settings().zone)
    about: About = About()

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the event."""
        return self.entry.data if self.entry else {}

    @property
    def by_office(self) -> bool:
        """Whether an official did it."""
        return self.entry is not None and self.entry.actor.startswith("official:")

    def value(self, name: str) -> object:
        """See ``Telling``; a missing value is a dash."""
        if name in _VALUES:
            return _VALUES[name](self)
        return getattr(self.about, name) if hasattr(self.about, name) else self.data[name]

    def short(self) -> "VisitEvent":
        """The event for a text message: long names are cut, and of many services the first is named."""
        services = [_cut(one) for one in self.about.services]
        if len(", ".join(services)) > LONGEST_LIST:
            several = _("%(service)s and %(count)s more", service=services[0], count=len(services) - 1)
            services = [i18n.translate(self.language, several)]
        return replace(self, about=replace(self.about, office=_cut(self.about.office), services=services))

    def moment(self, value: object) -> str:
        """A day and time, or a day, in words."""
        if isinstance(value, str) and value:
            value = date.fromisoformat(value) if len(value) == len("2000-01-01") else datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return i18n.datetime_text(value, self.language, self.zone)
        return i18n.date_text(value, self.language) if isinstance(value, date) else "–"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


_VALUES: Mapping[str, Callable[[VisitEvent], object]] = {
    "booked": lambda e: e.moment(e.about.starts_at),
    "date": lambda e: e.moment(e.about.starts_at),
    "document": lambda e: e.about.documents.get(e.data["document"], "–"),
    "services": lambda e: ", ".join(e.about.services),
    "until": lambda e: e.moment(e.data["until"]),
    "was": lambda e: e.moment(e.data["was"]),
    "when": lambda e: e.moment(e.data.get("starts_at") or e.about.starts_at),
}
"""Names used in sentences that differ from the fields of the event and of its visit."""

VisitMessage = Message[VisitEvent]
Say = Text | Callable[[VisitEvent], Text]
When = Callable[[VisitEvent], bool]


def always(_event: VisitEvent) -> bool:
    """The condition of mails that are sent for every event of the kind."""
    return True


def to_visitor(
    subject: Text,
    happened: Say,
    following: Say | None = None,
    *,
    text: Say,
    quoted: Callable[[VisitEvent], str] = lambda _event: "",
    urgency: Urgency = Urgency.REQUIRED,
    when: When = always,
) -> Mailing[VisitEvent]:
    """A mail to whoever booked, or the ``text`` message in its place.

    Nobody can wish for fewer, or for one a day: all of them are about an appointment. What is not urgent waits for the
    morning, as a text message.
    """

    def notice(event: VisitEvent) -> Notice:
        return Notice(subject, said(happened, event), said(following, event) if following else None, quoted(event))

    return Mailing((Reader.VISITOR,), notice, urgency, when, text)


def message(
    event: type[Any], tone: str, icon: str, sentence: Say, *mails: Mailing[VisitEvent], internal: bool = False
) -> VisitMessage:
    """The record of an event with one line for the desk and for its visitor, who does not read an ``internal`` one."""
    line: Line[VisitEvent] = Line(tone, icon, sentence)
    return Message(event, line, None if internal else line, mails)
