"""Emails to participants of forums and to owners of commitments: the recipients, and the text around the message.

One job for each recipient; it names the event and the recipient by id and holds no email address. Emails to followers
are in ``forums.following``.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from forums.events import TextHidden
from forums.messages import MESSAGES
from forums.messages.event import ForumEvent, ForumMessage, Reader
from forums.queries import following
from forums.queries.following import About, RegisteredSession
from server.core import city, i18n, roles
from server.core.config import Settings
from server.core.errors import Text, _
from server.core.ledger import Entry
from server.core.messages import Notice, Urgency
from server.core.notify.correspondence import Addressee, Letter, Section
from server.core.notify.mailbox import wishes_link
from server.core.participants import links, people
from server.core.participants.people import Person

PERSON, REGISTRATION = "person", "registration"
"""Prefixes of recipients in a job: ``person:7``, ``registration:12``; officials are named by their id alone."""
OFFICIALS = frozenset({Reader.OWNER, Reader.MANAGERS})
WISHES = "participant:"
"""Prefix of a participant in a link to the mail preferences."""
MOST_HIDDEN, HIDDEN_SPAN = 3, timedelta(hours=1)
"""Immediate emails to one author about hidden texts within this time; the daily digest lists any others."""
LINES = 10
"""Events of one forum in a digest; any others are only counted."""


class ForumLetters:
    """The forums' part of the mail engine."""

    name = "forums"
    subjects = frozenset({"forum", "talk", "submission", "commitment"})
    messages: Mapping[str, ForumMessage] = MESSAGES
    by_wish_only = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        """See ``Correspondent``."""
        about = (await following.about([entry.subject])).get(entry.subject)
        if about is None:
            return []
        event = ForumEvent(entry)
        return [
            (number, addressee)
            for number, mailing in enumerate(MESSAGES[entry.kind].mails)
            if mailing.when(event)
            for addressee in await _with_roles(mailing.to, entry, about)
        ]

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | None:
        """See ``Correspondent``."""
        about = (await following.about([entry.subject])).get(entry.subject)
        if about is None or (entry.data.get("comment") and await following.commenter(entry.data["comment"]) is None):
            return None
        said = await following.words(entry.data.get("text"), official=entry.actor.startswith("official:"))
        mail = MESSAGES[entry.kind].mails[mailing]
        if isinstance(to, int):
            official = await roles.colleague(to)
            if official is None:
                return None
            language = self.settings.spoken(official.language)
            notice = mail.notice(await _event(entry, about, language, said))
            link = f"{self.settings.public_url}/desk/{_desk_page(entry)}/{quote(about.number)}"
            return _letter(official.email, official.name, language, about, notice, link, "")
        place, who = await _recipient(to)
        if who is None:
            return None
        language = self.settings.spoken(who.language)
        notice = mail.notice(await _event(entry, about, language, said, place))
        link = links.person_link(self.settings, who.id, _path(entry, about, place))
        wishes = "" if mail.urgency is Urgency.IMMEDIATE else wishes_link(self.settings, f"{WISHES}{who.id}")
        return _letter(who.email, place.name if place else who.name, language, about, notice, link, wishes)

    async def section(self, entries: Sequence[Entry], language: str) -> Section | None:
        """See ``Correspondent``: by forum, in the order of the first event."""
        things = await following.about(entry.subject for entry in entries)
        listed: dict[str, dict[str, Any]] = {}
        base = self.settings.public_url
        for entry in entries:
            thing = things.get(entry.subject)
            hidden = entry.kind == TextHidden.kind  # its author gets an email
            if thing is None or not (thing.shown or hidden):
                continue
            forum = listed.setdefault(
                thing.forum,
                {"title": thing.forum_title, "link": f"{base}/forums/{thing.forum}", "lines": [], "more": 0},
            )
            if len(forum["lines"]) == LINES:
                forum["more"] += 1
                continue
            line = {"title": thing.title if thing.number else "", "link": base + thing.path}
            forum["lines"].append({**line, "text": await _happened(entry, thing, language)})
        if not listed:
            return None
        subject = _("Forums: news since yesterday")
        return Section(list(listed.values()), subject, f"{base}/forums", _("See all forums"), "")

    async def undelivered(self, entry: Entry, to: str | int | None) -> None:
        """See ``Correspondent``: there is no other way to reach a participant."""

    async def address_of(self, name: str) -> str:
        """See ``Correspondent``."""
        if not name.startswith(WISHES):
            return ""
        person = await people.person(int(name.removeprefix(WISHES)))
        return person.email if person else ""


