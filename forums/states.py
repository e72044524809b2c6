"""The states of forums, submissions and commitments: one transition table each.

Actions, JSON and pages alike refuse any transition that is not in the table.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class ForumState(StrEnum):
    """The state of a forum."""

    PROPOSED = "proposed"
    """Proposed by a citizen; others can support it."""
    DECLINED = "declined"
    DRAFT = "draft"
    """Planned by the city; not public."""
    PUBLISHED = "published"
    """Announced: people can register and submit."""
    RUNNING = "running"
    CLOSED = "closed"
    """Over: the minutes and the outcome of each submission remain."""
    CANCELLED = "cancelled"


class ForumAction(StrEnum):
    """An action on a forum."""

    EDIT = "edit"
    SUPPORT = "support"
    ACCEPT = "accept"
    OPEN = "open"
    """Open a proposed discussion that enough people support, without an official's decision."""
    DECLINE = "decline"
    PUBLISH = "publish"
    REGISTER = "register"
    START = "start"
    CLOSE = "close"
    CANCEL = "cancel"
    SPEAK = "speak"
    COMMENT = "comment"
    MINUTES = "minutes"


class SubmissionState(StrEnum):
    """The state of a submission."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    """A department is responsible for it."""
    ANSWERED = "answered"
    MERGED = "merged"
    """It shares the answer of another submission."""
    WITHDRAWN = "withdrawn"


class SubmissionAction(StrEnum):
    """An action on a submission."""

    ASSIGN = "assign"
    ANSWER = "answer"
    MERGE = "merge"
    UNMERGE = "unmerge"
    WITHDRAW = "withdraw"
    SUPPORT = "support"
    COMMENT = "comment"
    COMMIT = "commit"
    PROPOSE = "propose"
    """The responsible department proposes to the author to make it a petition."""
    PETITION = "petition"
    """The author agrees: it becomes a petition and keeps its number, and the department's answer says so."""
    CORRECT = "correct"
    """The clerk who transcribed it corrects it."""
    UNDO = "undo"
    """The clerk removes what was transcribed by mistake."""


class CommitmentState(StrEnum):
    """The state of a commitment."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    CONTESTED = "contested"
    """An author says that it was not carried out."""
    DROPPED = "dropped"


class CommitmentAction(StrEnum):
    """An action on a commitment."""

    EDIT = "edit"
    STEP = "step"
    FINISH = "finish"
    """It is carried out; needs evidence."""
    CONTEST = "contest"
    DROP = "drop"


F, A = ForumState, ForumAction
FORUM: dict[ForumState, dict[ForumAction, ForumState]] = {
    F.PROPOSED: {
        A.SUPPORT: F.PROPOSED, A.COMMENT: F.PROPOSED, A.ACCEPT: F.DRAFT, A.OPEN: F.RUNNING, A.DECLINE: F.DECLINED,
    },
    F.DECLINED: {},
    F.DRAFT: {A.EDIT: F.DRAFT, A.PUBLISH: F.PUBLISHED, A.CANCEL: F.CANCELLED},
    F.PUBLISHED: {
        A.EDIT: F.PUBLISHED, A.REGISTER: F.PUBLISHED, A.SPEAK: F.PUBLISHED, A.COMMENT: F.PUBLISHED,
        A.SUPPORT: F.PUBLISHED, A.START: F.RUNNING, A.CLOSE: F.CLOSED, A.CANCEL: F.CANCELLED,
    },
    F.RUNNING: {
        A.EDIT: F.RUNNING, A.REGISTER: F.RUNNING, A.SPEAK: F.RUNNING, A.COMMENT: F.RUNNING, A.SUPPORT: F.RUNNING,
        A.MINUTES: F.RUNNING, A.CLOSE: F.CLOSED, A.CANCEL: F.CANCELLED,
    },
    F.CLOSED: {
        A.EDIT: F.CLOSED, A.SPEAK: F.CLOSED, A.COMMENT: F.CLOSED, A.SUPPORT: F.CLOSED, A.MINUTES: F.CLOSED,
        A.START: F.RUNNING,
    },
    F.CANCELLED: {},
}  # fmt: skip
"""Submissions are possible after the end until the forum's last day for them."""

