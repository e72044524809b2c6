"""What is said of a commitment: made, changed, a step done, kept, contested, given up, late."""

from forums import events
from forums.messages.event import ForumEvent, Reader, its_words, shown, to_owners, to_people
from server.core.errors import Text, _


def _another_day(event: ForumEvent) -> Text | None:
    if not event.another_day:
        return None
    return _("It is promised for another day: %(day)s.", day=event.data["due_on"])


COMMITMENTS = (
    shown(
        events.CommitmentMade,
        "info",
        "calendar",
        _("Promised for %(day)s"),
        with_words=True,
        news=_("The city promises it."),
    ),
    shown(
        events.CommitmentEdited,
        "plain",
        "pen",
        lambda e: _("Changed; now due on %(day)s") if e.another_day else _("Details changed"),
        to_people(
            Reader.AUTHOR,
            subject=_("A promise is now due on another day"),
            happened=_("What the city promised because of you is now promised for %(day)s."),
            quoted=its_words,
            when=lambda e: e.another_day,
        ),
        with_words=True,
        news=_another_day,
    ),
    shown(
        events.StepDone,
        "info",
        "check",
        _("Step done: %(step)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("A step of a promise is done"),
            happened=_("The city has done a step of what it promised because of you."),
            following=_("Its page says what is done and what is still to do."),
        ),
        with_words=True,
        news=_("A step of it is done."),
    ),
    shown(
        events.CommitmentDone,
        "success",
        "check",
        _("Carried out on %(day)s"),
        with_words=True,
        news=_("The promise is kept."),
    ),
    shown(
        events.CommitmentContested,
        "warning",
        "alert",
        _("An author says that it is not done"),
        to_owners(
            _("The author says that it is not done"),
            _("The author of the opinion says that what was promised is not done."),
            _("Please look at it again at the desk."),
            its_words,
        ),
        with_words=True,
        news=_("Its author says that the promise is not kept."),
    ),
    shown(
        events.CommitmentDropped,
        "danger",
        "stop",
        _("Given up"),
        to_people(
            Reader.AUTHOR,
            subject=_("A promise was given up"),
            happened=_("The city has given up what it promised because of you. The reason follows."),
            quoted=its_words,
        ),
        with_words=True,
        news=_("The promise was given up."),
    ),
    shown(
        events.CommitmentOverdue,
        "danger",
        "alert",
        _("Overdue: the promised day has passed"),
        to_people(
            Reader.AUTHOR,
            subject=_("A promise is late"),
            happened=_("The day by which this was promised has passed, and it is not done."),
            following=_("The department was told."),
        ),
        to_owners(
            _("A promise of your department is late"),
            _("The day by which this was promised has passed, and it is not marked as done. Its page says so."),
            _("Please carry it out and show the evidence, or set a new day with the reason."),
        ),
        with_words=True,
        news=_("The promised day has passed."),
    ),
)
