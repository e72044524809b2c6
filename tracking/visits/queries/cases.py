"""The visits for a case, as the case's page shows them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from server.core import config, database, days, references
from server.core.listing import Condition, Order, Page, Walk
from server.core.rows import Local, columns, read_all, select, select_one
from tracking.visits import rules
from tracking.visits.queries import offices
from tracking.visits.queries.households import OfHousehold
from tracking.visits.queries.planning import ACCOMPANIMENT
from tracking.visits.states import VisitState

PAGE, MOST = 50, 20
"""The visits of a case that are shown, the latest first."""


@dataclass(frozen=True, slots=True)
class CaseVisit(OfHousehold):
    """A visit for a case."""

    id: int
    number: str
    state: VisitState
    starts_at: Local
    ends_at: Local
    revision: int
    case_reference: str
    household: str
    household_also: str
    code: str
    name: str
    name_ja: str
    name_en: str

    def of_contact(self, email: str, phone: str) -> bool:
        """Whether it was booked with this address or number. An official can link somebody else's by mistake."""
        secret = config.settings().secret_key
        known = [rules.household(secret, *one) for one in ((email, ""), ("", phone)) if any(one)]
        return self.known_by(known)


_VISIT = columns(CaseVisit, "v", code="o.code", name="o.name", name_ja="o.name_ja", name_en="o.name_en")


async def of_case(reference: str) -> list[CaseVisit]:
    """The visits that were booked for a case, the latest first; their names are those of the offices. One query."""
    return await select(
        CaseVisit,
        f"SELECT {_VISIT} FROM visit v JOIN office o ON o.id = v.office_id WHERE v.case_reference = ? "
        f"AND v.booked_at IS NOT NULL ORDER BY v.starts_at DESC, v.id DESC LIMIT {MOST}",
        reference,
    )


async def by_number(number: str) -> CaseVisit | None:
    """A visit with its case, if it has one. One query."""
    return await select_one(
        CaseVisit, f"SELECT {_VISIT} FROM visit v JOIN office o ON o.id = v.office_id WHERE v.number = ?", number
    )


@dataclass(frozen=True, slots=True)
class Suggested:
    """Where a case's visit can be booked."""

    office: str
    service: str
    """Empty if several services fit, and its visitor has to choose."""
    exact: bool
    """Whether the service belongs to the case's statutory procedure; otherwise the office only has its department."""


async def suggested(statutory: str, department: int | None, district: str) -> Suggested | None:
    """The office and service of a case's statutory procedure; otherwise an office with counters of its department.

    Offices of the case's district come first. One query.
    """
    found = await select(
        Suggested,
        "SELECT o.code AS office, s.code AS service, (s.statutory = ? AND s.statutory <> '') AS exact "
        "FROM counter_service s JOIN counter_ability a ON a.service_id = s.id JOIN counter c ON c.id = a.counter_id "
        "JOIN office o ON o.id = c.office_id WHERE o.active = ? AND c.active = ? AND s.active = ? AND s.bookable = ? "
        "AND ((s.statutory = ? AND s.statutory <> '') OR c.department_id = ?) "
        "GROUP BY o.id, s.id ORDER BY exact DESC, (o.district = ?) DESC, o.name, o.id, s.name",
        statutory, True, True, True, True, statutory, department, district,
    )  # fmt: skip
    if not found:
        return None
    first = found[0]
    fitting = [one for one in found if (one.office, one.exact) == (first.office, first.exact)]
    return first if len(fitting) == 1 else replace(first, service="")


@dataclass(frozen=True, slots=True)
class GuideAt:
    """Where a case guide can accompany visits: the office's code, and the number of what stands for the guide."""

    office: str
    number: str
    day: date
    """A day on which the guide is on the roster."""
    days_ahead: int
    same_day: bool
    opens_on: date | None

    def can_be_booked(self, now: datetime) -> bool:
        """Whether this day can be booked at a time in the city's zone."""
        first, last = rules.Window(self.days_ahead, self.same_day, opens_on=self.opens_on).days(now)
        return first <= self.day <= last


async def guide_at(account: int, office: str = "") -> GuideAt | None:
    """Where a guide is on the roster of a day that can be booked, at this office if possible. One query."""
    now = offices.now()
    found = await select(
        GuideAt,
        "SELECT o.code AS office, c.number, o.days_ahead, o.same_day, o.opens_on, r.date AS day "
        "FROM counter c JOIN office o ON o.id = c.office_id JOIN shift r ON r.counter_id = c.id "
        "JOIN counter_ability a ON a.counter_id = c.id JOIN counter_service s ON s.id = a.service_id "
        "WHERE c.account_id = ? AND s.code = ? AND c.active = ? AND o.active = ? AND s.active = ? AND r.date >= ? "
        "ORDER BY (o.code = ?) DESC, o.name, o.id, c.id, r.date",
        account, ACCOMPANIMENT, True, True, True, now.date(), office,
    )  # fmt: skip
    return next((one for one in found if one.can_be_booked(now)), None)


@dataclass(frozen=True, slots=True)
class GuidedVisit:
    """A visit that a case guide accompanies."""

    id: int
    number: str
    starts_at: Local
    ends_at: Local
    name_of_visitor: str
    party: int
    language: str
    note: str
    case_reference: str
    name: str
    """Of the office, and its other names."""
    name_ja: str
    name_en: str


_GUIDED = columns(
    GuidedVisit, "v", name_of_visitor="v.name", name="o.name", name_ja="o.name_ja", name_en="o.name_en"
)  # fmt: skip
_COMING = Order({"v.starts_at": datetime, "v.id": int})


async def accompanies(account: int, number: str) -> bool:
    """Whether an official accompanies a visit as a guide."""
    found = await database.value(
        "SELECT v.id FROM visit v JOIN counter c ON c.id = v.guide_id WHERE v.number = ? AND c.account_id = ?",
        references.read_reference(number) or "",
        account,
    )
    return found is not None


async def guided(account: int, start: str) -> Page[GuidedVisit]:
    """A page of the visits that an official accompanies as a guide, from today on, the next one first. Two queries."""
    counters = await database.column("SELECT id FROM counter WHERE account_id = ?", account)
    today = rules.moment(rules.at_time(days.today(), "00:00", config.settings().zone))
    driving = [Condition(f"v.guide_id IN ({database.marks(counters)})", tuple(counters))]
    driving += [Condition("v.starts_at >= ?", (today,))]
    walk = Walk("visit v", _COMING, driving, [Condition("v.state IN ('booked', 'served')")])
    page = await walk.page(
        f"SELECT {_GUIDED} FROM ({{walk}}) v JOIN office o ON o.id = v.office_id ORDER BY {{order}}",
        _COMING.start(start),
        PAGE,
    )
    return page.of(read_all(GuidedVisit, page.rows))
