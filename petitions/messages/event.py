"""An event of a case with all that its sentences are made of, in its reader's language. Pure: reads fill it in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Protocol

from server.core import clock, i18n
from server.core.errors import Text
from server.core.ledger import Entry
from server.core.messages import Detail, Line, Mailing, Message, Notice, Urgency


class Reader(StrEnum):
    """To whom a mail about a case goes. Officials get none about what they did themselves."""

    CITIZEN = "citizen"
    IN_CHARGE = "in_charge"
    """The handler, or the department's managers where nobody handles the case yet."""
    HANDLER = "handler"
    MANAGERS = "managers"
    """Those of the case's department; for a case without one, who gives it to one."""
    INSPECTORS = "inspectors"
    NAMED = "named"
    """The handler whom the event names."""
    CONSULTED = "consulted"
    """Managers and handlers of the department that the event names (협조, Act 20)."""


class Named(Protocol):
    """An official whom an event names."""

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
    """One event as its reader may know it; what they may not know is empty."""

    entry: Entry
    language: str
    zone: tzinfo
    by_day: bool
    """Whether the case's promised dates are days."""
    has_period: bool
    """Whether the law gives the case a period; a tip has none."""
    has_department: bool
    who: Text | str
    """Who did it; empty where nobody acted or nobody is named to this reader."""
    text: str
    """The words that belong to it; for officials also those that only they read."""
    more: Mapping[str, str]
    """Further words by the event's own names for them: ``remedies``, ``late_reason``."""
    person: Named | None
    """The handler or guide whom it names."""
    departments: Mapping[int, str]
    answer: Answer | None
    file: File | None
    files: tuple[File, ...]
    """What came with its words or its answer."""
    filing: bool = False
    """Whether it was written while the petition was filed, so that the receipt tells of it."""
    first: bool = True
    """Whether it is the first of its kind in the case. Mails are told both; timelines need neither."""

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
        """What it holds."""
        return self.entry.data

    @property
    def by_petitioner(self) -> bool:
        """Whether the petitioner did it."""
        return self.entry.actor == "petitioner"

    @property
    def by_official(self) -> bool:
        """Whether an official did it."""
        return self.entry.actor.startswith("official:")

    @property
    def department(self) -> str:
        """The department that it names."""
        return self.departments.get(self.data.get("department") or 0, "–")

    @property
    def previous_department(self) -> str:
        """The department that had the case before."""
        return self.departments.get(self.data.get("previous") or 0, "–")

    @property
    def name(self) -> str:
        """The name of the handler or guide whom it names."""
        return self.person.name if self.person else "?"

    @property
    def due_at(self) -> datetime | None:
        """The moment that it sets."""
        return self._moment("due_at")

    @property
    def due(self) -> str:
        """The date that it sets, in words."""
        return self._words(self.due_at, by_day=self.by_day)

    @property
    def before(self) -> str:
        """The date that was promised before, in words."""
        return self._words(self._moment("previous_due_at"), by_day=self.by_day)

    @property
    def due_day(self) -> str:
        """The last day that it sets for the decision on an objection, in words: it is always a day."""
        return self._day(self.due_at)

    @property
    def day_before(self) -> str:
        """The last day for that decision that was set before, in words."""
        return self._day(self._moment("previous_due_at"))

    @property
    def reply_by(self) -> str:
        """Until when a consulted department replies, in words."""
        by_day = self.due_at is not None and self.due_at.time() == clock.END_OF_DAY
        return self._words(self.due_at, by_day=by_day)

    def day(self, name: str) -> str:
        """A day that it names, in words."""
        value = self.data.get(name)
        return i18n.date_text(date.fromisoformat(value), self.language) if value else "–"

    def _moment(self, name: str) -> datetime | None:
        value = self.data.get(name)
        return datetime.fromisoformat(value).astimezone(self.zone) if isinstance(value, str) else None

    def _words(self, moment: datetime | None, *, by_day: bool) -> str:
        if moment is None or by_day:
            return self._day(moment)
        return i18n.datetime_text(moment, self.language, self.zone)

    def _day(self, moment: datetime | None) -> str:
        return i18n.date_text(moment.date(), self.language) if moment else "–"


def words(event: CaseEvent) -> list[Detail]:
    """Below a line: what was said with it."""
    return [Detail(words=event.text)] if event.text else []


def words_and_files(event: CaseEvent) -> list[Detail]:
    """Below a line: what was said with it, and the files that came with that."""
    return [*words(event), *([Detail(files=event.files)] if event.text and event.files else [])]


def every_word(event: CaseEvent) -> list[Detail]:
    """Below a line at the desk: everything that was said with it, and the files."""
    said = [text for name in ("late_reason", "remedies") if (text := event.more.get(name))]
    return [
        *words(event),
        *(Detail(words=text) for text in said),
        *([Detail(files=event.files)] if event.files else []),
    ]


def at_desk(tone: str, icon: str, text: Text | Callable[[CaseEvent], Text]) -> Line[CaseEvent]:
    """A line at the desk."""
    return Line(tone, icon, text, every_word)


def to_party(
    tone: str,
    icon: str,
    text: Text | Callable[[CaseEvent], Text],
    details: Callable[[CaseEvent], Iterable[Detail]] = words,
) -> Line[CaseEvent]:
    """A line on the page of the case."""
    return Line(tone, icon, text, details)


Say = Notice | Callable[[CaseEvent], Notice]


def to_citizen(
    notice: Say, urgency: Urgency = Urgency.WISHED, *, when: Callable[[CaseEvent], bool] = lambda _event: True
) -> Mailing[CaseEvent]:
    """A mail to the petitioner."""
    return Mailing((Reader.CITIZEN,), notice, urgency, when)


def to_officials(
    *readers: Reader, notice: Say, when: Callable[[CaseEvent], bool] = lambda _event: True
) -> Mailing[CaseEvent]:
    """A mail to officials. The petitioner's words stay at the desk (Act 7)."""
    return Mailing(readers, notice, Urgency.IMMEDIATE, when)


@dataclass(frozen=True, slots=True)
class CaseMessage(Message[CaseEvent]):
    """The record of one kind of event of a case."""

    promised: Text | None = None
    """Why it sets the date of the answer, in the list of all dates that were promised."""
    reasoned: bool = False
    """Whether its words are the reason for that date."""
    by_itself: bool = False
    """Whether the house does it of itself while a petitioner files, so that nobody is named."""
