"""An event of a case with everything that its texts need, in the reader's language. Pure data, filled in by queries."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Protocol

from petitions.labels import CHANNELS, DECISIONS
from server.core import clock, i18n, romanised
from server.core.errors import Text, _
from server.core.ledger import DomainEvent, Entry
from server.core.messages import Detail, Line, Mailing, Message, Notice, Urgency, fill, said

REMEDIES = _("Remedies available to you")


class Reader(StrEnum):
    """Who receives a mail about a case. Officials are not mailed about their own actions."""

    CITIZEN = "citizen"
    BY_TEXT = "by_text"
    """The petitioner, if their only contact is a phone number."""
    IN_CHARGE = "in_charge"
    """The handler, or the department's managers if there is no handler yet."""
    HANDLER = "handler"
    MANAGERS = "managers"
    """The managers of the case's department; for a case without one, those who assign departments."""
    INSPECTORS = "inspectors"
    NAMED = "named"
    """The handler that the event names."""
    CONSULTED = "consulted"
    """Managers and handlers of the department that the event names, which is consulted (협조, Act 20)."""


class Named(Protocol):
    """An official that an event names."""

    @property
    def name(self) -> str: ...
    @property
    def phone(self) -> str: ...


class Answer(Protocol):
    """The answer that an event gave."""

    @property
    def id(self) -> int: ...
    @property
    def decision(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def reasons(self) -> str: ...
    @property
    def remedies(self) -> str: ...


class File(Protocol):
    """A file that came with an event."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event as its reader may see it; what they may not see is empty."""

    entry: Entry
    language: str
    zone: tzinfo
    by_day: bool
    """Whether the case's due dates are days."""
    has_period: bool
    """Whether the law sets a period; a tip has none."""
    has_department: bool
    who: Text | str
    """The actor; empty for the system, or if the reader may not know them."""
    text: str
    """The text that belongs to it; for officials also texts that are for them alone."""
    more: Mapping[str, str]
    """Further texts by their field in the event: ``remedies``, ``late_reason``."""
    person: Named | None
    """The handler or guide that the event names."""
    departments: Mapping[int, str]
    answer: Answer | None
    file: File | None
    files: tuple[File, ...]
    """The files that came with its text or its answer."""
    filing: bool = False
    """Whether it was written during filing, so that the receipt already covers it."""
    first: bool = True
    """Whether it is the first of its kind in the case. Like ``filing``, this is set for mails, not for timelines."""

    @property
    def id(self) -> int:
        """The event's id in the ledger."""
        return self.entry.id

    @property
    def kind(self) -> str:
        """The event's kind."""
        return self.entry.kind

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.entry.occurred_at

    @property
    def data(self) -> Mapping[str, Any]:
        """Its fields."""
        return self.entry.data

    @property
    def by_petitioner(self) -> bool:
        """Whether the petitioner is the actor."""
        return self.entry.actor == "petitioner"

    @property
    def by_official(self) -> bool:
        """Whether an official is the actor."""
        return self.entry.actor.startswith("official:")

    @property
    def name(self) -> str:
        """The name of the handler or guide that the event names."""
        return romanised.name_in(self.person.name, self.language) if self.person else "?"

    @property
    def due_at(self) -> datetime | None:
        """The due moment that it sets."""
        return self._moment("due_at")

    @property
    def due(self) -> str:
        """The due date that it sets, in words."""
        return self._when(self.due_at)

    @property
    def before(self) -> str:
        """The previous due date, in words."""
        return self._when(self._moment("previous_due_at"))

    def department(self, name: str) -> str:
        """The name of a department in one of its fields."""
        return self.departments.get(self.data.get(name) or 0, "–")

    def day(self, name: str) -> str:
        """The day in one of its fields, in words."""
        said = self.data.get(name)
        return i18n.date_text(date.fromisoformat(said), self.language) if said else "–"

    def value(self, name: str) -> object:
        """See ``Telling``; a dash stands for values that are missing or that this reader may not see."""
        return _VALUES[name](self) if name in _VALUES else self.data[name]

    def _moment(self, name: str) -> datetime | None:
        value = self.data.get(name)
        return datetime.fromisoformat(value).astimezone(self.zone) if isinstance(value, str) else None

    def _when(self, moment: datetime | None) -> str:
        """A due moment: as a day if the whole day counts, as for decisions on objections."""
        if moment is None:
            return "–"
        if self.by_day or moment.time() == clock.END_OF_DAY:
            return i18n.date_text(moment.date(), self.language)
        return i18n.datetime_text(moment, self.language, self.zone)


_UNITS: Mapping[str, Text] = {
    "hours": _("working hours"),
    "days": _("working days"),
    "weeks": _("weeks"),
    "months": _("months"),
    "civil-days": _("days"),
}

_VALUES: Mapping[str, Callable[[CaseEvent], object]] = {
    "before": lambda e: e.before,
    "cases": lambda e: ", ".join(e.data["earlier"]),
    "channel": lambda e: CHANNELS.get(e.data["channel"], e.data["channel"]),
    "day": lambda e: e.day("until") if "until" in e.data else e.due,
    "decision": lambda e: DECISIONS.get(e.data["decision"], e.data["decision"]),
    "department": lambda e: e.department("department"),
    "due": lambda e: e.due,
    "first": lambda e: e.day("first"),
    "guide": lambda e: e.name,
    "handler": lambda e: e.name,
    "moment": lambda e: e.due,
    "name": lambda e: e.name,
    "reference": lambda e: e.entry.subject.removeprefix("case/"),
    "previous": lambda e: e.before if "previous_due_at" in e.data else e.department("previous"),
    "unit": lambda e: _UNITS.get(e.data["unit"], e.data["unit"]),
    "until": lambda e: e.day("until"),
}
"""Names used in sentences that differ from the event's fields; all other names are fields."""


def words(event: CaseEvent) -> list[Detail]:
    """Below a line: its text."""
    return [Detail(words=event.text)] if event.text else []


def files(event: CaseEvent) -> list[Detail]:
    """Below its text: the files that came with it."""
    return [Detail(files=event.files)] if event.text and event.files else []


def remedies(event: CaseEvent) -> list[Detail]:
    """Below its text: the remedies."""
    ways = event.more.get("remedies")
    return [Detail(title=REMEDIES, words=ways)] if ways else []


def where_due(text: Text) -> Callable[[CaseEvent], list[Detail]]:
    """A sentence below a line, if the event sets a due date."""
    return lambda event: [Detail(fill(text, event))] if event.due_at else []


def every_word(event: CaseEvent) -> list[Detail]:
    """Below a line at the desk: all texts, and the files."""
    said = [text for name in ("late_reason", "remedies") if (text := event.more.get(name))]
    return [
        *words(event),
        *(Detail(words=text) for text in said),
        *([Detail(files=event.files)] if event.files else []),
    ]


Say = Text | Callable[[CaseEvent], Text]
Below = Text | Callable[[CaseEvent], list[Detail]]
When = Callable[[CaseEvent], bool]


def at_desk(tone: str, icon: str, text: Say) -> Line[CaseEvent]:
    """A line at the desk, with all texts."""
    return Line(tone, icon, text, every_word)


def to_party(tone: str, icon: str, text: Say, *below: Below) -> Line[CaseEvent]:
    """A line on the case's page; by default with its text below."""

    def details(event: CaseEvent) -> Iterable[Detail]:
        for part in below or (words,):
            yield from [Detail(fill(part, event))] if isinstance(part, Text) else part(event)

    return Line(tone, icon, text, details)


def always(_event: CaseEvent) -> bool:
    """The condition of mails that are sent for every event of the kind."""
    return True


def to_citizen(
    subject: Text,
    happened: Say,
    following: Text | Callable[[CaseEvent], Text | None] | None = None,
    *,
    urgency: Urgency = Urgency.WISHED,
    when: When = always,
    quoted: bool = True,
    more: Callable[[CaseEvent], tuple[tuple[Text, str], ...]] = lambda _event: (),
    text: Say | None = None,
) -> Mailing[CaseEvent]:
    """A mail to the petitioner, with the event's text (``quoted``) and further texts, or a ``text`` message."""

    def notice(event: CaseEvent) -> Notice:
        then = following(event) if callable(following) else following
        text = event.text if quoted else ""
        return Notice(subject, said(happened, event), fill(then, event) if then else None, text, more(event))

    return Mailing((Reader.CITIZEN,), notice, urgency, when, text, gathered=True)


def alone(mailing: Mailing[CaseEvent]) -> Mailing[CaseEvent]:
    """The same, but sent at once and by itself."""
    return replace(mailing, gathered=False)


def by_text(text: Text) -> Mailing[CaseEvent]:
    """A text message to petitioners whose only contact is a phone number, about what needs no mail."""
    return Mailing((Reader.BY_TEXT,), lambda event: Notice(fill(text, event), fill(text, event)), text=text)


def to_officials(
    *readers: Reader, subject: Text, happened: Text, following: Text | None = None, when: When = always
) -> Mailing[CaseEvent]:
    """A mail to officials. The petitioner's words are shown only at the desk (Act 7)."""

    def notice(event: CaseEvent) -> Notice:
        return Notice(subject, fill(happened, event), fill(following, event) if following else None)

    return Mailing(readers, notice, Urgency.IMMEDIATE, when)


@dataclass(frozen=True, slots=True)
class CaseMessage(Message[CaseEvent]):
    """The record of one kind of event of a case."""

    due_because: Text | None = None
    """Why it sets the due date, for the list of all due dates announced."""
    reasoned: bool = False
    """Whether its text is the reason for that date."""
    by_itself: bool = False
    """Whether the system does it during filing, so that no actor is named."""


def message(
    event: type[DomainEvent],
    desk: Line[CaseEvent] | None = None,
    party: Line[CaseEvent] | None = None,
    *mails: Mailing[CaseEvent],
    due_because: Text | None = None,
    reasoned: bool = False,
    by_itself: bool = False,
) -> CaseMessage:
    """The record of an event: its line at the desk, the one that the party reads, and its mails."""
    return CaseMessage(event, desk, party, mails, due_because, reasoned, by_itself)
