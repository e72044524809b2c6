"""Lists read along an index, one page at a time: filters, orders and cursors.

A list's filters are the fields of a dataclass, each with its label, choices and SQL: the page's fields, the chips, the
JSON parameters and the OpenAPI document all come from it. A walk declares which index is used, which conditions are
checked row by row, and after how many rows a page stops. The SQL statements stay with each list.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from server.core import contract, i18n
from server.core.city import City
from server.core.contract import NO_CURSOR, Schema
from server.core.errors import BadCursor
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
    Condition,
    Order,
    Page,
    Walk,
    counts,
    cursor,
    cut,
    lead,
    place,
    union,
    where,
)

__all__ = [
    "PAGING", "Condition", "Filters", "Order", "Page", "Walk", "choice", "counts", "cursor", "cut",
    "department", "district", "flag", "lead", "number", "place", "tab", "union", "where", "words",
]  # fmt: skip

LONGEST_CURSOR = 120


def shown(
    path: str, wanted: Filters, page: Page[Any], reference_data: City, language: str, start: str, *, on: str = "after"
) -> dict[str, object]:
    """What a list's page shows around the rows. ``start`` is the cursor it began after, ``on`` the parameter's name."""
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
    """The choices of one filter as tabs above the list."""
    return [
        {
            "label": i18n.translate(language, label),
            "href": replace(wanted, **{name: value}).address(path),  # type: ignore[type-var]
            "current": value == getattr(wanted, name),
        }
        for value, label in labels.items()
    ]


def paging(longest: int) -> dict[str, Schema]:
    """The paging parameters of a JSON list in the OpenAPI document."""
    return {"cursor": contract.text(about="`next` of the page before."), "limit": contract.integer(1, longest)}


def asked(data: Parameters, usual: int, longest: int) -> tuple[str, int]:
    """The cursor and the number of rows requested from a JSON list."""
    return data.text("cursor", limit=LONGEST_CURSOR), data.integer("limit", low=1, high=longest) or usual


def started(data: Parameters, text: str, *types: Any) -> tuple[Any, ...]:
    """The position that a JSON request's cursor names; a bad cursor is added to the errors."""
    try:
        return place(text, *types)
    except BadCursor:
        data.fail("cursor", NO_CURSOR)
        return ()
