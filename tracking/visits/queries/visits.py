"""A visit as its owner sees it."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from server.core import config, database, phones, references, signing
from server.core.rows import Local, columns, read, select
from tracking.visits.errors import NoSuchVisit
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.states import Channel, VisitMode, VisitState

QR_VERSION, QR_PARTS, QR_PURPOSE = "1", 4, "visit"
READY = timedelta(minutes=15)
ABSENT = "0" * 64
"""Compared where there is no visit, so that a wrong number takes as long as a wrong key."""


@dataclass(frozen=True, slots=True)
class MatterView:
    """One service of a visit with its time."""

    service_id: int
    code: str
    name: str
    name_ja: str
    name_en: str
    starts_at: Local
    ends_at: Local
    documents: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit with its office and services."""

    id: int
    number: str
    office_id: int
    date: date
    starts_at: Local
    ends_at: Local
    state: VisitState
    channel: Channel
    mode: VisitMode
    language: str
    name: str
    email: str
    phone: str
    party: int
    case_reference: str
    revision: int
    held_until: Local | None
    unplaced_since: Local | None
    booked: bool
    """Whether it is or once was booked, not only held or offered."""
    office: OfficeRow
    matters: tuple[MatterView, ...] = ()

    @property
    def ready_from(self) -> datetime:
        """From when on somebody who does not come to the office can say that they are ready."""
        return self.starts_at - READY

    @property
    def gets_messages(self) -> bool:
        """Whether its visitor has an address, or a number that text messages can reach."""
        return reachable(self.email, self.phone)


def reachable(email: str, phone: str) -> bool:
    """Whether a message can be sent to a contact."""
    return bool(email or phones.for_texts(phone, config.settings().country))


_VISIT = columns(VisitView, "v", booked="v.booked_at IS NOT NULL", office="")
_MATTER = columns(
    MatterView, "m", code="s.code", name="s.name", name_ja="s.name_ja", name_en="s.name_en", documents="s.documents"
)


async def visit(number: str, key: str) -> VisitView:
    """A visit, for whoever shows its key. Raises ``NoSuchVisit``: a wrong number and a wrong key look the same."""
    row = await _row_or_none(number)
    right = hmac.compare_digest(row["key_hash"] if row else ABSENT, references.key_hash(key))
    if row is None or not right:
        raise NoSuchVisit
    return await _whole(row)


async def opened(number: str, known: Collection[str], household: str) -> VisitView:
    """A visit, for a browser that has opened these visits, and all visits of a household. Raises ``NoSuchVisit``."""
    row = await _row(number)
    if row["number"] not in known and (not household or household not in {row["household"], row["household_also"]}):
        raise NoSuchVisit
    return await _whole(row)


async def by_number(number: str) -> VisitView:
    """A visit, for jobs. Raises ``NoSuchVisit``."""
    return await _whole(await _row(number))


async def start_of(visit_id: int) -> datetime | None:
    """The booked time of a visit."""
    found = await database.value("SELECT starts_at FROM visit WHERE id = ?", visit_id)
    return database.moment_or_none(found)


async def _row(number: str) -> Mapping[str, Any]:
    row = await _row_or_none(number)
    if row is None:
        raise NoSuchVisit
    return row


async def _row_or_none(number: str) -> Mapping[str, Any] | None:
    row: Mapping[str, Any] | None = await database.fetch_one(
        f"SELECT {_VISIT}, v.key_hash, v.household, v.household_also FROM visit v WHERE v.number = ?",
        references.read_reference(number) or "",
    )
    return row


async def _whole(row: Mapping[str, Any]) -> VisitView:
    office = await offices.office_by_id(row["office_id"])
    return read(VisitView, {**row, "office": office, "matters": tuple(await matters(row["id"]))})


async def matters(visit_id: int) -> Sequence[MatterView]:
    """The services of a visit, in order."""
    return await select(
        MatterView,
        f"SELECT {_MATTER} FROM visit_matter m JOIN counter_service s ON s.id = m.service_id "
        "WHERE m.visit_id = ? ORDER BY m.position",
        visit_id,
    )


def qr(number: str, revision: int) -> str:
    """The content of a visit's QR code: version, key id, number, revision and a signature; no personal data."""
    key_id, secret = next(iter(_qr_keys().items()))
    named = f"{QR_VERSION}.{key_id}.{number}.{revision}"
    return f"{named}.{signing.signed_with(secret, QR_PURPOSE, named)}"


def read_qr(text: str) -> tuple[str, int]:
    """Number and revision of a QR code. Raises ``NoSuchVisit`` if it is not one of ours."""
    named, _dot, signature = text.strip().rpartition(".")
    parts = named.split(".")
    keys = _qr_keys()
    secret = keys.get(parts[1]) if len(parts) == QR_PARTS else None
    # An unknown key is compared all the same, so that it takes as long as a wrong signature.
    expected = signing.signed_with(secret or next(iter(keys.values())), QR_PURPOSE, named)
    if not signature.isascii() or not hmac.compare_digest(signature, expected) or secret is None:
        raise NoSuchVisit
    return parts[2], int(parts[3])


def _qr_keys() -> Mapping[str, str]:
    """The secret keys with which QR codes are valid, by id: the first signs new ones, the others are older keys."""
    valid = signing.keys(config.settings())
    return {signing.signed_with(secret, "visit-key", QR_VERSION)[:4]: secret for secret in valid}
