"""A unit serves one claim in a step, and claims move so that none is refused that could be served."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from server.core.booking.matching import bits, room, seat

UNITS = 5
masks = st.integers(min_value=1, max_value=2**UNITS - 1)


def hall(present: int, claims: tuple[int, ...]) -> bool:
    """Hall's condition in his own words: no set of claims is larger than the units able to serve one of them."""
    sets = chain.from_iterable(combinations(claims, n) for n in range(1, len(claims) + 1))

    def able(some: tuple[int, ...]) -> int:
        union = 0
        for one in some:
            union |= one
        return (union & present).bit_count()

    return all(len(some) <= able(some) for some in sets)


@given(present=masks, claims=st.lists(masks, max_size=5), wanted=masks)
def test_as_many_fit_as_hall_says(present: int, claims: list[int], wanted: int) -> None:
    served: list[int] = []
    for claim in claims:  # as they are booked: whoever does not fit is refused
        fits = room(present, tuple(sorted(served)), claim)
        assert (fits > 0) == hall(present, (*served, claim))
        if fits:
            served.append(claim)
    more = room(present, tuple(sorted(served)), wanted)
    assert hall(present, (*served, *[wanted] * more))
    assert not hall(present, (*served, *[wanted] * (more + 1)))


@given(present=masks, claims=st.lists(masks, min_size=1, max_size=6))
def test_everybody_is_served_by_one_who_is_able(present: int, claims: list[int]) -> None:
    able = dict(enumerate(claims))
    holders: dict[int, int | None] = dict.fromkeys(bits(present))
    seated = [key for key in able if seat(holders, able, key)]
    serving = {key: bit for bit, key in holders.items() if key is not None}
    assert sorted(serving) == seated, "nobody who had a unit lost it"
    assert all(bit & able[key] & present for key, bit in serving.items())


def test_a_claim_moves_for_another_that_cannot() -> None:
    either, second_only = 0b11, 0b10
    holders: dict[int, int | None] = {0b01: None, 0b10: 1}
    able = {1: either, 2: second_only}
    assert seat(holders, able, 2)
    assert holders == {0b01: 1, 0b10: 2}


def test_an_overfull_step_still_has_room_elsewhere() -> None:
    """After a counter has gone, what it served no longer fits, but the others go on."""
    assert room(0b11, (0b01, 0b01), 0b10) == 1
