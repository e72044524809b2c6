"""What was last counted for each submission, forum and petition, and how it adds to the totals: one book for each.

A row holds everything its contribution to the totals was computed from, so that the next count can subtract exactly
that.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from tortoise import fields
from tortoise.models import Model

from forums import events as forum_events
from forums.queries import figures as forum_figures
from petitions import events as petition_events
from petitions.queries import figures as petition_figures
from server.core import database
from server.core.ledger import DomainEvent
from tracking.statistics import measures
from tracking.statistics.figures import CASE, FORUM, SUBMISSION, TICKET, VISIT, Area, Row
from tracking.statistics.measures import ADOPTION, PETITIONS, VISITS
from tracking.statistics.models import CountedCase, CountedForum, CountedSubmission, CountedTicket, CountedVisit
from tracking.statistics.rules import At, Entry, month_of
from tracking.statistics.small_groups import publish
from tracking.statistics.waiting_measures import WAITING
from tracking.visits import events as visit_events
from tracking.visits.queries import figures as visit_figures
from tracking.visits.queries import ticket_figures

_READ: Mapping[type[fields.Field[Any]], Callable[[Any], Any]] = {
    fields.BooleanField: bool,
    fields.DateField: database.day_or_none,
    fields.DatetimeField: database.moment_or_none,
}


@dataclass(frozen=True, eq=False)
class Book:
    """A table of counted rows, one for each record of a kind."""

    model: type[Model]
    thing: str
    number: str
    """The column with the record's public number."""
    area: Area
    events: tuple[type[DomainEvent], ...]
    """Events after which a record is counted again."""
    find: Callable[[Sequence[str]], Awaitable[list[int]]]
    """The ids of the records with these numbers."""
    ids: Callable[[int, int], Awaitable[list[int]]]
    """The next record ids above a given one, up to a limit."""
    read: Callable[[Sequence[int], Mapping[int, Row]], Awaitable[dict[int, Row]]]
    """The present rows of records by id; takes the ids and the rows that were counted last."""

    @cached_property
    def _fields(self) -> dict[str, fields.Field[Any]]:
        return dict(self.model._meta.fields_map)  # noqa: SLF001 — the only way

    @cached_property
    def table(self) -> str:
        """The table's name."""
        return str(self.model._meta.db_table)  # noqa: SLF001 — the only way

    @cached_property
    def key(self) -> str:
        """The column with the record's id."""
        return str(self.model._meta.pk_attr)  # noqa: SLF001 — the only way

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The other columns."""
        return tuple(name for name in self._fields if name != self.key)

    @cached_property
    def blank(self) -> dict[str, Any]:
        """The values of a row before anything was counted."""
        return {
            name: "" if column.default is None else column.default
            for name, column in self._fields.items()
            if name != self.key and not column.null
        }

    @cached_property
    def _converted(self) -> dict[str, Callable[[Any], Any]]:
        return {name: _READ[type(column)] for name, column in self._fields.items() if type(column) in _READ}

    def subjects(self, number: str) -> tuple[str, ...]:
        """A record's subjects in the ledger."""
        return tuple(f"{word}/{number}" for word in ((self.thing, "talk") if self.thing == FORUM else (self.thing,)))

    def normal(self, row: Row) -> dict[str, Any]:
        """A raw row in the same shape for both databases."""
        return {**row, **{name: read(row[name]) for name, read in self._converted.items()}}

    def entry_of(self, row: Row | None) -> Entry | None:
        """What a row adds to the totals; None if nothing."""
        if row is None or not row["counted"]:
            return None
        at = At(row.get("forum_id", 0), row["kind"], row["department_id"], row["district"], row["period"])
        return self.area.entry(self.thing, at, row)


def submission_row(now: forum_figures.SubmissionFigures) -> Row:
    """A submission as its row."""
    counted = measures.submission_row(now.received_on, now.outcome, now.outcome_on, now.done_on)
    return {**vars(now), **counted, "submission_id": now.id, "period": month_of(now.received_on)}


def forum_row(now: forum_figures.ForumFigures) -> Row:
    """A forum as its row."""
    return {**vars(now), "forum_id": now.id, "period": month_of(now.held_on)}


