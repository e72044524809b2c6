"""Messages about times that are offered to somebody."""

from server.core.errors import _
from server.core.messages import Urgency
from tracking.visits import events
from tracking.visits.messages.event import message, to_visitor

_MOVE_ENDED = {
    "refused": _("The other time was refused"),
    "expired": _("The other time was not accepted in time"),
    "placed": _("A counter can serve it at its own time again"),
    "over": _("The other time is no longer needed"),
}

WAITING = (
    message(
        events.TimeOffered,
        "info",
        "clock",
        _("Offered until %(until)s"),
        to_visitor(
            _("A time is free for you"),
            _("A time is free for you: %(when)s, %(office)s."),
            _("It is held for you until %(until)s. Please accept it, or leave it to the next person."),
            text=_("A time is free for you: %(when)s, %(office)s, %(services)s. Accept it or leave it to others until "
                   "%(until)s:"),
            urgency=Urgency.IMMEDIATE,
        ),
    ),
    message(
        events.OfferEnded,
        "plain",
        "close",
        lambda e: _("Offer refused") if e.data["refused"] else _("Offer not accepted in time"),
        to_visitor(
            _("The time went to the next person"),
            _("The time was held for you but not accepted, so it went to the next person: %(when)s, %(office)s."),
            _("You are still on the waiting list: we write again when another time becomes free."),
            text=_("The time was not accepted and went to the next person: %(when)s, %(office)s. We write again when "
                   "another becomes free."),
            when=lambda e: not e.data["refused"],
        ),
    ),
    message(
        events.MoveOffered,
        "warning",
        "clock",
        _("Another time offered: %(when)s"),
        to_visitor(
            _("Your visit needs another time"),
            _("We are sorry: no counter can serve you any more at the time that you booked, %(booked)s. We offer you "
              "another one: %(when)s, %(office)s."),
            _("It is held for you until %(until)s. Please accept it, or choose another time, with the link below. You "
              "can also call us: %(phone)s."),
            text=_("We are sorry: no counter is left for your visit %(number)s, %(booked)s. We offer %(when)s, "
                   "%(office)s, held until %(until)s. Accept it or choose another time:"),
        ),
    ),
    message(
        events.MoveEnded,
        "plain",
        "close",
        lambda e: _MOVE_ENDED.get(e.data["reason"], _MOVE_ENDED["over"]),
        to_visitor(
            _("Your visit is on at the time that you booked"),
            _("A counter can serve you after all, at the time that you booked: %(booked)s, %(office)s."),
            text=_("A counter can serve you after all at the time that you booked (visit %(number)s): %(booked)s, "
                   "%(office)s."),
            when=lambda e: e.data["reason"] == "placed",
        ),
        to_visitor(
            _("The other time is no longer held for you"),
            _("The other time that we offered is no longer held for you. No counter can serve you at the time that you "
              "booked, %(booked)s, %(office)s."),
            _("Please choose another time with the link below, or call us: %(phone)s."),
            text=_("The other time for your visit %(number)s is no longer held. No counter is left at %(booked)s. "
                   "Please choose another time or call %(phone)s:"),
            when=lambda e: e.data["reason"] == "expired",
        ),
    ),
    message(
        events.WaitingJoined,
        "info",
        "clock",
        _("On the waiting list"),
        to_visitor(
            _("You are on the waiting list"),
            _("You are on the waiting list: %(date)s, %(office)s."),
            _("When a time becomes free, we write to you and hold it for a while."),
            text=_("You are on the waiting list: %(date)s, %(office)s, %(services)s. We write when a time becomes "
                   "free. See or leave the list:"),
        ),
    ),
    message(
        events.WaitingLeft,
        "plain",
        "close",
        _("No longer on the waiting list"),
        to_visitor(
            _("You are no longer on the waiting list"),
            _("The office has taken you off the waiting list: %(date)s, %(office)s."),
            _("If you think this is wrong, please call the office: %(phone)s."),
            text=_("The office has taken you off the waiting list: %(date)s, %(office)s. Is this wrong? Please call "
                   "%(phone)s."),
            when=lambda e: e.by_office,
        ),
    ),
)  # fmt: skip
