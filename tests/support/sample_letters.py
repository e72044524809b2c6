"""A domain that tells visitors by mail or by text message what happens, and officials nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.core import database, i18n, ledger, messages
from server.core.config import Settings
from server.core.errors import _
from server.core.ledger import Audience, DomainEvent, Entry
from server.core.messages import Mailing, Message, Notice, Urgency
from server.core.notify.correspondence import Addressee, Letter, Section, ShortNotice


class Booked(DomainEvent, kind="sample.booked", audience=Audience.PARTY):
    who: str
    place: str


class Moved(DomainEvent, kind="sample.moved", audience=Audience.PARTY):
    who: str
    place: str


class Noted(DomainEvent, kind="sample.noted", audience=Audience.PARTY):
    who: str
    place: str


class Rated(DomainEvent, kind="sample.rated", audience=Audience.PARTY):
    who: str
    place: str


@dataclass(frozen=True)
class SampleEvent:
    """An event of the sample domain."""

    entry: Entry

    def value(self, name: str) -> object:
        return self.entry.data[name]


def _notice(_event: SampleEvent) -> Notice:
    return Notice(_("We received your petition"), _("We received your petition."))


def _record(event: type[DomainEvent], urgency: Urgency, *, by_text: bool = True) -> Message[SampleEvent]:
    text = _("%(department)s has accepted your petition.") if by_text else None
    said = text and (lambda event: messages.fill(_(text.msgid, department=event.value("place")), event))
    return Message(event, mails=(Mailing(("visitor",), _notice, urgency, text=said),))


MESSAGES = messages.by_kind(
    _record(Booked, Urgency.IMMEDIATE),
    _record(Moved, Urgency.REQUIRED),
    _record(Noted, Urgency.WISHED),
    _record(Rated, Urgency.WISHED, by_text=False),
)


@dataclass(frozen=True)
class Visitor:
    """Somebody with at least one contact."""

    email: str = ""
    phone: str = ""
    language: str = "ko"


class SampleLetters:
    """The sample domain's part of the mail engine."""

    name = "sample"
    subjects = frozenset({"sample"})
    messages = MESSAGES
    by_wish_only = True

    def __init__(self, settings: Settings, visitors: dict[str, Visitor]) -> None:
        self.settings = settings
        self.visitors = visitors
        self.unreached: list[str | int | None] = []

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        who = entry.data["who"]
        visitor = self.visitors[who]
        return [(0, Addressee(who, visitor.email, visitor.language, by_text=not visitor.email))]

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | ShortNotice | None:
        visitor = self.visitors.get(str(to))
        if visitor is None:
            return None
        mail = MESSAGES[entry.kind].mails[mailing]
        if not visitor.email:
            assert mail.text is not None
            sentence = messages.said(mail.text, SampleEvent(entry))
            return ShortNotice(visitor.phone, visitor.language, sentence, "/v/K7Q", mail.urgency)
        subject = i18n.translate(visitor.language, mail.notice(SampleEvent(entry)).subject)
        context = {"subject": subject, "link": "http://c.kr", "link_label": "c", "minutes": 30, "wishes": ""}
        return Letter(visitor.email, visitor.language, "mail/link", context)

    async def section(self, entries: Sequence[Entry], language: str) -> Section | None:
        raise NotImplementedError

    async def undelivered(self, entry: Entry, to: str | int | None) -> None:
        self.unreached.append(to)

    async def address_of(self, name: str) -> str:
        raise NotImplementedError


async def happened(number: int, *events: DomainEvent) -> list[int]:
    """Record events of one subject of the sample domain."""
    async with database.transaction():
        chain = await ledger.begin(f"sample/{number}")
        return await chain.append("system", *events)
