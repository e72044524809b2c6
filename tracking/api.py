"""``/api/v1/cases/{reference}/events``: the events of a case in order, limited to those that the reader may see."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import shown
from petitions.messages.event import CaseEvent
from petitions.queries import cases
from petitions.queries.cases import AUDIENCES, CaseView
from petitions.queries.timeline import case_events, shown_data
from petitions.rights import subject
from server.core import config, contract, i18n, ledger, web
from server.core.contract import Access, Contract, documented
from server.core.forms import Parameters
from server.core.ledger import Audience

PAGE = 100
LAST = 2**31 - 1

_EVENT = contract.named(
    "Event",
    contract.record(
        {
            "id": contract.integer(1),
            "sequence": contract.integer(1),
            "kind": contract.text(about="For example case.accepted."),
            "at": contract.MOMENT,
            "audience": contract.one_of(Audience),
            "by": contract.one_of(("petitioner", "official", "system")),
            "who": contract.text(about="Their name, where this reader is told it."),
            "person": contract.maybe(contract.text(about="The handler or guide that it names.")),
            "text": contract.text(about="The words that belong to it."),
            "data": {"type": "object", "description": "What else the event says; departments by code."},
        }
    ),
)


@documented(
    Contract(
        "What happened to a case, in order, after a sequence number",
        contract.listed(_EVENT),
        access=Access.PARTY,
        query={"after": contract.integer(0, LAST)},
        headers={"X-Access-Key": contract.text(about="The case's key.")},
        refusals=(404,),
    )
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


def _event(event: CaseEvent, found: CaseView, lang: str) -> dict[str, object]:
    entry = event.entry
    return {
        "id": entry.id,
        "sequence": entry.sequence,
        "kind": entry.kind,
        "at": entry.occurred_at.astimezone(config.settings().zone).isoformat(timespec="seconds"),
        "audience": entry.audience.value,
        "by": entry.actor.partition(":")[0],
        "who": i18n.translate(lang, event.who),
        "person": event.person.name if event.person else None,
        "text": event.text,
        "data": shown_data(event, found),
    }


routes = [Route("/api/v1/cases/{reference}/events", events)]
