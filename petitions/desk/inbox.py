"""The inbox page: the earliest deadline first, narrowed by filters and saved views, each row with its deadline."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.clock_words import ClockWords, Tone, clock_words, reply_clock
from petitions.desk import addresses
from petitions.duties import Duty, duties
from petitions.permissions import Permission
from petitions.queries import desk, drafts
from petitions.queries.filters import Filter, Position
from petitions.queries.inbox import listed
from petitions.queries.rows import Row
from petitions.reference import Reference, reference
from petitions.routing import percent, reason
from petitions.states import OPEN, State
from server.core import auth, clock, i18n, ledger, listing, web
from server.core.accounts import Official
from server.core.clock import WorkingCalendar
from server.core.errors import Text, _
from server.core.listing import PAGING
from server.core.roles import Staff

PAGE = addresses.INBOX
TABS: tuple[tuple[Text, Filter, str], ...] = (
    (_("All open"), Filter(), ""),
    (_("Overdue"), Filter(overdue=True), "overdue"),
    (_("Unassigned"), Filter(unassigned=True), "unassigned"),
    (_("Mine"), Filter(mine=True), "mine"),
    (_("Objections"), Filter(objection=True), "objection"),
    (_("Consultations"), Filter(parts=True), "parts"),
)


Mark = tuple[str, Tone]
"""A deadline or another duty in words."""
MARKS = 4_096
"""So many are kept."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A row as it is displayed: all that its markup depends on, so that this is kept, too."""

    reference: str
    version: int
    title: str
    petitioner: str
    kind: str
    language: str
    reopened: int
    marks: tuple[Mark, ...]
    status: str
    department: str
    handler: str
    received_at: datetime
    href: str
    proposed: str
    because: str
    percent: int | None
    """How sure the proposal is; None where a rule or the procedure decided."""
    doubt: str
    selectable: bool
    accept: bool
    """Whether the reader may accept it for a department."""
    drafted: bool = False
    """Whether the reader has a draft on it."""


async def show(request: Request) -> Response:
    """``/desk``. Raises ``NotSignedIn``, and ``Invalid`` for a filter that does not exist."""
    official = auth.official(request)
    reference_data = await reference()
    wanted = Filter.parse(request.query_params, reference_data, also=PAGING)
    seen = await ledger.position()
    after = Position.read(request.query_params.get("after", ""))
    before = Position.read(request.query_params.get("before", ""))
    page = await listed(wanted, official, reference_data, start=before or after, backward=before is not None)
    if before and not page.before:
        page = await listed(wanted, official, reference_data)
    if wanted.q and not page.rows:
        for find in request.app.state.finders:
            if address := await find(official, wanted.q):
                return web.redirect(request, address)
    language, drafted = web.language(request), await drafts.drafted([row.id for row in page.rows], official)
    return web.page(
        request,
        "desk/inbox.html",
        {
            **listing.shown(PAGE, wanted, page, reference_data, language, ""),
            "lines": [
                replace(line, drafted=row.id in drafted)
                for row, line in zip(
                    page.rows, lines(page.rows, wanted, official, reference_data, language), strict=True
                )
            ],
            "previous": wanted.address(PAGE, before=page.before) if page.before else "",
            "counts": await desk.counts(official),
            "tabs": _tabs(wanted, await desk.saved_views(official), reference_data),
            "options": await _options(official, reference_data, language),
            "sorts": {
                "due": replace(wanted, sort="").address(PAGE),
                "new": replace(wanted, sort="new").address(PAGE),
            },
            "states": {s.value: Filter(status=s.value).address(PAGE) for s in State if s in OPEN},
            "stream": f"/desk/stream?after={seen[0]}-{seen[1]}",
        },
    )


