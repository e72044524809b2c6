"""The inbox page: the earliest deadline first, narrowed by filters and saved views, each row with its deadline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.clock_words import ClockWords, clock_words, reply_clock
from petitions.desk import addresses
from petitions.duties import Duty, duties
from petitions.permissions import Permission
from petitions.queries import desk
from petitions.queries.filters import Filter, Position
from petitions.queries.inbox import listed
from petitions.queries.rows import Row
from petitions.reference import Reference, reference
from petitions.routing import percent, reason
from petitions.states import OPEN, State
from server.core import auth, clock, ledger, listing, web
from server.core.accounts import Official
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


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A row as it is displayed."""

    row: Row
    clock: ClockWords
    duties: list[Duty]
    href: str
    kind: str
    department: str
    proposed: str
    because: Text
    percent: int | None
    """How sure the proposal is; None where a rule or the procedure decided."""
    doubt: Text


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
    language = web.language(request)
    return web.page(
        request,
        "desk/inbox.html",
        {
            **listing.shown(PAGE, wanted, page, reference_data, language, ""),
            "lines": lines(page.rows, wanted, reference_data, language),
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


def lines(rows: Sequence[Row], wanted: Filter, reference_data: Reference, language: str) -> list[InboxRow]:
    """Rows with their texts."""
    now = clock.now()
    return [
        InboxRow(
            row,
            _clock(row, reference_data, now, language),
            _duties(row, reference_data, now, language),
            addresses.case(row.reference, wanted),
            reference_data.kind_name(row.kind, row.service_code, language),
            reference_data.department_name(row.department_id, language),
            reference_data.department_name(row.routing.get("chosen"), language),
            reason(row.routing.get("because")),
            percent(row.routing),
            reason(row.routing.get("doubt")),
        )
        for row in rows
    ]


def _clock(row: Row, reference_data: Reference, now: datetime, language: str) -> ClockWords:
    """The deadline of what one's department owes: the answer, or its reply to a consultation."""
    if row.part_due is None:
        return clock_words(row, reference_data.calendar, now, language)
    words = reply_clock(row.part_due, reference_data.calendar, now, language)
    return replace(words, remaining=_("Consultation: %(left)s", left=words.remaining))


def _duties(row: Row, reference_data: Reference, now: datetime, language: str) -> list[Duty]:
    if row.part_due is not None:
        return []
    found = duties(row, row.passed_at, reference_data.calendar, now, language)
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


async def _options(official: Official, reference_data: Reference, language: str) -> dict[str, object]:
    """The choices of the filters and of the bulk actions."""
    everywhere = official.may(Permission.SEE_ALL)
    assign = official.may(Permission.ASSIGN)
    guides = await desk.guides() if official.may(Permission.CHANGE_GUIDE) else []

    people = await desk.handlers(None if everywhere else official.department_id) if assign else []
    return {
        "receivers": reference_data.department_choices(language),
        "everywhere": everywhere,
        "guides": [(p.username, p.name) for p in guides],
        "handlers": [(p.username, _titled(p, reference_data, language)) for p in people],
        "accept": official.may(Permission.ACCEPT),
        "assign": assign,
        "transfer": official.may(Permission.TRANSFER),
    }


def _titled(person: Staff, reference_data: Reference, language: str) -> str:
    department = reference_data.department_name(person.department_id, language)
    return f"{department} · {person.name}" if department else person.name


routes: list[Route] = [Route(PAGE, show, methods=["GET"])]
