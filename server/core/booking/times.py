"""Booking the time of units: counters, guides, rooms. A day's calendar holds the steps in which each unit is present.

A step of a unit is one row, so it serves one claim. Everything that changes a day locks its calendar first
(:func:`lock`, several in the order of their ids) and changes rows only under that lock; taking time must hit every row
it needs. The domain decides which units are able to do what, and which share of them is kept for whom (:class:`Terms`).
"""

from collections.abc import Collection, Mapping

from server.core import database
from server.core.booking.board import Board
from server.core.booking.day import Day, Free, Held, Terms, Wanted
from server.core.booking.errors import TimeTaken
from server.core.rows import columns, read, select


def with_claim(column: str, alias: str, *, left: bool = False) -> str:
    """Join the claim whose id a column holds; ``left`` also keeps rows without one."""
    return f"{'LEFT ' * left}JOIN booking_claim {alias} ON {alias}.id = {column} "


def with_calendar(column: str, alias: str) -> str:
    """Join the calendar whose id a column holds, for its ``version``."""
    return f"JOIN booking_calendar {alias} ON {alias}.id = {column} "


# --- Calendars -------------------------------------------------------------------------------------------------------


async def open_calendar(scope: str) -> int:
    """A new, empty calendar."""
    (row,) = await database.insert("booking_calendar", ("scope", "version"), [(scope, 0)], returning="id")
    return int(row["id"])


async def lock(*calendars: int) -> None:
    """Lock calendars until the transaction ends."""
    for calendar in sorted({*calendars}):
        await database.execute("UPDATE booking_calendar SET version = version + 1 WHERE id = ?", calendar)


_kept_days: dict[int, Day] = {}
MOST_KEPT = 2_000


def forget() -> None:
    """Clear the cache: versions count within one database only."""
    _kept_days.clear()


async def days(calendars: Collection[int]) -> dict[int, Day]:
    """Calendars as they are, for pages: those that have not changed since are not read again. Three queries at most."""
    if not calendars:
        return {}
    rows = await database.fetch("SELECT id, version FROM booking_calendar WHERE id IN (?)", tuple(calendars))
    versions = {row["id"]: row["version"] for row in rows}
    stale = [one for one, version in versions.items() if (old := _kept_days.get(one)) is None or old.version != version]
    if stale:
        fresh = await _read(stale, versions)
        if len(_kept_days) > MOST_KEPT:
            forget()
        _kept_days.update(fresh)
        return {one: fresh.get(one) or _kept_days[one] for one in versions}
    return {one: _kept_days[one] for one in versions}


async def _read(calendars: Collection[int], versions: Mapping[int, int]) -> dict[int, Day]:
    wanted = tuple(calendars)
    claims = await select(Held, f"SELECT {_HELD} FROM booking_claim c WHERE c.calendar_id IN (?)", wanted)
    rows = await database.fetch(
        "SELECT calendar_id, minute, unit, claim_id FROM booking_time WHERE calendar_id IN (?) "
        "ORDER BY calendar_id, minute, unit",
        wanted,
    )
    found = {one: Day(one, versions[one], {}, {}) for one in wanted}
    for claim in claims:
        found[claim.calendar_id].claims[claim.id] = claim
    for row in rows:
        found[row["calendar_id"]].steps.setdefault(row["minute"], {})[row["unit"]] = row["claim_id"]
    return found


_FIELDS = ("calendar_id", "kind", "unit", "channel", "starts", "ends", "places", "taken", "placed")
_HELD = columns(Held, "c")


# --- Taking and giving back: the calendar is locked ---------------------------------------------------------------


async def take(calendar: int, wanted: Wanted, terms: Terms) -> int:
    """Take time or places in a group. Returns the claim's id. The calendar must be locked.

    Raises ``TimeTaken`` if no assignment of units serves it beside the claims that there are.
    """
    day = await locked(calendar)
    if wanted.places > 1:
        for shared in day.group(wanted):
            if await _join(shared.id, wanted.number):
                return shared.id
    if wanted.number > wanted.places or not Free(day, terms).claims(wanted):
        raise TimeTaken
    values = (
        calendar, wanted.kind, wanted.unit, wanted.channel, wanted.starts, wanted.ends, wanted.places, wanted.number,
        True,
    )  # fmt: skip
    (row,) = await database.insert("booking_claim", _FIELDS, [values], returning="*")
    made = read(Held, row)
    day.claims[made.id] = made
    board = Board(day, terms)
    if not board.seat(made):
        raise TimeTaken
    await _save(calendar, board)
    return made.id


async def _join(claim: int, number: int) -> bool:
    return bool(
        await database.execute(
            "UPDATE booking_claim SET taken = taken + ? WHERE id = ? AND taken + ? <= places AND placed = ?",
            number,
            claim,
            number,
            True,
        )
    )


async def give_back(claim: int, number: int = 1) -> None:
    """Give back the places of a claim, and its time with the last of them. The calendar must be locked."""
    left = await database.value(
        "UPDATE booking_claim SET taken = taken - ? WHERE id = ? RETURNING taken", number, claim
    )
    if left == 0:
        await database.execute("UPDATE booking_time SET claim_id = NULL WHERE claim_id = ?", claim)
        await database.execute("DELETE FROM booking_claim WHERE id = ?", claim)


async def claims(numbers: Collection[int]) -> list[Held]:
    """Some claims as stored."""
    return await select(Held, f"SELECT {_HELD} FROM booking_claim c WHERE c.id IN (?) ORDER BY c.id", tuple(numbers))


async def unplaced(*calendars: int) -> list[int]:
    """The claims of some calendars that no unit serves."""
    return await database.column(
        "SELECT id FROM booking_claim WHERE calendar_id IN (?) AND placed = ? ORDER BY id", calendars, False
    )


