"""Who is told what by mail: a fact in the ledger becomes one job a recipient, and that one mail in their language.

Nothing is sent inside a request. A job names the fact and the recipient, never an address; its key is the same however
often the fact is looked at, and gives the mail its Message-ID, so that nobody is told twice.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from prometheus_client import Counter

from petitions.events import (
    CaseAssigned,
    CaseReopened,
    DueSoon,
    GuideAppointed,
    InterimNoticeDue,
    MailUndelivered,
    MessageSent,
    ObjectionDueSoon,
    ObjectionFiled,
    ObjectionOverdue,
    Overdue,
    SupplementProlonged,
)
from petitions.queries import cases, following
from petitions.queries.cases import CaseView, Credentials, Level
from petitions.rights import subject
from server.core import clock, database, i18n, jobs, ledger
from server.core.config import Settings
from server.core.errors import Text, _
from server.core.jobs import Task
from server.core.ledger import Entry
from server.core.mail import Mail, MailDeferred, MailRefused, Transport, message_id
from tracking import mailbox, pages, timeline, undelivered
from tracking.desk_notices import OFFICIAL
from tracking.mailbox import Mode
from tracking.notices import CITIZEN, Notice, Told
from tracking.part_notices import PARTS, recipients
from tracking.queries import colleague, inspectors, managers

log = logging.getLogger("sinmungo.notifications")
refused = Counter("sinmungo_mail_refused", "Mails that a server took for undeliverable")

Render = Callable[[str, str, Mapping[str, Any]], str]

HEARD: tuple[str, ...] = tuple(sorted({*CITIZEN, *OFFICIAL, *PARTS}))
"""Kinds of facts that somebody is told of."""

CITIZEN_JOB = "citizen"
HISTORY = timedelta(days=3)
"""Of an imported case, facts older than this were told elsewhere."""
FIRST_FACTS, FILING = 3, timedelta(seconds=1)
"""Receipt, proposed department and guide are written at once; the mail about the receipt tells all of it."""
PATIENCE = timedelta(hours=1)
"""How long a mail waits when the server has been away for longer than the outbox tries."""
MOST_WAITS = 5 * 24
"""Five days, as long as mail servers themselves wait (RFC 5321, 4.5.4.1); then an official must look."""
DIGEST_AT = time(8)
MOST_DIGESTS = 200
"""Digests in one go; the rest follow ten minutes later."""


class Notifier:
    """Hears facts, writes mails, hands them over."""

    def __init__(self, settings: Settings, transport: Transport, render: Render) -> None:
        self.settings = settings
        self.transport = transport
        self.render = render

    # --- from a fact to its recipients ----------------------------------------------------------------------

    async def notify(self, task: Task) -> None:
        """Put one mail a recipient into the outbox, or keep the fact for the petitioner's digest."""
        entry = await ledger.get(task.payload["event"])
        receipt = (await ledger.read(entry.subject, limit=1))[0]
        filing = entry.sequence <= FIRST_FACTS and entry.occurred_at - receipt.occurred_at < FILING
        if receipt.data.get("imported") and (filing or clock.now() - entry.occurred_at > HISTORY):
            return
        view = await _case(entry)
        told: list[str | int] = [*await _officials(entry, view), *await recipients(entry, view)]
        if _concerns_petitioner(entry, filing=filing) and view.petitioner_email:
            mode = Mode.ALL if CITIZEN[entry.kind].required else await mailbox.mode_of(view.petitioner_email)
            if mode is Mode.ALL:
                told.append(CITIZEN_JOB)
            elif mode is Mode.DIGEST:
                await _keep_for_digest(entry, view)
        await jobs.enqueue(*((f"mail:{entry.id}:{to}", "tracking.mail", {"event": entry.id, "to": to}) for to in told))

    # --- from a recipient to a mail -------------------------------------------------------------------------

    async def deliver(self, task: Task) -> None:
        """Write and hand over one mail. Raises ``MailDeferred``, so that the outbox tries again."""
        try:
            mail = await self._write(task)
            if mail is not None:
                await self.transport.send(mail)
        except MailDeferred:
            waited = task.payload.get("waited", 0)
            if task.attempts < jobs.MAX_ATTEMPTS or waited >= MOST_WAITS:
                raise
            key = str(task.payload.get("key", task.key))
            payload = {**task.payload, "waited": waited + 1, "key": key}
            await jobs.enqueue((f"{key}:{waited + 1}", task.kind, payload), delay=PATIENCE)
        except MailRefused as error:
            refused.inc()
            log.warning("a mail cannot be delivered (%s)", error, extra={"job": task.key})
            if task.payload.get("to") == CITIZEN_JOB:
                await undelivered.note(await ledger.get(task.payload["event"]))

    async def _write(self, task: Task) -> Mail | None:
        key = str(task.payload.get("key", task.key))
        if "mailbox" in task.payload:
            return await self._link_mail(key, task.payload["mailbox"], self._spoken(task.payload["language"]))
        entry = await ledger.get(task.payload["event"])
        view = await _case(entry)
        if task.payload["to"] == CITIZEN_JOB:
            return await self._citizen_mail(key, entry, view)
        return await self._official_mail(key, entry, view, task.payload["to"])

    async def _citizen_mail(self, key: str, entry: Entry, view: CaseView) -> Mail:
        language = self._spoken(view.petitioner_language)
        rule = CITIZEN[entry.kind]
        (event,) = await timeline.happenings(view, [entry], Level.PARTY, language)
        wishes = "" if rule.required else mailbox.wishes_link(self.settings, view.reference)
        return self._notice_mail(
            key, view.petitioner_email, view.petitioner_name, language, view,
            rule.say(Told(event, view, language, self.settings)),
            mailbox.case_link(self.settings, view.reference), _("Open the case"), wishes,
        )  # fmt: skip

    async def _official_mail(self, key: str, entry: Entry, view: CaseView, account: int) -> Mail | None:
        official = await colleague(account)
        if official is None:
            return None
        link = f"{self.settings.public_url}/desk/cases/{view.reference}"
        language = self._spoken(official.language)
        notice = OFFICIAL.get(entry.kind)
        if notice is None:
            (event,) = await timeline.happenings(view, [entry], Level.STAFF, language)
            notice = PARTS[entry.kind](Told(event, view, language, self.settings))
        return self._notice_mail(
            key, official.email, official.name, language, view, notice, link, _("Open the case at the desk"), "",
        )  # fmt: skip

    def _notice_mail(  # noqa: PLR0913, PLR0917 — the parts of a mail
        self, key: str, to: str, name: str, language: str, view: CaseView, notice: Notice, link: str, label: Text,
        wishes: str,
    ) -> Mail:  # fmt: skip
        context = {
            "subject": f"[{view.reference}] {i18n.translate(language, notice.subject)}",
            "greeting": _("Dear %(name)s,", name=name) if name else _("Hello,"),
            "notice": notice,
            "view": view,
            "contact": self._contact(view, language),
            "guide": pages.person(view, view.guide, language),
            "link": link,
            "link_label": i18n.translate(language, label),
            "wishes": wishes,
        }
        return self._mail(key, to, language, "mail/notice", context)

    def _contact(self, view: CaseView, language: str) -> dict[str, Any]:
        """Who is in charge and how to reach them: the handler, the department or the call centre (Decree 31)."""
        handler = pages.person(view, view.handler, language)
        if handler is not None:
            return handler
        department = view.known.departments.get(view.department_id or 0)
        if department is None:
            office = i18n.translate(language, _("The petitions office"))
            return {"department": office, "name": "", "phone": self.settings.call_centre, "email": ""}
        return {
            "department": department.name(language),
            "name": "",
            "phone": department.phone,
            "email": department.email,
        }

    async def _link_mail(self, key: str, number: str, language: str) -> Mail | None:
        email = await following.address_of(number) if number else ""
        if not email:
            return None
        context = {
            "subject": i18n.translate(language, _("The link to your cases")),
            "link": mailbox.mailbox_link(self.settings, number),
            "link_label": i18n.translate(language, _("Open my cases")),
            "minutes": mailbox.MAILBOX_MINUTES,
            "wishes": "",
        }
        return self._mail(key, email, language, "mail/link", context)

    def _mail(self, key: str, to: str, language: str, template: str, context: Mapping[str, Any]) -> Mail:
        return Mail(
            to,
            str(context["subject"]),
            self.render(language, f"{template}.txt", context).strip() + "\n",
            message_id(key, self.settings.mail_from),
            html=self.render(language, f"{template}.html", context),
            language=language,
            list_unsubscribe=context["wishes"] or None,
        )

    def _spoken(self, language: str) -> str:
        return language if language in self.settings.languages else self.settings.language

    # --- once a day -----------------------------------------------------------------------------------------

    async def digest(self, _task: Task) -> None:
        """From eight in the morning, send each address that wishes it what it has not heard since yesterday's eight."""
        here = clock.now().astimezone(self.settings.zone)
        until = datetime.combine(here.date(), DIGEST_AT, self.settings.zone)
        if here < until:
            return
        rows = await database.fetch(
            f"SELECT DISTINCT email FROM digest_item WHERE created_at < ? ORDER BY email LIMIT {MOST_DIGESTS}", until
        )
        deferred: MailDeferred | None = None
        for row in rows:
            try:
                await self._send_digest(row["email"], until)
            except MailDeferred as error:  # one full mailbox holds up nobody else
                deferred = error
        if deferred is not None:
            raise deferred

    async def _send_digest(self, email: str, until: datetime) -> None:
        items = await database.fetch(
            "SELECT event_id, subject, language FROM digest_item WHERE email = ? AND created_at < ? ORDER BY event_id",
            email,
            until,
        )
        if items and await mailbox.mode_of(email) is not Mode.REQUIRED:
            mail = await self._digest_mail(email, items, until)
            try:
                await self.transport.send(mail)
            except MailRefused as error:
                refused.inc()
                log.warning("a digest cannot be delivered (%s)", error)
                for item in items:
                    await undelivered.note(await ledger.get(item["event_id"]))
        await database.execute("DELETE FROM digest_item WHERE email = ? AND created_at < ?", email, until)

    async def _digest_mail(self, email: str, items: Sequence[Any], until: datetime) -> Mail:
        language = self._spoken(items[-1]["language"])
        told: dict[str, dict[str, Any]] = {}
        for item in items:
            entry = await ledger.get(item["event_id"])
            view = await _case(entry)
            (event,) = await timeline.happenings(view, [entry], Level.PARTY, language)
            case = told.setdefault(
                view.reference,
                {
                    "reference": view.reference,
                    "title": view.title,
                    "contact": self._contact(view, language),
                    "link": mailbox.case_link(self.settings, view.reference),
                    "lines": [],
                },
            )
            case["lines"].append(CITIZEN[entry.kind].say(Told(event, view, language, self.settings)).happened)
        context = {
            "subject": i18n.translate(language, _("Your cases: what is new")),
            "cases": list(told.values()),
            "link": f"{self.settings.public_url}/cases",
            "link_label": i18n.translate(language, _("Follow a case")),
            "wishes": mailbox.wishes_link(self.settings, view.reference),
        }
        return self._mail(f"digest:{email}:{until.date()}", email, language, "mail/digest", context)


