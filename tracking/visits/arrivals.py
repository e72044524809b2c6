"""A reservation at another office than the one where its visitor is: how far away, and what to do now. Pure."""

import math
from datetime import datetime, timedelta
from typing import Protocol

from server.core.errors import Text, _

EARTH = 6371.0
"""Its radius in kilometres."""


class Place(Protocol):
    """A point on the map, if it has one."""

    @property
    def lat(self) -> float | None: ...
    @property
    def lng(self) -> float | None: ...


def elsewhere(when: datetime, now: datetime, grace_minutes: int, phone: str) -> Text:
    """What to do about a reservation at another office."""
    if now > when + timedelta(minutes=grace_minutes):
        return _("Its time, %(when)s, is over: please call %(phone)s, or take a ticket here without a reservation.",
                 when=when, phone=phone)  # fmt: skip
    return _("It is for %(when)s: please go there, or take a ticket here without a reservation.", when=when)


def kilometres(one: Place, other: Place) -> float | None:
    """The distance between two offices in a straight line; None if one is not on the map."""
    if one.lat is None or one.lng is None or other.lat is None or other.lng is None:
        return None
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((other_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin(math.radians(other.lng - one.lng) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))
