"""``sinmungo backup`` and ``sinmungo restore``: database, files and keys in a folder, checked by hash.

A backup is taken while the site goes on. Contents are stored before anything refers to them and are never changed, so
they are copied, then the database as it is at one moment, then the contents that came in between: whatever the copy of
the database refers to is there. The folder gets its name only when it is complete.
"""

import asyncio
import contextlib
import hashlib
import importlib.metadata
import os
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import click
import orjson
from tqdm import tqdm

from server import backup_postgres as postgres
from server import check, wiring
from server.core import clock, config, database, kept
from server.core.config import SIGNING_KEYS, BadSettings, Settings, write_key
from server.core.files import sync_folder
from server.running import Run, serving_alone

FORMAT = 1
MANIFEST, SECRET = "manifest.json", "secret_key"
DATABASES = {"sqlite": "sinmungo.db", "postgres": "sinmungo.dump"}
COPIED = ("files", "delivered")
"""Folders of the data folder: attachments, and the journal of deliveries, without which mails would go out again."""
UNFINISHED = (".incoming", ".unfinished")
PAGES = 2_000
"""Pages of an embedded database that are copied between two movements of the progress bar."""
_BLOCK = 1024 * 1024


class Entry(NamedTuple):
    """A file of a backup."""

    size: int
    sha256: str


class Damaged(click.ClickException):
    """The folder is no backup, or not as it was written."""


# --- Backup ---------------------------------------------------------------------------------------------------------


@click.command(name="backup")
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@click.option(
    "--programs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of PostgreSQL's programs of the server's version.",
)
@click.pass_obj
def backup_command(run: Run, destination: Path, programs: Path | None) -> None:
    """Copy database, files and keys into the new folder DEST, while the site goes on.

    Only its owner can read it: it holds personal data, and the keys with which links are signed.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise click.ClickException(f"{destination} is there already: a backup is made in a new folder.")
    entries = run(lambda settings: make(settings, destination, programs))
    size = sum(entry.size for entry in entries.values())
    click.echo(f"{destination}: {len(entries)} files, {size / 1e6:.1f} MB.")


async def make(settings: Settings, destination: Path, programs: Path | None = None) -> dict[str, Entry]:
    """Make a backup; its files by their paths. The database is open."""
    engine = database.dialect()
    dump = await postgres.find("pg_dump", programs) if engine == "postgres" else ""
    unfinished = destination.with_name(f"{destination.name}.unfinished")
    await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        return await asyncio.to_thread(_make, settings, unfinished, destination, dump)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
        raise


def _make(settings: Settings, unfinished: Path, destination: Path, dump: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    _copy_new(settings.data_dir, unfinished, "files", entries)
    copy = unfinished / DATABASES["postgres" if dump else "sqlite"]
    if dump:
        postgres.dump(dump, settings, copy)
    else:
        _copy_sqlite(database.file_of(settings), copy)
    for folder in COPIED:
        _copy_new(settings.data_dir, unfinished, folder, entries)
    write_key(unfinished / SECRET, settings.secret_key + "\n")
    if settings.signing_keys:
        write_key(unfinished / SIGNING_KEYS, "\n".join(settings.signing_keys) + "\n")
    for path in (copy, unfinished / SECRET, unfinished / SIGNING_KEYS):
        if path.exists():
            path.chmod(0o600)
            entries[path.name] = _entry(path)
    manifest = {
        "format": FORMAT,
        "program": importlib.metadata.version("sinmungo"),
        "made_at": clock.now().isoformat(),
        "database": "postgres" if dump else "sqlite",
        "files": {name: entry._asdict() for name, entry in sorted(entries.items())},
    }
    with (unfinished / MANIFEST).open("wb") as stream:
        stream.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        stream.flush()
        os.fsync(stream.fileno())
    if destination.exists():
        destination.rmdir()
    unfinished.rename(destination)
    sync_folder(destination.parent)
    return entries


def _copy_new(source: Path, target: Path, folder: str, entries: dict[str, Entry]) -> None:
    """Copy what is in a folder and not in the backup yet. What is deleted meanwhile is not in the backup either."""
    found = [path for path in (source / folder).rglob("*") if path.is_file() and path.suffix not in UNFINISHED]
    names = {str(path.relative_to(source)): path for path in sorted(found)}
    for name in tqdm(sorted(names.keys() - entries.keys()), desc=folder.capitalize(), unit=" files", disable=None):
        with contextlib.suppress(FileNotFoundError):
            entries[name] = _copy(names[name], target / name)


def _copy(source: Path, target: Path) -> Entry:
    """Copy a file durably; its size and hash."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as stream:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
            while block := stream.read(_BLOCK):
                copy.write(block)
                digest.update(block)
                size += len(block)
            copy.flush()
            os.fsync(copy.fileno())
    return Entry(size, digest.hexdigest())


