"""The filters of the figures as query parameters: forum, kind, department, district, year."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from forums.labels import KINDS
from forums.queries import figures
from petitions.labels import KINDS as PETITION_KINDS
from server.core.city import City
from server.core.errors import _
from server.core.forms import Parameters, not_a_choice
from server.core.i18n import translate
from tracking.statistics.cells import Filters
from tracking.statistics.rules import NO_DEPARTMENT
from tracking.statistics.verify import NONE

_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True)
class Chosen:
    """The filters, and the query parameters they were read from."""

    filters: Filters
    query: Mapping[str, str]
    """Parameter name to value; only those given."""


async def read(
    raw: Mapping[str, Any], reference_data: City, kinds: Collection[str], data: Parameters | None = None
) -> Chosen:
    """Read the filters from query parameters. Raises ``Invalid``."""
    data = data or Parameters(raw)
    slug = data.text("forum", limit=48)
    kind = data.choice("kind", kinds)
    department = data.choice("department", [NONE, *(row.code for row in reference_data.departments.values())])
    district = data.choice("district", [NONE, *reference_data.districts])
    year = data.text("year", limit=4)
    if year and not _YEAR.fullmatch(year):
        data.fail("year", _("Please enter a year, for example 2025."))
    forum_id = await figures.public_forum(slug) if slug else None
    if slug and forum_id is None:
        data.errors.append(not_a_choice("forum", slug))
    data.done()
    row = reference_data.department_by_code(department)
    filters = Filters(
        forum_id or 0,
        kind,
        (row.id if row else NO_DEPARTMENT) if department else None,
        ("" if district == NONE else district) if district else None,
        year,
    )
    said = {"forum": slug, "kind": kind, "department": department, "district": district, "year": year}
    return Chosen(filters, {name: value for name, value in said.items() if value})


def kind_names(language: str) -> dict[str, str]:
    """The kinds of forum in a language."""
    return {kind: translate(language, label) for kind, label in KINDS.items()}


def petition_kinds(language: str) -> dict[str, str]:
    """The kinds of petition in a language."""
    return {kind: translate(language, label) for kind, label in PETITION_KINDS.items()}
