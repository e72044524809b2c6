"""What a domain tells the mail engine: who is told of an event, and what stands in a mail and in a digest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.core.errors import Text
from server.core.ledger import Entry
from server.core.messages import Message


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who is told of an event."""

    to: str | int
    """How a job names them, never by an address: an official by their number, others as the domain calls them."""
    email: str = ""
    """Where their wishes about mail hold; empty for officials, who are always told."""
    language: str = ""
    """For the digest."""
    later: bool = False
    """Whether this waits for the digest, because they were told of so much else."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail before it is drawn."""

    to: str
    language: str
    template: str
    context: Mapping[str, Any]
    """What the template is given: the ``subject``, ``wishes`` (where wishes about mail are changed, or empty) …"""


@dataclass(frozen=True, slots=True)
class Section:
    """A domain's part of a digest."""

    items: Sequence[Mapping[str, Any]]
    """As ``mail/digest`` draws them under the domain's name."""
    subject: Text
    link: str
    link_label: Text
    wishes: str
    """Where wishes about these mails are changed; empty where that is where follows are ended."""


class Correspondent(Protocol):
    """What a domain knows of its readers."""

    @property
    def name(self) -> str:
        """The domain's, as the digest's template calls its part."""

    @property
    def subjects(self) -> Collection[str]:
        """The first parts of its ledger subjects."""

    @property
    def messages(self) -> Mapping[str, Message[Any]]:
        """Its records."""

    @property
    def by_wish_only(self) -> bool:
        """Whether what waits for a digest is left out where its address wants only what the law requires."""

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        """Who is told of an event, each with the place of the mail among its record's ``mails``."""

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | None:
        """One mail; None where there is nobody to write to any more, or nothing to say."""

    async def section(self, entries: Sequence[Entry], language: str) -> Section | None:
        """What waited for a digest, in the order of its events."""

    async def undelivered(self, entry: Entry, to: str | int | None) -> None:
        """A server refused the address of a mail, or of a digest (None)."""

    async def address_of(self, name: str) -> str:
        """The address of whom a link about wishes names; empty where nobody has it any more, or it is not ours."""


def of_subject(correspondents: Sequence[Correspondent], subject: str) -> Correspondent:
    """The domain that a ledger subject belongs to. Raises ``LookupError``."""
    sort = subject.partition("/")[0]
    for each in correspondents:
        if sort in each.subjects:
            return each
    raise LookupError(subject)


async def address_of(correspondents: Sequence[Correspondent], name: str) -> str:
    """The address of whom a link about wishes names; empty where nobody has it any more."""
    for each in correspondents:
        if email := await each.address_of(name):
            return email
    return ""
