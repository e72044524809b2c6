"""The lives of a forum, of a submission and of a commitment, each as one table: what is allowed when, and where it
leads.

Whatever is not in a table is refused, by action, API and page alike.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class ForumState(StrEnum):
    """Where a forum stands."""

    PROPOSED = "proposed"
    """A citizen asks for it; others support it."""
    DECLINED = "declined"
    DRAFT = "draft"
    """The city plans it; nobody else sees it."""
    PUBLISHED = "published"
    """Announced: people register and may speak beforehand."""
    RUNNING = "running"
    CLOSED = "closed"
    """Over: minutes and what became of each submission remain."""
    CANCELLED = "cancelled"


class ForumAction(StrEnum):
    """What somebody does to a forum."""

    EDIT = "edit"
    SUPPORT = "support"
    ACCEPT = "accept"
    OPEN = "open"
    """Enough people support a question: it is discussed without anybody's leave."""
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
    """Where a submission stands on its way to an answer."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    """A department has it."""
    ANSWERED = "answered"
    MERGED = "merged"
    """It says the same as another one, whose answer is its own."""
    WITHDRAWN = "withdrawn"


class SubmissionAction(StrEnum):
    """What somebody does to a submission."""

    ASSIGN = "assign"
    ANSWER = "answer"
    MERGE = "merge"
    UNMERGE = "unmerge"
    WITHDRAW = "withdraw"
    SUPPORT = "support"
    COMMENT = "comment"
    COMMIT = "commit"
    PROPOSE = "propose"
    """The department that has it proposes to its author to make it a petition."""
    PETITION = "petition"
    """Its author agrees: it is a petition, and its department's answer says so; it keeps its number."""
    CORRECT = "correct"
    """The clerk who took it down at a session sets it right."""
    UNDO = "undo"
    """The clerk takes back what was taken down by mistake."""


class CommitmentState(StrEnum):
    """Where a commitment stands."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    CONTESTED = "contested"
    """The author says that it is not done."""
    DROPPED = "dropped"


class CommitmentAction(StrEnum):
    """What somebody does to a commitment."""

    EDIT = "edit"
    STEP = "step"
    FINISH = "finish"
    """It is done; needs evidence."""
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
"""Speaking after the end is allowed as long as the forum's own last day to speak has not passed."""

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
"""An answer may be given again: what was under study is decided one day."""

C, D = CommitmentState, CommitmentAction
COMMITMENT: dict[CommitmentState, dict[CommitmentAction, CommitmentState]] = {
    C.PLANNED: {D.EDIT: C.PLANNED, D.STEP: C.UNDER_WAY, D.FINISH: C.DONE, D.DROP: C.DROPPED},
    C.UNDER_WAY: {D.EDIT: C.UNDER_WAY, D.STEP: C.UNDER_WAY, D.FINISH: C.DONE, D.DROP: C.DROPPED},
    C.DONE: {D.CONTEST: C.CONTESTED},
    C.CONTESTED: {D.EDIT: C.CONTESTED, D.STEP: C.UNDER_WAY, D.FINISH: C.DONE, D.DROP: C.DROPPED},
    C.DROPPED: {},
}


class TextState(StrEnum):
    """What becomes of something that somebody wrote for the public."""

    PENDING = "pending"
    """Held: a moderator looks at it first."""
    SHOWN = "shown"
    HIDDEN = "hidden"
    APPEALED = "appealed"
    """Hidden, and its author asks another moderator to look again."""


class TextAction(StrEnum):
    """What readers, moderators and authors do with it."""

    REPORT = "report"
    SHOW = "show"
    """Let it stand, or show it again."""
    HIDE = "hide"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    """Leave it hidden after an appeal."""


T, X = TextState, TextAction
TEXT: dict[TextState, dict[TextAction, TextState]] = {
    T.PENDING: {X.SHOW: T.SHOWN, X.HIDE: T.HIDDEN},
    T.SHOWN: {X.REPORT: T.SHOWN, X.SHOW: T.SHOWN, X.HIDE: T.HIDDEN},
    T.HIDDEN: {X.SHOW: T.SHOWN, X.APPEAL: T.APPEALED},
    T.APPEALED: {X.SHOW: T.SHOWN, X.UPHOLD: T.HIDDEN},
}
"""An appeal is possible once for each hiding."""

SEEN = frozenset({F.PROPOSED, F.PUBLISHED, F.RUNNING, F.CLOSED, F.CANCELLED, F.DECLINED})
"""Forums that the public sees."""
RUNNING_COMMITMENTS = frozenset({C.PLANNED, C.UNDER_WAY, C.CONTESTED})
"""Commitments that the city still has to keep."""
ADOPTED = frozenset({"adopted", "partly_adopted"})
"""Outcomes that become a commitment."""


StateT = TypeVar("StateT", bound=StrEnum)
ActionT = TypeVar("ActionT", bound=StrEnum)


def follow(table: Mapping[StateT, Mapping[ActionT, StateT]], state: StateT, action: ActionT) -> StateT | None:
    """Where an action leads from a state; None when it is not allowed there."""
    return table[state].get(action)
