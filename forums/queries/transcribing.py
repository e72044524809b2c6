"""What a forum's clerks transcribed on a day, newest first, marking what two of them seem to have transcribed twice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from forums import rules
from forums.rights import SUBMISSION_SUBJECT
from server.core import accounts, database, ledger
from server.core.booking.reading import with_slot
from server.core.rows import columns, read_all, select

SHOWN = 50
"""Lines on the page; the forum's own list has the rest."""
AT_ONCE = timedelta(minutes=10)
"""Two clerks hear a submission at the same time, so lines further apart are not compared."""
_TODAY = (
    "forum_id = ? AND visibility = 'shown' AND received_on = ? AND channel IN ('floor', 'paper') "
    "AND status <> 'withdrawn'"
)


@dataclass(frozen=True, slots=True)
class TranscribedSubmission:
    """One transcribed line."""

    number: str
    text: str
    stance: str
    channel: str
    session_id: int | None
    speaker: int | None
    author: str
    at: datetime
    clerk: str
    """The clerk who transcribed it."""
    clerk_id: int
    version: int
    correctable: bool
    """Nobody works on it yet."""
    like: str = ""
    """The number of another clerk's line that says nearly the same."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The day's lines."""

    lines: tuple[TranscribedSubmission, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session of the forum to choose from."""

    id: int
    title: str
    starts_at: datetime


_LINE = columns(
    TranscribedSubmission, "s", at="s.received_at", clerk="a.name", clerk_id="a.id", version="h.length",
    correctable="s.status = 'received'",
)  # fmt: skip


async def taken(forum_id: int, day: date) -> Taken:
    """The newest lines of a day, and how many there are. Two queries."""
    rows = await database.fetch(
        f"SELECT {_LINE} FROM (SELECT * FROM submission WHERE {_TODAY} ORDER BY id DESC LIMIT {SHOWN}) s "
        f"{ledger.with_version(SUBMISSION_SUBJECT)}{ledger.with_first_event('h.subject')}"
        f"{accounts.with_actor('e.actor', 'a')}ORDER BY s.id DESC",
        forum_id,
        day,
    )
    counted = await database.fetch_one(f"SELECT COUNT(*) AS total FROM submission WHERE {_TODAY}", forum_id, day)
    return Taken(tuple(_compared(read_all(TranscribedSubmission, rows))), counted["total"] if counted else 0)


def _compared(lines: list[TranscribedSubmission]) -> Iterator[TranscribedSubmission]:
    """The lines, newest first, each with the earlier line of another clerk that it resembles."""
    words = [rules.pairs(line.text) for line in lines]
    for at, line in enumerate(lines):
        earlier = (
            behind for behind in range(at + 1, len(lines)) if _both(line, lines[behind], words[at], words[behind])
        )
        like = next(earlier, None)
        yield line if like is None else replace(line, like=lines[like].number)


def _both(
    line: TranscribedSubmission, other: TranscribedSubmission, words: frozenset[str], before: frozenset[str]
) -> bool:
    same_speaker = line.speaker is not None and line.speaker == other.speaker
    at_once = other.clerk_id != line.clerk_id and line.at - other.at <= AT_ONCE
    return at_once and rules.alike(words, before, same_speaker=same_speaker)


async def sessions(forum_id: int) -> list[ListedSession]:
    """The sessions of a forum at which people speak."""
    return await select(
        ListedSession,
        f"SELECT {columns(ListedSession, 's')} FROM forum_session s {with_slot('s.slot_id', 'b')}"
        "WHERE s.forum_id = ? AND NOT b.cancelled ORDER BY s.starts_at, s.id",
        forum_id,
    )
