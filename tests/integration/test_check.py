"""``sinmungo check``: silent when all is in order, and exit 1 with a sentence for each thing that is not."""

import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from petitions.desk_settings.departments import DEPARTMENTS
from petitions.queries import integrity
from server.check import problems
from server.core import database, ledger, ledger_check
from server.core.accounts import Department
from server.core.config import Settings
from tests.support.house import House
from tests.support.live import command, environment
from tests.support.postgres import NewDatabase
from tests.support.stories import somebody


def check(settings: Settings, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("check"), env=environment(settings, **more), capture_output=True, text=True, check=False
    )


async def found(house: House) -> list[str]:
    return [problem async for problem in problems(house.settings)]


async def test_what_is_in_order_is_said_to_be(house: House) -> None:
    filed = await house.file()
    answer = check(house.settings)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "Everything is in order.\n", "")
    await database.execute("UPDATE ledger_event SET actor = 'nobody' WHERE sequence = 1")
    answer = check(house.settings)
    assert answer.returncode == 1
    assert f"case/{filed['reference']}: fact 1" in answer.stderr
    assert answer.stdout == "1 problems.\n"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE petition_case SET status = 'closed'", "is “closed”, but its last fact is “case.received”"),
        ("UPDATE petition_case SET reference = 'AAA-AAA-AAA'", "case/AAA-AAA-AAA: no chain in the ledger"),
        ("DELETE FROM ledger_head", "the chain does not end as its head says"),
    ],
)
async def test_a_case_that_is_not_what_its_chain_says_is_found(house: House, statement: str, words: str) -> None:
    await house.file()
    assert await found(house) == []
    await database.execute(statement)
    assert any(words in problem for problem in await found(house))


async def test_a_switch_that_changes_nothing_is_in_order_but_a_case_without_facts_is_not(house: House) -> None:
    roads = await Department.get(code="roads")
    await DEPARTMENTS.switch(await somebody("admin"), roads.id, on=True)
    assert await found(house) == []
    number = (await house.file())["reference"]
    await database.execute("DELETE FROM ledger_event")
    await database.execute("UPDATE ledger_head SET length = 0, hash = ?", ledger.GENESIS)
    assert await found(house) == [f"case/{number}: no chain in the ledger"]


async def test_bad_settings_are_all_named(house: House) -> None:
    answer = check(house.settings, SINMUNGO_COUNTRY="FR", SINMUNGO_PORT="none")
    assert answer.returncode == 2
    assert "SINMUNGO_COUNTRY" in answer.stderr
    assert "SINMUNGO_PORT" in answer.stderr


async def test_a_database_without_the_newest_schema_is_named(new_database: NewDatabase, settings: Settings) -> None:
    empty = Settings(database_url=new_database("sqlite"), secret_key=settings.secret_key, data_dir=settings.data_dir)
    answer = check(empty)
    assert answer.returncode == 1
    assert "run `sinmungo migrate`" in answer.stderr


async def test_however_many_chains_there_are_only_a_few_rows_are_in_memory_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = sorted([(await house.file())["reference"] for _ in range(7)])
    largest = 0
    fetch = database.fetch

    async def counted(sql: str, *values: object) -> Sequence[Any]:
        nonlocal largest
        rows = await fetch(sql, *values)
        if "transaction_id, id) > (" not in sql:  # the tail of the live streams looks by itself
            largest = max(largest, len(rows))
        return rows

    monkeypatch.setattr(database, "fetch", counted)
    monkeypatch.setattr(ledger_check, "WALKED", 3)
    monkeypatch.setattr(integrity, "WALKED", 3)
    assert await found(house) == []
    first, second, third, fourth, fifth, *_others = numbers
    for statement, number in (
        ("DELETE FROM ledger_head WHERE subject = ?", first),
        ("DELETE FROM ledger_event WHERE subject = ?", second),
        ("UPDATE ledger_head SET length = length + 1 WHERE subject = ?", third),
        ("DELETE FROM ledger_event WHERE subject = ? AND sequence = 2", fourth),
        ("UPDATE ledger_event SET data = '{}' WHERE subject = ? AND sequence = 1", fifth),
    ):
        await database.execute(statement, f"case/{number}")
    named = {problem.partition(":")[0] for problem in await found(house)}
    assert named == {f"case/{number}" for number in (first, second, third, fourth, fifth)}
    assert largest == 3
