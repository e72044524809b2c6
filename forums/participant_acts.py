"""The actions of participants: one record each. Pages, JSON operations and confirmations are made from them."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from forums.actions import commenting, proposing, registering, speaking, supporting
from forums.forms.places import Topic
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Say, Submit
from forums.kinds import takes_submissions
from forums.queries import comments, forums, sessions, submissions
from forums.queries.forums import ForumView
from forums.states import ForumAction
from server.core import auth, clock, config, i18n, web
from server.core.accounts import Official
from server.core.city import city
from server.core.errors import NotPossibleNow, _
from server.core.forms import Errors, Form
from server.core.participants.confirming import ParticipantAct
from server.core.participants.people import Person
from server.core.participants.who import Attendee
from server.core.security import Rate

About = Mapping[str, Any]
LONGEST_BACK = 500
_QUERY = re.compile(r"[\w%&=+.~-]*", re.ASCII)


async def open_forum(request: Request) -> ForumView:
    """The forum in the address. Raises ``NotPossibleNow`` if it takes no submissions."""
    found = await forums.forum(request.path_params["slug"])
    if not takes_submissions(found, clock.now()):
        raise NotPossibleNow(ForumAction.SPEAK, found.status)
    return found


async def _to_forum(request: Request) -> About:
    return {"slug": (await open_forum(request)).slug}


async def _read_submission(raw: About, language: str, strict: bool) -> tuple[Submit, Errors]:  # noqa: FBT001 — as acts are read
    districts = [code for code, _name in (await city()).district_choices(language)]
    return Submit.read(raw, strict=strict, choices={"district": districts}, language=language)


async def _submit(person: Person, about: About, command: Submit) -> str:
    return f"/submissions/{await speaking.submit(person, about['slug'], command)}"


SUBMIT = ParticipantAct(
    name="submit",
    form=Submit,
    about=_to_forum,
    reader=_read_submission,
    run=_submit,
    what=_("Make a submission to a forum."),
    done=_("Thank you. We have received your submission."),
    rate=Rate(6, 6),
)


class Support(Form):
    """Nothing but who supports it."""


async def supported(request: Request) -> dict[str, Any]:
    """What is supported: its name in the ledger, the page to go back to, and its text; ``undo``: not any more.

    A comment stands on several pages; ``kept_back`` is the one that the reader came from.
    """
    params = request.path_params
    undo, wanted = request.method == "DELETE", request.query_params.get("back", "")
    if request.method == "POST" and not web.is_api(request):
        form = await web.read_form(request)
        undo, wanted = bool(form.get("undo")), str(form.get("back", ""))
    kept = ""
    if "number" in params:
        found = await submissions.submission(submissions.read_number(params["number"]))
        subject, back, title = found.subject, f"/submissions/{found.number}#support", found.title
    elif "comment" in params:
        remark = await comments.one(params["comment"])
        page = page_of(*await comments.place(remark.id))
        thread = f"{page}/comments/{remark.parent_id or remark.id}"
        kept = wanted if _is_page(wanted, page, thread) else ""
        back = f"{kept or thread}#comment-{remark.id}"
        subject, title = remark.subject, remark.text
    else:
        forum = await forums.forum(params["slug"])
        subject, back, title = f"forum/{forum.slug}", f"/forums/{forum.slug}#proposal-title", forum.title
    return {"subject": subject, "back": back, "kept_back": kept, "undo": undo, "title": title}


def _is_page(address: str, *pages: str) -> bool:
    """Whether an address is one of the pages, with a query or without."""
    path, _mark, query = address.partition("?")
    return path in pages and len(address) <= LONGEST_BACK and _QUERY.fullmatch(query) is not None


async def _support(person: Person, about: About, _command: Support) -> str:
    await supporting.support(person, about["subject"], undo=about["undo"])
    return str(about["back"])


SUPPORT = ParticipantAct(
    name="support",
    form=Support,
    about=supported,
    run=_support,
    what=_("Support a submission in a forum."),
    rate=Rate(60, 40),
)


def page_of(slug: str, number: str) -> str:
    """The page of a submission, or of the forum where ``number`` is empty."""
    return f"/submissions/{number}" if number else f"/forums/{slug}"


async def _commented(request: Request) -> About:
    number = request.path_params.get("number", "")
    return {
        "slug": request.path_params.get("slug", ""),
        "number": submissions.read_number(number) if number else "",
    }


async def _comment(actor: Person | Official, about: About, command: Say) -> str:
    slug, number = about["slug"], about["number"]
    if number:
        made, root = await commenting.on_submission(actor, number, command)
    else:
        made, root = await commenting.on_forum(actor, slug, command)
    page = page_of(slug, number)
    return f"{page}/comments/{root}#comment-{made}" if root else f"{page}#comment-{made}"


COMMENT = ParticipantAct(
    name="comment",
    form=Say,
    about=_commented,
    run=_comment,
    what=_("Comment in a forum."),
    done=_("We have received your comment."),
    rate=Rate(12, 10),
    officials=True,
)


async def _nothing(_request: Request) -> About:
    return {}


async def _read_proposal(raw: About, language: str, _strict: bool) -> tuple[ProposeForum, Errors]:  # noqa: FBT001
    return ProposeForum.said(raw, await city(), language)


async def _propose(person: Person, _about: About, command: ProposeForum) -> str:
    return f"/forums/{await proposing.propose(person, command)}"


PROPOSE = ParticipantAct(
    name="propose_forum",
    form=ProposeForum,
    about=_nothing,
    reader=_read_proposal,
    run=_propose,
    what=_("Propose a forum to the city."),
    done=_("Your proposal is published. Others can now support it."),
)


async def _session(request: Request) -> About:
    found = await forums.forum(request.path_params["slug"], auth.reader(request).official)
    shown = await sessions.session(found.slug, request.path_params["session"])
    lang, zone = web.language(request), config.settings().zone
    when = f"{i18n.datetime_text(shown.starts_at, lang, zone)} – {i18n.time_text(shown.ends_at, lang, zone)}"
    return {"session": shown.id, "title": found.title, "text": "\n".join(filter(None, (when, shown.place)))}


async def _register(person: Person, about: About, command: Topic) -> str:
    return f"/forums/registrations/{await registering.register(person, about['session'], command.topic)}"


REGISTER = ParticipantAct(
    name="register", form=Topic, about=_session, run=_register, what=_("Register for this session."), who=Attendee
)

ACTS: tuple[ParticipantAct[Any], ...] = (SUBMIT, SUPPORT, COMMENT, PROPOSE, REGISTER)
