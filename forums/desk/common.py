"""Shared by the forums' desk pages: who may open them, the choices of fields, and the version that a form showed."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from forums import kinds, rights
from forums.permissions import Permission
from forums.queries.forums import ForumView
from forums.states import ForumAction
from server.core import auth
from server.core.accounts import Official
from server.core.city import City
from server.core.errors import Forbidden, Text
from server.core.i18n import translate

PAGE = "/desk/forums"
LONGEST_VERSION = 10
"""Digits."""

Options = list[tuple[str, str]]
"""Value and label of each choice of a field."""


def forum_official(request: Request) -> Official:
    """The signed-in official who plans or runs forums. Raises ``NotSignedIn`` or ``Forbidden``."""
    official = auth.official(request)
    if not (official.may(Permission.PLAN_FORUMS) or official.may(Permission.RUN_FORUMS)):
        raise Forbidden
    return official


def may(official: Official, found: ForumView, action: ForumAction) -> bool:
    """Whether this official can take this action on this forum now."""
    right = rights.FORUM.get(action)
    return right is not None and official.may(right) and action in kinds.table(found.kind)[found.status]


def named(labels: Mapping[str, Text], language: str) -> Options:
    """Labels as a field's choices."""
    return [(value, translate(language, label)) for value, label in labels.items()]


def departments(reference_data: City, language: str) -> Options:
    """The open departments as a field's choices."""
    return [(str(row.id), row.name(language)) for row in reference_data.open_departments]


def districts(reference_data: City, language: str) -> Options:
    """The districts as a field's choices."""
    return [(code, reference_data.district_name(code, language)) for code in reference_data.districts]


def seen(form: Mapping[str, Any]) -> int | None:
    """The version of the forum that the form's page showed; None if it is missing or invalid."""
    value = str(form.get("version") or "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST_VERSION else None
