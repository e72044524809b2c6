"""Who works where: officials by role and department, for those who must tell them something."""

from collections.abc import Collection
from dataclasses import dataclass

from server.core import database
from server.core.accounts import Role
from server.core.rows import columns, read, read_all


@dataclass(frozen=True, slots=True)
class Colleague:
    """An official who is told something by mail."""

    id: int
    name: str
    email: str
    language: str


async def colleague(account_id: int) -> Colleague | None:
    """An official who still works here and has a mail address."""
    row = await database.fetch_one(
        f"SELECT {columns(Colleague, 'a')} FROM account a WHERE id = ? AND active = ? AND email <> ''", account_id, True
    )
    return read(Colleague, row) if row else None


async def managers(department_id: int | None) -> list[int]:
    """Who answers for a department's cases (부서관리자); for cases without one, who gives them to one (통합접수자)."""
    return await _with_role(Role.INTAKE) if department_id is None else await _of(department_id, Role.MANAGER)


async def handlers(department_id: int) -> list[int]:
    """Who works on a department's cases (처리담당자)."""
    return await _of(department_id, Role.HANDLER)


async def inspectors() -> list[int]:
    """Who watches that every case is handled in time (민원심사관, Act 25)."""
    return await _with_role(Role.INSPECTOR)


async def _with_role(role: Role) -> list[int]:
    rows = await database.fetch("SELECT id FROM account WHERE role = ? AND active = ? ORDER BY id", role.value, True)
    return [row["id"] for row in rows]


async def _of(department_id: int, role: Role) -> list[int]:
    rows = await database.fetch(
        "SELECT id FROM account WHERE department_id = ? AND role = ? AND active = ? ORDER BY id",
        department_id,
        role.value,
        True,
    )
    return [row["id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Staff:
    """An official at work, as lists to choose from need them."""

    id: int
    username: str
    name: str
    role: Role
    department_id: int | None


async def staff(
    roles: Collection[Role], *, department_id: int | None = None, username: str = "", limit: int = 1000
) -> list[Staff]:
    """The active officials with one of some roles, by department and name; narrowed where it is asked for."""
    narrowed = {"department_id": department_id, "username": username or None}
    where = {column: value for column, value in narrowed.items() if value is not None}
    rows = await database.fetch(
        f"SELECT {columns(Staff, 'a')} FROM account a WHERE active = ? AND role IN ({database.marks(roles)})"
        f"{''.join(f' AND {column} = ?' for column in where)} ORDER BY department_id, name, id LIMIT {limit}",
        True,
        *sorted(roles),
        *where.values(),
    )
    return read_all(Staff, rows)


@dataclass(frozen=True, slots=True)
class Card:
    """An official as others name them, and how they are reached."""

    id: int
    username: str
    name: str
    phone: str
    email: str
    hours: str
    languages: tuple[str, ...]
    department_id: int | None


async def cards(ids: Collection[int]) -> dict[int, Card]:
    """Officials by their ids; those that are not there are left out. No query for nobody."""
    if not ids:
        return {}
    rows = await database.fetch(
        f"SELECT {columns(Card, 'a')} FROM account a WHERE id IN ({database.marks(ids)})", *sorted(ids)
    )
    return {card.id: card for card in read_all(Card, rows)}


GUIDES_PRESENT = (
    "(SELECT a.id, a.department_id, a.languages, a.specialities FROM account a "
    "WHERE a.role = 'guide' AND a.active = ? AND NOT EXISTS (SELECT 1 FROM absence b "
    "WHERE b.account_id = a.id AND b.first_day <= ? AND b.last_day >= ?))"
)
"""For other rooms' queries, as a table: the guides who work here (true) and are not away on a day (twice)."""
