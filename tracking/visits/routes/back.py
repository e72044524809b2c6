"""Links on the error pages of visits: back to the reservation, to where one begins, and to one that there is."""

import re

from server.core.errors import NotFound, Text, _

_VISIT = re.compile(r"(/visits/[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3})/.")
_OURS = re.compile(r"/(visits|offices)(/|$)")


def ways_back(path: str, status: int) -> list[tuple[Text, str]]:
    """Links for an error page of visits and offices, the nearest first; empty elsewhere."""
    if not _OURS.match(path):
        return []
    found = _VISIT.match(path) if status != NotFound.status else None
    about = [(_("Back to the reservation"), found[1])] if found else []
    return [*about, (_("Book a visit"), "/visits"), (_("Open my reservation"), "/visits#my-reservation")]
