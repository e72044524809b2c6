"""Links in messages that open cases. They are signed and contain a case number, never an email address."""

from datetime import timedelta

from server.core.config import Settings
from server.core.signing import sign, sign_short, unsign, unsign_short

CASE_DAYS = 90
"""Days for which a link in a notice opens its case."""
MAILBOX_MINUTES = 30
"""Minutes for which a requested link opens all cases of its email address."""

_CASE, _TEXT, _MAILBOX = "case-link", "case-text", "mailbox-link"


def case_link(settings: Settings, reference: str) -> str:
    """A link that opens one case in any browser."""
    return f"{settings.public_url}/cases/open/{sign(settings, _CASE, reference)}"


def read_case_link(settings: Settings, token: str) -> str | None:
    """The case that a link opens; None if it is forged or expired."""
    return _number(unsign(settings, _CASE, token, int(timedelta(days=CASE_DAYS).total_seconds())))


def text_path(settings: Settings, reference: str) -> str:
    """The same as a path that is short enough for a text message."""
    return f"/c/{sign_short(settings, _TEXT, reference, CASE_DAYS)}"


def read_text_token(settings: Settings, token: str) -> str | None:
    """The case that the link in a text message opens; None if it is forged or expired."""
    return unsign_short(settings, _TEXT, token)


def mailbox_link(settings: Settings, reference: str) -> str:
    """A link that opens all cases filed from the email address of this case."""
    return f"{settings.public_url}/cases/link/{sign(settings, _MAILBOX, reference)}"


def read_mailbox_link(settings: Settings, token: str) -> str | None:
    """A case of the email address whose cases a link opens; None if it is forged or expired."""
    return _number(unsign(settings, _MAILBOX, token, int(timedelta(minutes=MAILBOX_MINUTES).total_seconds())))


def _number(value: object) -> str | None:
    return value if isinstance(value, str) else None
