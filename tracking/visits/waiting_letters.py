"""Mails and text messages about an entry of a waiting list. Offered times are visits, see ``letters``."""

from collections.abc import Sequence

from server.core import i18n
from server.core.errors import _
from server.core.ledger import Entry
from server.core.messages import said
from server.core.notify.correspondence import Addressee, Letter, ShortNotice
from tracking.visits import links
from tracking.visits.errors import NotWaiting
from tracking.visits.letters import VisitLetters
from tracking.visits.messages import MESSAGES
from tracking.visits.messages.event import About, Reader, VisitEvent
from tracking.visits.queries import waiting
from tracking.visits.queries.waiting import WaitingView


class WaitingLetters(VisitLetters):
    """The waiting lists' part of the mail engine."""

    name = "waiting"
    subjects = frozenset({"waiting"})

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        """See ``Correspondent``."""
        found = await _entry(entry)
        if found is None:
            return []
        to = Addressee(Reader.VISITOR.value, found.email, found.language, by_text=not found.email)
        mails = enumerate(MESSAGES[entry.kind].mails)
        return [(number, to) for number, mail in mails if mail.when(VisitEvent(entry))]

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | ShortNotice | None:  # noqa: ARG002 - one reader
        """See ``Correspondent``."""
        found = await _entry(entry)
        if found is None:
            return None
        mail, language = MESSAGES[entry.kind].mails[mailing], self.settings.spoken(found.language)
        place, wanted = await waiting.what(found)
        services = [i18n.name_in(one, language) for one in wanted]
        office = i18n.name_in(place, language)
        event = VisitEvent(entry, language, about=About(found.number, found.date, office, place.phone, services))
        path = links.waiting_path(self.settings, found.number, found.date)
        if not found.email and mail.text is not None:
            return ShortNotice(found.phone, language, said(mail.text, event.short()), path, mail.urgency)
        notice = mail.notice(event)
        context = {
            "subject": f"[{found.number}] {i18n.translate(language, notice.subject)}",
            "greeting": _("Dear %(name)s,", name=found.name),
            "notice": notice,
            "number": found.number,
            "services": ", ".join(services),
            "office": ", ".join(filter(None, (office, i18n.text_in(place, "address", language), place.phone))),
            "link": self.settings.public_url + path,
            "link_label": i18n.translate(language, _("See or leave the waiting list")),
            "wishes": "",
        }
        return Letter(found.email, language, "mail/waiting", context)


async def _entry(entry: Entry) -> WaitingView | None:
    try:
        return await waiting.entry(entry.subject.removeprefix("waiting/"))
    except NotWaiting:
        return None
