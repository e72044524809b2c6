"""Messages about sessions and registrations. Emails are sent immediately, because places run out."""

from forums import events
from forums.messages.event import Reader, at_once, its_words, mailed
from server.core.errors import _

MOVES = frozenset({"starts_at", "ends_at", "place"})
"""The fields of a forum or session whose changes are sent to everybody registered."""

MOVED = at_once(
    Reader.REGISTERED,
    subject=_("New time or place"),
    happened=_("The time or place of “%(session)s” has changed: %(when)s, %(place)s."),
    following=_("If you can no longer come, please cancel your registration: others are waiting for a place."),
    when=lambda e: bool(MOVES & set(e.data["fields"])),
)
"""A new time or place, of a session or of the whole forum."""

PLACES = (
    mailed(
        events.Registered,
        at_once(
            Reader.REGISTRATION,
            subject=_("Your registration is confirmed"),
            happened=_("Your registration for “%(session)s” is confirmed: %(when)s, %(place)s."),
            following=_(
                "Show the code at the entrance. If you cannot come, please cancel your registration: "
                "others are waiting for a place."
            ),
            quoted=lambda e: e.registration.code if e.registration else "",
            when=lambda e: not e.data["waiting"],
        ),
        at_once(
            Reader.REGISTRATION,
            subject=_("You are on the waiting list"),
            happened=_("All places for “%(session)s” (%(when)s) are taken. You are on the waiting list."),
            following=_("When a place becomes available, we will email you and hold it for you for a while."),
            when=lambda e: bool(e.data["waiting"]),
        ),
    ),
    mailed(
        events.RegistrationCancelled,
        at_once(
            Reader.REGISTRATION,
            subject=_("Your registration was cancelled"),
            happened=_("Your registration for “%(session)s” (%(when)s) was cancelled."),
            when=lambda e: not e.by_participant,
        ),
    ),
    mailed(
        events.PlaceOffered,
        at_once(
            Reader.REGISTRATION,
            subject=_("A place is available for you"),
            happened=_("A place for “%(session)s” is available: %(when)s."),
            following=_(
                "It is held for you until %(until)s. Use the button below to accept it, or leave it for the "
                "next person."
            ),
        ),
    ),
    mailed(
        events.OfferLapsed,
        at_once(
            Reader.REGISTRATION,
            subject=_("The place offered to you went to the next person"),
            happened=_(
                "The place for “%(session)s” (%(when)s) was offered to you but not accepted in time, so it went to the "
                "next person."
            ),
            following=_("You can register again at any time."),
        ),
    ),
    mailed(
        events.SessionCancelled,
        at_once(
            Reader.REGISTRATIONS,
            subject=_("A session was cancelled"),
            happened=_("“%(session)s” (%(when)s) was cancelled."),
            following=_("Any other sessions are listed on the forum's page."),
            quoted=its_words,
        ),
    ),
    mailed(events.SessionChanged, MOVED),
    mailed(events.SessionsAdded),
    mailed(events.CheckedIn),
    mailed(events.CheckInUndone),
    mailed(events.PeopleCounted),
)
