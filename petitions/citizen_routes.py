"""What a petitioner does with their own case: write, supplement, withdraw, rate, say that it is not solved.

Plain forms of the case's page. What is typed wrong is shown again on a page of its own, with everything kept.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import Press, shown
from petitions.act_forms import Prolong
from petitions.actions import answering, handling, objecting, supplementing
from petitions.actions.change import PETITIONER
from petitions.errors import NoSuchCase
from petitions.forms import Rate, Remark, Words
from petitions.queries import following
from petitions.queries.cases import Level
from petitions.states import Action
from server.core import auth, uploads, web
from server.core.errors import Conflict, FieldError, Forbidden, Invalid, Text, _

Form = Mapping[str, Any]
"""What a form holds; under ``FIELD`` the files that came with it, as they lie in the store."""


@dataclass(frozen=True)
class Deed:
    """One form: what it does, and what the page says afterwards."""

    action: Action
    do: Callable[[str, Form], Awaitable[None]]
    done: Text
    words: str
    """What the page calls the field in which somebody writes."""
    field: str = "text"
    """The same field of the command."""
    takes_files: bool = False

    async def __call__(self, request: Request) -> Response:
        """Do it once and go back to the case; what hinders it is said with everything that was typed and chosen.

        Raises ``NoSuchCase`` and ``Forbidden``.
        """
        reference = await _own(request)
        settings = web.site(request).settings
        form = await web.read_form(request, files=uploads.PARTS if self.takes_files else 0)
        files, wrong = await uploads.receive(form, request.app.state.store, settings, f"{self.action}_files")
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        content = [typed, [file.hash for file in files]]
        press = Press(settings.secret_key, f"cases/{reference}/{self.action}", typed.get("drawn"), content)

        async def act() -> None:
            if wrong:
                raise Invalid(wrong)
            await self.do(reference, {**typed, self.field: typed.get(self.words), uploads.FIELD: files})

        try:
            await press.once(act)
        except (Invalid, Conflict) as refusal:
            errors = refusal.errors if isinstance(refusal, Invalid) else [FieldError("", refusal.text)]
            errors = [FieldError(self.words if e.field == self.field else e.field, e.text) for e in errors]
            context = {
                "reference": reference,
                "action": self.action.value,
                "values": {**typed, uploads.FIELD: uploads.shown(settings, files)},
                "errors": web.field_errors(web.language(request), errors),
            }
            return web.page(request, "cases/act.html", context, status=refusal.status)
        return web.redirect(request, f"/cases/{reference}", notice=self.done)


async def _own(request: Request) -> str:
    """The number of a case that is the reader's own."""
    reference, level = await following.door(request.path_params["reference"], shown(request))
    if auth.reader(request).official:
        raise Forbidden(_("Officials work on cases at the desk; here only the petitioner does."))
    if level < Level.PARTY:
        raise NoSuchCase
    return reference


async def _message(reference: str, form: Form) -> None:
    await handling.message(PETITIONER, reference, Words.parse(form), files=form[uploads.FIELD])


async def _supplement(reference: str, form: Form) -> None:
    await supplementing.receive(PETITIONER, reference, Words.parse(form), files=form[uploads.FIELD])


async def _prolong(reference: str, form: Form) -> None:
    await supplementing.prolong(PETITIONER, reference, Prolong.parse(form))


async def _withdraw(reference: str, form: Form) -> None:
    await answering.withdraw(PETITIONER, reference, Remark.parse(form))


async def _rate(reference: str, form: Form) -> None:
    await answering.rate(PETITIONER, reference, Rate.parse(form))


async def _not_solved(reference: str, form: Form) -> None:
    await answering.reopen(PETITIONER, reference, Words.parse(form))


async def _object(reference: str, form: Form) -> None:
    await objecting.object_to(PETITIONER, reference, Words.parse(form))


async def _withdraw_objection(reference: str, form: Form) -> None:
    await objecting.withdraw(PETITIONER, reference, Remark.parse(form))


DEEDS = {
    "messages": Deed(Action.MESSAGE, _message, _("Your message was sent."), "message", takes_files=True),
    "supplements": Deed(
        Action.SUPPLEMENT,
        _supplement,
        _("It has arrived. The clock runs again from tomorrow."),
        "supplement",
        takes_files=True,
    ),
    "prolongation": Deed(
        Action.PROLONG, _prolong, _("You have more time. The new last day stands below."), "prolongation", "reason"
    ),
    "withdrawal": Deed(Action.WITHDRAW, _withdraw, _("Your petition was taken back."), "withdrawal"),
    "rating": Deed(Action.RATE, _rate, _("Thank you. Your rating was noted."), "comment", "comment"),
    "not-solved": Deed(
        Action.REOPEN,
        _not_solved,
        _("The case is open again. The department and its manager were told."),
        "unsolved",
    ),
    "objection": Deed(
        Action.OBJECT, _object, _("Your objection has arrived. You are told of the decision."), "objection"
    ),
    "objection-withdrawal": Deed(
        Action.WITHDRAW_OBJECTION, _withdraw_objection, _("Your objection was taken back."), "objection_withdrawal"
    ),
}

routes = [Route(f"/cases/{{reference}}/{name}", deed.__call__, methods=["POST"]) for name, deed in DEEDS.items()]
