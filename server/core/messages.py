"""What an event says, and to whom: one record for each kind, declared by the domain that the event belongs to.

Timelines, mails, digests and feeds read these records and know no domain by name. A domain exports its records as
``MESSAGES``; the composition root hands them to the engines. A sentence is a text whose named values the domain's own
view of an event (``E``) fills in, or a function of that view that makes one.
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
        """What a sentence calls by a name. Raises ``LookupError``."""


E = TypeVar("E", bound=Telling)
Record = TypeVar("Record", bound="Message[Any]")

_VALUE = re.compile(r"%\((\w+)\)s")


class Urgency(StrEnum):
    """When a mail goes out. A mail that nobody ever gets has no record."""

    REQUIRED = "required"
    """At once, whatever its reader wishes: the law wants it told."""
    IMMEDIATE = "immediate"
    """At once, whatever its reader wishes: it cannot wait, or it is part of somebody's work."""
    WISHED = "wished"
    """At once, once a day or not at all, as its reader wishes."""
    DIGEST = "digest"
    """Once a day, to those who follow."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One paragraph below a timeline's line: a sentence of ours, somebody's own words, a link, files."""

    sentence: Text | None = None
    words: str = ""
    """Shown with its line breaks."""
    title: Text | None = None
    """A heading above the words."""
    href: str = ""
    link: Text | str = ""
    files: tuple[Any, ...] = ()
    """Rows as ``components/file_list.html`` draws them."""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Line(Generic[E]):
    """How a timeline shows an event: its sentence, tone and icon (``components/timeline.html``), what stands below."""

    tone: str
    icon: str
    text: Text | Callable[[E], Text]
    details: Callable[[E], Iterable[Detail]] = lambda _event: ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail's own words; number, title, date, people and link are added by its template."""

    subject: Text
    happened: Text
    following: Text | None = None
    words: str = ""
    more: tuple[tuple[Text, str], ...] = ()
    """Further words with a heading: reasons, remedies."""


@dataclass(frozen=True, slots=True)
class Mailing(Generic[E]):
    """A mail that an event leads to."""

    to: tuple[str, ...]
    """Roles; the domain finds who has them."""
    notice: Callable[[E], Notice]
    urgency: Urgency = Urgency.WISHED
    when: Callable[[E], bool] = lambda _event: True
    """Which events of the kind lead to it."""


@dataclass(frozen=True, slots=True)
class Message(Generic[E]):
    """All that one kind of event says."""

    event: type[Any]
    """The frozen dataclass with its ``kind``."""
    desk: Line[E] | None = None
    """What officials read; None where no timeline shows the event."""
    party: Line[E] | None = None
    """What the people concerned and the public read, each as far as the event's audience lets them."""
    mails: tuple[Mailing[E], ...] = ()

    @property
    def kind(self) -> str:
        """The event's kind in the ledger."""
        return str(self.event.kind)


@dataclass(frozen=True, slots=True)
class Item:
    """An event as a timeline draws it (``components/timeline.html``)."""

    id: int
    at: datetime
    text: Text
    who: Text | str
    """Empty where nobody acted or nobody is named to this reader."""
    tone: str
    icon: str
    details: tuple[Detail, ...]
    internal: bool = False
    """Only officials know of it."""

    @property
    def words(self) -> str:
        """What people said with it."""
        return "\n".join(detail.words for detail in self.details if detail.words)


def item(line: Line[E], event: E, number: int, at: datetime, who: Text | str = "", *, internal: bool = False) -> Item:
    """One event, by its id in the ledger, in the words of a line."""
    return Item(number, at, said(line.text, event), who, line.tone, line.icon, tuple(line.details(event)), internal)


def fill(text: Text, event: Telling) -> Text:
    """A sentence with the values that it names and does not have yet."""
    missing = {name: event.value(name) for name in _VALUE.findall(text.msgid) if name not in text.params}
    return Text(text.msgid, {**text.params, **missing}) if missing else text


def said(text: Text | Callable[[E], Text], event: E) -> Text:
    """A sentence of a record for one event."""
    return fill(text if isinstance(text, Text) else text(event), event)


def by_kind(*records: Record) -> Mapping[str, Record]:
    """A domain's records by the kind of event. Raises ``ValueError`` for two records of one kind."""
    found = {record.kind: record for record in records}
    if len(found) != len(records):
        raise ValueError(f"two records for one kind of event among {sorted(found)}")
    return MappingProxyType(found)


def heard(records: Mapping[str, Message[Any]]) -> tuple[str, ...]:
    """The kinds of events that lead to a mail."""
    return tuple(sorted(kind for kind, record in records.items() if record.mails))
