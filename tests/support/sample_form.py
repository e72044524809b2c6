"""A form with every kind of field, for tests and for the gallery."""

from typing import Annotated, Any

from pydantic import Field

from server.core.errors import Text
from server.core.forms import (
    About,
    Day,
    Email,
    Errors,
    FileRule,
    Form,
    Hint,
    Html,
    Label,
    Moment,
    OneOf,
    Phone,
    ReferencesRule,
    Seen,
    WordsRule,
    line,
    paragraphs,
)

# Texts that are translated already, for no catalogue holds what only tests say.
WAYS = {"web": Text("Online"), "phone": Text("By phone"), "visit": Text("In person")}


class Place(Form):
    """A form inside a form."""

    lat: Annotated[float | None, Field(ge=-90, le=90), Label(Text("Latitude"))] = None
    lng: Annotated[float | None, Field(ge=-180, le=180), Label(Text("Longitude"))] = None
    address: Annotated[str, line(20), Label(Text("Address"))] = ""

    def check(self, errors: Errors) -> None:
        if (self.lat is None) != (self.lng is None):
            errors.require(self, "lat", "lng")


class Sample(Form):
    """Everything that can be asked for."""

    title: Annotated[str, line(10, least=2), Label(Text("Title"))]
    body: Annotated[str, paragraphs(20), Label(Text("By how much")), Hint(Text("Online"))]
    amount: Annotated[int, Field(ge=1, le=400), Label(Text("Amount")), About("In days.")]
    way: Annotated[str, OneOf(WAYS), Html(radios=True), Label(Text("Channel"))]
    kind: Annotated[str, OneOf(), Label(Text("Kind"))] = "other"
    more: Annotated[tuple[str, ...], OneOf(WAYS), Label(Text("More"))] = ()
    words: Annotated[tuple[str, ...], WordsRule(limit=5, most=3), Label(Text("Words"))] = ()
    numbers: Annotated[tuple[str, ...], ReferencesRule(2), Label(Text("Numbers"))] = ()
    day: Annotated[Day | None, Label(Text("Day"))] = None
    at: Annotated[Moment | None, Label(Text("Time"))] = None
    email: Email = ""
    phone: Phone = ""
    consent: Annotated[bool, Label(Text("Consent"))] = False
    place: Annotated[Place | None, Label(Text("Location"))] = None
    files: Annotated[tuple[Any, ...], FileRule(3), Label(Text("Files"))] = ()
    version: Seen = None
