"""What a text that is being typed would lead to: the kind, the department and similar answered petitions."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from petitions import kinds
from petitions.actions import intake
from petitions.forms import TITLE_LIMIT, FilePetition, Location, PetitionerDetails
from petitions.queries import alike
from petitions.reference import reference
from server.core import clock, web
from server.core.forms import Parameters

SUGGEST_BODY = 400


async def suggest(request: Request) -> Response:
    """``GET /petitions/suggest``: the kind, the department and similar answered cases for a text being typed."""
    data = Parameters(request.query_params)
    title = data.text("title", limit=TITLE_LIMIT)
    body = data.text("body", limit=SUGGEST_BODY, lines=True)
    data.done()
    reference_data = await reference()
    guess = kinds.guess(title, body)
    lang = web.language(request)
    petition = FilePetition(title, body, guess.value, Location(), PetitionerDetails(language=lang))
    decided = intake.decide(petition, reference_data, [], clock.now())
    html = web.site(request).render(
        lang,
        "petitions/suggest.html",
        {
            "kind": kinds.PLAIN[guess][0],
            "period": kinds.period_text(decided.period),
            "due": decided.due,
            "department": reference_data.department_name(decided.choice.department_id, lang),
            "similar": await alike.answered(title, body),
            "department_names": reference_data.department_names(lang),
        },
    )
    return HTMLResponse(html, headers={"cache-control": "no-store"})


routes = [Route("/petitions/suggest", suggest)]
