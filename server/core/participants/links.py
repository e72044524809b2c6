"""Mail links: they sign a participant in, or confirm what somebody wrote before their address was known.

A link names a participant by id, never by address. Only a hash of a confirmation link's token is stored: the mail's
job derives the token again from a random number and the server's secret, so the database does not reveal it.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.core import clock, config, database, i18n, jobs
from server.core.config import Settings
from server.core.errors import Text, _
from server.core.jobs import Task
from server.core.notify.correspondence import Letter
from server.core.participants.models import Unconfirmed
from server.core.rows import select_one
from server.core.sessions import token_hash
from server.core.signing import sign, unsign

PERSON_DAYS = 90
"""Days for which a mail link signs a participant in."""
CONFIRM_HOURS = 24
"""Hours for which an action awaits its confirmation."""
CONFIRM_JOB = "participants.confirm"
CONFIRM_PAGE = "/confirm"
OPEN_PAGE = "/open"

_PERSON = "person-link"


def person_link(settings: Settings, participant_id: int, path: str) -> str:
    """A link that signs a browser in as a participant and redirects to one of our pages."""
    return f"{settings.public_url}{OPEN_PAGE}/{sign(settings, _PERSON, [participant_id, path])}"


def read_person_link(settings: Settings, token: str) -> tuple[int, str] | None:
    """The participant and the target of a link; None if it is forged or expired."""
    value = unsign(settings, _PERSON, token, int(timedelta(days=PERSON_DAYS).total_seconds()))
    return (value[0], value[1]) if isinstance(value, list) else None


@dataclass(frozen=True)
class Waiting:
    """An action that awaits confirmation."""

    email: str
    act: str
    content: Mapping[str, Any]


async def keep(settings: Settings, email: str, act: str, content: Mapping[str, Any]) -> None:
    """Store an action until its confirmation link, which a job sends, is opened."""
    seed = secrets.token_hex(16)
    digest = token_hash(_token(settings, seed))
    await Unconfirmed.create(token_hash=digest, email=email, act=act, content=dict(content), created_at=clock.now())
    await jobs.enqueue((f"confirm:{digest}", CONFIRM_JOB, {"seed": seed}))


async def kept_lately(email: str) -> int:
    """The number of an address's unconfirmed actions of the last hour."""
    since = clock.now() - timedelta(hours=1)
    return int(
        await database.value("SELECT COUNT(*) FROM unconfirmed WHERE email = ? AND created_at > ?", email, since)
    )


async def waiting(token: str, *, take: bool = False) -> Waiting | None:
    """The action that a token confirms; None if it was used or has expired. ``take`` deletes it."""
    since = clock.now() - timedelta(hours=CONFIRM_HOURS)
    where = "token_hash = ? AND created_at > ?"
    sql = (
        f"DELETE FROM unconfirmed WHERE {where} RETURNING email, act, content"
        if take
        else f"SELECT email, act, content FROM unconfirmed WHERE {where}"
    )
    return await select_one(Waiting, sql, token_hash(token), since)


async def sweep() -> None:
    """Delete actions that were not confirmed in time."""
    await database.execute("DELETE FROM unconfirmed WHERE created_at < ?", clock.now() - timedelta(hours=CONFIRM_HOURS))


def _token(settings: Settings, seed: str) -> str:
    return hmac.digest(settings.secret_key.encode(), f"confirm\0{seed}".encode(), "sha256").hex()


async def confirmation(task: Task) -> Letter | None:
    """The mail with a link; None if the action was confirmed after an earlier attempt, or has expired."""
    settings = config.settings()
    token = _token(settings, task.payload["seed"])
    kept = await waiting(token)
    if kept is None:
        return None
    language = settings.spoken(kept.content["language"])
    context = {
        "subject": i18n.translate(language, _("Please confirm your email address")),
        "name": kept.content["name"],
        "what": i18n.translate(language, Text(kept.content["what"])) if kept.act else "",
        "hours": CONFIRM_HOURS,
        "link": f"{settings.public_url}{CONFIRM_PAGE}/{token}",
        "link_label": i18n.translate(language, _("Confirm and continue")),
        "wishes": "",
    }
    return Letter(kept.email, language, "mail/confirm", context)
