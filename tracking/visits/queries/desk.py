"""Visits as officials see them: the list of a day, the search, and one visit with its contact.

A list walks the index of an office's days from a cursor, so that it costs the same with any number of visits. Only
visits that were booked are listed: a hold has no contact.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import zip_longest
from typing import Any, NamedTuple

from server.core import addresses, config, database, listing, phones, references
from server.core.city import City
from server.core.errors import FieldError, _
from server.core.forms import not_a_choice
from server.core.listing import Condition, Order, Page, Walk
from server.core.rows import Local, columns, read, select
from tracking.visits import rules
from tracking.visits.errors import NoSuchVisit, VisitorHasVisit
from tracking.visits.labels import CHANNELS, VISIT_STATES
from tracking.visits.queries import offices, papers
from tracking.visits.queries.households import OfHousehold, of_households
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.papers import Papers
from tracking.visits.queries.serving import Stretch, at_counters
from tracking.visits.queries.visits import MatterView
from tracking.visits.states import Channel, DocumentState, VisitState

PAGE, BLOCK = 100, 500
WINDOW = 5_000
"""The most visits of an office that one page of search results examines."""
WIDE = 20_000
"""The same for a search in all offices."""
HOUSEHOLD = 50
"""The most visits of one address or number that are found."""
LISTED = (VisitState.BOOKED, VisitState.SERVED, VisitState.MISSED, VisitState.CANCELLED)
TO_CHECK, INCOMPLETE, COMPLETE = "to-check", "incomplete", "complete"
DOCUMENTS = {TO_CHECK: _("To be checked"), INCOMPLETE: _("Something is missing"), COMPLETE: _("All checked")}
_HANDED_IN = Condition("EXISTS (SELECT 1 FROM visit_document d WHERE d.visit_id = v.id)")
_NUMBERED = 7
"""Digits from which on a search is one for a phone number."""


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """What narrows the list of a day; ``q`` searches all days of the office instead."""

    office: str = listing.words(40, chip=False)
    date: str = listing.words(10, chip=False)
    q: str = listing.words(100)
    past: bool = listing.flag(_("Past visits"))
    state: str = listing.choice({one.value: VISIT_STATES[one] for one in LISTED}, "v.state = ?")
    service: str = listing.words(
        40, "{}", "EXISTS (SELECT 1 FROM visit_matter m JOIN counter_service s ON s.id = m.service_id "
        "WHERE m.visit_id = v.id AND s.code = ?)",
    )  # fmt: skip
    documents: str = listing.choice(DOCUMENTS)
    channel: str = listing.choice(CHANNELS, "v.channel = ?")
    counter: int = listing.number(1, 10**9)


class Planned(NamedTuple):
    """A counter that would serve a service at present, and from when."""

    number: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A visit in the list."""

    id: int
    number: str
    office_id: int
    date: date
    starts_at: Local
    ends_at: Local
    state: VisitState
    channel: Channel
    language: str
    name: str
    email: str
    phone: str
    party: int
    note: str
    case_reference: str
    revision: int
    unplaced_since: Local | None
    documents: str = ""
    """How far its documents are; empty if nothing was handed in."""
    matters: tuple[MatterView, ...] = ()
    planned: tuple[tuple[Planned, ...], ...] = ()
    """For each service, the counters that would serve it at present, one after the other."""

    @property
    def counters(self) -> tuple[str, ...]:
        """The counters that would serve it at present, in the order of its services."""
        return tuple(dict.fromkeys(one.number for those in self.planned for one in those))

    @property
    def changes(self) -> tuple[Planned, ...]:
        """The counters that a service goes on to on the way."""
        return tuple(one for those in self.planned for one in those[1:])

    @property
    def unserved(self) -> bool:
        """Whether it is still booked and no counter can serve it."""
        return self.unplaced_since is not None and self.state is VisitState.BOOKED


def by_counter(rows: Iterable[Row]) -> dict[str, list[tuple[Row, MatterView]]]:
    """Each service of some visits under the counter planned for it, by time; under "" and last those without one.

    A service that changes counters is under each of them, with its time there.
    """
    groups: dict[str, list[tuple[Row, MatterView]]] = {}
    for row in rows:
        for matter, planned in zip(row.matters, row.planned, strict=True):
            if not planned:
                groups.setdefault("", []).append((row, matter))
            for one, following in zip_longest(planned, planned[1:]):
                ends = following.starts_at if following else matter.ends_at
                there = replace(matter, starts_at=one.starts_at, ends_at=ends)
                groups.setdefault(one.number, []).append((row, there))
    for group in groups.values():
        group.sort(key=lambda entry: entry[1].starts_at)
    return dict(sorted(groups.items(), key=lambda group: (not group[0], len(group[0]), group[0])))


def documents_of(checklist: Papers) -> str:
    """How far the documents of a visit are, by its whole checklist; empty if nothing was handed in."""
    if all(one.state is DocumentState.MISSING and one.checked_at is None for one in checklist.papers):
        return ""
    if checklist.unchecked:
        return TO_CHECK
    return COMPLETE if checklist.complete else INCOMPLETE