S, B = SubmissionState, SubmissionAction
_TALK = (B.SUPPORT, B.COMMENT)
SUBMISSION: dict[SubmissionState, dict[SubmissionAction, SubmissionState]] = {
    S.RECEIVED: {
        B.ASSIGN: S.ASSIGNED, B.ANSWER: S.ANSWERED, B.MERGE: S.MERGED, B.WITHDRAW: S.WITHDRAWN,
        B.CORRECT: S.RECEIVED, B.UNDO: S.WITHDRAWN, **dict.fromkeys(_TALK, S.RECEIVED),
    },
    S.ASSIGNED: {
        B.ASSIGN: S.ASSIGNED, B.ANSWER: S.ANSWERED, B.MERGE: S.MERGED, B.WITHDRAW: S.WITHDRAWN, B.PETITION: S.ANSWERED,
        B.PROPOSE: S.ASSIGNED, **dict.fromkeys(_TALK, S.ASSIGNED),
    },
    S.ANSWERED: {B.ANSWER: S.ANSWERED, B.COMMIT: S.ANSWERED, **dict.fromkeys(_TALK, S.ANSWERED)},
    S.MERGED: {B.UNMERGE: S.RECEIVED, B.WITHDRAW: S.WITHDRAWN, **dict.fromkeys(_TALK, S.MERGED)},
    S.WITHDRAWN: {},
}  # fmt: skip
"""A submission can be answered again: one under study is decided later."""

C, D = CommitmentState, CommitmentAction
COMMITMENT: dict[CommitmentState, dict[CommitmentAction, CommitmentState]] = {
    C.PLANNED: {D.EDIT: C.PLANNED, D.STEP: C.UNDER_WAY, D.FINISH: C.DONE, D.DROP: C.DROPPED},
    C.UNDER_WAY: {D.EDIT: C.UNDER_WAY, D.STEP: C.UNDER_WAY, D.FINISH: C.DONE, D.DROP: C.DROPPED},
    C.DONE: {D.CONTEST: C.CONTESTED},
    C.CONTESTED: {D.EDIT: C.CONTESTED, D.STEP: C.UNDER_WAY, D.FINISH: C.DONE, D.DROP: C.DROPPED},
    C.DROPPED: {},
}


class TextState(StrEnum):
    """The moderation state of a text."""

    PENDING = "pending"
    """Held for review by a moderator before it is shown."""
    SHOWN = "shown"
    HIDDEN = "hidden"
    APPEALED = "appealed"
    """Hidden, and its author has appealed."""


class TextAction(StrEnum):
    """An action of readers, moderators or authors on a text."""

    REPORT = "report"
    SHOW = "show"
    """Approve it, or show it again."""
    HIDE = "hide"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    """Keep it hidden after an appeal."""


T, X = TextState, TextAction
TEXT: dict[TextState, dict[TextAction, TextState]] = {
    T.PENDING: {X.SHOW: T.SHOWN, X.HIDE: T.HIDDEN},
    T.SHOWN: {X.REPORT: T.SHOWN, X.SHOW: T.SHOWN, X.HIDE: T.HIDDEN},
    T.HIDDEN: {X.SHOW: T.SHOWN, X.APPEAL: T.APPEALED},
    T.APPEALED: {X.SHOW: T.SHOWN, X.UPHOLD: T.HIDDEN},
}
"""One appeal is possible each time a text is hidden."""

SEEN = frozenset({F.PROPOSED, F.PUBLISHED, F.RUNNING, F.CLOSED, F.CANCELLED, F.DECLINED})
"""The states of forums that the public sees."""
RUNNING_COMMITMENTS = frozenset({C.PLANNED, C.UNDER_WAY, C.CONTESTED})
"""The states of commitments that are not finished or discontinued."""
ADOPTED = frozenset({"adopted", "partly_adopted"})
"""The outcomes that lead to a commitment."""


StateT = TypeVar("StateT", bound=StrEnum)
ActionT = TypeVar("ActionT", bound=StrEnum)


def follow(table: Mapping[StateT, Mapping[ActionT, StateT]], state: StateT, action: ActionT) -> StateT | None:
    """The state that an action leads to; None if it is not allowed."""
    return table[state].get(action)
