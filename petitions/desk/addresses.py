"""Addresses inside the desk: the inbox as it was narrowed, carried along by every page and form that leaves it."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from petitions.queries.filters import Filter
from petitions.reference import Reference
from server.core.errors import Invalid

INBOX = "/desk"
LONGEST = 500


def query_of(wanted: Filter) -> str:
    """A filter as it is carried along."""
    return urlencode(wanted.query())


def filter_of(carried: str, known: Reference) -> Filter:
    """The filter that a page carried; the whole inbox where it cannot be read any more."""
    try:
        return Filter.parse(dict(parse_qsl(carried[: 2 * LONGEST])), known)
    except Invalid:
        return Filter()


def inbox(wanted: Filter, **more: str) -> str:
    """The inbox, narrowed."""
    query = urlencode({**wanted.query(), **more})
    return f"{INBOX}?{query}" if query else INBOX


def case(reference: str, wanted: Filter | None = None, **more: str) -> str:
    """A case's page, opened from a list."""
    query: Mapping[str, str] = {"list": text, **more} if wanted and (text := query_of(wanted)) else more
    return f"{INBOX}/cases/{reference}" + (f"?{urlencode(query)}" if query else "")
