"""The actions of officials on submissions and commitments: one record each, with its form, function and texts.

Pages and JSON are made from these records. Forms whose fields depend on the outcome have templates of their own.
"""

from collections.abc import Mapping
from typing import Any

from forums.actions import answering, assigning, committing, crossing, merging
from forums.forms.answering import GiveAnswer, answer_from_page
from forums.forms.assigning import Assign, Merge, Plain, TextOnly, open_departments
from forums.forms.committing import Commit, DoStep, EditCommitment, Finish, from_page
from forums.queries import commitments
from forums.states import CommitmentAction, SubmissionAction
from server.core.accounts import Official
from server.core.acts import Act, Offer
from server.core.city import city
from server.core.days import day_of, today
from server.core.errors import _

Raw = Mapping[str, Any]
SubmissionAct = Act[SubmissionAction, Any]
CommitmentAct = Act[CommitmentAction, Any]


async def _assignment(raw: Raw, _number: str, strict: bool) -> Assign:  # noqa: FBT001 — as acts are read
    return Assign.parse(raw, strict=strict, choices=open_departments(await city()))


async def _answer(raw: Raw, number: str, strict: bool) -> GiveAnswer:  # noqa: FBT001
    content, has_commitment = raw if strict else answer_from_page(raw), await commitments.has_commitment(number)
    return GiveAnswer.parse(content, await city(), today(), has_commitment=has_commitment, strict=strict)


async def _commit(raw: Raw, _number: str, _strict: bool) -> Commit:  # noqa: FBT001
    return Commit.parse({**from_page(raw), "version": raw.get("version")}, today())


async def _made(actor: Official, number: str, command: Commit) -> str:
    return await answering.commit(actor, number, command.commitment, command.seen)


async def _done(actor: Official, number: str, command: DoStep) -> None:
    await committing.do_step(actor, number, command.step, command.seen)


async def _edit(raw: Raw, number: str, _strict: bool) -> EditCommitment:  # noqa: FBT001
    found = (await commitments.commitment(number, today())).commitment
    content = {**from_page(raw), "reason": raw.get("reason"), "version": raw.get("version")}
    return EditCommitment.parse(content, today(), day_of(found.created_at), found.due_on)


_SUBMISSIONS: tuple[SubmissionAct, ...] = (
    Act(
        action=SubmissionAction.ASSIGN,
        form=Assign,
        run=assigning.assign,
        reader=_assignment,
        desk=Offer(
            summary="Hand a submission to a department, with everything that is merged to it",
            label=_("Assign it"),
            done=_("%(number)s has been assigned to the department."),
        ),
    ),
    Act(
        action=SubmissionAction.MERGE,
        form=Merge,
        run=merging.merge,
        desk=Offer(
            summary="Join a submission with another one of the forum, whose answer it then shares",
            label=_("Merge"),
            done=_("%(number)s has been merged and shares the answer."),
        ),
    ),
    Act(
        action=SubmissionAction.UNMERGE,
        form=Plain,
        run=merging.unmerge,
        desk=Offer(label=_("Undo the merge"), done=_("%(number)s is no longer merged.")),
    ),
    Act(
        action=SubmissionAction.ANSWER,
        form=GiveAnswer,
        run=answering.answer,
        reader=_answer,
        desk=Offer(
            summary="Answer a submission and everything that is merged to it; what is adopted brings its commitment",
            label=_("Publish the answer"),
            done=_("%(number)s has been answered. Everyone who asked for it will be notified."),
        ),
    ),
    Act(
        action=SubmissionAction.COMMIT,
        form=Commit,
        run=_made,
        reader=_commit,
        desk=Offer(label=_("Publish the commitment"), done=_("The commitment has been published.")),
    ),
    Act(
        action=SubmissionAction.PROPOSE,
        form=TextOnly,
        run=crossing.propose,
        when=lambda found: found.participant_id is not None and not found.petition,
        desk=Offer(label=_("Propose it"), done=_("It has been proposed to the author, who will decide.")),
    ),
)
_COMMITMENTS: tuple[CommitmentAct, ...] = (
    Act(
        action=CommitmentAction.EDIT,
        form=EditCommitment,
        run=committing.edit,
        reader=_edit,
        desk=Offer(
            label=_("Save the change"),
            done=_("The commitment has been changed. Everyone can see the previous version."),
        ),
    ),
    Act(
        action=CommitmentAction.STEP,
        form=DoStep,
        run=_done,
        desk=Offer(label=_("Done"), done=_("The step is done.")),
    ),
    Act(
        action=CommitmentAction.FINISH,
        form=Finish,
        run=committing.finish,
        takes_files=True,
        desk=Offer(
            label=_("Publish as carried out"),
            done=_("It is marked as carried out. Everyone who asked for it will be notified."),
        ),
    ),
    Act(
        action=CommitmentAction.DROP,
        form=TextOnly,
        run=committing.drop,
        desk=Offer(
            label=_("Discontinue permanently"),
            done=_("The commitment has been discontinued. Everyone who asked for it will be told why."),
        ),
    ),
)
SUBMISSIONS: dict[str, tuple[SubmissionAct, Offer]] = {
    act.action.value: (act, act.desk) for act in _SUBMISSIONS if act.desk
}
COMMITMENTS: dict[str, tuple[CommitmentAct, Offer]] = {
    act.action.value: (act, act.desk) for act in _COMMITMENTS if act.desk
}
