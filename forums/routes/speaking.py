"""Participants' pages of submissions: writing, reading, supporting and withdrawing one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import speaking
from forums.crossing import ways
from forums.forms.speaking import Say
from forums.kinds import table
from forums.labels import KINDS
from forums.participant_acts import SUBMIT, SUPPORT, open_forum, supported
from forums.queries import comments, submissions
from forums.queries.forums import ForumView
from forums.queries.history import events_of, items
from forums.queries.submissions import Filters, SubmissionView
from forums.routes import context, crossing
from forums.states import SUBMISSION, ForumAction, SubmissionAction, follow
from server.core import auth, page_cache, web
from server.core.city import city
from server.core.errors import _
from server.core.form_pages import ReturnedForm
from server.core.forms import Parameters
from server.core.ledger import Audience
from server.core.participants import confirming
from server.core.participants.confirming import need_person
from server.core.participants.people import Person, person_of


async def _speak(request: Request, back: ReturnedForm) -> Response:
    """``/forums/{slug}/speak``: the form of a submission."""
    found, reference_data = await open_forum(request), await city()
    shown = {
        "forum": found,
        "districts": reference_data.district_choices(web.language(request)),
        "form": SUBMIT.form,
    }
    back = back if back.values else ReturnedForm(values={"district": found.district})
    return await context.page(request, "forums/speak.html", shown, back)


@page_cache.kept("before")
async def submission(request: Request) -> Response:
    """``GET /submissions/{number}``: its text, its outcome and its comments."""
    number = submissions.read_number(request.path_params["number"])
    if number != request.path_params["number"]:
        return web.redirect(request, f"/submissions/{number}")
    return await submission_page(request, ReturnedForm())


async def submission_page(request: Request, back: ReturnedForm) -> Response:
    """The page of a submission, with the comment form's input and errors."""
    reader = auth.reader(request)
    person = await person_of(reader)
    found = await submissions.submission(request.path_params["number"], person, reader.official)
    reference_data, lang = await city(), web.language(request)
    departments = reference_data.department_names(lang)
    audiences = (Audience.PUBLIC, Audience.PARTY) if found.mine else (Audience.PUBLIC,)
    events, possible = await events_of(found.subject, audiences), may(found)
    shown = {
        "person": person,
        "submission": found,
        "kind": KINDS[found.forum_kind],
        "department": departments.get(found.department_id or 0, ""),
        "district": reference_data.district_name(found.district, lang) if found.district else "",
        "happened": items(events, lang, departments, desk=False),
        **await crossing.of_submission(found, events, ways(request)),
        "talk_stream": await context.talk_stream(request, found.forum, found.forum_id, "before")
        if possible["comment"]
        else "",
        "talk": await comments.of_submission(
            found.id, request.query_params.get("before", ""), reader.official or person
        ),
        "page": f"/submissions/{found.number}",
        "may": possible,
        "comment_form": Say,
    }
    return await context.page(request, "forums/submission.html", shown, back)


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


async def _support(request: Request, back: ReturnedForm) -> Response:
    """``/…/supports``: supporting a submission, a comment or a forum, for readers who are not signed in."""
    return await context.page(request, "forums/support.html", await supported(request), back)


async def part(request: Request, found: ForumView, person: Person | None) -> dict[str, object]:
    """The submissions section of a forum's page. No query if there can be no submissions."""
    if found.kind == "notice":
        return {"submissions": None}
    known, before = await city(), request.query_params.get("before", "")
    wanted = Filters.take(Parameters(request.query_params), known)
    listed = await submissions.of_forum(found.id, wanted, known, before, person) if found.submissions else None
    return {
        "submissions": listed,
        "filters": wanted,
        "choices": wanted.choices(known, web.language(request)),
        "begun": not before,
        "supports_forum": bool(await submissions.supported_by(person, [f"forum/{found.slug}"])),
        "may_support": ForumAction.SUPPORT in table(found.kind)[found.status],
    }


routes = [
    confirming.page("/forums/{slug}/speak", SUBMIT, _speak),
    Route("/submissions/{number}", submission),
    Route("/submissions/{number}/withdraw", withdraw, methods=["POST"]),
    confirming.page("/forums/{slug}/supports", SUPPORT, _support),
    confirming.page("/submissions/{number}/supports", SUPPORT, _support),
    confirming.page("/comments/{comment:int}/supports", SUPPORT, _support),
]
