"""A day of units as read: who serves what in each step, and what is still free under a domain's terms. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from server.core.booking import matching


@dataclass(frozen=True, slots=True)
class Quota:
    """A share of the units that claims of some kinds, made through some channels, must leave to others."""

    percent: int
    """Of the units present that are able to do one of the kinds, rounded down."""
    channels: frozenset[str]
    kinds: frozenset[int] | None = None
    """None for all kinds."""

    def concerns(self, kind: int, channel: str) -> bool:
        """Whether a claim counts towards the share, and is limited by it."""
        return channel in self.channels and (self.kinds is None or kind in self.kinds)


@dataclass(frozen=True)
class Terms:
    """What a domain decides about the units of a place."""

    step: int
    """Minutes. All times are multiples of it."""
    able: Mapping[int, Collection[int]]
    """The units able to do each kind."""
    quotas: Sequence[Quota] = ()
    fixed: Collection[int] = frozenset()
    """The claims that stay with the units that serve them, for as long as these are there."""


@dataclass(frozen=True, slots=True)
class Held:
    """A claim as stored."""

    id: int
    calendar_id: int
    kind: int
    unit: int | None
    channel: str
    starts: int
    ends: int
    places: int
    taken: int
    placed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Time to be taken. ``number`` of ``places``: a group shares the claim of the same kind, start and unit."""

    kind: int
    starts: int
    ends: int
    channel: str
    unit: int | None = None
    places: int = 1
    number: int = 1


@dataclass(frozen=True)
class Day:
    """A calendar as read: who serves what in each step."""

    id: int
    version: int
    claims: dict[int, Held]
    steps: dict[int, dict[int, int | None]]
    """By minute: the units present, and the claim that each serves."""

    def group(self, wanted: Wanted) -> list[Held]:
        """The claims that ``wanted`` can share with others, the fullest first; none if it is not for a group."""
        like = (wanted.kind, wanted.starts, wanted.ends)
        found = [
            one
            for one in self.claims.values()
            if wanted.places > 1
            and one.placed
            and (one.kind, one.starts, one.ends) == like
            and wanted.unit in {None, one.unit}
        ]
        return sorted(found, key=lambda one: one.places - one.taken)

    def without(self, places: Mapping[int, int]) -> "Day":
        """The day as it would be if places of some claims were given back (claim to number of places)."""
        claims = {
            one.id: replace(one, taken=one.taken - places.get(one.id, 0))
            for one in self.claims.values()
            if one.taken > places.get(one.id, 0)
        }
        gone = {one for one in places if one not in claims}
        steps = {
            minute: {unit: None if one in gone else one for unit, one in units.items()}
            for minute, units in self.steps.items()
        }
        return Day(self.id, self.version, claims, steps)

    def serves(self, claim: Held) -> list[int]:
        """The units that serve a claim, in the order of its steps."""
        return [
            unit
            for minute in sorted(self.steps)
            if claim.starts <= minute < claim.ends
            for unit, one in self.steps[minute].items()
            if one == claim.id
        ]


class Free:
    """What is free in a day under a domain's terms. Keeps what it has counted."""

    def __init__(self, day: Day, terms: Terms) -> None:
        self.day, self.terms = day, terms
        units = sorted({unit for units in day.steps.values() for unit in units})
        self.bit = {unit: 1 << place for place, unit in enumerate(units)}
        self._unplaced = [one for one in day.claims.values() if not one.placed]
        self._able: dict[tuple[int, int | None], int] = {}
        self._left: dict[tuple[int, int | None, str, int], int] = {}

    def able(self, claim: Held | Wanted) -> int:
        """The mask of the units that are able to serve a claim."""
        key = (claim.kind, claim.unit)
        if key not in self._able:
            able = self.terms.able.get(claim.kind, ())
            units = set(able) if claim.unit is None else {claim.unit}.intersection(able)
            self._able[key] = sum(self.bit[unit] for unit in units if unit in self.bit)
        return self._able[key]

    def places(self, wanted: Wanted) -> int:
        """How many more places like ``wanted`` can be booked, in groups that there are and in new claims."""
        shared = sum(one.places - one.taken for one in self.day.group(wanted))
        return shared + self.claims(wanted) * wanted.places

    def fits(self, wanted: Wanted) -> bool:
        """Whether ``wanted`` can be booked as it is: a group stays together."""
        together = any(one.places - one.taken >= wanted.number for one in self.day.group(wanted))
        return together or (wanted.number <= wanted.places and self.claims(wanted) > 0)

    def served(self, wanted: Wanted) -> bool:
        """Whether a unit that is able is present in each step, free or not."""
        able = self.able(wanted)
        return all(
            any(self.bit[unit] & able for unit in self.day.steps.get(minute, ()))
            for minute in range(wanted.starts, wanted.ends, self.terms.step)
        )

    def used(self, wanted: Wanted) -> int:
        """How many places are taken: in a group of its own, else units that are able and serve somebody, at most."""
        if wanted.places > 1:
            return sum(one.taken for one in self.day.group(wanted))
        able = self.able(wanted)
        return max(
            sum(one is not None and bool(self.bit[unit] & able) for unit, one in self.day.steps.get(minute, {}).items())
            for minute in range(wanted.starts, wanted.ends, self.terms.step)
        )

    def claims(self, wanted: Wanted) -> int:
        """How many more claims like ``wanted`` fit: no more than in any of its steps."""
        return min(self._at(minute, wanted) for minute in range(wanted.starts, wanted.ends, self.terms.step))

    def _at(self, minute: int, wanted: Wanted) -> int:
        key = (wanted.kind, wanted.unit, wanted.channel, minute)
        if key not in self._left:
            self._left[key] = self._count(minute, wanted)
        return self._left[key]

    def _count(self, minute: int, wanted: Wanted) -> int:
        units = self.day.steps.get(minute, {})
        # A claim can be missing from a page's reading if it was made meanwhile: its unit is then taken all the same.
        claims = {unit: self.day.claims.get(one) for unit, one in units.items() if one is not None}
        waiting = self._waiting(minute)
        fixed = self.terms.fixed
        masks = [self.able(one) if one and one.id not in fixed else self.bit[unit] for unit, one in claims.items()]
        masks = sorted([*masks, *map(self.able, waiting)])
        left = matching.room(sum(self.bit[unit] for unit in units), tuple(masks), self.able(wanted))
        for quota in self.terms.quotas:
            if left and quota.concerns(wanted.kind, wanted.channel):
                able = units if quota.kinds is None else {u for k in quota.kinds for u in self.terms.able.get(k, ())}
                present = sum(unit in able for unit in units)
                counted = [*claims.values(), *waiting]
                used = sum(one is not None and quota.concerns(one.kind, one.channel) for one in counted)
                left = min(left, max(0, present - present * quota.percent // 100 - used))
        return left

    def _waiting(self, minute: int) -> list[Held]:
        """The claims of a step that no unit serves. Their time is not sold: all fit again once the units are back."""
        return [one for one in self._unplaced if one.starts <= minute < one.ends]
