"""Pages that show an office's queue to everybody: the office, its display, and what other websites frame."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import orjson
import pytest

from server.core import clock
from server.core.days import today
from tests.functional.test_live_queue import Office
from tests.support.page_forms import submit
from tests.support.system import System
from tests.support.visits import an_office
from tracking.visits.actions import calling
from tracking.visits.models import CounterService, Device, Opening, Ticket
from tracking.visits.queries import offices
from tracking.visits.queue_forms import Finish
from tracking.visits.routes.embed import CACHED

EMBED = "/offices/east/queue/embed"
MOST_QUERIES = {"/offices/east": 24, "/offices/east/display": 20, EMBED: 19}
"""The first time; what many ask for is kept."""


async def busy() -> Office:
    """One is served at counter 5 on the third floor, two wait."""
    office = await Office.opened()
    await CounterService.filter(code="passport").update(name="여권", name_en="Passport", name_ja="旅券")
    offices.forget()
    for _visitor in range(3):
        await office.walk_in()
    await office.call()
    return office


async def test_the_page_of_an_office_shows_its_queue(system: System) -> None:
    await busy()
    page = (await system.client.get("/offices/east?lang=en")).text
    assert "1: counter 5, floor 3" in page
    assert "People waiting: <strong data-total>2</strong>" in page
    assert 'data-queue="/offices/east/queue/stream"' in page
    assert "<td data-waiting>Waiting: 2</td>" in page
    assert " minutes</td>" in page
    assert "<td data-ahead>Before you at the same counters: 2</td>" in page
    assert "Once this has cost somebody without a reservation 30 minutes, nobody who came later" in page
    json = (await system.client.get("/api/v1/offices/east/queue")).json()
    assert (json["waiting"], json["called"][0]["counter"], json["called"][0]["state"]) == (2, "5", "called")
    assert json["called"][0]["service"] == "passport"


async def test_a_closed_office_shows_no_queue(system: System) -> None:
    await an_office({"1": ["passport"]}, days=[today()])
    office = await offices.office("east")
    await Opening.create(office_id=office.id, date=today(), kind="closed")
    assert "data-queue" not in (await system.client.get("/offices/east")).text


async def test_a_display_keeps_the_last_calls_and_speaks_the_citys_languages(system: System) -> None:
    office = await busy()
    for _visitor in range(2):
        await office.act(calling.start)
        await office.act(calling.finish, Finish())
        await office.call()
    page = (await system.client.get("/offices/east/display")).text
    places = [page.index(f"<span data-number>{number}</span>") for number in ("3", "2", "1")]
    assert places == sorted(places)
    assert page.count("is-called") == 1
    assert page.count("data-sequence=") == 8
    for words in ("{number}번 손님, {floor}층 {counter}번", "番号札{number}番", "Number {number}, please come"):
        assert words in spoken(page)


def spoken(page: str) -> str:
    """The words that the page keeps as JSON in an attribute."""
    found = re.search(r'data-speech="([^"]*)"', page)
    assert found
    return " ".join(words for _language, words in orjson.loads(html.unescape(found.group(1))))


@pytest.mark.parametrize("path", MOST_QUERIES)
async def test_what_many_ask_for_is_read_once(
    system: System, count_queries: Callable[[], list[str]], path: str
) -> None:
    await busy()
    seen = count_queries()
    first = await system.client.get(path)
    assert first.status_code == 200
    assert len(seen) <= MOST_QUERIES[path], seen
    seen.clear()
    again = await system.client.get(path)
    assert again.status_code == 200
    assert len(seen) <= MOST_QUERIES[path] // 2, seen


async def test_other_websites_frame_the_queue_and_caches_keep_it(system: System) -> None:
    office = await busy()
    visitor = system.visitor()
    visitor.cookies.set("lang", "ja")
    page = await visitor.get(EMBED)
    assert "동부민원센터" in page.text
    assert 'lang="ko"' in page.text, "nothing depends on who asks"
    assert "Passport" in (await visitor.get(f"{EMBED}?lang=en")).text
    assert "1번: 5번 창구 (3층)" in page.text
    json = await visitor.get(f"{EMBED}.json", headers={"origin": "https://city.example"})
    found = json.json()
    assert found["called"] == [{"number": "1", "counter": "5", "floor": 3, "state": "called"}]
    (passport,) = [one for one in found["services"] if one["service"] == "passport"]
    assert passport["name"] == {"ko": "여권", "ja": "旅券", "en": "Passport"}
    assert (passport["waiting"], passport["ahead"]) == (2, 2)
    assert list(passport["expected_wait"]) == ["p10", "p50", "p90"]
    assert json.headers["access-control-allow-origin"] == "*"
    for answer in (page, json):
        assert answer.headers["cache-control"] == CACHED
        assert "set-cookie" not in answer.headers
        url, etag = str(answer.url), answer.headers["etag"]
        same = await visitor.get(url, headers={"if-none-match": f'"x", W/{etag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
        assert same.headers["cache-control"] == CACHED
    await office.act(calling.start)
    assert (await visitor.get(f"{EMBED}.json", headers={"if-none-match": json.headers["etag"]})).status_code == 200


async def test_only_the_embedded_page_may_be_framed(system: System) -> None:
    await busy()
    assert "frame-ancestors *" in (await system.client.get(EMBED)).headers["content-security-policy"]
    for path in ("/offices/east", "/offices/east/display", "/display", f"{EMBED}.json", "/offices/west/queue/embed"):
        answer = await system.client.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
        if not path.endswith("json"):
            assert "access-control-allow-origin" not in answer.headers, path


async def test_a_display_is_enrolled_once_and_reports_that_it_is_alive(system: System) -> None:
    await Office.opened()
    admin = await system.official("admin")

    async def code(kind: str) -> str:
        made = await admin.post("/api/v1/desk/offices/east/devices", json={"kind": kind, "name": "홀"})
        answer: str = made.json()["enrolment_code"]
        return answer

    screen = system.visitor()
    kiosk = await code("kiosk")
    refused = await submit(screen, "/display", "/display", enrolment_code=kiosk)
    assert refused.status_code == 422
    assert "코드가 올바르지 않거나" in refused.text
    assert await Device.filter(enrolled_at__not_isnull=True).count() == 0, "a kiosk's code is still good"
    done = await submit(screen, "/display", "/display", enrolment_code=await code("display"))
    assert (done.status_code, done.headers["location"]) == (303, "/offices/east/display")
    assert (await screen.get("/display")).headers["location"] == "/offices/east/display"
    device = await Device.get(kind="display")
    later = clock.now() + timedelta(minutes=5)
    with clock.at(later):
        assert (await screen.get("/offices/east/display")).status_code == 200
    assert (await Device.get(id=device.id)).seen_at == later
    await Device.filter(id=device.id).update(active=False, token_hash=None)  # as locking does
    assert (await screen.get("/display")).status_code == 200, "the form again"
    assert (await screen.get("/offices/east/display")).status_code == 200, "its numbers are public"
    assert (await Device.get(id=device.id)).seen_at == later


async def test_a_ticket_is_followed_without_scripts_too(system: System) -> None:
    office = await Office.opened(most_calls=1)
    number = await office.walk_in()
    page = f"/tickets/{(await Ticket.get(number=number)).code}"
    waits = (await system.client.get(page)).text
    assert '<noscript><meta http-equiv="refresh" content="60"></noscript>' in waits
    assert 'data-state="waiting"' in waits
    await office.call()
    called = (await system.client.get(page)).text
    assert "5번 창구로 오세요" in called
    assert "3층" in called
    await office.act(calling.not_here)
    missed = (await system.client.get(page)).text
    assert 'data-state="missed"' in missed
    assert "/return" in missed
