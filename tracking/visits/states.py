"""The states of a visit and of what belongs to it, with their transition tables.

Actions, JSON and pages alike refuse any transition that is not in its table.
"""

from enum import StrEnum


class OpeningKind(StrEnum):
    """How a day differs from an office's weekly hours."""

    OPEN = "open"
    """Open at the hours given, on a holiday, too (휴일 개방)."""
    CLOSED = "closed"
    MAINTENANCE = "maintenance"
    """Closed for planned maintenance, which is announced beforehand."""


class Channel(StrEnum):
    """How a time was booked."""

    ONLINE = "online"
    PHONE = "phone"
    """By the call centre, for a caller."""
    DESK = "desk"
    """By an official of the office, or by one who asks for the visit."""


class VisitState(StrEnum):
    """The state of a visit."""

    HELD = "held"
    """A browser holds the time while its visitor fills in the form."""
    OFFERED = "offered"
    """The time is held for the next on the waiting list, or for a case's petitioner, until they accept."""
    BOOKED = "booked"
    EXPIRED = "expired"
    """The hold or the offer ended without a booking."""
    CANCELLED = "cancelled"
    MISSED = "missed"
    """Nobody came."""
    SERVED = "served"


class VisitAction(StrEnum):
    """An action on a visit."""

    BOOK = "book"
    EXPIRE = "expire"
    REFUSE = "refuse"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    CANNOT_COME = "cannot-come"
    """Like cancelling, after the time for it has passed: the place is still freed."""
    MOVE = "move"
    """The office offers another time, because the booked one no longer fits its roster."""
    ATTACH = "attach"
    """Link the visit to a case."""
    DETACH = "detach"
    """Undo a link to a case that was a mistake."""
    HAND_IN = "hand-in"
    """Hand in a document, take it back, or say which of them are needed."""
    CHECK_DOCUMENT = "check-document"
    NO_SHOW = "no-show"
    UNDO_NO_SHOW = "undo-no-show"
    SERVE = "serve"


class DocumentState(StrEnum):
    """The state of a document to bring."""

    MISSING = "missing"
    HANDED_IN = "handed_in"
    FINE = "fine"
    INCOMPLETE = "incomplete"
    """A part of it is missing; the note says which."""
    ORIGINAL = "original"
    """The copy is fine; the original is to be brought."""


class RequestState(StrEnum):
    """The state of an official's request for a visit."""

    OPEN = "open"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


class WaitingState(StrEnum):
    """The state of an entry of a waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    DONE = "done"
    """An offer was accepted."""
    LEFT = "left"


LOCKED = frozenset({DocumentState.FINE, DocumentState.ORIGINAL})
"""States of a document after the check, in which its files stay as they are."""


class RestrictionState(StrEnum):
    """The state of a restriction after no-shows. It lapses by its end, whatever its state."""

    RUNNING = "running"
    APPEALED = "appealed"
    """The household has given its reasons; an official decides."""
    UPHELD = "upheld"
    """The appeal was refused."""
    LIFTED = "lifted"


class RestrictionAction(StrEnum):
    """An action on a restriction."""

    APPEAL = "appeal"
    GRANT = "grant"
    """Lift it, and excuse the no-show that began it."""
    REFUSE = "refuse"
    LIFT = "lift"


class DeviceKind(StrEnum):
    """What stands at an office and speaks to the server by a token of its own."""

    KIOSK = "kiosk"
    DISPLAY = "display"


class Printer(StrEnum):
    """How a kiosk prints tickets."""

    NONE = "none"
    """It has no printer: tickets are followed on the phone."""
    BROWSER = "browser"
    """By the browser's own printing."""
    ESCPOS = "escpos"
    """A receipt printer at a serial port or USB, which the browser writes to."""


class PrintState(StrEnum):
    """What became of a ticket's paper."""

    NOT_NEEDED = "not_needed"
    PENDING = "pending"
    """The kiosk has been told to print it."""
    PRINTED = "printed"
    FAILED = "failed"


class VisitMode(StrEnum):
    """How visitor and counter meet."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"


class CounterState(StrEnum):
    """Whether a counter calls visitors."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class CounterAction(StrEnum):
    """What a counter does."""

    OPEN = "open"
    PAUSE = "pause"
    CLOSE = "close"
    CALL_NEXT = "call-next"
    CALL = "call"
    """A chosen ticket."""
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    PARK = "park"
    NO_SHOW = "no-show"
    TRANSFER = "transfer"
    FORWARD = "forward"
    NOTE = "note"


