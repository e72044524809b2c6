"""Departments, officials and what each role may do.

Owns the organisation chart, the accounts with their passwords (argon2) and optional TOTP, and what a permission is:
each room declares its own, with the roles that hold it. Petitioners have no account: they hold a case's key or a link
sent by mail.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.core import clock, database
from server.core.errors import Conflict, Text, _


class Role(StrEnum):
    """What an official is here for."""

    INTAKE = "intake"
    """통합접수자: takes what comes in and gives it to a department."""
    HANDLER = "handler"
    """처리담당자: works on the cases of one department."""
    MANAGER = "manager"
    """부서관리자: answers for one department's cases."""
    INSPECTOR = "inspector"
    """민원심사관 (Act 25): watches that every case is handled in time."""
    GUIDE = "guide"
    """민원후견인 (Act 33): stands by the petitioner."""
    CLERK = "clerk"
    """At a counter: files for people who come in person."""
    ADMINISTRATOR = "administrator"
    """Looks after accounts, departments, calendar and rules."""


ROLES: dict[str, Text] = {
    "intake": _("Intake officer"),
    "handler": _("Handler"),
    "manager": _("Department manager"),
    "inspector": _("Inspector"),
    "guide": _("Case guide"),
    "clerk": _("Clerk"),
    "administrator": _("Administrator"),
}


class Permission(StrEnum):
    """A right and the roles that hold it. Each domain declares its own; a check names one of these, never a role."""

    roles: frozenset[Role]

    def __new__(cls, name: str, *roles: Role) -> Self:
        """A member is written as its name followed by its roles."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.roles = frozenset(roles)
        return member


class CorePermission(Permission):
    """Rights over what belongs to no domain."""

    EDIT_CALENDAR = ("calendar.edit", Role.ADMINISTRATOR)
    EDIT_PEOPLE = ("people.edit", Role.ADMINISTRATOR)
    EDIT_DEPARTMENTS = ("departments.edit", Role.ADMINISTRATOR)
    SEE_JOBS = ("jobs.see", Role.INSPECTOR, Role.ADMINISTRATOR)


class Department(Model):
    """A department that answers cases, with its duties (used by routing)."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    name_ja = fields.CharField(max_length=80, default="")
    name_en = fields.CharField(max_length=80, default="")
    phone = fields.CharField(max_length=40, default="")
    email = fields.CharField(max_length=120, default="")
    place = fields.CharField(max_length=120, default="")
    duties: list[str] = fields.JSONField(default=list)
    keywords: list[str] = fields.JSONField(default=list)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "department"


PEOPLE = "(SELECT COUNT(*) FROM account a WHERE a.department_id = d.id AND a.active = ?)"
"""How many people work in a department ``d`` (true), as a value."""


async def departments(columns: str, *values: object, limit: int) -> Sequence[Any]:
    """Columns of all departments (``d``), the open ones first; ``values`` are those of the columns."""
    sql = f"SELECT {columns} FROM department d ORDER BY d.active DESC, d.id LIMIT {limit}"
    return await database.fetch(sql, *values)


async def open_departments(columns: str) -> Sequence[Any]:
    """Columns of the open departments (``d``), in order."""
    return await database.fetch(f"SELECT {columns} FROM department d WHERE d.active = ? ORDER BY d.id", True)


class ClosedDepartment(Conflict):
    """409: the department gets nothing any more."""

    code = "department_closed"
    text = _("This department has been closed. Please choose another one.")


async def keep_open(department_id: int) -> bool:
    """Whether a department is open. Inside a transaction it then stays so until that ends: :func:`may_close` waits."""
    lock = " FOR KEY SHARE" if database.dialect() == "postgres" else ""  # as a foreign key takes it, so it costs little
    row = await database.fetch_one(f"SELECT id FROM department WHERE id = ? AND active = ?{lock}", department_id, True)
    return row is not None


async def may_close(department_id: int) -> None:
    """Wait for whoever keeps a department open; from now on until this transaction ends nobody else does."""
    lock = " FOR UPDATE" if database.dialect() == "postgres" else ""  # SQLite has one writer at a time
    await database.fetch(f"SELECT id FROM department WHERE id = ?{lock}", department_id)


class Account(Model):
    """An official who can sign in."""

    id = fields.IntField(primary_key=True)
    username = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=80)
    role = fields.CharEnumField(Role, max_length=20)
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "core.Department", null=True, on_delete=fields.RESTRICT, related_name="accounts"
    )
    department_id: int | None
    email = fields.CharField(max_length=120, default="")
    phone = fields.CharField(max_length=40, default="")
    hours = fields.CharField(max_length=80, default="")
    languages: list[str] = fields.JSONField(default=list)
    specialities: list[str] = fields.JSONField(default=list)
    language = fields.CharField(max_length=2, default="ko")
    password_hash = fields.CharField(max_length=200)
    totp_secret = fields.CharField(max_length=64, default="")
    totp_last = fields.BigIntField(default=0)
    active = fields.BooleanField(default=True)
    demo = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()

    class Meta:
        table = "account"
        indexes = (Index(fields=("department_id", "role"), name="account_department_role"),)


