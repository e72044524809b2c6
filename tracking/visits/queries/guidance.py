"""Where a ticket's visitor goes: the counter that calls them, or those at which they may be called."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

from server.core import i18n
from server.core.errors import Text, _
from server.core.rows import columns, select
from tracking.visits.queries.offices import Place
from tracking.visits.queries.queue import TicketRow
from tracking.visits.states import HERE


@dataclass(frozen=True, slots=True)
class Spot:
    """A counter as its visitors find it."""

    id: int
    number: str
    name: str
    name_ja: str
    name_en: str
    floor: int


async def spots(ticket: TicketRow, place: Place) -> Sequence[Spot]:
    """The counters of a ticket whose visitor is here, floor by floor. One query."""
    return (await spots_of([ticket], place))[ticket.id]


async def spots_of(tickets: Sequence[TicketRow], place: Place) -> dict[int, list[Spot]]:
    """The same for several tickets, by id. One query at most."""
    wanted = {one.id: _counters(one, place) for one in tickets}
    ids = tuple({*chain.from_iterable(wanted.values())})
    found = await select(
        Spot,
        f"SELECT {columns(Spot, 'c')} FROM counter c WHERE c.id IN (?) AND c.active = ? "
        "ORDER BY c.floor, LENGTH(c.number), c.number",
        ids, True,
    ) if ids else []  # fmt: skip
    return {ticket: [one for one in found if one.id in those] for ticket, those in wanted.items()}


def _counters(ticket: TicketRow, place: Place) -> Collection[int]:
    if ticket.state not in HERE:
        return ()
    counter = ticket.counter or ticket.for_counter
    return (counter,) if counter else place.able.get(ticket.service_id, ())


def in_words(found: Sequence[Spot], language: str) -> str:
    """Floor 3, counter 5 (its name, if there is one counter only)."""
    said = []
    for floor, those in groupby(found, lambda one: one.floor):
        text: Text = _("Floor %(floor)s, counter %(counters)s", floor=floor,
                       counters=", ".join(one.number for one in those))  # fmt: skip
        said.append(i18n.translate(language, text))
    name = i18n.name_in(found[0], language) if len(found) == 1 else ""
    return "; ".join(said) + (f" ({name})" if name else "")


async def where(ticket: TicketRow, place: Place, language: str) -> str:
    """Where a ticket's visitor goes, in words; empty once they are no longer here."""
    return in_words(await spots(ticket, place), language)
