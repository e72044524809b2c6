"""Messages when a case ends or reopens: answered, closed, rated, withdrawn, reopened."""

from petitions import events
from petitions.labels import DECISIONS
from petitions.messages.event import (
    REMEDIES,
    CaseEvent,
    Reader,
    at_desk,
    message,
    remedies,
    to_citizen,
    to_officials,
    to_party,
    where_due,
    words,
)
from petitions.messages.talk import attached
from server.core.errors import Text, _
from server.core.messages import Detail, Mailing, Notice, Urgency


def _read_it(event: CaseEvent) -> list[Detail]:
    return [Detail(href=f"#answer-{event.answer.id}", link=_("Read the answer"))] if event.answer else []


def _answer(event: CaseEvent) -> Notice:
    answer = event.answer
    more = () if answer is None else ((_("Reasons"), answer.reasons), (REMEDIES, answer.remedies))
    return Notice(
        _("The answer to your petition"),
        _("Your petition was answered: %(decision)s.", decision=DECISIONS[answer.decision] if answer else ""),
        _(
            "Tell us how satisfied you are. If it is not solved, tell us on your case page, and the case will be "
            "reopened."
        ),
        answer.text if answer else "",
        (*((title, text) for title, text in more if text), *attached(event)),
    )


def ways(event: CaseEvent) -> tuple[tuple[Text, str], ...]:
    """The remedies, for a mail."""
    return tuple((REMEDIES, detail.words) for detail in remedies(event))


ANSWERS = (
    message(
        events.AnswerHeld,
        at_desk("danger", "alert", _("The answer of %(handler)s did not leave: the case had changed")),
        None,
        to_officials(
            Reader.NAMED,
            subject=_("Your answer did not leave"),
            happened=_("The case changed after you pressed send, so your answer was not sent."),
            following=_("Your text is kept as a draft. Please see what changed. If it still applies, send it again."),
        ),
    ),
    message(
        events.CaseAnswered,
        at_desk("success", "check", _("Answered: %(decision)s")),
        to_party("success", "check", _("The city has answered"), _read_it),
        Mailing(
            (Reader.CITIZEN,),
            _answer,
            Urgency.REQUIRED,
            text=_("Your petition %(reference)s was answered. Read the answer:"),
            gathered=True,
        ),
    ),
    message(
        events.CaseClosed,
        at_desk("plain", "check", _("Case closed")),
        to_party("plain", "check", _("The case was closed")),
        to_citizen(
            _("Your case was closed"),
            _("Your case was closed."),
            _("If it is not solved, tell us on its page, and it will be reopened."),
        ),
    ),
    message(
        events.CaseClosedAsRepeated,
        at_desk("plain", "stop", _("Closed as repeated, after %(cases)s")),
        to_party(
            "plain",
            "stop",
            _("Closed as repeated: the same petition was answered before"),
            _("Answered before: %(cases)s"),
            words,
            remedies,
        ),
        to_citizen(
            _("Your petition was closed as repeated"),
            _(
                "You have already been told the result of the same petition (%(cases)s), so this one was "
                "closed without another answer (Civil Petitions Treatment Act, art. 23)."
            ),
            urgency=Urgency.REQUIRED,
            more=ways,
            text=_("Your petition %(reference)s was closed: the same petition was answered before. Details:"),
        ),
    ),
    message(
        events.CaseRated,
        at_desk("plain", "info", _("The petitioner rated it %(score)s out of 5")),
        to_party(
            "plain",
            "pen",
            lambda e: _("You rated the answer") if e.by_petitioner else _("The answer was rated"),
            lambda e: [Detail(_("%(num)s of 5 points", num=e.data["score"]))],
            words,
        ),
    ),
    message(
        events.CaseReopened,
        at_desk("warning", "pen", _("Reopened: not solved; now due %(moment)s")),
        to_party(
            "warning",
            "pen",
            _("Not solved: the case was reopened"),
            words,
            where_due(_("It is back in the department's queue. New due date: %(due)s.")),
        ),
        to_citizen(
            _("Your case was reopened"),
            _("Your case is back in the department's queue, and its manager has been notified."),
            lambda e: _("The answer is due by %(due)s.") if e.due_at else None,
        ),
        to_officials(
            Reader.MANAGERS,
            subject=_("Not solved: a case was reopened"),
            happened=_("The petitioner says that this case is not solved. It is back in your department's queue."),
            following=_("Please assign a handler."),
        ),
        due_because=_("New deadline because the case was reopened"),
    ),
    message(
        events.ConsentWithdrawn,
        at_desk("plain", "stop", _("Consent to publication withdrawn")),
        to_party("plain", "stop", _("The petition is not published any more")),
        to_citizen(
            _("Your petition is not published any more"),
            _(
                "You have withdrawn your consent: nobody but you and officials can read your petition and its "
                "answer now."
            ),
            _("If you did not intend this, please call us."),
            text=_(
                "Your petition %(reference)s is not published any more. If you did not intend this, please call us."
            ),
        ),
    ),
    message(
        events.CaseWithdrawn,
        at_desk("plain", "stop", _("Withdrawn")),
        to_party("plain", "stop", _("The petition was withdrawn")),
        to_citizen(
            _("Your petition was withdrawn"),
            _("Your petition was withdrawn and will not be answered (Civil Petitions Treatment Act, art. 22)."),
            _("If you did not intend this, please call us. You can file a new petition at any time."),
            quoted=False,
            text=_("Your petition %(reference)s was withdrawn. If you did not intend this, please call us."),
        ),
        to_officials(
            Reader.IN_CHARGE,
            subject=_("A petition was withdrawn"),
            happened=_("The petitioner withdrew this petition: there is nothing left to answer."),
        ),
    ),
)
