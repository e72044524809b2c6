"""What the settings pages share: names in the reader's language, numbers from addresses, a page that asks first."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from petitions.labels import KINDS
from petitions.reference import Reference
from server.core import web
from server.core.errors import NotFound, Text, _
from server.core.i18n import translate

Options = list[tuple[str, str]]
"""Value and words of each choice of a field."""


def number(request: Request, name: str = "id") -> int:
    """A row's number in the address. Raises ``NotFound`` for one that no table can hold."""
    value: int = request.path_params[name]
    if value >= 2**31:
        raise NotFound
    return value


def named(labels: Mapping[str, Text], language: str) -> Options:
    """Labels as a field's choices."""
    return [(value, translate(language, label)) for value, label in labels.items()]


def kind_names(language: str) -> dict[str, str]:
    """The kinds of petition in a language."""
    return dict(named(KINDS, language))


def department_options(known: Reference, language: str) -> Options:
    """The open departments as a field's choices."""
    return [(str(row.id), row.name(language)) for row in known.open_departments]


def district_options(known: Reference, language: str) -> Options:
    """The districts as a field's choices."""
    return [(code, names.get(language) or names["ko"]) for code, names in known.districts.items()]


def confirm(request: Request, *, question: Text, consequence: Text, label: Text, back: str) -> Response:
    """A page that asks before something is done that cannot simply be undone; it posts to its own address."""
    context = {"question": question, "consequence": consequence, "label": label, "back": back}
    return web.page(request, "desk/settings/confirm.html", context)


DELETE = _("Delete")
