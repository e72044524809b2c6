"""Every pair of a ticket's state and an action, over JSON and by the pages; and who may do what.

What the table allows leads where it says; everything else is refused and changes nothing.
"""

import itertools
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.core import clock, ledger, ledger_check
from server.core.days import today
from tests.support.answers import official
from tests.support.markup import parse
from tests.support.page_forms import post_without_page
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import arriving, counters
from tracking.visits.actions.arriving import Press
from tracking.visits.counter_acts import COUNTERS
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Counter, Office, Ticket, TicketMatter
from tracking.visits.permissions import Permission
from tracking.visits.queries import offices, queue
from tracking.visits.queue_forms import OpenCounter
from tracking.visits.states import TICKET, CounterAction, CounterState, TicketAction, TicketState

K, C = TicketAction, CounterAction
AT_COUNTER = {
    K.CALL: C.CALL, K.RECALL: C.RECALL, K.START: C.START, K.FINISH: C.FINISH, K.PARK: C.PARK,
    K.NOT_HERE: C.NO_SHOW, K.NO_SHOW: C.NO_SHOW, K.TRANSFER: C.TRANSFER, K.FORWARD: C.FORWARD,
    K.NOTE: C.NOTE,
}  # fmt: skip
"""What a clerk does at a counter, by what it does to the ticket."""
BESIDE = {K.RETURN, K.URGENT, K.LEAVE}
BY_ITSELF = {K.ABANDON}
MOST_CALLS = 3
REFUSED = {404, 409}
ROLES = ("intake", "handler", "manager", "inspector", "guide", "clerk", "admin")


class Bench:
    """A ticket that is put into any state, at an open counter, with another counter and another office."""

    def __init__(self, ticket: queue.TicketRow, counter: int, browser: httpx.AsyncClient, program: Any) -> None:
        self.ticket, self.counter, self.browser, self.program = ticket, counter, browser, program
        self.fields: dict[TicketAction, dict[str, str]] = {
            K.CALL: {"ticket": ticket.number},
            K.TRANSFER: {"counter": "2"},
            K.FORWARD: {"office": "west"},
            K.URGENT: {"reason": "임신부입니다."},
            K.NOTE: {"note": "통역이 필요합니다."},
        }

    async def put(self, state: TicketState, action: TicketAction) -> None:
        """Put the ticket into a state; at the counter where the action is one of its own ticket."""
        here = self.counter if action in {*AT_COUNTER} - {K.CALL} | BY_ITSELF else None
        await Ticket.filter(id=self.ticket.id).update(
            state=state, counter=here, for_counter=None, urgent="", not_before=None, ended_at=None,
            calls=MOST_CALLS if action is K.NO_SHOW else 1, called_at=clock.now() - timedelta(hours=1),
        )  # fmt: skip
        await TicketMatter.filter(ticket_id=self.ticket.id).update(started_at=None, ended_at=None)

    async def by_json(self, action: TicketAction) -> int:
        body = self.fields.get(action, {})
        code = self.ticket.code
        if action in AT_COUNTER:
            path = f"/api/v1/desk/counters/{self.counter}/{AT_COUNTER[action]}"
        elif action is K.URGENT:
            path = f"/api/v1/desk/tickets/{code}/urgent"
        else:
            path = f"/api/v1/tickets/{code}/{action}"
        answer = await self.program.post(path, json=body)
        return int(answer.status_code)

    async def by_page(self, action: TicketAction) -> int:
        body, page = self.fields.get(action, {}), f"/desk/counters/{self.counter}"
        code = self.ticket.code
        if action in AT_COUNTER:
            path = f"{page}/{AT_COUNTER[action]}"
        elif action is K.URGENT:
            path, body = f"{page}/urgent", {**body, "code": code}
        elif action is K.RETURN:
            path = f"{page}/tickets/{code}/return"
        else:
            path = f"/tickets/{code}/{action}"
        return (await post_without_page(self.browser, path, data=body)).status_code


async def bench(system: System) -> Bench:
    office = await an_office({"1": ["passport"], "2": ["passport"]}, most_calls=MOST_CALLS, urgent_daily=50)
    await an_office({"1": ["passport"]}, code="west")
    numbers = {one.number: one.id for one in await Counter.filter(office_id=office.id)}
    clerk = await official("clerk")
    for one in numbers.values():
        await counters.open_counter(clerk, str(one), OpenCounter())
    ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
    return Bench(ticket, numbers["1"], await system.official("clerk"), await system.program("clerk"))


def test_every_action_is_tried() -> None:
    assert {*AT_COUNTER} | BESIDE | BY_ITSELF == {*TicketAction}
    assert {*AT_COUNTER.values()} | {C.OPEN, C.PAUSE, C.CLOSE, C.CALL_NEXT} == {C(one) for one in COUNTERS}
    done = {action for row in TICKET.values() for action in row}
    assert done == {*TicketAction}, "each is possible in some state"


