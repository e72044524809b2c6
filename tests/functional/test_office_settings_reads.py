"""What the settings of offices cost the database, however many offices and counters there are."""

from collections.abc import Callable

import pytest

from tests.support.system import System
from tests.support.visits import an_office, next_monday

QUERIES = {
    "/desk/offices": 7,
    "/desk/offices/1": 8,
    "/desk/offices/new": 6,
    "/desk/offices/hours/1": 6,
    "/desk/offices/counters": 12,
    "/desk/offices/counters/1": 13,
    "/desk/offices/services": 13,
    "/desk/offices/services/1": 15,
    "/desk/offices/openings": 5,
    "/desk/offices/openings/new": 4,
    "/desk/roster?office=east&week={monday}": 12,
    "/desk/roster/week?office=east&week={monday}": 11,
    "/desk/roster/shifts/new": 3,
    "/desk/roster/shifts/1": 8,
}
"""The statements of each page when nothing is kept in the process, the session's one included."""


@pytest.mark.parametrize("page", QUERIES)
async def test_each_page_asks_the_database_a_known_number_of_times(
    system: System, count_queries: Callable[[], list[str]], page: str
) -> None:
    for code in ("east", "west"):
        await an_office({str(n): ["passport", "moving"] for n in range(4)}, code=code)
    browser = await system.official("admin")
    seen = count_queries()
    assert (await browser.get(page.format(monday=next_monday()))).status_code == 200
    assert len(seen) == QUERIES[page], "\n".join(seen)
