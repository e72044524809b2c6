"""The command ``sinmungo queue``: the log of a day, and how good the estimates of waiting times are by such a log."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import orjson
from tqdm import tqdm

from server.core.config import Settings
from tracking.visits.queries import offices, queue_log
from tracking.visits.queries.offices import OfficeRow
from tracking.visits.waits.evaluation import Evaluation
from tracking.visits.waits.log import BadLine, read


@click.group(name="queue")
def queue_command() -> None:
    """The queue of an office: what happened on a day, and how good its estimates of waiting times are."""


def day_of(text: str) -> date:
    """A day that was given to a command. Raises ``BadParameter``."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a day: give it as YYYY-MM-DD.", param_hint="DATE") from error


async def office_of(code: str) -> OfficeRow:
    """An office that was given to a command by its code. Raises ``ClickException``."""
    known = {one.code: one for one in await offices.offices()}
    if code not in known:
        codes = ", ".join(sorted(known)) or "none"
        raise click.ClickException(f"There is no office {code!r}. Offices: {codes}.")
    return known[code]


@queue_command.command(name="log")
@click.argument("office")
@click.argument("day", metavar="DATE")
@click.pass_obj
def print_log(run: Callable[..., list[dict[str, Any]]], office: str, day: str) -> None:
    """Print the queue of a day at an office, by its code, as a log for `evaluate`. DATE is YYYY-MM-DD."""
    wanted = day_of(day)

    async def work(_settings: Settings) -> list[dict[str, Any]]:
        return await queue_log.lines(await offices.place_of(await office_of(office)), wanted)

    found = run(work)
    if not any(line["what"] == "arrival" for line in found):
        raise click.ClickException(f"There was no queue at {office} on {day}.")
    for line in found:
        click.echo(orjson.dumps(line))


@queue_command.command(name="evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def evaluate_queue(file: Path, *, as_json: bool) -> None:
    """Estimate each arrival of a log as if it happened now, and compare with the ticket's first call.

    FILE has a JSON object a line: at, what, ticket, service, counter, services, booked_for. No estimate knows what came
    after its arrival. Exits with 1 if a line cannot be read, and names it.
    """
    try:
        with file.open("rb") as lines:
            log = read(lines)
    except BadLine as error:
        raise click.ClickException(f"{file.name}, {error}") from error
    found = Evaluation()
    for line in tqdm(log.lines, desc=file.name, unit=" lines", disable=None):
        found.take(line)
    for what, count in sorted(log.unknown.items()):
        click.echo(f"Left out: {count} lines of the unknown kind {what!r}.", err=True)
    if log.out_of_order:
        click.echo(f"Put in order: {log.out_of_order} lines that were earlier than one before them.", err=True)
    if found.ignored:
        click.echo(
            f"Left out: {found.ignored} lines that repeat what is known, or name no ticket of the day.", err=True
        )
    figures = found.figures()
    if figures is None:
        raise click.ClickException(f"{file.name}: no ticket that arrived was called, so there is nothing to compare.")
    if as_json:
        click.echo(orjson.dumps(figures))
        return
    click.echo(
        f"{len(found.compared)} estimates compared with the first call; {found.never_called} tickets never called.\n"
        f"Mean error      {figures['mae']:.1f} minutes\n"
        f"Bias            {figures['bias']:+.1f} minutes (more than 0: the estimates are too long)\n"
        f"Within p10-p90  {100 * figures['coverage']:.0f} %\n"
        f"An estimate     {figures['ms']:.1f} ms"
    )
