"""Refusals of the booking engine, each with its status and a stable code."""

from server.core.errors import Conflict, NotFound, _


class Full(Conflict):
    """409: no place is free."""

    code = "session_full"
    text = _("All places in this session are taken.")


class TimeTaken(Conflict):
    """409: no unit is free for the whole of the time."""

    code = "slot_full"
    text = _("This time has just been taken. Please choose another one.")


class BookingClosed(Conflict):
    """409: the slot has begun or was cancelled."""

    code = "registration_over"
    text = _("Registration for this session has closed.")


class NoSuchBooking(NotFound):
    """404: no such booking, or not this reader's."""

    code = "no_such_registration"
    text = _("We cannot find this registration in this browser. Please open the link in the email we sent you.")


class OfferExpired(Conflict):
    """409: the offer was not accepted in time and the place was offered to somebody else."""

    code = "offer_over"
    text = _("This offer has expired: the time to accept the place has passed.")


class NotOffered(Conflict):
    """409: there is no offer: the booking is waiting, confirmed or cancelled."""

    code = "not_offered"
    text = _(
        "No place is on offer for you at the moment. As soon as one becomes available, the next person in line is "
        "emailed."
    )


class TooFewPlaces(Conflict):
    """409: the new capacity is below the number of places taken."""

    code = "too_few_places"

    def __init__(self, booked: int) -> None:
        super().__init__(_("Places already taken: %(booked)s. The session cannot have fewer.", booked=booked))
        self.details = {"booked": booked}


class CountTooLow(Conflict):
    """409: the count is below the number of people checked in by name."""

    code = "too_few_counted"
    text = _("That would be fewer people than have checked in by name.")