def lines(
    rows: Sequence[Row], wanted: Filter, official: Official, reference_data: Reference, language: str
) -> list[InboxRow]:
    """Rows with their texts."""
    now, accept, carried = clock.now(), official.may(Permission.ACCEPT), addresses.carrying(wanted)
    any_part = wanted.parts and official.may(Permission.SEE_ALL)
    return [
        InboxRow(
            row.reference,
            row.version,
            row.title,
            row.petitioner,
            reference_data.kind_name(row.kind, row.service_code, language),
            row.language,
            row.reopened,
            _marks(row, reference_data.calendar, now, language),
            row.status.value,
            reference_data.department_name(row.department_id, language),
            row.handler,
            row.received_at,
            f"{addresses.case(row.reference)}{carried}",
            reference_data.department_name(row.routing.get("chosen"), language),
            i18n.translate(language, reason(row.routing.get("because"))),
            percent(row.routing),
            i18n.translate(language, reason(row.routing.get("doubt"))),
            row.part_due is None or any_part,
            accept and row.status is State.RECEIVED,
        )
        for row in rows
    ]


def _marks(row: Row, calendar: WorkingCalendar, now: datetime, language: str) -> tuple[Mark, ...]:
    """The deadline and the duties of a case, which are the same until midnight if none is near."""
    key = row.dates, calendar, calendar.local(now).date(), language
    if (kept := _kept.get(key)) is not None:
        return kept
    words, owed = _clock(row, calendar, now, language), _duties(row, calendar, now, language)
    marks = [(words.remaining, words.tone), *((duty.words, duty.tone) for duty in owed)]
    found = tuple((i18n.translate(language, text), tone) for text, tone in marks)
    if not (words.hourly or any(duty.hourly for duty in owed)):
        _kept[key] = found
        if len(_kept) > MARKS:
            _kept.popitem(last=False)
    return found


_kept = OrderedDict[tuple[object, ...], tuple[Mark, ...]]()


def _clock(row: Row, calendar: WorkingCalendar, now: datetime, language: str) -> ClockWords:
    """The deadline of what one's department owes: the answer, or its reply to a consultation."""
    if row.part_due is None:
        return clock_words(row, calendar, now, language)
    words = reply_clock(row.part_due, calendar, now, language)
    return replace(words, remaining=_("Consultation: %(left)s", left=words.remaining))


def _duties(row: Row, calendar: WorkingCalendar, now: datetime, language: str) -> list[Duty]:
    if row.part_due is not None:
        return []
    found = duties(row, row.passed_at, calendar, now, language)
    if row.waiting:
        found.append(Duty(_("Waiting for a consulted department"), "ok", Text(""), Text("")))
    return found


@dataclass(frozen=True, slots=True)
class Tab:
    """A view: a built-in one, or one that the official saved."""

    label: Text | str
    href: str
    current: bool
    count: str
    view_id: int | None = None


def _tabs(wanted: Filter, views: Sequence[desk.View], reference_data: Reference) -> list[Tab]:
    plain = replace(wanted, sort="")
    found = [Tab(label, own.address(PAGE), own == plain, count) for label, own, count in TABS]
    for view in views:
        own = Filter.carried(view.query, reference_data)
        found.append(Tab(view.name, own.address(PAGE), own == wanted, "", view.id))
    return found


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of the filters and of the bulk actions, and what of these the official may do."""

    receivers: tuple[tuple[str, str], ...]
    everywhere: bool
    guides: tuple[tuple[str, str], ...]
    handlers: tuple[tuple[str, str], ...]
    accept: bool
    assign: bool
    transfer: bool


async def _options(official: Official, reference_data: Reference, language: str) -> Options:
    everywhere = official.may(Permission.SEE_ALL)
    assign = official.may(Permission.ASSIGN)
    guides = await desk.guides() if official.may(Permission.CHANGE_GUIDE) else []
    people = await desk.handlers(None if everywhere else official.department_id) if assign else []
    return Options(
        tuple(reference_data.department_choices(language)),
        everywhere,
        tuple((p.username, p.name) for p in guides),
        tuple((p.username, _titled(p, reference_data, language)) for p in people),
        official.may(Permission.ACCEPT),
        assign,
        official.may(Permission.TRANSFER),
    )


def _titled(person: Staff, reference_data: Reference, language: str) -> str:
    department = reference_data.department_name(person.department_id, language)
    return f"{department} · {person.name}" if department else person.name


routes: list[Route] = [Route(PAGE, show, methods=["GET"])]