_ROW = columns(Row, "v")
_MATTER = columns(
    MatterView, "m", code="s.code", name="s.name", name_ja="s.name_ja", name_en="s.name_en", documents="s.documents"
)
ORDER = Order({"v.date": date, "v.starts_at": datetime, "v.id": int})
_BOOKED = Condition("v.booked_at IS NOT NULL")


@dataclass(frozen=True, slots=True)
class CounterRow:
    """A counter of an office."""

    id: int
    number: str
    name: str
    name_ja: str
    name_en: str


async def counters(office_id: int) -> dict[int, CounterRow]:
    """The counters of an office, in the order of their numbers."""
    rows = await select(
        CounterRow, f"SELECT {columns(CounterRow, 'c')} FROM counter c WHERE c.office_id = ?", office_id
    )
    return {row.id: row for row in sorted(rows, key=lambda row: (len(row.number), row.number))}


async def unknown(wanted: Filter, place: OfficeRow) -> list[FieldError]:
    """What a program wants that does not exist: a service, or a counter of the office."""
    found = []
    if wanted.service and not await database.value("SELECT id FROM counter_service WHERE code = ?", wanted.service):
        found.append(not_a_choice("service", wanted.service))
    if wanted.counter and wanted.counter not in await counters(place.id):
        found.append(not_a_choice("counter", wanted.counter))
    return found


async def own_office(account: int, today: date) -> str:
    """The code of the office where an official sits next; empty if the roster does not say."""
    found = await database.value(
        "SELECT o.code FROM shift s JOIN counter c ON c.id = s.counter_id JOIN office o ON o.id = c.office_id "
        "WHERE s.account_id = ? AND s.date >= ? ORDER BY s.date LIMIT 1",
        account,
        today,
    )
    return str(found or "")


async def day_list(
    place: OfficeRow, day: date, wanted: Filter, reference_data: City, *, after: str = "", limit: int = PAGE
) -> Page[Row]:
    """A page of an office's visits on a day, by time. At most fourteen queries."""
    serving = await at_counters(place.id, day)
    conditions = [_BOOKED, *_narrowed(wanted, reference_data)]
    if wanted.counter:
        claims = [claim for claim, those in serving.items() if any(one.counter == wanted.counter for one in those)]
        ids = await database.column("SELECT visit_id FROM visit_matter WHERE claim_id IN (?)", claims)
        conditions.append(Condition(f"v.id IN ({database.marks(ids)})", tuple(ids)))
    if wanted.documents:
        ids = await _with_documents(place.id, day, wanted.documents)
        conditions.append(Condition(f"v.id IN ({database.marks(ids)})", tuple(ids)))
    driving = [Condition("v.office_id = ?", (place.id,)), Condition("v.date = ?", (day,))]
    walk = Walk("visit v", ORDER, driving, conditions)
    page = await walk.page(f"SELECT {_ROW} FROM ({{walk}}) v ORDER BY {{order}}", walk.order.read(after), limit)
    return page.of(await _complete(page.rows, serving, await counters(place.id)))


async def _with_documents(office_id: int, day: date, wanted: str) -> list[int]:
    """The visits of a day whose documents are as far as wanted."""
    handed_in = await database.column(
        f"SELECT v.id FROM visit v WHERE v.office_id = ? AND v.date = ? AND {_HANDED_IN.sql}", office_id, day
    )
    return [visit for visit, found in (await papers.of(handed_in)).items() if documents_of(found) == wanted]


def _narrowed(wanted: Filter, reference_data: City) -> list[Condition]:
    found = [*wanted.conditions(reference_data).values()]
    return [*found, _HANDED_IN] if wanted.documents else found


async def blocks(place: OfficeRow, day: date, wanted: Filter, reference_data: City) -> AsyncIterator[Sequence[Row]]:
    """All visits of a day, block by block."""
    after = ""
    while True:
        page = await day_list(place, day, wanted, reference_data, after=after, limit=BLOCK)
        yield page.rows
        after = page.after
        if not after:
            return


async def summary(office_id: int, day: date) -> dict[VisitState, int]:
    """How many visits of a day are in each state."""
    rows = await database.fetch(
        "SELECT state, COUNT(*) AS n FROM visit WHERE office_id = ? AND date = ? AND booked_at IS NOT NULL "
        "GROUP BY state",
        office_id,
        day,
    )
    return {VisitState(row["state"]): row["n"] for row in rows}


