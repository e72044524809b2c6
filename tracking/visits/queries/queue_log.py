"""A day of an office's queue as the log that ``sinmungo queue evaluate`` reads, made from the ledger.

Tickets are named by their ids and reservations by theirs, so the log says nothing about anybody.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from server.core import config, database
from server.core.ledger import Entry
from tracking.visits.events import (
    CounterChanged,
    TicketCalled,
    TicketEnded,
    TicketFinished,
    TicketStarted,
    TicketWaits,
)
from tracking.visits.queries import day_record, offices, ticket_figures
from tracking.visits.queries.offices import Place
from tracking.visits.states import CounterState, TicketAction, TicketState

Line = dict[str, Any]
ENDS = (TicketState.DONE, TicketState.PARKED, TicketState.FORWARDED)


async def lines(place: Place, day: date) -> list[Line]:
    """The log of a day: the plan of the counters, the reservations, and what happened, each in the order of time."""
    codes = await ticket_figures.service_codes()
    events = [entry async for entry in day_record.entries(place.office.code, day)]
    able: dict[int, list[str]] = {}
    for service, counters in place.able.items():
        for counter in counters:
            able.setdefault(counter, []).append(codes[service])
    happened = list(_Day(codes, able).lines(events))
    return [*await _plan(place, day, able), *await _reservations(place, day, codes), *happened]


async def _plan(place: Place, day: date, able: Mapping[int, list[str]]) -> list[Line]:
    """When counters are there by the roster, without the lunch break."""
    rows = await database.fetch(
        "SELECT s.counter_id, s.starts, s.ends FROM shift s JOIN counter c ON c.id = s.counter_id "
        "WHERE c.office_id = ? AND s.date = ? ORDER BY s.starts, s.counter_id",
        place.office.id, day,
    )  # fmt: skip
    weekly = (await offices.weekly_hours(place.office.id)).get(day.weekday())
    lunch = (weekly.lunch_starts, weekly.lunch_ends) if weekly and weekly.lunch_starts else None
    found = []
    for row in rows:
        spans = [(row["starts"], row["ends"])]
        if lunch and row["starts"] < lunch[0] and lunch[1] < row["ends"]:
            spans = [(row["starts"], lunch[0]), (lunch[1], row["ends"])]
        for starts, ends in spans:
            found.append(_roster(_at(day, starts), row["counter_id"], able.get(row["counter_id"], [])))
            found.append(_roster(_at(day, ends), row["counter_id"], []))
    return sorted(found, key=lambda line: str(line["at"]))


async def _reservations(place: Place, day: date, codes: Mapping[int, str]) -> list[Line]:
    rows = await database.fetch(
        "SELECT v.id, v.starts_at, v.booked_at, MIN(m.service_id) AS service_id FROM visit v "
        "JOIN visit_matter m ON m.visit_id = v.id WHERE v.office_id = ? AND v.date = ? AND v.booked_at IS NOT NULL "
        "AND v.state <> 'cancelled' GROUP BY v.id, v.starts_at, v.booked_at ORDER BY v.booked_at, v.id",
        place.office.id, day,
    )  # fmt: skip
    return [
        {
            "at": _iso(database.moment(row["booked_at"])), "what": "booking", "ticket": f"visit-{row['id']}",
            "service": codes[row["service_id"]], "booked_for": _iso(database.moment(row["starts_at"])),
        }
        for row in rows
    ]  # fmt: skip


class _Day:
    def __init__(self, codes: Mapping[int, str], able: Mapping[int, list[str]]) -> None:
        self._codes, self._able = codes, able
        self._names: dict[int, str] = {}
        self._called: set[int] = set()

    def lines(self, events: list[Entry]) -> Iterator[Line]:
        for entry in events:
            found = self._line(entry)
            if found:
                yield {"at": _iso(entry.occurred_at), **found}

    def _line(self, entry: Entry) -> Line | None:  # noqa: PLR0911 — a line for each kind of event
        data: Mapping[str, Any] = entry.data
        ticket = data.get("ticket", 0)
        match entry.kind:
            case CounterChanged.kind:
                services = self._able.get(data["counter"], []) if data["state"] == CounterState.OPEN else []
                return {"what": "roster", "counter": str(data["counter"]), "services": services}
            case TicketWaits.kind if ticket not in self._names:
                self._names[ticket] = f"visit-{data['visit']}" if data.get("visit") else str(ticket)
                booked = {"booked_for": data["booked_for"]} if data["booked_for"] else {}
                return {"what": "arrival", **self._named(ticket), "service": self._codes[data["service"]], **booked}
            case TicketWaits.kind if ticket in self._called:
                self._called.discard(ticket)
                vain = data["how"] in {TicketAction.NOT_HERE, TicketAction.ABANDON}
                return {"what": "no_show" if vain else "end", **self._named(ticket)}
            case TicketCalled.kind:
                self._called.add(ticket)
                return {"what": "call", **self._named(ticket), "counter": str(data["counter"])}
            case TicketStarted.kind:
                return {"what": "start", **self._named(ticket)}
            case TicketFinished.kind:
                self._called.discard(ticket)
                return {"what": "end", **self._named(ticket)}
            case TicketEnded.kind if data["state"] in {TicketState.MISSED, TicketState.LEFT} or ticket in self._called:
                self._called.discard(ticket)
                return {"what": "end" if data["state"] in ENDS else "no_show", **self._named(ticket)}
        return None

    def _named(self, ticket: int) -> Line:
        return {"ticket": self._names.get(ticket, str(ticket))}


def _roster(at: datetime, counter: int, services: list[str]) -> Line:
    return {"at": _iso(at), "what": "roster", "counter": str(counter), "services": services}


def _at(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text), config.settings().zone)


def _iso(at: datetime) -> str:
    return at.astimezone(config.settings().zone).isoformat()