def _entry(path: Path) -> Entry:
    with path.open("rb") as stream:
        return Entry(path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy an embedded database as it is now, whatever is written meanwhile.

    The read transaction keeps SQLite from beginning again at each foreign write, which under load would never end.
    """
    with (
        contextlib.closing(sqlite3.connect(source, isolation_level=None)) as old,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as new,
        tqdm(desc="Database", unit=" pages", disable=None) as progress,
    ):

        def moved(_status: int, left: int, total: int) -> None:
            progress.total = total
            progress.update(total - left - progress.n)

        old.execute("BEGIN")
        old.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=PAGES, progress=moved)
        new.execute("PRAGMA journal_mode = DELETE")
        new.execute("PRAGMA secure_delete = ON")
        new.execute(f"DELETE FROM {kept.TABLE}")


# --- Restore --------------------------------------------------------------------------------------------------------


@click.command(name="restore")
@click.argument("source", metavar="SOURCE", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where there is a database, a key or files already: they are lost.")
@click.option(
    "--programs",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of PostgreSQL's programs of the server's version.",
)
@click.pass_obj
def restore_command(run: Run, source: Path, *, replace: bool, programs: Path | None) -> None:
    """Restore the backup in the folder SOURCE into the database and data folder of the settings.

    Its hashes are verified before anything is written, the ledger and everything else that `check` looks at afterwards.
    """
    try:
        settings = Settings.load()
    except BadSettings as error:
        raise click.ClickException("\n".join(error.problems)) from error
    manifest = read_manifest(source)
    verify(source, manifest)
    asyncio.run(_restore(settings, source, manifest, programs, replace=replace))
    problems = run(_problems, migrated=False)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"Restored, but not everything is in order: {len(problems)} problems.")
    click.echo(f"Restored as it was at {manifest['made_at']}. Every chain of the ledger is whole.")


async def _problems(settings: Settings) -> list[str]:
    return [problem async for problem in check.problems(settings)]


def read_manifest(source: Path) -> dict[str, Any]:
    """What a backup says of itself. Raises :class:`Damaged`."""
    try:
        manifest: dict[str, Any] = orjson.loads((source / MANIFEST).read_bytes())
        if manifest["format"] != FORMAT:
            raise click.ClickException(f"{source}: a backup of a newer version ({manifest['program']}).")
        manifest["files"] = {name: Entry(**entry) for name, entry in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{source}: no backup that can be read ({MANIFEST}: {type(error).__name__}).") from error
    return manifest


def verify(source: Path, manifest: dict[str, Any]) -> None:
    """Compare each file with its hash. Raises :class:`Damaged` with the names of those that differ."""
    entries: dict[str, Entry] = manifest["files"]
    needed = {DATABASES[manifest["database"]], SECRET}
    there = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()} - {MANIFEST}
    wrong = [f"{name} is missing" for name in sorted((entries.keys() | needed) - there)]
    wrong += [f"{name} is not in its list" for name in sorted(there - entries.keys())]
    for name in tqdm(sorted(entries.keys() & there), desc="Verifying", unit=" files", disable=None):
        if _entry(source / name) != entries[name]:
            wrong.append(f"{name} was changed")
    if wrong:
        raise Damaged("\n".join([f"{source}: damaged, nothing has been restored.", *wrong[:20]]))


async def _restore(
    settings: Settings, source: Path, manifest: dict[str, Any], programs: Path | None, *, replace: bool
) -> None:
    engine = manifest["database"]
    if settings.sqlite != (engine == "sqlite"):
        raise click.ClickException(f"This is a backup of {engine}, and SINMUNGO_DATABASE_URL names another database.")
    key = (source / SECRET).read_text().strip()
    if settings.secret_key and settings.secret_key != key:
        raise click.ClickException("SINMUNGO_SECRET_KEY is another key than the backup's: contacts are hashed with it.")
    config.use(settings)
    tool = ""
    if not settings.sqlite:
        await database.connect(settings, wiring.APPS)
        try:
            tool = await postgres.find("pg_restore", programs)
            _refuse_what_is_there(settings, await postgres.tables(), replace=replace)
            await postgres.empty()
        finally:
            await database.close()
    _refuse_what_is_there(settings, 0, replace=replace)
    with serving_alone(settings, "stop it first."):  # nothing is replaced under a server that has it open
        await asyncio.to_thread(_put, settings, source, manifest, tool)


def _refuse_what_is_there(settings: Settings, tables: int, *, replace: bool) -> None:
    there = [str(path) for path in _there(settings)] + [f"{tables} tables"] * bool(tables)
    if there and not replace:
        raise click.ClickException(f"Not empty: {', '.join(there)}. With --replace they are lost.")


def _there(settings: Settings) -> Iterable[Path]:
    paths = [settings.data_dir / name for name in (SECRET, SIGNING_KEYS, *COPIED)]
    if settings.sqlite:
        paths.append(database.file_of(settings))
    return [path for path in paths if path.exists() and not (path.is_dir() and not any(path.iterdir()))]


def _put(settings: Settings, source: Path, manifest: dict[str, Any], tool: str) -> None:
    """Write everything, the database last: what it refers to is there before."""
    for path in _there(settings):
        if path.is_dir():
            shutil.rmtree(path)
    names = [name for name in sorted(manifest["files"]) if "/" in name]
    for name in tqdm(names, desc="Files", unit=" files", disable=None):
        _copy(source / name, settings.data_dir / name)
    (settings.data_dir / SIGNING_KEYS).unlink(missing_ok=True)
    for name in (SECRET, SIGNING_KEYS):
        given = settings.secret_key if name == SECRET else settings.signing_keys
        if not given and (source / name).exists():
            write_key(settings.data_dir / name, (source / name).read_text(), anew=True)
    copy = source / DATABASES[manifest["database"]]
    if tool:
        postgres.restore(tool, settings, copy)
        return
    path = database.file_of(settings)
    incoming = path.with_name(f"{path.name}.incoming")
    incoming.unlink(missing_ok=True)
    _copy(copy, incoming)
    for name in (f"{path.name}-wal", f"{path.name}-shm"):  # they belong to what is replaced
        path.with_name(name).unlink(missing_ok=True)
    incoming.replace(path)
    sync_folder(path.parent)
