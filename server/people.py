"""Officials' accounts: role, department, new passwords, two-step verification, absences.

There is always an active administrator: the last one can neither be closed nor given another role. The ledger
identifies accounts by their ids only.
"""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.queries.settings import capped, open_cases_of
from petitions.reference import forget
from server.core import accounts, clock, web
from server.core.accounts import Absence, Account, CorePermission, Official, Role, Session, hash_password, keep_open
from server.core.city import city
from server.core.config import settings
from server.core.contract import TEXT
from server.core.days import today
from server.core.errors import FieldError, Invalid, NotFound, _
from server.core.forms import Day, Email, Errors, Form, Hint, Html, Label, Mistake, OneOf, Phone, WordsRule, line
from server.core.i18n import NAMES
from server.core.ledger import Chain, SettingChanged
from server.core.references import new_key
from server.core.resource.api import Operations
from server.core.resource.pages import Pages
from server.core.resource.table import CHANGED, CLOSED, OPENED, Options, Question, Resource, Shown
from server.core.web import Consequence
from server.people_list import index
from tracking.visits.actions import rebuilding
from tracking.visits.desk.common import displaced_link

IN_A_DEPARTMENT = frozenset({Role.HANDLER, Role.MANAGER})
"""Roles that require a department."""
LONGEST_ABSENCE = 366
"""Days."""
LAST_ADMINISTRATOR = _("This is the last active administrator. Please appoint another one first.")
NEW_PASSWORD = Question(
    _("Set a new password for %(name)s (%(username)s)?"),
    _("The old one stops working, and the official is signed out everywhere."),
    _("Set a new password"),
)
NO_TOTP = Question(
    _("Remove the two-step verification of %(name)s (%(username)s)?"),
    _(
        "The account can be opened with the password alone until two-step verification is set up again. "
        "Make sure you know who is asking."
    ),
    _("Remove two-step verification"),
    done=_("Two-step verification has been removed."),
)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


def _username(value: str) -> str:
    if not _USERNAME.fullmatch(value):
        raise Mistake(_("Please use 2 to 60 lowercase letters, digits, dots, hyphens or underscores."))
    return value


class EditAccount(Form):
    """An official's account, as an administrator edits it."""

    username: Annotated[
        str,
        line(60, safe=False),
        AfterValidator(_username),
        Label(_("User name")),
        Hint(_("Lowercase letters, digits, dots, hyphens. You cannot change it later.")),
        Html(autocomplete="off"),
    ]
    name: Annotated[str, line(80, safe=False), Label(_("Name")), Html(autocomplete="off")]
    role: Annotated[str, OneOf(accounts.ROLES), Label(_("Role"))]
    department: Annotated[str, OneOf(), Label(_("Department"))] = ""
    phone: Annotated[Phone, Html(autocomplete="off", inputmode="tel")] = ""
    email: Annotated[
        Email, Hint(_("Notices about cases are sent here.")), Html(autocomplete="off", inputmode="email")
    ] = ""
    hours: Annotated[str, line(80, safe=False), Label(_("Hours when they can be reached"))] = ""
    languages: Annotated[tuple[str, ...], OneOf(), Label(_("Languages they speak"))] = ()
    specialities: Annotated[
        tuple[str, ...],
        WordsRule(),
        Label(_("Specialities")),
        Hint(_("The guide is preferred for cases whose text contains one of these. Separate them with commas.")),
        Html(rows=2),
    ] = ()

    def check(self, errors: Errors) -> None:
        if self.role in IN_A_DEPARTMENT and not self.department:
            errors.fail("department", _("A handler and a manager need a department."))
        if self.role == Role.GUIDE and not self.languages:
            errors.fail("languages", _("Please choose at least one language the guide speaks."))


class AddAbsence(Form):
    """First and last day of an official's absence."""

    first_day: Annotated[Day, Label(_("First day of absence"))]
    last_day: Annotated[Day, Label(_("Last day of absence"))]

    def check(self, errors: Errors) -> None:
        if not errors.found and not 0 <= (self.last_day - self.first_day).days < LONGEST_ABSENCE:
            errors.fail("last_day", _("The last day must not be before the first, and at most a year later."))


