"""Mails and text messages about cases: who receives them, and what surrounds the text of an event.

The due date, the person responsible and their contact details appear in the same place below every notice (Decree 31:
the handler's department, name and contact).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from petitions.actions import undelivered
from petitions.errors import NoSuchCase
from petitions.events import CaseReceived
from petitions.mail_links import MAILBOX_MINUTES, case_link, mailbox_link, text_path
from petitions.messages import MESSAGES
from petitions.messages.event import CaseMessage, Reader
from petitions.queries import cases, following
from petitions.queries.cases import CaseView, Credentials, Level
from petitions.queries.contact import contact, person_card
from petitions.queries.timeline import case_event, case_events
from petitions.receipts import certified
from server.core import clock, i18n, ledger, phones, roles
from server.core.config import Settings
from server.core.errors import _
from server.core.jobs import Task
from server.core.ledger import Entry
from server.core.messages import Urgency, said
from server.core.notify.correspondence import Addressee, Letter, Section, ShortNotice
from server.core.notify.mailbox import wishes_link

MAILBOX_JOB, GUESSED_JOB = "petitions.mailbox", "petitions.guessed"
HISTORY = timedelta(days=3)
"""Older events of an imported case are not notified: the other system did that."""
FIRST_EVENTS, FILING = 3, timedelta(seconds=1)
"""Receipt, proposed department and guide are written together; the mail about the receipt covers all three."""


class CaseLetters:
    """The petitions' implementation of ``Correspondent``."""

    name = "cases"
    subjects = frozenset({"case"})
    messages: Mapping[str, CaseMessage] = MESSAGES
    by_wish_only = True

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def addressees(self, entry: Entry) -> Sequence[tuple[int, Addressee]]:
        """See ``Correspondent``. Nobody is notified of the past of an imported case."""
        receipt = entry if entry.sequence == 1 else (await ledger.read(entry.subject, limit=1))[0]
        filing = entry.sequence <= FIRST_EVENTS and entry.occurred_at - receipt.occurred_at < FILING
        if receipt.data.get("imported") and (filing or clock.now() - entry.occurred_at > HISTORY):
            return []
        first = entry if entry is receipt else (await ledger.read(entry.subject, kind=entry.kind, limit=1))[0]
        view = await _case_of(entry)
        event = case_event(view, entry, self.settings.language, named={}, said={}, departments={})
        event = replace(event, filing=filing, first=first.id == entry.id)
        return [
            (number, addressee)
            for number, mailing in enumerate(MESSAGES[entry.kind].mails)
            if mailing.when(event)
            for addressee in await self._with_roles(mailing.to, entry, view)
        ]

    async def _with_roles(self, readers: Sequence[str], entry: Entry, view: CaseView) -> list[Addressee]:
        found: dict[str | int, Addressee] = {}
        for reader in map(Reader, readers):
            if reader not in {Reader.CITIZEN, Reader.BY_TEXT}:
                own = entry.actor.removeprefix("official:")
                officials = await _officials(reader, entry, view)
                found |= {number: Addressee(number) for number in officials if str(number) != own}
            elif (by_text := not view.petitioner_email and bool(view.petitioner_phone)) or (
                reader is Reader.CITIZEN and view.petitioner_email
            ):
                found[Reader.CITIZEN.value] = Addressee(
                    Reader.CITIZEN.value, view.petitioner_email, view.petitioner_language, by_text=by_text
                )
        return list(found.values())

    async def letter(self, entry: Entry, mailing: int, to: str | int) -> Letter | ShortNotice | None:
        """See ``Correspondent``."""
        view, mail = await _case_of(entry), MESSAGES[entry.kind].mails[mailing]
        if isinstance(to, int):
            official = await roles.colleague(to)
            if official is None:
                return None
            language, level = self.settings.spoken(official.language), Level.STAFF
            link, label = f"{self.settings.public_url}/desk/cases/{view.reference}", _("Open the case at the desk")
            address, name, wishes = official.email, official.name, ""
        else:
            language, level = self.settings.spoken(view.petitioner_language), Level.PARTY
            link, label = case_link(self.settings, view.reference), _("Open the case")
            address, name = view.petitioner_email, view.petitioner_name
            wishes = "" if mail.urgency is Urgency.REQUIRED else wishes_link(self.settings, view.reference)
        (event,) = await case_events(view, [entry], level, language)
        if level is Level.PARTY and not address and mail.text is not None:
            path = text_path(self.settings, view.reference)
            return ShortNotice(view.petitioner_phone, language, said(mail.text, event), path, mail.urgency)
        notice = mail.notice(event)
        context = {
            "subject": f"[{view.reference}] {i18n.translate(language, notice.subject)}",
            "greeting": _("Dear %(name)s,", name=name) if name else _("Hello,"),
            "notices": [notice],
            "receipt": certified(view, entry, language) if entry.kind == CaseReceived.kind else (),
            "view": view,
            "contact": contact(view, language),
            "guide": person_card(view, view.guide, language),
            "link": link,
            "link_label": i18n.translate(language, label),
            "wishes": wishes,
        }
        return Letter(address, language, "mail/notice", context)

    async def section(self, entries: Sequence[Entry], language: str) -> Section | None:
        """See ``Correspondent``."""
        listed: dict[str, dict[str, Any]] = {}
        wishes = ""
        for entry in entries:
            view = await _case_of(entry)
            (event,) = await case_events(view, [entry], Level.PARTY, language)
            wishes = wishes_link(self.settings, view.reference)
            case = listed.setdefault(
                view.reference,
                {
                    "reference": view.reference,
                    "title": view.title,
                    "contact": contact(view, language),
                    "link": case_link(self.settings, view.reference),
                    "lines": [],
                },
            )
            case["lines"].append(MESSAGES[entry.kind].mails[0].notice(event).happened)
        overview = f"{self.settings.public_url}/cases"
        return Section(list(listed.values()), _("Your cases: updates"), overview, _("Follow a case"), wishes)

    async def undelivered(self, entry: Entry, to: str | int | None) -> None:
        """See ``Correspondent``: officials are told that the petitioner could not be reached."""
        if not isinstance(to, int):
            view = await _case_of(entry)
            by_text = not view.petitioner_email
            no_texts = by_text and not phones.for_texts(view.petitioner_phone, self.settings.country)
            await undelivered.note(entry, by_text=by_text, no_texts=no_texts)

    async def address_of(self, name: str) -> str:
        """See ``Correspondent``; the name is a case number."""
        return await following.address_of(name)

    async def mailbox(self, task: Task) -> Letter | None:
        """The link to all cases of an email address, on request; a case number stands for the address."""
        number, language = task.payload["mailbox"], self.settings.spoken(task.payload["language"])
        email = await following.address_of(number) if number else ""
        if not email:
            return None
        context = {
            "subject": i18n.translate(language, _("The link to your cases")),
            "link": mailbox_link(self.settings, number),
            "link_label": i18n.translate(language, _("Open my cases")),
            "minutes": MAILBOX_MINUTES,
            "wishes": "",
        }
        return Letter(email, language, "mail/link", context)

    async def guessed(self, task: Task) -> Letter | None:
        """To a petitioner whose case others try to open with made-up keys; None where there is no such case."""
        number = task.payload["case"]
        try:
            view = await cases.view(number, Credentials(cases=frozenset({number})))
        except NoSuchCase:
            return None
        if not view.petitioner_email:
            return None
        language = self.settings.spoken(view.petitioner_language)
        context = {
            "subject": i18n.translate(language, _("[%(number)s] Somebody is trying keys for your case",
                                                  number=view.reference)),
            "number": view.reference,
            "link": case_link(self.settings, view.reference),
            "link_label": i18n.translate(language, _("Open the case")),
            "wishes": "",
        }  # fmt: skip
        return Letter(view.petitioner_email, language, "mail/key_guessed", context)


async def _case_of(entry: Entry) -> CaseView:
    """The case as its petitioner sees it."""
    number = entry.subject.removeprefix("case/")
    return await cases.view(number, Credentials(cases=frozenset({number})))


async def _officials(reader: Reader, entry: Entry, view: CaseView) -> list[int]:
    found = [view.handler.id] if view.handler and reader in {Reader.HANDLER, Reader.IN_CHARGE} else []
    match reader:
        case Reader.MANAGERS | Reader.IN_CHARGE if not found:
            found = await roles.managers(view.department_id)
        case Reader.INSPECTORS:
            found = await roles.inspectors()
        case Reader.NAMED:
            found = [entry.data["handler"]]
        case Reader.CONSULTED:
            department = entry.data["department"]
            found = [*await roles.managers(department), *await roles.handlers(department)]
    return found
