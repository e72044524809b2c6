"""What a clerk takes down at a session: one opinion a line, as fast as people speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from forums.labels import CHANNELS, STANCES
from server.core import privacy
from server.core.errors import _
from server.core.fields import Input

LINE_LIMIT = 2_000
NAME_LIMIT = 40
LAST_SPEAKER = 9_999
HERE = tuple(channel for channel in CHANNELS if channel in {"floor", "paper"})
"""The channels of what is said or handed in on the spot."""

NO_CONSENT = _("A name is written down only when the speaker agrees. Please ask, or leave the name empty.")


@dataclass(frozen=True)
class TakeDown:
    """One opinion as a clerk heard it. Personal numbers in it are masked before anything is kept."""

    text: str
    stance: str
    channel: str
    session_id: int | None = None
    speaker: int | None = None
    author: str = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """Raises ``Invalid``."""
        data = Input(raw)
        author = data.text("author", limit=NAME_LIMIT)
        if author and not data.boolean("consent"):
            data.fail("consent", NO_CONSENT)
        command = cls(
            privacy.mask(data.text("text", limit=LINE_LIMIT, required=True, lines=True, least=2)),
            data.choice("stance", STANCES, default="idea"),
            data.choice("channel", HERE, default=HERE[0]),
            data.integer("session", low=1, high=2**53),
            data.integer("speaker", low=1, high=LAST_SPEAKER),
            privacy.mask(author),
        )
        data.done()
        return command
