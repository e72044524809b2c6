"""Comments on a submission or on a forum itself, with one level of replies. Officials comment under their own name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import commenting
from forums.errors import NoSuchText, NotYourSubmission
from forums.forms.speaking import COMMENT_LIMIT, Say, content_of
from forums.kinds import takes_comments
from forums.labels import STANCES
from forums.participant_actions import COMMENT, page_of, say
from forums.queries import comments, forums, submissions
from forums.queries.comments import CommentView, Reader
from forums.queries.forums import ForumView
from forums.routes import context, speaking
from server.core import auth, clock, web
from server.core.errors import Invalid, _
from server.core.listing import Page
from server.core.participants.confirming import need_person, run_or_confirm
from server.core.participants.people import Person


async def comment(request: Request) -> Response:
    """``POST …/comments``: add a comment, or a reply to ``parent``."""
    slug, number = _place(request)
    form = await web.read_form(request)
    command, errors = Say.read(form)
    official = auth.reader(request).official
    try:
        if official is not None:
            errors.done()
            return web.redirect(request, await say(official, slug, number, command))
        content = content_of(command, slug=slug, number=number)
        return await run_or_confirm(request, COMMENT, content, form, errors.listed)
    except Invalid as invalid:
        if number and command.parent is None:
            return await speaking.submission_page(request, number, form, invalid)
        return await _page(request, command.parent, form, invalid)


async def thread(request: Request) -> Response:
    """``GET …/comments/{comment}``: one comment, all its replies, and a form for another."""
    return await _page(request, request.path_params["comment"], {})


async def withdraw(request: Request) -> Response:
    """``/comments/{comment}/withdraw``: asks the author for confirmation, then withdraws it; safe to send twice."""
    author = auth.reader(request).official or await need_person(request)
    comment_id = request.path_params["comment"]
    page = page_of(*await comments.place(comment_id))
    if request.method == "POST":
        await commenting.withdraw(author, comment_id)
        notice = _("Your comment has been withdrawn. It is no longer shown.")
        return web.redirect(request, f"{page}#comments", notice=notice)
    found = await comments.one(comment_id, author)
    if not found.mine:
        raise NotYourSubmission
    if found.visibility == "withdrawn":
        raise NoSuchText
    return web.page(request, "forums/comment_withdraw.html", {"comment": found, "page": page})


def _place(request: Request) -> tuple[str, str]:
    """The forum's slug and the submission's number in the address; the one not given is empty."""
    return str(request.path_params.get("slug", "")), str(request.path_params.get("number", ""))


@dataclass(frozen=True)
class _Under:
    """What is commented on."""

    forum_id: int
    submission_id: int | None
    title: str
    page: str
    open: bool


async def _page(
    request: Request, root_id: int | None, values: Mapping[str, Any], invalid: Invalid | None = None
) -> Response:
    form = await context.form(request, values, invalid)
    person = form["person"]
    under, reader = await _under(request, person), auth.reader(request).official or person
    root = await _root(root_id, under, reader) if root_id else None
    talk = await comments.thread(root, request.query_params.get("after", ""), reader) if root else Page(())
    shown = {
        **form,
        **await shared(request),
        "title": under.title,
        "page": under.page,
        "root": root,
        "talk": talk,
        "may_comment": under.open and (root is None or root.visibility == "shown"),
    }
    return web.page(request, "forums/thread.html", shown, status=422 if invalid else 200)


async def _under(request: Request, person: Person | None) -> _Under:
    slug, number = _place(request)
    official = auth.reader(request).official
    if number:
        found = await submissions.submission(number, person, official)
        return _Under(found.forum_id, found.id, found.title, f"/submissions/{number}", speaking.may(found)["comment"])
    forum = await forums.forum(slug, official)
    return _Under(forum.id, None, forum.title, f"/forums/{slug}", _open(forum))


async def _root(comment_id: int, under: _Under, reader: Reader) -> CommentView:
    found = await comments.one(comment_id, reader)
    if found.parent_id is not None:
        found = await comments.one(found.parent_id, reader)
    if (found.forum_id, found.submission_id) != (under.forum_id, under.submission_id):
        raise NoSuchText
    return found


def _open(found: ForumView) -> bool:
    return found.visibility == "shown" and takes_comments(found, clock.now())


async def shared(request: Request) -> dict[str, object]:
    """What every page with comments shows beside them."""
    lang = web.language(request)
    return {
        "stances": STANCES,
        "department_names": await context.departments(lang),
        "comment_limit": COMMENT_LIMIT,
        "stance_choices": context.stances(lang),
        "officially": context.comments_officially(request),
    }


async def part(request: Request, found: ForumView, person: Person | None) -> dict[str, object]:
    """The comments section of a forum's page. No query if there can be no comments."""
    if not _open(found) and not found.comments:
        return {"forum_talk": None}
    reader = auth.reader(request).official or person
    talk = await comments.of_forum(found.id, request.query_params.get("talk", ""), reader)
    return {
        **await context.form(request, {}),
        **await shared(request),
        "talk_stream": await context.talk_stream(request, found.slug, found.id, "talk") if _open(found) else "",
        "forum_talk": talk if talk.rows or _open(found) else None,
        "may_comment": _open(found),
    }


routes = [
    Route("/forums/{slug}/comments", comment, methods=["POST"]),
    Route("/forums/{slug}/comments/{comment:int}", thread),
    Route("/submissions/{number}/comments", comment, methods=["POST"]),
    Route("/submissions/{number}/comments/{comment:int}", thread),
    Route("/comments/{comment:int}/withdraw", withdraw, methods=["GET", "POST"]),
]
