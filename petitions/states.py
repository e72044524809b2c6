"""The states of a case as one table: which action is allowed in which state, and which state follows.

Actions that are not in the table are refused on pages and in JSON alike.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self


class State(StrEnum):
    """The state of a case."""

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
    """The actions on a case, each with the permission that an official needs for it (``petitions.permissions``)."""

    right: str

    def __new__(cls, name: str, right: str) -> Self:
        """A member is declared as its name and its permission."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.right = right
        return member

    ACCEPT = ("accept", "cases.accept")
    ASSIGN = ("assign", "cases.assign")
    START = ("start", "cases.work")
    TRANSFER = ("transfer", "cases.transfer")
    TRANSFER_OUT = ("transfer-out", "cases.transfer")
    REQUEST_SUPPLEMENT = ("request-supplement", "cases.work")
    SUPPLEMENT = ("supplement", "cases.work")
    PROLONG = ("prolong", "cases.work")
    UNDELIVERED = ("undelivered", "cases.work")
    DEEM_WITHDRAWN = ("deem-withdrawn", "cases.work")
    RETURN = ("return", "cases.work")
    EXTEND = ("extend", "cases.work")
    INVESTIGATE = ("investigate", "cases.work")
    INTERIM_NOTICE = ("interim-notice", "cases.work")
    GUIDE = ("guide", "cases.guide")
    NOTE = ("note", "cases.note")
    MESSAGE = ("message", "cases.message")
    ANSWER = ("answer", "cases.answer")
    CLOSE = ("close", "cases.close")
    CLOSE_REPEATED = ("close-repeated", "cases.close")
    RATE = ("rate", "cases.file")
    CONSULTATION = ("part", "cases.work")
    CONSULTATION_REPLY = ("part-reply", "cases.work")
    CONSULTATION_EXTEND = ("part-extend", "cases.work")
    CONSULTATION_WITHDRAW = ("part-withdraw", "cases.work")
    REOPEN = ("reopen", "cases.reopen")
    OBJECT = ("object", "cases.work")
    EXTEND_OBJECTION = ("extend-objection", "cases.decide_objection")
    DECIDE_OBJECTION = ("decide-objection", "cases.decide_objection")
    WITHDRAW_OBJECTION = ("withdraw-objection", "cases.work")
    WITHDRAW = ("withdraw", "cases.work")
    UNPUBLISH = ("unpublish", "cases.work")


S, A = State, Action

_AT_WORK = {
    A.ASSIGN: S.ASSIGNED,
    A.START: S.IN_PROGRESS,
    A.TRANSFER: S.ACCEPTED,
    A.TRANSFER_OUT: S.TRANSFERRED_OUT,
    A.REQUEST_SUPPLEMENT: S.SUPPLEMENT_REQUESTED,
    A.ANSWER: S.ANSWERED,
    A.CLOSE_REPEATED: S.CLOSED,
    A.WITHDRAW: S.WITHDRAWN,
}
_ASKED = (A.CONSULTATION_REPLY, A.CONSULTATION_EXTEND, A.CONSULTATION_WITHDRAW)
_STAYS = (A.EXTEND, A.INVESTIGATE, A.INTERIM_NOTICE, A.GUIDE, A.NOTE, A.MESSAGE, A.CONSULTATION, *_ASKED)
_OBJECTION = (A.OBJECT, A.EXTEND_OBJECTION, A.DECIDE_OBJECTION, A.WITHDRAW_OBJECTION)
"""The refusal stays in force during an objection and after its dismissal; upholding the objection reopens the case.

If the department was closed meanwhile, the case is transferred to the department that decides the objection.
"""

