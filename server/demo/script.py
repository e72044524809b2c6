"""What happened to one invented case, as a list of acts with their times.

The loader plays a script through the real actions, moving the clock; nothing in it is a state of its own, so a script
that the rules would refuse fails loudly instead of painting a picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from petitions.states import Action, State

PETITIONER = "petitioner"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Step:
    """One act. The payload holds what its form asks for, with no placeholders left.

    ``accept``: department. ``assign``: handler. ``transfer``: department, reason. ``guide``: username.
    ``request-supplement``: text, days. ``extend``: amount (in the unit of the period), reason, consent.
    ``part``: asked (a department), text, due. ``part-reply``: text. ``part-extend``: due, reason. ``part-withdraw``:
    asked, reason. ``transfer-out``: agency, reason. ``answer``: text, decision, reasons, remedies. ``rate``: score, comment.
    ``prolong``: days. ``investigate``: first, days, reason.
    ``supplement``, ``undelivered``, ``deem-withdrawn``, ``interim-notice``, ``note``, ``message``: text. ``return``, ``withdraw``, ``reopen`` (the citizen's
    "not solved"), ``close``: reason. ``start``: nothing.
    """

    at: datetime
    actor: str
    """A username, or ``petitioner``, or ``system``."""
    action: Action
    payload: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Location:
    """Where it is about."""

    lat: float
    lng: float
    address: str
    district: str
    """The code of the district that the point lies in."""


@dataclass(frozen=True, slots=True)
class Petitioner:
    """Who files; e-mail addresses and telephone numbers lead nowhere."""

    name: str
    language: str
    email: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class CaseScript:
    """One case from its receipt to where it stands now."""

    scenario: str
    """The key of the story that it tells."""
    received_at: datetime
    channel: str
    filed_by: str | None
    """The username of the official who filed it for somebody; None for the website."""
    language: str
    kind: str
    """As ``petitions.rules.parse_kind`` reads it; ``report`` without a petitioner."""
    title: str
    body: str
    location: Location | None
    petitioner: Petitioner | None
    """None: a tip (제보) without a name."""
    public: bool
    steps: tuple[Step, ...]
    state: State
    """Where the case stands after the last step."""
