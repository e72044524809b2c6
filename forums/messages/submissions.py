"""What is said of a submission: received, with a department, answered, merged, carried out, gone on as a petition."""

from forums import events
from forums.labels import OUTCOMES
from forums.messages.event import ForumEvent, Reader, shown, to_owners, to_people
from server.core.errors import Text, _
from server.core.messages import Notice

SPEAKS = _("Somebody speaks.")


def _received(event: ForumEvent) -> Text:
    if event.data["petition"]:
        return _("Opinion received (from a petition)")
    return _("Opinion received")


def _answered(event: ForumEvent) -> Text:
    outcome = OUTCOMES[event.data["outcome"]]
    if event.data["main"]:
        return _("Answered together with %(number)s: %(outcome)s", number=event.data["main"], outcome=outcome)
    if event.data["previous"]:
        return _("Answered again: %(outcome)s", outcome=outcome)
    return _("Answered: %(outcome)s", outcome=outcome)


def _done(event: ForumEvent) -> Notice:
    if not event.data["done_on"]:
        return Notice(
            _("The city works on your opinion again"), _("What was promised because of you is not done after all.")
        )
    return Notice(
        _("What you asked for is done"),
        _("What the city promised because of you is done."),
        _("Have a look. If it is not as promised, say so on the page of the promise with one press."),
    )


SUBMISSIONS = (
    shown(
        events.SubmissionReceived,
        "plain",
        "bell",
        _received,
        news=SPEAKS,
        mails=(
            to_people(
                Reader.SENDER,
                notice=lambda e: Notice(
                    _("We have your opinion"),
                    _("We have received what you said in: %(title)s.", title=e.forum_title),
                    _("A department reads it and says what becomes of it. We write to you then."),
                ),
            ),
        ),
    ),
    shown(
        events.SubmissionHanded,
        "info",
        "person",
        lambda e: _("Given to %(department)s", department=e.department),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("Your opinion is with a department"),
                    _("What you said is with %(department)s now.", department=e.department),
                    _("The department says what becomes of it. We write to you then."),
                ),
            ),
        ),
    ),
    shown(
        events.SubmissionAnswered,
        "success",
        "check",
        _answered,
        news=lambda e: _("It was answered: %(outcome)s.", outcome=OUTCOMES[e.data["outcome"]]),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("What becomes of your opinion"),
                    _("What you said was answered: %(outcome)s.", outcome=OUTCOMES[e.data["outcome"]]),
                    _("You find the reasons, and what the city has promised, on the page of your opinion."),
                    e.outcome_text,
                ),
            ),
        ),
    ),
    shown(
        events.StudyOver,
        "warning",
        "clock",
        _("The study was to end by now"),
        mails=(
            to_owners(
                Notice(
                    _("A study is over without an answer"),
                    _("The day until which your department wanted to study this has passed."),
                    _("Please answer it at the desk, or say until when the study goes on."),
                )
            ),
        ),
    ),
    shown(
        events.SubmissionJoined,
        "plain",
        "document",
        lambda e: _("Joined to %(number)s", number=e.data["to"]),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("Your opinion was joined with another one"),
                    _(
                        "Others said the same, so your opinion is answered together with %(number)s.",
                        number=e.data["to"],
                    ),
                    _("It keeps its number and counts as before. You hear what becomes of it."),
                ),
            ),
        ),
    ),
    shown(
        events.SubmissionSeparated,
        "plain",
        "bell",
        lambda e: _("Stands for itself again, no longer joined to %(number)s", number=e.data["previous"]),
    ),
    shown(events.SubmissionWithdrawn, "plain", "stop", _("Withdrawn by its author")),
    shown(events.SubmissionCorrected, "plain", "bell", _("A clerk's slip was put right")),
    shown(events.SubmissionTakenBack, "plain", "bell", _("Taken back by the clerk")),
    shown(
        events.SubmissionDone,
        "success",
        "check",
        lambda e: _("Carried out on %(day)s", day=e.day) if e.data["done_on"] else _("Not carried out after all"),
        news=lambda e: (
            _("What was adopted of it is carried out.")
            if e.data["done_on"]
            else _("What was adopted of it is not carried out after all.")
        ),
        mails=(to_people(Reader.AUTHOR, notice=_done),),
    ),
    shown(
        events.PetitionProposed,
        "plain",
        "bell",
        _("Proposed to the author: go on as a petition"),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("Your opinion could go on as a petition"),
                    _("An official thinks that your opinion should go on as a petition, which has a legal period."),
                    _("You decide. Press below to look at it."),
                    e.words,
                ),
            ),
        ),
    ),
    shown(
        events.BecamePetition,
        "plain",
        "bell",
        lambda e: _("Goes on as petition %(number)s", number=e.data["petition"]),
        mails=(
            to_people(
                Reader.AUTHOR,
                notice=lambda e: Notice(
                    _("Your opinion goes on as a petition"),
                    _(
                        "Your opinion goes on as petition %(number)s. Both keep their numbers.",
                        number=e.data["petition"],
                    ),
                ),
            ),
        ),
    ),
)
