"""The refusals of visits, each with its status and a stable code."""

from datetime import date, datetime

from server.core.errors import Conflict, NotFound, Text, _


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


class TooManyVisits(Conflict):
    """409: the household has as many active visits as the office allows."""

    code = "too_many_visits"
    text = _("You can have %(most)s reservations at this office at the same time.")

    def __init__(self, most: int) -> None:
        super().__init__(Text(self.text.msgid, {"most": most}))


class TooManyToday(TooManyVisits):
    """409: the household has made as many reservations today as the office allows, cancelled ones included."""

    code = "too_many_today"
    text = _("You can make %(most)s reservations at this office in a day. Please try again tomorrow.")


class Restricted(Conflict):
    """409: the household cannot book at this office for some days, after repeated no-shows."""

    code = "restricted"

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


class RestrictionOver(Conflict):
    """409: it has lapsed."""

    code, text = "restriction_over", _("This restriction has already ended. You can book again.")


class MovedMeanwhile(Conflict):
    """409: somebody else has just offered another time to this visitor."""

    code = "moved_meanwhile"
    text = _("A colleague has just offered another time for this visit. Please reload the page.")
