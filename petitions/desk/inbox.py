"""The inbox page: what is due first on top, narrowed by filters and kept views, each row with its clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.clock_words import ClockWords, clock_words
from petitions.desk import addresses
from petitions.duties import Duty, duties
from petitions.labels import KINDS
from petitions.part_words import reply_clock
from petitions.permissions import Permission
from petitions.queries import desk
from petitions.queries.filters import Filter, Position
from petitions.queries.inbox import listed
from petitions.queries.rows import Row
from petitions.reference import Reference, reference
from petitions.states import OPEN, State
from server.core import auth, clock, i18n, ledger, web
from server.core.accounts import Official
from server.core.errors import Text, _

TABS: tuple[tuple[Text, Filter, str], ...] = (
    (_("All open"), Filter(), ""),
    (_("Overdue"), Filter(overdue=True), "overdue"),
    (_("Unassigned"), Filter(unassigned=True), "unassigned"),
    (_("Mine"), Filter(mine=True), "mine"),
    (_("Objections"), Filter(objection=True), "objection"),
    (_("Parts asked for"), Filter(parts=True), "parts"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is drawn."""

    row: Row
    clock: ClockWords
    duties: list[Duty]
    href: str
    kind: Text | str
    department: str
    proposed: str
    because: Text | None


async def show(request: Request) -> Response:
    """``/desk``. Raises ``NotSignedIn``, and ``Invalid`` for a filter that does not exist."""
    official = auth.official(request)
    known = await reference()
    wanted = Filter.parse(request.query_params, known)
    seen = await ledger.position()
    after = Position.read(request.query_params.get("after", ""))
    before = Position.read(request.query_params.get("before", ""))
    page = await listed(wanted, official, known, start=before or after, backward=before is not None)
    if before and page.before is None:
        page = await listed(wanted, official, known)
    language = web.language(request)
    return web.page(
        request,
        "desk/inbox.html",
        {
            "wanted": wanted,
            "lines": lines(page.rows, wanted, known, language),
            "stopped": page.stopped,
            "previous": addresses.inbox(wanted, before=str(page.before)) if page.before else "",
            "next": addresses.inbox(wanted, after=str(page.after)) if page.after else "",
            "counts": await desk.counts(official),
            "tabs": _tabs(wanted, await desk.saved_views(official), known),
            "active": _active(wanted, known, language),
            "options": await _options(official, known, language),
            "sorts": {
                "due": addresses.inbox(replace(wanted, sort="")),
                "new": addresses.inbox(replace(wanted, sort="new")),
            },
            "states": {s.value: addresses.inbox(Filter(status=s.value)) for s in State if s in OPEN},
            "every_state": [s.value for s in State],
            "carried": addresses.query_of(wanted),
            "stream": f"/desk/stream?after={seen[0]}-{seen[1]}",
        },
    )


def lines(rows: Sequence[Row], wanted: Filter, known: Reference, language: str) -> list[Line]:
    """Rows with their words."""
    now = clock.now()
    found = []
    for row in rows:
        service = known.services.get(row.service_code)
        department = known.departments.get(row.department_id or 0)
        proposed = known.departments.get(row.routing.get("chosen") or 0)
        because = row.routing.get("because")
        found.append(
            Line(
                row,
                _clock(row, known, now, language),
                _duties(row, known, now, language),
                addresses.case(row.reference, wanted),
                service.name(language) if service else KINDS[row.kind],
                department.name(language) if department else "",
                proposed.name(language) if proposed else "",
                Text(because["msgid"], because["params"]) if because else None,
            )
        )
    return found


def _clock(row: Row, known: Reference, now: datetime, language: str) -> ClockWords:
    """The clock of what one's department owes: the case, or its part."""
    if row.part_due is None:
        return clock_words(row, known.calendar, now, language)
    words = reply_clock(row.part_due, known.calendar, now, language)
    return replace(words, remaining=_("Part asked for: %(left)s", left=words.remaining))


