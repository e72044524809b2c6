"""An event of a forum with all that its sentences are made of, in its reader's language. Pure: reads fill it in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, Protocol

from forums.labels import OUTCOMES, RULES
from server.core import config, i18n
from server.core.errors import Text
from server.core.ledger import Entry
from server.core.messages import Detail, Line, Mailing, Message, Notice, Urgency, fill, said


class Reader(StrEnum):
    """To whom a mail about a forum goes. Nobody gets one about what they did themselves, but for receipts."""

    AUTHOR = "author"
    """Of the submission or comment, of the submission behind a commitment, or whoever proposed the forum."""
    SENDER = "sender"
    """The author, also of what they did themselves: a receipt."""
    SUPPORTERS = "supporters"
    REGISTRATION = "registration"
    """Whose registration the event names."""
    REGISTRATIONS = "registrations"
    """Those whose registrations the event names."""
    REGISTERED = "registered"
    """Everybody with a registration for the session that the event names, or for any coming one of the forum."""
    OWNER = "owner"
    """The official who answers for a commitment."""
    MANAGERS = "managers"
    """Those of the department."""


class RegisteredSession(Protocol):
    """The recipient's registration for a session."""

    @property
    def code(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def offered_until(self) -> datetime | None: ...
    @property
    def place(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ForumEvent:
    """One event as its reader may know it; what they may not know, or what its words do not need, is empty."""

    entry: Entry
    language: str = ""
    zone: tzinfo = field(default_factory=lambda: config.settings().zone)
    words: str = ""
    """The public words that it names."""
    departments: Mapping[int, str] = field(default_factory=dict)
    steps: Mapping[int, str] = field(default_factory=dict)
    """Of a commitment."""
    forum_title: str = ""
    outcome_text: str = ""
    """What the department answered."""
    registration: RegisteredSession | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """What it holds."""
        return self.entry.data

    @property
    def by_participant(self) -> bool:
        """Whether somebody who takes part did it."""
        return self.entry.actor.startswith("participant:")

    @property
    def another_day(self) -> bool:
        """Whether it changes the promised day."""
        return "due_on" in self.data["fields"]

    @property
    def day(self) -> str:
        """The day that it names, in words: promised, or on which it was done."""
        said = self.data.get("due_on") or self.data.get("done_on")
        return i18n.date_text(date.fromisoformat(said), self.language) if said else "–"

    @property
    def when(self) -> str:
        """The day and hour of the session."""
        return self._moment(self.registration.starts_at if self.registration else None)

    @property
    def until(self) -> str:
        """Until when an offered place is kept."""
        return self._moment(self.registration.offered_until if self.registration else None)

    def value(self, name: str) -> object:
        """See ``Telling``; what is not there is a dash."""
        return _VALUES[name](self) if name in _VALUES else self.data[name]

    def _moment(self, moment: datetime | None) -> str:
        return i18n.datetime_text(moment, self.language, self.zone) if moment else ""


_NUMBERS = ("main", "to", "petition", "previous")
"""By which names events name another submission or a petition."""

_VALUES: Mapping[str, Callable[[ForumEvent], object]] = {
    "day": lambda e: e.day,
    "department": lambda e: e.departments.get(e.data.get("department") or 0, "–"),
    "number": lambda e: next(e.data[name] for name in _NUMBERS if name in e.data),
    "outcome": lambda e: OUTCOMES[e.data["outcome"]],
    "place": lambda e: e.registration.place if e.registration else "",
    "rule": lambda e: RULES[e.data["rule"]],
    "step": lambda e: e.steps.get(e.data["step"], "–"),
    "title": lambda e: e.forum_title,
    "until": lambda e: e.until,
    "when": lambda e: e.when,
}
"""What sentences call by a name of their own; any other name is that of what the event holds."""


News = Text | Callable[[ForumEvent], Text | None] | None


@dataclass(frozen=True, slots=True)
class ForumMessage(Message[ForumEvent]):
    """The record of one kind of event of a forum."""

    news: News = None
    """What followers read, in feeds and once a day by mail (``Urgency.DIGEST``); None where it is nothing new."""

    def new(self, event: ForumEvent) -> Text | None:
        """What followers read of one event."""
        text = self.news(event) if callable(self.news) else self.news
        return fill(text, event) if text else None


Say = Text | Callable[[ForumEvent], Text]


def words(event: ForumEvent) -> list[Detail]:
    """Below a line: the words that it names."""
    return [Detail(words=event.words)] if event.words else []


def shown(
    event: type[Any],
    tone: str,
    icon: str,
    text: Say,
    *mails: Mailing[ForumEvent],
    with_words: bool = False,
    internal: bool = False,
    news: News = None,
) -> ForumMessage:
    """The record of an event that reads the same at the desk and in public.

    ``with_words``: the public reads the words that it names, too; ``internal``: the public does not read it.
    """
    desk = Line(tone, icon, text, words)
    public = None if internal else Line(tone, icon, text, words if with_words else lambda _event: ())
    return ForumMessage(event, desk, public, mails, news)


def planning(event: type[Any], text: Text, *mails: Mailing[ForumEvent], news: News = None) -> ForumMessage:
    """The record of an event that only officials read in a timeline."""
    return shown(event, "plain", "bell", text, *mails, internal=True, news=news)


def always(_event: ForumEvent) -> bool:
    """Of every event of the kind."""
    return True


def to_people(
    *readers: Reader,
    subject: Text,
    happened: Say,
    following: Text | None = None,
    quoted: Callable[[ForumEvent], str] = lambda _event: "",
    urgency: Urgency = Urgency.WISHED,
    when: Callable[[ForumEvent], bool] = always,
) -> Mailing[ForumEvent]:
    """A mail to those who take part; ``quoted`` are the words that stand in it."""

    def notice(event: ForumEvent) -> Notice:
        then = fill(following, event) if following else None
        return Notice(subject, said(happened, event), then, quoted(event))

    return Mailing(readers, notice, urgency, when)


def at_once(
    *readers: Reader,
    subject: Text,
    happened: Say,
    following: Text | None = None,
    quoted: Callable[[ForumEvent], str] = lambda _event: "",
    when: Callable[[ForumEvent], bool] = always,
) -> Mailing[ForumEvent]:
    """A mail that cannot wait."""
    return to_people(
        *readers, subject=subject, happened=happened, following=following, quoted=quoted, when=when,
        urgency=Urgency.IMMEDIATE,
    )  # fmt: skip


def to_owners(
    subject: Text, happened: Text, following: Text, quoted: Callable[[ForumEvent], str] = lambda _event: ""
) -> Mailing[ForumEvent]:
    """A mail to officials: who answers for a commitment, and the managers of the department."""
    return at_once(
        Reader.OWNER, Reader.MANAGERS, subject=subject, happened=happened, following=following, quoted=quoted
    )


def its_words(event: ForumEvent) -> str:
    """The words that the event names."""
    return event.words
