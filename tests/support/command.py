"""The ``sinmungo`` command inside the test's own process: starting another one is slower than most commands."""

import os
import threading
from unittest.mock import patch

from click.testing import CliRunner, Result
from tortoise import context

from server.cli import main
from server.core import config, search
from server.core.config import Settings
from tests.support.live import settings_as_environment


def sinmungo(settings: Settings, *arguments: str, piped: str = "") -> Result:
    """Run the command to its end; the application that is open in this process waits, and goes on as it was."""
    before, engine, found = list(config._current), search.ENGINE, list[Result]()

    def run() -> None:
        environment = {name: value for name, value in settings_as_environment(settings).items() if value}
        with patch.dict(os.environ):  # an option of `serve` is handed to its processes by the environment
            found.append(CliRunner().invoke(main, arguments, input=piped, env=environment))

    # In a thread, which has no event loop and sees nothing of this one's connections.
    kept, context._global_context = context._global_context, None
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        context._global_context = kept
        config._current[:], search.ENGINE = before, engine
    if found[0].exception is not None and not isinstance(found[0].exception, SystemExit):
        raise found[0].exception
    return found[0]
