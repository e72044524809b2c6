"""Transcribing at a session: one submission a line, as fast as people speak."""

from typing import Annotated

from pydantic import AfterValidator, Field

from forums.labels import CHANNELS, STANCES
from server.core import privacy
from server.core.errors import _
from server.core.forms import Errors, Form, Key, Label, OneOf, line
from server.core.forms.kinds import TextRule

LINE_LIMIT = 2_000
NAME_LIMIT = 40
LAST_SPEAKER = 9_999
HERE = tuple(channel for channel in CHANNELS if channel in {"floor", "paper"})
"""The channels of submissions made on the spot."""

NO_CONSENT = _("Record a name only with the speaker's consent. Please ask, or leave the name empty.")


class Transcribe(Form):
    """One submission as the clerk heard it. Personal numbers are masked before anything is stored."""

    text: Annotated[
        str,
        TextRule(LINE_LIMIT, least=2, lines=True, safe=False),
        AfterValidator(privacy.mask),
        Label(_("What was said")),
    ]
    stance: Annotated[str, OneOf(STANCES), Label(_("Stance"))] = "idea"
    channel: Annotated[str, OneOf(HERE), Label(_("How it was received"))] = HERE[0]
    session_id: Annotated[int | None, Field(ge=1, le=2**53), Key("session"), Label(_("Session"))] = None
    speaker: Annotated[int | None, Field(ge=1, le=LAST_SPEAKER), Label(_("Speaker's number"))] = None
    author: Annotated[
        str,
        line(NAME_LIMIT, safe=False),
        AfterValidator(privacy.mask),
        Label(_("Name, if the speaker wishes")),
    ] = ""
    consent: Annotated[bool, Label(_("The speaker agrees to the name being shown"))] = False

    def check(self, errors: Errors) -> None:
        if self.author and not self.consent:
            errors.fail("consent", NO_CONSENT)
