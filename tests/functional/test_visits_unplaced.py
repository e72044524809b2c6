"""Officials empty the list of visits without a counter, and look after waiting lists."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from server.core import clock
from tests.support.markup import parse
from tests.support.page_forms import Form, form, post_without_page, send
from tests.support.stories import to
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits import links
from tracking.visits.actions import booking, moving, supply, taking, waiting
from tracking.visits.models import Counter, Office, Shift, Visit, Waiting
from tracking.visits.states import Channel, VisitState, WaitingState

PAGE = "/desk/visits/unplaced?office=east"


@pytest.fixture(autouse=True)
def _noon(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = at("12:00", next_monday() - timedelta(days=3))
    monkeypatch.setattr(clock, "now", lambda: noon)


async def displaced(system: System, *names: str) -> Office:
    """Visits at nine, a quarter past and so on, twice each: the second of each has lost its counter."""
    office = await an_office({"1": ["passport"], "2": ["passport"]}, most_active=50)
    for n, name in enumerate(names):
        for who in (f"{name}-first", name):
            await booking.book_now(await wish(start=f"09:{15 * n:02}"), contact(who))
    await Shift.filter(counter__number="2").delete()
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    return office


def rows(page: httpx.Response) -> dict[str, str]:
    """The last column of each row, by the visitor."""
    found = [row for row in parse(page.text).all("tr") if row.attrs.get("id", "").startswith("row-")]
    return {row.one("a").text: row.all("td")[-1].text for row in found}


async def test_one_press_offers_another_time(system: System) -> None:
    await displaced(system, "kim", "lee")
    clerk = await system.official("clerk")
    page = await clerk.get(PAGE)
    assert [*rows(page)] == ["kim", "lee"]
    kim = await Visit.get(name="kim")
    answer = await send(clerk, form(page, kim.number), button=at("09:30").isoformat())
    assert answer.status_code == 303
    page = await clerk.get(PAGE)
    assert "9:30" in rows(page)["kim"]
    assert (await Visit.get(replaces=kim.id)).state is VisitState.OFFERED
    await system.work()
    assert len(to(system, "kim@example.org")) == 2, "the confirmation, and the offer"
    forged = await post_without_page(
        clerk, f"/desk/visits/unplaced/{kim.number}", data={"start": at("16:00").isoformat(), "office": "east"}
    )
    assert forged.status_code == 303
    assert (await Visit.get(replaces=kim.id)).starts_at == at("09:30")


async def test_everybody_is_offered_the_nearest_and_who_booked_first_comes_first(system: System) -> None:
    office = await displaced(system, "kim", "lee")
    manager = await system.official("manager")
    answer = await send(manager, everybody(await manager.get(PAGE)))
    assert answer.status_code == 303
    kim, lee = [await Visit.get(name=name, replaces=None) for name in ("kim", "lee")]
    offered = {one.replaces: one.starts_at for one in await Visit.filter(state=VisitState.OFFERED)}
    assert offered == {kim.id: at("09:30"), lee.id: at("09:45")}
    again = await send(manager, everybody(await manager.get(PAGE)))
    assert again.status_code == 303
    assert await Visit.filter(state=VisitState.OFFERED).count() == 2
    other = await Shift.filter(counter__number="1").get()
    second = await Counter.get(number="2")
    await Shift.create(counter_id=second.id, account_id=other.account_id, date=other.date, starts="09:00", ends="17:00")
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    assert rows(await manager.get(PAGE)) == {}, "with the counter back, the list empties by itself"


def everybody(page: httpx.Response) -> Form:
    """The form that offers another time to all."""
    return form(page, "/desk/visits/unplaced")


async def test_who_may_move_visits(system: System) -> None:
    await displaced(system, "kim")
    for name in ("handler", "guide"):
        assert (await (await system.official(name)).get(PAGE)).status_code == 403
    assert (await system.visitor().get(PAGE)).status_code in {303, 401}


async def test_the_list_costs_the_same_with_more_visits(system: System, count_queries: Callable[[], list[str]]) -> None:
    await displaced(system, "kim", "lee", "park", "choi")
    clerk = await system.official("clerk")
    await clerk.get(PAGE)
    seen = count_queries()
    assert len(rows(await clerk.get(PAGE))) == 4
    assert len(seen) <= 20, seen


async def waiting_list() -> list[booking.Booked]:
    await an_office({"1": ["passport"]})
    made = [await booking.book_now(await wish(start=f"09:{15 * n:02}"), contact(f"n{n}")) for n in range(4)]
    errand = await taking.errand("east", ["passport"], Channel.ONLINE)
    for name in ("kim", "lee"):
        await waiting.join(waiting.Wanted(errand, next_monday(), "09:00", "10:00"), contact(name))
    return made


async def test_an_official_sees_the_waiting_list_and_takes_somebody_off(system: System) -> None:
    made = await waiting_list()
    await booking.cancel(made[0].number, "visitor")
    clerk = await system.official("clerk")
    page = await clerk.get("/desk/visits/waiting?office=east")
    shown = [row.one("th").text for row in parse(page.text).all("tr") if row.attrs.get("id", "").startswith("row-")]
    assert [text.split()[0] for text in shown] == ["kim", "lee"]
    kim = await Waiting.get(name="kim")
    first = form(page, field="number", value=kim.number)
    nothing = await send(clerk, first)
    assert nothing.status_code == 422
    answer = await send(clerk, form(nothing, field="number", value=kim.number), reason="asked")
    assert answer.status_code == 303
    states = {one.name: one.state for one in await Waiting.all()}
    assert states == {"kim": WaitingState.LEFT, "lee": WaitingState.OFFERED}, "the offer goes to the next"


async def test_the_waiting_list_costs_few_statements(system: System, count_queries: Callable[[], list[str]]) -> None:
    await waiting_list()
    clerk = await system.official("clerk")
    await clerk.get("/desk/visits/waiting?office=east")
    seen = count_queries()
    assert (await clerk.get("/desk/visits/waiting?office=east")).status_code == 200
    assert len(seen) <= 10, seen


async def test_accepting_in_two_tabs_at_once_shows_the_reservation_to_both(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await displaced(system, "kim")
    clerk, phone = await system.official("clerk"), system.visitor()
    kim = await Visit.get(name="kim")
    await send(clerk, form(await clerk.get(PAGE), kim.number), button=at("09:30").isoformat())
    await phone.get(links.visit_path(system.settings, kim.number, kim.starts_at))
    page = f"/visits/{kim.number}/offer"
    shown, accept = form(await phone.get(page), field="answer"), moving.accept

    async def other_tab_first(number: str) -> None:
        await accept(number)
        await accept(number)

    monkeypatch.setattr(moving, "accept", other_tab_first)
    answer = await send(phone, shown, button="accept")
    assert answer.headers["location"] == f"/visits/{kim.number}"
    assert (await Visit.get(id=kim.id)).starts_at == at("09:30")
    again = await send(phone, shown, button="accept")
    assert again.headers["location"].startswith(f"/visits/{kim.number}"), "pressed again: the reservation"
    assert kim.number in (await phone.get(again.headers["location"])).text
