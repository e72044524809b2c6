"""A form that is sent only to be shown again: in another language, or after its writer has signed in again.

Nothing is written in such a request (``database.only_show``), so its page needs no more code than for a refused form.
"""

import re
from contextvars import ContextVar
from urllib.parse import unquote

from starlette.requests import Request

from server.core import database

SHOW_AGAIN = "show_again"
"""The field with which a form is sent to be shown again, with what was typed and in another language; nothing else.

Its value says whether with its ``errors``, as on a page that has shown them, or its ``values`` only."""
SECRETS = frozenset({"password", "old", "new", "again", "off", "code", "key"})
"""Fields that no page shows again."""
LEAST_TO_COPY = 12
"""Characters of a text that is worth copying."""
MAIN_FORM = "main-form"
"""The id of the form that a page is for; its language switch takes along what was typed."""

RESUMED = "resumed"
"""The field with the number of the kept text (``server.core.kept``) that a form is shown with again."""
NUMBER = re.compile(r"[\w-]{22}", re.ASCII)
"""The number of a kept text."""

_form = re.compile(r'<form\b[^>]*\baction="([^"?]*)[^>]*>')
_unchecked: ContextVar[bool] = ContextVar("unchecked", default=False)


def texts(request: Request) -> list[str]:
    """The texts of a form that its page cannot show again, to be copied."""
    form = getattr(request, "_form", None)
    if request.method != "POST" or form is None:
        return []
    texts = [v for name, v in form.multi_items() if isinstance(v, str) and name not in SECRETS]
    return [text for text in texts if len(text) >= LEAST_TO_COPY and len(text.split()) > 1]


def value(request: Request) -> str:
    """What the language switch has shown: the errors, too, where this page shows them."""
    return "values" if answered(request) is None or without_errors() else "errors"


def without_errors() -> bool:
    """Whether this request shows a form that was not sent yet, and whose mistakes are therefore not told."""
    return database.only_shown() and _unchecked.get()


def answered(request: Request) -> list[tuple[str, str]] | None:
    """The fields of the form that this page answers, for its language switch; None if it answers none."""
    form = getattr(request, "_form", None)
    if request.method != "POST" or form is None or "shown_at" in request.scope:
        return None
    return [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name not in SECRETS and name != SHOW_AGAIN
    ]


def resumed(request: Request) -> str:
    """The number of the kept text that this form is or was shown with; empty if none."""
    number = request.scope.get(RESUMED) or (getattr(request, "_form", None) or {}).get(RESUMED)
    return number if isinstance(number, str) and NUMBER.fullmatch(number) else ""


def with_resumed(request: Request, html: str) -> str:
    """A page whose forms of this address name the kept text that they are shown with, until it is sent."""
    if not (number := resumed(request)):
        return html
    field = f'<input type="hidden" name="{RESUMED}" value="{number}">'
    here = request.url.path
    return _form.sub(lambda tag: tag[0] + field if unquote(tag[1]) == here else tag[0], html)


def only(*, errors: bool) -> None:
    """Write nothing in the rest of this request: what was typed is only shown again, with its errors or without."""
    database.only_show()
    _unchecked.set(not errors)
