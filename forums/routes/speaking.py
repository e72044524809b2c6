"""Participants' pages of submissions: writing, reading, supporting and withdrawing one."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import speaking
from forums.crossing import ways
from forums.forms.speaking import COMMENT_LIMIT, Submit, content_of
from forums.kinds import table, takes_submissions
from forums.labels import CHANNELS, KINDS, OUTCOMES, STANCES, SUBMISSION_STATES
from forums.participant_actions import SUBMIT, SUPPORT
from forums.queries import comments, forums, submissions
from forums.queries.forums import ForumView
from forums.queries.history import events_of, items
from forums.queries.submissions import Filters, SubmissionView
from forums.routes import context, crossing
from forums.states import SUBMISSION, ForumAction, SubmissionAction, follow
from server.core import auth, clock, web
from server.core.city import city
from server.core.errors import Invalid, NotPossibleNow, _
from server.core.forms import Parameters
from server.core.ledger import Audience
from server.core.participants.confirming import need_person, run_or_confirm
from server.core.participants.people import Person

LABELS: Mapping[str, object] = {
    "stances": STANCES, "outcomes": OUTCOMES, "states": SUBMISSION_STATES, "channels": CHANNELS,
}  # fmt: skip


# --- making a submission -----------------------------------------------------------------------------------------


async def speak(request: Request) -> Response:
    """``GET /forums/{slug}/speak``: the form."""
    found = await _open_forum(request)
    return await _speak_page(request, found, {"district": found.district})


async def submit(request: Request) -> Response:
    """``POST /forums/{slug}/speak``."""
    found = await _open_forum(request)
    form = await web.read_form(request)
    command, errors = Submit.said(form, await city(), web.language(request))
    content = content_of(command, slug=found.slug)
    try:
        return await run_or_confirm(request, SUBMIT, content, form, errors.listed)
    except Invalid as invalid:
        return await _speak_page(request, found, form, invalid)


async def _open_forum(request: Request) -> ForumView:
    found = await forums.forum(request.path_params["slug"])
    if not takes_submissions(found, clock.now()):
        raise NotPossibleNow(ForumAction.SPEAK, found.status)
    return found


async def _speak_page(
    request: Request, found: ForumView, values: Mapping[str, Any], invalid: Invalid | None = None
) -> Response:
    lang, known = web.language(request), await city()
    shown = {
        **await context.form(request, values, invalid),
        "forum": found,
        "stance_choices": context.stances(lang),
        "districts": known.district_choices(lang),
        "form": Submit,
    }
    return web.page(request, "forums/speak.html", shown, status=422 if invalid else 200)


# --- a submission ------------------------------------------------------------------------------------------------


async def submission(request: Request) -> Response:
    """``GET /submissions/{number}``: its text, its outcome and its comments."""
    number = submissions.read_number(request.path_params["number"])
    if number != request.path_params["number"]:
        return web.redirect(request, f"/submissions/{number}")
    return await submission_page(request, number, {})


async def submission_page(
    request: Request, number: str, values: Mapping[str, Any], invalid: Invalid | None = None
) -> Response:
    """The page of a submission, with the comment form's input and errors."""
    form = await context.form(request, values, invalid)
    person = form["person"]
    found = await submissions.submission(number, person, auth.reader(request).official)
    known, lang = await city(), web.language(request)
    departments = await context.departments(lang)
    audiences = (Audience.PUBLIC, Audience.PARTY) if found.mine else (Audience.PUBLIC,)
    reader = auth.reader(request).official or person
    events = await events_of(found.subject, audiences)
    shown = {
        **form,
        **LABELS,
        "submission": found,
        "kind": KINDS[found.forum_kind],
        "department": departments.get(found.department_id or 0, ""),
        "department_names": departments,
        "district": known.district_name(found.district, lang) if found.district else "",
        "happened": items(events, lang, departments, desk=False),
        **await crossing.of_submission(found, events, ways(request)),
        "talk_stream": await context.talk_stream(request, found.forum, found.forum_id, "before")
        if may(found)["comment"]
        else "",
        "talk": await comments.of_submission(found.id, request.query_params.get("before", ""), reader),
        "page": f"/submissions/{found.number}",
        "may": may(found),
        "comment_limit": COMMENT_LIMIT,
        "stance_choices": context.stances(lang),
        "officially": context.comments_officially(request),
    }
    return web.page(request, "forums/submission.html", shown, status=422 if invalid else 200)


