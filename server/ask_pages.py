"""``/ask``: a question in plain words, answered by what the city has published, before a petition is filed (ADR 60).

Three passages are quoted as they stand, each with its page. No text is made up. Beside them stand the department that
would answer, its hours, the call centre, and a way to file the same text.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import search as forums
from petitions import kinds
from petitions import search as petitions
from petitions.actions import intake
from petitions.forms import TITLE_LIMIT, FilePetition, Location, PetitionerDetails
from petitions.reference import Reference, reference
from server import search_pages, searching
from server.core import clock, days, search, web
from server.core.forms import Parameters
from server.core.search import Hit, Question
from server.core.search.words import MAX_QUERY
from tracking.visits import search as visits

PAGE = "/ask"
KINDS = (petitions.PETITION, petitions.SERVICE, visits.SERVICE, forums.NOTICE, forums.FORUM)
"""What answers a question: answers, services, notices and forums."""
SHOWN = 3
FOUND = 12
"""Hits of which the best pages are shown: some are one page in several languages."""
ENOUGH = 0.5
"""The share of a question, by weight, that a page contains which is shown; measured in ADR 60."""
ASKING = re.compile(
    r"(?<!\w)(?:어디|언제|어떻게|어떤|무엇|왜|얼마|누구|누가|방법|관련|대해|말해야|알려|궁금|문의|질문|가능|하나요|되나요|있나요|인가요"
    r"|주나요|주세요|부탁|싶|해야|합니까|됩니까|입니까)\w*"
    r"|どこ(?:に|で|へ)?|いつ|どう(?:やって|すれば)?|なぜ|なに|何を|誰|いくら|聞けば|教えて(?:ください)?|ください|について|ですか|ますか|方法"
    r"|\b(?:who|what|when|where|why|how|which|can|could|do|does|did|is|are|was|i|we|my|our|a|an|the|to|of|in|on|for|about"
    r"|this|that|it|please|tell|me|ask|report|city|there|get)\b",
    re.IGNORECASE,
)
"""Words that make a question of any text and say nothing of what it is about."""


async def page(request: Request) -> Response:
    """``GET /ask?q=``: the question, and what answers it. Raises ``Invalid`` for a text that cannot be read."""
    data = Parameters(request.query_params)
    asked = data.text("q", limit=MAX_QUERY, lines=True)
    data.done()
    lang, reference_data = web.language(request), await reference()
    hits = await passages(asked, lang) if asked else ()
    context = {
        "asked": asked,
        "most": MAX_QUERY,
        "hits": [search_pages.shown(hit, reference_data, lang) for hit in hits],
        "department": _department(asked, reference_data, lang) if asked else None,
        "hours": reference_data.calendar.hours_on(days.today()),
        "file": f"/petitions/new?{urlencode({'title': ' '.join(asked.split())[:TITLE_LIMIT], 'body': asked})}",
    }
    return web.page(request, "ask.html", context)


async def passages(asked: str, language: str) -> Sequence[Hit]:
    """The public pages that say most about a question, each once, best first. At most eight statements."""
    question = Question(about(asked), KINDS, limit=FOUND, least=ENOUGH, related=search.ALWAYS)
    hits = [hit for hit in (await search.ENGINE.search(question)).hits if hit.share >= ENOUGH]
    return searching.once(hits, language)[:SHOWN]


def about(asked: str) -> str:
    """What a question is about: its text without what only asks; all of it if nothing else is left."""
    left = " ".join(ASKING.sub(" ", asked).split())
    return left if any(map(str.isalnum, left)) else asked


def _department(asked: str, reference_data: Reference, language: str) -> object:
    """The department that would answer a petition with these words; None where an intake officer would choose."""
    details = PetitionerDetails(language=language)
    petition = FilePetition(asked[:TITLE_LIMIT], asked, kinds.guess(asked, asked).value, Location(), details)
    decided = intake.decide(petition, reference_data, [], clock.now())
    return reference_data.departments.get(decided.choice.department_id or 0)


routes = [Route(PAGE, page)]
