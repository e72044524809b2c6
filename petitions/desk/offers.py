"""The forms of a case's page: one for each action that this official can do now, with its choices."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from petitions import acts
from petitions.acts.page import DeskPage
from petitions.acts.section import Section
from petitions.desk import answer
from petitions.duties import passing_on
from petitions.queries import desk
from petitions.queries.cases import CaseView
from petitions.queries.desk import Earlier
from petitions.rules import Transfer
from petitions.states import Action
from server.core import clock, i18n
from server.core.accounts import Official
from server.core.acts import Drawn, draw
from server.core.days import day_of
from server.core.errors import _
from server.core.form_pages import NOTHING, Prepared, ReturnedForm
from server.core.roles import Staff

QUIET = "quiet"


async def page_of(
    case: CaseView,
    official: Official,
    parts: Section,
    earlier: Sequence[Earlier],
    passed_at: datetime | None,
    lang: str,
) -> DeskPage:
    """The values that the forms need. ``passed_at`` is when a case without a handler reached its department."""
    reference_data, now = case.reference_data, clock.now()
    mine = {act.action for act in acts.of_official(case, official)}
    limits = ((Action.TRANSFER, Transfer.BETWEEN_DEPARTMENTS, passed_at),
              (Action.TRANSFER_OUT, Transfer.TO_AGENCY, case.received_at))  # fmt: skip
    handlers = await desk.handlers(case.department_id) if Action.ASSIGN in mine and case.department_id else []
    proposed = reference_data.departments.get(case.routing.get("chosen") or 0)
    return DeskPage(
        case=case,
        language=lang,
        departments=reference_data.department_choices(lang),
        proposed=proposed.code if proposed else "",
        handlers=[(person.username, person.name) for person in handlers],
        guides=[_guide(person, case, lang) for person in await desk.guides()] if Action.GUIDE in mine else (),
        passing_on={
            action: passing_on(transfer, since, reference_data.calendar, now, lang)
            for action, transfer, since in limits
            if since is not None
        },
        parts=parts,
        answered_before=[
            (each.reference, f"{each.reference} {each.title}",
             i18n.translate(lang, _("received %(moment)s", moment=i18n.date_text(day_of(each.received_at), lang))))
            for each in earlier
            if each.results_notified(case.received_at)
        ],
        remedies=answer.remedies(case),
        remedies_of_objection=answer.objection_remedies(case),
    )  # fmt: skip


def _guide(person: Staff, case: CaseView, lang: str) -> tuple[str, str]:
    department = case.reference_data.department_name(person.department_id, lang)
    return person.username, f"{person.name} · {department}" if department else person.name


def forms(
    page: DeskPage,
    official: Official,
    back: ReturnedForm,
    carried: str,
    prepared: Mapping[str, Prepared],
) -> Mapping[str, Sequence[Drawn]]:
    """The forms by their place on the page, quiet ones last; ``carried`` is the list that the case was opened from.

    What is ``prepared`` for each action's form stands in it.
    """
    found = defaultdict[str, list[Drawn]](list)
    hidden = {"version": page.case.version, "list": carried}
    to = f"/desk/cases/{page.case.reference}"
    for act in acts.of_official(page.case, official):
        if act.desk:
            own = prepared.get(act.action.value, NOTHING)
            drawn = draw(
                act, act.desk, to=to, hidden={**hidden, **own.hidden}, language=page.language, page=page, back=back,
                prepared=own,
            )  # fmt: skip
            if drawn:
                found[act.desk.place].append(drawn)
    return {place: sorted(drawn, key=lambda form: form.offer.kind == QUIET) for place, drawn in found.items()}
