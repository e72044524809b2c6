"""What is said at the end of a case, and when it begins again: answered, closed, rated, withdrawn, reopened."""

from petitions import events
from petitions.labels import DECISIONS
from petitions.messages.event import (
    CaseEvent,
    CaseMessage,
    Reader,
    at_desk,
    to_citizen,
    to_officials,
    to_party,
    words,
)
from petitions.messages.talk import attached
from server.core.errors import _
from server.core.messages import Detail, Notice, Urgency

REMEDIES = _("What you can do against it")


def remedies(event: CaseEvent) -> list[Detail]:
    """The ways to contest it."""
    ways = event.more.get("remedies")
    return [Detail(title=REMEDIES, words=ways)] if ways else []


def _read_it(event: CaseEvent) -> list[Detail]:
    return [Detail(href=f"#answer-{event.answer.id}", link=_("Read the answer"))] if event.answer else []


def _answer(event: CaseEvent) -> Notice:
    answer = event.answer
    more = () if answer is None else ((_("Reasons"), answer.reasons), (REMEDIES, answer.remedies))
    return Notice(
        _("The answer to your petition"),
        _("Your petition was answered: %(decision)s.", decision=DECISIONS[answer.decision] if answer else ""),
        _("Tell us how satisfied you are. If it is not solved, say so with one press, and the case is opened again."),
        answer.text if answer else "",
        (*((title, text) for title, text in more if text), *attached(event)),
    )


ANSWERED = CaseMessage(
    events.CaseAnswered,
    desk=at_desk(
        "success",
        "check",
        lambda e: _("Answered: %(decision)s", decision=DECISIONS.get(e.data["decision"], e.data["decision"])),
    ),
    party=to_party("success", "check", _("The city has answered"), _read_it),
    mails=(to_citizen(_answer, Urgency.REQUIRED),),
)

CLOSED = CaseMessage(
    events.CaseClosed,
    desk=at_desk("plain", "check", _("Case closed")),
    party=to_party("plain", "check", _("The case was closed")),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your case was closed"),
                _("Your case was closed."),
                _("If it is not solved, say so on its page, and it is opened again."),
                e.text,
            )
        ),
    ),
)


def _earlier(event: CaseEvent) -> str:
    return ", ".join(event.data["earlier"])


CLOSED_AS_REPEATED = CaseMessage(
    events.CaseClosedAsRepeated,
    desk=at_desk("plain", "stop", lambda e: _("Closed as repeated, after %(cases)s", cases=_earlier(e))),
    party=to_party(
        "plain",
        "stop",
        _("Closed as repeated: the same petition was answered before"),
        lambda e: [Detail(_("Answered before: %(cases)s", cases=_earlier(e))), *words(e), *remedies(e)],
    ),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your petition was closed as repeated"),
                _(
                    "You were told the result of the same petition before (%(cases)s), so this one was closed without "
                    "another answer (Civil Petitions Treatment Act, art. 23).",
                    cases=_earlier(e),
                ),
                None,
                e.text,
                tuple((REMEDIES, detail.words) for detail in remedies(e)),
            ),
            Urgency.REQUIRED,
        ),
    ),
)


def _stars(event: CaseEvent) -> list[Detail]:
    return [Detail(_("%(num)s of 5 points", num=event.data["score"])), *words(event)]


RATED = CaseMessage(
    events.CaseRated,
    desk=at_desk("plain", "info", lambda e: _("The petitioner gave %(score)s of 5 stars", score=e.data["score"])),
    party=to_party(
        "plain", "pen", lambda e: _("You rated the answer") if e.by_petitioner else _("The answer was rated"), _stars
    ),
)


def _queue(event: CaseEvent) -> list[Detail]:
    again = _("It lies in the department's queue again. New date: %(due)s.", due=event.due)
    return [*words(event), *([Detail(again)] if event.due_at else [])]


REOPENED = CaseMessage(
    events.CaseReopened,
    desk=at_desk("warning", "pen", lambda e: _("Opened again: not solved; now due %(moment)s", moment=e.due)),
    party=to_party("warning", "pen", _("Not solved: the case was opened again"), _queue),
    mails=(
        to_citizen(
            lambda e: Notice(
                _("Your case was opened again"),
                _("Your case lies in the department's queue again, and its manager was told."),
                _("The answer is promised by %(due)s.", due=e.due) if e.due_at else None,
                e.text,
            )
        ),
        to_officials(
            Reader.MANAGERS,
            notice=Notice(
                _("Not solved: a case was opened again"),
                _("The petitioner says that this case is not solved. It lies in your department's queue again."),
                _("Please name a handler."),
            ),
        ),
    ),
    promised=_("New period, because the case was reopened"),
)

WITHDRAWN = CaseMessage(
    events.CaseWithdrawn,
    desk=at_desk("plain", "stop", _("Withdrawn")),
    party=to_party("plain", "stop", _("The petition was taken back")),
)

ANSWERS = (ANSWERED, CLOSED, CLOSED_AS_REPEATED, RATED, REOPENED, WITHDRAWN)
