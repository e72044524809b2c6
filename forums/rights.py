"""Who may do what with which forum, submission and commitment, and what each is called in the ledger."""

from forums.permissions import Permission
from forums.states import CommitmentAction, ForumAction, SubmissionAction
from server.core.accounts import Official

FORUM: dict[ForumAction, Permission] = {
    ForumAction.EDIT: Permission.PLAN_FORUMS,
    ForumAction.ACCEPT: Permission.PLAN_FORUMS,
    ForumAction.DECLINE: Permission.PLAN_FORUMS,
    ForumAction.PUBLISH: Permission.PLAN_FORUMS,
    ForumAction.START: Permission.RUN_FORUMS,
    ForumAction.CLOSE: Permission.RUN_FORUMS,
    ForumAction.CANCEL: Permission.PLAN_FORUMS,
    ForumAction.REGISTER: Permission.RUN_FORUMS,
    ForumAction.SPEAK: Permission.RUN_FORUMS,
    ForumAction.COMMENT: Permission.ANSWER_SUBMISSIONS,
    ForumAction.MINUTES: Permission.RUN_FORUMS,
}
"""Which right an official needs for an action on a forum. Supporting is for citizens."""

SUBMISSION_RIGHTS: dict[SubmissionAction, Permission] = {
    SubmissionAction.ASSIGN: Permission.ANSWER_SUBMISSIONS,
    SubmissionAction.MERGE: Permission.ANSWER_SUBMISSIONS,
    SubmissionAction.UNMERGE: Permission.ANSWER_SUBMISSIONS,
    SubmissionAction.PROPOSE: Permission.ANSWER_SUBMISSIONS,
    SubmissionAction.CORRECT: Permission.RUN_FORUMS,
    SubmissionAction.UNDO: Permission.RUN_FORUMS,
    SubmissionAction.ANSWER: Permission.ANSWER_SUBMISSIONS,
    SubmissionAction.COMMIT: Permission.ANSWER_SUBMISSIONS,
}
"""Which right an official needs for an action on a submission, and :func:`answers_for` its department. Withdrawing,
supporting and petitioning are for citizens."""

COMMITMENT_RIGHTS: dict[CommitmentAction, Permission] = dict.fromkeys(
    (CommitmentAction.EDIT, CommitmentAction.STEP, CommitmentAction.FINISH, CommitmentAction.DROP),
    Permission.ANSWER_SUBMISSIONS,
)
"""Which right an official needs for an action on a commitment. Contesting is for its author."""


def forum_subject(slug: str) -> str:
    """A forum's name in the ledger."""
    return f"forum/{slug}"


def submission_subject(number: str) -> str:
    """A submission's name in the ledger."""
    return f"submission/{number}"


SUBMISSION_SUBJECT = "'submission/' || s.number"
"""The same in SQL, of a row of ``submission s``."""


def talk_subject(slug: str) -> str:
    """The name in the ledger of what is said in passing in a forum: comments, and what becomes of them."""
    return f"talk/{slug}"


def comment_subject(comment_id: int) -> str:
    """A comment's name among reports, reviews and supports; its events stand in its forum's talk."""
    return f"comment/{comment_id}"


def session_subject(session_id: int) -> str:
    """The name of a session among officials' words; its events stand in its forum's chain."""
    return f"session/{session_id}"


def commitment_subject(number: str) -> str:
    """A commitment's name in the ledger."""
    return f"commitment/{number}"


def reads_unshown(official: Official | None) -> bool:
    """Whether an official reads what waits for a moderator: who moderates, and who hands submissions out."""
    return official is not None and (official.may(Permission.MODERATE) or official.may(Permission.HAND_SUBMISSIONS))


def reads(official: Official | None, visibility: str | None) -> bool:
    """Whether an official reads a text, and so may act on it; what waits for a moderator only as said above."""
    return visibility != "pending" or reads_unshown(official)


def reads_proposal(official: Official | None) -> bool:
    """Whether an official reads a proposal that is not shown: who moderates, and who takes proposals up or declines."""
    return official is not None and (official.may(Permission.MODERATE) or official.may(FORUM[ForumAction.DECLINE]))


def answers_for(official: Official, department_id: int | None) -> bool:
    """Whether an official may speak for a department: their own; who hands submissions out, for any."""
    if official.may(Permission.HAND_SUBMISSIONS):
        return True
    return department_id is not None and department_id == official.department_id
