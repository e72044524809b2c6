"""Messages about submissions: received, assigned, answered, merged, carried out, made a petition."""

from forums import events
from forums.messages.event import ForumEvent, Reader, its_words, shown, to_owners, to_people
from server.core.errors import Text, _

SPEAKS = _("A new submission has been made.")


def _answered(event: ForumEvent) -> Text:
    if event.data["main"]:
        return _("Answered together with %(number)s: %(outcome)s")
    return _("Answered again: %(outcome)s") if event.data["previous"] else _("Answered: %(outcome)s")


SUBMISSIONS = (
    shown(
        events.SubmissionReceived,
        "plain",
        "bell",
        lambda e: _("Submission received (from a petition)") if e.data["petition"] else _("Submission received"),
        to_people(
            Reader.SENDER,
            subject=_("We have received your submission"),
            happened=_("We have received your submission to: %(title)s."),
            following=_("A department will read and answer it. We will notify you then."),
        ),
        news=SPEAKS,
    ),
    shown(
        events.SubmissionAssigned,
        "info",
        "person",
        _("Assigned to %(department)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your submission was assigned to a department"),
            happened=_("Your submission was assigned to %(department)s."),
            following=_("The department will answer it. We will notify you then."),
        ),
    ),
    shown(
        events.SubmissionAnswered,
        "success",
        "check",
        _answered,
        to_people(
            Reader.AUTHOR,
            subject=_("The outcome of your submission"),
            happened=_("Your submission was answered: %(outcome)s."),
            following=_("The reasons, and any commitment by the city, are on your submission's page."),
            quoted=lambda e: e.outcome_text,
        ),
        news=_("It was answered: %(outcome)s."),
    ),
    shown(
        events.StudyOver,
        "warning",
        "clock",
        _("The study period has ended"),
        to_owners(
            _("The study period has passed without a final answer"),
            _("The day until which your department wanted to study this has passed."),
            _("Please answer it at the desk, or say until when the study will continue."),
        ),
    ),
    shown(
        events.SubmissionMerged,
        "plain",
        "document",
        _("Merged into %(number)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your submission was merged with another one"),
            happened=_("Others said the same, so your submission will be answered together with %(number)s."),
            following=_("It keeps its number and still counts. We will notify you of the outcome."),
        ),
    ),
    shown(events.SubmissionUnmerged, "plain", "bell", _("No longer merged into %(number)s")),
    shown(events.SubmissionWithdrawn, "plain", "stop", _("Withdrawn by its author")),
    shown(events.SubmissionCorrected, "plain", "bell", _("A transcription error was corrected")),
    shown(events.TranscriptionWithdrawn, "plain", "bell", _("Withdrawn by the clerk")),
    shown(
        events.SubmissionDone,
        "success",
        "check",
        lambda e: _("Carried out on %(day)s") if e.data["done_on"] else _("Not carried out after all"),
        to_people(
            Reader.AUTHOR,
            subject=_("What you asked for has been carried out"),
            happened=_("The city has carried out a commitment it made because of your submission."),
            following=_(
                "Please have a look. If it has not been carried out as stated, tell us on the commitment's page."
            ),
            when=lambda e: bool(e.data["done_on"]),
        ),
        to_people(
            Reader.AUTHOR,
            subject=_("The city is working on your submission again"),
            happened=_("A commitment made because of your submission turned out not to be carried out."),
            when=lambda e: not e.data["done_on"],
        ),
        news=lambda e: (
            _("What was adopted from it has been carried out.")
            if e.data["done_on"]
            else _("What was adopted from it turned out not to be carried out.")
        ),
    ),
    shown(
        events.PetitionProposed,
        "plain",
        "bell",
        _("Proposed to the author: continue as a petition"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your submission could continue as a petition"),
            happened=_(
                "An official suggests that your submission should continue as a petition, which has a legal deadline."
            ),
            following=_("You decide. Use the button below to have a look."),
            quoted=its_words,
        ),
    ),
    shown(
        events.BecamePetition,
        "plain",
        "bell",
        _("Continues as petition %(number)s"),
        to_people(
            Reader.AUTHOR,
            subject=_("Your submission continues as a petition"),
            happened=_("Your submission continues as petition %(number)s. Both keep their numbers."),
        ),
    ),
)
