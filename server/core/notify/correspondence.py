"""What a domain provides to the mail engine: the recipients of an event, and what mails, texts and digests say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from server.core import i18n
from server.core.errors import Text, _
from server.core.ledger import Entry
from server.core.mail import Attachment
from server.core.messages import Message, Urgency


@dataclass(frozen=True, slots=True)
class Addressee:
    """A recipient of a notice."""

    to: str | int
    """The recipient's name in jobs, never an address: an official's id, or the domain's own name for others."""
    email: str = ""
    """The address whose preferences apply; empty for officials, who always get notices."""
    language: str = ""
    """The language of the digest."""
    later: bool = False
    """Whether this goes into the digest because they have already received many mails."""
    by_text: bool = False
    """Whether they get the text message instead, because their only contact is a phone number."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before rendering."""

    to: str
    language: str
    template: str
    context: Mapping[str, Any]
    """Template context: the ``subject``, ``wishes`` (the link to the mail preferences, or empty) …"""
    attachments: tuple[Attachment, ...] = ()
    thread: str = ""
    """The key of the first mail about the same thing to the same reader; mails with the same one stay together."""


def mail_key(entry: Entry, to: str | int) -> str:
    """The key of the mail about an event to a reader, as named in jobs; the first event's is that of the ``thread``."""
    return f"mail:{entry.id}:{to}"


def in_one(news: Sequence[tuple[Letter, Urgency]]) -> Letter:
    """The mail with the ``notices`` of several to one reader, in order.

    It is called after the newest that the law wants told, or else after the first, from which the others may follow.

    A next step stays where the law wants it told, and in the last notice; elsewhere it has happened meanwhile.
    """
    last = news[-1][0]
    if len(news) == 1:
        return last
    leading = next((letter for letter, urgency in reversed(news) if urgency is Urgency.REQUIRED), news[0][0])
    subject = _("%(subject)s, and %(count)s more", subject=leading.context["subject"], count=len(news) - 1)
    notices = [
        replace(notice, following=None) if urgency is Urgency.WISHED and letter is not last else notice
        for letter, urgency in news
        for notice in letter.context["notices"]
    ]
    context = {
        **last.context,
        "subject": i18n.translate(last.language, subject),
        "notices": notices,
        "wishes": next((link for letter, _urgency in news if (link := letter.context["wishes"])), ""),
    }
    return replace(last, context=context)


@dataclass(frozen=True, slots=True)
class ShortNotice:
    """A text message before it is worded in its language."""

    to: str = field(repr=False)
    """The phone number, as people write it."""
    language: str
    sentence: Text
    """The record's ``text``, with its values filled in (``messages.said``). It has at most two or three lines."""
    path: str
    """The page that it links to, on this site: short, as each character counts; empty for none."""
    urgency: Urgency
    """The record's; only what is immediate is sent at night."""


@dataclass(frozen=True, slots=True)
class Section:
    """A domain's part of a digest."""

    items: Sequence[Mapping[str, Any]]
    """Rendered by ``mail/digest`` under the domain's name."""
    subject: Text
    link: str
    link_label: Text
    wishes: str
    """The link to the preferences for these mails; empty if it is the page of the follows."""


class Correspondent(Protocol):
    """The domain's interface to the mail engine."""

    @property
    def name(self) -> str:
        """The domain's name, as its section is called in the digest's template."""

    @property
    def subjects(self) -> Collection[str]:
        """The prefixes of its ledger subjects."""

    @property
    def messages(self) -> Mapping[str, Message[Any]]:
        """Its message records."""

    @property
    def by_wish_only(self) -> bool:
        """Whether its digest items are dropped for addresses that want required notices only."""

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        """The recipients of an event, each with the index of the mail in the record's ``mails``."""

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | ShortNotice | None:
        """A mail, or a text message for those who get one (``by_text``).

        None if the recipient no longer exists or there is nothing to report any more.
        """

    async def section(self, entries: Sequence[Entry], language: str) -> Section | None:
        """The section for digest items, in the order of their events."""

    async def undelivered(self, entry: Entry, to: str | int | None) -> None:
        """Called when a server has refused the address of a mail or text message, or of a digest (None)."""

    async def address_of(self, name: str) -> str:
        """The address of the person named in a preferences link; empty if there is none, or another domain's."""


def of_subject(correspondents: Sequence[Correspondent], subject: str) -> Correspondent:
    """The domain that a ledger subject belongs to. Raises ``LookupError``."""
    sort = subject.partition("/")[0]
    for each in correspondents:
        if sort in each.subjects:
            return each
    raise LookupError(subject)


async def address_of(correspondents: Sequence[Correspondent], name: str) -> str:
    """The address of the person named in a preferences link; empty if there is none any more."""
    for each in correspondents:
        if email := await each.address_of(name):
            return email
    return ""
