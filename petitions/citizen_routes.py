"""The petitioner's actions on their own case: write, supplement, withdraw, rate, say that it is not solved.

Plain forms of the case's page. Invalid input is shown again on a page of its own, with everything kept.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import shown
from petitions.actions.change import PETITIONER
from petitions.acts import CITIZEN
from petitions.acts.citizen import form
from petitions.acts.page import CaseAct
from petitions.errors import NoSuchCase
from petitions.queries import cases, following
from petitions.queries.cases import Level
from server.core import acts, auth, web
from server.core.acts import Attempt, Offer
from server.core.errors import FieldError, Forbidden, _


async def _own(request: Request) -> str:
    """The number of a case that belongs to the reader."""
    reference, level = await following.access_level(request.path_params["reference"], shown(request))
    if auth.reader(request).official:
        raise Forbidden(
            _("Officials work on cases at the desk; only the petitioner can use this page."), code="petitioner_only"
        )
    if level < Level.PARTY:
        raise NoSuchCase
    return reference


def _acting(act: CaseAct, offer: Offer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        """Act once and return to the case; errors are shown with everything that was typed and chosen.

        Raises ``NoSuchCase`` and ``Forbidden``.
        """
        reference = await _own(request)
        sent = await acts.read(request, act, offer)
        attempt = Attempt(PETITIONER, reference, f"cases/{reference}")
        kept = await acts.act_once(request, act, offer, attempt, sent, version="drawn")
        if kept is None:
            return web.redirect(request, f"/cases/{reference}", notice=offer.done)
        case, language = await cases.view(reference, shown(request)), web.language(request)
        refusal = [FieldError("", kept.refusal.text)] if kept.refusal else []
        context = {
            "reference": reference,
            "form": form(act, offer, case, language, kept),
            "errors": kept.errors or web.field_errors(language, refusal),
        }
        return web.page(request, "cases/act.html", context, status=kept.status)

    return endpoint


routes = [
    Route(f"/cases/{{reference}}/{offer.page or offer.address}", _acting(act, offer), methods=["POST"])
    for act, offer in CITIZEN.values()
]
