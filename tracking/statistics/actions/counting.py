"""Counting after a fact: what a thing adds to the totals now, less what it added when it was counted last.

A job reads the present state, not what its fact said, after it has locked what was counted last. So facts may be heard
twice, late, in any order and by several workers at once: the totals come out the same.
"""

from collections.abc import Mapping, Sequence

from forums import events as forum_events
from forums.queries import figures as forum_figures
from petitions import events as petition_events
from petitions.queries import figures as petition_figures
from server.core import database, jobs
from server.core.jobs import Task
from tracking.statistics import books, cells
from tracking.statistics.books import Book, Row
from tracking.statistics.rules import Delta

COUNT, FOLLOW = "statistics.count", "statistics.follow"
"""The jobs: one thing after a fact; a forum's submissions after the forum was changed."""
PAGE = 300

_VOICE = (
    forum_events.SubmissionReceived, forum_events.SubmissionHanded, forum_events.SubmissionAnswered,
    forum_events.SubmissionJoined, forum_events.SubmissionSeparated, forum_events.SubmissionWithdrawn,
    forum_events.SubmissionDone, forum_events.BecamePetition, forum_events.TextHeld, forum_events.TextHidden,
    forum_events.TextShown, forum_events.SubmissionTakenBack,
)  # fmt: skip
_FORUM = (
    forum_events.ForumPlanned, forum_events.ForumTakenUp, forum_events.ForumPublished, forum_events.ForumOpened,
    forum_events.ForumStarted,
    forum_events.ForumClosed, forum_events.ForumCancelled, forum_events.ForumEdited, forum_events.TookPart,
)  # fmt: skip
_CASE = (
    petition_events.CaseReceived, petition_events.CaseRouted, petition_events.CaseAccepted,
    petition_events.CaseTransferred, petition_events.CaseTransferredOut, petition_events.CaseAnswered,
    petition_events.CaseClosed, petition_events.CaseClosedAsRepeated, petition_events.CaseRated,
    petition_events.CaseReopened, petition_events.ObjectionUpheld, petition_events.CaseWithdrawn,
    petition_events.CaseDeemedWithdrawn, petition_events.CaseReturned,
)  # fmt: skip
HEARD: tuple[str, ...] = tuple(fact.kind for fact in (*_VOICE, *_FORUM, *_CASE))
"""Kinds of facts after which something is counted anew."""


async def count(task: Task) -> None:
    """Count what a fact is about."""
    sort, _slash, name = str(task.payload["subject"]).partition("/")
    if sort == "submission":
        voice = await forum_figures.voice(name)
        await count_voices([voice.id] if voice else [])
    elif sort == "case":
        case_id = await petition_figures.id_of(name)
        await count_cases([case_id] if case_id else [])
    elif sort in {"forum", "talk"}:
        forum = await forum_figures.forum(name)
        if forum and await count_forums([forum.id]):
            await _follow(forum.id, 0, int(task.payload["event"]))


async def follow(task: Task) -> None:
    """Count a stretch of a changed forum's submissions, and put the next stretch into the outbox."""
    forum_id, after = int(task.payload["forum"]), int(task.payload["after"])
    ids = await forum_figures.voice_ids(forum_id, after, PAGE)
    await count_voices(ids)
    if len(ids) == PAGE:
        await _follow(forum_id, ids[-1], int(task.payload["event"]))


async def _follow(forum_id: int, after: int, event: int) -> None:
    payload = {"forum": forum_id, "after": after, "event": event}
    await jobs.enqueue((f"{FOLLOW}:{event}:{after}", FOLLOW, payload))


async def count_voices(ids: Sequence[int]) -> list[int]:
    """Count submissions anew; the ids of those that were not counted as they are."""
    async with database.transaction():
        last = await books.lock(books.VOICES, ids, make=True)
        now = {one.id: books.voice_row(one) for one in await forum_figures.voices_by_id(ids)}
        return await move(books.VOICES, last, now)


async def count_forums(ids: Sequence[int]) -> bool:
    """Count forums anew; whether a kind, department or district changed, on which its submissions may hang."""
    async with database.transaction():
        last = await books.lock(books.FORUMS, ids, make=True)
        now = {one.id: books.forum_row(one) for one in await forum_figures.forums_by_id(ids)}
        await move(books.FORUMS, last, now)
        place = ("kind", "department_id", "district")
        return any(last[i]["kind"] and any(last[i][name] != row[name] for name in place) for i, row in now.items())


async def count_cases(ids: Sequence[int]) -> list[int]:
    """Count petitions anew; the ids of those that were not counted as they are."""
    async with database.transaction():
        last = await books.lock(books.CASES, ids, make=True)
        return await move(books.CASES, last, await case_rows(ids, last))


async def case_rows(ids: Sequence[int], last: Mapping[int, Row]) -> dict[int, Row]:
    """Petitions as their rows now. Hours that were counted once stay: a holiday that is added later changes none."""
    kept = {i: (row["answered_at"], row["hours"]) for i, row in last.items() if row["hours"] is not None}
    return {row["case_id"]: row for row in await petition_figures.cases_by_id(ids, kept)}


async def move(book: Book, last: Mapping[int, Row], now: Mapping[int, Row]) -> list[int]:
    """Take away what was counted last and add what is now, of locked rows; the ids of those that differ."""
    delta = Delta()
    changed: list[Row] = []
    for key, row in now.items():
        before = last.get(key)
        delta.move(book.entry_of(before), book.entry_of(row))
        if before is None or any(before[name] != row[name] for name in book.columns):
            changed.append(row)
    gone = [key for key in last if key not in now]
    for key in gone:
        delta.move(book.entry_of(last[key]), None)
    await cells.change(book.area, delta)
    await books.write(book, changed)
    if gone:
        marks = ", ".join("?" * len(gone))
        await database.execute(f"DELETE FROM {book.table} WHERE {book.key} IN ({marks})", *gone)
    return sorted([*(row[book.key] for row in changed), *gone])


async def count_people() -> None:
    """Count who took part, by what they said of themselves. Once a night, so that no step tells of one person."""
    found = await forum_figures.people()
    async with database.transaction():
        await database.execute("DELETE FROM statistics_people")
        rows = [(dimension, value, n) for dimension, those in found.items() for value, n in those.items()]
        if rows:
            marks = ", ".join(["(?, ?, ?)"] * len(rows))
            await database.execute(
                f"INSERT INTO statistics_people (dimension, value, people) VALUES {marks}",
                *(value for row in rows for value in row),
            )
