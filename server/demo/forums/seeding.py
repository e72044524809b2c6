"""Filling the demonstration city's forums: two years of records by the import, and what goes on just now by people."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from tqdm import tqdm

from forums.actions import importing
from server.core import city, clock, config
from server.core.accounts import Official
from server.demo.forums.past import Past
from server.demo.forums.present import Present
from tracking.statistics.actions import counting

T = TypeVar("T")
BATCH = 200


async def seed(number: int, officials: Mapping[str, Official]) -> None:
    """Write the forums; the same ``number`` on the same day gives the same."""
    known = await city.read()
    today = clock.now().astimezone(config.settings().zone).date()
    departments = {row.code: row.id for row in known.departments.values()}
    forums, voices = Past(number, today, departments).everything()
    with tqdm(total=len(forums) + len(voices), desc="Forums", unit="lines", disable=None) as progress:
        for some in _parts(forums):
            await counting.count_forums(await importing.take_forums(some))
            progress.update(len(some))
        ids = await importing.forum_ids([forum.slug for forum in forums])
        lines = [(f"demo:{place}", voice) for place, voice in enumerate(voices)]
        for part in _parts(lines):
            await counting.count_voices(await importing.take_voices(part, ids))
            progress.update(len(part))
    await Present(officials, departments).play()


def _parts(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]
