"""Moderation from the side of readers and authors: a text is held, reported, or its hiding appealed.

Everything about one text happens under the lock of its chain: a submission's own, or its forum's talk. The review
table holds the current state; every step is an event of the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forums import rules
from forums.actions.change import SYSTEM, say
from forums.errors import AppealedBefore, NoSuchText
from forums.events import HidingAppealed, TextHeld, TextReported
from forums.forms.moderating import AppealHiding, ReportText
from forums.queries.texts import one
from forums.states import TextAction, TextState
from server.core import clock, database, ledger
from server.core.days import today
from server.core.errors import NotPossibleNow
from server.core.ledger import Chain, DomainEvent
from server.core.participants.people import Person
from server.core.rows import columns, read

AUTHORS = {
    "submission": "SELECT participant_id FROM submission WHERE number = ?",
    "comment": "SELECT participant_id FROM comment WHERE id = ?",
    "forum": "SELECT proposer_id FROM forum WHERE slug = ?",
}
"""The query for a text's author, by sort of text."""
READER = "reader"
"""The actor of every report in the ledger: reporters stay anonymous."""


async def hold(chain: Chain, subject: str, forum_id: int, why: str, comment: int | None = None) -> None:
    """Put a new text with visibility ``pending`` into the moderation queue, inside the action that writes it.

    ``chain`` is the locked chain of its submission or of its forum's talk, ``subject`` its key among reviews
    (``rights.submission_subject``, ``comment_subject``, ``forum_subject``), ``why`` a key of ``labels.WHY``,
    ``comment`` its id if it is one.
    """
    sort, _slash, name = subject.partition("/")
    author, key = AUTHORS[sort], comment or name
    await _enqueue(subject, forum_id, f"({author})", key, why)
    await tell(SYSTEM, [(chain, TextHeld(why, comment), subject, forum_id)])


async def _enqueue(subject: str, forum_id: int, author: str, of: object, why: str, reports: int = 0) -> None:
    """Put a text into the queue; ``author`` is the SQL for its author, with ``of`` as its parameter."""
    await database.execute(
        "INSERT INTO review (subject, forum_id, participant_id, why, open, urgency, reports, rule, reason, appeal, "
        f"version, asked_at) VALUES (?, ?, {author}, ?, ?, ?, ?, '', '', '', 0, ?) ON CONFLICT (subject) DO UPDATE "
        "SET why = excluded.why, open = excluded.open, urgency = excluded.urgency, reports = excluded.reports, "
        "asked_at = CASE WHEN review.open THEN review.asked_at ELSE excluded.asked_at END",
        subject,
        forum_id,
        of,
        why,
        True,
        rules.urgency(why, reports),
        reports,
        clock.now(),
    )


async def report(reporter: str, subject: str, command: ReportText) -> None:
    """Report a public text. ``reporter`` stands for a participant or a browser; each counts once.

    Reports never hide a text: it stays public until a moderator decides, and only moves up in their queue.
    Raises ``NoSuchText`` for one that is not shown.
    """
    found = await one(subject)
    async with database.transaction():
        chain = await ledger.open_or_begin(found.chain)
        text = await one(subject)
        if not text.counted:
            raise NoSuchText
        fresh = await database.fetch(
            "INSERT INTO report (subject, reporter, rule, text, created_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (subject, reporter) DO NOTHING RETURNING id",
            subject,
            reporter,
            command.rule,
            command.text,
            clock.now(),
        )
        if not fresh:
            return
        before = await review_of(subject)
        reports = before.reports + 1 if before and before.open else 1
        await _enqueue(subject, text.forum_id, "?", text.participant_id, "reported", reports)
        await tell(READER, [(chain, TextReported(command.rule, text.comment), subject, text.forum_id)])
        if reports == 1:
            await count(reported=1)


