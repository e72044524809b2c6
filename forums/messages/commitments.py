"""Messages about commitments: made, changed, a step done, carried out, contested, discontinued, overdue."""

from forums import events
from forums.messages.event import Reader, its_words, shown, to_owners, to_people
from server.core.errors import _

COMMITMENTS = (
    shown(
        events.CommitmentMade,
        "info",
        "calendar",
        _("Due on %(day)s"),
        with_words=True,
        news=_("The city has made a commitment."),
    ),
    shown(
        events.CommitmentEdited,
        "plain",
        "pen",
        lambda e: _("Changed; now due on %(day)s") if e.another_day else _("Details changed"),
        to_people(
            Reader.AUTHOR,
            subject=_("A commitment has a new due date"),
            happened=_("The commitment the city made because of your submission is now due on %(day)s."),
            quoted=its_words,
            when=lambda e: e.another_day,
        ),
        with_words=True,
        news=lambda e: _("Its new due date is %(day)s.", day=e.data["due_on"]) if e.another_day else None,
    ),
    shown(
        events.StepDone,
        "info",
        "check",
        _("Step done: %(step)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("A step of a commitment is done"),
            happened=_("The city has completed a step of a commitment it made because of your submission."),
            following=_("Its page shows what is done and what remains."),
        ),
        with_words=True,
        news=_("A step has been completed."),
    ),
    shown(
        events.CommitmentDone,
        "success",
        "check",
        _("Carried out on %(day)s"),
        with_words=True,
        news=_("The commitment has been carried out."),
    ),
    shown(
        events.CommitmentContested,
        "warning",
        "alert",
        _("An author disputes that it was carried out"),
        to_owners(
            _("The author disputes that it was carried out"),
            _("The author of the submission disputes that the commitment was carried out."),
            _("Please review it again at the desk."),
            its_words,
        ),
        with_words=True,
        news=_("Its author disputes that the commitment was carried out."),
    ),
    shown(
        events.CommitmentDropped,
        "danger",
        "stop",
        _("Discontinued"),
        to_people(
            Reader.AUTHOR,
            subject=_("A commitment was discontinued"),
            happened=_(
                "The city has discontinued a commitment it made because of your submission. The reason follows."
            ),
            quoted=its_words,
        ),
        with_words=True,
        news=_("The commitment was discontinued."),
    ),
    shown(
        events.CommitmentOverdue,
        "danger",
        "alert",
        _("Overdue: the due date has passed"),
        to_people(
            Reader.AUTHOR,
            subject=_("A commitment is overdue"),
            happened=_("The due date of this commitment has passed, and it has not been carried out."),
            following=_("The department has been notified."),
        ),
        to_owners(
            _("A commitment of your department is overdue"),
            _(
                "The due date of this commitment has passed, and it is not marked as carried out. Its public page "
                "says so."
            ),
            _("Please carry it out and show the evidence, or set a new due date with a reason."),
        ),
        with_words=True,
        news=_("The due date has passed."),
    ),
)
