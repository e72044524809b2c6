"""The time that a browser holds while its visitor fills in the form; and the reservations opened in a browser."""

from collections.abc import Collection
from dataclasses import dataclass

from server.core import clock, database, references
from server.core.rows import Local, columns, read, select, select_one
from tracking.visits.errors import HeldElsewhere, HoldExpired
from tracking.visits.queries import offices, visits
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.visits import MatterView
from tracking.visits.states import VisitState


@dataclass(frozen=True, slots=True)
class HeldTime:
    """A time that a browser holds now."""

    number: str
    starts_at: Local
    held_until: Local


@dataclass(frozen=True, slots=True)
class HeldVisit:
    """A time that a browser holds or has held, with its office and services."""

    id: int
    number: str
    office_id: int
    starts_at: Local
    ends_at: Local
    state: VisitState
    party: int
    case_reference: str
    held_until: Local | None
    booked: bool
    office: OfficeRow
    matters: tuple[MatterView, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the time is still kept."""
        return self.state is VisitState.HELD and self.held_until is not None and self.held_until > clock.now()

    @property
    def minutes_left(self) -> int:
        """The minutes for which it is still kept, rounded up."""
        return -(-int((self.held_until - clock.now()).total_seconds()) // 60) if self.held_until else 0


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A reservation in a list."""

    number: str
    starts_at: Local
    state: VisitState
    name: str
    name_ja: str
    name_en: str
    """Of its office."""


_TIME, _HELD = columns(HeldTime, "v"), columns(HeldVisit, "v", booked="v.key_hash <> ''", office="")
_ROW = columns(VisitRow, "v", name="o.name", name_ja="o.name_ja", name_en="o.name_en")


async def held(holder: str) -> HeldTime | None:
    """The time that a browser, by its hash, holds now."""
    found = await select_one(
        HeldTime, f"SELECT {_TIME} FROM visit v WHERE v.holder = ? AND v.state = ?", holder, VisitState.HELD
    )
    return found if found and found.held_until > clock.now() else None


async def held_visit(number: str, holder: str) -> HeldVisit:
    """What a browser holds, or has held. Raises ``HeldElsewhere`` if another one holds it, else ``HoldExpired``."""
    number = references.read_reference(number) or ""
    row = await database.fetch_one(
        f"SELECT {_HELD} FROM visit v WHERE v.number = ? AND v.browser = ? AND v.browser <> ''", number, holder
    )
    if row is None:
        held = "SELECT COUNT(*) FROM visit WHERE number = ? AND state = ? AND holder IS NOT NULL AND held_until > ?"
        if await database.value(held, number, VisitState.HELD, clock.now()):
            raise HeldElsewhere
        raise HoldExpired
    place = await offices.office_by_id(row["office_id"])
    return read(HeldVisit, {**row, "office": place, "matters": tuple(await visits.matters(row["id"]))})


async def opened(numbers: Collection[str]) -> list[VisitRow]:
    """Reservations by number: those to come, the next one first, then the others."""
    found = await select(
        VisitRow,
        f"SELECT {_ROW} FROM visit v JOIN office o ON o.id = v.office_id WHERE v.number IN (?) AND v.key_hash <> '' "
        "ORDER BY v.starts_at",
        tuple(numbers),
    )
    now = clock.now()
    return sorted(found, key=lambda one: one.state is not VisitState.BOOKED or one.starts_at < now)
