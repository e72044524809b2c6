"""Shared by the desk's pages about visits: who may open them, which office they show, and names in a language."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from starlette.requests import Request

from server.core import auth, i18n
from server.core.accounts import Official
from server.core.days import today
from server.core.errors import _
from server.core.web import Consequence
from tracking.visits.actions import rebuilding
from tracking.visits.errors import NoSuchOffice
from tracking.visits.permissions import Permission
from tracking.visits.queries import desk, offices
from tracking.visits.queries.offices import OfficeRow

PAGE = "/desk/visits"


class Named(Protocol):
    """Something with a code and a name in each language."""

    @property
    def code(self) -> str: ...


def visits_official(request: Request) -> Official:
    """The signed-in official who may see visits. Raises ``NotSignedIn`` or ``Forbidden``."""
    return auth.official(request, Permission.SEE_VISITS)


async def chosen_office(official: Official, known: Sequence[OfficeRow], code: str) -> OfficeRow:
    """The office of this code; without one the office where the official sits next, or the first.

    Raises ``NoSuchOffice``, also if there is none at all.
    """
    by_code = {one.code: one for one in known}
    if not code and known:
        code = await desk.own_office(official.id, today()) or known[0].code
        return by_code.get(code, known[0])
    if code not in by_code:
        raise NoSuchOffice
    return by_code[code]


def names(rows: Sequence[Named] | Mapping[int, Named], language: str) -> list[tuple[str, str]]:
    """Offices or services as a field's choices."""
    listed = rows.values() if isinstance(rows, Mapping) else rows
    return [(one.code, i18n.name_in(one, language)) for one in listed]


def displaced_link() -> Consequence | None:
    """How many visits the last change of this request has left without a counter, as a link to the list of them."""
    if (found := rebuilding.displaced()) is None:
        return None
    text = _("Reservations without a counter because of this: %(count)s", count=found.visits)
    return Consequence(text, f"{PAGE}/unplaced?office={found.office}")


async def all_offices() -> list[OfficeRow]:
    """The offices that the desk can show."""
    return await offices.offices()