async def found_by(
    wanted: Filter, place: OfficeRow | None, today: date, reference_data: City, *, after: str = ""
) -> Page[Row]:
    """What ``wanted.q`` finds: visits by name or contact, in all offices or in one, and all of an address or number.

    Visits to come are found first; ``wanted.past`` finds earlier ones, the latest first. At most eight queries.
    """
    words = wanted.q
    known = await _of_household(words) if not after else []
    pattern = "%" + words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    phone = _phone(words)
    like = Condition(
        "(LOWER(v.name) LIKE ? ESCAPE '\\' OR v.email = ? OR (v.phone = ? AND v.phone <> ''))",
        (pattern, _email(words), phone),
    )
    sign = "<" if wanted.past else ">="
    driving = [Condition("v.office_id = ?", (place.id,))] if place else []
    driving.append(Condition(f"v.date {sign} ?", (today,)))
    order, window = replace(ORDER, descending=wanted.past), WINDOW if place else WIDE
    walk = Walk("visit v", order, driving, [_BOOKED, like, *_narrowed(wanted, reference_data)], window)
    page = await walk.page(f"SELECT {_ROW} FROM ({{walk}}) v ORDER BY {{order}}", walk.order.read(after), PAGE)
    seen = {row["id"] for row in page.rows}
    rows = await _complete([*(row for row in known if row["id"] not in seen), *page.rows], {}, {})
    found = page.of([row for row in rows if wanted.documents in {"", row.documents}])
    return replace(found, stopped=found.stopped or bool(found.after and not found.rows))


async def _of_household(words: str) -> Sequence[Mapping[str, Any]]:
    email, phone = (_email(words), "") if "@" in words else ("", _phone(words))
    if not email and not phone:
        return []
    household = rules.household(config.settings().secret_key, email, phone)
    return await database.fetch(
        f"SELECT {_ROW} FROM visit v WHERE {of_households('visit', 'v')} AND v.booked_at IS NOT NULL "
        f"ORDER BY v.starts_at DESC LIMIT {HOUSEHOLD}",
        (household,),
        (household,),
    )


def _email(words: str) -> str:
    """An address as bookings store it; words that are none in lower case."""
    try:
        return str(addresses.read(words, utf8=True)).lower()
    except addresses.NotAnAddress:
        return words.lower()


def _phone(words: str) -> str:
    """A number as bookings store it; empty if it is none."""
    if sum(character.isdigit() for character in words) < _NUMBERED:
        return ""
    return phones.readable(words, config.settings().country)


async def number_of(text: str) -> str:
    """The number of a booked visit, as typed; empty if there is none."""
    number = references.read_reference(text) or ""
    found = await database.value("SELECT number FROM visit WHERE number = ? AND booked_at IS NOT NULL", number)
    return str(found or "")


async def has_visit(households: Sequence[str], office_id: int, day: date) -> VisitorHasVisit:
    """The refusal of a second visit of a household at an office on a day, which names the first one."""
    found = await database.column(
        f"SELECT number FROM visit WHERE {of_households('visit')} AND household_active IS NOT NULL AND office_id = ? "
        "AND date = ? LIMIT 1",
        households, households, office_id, day,
    )  # fmt: skip
    return VisitorHasVisit(next(iter(found), "–"), day)


async def _complete(
    rows: Sequence[Mapping[str, Any]],
    serving: Mapping[int, Sequence[Stretch]],
    known: Mapping[int, CounterRow],
) -> list[Row]:
    """Rows with their services, the counters planned for them and how far the documents are. Three queries."""
    ids = [row["id"] for row in rows]
    found = await database.fetch(
        f"SELECT m.visit_id, m.claim_id, {_MATTER} FROM visit_matter m JOIN counter_service s ON s.id = m.service_id "
        "WHERE m.visit_id IN (?) ORDER BY m.visit_id, m.position",
        ids,
    )
    checklists = await papers.of(ids)
    served: dict[object, list[MatterView]] = {}
    planned: dict[object, list[tuple[Planned, ...]]] = {}
    for row in found:
        served.setdefault(row["visit_id"], []).append(read(MatterView, row))
        those = serving.get(row["claim_id"], ())
        at = tuple(Planned(known[one.counter].number, one.starts_at) for one in those if one.counter in known)
        planned.setdefault(row["visit_id"], []).append(at)
    return [
        read(
            Row,
            {
                **row,
                "matters": tuple(served.get(row["id"], ())),
                "planned": tuple(planned.get(row["id"], ())),
                "documents": documents_of(checklists.get(row["id"], papers.NONE)),
            },
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class DeskVisit(OfHousehold):
    """One visit with everything that officials see of it."""

    row: Row
    office: OfficeRow
    household: str
    household_also: str
    created_at: Local
    booked_at: Local
    ended_at: Local | None


async def visit(number: str) -> DeskVisit:
    """A visit by its number, if it was ever booked. Raises ``NoSuchVisit``."""
    found = await database.fetch_one(
        f"SELECT {_ROW}, v.household, v.household_also, v.created_at, v.booked_at, v.ended_at FROM visit v "
        "WHERE v.number = ? AND v.booked_at IS NOT NULL",
        references.read_reference(number) or "",
    )
    if found is None:
        raise NoSuchVisit
    row = read(Row, found)
    serving, known = await at_counters(row.office_id, row.date), await counters(row.office_id)
    (complete,) = await _complete([found], serving, known)
    office = await offices.office_by_id(row.office_id)
    return read(DeskVisit, {**found, "row": complete, "office": office})
