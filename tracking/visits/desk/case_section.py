"""The visits of a case on the case's page at the desk; the wiring passes it in."""

from collections.abc import Mapping

from server.core.accounts import Official
from tracking.visits.labels import VISIT_STATES
from tracking.visits.permissions import Permission
from tracking.visits.queries import cases, papers, requests


async def section(reference: str, official: Official, language: str) -> tuple[str, Mapping[str, object]]:
    """The template and its values. Two queries, and two more if there are visits."""
    visits = await cases.of_case(reference)
    checklists = await papers.of([visit.id for visit in visits])
    said = {number: found.sentences(language) for number, found in checklists.items()}
    return "desk/visits/parts/case.html", {
        "reference": reference,
        "visits": visits,
        "sentences": said,
        "states": VISIT_STATES,
        "asked": await requests.open_of(reference),
        "may_ask": official.may(Permission.ASK_FOR_VISIT),
        "may_see": official.may(Permission.SEE_VISITS),
    }
