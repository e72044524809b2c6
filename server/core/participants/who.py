"""The name and the mail address of somebody who wants to speak."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator

from server.core import privacy, roles
from server.core.accounts import Role
from server.core.city import city
from server.core.errors import _
from server.core.forms import About, Email, Errors, Form, Label, line
from server.core.participants import names

NAME_LIMIT = 40
MOST = 100_000
"""Officials whose names are kept for them."""
NOT_YOURS = _(
    "This name could be mistaken for the city's: the city's name, the names of its departments and officials, "
    "and titles such as mayor or official are reserved. Please choose another one. If it is your real name, "
    "add something to it, such as your neighbourhood."
)
NO_NUMBERS = _("Please choose a name without phone numbers, addresses or links: everyone can read it.")


class Address(Form):
    """Where somebody can confirm that it is they who speak."""

    email: Annotated[Email, AfterValidator(str.lower), About("Where the link goes that confirms it.")]


class Named(Form):
    """Under what name somebody wants to speak: a pseudonym perhaps, but nobody else's office."""

    name: Annotated[
        str,
        line(NAME_LIMIT, least=2),
        Label(_("Name")),
        About("The name that everybody sees; where no session says who speaks."),
    ]

    @classmethod
    async def named(cls, raw: Mapping[str, Any], cities: Collection[str]) -> tuple[Self, Errors]:
        """Read it, with what is wrong. ``cities`` are the names of the city."""
        found, errors = cls.read(raw)
        name = found.name
        if name and ("@" in name or "://" in name or privacy.find(name)):
            errors.fail("name", NO_NUMBERS)
        elif name and (not any(map(str.isalnum, name)) or await _somebody_elses(name, cities)):
            errors.fail("name", NOT_YOURS)
        return found, errors


class Who(Address, Named):
    """Name and address, where neither is known."""


async def _somebody_elses(name: str, cities: Collection[str]) -> bool:
    reference_data = await city()
    departments = [text for row in reference_data.departments.values() for text in row.names.values() if text]
    if names.looks_official(name, cities, departments):
        return True
    return names.folded(name) in {names.folded(one.name) for one in await roles.staff(list(Role), limit=MOST)}
