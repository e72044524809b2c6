"""A visit's row as its actions read, make and end it. The calendars concerned are locked by whoever calls this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server.core import clock, config, database, ledger, references
from server.core.booking.day import Wanted
from server.core.errors import ChangedMeanwhile
from server.core.rows import columns, select, select_one
from tracking.visits import rules
from tracking.visits.actions import taking
from tracking.visits.actions.taking import Wish
from tracking.visits.errors import NoSuchVisit
from tracking.visits.events import IN_PASSING
from tracking.visits.queries import offices
from tracking.visits.queries.households import OfHousehold
from tracking.visits.states import Channel, VisitMode, VisitState

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a visit is for, and how to reach them: an address, a number or both."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "ko"
    note: str = ""
    mode: VisitMode = VisitMode.IN_PERSON
    """How they and the counter meet."""

    @property
    def household(self) -> str:
        """By what their household is known."""
        return rules.household(config.settings().secret_key, self.email, self.phone)

    @property
    def household_also(self) -> str:
        """By what else it is known: the number beside an address; empty without both."""
        return rules.household(config.settings().secret_key, "", self.phone) if self.email and self.phone else ""

    @property
    def households(self) -> tuple[str, ...]:
        """Both, where there are two."""
        return tuple(filter(None, (self.household, self.household_also)))


@dataclass(frozen=True, slots=True)
class Booked:
    """The number of a visit, and its key, which is shown once."""

    id: int
    number: str
    key: str


@dataclass(frozen=True, slots=True)
class VisitRow(OfHousehold):
    """A visit as its actions need it."""

    id: int
    number: str
    office_id: int
    date: date
    starts_at: datetime
    state: VisitState
    channel: Channel
    name: str
    email: str
    phone: str
    language: str
    party: int
    mode: VisitMode
    revision: int
    household: str
    household_also: str
    held_until: datetime | None
    replaces: int | None


_ROW = columns(VisitRow, "v")


async def visit_row(number: str) -> VisitRow:
    """A visit by its number. Raises ``NoSuchVisit``."""
    found = await select_one(VisitRow, f"SELECT {_ROW} FROM visit v WHERE v.number = ?", number)
    if found is None:
        raise NoSuchVisit
    return found


async def rows(condition: str, *values: object) -> Sequence[VisitRow]:
    """The visits, as ``v``, for which a condition holds."""
    return await select(VisitRow, f"SELECT {_ROW} FROM visit v WHERE {condition}", *values)


async def calendar_of(visit: VisitRow) -> int:
    """The calendar of a visit's day."""
    return (await offices.calendars(visit.office_id, [visit.date]))[visit.date]


async def insert(
    wished: Wish,
    claims: Sequence[int],
    state: VisitState,
    contact: Contact,
    *,
    held_until: datetime | None = None,
    holder: str | None = None,
    replaces: int | None = None,
    case: str = "",
) -> Booked:
    """Write a visit that is held or offered, with the claims on its time."""
    number = references.new_reference()
    offered = state is VisitState.OFFERED and replaces is None  # it has an owner, who opens it by a link
    values = {
        "number": number, "key_hash": references.key_hash(references.new_key()) if offered else "",
        "office_id": wished.office.id, "date": wished.date,
        "starts_at": rules.moment(wished.start), "ends_at": rules.moment(wished.end), "state": state,
        "channel": wished.errand.channel, "mode": contact.mode,
        "language": contact.language, "party": wished.errand.party,
        "held_until": held_until, "holder": holder, "created_at": clock.now(), "name": contact.name,
        "email": contact.email, "phone": contact.phone, "note": "", "case_reference": case,
        "household": contact.household if contact.email or contact.phone else "",
        "household_also": contact.household_also, "revision": 0,
        "browser": holder or "", "replaces": replaces, "guide_id": wished.guide,
    }  # fmt: skip
    (row,) = await database.insert("visit", tuple(values), [tuple(values.values())], returning="id")
    await taking.write_matters(row["id"], wished, claims, new=True)
    return Booked(row["id"], number, "")


async def end(visit: VisitRow, state: VisitState, *expected: VisitState) -> list[Wanted] | None:
    """End a visit and give back its time. Returns that time; None if it is in no expected state any more."""
    hit = await database.execute(
        "UPDATE visit SET state = ?, holder = NULL, held_until = NULL, household_active = NULL, remind_at = NULL, "
        "ended_at = ? WHERE id = ? AND state IN (?) AND revision = ?",
        state,
        clock.now(),
        visit.id,
        expected,
        visit.revision,
    )
    return await taking.free(visit.id, visit.party) if hit else None


async def unchanged(number: str, seen: int | None, actor: str) -> None:
    """Refuse an action whose page is outdated. ``seen`` is the version that it showed; None is accepted.

    Raises ``ChangedMeanwhile`` with what others did since. Sure only while the visit's chain is locked.
    """
    if seen is None:
        return
    others = await ledger.newest(
        [f"visit/{number}"], after_sequence=seen, not_by=(actor, SYSTEM), other_than=IN_PASSING, limit=5
    )
    if others:
        raise ChangedMeanwhile(others[::-1])
