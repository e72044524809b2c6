"""The refusals of visits, each with its status and a stable code."""

from datetime import date, datetime
from typing import Self

from server.core.errors import Conflict, NotFound, Refusal, Text, _


class ToVisitor(Conflict):
    """A refusal that addresses the visitor. Actions that officials take for somebody raise it :meth:`for_officials`."""

    desk_text: Text

    def for_officials(self) -> Self:
        """The same, in the words that officials read."""
        self.text = Text(self.desk_text.msgid, self.text.params)
        return self


class NoSuchOffice(NotFound):
    """404: no such office, or it is closed for good."""

    code, text = "no_such_office", _("There is no such office.")


class NoSuchVisit(NotFound):
    """404: no such visit, or not this reader's."""

    code, text = "no_such_visit", _("There is no such reservation, or the key is wrong.")


class OnePerHousehold(Conflict):
    """409: the household has an active visit at this office on this day."""

    code = "one_per_household"

    def __init__(self, day: date) -> None:
        super().__init__(
            _("You already have a reservation at this office on %(day)s. You can change or cancel it.", day=day)
        )
        self.day = day


class VisitorHasVisit(OnePerHousehold):
    """409: the same, as officials read it; ``number`` is the visit that there is."""

    def __init__(self, number: str, day: date) -> None:
        text = _(
            "The visitor already has the reservation %(number)s at this office on %(day)s.", number=number, day=day
        )
        Conflict.__init__(self, text)
        self.number, self.day = number, day


class TooManyVisits(ToVisitor):
    """409: the household has as many active visits as the office allows."""

    code = "too_many_visits"
    text = _("You can have %(most)s reservations at this office at the same time.")
    desk_text = _("A visitor can have %(most)s reservations at this office at the same time, and this one has them.")

    def __init__(self, most: int) -> None:
        super().__init__(Text(self.text.msgid, {"most": most}))


class TooManyToday(TooManyVisits):
    """409: the household has made as many reservations today as the office allows, cancelled ones included."""

    code = "too_many_today"
    text = _("You can make %(most)s reservations at this office in a day. Please try again tomorrow.")
    desk_text = _("A visitor can make %(most)s reservations at this office in a day, and this one has made them today.")


class Restricted(ToVisitor):
    """409: the household cannot book at this office for some days, after repeated no-shows."""

    code = "restricted"
    desk_text = _(
        "After repeated absences the visitor cannot book at this office until %(until)s. They can come without a "
        "reservation at any time, and their appeal can be entered among the restrictions."
    )

    def __init__(self, until: date) -> None:
        super().__init__(
            _(
                "After repeated absences you cannot book at this office until %(until)s. Please call the office if "
                "something is wrong; you can come without a reservation at any time.",
                until=until,
            )
        )


class HoldExpired(Conflict):
    """409: the time is no longer held for this visitor."""

    code = "hold_expired"
    text = _("The time was held for you, but the hold has expired. Please choose a time again.")


class HeldElsewhere(HoldExpired):
    """409: the time is held, but for another browser."""

    code = "held_elsewhere"
    text = _("This time is held in another browser. Please continue there, or choose a time here.")


class TooLate(Conflict):
    """409: a visit can be changed and cancelled until the day before."""

    code = "too_late"
    text = _("The time for changes has passed. If you cannot come, please say so: somebody else can then come.")


class OfAnotherCase(Conflict):
    """409: the visit is linked to another case."""

    code = "of_another_case"
    text = _("This reservation is linked to another case. Please undo that link first.")


class DocumentAccepted(Conflict):
    """409: the department has accepted the document; its files stay as they are."""

    code = "document_accepted"
    text = _("This document has already been checked and accepted. You need not send it again.")


class AlreadyWaiting(Conflict):
    """409: the household is on the waiting list of this office and day."""

    code = "already_waiting"
    text = _("You are already on the waiting list of this day. We will write to you as soon as a time becomes free.")


class NotWaiting(NotFound):
    """404: no such entry of a waiting list, or not this reader's."""

    code, text = "no_such_entry", _("There is no such entry on the waiting list.")


class TimeFree(Conflict):
    """409: nobody needs to wait, a fitting time is free. ``start`` is in the city's zone."""

    code = "time_free"

    def __init__(self, start: datetime) -> None:
        super().__init__(_("A time that suits you is free: %(start)s. You can book it now.", start=start))
        self.start = start


class OfferExpired(Conflict):
    """409: an offered time was not accepted in time, or was refused."""

    code = "offer_expired"
    text = _("This offer has ended. You can choose another time from the timetable.")


class OfferAccepted(Conflict):
    """409: the offer was accepted before; its time is booked."""

    code = "offer_accepted"
    text = _("You have already accepted this time, and it is booked. If you cannot come, please cancel it.")


class NotYetMissed(Conflict):
    """409: the visitor can still be expected."""

    code = "not_yet_missed"

    def __init__(self, moment: datetime) -> None:
        super().__init__(_("The visitor can still come: until %(time)s this is not a no-show.", time=f"{moment:%H:%M}"))


class TooLateToUndo(Conflict):
    """409: a mistake was to be corrected within some days; an office's delay can always be."""

    code = "too_late_to_undo"

    def __init__(self, days: int) -> None:
        super().__init__(
            _(
                "A mistake can be corrected within %(days)s days. If the office was late, it can always be undone.",
                days=days,
            )
        )


class NotYetServed(Conflict):
    """409: the day of the visit has not come."""

    code, text = "not_yet", _("The day of this visit has not come yet.")


class NoSuchRestriction(NotFound):
    """404: no such restriction, or the link to it is wrong."""

    code, text = "no_such_restriction", _("There is no such restriction, or the link to it has expired.")


