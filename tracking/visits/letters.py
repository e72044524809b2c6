"""Mails and text messages about visits: who gets them, and what stands around the words of an event.

Each names the visit and links to it; the link opens it, so that no message holds its key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from server.core import clock, exports, i18n, ledger
from server.core.config import Settings
from server.core.errors import Text, _
from server.core.jobs import Task
from server.core.ledger import Entry
from server.core.mail import Attachment
from server.core.messages import Mailing, Notice, Urgency, said
from server.core.notify.correspondence import Addressee, Letter, Section, ShortNotice, mail_key
from tracking.visits import calendar, daylist, links, rules, words
from tracking.visits.errors import NoSuchVisit
from tracking.visits.events import (
    AppealDecided,
    MoveOffered,
    RestrictionBegun,
    TimeOffered,
    VisitBooked,
    VisitRescheduled,
)
from tracking.visits.messages import MESSAGES
from tracking.visits.messages.event import About, Reader, VisitEvent, VisitMessage
from tracking.visits.messages.reminders import MAILINGS, Sent
from tracking.visits.queries import no_shows, offices, papers, serving, visits
from tracking.visits.queries.no_shows import RestrictionRow
from tracking.visits.queries.papers import Papers
from tracking.visits.queries.visits import VisitView
from tracking.visits.states import VisitState

SETTLED = frozenset({VisitBooked.kind, VisitRescheduled.kind})
"""Events whose message says when to come: once the visit has changed again, the next message says it."""

OFFERS = frozenset({TimeOffered.kind, MoveOffered.kind})
"""Events whose message asks for an answer."""


class VisitLetters:
    """The visits' part of the mail engine."""

    name = "visits"
    subjects = frozenset({"visit"})
    messages: Mapping[str, VisitMessage] = MESSAGES
    by_wish_only = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        """See ``Correspondent``."""
        view = await _visit(entry)
        if view is None or not (view.email or view.phone):
            return []
        event = VisitEvent(entry, about=_about(view, self.settings.language, await papers.summary(view.id)))
        to = Addressee(Reader.VISITOR.value, view.email, view.language, by_text=not view.email)
        return [(number, to) for number, mail in enumerate(MESSAGES[entry.kind].mails) if mail.when(event)]

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | ShortNotice | None:  # noqa: ARG002 - one reader
        """See ``Correspondent``."""
        view = await _visit(entry)
        if view is None or not _holds(view, entry):
            return None
        return await self._message(view, entry, MESSAGES[entry.kind].mails[mailing])

    async def without_event(self, task: Task) -> Letter | ShortNotice | None:
        """A reminder, or a confirmation that was asked for again; None once the visit is another one or over."""
        try:
            view = await visits.by_number(task.payload["visit"])
        except NoSuchVisit:
            return None
        sent, now = Sent(task.payload["sent"]), clock.now()
        if view.state is not VisitState.BOOKED or task.payload.get("revision", view.revision) != view.revision:
            return None
        latest = rules.reminders(view.starts_at)[1] if sent is Sent.DAY_BEFORE else view.starts_at
        if sent is not Sent.AGAIN and now >= latest:
            return None
        letter = await self._message(view, None, MAILINGS[sent])
        if isinstance(letter, ShortNotice):
            return letter
        (first,) = await ledger.read(f"visit/{view.number}", limit=1)
        return replace(letter, thread=mail_key(first, Reader.VISITOR.value))

    async def all_visits(self, task: Task) -> Letter | ShortNotice | None:
        """The link to all visits of a contact, on request; a visit stands for the contact. None if there is none."""
        number, language = task.payload["visit"], self.settings.spoken(task.payload["language"])
        try:
            view = await visits.by_number(number)
        except NoSuchVisit:
            return None
        path = links.mine_path(self.settings, number)
        if not view.email:
            sentence = _("All your reservations (the link works for %(minutes)s minutes):", minutes=links.MINE_MINUTES)
            return ShortNotice(view.phone, language, sentence, path, Urgency.IMMEDIATE)
        context = {
            "subject": i18n.translate(language, _("The link to your reservations")),
            "link": self.settings.public_url + path,
            "link_label": i18n.translate(language, _("Open my reservations")),
            "minutes": links.MINE_MINUTES,
            "wishes": "",
        }
        return Letter(view.email, language, "mail/visits_link", context)

    async def day_list(self, task: Task) -> Letter:
        """The list of an office's day, for the office, with the same as a CSV file."""
        place = await offices.office_by_id(task.payload["office"])
        day, language = date.fromisoformat(task.payload["date"]), self.settings.language
        name = i18n.name_in(place, language)
        subject = _("%(office)s: visits on %(day)s", office=name, day=i18n.date_text(day, language))
        table = Attachment(
            f"visits-{place.code}-{day}.csv",
            (exports.MARK + await daylist.as_csv(place, day)).encode(),
            "text/csv",
            {"charset": "utf-8"},
        )
        context = {
            "subject": i18n.translate(language, subject),
            "listed": await daylist.as_text(self.settings, place, day),
            "link": f"{self.settings.public_url}/desk/visits?office={place.code}&date={day}",
            "link_label": i18n.translate(language, _("Open the day at the desk")),
            "wishes": "",
        }
        return Letter(place.email, language, "mail/daylist", context, (table,))

    async def _message(self, view: VisitView, entry: Entry | None, mail: Mailing[VisitEvent]) -> Letter | ShortNotice:
        language, checklist = self.settings.spoken(view.language), await papers.summary(view.id)
        decided = entry is not None and entry.kind == AppealDecided.kind
        restriction = await no_shows.restriction(entry.data["restriction"]) if entry and decided else None
        about = _about(view, language, checklist, restriction.decision if restriction else "")
        event, link = VisitEvent(entry, language, about=about), self._link(view, entry, restriction)
        if view.email or mail.text is None:
            return await self._mail(view, mail.notice(event), language, checklist, link)
        path, _label = link
        sentence = said(mail.text, event.short())
        told_when = entry is None or entry.kind in SETTLED
        if told_when and view.starts_at > clock.now() and await serving.changes(view, language):
            sentence = on_the_way(sentence)
        return ShortNotice(view.phone, language, sentence, path, mail.urgency)

    async def _mail(
        self, view: VisitView, notice: Notice, language: str, checklist: Papers, link: tuple[str, Text]
    ) -> Letter:
        """A mail with all that they need on the day, and the calendar entry."""
        coming = view.state is VisitState.BOOKED and view.starts_at > clock.now()
        url = self.settings.public_url
        context: dict[str, Any] = {
            "subject": f"[{view.number}] {i18n.translate(language, notice.subject)}",
            "greeting": _("Dear %(name)s,", name=view.name) if view.name else _("Hello,"),
            "notice": notice,
            "view": view,
            "office": i18n.name_in(view.office, language),
            "when": words.when(view, language),
            "services": words.services(view, language),
            "changes": await serving.changes(view, language) if coming else [],
            "documents": words.documents(view, language),
            "handed_in": checklist.sentences(language),
            "coming": coming,
            "link": url + link[0],
            "link_label": i18n.translate(language, link[1]),
            "change": url + links.visit_path(self.settings, view.number, view.starts_at, "change"),
            "cancel": url + links.visit_path(self.settings, view.number, view.starts_at, "cancel"),
            "wishes": "",
        }
        kept = view.state in {VisitState.BOOKED, VisitState.CANCELLED}
        return Letter(view.email, language, "mail/visit", context, (self._calendar(view, language),) if kept else ())

    def _link(self, view: VisitView, entry: Entry | None, decided: RestrictionRow | None) -> tuple[str, Text]:
        """The page that the message about an event leads to, and its name. ``decided``: on its appeal."""
        if decided:
            return links.restriction_path(self.settings, decided.id, decided.ends_at), _("Read the decision")
        kind = entry.kind if entry else ""
        if entry and kind == RestrictionBegun.kind:
            until = datetime.combine(date.fromisoformat(entry.data["until"]), time(), self.settings.zone)
            path = links.restriction_path(self.settings, entry.data["restriction"], until)
            return path, _("Say why this is wrong")
        page = "offer" if kind in OFFERS else ""
        path = links.visit_path(self.settings, view.number, view.starts_at, page)
        return path, _("Answer the offer") if page else _("Open my reservation")

    def _calendar(self, view: VisitView, language: str) -> Attachment:
        content, method = calendar.calendar(view, self.settings, language)
        name = calendar.FILE_NAME.format(view.number)
        return Attachment(name, content, "text/calendar", {"charset": "utf-8", "method": method.value})

    async def section(self, entries: Sequence[Entry], language: str) -> Section | None:
        """See ``Correspondent``: nothing about a visit waits for the digest."""

    async def undelivered(self, entry: Entry, to: str | int | None) -> None:
        """See ``Correspondent``: there is no other way to reach a visitor than the one contact."""

    async def address_of(self, name: str) -> str:  # noqa: ARG002 - the interface
        """See ``Correspondent``: nobody can wish for fewer of these mails."""
        return ""


def on_the_way(sentence: Text) -> Text:
    """A text message about a visit whose services change counters on the way; a mail says when."""
    return _("You may be asked to go on to another counter on the way. %(sentence)s", sentence=sentence)


def _about(view: VisitView, language: str, checklist: Papers, decision: str = "") -> About:
    """What messages name of a visit."""
    office = view.office
    return About(
        view.number, view.starts_at, i18n.name_in(office, language), office.phone, words.named(view, language),
        office.no_shows, office.no_show_days, office.restricted_days,
        {one.code: one.document.in_language(language) for one in checklist.papers},
        {one.code: one.note for one in checklist.papers}, checklist.complete, decision,
    )  # fmt: skip


async def _visit(entry: Entry) -> VisitView | None:
    try:
        return await visits.by_number(entry.subject.removeprefix("visit/"))
    except NoSuchVisit:
        return None


def _holds(view: VisitView, entry: Entry) -> bool:
    """Whether an event's message is still true."""
    if entry.kind in SETTLED:
        return view.state is VisitState.BOOKED and view.revision == entry.data.get("revision", 0)
    return entry.kind != TimeOffered.kind or view.state is VisitState.OFFERED
