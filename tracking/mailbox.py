"""The doors that mails open, and how an address wants to hear.

Links are signed and name a case's number, never a mail address: addresses do not belong into histories and logs.
"""

from datetime import timedelta
from enum import StrEnum

from forums.queries import following as forum_following
from petitions.queries import following
from server.core import clock, database
from server.core.config import Settings
from server.core.security import sign, unsign
from tracking.models import Preference

CASE_DAYS = 90
"""Days for which a link in a notice opens its case."""
MAILBOX_MINUTES = 30
"""Minutes for which a link that was asked for opens all cases of its address."""

_CASE, _MAILBOX, _WISHES, _FOLLOWS = "case-link", "mailbox-link", "mail-wishes", "follows"
_PARTICIPANT = "participant:"


class Mode(StrEnum):
    """How an address wants to hear."""

    ALL = "all"
    """Of everything, at once."""
    DIGEST = "digest"
    """Once a day; what the law wants told, at once."""
    REQUIRED = "required"
    """Only what the law wants told."""


def case_link(settings: Settings, reference: str) -> str:
    """An address that opens one case in whatever browser it is opened."""
    return f"{settings.public_url}/cases/open/{sign(settings, _CASE, reference)}"


def read_case_link(settings: Settings, token: str) -> str | None:
    """The case that a link opens; None where it is forged or too old."""
    return _number(unsign(settings, _CASE, token, int(timedelta(days=CASE_DAYS).total_seconds())))


def mailbox_link(settings: Settings, reference: str) -> str:
    """An address that opens all cases filed from the mail address of this one."""
    return f"{settings.public_url}/cases/link/{sign(settings, _MAILBOX, reference)}"


def read_mailbox_link(settings: Settings, token: str) -> str | None:
    """A case of the mailbox that a link opens; None where it is forged or too old."""
    return _number(unsign(settings, _MAILBOX, token, int(timedelta(minutes=MAILBOX_MINUTES).total_seconds())))


def wishes_link(settings: Settings, reference: str) -> str:
    """An address where the petitioner of a case says how they want to hear. It does not run out."""
    return f"{settings.public_url}/mail/{sign(settings, _WISHES, reference)}"


def participant_wishes_link(settings: Settings, participant_id: int) -> str:
    """The same for somebody who takes part in forums."""
    return f"{settings.public_url}/mail/{sign(settings, _WISHES, f'{_PARTICIPANT}{participant_id}')}"


async def read_wishes_link(settings: Settings, token: str) -> str:
    """The address whose wishes a link changes; empty where it is forged or nobody has it any more."""
    number = _number(unsign(settings, _WISHES, token))
    if number is None:
        return ""
    if number.startswith(_PARTICIPANT):
        person = await forum_following.participant(int(number.removeprefix(_PARTICIPANT)))
        return person.email if person else ""
    return await following.address_of(number)


async def follows_link(settings: Settings, email: str) -> str:
    """An address where somebody sees and ends what they follow; empty for nothing. It does not run out."""
    row = await database.fetch_one("SELECT id FROM follow WHERE email = ? ORDER BY id LIMIT 1", email)
    return f"{settings.public_url}/forums/following/{sign(settings, _FOLLOWS, row['id'])}" if row else ""


async def read_follows_link(settings: Settings, token: str) -> str:
    """The address whose follows a link shows; empty where it is forged or follows nothing any more."""
    number = unsign(settings, _FOLLOWS, token)
    if not isinstance(number, int):
        return ""
    row = await database.fetch_one("SELECT email FROM follow WHERE id = ?", number)
    return str(row["email"]) if row else ""


def _number(value: object) -> str | None:
    return value if isinstance(value, str) else None


async def mode_of(email: str) -> Mode:
    """How an address wants to hear."""
    row = await database.fetch_one("SELECT mode FROM mail_preference WHERE email = ?", email.lower())
    return Mode(row["mode"]) if row else Mode.ALL


async def set_mode(email: str, mode: Mode) -> None:
    """Remember how an address wants to hear."""
    await Preference.update_or_create({"mode": mode.value, "changed_at": clock.now()}, email=email.lower())