async def untidy(calendar: int) -> bool:
    """Whether a calendar has claims that no unit serves, or several: time that was given back can help them."""
    return bool(
        await database.value(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM booking_claim WHERE calendar_id = ? AND placed = ?) OR EXISTS "
            "(SELECT 1 FROM booking_time WHERE calendar_id = ? AND claim_id IS NOT NULL "
            "GROUP BY claim_id HAVING MIN(unit) < MAX(unit))",
            calendar,
            False,
            calendar,
        )
    )


async def filled(scope: str) -> list[int]:
    """The calendars of a domain that hold any steps or claims."""
    return await database.column(
        "SELECT c.id FROM booking_calendar c WHERE c.scope = ? AND (EXISTS (SELECT 1 FROM booking_time t "
        "WHERE t.calendar_id = c.id) OR EXISTS (SELECT 1 FROM booking_claim k WHERE k.calendar_id = c.id))",
        scope,
    )


async def clear(calendar: int) -> list[int]:
    """Delete the steps and claims of a calendar whose day is over. The calendar must be locked.

    Returns the claims that there were.
    """
    await database.execute("DELETE FROM booking_time WHERE calendar_id = ?", calendar)
    return await database.column("DELETE FROM booking_claim WHERE calendar_id = ? RETURNING id", calendar)


async def supply(calendar: int, present: Collection[tuple[int, int]], terms: Terms) -> list[int]:
    """Make (unit, minute) ``present`` the steps of a calendar, which must be locked, and place its claims anew.

    Claims are placed in the order in which they were made. Returns those that no unit can serve any more: they keep
    their time and are tried again at the next change.
    """
    day = await locked(calendar)
    there = {(unit, minute) for minute, units in day.steps.items() for unit in units}
    steps = {minute: dict(units) for minute, units in day.steps.items()}
    lost = set[int]()
    for unit, minute in there - set(present):
        holder = steps[minute].pop(unit)
        if holder is not None:
            lost.add(holder)
    for unit, minute in set(present) - there:
        steps.setdefault(minute, {})[unit] = None
    able = {one.id for one in day.claims.values() if one.placed}
    lost |= {one for one in able if not _fits(day, day.claims[one], terms)}
    await _exchange(calendar, there - set(present), set(present) - there)
    changed = Day(day.id, day.version, day.claims, steps)
    again = sorted(lost | (set(day.claims) - able))
    board = Board(changed, terms)
    without = board.seat_again(again)
    if without:  # whoever booked first keeps the time, even if it is another counter that has gone
        fair, movable = Board(changed, terms), sorted(day.claims.keys() - {*terms.fixed} | {*again})
        displaced = fair.seat_again(movable)
        if len(displaced) <= len(without):
            board, without, again = fair, displaced, movable
    board.unite()
    await _save(calendar, board)
    for placed, ids in ((False, without), (True, [one for one in again if one not in without])):
        await database.execute("UPDATE booking_claim SET placed = ? WHERE id IN (?)", placed, tuple(ids))
    return without


async def place_again(calendar: int, terms: Terms) -> list[int]:
    """Place claims that no unit serves, after time was given back; the first made comes first. Returns those placed.

    Claims that are split over several units get one if the time now allows it. The calendar must be locked.
    """
    day = await locked(calendar)
    board = Board(day, terms)
    placed = [one for one in sorted(day.claims) if not day.claims[one].placed and board.seat(day.claims[one])]
    board.unite()
    await _save(calendar, board)
    if placed:
        await database.execute("UPDATE booking_claim SET placed = ? WHERE id IN (?)", True, tuple(placed))
    return placed


def _fits(day: Day, held: Held, terms: Terms) -> bool:
    """Whether the units that serve a claim are still able to."""
    return set(day.serves(held)) <= set(terms.able.get(held.kind, ()))


async def _exchange(calendar: int, gone: Collection[tuple[int, int]], new: Collection[tuple[int, int]]) -> None:
    by_unit: dict[int, list[int]] = {}
    for unit, minute in gone:
        by_unit.setdefault(unit, []).append(minute)
    for unit, minutes in by_unit.items():
        await database.execute(
            "DELETE FROM booking_time WHERE calendar_id = ? AND unit = ? AND minute IN (?)", calendar, unit, minutes
        )
    await database.insert(
        "booking_time", ("calendar_id", "unit", "minute"), [(calendar, unit, minute) for unit, minute in sorted(new)]
    )


async def locked(calendar: int) -> Day:
    """A calendar under its lock, read afresh."""
    version = await database.value("SELECT version FROM booking_calendar WHERE id = ?", calendar)
    return (await _read([calendar], {calendar: version}))[calendar]


async def _save(calendar: int, board: Board) -> None:
    """Write the steps that have changed; each must still be free once it was vacated."""
    vacated: dict[int, list[int]] = {}
    taken: dict[tuple[int, int], list[int]] = {}
    for (minute, unit), (before, now) in board.changes().items():
        if before is not None:
            vacated.setdefault(unit, []).append(minute)
        if now is not None:
            taken.setdefault((now, unit), []).append(minute)
    where = "WHERE calendar_id = ? AND unit = ? AND minute IN (?)"
    for unit, minutes in vacated.items():
        await database.execute(f"UPDATE booking_time SET claim_id = NULL {where}", calendar, unit, minutes)
    for (one, unit), minutes in taken.items():
        hit = await database.execute(
            f"UPDATE booking_time SET claim_id = ? {where} AND claim_id IS NULL", one, calendar, unit, minutes
        )
        if hit != len(minutes):
            raise TimeTaken
