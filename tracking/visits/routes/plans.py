"""``/visits/plans``: several matters in one visit, over counters and floors, each plan one press to hold."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import i18n, web
from server.core.booking.errors import TimeTaken
from server.core.errors import Invalid, _
from server.core.sessions import token_hash
from tracking.visits import access
from tracking.visits.actions import booking, taking
from tracking.visits.choosing import STEPS, Choice, day_in
from tracking.visits.queries import offices, planning
from tracking.visits.queries.grid import Errand
from tracking.visits.queries.planning import DayPlan, PlannedDay
from tracking.visits.routes import browser

DAYS = 7
GONE = _("This plan has just been taken. Here are the best ones that are free now.")


async def plans(request: Request) -> Response:
    """``GET``: the best plans of a day, or the best one of each of the next days."""
    params = request.query_params
    try:
        choice = Choice.read(params)
        errand = await choice.errand()
        guide = str(params.get("guide", ""))[:10]
        company = await taking.guide_of(errand.place, guide)
        day = day_in(params, "date")
    except Invalid:
        return web.redirect(request, f"/visits?{urlencode({'office': params.get('office', ''), 'edit': '1'})}")
    first, last = errand.office.window.days(offices.now())
    start = first if day is None else min(max(day, first), last)
    wanted = [start] if day else offices.span_of_days(start, min(last, offices.later(start, DAYS - 1)))
    found = await planning.plans(errand, wanted, guide=company) if wanted else []
    context = await _context(request, choice, errand, guide, found, day=bool(day))
    context["refuses_cookies"] = browser.refuses(request)
    return browser.give_token(request, web.page(request, "visits/plans.html", context))


async def _context(
    request: Request, choice: Choice, errand: Errand, guide: str, found: list[PlannedDay], *, day: bool
) -> dict[str, Any]:
    lang = web.language(request)
    first, last = errand.office.window.days(offices.now())
    fields = [*choice.fields, *([("guide", guide)] if guide else [])]

    def url(date: str) -> str:
        return f"/visits/plans?{urlencode([*fields, ('date', date)])}"

    shown = [(one, [_shown(plan, lang) for plan in one.plans[: None if day else 1]]) for one in found]
    return {
        "office": errand.office,
        "office_name": i18n.name_in(errand.office, lang),
        "services": [i18n.name_in(one, lang) for one in errand.services],
        "party": errand.party,
        "guides": [
            (one.number, one.person or one.name or one.number) for _counter, one in await planning.guides(errand.place)
        ],
        "guide": guide,
        "days": [(one, plans) for one, plans in shown if plans or day],
        "one_day": day,
        "date": found[0].date if found and day else None,
        "first": first,
        "last": last,
        "fields": choice.fields,
        "all_fields": fields,
        "url": url,
        "edit": choice.url(edit="1"),
        "steps": STEPS,
    }


def _shown(plan: DayPlan, lang: str) -> dict[str, Any]:
    return {
        "plan": plan,
        "start": offices.local(plan.start),
        "end": offices.local(plan.end),
        "stops": [
            (one, i18n.name_in(one.service, lang), offices.local(one.start), offices.local(one.end))
            for one in plan.stops
        ],
    }


async def hold(request: Request) -> Response:
    """``POST``: hold a plan for this browser, all of it or nothing."""
    form = await web.read_form(request)
    access.limit_holds(request)
    try:
        choice = Choice.read(form)
    except Invalid:
        return web.redirect(request, Choice.again(form))
    guide, stops = str(form.get("guide", ""))[:10], [str(one) for one in form.getlist("stops")][:20]
    again = [*choice.fields, *([("guide", guide)] if guide else [])]
    token = browser.token(request)
    if not token:
        asked = f"/visits/plans?{urlencode([*again, ('cookie', '1')])}"
        return browser.give_token(request, web.redirect(request, asked))
    try:
        wished = await taking.planned(await choice.errand(), stops, guide)
        case = await access.own_case(request, choice.case)
        number = await booking.hold(wished, token_hash(token), web.language(request), case)
    except TimeTaken:
        return web.redirect(request, f"/visits/plans?{urlencode(again)}", GONE)
    except Invalid as refusal:
        return web.redirect(request, f"/visits/plans?{urlencode(again)}", refusal.errors[0].text)
    response = web.redirect(request, f"/visits/held/{number}")
    browser.remember(request, response, token)
    return response


routes = [Route("/visits/plans", plans), Route("/visits/plans", hold, methods=["POST"])]
