"""Planning and running a forum: draft, edit, publish, start, close, cancel, minutes.

What each kind needs is in ``forums.kinds``; the permissions are in ``forums.rights``.
"""

from collections.abc import Collection, Sequence

from forums import kinds
from forums.actions.change import Actor, Change, changing_forum
from forums.errors import EndIsPast
from forums.events import (
    ForumCancelled,
    ForumClosed,
    ForumEdited,
    ForumPlanned,
    ForumPublished,
    ForumStarted,
    MinutesPublished,
)
from forums.forms.assigning import PLAIN, Plain, TextOnly
from forums.forms.planning import PLANS, PlanForum, WriteMinutes
from forums.models import Forum, ForumFile
from forums.numbering import next_number, slug_of
from forums.permissions import Permission
from forums.rights import forum_subject
from forums.search import refresh_forums
from forums.states import SEEN, ForumAction, ForumState
from server.core import clock, config, database, idempotency, ledger
from server.core.accounts import Official, keep_open
from server.core.errors import FieldError, Forbidden, Invalid, _
from server.core.files import StoredFile

MOST_FILES = 50
CLOSED_DEPARTMENT = _("This department has been closed. Please choose another one.")


async def plan(
    actor: Official,
    command: PlanForum,
    files: Sequence[StoredFile] = (),
    *,
    key: str = "",
    from_petition: str = "",
) -> str:
    """Draft a forum with the next number of its kind; its slug. The same ``key`` (a form sent twice) drafts it once.
    ``from_petition`` is the petition that it takes up as its topic.

    Raises ``Forbidden`` and ``Invalid``.
    """
    if not actor.may(Permission.PLAN_FORUMS):
        raise Forbidden
    digest = idempotency.digest(config.settings().secret_key, "forums", f"{actor.actor} {key}")
    async with database.transaction():
        if key and (first := await idempotency.claim(digest, idempotency.fingerprint(key))) is not None:
            return first
        await _need_open(command.department_id)
        number = await next_number(command.kind)
        slug = slug_of(command.kind, number)
        chain = await ledger.begin(forum_subject(slug))
        forum = await Forum.create(
            slug=slug,
            number=number,
            kind=command.kind,
            status=ForumState.DRAFT,
            language=command.language,
            from_petition=from_petition,
            created_at=clock.now(),
            **command.values(),
        )
        await keep_files(forum_subject(slug), files)
        await chain.append(actor.actor, ForumPlanned(command.kind, petition=from_petition))
        await refresh_forums(forum.id)
        if key:
            await idempotency.settle(digest, slug)
    return slug


async def edit(
    actor: Official,
    slug: str,
    command: PlanForum,
    seen: int | None = None,
    *,
    add: Sequence[StoredFile] = (),
    remove: Collection[int] = (),
) -> None:
    """Change a forum and its files: ``add`` are in the store already, ``remove`` are the ids of files to remove.

    Raises ``ChangedMeanwhile``; ``Invalid`` where an announced forum would lack a required field.
    """
    async with changing_forum(slug, ForumAction.EDIT, actor, seen=seen) as change:
        row, wanted = change.row, command.values()
        fields = [name for name, value in wanted.items() if getattr(row, name) != value]
        if "department_id" in fields:
            await _need_open(command.department_id)
        change.set(**{name: wanted[name] for name in fields})
        if await _change_files(forum_subject(slug), add, remove):
            fields.append("files")
        if row.status in SEEN:
            _need_all(row)
        if fields:
            change.record(ForumEdited(tuple(fields)))


async def publish(actor: Actor, slug: str, command: Plain = PLAIN) -> None:
    """Announce a forum. Raises ``Invalid`` with the required fields that are empty, and ``EndIsPast``."""
    async with changing_forum(slug, ForumAction.PUBLISH, actor, seen=command.seen) as change:
        row, now = change.row, clock.now()
        _need_all(row)
        if row.kind == "discussion":
            _need_future(row)
            change.set(starts_at=row.starts_at or now)
        change.set(published_at=now)
        change.record(ForumPublished())


async def start(actor: Actor, slug: str, command: Plain = PLAIN) -> None:
    """Start a forum, or reopen a closed one. Raises ``EndIsPast`` where it would end at once."""
    async with changing_forum(slug, ForumAction.START, actor, seen=command.seen) as change:
        _need_future(change.row)
        change.set(closed_at=None)
        change.record(ForumStarted())


async def close(actor: Actor, slug: str, command: Plain = PLAIN) -> None:
    """End a forum."""
    async with changing_forum(slug, ForumAction.CLOSE, actor, seen=command.seen) as change:
        change.set(closed_at=clock.now())
        change.record(ForumClosed())


async def cancel(actor: Official, slug: str, command: TextOnly) -> None:
    """Cancel a forum, with a public reason. The times of a draft are cleared, because they were never announced."""
    async with changing_forum(slug, ForumAction.CANCEL, actor, seen=command.seen) as change:
        if change.row.status is ForumState.DRAFT:
            change.set(starts_at=None, ends_at=None)
        change.set(closed_at=clock.now())
        change.record(ForumCancelled(await change.say(command.text)))


async def write_minutes(actor: Official, slug: str, command: WriteMinutes) -> None:
    """Publish the minutes, or a corrected version."""
    async with changing_forum(slug, ForumAction.MINUTES, actor, seen=command.seen) as change:
        if change.row.minutes == command.minutes:
            return
        change.set(minutes=command.minutes)
        change.record(MinutesPublished())


async def number_it(change: Change[Forum]) -> None:
    """Give a proposed forum its number in the series of its kind; its slug stays."""
    if not change.row.number:
        change.set(number=await next_number(change.row.kind))


async def keep_files(subject: str, files: Sequence[StoredFile]) -> None:
    """Attach files that are in the store already."""
    for file in files:
        await ForumFile.create(
            subject=subject, hash=file.hash, name=file.name, size=file.size, media_type=file.media_type,
            created_at=clock.now(),
        )  # fmt: skip


async def _change_files(subject: str, add: Sequence[StoredFile], remove: Collection[int]) -> bool:
    """Remove and add files. Returns whether anything changed. Raises ``Invalid`` for too many."""
    if not (add or remove):
        return False
    before = {row.id: row.hash for row in await ForumFile.filter(subject=subject)}
    gone = before.keys() & set(remove)
    kept = {hash_ for id_, hash_ in before.items() if id_ not in gone}
    new = [file for file in add if file.hash not in kept]
    if len(kept) + len(new) > MOST_FILES:
        raise Invalid([FieldError("files", _("A forum can hold at most %(most)s files.", most=MOST_FILES))])
    if gone:
        await ForumFile.filter(id__in=list(gone)).delete()
    await keep_files(subject, new)
    return bool(gone or new)


async def _need_open(department_id: int | None) -> None:
    if department_id is not None and not await keep_open(department_id):
        raise Invalid([FieldError("department", CLOSED_DEPARTMENT)])


def _need_all(row: Forum) -> None:
    if lacking := kinds.missing(row):
        raise PLANS[row.kind].missing(*lacking)


def _need_future(row: Forum) -> None:
    if kinds.is_over(row.kind, row.ends_at, clock.now()):
        raise EndIsPast
