"""A submission becomes a petition, or a petition becomes a topic. Both keep their numbers.

A petition carries its author's name and email address, so the author has to agree. An official of the responsible
department proposes it, and the proposal is the answer to the submission. Nothing private goes the other way: an
official writes the topic's title and text.
"""

from forums.actions import planning
from forums.actions.answering import give
from forums.actions.change import changing_submission
from forums.actions.many import alone_with
from forums.actions.speaking import receive
from forums.crossing import Crossings, NewPetition
from forums.errors import NoSuchForum, NotTheSpeaker
from forums.events import BecamePetition, PetitionProposed
from forums.forms.assigning import TextOnly
from forums.forms.crossing import BecomePetition, MakeTopic
from forums.forms.planning import PlanForum
from forums.models import Forum, ForumWords
from forums.permissions import Permission
from forums.queries.crossing import proposal
from forums.states import FORUM, ForumAction, SubmissionAction, follow
from server.core import config, database, ledger
from server.core.accounts import Official
from server.core.errors import Forbidden, NotPossibleNow
from server.core.participants.people import Person


async def propose(actor: Official, number: str, command: TextOnly) -> None:
    """Propose to the author that a submission becomes a petition; the reason becomes the answer once they agree.

    Raises ``NotYours`` for officials of another department, unless they assign submissions.
    """
    async with changing_submission(number, SubmissionAction.PROPOSE, actor, seen=command.seen) as change:
        if change.row.participant_id is None:  # nobody who could agree
            raise NotPossibleNow(SubmissionAction.PROPOSE, change.row.status)
        change.record(PetitionProposed(await change.say(command.text)))


async def petition(person: Person, number: str, command: BecomePetition, ways: Crossings) -> str:
    """Turn a submission into a petition with its author's consent, in one transaction. Returns the case number.

    The answer (out of scope, with the case number) is that of the official who proposed it, and applies to everything
    merged into it. Raises ``NotTheSpeaker``, ``Invalid``; ``NotPossibleNow`` without a proposal of the responsible
    department.
    """
    async with database.transaction():
        await alone_with(number)
        async with changing_submission(number, SubmissionAction.PETITION, person, seen=command.seen) as change:
            submission = change.row
            if submission.participant_id != person.id:
                raise NotTheSpeaker
            proposed = proposal(await ledger.read(change.chain.subject))
            if proposed is None:
                raise NotPossibleNow(SubmissionAction.PETITION, submission.status)
            why = await ForumWords.get(id=proposed.data["text"])
            reference = await ways.file(
                NewPetition(
                    submission.title, submission.text, submission.district, command.name, person.email, person.language
                )
            )
            change.set(petition=reference)
            await change.chain.append(change.actor, BecamePetition(reference))
            change.actor = proposed.actor
            await give(change, "out_of_scope", why.text, moved_to=reference)
    return reference


async def make_topic(actor: Official, reference: str, command: MakeTopic, ways: Crossings) -> str:
    """Make a topic of a petition: a draft forum, or a submission in an existing one. Returns its address.

    Raises ``Forbidden``, ``NoSuchForum``, ``NotPossibleNow``, and what ``Crossings.topic`` raises.
    """
    if not actor.may(Permission.PLAN_FORUMS):
        raise Forbidden
    found = await ways.topic(reference, actor)
    if command.forum:
        return await _submission(actor, found.reference, command)
    plan = PlanForum(command.kind, command.title, body=command.text, language=config.settings().languages[0])
    slug = await planning.plan(actor, plan, from_petition=found.reference)
    return f"/desk/forums/{slug}"


async def _submission(actor: Official, reference: str, command: MakeTopic) -> str:
    async with database.transaction():
        forum = await Forum.filter(slug=command.forum).first()
        if forum is None:
            raise NoSuchForum
        if forum.kind == "notice" or follow(FORUM, forum.status, ForumAction.SPEAK) is None:
            raise NotPossibleNow(ForumAction.SPEAK, forum.status)
        row, _chain = await receive(
            actor.actor,
            forum.slug,
            forum_id=forum.id,
            channel="petition",
            title=command.title,
            text=command.text,
            language=config.settings().languages[0],
            district=forum.district,
            petition=reference,
        )
        await database.execute("UPDATE forum SET submissions = submissions + 1 WHERE id = ?", forum.id)
    return f"/submissions/{row.number}"
