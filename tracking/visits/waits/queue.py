"""What the queue of an office looks like at a moment: all that an estimate of waiting times knows.

Moments are seconds since the epoch. Whoever makes a ``Queue`` puts nothing into it that is not known at ``now``.
"""

from collections.abc import Mapping
from math import ceil, floor, inf
from types import MappingProxyType
from typing import NamedTuple

from tracking.visits.waits.order import Overtaking, Rule, Ticket


class Serving(NamedTuple):
    """What a counter does now."""

    service: str
    called: float
    started: float | None = None
    """None until the visitor is there."""
    further: tuple[str, ...] = ()
    """What else the visitor came for, to be done after it in the same call."""
    since: float | None = None
    """From when the visitor counted as waiting, if they may have gone before walk-ins who had waited longer."""


class Counter(NamedTuple):
    """A counter with what is known of its day."""

    id: str
    services: frozenset[str]
    open: tuple[tuple[float, float], ...] = ((0, inf),)
    """When it is open, from now on, by the roster."""
    serving: Serving | None = None
    free_since: float | None = None
    """Since when it is free although somebody waits whom it serves."""
    closed_since: float | None = None
    """Since when it has been closed against the roster, with nobody knowing for how long."""


class Coming(NamedTuple):
    """A booking whose visitor has not arrived."""

    service: str
    booked_for: float


class Queue(NamedTuple):
    """An office's queue at a moment."""

    now: float
    rule: Rule
    waiting: tuple[Ticket, ...]
    counters: tuple[Counter, ...]
    coming: tuple[Coming, ...] = ()
    further: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """What else tickets are for, by number: done in the same call, after the ticket's service."""
    walk_ins: tuple[tuple[str, int], ...] = ()
    """Walk-ins of the last hour, by service: those who come next are before whoever is early for a booked time."""
    overtakings: tuple[Overtaking, ...] = ()
    """What has delayed walk-ins so far."""


class Wait(NamedTuple):
    """Minutes from now to the call: one in ten wait less than ``p10``, one in ten longer than ``p90``."""

    p10: float
    p50: float
    p90: float

    @property
    def in_minutes(self) -> tuple[int, int, int]:
        """In whole minutes, as it is shown: the range is rounded outwards."""
        return floor(self.p10), round(self.p50), ceil(self.p90)