class RestrictionOver(ToVisitor):
    """409: it has lapsed."""

    code, text = "restriction_over", _("This restriction has already ended. You can book again.")
    desk_text = _("This restriction has already ended. The visitor can book again.")


class MovedMeanwhile(Conflict):
    """409: somebody else has just offered another time to this visitor."""

    code = "moved_meanwhile"
    text = _("A colleague has just offered another time for this visit. Please reload the page.")


class NotEnrolled(Refusal):
    """401: the device has no valid token: never enrolled, locked, or enrolled for another office."""

    status, code = 401, "not_enrolled"
    text = _("This device is not enrolled for this office. Please ask an administrator for an enrolment code.")


class WrongEnrolmentCode(Refusal):
    """401: the code is wrong, was used, or is older than ten minutes."""

    status, code = 401, "wrong_enrolment_code"
    text = _("This enrolment code is wrong or no longer valid. Please ask an administrator for a new one.")


class OfficeClosed(Conflict):
    """409: the office is closed now: no tickets are given and nobody is called."""

    code, text = "office_closed", _("This office is closed now. Numbers are given and called during its opening hours.")


class ClosedForGood(Conflict):
    """409: the office of a visit has been closed for good, so that the visit cannot get another time there."""

    code = "closed_for_good"

    def __init__(self, phone: str) -> None:
        super().__init__(
            _(
                "This office has been closed for good, so no other time can be chosen. Please call %(phone)s, or "
                "cancel the reservation and book at another office.",
                phone=phone,
            )
        )


class NoTicketsLeft(Conflict):
    """409: as many tickets for this service as there are in a day have been given."""

    code = "no_tickets_left"
    text = _("No more tickets for this service today. You can book a time for another day.")


class NotItsNumber(Conflict):
    """409: a ticket that was given without network has a number that was not reserved for this kiosk on that day."""

    code, text = "not_its_number", _("This number was not reserved for this kiosk on that day.")


class NumberTaken(Conflict):
    """409: another ticket of the day has this number."""

    code, text = "number_taken", _("Another ticket of this day has this number.")


class MayBePrinted(Conflict):
    """409: a ticket that is printed, may be printed, or was noted by its visitor is not given back by its kiosk."""

    code, text = "may_be_printed", _("This ticket was printed or noted, so it stays in the queue.")


class NotAWalkIn(Conflict):
    """409: the service needs a reservation."""

    code, text = "reservation_needed", _("This service needs a reservation. Please book a time.")


class WrongOffice(Conflict):
    """409: the visit is at another office: which, where, how far away, and when it is."""

    code = "wrong_office"

    def __init__(self, office: str, address: str, then: Text, kilometres: float | None = None) -> None:
        text = _("Your reservation is at another office: %(office)s, %(address)s. %(then)s",
                 office=office, address=address, then=then)  # fmt: skip
        if kilometres is not None:
            text = _("Your reservation is at another office, about %(distance)s km from here: %(office)s, %(address)s. "
                     "%(then)s", distance=f"{kilometres:.1f}", office=office, address=address, then=then)  # fmt: skip
        super().__init__(text)


class WrongDay(Conflict):
    """409: the visit is on another day."""

    code = "wrong_day"

    def __init__(self, when: datetime, *, over: bool = False) -> None:
        super().__init__(
            _("Your reservation was for %(when)s. Please book a new time, or take a ticket now without a reservation.",
              when=when)
            if over
            else _("Your reservation is for %(when)s. Please come back then, or take a ticket now without a "
                   "reservation.", when=when)
        )  # fmt: skip


class NotYetReady(Conflict):
    """409: it is too early to say that one is ready."""

    code = "too_early"

    def __init__(self, earliest: datetime) -> None:
        super().__init__(_("You can say that you are ready from %(time)s.", time=f"{earliest:%H:%M}"))


class OldQR(Conflict):
    """409: the time was changed since the QR code was made."""

    code = "old_qr"
    text = _("This QR code is from before you changed the time. Please show the newest one, or enter number and key.")


class VisitCancelled(Conflict):
    """409: nobody checks in with a reservation that was cancelled."""

    code = "visit_cancelled"
    text = _("This reservation was cancelled. Please take a number without a reservation, or ask at reception.")


class VisitServed(Conflict):
    """409: nobody checks in again with a reservation that is settled."""

    code = "visit_served"
    text = _("This reservation is already settled. For another matter please take a number without a reservation.")


class VisitMissed(Conflict):
    """409: nobody checks in with a reservation that was recorded as missed."""

    code = "visit_missed"
    text = _("This reservation was recorded as missed, because nobody came. Please ask at reception, or take a number "
             "without a reservation.")  # fmt: skip


class NoSuchTicket(NotFound):
    """404: no such ticket."""

    code, text = "no_such_ticket", _("There is no such ticket.")


class NoSuchCounter(NotFound):
    """404: no such counter, or it is closed for good."""

    code, text = "no_such_counter", _("There is no such counter.")


class EmergencyTaken(Conflict):
    """409: a colleague was first, or it is over."""

    code = "emergency_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is already on the way.", name=name) if name else _("Help is no longer needed there.")
        )


class TooManyUrgent(Conflict):
    """409: as many tickets were put first today as the office allows."""

    code = "too_many_urgent"
    text = _(
        "As many visitors as the office allows have been put first today. An administrator can raise the number in the "
        "settings of the office."
    )


class RosterChanged(Conflict):
    """409: a week was entered, copied or taken back since."""

    code = "roster_changed"
    text = _("The roster has been changed since. Please remove the entries one by one.")
