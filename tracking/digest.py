"""The one mail a day: what an address has not heard of its cases, and what is new with the forums that it follows.

Facts wait in ``digest_item``, each once an address, whoever put them there; from eight in the morning everything of the
day before goes out together.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from forums.events import TextHidden
from forums.queries import following as forum_following
from petitions.queries import cases
from petitions.queries.cases import CaseView, Credentials, Level
from server.core import clock, database, i18n, ledger
from server.core.errors import _
from server.core.jobs import Task
from server.core.ledger import Entry
from server.core.mail import Mail, MailDeferred, MailRefused
from tracking import forum_notices, mailbox, timeline, undelivered
from tracking.following import news
from tracking.mailbox import Mode
from tracking.notices import CITIZEN, Told
from tracking.post import Post, refused

log = logging.getLogger("sinmungo.notifications")

AT = time(8)
MOST = 200
"""Digests in one go; the rest follow ten minutes later."""
LINES = 10
"""Of one forum in a mail; the rest are counted."""


class Digest:
    """Sends what waits."""

    def __init__(self, post: Post) -> None:
        self.post = post

    async def send(self, _task: Task) -> None:
        """From eight in the morning, send each address that wishes it what it has not heard since yesterday's eight."""
        here = clock.now().astimezone(self.post.settings.zone)
        until = datetime.combine(here.date(), AT, self.post.settings.zone)
        if here < until:
            return
        rows = await database.fetch(
            f"SELECT DISTINCT email FROM digest_item WHERE created_at < ? ORDER BY email LIMIT {MOST}", until
        )
        deferred: MailDeferred | None = None
        for row in rows:
            try:
                await self._send(row["email"], until)
            except MailDeferred as error:  # one full mailbox holds up nobody else
                deferred = error
        if deferred is not None:
            raise deferred

    async def _send(self, email: str, until: datetime) -> None:
        items = await database.fetch(
            "SELECT event_id, subject, language FROM digest_item WHERE email = ? AND created_at < ? ORDER BY event_id",
            email,
            until,
        )
        if await mailbox.mode_of(email) is Mode.REQUIRED:
            items = [item for item in items if not item["subject"].startswith("case/")]
        if items:
            try:
                mail = await self._mail(email, items, until)
                if mail is not None:
                    await self.post.transport.send(mail)
            except MailRefused as error:
                refused.inc()
                log.warning("a digest cannot be delivered (%s)", error)
                for item in items:
                    if item["subject"].startswith("case/"):
                        await undelivered.note(await ledger.get(item["event_id"]))
        await database.execute("DELETE FROM digest_item WHERE email = ? AND created_at < ?", email, until)

    async def _mail(self, email: str, items: Sequence[Any], until: datetime) -> Mail | None:
        language = self.post.spoken(items[-1]["language"])
        entries = await ledger.several([item["event_id"] for item in items])
        own = [entry for entry in entries.values() if entry.subject.startswith("case/")]
        public = [entry for entry in entries.values() if not entry.subject.startswith("case/")]
        told, view = await self._cases(own, language)
        sections = await self._forums(public, language)
        if not (told or sections):
            return None
        settings = self.post.settings
        follows = await mailbox.follows_link(settings, email)
        context = {
            "subject": i18n.translate(
                language, _("Your cases: what is new") if told else _("Forums: what is new since yesterday")
            ),
            "cases": told,
            "forums": sections,
            "follows": follows,
            "link": f"{settings.public_url}{'/cases' if told else '/forums'}",
            "link_label": i18n.translate(language, _("Follow a case") if told else _("See all forums")),
            "wishes": mailbox.wishes_link(settings, view.reference) if view else follows,
        }
        return self.post.mail(f"digest:{email}:{until.date()}", email, language, "mail/digest", context)

    async def _cases(self, entries: Sequence[Entry], language: str) -> tuple[list[dict[str, Any]], CaseView | None]:
        told: dict[str, dict[str, Any]] = {}
        view = None
        for entry in sorted(entries, key=lambda entry: entry.id):
            view = await case_of(entry)
            (event,) = await timeline.happenings(view, [entry], Level.PARTY, language)
            case = told.setdefault(
                view.reference,
                {
                    "reference": view.reference,
                    "title": view.title,
                    "contact": self.post.contact(view, language),
                    "link": mailbox.case_link(self.post.settings, view.reference),
                    "lines": [],
                },
            )
            case["lines"].append(CITIZEN[entry.kind].say(Told(event, view, language, self.post.settings)).happened)
        return list(told.values()), view

    async def _forums(self, entries: Sequence[Entry], language: str) -> list[dict[str, Any]]:
        """By forum, in the order of the first fact: what is new with it and with what was said in it."""
        things = await forum_following.about(entry.subject for entry in entries)
        told: dict[str, dict[str, Any]] = {}
        for entry in sorted(entries, key=lambda entry: entry.id):
            thing = things.get(entry.subject)
            hidden = entry.kind == TextHidden.kind  # its author hears of it
            if thing is None or not (thing.shown or hidden):
                continue
            base = self.post.settings.public_url
            forum = told.setdefault(
                thing.forum,
                {"title": thing.forum_title, "link": f"{base}/forums/{thing.forum}", "lines": [], "more": 0},
            )
            if len(forum["lines"]) == LINES:
                forum["more"] += 1
                continue
            if entry.kind in news.LINES:
                line = news.line(entry)
            else:
                line = await forum_notices.happened(self.post.settings, entry, thing, language)
            title = thing.title if thing.number else ""
            forum["lines"].append({"title": title, "text": line, "link": base + thing.path})
        return list(told.values())


async def case_of(entry: Entry) -> CaseView:
    """The case as its petitioner sees it."""
    number = entry.subject.removeprefix("case/")
    return await cases.view(number, Credentials(cases=frozenset({number})))


async def keep(entry: Entry, email: str, language: str) -> None:
    """Let a fact wait for the next digest of an address."""
    await database.execute(
        "INSERT INTO digest_item (event_id, email, subject, language, created_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (event_id, email) DO NOTHING",
        entry.id,
        email,
        entry.subject,
        language,
        clock.now(),
    )
