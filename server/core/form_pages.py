"""Pages with a form: shown, sent to the same address, and shown again with the input and the errors if refused."""

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import database, kept, web
from server.core.errors import Invalid, OnlyShown, Refusal


@dataclass(frozen=True)
class ReturnedForm:
    """A form to be shown again: its action, the input and the errors, under the field names of the page."""

    action: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    files: Sequence[Mapping[str, object]] = ()
    """The files sent with it, as the page carries them along."""

    def value(self, name: str, default: object = "") -> object:
        """The input of a field."""
        return self.values.get(name, default)

    def error(self, name: str) -> str:
        """The error of a field."""
        return self.errors.get(name, "")

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows it again."""
        return self.refusal.status if self.refusal else 200


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a form begins with: a draft, texts that can be put into it, whether it is unfolded, and hidden fields."""

    draft: ReturnedForm | None = None
    texts: Sequence[tuple[object, str]] = ()
    opened: bool = False
    hidden: Mapping[str, object] = field(default_factory=dict)


NOTHING = Prepared()

Show = Callable[[Request, ReturnedForm], Awaitable[Response]]
Handle = Callable[[Request, FormData], Awaitable[Response]]


def form_page(path: str, show: Show, handle: Handle, *methods: str) -> Route:
    """A page with a form: ``handle`` runs what was sent; if that is invalid, ``show`` shows it again with the errors.

    ``show`` answers other requests than POST with the empty form. ``methods`` are GET and POST by default.
    """

    @functools.wraps(handle)  # its name is the route's in logs and metrics
    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await show(request, ReturnedForm())
        form = await web.read_form(request)
        try:
            response = await handle(request, form)
        except Invalid as refusal:
            values = {name: value for name, value in form.items() if isinstance(value, str)}
            errors = web.field_errors(web.language(request), refusal.errors)
            refused = None if isinstance(refusal, OnlyShown) else refusal
            return await show(request, ReturnedForm(values=values, errors=errors, refusal=refused))
        if response.status_code == HTTPStatus.SEE_OTHER and not database.only_shown():
            await kept.sent(request)
        return response

    return Route(path, endpoint, methods=methods or ("GET", "POST"))
