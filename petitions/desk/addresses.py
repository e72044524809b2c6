"""Addresses inside the desk: the inbox with its filters, carried along by the pages and forms opened from it."""

from urllib.parse import urlencode

from petitions.queries.filters import Filter

INBOX = "/desk"
LONGEST = 500


def case(reference: str, wanted: Filter | None = None, **more: str) -> str:
    """A case's page, opened from a list."""
    return f"{INBOX}/cases/{reference}{carrying(wanted, **more)}"


def carrying(wanted: Filter | None, **more: str) -> str:
    """What of the address names the list."""
    carried = urlencode(wanted.query()) if wanted else ""
    query = {"list": carried, **more} if carried else more
    return f"?{urlencode(query)}" if query else ""
