"""What happened to one invented case, as a list of acts with their times.

The loader plays a script through the real actions, moving the clock; nothing in it is a state of its own, so a script
that the rules would refuse fails loudly instead of painting a picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from petitions.states import Action, State

PETITIONER = "petitioner"
SYSTEM = "system"
Payload = Mapping[str, str | int | bool | date]


@dataclass(frozen=True, slots=True)
class Step:
    """One action. The payload holds the fields of its form (``petitions.acts``), with no placeholders left."""

    at: datetime
    actor: str
    """A username, or ``petitioner``, or ``system``."""
    action: Action
    payload: Payload


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
