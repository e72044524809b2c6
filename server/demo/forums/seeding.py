"""Filling the demonstration city's forums: two years of records by the import, and what goes on just now by people."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import TypeVar

from tqdm import tqdm

from forums.actions import importing
from forums.forms.importing import PastSubmission
from server.core import city, clock, config, database
from server.core.accounts import Official
from server.demo.forums import people
from server.demo.forums.beside import Beside
from server.demo.forums.past import Past
from server.demo.forums.present import Present
from server.demo.forums.stage import Stage
from server.demo.forums.stories import Stories

T = TypeVar("T")
BATCH = 200


async def seed(number: int, officials: Mapping[str, Official]) -> None:
    """Write the forums; the same ``number`` on the same day gives the same. Their figures are for the caller to
    count.
    """
    known = await city.read()
    now = clock.now().astimezone(config.settings().zone)
    departments = {row.code: row.id for row in known.departments.values()}
    past = Past(number, now.date(), departments).everything()
    lines = [submission for held in past for submission in held.submissions]
    rng = Random(f"people {number}")
    with tqdm(total=2 * len(past) + len(lines), desc="Forums", unit="lines", disable=None) as progress:
        with clock.at(now - timedelta(days=735)):
            async with database.transaction():
                stage = Stage(rng, now.date(), officials, departments, await people.meet(rng))
        for some in _parts([held.forum for held in past]):
            await importing.take_forums(some)
            progress.update(len(some))
        ids = await importing.forum_ids([held.forum.slug for held in past])
        for part in _parts([(f"demo:{place}", submission) for place, submission in enumerate(lines)]):
            await importing.take_submissions(part, ids)
            progress.update(len(part))
        beside = Beside(stage, past, await _numbers(lines))
        for held in past:
            await beside.add(held)
            progress.update()
        await Stories(stage, now).play()
        await Present(stage, now).play()


async def _numbers(lines: Sequence[PastSubmission]) -> dict[PastSubmission, str]:
    """The numbers that the imported submissions were given."""
    rows = await database.fetch("SELECT number, import_key FROM submission WHERE import_key LIKE 'demo:%'")
    return {lines[int(row["import_key"].removeprefix("demo:"))]: row["number"] for row in rows}


def _parts(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
