"""Supporting a submission, a comment or a forum: once per participant, and it can be undone.

Supports are not recorded in the ledger, and only the row with the counter is locked.
"""

from typing import NamedTuple

from forums.actions.taking_part import take_part
from forums.errors import NoSuchText, OwnSubmission
from forums.kinds import table
from forums.queries import speaking
from forums.queries.speaking import Floor
from forums.states import SUBMISSION, ForumAction, ForumState, SubmissionAction, follow
from server.core import clock, config, database, jobs
from server.core.errors import NotPossibleNow
from server.core.participants.people import Person

OPEN_JOB = "forums.open"
"""Checks whether a proposed discussion has enough support; run after the commit, because it takes other locks."""


class _What(NamedTuple):
    table: str
    id: int
    floor: Floor
    author: int | None


async def support(person: Person, subject: str, *, undo: bool = False) -> bool:
    """Support a submission, a comment or a forum, or undo it. Returns whether anything changed.

    Enough support opens a proposed discussion. Raises ``NoSuchSubmission``, ``NoSuchText``, ``NoSuchForum``,
    ``NotPossibleNow``, ``OwnSubmission``.
    """
    sort, _slash, name = subject.partition("/")
    async with database.transaction():
        match sort:
            case "submission":
                what = await _submission(name)
            case "comment":
                what = await _comment(int(name))
            case _:
                floor = await speaking.floor(name)
                what = _What("forum", floor.id, floor, None)
        return await _change(person, subject, what, undo=undo)


async def _submission(number: str) -> _What:
    found = await speaking.target(number)
    if follow(SUBMISSION, found.status, SubmissionAction.SUPPORT) is None:
        raise NotPossibleNow(SubmissionAction.SUPPORT, found.status)
    return _What("submission", found.id, found.floor, found.participant_id)


async def _comment(comment_id: int) -> _What:
    row = await database.fetch_one(
        "SELECT c.participant_id, c.visibility, f.slug FROM comment c JOIN forum f ON f.id = c.forum_id WHERE c.id = ?",
        comment_id,
    )
    if row is None or row["visibility"] != "shown":
        raise NoSuchText
    return _What("comment", comment_id, await speaking.floor(row["slug"]), row["participant_id"])


async def _change(person: Person, subject: str, what: _What, *, undo: bool) -> bool:
    if follow(table(what.floor.kind), what.floor.status, ForumAction.SUPPORT) is None:
        raise NotPossibleNow(ForumAction.SUPPORT, what.floor.status)
    if what.author == person.id:
        raise OwnSubmission
    if undo:
        gone = await database.execute(
            "DELETE FROM support WHERE subject = ? AND participant_id = ?", subject, person.id
        )
        if gone:
            await database.execute(f"UPDATE {what.table} SET supports = supports - 1 WHERE id = ?", what.id)
        return bool(gone)
    await take_part(what.floor.slug, what.floor.id, person)
    fresh = await database.fetch(
        "INSERT INTO support (subject, participant_id, created_at) VALUES (?, ?, ?) "
        "ON CONFLICT (subject, participant_id) DO NOTHING RETURNING id",
        subject,
        person.id,
        clock.now(),
    )
    if not fresh:
        return False
    rows = await database.fetch(
        f"UPDATE {what.table} SET supports = supports + 1 WHERE id = ? RETURNING supports", what.id
    )
    enough = rows[0]["supports"] >= config.settings().forum_supports
    if what.table == "forum" and what.floor.status is ForumState.PROPOSED and enough:
        await jobs.enqueue((f"{OPEN_JOB}:{what.floor.slug}", OPEN_JOB, {"slug": what.floor.slug}))
    return True
