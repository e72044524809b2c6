"""The name and the mail address of somebody who wants to speak."""

from collections.abc import Collection
from dataclasses import dataclass

from server.core import privacy, roles
from server.core.accounts import Role
from server.core.city import city
from server.core.errors import _
from server.core.fields import Input, safe_text
from server.core.participants import names

NAME_LIMIT = 40
MOST = 100_000
"""Officials whose names are kept for them."""
NOT_YOURS = _(
    "This name could be taken for the city's: its own name and those of its departments and officials are kept for "
    "them, as are titles such as mayor or official. Please choose another one; if it is your own, add something to "
    "it, such as your neighbourhood."
)
NO_NUMBERS = _("Please choose a name without telephone numbers, addresses or links: everybody reads it.")


@dataclass(frozen=True)
class Who:
    """Under what name somebody wants to speak, and where they can confirm it."""

    name: str
    email: str


async def read_who(data: Input, cities: Collection[str], *, email_known: str = "") -> Who:
    """Read both; the address is asked for where it is not confirmed yet. Errors stay in ``data``."""
    name = await read_name(data, "name", cities)
    return Who(name, email_known or data.email("email", required=True).lower())


async def read_name(data: Input, field: str, cities: Collection[str]) -> str:
    """A display name, which may be a pseudonym, but nobody else's office. ``cities`` are the names of the city."""
    name = safe_text(data, field, limit=NAME_LIMIT, required=True, least=2)
    if not name:
        return ""
    if "@" in name or "://" in name or privacy.find(name):
        data.fail(field, NO_NUMBERS)
    elif not any(character.isalnum() for character in name) or await _somebody_elses(name, cities):
        data.fail(field, NOT_YOURS)
    return name


async def _somebody_elses(name: str, cities: Collection[str]) -> bool:
    known = await city()
    departments = [text for row in known.departments.values() for text in row.names.values() if text]
    if names.looks_official(name, cities, departments):
        return True
    return names.folded(name) in {names.folded(one.name) for one in await roles.staff(list(Role), limit=MOST)}
