"""Messages about forums themselves, from proposal to minutes, and about participation and comments."""

from forums import events
from forums.messages.event import Reader, at_once, its_words, mailed, planning, to_people
from forums.messages.places import MOVED
from server.core.errors import _

_SEEN = _("Its page will show when and where it takes place.")

GATHERINGS = (
    planning(events.ForumProposed, _("Proposed by a citizen"), news=_("A citizen proposed it.")),
    planning(
        events.ForumAccepted,
        _("Proposal accepted"),
        to_people(
            Reader.AUTHOR,
            subject=_("The city has accepted your proposal"),
            happened=_("The city has accepted your proposal and is planning it."),
            following=_SEEN,
        ),
        to_people(
            Reader.SUPPORTERS,
            subject=_("The city has accepted a proposal that you support"),
            happened=_("The city has accepted a proposal that you support and is planning it."),
            following=_SEEN,
        ),
        news=_("The city has accepted it and is planning it."),
    ),
    planning(
        events.ForumDeclined,
        _("Declined"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your proposal was declined"),
            happened=_("The city has declined your proposal. The reason follows."),
            quoted=its_words,
        ),
        to_people(
            Reader.SUPPORTERS,
            subject=_("A proposal that you support was declined"),
            happened=_("The city has declined a proposal that you support. The reason follows."),
            quoted=its_words,
        ),
        news=_("The city has declined it."),
    ),
    planning(events.ForumPlanned, _("Drafted")),
    planning(events.ForumEdited, _("Changed"), MOVED),
    planning(events.ForumPublished, _("Announced to everyone"), news=_("It was announced.")),
    planning(
        events.ForumOpened,
        _("Opened because enough people support it"),
        to_people(
            Reader.AUTHOR,
            subject=_("The discussion you proposed is open"),
            happened=_("Enough people support your question."),
        ),
        news=_("Enough people support it: it is open for discussion."),
    ),
    planning(events.ForumStarted, _("Started"), news=_("It has started.")),
    planning(events.ForumClosed, _("The forum ended"), news=_("It has ended.")),
    planning(events.MinutesPublished, _("Minutes published"), news=_("The minutes have been published.")),
    planning(
        events.ForumCancelled,
        _("Cancelled"),
        at_once(
            Reader.REGISTERED,
            subject=_("The forum has been cancelled"),
            happened=_("%(title)s has been cancelled."),
            following=_("You do not need to do anything."),
            quoted=its_words,
        ),
        news=_("It was cancelled."),
    ),
    mailed(events.TookPart),
    mailed(events.CommentMade),
    planning(events.CommentWithdrawn, _("Its author has withdrawn this comment.")),
)
