"""The filters of the figures as query parameters: forum, kind, department, district, year."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Self, TypeVar

from forums.labels import KINDS
from forums.queries import figures
from petitions.labels import KINDS as PETITION_KINDS
from server.core import listing
from server.core.city import City
from server.core.errors import _
from server.core.forms import Parameters, not_a_choice
from server.core.listing.filters import Words
from tracking.statistics import cells, measures
from tracking.statistics.queries.lists import STAGES
from tracking.statistics.rules import NO_DEPARTMENT
from tracking.statistics.verify import NONE

MAPS = {one.on_map[0]: one for one in measures.PETITIONS.measures if one.on_map}
"""The measures that the map can show, by query parameter value."""
TITLES = dict(one.on_map for one in MAPS.values() if one.on_map)
UNSPECIFIED = _("None specified")
YEAR = re.compile(r"(19|20)\d\d")
_CODE = "A code as in the lists; `none` for those without one."


def _departments(reference_data: City, language: str) -> Words:
    return _by_name({row.code: row.name(language) for row in reference_data.departments.values()})


def districts(reference_data: City, language: str) -> Words:
    """The districts by name, and none."""
    return _by_name({code: reference_data.district_name(code, language) for code in reference_data.districts})


def _by_name(names: Mapping[str, str]) -> Words:
    return {**dict(sorted(names.items(), key=itemgetter(1))), NONE: UNSPECIFIED}


@dataclass(frozen=True)
class Adoption(listing.Filters):
    """Filters of the figures about forums and submissions."""

    forum: str = listing.words(48, "{}", about="The forum's name in its address, such as listening-64.")
    kind: str = listing.choice(KINDS)
    department: str = listing.choice(_departments, about=_CODE)
    district: str = listing.choice(districts, about=_CODE)
    year: str = listing.words(4, "{}", about="YYYY")

    @classmethod
    def take(cls, data: Parameters, reference_data: City, *, json: bool = False) -> Self:
        found = super().take(data, reference_data, json=json)
        if found.year and not YEAR.fullmatch(found.year):
            data.fail("year", _("Please enter a year, for example 2025."))
        return found


@dataclass(frozen=True)
class Submissions(Adoption):
    """Filters of the list of submissions behind these figures."""

    stage: str = listing.choice({name: stage.label for name, stage in STAGES.items()})


@dataclass(frozen=True)
class Petitions(Adoption):
    """Filters of the figures about petitions, which belong to no forum, and what the map shows."""

    forum: str = ""
    kind: str = listing.choice(PETITION_KINDS)
    show: str = listing.tab(TITLES, next(iter(MAPS)), json=None)


FiltersT = TypeVar("FiltersT", bound=Adoption)


async def read(
    kind: type[FiltersT], data: Parameters, reference_data: City, *, json: bool = False
) -> tuple[FiltersT, cells.Filters]:
    """The filters that a query names, and the cells they select. Raises ``Invalid`` with all errors in ``data``."""
    wanted = kind.take(data, reference_data, json=json)
    forum_id = await figures.public_forum(wanted.forum) if wanted.forum else 0
    if forum_id is None:
        data.errors.append(not_a_choice("forum", wanted.forum))
    data.done()
    row = reference_data.department_by_code(wanted.department)
    return wanted, cells.Filters(
        forum_id or 0,
        wanted.kind,
        (row.id if row else NO_DEPARTMENT) if wanted.department else None,
        ("" if wanted.district == NONE else wanted.district) if wanted.district else None,
        wanted.year,
    )
