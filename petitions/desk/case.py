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
from petitions.acts import DESK, of_official, section
from petitions.acts.page import CaseAct
from petitions.clock_words import clock_words
from petitions.desk import addresses, answer, offers
from petitions.details import details
from petitions.duties import duties
from petitions.errors import ChangedMeanwhile, NoSuchCase
from petitions.forms import GiveAnswer
from petitions.labels import CHANNELS, DECISIONS
from petitions.queries import alike, consultations, desk, following, timeline
from petitions.queries.case_events import case_events
from petitions.queries.cases import CaseView, Level, view
from petitions.queries.filters import Filter
from petitions.reference import Reference, reference
from petitions.rights import RIGHTS, subject
from petitions.routing import marked, reason
from petitions.states import PASSED_BY, Action, State, reached
from server.core import acts, auth, clock, i18n, ledger, web
from server.core.accounts import Official
from server.core.acts import Attempt, Offer, Sent
from server.core.errors import Forbidden, Invalid, NotFound, Text
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
    """``/desk/cases/{reference}``; ``?template=`` fills the answer editor with a reply template."""
    try:
        asked = await _ask(request, request.query_params.get("list", ""))
    except NoSuchCase:
        return await _replied(request)
    draft = answer.Draft(remedies=answer.remedies(asked.case))
    draft = await _filled(asked, draft, request.query_params.get("template", ""))
    return await _page(asked, ReturnedForm(), draft)


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
    if chosen.action is Action.ANSWER:
        kept = await _answer(asked, chosen, offer, attempt, sent)
    else:
        kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if isinstance(kept, Response):
        return kept
    if kept is not None:
        return await _again(asked, kept)
    return web.redirect(request, await _where(asked, sent.values), done)


async def _answer(
    asked: CaseRequest, answers: CaseAct, offer: Offer, attempt: Attempt, sent: Sent
) -> Response | ReturnedForm | None:
    """Answer; or show the draft, with a reply template filled in or as a preview."""
    request, case, raw = asked.request, asked.case, sent.values
    kept = acts.kept(request, answers, offer, sent)
    if raw.get("step") == "template":
        draft = await _filled(asked, answer.read(raw, case), raw.get("template", ""))
        return await _page(asked, kept, draft, status=Invalid.status if sent.wrong else 200)
    try:
        complete = answer.complete(raw, case)
        if raw.get("step") == "preview" and not sent.wrong:
            return await _page(asked, kept, answer.read(raw, case), preview=GiveAnswer.parse(complete))
    except Invalid as refusal:
        return acts.kept(request, answers, offer, sent, refusal)
    return await acts.act_once(request, answers, offer, attempt, replace(sent, values=complete))


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
    typed = {name.removeprefix("answer."): value for name, value in kept.values.items()}
    draft = answer.read(typed if kept.action == Action.ANSWER else {}, fresh.case)
    return await _page(fresh, kept, draft, status=kept.status)


async def _filled(asked: CaseRequest, draft: answer.Draft, number: str) -> answer.Draft:
    chosen = next((t for t in await desk.templates(asked.case) if str(t.id) == number), None) if number else None
    return answer.with_template(draft, chosen, asked.case, asked.official) if chosen else draft


async def _page(
    asked: CaseRequest, kept: ReturnedForm, draft: answer.Draft, *, status: int = 200, preview: GiveAnswer | None = None
) -> Response:
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
    others = kept.refusal.entries if isinstance(kept.refusal, ChangedMeanwhile) else []
    context = {
        "case": case,
        "kept": kept,
        "draft": draft,
        "answer_form": GiveAnswer,
        "preview": preview,
        "parts": parts,
        "may": mine,
        "forms": offers.forms(page, official, kept, urlencode(asked.wanted.query())),
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
        "template_options": [(t.id, t.title) for t in await desk.templates(case)] if Action.ANSWER in mine else [],
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
    Route("/desk/cases/{reference}/{action}", act, methods=["POST"]),
]