@pytest.mark.parametrize("way", ["json", "page"])
async def test_actions_on_a_ticket_lead_where_the_table_says(system: System, way: str) -> None:
    with clock.at(at("09:30")):
        here = await bench(system)
        chain = queue.subject("east", today())
        for state, action in itertools.product(TicketState, [*AT_COUNTER, *sorted(BESIDE)]):
            await here.put(state, action)
            expected, length = TICKET[state].get(action), await ledger.length(chain)
            answered = await (here.by_json(action) if way == "json" else here.by_page(action))
            after = await Ticket.get(id=here.ticket.id)
            assert after.state is (expected or state), f"{action} while {state}: {answered}"
            repeated = (state, action) == (TicketState.LEFT, K.LEAVE)  # giving it back twice is no mistake
            assert (answered in REFUSED) is (expected is None and not repeated), f"{action} while {state}: {answered}"
            assert (await ledger.length(chain) > length) is (expected is not None), f"{action} while {state}"
            if expected is not None and expected is not TicketState.CALLED and expected is not TicketState.SERVING:
                assert after.counter is None, f"{action} while {state} leaves the counter free"
    assert [problem async for problem in ledger_check.verify()] == []


async def test_what_ends_by_itself_ends_only_calls(system: System) -> None:
    with clock.at(at("09:30")):
        here = await bench(system)
        for state in TicketState:
            await here.put(state, K.ABANDON)
            await counters.end_abandoned()
            after = await Ticket.get(id=here.ticket.id)
            assert after.state is TICKET[state].get(K.ABANDON, state)


async def test_the_pages_offer_what_the_table_allows(system: System) -> None:
    with clock.at(at("09:30")):
        here = await bench(system)
        page = f"/desk/counters/{here.counter}"
        for state in TicketState:
            at_it = state in {TicketState.CALLED, TicketState.SERVING}
            await here.put(state, K.START if at_it else K.CALL)
            shown = parse((await here.browser.get(page)).text)
            offered = {form.attrs.get("action", "").rpartition("/")[2] for form in shown.all("form")}
            of_ticket = {one.value for one in AT_COUNTER.values()} - {C.CALL.value}
            allowed = {AT_COUNTER[one].value for one in TICKET[state] if one in AT_COUNTER} if at_it else set()
            assert offered & of_ticket == allowed - {C.CALL.value}, state
            assert (C.CALL_NEXT.value in offered) is not at_it
            back = f"{page}/tickets/{here.ticket.code}/return"
            returns = back in {form.attrs.get("action") for form in shown.all("form")}
            assert returns is (K.RETURN in TICKET[state]), state
            own = parse((await system.visitor().get(f"/tickets/{here.ticket.code}")).text)
            theirs = {form.attrs.get("action", "").rpartition("/")[2] for form in own.all("form")}
            assert theirs & {"leave", "return"} == {one.value for one in (K.LEAVE, K.RETURN) if one in TICKET[state]}


async def test_each_action_needs_its_right(system: System) -> None:
    with clock.at(at("09:30")):
        here = await bench(system)
        for username in ROLES:
            who = await official(username)
            here.browser, here.program = await system.official(username), await system.program(username)
            for action in (*AT_COUNTER, K.URGENT, K.RETURN):
                await here.put(TicketState.DONE, action)
                right = Permission.PUT_FIRST if action is K.URGENT else Permission.SERVE_VISITS
                on_page = who.may(right) and who.may(Permission.SERVE_VISITS)
                assert (await here.by_page(action) == 403) is not on_page, (username, action)
                if action is not K.RETURN:  # by JSON its visitor does it, whoever they are
                    assert (await here.by_json(action) == 403) is not who.may(right), (username, action)
            for one in (C.OPEN, C.PAUSE, C.CLOSE, C.CALL_NEXT):
                answer = await here.program.post(f"/api/v1/desk/counters/{here.counter}/{one}", json={})
                assert (answer.status_code == 403) is not who.may(Permission.SERVE_VISITS), (username, one)
        nobody = system.visitor()
        for name in COUNTERS:
            sent = await post_without_page(nobody, f"/desk/counters/{here.counter}/{name}", data={})
            assert sent.status_code in {303, 401, 403}
            assert (await nobody.post(f"/api/v1/desk/counters/{here.counter}/{name}", json={})).status_code == 401
    assert (await Ticket.get(id=here.ticket.id)).state is TicketState.DONE


async def test_only_an_open_and_free_counter_calls(system: System) -> None:
    with clock.at(at("09:30")):
        here = await bench(system)
        clerk = await official("clerk")
        key = str(here.counter)
        switch = {
            CounterState.OPEN: lambda: counters.open_counter(clerk, key, OpenCounter()),
            CounterState.PAUSED: lambda: counters.pause(clerk, key, Plain()),
            CounterState.CLOSED: lambda: counters.close(clerk, key, Plain()),
        }
        for state, action in itertools.product(CounterState, (C.CALL, C.CALL_NEXT)):
            await here.put(TicketState.WAITING, K.CALL)
            await switch[state]()
            body = here.fields[K.CALL] if action is C.CALL else {}
            answer = await here.program.post(f"/api/v1/desk/counters/{here.counter}/{action}", json=body)
            assert answer.status_code == (200 if state is CounterState.OPEN else 409), (state, action)
            if state is CounterState.OPEN:
                for other in (C.CALL, C.CALL_NEXT, C.PAUSE, C.CLOSE):
                    busy = await here.program.post(f"/api/v1/desk/counters/{here.counter}/{other}", json=body)
                    assert busy.status_code in {409, 422}, other
                assert (await Ticket.get(id=here.ticket.id)).state is TicketState.CALLED
    assert await Office.all().count() == 2
