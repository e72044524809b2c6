"""Forms for following a case: case number and access key, or the email address to which a case link is sent."""

import unicodedata
from functools import partial
from typing import Annotated

from pydantic import AfterValidator

from server.core import references
from server.core.errors import Text, _
from server.core.forms import Email, Form, Label, OneOf, line

_plain = partial(unicodedata.normalize, "NFKC")
MODES: dict[str, Text] = {
    "all": _("at once, whenever something happens"),
    "digest": _("once a day, at eight in the morning"),
    "required": _("only legally required notices"),
}


def _reference(typed: str) -> str:
    return references.read_reference(_plain(typed)) or _plain(typed)


class Follow(Form):
    """A case number and access key; letter case, dashes and full-width letters do not matter.

    The number is normalised; input that cannot be a case number is kept as typed.
    """

    reference: Annotated[str, line(80, safe=False), AfterValidator(_reference), Label(_("Case number"))]
    key: Annotated[str, line(80, safe=False), AfterValidator(_plain), Label(_("Key"))]


class AskForLink(Form):
    """The email address to which a link to all its cases is sent."""

    email: Annotated[Email, Label(_("Email address"))]


class Wish(Form):
    """The mail preference of an address."""

    mode: Annotated[str, OneOf(MODES), Label(_("When we write"))]
