"""``sinmungo check``: silent when all is in order, and exit 1 with a sentence for each thing that is not."""

import subprocess
import sys

import pytest

from server.check import problems
from server.core import database
from server.core.config import Settings
from tests.support.house import House
from tests.support.live import environment
from tests.support.postgres import NewDatabase


def check(settings: Settings, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server.cli", "check"]
    return subprocess.run(command, env=environment(settings, **more), capture_output=True, text=True, check=False)


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
