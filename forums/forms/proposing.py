"""Proposals: the topic, the people, the place and the time of a forum that a citizen asks for."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator

from forums.forms.planning import BODY_LIMIT, PLACE_LIMIT, TITLE_LIMIT, People
from forums.kinds import PROPOSED
from server.core import clock, privacy
from server.core.city import City
from server.core.errors import _
from server.core.forms import Errors, Form, Html, Internal, Key, Label, Moment, OneOf, line, paragraphs


def _masked(people: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(privacy.mask(one) for one in people)


class ProposeForum(Form):
    """A proposed forum. A discussion has no place and time: it takes place on the site and begins when it is opened."""

    kind: Annotated[str, OneOf(PROPOSED), Label(_("What kind of forum should it be?")), Html(radios=True)]
    title: Annotated[str, line(TITLE_LIMIT, least=5), Label(_("What is the topic?"))]
    body: Annotated[
        str,
        paragraphs(BODY_LIMIT, least=10),
        Key("text"),
        Label(_("Why is it needed, and what should come of it?")),
    ]
    language: Annotated[str, Internal()]
    people: Annotated[People, AfterValidator(_masked), Label(_("Who should take part?")), Html(rows=3)] = ()
    district: Annotated[str, OneOf(), Label(_("District"))] = ""
    place: Annotated[str, line(PLACE_LIMIT), Label(_("Which place would be suitable?"))] = ""
    starts_at: Annotated[Moment | None, Label(_("Which date and time would be suitable?"))] = None

    @classmethod
    def said(cls, raw: Mapping[str, Any], city: City, language: str) -> tuple[Self, Errors]:
        """Read it and return the errors."""
        districts = [code for code, _name in city.district_choices(language)]
        here = {"people", "place", "starts_at"} if raw.get("kind") == "discussion" else set()
        fields = {name: value for name, value in raw.items() if name not in here}
        return cls.read(fields, choices={"district": districts}, language=language)

    def check(self, errors: Errors) -> None:
        if self.starts_at and self.starts_at <= clock.now():
            errors.fail("starts_at", _("Please enter a future date and time."))
