"""Commitments at the desk: a department's list with overdue ones first, one commitment, and a forum's own decisions."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import rights
from forums.actions import committing
from forums.acts import COMMITMENTS
from forums.desk.common import allowed, drawn
from forums.desk.submissions import submissions_official
from forums.forms.assigning import open_departments
from forums.forms.committing import MOST_STEPS, MakeCommitment
from forums.kinds import DECIDING
from forums.labels import COMMITMENT_STATES, KINDS
from forums.permissions import Permission
from forums.queries import commitments, forums, lists
from forums.queries.commitments import DeskFilters
from forums.queries.history import items
from forums.rights import answers_for
from forums.states import COMMITMENT
from server.core import acts, auth, listing, web
from server.core.accounts import Official
from server.core.acts import Attempt, Press
from server.core.city import city
from server.core.days import day_of, today
from server.core.errors import FieldError, Invalid, NotFound, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.forms import Parameters
from server.core.listing import PAGING

PAGE = "/desk/commitments"
FORUM_LIMIT = 200


async def index(request: Request) -> Response:
    """``/desk/commitments``: of one's department, or of all for those who assign submissions; earliest due first."""
    official = submissions_official(request)
    known, language, start = await city(), web.language(request), request.query_params.get("after", "")
    wanted = DeskFilters.parse(request.query_params, known, also=PAGING)
    everywhere = official.may(Permission.HAND_SUBMISSIONS) or official.department_id is None
    own = known.departments.get(official.department_id or 0)
    narrowed = wanted if everywhere else replace(wanted, department=own.code if own else "")
    page = await commitments.listed(narrowed, known, start)
    context = {
        **listing.shown(PAGE, wanted, page, known, language, start),
        "tabs": listing.tabs(PAGE, wanted, "tab", commitments.DESK_TABS, language),
        "everywhere": everywhere,
        "department_names": known.department_names(language),
        "states": COMMITMENT_STATES,
        "decides": official.may(Permission.ANSWER_SUBMISSIONS),
        "limit": FORUM_LIMIT,
    }
    return web.page(request, "desk/forums/commitments.html", context)


# --- one commitment ----------------------------------------------------------------------------------------------


async def show(request: Request) -> Response:
    """``/desk/commitments/{number}``."""
    return await _page(request, submissions_official(request), ReturnedForm())


async def act(request: Request) -> Response:
    """``POST /desk/commitments/{number}/{action}``: runs the action once, or shows the page again with the errors."""
    official, name = submissions_official(request), request.path_params["action"]
    if name not in COMMITMENTS:
        raise NotFound
    chosen, offer = COMMITMENTS[name]
    auth.official(request, rights.COMMITMENT_RIGHTS[chosen.action])
    found = (await commitments.commitment(request.path_params["number"])).commitment
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, found.number, f"commitments/{official.id}/{found.number}")
    kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if kept is not None:
        return await _page(request, official, kept)
    return web.redirect(request, f"{PAGE}/{found.number}", offer.done)


async def _page(request: Request, official: Official, kept: ReturnedForm) -> Response:
    known, language = await city(), web.language(request)
    whole = await commitments.commitment(request.path_params["number"])
    found = whole.commitment
    mine = answers_for(official, found.department_id)
    may = allowed(COMMITMENTS, official, COMMITMENT[found.status] if mine else (), rights.COMMITMENT_RIGHTS, found)
    departments = known.department_names(language)
    context = {
        "whole": whole,
        "commitment": found,
        "forms": drawn(may, f"{PAGE}/{found.number}", whole.version, language, found, kept),
        "commitment_form": MakeCommitment,
        "kept": kept,
        "values": {name: getattr(found, name) for name in ("title", "text", "username", "due_on", "budget")},
        "owners": [(o.username, o.name) for o in await commitments.owners(found.department_id)]
        if "edit" in may
        else [],
        "department_names": departments,
        "district": known.district_name(found.district, language) if found.district else "",
        "states": COMMITMENT_STATES,
        "happened": items(whole.events, language, departments, whole.steps, desk=True),
        "today": today(),
        "made_on": day_of(found.created_at),
        "most_steps": MOST_STEPS,
    }
    return web.page(request, "desk/forums/commitment.html", context, status=kept.status)


# --- decisions of a forum -------------------------------------------------------------------------------------


async def choose(request: Request) -> Response:
    """``/desk/commitments/decisions/new?forum=…``: redirects to the forum's form, or lists the forums that match."""
    auth.official(request, Permission.ANSWER_SUBMISSIONS)
    data = Parameters(request.query_params)
    said = data.text("forum", limit=FORUM_LIMIT)
    data.done()
    if not said:
        return web.redirect(request, PAGE)
    found = await lists.meant(said, DECIDING)
    if len(found) == 1:
        return web.redirect(request, f"/desk/forums/{found[0].slug}/decisions/new")
    context = {"said": said, "rows": found, "kinds": KINDS, "limit": FORUM_LIMIT}
    return web.page(request, "desk/forums/which.html", context)


async def new(request: Request, kept: ReturnedForm) -> Response:
    """``/desk/forums/{slug}/decisions/new``: commit to what the forum decided, without a submission behind it."""
    official = submissions_official(request)
    known, language = await city(), web.language(request)
    everywhere = official.may(Permission.HAND_SUBMISSIONS)
    own = known.departments.get(official.department_id or 0)
    names = known.department_names(language)
    owners = await commitments.owners(None if everywhere else official.department_id)
    context = {
        "forum": await forums.forum(request.path_params["slug"], official),
        "commitment_form": MakeCommitment,
        "kept": kept,
        "everywhere": everywhere,
        "department": own.code if own else "",
        "receivers": known.department_choices(language),
        "owners": [(o.username, f"{names[o.department_id or 0]} · {o.name}" if everywhere else o.name) for o in owners],
        "drawn": date.isoformat(today()),
        "most_steps": MOST_STEPS,
    }
    return web.page(request, "desk/forums/decision.html", context, status=kept.status)


async def decide(request: Request, form: FormData) -> Response:
    """``POST`` to the same address: commit once."""
    official = submissions_official(request)
    forum = await forums.forum(request.path_params["slug"], official)
    codes = open_departments(await city())["department"]
    made: list[str] = []

    async def do() -> None:
        department = _department(form, official, codes)
        made.append(await committing.decide(official, forum.slug, MakeCommitment.parse(form, today()), department))

    secret, scope = web.site(request).settings.secret_key, f"decisions/{official.id}/{forum.slug}"
    await Press(secret, scope, form.get("drawn"), [*form.multi_items()]).once(do)
    where = f"{PAGE}/{made[0]}" if made else PAGE
    return web.redirect(request, where, _("The commitment has been published."))


def _department(form: Mapping[str, object], official: Official, codes: Mapping[str, int]) -> int:
    """The department that will own it: the chosen one if the official may assign submissions, otherwise their own."""
    if not official.may(Permission.HAND_SUBMISSIONS) and official.department_id is not None:
        return official.department_id
    chosen = codes.get(str(form.get("department")))
    if chosen is None:
        raise Invalid([FieldError("department", _("Please choose a department."))])
    return chosen


routes = [
    Route(PAGE, index),
    Route(f"{PAGE}/decisions/new", choose),
    Route(f"{PAGE}/{{number}}", show),
    Route(f"{PAGE}/{{number}}/{{action}}", act, methods=["POST"]),
    form_page("/desk/forums/{slug}/decisions/new", new, decide),
]
