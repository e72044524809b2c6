"""The published figures about visits; no-shows only where they identify nobody.

In the tables of totals the channel is the kind and the office stands in the place of the department.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from server.core import i18n, listing
from server.core.city import City
from server.core.errors import _
from server.core.forms import Parameters, not_a_choice
from tracking.statistics import cells
from tracking.statistics.measures import VISITS
from tracking.statistics.queries import filters, tables
from tracking.statistics.queries.tables import Tables
from tracking.statistics.queries.withheld import Restricted
from tracking.statistics.verify import NONE
from tracking.visits.labels import CHANNELS
from tracking.visits.queries import offices
from tracking.visits.queries.offices import OfficeRow

visits = Restricted(VISITS, "missed", "booked").everything
NAMES = {"kind": "channel", "department": "office", "district": "district", "year": "year"}
"""What the dimensions of the totals are called for visits."""


@dataclass(frozen=True)
class Visits(listing.Filters):
    """Filters of the figures about visits."""

    office: str = listing.words(40, "{}", about="An office's code.")
    channel: str = listing.choice(CHANNELS)
    district: str = listing.choice(filters.districts, about="A district's code, of the office.")
    year: str = listing.words(4, "{}", about="YYYY, of the visit.")

    @classmethod
    def take(cls, data: Parameters, reference_data: City, *, json: bool = False) -> Self:
        found = super().take(data, reference_data, json=json)
        if found.year and not filters.YEAR.fullmatch(found.year):
            data.fail("year", _("Please enter a year, for example 2025."))
        return found


async def read(
    data: Parameters, reference_data: City, *, json: bool = False
) -> tuple[Visits, cells.Filters, Mapping[int, OfficeRow]]:
    """The filters that a query names, the cells they select, and the offices by id. Raises ``Invalid``."""
    wanted = Visits.take(data, reference_data, json=json)
    known = {one.id: one for one in await offices.offices()}
    office = next((number for number, one in known.items() if one.code == wanted.office), None)
    if wanted.office and office is None:
        data.errors.append(not_a_choice("office", wanted.office))
    data.done()
    district = ("" if wanted.district == NONE else wanted.district) if wanted.district else None
    return wanted, cells.Filters(0, wanted.channel, office, district, wanted.year), known


def coded(
    dimension: str, key: Any, reference_data: City, language: str, known: Mapping[int, OfficeRow]
) -> tuple[str, str]:
    """The code and the name of a dimension's value; the id of an office that is closed."""
    if dimension != "department":
        return tables.coded(dimension, key, reference_data, language, CHANNELS)
    row = known.get(key)
    return (row.code, i18n.name_in(row, language)) if row else (str(key), str(key))


def document(found: Tables, reference_data: City, language: str, known: Mapping[int, OfficeRow]) -> dict[str, Any]:
    """The figures as JSON, each value with its code and name."""
    said: dict[str, Sequence[Mapping[str, Any]]] = {}
    for dimension, name in NAMES.items():
        lines = []
        for line in found.by[dimension]:
            code, words = coded(dimension, line.key, reference_data, language, known)
            lines.append({name: code, "name": words, **line.figures.published()})
        said[name] = lines
    said["month"] = [{"month": line.key, **line.figures.published(monthly=True)} for line in found.months]
    return {"total": found.total.published(), "by": said}
