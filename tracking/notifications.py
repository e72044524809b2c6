"""Who is told what by mail: a fact in the ledger becomes one job a recipient, and that one mail in their language.

Nothing is sent inside a request. A job names the fact and the recipient, never an address; its key is the same however
often the fact is looked at, and gives the mail its Message-ID, so that nobody is told twice.
"""

import logging
from datetime import timedelta

from forums.events import TextHidden
from forums.queries import following as forum_queries
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
    ObjectionPassedOn,
    ObjectionUpheld,
    ObjectionWithdrawn,
    Overdue,
    SupplementProlonged,
)
from petitions.queries import following
from petitions.queries.cases import CaseView, Level
from server.core import clock, i18n, jobs, ledger
from server.core.config import Settings
from server.core.errors import Text, _
from server.core.jobs import Task
from server.core.ledger import Entry
from server.core.mail import Mail, MailDeferred, MailRefused, Transport
from tracking import digest, forum_notices, mailbox, pages, timeline, undelivered
from tracking.desk_notices import OFFICIAL
from tracking.digest import case_of
from tracking.mailbox import Mode
from tracking.notices import CITIZEN, Notice, Told
from tracking.part_notices import PARTS, recipients
from tracking.post import Post, Render, refused
from tracking.queries import colleague, inspectors, managers

log = logging.getLogger("sinmungo.notifications")
HEARD: tuple[str, ...] = tuple(sorted({*CITIZEN, *OFFICIAL, *PARTS, *forum_notices.HEARD}))
"""Kinds of facts that somebody is told of."""

CITIZEN_JOB = "citizen"
HISTORY = timedelta(days=3)
"""Of an imported case, facts older than this were told elsewhere."""
FIRST_FACTS, FILING = 3, timedelta(seconds=1)
"""Receipt, proposed department and guide are written at once; the mail about the receipt tells all of it."""
PATIENCE = timedelta(hours=1)
"""How long a mail waits when the server has been away for longer than the outbox tries."""
MOST_HIDDEN, HIDDEN_SPAN = 3, timedelta(hours=1)
"""Mails about hidden texts that go to one author at once; of more, hidden together, the digest tells."""
MOST_WAITS = 5 * 24
"""Five days, as long as mail servers themselves wait (RFC 5321, 4.5.4.1); then an official must look."""


