"""What crosses between forums and petitions: functions that the composition root passes, in ``app.state.ways``.

Neither of the two imports the other: a submission that becomes a petition is filed by petitions, a petition that
becomes a topic is looked up by petitions, and the department that a submission would go to is proposed by their
routing.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from server.core.accounts import Official
from server.core.errors import Text


@dataclass(frozen=True, slots=True)
class Said:
    """As much of a submission as routing needs."""

    title: str
    text: str
    district: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The department that a submission would go to, and why; None where nothing fits."""

    department_id: int | None
    because: Text


@dataclass(frozen=True, slots=True)
class NewPetition:
    """A submission as a petition: what it says, and who files it."""

    title: str
    body: str
    district: str
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A petition that may be talked about in public: its number, and whether everybody may read it."""

    reference: str
    title: str
    public: bool


@dataclass(frozen=True)
class Crossings:
    """The ways across."""

    suggest: Callable[[Sequence[Said]], Awaitable[Sequence[Suggestion]]]
    file: Callable[[NewPetition], Awaitable[str]]
    """Files a petition in the surrounding transaction; its number. Raises ``Invalid``."""
    topic: Callable[[str, Official], Awaitable[Topic]]
    """A petition that an official sees and that is answered or public. Raises ``NotFound``, ``Conflict``."""
    public: Callable[[Collection[str]], Awaitable[frozenset[str]]]
    """Those of some petitions that everybody may read: only their numbers stand on a forum's page. One query."""


def ways(request: Request) -> Crossings:
    """The ways across in the application that a request reached."""
    return cast("Crossings", request.app.state.ways)
