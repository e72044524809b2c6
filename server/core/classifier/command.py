"""The command ``sinmungo routing``: how well routing learns from labelled texts."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import orjson
from tqdm import tqdm

FIFTH = 5
"""One text in five is scored, where no file is named for that."""

Examples = tuple[list[str], list[str]]
"""Texts, and the label of each."""


@click.group(name="routing")
def routing_command() -> None:
    """Routing: measure how well it learns."""


@routing_command.command(name="evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--text", required=True, metavar="FIELD[,FIELD]", help="The fields of the text: title,body.")
@click.option("--label", required=True, metavar="FIELD", help="The field of the label: department.")
@click.option(
    "--test",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Score the texts of this file. Default: a fifth of FILE, with the same share of each label.",
)
@click.option("--seed", default=0, show_default=True, help="What chance depends on: the same number, the same figures.")
@click.option(
    "--folds",
    type=click.IntRange(2, 20),
    default=5,
    show_default=True,
    help="Parts of the learned texts, each scored without having been learned from, to calibrate the probabilities.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def evaluate_command(
    file: Path, text: str, label: str, *, test: Path | None, seed: int, folds: int, as_json: bool
) -> None:
    """Learn from labelled texts as routing learns from cases, and score others as it scores cases.

    FILE has one JSON object per line. Needs no database, and stores nothing. Exits with 1 if a line cannot be read, and
    names it.
    """
    from server.core.classifier import evaluating, fitting  # noqa: PLC0415 - no other command needs scikit-learn

    fields = [name.strip() for name in text.split(",") if name.strip()]
    examples = _read(file, fields, label)
    if test is not None:
        learned, held = examples, _read(test, fields, label)
    else:
        learned, held = _split(examples, fitting.stratified(examples[1], FIFTH, seed).tolist())
    if not held[0]:
        raise click.ClickException(f"{(test or file).name}: there is no text to score.")
    begun = time.process_time()
    with tqdm(total=folds + 1, desc="Learning", unit=" models", disable=None) as progress:
        try:
            model = fitting.fit(*learned, seed=seed, folds=folds, step=progress.update)
        except fitting.TooFew as error:
            raise click.ClickException(f"{file.name}: {label} has not two labels to tell apart.") from error
    learn_s = time.process_time() - begun
    shown = tqdm(held[0], desc="Scoring", unit=" texts", disable=None)
    found = evaluating.evaluate(model, shown, held[1])
    figures = {**asdict(found), "learn_s": round(learn_s, 2)}
    if as_json:
        click.echo(orjson.dumps(figures))
        return
    click.echo(f"{len(learned[0])} texts with {len(model.labels)} labels learned, {len(held[0])} others scored.")
    for name, value in figures.items():
        click.echo(f"{name:18} {value}")


def _split(examples: Examples, part: Sequence[int]) -> tuple[Examples, Examples]:
    """The examples to learn from, and those of the first part."""
    texts, labels = examples
    sides: tuple[Examples, Examples] = (([], []), ([], []))
    for text, label, number in zip(texts, labels, part, strict=True):
        side = sides[int(number == 0)]
        side[0].append(text)
        side[1].append(label)
    return sides


def _read(file: Path, fields: Sequence[str], label: str) -> Examples:
    texts, labels = list[str](), list[str]()
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            where = f"{file.name}, line {number}"
            row = _object(line, where)
            said = [_field(row, name, where, (str, int, type(None))) for name in fields]
            labelled = _field(row, label, where, (str, int))
            if not labelled.strip():
                raise click.ClickException(f"{where}: {label} is empty.")
            texts.append("\n".join(part for part in said if part))
            labels.append(labelled.strip())
    return texts, labels


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        row = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise click.ClickException(f"{where}: {error}") from error
    if not isinstance(row, dict):
        raise click.ClickException(f"{where}: not a JSON object.")
    return row


def _field(row: dict[str, Any], name: str, where: str, kinds: tuple[type, ...]) -> str:
    if name not in row:
        raise click.ClickException(f"{where}: there is no field {name!r}.")
    value = row[name]
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise click.ClickException(f"{where}: {name} is not a text.")
    return "" if value is None else str(value)
