"""The page on which a case guide puts a visitor first: with a reason, so many times a day, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.core import clock
from tests.support.answers import official
from tests.support.markup import parse
from tests.support.page_forms import post_without_page, submit
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import arriving, booking, calling, counters
from tracking.visits.actions.arriving import Press
from tracking.visits.desk_forms import Plain
from tracking.visits.models import Counter, Ticket
from tracking.visits.queries import offices, visits
from tracking.visits.queue_forms import CallNext, Finish, OpenCounter

PAGE = "/desk/first"
TIMES = ("09:15", "09:45")
MOST_QUERIES = 9


async def walks_in() -> Ticket:
    return await Ticket.get(id=(await arriving.walk_in(await offices.office("east"), ["passport"], Press())).id)


async def test_a_guide_puts_somebody_first_for_a_reason_and_within_the_days_limit(system: System) -> None:
    office = await an_office({"1": ["passport"]}, urgent_daily=1)
    counter = str((await Counter.get(office_id=office.id)).id)
    with clock.at(at("09:00")):
        first, second, third = [await walks_in() for _one in range(3)]
        guide = await system.official("guide")
        bar = parse((await guide.get("/desk")).text).one("nav", class_="desk-nav")
        assert PAGE in [link.attrs["href"] for link in bar.all("a")]
        nameless = await submit(guide, PAGE, PAGE, code=second.code, reason="")
        assert nameless.status_code == 422
        assert (await submit(guide, PAGE, PAGE, code=second.code, reason="임신부입니다.")).status_code == 303
        shown = (await guide.get(PAGE)).text
        assert "임신부입니다." in shown
        assert "오늘 우선 처리: 1명(하루 최대 1명)" in parse(shown).text
        assert 'name="reason"' not in shown, "the day's limit is reached"
        late = await post_without_page(guide, PAGE, data={"code": third.code, "reason": "급합니다."})
        assert late.status_code == 409
        assert "관리자가 민원실 설정에서" in late.text
        clerk = await official("clerk")
        await counters.open_counter(clerk, counter, OpenCounter())
        called = await calling.call_next(clerk, counter, CallNext())
        assert called is not None
        assert (called.number, first.number) == (second.number, "1")


async def test_the_list_is_in_the_order_of_the_calls(system: System) -> None:
    office = await an_office({"1": ["passport"]}, delay_minutes=10)
    counter, clerk = str((await Counter.get(office_id=office.id)).id), await official("clerk")
    with clock.at(at("09:00") - timedelta(days=4)):
        times = {time: (await booking.book_now(await wish(start=time), contact(time))).number for time in TIMES}

    async def check_in(time: str) -> str:
        visit = await visits.by_number(times[time])
        return (await arriving.check_in(await offices.office("east"), visit, Press()))[0].number

    with clock.at(at("09:05")):
        await counters.open_counter(clerk, counter, OpenCounter())
        walk_in = await walks_in()
    with clock.at(at("09:15")):
        overtakes = await check_in("09:15")
        called = await calling.call_next(clerk, counter, CallNext())
        assert called is not None
        assert called.number == overtakes
    with clock.at(at("09:40")):
        await calling.start(clerk, counter, Plain())
        await calling.finish(clerk, counter, Finish())
    with clock.at(at("09:45")):
        booked = await check_in("09:45")
        cells = parse((await (await system.official("guide")).get(PAGE)).text).one("table").text.split()
        assert cells.index(walk_in.number) < cells.index(booked), "they were delayed for long enough"


@pytest.mark.parametrize(
    ("who", "status"), [("guide", 200), ("clerk", 200), ("admin", 200), ("handler", 403), ("intake", 403)]
)
async def test_only_who_may_put_first_has_the_page(system: System, who: str, status: int) -> None:
    await an_office({"1": ["passport"]})
    browser = await system.official(who)
    assert (await browser.get(PAGE)).status_code == status
    bar = parse((await browser.get("/desk")).text).one("nav", class_="desk-nav")
    assert (PAGE in [link.attrs["href"] for link in bar.all("a")]) is (who == "guide"), "others have it at the counter"
    if status != 200:
        assert (await post_without_page(browser, PAGE, data={"code": "x", "reason": "이유"})).status_code == 403


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_it_asks_a_fixed_number_of_queries(
    system: System, count_queries: Callable[[], list[str]], language: str
) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        guide = await system.official("guide")
        await guide.get(PAGE)
        assert (await guide.get(f"{PAGE}?lang={language}")).status_code == 200, "nobody waits"
        for _one in range(20):
            await walks_in()
        seen = count_queries()
        await guide.get(f"{PAGE}?lang={language}")
    assert len(seen) <= MOST_QUERIES, seen
