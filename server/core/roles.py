"""Who works where: officials by role and department, for those who must tell them something."""

from dataclasses import dataclass

from server.core import database
from server.core.accounts import Role
from server.core.rows import columns, read


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
