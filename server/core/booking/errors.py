"""What bookings refuse, each with its status and a stable code."""

from server.core.errors import Conflict, NotFound, _


class Full(Conflict):
    """409: no place is left."""

    code = "session_full"
    text = _("All places of this session are taken.")


class BookingClosed(Conflict):
    """409: the slot has begun or was cancelled."""

    code = "registration_over"
    text = _("Registration for this session is over.")


class NoSuchBooking(NotFound):
    """404: no such booking, or not this reader's."""

    code = "no_such_registration"
    text = _("We do not find this registration here. Please open the link in the mail that you got from us.")


class OfferOver(Conflict):
    """409: the place was not taken in time, and somebody else has been asked."""

    code = "offer_over"
    text = _("This offer is over: the time to take the place has passed.")


class NotOffered(Conflict):
    """409: no place is offered; it is still in line, has its place, or was given back."""

    code = "not_offered"
    text = _("No place is offered to you at the moment. As soon as one is free, whoever is next in line gets a mail.")


class TooFewPlaces(Conflict):
    """409: more places are taken than the slot would have."""

    code = "too_few_places"

    def __init__(self, booked: int) -> None:
        super().__init__(_("%(booked)s places are taken already. The session cannot have fewer.", booked=booked))
        self.details = {"booked": booked}


class TooFewCounted(Conflict):
    """409: fewer people would have been there than are checked in by name."""

    code = "too_few_counted"
    text = _("That would be fewer people than are checked in by name.")
