"""What the settings pages share: names in the reader's language, numbers from addresses, a page that asks first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from petitions.actions.settings import SettingChangedMeanwhile
from petitions.labels import KINDS
from petitions.queries.desk import names
from petitions.reference import Reference
from server.core import web
from server.core.errors import NotFound, Text, _
from server.core.i18n import translate

LONGEST_VERSION = 10
"""Digits."""

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


def seen(form: Mapping[str, Any]) -> int | None:
    """The version of the settings that a form's page showed; None where it says none."""
    value = str(form.get("version") or "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST_VERSION else None


@dataclass(frozen=True, slots=True)
class Line:
    """Who did something, and when."""

    who: str
    at: datetime


@dataclass(frozen=True)
class Meanwhile:
    """What others did to a setting while somebody wrote."""

    text: Text
    deleted: bool
    by: list[Line]
    now: list[tuple[Text, str]]
    """What it says now, field by field, where that is not what was written."""


async def meanwhile(
    conflict: SettingChangedMeanwhile,
    labels: Mapping[str, Text],
    now: Mapping[str, Any],
    written: Mapping[str, Any],
    choices: Mapping[str, Options],
) -> Meanwhile:
    """Tell a conflict: who changed it when, and the fields that say something else than what was written."""
    actors = [int(entry.actor.removeprefix("official:")) for entry in conflict.entries]
    known = await names(actors)

    def words(name: str, value: Any) -> str:
        spoken = dict(choices.get(name, ()))
        values = value if isinstance(value, list) else [value]
        return ", ".join(spoken.get(str(one), str(one)) for one in values if one).replace("\r\n", "\n").strip()

    return Meanwhile(
        conflict.text,
        conflict.deleted,
        [Line(known.get(who, "?"), e.occurred_at) for who, e in zip(actors, conflict.entries, strict=True)],
        [
            (label, words(name, now[name]) or "–")
            for name, label in labels.items()
            if now and words(name, now[name]) != words(name, written.get(name))
        ],
    )


DELETE = _("Delete")
