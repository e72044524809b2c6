"""``sinmungo bench``: its options. What it runs is only loaded for it."""

import json
from pathlib import Path
from typing import Any

import click

from server.core.config import BadSettings, Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of tables.")
@click.option("--against", metavar="URL", help="A running server to measure beside, filled by the same command.")
@click.option("--cases", type=click.IntRange(20, 2_000_000), default=10_000, show_default=True)
@click.option("--rounds", type=click.IntRange(1, 100), default=7, show_default=True)
@click.option("--seconds", type=float, default=1.0, show_default=True, help="Of each path, server and round.")
@click.option("--connections", type=click.IntRange(1, 500), default=8, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes. Default: 2 with PostgreSQL, else 1.")
@click.option("--path", "names", multiple=True, help="Only paths with this in their name; can be repeated.")
@click.option("--write", type=click.Path(path_type=Path), help="A document in which the tables are replaced.")
def bench(*, as_json: bool, write: Path | None, **how: Any) -> None:
    """Measure this program beside the floor, on a scratch database of its own.

    The database is SQLite, or one beside that of SINMUNGO_DATABASE_URL if that is PostgreSQL. It is removed afterwards.
    """
    try:
        settings = Settings.load()
    except BadSettings as error:
        raise click.ClickException("; ".join(error.problems)) from error
    from server.bench import report, running  # noqa: PLC0415 - with the texts of the demonstration

    workers = how.pop("workers") or (1 if settings.sqlite else 2)
    run = running.run(settings, running.Plan(**how, workers=workers))
    click.echo(json.dumps(run.as_json(), ensure_ascii=False, indent=2) if as_json else run.as_text())
    if write:
        try:
            report.write(write, run)
        except (OSError, ValueError) as error:
            raise click.ClickException(str(error)) from error
