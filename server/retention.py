"""``sinmungo retention``: what is older than its kind's period is erased, as ``erase person`` erases it.

No act names one number of years for the record of a petition; an archive's rules do, so every period is a setting. Rows
that statistics count and the ledger names stay without words. What has a fixed period of days is deleted by jobs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click
from tqdm import tqdm

from petitions import personal as of_petitions
from server import persons, wiring
from server.core import clock, database, personal
from server.core.config import Settings
from server.core.personal import Personal
from server.running import Run
from tracking.visits import personal as of_visits

BATCH = 200
"""Records that are erased in one transaction."""
YEAR = timedelta(days=365.25)


@dataclass(frozen=True)
class Kind:
    """One kind of records with its period."""

    name: str
    setting: str
    of: str
    rooms: Sequence[Personal]
    old: str
    """Selects the keys that are due."""
    values: tuple[object, ...] = ()
    """What stands in it before the moment and the limit."""


KINDS = (
    Kind("contacts of petitioners", "keep_contacts_years", "case", (of_petitions.CONTACTS,), of_petitions.OLD_CONTACTS,
         (False,)),
    Kind("texts and files of cases", "keep_cases_years", "case", (of_petitions.PERSONAL,), of_petitions.OLD_CASES,
         (False,)),
    Kind("visitors", "keep_visits_years", "visit", (of_visits.PERSONAL,), of_visits.OLD_VISITS),
)  # fmt: skip


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@click.pass_obj
def retention(run: Run, *, dry_run: bool) -> None:
    """Erase what is older than its kind's period (settings SINMUNGO_KEEP_…_YEARS). Cases that are open stay."""
    for kind, before, count in run(lambda settings: apply(settings, dry_run=dry_run)):
        verb = "would be erased" if dry_run else "erased"
        click.echo(f"{kind.name} that ended before {before.date().isoformat()}: {count} {verb}")


async def apply(settings: Settings, *, dry_run: bool) -> list[tuple[Kind, datetime, int]]:
    """Erase what is due of each kind, or count it."""
    found = []
    for kind in KINDS:
        before = clock.now() - getattr(settings, kind.setting) * YEAR
        found.append((kind, before, await _apply(settings, kind, before, dry_run=dry_run)))
    if not dry_run and any(count for _kind, _before, count in found):
        await persons.clean()
    return found


async def _apply(settings: Settings, kind: Kind, before: datetime, *, dry_run: bool) -> int:
    if dry_run:
        return len(await _due(kind, before, 2**31 - 1))
    store, count = wiring.ports(settings).store, 0
    with tqdm(desc=kind.name.capitalize(), unit=" records", disable=None) as progress:
        while due := await _due(kind, before, BATCH):
            keys = await personal.follow(kind.rooms, {kind.of: due})
            await persons.erase_rows(kind.rooms, keys, store, dry_run=False)
            count += len(due)
            progress.update(len(due))
    return count


async def _due(kind: Kind, before: datetime, limit: int) -> list[Any]:
    return await database.column(kind.old, *kind.values, before, limit)
