"""The links in mails that open cases. They are signed and name a case's number, never a mail address."""

from datetime import timedelta

from server.core.config import Settings
from server.core.security import sign, unsign

CASE_DAYS = 90
"""Days for which a link in a notice opens its case."""
MAILBOX_MINUTES = 30
"""Minutes for which a link that was asked for opens all cases of its address."""

_CASE, _MAILBOX = "case-link", "mailbox-link"


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


def _number(value: object) -> str | None:
    return value if isinstance(value, str) else None
