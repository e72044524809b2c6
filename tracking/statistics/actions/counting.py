"""Counting after an event: what a thing adds to the totals now, less what it added when it was counted last.

A job reads the present state, not what its event said, after it has locked what was counted last. So events may arrive
twice, late, in any order and at several workers at once: the totals come out the same.
"""

from collections.abc import Mapping, Sequence

from forums.queries import figures as forum_figures
from server.core import database, jobs
from server.core.jobs import Task
from tracking.statistics import books, cells
from tracking.statistics.books import BOOKS, FORUMS, SUBMISSIONS, Book
from tracking.statistics.measures import Row
from tracking.statistics.rules import Delta

COUNT, FOLLOW = "statistics.count", "statistics.follow"
"""The jobs: one thing after an event; a forum's submissions after the forum was changed."""
PAGE = 300
HEARD: tuple[str, ...] = tuple(event.kind for book in BOOKS for event in book.events)
"""Kinds of events after which something is counted again."""
Changes = Mapping[int, tuple[Row | None, Row | None]]
"""By id, what was counted last and what is now."""


async def count(task: Task) -> None:
    """Count what an event is about."""
    subject = str(task.payload["subject"])
    number = subject.partition("/")[2]
    for book in BOOKS:
        if subject in book.subjects(number) and (thing := await book.find(number)):
            changes = await recount(book, [thing])
            if book is FORUMS and any(map(_moved, changes.values())):
                await _follow(thing, 0, int(task.payload["event"]))


def _moved(change: tuple[Row | None, Row | None]) -> bool:
    """Whether a forum counts at another place than before, on which its submissions may depend."""
    before, now = change
    place = ("kind", "department_id", "district")
    return bool(before and before["kind"] and now and any(before[name] != now[name] for name in place))


async def follow(task: Task) -> None:
    """Count a stretch of a changed forum's submissions, and put the next stretch into the outbox."""
    forum_id, after = int(task.payload["forum"]), int(task.payload["after"])
    ids = await forum_figures.submission_ids(after, PAGE, forum_id)
    await recount(SUBMISSIONS, ids)
    if len(ids) == PAGE:
        await _follow(forum_id, ids[-1], int(task.payload["event"]))


async def _follow(forum_id: int, after: int, event: int) -> None:
    payload = {"forum": forum_id, "after": after, "event": event}
    await jobs.enqueue((f"{FOLLOW}:{event}:{after}", FOLLOW, payload))


async def recount(book: Book, ids: Sequence[int]) -> Changes:
    """Count things again; those that were not counted as they are."""
    async with database.transaction():
        last = await books.lock(book, ids, make=True)
        return await move(book, last, await book.read(ids, last))


async def move(book: Book, last: Mapping[int, Row], now: Mapping[int, Row]) -> Changes:
    """Take away what was counted last and add what is now, of locked rows; those that differ, in order."""
    delta = Delta()
    changes: dict[int, tuple[Row | None, Row | None]] = {}
    for key in sorted({*last, *now}):
        before, row = last.get(key), now.get(key)
        delta.move(book.entry_of(before), book.entry_of(row))
        if before is None or row is None or any(before[name] != row[name] for name in book.columns):
            changes[key] = before, row
    await cells.change(book.area, delta)
    await books.write(book, [row for _before, row in changes.values() if row is not None])
    if gone := [key for key, (_before, row) in changes.items() if row is None]:
        await database.execute(f"DELETE FROM {book.table} WHERE {book.key} IN ({database.marks(gone)})", *gone)
    return changes


async def count_people() -> None:
    """Count who took part, by what they said of themselves. Once a night, so that no step tells of one person."""
    found = await forum_figures.people()
    async with database.transaction():
        await database.execute("DELETE FROM statistics_people")
        rows = [(dimension, value, n) for dimension, those in found.items() for value, n in those.items()]
        await database.insert("statistics_people", ("dimension", "value", "people"), rows)