def _duties(row: Row, known: Reference, now: datetime, language: str) -> list[Duty]:
    if row.part_due is not None:
        return []
    found = duties(row, row.passed_at, known.calendar, now, language)
    if row.waiting:
        found.append(Duty(_("Waits for a department's reply"), "ok", Text(""), Text("")))
    return found


@dataclass(frozen=True, slots=True)
class Tab:
    """A view: one of the house's, or one that the official keeps."""

    label: Text | str
    href: str
    current: bool
    count: str
    view_id: int | None = None


def _tabs(wanted: Filter, views: Sequence[desk.View], known: Reference) -> list[Tab]:
    plain = replace(wanted, sort="")
    found = [Tab(label, addresses.inbox(own), own == plain, count) for label, own, count in TABS]
    for view in views:
        own = addresses.filter_of(view.query, known)
        found.append(Tab(view.name, addresses.inbox(own), own == wanted, "", view.id))
    return found


def _active(wanted: Filter, known: Reference, language: str) -> list[tuple[str, str, str]]:
    """What narrows the list now: which filter, its words, and the address of the list without it.

    The words of a state are the page's.
    """
    department = known.department_by_code(wanted.department)
    words: dict[str, Text | str | None] = {
        "q": f"“{wanted.q}”" if wanted.q else None,
        "status": STATUSES.get(wanted.status, "") if wanted.status else None,
        "department": department.name(language) if department else None,
        "kind": KINDS.get(wanted.kind),
        "district": _district(known, wanted.district, language),
        "guide": _("Guide: %(guide)s", guide=wanted.guide) if wanted.guide else None,
        "overdue": _("Overdue") if wanted.overdue else None,
        "mine": _("Mine") if wanted.mine else None,
        "unassigned": _("Unassigned") if wanted.unassigned else None,
        "objection": _("Open objections") if wanted.objection else None,
        "parts": _("Parts asked for") if wanted.parts else None,
        "interim": _("Interim notice needed") if wanted.interim else None,
    }
    return [
        (
            name,
            i18n.translate(language, text),
            addresses.inbox(replace(wanted, **{name: type(getattr(wanted, name))()})),
        )
        for name, text in words.items()
        if text is not None
    ]


STATUSES: dict[str, Text] = {"all": _("Open and ended"), "ended": _("Ended")}


def _district(known: Reference, code: str, language: str) -> str | None:
    names = known.districts.get(code)
    return (names.get(language) or names["ko"]) if names else None


async def _options(official: Official, known: Reference, language: str) -> dict[str, object]:
    """What can be chosen in the filters and for many cases at once."""
    everywhere = official.may(Permission.SEE_ALL)
    departments = [(row.code, row.name(language)) for row in known.departments.values()]
    assign = official.may(Permission.ASSIGN)
    guides = await desk.guides() if official.may(Permission.CHANGE_GUIDE) else []

    def words(choices: Mapping[str, Text]) -> list[tuple[str, str]]:
        return [(value, i18n.translate(language, text)) for value, text in choices.items()]

    people = await desk.handlers(None if everywhere else official.department_id) if assign else []
    return {
        "status": words(STATUSES),
        "departments": departments,
        "receivers": [(row.code, row.name(language)) for row in known.open_departments],
        "everywhere": everywhere,
        "kinds": words(KINDS),
        "districts": [(code, _district(known, code, language)) for code in known.districts],
        "guides": [(p.username, p.name) for p in guides],
        "handlers": [(p.username, _titled(p, known, language)) for p in people],
        "accept": official.may(Permission.ACCEPT),
        "assign": assign,
        "transfer": official.may(Permission.TRANSFER),
    }


def _titled(person: desk.Colleague, known: Reference, language: str) -> str:
    department = known.departments.get(person.department_id or 0)
    return f"{department.name(language)} · {person.name}" if department else person.name


routes: list[Route] = [Route("/desk", show, methods=["GET"])]
