"""The command ``sinmungo statistics``: the published figures recomputed, from an export or from the records."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import Any, TextIO
from urllib.parse import parse_qsl

import click

from server.core import city
from server.core.config import Settings
from server.core.errors import Invalid
from server.core.forms import Parameters
from tracking.statistics import verify as checking
from tracking.statistics import verify_waiting
from tracking.statistics.actions import recounting
from tracking.statistics.queries import adoption, filters, people, records, waiting
from tracking.statistics.verify import Recomputed, Submissions
from tracking.statistics.verify_waiting import Tickets

Run = Callable[..., Any]


@click.group()
def statistics() -> None:
    """The published figures: recompute them from the export, or from the records."""


_READABLE = click.Path(exists=True, dir_okay=False, allow_dash=True)


@statistics.command(name="verify")
@click.argument("file", type=_READABLE)
@click.option("--forums", type=_READABLE, help="The export of forums.")
@click.option("--published", type=_READABLE, help="The published figures as JSON. Default: those of this installation.")
@click.option("--filters", "under", default="", help="The filters of FILE, if it has any: 'year=2025&kind=listening'.")
@click.pass_obj
def verify(run: Run, file: str, forums: str | None, published: str | None, under: str) -> None:
    """Recompute the figures from an export and compare them; exit with 1 and the first difference, else with 0.

    FILE is the export of submissions (adoption.csv) or of tickets (waiting.csv). By default the figures are compared
    with this installation's, and each line with its records. Published figures downloaded with filters are compared
    with the lines that match them. One of the files may be "-", standard input.
    """
    if [file, forums, published].count("-") > 1:
        raise click.UsageError("Only one of the files can be standard input.")
    if published and under:
        raise click.UsageError("The published figures say their filters themselves: leave --filters out.")
    with ExitStack() as files:
        try:
            exported = files.enter_context(_kept(file))
            held = files.enter_context(_kept(forums)) if forums else None
            of_tickets = _is_of_tickets(exported)
            if of_tickets and held:
                raise click.UsageError("Forums do not go with tickets: leave --forums out.")
            if published:
                with click.open_file(published, "rb") as raw:
                    allowed = verify_waiting.FILTERS if of_tickets else checking.FILTERS
                    said = checking.read_published(raw.read(), allowed)
            else:
                said = run(lambda _settings: (_waiting if of_tickets else _adoption)(under))
            recomputed = _add_up(exported, held, said, of_tickets=of_tickets)
            found = next(recomputed.differences(said), "")
            compare = [(exported, records.tickets if of_tickets else records.submissions), (held, records.forums)]
            line = "" if published else run(lambda _settings: _line_that_differs(compare))
        except checking.Unreadable as error:
            click.echo(f"The file cannot be read: {error}", err=True)
            raise SystemExit(1) from error
    if found:
        click.echo(f"The figures differ. {found}", err=True)
        if recomputed.lines < said["total"].get(recomputed.area.main, 0):
            click.echo(_PART.format(things=recomputed.things), err=True)
    if line:
        click.echo(f"The lines differ from the records. {line}", err=True)
    if found or line:
        raise SystemExit(1)
    click.echo(_agreed(recomputed, only_figures=published is not None))


_PART = (
    "The file holds fewer {things} than were published. If it is the part that fits filters, "
    "give the figures under the same ones: --published FIGURES.json, or --filters 'year=2025'."
)


def _agreed(recomputed: Recomputed, *, only_figures: bool) -> str:
    compared = (
        "The lines themselves cannot be compared with a file of figures: a changed day may give the same figures."
        if only_figures
        else "Each line is what the records say."
    )
    under = "".join(f", {name} {value or checking.NONE}" for name, value in recomputed.filters.items())
    without = " Forums and participants were not compared: give --forums." if recomputed.left_out() else ""
    return (
        f"{recomputed.lines} {recomputed.things}{under}: every published figure is what the lines add up to "
        f"({recomputed.compared} compared). {compared}{without}"
    )


@contextmanager
def _kept(path: str) -> Iterator[TextIO]:
    """An export that can be read twice: input from a pipe is buffered in a temporary file."""
    with ExitStack() as files:
        raw = files.enter_context(click.open_file(path, "rb"))
        if not raw.seekable():
            copy = files.enter_context(TemporaryFile())
            shutil.copyfileobj(raw, copy)
            copy.seek(0)
            raw = copy
        yield TextIOWrapper(raw, encoding="utf-8", newline="")


def _is_of_tickets(exported: TextIO) -> bool:
    """Whether an export's columns are those of tickets; reads it from the beginning again afterwards."""
    try:
        head = exported.readline().removeprefix("\ufeff")
    except UnicodeDecodeError:
        head = ""  # what is wrong is said when its lines are read
    exported.seek(0)
    return head.rstrip("\r\n") == ",".join(verify_waiting.COLUMNS)


