"""Messages about moderation. Emails are sent immediately, because a hidden text can be appealed."""

from forums import events
from forums.messages.event import Reader, at_once, its_words, shown
from forums.messages.submissions import SPEAKS
from server.core.errors import _

MODERATION = (
    shown(events.TextReported, "plain", "bell", _("Reported by a reader"), internal=True),
    shown(
        events.TextHeld,
        "plain",
        "bell",
        _("Waiting for review"),
        at_once(
            Reader.AUTHOR,
            subject=_("Your text is being reviewed first"),
            happened=_("Your text is saved. A moderator reviews it before it is shown to everyone."),
            following=_("We will email you when it is shown, or tell you why it is not."),
        ),
    ),
    shown(
        events.TextHidden,
        "warning",
        "eye",
        _("Hidden by a moderator"),
        at_once(
            Reader.AUTHOR,
            subject=_("Your text was hidden"),
            happened=_("A moderator has hidden your text under this rule: %(rule)s."),
            following=_(
                "If you think this is wrong, tell us why: another moderator will then decide. Use the link below."
            ),
            quoted=its_words,
        ),
    ),
    shown(
        events.TextShown,
        "plain",
        "bell",
        _("Shown by a moderator"),
        at_once(
            Reader.AUTHOR,
            subject=_("Your text is shown"),
            happened=lambda e: (
                _("Another moderator agreed with you: your text is shown again.")
                if e.data["after_appeal"]
                else _("A moderator has reviewed your text: everyone can now read it.")
            ),
            when=lambda e: not e.data["stood"],
        ),
        news=SPEAKS,
    ),
    shown(events.HidingAppealed, "plain", "bell", _("The author appealed")),
    shown(
        events.HidingUpheld,
        "plain",
        "bell",
        _("Stays hidden after the appeal"),
        at_once(
            Reader.AUTHOR,
            subject=_("Your text stays hidden"),
            happened=_("Another moderator has reviewed your text again. It stays hidden."),
            quoted=its_words,
        ),
    ),
)
