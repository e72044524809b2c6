"""One case on one page: all there is to know on the right, all there is to do on the left.

Forms exist for exactly what the case's state and the official's rights allow. What is refused comes back on the same
page, with what was typed; after a conflict the page is fresh and says who did what meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions import access
from petitions.clock_words import clock_words
from petitions.desk import addresses, answer, cooperation
from petitions.desk.acts import ACTS, TAKES_FILES
from petitions.duties import duties, passing_on
from petitions.errors import ChangedMeanwhile, NoSuchCase
from petitions.forms import GiveAnswer
from petitions.labels import CHANNELS, DECISIONS, KINDS, RULINGS
from petitions.queries import desk, earlier, following, parts, timeline
from petitions.queries.cases import CaseView, Level, view
from petitions.queries.facts import facts
from petitions.queries.filters import Filter
from petitions.queries.turns import actions_of
from petitions.reference import Reference, reference
from petitions.rights import RIGHTS, subject
from petitions.rules import Transfer
from petitions.states import Action, State
from server.core import auth, clock, i18n, ledger, uploads, web
from server.core.accounts import Official
from server.core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Refusal, Text
from server.core.files import StoredFile
from server.core.ledger import Audience
from server.core.messages import Item

WORDS = ("text", "late_reason", "agency", "reason", "reasons", "remedies")
"""Fields in which somebody writes."""


@dataclass(frozen=True)
class Kept:
    """A form that came back: which, what was typed into it, and what is wrong."""

    action: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    files: Sequence[Mapping[str, object]] = ()
    """The files that came with it, as a page carries them."""

    def value(self, action: str, name: str, default: object = "") -> object:
        """What stands in a field."""
        return self.values.get(name, default) if action == self.action else default

    def error(self, action: str, name: str) -> str:
        """What is wrong with a field."""
        return self.errors.get(f"{action}.{name}", "")

    def sent(self, action: str) -> Sequence[Mapping[str, object]]:
        """The files that a form has sent already."""
        return self.files if action == self.action else ()

    @property
    def words(self) -> list[str]:
        """What was written: where the form itself is gone, it is shown to be copied."""
        return [str(self.values[name]) for name in WORDS if self.values.get(name)]


@dataclass(frozen=True)
class Asked:
    """A request for a case's page: who asks for which case, coming from which list."""

    request: Request
    official: Official
    case: CaseView
    wanted: Filter


async def _ask(request: Request, carried: str) -> Asked:
    """Raises ``NotSignedIn``, and ``NoSuchCase`` where the official may not see the case."""
    official = auth.official(request)
    case = await view(request.path_params["reference"], access.shown(request))
    if case.level is not Level.STAFF:
        raise NoSuchCase
    return Asked(request, official, case, addresses.filter_of(carried, case.known))


async def show(request: Request) -> Response:
    """``/desk/cases/{reference}``; ``?template=`` fills the answer editor with a prepared text."""
    try:
        asked = await _ask(request, request.query_params.get("list", ""))
    except NoSuchCase:
        return await _replied(request)
    draft = answer.Draft(remedies=answer.remedies(asked.case))
    draft = await _filled(asked, draft, request.query_params.get("template", ""))
    return await _page(asked, Kept(), draft)


async def _replied(request: Request) -> Response:
    """What the official's department was asked for, and its reply: the page of who does not see the case any more."""
    number, official = request.path_params["reference"], auth.official(request)
    found = await parts.replied(number, official)
    if not found:
        raise NoSuchCase
    section = cooperation.replied(found, await reference(), clock.now(), web.language(request))
    context = {"number": number, "parts": section, "may": (), "back": addresses.INBOX}
    return web.page(request, "desk/replied.html", context)