def _add_up(exported: TextIO, held: TextIO | None, said: Mapping[str, Any], *, of_tickets: bool) -> Recomputed:
    if of_tickets:
        tickets = Tickets(said.get("filters"))
        tickets.read(exported)
        return tickets
    submissions = Submissions(said.get("filters"))
    submissions.read(exported)
    if held:
        submissions.read_forums(held)
    return submissions


async def _line_that_differs(compare: list[tuple[TextIO | None, Callable[..., Any]]]) -> str:
    """A sentence about the first line of the exports that differs from the records; empty if none does."""
    reference_data = await city.city()
    for stream, differences in compare:
        if stream is not None:
            stream.seek(0)
            async for difference in differences(stream, reference_data):
                return str(difference)
    return ""


async def _adoption(under: str) -> Mapping[str, Any]:
    """The installation's own figures of submissions under filters."""
    reference_data = await city.city()
    with _no_such_value():
        data = _parameters(under, checking.FILTERS, "year=2025&kind=listening")
        wanted, chosen = await filters.read(filters.Adoption, data, reference_data)
    return {**await adoption.published(reference_data, chosen), "filters": wanted.query()}


async def _waiting(under: str) -> Mapping[str, Any]:
    """The installation's own figures of waiting under filters."""
    with _no_such_value():
        data = _parameters(under, verify_waiting.FILTERS, "year=2025&how=booked")
        wanted, chosen, known = await waiting.read(data, await city.city())
    return {**waiting.document(await waiting.waiting(chosen), "en", known), "filters": wanted.query()}


def _parameters(under: str, allowed: tuple[str, ...], example: str) -> Parameters:
    pairs = parse_qsl(under.removeprefix("?"), keep_blank_values=True)
    said = dict(pairs)
    if wrong := set(said) - set(allowed):
        raise click.UsageError(f"These are no filters: {', '.join(sorted(wrong))}.")
    if len(said) < len(pairs) or not all(value.strip() for value in said.values()):
        raise click.UsageError(f"Give each filter once, with its value: '{example}'.")
    return Parameters(said)


@contextmanager
def _no_such_value() -> Iterator[None]:
    try:
        yield
    except Invalid as error:
        raise click.UsageError(f"No such value: {', '.join(one.field for one in error.errors)}.") from error


@statistics.command(name="recount")
@click.pass_obj
def recount(run: Run) -> None:
    """Recount all figures from the records and correct wrong ones; exit with 1 if there were any."""

    async def work(_settings: Settings) -> people.Recounted:
        await recounting.everything("command")
        (found,) = await people.recounts()
        return found

    done = run(work)
    for sample in done.samples:
        click.echo(f"{sample['what']} {sample['where']}: was {sample['was']}, is {sample['is']}", err=True)
    click.echo(f"{done.looked_at} checked, {done.late} counted for the first time, {done.corrected} corrected.")
    sys.exit(1 if done.corrected else 0)
