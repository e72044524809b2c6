"""Which of the two databases a test runs on: ``--engines=both`` (the default), ``stories`` or ``sqlite``.

With ``stories``, as in ``make test``, a functional test that only walks through pages and JSON runs on one engine,
chosen by its name. What is about the database itself runs on both: every unit and integration test, lists and search,
races, streams, mail, and each story that reads or writes tables, jobs or the ledger of its own. ``make test-all`` runs
all of it on both.
"""

import inspect
import re
from pathlib import Path
from zlib import crc32

import pytest

STORIES = Path(__file__).parents[1] / "functional"
ABOUT_THE_DATABASE = {
    "test_at_the_same_time", "test_desk_conflict", "test_desk_inbox", "test_desk_settings_conflict",
    "test_forum_live", "test_forum_pages", "test_forums_by_time", "test_mail", "test_mail_delivery",
    "test_registrations", "test_public_cases", "test_said_once", "test_statistics_counting",
    "test_statistics_pages", "test_stream", "test_stream_rights", "test_submissions_desk",
}  # fmt: skip
_touches = re.compile(r"\b(database|ledger|jobs)\.|\bgather\(|\bcount_queries\b|\bbulk_create\(|\brows\(")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engines", choices=["both", "stories", "sqlite"], default="both", help="databases to run on")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("engines")
    left_out = [item for item in items if wanted != "both" and _left_out(item, wanted)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _left_out(item: pytest.Item, wanted: str) -> bool:
    engine = getattr(item, "callspec", None) and item.callspec.params.get("engine")  # type: ignore[attr-defined]
    if engine is None or (wanted == "sqlite" and engine == "sqlite"):
        return False
    return wanted == "sqlite" or (_is_story(item) and engine != chosen(item.nodeid.partition("[")[0]))


def _is_story(item: pytest.Item) -> bool:
    if not item.path.is_relative_to(STORIES) or item.path.stem in ABOUT_THE_DATABASE:
        return False
    return not _touches.search(inspect.getsource(item.function))  # type: ignore[attr-defined]


def chosen(name: str) -> str:
    """The engine of a story, the same on every machine."""
    return ("sqlite", "postgres")[crc32(name.encode()) % 2]
