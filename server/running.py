"""How a command is given the database: what ``server.cli`` puts into click's context."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from server.core.config import Settings

T = TypeVar("T")


class Run(Protocol):
    """Runs a coroutine with the database of the settings open; ``migrated``: only if every migration is applied."""

    def __call__(self, work: Callable[[Settings], Awaitable[T]], *, migrated: bool = True) -> T: ...
