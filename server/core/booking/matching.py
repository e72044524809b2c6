"""Which units serve which claims in one step of a day. Pure: numbers in, an assignment out.

A unit (a counter, a room, a guide) serves one claim in a step. Claims are not tied to a unit: they move to another one
that is able to serve them as long as everybody is still served. By Hall's theorem (P. Hall, 1935) an assignment exists
exactly if no set of claims is larger than the set of units able to serve one of them; augmenting paths (Berge, 1957;
Kuhn, 1955) find it, so no place is refused that could be given.

Units are bits of a mask. A claim is the mask of the units able to serve it.
"""

from collections.abc import Iterator, MutableMapping
from functools import lru_cache

Holders = MutableMapping[int, int | None]
"""The units present in one step, as bits, and the key of the claim that each serves; None if it is free."""


def bits(mask: int) -> Iterator[int]:
    """The single bits of a mask, the lowest first."""
    while mask:
        yield mask & -mask
        mask &= mask - 1


def seat(holders: Holders, able: MutableMapping[int, int], key: int) -> bool:
    """Give the claim ``key`` a unit, moving other claims if it must be. Returns whether it got one.

    ``able`` has the mask of each claim by its key.
    """
    seen = 0

    def place(one: int) -> bool:
        nonlocal seen
        units = [bit for bit in bits(able[one]) if bit in holders]
        for bit in units:
            if holders[bit] is None:
                holders[bit] = one
                return True
        for bit in units:
            holder = holders[bit]
            if not bit & seen and holder is not None:
                seen |= bit
                if place(holder):
                    holders[bit] = one
                    return True
        return False

    return place(key)


@lru_cache(maxsize=65_536)
def room(present: int, claims: tuple[int, ...], wanted: int) -> int:
    """How many more claims of the mask ``wanted`` fit beside the sorted masks of the ``claims`` in one step."""
    holders: Holders = dict.fromkeys(bits(present))
    able = dict(enumerate(claims))
    for key in able:
        seat(holders, able, key)
    key = first = len(claims)
    able[key] = wanted
    while seat(holders, able, key):
        key += 1
        able[key] = wanted
    return key - first
