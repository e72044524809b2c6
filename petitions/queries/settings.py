"""What the desk's settings pages show: rules, templates, departments, the calendar's own days, and what they touch."""

from dataclasses import dataclass
from datetime import date

from petitions.queries.filters import EPOCH
from petitions.reference import as_day
from server.core import database
from server.core.city import names
from server.core.rows import read, read_all

CAP = 10_000
"""Counts end here and are shown as "10,000+"."""
MOST = 500
"""Rows of a settings table on one page; no city has more departments, rules or templates."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as the desk lists it, switched off ones included."""

    id: int
    kinds: list[str]
    districts: list[str]
    words: list[str]
    department_id: int
    note: str
    active: bool


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A reply template without its texts."""

    id: int
    title: str
    purpose: str
    department_id: int | None
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department, closed ones included, with its open cases (capped) and active officials."""

    id: int
    code: str
    names: dict[str, str]
    phone: str
    active: bool
    open_cases: int
    people: int

    def name(self, language: str) -> str:
        """Its name in a language, in Korean where there is none."""
        return self.names.get(language) or self.names["ko"]


async def rules() -> list[RuleRow]:
    """Every rule in its order."""
    rows = await database.fetch(f"SELECT * FROM routing_rule ORDER BY position, id LIMIT {MOST}")
    return read_all(RuleRow, rows)


async def templates(department_id: int | None, purpose: str) -> list[TemplateRow]:
    """Reply templates by purpose and title; of one department with those for all, where one is named."""
    where, values = ["1 = 1"], list[object]()
    if department_id is not None:
        where.append("(department_id = ? OR department_id IS NULL)")
        values.append(department_id)
    if purpose:
        where.append("purpose = ?")
        values.append(purpose)
    rows = await database.fetch(
        "SELECT id, title, purpose, department_id, kind, language FROM reply_template "
        f"WHERE {' AND '.join(where)} ORDER BY purpose, title, id LIMIT {MOST}",
        *values,
    )
    return read_all(TemplateRow, rows)


async def departments() -> list[DepartmentLine]:
    """Every department, the open ones first."""
    rows = await database.fetch(
        "SELECT d.*, (SELECT COUNT(*) FROM (SELECT 1 FROM petition_case c WHERE c.department_id = d.id AND c.open = ? "
        f"LIMIT {CAP + 1}) AS n) AS open_cases, (SELECT COUNT(*) FROM account a WHERE a.department_id = d.id "
        f"AND a.active = ?) AS people FROM department d ORDER BY d.active DESC, d.id LIMIT {MOST}",
        True,
        True,
    )
    return [read(DepartmentLine, {**row, "names": names(row)}) for row in rows]


async def department_names(language: str) -> dict[int, str]:
    """The names of all departments, closed ones included."""
    column = {"ja": "name_ja", "en": "name_en"}.get(language, "name")
    rows = await database.fetch(f"SELECT id, name, {column} AS wanted FROM department ORDER BY id")
    return {row["id"]: row["wanted"] or row["name"] for row in rows}


async def hold_open(department_id: int) -> dict[str, int]:
    """What keeps a department from being closed: open cases (capped; with those that it owes a part of), open
    objections, rules, procedures.
    """
    row = await database.fetch_one(
        "SELECT (SELECT COUNT(*) FROM (SELECT id FROM petition_case WHERE department_id = ? AND open = ? UNION "
        "SELECT c.id FROM petition_part o JOIN petition_case c ON c.id = o.case_id "
        f"WHERE o.department_id = ? AND o.status = 'asked' AND c.open = ? LIMIT {CAP + 1}) AS n) AS cases, "
        # "+" leads to the index of the open objections, which are few beside a department's cases.
        "(SELECT COUNT(*) FROM petition_case WHERE objection_due_at > ? AND +department_id = ?) AS objections, "
        "(SELECT COUNT(*) FROM routing_rule WHERE department_id = ? AND active = ?) AS rules, "
        "(SELECT COUNT(*) FROM service WHERE department_id = ? AND active = ?) AS services",
        department_id, True, department_id, True, EPOCH, department_id, department_id, True, department_id, True,
    )  # fmt: skip
    return {name: row[name] for name in ("cases", "objections", "rules", "services")} if row else {}


async def open_cases_of(account_id: int) -> int:
    """How many open cases name an official as their handler or guide (capped)."""
    row = await database.fetch_one(
        "SELECT COUNT(*) AS n FROM (SELECT id FROM petition_case WHERE handler_id = ? AND open = ? UNION "
        f"SELECT id FROM petition_case WHERE guide_id = ? AND open = ? LIMIT {CAP + 1}) AS held",
        account_id, True, account_id, True,
    )  # fmt: skip
    return row["n"] if row else 0


async def running_clocks() -> int:
    """How many cases have a running period (capped)."""
    row = await database.fetch_one(
        "SELECT COUNT(*) AS n FROM (SELECT 1 FROM petition_case WHERE open = ? AND due_at IS NOT NULL "
        f"LIMIT {CAP + 1}) AS running",
        True,
    )
    return row["n"] if row else 0


@dataclass(frozen=True, slots=True)
class Hours:
    """Local office hours from a day on, as ``HH:MM``."""

    first_day: date
    opens: str
    lunch_starts: str
    lunch_ends: str
    closes: str


async def holidays() -> list[tuple[date, str]]:
    """The temporary holidays in the table, the latest first."""
    rows = await database.fetch(f"SELECT date, name FROM holiday ORDER BY date DESC LIMIT {MOST}")
    return [(as_day(row["date"]), row["name"]) for row in rows]


async def local_hours() -> list[Hours]:
    """The local hours in the table, the latest first."""
    rows = await database.fetch(f"SELECT * FROM local_hours ORDER BY first_day DESC LIMIT {MOST}")
    return read_all(Hours, rows)
