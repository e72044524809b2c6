"""What is said of a submission: received, with a department, answered, merged, carried out, gone on as a petition."""

from forums import events
from forums.messages.event import ForumEvent, Reader, its_words, shown, to_owners, to_people
from server.core.errors import Text, _

SPEAKS = _("Somebody speaks.")


def _answered(event: ForumEvent) -> Text:
    if event.data["main"]:
        return _("Answered together with %(number)s: %(outcome)s")
    return _("Answered again: %(outcome)s") if event.data["previous"] else _("Answered: %(outcome)s")


SUBMISSIONS = (
    shown(
        events.SubmissionReceived,
        "plain",
        "bell",
        lambda e: _("Opinion received (from a petition)") if e.data["petition"] else _("Opinion received"),
        to_people(
            Reader.SENDER,
            subject=_("We have your opinion"),
            happened=_("We have received what you said in: %(title)s."),
            following=_("A department reads it and says what becomes of it. We write to you then."),
        ),
        news=SPEAKS,
    ),
    shown(
        events.SubmissionHanded,
        "info",
        "person",
        _("Given to %(department)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your opinion is with a department"),
            happened=_("What you said is with %(department)s now."),
            following=_("The department says what becomes of it. We write to you then."),
        ),
    ),
    shown(
        events.SubmissionAnswered,
        "success",
        "check",
        _answered,
        to_people(
            Reader.AUTHOR,
            subject=_("What becomes of your opinion"),
            happened=_("What you said was answered: %(outcome)s."),
            following=_("You find the reasons, and what the city has promised, on the page of your opinion."),
            quoted=lambda e: e.outcome_text,
        ),
        news=_("It was answered: %(outcome)s."),
    ),
    shown(
        events.StudyOver,
        "warning",
        "clock",
        _("The study was to end by now"),
        to_owners(
            _("A study is over without an answer"),
            _("The day until which your department wanted to study this has passed."),
            _("Please answer it at the desk, or say until when the study goes on."),
        ),
    ),
    shown(
        events.SubmissionJoined,
        "plain",
        "document",
        _("Joined to %(number)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your opinion was joined with another one"),
            happened=_("Others said the same, so your opinion is answered together with %(number)s."),
            following=_("It keeps its number and counts as before. You hear what becomes of it."),
        ),
    ),
    shown(events.SubmissionSeparated, "plain", "bell", _("Stands for itself again, no longer joined to %(number)s")),
    shown(events.SubmissionWithdrawn, "plain", "stop", _("Withdrawn by its author")),
    shown(events.SubmissionCorrected, "plain", "bell", _("A clerk's slip was put right")),
    shown(events.SubmissionTakenBack, "plain", "bell", _("Taken back by the clerk")),
    shown(
        events.SubmissionDone,
        "success",
        "check",
        lambda e: _("Carried out on %(day)s") if e.data["done_on"] else _("Not carried out after all"),
        to_people(
            Reader.AUTHOR,
            subject=_("What you asked for is done"),
            happened=_("What the city promised because of you is done."),
            following=_("Have a look. If it is not as promised, say so on the page of the promise with one press."),
            when=lambda e: bool(e.data["done_on"]),
        ),
        to_people(
            Reader.AUTHOR,
            subject=_("The city works on your opinion again"),
            happened=_("What was promised because of you is not done after all."),
            when=lambda e: not e.data["done_on"],
        ),
        news=lambda e: (
            _("What was adopted of it is carried out.")
            if e.data["done_on"]
            else _("What was adopted of it is not carried out after all.")
        ),
    ),
    shown(
        events.PetitionProposed,
        "plain",
        "bell",
        _("Proposed to the author: go on as a petition"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your opinion could go on as a petition"),
            happened=_("An official thinks that your opinion should go on as a petition, which has a legal period."),
            following=_("You decide. Press below to look at it."),
            quoted=its_words,
        ),
    ),
    shown(
        events.BecamePetition,
        "plain",
        "bell",
        _("Goes on as petition %(number)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your opinion goes on as a petition"),
            happened=_("Your opinion goes on as petition %(number)s. Both keep their numbers."),
        ),
    ),
)
