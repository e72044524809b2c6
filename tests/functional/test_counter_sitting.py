"""Who acts at a counter: whoever sits there, and administrators; and who waits for a counter that is closed."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.core import clock, ledger
from server.core.days import today
from tests.support.answers import official
from tests.support.markup import parse
from tests.support.page_forms import submit
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import arriving, tickets
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Counter, CounterSitting, Ticket
from tracking.visits.queries import offices, queue
from tracking.visits.states import TicketState


async def counters_of(**services: list[str]) -> dict[str, int]:
    office = await an_office({name.removeprefix("c"): what for name, what in services.items()})
    return {one.number: one.id for one in await Counter.filter(office_id=office.id)}


async def walks_in(service: str = "passport") -> queue.TicketRow:
    return await arriving.walk_in(await offices.office("east"), [service], Press())


async def act(
    program: httpx.AsyncClient, counter: int, action: str, /, headers: Any = None, **body: Any
) -> httpx.Response:
    return await program.post(f"/api/v1/desk/counters/{counter}/{action}", json=body, headers=headers)


async def test_only_who_sits_there_acts_until_somebody_takes_over(system: System) -> None:
    with clock.at(at("09:00")):
        (counter,) = (await counters_of(c1=["passport"])).values()
        await walks_in()
        clerk, other = await system.program("clerk"), await system.program("handler")
        for action in ("open", "call-next"):
            assert (await act(clerk, counter, action)).is_success
        for action in ("open", "start", "recall", "no-show", "note", "pause", "close", "call-next"):
            refused = await act(other, counter, action)
            assert (refused.status_code, refused.json()["code"]) == (409, "not_your_counter"), action
            assert (await official("clerk")).name in refused.text
        assert (await Ticket.get()).state is TicketState.CALLED
        assert (await act(other, counter, "open", take_over=True)).status_code == 204
        assert (await act(other, counter, "start")).json()["state"] == "serving"
        assert (await act(clerk, counter, "finish")).json()["code"] == "not_your_counter"
        events = [
            one.data for one in await ledger.read(queue.subject("east", today())) if one.kind == "counter.changed"
        ]
        mine, theirs = (await official("clerk")).id, (await official("handler")).id
        assert [(one["by"], one["taken_from"]) for one in events] == [(mine, 0), (theirs, mine)]
    with clock.at(at("09:00") + timedelta(days=1)):
        again = await system.program("handler")
        await CounterSitting.all().update(account_id=(await official("clerk")).id)
        assert (await act(again, counter, "open")).status_code == 204, "nobody sits there since yesterday"


async def test_an_administrator_acts_anywhere_and_leaves_who_sits_there(system: System) -> None:
    with clock.at(at("09:00")):
        one, two = (await counters_of(c1=["passport"], c2=["passport"])).values()
        await walks_in()
        clerk, admin = await system.program("clerk"), await system.program("admin")
        await act(clerk, one, "open")
        assert (await act(admin, one, "open")).status_code == 204
        assert (await act(admin, two, "open")).status_code == 204
        for action in ("pause", "open", "call-next", "start", "finish"):
            assert (await act(admin, one, action)).is_success, action
        assert (await CounterSitting.get(counter_id=one)).account_id == (await official("clerk")).id
        assert (await act(clerk, one, "close")).status_code == 204
        assert (await act(admin, two, "close")).status_code == 204


async def test_the_page_offers_to_take_a_counter_over_where_somebody_sits(system: System) -> None:
    with clock.at(at("09:00")):
        (counter,) = (await counters_of(c1=["passport"])).values()
        page = f"/desk/counters/{counter}"
        await walks_in()
        clerk, other = await system.official("clerk"), await system.official("handler")
        assert "take_over" not in (await other.get(page)).text, "nobody sits there"
        await submit(clerk, page, "/open")
        shown = parse((await other.get(page)).text)
        offered = {form.attrs.get("action", "").rpartition("/")[2] for form in shown.all("form")}
        assert "open" in offered
        assert not offered & {"call-next", "call", "pause", "close", "chosen"}
        refused = await submit(other, page, "/open")
        assert refused.status_code == 409
        assert (await official("clerk")).name in refused.text
        assert (await submit(other, page, "/open", **{"open.take_over": "on"})).status_code == 303
        assert "take_over" not in (await other.get(page)).text
        assert (await submit(other, page, "/call-next")).status_code == 303


async def test_nobody_is_sent_to_a_counter_that_is_closed_or_the_same(system: System) -> None:
    with clock.at(at("09:00")):
        numbers = await counters_of(c1=["passport"], c2=["passport"], c3=["passport"])
        await walks_in()
        clerk = await system.program("clerk")
        for one in ("1", "2"):
            await act(clerk, numbers[one], "open")
        await act(clerk, numbers["1"], "call-next")
        for target in ("1", "3"):
            refused = await act(clerk, numbers["1"], "transfer", counter=target)
            assert refused.status_code == 422, target
            assert [one["field"] for one in refused.json()["errors"]] == ["counter"]
        page = parse((await (await system.official("clerk")).get(f"/desk/counters/{numbers['1']}")).text)
        assert [one.attrs["value"] for one in page.all("option") if one.attrs["value"] in numbers] == ["2"]
        assert (await act(clerk, numbers["1"], "transfer", counter="2")).status_code == 200


@pytest.mark.parametrize("away", [False, True])
async def test_who_waits_for_a_counter_that_closes_waits_for_all(system: System, *, away: bool) -> None:
    with clock.at(at("09:00")):
        one, two = (await counters_of(c1=["passport"], c2=["passport"])).values()
        ticket = await walks_in()
        clerk = await system.program("clerk")
        for counter in (one, two):
            await act(clerk, counter, "open")
        await act(clerk, one, "call-next")
        await act(clerk, one, "transfer", counter="2")
        assert (await act(clerk, one, "call-next")).status_code == 204, "waits for the other"
        if away:
            for action in ("call-next", "start", "park"):
                await act(clerk, two, action)
        assert (await act(clerk, two, "close")).status_code == 204
        if away:
            await tickets.come_back(ticket.code)
        last = [one.data for one in await ledger.read(queue.subject("east", today())) if one.kind == "ticket.waits"][-1]
        assert (last["how"], last["for_counter"]) == ("return" if away else "counter-closed", 0)
        assert (await act(clerk, one, "call-next")).json()["number"] == ticket.number


async def test_the_list_says_who_is_not_called_again_yet(system: System) -> None:
    with clock.at(at("09:00")):
        (counter,) = (await counters_of(c1=["passport"])).values()
        first, second = await walks_in(), await walks_in()
        clerk, page = await system.official("clerk"), f"/desk/counters/{counter}"
        for action in ("/open", "/call-next", "/no-show"):
            await submit(clerk, page, action)
        again = (await Ticket.get(id=first.id)).not_before
        assert again is not None
        shown = (await clerk.get(page)).text
        rows = [row.text for row in parse(shown).all("li") if "data-row" in row.attrs]
        assert [row.split()[0] for row in rows] == [second.number, first.number]
        minutes = round((again - clock.now()).total_seconds() / 60)
        assert f"9:{minutes:02}" in rows[1]
        assert f"9:{minutes:02}" not in rows[0]
        assert f"/tickets/{first.code}/chosen" not in shown
    with clock.at(again):
        shown = (await clerk.get(page)).text
        assert f"/tickets/{first.code}/chosen" in shown


async def test_a_press_that_is_repeated_answers_whom_it_called(system: System) -> None:
    (counter,) = (await counters_of(c1=["passport"])).values()
    with clock.at(at("09:00")):
        program = await system.program("clerk")
        for _one in range(2):
            await walks_in()
        await act(program, counter, "open")
        first = await act(program, counter, "call-next", {"idempotency-key": "one-press"}, press_id="a")
        for action in ("start", "finish"):
            await act(program, counter, action)
        assert (await act(program, counter, "call-next", press_id="b")).json()["number"] == "2"
        for headers in ({}, {"idempotency-key": "one-press"}):
            again = await act(program, counter, "call-next", headers, press_id="a")
            assert (first.json()["number"], again.json()["number"], again.json()["state"]) == ("1", "1", "done")


async def test_a_counter_with_nobody_and_a_ticket_in_another_state_say_so(system: System) -> None:
    (counter,) = (await counters_of(c1=["passport"])).values()
    with clock.at(at("09:00")):
        program = await system.program("clerk")
        await walks_in()
        await act(program, counter, "open")
        for action in ("start", "finish", "recall", "park", "no-show"):
            nobody = await act(program, counter, action)
            assert (nobody.status_code, nobody.json()["code"]) == (409, "counter_empty"), action
        await act(program, counter, "call-next")
        early = await act(program, counter, "park", {"accept-language": "en"})
        assert (early.status_code, early.json()["code"]) == (409, "illegal_transition")
        assert "This number is called" in early.text
