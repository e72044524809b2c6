"""One case on one page: its content on the right, its actions on the left.

There are forms exactly for what the case's state and the official's permissions allow. A refused form is shown again on
the same page with its input; after a conflict the page is fresh and says who did what in the meantime.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions import access, hearing
from petitions.actions import leaving
from petitions.acts import DESK, of_official, section
from petitions.clock_words import clock_words
from petitions.desk import addresses, answer, drafting, offers
from petitions.details import details
from petitions.duties import duties
from petitions.errors import ChangedMeanwhile, NoSuchCase, Refused
from petitions.forms import GiveAnswer
from petitions.labels import CHANNELS, DECISIONS
from petitions.queries import alike, consultations, desk, drafts, following, timeline
from petitions.queries.case_events import case_events
from petitions.queries.cases import CaseView, Level, view
from petitions.queries.filters import Filter
from petitions.reference import Reference, reference
from petitions.rights import RIGHTS, subject
from petitions.routing import marked, reason
from petitions.states import PASSED_BY, Action, State, reached
from server.core import acts, auth, clock, database, i18n, ledger, web
from server.core.accounts import Official
from server.core.acts import Attempt, Sent
from server.core.errors import Forbidden, Invalid, NotFound, Text, _
from server.core.form_pages import ReturnedForm
from server.core.ledger import Audience
from server.core.messages import Item

WORDS = ("text", "late_reason", "agency", "reason", "reasons", "remedies")
"""Free-text fields."""


@dataclass(frozen=True)
class CaseRequest:
    """A request for a case's page: the official, the case and the list it was opened from."""

    request: Request
    official: Official
    case: CaseView
    wanted: Filter


async def _ask(request: Request, carried: str) -> CaseRequest:
    """Raises ``NotSignedIn``, and ``NoSuchCase`` where the official may not see the case."""
    official = auth.official(request)
    case = await view(request.path_params["reference"], access.shown(request))
    if case.level is not Level.STAFF:
        raise NoSuchCase
    return CaseRequest(request, official, case, Filter.carried(carried, case.reference_data))


async def show(request: Request) -> Response:
    """``/desk/cases/{reference}``; ``?opened=`` unfolds an action's form, ``?preview=1`` shows the drafted answer."""
    try:
        asked = await _ask(request, request.query_params.get("list", ""))
    except NoSuchCase:
        return await _replied(request)
    return await _page(asked, ReturnedForm())


async def _replied(request: Request) -> Response:
    """The page of an official who no longer sees the case: the consultation of their department, and its reply."""
    number, official = request.path_params["reference"], auth.official(request)
    found = await consultations.replied(number, official)
    if not found:
        raise NoSuchCase
    parts = section.replied(found, await reference(), clock.now(), web.language(request))
    context = {"number": number, "parts": parts, "may": (), "forms": {}, "back": addresses.INBOX}
    return web.page(request, "desk/replied.html", context)


async def act(request: Request) -> Response:
    """``POST /desk/cases/{reference}/{action}``: act once, or show the page again with the errors."""
    name, number = request.path_params["action"], request.path_params["reference"]
    if name not in DESK:
        raise NotFound
    (chosen, offer), official = DESK[name], auth.official(request)
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, number, f"page/{official.id}/{number}")
    done = Text(offer.done.msgid, {"reference": number})
    try:
        asked = await _ask(request, sent.values.get("list", ""))
    except NoSuchCase:
        return await _no_longer_visible(
            request, acts.press(request, chosen, attempt, replace(sent, files=())), _words(sent), done
        )
    if not official.may(RIGHTS[chosen.action]):
        raise Forbidden
    attempt = replace(attempt, subject=asked.case.reference)
    try:
        step = sent.values.get("step")
        if step in {"keep", "discard"} or (step in drafting.STEPS and not sent.wrong):
            return await drafting.step(request, official, asked.case, chosen, offer, sent, asked.wanted)
        delay = web.site(request).settings.answer_delay if chosen.action is Action.ANSWER else 0
        typed = sent
        if chosen.action is Action.ANSWER and not database.only_shown():
            sent = replace(sent, values={**answer.complete(sent.values), "delay": str(delay)})
    except Invalid as refusal:
        return await _again(asked, acts.kept(request, chosen, offer, sent, refusal))
    kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if kept is not None:  # also what an answer does not send is shown again
        return await _again(asked, replace(kept, values=acts.kept(request, chosen, offer, typed).values))
    return web.redirect(request, await _where(asked, sent.values), None if delay else done)


