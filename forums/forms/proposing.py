"""What a citizen asks for, read from the page: the topic, the people, the place and the time of a forum."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.forms.planning import BODY_LIMIT, PLACE_LIMIT, TITLE_LIMIT, read_people
from forums.kinds import PROPOSED
from server.core import clock, privacy
from server.core.city import City
from server.core.errors import _
from server.core.fields import Input, safe_text

FIELDS = ("kind", "title", "text", "people", "district", "place", "starts_at")
"""The fields of the page."""


@dataclass(frozen=True)
class ProposeForum:
    """A forum as a citizen asks for it. For a discussion place and time stay empty: it is held here, at once."""

    kind: str
    title: str
    body: str
    language: str
    people: tuple[str, ...] = ()
    district: str = ""
    place: str = ""
    starts_at: datetime | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any], city: City, language: str) -> "ProposeForum":
        """Read it. Raises ``Invalid`` with every error."""
        data = Input(raw)
        kind = data.choice("kind", PROPOSED, required=True)
        title = safe_text(data, "title", limit=TITLE_LIMIT, required=True, least=5)
        body = safe_text(data, "text", limit=BODY_LIMIT, required=True, lines=True, least=10)
        district = data.choice("district", dict(city.district_choices(language)))
        people: tuple[str, ...] = ()
        place, starts_at = "", None
        if kind != "discussion":
            people = tuple(privacy.mask(one) for one in read_people(data, "people"))
            place = safe_text(data, "place", limit=PLACE_LIMIT)
            starts_at = data.moment("starts_at")
            if starts_at and starts_at <= clock.now():
                data.fail("starts_at", _("Please give a day that is still to come."))
        data.done()
        return cls(kind, title, body, language, people, district, place, starts_at)
