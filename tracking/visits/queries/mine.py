"""All visits of one household: those to come, the next one first, and the past ones, the latest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core import clock, database, listing
from server.core.errors import _
from server.core.listing import Condition, Order, Page, Walk
from server.core.rows import Local, columns, read
from tracking.visits.queries.households import of_households
from tracking.visits.states import VisitState

PAGE = 20
TO_COME, PAST = "", "past"
_OWN = Condition("(v.booked_at IS NOT NULL OR v.state = 'offered')")
"""Not what was only held while somebody filled in the form."""


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """Which part of the list."""

    when: str = listing.tab({TO_COME: _("To come"), PAST: _("Past")}, TO_COME)


@dataclass(frozen=True, slots=True)
class OwnVisit:
    """A visit in its owner's list, with its office's name."""

    id: int
    number: str
    starts_at: Local
    state: VisitState
    party: int
    case_reference: str
    name: str
    name_ja: str
    name_en: str
    services: tuple[Mapping[str, Any], ...] = ()
    """The names of its services, in order."""


_ROW = columns(OwnVisit, "v", name="o.name", name_ja="o.name_ja", name_en="o.name_en")


async def newest_of(household: str) -> str:
    """The number of a household's newest visit; empty if there is none."""
    for column in ("household", "household_also"):  # first their own: others can name a number beside their address
        found = await database.value(
            f"SELECT v.number FROM visit v WHERE v.{column} = ? AND v.booked_at IS NOT NULL "
            "ORDER BY v.starts_at DESC LIMIT 1",
            household,
        )
        if found:
            return str(found)
    return ""


async def of_household(household: str, wanted: Filter, after: str) -> Page[OwnVisit]:
    """A page of a household's visits. Two queries."""
    past = wanted.when == PAST
    order = Order({"v.starts_at": datetime, "v.id": int}, descending=past)
    driving = [Condition(of_households("visit", "v"), ((household,), (household,)))]
    driving.append(Condition("v.starts_at < ?" if past else "v.starts_at >= ?", (clock.now(),)))
    page = await Walk("visit v", order, driving, [_OWN]).page(
        f"SELECT {_ROW} FROM ({{walk}}) v JOIN office o ON o.id = v.office_id ORDER BY {{order}}",
        order.read(after),
        PAGE,
    )
    return page.of(await _with_services(page.rows))


async def _with_services(rows: Sequence[Mapping[str, Any]]) -> list[OwnVisit]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for one in await database.fetch(
        "SELECT m.visit_id, s.name, s.name_ja, s.name_en FROM visit_matter m JOIN counter_service s "
        "ON s.id = m.service_id WHERE m.visit_id IN (?) ORDER BY m.visit_id, m.position",
        [row["id"] for row in rows],
    ):
        found.setdefault(one["visit_id"], []).append(dict(one))
    return [read(OwnVisit, {**row, "services": tuple(found.get(row["id"], ()))}) for row in rows]