async def take_back(request: Request) -> Response:
    """``POST /desk/cases/{reference}/take-back``: the answer that is about to leave is a draft again."""
    auth.official(request, RIGHTS[Action.ANSWER])
    asked = await _ask(request, str((await web.read_form(request)).get("list", "")))
    done = _("The answer has been taken back. Your text is kept as a draft.")
    try:
        await leaving.take_back(asked.official, asked.case.reference)
    except Refused as refusal:
        done = refusal.text
    address = addresses.case(asked.case.reference, asked.wanted, opened=Action.ANSWER.value)
    return web.redirect(request, f"{address}#answer-editor", done)


async def _no_longer_visible(request: Request, press: acts.Press, written: Sequence[str], done: Text) -> Response:
    """A case that the official does not see (any more): redirect if the action was done, else show the text to copy."""
    if await press.done():
        return web.redirect(request, addresses.INBOX, done)
    if not written:
        raise NoSuchCase
    context = {"words": written, "back": addresses.INBOX}
    return web.page(request, "desk/gone.html", context, status=NoSuchCase.status)


def _words(sent: Sent) -> list[str]:
    """The submitted texts, to be copied when the form itself is not available any more."""
    return [str(sent.values[name]) for name in WORDS if sent.values.get(name)]


async def _where(asked: CaseRequest, raw: Mapping[str, str]) -> str:
    """The next page: the list, if the official came from its row or no longer sees the case, else the case."""
    here = (await following.case_access([asked.case.reference])).get(asked.case.reference)
    left = here is None or not here.seen_by(asked.official)
    if raw.get("from") == "inbox" or (left and not await consultations.replied(asked.case.reference, asked.official)):
        return asked.wanted.address(addresses.INBOX)
    return addresses.case(asked.case.reference, asked.wanted)


async def _again(asked: CaseRequest, kept: ReturnedForm) -> Response:
    """The page again, with the case as it is now, and the typed values and uploaded files."""
    fresh = replace(asked, case=await view(asked.case.reference, access.shown(asked.request)))
    if fresh.case.level is not Level.STAFF and kept.refusal:
        raise kept.refusal
    return await _page(fresh, kept, status=kept.status)


