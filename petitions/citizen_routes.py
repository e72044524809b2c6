"""What a petitioner does with their own case: write, supplement, withdraw, rate, say that it is not solved.

Plain forms of the case's page. What is typed wrong is shown again on a page of its own, with everything kept.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import shown
from petitions.actions import answering, handling
from petitions.actions.change import PETITIONER
from petitions.errors import NoSuchCase
from petitions.forms import REASON_LIMIT, Rate, Words
from petitions.queries import following
from petitions.queries.cases import Level
from petitions.states import Action
from server.core import auth, web
from server.core.errors import Forbidden, Invalid, Text, _


@dataclass(frozen=True)
class Deed:
    """One form: what it does, and what the page says afterwards."""

    action: Action
    do: Callable[[str, FormData], Awaitable[None]]
    done: Text

    async def __call__(self, request: Request) -> Response:
        """Do it and go back to the case. Raises ``NoSuchCase``, ``Forbidden`` and ``NotPossibleNow``."""
        reference = await _own(request)
        form = await web.read_form(request)
        try:
            await self.do(reference, form)
        except Invalid as error:
            context = {
                "reference": reference,
                "action": self.action.value,
                "values": {name: value for name, value in form.items() if isinstance(value, str)},
                "errors": web.field_errors(web.language(request), error.errors),
            }
            return web.page(request, "cases/act.html", context, status=error.status)
        return web.redirect(request, f"/cases/{reference}", notice=self.done)


async def _own(request: Request) -> str:
    """The number of a case that is the reader's own."""
    reference, level = await following.door(request.path_params["reference"], shown(request))
    if auth.reader(request).official:
        raise Forbidden(_("Officials work on cases at the desk; here only the petitioner does."))
    if level < Level.PARTY:
        raise NoSuchCase
    return reference


async def _message(reference: str, form: FormData) -> None:
    await handling.message(PETITIONER, reference, Words.parse(form, name="message"))


async def _supplement(reference: str, form: FormData) -> None:
    await handling.receive_supplement(PETITIONER, reference, Words.parse(form, name="supplement"))


async def _withdraw(reference: str, form: FormData) -> None:
    words = Words.parse(form, name="withdrawal", required=False, limit=REASON_LIMIT)
    await answering.withdraw(PETITIONER, reference, words)


async def _rate(reference: str, form: FormData) -> None:
    await answering.rate(reference, Rate.parse(form))


async def _not_solved(reference: str, form: FormData) -> None:
    await answering.reopen(PETITIONER, reference, Words.parse(form, name="unsolved"))


DEEDS = {
    "messages": Deed(Action.MESSAGE, _message, _("Your message was sent.")),
    "supplements": Deed(Action.SUPPLEMENT, _supplement, _("It has arrived. The clock runs again from tomorrow.")),
    "withdrawal": Deed(Action.WITHDRAW, _withdraw, _("Your petition was taken back.")),
    "rating": Deed(Action.RATE, _rate, _("Thank you. Your rating was noted.")),
    "not-solved": Deed(
        Action.REOPEN, _not_solved, _("The case is open again. The department and its manager were told.")
    ),
}

routes = [Route(f"/cases/{{reference}}/{name}", deed.__call__, methods=["POST"]) for name, deed in DEEDS.items()]
