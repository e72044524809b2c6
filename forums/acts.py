"""The actions of officials on forums, submissions and commitments: one record each, with its form, function and texts.

Pages and JSON are made from these records. Forms whose fields depend on the outcome have templates of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from forums import kinds
from forums.actions import answering, assigning, committing, crossing, merging, planning, proposing
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import PUBLIC_REASON, Assign, Merge, Plain, TextOnly, open_departments
from forums.forms.committing import Commit, DoStep, EditCommitment, Finish
from forums.forms.planning import WriteMinutes
from forums.queries import commitments
from forums.queries.commitments import CommitmentView
from forums.queries.forums import ForumView
from forums.states import CommitmentAction, ForumAction, ForumState, SubmissionAction, SubmissionState
from server.core.accounts import Official
from server.core.acts import Act, Offer, Overrides
from server.core.city import city
from server.core.days import day_of, today
from server.core.errors import _

Raw = Mapping[str, Any]
ForumAct = Act[ForumAction, Any]
SubmissionAct = Act[SubmissionAction, Any]
CommitmentAct = Act[CommitmentAction, Any]


async def _assignment(raw: Raw, _number: str, strict: bool) -> Assign:  # noqa: FBT001 — as acts are read
    return Assign.parse(raw, strict=strict, choices=open_departments(await city()))


async def _answer(raw: Raw, number: str, strict: bool) -> GiveAnswer:  # noqa: FBT001
    has_commitment = await commitments.has_commitment(number)
    return GiveAnswer.parse(raw, await city(), today(), has_commitment=has_commitment, strict=strict)


async def _commit(raw: Raw, _number: str, _strict: bool) -> Commit:  # noqa: FBT001
    return Commit.parse(raw, today())


async def _made(actor: Official, number: str, command: Commit) -> str:
    return await answering.commit(actor, number, command, command.seen)


async def _edit(raw: Raw, number: str, _strict: bool) -> EditCommitment:  # noqa: FBT001
    found = (await commitments.commitment(number)).commitment
    return EditCommitment.parse(raw, today(), day_of(found.created_at), found.due_on)


def _start(forum: ForumView) -> Overrides:
    again = forum.status is ForumState.CLOSED
    return {
        "": {"label": _("Reopen it") if again else _("Start now"), "send_kind": "secondary" if again else "primary"}
    }


def _write_minutes(forum: ForumView) -> Overrides:
    label = _("Edit the minutes") if forum.minutes else _("Write the minutes")
    return {
        "": {"label": label, "title": _("Minutes: %(title)s", title=forum.title)},
        "minutes": {"value": forum.minutes},
    }


_FORUMS: tuple[ForumAct, ...] = (
    Act(
        action=ForumAction.ACCEPT,
        form=TextOnly.labelled(text=_("Your answer, for everyone to read")),
        run=proposing.accept,
        desk=Offer(
            label=_("Accept the proposal …"),
            title=_("Accept this proposal?"),
            notes=(_("It becomes a draft that you complete and announce. Everyone can read your answer."),),
            send=_("Accept the proposal"),
            done=_("The proposal has been accepted. Please fill in what is missing, then announce it."),
            kind="primary",
        ),
    ),
    Act(
        action=ForumAction.DECLINE,
        form=PUBLIC_REASON,
        run=proposing.decline,
        desk=Offer(
            label=_("Decline …"),
            title=_("Decline this proposal?"),
            notes=(
                _("This cannot be undone. Everyone can read the reason, and its proposer and supporters are notified."),
            ),
            send=_("Decline"),
            send_kind="danger",
            done=_("The proposal has been declined."),
        ),
    ),
    Act(
        action=ForumAction.PUBLISH,
        form=Plain,
        run=planning.publish,
        desk=Offer(
            label=_("Announce …"),
            title=_("Announce this?"),
            notes=(
                _(
                    "Everyone will be able to see it, and people who follow such forums will be told by email. You can "
                    "change it later, but you cannot make it a draft again."
                ),
            ),
            send=_("Announce"),
            done=_("It has been announced."),
            kind="primary",
            fit=lambda forum: None if kinds.missing(forum) else {},
        ),
    ),
    Act(
        action=ForumAction.START,
        form=Plain,
        run=planning.start,
        desk=Offer(label=_("Start now"), done=_("It has started."), fit=_start),
    ),
    Act(
        action=ForumAction.CLOSE,
        form=Plain,
        run=planning.close,
        desk=Offer(
            label=_("End the forum"),
            done=_("It has ended. Submissions are still accepted if its dates allow it."),
            fit=lambda forum: {
                "": {"send_kind": "primary" if forum.status is ForumState.RUNNING else "secondary"},
            },
        ),
    ),
    Act(
        action=ForumAction.MINUTES,
        form=WriteMinutes,
        run=planning.write_minutes,
        desk=Offer(
            label=_("Write the minutes"),
            send=_("Publish the minutes"),
            done=_("The minutes are now public."),
            place="more",
            fit=_write_minutes,
        ),
    ),
    Act(
        action=ForumAction.CANCEL,
        form=PUBLIC_REASON,
        run=planning.cancel,
        desk=Offer(
            label=_("Cancel the forum …"),
            title=_("Cancel this forum?"),
            notes=(
                _(
                    "This cannot be undone. Everyone can read the reason, and people who registered for it or follow "
                    "it are notified."
                ),
            ),
            send=_("Cancel the forum"),
            send_kind="danger",
            kind="danger",
            done=_("It has been cancelled."),
            place="more",
        ),
    ),
)
_INLINE = {"class": "inline-form"}


@dataclass(frozen=True)
class SubmissionPage:
    """What the forms of a submission's page need to know."""

    status: SubmissionState
    department_id: int | None
    receivers: Sequence[tuple[str, str]]
    """Code and name of the departments that it can be assigned to."""
    proposed: str
    """The code of the proposed one."""


