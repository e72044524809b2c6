"""What a mail about a fact says to the petitioner and to officials: what happened, what comes next, for a tired person.

By when, who is responsible and how to reach them stands below every notice in the same place (Decree 31: the handler's
department, name and contact); that part is the template's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from petitions.labels import DECISIONS
from petitions.queries.cases import CaseView
from server.core import i18n
from server.core.config import Settings
from server.core.errors import Text, _
from tracking.timeline import Happening


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice is made from: a fact, the case as it stands, and the reader's language."""

    event: Happening
    view: CaseView
    language: str
    settings: Settings

    def due(self, *, before: bool = False) -> str:
        """The date that the fact sets (or that was promised before it), in words."""
        moment = self.event.previous_due if before else self.event.due
        if moment is None:
            return ""
        if self.view.by_day:
            return i18n.date_text(moment.date(), self.language)
        return i18n.datetime_text(moment, self.language, self.settings.zone)

    def until(self) -> str:
        """The last day to supplement, in words."""
        return i18n.date_text(self.event.until, self.language) if self.event.until else ""

    def name(self) -> str:
        """Whom the fact names."""
        return self.event.person.name if self.event.person else ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail's own words; number, title, date, people and link are added by its template."""

    subject: Text
    happened: Text
    following: Text | None = None
    words: str = ""
    more: tuple[tuple[Text, str], ...] = ()
    """Further words with a heading: reasons, remedies."""


Say = Callable[[Told], Notice]


def _received(told: Told) -> Notice:
    if not told.view.unit:
        return Notice(
            _("We received your tip"),
            _("We received your tip and pass it to the department it concerns."),
            _("A tip has no legal period; you can still follow what happens with it."),
        )
    return Notice(
        _("We received your petition"),
        _("We received your petition."),
        _("The answer is promised by %(due)s. We write to you whenever something happens.", due=told.due()),
    )


def _accepted(told: Told) -> Notice:
    return Notice(
        _("A department is in charge of your petition"),
        _("%(department)s has taken your petition in.", department=told.event.department),
        _("A person of this department is named who handles it."),
    )


def _assigned(told: Told) -> Notice:
    return Notice(
        _("Your petition has a handler"),
        _("%(name)s handles your petition now.", name=told.name()),
        _("You can write to the handler on the page of your case."),
    )


def _transferred(told: Told) -> Notice:
    return Notice(
        _("Your petition was passed on to another department"),
        _("Your petition was passed on to %(department)s.", department=told.event.department),
        _("The promised date stays. A handler is named there."),
        told.event.text,
    )


def _transferred_out(told: Told) -> Notice:
    return Notice(
        _("Your petition was passed to another agency"),
        _(
            "Another agency is responsible for your petition, so we passed it there "
            "(Civil Petitions Treatment Act, art. 16)."
        ),
        _("That agency answers you. With us the case ends here."),
        told.event.text,
    )


def _guide(told: Told) -> Notice:
    return Notice(
        _("You have a new case guide"),
        _("%(name)s is your case guide now.", name=told.name()),
        _("Your guide explains every step, helps with papers and speaks for you where you need it."),
    )


def _supplement(told: Told) -> Notice:
    return Notice(
        _("Please send what is missing"),
        _("We cannot go on with your petition: something is missing (Civil Petitions Treatment Act, art. 22)."),
        _(
            "Please send it by %(day)s on the page of your case. Until then the clock stands still. "
            "If you need longer, tell the handler.",
            day=told.until(),
        ),
        told.event.text,
    )


def _extended(told: Told) -> Notice:
    return Notice(
        _("The answer takes longer"),
        _("The period of your petition was extended (Civil Petitions Treatment Decree, art. 21)."),
        _("New date: %(due)s. Promised before: %(before)s.", due=told.due(), before=told.due(before=True)),
        told.event.text,
    )


def _interim(told: Told) -> Notice:
    return Notice(
        _("How far your petition is"),
        _("Your petition is not finished yet; this is how far it is (Civil Petitions Treatment Decree, art. 23)."),
        _("We write again at the latest in 30 days."),
        told.event.text,
    )


def _message(told: Told) -> Notice:
    return Notice(
        _("A message about your petition"),
        _("The official who handles your petition wrote to you."),
        _("You can answer on the page of your case."),
        told.event.text,
    )