TRANSITIONS: dict[State, dict[Action, State]] = {
    S.RECEIVED: {
        A.ACCEPT: S.ACCEPTED,
        A.TRANSFER_OUT: S.TRANSFERRED_OUT,
        A.ANSWER: S.ANSWERED,
        A.WITHDRAW: S.WITHDRAWN,
        **dict.fromkeys((A.INTERIM_NOTICE, A.GUIDE, A.NOTE, A.MESSAGE), S.RECEIVED),
    },
    S.ACCEPTED: {**_AT_WORK, **dict.fromkeys(_STAYS, S.ACCEPTED)},
    S.ASSIGNED: {**_AT_WORK, **dict.fromkeys(_STAYS, S.ASSIGNED)},
    S.IN_PROGRESS: {k: v for k, v in _AT_WORK.items() if k is not A.START} | dict.fromkeys(_STAYS, S.IN_PROGRESS),
    S.SUPPLEMENT_REQUESTED: {
        A.SUPPLEMENT: S.IN_PROGRESS,
        A.DEEM_WITHDRAWN: S.WITHDRAWN,
        A.RETURN: S.RETURNED,
        A.WITHDRAW: S.WITHDRAWN,
        **dict.fromkeys((A.REQUEST_SUPPLEMENT, A.PROLONG, A.UNDELIVERED), S.SUPPLEMENT_REQUESTED),
        **dict.fromkeys((A.INTERIM_NOTICE, A.GUIDE, A.NOTE, A.MESSAGE, *_ASKED), S.SUPPLEMENT_REQUESTED),
    },
    S.ANSWERED: {
        A.CLOSE: S.CLOSED,
        A.REOPEN: S.REOPENED,
        **dict.fromkeys((*_OBJECTION, A.TRANSFER, A.RATE, A.NOTE, A.MESSAGE), S.ANSWERED),
    },
    S.CLOSED: {A.REOPEN: S.REOPENED, **dict.fromkeys((*_OBJECTION, A.TRANSFER, A.RATE, A.NOTE), S.CLOSED)},
    S.RETURNED: {A.NOTE: S.RETURNED},
    S.WITHDRAWN: {A.NOTE: S.WITHDRAWN},
    S.TRANSFERRED_OUT: {A.NOTE: S.TRANSFERRED_OUT},
    S.REOPENED: {**_AT_WORK, **dict.fromkeys(_STAYS, S.REOPENED)},
}

OPEN = frozenset({S.RECEIVED, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, S.SUPPLEMENT_REQUESTED, S.REOPENED})
"""States in which the city still has to act."""
ENDED = frozenset({S.CLOSED, S.RETURNED, S.WITHDRAWN, S.TRANSFERRED_OUT})
"""States of a closed case."""
for _state in (*OPEN, S.ANSWERED, S.CLOSED):
    TRANSITIONS[_state][A.UNPUBLISH] = _state

LEADS_TO: Mapping[str, State] = {
    "case.received": S.RECEIVED,
    "case.accepted": S.ACCEPTED,
    "case.assigned": S.ASSIGNED,
    "case.started": S.IN_PROGRESS,
    "case.transferred": S.ACCEPTED,
    "case.transferred_out": S.TRANSFERRED_OUT,
    "case.supplement_requested": S.SUPPLEMENT_REQUESTED,
    "case.supplement_received": S.IN_PROGRESS,
    "case.returned": S.RETURNED,
    "case.answered": S.ANSWERED,
    "case.closed": S.CLOSED,
    "case.reopened": S.REOPENED,
    "case.objection_upheld": S.REOPENED,
    "case.withdrawn": S.WITHDRAWN,
    "case.deemed_withdrawn": S.WITHDRAWN,
    "case.closed_as_repeated": S.CLOSED,
}
"""The events that change a case's state, and the state that follows."""
PASSED_BY = tuple(kind for kind, state in LEADS_TO.items() if state is S.ACCEPTED)
"""The events by which a case reaches its department and waits for a handler."""


_BESIDE = ("case.note", "case.mail_undelivered", "case.guide_appointed", "case.rated")
_SAID = ("case.message", "case.interim_notice", "case.attachment", "case.visit")
_HANDED = (A.ASSIGN, A.START, A.GUIDE)
"""Actions that only give the case to somebody in the department: what is said in it does not matter to them."""


def beside(action: Action) -> tuple[str, ...]:
    """The events of others since a page was opened that do not matter to an action, and so are no conflict."""
    own = tuple(kind for kind in _BESIDE if action is not A.GUIDE or kind != "case.guide_appointed")
    return (*own, *_SAID) if action in _HANDED else own


def reached(kinds: Iterable[str]) -> State:
    """The last state of a chain of events in which the city still had to act."""
    return [S.RECEIVED, *(state for kind in kinds if (state := LEADS_TO.get(kind)) in OPEN)][-1]


def follow(state: State, action: Action) -> State | None:
    """The state that follows an action; None if the action is not allowed in that state."""
    return TRANSITIONS[state].get(action)
