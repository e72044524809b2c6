"""What the desk's settings affect: references to a department or an official, and the number of running deadlines."""

from dataclasses import dataclass

from petitions.queries.filters import EPOCH
from server.core import accounts, database, listing
from server.core.listing import Condition
from server.core.resource.table import MOST
from server.core.rows import columns, read_all

CAP = 10_000
"""Counts stop here and are shown as "10,000+"."""


def capped(count: int) -> str:
    """A count as text, with "+" if it reached the cap."""
    return f"{CAP:,}+" if count > CAP else f"{count:,}"


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department, open or closed, with its open cases (capped) and active officials."""

    pk: int
    code: str
    name: str
    name_ja: str
    name_en: str
    phone: str
    email: str
    place: str
    duties: list[str]
    keywords: list[str]
    active: bool
    open_cases: int
    people: int


_OPEN_CASES = (
    "(SELECT COUNT(*) FROM (SELECT 1 FROM petition_case c WHERE c.department_id = d.id AND c.open = ? "
    f"LIMIT {CAP + 1}) AS n)"
)


async def departments() -> list[DepartmentRow]:
    """Every department, the open ones first."""
    selected = columns(DepartmentRow, "d", pk="d.id", open_cases=_OPEN_CASES, people=accounts.PEOPLE)
    return read_all(DepartmentRow, await accounts.departments(selected, True, True, limit=MOST))


async def hold_open(department_id: int) -> dict[str, int]:
    """What keeps a department open: open cases and consultations (capped), open objections, rules, procedures."""
    row = await database.fetch_one(
        "SELECT (SELECT COUNT(*) FROM (SELECT id FROM petition_case WHERE department_id = ? AND open = ? UNION "
        "SELECT c.id FROM consultation o JOIN petition_case c ON c.id = o.case_id "
        f"WHERE o.department_id = ? AND o.status = 'asked' AND c.open = ? LIMIT {CAP + 1}) AS n) AS cases, "
        # "+" steers the planner to the index of open objections, which are few compared with a department's cases.
        "(SELECT COUNT(*) FROM petition_case WHERE objection_due_at > ? AND +department_id = ?) AS objections, "
        "(SELECT COUNT(*) FROM routing_rule WHERE department_id = ? AND active = ?) AS rules, "
        "(SELECT COUNT(*) FROM service WHERE department_id = ? AND active = ?) AS services",
        department_id, True, department_id, True, EPOCH, department_id, department_id, True, department_id, True,
    )  # fmt: skip
    return {name: row[name] for name in ("cases", "objections", "rules", "services")} if row else {}


async def open_cases_of(account_id: int) -> int:
    """The number of open cases that name an official as handler or guide (capped)."""
    ways = (f"SELECT id FROM petition_case WHERE {column} = ? AND open = ?" for column in ("handler_id", "guide_id"))
    held = Condition(f"({' UNION '.join(ways)}) AS held", (account_id, True) * 2)
    return (await listing.counts({"held": held}, CAP))["held"]


async def running_clocks() -> int:
    """The number of cases with a running deadline (capped)."""
    running = Condition("petition_case WHERE open = ? AND due_at IS NOT NULL", (True,))
    return (await listing.counts({"running": running}, CAP))["running"]
