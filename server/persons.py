"""``sinmungo export person`` and ``sinmungo erase person``: everything about whoever has an address or a number.

Erased is what identifies somebody and what they said: rows, files, mails in the spool, jobs, the search index. The
ledger's chain holds ids only and stays, and so do the rows that statistics count, without their words.
"""

import asyncio
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import click
import orjson

from forums import personal as of_forums
from forums import search as forum_search
from petitions import personal as of_petitions
from petitions import search as petition_search
from server import wiring
from server.core import clock, database, jobs, kept, ledger, personal, phones, search, sessions
from server.core.booking import personal as of_bookings
from server.core.config import Settings
from server.core.files import Store
from server.core.notify import personal as of_mails
from server.core.participants import personal as of_participants
from server.core.personal import Erased, Personal
from server.running import Run
from tracking.visits import personal as of_visits
from tracking.visits import rules as visit_rules

ROOMS: Sequence[Personal] = (
    of_participants.PERSONAL,
    of_petitions.PERSONAL,
    of_forums.PERSONAL,
    of_visits.PERSONAL,
    of_bookings.PERSONAL,
    of_mails.PERSONAL,
    sessions.PERSONAL,
    ledger.PERSONAL,
)
"""All rooms, those first whose keys others start from."""
FOUND = {
    "case": (petition_search.CASE, petition_search.PETITION),
    "submission": (forum_search.SUBMISSION,),
    "proposal": (forum_search.FORUM,),
}
"""What can be searched for, by the name of its keys."""


@dataclass(frozen=True)
class Person:
    """Somebody, by the contact that they gave, and the keys of what is theirs."""

    keys: Mapping[str, list[Any]]

    @property
    def contacts(self) -> list[str]:
        return [*self.keys["email"], *self.keys["phone"]]

    @property
    def marks(self) -> list[str]:
        """By what a message is recognised as theirs: contact, and the numbers of their cases and visits."""
        return [*self.contacts, *self.keys.get("reference", ()), *self.keys.get("number", ())]


async def find(settings: Settings, contact: str) -> Person:
    """The person with an email address or a phone number, in any spelling."""
    email, given = "", contact.strip()
    numbers = list[str]()
    if "@" in given:
        email = given.lower()
    else:
        spelt = (given, phones.readable(given, settings.country), phones.for_texts(given, settings.country))
        numbers = [number for number in dict.fromkeys(spelt) if number]
    households = [visit_rules.household(settings.secret_key, email, number) for number in numbers or [""]]
    known = {"email": [email] if email else [], "phone": numbers, "household": households}
    return Person(await personal.follow(ROOMS, known))


# --- Export ---------------------------------------------------------------------------------------------------------


@click.group()
def export() -> None:
    """Export what is stored."""


@export.command(name="person")
@click.argument("contact")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="The folder to be made. Default: person-DATE-TIME, here."
)
@click.pass_obj
def export_person(run: Run, contact: str, folder: Path | None) -> None:
    """Write everything about the person with this email address or phone number to a folder: person.json and files."""
    target = folder or Path(f"person-{clock.now():%Y%m%d-%H%M%S}")
    if target.exists():
        raise click.ClickException(f"{target} is there already.")
    rows = run(lambda settings: _export(settings, contact, target))
    if not rows:
        raise click.ClickException("Nothing is stored about this contact.")
    click.echo(f"{target}: {_listed({table: len(each) for table, each in rows.items()})}")


async def _export(settings: Settings, contact: str, target: Path) -> dict[str, list[dict[str, Any]]]:
    who = await find(settings, contact)
    rows = await personal.rows(ROOMS, who.keys)
    if rows:
        store = wiring.ports(settings).store
        await asyncio.to_thread(_write, target, rows, store)
    return rows


def _write(target: Path, rows: Mapping[str, list[dict[str, Any]]], store: Store) -> None:
    target.mkdir(mode=0o700, parents=True)
    with os.fdopen(os.open(target / "person.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2, default=str))
    files = [(table, row) for table, each in rows.items() for row in each if {"hash", "media_type"} <= row.keys()]
    for table, row in files:
        if (content := store.path(row["hash"])).exists():
            (target / "files").mkdir(mode=0o700, exist_ok=True)
            shutil.copyfile(content, target / "files" / f"{table}-{row['id']}-{row['name']}")


# --- Erase ----------------------------------------------------------------------------------------------------------


@click.group()
def erase() -> None:
    """Erase what is stored."""


@erase.command(name="person")
@click.argument("contact")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@click.pass_obj
def erase_person(run: Run, contact: str, *, dry_run: bool) -> None:
    """Erase everything about the person with this email address or phone number, for good.

    The ledger's chains and the statistics stay as they are: they name nobody.
    """
    counts = run(lambda settings: _erase(settings, contact, dry_run=dry_run))
    if not counts:
        raise click.ClickException("Nothing is stored about this contact.")
    click.echo(f"{'Would be erased' if dry_run else 'Erased'}: {_listed(counts)}")


async def _erase(settings: Settings, contact: str, *, dry_run: bool) -> Mapping[str, int]:
    who = await find(settings, contact)
    store = wiring.ports(settings).store
    erased = await erase_rows(ROOMS, who.keys, store, dry_run=dry_run)
    counts = dict(erased.rows)
    if erased.files:
        counts["files"] = len(erased.files)
    if not dry_run:
        async with database.transaction():
            for word in who.contacts:
                await jobs.forget(word)
            await kept.drop_all()
    if spooled := await asyncio.to_thread(_spooled, settings.spool, who.marks):
        counts["mails"] = len(spooled)
        for path in [] if dry_run else spooled:
            await asyncio.to_thread(path.unlink, missing_ok=True)
    if counts and not dry_run:
        await clean()
    return counts


async def erase_rows(
    rooms: Sequence[Personal], keys: Mapping[str, Collection[Any]], store: Store, *, dry_run: bool
) -> Erased:
    """Erase rows, what the search index has of them, and the contents of files that nobody else refers to."""
    async with database.transaction():
        erased = await personal.erase(rooms, keys, dry_run=dry_run)
        if not dry_run:
            for name, kinds in FOUND.items():
                for kind in kinds:
                    await search.refresh(kind, *keys.get(name, ()))
    files = sorted(erased.files)
    kept_by_others = set() if dry_run else await store.referred(files)
    for content in [] if dry_run else files:
        if content not in kept_by_others:
            await store.delete(content)
    return erased


async def clean() -> None:
    """Leave nothing of what was erased where it stood: not in the index, and on SQLite not in the file either."""
    if problem := await search.forget():
        click.echo(problem, err=True)
    if database.dialect() == "sqlite":
        await database.execute("VACUUM")
        await database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        await database.execute("VACUUM")


def _spooled(folder: Path, marks: Sequence[str]) -> list[Path]:
    """The messages in the spool folder that are theirs or tell of them."""
    return [path for path in sorted(folder.glob("*")) if path.is_file() and _mentions(path, marks)]


def _mentions(path: Path, marks: Sequence[str]) -> bool:
    content = path.read_bytes()
    said = content.decode(errors="replace")
    if path.suffix == ".eml":
        mail = BytesParser(_class=EmailMessage, policy=default).parsebytes(content)
        parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
        said = "\n".join([said, *mail.values(), *(p.decode(errors="replace") for p in parts if isinstance(p, bytes))])
    return any(mark.lower() in said.lower() for mark in marks)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{table} {count}" for table, count in counts.items())
