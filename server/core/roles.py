"""Officials by role and department, as recipients of notices and for lists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from server.core import database
from server.core.accounts import Official, Role
from server.core.rows import columns, read_all, select, select_one


@dataclass(frozen=True, slots=True)
class Colleague:
    """An official who receives notices by email."""

    id: int
    name: str
    email: str
    language: str


async def colleague(account_id: int) -> Colleague | None:
    """An active official with an email address."""
    return await select_one(
        Colleague,
        f"SELECT {columns(Colleague, 'a')} FROM account a WHERE id = ? AND active = ? AND email <> ''",
        account_id,
        True,
    )


async def official(account_id: int) -> Official | None:
    """An active official by id, for what they pressed before."""
    return await select_one(
        Official,
        "SELECT a.id, a.username, a.name, a.role, a.department_id, COALESCE(d.name, '') AS department_name, a.language "
        "FROM account a LEFT JOIN department d ON d.id = a.department_id WHERE a.id = ? AND a.active = ?",
        account_id,
        True,
    )


async def managers(department_id: int | None) -> list[int]:
    """The managers of a department (부서관리자); for cases without one, the intake officers (통합접수자)."""
    return await _ids(Role.INTAKE if department_id is None else Role.MANAGER, department_id)


async def handlers(department_id: int) -> list[int]:
    """The handlers of a department (처리담당자)."""
    return await _ids(Role.HANDLER, department_id)


async def inspectors() -> list[int]:
    """The inspectors, who monitor all deadlines (민원심사관, Act 25)."""
    return await _ids(Role.INSPECTOR)


async def away(first: date, last: date, accounts: Collection[int]) -> dict[int, list[tuple[date, date]]]:
    """When some officials are absent within a period, by account; somebody whose account is closed is absent in all."""
    rows = await database.fetch(
        "SELECT a.id, a.active, b.first_day, b.last_day FROM account a "
        "LEFT JOIN absence b ON b.account_id = a.id AND b.first_day <= ? AND b.last_day >= ? "
        "WHERE a.id IN (?) AND (a.active = ? OR b.id IS NOT NULL)",
        last,
        first,
        tuple({*accounts}),
        False,
    )
    found: dict[int, list[tuple[date, date]]] = {}
    for row in rows:
        days = (database.day_or_none(row["first_day"]) or first, database.day_or_none(row["last_day"]) or last)
        found.setdefault(row["id"], []).append(days if row["active"] else (first, last))
    return found


async def _ids(role: Role, department_id: int | None = None) -> list[int]:
    return sorted(one.id for one in await staff([role], department_id=department_id))


@dataclass(frozen=True, slots=True)
class Staff:
    """An active official, as listed for selection."""

    id: int
    username: str
    name: str
    role: Role
    department_id: int | None


async def staff(
    roles: Collection[Role], *, department_id: int | None = None, username: str = "", limit: int = 1000
) -> list[Staff]:
    """The active officials with any of these roles, ordered by department and name, with optional filters."""
    narrowed = {"department_id": department_id, "username": username or None}
    where = {column: value for column, value in narrowed.items() if value is not None}
    return await select(
        Staff,
        f"SELECT {columns(Staff, 'a')} FROM account a WHERE active = ? AND role IN (?)"
        f"{''.join(f' AND {column} = ?' for column in where)} ORDER BY department_id, name, id LIMIT {limit}",
        True,
        sorted(roles),
        *where.values(),
    )


@dataclass(frozen=True, slots=True)
class Card:
    """An official's name and contact details."""

    id: int
    username: str
    name: str
    phone: str
    email: str
    hours: str
    languages: tuple[str, ...]
    department_id: int | None


async def card(number: int | None) -> Card | None:
    """An official by id."""
    return (await cards([number])).get(number) if number else None


async def cards(ids: Collection[int]) -> dict[int, Card]:
    """Officials by id, without missing ones. No query if there are no ids."""
    if not ids:
        return {}
    rows = await database.fetch(f"SELECT {columns(Card, 'a')} FROM account a WHERE id IN (?)", sorted(ids))
    return {card.id: card for card in read_all(Card, rows)}


GUIDES = (
    "(SELECT a.id, a.department_id, a.languages, a.specialities, EXISTS (SELECT 1 FROM absence b "
    "WHERE b.account_id = a.id AND b.first_day <= ? AND b.last_day >= ?) AS away "
    "FROM account a WHERE a.role = 'guide' AND a.active = ?)"
)
"""For other domains' queries, as a table: active case guides, and who is away. Parameters: the day twice, and true."""