class Notifier:
    """Hears facts, writes mails, hands them over."""

    def __init__(self, settings: Settings, transport: Transport, render: Render) -> None:
        self.post = Post(settings, transport, render)

    # --- from a fact to its recipients ----------------------------------------------------------------------

    async def notify(self, task: Task) -> None:
        """Put one mail a recipient into the outbox, or keep the fact for the petitioner's digest."""
        entry = await ledger.get(task.payload["event"])
        if not entry.subject.startswith("case/"):
            await self._notify_of_forum(entry)
            return
        receipt = (await ledger.read(entry.subject, limit=1))[0]
        filing = entry.sequence <= FIRST_FACTS and entry.occurred_at - receipt.occurred_at < FILING
        if receipt.data.get("imported") and (filing or clock.now() - entry.occurred_at > HISTORY):
            return
        view = await case_of(entry)
        told: list[str | int] = [*await _officials(entry, view), *await recipients(entry, view)]
        if _concerns_petitioner(entry, filing=filing) and view.petitioner_email:
            mode = Mode.ALL if CITIZEN[entry.kind].required else await mailbox.mode_of(view.petitioner_email)
            if mode is Mode.ALL:
                told.append(CITIZEN_JOB)
            elif mode is Mode.DIGEST:
                await digest.keep(entry, view.petitioner_email, view.petitioner_language)
        await jobs.enqueue(*((f"mail:{entry.id}:{to}", "tracking.mail", {"event": entry.id, "to": to}) for to in told))

    async def _notify_of_forum(self, entry: Entry) -> None:
        now: list[str | int] = []
        for to in await forum_notices.recipients(entry):
            person = await forum_notices.person(to)
            mode = Mode.ALL
            if person and entry.kind not in forum_notices.AT_ONCE:
                mode = await mailbox.mode_of(person.email)
            if person and entry.kind == TextHidden.kind:
                since = entry.occurred_at - HIDDEN_SPAN
                if await forum_queries.hidden_before(person.id, entry.id, since, MOST_HIDDEN):
                    mode = Mode.DIGEST
            if mode is Mode.ALL:
                now.append(to)
            elif mode is Mode.DIGEST and person:
                await digest.keep(entry, person.email, person.language)
        await jobs.enqueue(*((f"mail:{entry.id}:{to}", "tracking.mail", {"event": entry.id, "to": to}) for to in now))

    # --- from a recipient to a mail -------------------------------------------------------------------------

    async def deliver(self, task: Task) -> None:
        """Write and hand over one mail. Raises ``MailDeferred``, so that the outbox tries again."""
        try:
            mail = await self._write(task)
            if mail is not None:
                await self.post.transport.send(mail)
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
            return await self._link_mail(key, task.payload["mailbox"], self.post.spoken(task.payload["language"]))
        entry = await ledger.get(task.payload["event"])
        if not entry.subject.startswith("case/"):
            return await self._forum_mail(key, entry, task.payload["to"])
        view = await case_of(entry)
        if task.payload["to"] == CITIZEN_JOB:
            return await self._citizen_mail(key, entry, view)
        return await self._official_mail(key, entry, view, task.payload["to"])

    async def _citizen_mail(self, key: str, entry: Entry, view: CaseView) -> Mail:
        language = self.post.spoken(view.petitioner_language)
        rule = CITIZEN[entry.kind]
        (event,) = await timeline.happenings(view, [entry], Level.PARTY, language)
        wishes = "" if rule.required else mailbox.wishes_link(self.post.settings, view.reference)
        return self._notice_mail(
            key, view.petitioner_email, view.petitioner_name, language, view,
            rule.say(Told(event, view, language, self.post.settings)),
            mailbox.case_link(self.post.settings, view.reference), _("Open the case"), wishes,
        )  # fmt: skip

    async def _official_mail(self, key: str, entry: Entry, view: CaseView, account: int) -> Mail | None:
        official = await colleague(account)
        if official is None:
            return None
        link = f"{self.post.settings.public_url}/desk/cases/{view.reference}"
        language = self.post.spoken(official.language)
        notice = OFFICIAL.get(entry.kind)
        if notice is None:
            (event,) = await timeline.happenings(view, [entry], Level.STAFF, language)
            notice = PARTS[entry.kind](Told(event, view, language, self.post.settings))
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
            "contact": self.post.contact(view, language),
            "guide": pages.person(view, view.guide, language),
            "link": link,
            "link_label": i18n.translate(language, label),
            "wishes": wishes,
        }
        return self.post.mail(key, to, language, "mail/notice", context)

    async def _forum_mail(self, key: str, entry: Entry, to: str | int) -> Mail | None:
        written = await forum_notices.write(self.post.settings, entry, to, self.post.spoken)
        if written is None:
            return None
        wishes = ""
        if written.participant and entry.kind not in forum_notices.AT_ONCE:
            wishes = mailbox.participant_wishes_link(self.post.settings, written.participant)
        title = written.about.title
        context = {
            "subject": f"{i18n.translate(written.language, written.notice.subject)}: {title}",
            "greeting": _("Dear %(name)s,", name=written.name) if written.name else _("Hello,"),
            "notice": written.notice,
            "number": written.about.number,
            "title": title,
            "link": written.link,
            "link_label": i18n.translate(written.language, _("Have a look")),
            "wishes": wishes,
        }
        return self.post.mail(key, written.to, written.language, "mail/forum", context)

    async def _link_mail(self, key: str, number: str, language: str) -> Mail | None:
        email = await following.address_of(number) if number else ""
        if not email:
            return None
        context = {
            "subject": i18n.translate(language, _("The link to your cases")),
            "link": mailbox.mailbox_link(self.post.settings, number),
            "link_label": i18n.translate(language, _("Open my cases")),
            "minutes": mailbox.MAILBOX_MINUTES,
            "wishes": "",
        }
        return self.post.mail(key, email, language, "mail/link", context)


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
    known = entry.kind == ObjectionUpheld.kind and view.department_id is not None  # to the manager who upheld it
    by_official = entry.actor.startswith("official:")
    match entry.kind:
        case CaseAssigned.kind:
            named = entry.data["handler"]
            return [] if entry.actor == f"official:{named}" else [named]
        case (
            DueSoon.kind | InterimNoticeDue.kind | MailUndelivered.kind | MessageSent.kind | SupplementProlonged.kind
        ) if not by_official and not await _known(entry):
            return handler or await managers(view.department_id)
        case ObjectionFiled.kind | ObjectionWithdrawn.kind | ObjectionDueSoon.kind:
            return sorted({*handler, *await managers(view.department_id)})
        case Overdue.kind | ObjectionOverdue.kind:
            return sorted({*handler, *await managers(view.department_id), *await inspectors()})
        case CaseReopened.kind | ObjectionPassedOn.kind | ObjectionUpheld.kind if not known:
            return await managers(view.department_id)
    return []


async def _known(entry: Entry) -> bool:
    """Whether officials were written to before that this petitioner gets no mails; the timeline names every one."""
    if entry.kind != MailUndelivered.kind:
        return False
    (first,) = await ledger.read(entry.subject, kind=entry.kind, limit=1)
    return first.id != entry.id
