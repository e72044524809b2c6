"""The visits of a case on the case's page at the desk; the wiring passes it in."""

from collections.abc import Mapping

from server.core.accounts import Official
from tracking.visits.labels import VISIT_STATES
from tracking.visits.queries import cases, papers


async def section(reference: str, _official: Official, language: str) -> tuple[str, Mapping[str, object]]:
    """The template and its values. One query, and two more if there are visits."""
    visits = await cases.of_case(reference)
    checklists = await papers.of([visit.id for visit in visits])
    said = {number: found.sentences(language) for number, found in checklists.items()}
    return "desk/visits/parts/case.html", {"visits": visits, "sentences": said, "states": VISIT_STATES}
