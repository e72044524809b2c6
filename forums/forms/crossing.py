"""Raw input about what crosses between forums and petitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forums.forms.handing import read_seen
from server.core.errors import _
from server.core.fields import Input, safe_text

NAME_LIMIT, TITLE_LIMIT, TEXT_LIMIT = 80, 200, 20_000
KINDS = ("discussion", "listening", "field_office")
"""The kinds of forum that a petition can become the topic of."""


@dataclass(frozen=True)
class BecomePetition:
    """An author wants their voice to go on as a petition: under which name, and that the mail address goes along."""

    name: str
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "BecomePetition":
        """Read it. Raises ``Invalid`` without consent."""
        data = Input(raw)
        name = safe_text(data, "name", limit=NAME_LIMIT, required=True)
        if not data.boolean("consent"):
            data.fail("consent", _("Without your consent we may not hand your name and mail address on."))
        command = cls(name, read_seen(data))
        data.done()
        return command


@dataclass(frozen=True)
class MakeTopic:
    """A petition's matter in an official's own words: a forum to be planned, or a voice in one (``forum``)."""

    title: str
    text: str
    kind: str = ""
    forum: str = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "MakeTopic":
        """Read it. Raises ``Invalid``."""
        data = Input(raw)
        kind = data.choice("kind", (*KINDS, "submission"), required=True)
        command = cls(
            safe_text(data, "title", limit=TITLE_LIMIT, required=True, least=2),
            safe_text(data, "text", limit=TEXT_LIMIT, required=True, lines=True, least=2),
            "" if kind == "submission" else kind,
            data.text("forum", limit=48, required=kind == "submission") if kind == "submission" else "",
        )
        data.done()
        return command
