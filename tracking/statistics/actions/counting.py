"""Counting after an event: add a record's present contribution to the totals and subtract its previous one.

A job locks the row that was counted last, then reads the present state rather than the event's content. So the totals
are the same if events arrive twice, late, in any order or at several workers at once.
"""

from collections.abc import Mapping, Sequence

from forums.queries import figures as forum_figures
from server.core import database, jobs
from server.core.jobs import Task
from tracking.statistics import books, cells
from tracking.statistics.books import BOOKS, FORUMS, SUBMISSIONS, TICKETS, Book
from tracking.statistics.figures import Row
from tracking.statistics.rules import Delta

COUNT, FOLLOW = "statistics.count", "statistics.follow"
"""Job kinds: count one record after an event; count a forum's submissions after the forum changed."""
PAGE = 300
HEARD: tuple[str, ...] = tuple(event.kind for book in BOOKS for event in book.events)
"""Kinds of events that cause a count."""
Changes = Mapping[int, tuple[Row | None, Row | None]]
"""By id, the row that was counted last and the present one."""


async def count_all(tasks: Sequence[Task]) -> None:
    """Count the subjects of several events; the records of a book together where one record has a subject."""
    several = [task for task in tasks if _book_of_one(task)]
    for book in BOOKS:
        numbers = {_number(task) for task in several if _book_of_one(task) is book}
        ids = await book.find(sorted(numbers)) if numbers else []
        for start in range(0, len(ids), PAGE):
            await recount(book, ids[start : start + PAGE])
    for task in tasks:
        if task not in several:
            await count(task)


def _number(task: Task) -> str:
    return str(task.payload["subject"]).partition("/")[2]


def _book_of_one(task: Task) -> Book | None:
    """The book of an event's subject, if that is one record on which no others depend."""
    found = [book for book in BOOKS if task.payload["subject"] in book.subjects(_number(task))]
    return found[0] if len(found) == 1 and found[0] not in {FORUMS, TICKETS} else None


async def count(task: Task) -> None:
    """Count the subject of an event."""
    subject = str(task.payload["subject"])
    number = subject.partition("/")[2]
    for book in BOOKS:
        if subject not in book.subjects(number):
            continue
        things = await book.find([number])
        months: set[tuple[int, str]] = set()
        for start in range(0, len(things), PAGE):
            ids = things[start : start + PAGE]
            changes = await recount(book, ids)
            if book is TICKETS:
                before = (row for row, _now in changes.values() if row and row["own"])
                months |= {(row["department_id"], row["period"]) for row in before}
                months |= await books.months_of(ids)
            if book is FORUMS and any(map(_moved, changes.values())):
                await _follow(things[0], 0, int(task.payload["event"]))
        for office, period in sorted(months):
            await publish_month(office, period)


async def publish_month(office: int, period: str) -> Changes:
    """Decide anew what may be told of an office's tickets in a month, as far as they have been counted."""
    async with database.transaction():
        return await move(TICKETS, *await books.month_of_office(office, period))


def _moved(change: tuple[Row | None, Row | None]) -> bool:
    """Whether a forum's dimension values changed, on which those of its submissions may depend."""
    before, now = change
    place = ("kind", "department_id", "district")
    return bool(before and before["kind"] and now and any(before[name] != now[name] for name in place))


async def follow(task: Task) -> None:
    """Count one batch of a changed forum's submissions and enqueue the next batch."""
    forum_id, after = int(task.payload["forum"]), int(task.payload["after"])
    ids = await forum_figures.submission_ids(after, PAGE, forum_id)
    await recount(SUBMISSIONS, ids)
    if len(ids) == PAGE:
        await _follow(forum_id, ids[-1], int(task.payload["event"]))


async def _follow(forum_id: int, after: int, event: int) -> None:
    payload = {"forum": forum_id, "after": after, "event": event}
    await jobs.enqueue((f"{FOLLOW}:{event}:{after}", FOLLOW, payload))


async def recount(book: Book, ids: Sequence[int]) -> Changes:
    """Count records again; the changes, for those whose counted row was not up to date."""
    async with database.transaction():
        last = await books.lock(book, ids, make=True)
        return await move(book, last, await book.read(ids, last))


async def move(book: Book, last: Mapping[int, Row], now: Mapping[int, Row]) -> Changes:
    """For locked rows, subtract what was counted last and add what is now; returns those that differ, in order."""
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
        await database.execute(f"DELETE FROM {book.table} WHERE {book.key} IN (?)", gone)
    return changes


async def count_people() -> None:
    """Count participants by age band and district. Only once a night, so that no single change reveals one person."""
    found = await forum_figures.people()
    async with database.transaction():
        await database.execute("DELETE FROM statistics_people")
        rows = [(dimension, value, n) for dimension, those in found.items() for value, n in those.items()]
        await database.insert("statistics_people", ("dimension", "value", "people"), rows)