async def _with_roles(readers: Sequence[str], entry: Entry, about: About) -> list[Addressee]:
    found: dict[str | int, Addressee] = {}
    for reader in map(Reader, readers):
        if reader in OFFICIALS:
            owner = [about.owner_id] if about.owner_id else []
            officials = owner if reader is Reader.OWNER else await roles.managers(about.department_id)
            found |= {number: Addressee(number) for number in officials}
        else:
            for to in await _people(reader, entry, about):
                addressee = await _addressee(to, entry)
                if addressee is not None:
                    found[to] = addressee
    return list(found.values())


async def _people(reader: Reader, entry: Entry, about: About) -> list[str]:
    """The participants to write to, as named in jobs."""
    match reader:
        case Reader.AUTHOR | Reader.SENDER:
            comment = entry.data.get("comment")
            who = await following.commenter(comment) if comment else about.author
            own = who is not None and entry.actor == f"participant:{who.id}"
            return [] if who is None or (own and reader is Reader.AUTHOR) else [f"{PERSON}:{who.id}"]
        case Reader.SUPPORTERS:
            return [f"{PERSON}:{number}" for number in await following.supporters(about.subject)]
        case Reader.REGISTRATION:
            numbers = [entry.data["registration"]]
        case Reader.REGISTRATIONS:
            numbers = entry.data["registrations"]
        case _:
            numbers = await following.registered(about.forum, entry.data.get("session"))
    return [f"{REGISTRATION}:{number}" for number in numbers]


async def _addressee(to: str, entry: Entry) -> Addressee | None:
    _place, who = await _recipient(to)
    if who is None:
        return None
    later = False
    if entry.kind == TextHidden.kind:
        later = await following.hidden_before(who.id, entry.id, entry.occurred_at - HIDDEN_SPAN, MOST_HIDDEN)
    return Addressee(to, who.email, who.language, later)


async def _recipient(to: str) -> tuple[RegisteredSession | None, Person | None]:
    sort, _colon, number = to.partition(":")
    if sort == REGISTRATION:
        place = await following.place(int(number))
        return place, place.person if place else None
    return None, await people.person(int(number))


async def _event(
    entry: Entry, about: About, language: str, said: str = "", place: RegisteredSession | None = None
) -> ForumEvent:
    departments = (await city.city()).department_names(language)
    return ForumEvent(
        entry,
        language,
        words=said,
        departments=departments,
        forum_title=about.forum_title,
        outcome_text=about.outcome_text,
        registration=place,
    )


async def _happened(entry: Entry, about: About, language: str) -> Text:
    """The line of an event in a digest: its news, or what its email says has happened."""
    record, event = MESSAGES[entry.kind], await _event(entry, about, language)
    return record.new(event) or record.mails[0].notice(event).happened


def _letter(to: str, name: str, language: str, about: About, notice: Notice, link: str, wishes: str) -> Letter:
    context = {
        "subject": f"[{about.number or about.forum}] {i18n.translate(language, notice.subject)}",
        "greeting": _("Dear %(name)s,", name=name) if name else _("Hello,"),
        "notice": notice,
        "number": about.number,
        "title": about.title,
        "link": link,
        "link_label": i18n.translate(language, _("View")),
        "wishes": wishes,
    }
    return Letter(to, language, "mail/forum", context)


def _desk_page(entry: Entry) -> str:
    return "submissions" if entry.subject.startswith("submission/") else "commitments"


def _path(entry: Entry, about: About, place: RegisteredSession | None) -> str:
    """The address that an email links to."""
    if place is not None:
        return f"/forums/registrations/{place.code}"
    if entry.kind == TextHidden.kind:
        subject = f"comment/{entry.data['comment']}" if entry.data.get("comment") else entry.subject
        return f"/forums/appeal/{subject}"
    return about.path
