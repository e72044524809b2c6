"""What is said of forums themselves: proposed, planned, announced, begun, over; and of taking part and comments."""

from forums import events
from forums.messages.event import ForumMessage, Reader, at_once, its_words, planning, to_people
from forums.messages.places import MOVED
from server.core.errors import _

_SEEN = _("You see on its page when and where it takes place.")

GATHERINGS = (
    planning(events.ForumProposed, _("Proposed by a citizen"), news=_("A citizen proposes it.")),
    planning(
        events.ForumTakenUp,
        _("Taken up"),
        to_people(
            Reader.AUTHOR,
            subject=_("The city takes up your proposal"),
            happened=_("The city takes up your proposal and plans it now."),
            following=_SEEN,
        ),
        to_people(
            Reader.SUPPORTERS,
            subject=_("The city takes up a proposal that you support"),
            happened=_("The city takes up a proposal that you support and plans it now."),
            following=_SEEN,
        ),
        news=_("The city takes it up and plans it."),
    ),
    planning(
        events.ForumDeclined,
        _("Not taken up"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your proposal was not taken up"),
            happened=_("The city does not take up your proposal. The reason follows."),
            quoted=its_words,
        ),
        to_people(
            Reader.SUPPORTERS,
            subject=_("A proposal that you support was not taken up"),
            happened=_("The city does not take up a proposal that you support. The reason follows."),
            quoted=its_words,
        ),
        news=_("The city does not take it up."),
    ),
    planning(events.ForumPlanned, _("Drafted")),
    planning(events.ForumEdited, _("Changed"), MOVED),
    planning(events.ForumPublished, _("Announced to everybody"), news=_("It was announced.")),
    planning(
        events.ForumOpened,
        _("Opened, because enough people stand behind it"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your question is open for discussion"),
            happened=_("Enough people stand behind your question."),
        ),
        news=_("Enough people stand behind it: it is open for discussion."),
    ),
    planning(events.ForumStarted, _("Begun"), news=_("It has begun.")),
    planning(events.ForumClosed, _("The forum ended"), news=_("It is over.")),
    planning(events.MinutesPublished, _("Minutes put up"), news=_("The minutes are there.")),
    planning(
        events.ForumCancelled,
        _("Called off"),
        at_once(
            Reader.REGISTERED,
            subject=_("It does not take place"),
            happened=_("%(title)s does not take place."),
            following=_("You need not do anything."),
            quoted=its_words,
        ),
        news=_("It was cancelled."),
    ),
    ForumMessage(events.TookPart),
    ForumMessage(events.CommentMade),
    planning(events.CommentWithdrawn, _("Its author took this comment back.")),
)
