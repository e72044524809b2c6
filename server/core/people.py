"""Looking after accounts: opening, changing and closing them, new passwords, and the days on which guides are away.

Every act is one transaction that locks the chain ``settings/people`` first and leaves a fact in it, ids only. There is
always an active administrator: the last one can neither be closed nor given another role.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from server.core import clock, database, ledger
from server.core.accounts import Absence, Account, Department, Official, Role, Session, hash_password
from server.core.errors import FieldError, Invalid, NotFound, _
from server.core.fields import Input
from server.core.ledger import Chain, SettingChanged
from server.core.references import ALPHABET

PEOPLE = "settings/people"
PASSWORD_LENGTH = 16
"""Characters of a random password: 29¹⁶, 77 bits."""
IN_A_DEPARTMENT = frozenset({Role.HANDLER, Role.MANAGER})
"""Roles that mean nothing without a department."""
LONGEST_ABSENCE = 366
"""Days."""
LAST_ADMINISTRATOR = _("This is the last active administrator. Please name another one first.")

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")


@dataclass(frozen=True)
class Particulars:
    """What an administrator says of an official."""

    name: str
    role: Role
    department_id: int | None
    email: str
    phone: str
    hours: str
    languages: list[str]
    specialities: list[str]

    @classmethod
    def parse(cls, data: Input, departments: Mapping[int, str], languages: tuple[str, ...]) -> "Particulars":
        """Read a form. Errors stay in ``data``: call ``data.done()`` when everything is read."""
        role = Role(data.choice("role", tuple(Role), required=True, default=Role.HANDLER))
        department = data.choice("department", tuple(map(str, departments)))
        if role in IN_A_DEPARTMENT and not department:
            data.fail("department", _("A handler and a manager need a department."))
        spoken = data.choices("languages", languages)
        if role is Role.GUIDE and not spoken:
            data.fail("languages", _("Please choose at least one language that the guide speaks."))
        return cls(
            data.text("name", limit=80, required=True),
            role,
            int(department) if department else None,
            data.email("email"),
            data.phone("phone"),
            data.text("hours", limit=80),
            spoken,
            data.words("specialities"),
        )


def read_username(data: Input) -> str:
    """The name that somebody will sign in with: small letters, digits, dot, hyphen, underscore."""
    value = data.text("username", limit=60, required=True)
    if value and not _USERNAME.fullmatch(value):
        data.fail("username", _("Please use 2 to 60 small letters, digits, dots, hyphens or underscores."))
    return value


def new_password() -> str:
    """A random password that can be read out: four groups of four characters."""
    characters = [secrets.choice(ALPHABET) for _place in range(PASSWORD_LENGTH)]
    return "-".join("".join(characters[n : n + 4]) for n in range(0, PASSWORD_LENGTH, 4))


async def create(actor: Official, username: str, particulars: Particulars) -> tuple[int, str]:
    """Open an account: its id and its random password, which is shown this once. Raises ``Invalid``."""
    password = new_password()
    password_hash = await hash_password(password)
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        if await Account.exists(username=username):
            raise Invalid([FieldError("username", _("Somebody signs in with this name already."))])
        await _check_department(particulars)
        account = await Account.create(
            username=username, password_hash=password_hash, created_at=clock.now(), **asdict(particulars)
        )
        await _record(chain, actor, "account", account.id, "added")
    return account.id, password


async def change(actor: Official, account_id: int, particulars: Particulars) -> None:
    """Change what is said of an official. Raises ``NotFound``, and ``Invalid`` for the last administrator's role."""
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        account = await _get(account_id)
        if particulars.role is not Role.ADMINISTRATOR:
            await _keep_an_administrator(account, "role")
        if particulars.department_id != account.department_id:
            await _check_department(particulars)
        await Account.filter(id=account_id).update(**asdict(particulars))
        how = "changed" if particulars.role is account.role else "role_changed"
        await _record(chain, actor, "account", account_id, how)


async def deactivate(actor: Official, account_id: int) -> None:
    """Close an account; who is signed in with it is out at once. Raises ``Invalid`` for the last administrator."""
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        account = await _get(account_id)
        await _keep_an_administrator(account, "")
        if await Account.filter(id=account_id, active=True).update(active=False):
            await Session.filter(account_id=account_id).delete()
            await _record(chain, actor, "account", account_id, "switched_off")


async def activate(actor: Official, account_id: int) -> None:
    """Open a closed account again."""
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        await _get(account_id)
        if await Account.filter(id=account_id, active=False).update(active=True):
            await _record(chain, actor, "account", account_id, "switched_on")


async def reset_password(actor: Official, account_id: int) -> str:
    """Give a new random password, shown this once, and end every session of the account."""
    password = new_password()
    password_hash = await hash_password(password)
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        await _get(account_id)
        await Account.filter(id=account_id).update(password_hash=password_hash)
        await Session.filter(account_id=account_id).delete()
        await _record(chain, actor, "account", account_id, "password_reset")
    return password


async def reset_totp(actor: Official, account_id: int) -> None:
    """Take the second factor away from somebody who has lost it, and end every session of the account."""
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        await _get(account_id)
        if await Account.filter(id=account_id).exclude(totp_secret="").update(totp_secret=""):
            await Session.filter(account_id=account_id).delete()
            await _record(chain, actor, "account", account_id, "totp_reset")


async def add_absence(actor: Official, account_id: int, first: date, last: date) -> None:
    """Note the days on which an official is away, both included. Raises ``Invalid`` where they overlap others."""
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        await _get(account_id)
        if await Absence.exists(account_id=account_id, first_day__lte=last, last_day__gte=first):
            raise Invalid([FieldError("first_day", _("These days overlap others that are noted already."))])
        await Absence.create(account_id=account_id, first_day=first, last_day=last)
        await _record(chain, actor, "account", account_id, "absence_added")


async def remove_absence(actor: Official, account_id: int, absence_id: int) -> None:
    """Forget an absence. Raises ``NotFound``."""
    async with database.transaction():
        chain = await ledger.open_or_begin(PEOPLE)
        if not await Absence.filter(id=absence_id, account_id=account_id).delete():
            raise NotFound
        await _record(chain, actor, "account", account_id, "absence_removed")


def read_absence(data: Input) -> tuple[date, date]:
    """First and last day of an absence. Raises ``Invalid``."""
    first, last = data.day("first_day", required=True), data.day("last_day", required=True)
    if first and last and not 0 <= (last - first).days < LONGEST_ABSENCE:
        data.fail("last_day", _("The last day must be the first or a later one, within a year."))
    data.done()
    if first is None or last is None:
        raise AssertionError  # done() has raised
    return first, last


async def _get(account_id: int) -> Account:
    account = await Account.filter(id=account_id).first()
    if account is None:
        raise NotFound
    return account


async def _check_department(particulars: Particulars) -> None:
    wanted = particulars.department_id
    if wanted is not None and not await Department.exists(id=wanted, active=True):
        raise Invalid([FieldError("department", _("This department is closed."))])


async def _keep_an_administrator(account: Account, field: str) -> None:
    """Refuse to take away the last active administrator. The chain's lock lets nobody else do it meanwhile."""
    if account.role is not Role.ADMINISTRATOR or not account.active:
        return
    if not await Account.filter(role=Role.ADMINISTRATOR, active=True).exclude(id=account.id).exists():
        raise Invalid([FieldError(field, LAST_ADMINISTRATOR)])


async def _record(chain: Chain, actor: Official, what: str, number: Any, how: str) -> None:
    await chain.append(actor.actor, SettingChanged(what, number, how))
