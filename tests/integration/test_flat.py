"""What a page reads does not grow with what the tables hold: seen by plans of its reads and by what they return."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from forums.actions import watching
from forums.models import Submission
from forums.queries import transcribing
from forums.states import SubmissionState
from server.core import clock, database
from server.core.accounts import Department
from tests.support import submissions
from tests.support.system import System
from tracking.statistics.cells import Filters
from tracking.statistics.queries import adoption, lists
from tracking.statistics.rules import ANSWER, DONE, Spread

MAY = datetime(2025, 5, 6, 3, tzinfo=UTC)
SUBMISSIONS = 24


@contextmanager
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, list[object], int]]]:
    """What is read: each statement, its values, and how many rows came."""
    seen: list[tuple[str, list[object], int]] = []
    original = database._rows

    async def noted(sql: str, values: list[object]) -> Any:
        rows = await original(sql, values)
        seen.append((sql, values, len(rows)))
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(database, "_rows", noted)
        yield seen


async def plan(sql: str, values: list[object]) -> str:
    """How the database would go about it, were the table long."""
    async with database.transaction():
        if database.dialect() == "sqlite":
            return str([row["detail"] for row in await database._rows(f"EXPLAIN QUERY PLAN {sql}", values)])
        for way in ("seqscan", "bitmapscan", "sort"):
            await database.execute(f"SET LOCAL enable_{way} = off")
        await database.execute("SET LOCAL random_page_cost = 1.1")  # a few pages read in order are no cheaper
        return str([row["QUERY PLAN"] for row in await database._rows(f"EXPLAIN {sql}", values)])


async def test_a_forum_s_figures_are_a_few_rows_however_its_submissions_differ(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = ("roads", "parks", "tax", "global")
    ids = {code: (await Department.get(code=code)).id for code in codes}
    with clock.at(MAY):
        forum = await submissions.hold_forum(district="central")
        said = [
            await submissions.say(forum, received_at=MAY + timedelta(days=30 * (n % 2))) for n in range(SUBMISSIONS)
        ]
    for n, one in enumerate(said):  # each waits another number of days
        await submissions.answer(one, "adopted", n, codes[n % 4])
        await submissions.do(one, 100 + n)
    await system.work()

    with reads(monkeypatch) as seen:
        found = await adoption.adoption(Filters(forum.id))
        listed = await adoption.adoption(Filters(kind="listening", year="2025"))
        parks = await adoption.adoption(Filters(forum.id, department_id=ids["parks"]))
    assert max(rows for _sql, _values, rows in seen) <= 2 * len(codes), seen

    assert found.total["received"] == found.total["adopted"] == found.total["done"] == SUBMISSIONS
    assert found.total.days == {ANSWER: Spread(11, 12, 21), DONE: Spread(111, 112, 121)}
    answered = [line for line in found.by["department"] if line.figures["considered"]]
    assert {line.key: line.figures["median_days_to_answer"] for line in answered} == {
        ids[code]: 10.0 + place for place, code in enumerate(codes)
    }
    assert [(line.key, line.figures["received"]) for line in found.by["year"]] == [("2025", SUBMISSIONS)]
    assert [(line.key, line.figures["median_days_to_answer"]) for line in found.by["kind"]] == [("listening", 11.5)]
    assert [(line.key, line.figures["received"]) for line in found.months] == [("2025-05", 12), ("2025-06", 12)]
    ((same, figures),) = listed.forums
    assert (same.slug, figures["median_days_to_answer"], figures["received"]) == (forum.slug, 11.5, SUBMISSIONS)
    assert (parks.total["received"], parks.total["median_days_to_answer"]) == (6, 11.0)
    assert [(line.key, line.figures["median_days_to_done"]) for line in parks.by["district"]] == [("central", 111.0)]
    assert [(line.key, line.figures["received"]) for line in parks.months] == [("2025-06", 6)]


async def test_statements_are_planned_for_their_values(system: System) -> None:
    if database.dialect() == "postgres":
        row = await database.fetch_one("SHOW plan_cache_mode")
        assert row
        assert row["plan_cache_mode"] == "force_custom_plan"


async def test_the_export_walks_an_index_in_its_own_order(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.at(MAY):
        forum = await submissions.hold_forum()
        await submissions.say(forum)
    await system.work()
    with reads(monkeypatch) as seen:
        for filters in (Filters(), Filters(forum.id), Filters(kind="listening"), Filters(district="")):
            assert sum([len(block) async for block in lists.export(filters, {})]) == 1
    lines = [(sql, values) for sql, values, _rows in seen if "statistics_submission v" in sql]
    assert len(lines) == 4
    for sql, values in lines:
        found = await plan(sql, values)
        assert "TEMP B-TREE" not in found, (sql, found)
        assert "Sort" not in found, (sql, found)


async def test_the_lines_of_an_evening_are_found_by_its_day(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = await submissions.hold_forum()
    days = [MAY - timedelta(days=n % 100) for n in range(2_000)]
    await Submission.bulk_create(
        Submission(
            number=f"V-{n}", forum_id=forum.id, channel="floor", title="의견", text="의견입니다.",
            status=SubmissionState.RECEIVED, received_at=day, received_on=day.date(), fingerprint=n,
        )
        for n, day in enumerate(days)
    )  # fmt: skip
    if database.dialect() == "postgres":
        await database.execute("ANALYZE submission")
    with reads(monkeypatch) as seen:
        assert (await transcribing.taken(forum.id, MAY.date())).total == 20
    lines = [(sql, values) for sql, values, _rows in seen if "FROM submission" in sql]
    assert len(lines) == 2
    for sql, values in lines:
        assert "submission_forum_day" in await plan(sql, values), sql


async def test_studies_to_be_told_are_found_among_all_that_ever_were(
    system: System, caplog: pytest.LogCaptureFixture
) -> None:
    forum = await submissions.hold_forum()
    await Submission.bulk_create(
        Submission(
            number=f"V-{n}", forum_id=forum.id, channel="web", title="의견", text="의견입니다.", outcome="under_study",
            status=SubmissionState.ANSWERED if n % 50 else SubmissionState.MERGED, received_at=MAY,
            received_on=MAY.date(), study_until=MAY.date(), study_told=n % 50 > 0, fingerprint=n,
        )
        for n in range(2_000)
    )  # fmt: skip
    if database.dialect() == "postgres":
        await database.execute("ANALYZE submission")
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        assert await watching.remind() == 0
    (asked,) = [record.args for record in caplog.records if "study_until" in record.getMessage()]
    sql, values = cast("tuple[str, list[Any]]", asked)
    found = await plan(sql, values)
    assert "submission_study_told" in found
    assert "study_until<" in found.replace('"', "").replace(" ", ""), "no more rows than there are to be told"
    assert "TEMP B-TREE" not in found
    assert "Sort" not in found