async def _page(asked: CaseRequest, kept: ReturnedForm, *, status: int = 200) -> Response:
    request, case, official = asked.request, asked.case, asked.official
    reference_data, language = case.reference_data, web.language(request)
    seen = await ledger.position()
    found = await case_events(subject(case.reference), tuple(Audience), request.query_params.get("before", ""))
    before, after = await desk.neighbours(asked.wanted, official, reference_data, case)
    mine = {act.action for act in of_official(case, official)}
    now, passed_at = clock.now(), _passed_at(case, found.events)
    story = await _items(case, found.shown, language)
    filed_before, parts = await desk.proposed(case, official), section.of(case, official, now, language)
    page = await offers.page_of(case, official, parts, filed_before, passed_at, language)
    drafted = await drafts.of_case(case.id, official)
    back = {name.removeprefix("answer."): value for name, value in kept.values.items()}
    draft = answer.read(back if kept.action == Action.ANSWER else drafted.get("answer", drafts.Draft()).values, case)
    templates = await desk.templates(case) if mine else []
    carried, opened = urlencode(asked.wanted.query()), request.query_params.get("opened", "")
    others = kept.refusal.entries if isinstance(kept.refusal, ChangedMeanwhile) else []
    context = {
        "case": case,
        "kept": kept,
        "draft": draft,
        "answer_form": GiveAnswer,
        "preview": _preview(request, kept, drafted),
        "stranded": {
            name: [str(text) for field, text in found.values.items() if text and field in WORDS]
            for name, found in drafted.items()
            if name not in mine
        },
        "leaving": await drafts.leaving(case),
        "parts": parts,
        "may": mine,
        "forms": offers.forms(page, official, kept, carried, drafting.prepared(drafted, templates, opened)),
        "opened": opened,
        "carried": carried,
        "written": [text for name, text in kept.values.items() if text and name.rpartition(".")[2] in WORDS],
        "clock": clock_words(case, reference_data.calendar, now, language),
        "duties": duties(case, passed_at, reference_data.calendar, now, language),
        "kind": reference_data.kind_name(case.kind, case.service_code, language),
        "channel": CHANNELS[case.channel],
        "details": details(case),
        "hearing": hearing.at_desk(case.petitioner_email, case.petitioner_phone),
        "decisions": [(value, i18n.translate(language, text)) for value, text in DECISIONS.items()],
        "decision_names": DECISIONS,
        "department": reference_data.department_name(case.department_id, language),
        "routing": _routing(case, reference_data, language),
        "told": _told(case),
        "place": reference_data.place_words(case, language, case.district),
        "drawing": reference_data.drawn(case),
        "reached": reached(entry.kind for entry in found.events),
        "timeline": list(reversed(story)),
        "earlier": addresses.case(case.reference, asked.wanted, before=found.earlier) if found.earlier else "",
        "newest": "" if found.newest else addresses.case(case.reference, asked.wanted),
        "changed": await _items(case, others, language),
        "filed_before": filed_before,
        "similar": await alike.at_desk(case, official, [other.reference for other in filed_before]),
        "department_names": reference_data.department_names(language),
        "back": asked.wanted.address(addresses.INBOX),
        "previous": addresses.case(before, asked.wanted) if before else "",
        "next": addresses.case(after, asked.wanted) if after else "",
        "sections": [await section(case.reference, official, language) for section in request.app.state.case_sections],
        "stream": f"/desk/stream?after={seen[0]}-{seen[1]}",
    }
    return web.page(request, "desk/case.html", context, status=status)


def _preview(request: Request, kept: ReturnedForm, drafted: Mapping[str, drafts.Draft]) -> GiveAnswer | None:
    """The drafted answer as it would be sent, where it is asked for and complete."""
    if kept.action or not request.query_params.get("preview") or "answer" not in drafted:
        return None
    try:
        return GiveAnswer.parse(answer.complete(drafted["answer"].values))
    except Invalid:
        return None


async def _items(case: CaseView, entries: Sequence[ledger.Entry], language: str) -> list[Item]:
    return timeline.items(await timeline.case_events(case, entries, Level.STAFF, language, signed=False), desk=True)


def _passed_at(case: CaseView, entries: Sequence[ledger.Entry]) -> datetime | None:
    """When a case without a handler reached its department."""
    if case.status is not State.ACCEPTED:
        return None
    return next((e.occurred_at for e in reversed(entries) if e.kind in PASSED_BY), None)


def _routing(case: CaseView, reference_data: Reference, language: str) -> dict[str, object]:
    """Which department was proposed and why, and which others were considered."""
    return {
        "chosen": reference_data.department_name(case.routing.get("chosen"), language),
        "because": reason(case.routing.get("because")),
        "doubt": reason(case.routing.get("doubt")),
        "candidates": [
            {
                "code": department.code,
                "name": department.name(language),
                "percent": round(100 * found["score"]),
                "because": reason(found["because"]),
            }
            for found in case.routing.get("candidates", ())
            if (department := reference_data.departments.get(found["department"]))
        ],
    }


def _told(case: CaseView) -> list[list[tuple[str, bool]]]:
    """The paragraphs of the text, in parts; until acceptance those that speak for the proposal are marked."""
    candidates = case.routing.get("candidates", ()) if case.status is State.RECEIVED else ()
    words = [word for one in candidates if one["department"] == case.routing["chosen"] for word in one.get("words", ())]
    return [marked(part, words) for part in case.body.split("\n") if part.strip()]


routes: list[Route] = [
    Route("/desk/cases/{reference}", show, methods=["GET"]),
    Route("/desk/cases/{reference}/take-back", take_back, methods=["POST"]),
    Route("/desk/cases/{reference}/{action}", act, methods=["POST"]),
]
