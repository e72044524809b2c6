"""How an address wants to hear, and the link by which its owner says so.

Links are signed and name somebody as their domain does, never a mail address: addresses do not belong into histories
and logs.
"""

from enum import StrEnum

from server.core import clock, database
from server.core.config import Settings
from server.core.notify.models import Preference
from server.core.security import sign, unsign

_WISHES = "mail-wishes"


class Mode(StrEnum):
    """How an address wants to hear."""

    ALL = "all"
    """Of everything, at once."""
    DIGEST = "digest"
    """Once a day; what the law wants told, at once."""
    REQUIRED = "required"
    """Only what the law wants told."""


def wishes_link(settings: Settings, name: str) -> str:
    """An address where somebody, by their domain's name for them, says how they want to hear. It does not run out."""
    return f"{settings.public_url}/mail/{sign(settings, _WISHES, name)}"


def read_wishes_link(settings: Settings, token: str) -> str:
    """Whom a link names; empty where it is forged."""
    name = unsign(settings, _WISHES, token)
    return name if isinstance(name, str) else ""


async def mode_of(email: str) -> Mode:
    """How an address wants to hear."""
    row = await database.fetch_one("SELECT mode FROM mail_preference WHERE email = ?", email.lower())
    return Mode(row["mode"]) if row else Mode.ALL


async def set_mode(email: str, mode: Mode) -> None:
    """Remember how an address wants to hear."""
    await Preference.update_or_create({"mode": mode.value, "changed_at": clock.now()}, email=email.lower())