class Absence(Model):
    """Days on which an official is away (both inclusive). Guides who are away get no new cases."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "core.Account", on_delete=fields.CASCADE, related_name="absences"
    )
    account_id: int
    first_day = fields.DateField()
    last_day = fields.DateField()

    class Meta:
        table = "absence"


class Session(Model):
    """A session: an official's browser or token, or a citizen's browser with the cases it may see."""

    token_hash = fields.CharField(max_length=64, primary_key=True)
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "core.Account", null=True, on_delete=fields.CASCADE, related_name="sessions"
    )
    account_id: int | None
    email = fields.CharField(max_length=254, default="")
    cases: list[str] = fields.JSONField(default=list)
    visits: list[str] = fields.JSONField(default=list)
    """The numbers of the visits that the browser may see."""
    household = fields.CharField(max_length=64, default="")
    """The hashed contact whose visits it may all see; with ``email`` it follows from that."""
    participant_id = fields.BigIntField(null=True)
    """The participant signed in by a mail link; unlike ``email`` this opens no case."""
    api = fields.BooleanField(default=False)
    device = fields.CharField(max_length=60, default="")
    """Browser and system of an official."""
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "session"


class Holiday(Model):
    """A temporary public holiday (임시공휴일), which no library can know in advance."""

    date = fields.DateField(primary_key=True)
    name = fields.CharField(max_length=80)
    created_at = fields.DatetimeField()

    class Meta:
        table = "holiday"


class LocalHours(Model):
    """The office hours from a day on, where an ordinance differs from 09:00-18:00 (Decree 8의3)."""

    first_day = fields.DateField(primary_key=True)
    opens = fields.CharField(max_length=5)
    lunch_starts = fields.CharField(max_length=5)
    lunch_ends = fields.CharField(max_length=5)
    closes = fields.CharField(max_length=5)

    class Meta:
        table = "local_hours"


def with_official(column: str, alias: str) -> str:
    """For other rooms' queries: join the account whose id a column holds, where there is one."""
    return f"LEFT JOIN account {alias} ON {alias}.id = {column} "


ID_OF = "(SELECT id FROM account WHERE username = ?)"
"""The account with a user name, as a value."""


def with_actor(column: str, alias: str) -> str:
    """The same for the official whom the ledger names; a row without one is left out."""
    return f"JOIN account {alias} ON {column} = 'official:' || {alias}.id "


async def names(ids: Iterable[int]) -> dict[int, str]:
    """The names of accounts."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await database.fetch("SELECT id, name FROM account WHERE id IN (?)", wanted)
    return {row["id"]: row["name"] for row in rows}


async def administrators() -> list[int]:
    """The ids of the active administrators."""
    sql = "SELECT id FROM account WHERE role = ? AND active = ? ORDER BY id"
    return await database.column(sql, Role.ADMINISTRATOR.value, True)


def official_id(actor: str) -> int | None:
    """The id of the official whom the ledger names; None for anybody else."""
    kind, _colon, number = actor.partition(":")
    return int(number) if kind == "official" else None


async def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """The names of the officials among those whom the ledger names."""
    found = {actor: number for actor in actors if (number := official_id(actor)) is not None}
    known = await names(found.values())
    return {actor: known[number] for actor, number in found.items() if number in known}


@dataclass(frozen=True)
class Official:
    """A signed-in official, as much of them as decisions need."""

    id: int
    username: str
    name: str
    role: Role
    department_id: int | None
    department_name: str
    language: str
    department_name_ja: str = ""
    department_name_en: str = ""
    two_step: bool = False
    """Whether they sign in with a code."""

    def department(self, language: str) -> str:
        """The name of their department in a language, in Korean if there is none; empty without a department."""
        return {"ja": self.department_name_ja, "en": self.department_name_en}.get(language) or self.department_name

    @property
    def actor(self) -> str:
        """How the ledger names them."""
        return f"official:{self.id}"

    def may(self, permission: Permission) -> bool:
        return self.role in permission.roles


PASSWORD_LEAST = 12
"""Characters that a new password needs (ASVS 4.0.3, 2.1.1)."""
_GUESSED = 1_000_000
"""A password found with fewer guesses is common: a word, a name, a row of keys, a repetition."""

_hasher = PasswordHasher()
_DUMMY = "$argon2id$v=19$m=65536,t=3,p=4$AsSt2C88zT1tQwhbWMmPJQ$odRPeCEZBAyvqC44lMyCW+Z8vav6oZmJC9M2RXlD+sc"
"""A hash that costs as much as any other. It is written down because making one delays each start by 0.2 s."""
_slots = asyncio.Semaphore(2)


def common(password: str, *about: str) -> bool:
    """Whether a password would be among the first that are tried; ``about``: words that name its owner."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take 0.1 seconds, which no start needs

    guessed = zxcvbn(password[:72], user_inputs=["sinmungo", *about])
    return int(guessed["guesses"]) < _GUESSED


async def hash_password(password: str) -> str:
    """An argon2id hash, made off the event loop."""
    async with _slots:
        return await asyncio.to_thread(_hasher.hash, password)


async def password_fits(account: Account, password: str) -> bool:
    """Whether this is the account's present password."""
    async with _slots:
        return await asyncio.to_thread(_verified, account.password_hash, password)


async def authenticate(username: str, password: str, code: str = "") -> Account | None:
    """The active account with this password (and TOTP code, where it has one), else None.

    Takes as long for a name that does not exist. A TOTP code opens once.
    """
    account = await Account.filter(username=username, active=True).first()
    stored = account.password_hash if account else _DUMMY
    async with _slots:
        right = await asyncio.to_thread(_verified, stored, password)
    if account is None or not right:
        return None
    if account.totp_secret:
        counter = totp_counter(account.totp_secret, code)
        if counter is None:
            return None
        fresh = await database.execute(
            "UPDATE account SET totp_last = ? WHERE id = ? AND totp_last < ?", counter, account.id, counter
        )
        if not fresh:
            return None
    return account


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def totp_counter(secret: str, code: str) -> int | None:
    """The number of the half minute whose code this is, now or just before or after; None for a wrong code."""
    totp = pyotp.TOTP(secret)
    now = int(clock.now().timestamp())
    for drift in (0, -1, 1):
        counter = now // totp.interval + drift
        if pyotp.utils.strings_equal(code, totp.generate_otp(counter)):
            return counter
    return None
