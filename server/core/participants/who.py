"""Form fields for the name and email address of somebody who wants to take part."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator

from server.core import privacy, roles
from server.core.accounts import Role
from server.core.city import city
from server.core.errors import _
from server.core.forms import About, Email, Errors, Form, Html, Label, line
from server.core.participants import names

NAME_LIMIT = 40
MOST = 100_000
"""Maximum number of officials whose names are reserved."""
NOT_YOURS = _(
    "This name could be mistaken for the city's: the city's name, the names of its departments and officials, "
    "and titles such as mayor or official are reserved. Please choose another one. If it is your real name, "
    "add something to it, such as your neighbourhood."
)
NO_NUMBERS = _("Please choose a name without phone numbers, addresses or links: everyone can read it.")


class Address(Form):
    """The address at which somebody confirms their identity."""

    email: Annotated[
        Email,
        AfterValidator(str.lower),
        Label(_("Email address")),
        About("The address to which the confirmation link is sent."),
    ]


class Named(Form):
    """The display name somebody chooses: possibly a pseudonym, but not one that looks official."""

    name: Annotated[
        str,
        line(NAME_LIMIT, least=2),
        Label(_("Name shown to everyone")),
        Html(autocomplete="nickname"),
        About("The name shown to everyone; for participants who are not signed in."),
    ]

    @classmethod
    async def named(cls, raw: Mapping[str, Any], cities: Collection[str]) -> tuple[Self, Errors]:
        """Read the fields. Returns the form and its errors. ``cities`` are the names of the city."""
        found, errors = cls.read(raw)
        name = found.name
        if name and ("@" in name or "://" in name or privacy.find(name)):
            errors.fail("name", NO_NUMBERS)
        elif name and (not any(map(str.isalnum, name)) or await _somebody_elses(name, cities)):
            errors.fail("name", NOT_YOURS)
        return found, errors


class Attendee(Address):
    """Name and address of somebody who comes to something: the name is for the list at the entrance."""

    name: Annotated[
        str,
        line(NAME_LIMIT, least=2),
        Label(_("Name")),
        Html(autocomplete="name", private=True),
        About("The name for the list at the entrance; for participants without a name shown to everyone."),
    ]


class Who(Address, Named):
    """Name and address, for people who are not signed in."""


async def _somebody_elses(name: str, cities: Collection[str]) -> bool:
    reference_data = await city()
    departments = [text for row in reference_data.departments.values() for text in row.names.values() if text]
    if names.looks_official(name, cities, departments):
        return True
    return names.folded(name) in {names.folded(one.name) for one in await roles.staff(list(Role), limit=MOST)}
