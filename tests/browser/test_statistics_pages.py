"""The statistics on a small telephone: names stay readable beside ten columns of figures."""

import pytest

from tests.browser.test_desk_page import sound
from tests.functional.test_statistics_pages import a_year
from tests.support.chromium import OpenPage
from tests.support.system import System


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_names_are_read_beside_their_figures(site: System, open_page: OpenPage) -> None:
    await a_year(7)
    await site.file(location={"lat": 37.5, "lng": 127.0, "address": ""})
    await site.work()
    page = await open_page(base_url=site.url)
    pages = ("/statistics/adoption", "/statistics/petitions", "/statistics/data")
    for address in (*pages, "/statistics/adoption/submissions"):
        await page.goto(f"{address}?lang=ja")
        await sound(page)
    await page.set_viewport_size({"width": 320, "height": 800})
    for address in pages:
        await page.goto(f"{address}?lang=ja")
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        widths = await page.evaluate(
            "[...document.querySelectorAll('.statistics-dimension tbody th:has(a), .table-stack tbody th')]"
            ".map(e => Math.round(e.getBoundingClientRect().width))"
        )
        assert widths
        assert min(widths) >= 120, (address, min(widths))
        apart = await page.evaluate(
            "[...document.querySelectorAll('.chart-row p')].map(e => e.lastChild.getBoundingClientRect().left"
            " - e.firstChild.getBoundingClientRect().right)"
        )
        assert all(room >= 8 for room in apart), (address, apart)
        assert apart or address != "/statistics/adoption"
        assert "…" not in await page.inner_text("main")
