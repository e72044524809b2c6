"""Links that open a visit or all visits of a contact. They are signed and name a visit, never an address or number.

``/v/{token}`` fits into a text message. It opens its visit in any browser, so whoever has the message has the visit;
it changes nothing, because mail programs follow links: the page that it leads to asks. ``/v/{token}/change``,
``/v/{token}/cancel`` and ``/v/{token}/offer`` lead straight to the pages for that.
"""

from datetime import date, datetime, timedelta

from server.core import clock, signing
from server.core.config import Settings
from server.core.days import today

DAYS_AFTER = 30
"""Days after the visit for which a link in a message opens it."""
MINE_MINUTES = 30
"""Minutes for which a requested link opens all visits of its contact."""

_VISIT, _WAITING, _MINE, _RESTRICTION = "visit-link", "waiting-link", "visits-link", "restriction-link"


def visit_path(settings: Settings, number: str, starts_at: datetime, then: str = "") -> str:
    """The path that opens a visit, or its page ``then``, until some days after its start."""
    days = max((starts_at - clock.now()).days, 0) + DAYS_AFTER
    return f"/v/{signing.sign_short(settings, _VISIT, number, days)}{then and f'/{then}'}"


def read_visit_token(settings: Settings, token: str) -> str | None:
    """The number of the visit that a link opens; None if it is forged or expired."""
    return signing.unsign_short(settings, _VISIT, token)


def waiting_path(settings: Settings, number: str, day: date) -> str:
    """The path that shows an entry of a waiting list, until some days after its day."""
    days = max((day - today()).days, 0) + DAYS_AFTER
    return f"/visits/waiting/{signing.sign_short(settings, _WAITING, number, days)}"


def read_waiting_token(settings: Settings, token: str) -> str | None:
    """The number of the entry that a link shows; None if it is forged or expired."""
    return signing.unsign_short(settings, _WAITING, token)


def mine_path(settings: Settings, number: str) -> str:
    """The path that opens all visits of the contact of this visit."""
    return f"/visits/mine/{signing.sign(settings, _MINE, number)}"


def read_mine_token(settings: Settings, token: str) -> str | None:
    """A visit of the contact whose visits a link opens; None if it is forged or expired."""
    value = signing.unsign(settings, _MINE, token, int(timedelta(minutes=MINE_MINUTES).total_seconds()))
    return value if isinstance(value, str) else None


def restriction_path(settings: Settings, number: int, ends_at: datetime) -> str:
    """The path of the page of a restriction, where its household can appeal, until some days after its end."""
    days = max((ends_at - clock.now()).days, 0) + DAYS_AFTER
    return f"/visits/restrictions/{signing.sign_short(settings, _RESTRICTION, str(number), days)}"


def read_restriction_token(settings: Settings, token: str) -> int | None:
    """The restriction whose page a link opens; None if it is forged or expired."""
    value = signing.unsign_short(settings, _RESTRICTION, token)
    return int(value) if value else None
