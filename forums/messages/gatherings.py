"""What is said of forums themselves: proposed, planned, announced, begun, over; and of taking part and comments."""

from forums import events
from forums.messages.event import ForumEvent, ForumMessage, Reader, shown, to_people
from forums.messages.places import moved
from server.core.errors import _
from server.core.messages import Notice, Urgency


def _declined(event: ForumEvent) -> Notice:
    if not event.own:
        return Notice(
            _("A proposal that you support was not taken up"),
            _("The city does not take up a proposal that you support. The reason follows."),
            None,
            event.words,
        )
    return Notice(
        _("Your proposal was not taken up"),
        _("The city does not take up your proposal. The reason follows."),
        None,
        event.words,
    )


def _taken_up(event: ForumEvent) -> Notice:
    seen = _("You see on its page when and where it takes place.")
    if not event.own:
        return Notice(
            _("The city takes up a proposal that you support"),
            _("The city takes up a proposal that you support and plans it now."),
            seen,
        )
    return Notice(_("The city takes up your proposal"), _("The city takes up your proposal and plans it now."), seen)


GATHERINGS = (
    shown(
        events.ForumProposed,
        "plain",
        "bell",
        _("Proposed by a citizen"),
        internal=True,
        news=_("A citizen proposes it."),
    ),
    shown(
        events.ForumTakenUp,
        "plain",
        "bell",
        _("Taken up"),
        internal=True,
        news=_("The city takes it up and plans it."),
        mails=(to_people(Reader.AUTHOR, Reader.SUPPORTERS, notice=_taken_up),),
    ),
    shown(
        events.ForumDeclined,
        "plain",
        "bell",
        _("Not taken up"),
        internal=True,
        news=_("The city does not take it up."),
        mails=(to_people(Reader.AUTHOR, Reader.SUPPORTERS, notice=_declined),),
    ),
    shown(events.ForumPlanned, "plain", "bell", _("Drafted"), internal=True),
    shown(
        events.ForumEdited,
        "plain",
        "bell",
        _("Changed"),
        internal=True,
        mails=(moved(),),
    ),
    shown(
        events.ForumPublished,
        "plain",
        "bell",
        _("Announced to everybody"),
        internal=True,
        news=_("It was announced."),
    ),
    shown(
        events.ForumOpened,
        "plain",
        "bell",
        _("Opened, because enough people stand behind it"),
        internal=True,
        news=_("Enough people stand behind it: it is open for discussion."),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=Notice(
                    _("Your question is open for discussion"), _("Enough people stand behind your question.")
                ),
            ),
        ),
    ),
    shown(events.ForumStarted, "plain", "bell", _("Begun"), internal=True, news=_("It has begun.")),
    shown(events.ForumClosed, "plain", "bell", _("The forum ended"), internal=True, news=_("It is over.")),
    shown(
        events.MinutesPublished,
        "plain",
        "bell",
        _("Minutes put up"),
        internal=True,
        news=_("The minutes are there."),
    ),
    shown(
        events.ForumCancelled,
        "plain",
        "bell",
        _("Called off"),
        internal=True,
        news=_("It was cancelled."),
        mails=(
            to_people(
                Reader.REGISTERED,
                notice=lambda e: Notice(
                    _("It does not take place"),
                    _("%(title)s does not take place.", title=e.forum_title),
                    _("You need not do anything."),
                    e.words,
                ),
                urgency=Urgency.IMMEDIATE,
            ),
        ),
    ),
    ForumMessage(events.TookPart),
    ForumMessage(events.CommentMade),
    shown(events.CommentWithdrawn, "plain", "bell", _("Its author took this comment back."), internal=True),
)
