"""What is decided about forums, voices and promises: pure, values in and a decision or a refusal out."""

from datetime import date, datetime

from forums.states import RUNNING_PROMISES, CommitmentState, ForumState


def may_speak(status: ForumState, speaks_from: datetime | None, speaks_until: datetime | None, now: datetime) -> bool:
    """Whether a forum takes submissions now: announced or open, within its days; when it is over, within them only."""
    if speaks_from and now < speaks_from:
        return False
    if speaks_until:
        return now < speaks_until and status in {ForumState.PUBLISHED, ForumState.RUNNING, ForumState.CLOSED}
    return status in {ForumState.PUBLISHED, ForumState.RUNNING}


def promise_overdue(status: CommitmentState, due_on: date, today: date) -> bool:
    """Whether a promise that is not kept yet should have been; on its last day it is not."""
    return status in RUNNING_PROMISES and due_on < today


def percent(part: int, whole: int) -> int:
    """Per cent, always rounded down, as the city publishes it: 856 of 1,196 are 71 %, never 72; of nothing, 0."""
    return part * 100 // whole if whole else 0
