"""Functions that connect domains which do not import each other; the wiring passes them in.

Petitions and forums: an idea becomes a petition, an answered petition a topic. Visits and petitions: what happens to a
visit for a case is written into the case's history.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from forums.crossing import Crossings, NewPetition, Said, Suggestion, Topic
from petitions.actions import intake
from petitions.actions import visits as case_visits
from petitions.events import VisitNoted
from petitions.forms import FilePetition
from petitions.queries import cases, following
from petitions.queries.cases import Credentials, Level
from petitions.reference import reference
from petitions.routing import choose
from petitions.rules import Kind
from petitions.states import State
from server.core import i18n, ledger
from server.core.accounts import Official
from server.core.config import LANGUAGES
from server.core.errors import Conflict, FieldError, Invalid, _
from server.core.jobs import Task
from tracking.visits import events as visit_events
from tracking.visits.queries import cases as visit_cases
from tracking.visits.queries import offices, queue
from tracking.visits.queries import requests as visit_requests
from tracking.visits.queries.cases import CaseVisit
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.queries.requests import RequestRow

ENDED = frozenset({State.ANSWERED, State.CLOSED})


class NotAnswered(Conflict):
    """409: only an answered petition can become a topic."""

    code = "not_answered"
    text = _("Only an answered petition can become a topic.")


async def suggest(submissions: Sequence[Said]) -> list[Suggestion]:
    """The departments to which petitions with these texts would be routed."""
    reference_data = await reference()
    found = []
    for submission in submissions:
        choice = choose(
            kind=Kind.SUGGESTION.value, district=submission.district, title=submission.title, body=submission.text,
            rules=reference_data.rules, departments=reference_data.profiles,
            learned=reference_data.learned,
        )  # fmt: skip
        sure = choice.department_id is not None and not choice.doubt.msgid
        found.append(Suggestion(choice.department_id or choice.proposed, choice.because, sure))
    return found


async def file(submission: NewPetition) -> str:
    """File a submission as a suggestion (건의민원); returns the case number. Raises ``Invalid``."""
    reference_data = await reference()
    raw = {
        "title": submission.title,
        "body": submission.body,
        "kind": Kind.SUGGESTION.value,
        "location": {"address": reference_data.districts.get(submission.district, {}).get("ko", "")},
        "petitioner": {"name": submission.name, "email": submission.email, "language": submission.language},
    }
    try:
        command = FilePetition.parse(raw, reference_data, language=submission.language)
    except Invalid as error:  # translate field names to those of the submitted form
        raise Invalid([FieldError(e.field.rpartition(".")[2], e.text) for e in error.errors]) from error
    return (await intake.file(command)).reference


async def topic(number: str, official: Official) -> Topic:
    """An answered petition that the official may see. Raises ``NoSuchCase`` and ``NotAnswered``."""
    case = await cases.view(number, Credentials(official))
    if case.status not in ENDED:
        raise NotAnswered
    return Topic(case.reference, case.title, public=case.public)


async def public(numbers: Collection[str]) -> frozenset[str]:
    """Those of the given petitions that are public. One query."""
    accesses = await following.case_access(numbers)
    return frozenset(
        number for number, access_level in accesses.items() if access_level.level(Credentials()) is not Level.NONE
    )


OF_VISITS: Mapping[str, str] = {
    visit_events.VisitAsked.kind: "asked",
    visit_events.VisitNotAsked.kind: "withdrawn",
    visit_events.VisitBooked.kind: "booked",
    visit_events.VisitRescheduled.kind: "rescheduled",
    visit_events.VisitCancelled.kind: "cancelled",
    visit_events.VisitAttached.kind: "attached",
    visit_events.VisitDetached.kind: "detached",
    visit_events.NoShowMarked.kind: "missed",
    visit_events.VisitServed.kind: "served",
    visit_events.TicketFinished.kind: "at_counter",
}
"""What a case's history says of the events of its visits."""


async def note_visit(task: Task) -> None:
    """Write what happened to a visit, or a request for one, into the history of its case, if it has one. Job."""
    event = await ledger.get(task.payload["event"])
    subject, _slash, number = event.subject.partition("/")
    what = OF_VISITS[event.kind]
    if event.kind == visit_events.TicketFinished.kind:
        await _note_settled(event)
        return
    if subject == "visit-request":
        request = await visit_requests.one(int(number))
        noted = VisitNoted("", what, "", _names(request))
        if what != "asked":
            await case_visits.note(request.case_reference, event.id, noted)
            return
        known = await offices.services(request.office_id)
        services = [known[one] for one in request.services if one in known]
        names = {lang: ", ".join(i18n.name_in(one, lang) for one in services) for lang in LANGUAGES}
        noted = replace(noted, services=names, proposed=request.times, again=event.data.get("again", False))
        await case_visits.note(request.case_reference, event.id, noted, text=request.reason)
        return
    visit = await visit_cases.by_number(number)
    case = event.data.get("case") or (visit.case_reference if visit else "")
    if visit is not None and case:
        starts_at = event.data.get("starts_at") or visit.starts_at.isoformat(timespec="minutes")
        await case_visits.note(case, event.id, VisitNoted(visit.number, what, starts_at, _names(visit)))


async def _note_settled(event: ledger.Entry) -> None:
    """What was settled at a counter, for the case that the visitor came for or filed there."""
    case, services = event.data.get("case", ""), event.data["services"]
    if not case or not services:
        return
    ticket, counter = await queue.ticket(event.data["ticket"]), await queue.counter_place(event.data["counter"])
    office, known = await offices.office_by_id(ticket.office_id), await offices.services(ticket.office_id)
    names = {lang: ", ".join(i18n.name_in(known[one], lang) for one in services if one in known) for lang in LANGUAGES}
    noted = VisitNoted(
        await queue.visit_number(ticket), "settled" if event.data["settled"] else "at_counter",
        event.occurred_at.isoformat(timespec="minutes"), _names(office), services=names,
        counter=counter.number if counter else "",
    )  # fmt: skip
    await case_visits.note(case, event.id, noted)


def _names(office: CaseVisit | RequestRow | OfficeRow) -> dict[str, str]:
    return {"ko": office.name, "ja": office.name_ja, "en": office.name_en}


WAYS = Crossings(suggest, file, topic, public)
