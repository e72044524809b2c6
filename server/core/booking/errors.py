"""What bookings refuse, each with its status and a stable code."""

from server.core.errors import Conflict, NotFound, _


class Full(Conflict):
    """409: no place is left."""

    code = "session_full"
    text = _("All places in this session are taken.")


class BookingClosed(Conflict):
    """409: the slot has begun or was cancelled."""

    code = "registration_over"
    text = _("Registration for this session has closed.")


class NoSuchBooking(NotFound):
    """404: no such booking, or not this reader's."""

    code = "no_such_registration"
    text = _("We cannot find this registration in this browser. Please open the link in the email we sent you.")


class OfferExpired(Conflict):
    """409: the place was not taken in time, and somebody else has been asked."""

    code = "offer_over"
    text = _("This offer has expired: the time to accept the place has passed.")


class NotOffered(Conflict):
    """409: no place is offered; it is still in line, has its place, or was given back."""

    code = "not_offered"
    text = _(
        "No place is on offer for you at the moment. As soon as one becomes available, the next person in line is "
        "emailed."
    )


class TooFewPlaces(Conflict):
    """409: more places are taken than the slot would have."""

    code = "too_few_places"

    def __init__(self, booked: int) -> None:
        super().__init__(_("%(booked)s places are already taken. The session cannot have fewer.", booked=booked))
        self.details = {"booked": booked}


class CountTooLow(Conflict):
    """409: fewer people would have been there than are checked in by name."""

    code = "too_few_counted"
    text = _("That would be fewer people than have checked in by name.")