def may(found: SubmissionView) -> dict[str, bool]:
    """The actions that are possible on a submission now, by anybody permitted to take them."""
    forum, shown = table(found.forum_kind)[found.forum_status], found.visibility == "shown"

    def can(action: SubmissionAction) -> bool:
        return follow(SUBMISSION, found.status, action) is not None

    return {
        "support": shown and can(SubmissionAction.SUPPORT) and ForumAction.SUPPORT in forum,
        "comment": shown and can(SubmissionAction.COMMENT) and ForumAction.COMMENT in forum,
        "withdraw": found.mine and can(SubmissionAction.WITHDRAW),
    }


async def withdraw(request: Request) -> Response:
    """``POST /submissions/{number}/withdraw``; a second request does nothing."""
    person = await need_person(request)
    found = await submissions.submission(request.path_params["number"], person)
    if not (found.mine and found.withdrawn):
        await speaking.withdraw(person, found.number)
    notice = _("Your submission has been withdrawn. Nobody else can read it any more.")
    return web.redirect(request, f"/submissions/{found.number}", notice=notice)


# --- supporting ---------------------------------------------------------------------------------------------


async def support(request: Request) -> Response:
    """``/…/supports``: support a submission, a comment or a forum, or stop supporting it (``undo``)."""
    subject, back, title = await _supported(request)
    form: Mapping[str, Any] = await web.read_form(request) if request.method == "POST" else {}
    content = {"subject": subject, "back": back, "undo": bool(form.get("undo")), "title": title}
    try:
        if request.method == "POST":
            return await run_or_confirm(request, SUPPORT, content, form)
    except Invalid as invalid:
        return await _support_page(request, content, form, invalid)
    return await _support_page(request, content, form)


async def _support_page(
    request: Request, content: Mapping[str, Any], form: Mapping[str, Any], invalid: Invalid | None = None
) -> Response:
    shown = {**await context.form(request, form, invalid), "title": content["title"], "back": content["back"]}
    return web.page(request, "forums/support.html", shown, status=422 if invalid else 200)


async def _supported(request: Request) -> tuple[str, str, str]:
    """What is supported: its name in the ledger, the page to go back to, and its text."""
    params = request.path_params
    if "number" in params:
        found = await submissions.submission(params["number"])
        return found.subject, f"/submissions/{found.number}", found.title
    if "comment" in params:
        remark = await comments.one(params["comment"])
        slug, number = await comments.place(remark.id)
        page = f"/submissions/{number}" if number else f"/forums/{slug}"
        return remark.subject, f"{page}/comments/{remark.parent_id or remark.id}#comment-{remark.id}", remark.text
    forum = await forums.forum(params["slug"])
    return f"forum/{forum.slug}", f"/forums/{forum.slug}", forum.title


# --- the section on a forum's page --------------------------------------------------------------------------


async def part(request: Request, found: ForumView, person: Person | None) -> dict[str, object]:
    """The submissions section of a forum's page. No query if there can be no submissions."""
    shown: dict[str, object] = dict(LABELS)
    if found.kind == "notice":
        return {**shown, "submissions": None}
    known, before = await city(), request.query_params.get("before", "")
    wanted = Filters.take(Parameters(request.query_params), known)
    listed = await submissions.of_forum(found.id, wanted, known, before, person) if found.submissions else None
    return {
        **shown,
        "submissions": listed,
        "filters": wanted,
        "choices": wanted.choices(known, web.language(request)),
        "begun": not before,
        "supports_forum": bool(await submissions.supported_by(person, [f"forum/{found.slug}"])),
        "may_support": ForumAction.SUPPORT in table(found.kind)[found.status],
    }


_BOTH = ["GET", "POST"]
routes = [
    Route("/forums/{slug}/speak", speak),
    Route("/forums/{slug}/speak", submit, methods=["POST"]),
    Route("/forums/{slug}/supports", support, methods=_BOTH),
    Route("/submissions/{number}", submission),
    Route("/submissions/{number}/withdraw", withdraw, methods=["POST"]),
    Route("/submissions/{number}/supports", support, methods=_BOTH),
    Route("/comments/{comment:int}/supports", support, methods=_BOTH),
]
