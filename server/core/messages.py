"""The texts and mails of each kind of event: one record per kind, declared by the event's domain.

Timelines, mails, text messages, digests and feeds read these records and know no domain by name. A domain exports its
records as ``MESSAGES``; the composition root passes them to the engines. A sentence is a text whose named values come
from the domain's own view of an event (``E``), or a function of that view that returns a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from server.core.errors import Text


class Telling(Protocol):
    """A domain's view of one event."""

    def value(self, name: str) -> object:
        """The value of a named parameter in a sentence. Raises ``LookupError``."""


E = TypeVar("E", bound=Telling)
Record = TypeVar("Record", bound="Message[Any]")

_VALUE = re.compile(r"%\((\w+)\)s")


class Urgency(StrEnum):
    """When a mail or text message is sent. Events without a mail have no record of one."""

    REQUIRED = "required"
    """At once, regardless of preferences: the law requires the notice. A text message waits for the morning."""
    IMMEDIATE = "immediate"
    """At once, regardless of preferences: it is urgent or part of somebody's work. A text message is sent at night."""
    WISHED = "wished"
    """At once, daily or not at all, by the reader's preference."""
    DIGEST = "digest"
    """Daily, to followers."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A paragraph below a timeline entry: a sentence of ours, somebody's own words, a link, or files."""

    sentence: Text | None = None
    words: str = ""
    """Shown with line breaks."""
    title: Text | None = None
    """A heading above the text."""
    href: str = ""
    link: Text | str = ""
    files: tuple[Any, ...] = ()
    """Rows as rendered by ``components/file_list.html``."""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Line(Generic[E]):
    """A timeline entry for an event: its sentence, tone and icon (``components/timeline.html``), and details below."""

    tone: str
    icon: str
    text: Text | Callable[[E], Text]
    details: Callable[[E], Iterable[Detail]] = lambda _event: ()


@dataclass(frozen=True, slots=True)
class Notice:
    """The text of a mail; its template adds number, title, date, people and link."""

    subject: Text
    happened: Text
    following: Text | None = None
    words: str = ""
    more: tuple[tuple[Text, str], ...] = ()
    """Further paragraphs with headings: reasons, remedies."""


@dataclass(frozen=True, slots=True)
class Mailing(Generic[E]):
    """A mail sent because of an event, or a text message in its place."""

    to: tuple[str, ...]
    """Roles; the domain determines who has them."""
    notice: Callable[[E], Notice]
    urgency: Urgency = Urgency.WISHED
    when: Callable[[E], bool] = lambda _event: True
    """Whether an event of the kind sends it."""
    text: Text | Callable[[E], Text] | None = None
    """One short sentence for readers whose only contact is a phone number; without it they hear nothing."""
    gathered: bool = False
    """Whether the mail waits a minute for others about the same thing, so that its reader gets one."""


@dataclass(frozen=True, slots=True)
class Message(Generic[E]):
    """All texts of one kind of event."""

    event: type[Any]
    """The frozen dataclass with its ``kind``."""
    desk: Line[E] | None = None
    """What officials read; None if no timeline shows the event."""
    party: Line[E] | None = None
    """What the people concerned and the public read, as far as the event's audience includes them."""
    mails: tuple[Mailing[E], ...] = ()

    @property
    def kind(self) -> str:
        return str(self.event.kind)


@dataclass(frozen=True, slots=True)
class Item:
    """An event as a timeline renders it (``components/timeline.html``)."""

    id: int
    at: datetime
    text: Text
    who: Text | str
    """Empty if nobody acted, or this reader may not see who did."""
    tone: str
    icon: str
    details: tuple[Detail, ...]
    internal: bool = False
    """Visible to officials only."""

    @property
    def words(self) -> str:
        """The text that people wrote with it."""
        return "\n".join(detail.words for detail in self.details if detail.words)


def item(line: Line[E], event: E, number: int, at: datetime, who: Text | str = "", *, internal: bool = False) -> Item:
    """A timeline item for the event with an id in the ledger."""
    return Item(number, at, said(line.text, event), who, line.tone, line.icon, tuple(line.details(event)), internal)


def fill(text: Text, event: Telling) -> Text:
    """A sentence with its missing values filled in."""
    missing = {name: event.value(name) for name in _VALUE.findall(text.msgid) if name not in text.params}
    return Text(text.msgid, {**text.params, **missing}) if missing else text


def said(text: Text | Callable[[E], Text], event: E) -> Text:
    """The text of a record's sentence for an event."""
    return fill(text if isinstance(text, Text) else text(event), event)


def by_kind(*records: Record) -> Mapping[str, Record]:
    """A domain's records by kind of event. Raises ``ValueError`` for a duplicate."""
    found = {record.kind: record for record in records}
    if len(found) != len(records):
        raise ValueError(f"two records for one kind of event among {sorted(found)}")
    return MappingProxyType(found)


def kinds_with_mail(records: Mapping[str, Message[Any]]) -> tuple[str, ...]:
    """The kinds of events that send a mail."""
    return tuple(sorted(kind for kind, record in records.items() if record.mails))
