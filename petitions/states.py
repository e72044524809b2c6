"""The life of a case as one table: which action is allowed in which state, and where it leads.

Whatever is not in the table is refused, by action, API and page alike.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ANSWERED = "answered"
    CLOSED = "closed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    TRANSFERRED_OUT = "transferred_out"
    REOPENED = "reopened"


class Action(StrEnum):
    """What somebody does to a case."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    START = "start"
    TRANSFER = "transfer"
    TRANSFER_OUT = "transfer-out"
    REQUEST_SUPPLEMENT = "request-supplement"
    SUPPLEMENT = "supplement"
    RETURN = "return"
    EXTEND = "extend"
    INTERIM_NOTICE = "interim-notice"
    GUIDE = "guide"
    NOTE = "note"
    MESSAGE = "message"
    ANSWER = "answer"
    CLOSE = "close"
    RATE = "rate"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


S, A = State, Action

_AT_WORK = {
    A.ASSIGN: S.ASSIGNED,
    A.START: S.IN_PROGRESS,
    A.TRANSFER: S.ACCEPTED,
    A.TRANSFER_OUT: S.TRANSFERRED_OUT,
    A.REQUEST_SUPPLEMENT: S.SUPPLEMENT_REQUESTED,
    A.ANSWER: S.ANSWERED,
    A.WITHDRAW: S.WITHDRAWN,
}
_STAYS = (A.EXTEND, A.INTERIM_NOTICE, A.GUIDE, A.NOTE, A.MESSAGE)

TRANSITIONS: dict[State, dict[Action, State]] = {
    S.RECEIVED: {
        A.ACCEPT: S.ACCEPTED,
        A.TRANSFER_OUT: S.TRANSFERRED_OUT,
        A.ANSWER: S.ANSWERED,
        A.WITHDRAW: S.WITHDRAWN,
        A.GUIDE: S.RECEIVED,
        A.NOTE: S.RECEIVED,
        A.MESSAGE: S.RECEIVED,
    },
    S.ACCEPTED: {**_AT_WORK, **dict.fromkeys(_STAYS, S.ACCEPTED)},
    S.ASSIGNED: {**_AT_WORK, **dict.fromkeys(_STAYS, S.ASSIGNED)},
    S.IN_PROGRESS: {k: v for k, v in _AT_WORK.items() if k is not A.START} | dict.fromkeys(_STAYS, S.IN_PROGRESS),
    S.SUPPLEMENT_REQUESTED: {
        A.SUPPLEMENT: S.IN_PROGRESS,
        A.REQUEST_SUPPLEMENT: S.SUPPLEMENT_REQUESTED,
        A.RETURN: S.RETURNED,
        A.WITHDRAW: S.WITHDRAWN,
        A.GUIDE: S.SUPPLEMENT_REQUESTED,
        A.NOTE: S.SUPPLEMENT_REQUESTED,
        A.MESSAGE: S.SUPPLEMENT_REQUESTED,
    },
    S.ANSWERED: {
        A.CLOSE: S.CLOSED,
        A.REOPEN: S.REOPENED,
        A.RATE: S.ANSWERED,
        A.NOTE: S.ANSWERED,
        A.MESSAGE: S.ANSWERED,
    },
    S.CLOSED: {A.REOPEN: S.REOPENED, A.RATE: S.CLOSED, A.NOTE: S.CLOSED},
    S.RETURNED: {A.NOTE: S.RETURNED},
    S.WITHDRAWN: {A.NOTE: S.WITHDRAWN},
    S.TRANSFERRED_OUT: {A.NOTE: S.TRANSFERRED_OUT},
    S.REOPENED: {**_AT_WORK, **dict.fromkeys(_STAYS, S.REOPENED)},
}

OPEN = frozenset({S.RECEIVED, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, S.SUPPLEMENT_REQUESTED, S.REOPENED})
"""States in which the city still owes something."""


def follow(state: State, action: Action) -> State | None:
    """Where an action leads from a state; None when it is not allowed there."""
    return TRANSITIONS[state].get(action)


def allowed(state: State) -> tuple[Action, ...]:
    """The actions that a state allows."""
    return tuple(TRANSITIONS[state])
