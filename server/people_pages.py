"""Accounts at the desk: who may sign in, as what, in which department; new passwords, second factors, absences."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.desk_settings.common import confirm, named, number
from petitions.queries import settings as queries
from petitions.reference import as_day, forget
from server.core import auth, database, people, web
from server.core.accounts import Account, CorePermission
from server.core.days import today
from server.core.errors import Invalid, NotFound, Text, _
from server.core.fields import Input
from server.core.i18n import NAMES

PAGE = "/desk/people"
SHOWN = 50
FIELDS = ("username", "name", "role", "department", "email", "phone", "hours", "specialities")

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
    departments = await queries.department_names(lang)
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


async def add(request: Request) -> Response:
    """``/desk/people/new``: the random password is on the page that answers, and nowhere else."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    if request.method == "GET":
        return await _form_page(request, None, {"role": "handler", "languages": ["ko"], "hours": "09:00–18:00"})
    raw = await _raw(request)
    data = Input(raw)
    try:
        username = people.read_username(data)
        particulars = await _particulars(request, data)
        account_id, password = await people.create(official, username, particulars)
    except Invalid as invalid:
        return await _form_page(request, None, raw, invalid)
    forget()
    return await _password_page(request, account_id, password)


async def change(request: Request) -> Response:
    """``/desk/people/{id}``."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    account = await _account(request)
    if request.method == "GET":
        return await _form_page(request, account, _values(account))
    raw = await _raw(request)
    try:
        await people.change(official, account.id, await _particulars(request, Input(raw)))
    except Invalid as invalid:
        return await _form_page(request, account, raw, invalid)
    forget()
    return web.redirect(request, PAGE, _("Saved."))


async def _raw(request: Request) -> dict[str, Any]:
    form = await web.read_form(request)
    return {**{name: form.get(name) or "" for name in FIELDS}, "languages": list(form.getlist("languages"))}


async def _particulars(request: Request, data: Input) -> people.Particulars:
    departments = await queries.department_names("ko")
    found = people.Particulars.parse(data, departments, web.site(request).settings.languages)
    data.done()
    return found


def _values(account: Account) -> dict[str, Any]:
    return {
        "name": account.name, "role": account.role.value, "department": account.department_id or "",
        "email": account.email, "phone": account.phone, "hours": account.hours, "languages": account.languages,
        "specialities": ", ".join(account.specialities),
    }  # fmt: skip


async def _form_page(
    request: Request,
    account: Account | None,
    values: Mapping[str, Any],
    invalid: Invalid | None = None,
    absence: Mapping[str, Any] | None = None,
) -> Response:
    lang = web.language(request)
    context = {
        "account": account,
        "values": {name: values.get(name) or "" for name in FIELDS} | {"languages": values.get("languages") or []},
        "absence": {name: (absence or {}).get(name) or "" for name in ("first_day", "last_day")},
        "absences": await _absences(account.id) if account else [],
        "today": today(),
        "roles": named(ROLES, lang),
        "departments": [(str(key), name) for key, name in (await queries.department_names(lang)).items()],
        "spoken": [(code, NAMES[code]) for code in web.site(request).settings.languages],
        "errors": web.field_errors(lang, invalid.errors) if invalid else {},
    }
    return web.page(request, "desk/settings/person.html", context, status=invalid.status if invalid else 200)


async def _absences(account_id: int) -> Sequence[tuple[int, date, date]]:
    rows = await database.fetch(
        "SELECT id, first_day, last_day FROM absence WHERE account_id = ? ORDER BY first_day DESC LIMIT 100", account_id
    )
    return [(row["id"], as_day(row["first_day"]), as_day(row["last_day"])) for row in rows]


async def deactivate(request: Request) -> Response:
    """``/desk/people/{id}/deactivate``: asks first, and says how many open cases name the official."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    account = await _account(request)
    if request.method == "POST":
        try:
            await people.deactivate(official, account.id)
        except Invalid as invalid:
            return await _form_page(request, account, _values(account), invalid)
        return web.redirect(request, PAGE, _("The account is closed."))
    cases = await queries.open_cases_of(account.id)
    consequence = (
        _(
            "%(count)s open cases name this official as handler or guide; please give them to somebody else first. "
            "A closed account is signed out at once and can be opened again.",
            count=cases,
        )
        if cases
        else _("A closed account is signed out at once and can be opened again.")
    )
    return confirm(
        request,
        question=_("Close the account of %(name)s (%(username)s)?", name=account.name, username=account.username),
        consequence=consequence,
        label=_("Close the account"),
        back=f"{PAGE}/{account.id}",
    )


async def activate(request: Request) -> Response:
    """``POST /desk/people/{id}/activate``."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    await people.activate(official, number(request))
    return web.redirect(request, f"{PAGE}/{number(request)}", _("The account is open again."))


async def reset_password(request: Request) -> Response:
    """``/desk/people/{id}/password``: asks first; the answer shows the new password this once."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    account = await _account(request)
    if request.method == "POST":
        return await _password_page(request, account.id, await people.reset_password(official, account.id))
    return confirm(
        request,
        question=_("Give %(name)s (%(username)s) a new password?", name=account.name, username=account.username),
        consequence=_("The old one stops working, and the official is signed out everywhere."),
        label=_("Make a new password"),
        back=f"{PAGE}/{account.id}",
    )


async def _password_page(request: Request, account_id: int, password: str) -> Response:
    context = {"account": await Account.get(id=account_id), "password": password}
    return web.page(request, "desk/settings/password.html", context)


async def reset_totp(request: Request) -> Response:
    """``/desk/people/{id}/totp``: asks first, then takes the second factor away."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    account = await _account(request)
    if request.method == "POST":
        await people.reset_totp(official, account.id)
        return web.redirect(request, f"{PAGE}/{account.id}", _("The second factor is removed."))
    return confirm(
        request,
        question=_(
            "Remove the second factor of %(name)s (%(username)s)?", name=account.name, username=account.username
        ),
        consequence=_(
            "The password alone opens the account until a new second factor is set up. Be sure who is asking."
        ),
        label=_("Remove the second factor"),
        back=f"{PAGE}/{account.id}",
    )


async def add_absence(request: Request) -> Response:
    """``POST /desk/people/{id}/absences``."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    account = await _account(request)
    form = await web.read_form(request)
    try:
        first, last = people.read_absence(Input(form))
        await people.add_absence(official, account.id, first, last)
    except Invalid as invalid:
        return await _form_page(request, account, _values(account), invalid, form)
    return web.redirect(request, f"{PAGE}/{account.id}", _("The absence is noted."))


async def remove_absence(request: Request) -> Response:
    """``POST /desk/people/{id}/absences/{absence}/remove``."""
    official = auth.official(request, CorePermission.EDIT_PEOPLE)
    await people.remove_absence(official, number(request), number(request, "absence"))
    return web.redirect(request, f"{PAGE}/{number(request)}", _("The absence is removed."))


async def _account(request: Request) -> Account:
    account = await Account.filter(id=number(request)).first()
    if account is None:
        raise NotFound
    return account


routes = [
    Route(PAGE, listing),
    Route(f"{PAGE}/new", add, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}", change, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/deactivate", deactivate, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/activate", activate, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/password", reset_password, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/totp", reset_totp, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{id:int}}/absences", add_absence, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/absences/{{absence:int}}/remove", remove_absence, methods=["POST"]),
]