def visit_row(now: visit_figures.VisitFigures) -> Row:
    """A visit as its row: the channel is its kind, the office stands in the place of a department."""
    own = {
        name: getattr(now, name)
        for name in (
            "number", "counted", "district", "lead_days", "cancelled", "served", "missed", "with_documents",
            "documents_complete",
        )
    }  # fmt: skip
    where = {"visit_id": now.id, "kind": now.channel, "department_id": now.office_id, "period": month_of(now.day)}
    return {**own, **where}


_OF_TICKET = (
    "how", "service", "hour", "wait_minutes", "service_minutes", *(name for name in WAITING.tallies if name != "shown"),
)  # fmt: skip


def ticket_row(now: ticket_figures.TicketFigures) -> dict[str, Any]:
    """A ticket as it is known here. What may be told of it depends on others (``small_groups``)."""
    where = {"ticket_id": now.id, "department_id": now.office_id, "period": month_of(now.date)}
    return {**where, "number": now.number, "date": now.date, **{name: getattr(now, name) for name in _OF_TICKET}}


def not_counted_yet(ticket: Row) -> Row:
    """A ticket's row until it is decided what may be told of it."""
    own = {name: ticket[name] for name in _OF_TICKET}
    kept = {name: value for name, value in ticket.items() if name not in own}
    return {**TICKETS.blank, "wait_minutes": None, "service_minutes": None, **kept, "own": orjson.dumps(own).decode()}


async def months_of(ids: Sequence[int]) -> set[tuple[int, str]]:
    """The offices and months of counted tickets."""
    rows = await database.fetch(
        f"SELECT DISTINCT department_id, period FROM {TICKETS.table} WHERE {TICKETS.key} IN (?)", ids
    )
    return {(row["department_id"], row["period"]) for row in rows}


async def offices_of(period: str) -> list[int]:
    """The offices with counted tickets in a month."""
    return await database.column(
        f"SELECT DISTINCT department_id FROM {TICKETS.table} WHERE period = ? ORDER BY department_id", period
    )


async def month_of_office(office: int, period: str) -> tuple[Mapping[int, Row], Mapping[int, Row]]:
    """The rows of an office's tickets in a month as they were counted, locked, and as they are to be published."""
    update = " FOR UPDATE" if database.dialect() == "postgres" else ""
    rows = await database.fetch(
        f"SELECT {', '.join((TICKETS.key, *TICKETS.columns))} FROM {TICKETS.table} "
        f"WHERE period = ? AND department_id = ? ORDER BY {TICKETS.key}{update}",
        period, office,
    )  # fmt: skip
    last = {row[TICKETS.key]: TICKETS.normal(row) for row in rows if row["own"]}
    now = publish([{**row, **orjson.loads(row["own"])} for row in last.values()])
    return last, {row[TICKETS.key]: row for row in now}


async def _of_days(numbers: Sequence[str]) -> list[int]:
    return [one for number in numbers for one in await ticket_figures.of_day(number)]


async def _tickets(ids: Sequence[int], last: Mapping[int, Row]) -> dict[int, Row]:
    """A ticket of which nothing has changed is counted as it was."""
    found = [not_counted_yet(ticket_row(one)) for one in await ticket_figures.tickets(ids)]
    kept = ("number", "date", "department_id", "period", "own")
    return {
        row["ticket_id"]: was if (was := last.get(row["ticket_id"])) and all(was[n] == row[n] for n in kept) else row
        for row in found
    }


async def _submissions(ids: Sequence[int], _last: Mapping[int, Row]) -> dict[int, Row]:
    return {one.id: submission_row(one) for one in await forum_figures.submissions("id", ids)}


async def _forums(ids: Sequence[int], _last: Mapping[int, Row]) -> dict[int, Row]:
    return {one.id: forum_row(one) for one in await forum_figures.forums("id", ids)}


async def _cases(ids: Sequence[int], last: Mapping[int, Row]) -> dict[int, Row]:
    """Working hours once counted are kept: a holiday added later does not change them."""
    kept = {i: (row["answered_at"], row["hours"]) for i, row in last.items() if row["hours"] is not None}
    return {row["case_id"]: row for row in await petition_figures.cases_by_id(ids, kept)}


async def _visits(ids: Sequence[int], _last: Mapping[int, Row]) -> dict[int, Row]:
    return {one.id: visit_row(one) for one in await visit_figures.visits(ids)}


