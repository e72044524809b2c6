"""The actions of participants, run at once or after they confirmed their address; shared by pages and JSON."""

from typing import Any

from forums.actions import commenting, proposing, registering, speaking, supporting
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Say, comment_of, submission_of
from server.core.accounts import Official
from server.core.city import city
from server.core.errors import _
from server.core.participants.confirming import ParticipantAction
from server.core.participants.people import Person
from server.core.security import Rate


async def _submit(person: Person, content: dict[str, Any]) -> str:
    number = await speaking.submit(person, str(content["slug"]), submission_of(content))
    return f"/submissions/{number}"


SUBMIT = ParticipantAction(
    "submit", _submit, _("Make a submission to a forum."), _("Thank you. We have received your submission."), Rate(6, 6)
)


async def _support(person: Person, content: dict[str, Any]) -> str:
    sort, _slash, name = str(content["subject"]).partition("/")
    undo = bool(content.get("undo"))
    if sort == "submission":
        await supporting.on_submission(person, name, undo=undo)
    elif sort == "comment":
        await supporting.on_comment(person, int(name), undo=undo)
    else:
        await supporting.on_forum(person, name, undo=undo)
    return str(content["back"])


SUPPORT = ParticipantAction("support", _support, _("Support a submission in a forum."), rate=Rate(60, 40))


async def say(actor: Person | Official, slug: str, number: str, command: Say) -> str:
    """Comment on a submission, or on the forum where ``number`` is empty. Returns the comment's address."""
    if number:
        made, root = await commenting.on_submission(actor, number, command)
    else:
        made, root = await commenting.on_forum(actor, slug, command)
    page = page_of(slug, number)
    return f"{page}/comments/{root}#comment-{made}" if root else f"{page}#comment-{made}"


def page_of(slug: str, number: str) -> str:
    """The page of a submission, or of the forum where ``number`` is empty."""
    return f"/submissions/{number}" if number else f"/forums/{slug}"


async def _comment(person: Person, content: dict[str, Any]) -> str:
    return await say(person, str(content["slug"]), str(content["number"]), comment_of(content))


COMMENT = ParticipantAction(
    "comment", _comment, _("Comment in a forum."), _("We have received your comment."), Rate(12, 10)
)


async def _propose(person: Person, content: dict[str, Any]) -> str:
    command = ProposeForum.parse(content, await city(), person.language)
    return f"/forums/{await proposing.propose(person, command)}"


PROPOSE = ParticipantAction(
    "propose_forum",
    _propose,
    _("Propose a forum to the city."),
    _("Your proposal is published. Others can now support it."),
)


async def _register(person: Person, content: dict[str, Any]) -> str:
    code = await registering.register(person, int(content["session"]), str(content["topic"]))
    return f"/forums/registrations/{code}"


REGISTER = ParticipantAction("register", _register, _("Register for this session."))

ACTIONS = (SUBMIT, SUPPORT, COMMENT, PROPOSE, REGISTER)
