"""Totals follow the events, once each and in any order; a recount finds what is wrong, corrects it and says so."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from forums import events
from forums.models import Forum, Submission
from forums.states import SubmissionState
from server.core import clock, database, jobs, ledger
from server.core.city import city
from tests.support import submissions
from tests.support.system import System
from tracking.statistics import cells
from tracking.statistics.actions import counting, recounting
from tracking.statistics.books import FORUMS, SUBMISSIONS
from tracking.statistics.cells import Filters
from tracking.statistics.measures import ADOPTION, PETITIONS
from tracking.statistics.rules import Spread

MAY = datetime(2025, 5, 6, 3, tzinfo=UTC)


async def recounted(why: str = "command") -> dict[str, int]:
    number = await recounting.everything(why)
    row = await database.fetch_one("SELECT corrected, late FROM statistics_recount WHERE id = ?", number)
    assert row
    return dict(row)


async def test_totals_follow_every_event(system: System) -> None:
    with clock.at(MAY):
        forum = await submissions.hold_forum(district="central")
        other = await submissions.hold_forum("field_office")
        said = [await submissions.say(forum) for _n in range(6)]
        await submissions.say(other, received_at=MAY - timedelta(days=200))
    await submissions.answer(said[0], "adopted", 10)
    await submissions.do(said[0], 30)
    await submissions.answer(said[1], "partly_adopted", 13)
    await submissions.answer(said[2], "not_adopted", 2, "parks")
    await submissions.become(said[3], events.SubmissionWithdrawn(), status=SubmissionState.WITHDRAWN)
    await submissions.become(said[4], events.TextHidden("advert", 1), visibility="hidden")
    await system.work()

    roads = (await city()).department_by_code("roads")
    assert roads
    everything = (await cells.totals(ADOPTION, Filters()))[""]
    assert {n: v for n, v in everything.items() if v} == {
        "forums": 2, "received": 5, "adopted": 1, "partly_adopted": 1, "not_adopted": 1, "done": 1,
    }  # fmt: skip
    assert (await cells.totals(ADOPTION, Filters(), "year"))["2024"]["received"] == 1
    assert (await cells.totals(ADOPTION, Filters(year="2025"), "month"))["2025-05"]["received"] == 4
    assert (await cells.totals(ADOPTION, Filters(department_id=roads.id)))[""]["received"] == 2
    by_department = await cells.totals(ADOPTION, Filters(kind="listening", district="central"), "department")
    assert {key: sums["received"] for key, sums in by_department.items()} == {0: 1, roads.id: 2, roads.id + 1: 1}
    assert (await cells.totals(ADOPTION, Filters(forum.id), "department"))[roads.id]["received"] == 2
    assert (await cells.days(ADOPTION, Filters()))[""] == {"answer": Spread(10, 10, 13), "done": Spread(30, 30, 30)}
    assert (await cells.days(ADOPTION, Filters(), "department"))[roads.id]["answer"] == Spread(10, 13, 13)
    listed, days = await cells.forums(ADOPTION, Filters(year="2025"), 2**62, 10)
    assert {key: sums["received"] for key, sums in listed.items()} == {other.id: 0, forum.id: 4}
    assert days[forum.id]["answer"] == Spread(10, 10, 13)

    # Shown again, separated, moved: and a changed forum takes along what hangs on its district.
    await submissions.become(said[4], events.TextShown(), visibility="shown")
    async with database.transaction():
        chain = await ledger.lock(f"forum/{forum.slug}")
        await Forum.filter(id=forum.id).update(district="north")
        await chain.append("system", events.ForumEdited(("district",)))
    await system.work()
    assert not await cells.totals(ADOPTION, Filters(district="central"))
    assert (await cells.totals(ADOPTION, Filters(district="north")))[""]["received"] == 5
    assert await recounted() == {"corrected": 0, "late": 0}


async def test_events_are_counted_once_in_any_order_and_by_several_at_once(system: System) -> None:
    with clock.at(MAY):
        forum = await submissions.hold_forum()
        said = [await submissions.say(forum) for _n in range(12)]
    for one in said[:6]:
        await submissions.answer(one, "adopted", 3)
    ids = [one.id for one in said]
    await asyncio.gather(*(counting.recount(SUBMISSIONS, [i]) for i in [*ids, *reversed(ids), *ids]))
    again = (counting.recount(FORUMS, [forum.id]) for _n in range(4))
    await asyncio.gather(*again, counting.recount(SUBMISSIONS, ids))
    await system.work()
    total = (await cells.totals(ADOPTION, Filters()))[""]
    assert (total["received"], total["adopted"], total["forums"]) == (12, 6, 1)


async def test_a_recount_finds_a_broken_total_corrects_it_and_says_so(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    with clock.at(MAY):
        forum = await submissions.hold_forum()
        said = [await submissions.say(forum) for _n in range(4)]
        receipt = await system.file()
    await submissions.answer(said[0], "adopted", 4)
    assert receipt["reference"]
    await system.work()
    assert await recounted() == {"corrected": 0, "late": 0}
    good = await cells.totals(ADOPTION, Filters(), "kind")

    await database.execute("UPDATE statistics_adoption SET adopted = adopted + 5 WHERE kind = ?", "listening")
    await database.execute("UPDATE statistics_adoption_days SET number = 9 WHERE period = ?", "*")
    await database.execute("UPDATE statistics_petitions SET received = 0 WHERE period = ?", "y2025")
    await database.execute("UPDATE statistics_submission SET outcome = 'not_adopted' WHERE number = ?", said[1].number)
    await database.execute("DELETE FROM statistics_forum")
    await Submission.filter(id=said[2].id).update(visibility="hidden")  # behind everybody's back
    with caplog.at_level(logging.ERROR):
        found = await recounted("night")
    assert found["corrected"] > 10
    assert "statistics were wrong and are corrected" in caplog.text
    assert said[2].number in caplog.text
    good["listening"]["received"] -= 1
    assert await cells.totals(ADOPTION, Filters(), "kind") == good
    assert (await cells.totals(PETITIONS, Filters(year="2025")))[""]["received"] == 1
    (event,) = await ledger.read("statistics")
    assert event.kind == "statistics.corrected"
    assert event.data["corrected"] == found["corrected"]
    assert (await recounted())["corrected"] == 0


async def test_a_recount_counts_an_import_without_noise_and_runs_as_jobs(system: System) -> None:
    forum = await submissions.hold_forum()
    said = await submissions.say(forum)
    await database.execute("DELETE FROM job")  # as an import, from which no jobs follow
    await recounting.begin("import")
    await system.work()
    row = await database.fetch_one("SELECT corrected, late, finished_at FROM statistics_recount")
    assert row
    assert (row["corrected"], row["late"]) == (0, 2)
    assert row["finished_at"]
    assert (await cells.totals(ADOPTION, Filters()))[""]["received"] == 1
    await Submission.filter(id=said.id).update(visibility="hidden")
    assert (await recounted())["corrected"] == 0, "the event is too young to have been missed"
    with clock.at(clock.now() + timedelta(days=3)):
        await recounting.nightly(None)  # type: ignore[arg-type]
        await recounting.nightly(None)  # type: ignore[arg-type]
        await system.work()
    rows = await database.fetch("SELECT why FROM statistics_recount ORDER BY id")
    assert [row["why"] for row in rows] == ["import", "command", "night"]


async def test_a_recount_whose_process_is_killed_between_two_stretches_goes_on_once(system: System) -> None:
    await submissions.say(await submissions.hold_forum())
    await system.work()
    whole = await looked_at(await recounting.everything())
    killed = await recounting.begin("night")
    (task,) = await jobs.lease()
    await recounting.recount(task)  # nobody writes down any more that it is done
    with clock.at(clock.now() + 2 * jobs.LEASE):
        await system.work()
    assert await looked_at(killed) == whole


async def looked_at(recount: int) -> int:
    row = await database.fetch_one("SELECT looked_at FROM statistics_recount WHERE id = ?", recount)
    assert row
    return int(row["looked_at"])


async def test_many_rows_behind_the_last_record_are_counted_off_page_by_page(system: System) -> None:
    said = await submissions.say(await submissions.hold_forum())
    await system.work()
    await database.execute(
        "WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 33000) "
        "INSERT INTO statistics_submission (submission_id, number, counted, forum_id, kind, department_id, district, "
        f"period, outcome) SELECT {said.id} + n, '', FALSE, 0, '', 0, '', '', '' FROM counter"
    )
    number = await recounting.begin("night")
    place: recounting.RecountPosition | None = recounting.RecountPosition(1)
    while place is not None and place.stage == 1 and place.after < 5 * recounting.PAGE:
        place = await recounting.recount_batch(number, place)
    assert place == recounting.RecountPosition(1, said.id + 5 * recounting.PAGE - 1), (
        "as many a page as one statement may name"
    )
    (left,) = await database.fetch("SELECT COUNT(*) AS n FROM statistics_submission")
    assert left["n"] == 33001 - (5 * recounting.PAGE - 1)