async def _case(entry: Entry) -> CaseView:
    """The case as its petitioner sees it."""
    number = entry.subject.removeprefix("case/")
    return await cases.view(number, Credentials(cases=frozenset({number})))


def _concerns_petitioner(entry: Entry, *, filing: bool) -> bool:
    """Whether the petitioner is told: not of what they wrote themselves, nor of the guide whom the receipt names."""
    if entry.kind == MessageSent.kind:
        return entry.actor != "petitioner"
    if entry.kind == GuideAppointed.kind:
        return not filing
    return entry.kind in CITIZEN


async def _officials(entry: Entry, view: CaseView) -> list[int]:
    """Which officials are told of a fact."""
    handler = [view.handler.id] if view.handler else []
    by_official = entry.actor.startswith("official:")
    match entry.kind:
        case CaseAssigned.kind:
            named = entry.data["handler"]
            return [] if entry.actor == f"official:{named}" else [named]
        case (
            DueSoon.kind | InterimNoticeDue.kind | MailUndelivered.kind | MessageSent.kind | SupplementProlonged.kind
        ) if not by_official and not await _known(entry):
            return handler or await managers(view.department_id)
        case ObjectionFiled.kind | ObjectionDueSoon.kind:
            return sorted({*handler, *await managers(view.department_id)})
        case Overdue.kind | ObjectionOverdue.kind:
            return sorted({*handler, *await managers(view.department_id), *await inspectors()})
        case CaseReopened.kind:
            return await managers(view.department_id)
    return []


async def _known(entry: Entry) -> bool:
    """Whether officials were written to before that this petitioner gets no mails; the timeline names every one."""
    if entry.kind != MailUndelivered.kind:
        return False
    (first,) = await ledger.read(entry.subject, kind=entry.kind, limit=1)
    return first.id != entry.id


async def _keep_for_digest(entry: Entry, view: CaseView) -> None:
    await database.execute(
        "INSERT INTO digest_item (event_id, email, subject, language, created_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (event_id, email) DO NOTHING",
        entry.id,
        view.petitioner_email,
        subject(view.reference),
        view.petitioner_language,
        clock.now(),
    )
