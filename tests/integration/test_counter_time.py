"""The time of counters: never more than they can serve, never less; claims move, and come back after a change."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from server.core import database
from server.core.booking import times
from server.core.booking.day import Day, Free, Quota, Terms, Wanted
from server.core.booking.errors import TimeTaken
from tests.support.system import System

STEP = 15
MOVING, PASSPORT, TOUR = 1, 2, 3
ONE, TWO, THREE = 11, 12, 13
NINE = 9 * 60


def terms(**able: Sequence[int]) -> Terms:
    return Terms(STEP, {MOVING: able.get("moving", ()), PASSPORT: able.get("passport", ()), TOUR: able.get("tour", ())})


def wanted(kind: int, start: int = NINE, minutes: int = STEP, channel: str = "online", **more: int) -> Wanted:
    return Wanted(kind=kind, starts=start, ends=start + minutes, channel=channel, **more)


def present(*units: int, start: int = NINE, steps: int = 4) -> set[tuple[int, int]]:
    return {(unit, start + STEP * n) for unit in units for n in range(steps)}


async def opened(those: Terms, *units: int, steps: int = 4) -> int:
    async with database.transaction():
        calendar = await times.open_calendar("test")
        await times.lock(calendar)
        assert await times.supply(calendar, present(*units, steps=steps), those) == []
    return calendar


async def take(calendar: int, what: Wanted, those: Terms) -> int | None:
    """Book as a request does; None if it was refused."""
    try:
        async with database.transaction():
            await times.lock(calendar)
            return await times.take(calendar, what, those)
    except TimeTaken:
        return None


async def day(calendar: int) -> Day:
    return (await times.days([calendar]))[calendar]


async def sound(calendar: int, those: Terms) -> Day:
    """Every placed claim has each of its steps once, served by a unit that is able."""
    found = await day(calendar)
    for claim in found.claims.values():
        units = found.serves(claim)
        assert len(units) == ((claim.ends - claim.starts) // STEP if claim.placed else 0), claim
        assert set(units) <= ({claim.unit} if claim.unit else set(those.able[claim.kind]))
    return found


async def test_one_counter_with_two_services(system: System) -> None:
    those = terms(moving=[ONE], passport=[ONE])
    calendar = await opened(those, ONE)
    assert await take(calendar, wanted(MOVING), those)
    assert await take(calendar, wanted(PASSPORT), those) is None
    assert await take(calendar, wanted(PASSPORT, NINE + STEP), those)


async def test_two_counters_of_which_one_does_both(system: System) -> None:
    those = terms(moving=[ONE, TWO], passport=[TWO])
    calendar = await opened(those, ONE, TWO)
    assert Free(await day(calendar), those).places(wanted(MOVING)) == 2
    assert await take(calendar, wanted(MOVING), those)
    assert await take(calendar, wanted(PASSPORT), those), "the first one moves over, whichever counter it had"
    assert await take(calendar, wanted(MOVING), those) is None
    assert await take(calendar, wanted(PASSPORT), those) is None
    found = await sound(calendar, those)
    assert sorted(found.serves(claim)[0] for claim in found.claims.values()) == [ONE, TWO]


async def test_forty_five_minutes_take_three_steps_or_none(system: System) -> None:
    those = terms(moving=[ONE], passport=[ONE])
    calendar = await opened(those, ONE)
    assert await take(calendar, wanted(PASSPORT, NINE + 2 * STEP), those)
    assert await take(calendar, wanted(MOVING, minutes=45), those) is None, "the third step is taken"
    assert Free(await day(calendar), those).places(wanted(MOVING, minutes=30)) == 1
    assert await take(calendar, wanted(MOVING, minutes=30), those)
    assert await take(calendar, wanted(MOVING, NINE + 3 * STEP, minutes=30), those) is None, "closed after the hour"
    await sound(calendar, those)


async def test_a_named_counter_is_taken_like_any_other(system: System) -> None:
    those = terms(moving=[ONE, TWO])
    calendar = await opened(those, ONE, TWO)
    assert await take(calendar, wanted(MOVING), those)
    assert await take(calendar, wanted(MOVING, unit=ONE), those)
    assert await take(calendar, wanted(MOVING, unit=ONE), those) is None
    assert await take(calendar, wanted(MOVING), those) is None
    assert await take(calendar, wanted(PASSPORT, NINE + STEP, unit=ONE), those) is None, "it is not able to"
    await sound(calendar, those)


async def test_shares_are_kept_for_walk_ins_callers_and_other_services(system: System) -> None:
    able = {MOVING: [ONE, TWO, THREE, 14], PASSPORT: [ONE, TWO, THREE, 14]}
    those = Terms(
        STEP,
        able,
        (
            Quota(25, frozenset({"online", "phone"})),
            Quota(50, frozenset({"online"})),
            Quota(75, frozenset({"online", "phone"}), frozenset({PASSPORT})),
        ),
    )
    calendar = await opened(those, ONE, TWO, THREE, 14)
    assert await take(calendar, wanted(PASSPORT), those)
    assert await take(calendar, wanted(PASSPORT), those) is None, "passports leave three of four to others"
    assert await take(calendar, wanted(MOVING), those)
    assert await take(calendar, wanted(MOVING), those) is None, "half is kept for callers and walk-ins"
    assert await take(calendar, wanted(MOVING, channel="phone"), those)
    assert await take(calendar, wanted(MOVING, channel="phone"), those) is None, "a quarter is kept for walk-ins"
    assert await take(calendar, wanted(PASSPORT, channel="desk"), those)
    assert await take(calendar, wanted(PASSPORT, channel="desk"), those) is None


async def test_a_group_shares_a_time(system: System) -> None:
    those = terms(tour=[ONE], moving=[ONE])
    calendar = await opened(those, ONE)
    tour = wanted(TOUR, minutes=60, places=20, number=12)
    first = await take(calendar, tour, those)
    assert Free(await day(calendar), those).places(tour) == 8
    assert await take(calendar, tour, those) is None, "twelve more do not fit, and no other guide is there"
    assert await take(calendar, wanted(TOUR, minutes=60, places=20, number=8), those) == first
    assert await take(calendar, wanted(MOVING), those) is None
    assert first
    async with database.transaction():
        await times.lock(calendar)
        await times.give_back(first, 12)
    assert await take(calendar, wanted(TOUR, minutes=60, places=20, number=1), those) == first
    async with database.transaction():
        await times.lock(calendar)
        await times.give_back(first, 9)
    assert await take(calendar, wanted(MOVING), those), "nobody comes to the tour any more"


async def test_a_counter_goes_and_comes_back(system: System) -> None:
    those = terms(moving=[ONE, TWO], passport=[TWO, THREE])
    calendar = await opened(those, ONE, TWO, THREE)
    taken = [await take(calendar, wanted(kind), those) for kind in (MOVING, MOVING, PASSPORT)]
    assert all(taken)

    async def supplied(*units: int) -> list[int]:
        async with database.transaction():
            await times.lock(calendar)
            without = await times.supply(calendar, present(*units), those)
        await sound(calendar, those)
        return without

    assert await supplied(TWO, THREE) == [taken[1]], "the one who booked later has to move"
    assert await take(calendar, wanted(MOVING), those) is None
    assert await supplied(ONE, TWO, THREE) == [], "placed again as soon as it is possible"
    assert await supplied(TWO) == [taken[1], taken[2]]
    assert await supplied() == taken
    assert await supplied(ONE, TWO, THREE) == []


async def test_time_of_a_displaced_claim_is_not_sold_meanwhile(system: System) -> None:
    """Of two steps only the first has no counter any more: the second is still theirs when the counter comes back."""
    those = terms(moving=[ONE, TWO], passport=[TWO])
    calendar = await opened(those, ONE, TWO)
    taken = [
        await take(calendar, what, those)
        for what in (wanted(PASSPORT), wanted(PASSPORT, NINE + STEP), wanted(MOVING, minutes=2 * STEP))
    ]
    assert all(taken)

    async def supplied(units: set[tuple[int, int]]) -> list[int]:
        async with database.transaction():
            await times.lock(calendar)
            return await times.supply(calendar, units, those)

    assert await supplied(present(ONE, start=NINE + STEP, steps=3) | present(TWO, steps=1)) == [taken[1], taken[2]]
    assert Free(await day(calendar), those).places(wanted(MOVING, NINE + STEP)) == 0
    assert await take(calendar, wanted(MOVING, NINE + STEP), those) is None, "it would have to go when TWO comes back"
    assert await take(calendar, wanted(MOVING, NINE + 2 * STEP), those), "their time is no longer than that"
    assert await supplied(present(ONE, TWO)) == []
    await sound(calendar, those)


async def test_a_split_claim_is_united_by_what_is_given_back(system: System) -> None:
    """It changes counters only as long as nothing else is possible."""
    those = terms(moving=[ONE], passport=[TWO], tour=[ONE, TWO])
    calendar = await opened(those, ONE, TWO)
    moving, passport = [await take(calendar, what, those) for what in (wanted(MOVING), wanted(PASSPORT, NINE + STEP))]
    assert moving
    assert passport
    assert not await times.untidy(calendar)
    tour = await take(calendar, wanted(TOUR, minutes=30), those)
    assert tour
    assert (await day(calendar)).serves((await day(calendar)).claims[tour]) == [TWO, ONE], "rather than refused"
    assert await times.untidy(calendar)
    async with database.transaction():
        await times.lock(calendar)
        await times.give_back(moving)
        assert await times.place_again(calendar, those) == []
    found = await sound(calendar, those)
    assert found.serves(found.claims[tour]) == [ONE, ONE]
    assert not await times.untidy(calendar)


async def test_a_split_claim_is_united_by_a_counter_that_comes(system: System) -> None:
    those = terms(moving=[ONE], passport=[TWO], tour=[ONE, TWO, THREE])
    calendar = await opened(those, ONE, TWO)
    for what in (wanted(MOVING), wanted(PASSPORT, NINE + STEP), wanted(TOUR, minutes=30)):
        assert await take(calendar, what, those)
    assert await times.untidy(calendar)
    async with database.transaction():
        await times.lock(calendar)
        assert await times.supply(calendar, present(ONE, TWO, THREE), those) == []
    await sound(calendar, those)
    assert not await times.untidy(calendar)


async def test_a_counter_that_cannot_do_it_any_more_hands_over(system: System) -> None:
    those = terms(moving=[ONE])
    calendar = await opened(those, ONE, TWO)
    claim = await take(calendar, wanted(MOVING, minutes=45), those)
    others = terms(moving=[TWO])
    async with database.transaction():
        await times.lock(calendar)
        assert await times.supply(calendar, present(ONE, TWO), others) == []
    found = await sound(calendar, others)
    assert claim
    assert found.serves(found.claims[claim]) == [TWO, TWO, TWO]


async def test_hundreds_at_once_while_the_roster_is_rebuilt(system: System) -> None:
    """Exactly what the counters can do is sold, whoever comes first and however often the roster is written again."""
    those = terms(moving=[ONE, TWO], passport=[TWO, THREE])
    calendar = await opened(those, ONE, TWO, THREE, steps=8)
    draw = random.Random(7)

    async def visitor() -> int | None:
        kind, minutes = draw.choice([(MOVING, 15), (PASSPORT, 15), (MOVING, 45), (PASSPORT, 30)])
        return await take(calendar, wanted(kind, NINE + STEP * draw.randrange(8), minutes), those)

    async def roster() -> list[int]:
        async with database.transaction():
            await times.lock(calendar)
            return await times.supply(calendar, present(ONE, TWO, THREE, steps=8), those)

    found = await asyncio.gather(*(roster() if n % 10 == 0 else visitor() for n in range(220)))
    assert [one for one in found if isinstance(one, list) and one] == [], "nobody was displaced"
    after = await sound(calendar, those)
    assert len(after.claims) == sum(isinstance(one, int) for one in found)
    free = Free(after, those)
    for n in range(8):
        for kind in (MOVING, PASSPORT):
            left = free.places(wanted(kind, NINE + n * STEP))
            got = [await take(calendar, wanted(kind, NINE + n * STEP), those) for _more in range(left + 1)]
            assert all(got[:left]), "what is shown as free can be booked"
            assert got[left] is None
            free = Free(await sound(calendar, those), those)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_without_the_lock_the_step_itself_refuses(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is one row: even if nobody locked the day, a second claim on it changes no row and is refused."""

    async def nothing(*_calendars: int) -> None:
        pass

    monkeypatch.setattr(times, "lock", nothing)
    those = terms(moving=[ONE])
    calendar = await opened(those, ONE)
    found = await asyncio.gather(*(take(calendar, wanted(MOVING), those) for _one in range(8)))
    assert sum(one is not None for one in found) == 1
    await sound(calendar, those)
