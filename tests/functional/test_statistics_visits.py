"""The published figures about visits: counted as they happen, the same after a recount, few no-shows withheld."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from server.core import clock
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.statistics.actions import counting, recounting
from tracking.statistics.books import VISITS_BOOK
from tracking.statistics.models import Recount
from tracking.visits.actions import booking, marking
from tracking.visits.desk_forms import MarkNoShow, Plain, UndoNoShow
from tracking.visits.models import CounterService, NoShow, Visit, VisitDocument
from tracking.visits.states import Channel

PAGE = "/statistics/visits"
PHOTO = {"code": "photo", "name": "사진"}


async def visits_of_a_day(count: int, *, channel: Channel = Channel.ONLINE, hour: int = 9) -> list[str]:
    """So many visits on the Monday, a quarter of an hour each."""
    found = []
    for n in range(count):
        start = f"{hour + n // 4:02}:{n % 4 * 15:02}"
        made = await booking.book_now(await wish(start=start, channel=channel), contact(f"{channel}{n}"))
        found.append(made.number)
    return found


async def test_figures_of_visits_by_office_channel_and_month(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]}, district="east")
    await CounterService.all().update(documents=[PHOTO])
    online = await visits_of_a_day(8)
    phone = await visits_of_a_day(2, channel=Channel.PHONE, hour=14)
    await VisitDocument.create(
        visit_id=(await Visit.get(number=online[6])).id, code="photo", state="fine", checked_at=clock.now()
    )
    await booking.cancel(online[0], "visitor")
    clerk = await official("clerk")
    with clock.at(at("16:00", next_monday())):
        for n, number in enumerate(online[1:6], 1):
            await marking.mark_no_show(clerk, number, MarkNoShow(f"{9 + n // 4:02}:{n % 4 * 15 + 2:02}"))
        await marking.serve(clerk, online[6], Plain())
        await marking.serve(clerk, phone[0], Plain())
    await system.work()
    found = (await system.client.get(f"/api/v1{PAGE}")).json()
    # one was cancelled and two are still to be served: their documents do not count
    assert found["total"] == {
        "booked": 10, "median_lead_days": 6.0, "cancelled": 1, "cancelled_percent": 10, "served": 2,
        "no_shows": 5, "with_documents": 7, "documents_complete_percent": 14,
    }  # fmt: skip
    (office,) = found["by"]["office"]
    assert (office["office"], office["name"], office["booked"]) == ("east", "동부민원센터", 10)
    assert {line["channel"]: line["booked"] for line in found["by"]["channel"]} == {"online": 8, "phone": 2}
    (month,) = found["by"]["month"]
    assert (month["month"], month["cancelled"]) == (f"{next_monday():%Y-%m}", 1)
    assert "no_shows" not in month
    part = (await system.client.get(f"/api/v1{PAGE}?channel=phone&office=east")).json()
    assert (part["total"]["booked"], part["total"]["no_shows"]) == (2, None)
    assert (await system.client.get(f"/api/v1{PAGE}?office=nowhere")).status_code == 422
    lines = list(csv.DictReader(io.StringIO((await system.client.get(f"/api/v1{PAGE}.csv")).text)))
    assert ("office", "east", "10") in [(one["dimension"], one["value"], one["booked"]) for one in lines]
    page = (await system.client.get(f"{PAGE}?lang=en")).text
    assert "Share by channel" in page
    assert (await system.client.get(f"{PAGE}?channel=phone&lang=en")).status_code == 200


async def test_few_no_shows_are_withheld(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    numbers = await visits_of_a_day(8)
    clerk = await official("clerk")
    with clock.at(at("16:00", next_monday())):
        for n, number in enumerate(numbers[:4]):
            await marking.mark_no_show(clerk, number, MarkNoShow(f"09:{n * 15 + 2:02}"))
    assert await NoShow.filter(excused=False).count() == 4
    for number in numbers[:4]:
        await counting.recount(VISITS_BOOK, [(await Visit.get(number=number)).id])
    found = (await system.client.get(f"/api/v1{PAGE}")).json()
    assert found["total"]["no_shows"] is None
    assert {line["no_shows"] for those in ("office", "channel", "year") for line in found["by"][those]} == {None}


async def test_a_recount_finds_nothing_to_correct(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    await CounterService.all().update(documents=[PHOTO])
    first, second, third = await visits_of_a_day(3)
    await booking.cancel(first, "visitor")
    clerk = await official("clerk")
    with clock.at(at("16:00", next_monday())):
        await marking.mark_no_show(clerk, second, MarkNoShow("09:16"))
        await marking.mark_no_show(clerk, third, MarkNoShow("09:31"))
        await marking.undo_no_show(clerk, third, UndoNoShow("office"))
        await system.work()
    before = (await system.client.get(f"/api/v1{PAGE}")).json()["total"]
    with clock.at(at("16:00", next_monday()) + timedelta(days=1)):
        await recounting.everything()
    row = await Recount.all().order_by("-id").first()
    assert row is not None
    assert (row.late, row.corrected, row.samples) == (0, 0, [])
    assert (await system.client.get(f"/api/v1{PAGE}")).json()["total"] == before


async def test_a_page_costs_the_same_with_many_visits(system: System, count_queries: Callable[[], list[str]]) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    await visits_of_a_day(1)
    await system.work()
    await system.client.get(PAGE)
    seen = count_queries()
    await system.client.get(PAGE)
    few = len(seen)
    await visits_of_a_day(8, channel=Channel.PHONE, hour=14)
    await system.work()
    seen.clear()
    await system.client.get(PAGE)
    assert len(seen) <= few <= 18, seen
