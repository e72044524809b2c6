"""Actions on many submissions at once: assign to a department, merge into another one."""

from typing import Annotated

from pydantic import AfterValidator

from server.core.city import City
from server.core.errors import _
from server.core.forms import About, Form, Hint, Html, Key, Label, OneOf, Seen, line, paragraphs
from server.core.references import read_reference

WORDS_LIMIT = 2_000
Version = Annotated[Seen, Key("version")]


def open_departments(reference_data: City) -> dict[str, dict[str, int]]:
    """The choices of a field ``department``: rows by department code."""
    return {"department": {row.code: row.id for row in reference_data.open_departments}}


def read_number(text: str) -> str:
    """Normalise a submission's number as typed; an imported number is left as it is."""
    found = read_reference(text[1:]) if text[:1] in {"V", "v"} else None
    return f"V-{found}" if found else text


class Assign(Form):
    """The department to assign to."""

    department_id: Annotated[
        int, OneOf(), Key("department"), Label(_("Department")), About("The code of an open department.")
    ]
    seen: Version = None


class Merge(Form):
    """The submission to merge into."""

    to: Annotated[
        str,
        line(24, safe=False),
        AfterValidator(read_number),
        Label(_("Number")),
        Hint(_("It then shares that submission's answer.")),
        About("The other one's number."),
    ]
    seen: Version = None


class Plain(Form):
    """An action without fields of its own."""

    seen: Version = None


PLAIN = Plain()


class TextOnly(Form):
    """The text that comes with an action."""

    text: Annotated[str, paragraphs(WORDS_LIMIT, least=2), Label(_("Reason")), Html(rows=4)]
    seen: Version = None


PUBLIC_REASON = TextOnly.labelled(text=_("The reason, for everyone to read"))