async def act(request: Request) -> Response:
    """``POST /desk/cases/{reference}/{action}``: do it once, or show the page again with what hinders it."""
    action = next((a for a in ACTS if a.value == request.path_params["action"]), None)
    if action is None:
        raise NotFound
    official = auth.official(request)
    form = await web.read_form(request, files=uploads.PARTS if action in TAKES_FILES else 0)
    # Fields carry their form's name, so that one page can hold many forms; without it they are taken as well.
    form = FormData([(name.removeprefix(f"{action.value}."), value) for name, value in form.multi_items()])
    raw: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
    if action is Action.CLOSE_REPEATED:
        raw["earlier"] = form.getlist("earlier")
    run, done = ACTS[action]
    words = Text(done.msgid, {"reference": request.path_params["reference"]})
    try:
        asked = await _ask(request, raw.get("list", ""))
    except NoSuchCase:
        return await _gone(request, _press(request, official, action, raw), Kept(action.value, raw).words, words)
    if not official.may(RIGHTS[action]):
        raise Forbidden
    settings = web.site(request).settings
    files, wrong = await uploads.receive(form, request.app.state.store, settings)
    kept = Kept(action.value, raw, _errors(request, action, wrong), files=uploads.shown(settings, files))
    step = raw.get("step", "") if action is Action.ANSWER else ""
    if step == "template":
        draft = await _filled(asked, answer.read(raw, asked.case), raw.get("template", ""))
        return await _page(asked, kept, draft, status=Invalid.status if wrong else 200)
    try:
        complete = answer.complete(raw, asked.case) if action is Action.ANSWER else raw
        _refuse(wrong)
        if step == "preview":
            return await _page(asked, kept, answer.read(raw, asked.case), preview=GiveAnswer.parse(complete))
        await _press(request, official, action, raw, files).once(
            lambda: run(official, asked.case.reference, {**complete, uploads.FIELD: files})
        )
    except Invalid as refusal:
        errors = _errors(request, action, [*refusal.errors, *(e for e in wrong if e not in refusal.errors)])
        return await _again(asked, replace(kept, errors=errors, refusal=refusal), refusal)
    except Conflict as refusal:
        return await _again(asked, replace(kept, refusal=refusal), refusal)
    return web.redirect(request, await _where(asked, raw), words)


async def _gone(request: Request, press: access.Press, written: Sequence[str], done: Text) -> Response:
    """A case that the official does not see (any more): done by the first of two presses, or too late for its words."""
    if await press.done():
        return web.redirect(request, addresses.INBOX, done)
    if not written:
        raise NoSuchCase
    context = {"words": written, "back": addresses.INBOX}
    return web.page(request, "desk/gone.html", context, status=NoSuchCase.status)


def _press(
    request: Request, official: Official, action: Action, raw: Mapping[str, str], files: Sequence[StoredFile] = ()
) -> access.Press:
    """What makes a form's second press the same as its first."""
    secret = web.site(request).settings.secret_key
    scope = f"page/{official.id}/{request.path_params['reference']}/{action.value}"
    return access.Press(secret, scope, raw.get("version"), [raw, [file.hash for file in files]])


def _refuse(wrong: list[FieldError]) -> None:
    if wrong:
        raise Invalid(wrong)


def _errors(request: Request, action: Action, wrong: Sequence[FieldError]) -> dict[str, str]:
    """What is wrong, under the names that the form's fields have on the page."""
    return {f"{action.value}.{name}": text for name, text in web.field_errors(web.language(request), wrong).items()}


async def _where(asked: Asked, raw: Mapping[str, str]) -> str:
    """Where to go next: to the list for who came from its row or may not see the case any more, else the case."""
    here = (await following.whereabouts([asked.case.reference])).get(asked.case.reference)
    left = here is None or not here.seen_by(asked.official)
    if raw.get("from") == "inbox" or (left and not await parts.replied(asked.case.reference, asked.official)):
        return addresses.inbox(asked.wanted)
    return addresses.case(asked.case.reference, asked.wanted)


async def _again(asked: Asked, kept: Kept, refusal: Invalid | Conflict) -> Response:
    """The page once more, as the case now is, with everything that was typed and the files that were sent."""
    fresh = replace(asked, case=await view(asked.case.reference, access.shown(asked.request)))
    if fresh.case.level is not Level.STAFF:
        raise refusal
    draft = answer.read(kept.values if kept.action == Action.ANSWER else {}, fresh.case)
    return await _page(fresh, kept, draft, status=refusal.status)


async def _filled(asked: Asked, draft: answer.Draft, number: str) -> answer.Draft:
    chosen = next((t for t in await desk.templates(asked.case) if str(t.id) == number), None) if number else None
    return answer.with_template(draft, chosen, asked.case, asked.official) if chosen else draft


