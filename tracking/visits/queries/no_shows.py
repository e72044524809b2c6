"""No-shows and restrictions: the evidence, what waits for a decision, and what a household can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server.core import clock, config, database, ledger, listing
from server.core.errors import _
from server.core.listing import Condition, Order, Page, Walk
from server.core.rows import Local, columns, read, select, select_one
from tracking.visits.errors import NoSuchRestriction
from tracking.visits.queries.households import OfHousehold, of_households
from tracking.visits.states import RestrictionState

PAGE = 50


@dataclass(frozen=True, slots=True)
class NoShowRow(OfHousehold):
    """A visit to which nobody came, with the evidence."""

    visit_id: int
    household: str
    household_also: str
    office_id: int
    number: str
    starts_at: Local
    at: Local
    calls: tuple[str, ...]
    excused: bool

    @property
    def called(self) -> list[datetime]:
        """When the visitor was called, in the city's zone."""
        return [datetime.fromisoformat(one).astimezone(config.settings().zone) for one in self.calls]


_NO_SHOW = columns(NoShowRow, "n", number="v.number", starts_at="v.starts_at")
_NO_SHOWS = f"SELECT {_NO_SHOW} FROM no_show n JOIN visit v ON v.id = n.visit_id "


async def of_visit(visit: int) -> NoShowRow | None:
    """The no-show of a visit, excused ones included."""
    return await select_one(NoShowRow, f"{_NO_SHOWS}WHERE n.visit_id = ?", visit)


@dataclass(frozen=True, slots=True)
class RestrictionRow(OfHousehold):
    """A restriction with the contact of the visit whose no-show began it."""

    id: int
    household: str
    household_also: str
    office_id: int
    state: RestrictionState
    begins_at: Local
    ends_at: Local
    lifted_at: Local | None
    appeal: str
    appealed_at: Local | None
    decision: str
    number: str
    name: str
    email: str
    phone: str
    language: str
    version: int
    no_shows: tuple[NoShowRow, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it still keeps the household from booking."""
        return self.lifted_at is None and self.ends_at > clock.now()


_RESTRICTION = columns(
    RestrictionRow, "r", number="v.number", name="v.name", email="v.email", phone="v.phone", language="v.language",
    version="h.length",
)  # fmt: skip
_SUBJECT = "'visit/' || v.number"
_JOINED = f"JOIN visit v ON v.id = r.visit_id {ledger.with_version(_SUBJECT)}"


async def restriction(number: int) -> RestrictionRow:
    """A restriction with its no-shows. Raises ``NoSuchRestriction``."""
    row = await database.fetch_one(f"SELECT {_RESTRICTION} FROM visit_restriction r {_JOINED}WHERE r.id = ?", number)
    if row is None:
        raise NoSuchRestriction
    return (await _with_no_shows([row]))[0]


async def begun_by(visit: int) -> RestrictionRow | None:
    """The restriction that the no-show of a visit began, without its no-shows; the latest if there were several."""
    sql = f"SELECT {_RESTRICTION} FROM visit_restriction r {_JOINED}WHERE r.visit_id = ? ORDER BY r.id DESC LIMIT 1"
    return await select_one(RestrictionRow, sql, visit)


async def of_household(households: Sequence[str], office: int) -> list[RestrictionRow]:
    """The restrictions of a household at an office that have not ended, the latest first."""
    rows = await database.fetch(
        f"SELECT {_RESTRICTION} FROM visit_restriction r {_JOINED}WHERE {of_households('visit_restriction', 'r')} "
        "AND r.office_id = ? AND r.ends_at > ? AND r.lifted_at IS NULL ORDER BY r.id DESC",
        households, households, office, clock.now(),
    )  # fmt: skip
    return [read(RestrictionRow, row) for row in rows]


RUNNING, ENDED, LIFTED = "", "ended", "lifted"


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """What narrows the list of restrictions. Appeals that wait for a decision are a list of their own."""

    state: str = listing.tab(
        {RUNNING: _("Restrictions that run"), ENDED: _("Ended by themselves"), LIFTED: _("Lifted")}, RUNNING,
        about="Those that run if it is left out.",
    )  # fmt: skip
    office: str = listing.words(40, "{}", about="An office's code.", chip=False)


async def appeals(office: int | None, *, after: str = "") -> Page[RestrictionRow]:
    """The appeals that wait for a decision, those first whose restriction ends first. Two queries."""
    return await _listed([Condition("r.state = ?", (RestrictionState.APPEALED,))], office, after)


async def listed(office: int | None, state: str, *, after: str = "") -> Page[RestrictionRow]:
    """The other restrictions: those that run, the first to end first; or those that are over, the latest first.

    Two queries.
    """
    if state == LIFTED:
        return await _listed([Condition("r.state = ?", (RestrictionState.LIFTED,))], office, after, latest=True)
    states = Condition("r.state IN (?, ?)", (RestrictionState.RUNNING, RestrictionState.UPHELD))
    ended = state == ENDED
    over = Condition(f"r.ends_at {'<=' if ended else '>'} ?", (clock.now(),))
    return await _listed([states, over], office, after, latest=ended)


async def _listed(
    wanted: Sequence[Condition], office: int | None, after: str, *, latest: bool = False
) -> Page[RestrictionRow]:
    mine = [Condition("r.office_id = ?", (office,))] if office else []
    walk = Walk("visit_restriction r", Order({"r.ends_at": datetime, "r.id": int}, descending=latest), wanted, mine)
    sql = f"SELECT {_RESTRICTION} FROM ({{walk}}) r {_JOINED}ORDER BY {{order}}"
    page = await walk.page(sql, walk.order.start(after), PAGE)
    return page.of(await _with_no_shows(page.rows))


async def _with_no_shows(rows: Sequence[Mapping[str, Any]]) -> list[RestrictionRow]:
    """Restrictions with the no-shows of their households that count, and the excused ones, the latest first."""
    restricted = [read(RestrictionRow, row) for row in rows]
    known = {each for one in restricted for each in one.households}
    sql = f"{_NO_SHOWS}WHERE {of_households('no_show', 'n')} ORDER BY n.at DESC"
    missed = await select(NoShowRow, sql, known, known)
    return [replace(one, no_shows=tuple(each for each in missed if _of_same(one, each))) for one in restricted]


def _of_same(one: RestrictionRow, missed: NoShowRow) -> bool:
    return one.office_id == missed.office_id and one.known_by(missed.households)
