"""Refusals that say "you" to a visitor say something else to an official who acts for them."""

import re
from datetime import date
from inspect import isclass
from typing import Any

import pytest

from server.core.errors import Refusal
from tests.support.moment import START
from tracking.visits import counter_errors, errors
from tracking.visits.errors import ToVisitor
from tracking.visits.states import TicketAction, TicketState

VALUES: dict[type[Refusal], tuple[Any, ...]] = {
    errors.OnePerHousehold: (date(2026, 12, 1),), errors.VisitorHasVisit: ("K7Q", date(2026, 12, 1)),
    errors.TooManyVisits: (3,), errors.TooManyToday: (3,), errors.Restricted: (date(2026, 12, 1),),
    errors.TimeFree: (START,), errors.NotYetMissed: (START,), errors.TooLateToUndo: (7,),
    errors.ClosedForGood: ("02-700-3000",),
    errors.WrongOffice: ("동부민원센터", "중앙로 1", errors.OldQR.text), errors.WrongDay: (START,),
    counter_errors.TicketNotPossible: (TicketAction.PARK, TicketState.CALLED),
    counter_errors.OfAnotherDay: (TicketAction.RETURN, TicketState.MISSED),
    counter_errors.NotYourCounter: ("김창구",), counter_errors.CalledJustNow: (START,),
    errors.EmergencyTaken: ("김창구",),
    errors.NotYetReady: (START,),
}  # fmt: skip
NEVER_AT_THE_DESK = {
    errors.OnePerHousehold,  # the desk raises VisitorHasVisit
    errors.HoldExpired, errors.TooLate, errors.DocumentAccepted, errors.AlreadyWaiting, errors.TimeFree,
    errors.OfferExpired, errors.OfferAccepted, errors.HeldElsewhere,
    errors.NoTicketsLeft, errors.WrongOffice, errors.WrongDay, errors.OldQR,  # read out
    errors.NotYetReady,
}  # fmt: skip
REFUSALS = [
    one
    for module in (errors, counter_errors)
    for one in vars(module).values()
    if isclass(one) and issubclass(one, Refusal) and one.__module__ == module.__name__
]


@pytest.mark.parametrize("refusal", [one for one in REFUSALS if one is not ToVisitor], ids=lambda one: one.__name__)
def test_what_addresses_the_visitor_has_words_for_officials(refusal: type[Refusal]) -> None:
    found = refusal(*VALUES.get(refusal, ()))
    if _says_you(found) and refusal not in NEVER_AT_THE_DESK:
        assert isinstance(found, ToVisitor), str(found.text)
    if isinstance(found, ToVisitor):
        assert not _says_you(found.for_officials()), str(found.text)
        assert "%(" not in str(found.text)


def _says_you(found: Refusal) -> bool:
    return re.search(r"\byour?\b", str(found.text), re.IGNORECASE) is not None


@pytest.mark.parametrize("state", TicketState)
def test_a_ticket_that_cannot_be_acted_on_says_what_to_do(state: TicketState) -> None:
    at_desk = counter_errors.TicketNotPossible(TicketAction.PARK, state)
    to_visitor = counter_errors.TicketNotPossible(TicketAction.LEAVE, state, to_visitor=True)
    assert not _says_you(at_desk)
    assert at_desk.details == {"action": "park", "state": state}
    assert str(at_desk.text) != str(to_visitor.text)
