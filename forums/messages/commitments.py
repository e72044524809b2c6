"""What is said of a commitment: made, changed, a step done, kept, contested, given up, late."""

from forums import events
from forums.messages.event import ForumEvent, Reader, shown, to_owners, to_people
from server.core.errors import Text, _
from server.core.messages import Notice


def _another_day(event: ForumEvent) -> Text | None:
    if not event.another_day:
        return None
    return _("It is promised for another day: %(day)s.", day=event.data["due_on"])


COMMITMENTS = (
    shown(
        events.CommitmentMade,
        "info",
        "calendar",
        lambda e: _("Promised for %(day)s", day=e.day),
        with_words=True,
        news=_("The city promises it."),
    ),
    shown(
        events.CommitmentEdited,
        "plain",
        "pen",
        lambda e: _("Changed; now due on %(day)s", day=e.day) if e.another_day else _("Details changed"),
        with_words=True,
        news=_another_day,
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("A promise is now due on another day"),
                    _("What the city promised because of you is now promised for %(day)s.", day=e.day),
                    None,
                    e.words,
                ),
                when=lambda e: e.another_day,
            ),
        ),
    ),
    shown(
        events.StepDone,
        "info",
        "check",
        lambda e: _("Step done: %(step)s", step=e.steps.get(e.data["step"], "–")),
        with_words=True,
        news=_("A step of it is done."),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=Notice(
                    _("A step of a promise is done"),
                    _("The city has done a step of what it promised because of you."),
                    _("Its page says what is done and what is still to do."),
                ),
            ),
        ),
    ),
    shown(
        events.CommitmentDone,
        "success",
        "check",
        lambda e: _("Carried out on %(day)s", day=e.day),
        with_words=True,
        news=_("The promise is kept."),
    ),
    shown(
        events.CommitmentContested,
        "warning",
        "alert",
        _("An author says that it is not done"),
        with_words=True,
        news=_("Its author says that the promise is not kept."),
        mails=(
            to_owners(
                lambda e: Notice(
                    _("The author says that it is not done"),
                    _("The author of the opinion says that what was promised is not done."),
                    _("Please look at it again at the desk."),
                    e.words,
                )
            ),
        ),
    ),
    shown(
        events.CommitmentDropped,
        "danger",
        "stop",
        _("Given up"),
        with_words=True,
        news=_("The promise was given up."),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("A promise was given up"),
                    _("The city has given up what it promised because of you. The reason follows."),
                    None,
                    e.words,
                ),
            ),
        ),
    ),
    shown(
        events.CommitmentOverdue,
        "danger",
        "alert",
        _("Overdue: the promised day has passed"),
        with_words=True,
        news=_("The promised day has passed."),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=Notice(
                    _("A promise is late"),
                    _("The day by which this was promised has passed, and it is not done."),
                    _("The department was told."),
                ),
            ),
            to_owners(
                Notice(
                    _("A promise of your department is late"),
                    _("The day by which this was promised has passed, and it is not marked as done. Its page says so."),
                    _("Please carry it out and show the evidence, or set a new day with the reason."),
                )
            ),
        ),
    ),
)
