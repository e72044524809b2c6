"""What is said of sessions and places in them. Mails about places go out at once, because places run out."""

from forums import place_events as events
from forums.messages.event import ForumEvent, ForumMessage, Reader, to_people
from server.core.errors import _
from server.core.messages import Mailing, Notice, Urgency

MOVES = frozenset({"starts_at", "ends_at", "place"})
"""The fields of a forum or session that whoever registered must hear of."""


def _taken(event: ForumEvent) -> Notice:
    if event.data["waiting"]:
        return Notice(
            _("You are on the waiting list"),
            _("All places are taken (%(when)s). You are on the waiting list.", when=event.when),
            _("When a place becomes free, we write to you; you then have some time to take it."),
        )
    return Notice(
        _("You have a place"),
        _("You have a place: %(when)s, %(place)s.", when=event.when, place=event.place),
        _("Show the code at the door. If you cannot come, please give the place back: others are waiting for it."),
        event.registration.code if event.registration else "",
    )


def moved() -> Mailing[ForumEvent]:
    """The mail about another time or place, of a session or of the whole forum."""
    return to_people(
        Reader.REGISTERED,
        notice=lambda e: Notice(
            _("Another time or place"),
            _("Time or place have changed: %(when)s, %(place)s.", when=e.when, place=e.place),
            _("If you cannot come now, please give the place back: others are waiting for it."),
        ),
        urgency=Urgency.IMMEDIATE,
        when=lambda e: bool(MOVES & set(e.data["fields"])),
    )


PLACES = (
    ForumMessage(events.PlaceTaken, mails=(to_people(Reader.REGISTRATION, notice=_taken, urgency=Urgency.IMMEDIATE),)),
    ForumMessage(
        events.PlaceGivenBack,
        mails=(
            to_people(
                Reader.REGISTRATION,
                notice=lambda e: Notice(
                    _("Your place was given back"), _("Your place on %(when)s was given back.", when=e.when)
                ),
                urgency=Urgency.IMMEDIATE,
                when=lambda e: not e.by_participant,
            ),
        ),
    ),
    ForumMessage(
        events.PlaceOffered,
        mails=(
            to_people(
                Reader.REGISTRATION,
                notice=lambda e: Notice(
                    _("A place has become free for you"),
                    _("A place has become free: %(when)s.", when=e.when),
                    _(
                        "It is kept for you until %(until)s. Press below to take it, or leave it to the next.",
                        until=e.until,
                    ),
                ),
                urgency=Urgency.IMMEDIATE,
            ),
        ),
    ),
    ForumMessage(
        events.OfferLapsed,
        mails=(
            to_people(
                Reader.REGISTRATION,
                notice=lambda e: Notice(
                    _("The offered place went to the next"),
                    _(
                        "The place on %(when)s was offered to you and not taken in time, so it went to the next.",
                        when=e.when,
                    ),
                    _("You can ask for a place again at any time."),
                ),
                urgency=Urgency.IMMEDIATE,
            ),
        ),
    ),
    ForumMessage(
        events.SessionCancelled,
        mails=(
            to_people(
                Reader.REGISTRATIONS,
                notice=lambda e: Notice(
                    _("A date is called off"),
                    _("The date on %(when)s is called off.", when=e.when),
                    _("Other dates, where there are any, stand on the page of the forum."),
                    e.words,
                ),
                urgency=Urgency.IMMEDIATE,
            ),
        ),
    ),
    ForumMessage(events.SessionChanged, mails=(moved(),)),
    ForumMessage(events.SessionsAdded),
    ForumMessage(events.CheckedIn),
    ForumMessage(events.CheckInUndone),
    ForumMessage(events.PeopleCounted),
)
