"""No counter is open for a service: nobody is promised minutes, everybody reads it with what to do, at every place."""

from datetime import time
from typing import Any

import pytest

from server.core import clock
from server.core.days import today
from tests.functional.test_before_closing import said
from tests.functional.test_kiosk_api import enrolled, ticket
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import counters
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Counter
from tracking.visits.queries import live_queue, offices
from tracking.visits.queue_forms import OpenCounter
from tracking.visits.routes import queue

PLACES = ("/offices/east", "/offices/east/display", "/offices/east/queue/embed")
WORDS = {
    "en": ("No counter is open for this now", "No counter is open for this now. Your number stays valid;"),
    "ko": ("지금 열린 창구 없음", "지금 이 업무를 처리하는 창구가 열려 있지 않습니다. 번호표는 계속 유효합니다."),
    "ja": ("現在開いている窓口はありません", "現在このご用件に対応する窓口は開いていません。番号札は有効です。"),
}


ON_DISPLAY = {"en": "No counter open", "ko": "열린 창구 없음", "ja": "窓口は閉まっています"}


async def an_hour_with_one_counter() -> dict[str, str]:
    """Passports are served, moving is not: its counter is closed against the roster. Counters by number."""
    office = await an_office({"1": ["passport"], "2": ["moving"]}, days=[today()])
    numbers = {one.number: str(one.id) for one in await Counter.filter(office_id=office.id)}
    await counters.open_counter(await official("clerk"), numbers["1"], OpenCounter())
    return numbers


async def rows(system: System, path: str, language: str) -> dict[str, str]:
    page = (await system.client.get(f"{path}?lang={language}")).text
    return {
        one.partition('"')[2].partition('"')[0]: one.partition("</li>")[0].partition("</tr>")[0]
        for one in page.split("data-service=")[1:]
    }


@pytest.mark.parametrize("language", WORDS)
async def test_every_place_says_so_in_each_language(system: System, language: str) -> None:
    with clock.at(at("10:00")):
        await an_hour_with_one_counter()
        device = await enrolled(system)
        moving, passport = [(await ticket(system, device, service=one)).json() for one in ("moving", "passport")]
        plain, whole = WORDS[language]
        for path in PLACES:
            found, words = await rows(system, path, language), ON_DISPLAY[language] if "display" in path else plain
            assert words in found["moving"], path
            assert words not in found["passport"], path
        page = (await system.client.get(f"/tickets/{moving['code']}?lang={language}")).text
        assert said(page).startswith(whole)
        assert "data-book hidden" not in page, "another time can be booked"
        assert plain not in said((await system.client.get(f"/tickets/{passport['code']}?lang={language}")).text)
        clerk = await system.official("clerk")
        assert plain in (await clerk.get(f"/desk/reception/tickets/{moving['code']}?lang={language}")).text


async def test_json_says_so(system: System) -> None:
    with clock.at(at("10:00")):
        await an_hour_with_one_counter()
        device = await enrolled(system)
        moving, passport = [(await ticket(system, device, service=one)).json() for one in ("moving", "passport")]
        assert [(one["counter_open"], one["opens_at"]) for one in (moving, passport)] == [(False, None), (True, None)]
        live = (await system.client.get("/api/v1/offices/east/queue?lang=en")).json()
        embed = (await system.client.get("/offices/east/queue/embed.json")).json()
        setup = (await system.client.get("/api/v1/kiosk/east", headers=device)).json()
        for one in (live, embed, setup):
            assert {row.get("service") or row["code"]: row["counter_open"] for row in one["services"]} == {
                "moving": False, "passport": True,
            }  # fmt: skip
        words: dict[str, Any] = {row["service"]: row["wait_in_words"] for row in live["services"]}
        assert words["moving"] == "No counter is open for this now"
        followed = (await system.client.get(f"/api/v1/tickets/{moving['code']}?lang=en")).json()
        assert followed["wait_in_words"].startswith("No counter is open for this now. Your number stays valid;")
        state = queue.state(await live_queue.of_office(await offices.place("east")))
        assert state["closed"] == {"services": {"moving": ""}, "tickets": {moving["number"]: ""}}


async def test_before_the_roster_opens_a_counter_it_says_when(system: System) -> None:
    with clock.at(at("08:30")):
        numbers = await an_hour_with_one_counter()
        device = await enrolled(system)
        moving = (await ticket(system, device, service="moving")).json()
        assert moving["opens_at"][11:16] == f"{time(9):%H:%M}"
        page = (await system.client.get(f"/tickets/{moving['code']}?lang=en")).text
        assert said(page) == "No counter is open for this now. The next one opens at 09:00; your number stays valid."
        state = queue.state(await live_queue.of_office(await offices.place("east")))
        assert state["closed"]["tickets"] == {moving["number"]: "09:00"}
        clerk = await official("clerk")
        await counters.open_counter(clerk, numbers["2"], OpenCounter())
        opened = (await system.client.get(f"/tickets/{moving['code']}?lang=en")).text
        assert said(opened) == "You will probably be called in a moment."
        await counters.pause(clerk, numbers["2"], Plain())
        paused = (await system.client.get(f"/tickets/{moving['code']}?lang=en")).text
        assert "No counter" not in said(paused), "a pause ends"
