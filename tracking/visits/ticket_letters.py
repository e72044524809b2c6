"""Mails and text messages about tickets. What they look like is the visits' part, see ``letters``."""

from collections.abc import Sequence
from dataclasses import replace

from server.core import i18n
from server.core.errors import _
from server.core.jobs import Task
from server.core.ledger import Entry
from server.core.messages import Mailing, said
from server.core.notify.correspondence import Addressee, Letter, ShortNotice
from tracking.visits.errors import NoSuchTicket
from tracking.visits.letters import VisitLetters
from tracking.visits.messages import MESSAGES
from tracking.visits.messages.event import About, Reader, VisitEvent
from tracking.visits.messages.reminders import TICKET_LINK
from tracking.visits.queries import offices, queue, ticket_contacts, waiting_times
from tracking.visits.queries.queue import TicketRow
from tracking.visits.wait_words import TO_VISITOR, Waits


class TicketLetters(VisitLetters):
    """The tickets' part of the mail engine."""

    name = "tickets"
    subjects = frozenset({"queue"})

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        """See ``Correspondent``."""
        found = await ticket_contacts.of_ticket(entry.data["ticket"])
        if found is None or not found.contact:
            return []
        mail = "@" in found.contact
        to = Addressee(Reader.VISITOR.value, found.contact if mail else "", found.language, by_text=not mail)
        return [(number, to) for number, one in enumerate(MESSAGES[entry.kind].mails) if one.when(VisitEvent(entry))]

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | ShortNotice | None:  # noqa: ARG002 - one reader
        """See ``Correspondent``. Whoever was called in the meantime hears that; None once they wait no more."""
        found = await ticket_contacts.of_ticket(entry.data["ticket"])
        if found is None or not found.contact:
            return None
        ticket = await queue.ticket(found.id)
        if ticket.state not in ticket_contacts.TOLD:
            return None
        mails = MESSAGES[entry.kind].mails
        now = VisitEvent(replace(entry, data={**entry.data, "called": ticket.counter is not None}))
        mail = next(one for one in mails if one.when(now))
        return await self._about(ticket, found.contact, found.language, entry, mail)

    async def link(self, task: Task) -> Letter | ShortNotice | None:
        """The link to a ticket that was lost, on request; None if it is over in the meantime."""
        found = await ticket_contacts.of_ticket(task.payload["ticket"])
        to = (found.of_visit if task.payload["visit"] else found.contact) if found else ""
        try:
            ticket = await queue.ticket(task.payload["ticket"])
        except NoSuchTicket:
            return None
        if not to or ticket.state not in ticket_contacts.FOUND:
            return None
        return await self._about(ticket, to, task.payload["language"], None, TICKET_LINK)

    async def _about(
        self, ticket: TicketRow, to: str, language: str, entry: Entry | None, mail: Mailing[VisitEvent]
    ) -> Letter | ShortNotice:
        language = self.settings.spoken(language)
        office = await offices.office_by_id(ticket.office_id)
        there = await queue.counter_place(ticket.counter)
        wait = await waiting_times.of_ticket(await offices.place_of(office), ticket)
        about = About(
            office=i18n.name_in(office, language), phone=office.phone, ticket_number=ticket.number,
            wait=Waits(language, TO_VISITOR).of(wait),
            counter=there.number if there else "", floor=there.floor if there else 0,
        )  # fmt: skip
        event, path = VisitEvent(entry, language, about=about), f"/tickets/{ticket.code}"
        if "@" not in to and mail.text is not None:
            return ShortNotice(to, language, said(mail.text, event.short()), path, mail.urgency)
        notice = mail.notice(event)
        context = {
            "subject": f"[{ticket.number}] {i18n.translate(language, notice.subject)}",
            "notice": notice,
            "number": ticket.number,
            "office": ", ".join(filter(None, (about.office, i18n.text_in(office, "address", language), office.phone))),
            "link": self.settings.public_url + path,
            "link_label": i18n.translate(language, _("Open my ticket")),
            "wishes": "",
        }
        return Letter(to, language, "mail/ticket", context)
