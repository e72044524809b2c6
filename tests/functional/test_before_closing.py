"""What visitors hear who may not be called before the office closes at 17:00."""

from typing import Any

from server.core import clock
from tests.functional.test_kiosk_api import enrolled, ticket
from tests.functional.test_live_queue import Office
from tests.support.system import System
from tests.support.visits import at
from tracking.visits.models import CounterService
from tracking.visits.models import Office as OfficeModel
from tracking.visits.queries import live_queue, offices
from tracking.visits.routes import queue

LEFT = 60
MOST = 12


async def full(system: System) -> tuple[Office, dict[str, str], list[Any]]:
    """An hour before closing, with one counter: more come than can be served."""
    office = await Office.opened()
    device = await enrolled(system)
    return office, device, [(await ticket(system, device)).json() for _one in range(MOST)]


def kinds(tickets: list[Any]) -> dict[str, str]:
    """The path of the first ticket of each kind, from the last to the first."""
    return {one["before_closing"]: f"/tickets/{one['code']}" for one in reversed(tickets)}


async def test_every_wait_in_json_says_whether_it_ends_before_closing(system: System) -> None:
    with clock.at(at("16:00")):
        _office, device, tickets = await full(system)
        for one in tickets:
            wait = one["expected_wait"]
            expected = "in_time" if wait["p90"] <= LEFT else "uncertain" if wait["p50"] <= LEFT else "too_late"
            assert one["before_closing"] == expected, one
        assert list(kinds(tickets)) == ["too_late", "uncertain", "in_time"]
        followed = (await system.client.get(f"/api/v1{kinds(tickets)['too_late']}")).json()
        assert followed["before_closing"] == "too_late"
        live = (await system.client.get("/api/v1/offices/east/queue")).json()
        embed = (await system.client.get("/offices/east/queue/embed.json")).json()
        setup = (await system.client.get("/api/v1/kiosk/east", headers=device)).json()
        assert (setup["carry_over"], setup["services"][-1]["bookable"]) == (False, True)
        for one in (live, embed, setup):
            services = {row.get("service") or row["code"]: row["before_closing"] for row in one["services"]}
            assert services == {"passport": "too_late", "moving": "uncertain"}, "that counter is closed"
        state = queue.state(await live_queue.of_office(await offices.place("east")))
        assert state["closing"]["services"] == services
        late = {one["number"]: one["before_closing"] for one in tickets if one["before_closing"] != "in_time"}
        assert state["closing"]["tickets"] == late


async def test_after_closing_whoever_is_there_is_told_the_estimate(system: System) -> None:
    with clock.at(at("16:00")) as _now:
        _office, _device, tickets = await full(system)
    with clock.at(at("17:01")):
        live_queue.forget()
        page = (await system.client.get(f"{kinds(tickets)['too_late']}?lang=en")).text
        followed = (await system.client.get(f"/api/v1{kinds(tickets)['too_late']}")).json()
    assert followed["before_closing"] == ""
    assert "You will probably be called in" in page


async def test_the_ticket_says_what_to_do(system: System) -> None:
    with clock.at(at("16:00")):
        _office, _device, tickets = await full(system)
        paths = kinds(tickets)
        pages = {kind: (await system.client.get(f"{path}?lang=en")).text for kind, path in paths.items()}
        assert "You will probably be called in" in said(pages["in_time"])
        assert said(pages["uncertain"]) == "It may not be your turn before we close at 17:00."
        assert said(pages["too_late"]) == (
            "It will probably not be your turn before we close at 17:00. Please book a time or come another day."
        )
        assert 'href="/visits?office=east&amp;service=passport"' in pages["too_late"]
        assert ["data-book hidden" in pages[kind] for kind in ("in_time", "uncertain", "too_late")] == [
            True, True, False,
        ]  # fmt: skip
        assert "전에는 차례가 오지 않을" in said((await system.client.get(f"{paths['too_late']}?lang=ko")).text)
        assert "17:00までには" in said((await system.client.get(f"{paths['too_late']}?lang=ja")).text)
        await CounterService.all().update(bookable=False)
        offices.forget()
        page = (await system.client.get(f"{paths['too_late']}?lang=en")).text
        assert said(page).endswith("17:00. Please come another day.")
        assert "/visits?office=east" not in page
        await OfficeModel.all().update(carry_over=True)
        offices.forget()
        live_queue.forget()
        for kind in ("uncertain", "too_late"):
            page = (await system.client.get(f"{paths[kind]}?lang=en")).text
            assert said(page).endswith("17:00. Your number is also valid on the next day on which we are open.")


def said(page: str) -> str:
    """What a ticket's page says of the wait."""
    return page.partition("data-wait>")[2].partition("</p>")[0]


async def test_the_live_queue_shows_no_range_beyond_closing(system: System) -> None:
    with clock.at(at("16:00")):
        _office, _device, tickets = await full(system)
        for path in ("/offices/east", "/offices/east/display", "/offices/east/queue/embed"):
            page = (await system.client.get(f"{path}?lang=en")).text
            (row,) = [one for one in page.split("data-service=")[1:] if one.startswith('"passport"')]
            assert "Probably not before closing" in row, path
            assert "{low} minutes or longer, until closing" in page, path
        uncertain = next(one for one in tickets if one["before_closing"] == "uncertain")
        desk = await (await system.official("clerk")).get(f"/desk/reception/tickets/{uncertain['code']}?lang=en")
        assert "minutes or longer, until closing" in desk.text
