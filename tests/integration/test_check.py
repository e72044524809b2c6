"""``sinmungo check``: silent when all is in order, and exit 1 with a sentence for each thing that is not."""

import contextlib
import re
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from petitions.desk_settings.departments import DEPARTMENTS
from petitions.queries import integrity
from server.check import problems
from server.core import database, ledger, ledger_check, schema_check
from server.core.accounts import Department
from server.core.config import Settings
from server.core.search import rebuilding, tables
from tests.support.command import sinmungo
from tests.support.live import command, environment
from tests.support.postgres import NewDatabase
from tests.support.stories import somebody
from tests.support.system import System


def check(settings: Settings, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("check"), env=environment(settings, **more), capture_output=True, text=True, check=False
    )


async def found(system: System) -> list[str]:
    return [problem async for problem in problems(system.settings)]


async def test_what_is_in_order_is_said_to_be(system: System) -> None:
    filed = await system.file()
    answer = check(system.settings)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "Everything is in order.\n", "")
    await database.execute("UPDATE ledger_event SET actor = 'nobody' WHERE sequence = 1")
    answer = check(system.settings)
    assert answer.returncode == 1
    assert f"case/{filed['reference']}: event 1" in answer.stderr
    assert answer.stdout == "Problems: 1.\n"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE petition_case SET status = 'closed'", "is “closed”, but its last event is “case.received”"),
        ("UPDATE petition_case SET reference = 'AAA-AAA-AAA'", "case/AAA-AAA-AAA: no chain in the ledger"),
        ("DELETE FROM ledger_head", "the chain does not end as its head says"),
    ],
)
async def test_a_case_that_is_not_what_its_chain_says_is_found(system: System, statement: str, words: str) -> None:
    await system.file()
    assert await found(system) == []
    await database.execute(statement)
    assert any(words in problem for problem in await found(system))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE petition_case SET received_at = '9999-12-31 23:59:59+00:00'", "received_at “9999-12-31"),
        ("UPDATE petition_case SET due_at = '0001-01-01 00:00:00+00:00'", "due_at “0001-01-01"),
        ("UPDATE petition_case SET interim_on = '3000-01-01'", "interim_on “3000-01-01” is not from 1900 to 2999"),
        ("UPDATE ledger_event SET occurred_at = '9999-12-31 23:59:59+00:00'", "ledger_event"),
        ("UPDATE petition_case SET status = 'lost'", "status “lost” does not exist"),
        ("UPDATE petition_case SET received_at = '2999-12-31 00:00:00+00:00'", "was received in the future"),
    ],
)
async def test_a_row_that_no_page_can_show_is_found(system: System, statement: str, words: str) -> None:
    await system.file()
    await database.execute(statement)
    assert any(words in problem for problem in await found(system)), await found(system)


async def test_broken_json_is_found_where_the_database_takes_it(system: System) -> None:
    await system.file()
    if database.dialect() == "sqlite":
        await database.execute("UPDATE petition_case SET routing = '{'")
        assert any("routing “{” is not JSON" in problem for problem in await found(system))


async def test_a_switch_that_changes_nothing_is_in_order_but_a_case_without_events_is_not(system: System) -> None:
    roads = await Department.get(code="roads")
    await DEPARTMENTS.switch(await somebody("admin"), roads.id, on=True)
    assert await found(system) == []
    number = (await system.file())["reference"]
    await database.execute("DELETE FROM ledger_event")
    await database.execute("UPDATE ledger_head SET length = 0, hash = ?", ledger.GENESIS)
    assert await found(system) == [f"case/{number}: no chain in the ledger"]


async def test_bad_settings_are_all_named(system: System) -> None:
    answer = check(system.settings, SINMUNGO_COUNTRY="FR", SINMUNGO_PORT="none")
    assert answer.returncode == 2
    assert "SINMUNGO_COUNTRY" in answer.stderr
    assert "SINMUNGO_PORT" in answer.stderr


