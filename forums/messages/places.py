"""What is said of sessions and places in them. Mails about places go out at once, because places run out."""

from forums import place_events as events
from forums.messages.event import ForumMessage, Reader, at_once, its_words
from server.core.errors import _

MOVES = frozenset({"starts_at", "ends_at", "place"})
"""The fields of a forum or session that whoever registered must hear of."""

MOVED = at_once(
    Reader.REGISTERED,
    subject=_("Another time or place"),
    happened=_("Time or place have changed: %(when)s, %(place)s."),
    following=_("If you cannot come now, please give the place back: others are waiting for it."),
    when=lambda e: bool(MOVES & set(e.data["fields"])),
)
"""Another time or place, of a session or of the whole forum."""

PLACES = (
    ForumMessage(
        events.PlaceTaken,
        mails=(
            at_once(
                Reader.REGISTRATION,
                subject=_("You have a place"),
                happened=_("You have a place: %(when)s, %(place)s."),
                following=_(
                    "Show the code at the door. If you cannot come, please give the place back: "
                    "others are waiting for it."
                ),
                quoted=lambda e: e.registration.code if e.registration else "",
                when=lambda e: not e.data["waiting"],
            ),
            at_once(
                Reader.REGISTRATION,
                subject=_("You are on the waiting list"),
                happened=_("All places are taken (%(when)s). You are on the waiting list."),
                following=_("When a place becomes free, we write to you; you then have some time to take it."),
                when=lambda e: bool(e.data["waiting"]),
            ),
        ),
    ),
    ForumMessage(
        events.PlaceGivenBack,
        mails=(
            at_once(
                Reader.REGISTRATION,
                subject=_("Your place was given back"),
                happened=_("Your place on %(when)s was given back."),
                when=lambda e: not e.by_participant,
            ),
        ),
    ),
    ForumMessage(
        events.PlaceOffered,
        mails=(
            at_once(
                Reader.REGISTRATION,
                subject=_("A place has become free for you"),
                happened=_("A place has become free: %(when)s."),
                following=_("It is kept for you until %(until)s. Press below to take it, or leave it to the next."),
            ),
        ),
    ),
    ForumMessage(
        events.OfferLapsed,
        mails=(
            at_once(
                Reader.REGISTRATION,
                subject=_("The offered place went to the next"),
                happened=_("The place on %(when)s was offered to you and not taken in time, so it went to the next."),
                following=_("You can ask for a place again at any time."),
            ),
        ),
    ),
    ForumMessage(
        events.SessionCancelled,
        mails=(
            at_once(
                Reader.REGISTRATIONS,
                subject=_("A date is called off"),
                happened=_("The date on %(when)s is called off."),
                following=_("Other dates, where there are any, stand on the page of the forum."),
                quoted=its_words,
            ),
        ),
    ),
    ForumMessage(events.SessionChanged, mails=(MOVED,)),
    ForumMessage(events.SessionsAdded),
    ForumMessage(events.CheckedIn),
    ForumMessage(events.CheckInUndone),
    ForumMessage(events.PeopleCounted),
)