SUBMISSIONS = Book(
    CountedSubmission,
    SUBMISSION,
    "number",
    ADOPTION,
    (
        forum_events.SubmissionReceived, forum_events.SubmissionAssigned, forum_events.SubmissionAnswered,
        forum_events.SubmissionMerged, forum_events.SubmissionUnmerged, forum_events.SubmissionWithdrawn,
        forum_events.SubmissionDone, forum_events.BecamePetition, forum_events.TextHeld, forum_events.TextHidden,
        forum_events.TextShown, forum_events.TranscriptionWithdrawn,
    ),
    forum_figures.submissions_of,
    forum_figures.submission_ids,
    _submissions,
)  # fmt: skip
FORUMS = Book(
    CountedForum,
    FORUM,
    "slug",
    ADOPTION,
    (
        forum_events.ForumPlanned, forum_events.ForumAccepted, forum_events.ForumPublished, forum_events.ForumOpened,
        forum_events.ForumStarted, forum_events.ForumClosed, forum_events.ForumCancelled, forum_events.ForumEdited,
        forum_events.TookPart,
    ),
    forum_figures.forums_of,
    forum_figures.forum_ids,
    _forums,
)  # fmt: skip
CASES = Book(
    CountedCase,
    CASE,
    "reference",
    PETITIONS,
    (
        petition_events.CaseReceived, petition_events.CaseRouted, petition_events.CaseAccepted,
        petition_events.CaseTransferred, petition_events.CaseTransferredOut, petition_events.CaseAnswered,
        petition_events.CaseClosed, petition_events.CaseClosedAsRepeated, petition_events.CaseRated,
        petition_events.CaseReopened, petition_events.ObjectionUpheld, petition_events.CaseWithdrawn,
        petition_events.CaseDeemedWithdrawn, petition_events.CaseReturned,
    ),
    petition_figures.ids_of,
    petition_figures.case_ids,
    _cases,
)  # fmt: skip
VISITS_BOOK = Book(
    CountedVisit,
    VISIT,
    "number",
    VISITS,
    (
        visit_events.VisitBooked, visit_events.VisitRescheduled, visit_events.VisitCancelled, visit_events.VisitServed,
        visit_events.NoShowMarked, visit_events.NoShowUndone, visit_events.AppealDecided,
        visit_events.SituationsStated, visit_events.DocumentChecked, visit_events.DocumentHandedIn,
    ),
    visit_figures.visits_of,
    visit_figures.visit_ids,
    _visits,
)  # fmt: skip
TICKETS = Book(
    CountedTicket,
    TICKET,
    "number",
    WAITING,
    (visit_events.QueueClosed,),
    _of_days,
    ticket_figures.ticket_ids,
    _tickets,
)
BOOKS = (SUBMISSIONS, FORUMS, CASES, VISITS_BOOK, TICKETS)


async def lock(book: Book, ids: Sequence[int], *, make: bool) -> dict[int, Row]:
    """The rows of some records, locked until the transaction ends; ``make`` inserts missing ones.

    Rows are locked in the order of their ids to avoid deadlocks.
    """
    if not ids:
        return {}
    columns = (book.key, *book.columns)
    if make:
        await _insert(book, (book.key, *book.blank), [{book.key: key, **book.blank} for key in sorted(ids)], "NOTHING")
    update = " FOR UPDATE" if database.dialect() == "postgres" else ""
    rows = await database.fetch(
        f"SELECT {', '.join(columns)} FROM {book.table} WHERE {book.key} IN (?) ORDER BY {book.key}{update}", ids
    )
    return {row[book.key]: book.normal(row) for row in rows}


async def write(book: Book, rows: Sequence[Row]) -> None:
    """Store what has been counted now."""
    sets = ", ".join(f"{name} = excluded.{name}" for name in book.columns)
    await _insert(book, (book.key, *book.columns), rows, f"UPDATE SET {sets}")


async def _insert(book: Book, columns: Sequence[str], rows: Sequence[Row], otherwise: str) -> None:
    values = [[row[name] for name in columns] for row in rows]
    await database.insert(book.table, columns, values, conflict=f"({book.key}) DO {otherwise}")
