"""The list of accounts at the desk, with filters and pages."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from server.core import auth, listing, web
from server.core.accounts import ROLES, CorePermission
from server.core.city import City, city
from server.core.days import today
from server.core.errors import Text, _
from server.core.listing import PAGING, Condition, Order, Walk
from server.core.rows import columns, read_all

PAGE = "/desk/people"
SHOWN = 50
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


def _by_number(reference_data: City, language: str) -> dict[str, str]:
    return {str(row.id): row.name(language) for row in reference_data.departments.values()}


_BY_NAME = "(LOWER(a.username) LIKE ? ESCAPE '\\' OR LOWER(a.name) LIKE ? ESCAPE '\\')"


def _pattern(_known: City, words: str) -> str:
    return "%" + "".join(f"\\{c}" if c in "\\%_" else c for c in words.lower()) + "%"


@dataclass(frozen=True, slots=True)
class Wanted(listing.Filters):
    """The filters of the list."""

    q: str = listing.words(80, sql=_BY_NAME, value=_pattern)
    role: str = listing.choice(ROLES, "a.role = ?")
    department: str = listing.choice(_by_number, "a.department_id = ?", value=lambda _known, number: int(number))
    state: str = listing.choice(STATES, default="active")


_ORDER = Order({"a.username": str})
_AWAY = "EXISTS (SELECT 1 FROM absence b WHERE b.account_id = a.id AND b.first_day <= ? AND b.last_day >= ?)"
_COLUMNS = columns(Person, "a", totp="a.totp_secret <> ''", away=_AWAY)
_PEOPLE = f"SELECT {_COLUMNS} FROM ({{walk}}) a ORDER BY {{order}}"


async def index(request: Request) -> Response:
    """``/desk/people``: accounts by username."""
    auth.official(request, CorePermission.EDIT_PEOPLE)
    lang, reference_data, start = web.language(request), await city(), request.query_params.get("after", "")
    wanted = Wanted.parse(request.query_params, reference_data, also=PAGING)
    state = [] if wanted.state == "all" else [Condition("a.active = ?", (wanted.state == "active",))]
    walk = Walk("account a", _ORDER, [*wanted.conditions(reference_data).values(), *state])
    page = await walk.page(_PEOPLE, _ORDER.read(start), SHOWN, today(), today())
    context = {
        **listing.shown(PAGE, wanted, page, reference_data, lang, start),
        "people": read_all(Person, page.rows),
        "role_names": ROLES,
        "department_names": {row.id: row.name(lang) for row in reference_data.departments.values()},
    }
    return web.page(request, "desk/settings/people.html", context)