async def _page(
    asked: Asked, kept: Kept, draft: answer.Draft, *, status: int = 200, preview: GiveAnswer | None = None
) -> Response:
    request, case, official = asked.request, asked.case, asked.official
    known, language = case.known, web.language(request)
    seen = await ledger.position()
    found = await facts(subject(case.reference), tuple(Audience), request.query_params.get("before", ""))
    before, after = await desk.neighbours(asked.wanted, official, known, case)
    mine = actions_of(case, official)
    now, passed_at = clock.now(), _passed_at(case, found.turns)
    story = await _told(case, found.shown, language)
    others = kept.refusal.entries if isinstance(kept.refusal, ChangedMeanwhile) else []
    context = {
        "case": case,
        "kept": kept,
        "draft": draft,
        "preview": preview,
        "parts": cooperation.section(case, official, now, language),
        "may": frozenset(a.value for a in mine),
        "clock": clock_words(case, known.calendar, now, language),
        "duties": duties(case, passed_at, known.calendar, now, language),
        "passing_on": {
            action: passing_on(transfer, since, known.calendar, now, language)
            for action, transfer, since in (
                ("transfer", Transfer.BETWEEN_DEPARTMENTS, passed_at),
                ("transfer-out", Transfer.TO_AGENCY, case.received_at),
            )
            if since is not None
        },
        "objection_remedies": answer.objection_remedies(case),
        "rulings": [(value, i18n.translate(language, text)) for value, text in RULINGS.items()],
        "kind": _kind(case, known, language),
        "channel": CHANNELS[case.channel],
        "decisions": [(value, i18n.translate(language, text)) for value, text in DECISIONS.items()],
        "decision_names": DECISIONS,
        "department": _name(known, case.department_id, language),
        "departments": [(row.code, row.name(language)) for row in known.open_departments],
        "proposed": _code(known, case.routing.get("chosen")),
        "routing": _routing(case, known, language),
        "district": _district(known, case.district, language),
        "reached": _reached(found.turns),
        "timeline": list(reversed(story)),
        "earlier": addresses.case(case.reference, asked.wanted, before=found.earlier) if found.earlier else "",
        "newest": "" if found.newest else addresses.case(case.reference, asked.wanted),
        "changed": await _told(case, others, language),
        "handlers": await desk.handlers(case.department_id) if Action.ASSIGN in mine and case.department_id else [],
        "guides": await desk.guides() if Action.GUIDE in mine else [],
        "template_options": [(t.id, t.title) for t in await desk.templates(case)] if Action.ANSWER in mine else [],
        "repetition_remedies": answer.remedies(case) if Action.CLOSE_REPEATED in mine else "",
        "filed_before": await earlier.proposed(case, official),
        "similar": await desk.similar(case, official),
        "department_names": {row.id: row.name(language) for row in known.departments.values()},
        "list": addresses.query_of(asked.wanted),
        "back": addresses.inbox(asked.wanted),
        "previous": addresses.case(before, asked.wanted) if before else "",
        "next": addresses.case(after, asked.wanted) if after else "",
        "stream": f"/desk/stream?after={seen[0]}-{seen[1]}",
    }
    return web.page(request, "desk/case.html", context, status=status)


async def _told(case: CaseView, entries: Sequence[ledger.Entry], language: str) -> list[Item]:
    return timeline.desk_items(await timeline.case_events(case, entries, Level.STAFF, language, signed=False))


def _passed_at(case: CaseView, entries: Sequence[ledger.Entry]) -> datetime | None:
    """When a case that nobody handles yet came to its department."""
    if case.status is not State.ACCEPTED:
        return None
    return next((e.occurred_at for e in reversed(entries) if e.kind in {"case.accepted", "case.transferred"}), None)


def _kind(case: CaseView, known: Reference, language: str) -> Text | str:
    service = known.services.get(case.service_code)
    return service.name(language) if service else KINDS[case.kind]


def _name(known: Reference, department_id: int | None, language: str) -> str:
    row = known.departments.get(department_id or 0)
    return row.name(language) if row else ""


def _code(known: Reference, department_id: int | None) -> str:
    row = known.departments.get(department_id or 0)
    return row.code if row else ""


def _district(known: Reference, code: str, language: str) -> str:
    names = known.districts.get(code, {})
    return names.get(language) or names.get("ko", "")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A department that was considered, with the reason in words."""

    name: str
    percent: int
    because: Text


def _routing(case: CaseView, known: Reference, language: str) -> dict[str, object]:
    """Which department was proposed and why, and which others were considered."""

    def because(document: Mapping[str, object] | None) -> Text:
        return Text(str(document["msgid"]), document["params"]) if document else Text("")  # type: ignore[arg-type]

    return {
        "chosen": _name(known, case.routing.get("chosen"), language),
        "because": because(case.routing.get("because")),
        "candidates": [
            Candidate(
                _name(known, found["department"], language), round(100 * found["score"]), because(found["because"])
            )
            for found in case.routing.get("candidates", [])
        ],
    }


_WAY = {"case.accepted": State.ACCEPTED, "case.assigned": State.ASSIGNED, "case.started": State.IN_PROGRESS}


def _reached(entries: Sequence[ledger.Entry]) -> str:
    """The last step on the way that a case that ended aside had taken."""
    return next((_WAY[e.kind].value for e in reversed(entries) if e.kind in _WAY), State.RECEIVED.value)


routes: list[Route] = [
    Route("/desk/cases/{reference}", show, methods=["GET"]),
    Route("/desk/cases/{reference}/{action}", act, methods=["POST"]),
]
