"""Documents that the desk has to check: which an official sees, and those that wait, the soonest visit first."""

from dataclasses import dataclass
from datetime import datetime

from server.core import clock, database, listing, references
from server.core.accounts import Official
from server.core.listing import Condition, Order, Page, Walk
from server.core.rows import Local, columns, read
from tracking.visits.errors import NoSuchVisit
from tracking.visits.queries import offices, papers
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.papers import Papers
from tracking.visits.states import VisitState

PAGE = 50
WINDOW = 20_000
"""The most visits to come that one page examines."""


def _departments(official: Official) -> Condition:
    """The visits ``v`` whose documents an official sees.

    These are the visits for which their department has a counter; counters without a department belong to all.
    """
    if official.department_id is None:
        return Condition("")
    return Condition(
        "EXISTS (SELECT 1 FROM visit_matter m JOIN counter_ability a ON a.service_id = m.service_id "
        "JOIN counter c ON c.id = a.counter_id WHERE m.visit_id = v.id AND c.office_id = v.office_id "
        "AND (c.department_id IS NULL OR c.department_id = ?))",
        (official.department_id,),
    )


@dataclass(frozen=True, slots=True)
class DeskPapers:
    """A visit whose documents are checked."""

    id: int
    number: str
    office_id: int
    starts_at: Local
    state: VisitState
    name: str
    language: str
    office: OfficeRow
    papers: Papers


_VISIT = columns(DeskPapers, "v", office="", papers="")


async def visit(number: str, official: Official) -> DeskPapers:
    """A booked visit with its documents. Raises ``NoSuchVisit``, also where its documents are none of theirs."""
    known = Condition("v.number = ? AND v.booked_at IS NOT NULL", (references.read_reference(number) or "",))
    where = listing.where(known, _departments(official))
    row = await database.fetch_one(f"SELECT {_VISIT} FROM visit v{where.sql}", *where.values)
    if row is None:
        raise NoSuchVisit
    office, found = await offices.office_by_id(row["office_id"]), await papers.summary(row["id"])
    return read(DeskPapers, {**row, "office": office, "papers": found})


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """What narrows the list."""

    office: str = listing.words(40, chip=False)


@dataclass(frozen=True, slots=True)
class Waits:
    """A visit with documents that nobody has checked yet."""

    id: int
    number: str
    office_id: int
    starts_at: Local
    name: str
    papers: Papers


_ORDER = Order({"v.starts_at": datetime, "v.id": int})
_HANDED_IN = Condition(
    "EXISTS (SELECT 1 FROM visit_document d WHERE d.visit_id = v.id AND d.state = 'handed_in')"
)  # fmt: skip
_ROW = columns(Waits, "v", papers="")


async def waiting(official: Official, office: OfficeRow | None, start: str) -> Page[Waits]:
    """A page of the visits to come with documents to check, soonest first, at one office or all. At most 4 queries."""
    driving = [Condition("v.state = ?", (VisitState.BOOKED,)), Condition("v.starts_at > ?", (clock.now(),))]
    here = Condition("v.office_id = ?", (office.id,)) if office else Condition("")
    walk = Walk("visit v", _ORDER, driving, [_HANDED_IN, here, _departments(official)], WINDOW)
    page = await walk.page(f"SELECT {_ROW} FROM ({{walk}}) v ORDER BY {{order}}", walk.order.start(start), PAGE)
    found = await papers.of([row["id"] for row in page.rows])
    return page.of([read(Waits, {**row, "papers": found[row["id"]]}) for row in page.rows])
