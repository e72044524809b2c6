"""PostgreSQL's own programs for a backup: finding those of the server's version, and running them."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import click
from tqdm import tqdm

from server.core import database, kept
from server.core.config import Settings

PLACES = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin")
"""Where distributions keep the programs of each version beside one another."""
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


async def find(program: str, folder: Path | None) -> str:
    """The path of ``pg_dump`` or ``pg_restore`` of the server's version; the database is open."""
    major = int(await database.value("SHOW server_version_num")) // 10_000
    places = [str(folder)] if folder else [None, *(place.format(major=major) for place in PLACES)]
    found = [path for place in places if (path := shutil.which(program, path=place))]
    versions = {path: _version(path) for path in found}
    for path, version in versions.items():
        if version == major:
            return path
    seen = ", ".join(f"{path} is version {version}" for path, version in versions.items()) or "none was found"
    what = f"Install the package postgresql-client-{major}, or name the folder of the programs with --programs."
    raise click.ClickException(f"{program} of the server's version, {major}, is needed ({seen}). {what}")


def _version(path: str) -> int | None:
    said = subprocess.run([path, "--version"], check=False, capture_output=True, text=True).stdout  # noqa: S603 - found
    match = _VERSION.search(said)
    return int(match[1]) if match else None


_OURS = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"


async def tables() -> int:
    """How many tables the database has; it is open."""
    sql = "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
    return int(await database.value(f"{sql} AND {_OURS}"))


async def empty() -> None:
    """Remove all that is in the database; it is open."""
    async with database.transaction():
        for name in await database.column(f"SELECT nspname FROM pg_namespace WHERE {_OURS}"):
            await database.execute(f'DROP SCHEMA "{name}" CASCADE')
        await database.execute("CREATE SCHEMA public")


def dump(program: str, settings: Settings, target: Path) -> None:
    """Write the database as it is at one moment to a file from which ``pg_restore`` makes it again."""
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-table-data={kept.TABLE}"]
    _run([program, *options, "--verbose", f"--file={target}"], settings, "dumping contents of table")


def restore(program: str, settings: Settings, source: Path) -> None:
    """Make an empty database what the file holds, in one transaction."""
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    name = environment(settings)["PGDATABASE"]
    _run([program, *options, "--verbose", f"--dbname={name}", str(source)], settings, "processing data for table")


def environment(settings: Settings) -> Mapping[str, str]:
    """What tells PostgreSQL's programs where the database is. The password stands in no list of processes."""
    url = urlsplit(settings.database_url)
    options = {name: values[-1] for name, values in parse_qs(url.query).items()}
    found = {
        "PGHOST": options.get("host") or url.hostname or "",
        "PGPORT": options.get("port") or str(url.port or 5432),
        "PGUSER": unquote(url.username or "postgres"),
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": url.path.removeprefix("/"),
        "PGSSLMODE": options.get("ssl", ""),
    }
    return {**os.environ, **{name: value for name, value in found.items() if value}}


def _run(command: Sequence[str], settings: Settings, step: str) -> None:
    """Run a program to its end; each line that contains ``step`` moves the progress bar."""
    said: list[str] = []
    with (
        tqdm(desc="Database", unit=" tables", disable=None) as progress,
        subprocess.Popen(  # noqa: S603 - the program that was found
            command, env=environment(settings), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        for line in process.stderr or ():
            said = [*said[-4:], line.strip()]
            progress.update(step in line)
    if process.returncode:
        raise click.ClickException("\n".join([f"{Path(command[0]).name} failed.", *said]))
