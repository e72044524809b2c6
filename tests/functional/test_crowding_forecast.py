"""Visitors are counted, the forecast learns from them at night, and a page says how good it was."""

from collections.abc import Callable
from datetime import datetime, timedelta

from server import wiring
from server.core import city, clock, config, database, jobs
from server.core.days import today
from server.core.jobs import Task
from server.demo.visitors import CROWDS, simulate
from tests.support.answers import official
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits.actions import booking, crowding, marking
from tracking.visits.desk_forms import Plain
from tracking.visits.models import CounterService, CrowdingModel, Office, VisitorCount
from tracking.visits.queries import forecasts

CLASSES = {"moves": "moving", "passports": "passport"}


async def with_a_past(days: int) -> Office:
    """An office whose two services were counted for so many days until today."""
    office = await an_office({"1": ["moving", "passport"]})
    ids = {one.code: one.id for one in await CounterService.all()}
    counts = simulate(
        await city.calendar(), {name: CROWDS[name] for name in CLASSES}, today() - timedelta(days=days), today(), 3,
        (9, 10, 11, 13, 14, 15, 16),
    )  # fmt: skip
    await crowding.import_counts(office.id, {(c.date, c.hour, ids[CLASSES[c.series]]): c.visitors for c in counts})
    return office


async def test_somebody_served_is_counted_in_their_hour(system: System) -> None:
    office = await an_office({"1": ["passport"]})
    (passport,) = await CounterService.all()
    for moment in ("09:00", "09:59", "10:00"):
        await crowding.count_visitor(office.id, passport.id, at(moment))
    rows = await VisitorCount.all().order_by("hour")
    assert [(row.office_id, row.date, row.hour, row.visitors) for row in rows] == [
        (office.id, next_monday(), 9, 2),
        (office.id, next_monday(), 10, 1),
    ]


async def test_the_history_knows_quiet_hours_and_late_visitors(system: System) -> None:
    office = await an_office({"1": ["passport", "moving"]})
    passport = await CounterService.get(code="passport")
    await CounterService.filter(code="moving").update(class_code="address")
    moving = await CounterService.get(code="moving")
    monday = next_monday()
    for moment in ("09:10", "12:05", "17:05"):  # 12:05 is lunch, the office closes at 17:00
        await crowding.count_visitor(office.id, passport.id, at(moment))
    await crowding.count_visitor(office.id, moving.id, at("10:00", monday + timedelta(days=1)))
    with clock.at(at("09:00", monday + timedelta(days=2))):
        history = await forecasts.history(office.id, await city.calendar())
    with clock.at(at("18:00", monday)):
        assert await forecasts.history(office.id, await city.calendar()) == [], "the day is not over"
    came = {(c.date, c.series, c.hour): c.visitors for c in history}
    hours = [9, 10, 11, 13, 14, 15, 16]
    assert [came[monday, "passport", hour] for hour in hours] == [1, 0, 1, 0, 0, 0, 1]
    tuesday = monday + timedelta(days=1)
    assert [came[tuesday, "passport", hour] for hour in hours] == [0] * 7
    assert [came[tuesday, "address", hour] for hour in hours] == [0, 1, 0, 0, 0, 0, 0]
    assert len(history) == 3 * len(hours), "nobody had come to move before Tuesday"


async def nightly() -> int:
    """Run the periodic job; how many fits it asked for."""
    before = await database.value("SELECT COUNT(*) FROM job WHERE kind = ?", crowding.FIT)
    await crowding.nightly(Task("", crowding.NIGHTLY, {}, 0))
    return int(await database.value("SELECT COUNT(*) FROM job WHERE kind = ?", crowding.FIT)) - int(before)


def moment(clock_time: str, days: int = 0) -> datetime:
    """A time of day so many days from now, in the city's zone."""
    hour, minute = map(int, clock_time.split(":"))
    day = clock.now().astimezone(config.settings().zone) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute)


async def test_each_office_is_fitted_once_a_night(system: System) -> None:
    office = await with_a_past(60)
    assert await nightly() == 1, "it has none yet"
    assert await nightly() == 0, "the job is there already"
    await system.work()
    assert (await CrowdingModel.get(office_id=office.id)).fitted_on == today()
    assert await nightly() == 0
    with clock.at(moment("10:00", 1)):
        assert await nightly() == 0, "not by day"
    with clock.at(moment("10:00", 2)):
        assert await nightly() == 1, "a night was missed"
        await jobs.drop(crowding.FIT)
    with clock.at(moment("02:30", 1)):
        assert await nightly() == 1
    assert crowding.NIGHTLY in wiring.PERIODIC


async def test_the_page_says_how_good_the_forecast_was(system: System, count_queries: Callable[[], list[str]]) -> None:
    client = system.client
    assert "아직 민원실이 없습니다" in (await client.get("/visits/forecast")).text
    office = await with_a_past(500)
    await crowding.fit_all()
    new = await Office.create(code="west", name="서부민원실", name_en="West office", address="서로 1")
    statements = count_queries()
    page = (await client.get("/visits/forecast?lang=en")).text
    assert len(statements) == 1, statements
    quality = (await CrowdingModel.get(office_id=office.id)).quality
    assert quality["hours"] > 100
    assert f"{quality['inside']}% of {quality['hours']} hours were within the range" in page
    assert f"{quality['off']:.1f} visitors an hour, where {quality['came']:.1f} came on average" in page
    assert "better than general rules" in page
    assert "West office" in page
    assert "Too new to say" in page
    assert not await CrowdingModel.exists(office_id=new.id)


async def test_who_is_served_is_counted_for_each_matter_at_its_time(system: System) -> None:
    office = await an_office({"1": ["passport", "moving"]})
    made = await booking.book_now(await wish("passport", "moving", start="09:45"), contact("kim"))
    with clock.at(at("11:30")):
        await marking.serve(await official("clerk"), made.number, Plain())
    ids = {one.code: one.id for one in await CounterService.all()}
    counted = {(row.service_id, row.hour): row.visitors for row in await VisitorCount.filter(office_id=office.id)}
    assert counted == {(ids["passport"], 9): 1, (ids["moving"], 10): 1}
