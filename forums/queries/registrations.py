"""The places that somebody has taken in sessions, or waits for: first what comes, soonest first, then what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from forums.queries.lists import Place
from forums.queries.voices import BAD_CURSOR
from server.core import clock, database, privacy
from server.core.booking.reading import with_bookings
from server.core.participants.people import Person

PAGE = 20
_LISTS = {"coming": (">", "ASC"), "past": ("<", "DESC")}
"""Where each goes on, and its order."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One of them."""

    code: str
    status: str
    title: str
    place: str
    starts_at: datetime


class Registrations(NamedTuple):
    """A page of them; ``further`` continues it."""

    rows: Sequence[Registered]
    further: str


async def of_person(person: Person, after: str = "") -> Registrations:
    """A page of somebody's registrations. One query. Raises ``BadRequest`` for a place that no page of ours gave."""
    name, _dot, place = after.partition(".")
    start = Place.read(place)
    if after and not (name in _LISTS and start and start.at):
        raise BAD_CURSOR
    now = clock.now()
    parts, values = list[str](), list[object]()
    for part, (sign, way) in list(_LISTS.items())[name == "past" :]:
        on = f" AND (s.starts_at, r.id) {sign} (?, ?)" if part == name else ""
        parts.append(
            f"SELECT * FROM (SELECT '{part}' AS part, r.id, r.code, r.status, f.title, s.title AS session, "
            "s.starts_at, COALESCE(NULLIF(s.place, ''), f.place) AS place FROM forum_session s "
            f"{with_bookings('s.slot_id', 'r')}JOIN forum f ON f.id = s.forum_id "
            f"WHERE r.participant_id = ? AND s.ends_at {'>' if part == 'coming' else '<='} ?{on} "
            f"ORDER BY s.starts_at {way}, r.id {way} LIMIT {PAGE + 1}) AS {part}"
        )
        values += [person.id, now, *(start if start and on else ())]
    found = sorted(await database.fetch(" UNION ALL ".join(parts), *values), key=lambda row: row["part"] == "past")
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Registrations(
        [
            Registered(
                row["code"], row["status"], privacy.mask(" · ".join(filter(None, (row["title"], row["session"])))),
                privacy.mask(row["place"]), database.moment(row["starts_at"]),
            )
            for row in found[:PAGE]
        ],
        f"{last['part']}.{Place(database.moment(last['starts_at']), last['id'])}" if last else "",
    )  # fmt: skip
