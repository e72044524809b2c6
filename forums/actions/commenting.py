"""Commenting on a submission, or on a forum itself while it is open, with one level of replies.

Authors can withdraw their comments. Every comment is an event of its forum's talk chain. Officials comment under their
name and department.
"""

from forums import rights, spam
from forums.actions.change import name_of
from forums.actions.moderating import close_review, hold, tell
from forums.actions.taking_part import took_part
from forums.errors import NoSuchText, NotYourSubmission
from forums.events import CommentMade, CommentWithdrawn
from forums.forms.speaking import Say
from forums.kinds import table, takes_comments
from forums.models import Comment
from forums.permissions import Permission
from forums.queries import comments, speaking
from forums.queries.speaking import Floor, Target
from forums.states import SUBMISSION, ForumAction, SubmissionAction, follow
from server.core import clock, database, ledger
from server.core.accounts import Official
from server.core.errors import Forbidden, NotPossibleNow
from server.core.participants.people import Person


async def on_submission(actor: Person | Official, number: str, command: Say) -> tuple[int, int | None]:
    """Comment on a submission. Returns the ids of the comment and of the one that it replies to.

    Raises ``NoSuchSubmission``, ``NoSuchText``, ``NotPossibleNow``, ``Forbidden``.
    """
    async with database.transaction():
        found = await speaking.target(number)
        if follow(SUBMISSION, found.status, SubmissionAction.COMMENT) is None:
            raise NotPossibleNow(SubmissionAction.COMMENT, found.status)
        return await _comment(actor, found.floor, found, command)


async def on_forum(actor: Person | Official, slug: str, command: Say) -> tuple[int, int | None]:
    """Comment on a forum itself, as :func:`on_submission`. Raises ``NoSuchForum`` as well."""
    async with database.transaction():
        return await _comment(actor, await speaking.floor(slug), None, command)


async def withdraw(actor: Person | Official, comment_id: int) -> None:
    """Withdraw one's own comment, in any state of the forum: only moderators still read it. Repeating it does nothing.

    Raises ``NoSuchText`` and ``NotYourSubmission``.
    """
    slug, _number = await comments.place(comment_id)
    async with database.transaction():
        chain = await ledger.open_or_begin(rights.talk_subject(slug))
        row = await Comment.get(id=comment_id)
        if actor.id != (row.official_id if isinstance(actor, Official) else row.participant_id):
            raise NotYourSubmission
        if row.visibility == "withdrawn":
            return
        if row.visibility == "shown":
            await database.execute("UPDATE forum SET comments = comments - 1 WHERE id = ?", row.forum_id)
            if row.submission_id:
                await database.execute("UPDATE submission SET comments = comments - 1 WHERE id = ?", row.submission_id)
        await database.execute("UPDATE comment SET visibility = 'withdrawn' WHERE id = ?", comment_id)
        subject = rights.comment_subject(comment_id)
        await close_review(subject)
        await tell(name_of(actor), [(chain, CommentWithdrawn(comment_id), subject, row.forum_id)])


async def _comment(
    actor: Person | Official, forum: Floor, submission: Target | None, command: Say
) -> tuple[int, int | None]:
    open_now = (
        ForumAction.COMMENT in table(forum.kind)[forum.status] if submission else takes_comments(forum, clock.now())
    )
    if not open_now:
        raise NotPossibleNow(ForumAction.COMMENT, forum.status)
    if isinstance(actor, Official) and not actor.may(Permission.ANSWER_SUBMISSIONS):
        raise Forbidden
    chain = await ledger.open_or_begin(rights.talk_subject(forum.slug))
    parent = await _thread(command.parent, forum.id, submission.id if submission else None) if command.parent else None
    mark = spam.fingerprint(command.text)
    why = "" if isinstance(actor, Official) else await _why_held(actor, forum, command.text, mark)
    row = await Comment.create(
        forum_id=forum.id,
        submission_id=submission.id if submission else None,
        parent_id=parent,
        participant_id=actor.id if isinstance(actor, Person) else None,
        official_id=actor.id if isinstance(actor, Official) else None,
        author=actor.name,
        stance=command.stance,
        text=command.text,
        visibility="pending" if why else "shown",
        fingerprint=mark,
        created_at=clock.now(),
    )
    await chain.append(name_of(actor), CommentMade(row.id, submission.number if submission else "", parent))
    if why:
        await hold(chain, rights.comment_subject(row.id), forum.id, why, comment=row.id)
    if isinstance(actor, Person):
        await took_part(chain, forum.id, actor.id)
    if not why:
        await database.execute("UPDATE forum SET comments = comments + 1 WHERE id = ?", forum.id)
        if submission:
            await database.execute("UPDATE submission SET comments = comments + 1 WHERE id = ?", submission.id)
    return int(row.id), parent


async def _thread(parent: int, forum_id: int, submission_id: int | None) -> int:
    """The comment that a reply belongs under: there are two levels, so a reply to a reply has the same parent.

    Raises ``NoSuchText`` where either of the two is not shown.
    """
    row = await database.fetch_one(
        "SELECT root.id, root.forum_id, root.submission_id FROM comment c "
        "JOIN comment root ON root.id = COALESCE(c.parent_id, c.id) "
        "WHERE c.id = ? AND c.visibility = 'shown' AND root.visibility = 'shown'",
        parent,
    )
    if row is None or row["forum_id"] != forum_id or row["submission_id"] != submission_id:
        raise NoSuchText
    return int(row["id"])


async def _why_held(person: Person, forum: Floor, text: str, mark: int) -> str:
    others = await speaking.commented_in(forum.id, mark)
    own = await speaking.said_by(person.id)
    return spam.why_held(text, forum.moderation, others, own, forum_id=forum.id, now=clock.now())
