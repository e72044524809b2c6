"""Enrolling kiosks and displays, and knowing them by their token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from server.core import clock, database, ledger, references
from server.core.ledger import SettingChanged
from server.core.rows import columns, select_one
from server.core.sessions import token_hash
from tracking.visits.errors import NotEnrolled, WrongEnrolmentCode
from tracking.visits.states import DeviceKind, Printer

CHAIN = "settings/offices/devices"
CODE_LIFE = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """An enrolled device."""

    id: int
    office_id: int
    office: str
    """The office's code."""
    kind: DeviceKind
    name: str
    enrolled_at: datetime
    seen_at: datetime | None
    printer: Printer
    paper_mm: int


_DEVICE = columns(DeviceRow, "d", office="o.code")


def published_token(kind: DeviceKind, office: str) -> str:
    """The token of the demonstration's device, which anybody knows: only where it was seeded is there such a device."""
    return f"demonstration-{kind.value}-{office}"


async def any_published() -> bool:
    """Whether a device with a published token is enrolled. Such a server must not be reached from outside."""
    codes = await database.column("SELECT code FROM office")
    digests = tuple(token_hash(published_token(kind, code)) for code in codes for kind in DeviceKind)
    return bool(await database.value("SELECT COUNT(*) FROM device WHERE token_hash IN (?)", digests))


def new_code() -> tuple[str, dict[str, object]]:
    """A code that enrols a device once within ``CODE_LIFE``, and the columns that keep it. An earlier token ends."""
    code = references.new_reference()
    kept = {"code_hash": references.key_hash(code), "code_until": clock.now() + CODE_LIFE, "token_hash": None}
    return code, {**kept, "enrolled_at": None, "seen_at": None}


async def enrol(code: str, kind: DeviceKind | None = None) -> tuple[DeviceRow, str]:
    """Exchange a code, only of such a device, for its token, shown this once. Raises ``WrongEnrolmentCode``."""
    kinds = tuple(DeviceKind) if kind is None else (kind,)
    token, now = token_urlsafe(32), clock.now()
    async with database.transaction():
        chain = await ledger.open_or_begin(CHAIN)
        number = await database.value(
            "UPDATE device SET token_hash = ?, code_hash = NULL, code_until = NULL, enrolled_at = ?, seen_at = ? "
            "WHERE code_hash = ? AND code_until > ? AND active = ? AND kind IN (?) RETURNING id",
            token_hash(token), now, now, references.key_hash(code), now, True, kinds,
        )  # fmt: skip
        if number is None:
            raise WrongEnrolmentCode
        await chain.append(SYSTEM, SettingChanged("device", number, "enrolled"))
    return await known(token), token


async def known(token: str, kind: DeviceKind | None = None, office: str = "") -> DeviceRow:
    """The device with a token; ``kind`` and ``office``: only if it is such a device of that office.

    Notes once a minute that it was here. Raises ``NotEnrolled``.
    """
    digest, now = token_hash(token), clock.now()
    found = await select_one(
        DeviceRow,
        f"SELECT {_DEVICE} FROM device d JOIN office o ON o.id = d.office_id "
        "WHERE d.token_hash = ? AND d.active = ? AND o.active = ?",
        digest,
        True,
        True,
    )
    if found is None or kind not in {None, found.kind} or office not in {"", found.office}:
        raise NotEnrolled
    if found.seen_at is None or found.seen_at < now - SEEN_EVERY:
        await database.execute("UPDATE device SET seen_at = ? WHERE id = ?", now, found.id)
    return found
