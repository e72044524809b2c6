"""Moderation as its readers and authors have it: a text is held, reported, or appealed for.

Whatever happens to one text happens under the lock of its chain: a submission's own, or its forum's talk. What stands
in the table of reviews is how it is now; every step is an event of the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forums import rules
from forums.actions.change import SYSTEM
from forums.errors import AppealedBefore, NoSuchText
from forums.events import HidingAppealed, TextHeld, TextReported
from forums.forms.moderating import AppealHiding, ReportText
from forums.models import ForumWords
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
"""Who wrote a text, by its sort."""
READER = "reader"
"""How the ledger names whoever reports: not at all."""


async def hold(chain: Chain, subject: str, forum_id: int, why: str, comment: int | None = None) -> None:
    """Put a text that was just written with visibility ``pending`` into the moderators' queue, inside its action.

    ``chain`` is the locked one of its submission or of its forum's talk, ``subject`` its name among reviews
    (``rights.submission_subject``, ``comment_subject``, ``forum_subject``), ``why`` a key of ``labels.WHY``,
    ``comment`` its id if it is one.
    """
    sort, _slash, name = subject.partition("/")
    author, key = AUTHORS[sort], comment or name
    await database.execute(
        "INSERT INTO review (subject, forum_id, participant_id, why, open, urgency, reports, rule, reason, appeal, "
        f"turn, asked_at) VALUES (?, ?, ({author}), ?, ?, ?, 0, '', '', "
        "'', 0, ?)",
        subject,
        forum_id,
        key,
        why,
        True,
        rules.urgency(why, 0),
        clock.now(),
    )
    await tell(SYSTEM, [(chain, TextHeld(why, comment), subject, forum_id)])


async def report(reporter: str, subject: str, command: ReportText) -> None:
    """Somebody says that a public text breaks a rule. ``reporter`` stands for a person or a browser, each heard once.

    However many report it, the text stays where it is until a moderator decides; it only moves up in their queue.
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
        await database.execute(
            "INSERT INTO review (subject, forum_id, participant_id, why, open, urgency, reports, rule, reason, appeal, "
            "turn, asked_at) VALUES (?, ?, ?, 'reported', ?, ?, ?, '', '', '', 0, ?) ON CONFLICT (subject) DO UPDATE "
            "SET why = excluded.why, open = excluded.open, urgency = excluded.urgency, reports = excluded.reports, "
            "asked_at = CASE WHEN review.open THEN review.asked_at ELSE excluded.asked_at END",
            subject,
            text.forum_id,
            text.participant_id,
            True,
            rules.urgency("reported", reports),
            reports,
            clock.now(),
        )
        await tell(READER, [(chain, TextReported(command.rule, text.comment), subject, text.forum_id)])
        if reports == 1:
            await count(reported=1)


async def appeal(person: Person, subject: str, command: AppealHiding) -> None:
    """The author of a hidden text asks another moderator to look again, once for each hiding.

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
        words = await say(chain, command.text)
        await database.execute(
            "UPDATE review SET open = ?, why = 'appeal', urgency = ?, appeal = ?, appealed_at = ?, asked_at = ?, "
            "turn = turn + 1 WHERE subject = ?",
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
    """Take a text out of the queue because its author took it back; inside that action."""
    await database.execute("UPDATE review SET open = ? WHERE subject = ? AND open = ?", False, subject, True)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the review of a text stands."""

    open: bool
    why: str
    reports: int
    rule: str
    turn: int
    decided_by: int | None
    decided_at: datetime | None
    appealed_at: datetime | None

    def state(self, visibility: str) -> TextState:
        """The text's place in the table of what may be done."""
        appealed = visibility == TextState.HIDDEN and self.open and self.why == "appeal"
        return TextState.APPEALED if appealed else TextState(visibility)


_STANDING = columns(Standing, "r", decided_by="r.decided_by_id")


async def reviews_of(subjects: Sequence[str]) -> dict[str, Standing]:
    """The reviews of those texts that have one."""
    rows = await database.fetch(
        f"SELECT r.subject, {_STANDING} FROM review r WHERE subject IN ({database.marks(subjects)})",
        *subjects,
    )
    return {row["subject"]: read(Standing, row) for row in rows}


async def review_of(subject: str) -> Standing | None:
    """The review of one text."""
    return (await reviews_of([subject])).get(subject)


async def say(chain: Chain, text: str) -> int:
    """Keep words that belong to an event; the id that it names them by."""
    words = await ForumWords.create(subject=chain.subject, text=text, created_at=clock.now())
    return int(words.id)


TextEventRow = tuple[Chain, DomainEvent, str, int]
"""A locked chain, what is told in it, and the text and the forum that it is about."""


async def tell(actor: str, told: Sequence[TextEventRow]) -> None:
    """Write events about texts, and where each text finds its own among all that its chain holds."""
    chains: dict[str, tuple[Chain, list[tuple[DomainEvent, str, int]]]] = {}
    for chain, event, subject, forum_id in told:
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
    """Add to the day's public figures; the last write of an action, because all actions of the day meet in this row."""
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
