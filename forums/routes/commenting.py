"""Comments on a submission or on a forum itself, with one level of replies. Officials comment under their own name."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import commenting
from forums.errors import NoSuchText, NotYourSubmission
from forums.forms.speaking import Say
from forums.kinds import takes_comments
from forums.participant_acts import COMMENT, page_of
from forums.queries import comments, forums, submissions
from forums.queries.comments import CommentView, Reader
from forums.queries.forums import ForumView
from forums.queries.submissions import SubmissionView
from forums.routes import context, speaking
from server.core import auth, clock, web
from server.core.errors import _
from server.core.form_pages import ReturnedForm
from server.core.listing import Page
from server.core.participants import confirming
from server.core.participants.confirming import need_person
from server.core.participants.people import Person, person_of


async def thread(request: Request) -> Response:
    """``GET …/comments/{comment}``: one comment, all its replies, and a form for another."""
    return await _thread(request, request.path_params["comment"], ReturnedForm())


async def _again(request: Request, back: ReturnedForm) -> Response:
    """A form sent to ``POST …/comments`` with errors, on the page of what is commented on."""
    parent = Say.read(back.values)[0].parent
    if parent is None and "number" in request.path_params:
        return await speaking.submission_page(request, back)
    return await _thread(request, parent, back)


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


async def _thread(request: Request, root_id: int | None, back: ReturnedForm) -> Response:
    who = auth.reader(request)
    person = await person_of(who)
    reader: Reader = who.official or person
    slug, number = request.path_params.get("slug", ""), request.path_params.get("number", "")
    under: SubmissionView | ForumView
    if number:
        under = await submissions.submission(number, person, who.official)
        root = await _root(root_id, under.forum_id, under.id, reader) if root_id else None
        may_comment = speaking.may(under)["comment"]
    else:
        under = await forums.forum(slug, who.official)
        root = await _root(root_id, under.id, None, reader) if root_id else None
        may_comment = _open(under)
    shown = {
        "person": person,
        "comment_form": Say,
        "title": under.title,
        "page": page_of(slug, number),
        "root": root,
        "talk": await comments.thread(root, request.query_params.get("after", ""), reader) if root else Page(()),
        "may_comment": may_comment and (root is None or root.visibility == "shown"),
    }
    return await context.page(request, "forums/thread.html", shown, back)


async def _root(comment_id: int, forum_id: int, submission_id: int | None, reader: Reader) -> CommentView:
    """A comment on this forum or submission, or the one that it replies to."""
    found = await comments.one(comment_id, reader)
    if found.parent_id is not None:
        found = await comments.one(found.parent_id, reader)
    if (found.forum_id, found.submission_id) != (forum_id, submission_id):
        raise NoSuchText
    return found


def _open(found: ForumView) -> bool:
    return found.visibility == "shown" and takes_comments(found, clock.now())


async def part(request: Request, found: ForumView, person: Person | None) -> dict[str, object]:
    """The comments section of a forum's page. No query if there can be no comments."""
    if not _open(found) and not found.comments:
        return {"forum_talk": None}
    reader = auth.reader(request).official or person
    talk = await comments.of_forum(found.id, request.query_params.get("talk", ""), reader)
    return {
        "comment_form": Say,
        "talk_stream": await context.talk_stream(request, found.slug, found.id, "talk") if _open(found) else "",
        "forum_talk": talk if talk.rows or _open(found) else None,
        "may_comment": _open(found),
    }


routes = [
    confirming.page("/forums/{slug}/comments", COMMENT, _again, "POST"),
    Route("/forums/{slug}/comments/{comment:int}", thread),
    confirming.page("/submissions/{number}/comments", COMMENT, _again, "POST"),
    Route("/submissions/{number}/comments/{comment:int}", thread),
    Route("/comments/{comment:int}/withdraw", withdraw, methods=["GET", "POST"]),
]
