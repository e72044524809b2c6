"""Moderation: a text is held or reported, a moderator hides it or lets it stand, its author appeals."""

from forums import rules
from forums.actions.change import SYSTEM
from forums.events import TextHeld
from server.core import clock, database
from server.core.ledger import Chain


async def hold(chain: Chain, subject: str, forum_id: int, why: str, comment: int | None = None) -> None:
    """Put a text that was just written with visibility ``pending`` into the moderators' queue, inside its action.

    ``chain`` is the locked one of its submission or of its forum's talk, ``subject`` its name among reviews
    (``rights.voice_subject``, ``rights.comment_subject``), ``why`` a key of ``labels.WHY``, ``comment`` its id if it
    is one.
    """
    table, column, key = ("comment", "id", comment) if comment else ("submission", "number", subject.partition("/")[2])
    await database.execute(
        "INSERT INTO review (subject, forum_id, participant_id, why, open, urgency, reports, rule, reason, appeal, "
        f"turn, asked_at) VALUES (?, ?, (SELECT participant_id FROM {table} WHERE {column} = ?), ?, ?, ?, 0, '', '', "
        "'', 0, ?)",
        subject,
        forum_id,
        key,
        why,
        True,
        rules.urgency(why, 0),
        clock.now(),
    )
    await chain.append(SYSTEM, TextHeld(why, comment))
