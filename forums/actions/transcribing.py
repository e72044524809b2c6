"""Transcribing: clerks write down what people say at a session, one line after the other, several clerks at once.

Each line is a submission with a chain of its own, so clerks wait for each other only for the forum's counter. A line is
identified by its form's key: sent again after a broken connection, it is written once.
"""

from forums import kinds, rules
from forums.actions.change import Change, changing_submission
from forums.actions.speaking import receive, take_back
from forums.errors import NoSuchForum, NoSuchSession, NoSuchSubmission
from forums.events import SubmissionCorrected, TranscriptionWithdrawn
from forums.forms.transcribing import Transcribe
from forums.models import Forum, Session, Submission
from forums.permissions import Permission
from forums.states import ForumAction, SubmissionAction
from server.core import clock, config, database, idempotency
from server.core.accounts import Official
from server.core.days import today
from server.core.errors import Forbidden, NotPossibleNow


async def transcribe(actor: Official, slug: str, command: Transcribe, key: str) -> str:
    """Write down one submission. Returns its number. The same key with the same content writes nothing again.

    Raises ``Forbidden``, ``NoSuchForum``, ``NoSuchSession``, ``NotPossibleNow`` and ``KeyReused``.
    """
    if not actor.may(Permission.RUN_FORUMS):
        raise Forbidden
    known = idempotency.digest(config.settings().secret_key, f"intake:{slug}", key)
    async with database.transaction():
        first = await idempotency.claim(known, idempotency.fingerprint(command))
        if first is not None:
            return first
        forum = await _forum(slug, command.session_id)
        row, _chain = await receive(
            actor.actor,
            slug,
            forum_id=forum.id,
            session_id=command.session_id,
            author=command.author,
            speaker=command.speaker,
            channel=command.channel,
            stance=command.stance,
            title=rules.title_of(command.text),
            text=command.text,
            language=forum.language,
            district=forum.district,
        )
        await database.execute("UPDATE forum SET submissions = submissions + 1 WHERE id = ?", forum.id)
        await idempotency.settle(known, row.number)
    return row.number


async def _forum(slug: str, session_id: int | None) -> Forum:
    forum = await Forum.get_or_none(slug=slug)
    if forum is None:
        raise NoSuchForum
    if session_id and not await Session.exists(id=session_id, forum_id=forum.id):
        raise NoSuchSession
    speaks = ForumAction.SPEAK in kinds.table(forum.kind)[forum.status]
    if not (speaks and rules.may_transcribe(forum.status, forum.closed_at, clock.now())):
        raise NotPossibleNow(ForumAction.SPEAK, forum.status)
    return forum


async def correct(actor: Official, slug: str, number: str, command: Transcribe, seen: int | None = None) -> None:
    """Correct a transcription, on the same day and before anybody has acted on it.

    Raises ``NoSuchSubmission``, ``ChangedMeanwhile`` and ``NotPossibleNow``.
    """
    async with changing_submission(number, SubmissionAction.CORRECT, actor, seen=seen) as change:
        await _need_own_evening(change, slug, SubmissionAction.CORRECT)
        row = change.row
        wanted: dict[str, object] = {
            "text": command.text,
            "stance": command.stance,
            "speaker": command.speaker,
            "author": command.author,
        }
        fields = [name for name, value in wanted.items() if getattr(row, name) != value]
        if not fields:
            return
        change.set(**{name: wanted[name] for name in fields}, title=rules.title_of(command.text))
        change.record(SubmissionCorrected(slug, tuple(fields)))


async def undo(actor: Official, slug: str, number: str) -> None:
    """Remove a line that nobody said or that was transcribed twice. Repeating it does nothing.

    Raises ``NoSuchSubmission``, ``NotPossibleNow``; ``OthersMerged`` where others share its answer.
    """
    async with changing_submission(number, SubmissionAction.UNDO, actor) as change:
        await _need_own_evening(change, slug, SubmissionAction.UNDO)
        await take_back(change, TranscriptionWithdrawn(slug))


async def _need_own_evening(change: Change[Submission], slug: str, action: SubmissionAction) -> None:
    row = change.row
    if not await Forum.exists(id=row.forum_id, slug=slug):
        raise NoSuchSubmission
    if not rules.may_correct(row.channel, row.received_on, today()):
        raise NotPossibleNow(action, row.status)
