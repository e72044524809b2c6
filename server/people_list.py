"""The list of accounts at the desk, narrowed and in pages."""

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from server.core import auth, database, web
from server.core.accounts import CorePermission
from server.core.city import city
from server.core.days import today
from server.core.errors import Text, _
from server.core.fields import Input
from server.core.i18n import named

PAGE = "/desk/people"
SHOWN = 50
ROLES: dict[str, Text] = {
    "intake": _("Intake officer"),
    "handler": _("Handler"),
    "manager": _("Department manager"),
    "inspector": _("Inspector"),
    "guide": _("Case guide"),
    "clerk": _("Clerk"),
    "administrator": _("Administrator"),
}
STATES: dict[str, Text] = {"active": _("Active"), "closed": _("Closed accounts"), "all": _("All")}


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the list shows it."""

    id: int
    username: str
    name: str
    role: str
    department_id: int | None
    active: bool
    demo: bool
    totp: bool
    away: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows the list."""

    q: str
    role: str
    department: str
    state: str


async def listing(request: Request) -> Response:
    """``/desk/people``, narrowed by ``q``, ``role``, ``department`` and ``state``; a page begins after a user name."""
    auth.official(request, CorePermission.EDIT_PEOPLE)
    lang = web.language(request)
    departments = {row.id: row.name(lang) for row in (await city()).departments.values()}
    data = Input(request.query_params)
    wanted = Wanted(
        data.text("q", limit=80),
        data.choice("role", ROLES),
        data.choice("department", tuple(map(str, departments))),
        data.choice("state", STATES, default="active"),
    )
    found = await _people(wanted, data.text("after", limit=60))
    context = {
        "people": found[:SHOWN],
        "older": _address(wanted, found[SHOWN - 1].username) if len(found) > SHOWN else "",
        "first": not request.query_params.get("after"),
        "wanted": wanted,
        "roles": named(ROLES, lang),
        "role_names": dict(named(ROLES, lang)),
        "states": named(STATES, lang),
        "departments": [(str(key), name) for key, name in departments.items()],
        "department_names": departments,
    }
    return web.page(request, "desk/settings/people.html", context)


def _address(wanted: Wanted, after: str) -> str:
    values = {**asdict(wanted), "after": after}
    return f"{PAGE}?{urlencode({name: value for name, value in values.items() if value})}"


async def _people(wanted: Wanted, after: str) -> list[Person]:
    where, values = ["a.username > ?"], list[object]((after,))
    if wanted.q:
        pattern = "%" + "".join(f"\\{c}" if c in "\\%_" else c for c in wanted.q.lower()) + "%"
        where.append("(LOWER(a.username) LIKE ? ESCAPE '\\' OR LOWER(a.name) LIKE ? ESCAPE '\\')")
        values += [pattern, pattern]
    if wanted.role:
        where.append("a.role = ?")
        values.append(wanted.role)
    if wanted.department:
        where.append("a.department_id = ?")
        values.append(int(wanted.department))
    if wanted.state != "all":
        where.append("a.active = ?")
        values.append(wanted.state == "active")
    day = today()
    rows = await database.fetch(
        "SELECT a.id, a.username, a.name, a.role, a.department_id, a.active, a.demo, a.totp_secret <> '' AS totp, "
        "EXISTS (SELECT 1 FROM absence b WHERE b.account_id = a.id AND b.first_day <= ? AND b.last_day >= ?) AS away "
        f"FROM account a WHERE {' AND '.join(where)} ORDER BY a.username LIMIT {SHOWN + 1}",
        day,
        day,
        *values,
    )
    return [
        Person(
            row["id"], row["username"], row["name"], row["role"], row["department_id"],
            *(bool(row[name]) for name in ("active", "demo", "totp", "away")),
        )
        for row in rows
    ]  # fmt: skip
