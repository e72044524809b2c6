"""What is done to many submissions at once: assigned to a department, merged with another one."""

from typing import Annotated

from pydantic import AfterValidator

from server.core.city import City
from server.core.errors import _
from server.core.forms import About, Form, Key, Label, OneOf, Seen, line, paragraphs
from server.core.references import read_reference

WORDS_LIMIT = 2_000
Version = Annotated[Seen, Key("version")]


def open_departments(reference_data: City) -> dict[str, dict[str, int]]:
    """The choices of a field ``department``: rows by their codes."""
    return {"department": {row.code: row.id for row in reference_data.open_departments}}


def read_number(text: str) -> str:
    """A submission's number as somebody typed it, in its one form; one that was given elsewhere as it is."""
    found = read_reference(text[1:]) if text[:1] in {"V", "v"} else None
    return f"V-{found}" if found else text


class Assign(Form):
    """To which department."""

    department_id: Annotated[
        int, OneOf(), Key("department"), Label(_("Department")), About("The code of an open department.")
    ]
    seen: Version = None


class Merge(Form):
    """With which other one."""

    to: Annotated[
        str,
        line(24, safe=False),
        AfterValidator(read_number),
        Label(_("Number of the other submission")),
        About("The other one's number."),
    ]
    seen: Version = None


class Plain(Form):
    """Of an action that says nothing but itself."""

    seen: Version = None


class TextOnly(Form):
    """What an official or an author writes to an act."""

    text: Annotated[str, paragraphs(WORDS_LIMIT, least=2), Label(_("Reason"))]
    seen: Version = None