class TicketState(StrEnum):
    """The state of a visitor's ticket."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    PARKED = "parked"
    """They fetch a paper, and come back."""
    DONE = "done"
    MISSED = "missed"
    """Nobody came, however often it was called."""
    LEFT = "left"
    """They gave it back, or the queue was cleared at closing."""
    FORWARDED = "forwarded"
    """Another office goes on with its visitor, who has a ticket there."""


class TicketAction(StrEnum):
    """An action on a ticket."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    PARK = "park"
    RETURN = "return"
    """They are back, with their papers or late."""
    NOT_HERE = "not-here"
    """Nobody came this time: it is called again later."""
    NO_SHOW = "no-show"
    """Nobody came, and it is not called again."""
    TRANSFER = "transfer"
    FORWARD = "forward"
    """To another office."""
    NOTE = "note"
    """Say something to the colleagues who serve its visitor next."""
    ABANDON = "abandon"
    """The counter called and then did nothing."""
    URGENT = "urgent"
    LEAVE = "leave"


R, B = RestrictionState, RestrictionAction
RESTRICTION: dict[RestrictionState, dict[RestrictionAction, RestrictionState]] = {
    R.RUNNING: {B.APPEAL: R.APPEALED, B.LIFT: R.LIFTED},
    R.APPEALED: {B.GRANT: R.LIFTED, B.REFUSE: R.UPHELD, B.LIFT: R.LIFTED},
    R.UPHELD: {B.LIFT: R.LIFTED},
    R.LIFTED: {},
}
S, A = VisitState, VisitAction
VISIT: dict[VisitState, dict[VisitAction, VisitState]] = {
    S.HELD: {A.BOOK: S.BOOKED, A.EXPIRE: S.EXPIRED, A.CANCEL: S.CANCELLED},
    S.OFFERED: {A.BOOK: S.BOOKED, A.EXPIRE: S.EXPIRED, A.REFUSE: S.CANCELLED},
    S.BOOKED: {
        A.RESCHEDULE: S.BOOKED, A.MOVE: S.BOOKED, A.ATTACH: S.BOOKED, A.DETACH: S.BOOKED,
        A.HAND_IN: S.BOOKED, A.CHECK_DOCUMENT: S.BOOKED, A.CANCEL: S.CANCELLED, A.CANNOT_COME: S.CANCELLED,
        A.NO_SHOW: S.MISSED, A.SERVE: S.SERVED,
    },
    S.EXPIRED: {},
    S.CANCELLED: {},
    S.MISSED: {A.UNDO_NO_SHOW: S.BOOKED},
    S.SERVED: {},
}  # fmt: skip
ACTIVE = frozenset({S.HELD, S.OFFERED, S.BOOKED})
"""States whose time is taken."""
T, K = TicketState, TicketAction
TICKET: dict[TicketState, dict[TicketAction, TicketState]] = {
    T.WAITING: {K.CALL: T.CALLED, K.URGENT: T.WAITING, K.LEAVE: T.LEFT},
    T.CALLED: {
        K.RECALL: T.CALLED, K.START: T.SERVING, K.NOT_HERE: T.WAITING, K.NO_SHOW: T.MISSED, K.ABANDON: T.WAITING,
        K.TRANSFER: T.WAITING, K.LEAVE: T.LEFT, K.FORWARD: T.FORWARDED, K.NOTE: T.CALLED,
    },
    T.SERVING: {
        K.FINISH: T.DONE, K.PARK: T.PARKED, K.TRANSFER: T.WAITING, K.FORWARD: T.FORWARDED, K.NOTE: T.SERVING,
    },
    T.PARKED: {K.RETURN: T.WAITING, K.CALL: T.CALLED, K.LEAVE: T.LEFT},
    T.DONE: {},
    T.MISSED: {K.RETURN: T.WAITING},
    T.LEFT: {},
    T.FORWARDED: {},
}  # fmt: skip
P = PrintState
PRINT: dict[PrintState, dict[PrintState, PrintState]] = {
    P.PENDING: {P.PENDING: P.PENDING, P.PRINTED: P.PRINTED, P.FAILED: P.FAILED, P.NOT_NEEDED: P.NOT_NEEDED},
    P.FAILED: {P.PENDING: P.PENDING, P.PRINTED: P.PRINTED, P.FAILED: P.FAILED, P.NOT_NEEDED: P.NOT_NEEDED},
    P.PRINTED: dict.fromkeys(P, P.PRINTED),
    P.NOT_NEEDED: {**dict.fromkeys(P, P.NOT_NEEDED), P.PRINTED: P.PRINTED},
}
"""By state: what a kiosk's report makes of it.

Whoever has a paper, or has noted the number, keeps the ticket: a later print that fails changes nothing.
"""
HERE = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.PARKED})
"""States of visitors who are in the building."""
ENDED = frozenset({TicketState.DONE, TicketState.MISSED, TicketState.LEFT, TicketState.FORWARDED})
"""States of tickets that wait no more."""
