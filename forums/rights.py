"""The permission that each action on a forum, submission or commitment needs, and their ledger subjects."""

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
"""The permission an official needs for an action on a forum. Only citizens support."""

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
"""The permission an official needs for an action on a submission, besides :func:`answers_for` its department. Only
citizens withdraw, support and petition."""

COMMITMENT_RIGHTS: dict[CommitmentAction, Permission] = dict.fromkeys(
    (CommitmentAction.EDIT, CommitmentAction.STEP, CommitmentAction.FINISH, CommitmentAction.DROP),
    Permission.ANSWER_SUBMISSIONS,
)
"""The permission an official needs for an action on a commitment. Only authors contest."""


def forum_subject(slug: str) -> str:
    """A forum's subject in the ledger."""
    return f"forum/{slug}"


def submission_subject(number: str) -> str:
    """A submission's subject in the ledger."""
    return f"submission/{number}"


SUBMISSION_SUBJECT = "'submission/' || s.number"
"""The same in SQL, for a row of ``submission s``."""


def talk_subject(slug: str) -> str:
    """The subject in the ledger of the comments in a forum and their moderation."""
    return f"talk/{slug}"


def comment_subject(comment_id: int) -> str:
    """A comment's key in reviews, reports and supports; its events are in its forum's talk chain."""
    return f"comment/{comment_id}"


def session_subject(session_id: int) -> str:
    """A session's key among officials' public texts; its events are in its forum's chain."""
    return f"session/{session_id}"


def commitment_subject(number: str) -> str:
    """A commitment's subject in the ledger."""
    return f"commitment/{number}"


def reads_unshown(official: Official | None) -> bool:
    """Whether an official reads texts held for moderation: moderators, and officials who assign submissions."""
    return official is not None and (official.may(Permission.MODERATE) or official.may(Permission.HAND_SUBMISSIONS))


def reads(official: Official | None, visibility: str | None) -> bool:
    """Whether an official may read a text, and so act on it; held texts only as in :func:`reads_unshown`."""
    return visibility != "pending" or reads_unshown(official)


def reads_proposal(official: Official | None) -> bool:
    """Whether an official reads a proposal that is not shown: moderators, and officials who decide on proposals."""
    return official is not None and (official.may(Permission.MODERATE) or official.may(FORUM[ForumAction.DECLINE]))


def answers_for(official: Official, department_id: int | None) -> bool:
    """Whether an official may answer for a department: their own, or any for officials who assign submissions."""
    if official.may(Permission.HAND_SUBMISSIONS):
        return True
    return department_id is not None and department_id == official.department_id
