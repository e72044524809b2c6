"""The templates, compiled once for all tests of all runs until one of them changes."""

import contextlib
from pathlib import Path

import pytest

from server.core import templates
from server.core.config import Settings

FOLDER = Path(__file__).parents[2] / "var" / "templates"


def pytest_configure(config: pytest.Config) -> None:
    if not templates.load(FOLDER) and not hasattr(config, "workerinput"):
        templates.make(FOLDER)


def share(settings: Settings) -> None:
    """Let a process with these settings find the compiled templates."""
    if not settings.compiled.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):  # several processes of one test are started at once
            settings.compiled.symlink_to(FOLDER)