class Accounts(Resource[EditAccount]):
    """The officials' accounts."""

    what, path, permission = "account", "people", CorePermission.EDIT_PEOPLE
    model, form, key = Account, EditAccount, "username"
    taken = _("This user name is already in use.")
    title, add_label = _("Officials"), _("Add an account")
    empty = (_("No matching officials"), _("Try fewer words, or show all."))
    list_template, form_template = "", "desk/settings/person.html"
    shown_once: ClassVar = {"password": TEXT}
    shown_template = "desk/settings/password.html"
    closing = Question(
        _("Close the account of %(name)s (%(username)s)?"),
        _("A closed account is signed out at once and can be reopened."),
        _("Close the account"),
        done=_("The account has been closed."),
    )
    opened = _("The account has been reopened.")
    closed_note = _("This account is closed: nobody can sign in with it.")
    trail, forget = _("Account %(id)s"), staticmethod(forget)
    unchosen: ClassVar = {"department": _("None")}
    conflicting = frozenset({*Resource.conflicting, "role_changed"})

    async def choices(self, language: str) -> dict[str, Options]:
        return {
            "department": [(row.code, row.name(language)) for row in (await city()).departments.values()],
            "languages": [(code, NAMES[code]) for code in settings().languages],
        }

    @contextlib.asynccontextmanager
    async def changing(self) -> AsyncIterator[Chain]:
        async with rebuilding.following(), super().changing() as chain:
            yield chain

    async def record(self, chain: Chain, actor: Official, row: Account, how: str) -> None:
        """Whoever leaves or returns is missing at a counter or sits there again."""
        await super().record(chain, actor, row, how)
        if how in {OPENED, CLOSED}:
            await rebuilding.plan_account(row.id)

    def consequence(self) -> Consequence | None:
        return displaced_link()

    def initial(self) -> dict[str, Any]:
        return {"role": Role.HANDLER.value, "languages": [settings().languages[0]], "hours": "09:00–18:00"}

    async def form_context(self, row: Account | None, _language: str) -> dict[str, Any]:
        absences = await Absence.filter(account_id=row.id).order_by("-first_day").limit(100) if row else []
        return {"absences": absences, "today": today(), "absence_form": AddAbsence, "absence": {}}

    async def asked(self, question: Question, row: Account, language: str) -> Question:
        found = await super().asked(question, row, language)
        if question is not self.closing or not (cases := await open_cases_of(row.id)):
            return found
        held = _(
            "Open cases with this official as handler or guide: %(count)s. Please assign them to someone else "
            "first. A closed account is signed out at once and can be reopened.",
            count=capped(cases),
        )
        return replace(found, consequence=held)

    async def check(self, command: EditAccount, row: Account | None) -> None:
        if row is not None and command.role != Role.ADMINISTRATOR:
            await _keep_an_administrator(row)
        department = (await city()).department_by_code(command.department)
        if department and (row is None or department.id != row.department_id) and not await keep_open(department.id):
            raise Invalid([FieldError("department", _("This department is closed."))])

    async def check_switch(self, row: Account, *, on: bool) -> None:
        """Closing an account ends its sessions at once."""
        if not on:
            await _keep_an_administrator(row)
            await Session.filter(account_id=row.id).delete()

    def how(self, row: Account, command: EditAccount) -> str:
        return CHANGED if command.role == row.role else "role_changed"

    async def insert(self, actor: Official, command: EditAccount) -> tuple[int, Shown]:
        """Add an account with a random password."""
        password = new_key()
        password_hash = await hash_password(password)  # outside the transaction, because hashing is slow
        number = await self.add(actor, command, password_hash=password_hash, created_at=clock.now())
        return number, {"password": password}

    def ends_session(self, actor: Official, number: int) -> bool:
        return actor.id == number

    async def reset_password(self, actor: Official, number: int) -> Shown:
        """Set a new random password, which is shown only once, and end all sessions of the account."""
        password = new_key()
        password_hash = await hash_password(password)
        async with self.changing() as chain:
            await self.need(number)
            await Account.filter(id=number).update(password_hash=password_hash)
            await Session.filter(account_id=number).delete()
            await chain.append(actor.actor, SettingChanged(self.what, number, "password_reset"))
        return {"password": password}

    async def reset_totp(self, actor: Official, number: int) -> Shown:
        """Remove the two-step verification of somebody who has lost it, and end all sessions of the account."""
        async with self.changing() as chain:
            await self.need(number)
            if await Account.filter(id=number).exclude(totp_secret="").update(totp_secret=""):
                await Session.filter(account_id=number).delete()
                await chain.append(actor.actor, SettingChanged(self.what, number, "totp_reset"))
        return None

    steps: ClassVar = {"password": (NEW_PASSWORD, reset_password), "totp": (NO_TOTP, reset_totp)}

    async def add_absence(self, actor: Official, number: int, command: AddAbsence) -> None:
        """Add an absence, both days included. Raises ``Invalid`` if it overlaps another."""
        async with self.changing() as chain:
            await self.need(number)
            first, last = command.first_day, command.last_day
            if await Absence.exists(account_id=number, first_day__lte=last, last_day__gte=first):
                raise Invalid([FieldError("first_day", _("These days overlap with another absence."))])
            await Absence.create(account_id=number, first_day=first, last_day=last)
            await chain.append(actor.actor, SettingChanged(self.what, number, "absence_added"))
            await rebuilding.plan_account(number, first, last)

    async def remove_absence(self, actor: Official, number: int, absence_id: int) -> None:
        """Remove an absence. Raises ``NotFound``."""
        async with self.changing() as chain:
            row = await Absence.filter(id=absence_id, account_id=number).first()
            if row is None:
                raise NotFound
            await row.delete()
            await chain.append(actor.actor, SettingChanged(self.what, number, "absence_removed"))
            await rebuilding.plan_account(number, row.first_day, row.last_day)


