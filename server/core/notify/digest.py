"""The daily digest: events that concern an address, and news about what it follows.

Items wait in ``digest_item``, at most once per address and event, and from eight in the morning all items of the day
before are sent together.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, time

from server.core import clock, database, i18n, ledger
from server.core.delivery import Deferred, Refused
from server.core.jobs import Task
from server.core.ledger import Entry
from server.core.notify import follows, mailbox
from server.core.notify.correspondence import Correspondent, Letter, of_subject
from server.core.notify.mailbox import Mode
from server.core.notify.post import Post

log = logging.getLogger("sinmungo.notifications")

AT = time(8)
MOST = 200
"""Digests sent in one run; the next run follows ten minutes later."""


class Digest:
    """Sends the digests."""

    def __init__(self, post: Post, correspondents: Sequence[Correspondent], follows_page: str) -> None:
        self.post = post
        self.correspondents = correspondents
        self.follows_page = follows_page
        """The page of an address's follows; a token appended to it opens the page for the mail's recipient."""

    async def send(self, _task: Task) -> None:
        """From eight in the morning, send every address its items from before eight, as far as it wants them."""
        here = clock.now().astimezone(self.post.settings.zone)
        until = datetime.combine(here.date(), AT, self.post.settings.zone)
        if here < until:
            return
        rows = await database.fetch(
            f"SELECT DISTINCT email FROM digest_item WHERE created_at < ? ORDER BY email LIMIT {MOST}", until
        )
        deferred: Deferred | None = None
        for row in rows:
            try:
                await self._send(row["email"], until)
            except Deferred as error:  # one failing address must not delay the others
                deferred = error
        if deferred is not None:
            raise deferred

    async def _send(self, email: str, until: datetime) -> None:
        items = await database.fetch(
            "SELECT event_id, language FROM digest_item WHERE email = ? AND created_at < ? ORDER BY event_id",
            email,
            until,
        )
        found = await ledger.several([item["event_id"] for item in items])
        entries = sorted(found.values(), key=lambda entry: entry.id)
        if await mailbox.mode_of(email) is Mode.REQUIRED:
            entries = [entry for entry in entries if not of_subject(self.correspondents, entry.subject).by_wish_only]
        if entries:
            try:
                letter = await self._letter(email, entries, self.post.settings.spoken(items[-1]["language"]))
                if letter is not None:
                    await self.post.send(f"digest:{email}:{until.date()}", letter)
            except Refused as error:
                log.warning("a digest cannot be delivered (%s)", error)
                for entry in entries:
                    await of_subject(self.correspondents, entry.subject).undelivered(entry, None)
        await database.execute("DELETE FROM digest_item WHERE email = ? AND created_at < ?", email, until)

    async def _letter(self, email: str, entries: Sequence[Entry], language: str) -> Letter | None:
        sections = {}
        for domain in self.correspondents:
            own = [entry for entry in entries if of_subject(self.correspondents, entry.subject) is domain]
            section = await domain.section(own, language) if own else None
            if section is not None:
                sections[domain.name] = section
        if not sections:
            return None
        first = next(iter(sections.values()))
        token = await follows.token(self.post.settings, email)
        ended_at = f"{self.post.settings.public_url}{self.follows_page}/{token}" if token else ""
        context = {
            "subject": i18n.translate(language, first.subject),
            "follows": ended_at,
            "link": first.link,
            "link_label": i18n.translate(language, first.link_label),
            "wishes": first.wishes or ended_at,
            **{domain.name: () for domain in self.correspondents},
            **{name: section.items for name, section in sections.items()},
        }
        return Letter(email, language, "mail/digest", context)


async def keep(entry: Entry, email: str, language: str) -> None:
    """Add an event to the next digest of an address."""
    await database.execute(
        "INSERT INTO digest_item (event_id, email, subject, language, created_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (event_id, email) DO NOTHING",
        entry.id,
        email,
        entry.subject,
        language,
        clock.now(),
    )
