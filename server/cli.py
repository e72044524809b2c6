"""The ``sinmungo`` command: serve, work, migrate, seed, check, import, count a deadline."""

import asyncio
import compileall
import gc
import importlib
import multiprocessing
import os
import resource
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
import uvicorn
from tqdm import tqdm
from uvicorn import _subprocess

from petitions.learning_command import learn_command
from server import backup, importing, importing_forums, persons, retention, wiring
from server import check as checks
from server.bench.command import bench
from server.core import clock, database, observe, search, templates
from server.core.accounts import Account
from server.core.classifier.command import routing_command
from server.core.clock_command import clock_command
from server.core.config import SIGNING_KEYS, BadSettings, Settings, is_loopback, write_key
from server.core.connections import KEEP_ALIVE, PatientProtocol
from server.core.jobs import Worker
from server.core.outages import outage
from server.core.search.command import search_command
from server.core.web import Site
from server.demo.visits import live as demo_live
from server.running import serving_alone
from tracking.statistics.command import statistics
from tracking.visits import daylist
from tracking.visits.actions import devices
from tracking.visits.queue_command import day_of, office_of, queue_command

T = TypeVar("T")

WORKER_SECONDS = 120
"""Seconds in which a web process has to answer its supervisor: on a busy machine the imports alone take many."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sinmungo")
@click.pass_context
def main(context: click.Context) -> None:
    """Sinmungo: citizen feedback and civil petitions for a city."""
    context.obj = run


def _settings() -> Settings:
    try:
        return wiring.prepare(Settings.load())
    except BadSettings as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        raise SystemExit(2) from error


def run(work: Callable[[Settings], Awaitable[T]], *, migrated: bool = True) -> T:
    """Run a coroutine with the database open; ``migrated``: only if every migration is applied."""
    settings = _settings()

    async def with_database() -> T:
        await database.connect(settings, wiring.APPS)
        try:
            if migrated and await database.pending(settings, wiring.APPS):
                raise click.ClickException("The database schema is not up to date: run `sinmungo migrate`.")
            return await work(settings)
        finally:
            await search.ENGINE.close()
            await database.close()

    return _complete(with_database())


def _complete(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end. A database that cannot be used is named in a sentence, without a traceback."""
    try:
        return asyncio.run(work)
    except Exception as error:
        if refusal := outage(error):
            raise click.ClickException(f"{refusal.text} ({type(error).__name__}: {error})") from error
        raise


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes; more than one only with PostgreSQL.")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the site."""
    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"SINMUNGO_{name}"] = str(value)
    settings = _settings()
    with serving_alone(settings, "use PostgreSQL for more than one."):
        _serve(settings)


def _serve(settings: Settings) -> None:
    # Asked in any case: this is also what refuses to serve a schema that is not up to date.
    accounts, published = run(_of_demonstration)
    demo = accounts or published
    if settings.demo_live and not accounts:
        click.echo("The queue moves by itself only in the demonstration: this database has no such accounts.", err=True)
        raise SystemExit(2)
    if demo and not settings.loopback:
        click.echo(
            "This database holds demonstration accounts with a published password, or devices with a published token; "
            "a server that can be reached from outside does not start with them. Listen on 127.0.0.1, or use another "
            "database.",
            err=True,
        )
        raise SystemExit(2)
    if not templates.load(settings.compiled):
        templates.make_beside(settings.compiled)
    click.echo(f"Sinmungo: {settings.public_url}")
    if is_loopback(settings.host) and not settings.loopback and not settings.trusted_proxies:
        click.echo(
            "SINMUNGO_TRUSTED_PROXIES is not set: all clients of a proxy share the limits of one address.", err=True
        )
    if accounts and not settings.demo_live:
        run(lambda _settings: demo_live.open_by_roster())
    if settings.demo_live:
        click.echo("The queues of the demonstration move by themselves; outside their hours the offices open for it.")
    observe.configure()  # of the supervisor, too: it says which process has started or died
    _many_files()
    _load(settings)
    uvicorn.run(
        "server.app:from_environment",
        factory=True,
        http=PatientProtocol,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # the application itself knows its proxies
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )


