"""The command ``sinmungo search``: how well the engine finds known texts."""

import asyncio
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import click
import orjson

from server.core import database
from server.core.config import BadSettings, Settings
from server.core.search.evaluating import Quality, evaluate


@click.group(name="search")
def search_command() -> None:
    """Search: measure how well known texts are found."""


@search_command.command(name="evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--query", required=True, help="The field that is searched for: title.")
@click.option("--text", required=True, help="The field that should be found by it: body.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def evaluate_command(file: Path, query: str, text: str, *, as_json: bool) -> None:
    """Search for each line's query among the texts of all lines: is its own text found first, or among the first ten?

    FILE has one JSON object per line. The texts are indexed in tables that are gone afterwards, in a temporary SQLite
    database, or in the PostgreSQL database of SINMUNGO_DATABASE_URL. Lines without a query or a text are left out.
    """
    pairs = _pairs(file, query, text)
    if not pairs:
        raise click.ClickException(f"No line of {file} has both {query} and {text}.")
    try:
        settings = Settings.load()
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
    with tempfile.TemporaryDirectory() as folder:
        if settings.sqlite:
            settings = replace(settings, database_url=f"sqlite:///{folder}/evaluation.db")
        quality = asyncio.run(_measured(settings, pairs))
    if as_json:
        click.echo(orjson.dumps(asdict(quality)))
        return
    click.echo(f"{quality.queries} queries, {quality.ms_per_query} ms each")
    click.echo(f"recall@1 {quality.recall_at_1}, recall@10 {quality.recall_at_10}, MRR@10 {quality.mrr_at_10}")


def _pairs(file: Path, query: str, text: str) -> list[tuple[str, str]]:
    found = []
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise click.ClickException(f"{file}, line {number}: {error}") from error
            asked, said = (str(row.get(name) or "") if isinstance(row, dict) else "" for name in (query, text))
            if asked.strip() and said.strip():
                found.append((asked, said))
    return found


async def _measured(settings: Settings, pairs: list[tuple[str, str]]) -> Quality:
    await database.connect(settings, {})
    try:
        return await evaluate(pairs)
    finally:
        await database.close()