async def appeal(person: Person, subject: str, command: AppealHiding) -> None:
    """Appeal against the hiding of one's own text, once each time it is hidden.

    Raises ``NoSuchText`` for somebody else's, ``NotPossibleNow`` and ``AppealedBefore``.
    """
    found = await one(subject)
    if found.participant_id != person.id:
        raise NoSuchText
    async with database.transaction():
        chain = await ledger.open_or_begin(found.chain)
        before, now = await review_of(subject), clock.now()
        if before is None or before.state((await one(subject)).visibility) not in {
            TextState.HIDDEN,
            TextState.APPEALED,
        }:
            raise NotPossibleNow(TextAction.APPEAL, found.visibility)
        if before.appealed_at:
            raise AppealedBefore
        words = await say(chain.subject, command.text)
        await database.execute(
            "UPDATE review SET open = ?, why = 'appeal', urgency = ?, appeal = ?, appealed_at = ?, asked_at = ?, "
            "version = version + 1 WHERE subject = ?",
            True,
            rules.urgency("appeal", 0),
            command.text,
            now,
            now,
            subject,
        )
        await tell(person.actor, [(chain, HidingAppealed(words, found.comment), subject, found.forum_id)])
        await count(appealed=1)


async def close_review(subject: str) -> None:
    """Remove a text from the queue because its author withdrew it; inside that action."""
    await database.execute("UPDATE review SET open = ? WHERE subject = ? AND open = ?", False, subject, True)


@dataclass(frozen=True, slots=True)
class Standing:
    """The current review of a text."""

    open: bool
    why: str
    reports: int
    rule: str
    version: int
    decided_by: int | None
    decided_at: datetime | None
    appealed_at: datetime | None

    def state(self, visibility: str) -> TextState:
        """The text's moderation state."""
        appealed = visibility == TextState.HIDDEN and self.open and self.why == "appeal"
        return TextState.APPEALED if appealed else TextState(visibility)


_STANDING = columns(Standing, "r", decided_by="r.decided_by_id")


async def reviews_of(subjects: Sequence[str]) -> dict[str, Standing]:
    """The reviews of these texts, where there are any."""
    rows = await database.fetch(f"SELECT r.subject, {_STANDING} FROM review r WHERE subject IN (?)", subjects)
    return {row["subject"]: read(Standing, row) for row in rows}


async def review_of(subject: str) -> Standing | None:
    """The review of one text, if there is one."""
    return (await reviews_of([subject])).get(subject)


TextEventRow = tuple[Chain, DomainEvent, str, int]
"""A locked chain, the event for it, and the subject and forum of the text it is about."""


async def tell(actor: str, events: Sequence[TextEventRow]) -> None:
    """Write events about texts, and a row for each by which a text's own events are found in a shared chain."""
    chains: dict[str, tuple[Chain, list[tuple[DomainEvent, str, int]]]] = {}
    for chain, event, subject, forum_id in events:
        chains.setdefault(chain.subject, (chain, []))[1].append((event, subject, forum_id))
    ids = await ledger.append_many(
        actor, [(chain, [event for event, *_of in new_events]) for chain, new_events in chains.values()]
    )
    about = [of for _chain, new_events in chains.values() for _event, *of in new_events]
    marks = ", ".join(["(?, ?, ?)"] * len(ids))
    await database.execute(
        f"INSERT INTO text_event (event_id, subject, forum_id) VALUES {marks}",
        *(value for event_id, of in zip(ids, about, strict=True) for value in (event_id, *of)),
    )


async def count(*, reported: int = 0, hidden: int = 0, appealed: int = 0, shown: int = 0) -> None:
    """Add to the day's public figures. Call it last: all actions of the day contend for this row."""
    await database.execute(
        "INSERT INTO moderation_day (day, reported, hidden, appealed, shown) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (day) DO UPDATE SET reported = moderation_day.reported + excluded.reported, "
        "hidden = moderation_day.hidden + excluded.hidden, appealed = moderation_day.appealed + excluded.appealed, "
        "shown = moderation_day.shown + excluded.shown",
        today(),
        reported,
        hidden,
        appealed,
        shown,
    )
