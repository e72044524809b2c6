"""The page of a kiosk: what it holds, where the camera is allowed, what keeps it without network."""

import json
import re
from collections.abc import Callable

from server.core import references
from server.core.templates import STATIC
from tests.support.markup import parse
from tests.support.system import System
from tests.support.visits import an_office
from tracking.visits.kiosk_words import WORDS
from tracking.visits.models import Office

MOST_QUERIES = 2


async def test_the_page_holds_every_step_in_all_languages_for_few_queries(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    await an_office({"1": ["passport"]})
    await Office.filter(code="east").update(name_en="East Service Centre")
    seen = count_queries()
    page = await system.client.get("/kiosk/east")
    assert len(seen) <= MOST_QUERIES, seen
    root = parse(page.text)
    words = json.loads(root.one("script", id="kiosk-words").text)
    assert set(words) == {"ko", "ja", "en"}
    assert all(set(one) == set(WORDS) for one in words.values())
    assert json.loads(root.one("script", id="kiosk-names").text)["en"] == "East Service Centre"
    assert "자바스크립트" in root.one("noscript").text, "without scripts it says what to do"
    assert (await system.client.get("/kiosk/nowhere")).status_code == 404


async def test_the_camera_is_allowed_at_kiosks_only(system: System) -> None:
    await an_office({"1": ["passport"]})
    policies = {
        path: (await system.client.get(path)).headers["permissions-policy"]
        for path in ("/kiosk/east", "/", "/offices/east", "/kiosk/nowhere", "/static/js/kiosk.js", "/api/v1/offices")
    }
    assert "camera=(self)" in policies.pop("/kiosk/east")
    assert all("camera=()" in one for one in policies.values()), policies


async def test_all_that_the_page_needs_is_named_for_the_time_without_network(system: System) -> None:
    await an_office({"1": ["passport"]})
    page = await system.client.get("/kiosk/east")
    kept = parse(page.text).one(class_="kiosk-steps").attrs["data-kept"].split()
    assert set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:js|css)[^"]*)"', page.text)) <= set(kept)
    for address in kept:
        assert (await system.client.get(address)).status_code == 200, address
    sources = "".join(path.read_text() for path in STATIC.glob("js/kiosk*.js"))
    imported = set(re.findall(r'(?:from |import\()"\./([\w./-]+)"', sources))
    assert {f"/static/js/{name}" for name in imported} <= set(kept)
    worker = await system.client.get("/kiosk/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"


async def test_a_ticket_has_a_qr_code_to_follow_it(system: System) -> None:
    answer = await system.client.get(f"/tickets/{references.new_reference()}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")
    for text in ("zz", "ABC-DEF-GH0", "https:%2F%2Fexample.org"):
        assert (await system.client.get(f"/tickets/{text}/qr.svg")).status_code == 404, "no picture of any text"
