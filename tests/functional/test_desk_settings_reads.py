"""What the settings pages cost the database, and that they speak every language."""

from collections.abc import Callable

import pytest

from server.core import database
from server.core.stream.hub import Hub
from tests.support.page_forms import submit
from tests.support.system import System

CountQueries = Callable[[], list[str]]


QUERIES = {
    "/desk/rules": 11,
    "/desk/rules/new": 10,
    "/desk/rules/1": 12,
    "/desk/templates": 11,
    "/desk/templates/1": 12,
    "/desk/calendar": 13,
    "/desk/departments": 2,
    "/desk/departments/1": 3,
    "/desk/jobs": 4,
    "/desk/audit": 3,
}
"""The most statements of each page when nothing is kept in the process, the session's one included."""


@pytest.mark.parametrize("page", QUERIES)
async def test_each_page_asks_the_database_a_known_number_of_times(
    system: System, count_queries: CountQueries, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    # It hears of its own change a moment later, too, and would read everything once more.
    monkeypatch.setattr(Hub, "_note_changes", lambda _self, _entries: None)
    browser = await system.official("admin")
    await submit(browser, "/desk/rules", "/1/close")
    seen = count_queries()
    assert (await browser.get(page)).status_code == 200
    assert len(seen) == QUERIES[page], "\n".join(seen)


async def test_the_settings_are_read_from_the_database_in_every_language(system: System) -> None:
    browser = await system.official("admin")
    assert (await database.fetch_one("SELECT COUNT(*) AS n FROM routing_rule")) is not None
    for language, words in (("ko", "배정 규칙"), ("ja", "振り分け規則"), ("en", "Routing rules")):
        assert words in (await browser.get(f"/desk/rules?lang={language}")).text
