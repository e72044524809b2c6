"""What a text that is being typed would lead to: the kind, the department and similar answered petitions."""

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from petitions import kinds
from petitions.actions import intake
from petitions.actions.intake import Decided
from petitions.forms import TITLE_LIMIT, FilePetition, Location, PetitionerDetails
from petitions.queries import public
from petitions.reference import Reference, reference
from server.core import clock, web
from server.core.forms import Parameters
from server.core.mentions import Mentions

SUGGEST_BODY, SUGGEST_WORDS = 400, 6


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
            "similar": await public.similar(_words(title, body, reference_data, decided)),
            "department_names": reference_data.department_names(lang),
        },
    )
    return HTMLResponse(html, headers={"cache-control": "no-store"})


def _words(title: str, body: str, reference_data: Reference, decided: Decided) -> dict[str, int]:
    """Words to find similar cases by, with their weights.

    A department's keyword in the title suffices alone (3); so do two other words of the title (2 each), or one of them
    with a keyword that only the body contains (1).
    """
    head, text = Mentions(title), Mentions(body)
    best = {candidate.department_id for candidate in decided.choice.candidates[:2]}
    keywords = [w for row in reference_data.profiles if row.id in best for w in row.keywords]
    words = {w: 3 for w in keywords if w in head}
    words.update({w: 1 for w in keywords if w in text and w not in words})
    for word in re.findall(r"\w{2,}", title)[:6]:
        # A Korean word of three or more syllables without its last one is usually without its particle.
        stem = word[:-1] if len(word) > 2 and "가" <= word[-1] <= "힣" else word  # noqa: PLR2004
        if not any(stem in Mentions(w) or w in Mentions(stem) for w in words):
            words[stem] = 2
    return dict(sorted(words.items(), key=lambda pair: -pair[1])[:SUGGEST_WORDS])


routes = [Route("/petitions/suggest", suggest)]
