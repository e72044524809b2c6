"""An address's mail preferences, and the link for changing them.

Links are signed and contain the domain's name for a person, never an email address: addresses do not belong in
browser histories and logs.
"""

from collections.abc import Mapping
from enum import StrEnum

from server.core import clock, database
from server.core.config import Settings
from server.core.notify.models import Preference
from server.core.signing import sign, unsign

_WISHES = "mail-wishes"


class Mode(StrEnum):
    """How an address wants to receive notices."""

    ALL = "all"
    """Everything, at once."""
    DIGEST = "digest"
    """Daily, but notices required by law at once."""
    REQUIRED = "required"
    """Only notices required by law."""


def wishes_link(settings: Settings, name: str) -> str:
    """The link to a person's mail preferences, by the domain's name for them. It does not expire."""
    return f"{settings.public_url}/mail/{sign(settings, _WISHES, name)}"


def read_wishes_link(settings: Settings, token: str) -> str:
    """The person named in a link; empty if it is forged."""
    name = unsign(settings, _WISHES, token)
    return name if isinstance(name, str) else ""


def one_click(form: Mapping[str, object]) -> bool:
    """Whether a mail program sent the form, which means the fewest mails; it follows no redirect (RFC 8058, 3.1)."""
    return form.get("List-Unsubscribe") == "One-Click"


async def mode_of(email: str) -> Mode:
    """The mail preference of an address."""
    return Mode(await database.value("SELECT mode FROM mail_preference WHERE email = ?", email.lower()) or Mode.ALL)


async def set_mode(email: str, mode: Mode) -> None:
    """Store the mail preference of an address."""
    await Preference.update_or_create({"mode": mode.value, "changed_at": clock.now()}, email=email.lower())
