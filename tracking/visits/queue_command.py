"""The command ``sinmungo queue``: how good the estimates of waiting times are, from a log of what happened."""

from pathlib import Path

import click
import orjson
from tqdm import tqdm

from tracking.visits.waits.evaluation import Evaluation
from tracking.visits.waits.log import BadLine, read


@click.group(name="queue")
def queue_command() -> None:
    """The queue of an office: how good its estimates of waiting times are."""


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
