"""A petition that is being written: what its pages show again, and what is kept for the browser until it is sent."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from petitions.forms import page_names
from petitions.permissions import Permission
from server.core import auth, characters, kept, uploads, web
from server.core.accounts import Official
from server.core.errors import FieldError, Invalid
from server.core.files import StoredFile

KEPT_LENGTH = 40_000
"""Characters of an invalid field that are shown again."""

_submission = re.compile(r"[A-Za-z0-9_-]{20,64}")
_degrees = re.compile(r"-?\d{1,3}(?:\.\d{1,20})?")


@dataclass
class Draft:
    """The input so far, as the page shows it again."""

    values: dict[str, str]
    submission: str
    files: list[StoredFile] = field(default_factory=list)
    number: str = ""
    """The number under which it is kept; empty before it was complete for the first time."""

    @classmethod
    def read(cls, form: Mapping[str, Any]) -> "Draft":
        """Read what can be shown again; a missing or malformed token is replaced."""
        values = {}
        for name in (*page_names().values(), "service", "ticket"):
            value = form.get(name)
            values[name] = (
                characters.clean(value.replace("\0", ""), lines=True)[:KEPT_LENGTH] if isinstance(value, str) else ""
            )
        if not (_degrees.fullmatch(values["lat"]) and _degrees.fullmatch(values["lng"])):
            values["lat"] = values["lng"] = ""
        given = form.get("submission")
        reference_data = isinstance(given, str) and _submission.fullmatch(given)
        return cls(values, given if reference_data else secrets.token_urlsafe(16))  # type: ignore[arg-type]


def filer(request: Request) -> Official | None:
    """The official who files for somebody, on the desk's page; None on the citizens' page."""
    return auth.official(request, Permission.FILE) if request.url.path.startswith("/desk/") else None


def new_page(request: Request) -> str:
    """The address of the form, for citizens or at the desk."""
    return "/desk/petitions/new" if request.url.path.startswith("/desk/") else "/petitions/new"


def whose(official: Official | None) -> str:
    """For whom a draft is kept."""
    return official.actor if official else ""


async def keep(request: Request, draft: Draft, official: Official | None) -> Response:
    """Keep a draft and go to the page that checks it."""
    if draft.number:
        found: object
        try:
            found = await opened(request)
        except kept.NotKept:  # it has expired while it was changed
            found = None
        if not isinstance(found, tuple):
            draft.number = ""
    settings = web.site(request).settings
    content = {
        "values": draft.values,
        "submission": draft.submission,
        "files": [uploads.token(settings, file) for file in draft.files],
    }
    number = await kept.put(request, content, whose=whose(official), number=draft.number)
    response = web.redirect(request, f"{new_page(request)}/{number}/check")
    kept.remember(request, response)
    return response


async def opened(request: Request) -> tuple[Draft, list[FieldError]] | Response:
    """What is kept under the number in the address, with the error of a lost file; or the way to its receipt.

    Raises ``NotKept``.
    """
    number = request.path_params["kept"]
    found = await kept.get(request, number, whose=whose(filer(request)))
    if "reference" in found:
        return web.redirect(request, f"{new_page(request)}/{number}/receipt")
    draft, errors = Draft(found["values"], found["submission"], number=number), []
    try:
        draft.files = await uploads.named(found["files"], request.app.state.store, web.site(request).settings)
    except Invalid as error:
        errors = error.errors
    return draft, errors
