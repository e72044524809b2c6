"""How a command is given the database: what ``server.cli`` puts into click's context, and the lock of serving."""

import contextlib
import fcntl
from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol, TypeVar

import click

from server.core import database
from server.core.config import Settings

T = TypeVar("T")


class Run(Protocol):
    """Runs a coroutine with the database of the settings open; ``migrated``: only if every migration is applied."""

    def __call__(self, work: Callable[[Settings], Awaitable[T]], *, migrated: bool = True) -> T: ...


@contextlib.contextmanager
def serving_alone(settings: Settings, advice: str) -> Iterator[None]:
    """Lock the embedded database, of which a server keeps in memory what another process would change.

    Raises ``ClickException`` with the advice if a server has it open.
    """
    if not settings.sqlite:
        yield
        return
    path = database.file_of(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with database.serving(path).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise click.ClickException(f"`sinmungo serve` already uses {path}: {advice}") from error
        yield