def _load(settings: Settings) -> None:
    """Make the application here, so that several web processes share its memory and start at once.

    They are forked: this process has no thread and no loop at this point. Elsewhere than on Linux, where system
    libraries do not bear that, each imports for itself, as uvicorn has it.
    """
    gc.disable()
    importlib.import_module("server.app").make(settings)
    gc.freeze()  # a collection would write to each object, and a page that is written to is no longer shared
    gc.enable()
    if sys.platform == "linux":
        _subprocess.spawn = multiprocessing.get_context("fork")  # type: ignore[assignment]  # it makes processes alike


def _many_files() -> None:
    """Use as many connections as the system allows this process: a live stream is one each."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _of_demonstration(_settings: Settings) -> tuple[bool, bool]:
    """Whether there are its accounts, and its devices with a published token."""
    return await Account.filter(demo=True, active=True).exists(), await devices.any_published()


@main.command()
@click.option(
    "--days",
    type=click.IntRange(1, 400),
    default=100,
    show_default=True,
    help="Days for which links signed so far stay valid.",
)
def rotate_key(days: int) -> None:
    """Sign links with a new key from now on. Restart all processes afterwards."""
    settings = _settings()
    until = (clock.now() + timedelta(days=days)).date().isoformat()
    old = [key if "@" in key else f"{key}@{until}" for key in settings.signing_keys or (settings.secret_key,)]
    keys = [secrets.token_hex(32), *old]
    given = Settings.load()
    if given.secret_key or given.signing_keys:
        click.echo(f"SINMUNGO_SIGNING_KEYS={','.join(keys)}")
        return
    write_key(settings.data_dir / SIGNING_KEYS, "\n".join(keys) + "\n", anew=True)
    click.echo(f"New links have a new key; links signed so far stay valid until {until}. Restart all processes now.")


@main.command()
def worker() -> None:
    """Run jobs only, beside web processes."""
    observe.configure()

    async def work(settings: Settings) -> None:
        doing = wiring.handlers(settings, wiring.ports(settings), Site(settings).render)
        periodic = {**wiring.PERIODIC, **demo_live.periodic(settings)}
        hands = Worker({**doing, **demo_live.handlers(settings)}, periodic, wiring.DELIVERIES)
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, hands.stop)
        await hands.run()

    run(work)


@main.command()
def migrate() -> None:
    """Bring the database schema up to date, and compile the templates and the program."""
    settings = _settings()

    async def work() -> None:
        await database.migrate(settings, wiring.APPS)
        await database.close()

    _complete(work())
    if not templates.load(settings.compiled):
        templates.make(settings.compiled)
    compile_program()
    click.echo("The schema is up to date.")


def compile_program() -> None:
    """Save the program's bytecode, which Python alone does not where PYTHONDONTWRITEBYTECODE is set.

    A start without it takes a third longer. A folder that cannot be written to is left as it is.
    """
    for package in ("server", "petitions", "forums", "tracking"):
        compileall.compile_dir(Path(__file__).parents[1] / package, quiet=2)


@main.command()
@click.option("--demo", is_flag=True, help="The demonstration city, with about 300 cases of the past year.")
@click.option("--if-empty", is_flag=True, help="Do nothing if there are departments already.")
@click.option("--seed", default=1, show_default=True, help="The same number gives the same city.")
@click.option("--administrator", help="User name of a first administrator, instead of the demonstration.")
def seed(*, demo: bool, if_empty: bool, seed: int, administrator: str | None) -> None:
    """Fill an empty database: the demonstration city, or a first administrator."""
    if not demo and not administrator:
        raise click.UsageError("Say --demo, or --administrator NAME.")
    password = "" if demo else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    from server.demo import seeding  # noqa: PLC0415 - 40 modules of texts, which no other command needs

    async def work(settings: Settings) -> None:
        if demo:
            await seeding.seed(settings, seed, if_empty=if_empty)
        else:
            await seeding.first_administrator(str(administrator), password)

    run(work)


@main.command()
def check() -> None:
    """Check the settings, the database schema and every chain of the ledger; exit with 1 if something is wrong."""

    async def work(settings: Settings) -> int:
        found = 0
        async for problem in checks.problems(settings):
            click.echo(problem, err=True)
            found += 1
        return found

    found = run(work, migrated=False)
    click.echo("Everything is in order." if not found else f"Problems: {found}.")
    sys.exit(1 if found else 0)


@main.command()
def reindex() -> None:
    """Build the search index anew, while the site goes on working with the old one."""

    async def work(_settings: Settings) -> int:
        total = await database.value(f"SELECT COUNT(*) FROM {search.TABLES.prefix}_document")
        with tqdm(total=total, desc="Search", unit=" documents", disable=None) as progress:
            found = await search.rebuild(wiring.SEARCHED, progress.update)
        if search.ENGINE.name != "embedded":
            with tqdm(total=found, desc="Meilisearch", unit=" documents", disable=None) as progress:
                await search.ENGINE.rebuild(progress.update)
        return found

    click.echo(f"{run(work)} documents can be found.")


main.add_command(backup.backup_command)
main.add_command(backup.restore_command)
main.add_command(persons.export)
main.add_command(persons.erase)
main.add_command(retention.retention)
main.add_command(clock_command, "clock")
main.add_command(bench)
routing_command.add_command(learn_command)
main.add_command(routing_command)
main.add_command(search_command)
main.add_command(queue_command, "queue")
main.add_command(statistics, "statistics")


@main.group(name="import")
def import_() -> None:
    """Import data from another system."""


@import_.command(name="petitions")
@importing.file_options
@importing.mapping_options
@click.option("--source", help="Name of the source; with a line's id it shows what was imported before. Default: FILE.")
@click.option("--kind", default="other", show_default=True, help="Kind of all these petitions.")
@click.option("--language", type=click.Choice(["ko", "ja", "en"]), default="ko", show_default=True)
def import_petitions(file: Path, source: str | None, refused: Path | None, **fields: str) -> None:
    """Import petitions, one JSON object per line. After an interruption, run it again to continue."""
    mapped = importing.Mapped(source=source or file.name, **{name: value.strip() for name, value in fields.items()})
    _take_over(lambda settings, path, target: importing.run(settings, path, mapped, target), file, refused)


@import_.command(name="forums")
@importing.file_options
def import_forums(file: Path, refused: Path | None, dates: str) -> None:
    """Import past forums with their numbers from a CSV file. After an interruption, run it again to continue."""
    _take_over(lambda settings, path, target: importing_forums.run_forums(settings, path, target, dates), file, refused)


@import_.command(name="submissions")
@importing.file_options
def import_submissions(file: Path, refused: Path | None, dates: str) -> None:
    """Import the submissions of past forums with their outcomes and numbers from a CSV file."""
    _take_over(partial(importing_forums.run_submissions, dates=dates), file, refused)


def _take_over(
    take: Callable[[Settings, Path, Path], Awaitable[importing.Report]], file: Path, refused: Path | None
) -> None:
    target = refused or file.with_suffix(".refused.jsonl")
    try:
        report = run(lambda settings: take(settings, file, target))
    except importing_forums.WrongFile as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{report.new} imported, {report.repeated} imported before, {report.refused} refused.")
    if report.refused:
        click.echo(f"The refused lines and their reasons: {target}")


@main.group()
def visits() -> None:
    """Visits to offices: what an office needs when the site is down."""


@visits.command(name="daylist")
@click.argument("office")
@click.argument("day", metavar="DATE")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV for a spreadsheet.")
def visits_daylist(office: str, day: str, *, as_csv: bool) -> None:
    """Print the visits of a day at an office, by its code. DATE is YYYY-MM-DD. Needs no web server."""
    wanted = day_of(day)

    async def work(settings: Settings) -> str:
        place = await office_of(office)
        return await daylist.as_csv(place, wanted) if as_csv else await daylist.as_text(settings, place, wanted)

    click.echo(run(work), nl=False)


if __name__ == "__main__":
    main(prog_name=Path(sys.argv[0]).name)
