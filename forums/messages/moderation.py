"""What is said of moderation. Its mails go out at once: a hidden text may be appealed."""

from forums import events
from forums.labels import RULES
from forums.messages.event import ForumEvent, Reader, shown, to_people
from forums.messages.submissions import SPEAKS
from server.core.errors import _
from server.core.messages import Notice, Urgency


def _shown(event: ForumEvent) -> Notice:
    return Notice(
        _("Your text is shown"),
        _("Another moderator agreed with you: your text is shown again.")
        if event.data["after_appeal"]
        else _("A moderator has looked at your text: everybody can read it now."),
    )


MODERATION = (
    shown(events.TextReported, "plain", "bell", _("Reported by a reader"), internal=True),
    shown(
        events.TextHeld,
        "plain",
        "bell",
        _("Waits for a moderator"),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=Notice(
                    _("Your text is looked at first"),
                    _("Your text is kept. A moderator looks at it before everybody can read it."),
                    _("We write to you when it is shown, or why it is not."),
                ),
                urgency=Urgency.IMMEDIATE,
            ),
        ),
    ),
    shown(
        events.TextHidden,
        "warning",
        "eye",
        _("Hidden by a moderator"),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("Your text was hidden"),
                    _("A moderator has hidden your text, by this rule: %(rule)s.", rule=RULES[e.data["rule"]]),
                    _(
                        "If you think that this is wrong, say why: another moderator then decides. "
                        "The link below leads there."
                    ),
                    e.words,
                ),
                urgency=Urgency.IMMEDIATE,
            ),
        ),
    ),
    shown(
        events.TextShown,
        "plain",
        "bell",
        _("Shown by a moderator"),
        news=SPEAKS,
        mails=(to_people(Reader.AUTHOR, notice=_shown, urgency=Urgency.IMMEDIATE, when=lambda e: not e.data["stood"]),),
    ),
    shown(events.HidingAppealed, "plain", "bell", _("The author appealed against the hiding")),
    shown(
        events.HidingUpheld,
        "plain",
        "bell",
        _("Stays hidden after the appeal"),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("Your text stays hidden"),
                    _("Another moderator has looked at your text again. It stays hidden."),
                    None,
                    e.words,
                ),
                urgency=Urgency.IMMEDIATE,
            ),
        ),
    ),
)