def _finish(commitment: CommitmentView) -> Overrides:
    days = {"min": str(day_of(commitment.created_at)), "max": str(today())}
    return {
        "evidence": {"value": commitment.evidence, "required": True},
        "link": {"value": commitment.link},
        "done_on": {"value": str(today()), "attrs": days},
    }


_SUBMISSIONS: tuple[SubmissionAct, ...] = (
    Act(
        action=SubmissionAction.ASSIGN,
        form=Assign,
        run=assigning.assign,
        reader=_assignment,
        desk=Offer(
            summary="Assign a submission to a department, with all submissions merged into it",
            label=_("Assign it"),
            done=_("%(number)s has been assigned to the department."),
            bulk=_("Submissions assigned: %(done)s."),
            attrs=_INLINE,
            fit=lambda page: {
                "department": {"choices": page.receivers, "value": page.proposed},
                "": {"send_kind": "primary" if page.status is SubmissionState.RECEIVED else "secondary"},
            },
        ),
    ),
    Act(
        action=SubmissionAction.MERGE,
        form=Merge,
        run=merging.merge,
        desk=Offer(
            summary="Merge a submission into another one of the forum; it then shares its answer",
            label=_("Merge"),
            send_kind="secondary",
            done=_("%(number)s has been merged and shares the answer."),
            bulk=_("Submissions merged: %(done)s."),
            attrs=_INLINE,
        ),
    ),
    Act(
        action=SubmissionAction.UNMERGE,
        form=Plain,
        run=merging.unmerge,
        desk=Offer(label=_("Undo the merge"), send_kind="secondary", done=_("%(number)s is no longer merged.")),
    ),
    Act(
        action=SubmissionAction.ANSWER,
        form=GiveAnswer,
        run=answering.answer,
        reader=_answer,
        desk=Offer(
            summary="Answer a submission and all submissions merged into it, with the commitment if it is adopted",
            label=_("Publish the answer"),
            done=_("%(number)s has been answered. Everyone who asked for it will be notified."),
            attrs={"class": "submission-answer"},
            fit=lambda page: {
                "department": {"choices": page.receivers, "value": page.proposed, "asked": page.department_id is None}
            },
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
        form=TextOnly.labelled(text=_("Why, for the author; if they agree, everyone reads it as the answer")),
        run=crossing.propose,
        when=lambda found: found.participant_id is not None and not found.petition,
        desk=Offer(
            label=_("Propose it"),
            title=_("Propose to continue as a petition"),
            notes=(
                _(
                    "A petition has a legal deadline and a case number. Only the author can agree, because their name "
                    "and email address are passed on."
                ),
            ),
            send_kind="secondary",
            done=_("It has been proposed to the author, who will decide."),
        ),
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
        run=committing.do_step,
        desk=Offer(label=_("Done"), done=_("The step is done.")),
    ),
    Act(
        action=CommitmentAction.FINISH,
        form=Finish,
        run=committing.finish,
        takes_files=True,
        desk=Offer(
            label=_("Publish as carried out"),
            title=_("Mark as carried out"),
            icon="check",
            files=(_("Pictures or documents"), _("Everyone can open them.")),
            fit=_finish,
            done=_("It is marked as carried out. Everyone who asked for it will be notified."),
        ),
    ),
    Act(
        action=CommitmentAction.DROP,
        form=TextOnly.labelled(text=_("Why, for everyone")),
        run=committing.drop,
        desk=Offer(
            label=_("Discontinue permanently"),
            title=_("Discontinue"),
            notes=(_("This cannot be undone. Everyone who asked for it will be told why."),),
            send_kind="danger",
            done=_("The commitment has been discontinued. Everyone who asked for it will be told why."),
        ),
    ),
)
FORUMS: dict[str, tuple[ForumAct, Offer]] = {
    act.action.value: (act, replace(act.desk, names={})) for act in _FORUMS if act.desk
}
"""Each has a page of its own, so its fields need no prefixes."""
SUBMISSIONS: dict[str, tuple[SubmissionAct, Offer]] = {
    act.action.value: (act, act.desk) for act in _SUBMISSIONS if act.desk
}
COMMITMENTS: dict[str, tuple[CommitmentAct, Offer]] = {
    act.action.value: (act, act.desk) for act in _COMMITMENTS if act.desk
}