async def _keep_an_administrator(account: Account) -> None:
    """Refuse to remove the last active administrator. The lock on the chain prevents concurrent changes."""
    if account.role is not Role.ADMINISTRATOR or not account.active:
        return
    if not await Account.filter(role=Role.ADMINISTRATOR, active=True).exclude(id=account.id).exists():
        raise Invalid([FieldError("role", LAST_ADMINISTRATOR)])


ACCOUNTS = Accounts()
PAGE = ACCOUNTS.page


class AccountPages(Pages[EditAccount]):
    """The pages of accounts, with their absences."""

    async def add_absence(self, request: Request) -> Response:
        """``POST /desk/people/{id}/absences``."""
        official, row = await self.need(request)
        raw = AddAbsence.raw((await web.read_form(request)).multi_items())
        try:
            await ACCOUNTS.add_absence(official, row.id, AddAbsence.parse(raw))
        except Invalid as invalid:
            view = await ACCOUNTS.view(web.language(request))
            return await self.form(request, row, await ACCOUNTS.values(row), view, refusal=invalid, absence=raw)
        return web.redirect(request, f"{PAGE}/{row.id}", _("The absence has been added."), ACCOUNTS.consequence())

    async def remove_absence(self, request: Request) -> Response:
        """``POST /desk/people/{id}/absences/{absence}/remove``."""
        official, row = await self.need(request)
        await ACCOUNTS.remove_absence(official, row.id, request.path_params["absence"])
        return web.redirect(request, f"{PAGE}/{row.id}", _("The absence has been removed."))


_pages = AccountPages(ACCOUNTS)
routes = [
    Route(PAGE, index),
    *_pages.routes,
    Route(f"{PAGE}/{{id:int}}/absences", _pages.add_absence, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/absences/{{absence:int}}/remove", _pages.remove_absence, methods=["POST"]),
    *Operations(ACCOUNTS).routes,
]
