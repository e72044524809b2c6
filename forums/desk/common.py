"""Shared by the forums' desk pages: who may open them, and the values and choices of fields."""

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request

from forums import kinds, rights
from forums.permissions import Permission
from forums.queries.forums import ForumView
from forums.states import ForumAction
from server.core import auth, config, web
from server.core.accounts import Official
from server.core.acts import Act, Drawn, Offer, draw
from server.core.city import City
from server.core.errors import FieldError, Forbidden, Invalid, Refusal, Text
from server.core.form_pages import ReturnedForm
from server.core.i18n import translate

PAGE = "/desk/forums"
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


Records = Mapping[str, tuple[Act[Any, Any], Offer]]


def allowed(
    records: Records, official: Official, state: Container[Any], needed: Mapping[Any, Permission], subject: object
) -> Records:
    """The actions that an official can take: those that the state allows, the needed permissions held."""
    return {
        name: (act, offer)
        for name, (act, offer) in records.items()
        if act.action in state and official.may(needed[act.action]) and (act.when is None or act.when(subject))
    }


def drawn(
    records: Records, to: str, version: int, language: str, page: object, back: ReturnedForm | None = None
) -> dict[str, Drawn]:
    """The forms of some actions on one subject, by action, without those that are not offered at the moment."""
    hidden = {"version": version}
    forms = {
        name: draw(act, offer, to=to, hidden=hidden, language=language, page=page, back=back)
        for name, (act, offer) in records.items()
    }
    return {name: form for name, form in forms.items() if form}


FRESH = ReturnedForm()
"""A page whose forms nobody has sent yet."""


def returned(
    request: Request, form: Mapping[str, Any], refusal: Refusal, beside: str = "", *, of: str = ""
) -> ReturnedForm:
    """A form to be shown again; a refusal other than ``Invalid`` can stand ``beside`` a field.

    ``of`` tells one of several forms of a page, whose fields are called ``of.name``.
    """
    errors = [FieldError(beside, refusal.text)] if beside else []
    if isinstance(refusal, Invalid):
        errors = refusal.errors
    texts = web.field_errors(web.language(request), errors)
    return ReturnedForm(of, form, {f"{of}.{name}" if of else name: text for name, text in texts.items()}, refusal)


def named(labels: Mapping[str, Text], language: str) -> Options:
    """Labels as a field's choices."""
    return [(value, translate(language, label)) for value, label in labels.items()]


def departments(reference_data: City, language: str) -> Options:
    """The open departments as a field's choices."""
    return [(str(row.id), row.name(language)) for row in reference_data.open_departments]


def moment_value(moment: datetime | None) -> str:
    """A moment as the value of its field."""
    return moment.astimezone(config.settings().zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
