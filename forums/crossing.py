"""What forums need from petitions: functions passed in by the composition root in ``app.state.ways``.

Neither imports the other. Petitions file a submission that becomes a petition, look up a petition that becomes the
topic of a forum, and propose the department for a submission from their routing rules.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from server.core.accounts import Official
from server.core.errors import Text


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of a submission that routing reads."""

    title: str
    text: str
    district: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The department proposed for a submission, and why; None where no rule matches."""

    department_id: int | None
    because: Text
    sure: bool = True
    """Whether it may be followed without a look at the text."""


@dataclass(frozen=True, slots=True)
class NewPetition:
    """A submission as a petition: its text and its author."""

    title: str
    body: str
    district: str
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A petition that may become a topic: its number, and whether everybody may read it."""

    reference: str
    title: str
    public: bool


@dataclass(frozen=True)
class Crossings:
    """The functions that petitions provide."""

    suggest: Callable[[Sequence[Said]], Awaitable[Sequence[Suggestion]]]
    file: Callable[[NewPetition], Awaitable[str]]
    """File a petition in the surrounding transaction and return its number. Raises ``Invalid``."""
    topic: Callable[[str, Official], Awaitable[Topic]]
    """A petition that this official may see and that is answered or public. Raises ``NotFound`` and ``Conflict``."""
    public: Callable[[Collection[str]], Awaitable[frozenset[str]]]
    """Which of these petitions everybody may read: a forum's page shows only their numbers. One query."""


def ways(request: Request) -> Crossings:
    """The crossings of the application that serves this request."""
    return cast("Crossings", request.app.state.ways)
