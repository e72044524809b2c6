"""Lists that are walked along an index, a page at a time: what narrows them, their order, and where a page goes on.

A list's filters are the fields of a dataclass, each with its words, choices and SQL: the fields of the page, its chips,
the JSON parameters and the OpenAPI document all come from there. A walk says which index leads, what is looked at row
by row on the way, and after how many rows a page stops looking. Statements stay written out where the list is.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from server.core import contract, i18n
from server.core.city import City
from server.core.contract import Schema
from server.core.errors import BadRequest, _
from server.core.forms import Parameters
from server.core.listing.filters import (
    PAGING,
    Filters,
    Words,
    choice,
    department,
    district,
    flag,
    number,
    tab,
    words,
)
from server.core.listing.walks import (
    BAD_CURSOR,
    Condition,
    Order,
    Page,
    Walk,
    count,
    cursor,
    lead,
    place,
    union,
    where,
)

__all__ = [
    "BAD_CURSOR", "PAGING", "Condition", "Filters", "Order", "Page", "Walk", "choice", "count", "cursor", "department",
    "district", "flag", "lead", "number", "place", "tab", "union", "where", "words",
]  # fmt: skip

NO_CURSOR = _("Please send the cursor exactly as a list returned it.")
LONGEST_CURSOR = 120


def shown(
    path: str, wanted: Filters, page: Page[Any], reference_data: City, language: str, start: str, *, on: str = "after"
) -> dict[str, object]:
    """What a page of a list shows around its rows. ``start``: the cursor that it began after; ``on``: its parameter."""
    return {
        "wanted": wanted,
        "rows": page.rows,
        "stopped": page.stopped,
        "active": wanted.chips(path, reference_data, language),
        "choices": wanted.choices(reference_data, language),
        "carried": urlencode(wanted.query()),
        "beginning": wanted.address(path) if start else "",
        "further": wanted.address(path, **{on: page.after}) if page.after else "",
    }


def tabs(path: str, wanted: Filters, name: str, labels: Words, language: str) -> list[dict[str, object]]:
    """The choices of one filter as tabs over the list."""
    return [
        {
            "label": i18n.translate(language, label),
            "href": replace(wanted, **{name: value}).address(path),  # type: ignore[type-var]
            "current": value == getattr(wanted, name),
        }
        for value, label in labels.items()
    ]


def paging(longest: int) -> dict[str, Schema]:
    """The parameters beside the filters of a JSON list in the OpenAPI document."""
    return {"cursor": contract.text(about="`next` of the page before."), "limit": contract.integer(1, longest)}


def asked(data: Parameters, usual: int, longest: int) -> tuple[str, int]:
    """The cursor and the number of rows that a JSON list is asked for."""
    return data.text("cursor", limit=LONGEST_CURSOR), data.integer("limit", low=1, high=longest) or usual


def started(data: Parameters, text: str, *types: Any) -> tuple[Any, ...]:
    """The place that JSON asks for by a cursor, noting a bad one."""
    try:
        return place(text, *types)
    except BadRequest:
        data.fail("cursor", NO_CURSOR)
        return ()
