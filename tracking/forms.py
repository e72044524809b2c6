"""What people type to follow a case: number and key, or the mail address that a link is sent to."""

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
    """A case's number and key, typed in any way: capitals or not, with or without dashes, in full-width letters too.

    The number is in its one form; as typed where it cannot be a number.
    """

    reference: Annotated[str, line(80, safe=False), AfterValidator(_reference), Label(_("Case number"))]
    key: Annotated[str, line(80, safe=False), AfterValidator(_plain), Label(_("Key"))]


class AskForLink(Form):
    """Where a link to all cases of an address is sent to."""

    email: Annotated[Email, Label(_("Email address"))]


class Wish(Form):
    """How an address wants to hear."""

    mode: Annotated[str, OneOf(MODES), Label(_("When we write"))]
