"""``/services``: everything that can be applied for or done at a counter; each with its period and what it needs."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions import kinds
from petitions.reference import reference
from petitions.rules import Period
from server.core import i18n, web
from server.core.errors import NotFound
from tracking.visits.queries import catalogue
from tracking.visits.routes import bringing

PAGE = "/services"


async def index(request: Request) -> Response:
    """``/services``: all by name; what can be done at a counter of a statutory procedure is one with it."""
    lang, reference_data = web.language(request), await reference()
    names = {code: row.name(lang) for code, row in reference_data.services.items()}
    names |= {one.code: i18n.name_in(one, lang) for one in await catalogue.offered() if one.statutory not in names}
    services = sorted(((name, code) for code, name in names.items()), key=lambda pair: pair[0].casefold())
    return web.page(request, "visits/all_services.html", {"services": services})


async def service(request: Request) -> Response:
    """``/services/{code}``. Raises ``NotFound``."""
    lang, code, reference_data = web.language(request), request.path_params["code"], await reference()
    statutory, counters = reference_data.services.get(code), await catalogue.of_code(code)
    if statutory is None and not counters:
        raise NotFound
    period = Period(statutory.rule.unit, statutory.rule.amount) if statutory else None
    context = {
        "name": statutory.name(lang) if statutory else i18n.name_in(counters[0].service, lang),
        "code": code,
        "statutory": statutory,
        "period": kinds.period_text(period),
        "department": reference_data.department_name(statutory.department_id, lang) if statutory else "",
        "counters": [
            (one.service, i18n.name_in(one.service, lang), one.offices, bringing.papers([one.service], lang))
            for one in counters
        ],
    }
    return web.page(request, "visits/one_service.html", context)


routes = [Route(PAGE, index), Route(f"{PAGE}/{{code}}", service)]
