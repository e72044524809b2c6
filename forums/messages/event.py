"""An event of a forum with everything its messages need, in the reader's language. Pure: queries fill it in."""

import functools
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
    """The recipients of an email about a forum. Except for receipts, nobody is notified of their own actions."""

    AUTHOR = "author"
    """The author of the submission or comment, of the submission behind a commitment, or of a proposal."""
    SENDER = "sender"
    """The author, also when it is their own action: a receipt."""
    SUPPORTERS = "supporters"
    REGISTRATION = "registration"
    """The participant of the registration in the event."""
    REGISTRATIONS = "registrations"
    """The participants of the registrations in the event."""
    REGISTERED = "registered"
    """Everybody registered for the session in the event, or for any future session of the forum."""
    OWNER = "owner"
    """The official who owns the commitment."""
    MANAGERS = "managers"
    """The managers of the commitment's department."""


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
    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ForumEvent:
    """One event as its reader may see it; fields that they may not see or that its messages do not use are empty."""

    entry: Entry
    language: str = ""
    zone: tzinfo = field(default_factory=lambda: config.settings().zone)
    words: str = ""
    """The public text that the event refers to."""
    departments: Mapping[int, str] = field(default_factory=dict)
    steps: Mapping[int, str] = field(default_factory=dict)
    """The texts of a commitment's steps, by id."""
    forum_title: str = ""
    outcome_text: str = ""
    """The text of the department's answer."""
    registration: RegisteredSession | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the event."""
        return self.entry.data

    @property
    def by_participant(self) -> bool:
        """Whether a participant caused it."""
        return self.entry.actor.startswith("participant:")

    @property
    def another_day(self) -> bool:
        """Whether it changes the due date."""
        return "due_on" in self.data["fields"]

    def value(self, name: str) -> object:
        """See ``Telling``; a missing value is a dash."""
        return _VALUES[name](self) if name in _VALUES else self.data[name]

    def day(self) -> str:
        """The date in the event, formatted: the due date, or the day on which it was done."""
        said = self.data.get("due_on") or self.data.get("done_on")
        return i18n.date_text(date.fromisoformat(said), self.language) if said else "–"

    def moment(self, name: str) -> str:
        """A date and time of the registration, formatted."""
        moment = getattr(self.registration, name, None)
        return i18n.datetime_text(moment, self.language, self.zone) if moment else ""


_NUMBERS = ("main", "to", "petition", "previous")
"""The data fields that hold the number of another submission or of a petition."""

_VALUES: Mapping[str, Callable[[ForumEvent], object]] = {
    "day": ForumEvent.day,
    "department": lambda e: e.departments.get(e.data.get("department") or 0, "–"),
    "number": lambda e: next(e.data[name] for name in _NUMBERS if name in e.data),
    "outcome": lambda e: OUTCOMES[e.data["outcome"]],
    "place": lambda e: e.registration.place if e.registration else "",
    "rule": lambda e: RULES[e.data["rule"]],
    "session": lambda e: (e.registration.title if e.registration else "") or e.forum_title,
    "step": lambda e: e.steps.get(e.data["step"], "–"),
    "title": lambda e: e.forum_title,
    "until": lambda e: e.moment("offered_until"),
    "when": lambda e: e.moment("starts_at"),
}
"""Values that messages use under names of their own; any other name is a field of the event's data."""


News = Text | Callable[[ForumEvent], Text | None] | None


@dataclass(frozen=True, slots=True)
class ForumMessage(Message[ForumEvent]):
    """The messages of one kind of event of a forum."""

    news: News = None
    """The text for followers, in feeds and in daily digests (``Urgency.DIGEST``); None where it is not news."""

    def new(self, event: ForumEvent) -> Text | None:
        """The text of one event for followers."""
        text = self.news(event) if callable(self.news) else self.news
        return fill(text, event) if text else None


Say = Text | Callable[[ForumEvent], Text]


def words(event: ForumEvent) -> list[Detail]:
    """The public text below a line of the timeline."""
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
    """The record of an event with the same text at the desk and in public.

    ``with_words``: the public also reads the text that it refers to; ``internal``: the public does not see it.
    """
    desk = Line(tone, icon, text, words)
    public = None if internal else Line(tone, icon, text, words if with_words else lambda _event: ())
    return ForumMessage(event, desk, public, mails, news)


def mailed(event: type[Any], *mails: Mailing[ForumEvent]) -> ForumMessage:
    """The record of an event that no timeline shows."""
    return ForumMessage(event, mails=mails)


def planning(event: type[Any], text: Text, *mails: Mailing[ForumEvent], news: News = None) -> ForumMessage:
    """The record of an event that only officials see in a timeline."""
    return shown(event, "plain", "bell", text, *mails, internal=True, news=news)


def always(_event: ForumEvent) -> bool:
    """The condition that holds for every event."""
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
    """An email to participants; ``quoted`` returns the text that it quotes."""

    def notice(event: ForumEvent) -> Notice:
        then = fill(following, event) if following else None
        return Notice(subject, said(happened, event), then, quoted(event))

    return Mailing(readers, notice, urgency, when)


at_once = functools.partial(to_people, urgency=Urgency.IMMEDIATE)
"""An email to participants that is sent immediately, whatever their preferences."""


def to_owners(
    subject: Text, happened: Text, following: Text, quoted: Callable[[ForumEvent], str] = lambda _event: ""
) -> Mailing[ForumEvent]:
    """An email to officials: the owner of a commitment and the managers of the department."""
    return at_once(
        Reader.OWNER, Reader.MANAGERS, subject=subject, happened=happened, following=following, quoted=quoted
    )


def its_words(event: ForumEvent) -> str:
    """The public text that the event refers to."""
    return event.words
