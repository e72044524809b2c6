"""``/api/v1/cases/{reference}/events``: the events of a case in order, limited to those that the reader may see."""

from datetime import datetime
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import shown
from petitions.messages.event import CaseEvent
from petitions.queries import cases
from petitions.queries.cases import AUDIENCES, CaseView
from petitions.queries.timeline import case_events, shown_data
from petitions.rights import subject
from server.core import contract, i18n, ledger, web
from server.core.contract import Access, Answer, Contract, among, said
from server.core.forms import Parameters
from server.core.ledger import Audience

PAGE = 100
LAST = 2**31 - 1


class Event(Answer):
    """An event of a case."""

    id: int
    sequence: int
    kind: Annotated[str, said("For example case.accepted.")]
    at: datetime
    audience: Audience
    by: Annotated[str, among(("petitioner", "official", "system"))]
    who: Annotated[str, said("Their name, if this reader may see it.")]
    person: Annotated[str | None, said("The handler or guide that it names.")]
    text: Annotated[str, said("The texts of the event.")]
    data: Annotated[dict[str, Any], said("What else the event says; departments by code.")]


@Contract(
    "What happened to a case, in order, after a sequence number",
    contract.listed(Event),
    access=Access.PARTY,
    query={"after": contract.integer(0, LAST)},
    headers={"X-Access-Key": contract.text(about="The case's key.")},
    refusals=(404,),
)
async def events(request: Request) -> Response:
    """``GET``: if there are more events, ``next`` is the value of ``after`` for the next request."""
    data = Parameters(request.query_params)
    after = data.integer("after", low=0, high=LAST) or 0
    data.done()
    found = await cases.view(request.path_params["reference"], shown(request))
    audiences = AUDIENCES[found.level]
    of_case = subject(found.reference)
    entries = await ledger.read(of_case, after_sequence=after, limit=PAGE + 1)
    more = len(entries) > PAGE
    entries = entries[:PAGE]
    seen = [entry for entry in entries if entry.audience in audiences]
    lang = web.language(request)
    listed = await case_events(found, seen, found.level, lang)
    rows = [_event(event, found, lang) for event in listed]
    return web.items(rows, str(entries[-1].sequence) if more else None, await ledger.count(of_case, audiences))


def _event(event: CaseEvent, found: CaseView, lang: str) -> Event:
    return Event.of(
        event.entry,
        at=event.at,
        by=event.entry.actor.partition(":")[0],
        who=i18n.translate(lang, event.who),
        person=event.person.name if event.person else None,
        text=event.text,
        data=shown_data(event, found),
    )


routes = [Route("/api/v1/cases/{reference}/events", events)]
