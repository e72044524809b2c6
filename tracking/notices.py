"""What a mail about a fact says to the petitioner: what happened, what comes next, for a tired person.

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

    def due_day(self) -> str:
        """The last day that the fact sets for the decision on an objection, in words: it is always a day."""
        return i18n.date_text(self.event.due.date(), self.language) if self.event.due else ""

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
            "If you need longer, take more time on the same page, before that day.",
            day=told.until(),
        ),
        told.event.text,
    )


def _prolonged(told: Told) -> Notice:
    return Notice(
        _("You have more time to send what is missing"),
        _("The time to send what is missing is longer now (Civil Petitions Treatment Decree, art. 24)."),
        _("Please send it by %(day)s on the page of your case. Until then the clock stands still.", day=told.until()),
    )


def _deemed_withdrawn(told: Told) -> Notice:
    return Notice(
        _("Your petition counts as withdrawn"),
        _(
            "What we sent you came back twice, so your petition counts as withdrawn and is closed "
            "(Civil Petitions Treatment Decree, art. 25)."
        ),
        _("You can file it again at any time, with an address at which we reach you."),
        told.event.text,
    )


def _investigated(told: Told) -> Notice:
    return Notice(
        _("Your grievance is looked into on the spot"),
        _(
            "The days of a site investigation do not count into the period of a grievance "
            "(Civil Petitions Treatment Decree, art. 17). It lasts until %(day)s.",
            day=told.until(),
        ),
        _("New date: %(due)s. Promised before: %(before)s.", due=told.due(), before=told.due(before=True)),
        told.event.text,
    )


def _closed_as_repeated(told: Told) -> Notice:
    earlier = told.event.data["earlier"]
    return Notice(
        _("Your petition was closed as repeated"),
        _(
            "You were told the result of the same petition before (%(cases)s), so this one was closed without another "
            "answer (Civil Petitions Treatment Act, art. 23).",
            cases=", ".join(earlier) if isinstance(earlier, list) else "",
        ),
        None,
        told.event.text,
        tuple((_("What you can do against it"), text) for text in [told.event.more.get("remedies", "")] if text),
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
        _files(told),
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
        (*((title, text) for title, text in more if text), *_files(told)),
    )


def _files(told: Told) -> tuple[tuple[Text, str], ...]:
    """The names of the files that came with it; the mail leads to them and does not carry them."""
    names = "\n".join(file.name for file in told.event.files)
    return ((_("Files, to be opened on the page of your case"), names),) if names else ()


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


def _objected(told: Told) -> Notice:
    return Notice(
        _("We received your objection"),
        _("We received your objection to the refusal (Civil Petitions Treatment Act, art. 35)."),
        _("It is decided by %(day)s at the latest, and we write to you at once.", day=told.due_day()),
        told.event.text,
    )


def _objection_passed_on(told: Told) -> Notice:
    return Notice(
        _("Your objection was passed on to another department"),
        _("The department that refused was closed; %(department)s decides now.", department=told.event.department),
        _("The day by which your objection is decided stays."),
        told.event.text,
    )


def _objection_extended(told: Told) -> Notice:
    return Notice(
        _("The decision on your objection takes longer"),
        _("The decision on your objection was put off (Civil Petitions Treatment Act, art. 35)."),
        _("It is decided by %(day)s at the latest. It cannot be put off again.", day=told.due_day()),
        told.event.text,
    )


def _objection_upheld(told: Told) -> Notice:
    due = told.due()
    return Notice(
        _("Your objection was upheld"),
        _("Your objection was upheld: the refusal does not stand, and your case is open again."),
        _("You get a new answer by %(due)s.", due=due) if due else None,
        told.event.text,
    )


def _objection_dismissed(told: Told) -> Notice:
    ways = told.event.more.get("remedies", "")
    return Notice(
        _("Your objection was dismissed"),
        _("Your objection was dismissed: the refusal stands. The reasons follow."),
        _("Independently of this objection you can still contest the refusal; how, stands above."),
        told.event.text,
        ((_("What you can do against it"), ways),) if ways else (),
    )


def _objection_withdrawn(_told: Told) -> Notice:
    return Notice(
        _("Your objection was taken back"),
        _("Your objection was taken back, so it is not decided: the refusal stands."),
        _("If you did not want this, please tell us at once. Within 60 days of the refusal you can object again."),
    )


def _objection_overdue(_told: Told) -> Notice:
    return Notice(
        _("The decision on your objection is late"),
        _("The time to decide your objection has passed, and there is no decision yet. We are sorry."),
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
    "case.supplement_prolonged": Rule(_prolonged, required=True),
    "case.deemed_withdrawn": Rule(_deemed_withdrawn, required=True),
    "case.closed_as_repeated": Rule(_closed_as_repeated, required=True),
    "case.site_investigation": Rule(_investigated, required=True),
    "case.extended": Rule(_extended, required=True),
    "case.interim_notice": Rule(_interim, required=True),
    "case.message": Rule(_message),
    "case.answered": Rule(_answered, required=True),
    "case.closed": Rule(_closed),
    "case.reopened": Rule(_reopened),
    "case.returned": Rule(_returned, required=True),
    "case.due_recomputed": Rule(_recomputed),
    "case.overdue": Rule(_overdue),
    "case.objection_filed": Rule(_objected, required=True),
    "case.objection_passed_on": Rule(_objection_passed_on),
    "case.objection_extended": Rule(_objection_extended, required=True),
    "case.objection_upheld": Rule(_objection_upheld, required=True),
    "case.objection_dismissed": Rule(_objection_dismissed, required=True),
    "case.objection_withdrawn": Rule(_objection_withdrawn, required=True),
    "case.objection_overdue": Rule(_objection_overdue),
}
"""What petitioners hear of. Required: receipt (Act 9), transfer out (Act 16), supplement (Act 22), return (Decree 25),
extension (Decree 21), progress (Decree 23), answer (Act 27) and what comes of an objection (Act 35)."""
