"""Whose turn it is: the places of those who wait, what has delayed walk-ins, and the record that is replayed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from server.core import clock, database, ledger
from tracking.visits.events import TicketCalled, TicketEnded, TicketOvertook, TicketWaits
from tracking.visits.queries import queue
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import CounterState
from tracking.visits.waits import order


async def counters_open(office_id: int, services: Collection[int]) -> dict[str, int]:
    """How many counters of an office are open for each of some services."""
    rows = await database.fetch(
        "SELECT a.service_id, COUNT(*) AS counters FROM counter_ability a JOIN counter c ON c.id = a.counter_id "
        "JOIN counter_sitting s ON s.counter_id = c.id "
        "WHERE c.office_id = ? AND s.state = ? AND a.service_id IN (?) GROUP BY a.service_id ORDER BY a.service_id",
        office_id, CounterState.OPEN, tuple(services),
    )  # fmt: skip
    return {str(row["service_id"]): row["counters"] for row in rows}


async def overtakings(day_id: int) -> list[order.Overtaking]:
    """What has delayed the walk-ins of a day."""
    return (await overtaking_calls(day_id))[0]


async def overtaking_calls(day_id: int) -> tuple[list[order.Overtaking], dict[int, float]]:
    """What has delayed the walk-ins of a day; and by counter, of visitors there who may have gone before walk-ins, from
    when they counted as waiting.
    """
    rows = await database.fetch(
        "SELECT since, counter_id, seconds, counters FROM ticket_call "
        "WHERE day_id = ? AND since IS NOT NULL ORDER BY id",
        day_id,
    )
    over, there = list[order.Overtaking](), dict[int, float]()
    for row in rows:
        since, counter, seconds = database.moment(row["since"]).timestamp(), row["counter_id"], row["seconds"]
        if seconds is None:
            there[counter] = since
        else:
            over.append(order.Overtaking(since, str(counter), seconds, database.document(row["counters"])))
    return over, there


async def positions(day_id: int, rule: order.Rule, services: Mapping[int, Collection[int]]) -> dict[str, int]:
    """The place of each waiting ticket of a day, by its rank, among those that the same counters serve; 1 is next.

    ``services``: the counters able to do each service.
    """
    waiting = [one.in_order for one in await queue.waiting(day_id)]
    now, delays = clock.now().timestamp(), await overtakings(day_id)
    return order.positions(waiting, rule, now, delays, counters_of(services))


async def position(row: TicketRow, rule: order.Rule, services: Mapping[int, Collection[int]]) -> int:
    """The place of a ticket as :func:`positions` has it; 0 if it does not wait."""
    return (await positions(row.day_id, rule, services)).get(queue.rank(row.id), 0)


def counters_of(able: Mapping[int, Collection[int]]) -> dict[str, set[str]]:
    """The services of each counter, from the counters able to do each service; named as in the order of the queue."""
    found: dict[str, set[str]] = defaultdict(set)
    for service, counters in able.items():
        for one in counters:
            found[str(one)].add(str(service))
    return found


async def record(office: str, day: date) -> list[order.Entry]:
    """The record of a day's queue, to be replayed: what decided each ticket's place, who left, who was called why."""
    found: list[order.Entry] = []
    sequence = 0
    while events := await ledger.read(queue.subject(office, day), after_sequence=sequence):
        found += [entry for event in events if (entry := _entry(event))]
        sequence = events[-1].sequence
    return found


def _entry(event: ledger.Entry) -> order.Entry | None:
    data, at = event.data, event.occurred_at.timestamp()
    if event.kind == TicketWaits.kind:
        return order.Entry(at, _ticket(data))
    if event.kind == TicketEnded.kind:
        return order.Entry(at, _named(data), left=True)
    if event.kind == TicketOvertook.kind:
        since = datetime.fromisoformat(data["since"]).timestamp()
        over = order.Overtaking(since, str(data["counter"]), data["seconds"], data["counters"])
        return order.Entry(at, _named(data), overtaking=over)
    if event.kind != TicketCalled.kind:
        return None
    chosen = datetime.fromisoformat(data["at"]).timestamp()
    if data["because"] not in {*order.Because}:  # by the clerk, not by the rule
        return order.Entry(chosen, _named(data), left=True)
    services = frozenset(map(str, data["services"]))
    because = order.Because(data["because"])
    rule = order.Rule(data["delay"], data["grace"])
    return order.Entry(
        chosen, _named(data), because=because, counter=str(data["counter"]), services=services, rule=rule
    )


def _named(data: Mapping[str, Any]) -> order.Ticket:
    return order.Ticket(queue.rank(data["ticket"]), "", 0)


def _ticket(data: Mapping[str, Any]) -> order.Ticket:
    def moment(name: str) -> float | None:
        return datetime.fromisoformat(data[name]).timestamp() if data[name] else None

    return order.Ticket(
        queue.rank(data["ticket"]),
        str(data["service"]),
        moment("arrived_at") or 0,
        moment("booked_for"),
        "urgent" if data["urgent"] else "",
        returned=data["returned"],
        forwarded=bool(data["for_counter"]) or data.get("forwarded", False),
        not_before=moment("not_before") or 0,
        counter=str(data["for_counter"] or ""),
    )