def _answered(told: Told) -> Notice:
    answer = told.event.answer
    more = (
        () if answer is None else ((_("Reasons"), answer.reasons), (_("What you can do against it"), answer.remedies))
    )
    return Notice(
        _("The answer to your petition"),
        _("Your petition was answered: %(decision)s.", decision=DECISIONS[answer.decision] if answer else ""),
        _("Tell us how satisfied you are. If it is not solved, say so with one press, and the case is opened again."),
        answer.text if answer else "",
        tuple((title, text) for title, text in more if text),
    )


def _closed(told: Told) -> Notice:
    return Notice(
        _("Your case was closed"),
        _("Your case was closed."),
        _("If it is not solved, say so on its page, and it is opened again."),
        told.event.text,
    )


def _reopened(told: Told) -> Notice:
    due = told.due()
    return Notice(
        _("Your case was opened again"),
        _("Your case lies in the department's queue again, and its manager was told."),
        _("The answer is promised by %(due)s.", due=due) if due else None,
        told.event.text,
    )


def _returned(told: Told) -> Notice:
    return Notice(
        _("Your petition was returned"),
        _(
            "What was asked for did not arrive in time, so your petition was returned "
            "(Civil Petitions Treatment Decree, art. 25)."
        ),
        _("You can file it again at any time, with what was missing."),
        told.event.text,
    )


def _recomputed(told: Told) -> Notice:
    return Notice(
        _("The date of your answer has moved"),
        _("The city's calendar changed, so the date was counted anew."),
        _("New date: %(due)s. Promised before: %(before)s.", due=told.due(), before=told.due(before=True)),
    )


def _overdue(_told: Told) -> Notice:
    return Notice(
        _("Your answer is late"),
        _("The promised date has passed, and you have no answer yet. We are sorry."),
        _("The department's manager and the city's inspector of petitions were told."),
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """How petitioners hear of a kind of fact."""

    say: Say
    required: bool = False
    """The law wants it told: it goes out at once, whatever the petitioner wishes."""


CITIZEN: dict[str, Rule] = {
    "case.received": Rule(_received, required=True),
    "case.accepted": Rule(_accepted),
    "case.assigned": Rule(_assigned),
    "case.transferred": Rule(_transferred),
    "case.transferred_out": Rule(_transferred_out, required=True),
    "case.guide_appointed": Rule(_guide),
    "case.supplement_requested": Rule(_supplement, required=True),
    "case.extended": Rule(_extended, required=True),
    "case.interim_notice": Rule(_interim, required=True),
    "case.message": Rule(_message),
    "case.answered": Rule(_answered, required=True),
    "case.closed": Rule(_closed),
    "case.reopened": Rule(_reopened),
    "case.returned": Rule(_returned, required=True),
    "case.due_recomputed": Rule(_recomputed),
    "case.overdue": Rule(_overdue),
}
"""What petitioners hear of. Required: receipt (Act 9), transfer out (Act 16), supplement (Act 22), return (Decree 25),
extension (Decree 21), progress (Decree 23) and answer (Act 27)."""

OFFICIAL: dict[str, Notice] = {
    "case.assigned": Notice(_("A case was given to you"), _("You handle this case now.")),
    "case.message": Notice(
        _("The petitioner wrote"), _("The petitioner wrote a message."), _("Please read and answer it at the desk.")
    ),
    "case.due_soon": Notice(
        _("The period ends soon"), _("The period of this case ends within a day."),
        _("Please answer it, or extend it with the reason before it ends."),
    ),
    "case.overdue": Notice(
        _("The period has passed"), _("The period of this case has passed without an answer."),
        _("Please see that it is answered now; the petitioner, the manager and the inspector were told."),
    ),
    "case.objection_filed": Notice(
        _("An objection was filed"),
        _("The petitioner objects to the refusal of this case (Civil Petitions Treatment Act, art. 35)."),
        _("It must be decided within ten days; the case shows until when."),
    ),
    "case.reopened": Notice(
        _("Not solved: a case was opened again"),
        _("The petitioner says that this case is not solved. It lies in your department's queue again."),
        _("Please name a handler."),
    ),
}  # fmt: skip
"""What officials hear of. The petitioner's words stay at the desk (Act 7)."""
