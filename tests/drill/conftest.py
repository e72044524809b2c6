"""How much the drill does, and the table that it prints: short with every other test, in full with ``make drill``."""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROWS = pytest.StashKey[list[tuple[str, ...]]]()
HEAD = ("what", "database", "did", "result")


@dataclass(frozen=True)
class Size:
    """How much is done on each database."""

    kills: int
    requests: int
    soak_seconds: float


SHORT = Size(kills=3, requests=300, soak_seconds=6)
FULL = Size(kills=200, requests=10_000, soak_seconds=3600)


@pytest.fixture
def size() -> Size:
    """The full drill where ``DRILL=full`` is set."""
    return FULL if os.environ.get("DRILL") == "full" else SHORT


@pytest.fixture
def report(request: pytest.FixtureRequest, engine: str) -> Callable[[str, str, str], None]:
    """Adds a row to the table: what was drilled, how much of it, and what came of it."""
    return lambda what, did, result: request.config.stash[ROWS].append((what, engine, did, result))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = []


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> Iterator[None]:
    yield
    if rows := config.stash[ROWS]:
        table = [HEAD, *rows, *_faults(terminalreporter)]
        widths = [max(len(row[place]) for row in table) for place in range(len(HEAD))]
        terminalreporter.section("drill")
        for row in table:
            terminalreporter.line(
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )


def _faults(terminalreporter: pytest.TerminalReporter) -> list[tuple[str, ...]]:
    """A row for each file of tests of single faults that were run beside the drill."""
    seen = defaultdict[str, Counter[str]](Counter)
    for outcome in ("passed", "failed"):
        for test in terminalreporter.getreports(outcome):
            path = Path(test.nodeid.partition("::")[0])
            if path.parent.name != "drill" and test.when == "call":
                seen[path.stem.removeprefix("test_").removesuffix("_api")][outcome] += 1
    return [
        (f"faults: {name}", "both", f"{counts.total()} tests", f"{counts['passed']} passed, {counts['failed']} failed")
        for name, counts in sorted(seen.items())
    ]
