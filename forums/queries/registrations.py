"""Somebody's registrations and waiting-list entries: first coming sessions, soonest first, then past ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core import clock, database, listing, privacy
from server.core.booking.reading import with_bookings
from server.core.errors import BadCursor
from server.core.listing import Condition, Order, Page, place, where
from server.core.participants.people import Person
from server.core.rows import read

PAGE = 20
_PARTS = ("coming", "past")


@dataclass(frozen=True, slots=True)
class Registered:
    """One registration."""

    code: str
    status: str
    title: str
    place: str
    starts_at: datetime


async def of_person(person: Person, after: str = "") -> Page[Registered]:
    """A page of somebody's registrations. One query. Raises ``BadCursor`` for an invalid cursor.

    A cursor starts with the part of the list: 0 for coming sessions, 1 for past ones.
    """
    first, *start = place(after, int, datetime, int) or (0,)
    if first not in range(len(_PARTS)):
        raise BadCursor
    now, parts = clock.now(), list[Condition]()
    for number, part in list(enumerate(_PARTS))[first:]:
        order = Order({"s.starts_at": datetime, "r.id": int}, descending=part == "past")
        found = where(
            Condition("r.participant_id = ?", (person.id,)),
            Condition(f"s.ends_at {'>' if part == 'coming' else '<='} ?", (now,)),
            order.beyond(start if number == first else ()),
        )
        sql = f"SELECT {number} AS part, {_COLUMNS}{found.sql} ORDER BY {order.sql()} LIMIT {PAGE + 1}"
        parts.append(Condition(sql, found.values))
    both = listing.union(parts)
    rows = sorted(await database.fetch(both.sql, *both.values), key=lambda row: int(row["part"]))
    page = Order({"part": int, "starts_at": datetime, "id": int}).page(rows, PAGE)
    return page.of([_registered(row) for row in page.rows])


_COLUMNS = (
    "r.id, r.code, r.status, f.title, s.title AS session, s.starts_at, COALESCE(NULLIF(s.place, ''), f.place) AS place "
    f"FROM forum_session s {with_bookings('s.slot_id', 'r')}JOIN forum f ON f.id = s.forum_id"
)


def _registered(row: Any) -> Registered:
    title = privacy.mask(" · ".join(filter(None, (row["title"], row["session"]))))
    return read(Registered, {**row, "title": title, "place": privacy.mask(row["place"])})
