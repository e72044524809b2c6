"""The silent call for help of a counter: colleagues see it, one goes, it ends with a report; visitors see nothing."""

import asyncio
from typing import Any

import httpx

from server.core import clock, ledger, ledger_check
from server.core.days import today
from tests.support.answers import official
from tests.support.markup import parse
from tests.support.page_forms import post_without_page, submit
from tests.support.stories import somebody
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import arriving, counters, emergencies
from tracking.visits.actions.arriving import Press
from tracking.visits.errors import EmergencyTaken
from tracking.visits.models import Counter, EmergencyCall
from tracking.visits.queries import offices, queue
from tracking.visits.queue_forms import OpenCounter

HELP = "동료에게 도움이 필요합니다"


async def two_counters() -> tuple[str, str]:
    """The pages of two open counters, the first on the second floor."""
    office = await an_office({"3": ["passport"], "4": ["passport"]})
    await Counter.filter(number="3").update(floor=2)
    clerk, pages = await official("clerk"), []
    for one in await Counter.filter(office_id=office.id).order_by("number"):
        await counters.open_counter(clerk, str(one.id), OpenCounter())
        pages.append(f"/desk/counters/{one.id}")
    return pages[0], pages[1]


async def words(browser: httpx.AsyncClient, page: str) -> str:
    return parse((await browser.get(page)).text).text


async def test_colleagues_see_it_one_goes_and_it_ends_with_a_report(system: System) -> None:
    with clock.at(at("10:00")):
        own, other = await two_counters()
        ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
        clerk, colleague = await system.official("clerk"), await system.official("handler")
        third = await system.official("manager")
        before = [await words(system.client, one) for one in ("/offices/east/display", f"/tickets/{ticket.code}")]
        version = (await queue.day((await offices.office("east")).id, today()))[1]
        sent = await submit(clerk, own, "/help")
        assert sent.status_code == 303
        assert (await queue.day((await offices.office("east")).id, today()))[1] > version, "the stream says it"
        again = await post_without_page(clerk, f"{own}/help", data={})
        assert again.status_code == 303
        assert await EmergencyCall.all().count() == 1
        seen = await words(colleague, other)
        assert f"2층 3번 창구: {HELP}" in seen
        accept = f"{other}/help/{(await EmergencyCall.get()).id}/accept"
        assert accept in (await colleague.get(other)).text
        assert accept not in (await clerk.get(other)).text, "who has asked for help does not go there"
        assert HELP not in await words(clerk, own), "nothing that a visitor could read there"
        after = [await words(system.client, one) for one in ("/offices/east/display", f"/tickets/{ticket.code}")]
        assert after == before
        public = (await system.client.get("/api/v1/offices/east/queue")).text
        assert "emergency" not in public

        assert (await submit(colleague, other, "/accept")).status_code == 303
        number = (await EmergencyCall.get()).id
        late = await post_without_page(third, f"{other}/help/{number}/accept", data={})
        assert late.status_code == 409
        name = (await somebody("handler")).name
        assert f"{name} 님이 이미 가고 있습니다." in parse(late.text).text
        assert f"{name} 님이 가고 있습니다." in await words(third, other)
        assert name in await words(clerk, own)
        unsaid = await submit(colleague, other, "/end", report="")
        assert unsaid.status_code == 422
        done = await submit(colleague, other, "/end", report="큰 소리가 났고 진정되었습니다.")
        assert done.status_code == 303
        row = await EmergencyCall.get()
        assert (row.report, row.ended_at is not None) == ("큰 소리가 났고 진정되었습니다.", True)
        for one in (own, other):
            assert HELP not in await words(third, one)
        events = [one for one in await ledger.read(queue.subject("east", today())) if one.kind.startswith("emergency.")]
        assert [one.kind for one in events] == ["emergency.raised", "emergency.accepted", "emergency.ended"]
        assert {one.audience for one in events} == {"staff"}
        assert "큰 소리" not in str([one.data for one in events])
    assert [problem async for problem in ledger_check.verify()] == []


async def test_two_colleagues_at_once_and_the_first_wins(system: System) -> None:
    with clock.at(at("10:00")):
        own, _other = await two_counters()
        clerk, counter = await official("clerk"), own.rpartition("/")[2]
        asked = await asyncio.gather(*(emergencies.call_for_help(clerk, counter) for _one in range(4)))
        (number,) = {one.id for one in asked}
        people = [await official(one) for one in ("handler", "manager", "intake")]
        found: list[Any] = await asyncio.gather(
            *(emergencies.accept(one, number) for one in people), return_exceptions=True
        )
        assert sum(isinstance(one, EmergencyTaken) for one in found) == 2
        first = next(one for one in found if not isinstance(one, BaseException))
        again = await emergencies.accept(next(one for one in people if one.id == first.accepted_by), number)
        assert again == first, "pressing twice is no mistake"
