"""The story of a power cut: ten minutes without network at one of two kiosks, which also loses its power in between."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from server.core import clock, ledger_check
from server.core.days import today
from tests.functional.test_kiosk_api import enrolled
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import calling, counters
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Counter, Ticket
from tracking.visits.queries import offices, queue, turns
from tracking.visits.queue_forms import CallNext, Finish, OpenCounter
from tracking.visits.states import TicketState
from tracking.visits.waits import order

KIOSK = "/api/v1/kiosk/east"


@dataclass
class Kiosk:
    """A kiosk as its page works: what it keeps on its disk survives a power cut, what it is just doing does not."""

    system: System
    device: dict[str, str]
    state: Any = None
    kept: list[dict[str, Any]] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    presses: int = 0

    async def ask(self) -> None:
        self.state = (await self.system.client.get(KIOSK, headers=self.device)).json()

    async def online(self) -> str:
        self.presses += 1
        body = {"service": "passport", "press_id": f"p{self.presses}"}
        answer = await self.system.client.post(f"{KIOSK}/tickets", json=body, headers=self.device)
        assert answer.status_code == 201, answer.text
        self.papers.append(answer.json()["number"])
        return self.papers[-1]

    def offline(self, now: datetime) -> str:
        """Give a number from the block, written to the disk before it is printed."""
        self.presses += 1
        (block,) = self.state["blocks"]
        number = str(block["numbers"].pop(0))
        self.kept.append({
            "service": "passport", "press_id": f"p{self.presses}", "number": number, "taken_at": now.isoformat(),
            "date": self.state["date"], "print_state": "printed",
        })  # fmt: skip
        self.papers.append(number)
        return number

    async def hand_in(self) -> httpx.Response:
        return await self.system.client.post(
            f"{KIOSK}/tickets/handed-in", json={"tickets": self.kept}, headers=self.device
        )


async def test_ten_minutes_without_network(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    counter, clerk = str((await Counter.get(office_id=office.id)).id), await official("clerk")
    nine, here = at("09:00"), at("09:00").tzinfo
    with clock.at(nine):
        cut, other = Kiosk(system, await enrolled(system)), Kiosk(system, await enrolled(system))
        for one in (cut, other):
            await one.ask()
        await counters.open_counter(clerk, counter, OpenCounter())
        assert [await cut.online(), await other.online()] == ["1", "2"]
    expected = ["1", "2"]
    for minute in range(1, 10):  # the network is gone for one of them
        with clock.at(nine + timedelta(minutes=minute)):
            expected.append(cut.offline(clock.now()))
            expected.append(await other.online())
    restarted = Kiosk(system, cut.device, kept=[*cut.kept], papers=cut.papers, presses=cut.presses)  # the power cut
    with clock.at(nine + timedelta(minutes=10)):
        await restarted.hand_in()  # whose answer it does not see, because the network is gone again
        await restarted.ask()
        answer = (await restarted.hand_in()).json()["items"]
        assert [one["ticket"]["number"] for one in answer] == [one["number"] for one in restarted.kept]
        assert {one["ticket"]["print_state"] for one in answer} == {"printed"}
        assert not {*restarted.state["blocks"][0]["numbers"]} & {int(one["number"]) for one in restarted.kept}
        assert await restarted.online() == "12"
        papers = [*restarted.papers, *other.papers]
        assert len({*papers}) == len(papers) == await Ticket.all().count()
        called = []
        for _ticket in range(len(papers)):
            found = await calling.call_next(clerk, counter, CallNext())
            assert found is not None
            called.append(found.number)
            await calling.start(clerk, counter, Plain())
            await calling.finish(clerk, counter, Finish())
        in_turn = await Ticket.all().order_by("arrived_at", "id")
        assert called == [one.number for one in in_turn], "in the order in which they came, not were handed in"
        assert {*called[:20]} == {*expected}
        assert in_turn[2].arrived_at.astimezone(here) == nine + timedelta(minutes=1)
        assert {one.state for one in in_turn} == {TicketState.DONE}
        record = await turns.record("east", today())
        assert order.first_difference(record, queue.rule(await offices.office("east"))) is None
    assert [sentence async for sentence in ledger_check.verify()] == []