async def test_a_database_without_the_newest_schema_is_named(new_database: NewDatabase, settings: Settings) -> None:
    empty = Settings(database_url=new_database("sqlite"), secret_key=settings.secret_key, data_dir=settings.data_dir)
    answer = check(empty)
    assert answer.returncode == 1
    assert "run `sinmungo migrate`" in answer.stderr
    for words in (["serve"], ["worker"], ["seed", "--demo"], ["statistics", "recount"]):
        refused = sinmungo(empty, *words)
        assert (refused.exit_code, refused.output) == (
            1, "Error: The database schema is not up to date: run `sinmungo migrate`.\n",
        ), words  # fmt: skip


async def test_however_many_chains_there_are_only_a_few_rows_are_in_memory_at_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = sorted([(await system.file())["reference"] for _ in range(7)])
    largest = 0
    fetch = database.fetch

    async def counted(sql: str, *values: object) -> Sequence[Any]:
        nonlocal largest
        rows = await fetch(sql, *values)
        # The tail of the live streams looks by itself, and the schema is read whole.
        if not re.search(r"transaction_id, id\) > \(|PRAGMA|sqlite_master|\bpg_|information_schema", sql):
            largest = max(largest, len(rows))
        return rows

    monkeypatch.setattr(database, "fetch", counted)
    monkeypatch.setattr(ledger_check, "WALKED", 3)
    monkeypatch.setattr(integrity, "WALKED", 3)
    monkeypatch.setattr(rebuilding, "WALKED", 3)
    monkeypatch.setattr(rebuilding, "SAMPLE", 3)
    monkeypatch.setattr(tables, "BATCH", 3)
    assert await found(system) == []
    first, second, third, fourth, fifth, *_others = numbers
    for statement, number in (
        ("DELETE FROM ledger_head WHERE subject = ?", first),
        ("DELETE FROM ledger_event WHERE subject = ?", second),
        ("UPDATE ledger_head SET length = length + 1 WHERE subject = ?", third),
        ("DELETE FROM ledger_event WHERE subject = ? AND sequence = 2", fourth),
        ("UPDATE ledger_event SET data = '{}' WHERE subject = ? AND sequence = 1", fifth),
    ):
        await database.execute(statement, f"case/{number}")
    named = {problem.partition(":")[0] for problem in await found(system)}
    assert named == {f"case/{number}" for number in (first, second, third, fourth, fifth)}
    assert largest == 3


DAMAGE = [
    ("DROP INDEX job_due", "schema: job has no index on dead, run_at"),
    ("ALTER TABLE session DROP COLUMN device", "schema: session.device is missing"),
    ("ALTER TABLE session ADD COLUMN extra TEXT", "schema: session.extra is in no model"),
    ("DROP TABLE attempt", "schema: table attempt is missing"),
]


class TakenBack(Exception):
    """Undoes what was done to the schema."""


@pytest.mark.parametrize(("statement", "problem"), DAMAGE)
async def test_what_the_schema_lacks_is_named(system: System, statement: str, problem: str) -> None:
    """Migrations that were edited after they were applied leave no other trace."""
    assert [each async for each in schema_check.problems()] == []
    with contextlib.suppress(TakenBack):
        async with database.transaction():
            await database.execute(statement)
            assert await found(system) == [problem]
            raise TakenBack


@pytest.mark.parametrize("engine", ["postgres"])  # where a constraint can be taken away
async def test_lost_references_checks_and_obligations_are_named(system: System) -> None:
    with contextlib.suppress(TakenBack):
        async with database.transaction():
            for kind in ("f", "c"):
                row = await database.fetch_one(
                    "SELECT conname AS name, conrelid::regclass::text AS owner FROM pg_constraint "
                    f"WHERE contype = '{kind}' AND connamespace = 'public'::regnamespace ORDER BY conname LIMIT 1"
                )
                assert row
                await database.execute(f'ALTER TABLE "{row["owner"]}" DROP CONSTRAINT "{row["name"]}"')
            await database.execute("ALTER TABLE account ALTER COLUMN name DROP NOT NULL")
            said = await found(system)
            assert len(said) == 3
            assert "schema: account.name may be empty, unlike in the models" in said
            assert any("does not refer to" in each for each in said)
            assert any(" checks instead of " in each for each in said)
            raise TakenBack
