"""Notices: an event in the ledger becomes one job per recipient, and each job one mail or text message to them.

Nothing is sent inside a request. A job names the event and the recipient, never an address or number. Its key is the
same however often the event is processed and determines the message's id, so that nobody is notified twice.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from server.core import clock, database, jobs, ledger
from server.core.delivery import Deferred, Refused
from server.core.errors import NotFound
from server.core.jobs import Handler, Postponed, Task
from server.core.ledger import Entry
from server.core.messages import Urgency
from server.core.notify import digest, mailbox
from server.core.notify.correspondence import (
    Addressee,
    Correspondent,
    Letter,
    ShortNotice,
    in_one,
    mail_key,
    of_subject,
)
from server.core.notify.mailbox import Mode
from server.core.notify.post import Post

log = logging.getLogger("sinmungo.notifications")

NOTIFY, NEWS, MAIL, TEXT = "core.notify", "core.news", "core.mail", "core.text"
"""Job kinds: process an event, gather the news of a minute into a mail, deliver a mail, deliver a text message."""
GATHER = timedelta(minutes=1)
"""News about one thing within this time reach their reader in one mail."""
PATIENCE = timedelta(hours=1)
"""How long a message is delayed after the outbox has used up its retries."""
MOST_WAITS = 5 * 24
"""Five days, as mail servers themselves retry (RFC 5321, 4.5.4.1); then an official has to look."""
AT_ONCE = frozenset({Urgency.REQUIRED, Urgency.IMMEDIATE})

Write = Callable[[Task], Awaitable[Letter | ShortNotice | None]]


_Jobs = list[tuple[str, str, Mapping[str, Any]]]


@dataclass(frozen=True)
class _Notices:
    """Whom an event is told to."""

    entry: Entry
    now: _Jobs = field(default_factory=_Jobs)
    news: _Jobs = field(default_factory=_Jobs)
    daily: list[Addressee] = field(default_factory=list)


class Notifier:
    """Turns events into mails and text messages and delivers them."""

    def __init__(self, post: Post, correspondents: Sequence[Correspondent]) -> None:
        self.post = post
        self.correspondents = correspondents

    async def notify(self, tasks: Sequence[Task]) -> None:
        """Enqueue one mail or text message per recipient of some events, or add the events to their digests.

        In the transaction that ends its own jobs: a worker killed in between would do part of it again, when the
        first of these jobs had been done and deleted already. Raises ``NotFound``.
        """
        entries = await ledger.several([task.payload["event"] for task in tasks])
        if not all(task.payload["event"] in entries for task in tasks):
            raise NotFound
        notices = [await self._notices(entry) for entry in entries.values()]
        async with database.transaction():
            await jobs.enqueue(*(job for each in notices for job in each.now))
            for each in notices:
                delay = max(each.entry.occurred_at + GATHER - clock.now(), timedelta())
                await jobs.enqueue(*each.news, delay=delay)
                for addressee in each.daily:
                    await digest.keep(each.entry, addressee.email, addressee.language)
            await jobs.done(*(task.key for task in tasks))

    async def _notices(self, entry: Entry) -> _Notices:
        domain, found = of_subject(self.correspondents, entry.subject), _Notices(entry)
        mails = domain.messages[entry.kind].mails
        for number, each in await domain.addressees(entry):
            payload = {"event": entry.id, "to": each.to, "mailing": number}
            if each.by_text:
                if mails[number].text is not None:
                    found.now.append((f"text:{entry.id}:{each.to}", TEXT, payload))
                continue
            mode = await _mode(each, mails[number].urgency)
            if mode is Mode.ALL and mails[number].gathered:
                found.news.append((_news_key(entry, each.to), NEWS, payload))
            elif mode is Mode.ALL:
                found.now.append((mail_key(entry, each.to), MAIL, payload))
            elif mode is Mode.DIGEST:
                found.daily.append(each)
        return found

    async def gather(self, task: Task) -> None:
        """Enqueue the mail with an event and what else has happened to its subject within a minute after it.

        The first event's job takes the others. Raises ``Postponed`` for one that is about to be taken.
        """
        entry, to = await ledger.get(task.payload["event"]), task.payload["to"]
        near = await ledger.around(entry, GATHER)
        async with database.transaction():
            if await jobs.pending([_news_key(each, to) for each in near if each.sequence < entry.sequence]):
                raise Postponed(clock.now() + timedelta(seconds=1))
            taken = await jobs.take([_news_key(each, to) for each in near if each.sequence >= entry.sequence])
            if task.key not in taken:
                return
            also = [(each["event"], each["mailing"]) for key, each in taken.items() if key != task.key]
            await jobs.enqueue((mail_key(entry, to), MAIL, {**task.payload, "also": also}))

    async def deliver(self, task: Task) -> None:
        """Render and send one mail or text message. Raises ``Deferred``, so that the outbox retries."""
        await self._hand_over(task, self._letter)

    def delivering(self, write: Write) -> Handler:
        """The same for messages that are not about an event."""

        async def deliver(task: Task) -> None:
            await self._hand_over(task, write)

        return deliver

    async def _hand_over(self, task: Task, write: Write) -> None:
        key = str(task.payload.get("key", task.key))
        try:
            letter = await write(task)
            if letter is not None:
                await self.post.send(key, letter)
        except Deferred as error:
            waited = task.payload.get("waited", 0)
            if task.attempts < jobs.MAX_ATTEMPTS or waited >= MOST_WAITS:
                raise
            payload = {**task.payload, "waited": waited + 1, "key": key}
            async with database.transaction():  # that ends its own job, or a worker killed in between would have both
                await jobs.enqueue((f"{key}:{waited + 1}", task.kind, payload), delay=max(PATIENCE, error.retry_after))
                await jobs.done(task.key)
        except Refused as error:
            log.warning("a message cannot be delivered (%s)", error, extra={"job": task.key, "kind": task.kind})
            for number, _mailing in _told(task):
                entry = await ledger.get(number)
                await of_subject(self.correspondents, entry.subject).undelivered(entry, task.payload["to"])

    async def _letter(self, task: Task) -> Letter | ShortNotice | None:
        to, news = task.payload["to"], []
        for number, mailing in _told(task):
            entry = await ledger.get(number)
            domain = of_subject(self.correspondents, entry.subject)
            letter = await domain.letter(entry, mailing, to)
            if isinstance(letter, ShortNotice):
                return letter
            if letter is not None:
                news.append((letter, domain.messages[entry.kind].mails[mailing].urgency))
        if not news:
            return None
        first = entry if entry.sequence == 1 else (await ledger.read(entry.subject, limit=1))[0]
        return replace(in_one(news), thread=mail_key(first, to))


def _told(task: Task) -> list[tuple[int, int]]:
    """The events that a message tells, each with the index of its mail in the record; none for other messages."""
    if "event" not in task.payload:
        return []
    return [(task.payload["event"], task.payload["mailing"]), *map(tuple, task.payload.get("also", ()))]


def _news_key(entry: Entry, to: str | int) -> str:
    return f"news:{entry.id}:{to}"


async def _mode(addressee: Addressee, urgency: Urgency) -> Mode:
    if addressee.later:
        return Mode.DIGEST
    return Mode.ALL if urgency in AT_ONCE or not addressee.email else await mailbox.mode_of(addressee.email)
