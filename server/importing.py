"""``sinmungo import petitions FILE.jsonl``: import another system's petitions, line by line, as cases.

Every line is validated by the same form as a new petition. Valid lines are imported in batches, each in one
transaction; refused lines are written to a file next to the input, with reasons. Running it again creates no
duplicates.
"""

import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import tzinfo
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click
import orjson
from tqdm import tqdm

from petitions.actions import importing
from petitions.actions.importing import ImportedPetition
from petitions.forms import FilePetition
from petitions.reference import Reference, reference
from server import importing_dates
from server.core import clock, encodings
from server.core.config import Settings
from server.core.errors import Invalid
from server.importing_dates import AUTO, Dates

Raw = TypeVar("Raw")
Good = TypeVar("Good")
BATCH = 500
MAX_LINE = 1_000_000
"""In characters; a longer line is refused."""


def _from(default: str, words: str) -> Any:
    """A field of a line, with its default name and the words of its option on the command line."""
    return field(default=default, metadata={"words": words})


@dataclass(frozen=True)
class Mapped:
    """The mapping from the fields of a line to those of the form."""

    source: str
    kind: str = "other"
    language: str = "ko"
    dates: str = AUTO
    id: str = _from("id", "Field with the line's own id (without one, its content counts).")
    title: str = _from("title", "Field with the title.")
    body: str = _from("body", "Field with the text; a line without it says all in its title.")
    received: str = _from("", "Field with the moment of receipt; else now.")
    name: str = _from("", "Field with the petitioner's name.")
    email: str = _from("", "Field with the mail address.")
    phone: str = _from("", "Field with the phone number.")
    address: str = _from("", "Field with the postal address.")

    def raw(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """The line as input of the form; without a body, the title is used as the body."""
        title = line.get(self.title)
        return {
            "title": title,
            "body": line.get(self.body) or title,
            "kind": self.kind,
            "petitioner": {
                **{
                    name: line.get(own) if (own := getattr(self, name)) else None
                    for name in ("name", "email", "phone", "address")
                },
                "language": self.language,
            },
        }

    def key(self, text: str, line: Mapping[str, Any]) -> str:
        """The idempotency key of a line: its id, or its content if it has none."""
        found = line.get(self.id)
        name = str(found) if isinstance(found, str | int) and found != "" else hashlib.sha256(text.encode()).hexdigest()
        return f"{self.source}:{name}"[:120]


@dataclass
class Report:
    """The result of a run."""

    new: int = 0
    repeated: int = 0
    refused: int = 0
    seen: set[str] = field(default_factory=set)


class Unreadable(ValueError):
    """A malformed line; the message says why."""


def _content(text: str | None) -> dict[str, Any]:
    """The fields of a line; spaces around their names are dropped. Raises :class:`Unreadable`."""
    if text is None:
        raise Unreadable("no valid UTF-8")
    if len(text) > MAX_LINE:
        raise Unreadable(f"longer than {MAX_LINE} characters")
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"no valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise Unreadable("no JSON object")
    return {name.strip(): value for name, value in content.items()}


def read_line(
    text: str | None, mapped: Mapped, reference_data: Reference, dates: Dates, seen: set[str]
) -> ImportedPetition:
    """Validate one line. Raises :class:`Unreadable` or ``Invalid``."""
    content = _content(text)
    key = mapped.key(text or "", content)
    if key in seen:
        raise Unreadable(f"the id {key.partition(':')[2]!r} stands in an earlier line")
    command = FilePetition.parse(mapped.raw(content), reference_data, language=mapped.language, anywhere=True)
    received = None
    if mapped.received and mapped.received in content:
        try:
            received = dates.read(content[mapped.received])
        except ValueError as error:
            raise Unreadable(str(error)) from error
    seen.add(key)
    return ImportedPetition(key, command, received)


def _lines(path: Path) -> Iterator[tuple[int, str | None, int]]:
    """Number, text (None if it cannot be decoded) and the file position after it, for each line that is not empty."""
    for number, (text, place) in enumerate(encodings.lines(path), start=1):
        if text is None or text.strip():
            yield number, text and text.strip(), place


def _dates(path: Path, mapped: Mapped, zone: tzinfo) -> Dates:
    """How the file writes its moments of receipt, for which it is read once before it is imported."""

    def values() -> Iterator[object]:
        for _number, text, _place in _lines(path) if mapped.received and mapped.dates == AUTO else ():
            with contextlib.suppress(Unreadable):
                yield _content(text).get(mapped.received)

    return importing_dates.agreed(values(), mapped.dates, zone, clock.now())


async def run(settings: Settings, path: Path, mapped: Mapped, refused: Path) -> Report:
    """Import petitions."""
    reference_data, dates = await reference(), _dates(path, mapped, settings.zone)

    async def read(text: str | None, report: Report) -> ImportedPetition:
        return read_line(text, mapped, reference_data, dates, report.seen)

    return await load(path, _lines(path), refused, read, importing.take, batch=BATCH)


async def load(
    path: Path,
    lines: Iterable[tuple[int, Raw, int]],
    refused_path: Path,
    read: Callable[[Raw, Report], Awaitable[Good]],
    take: Callable[[list[Good]], Awaitable[int]],
    *,
    batch: int,
) -> Report:
    """Read the lines of a file and import the valid ones in batches; ``take`` returns how many of them are new.

    The refused lines of this run replace those of an earlier one.
    """
    report, good, draft = Report(), list[Good](), refused_path.with_suffix(".part")

    async def flush() -> None:
        new = await take(good)
        report.new += new
        report.repeated += len(good) - new
        good.clear()

    with (
        draft.open("w", encoding="utf-8") as refused,
        tqdm(total=_size(path), desc=path.name, unit="B", unit_scale=True, disable=None) as progress,
    ):
        for number, raw, place in lines:
            try:
                good.append(await read(raw, report))
            except (Unreadable, Invalid) as error:
                report.refused += 1
                _note(refused, number, raw, error)
            if len(good) >= batch:
                await flush()
            progress.update(place - progress.n)
        if good:
            await flush()
    _keep(draft, refused_path, wanted=bool(report.refused))
    return report


def _size(path: Path) -> int:
    return path.stat().st_size


def _keep(draft: Path, path: Path, *, wanted: bool) -> None:
    """Keep the file of refused lines if there are any; otherwise remove it, also that of an earlier run."""
    if wanted:
        draft.replace(path)
    else:
        draft.unlink()
        path.unlink(missing_ok=True)


def _note(refused: TextIO, number: int, raw: object, error: Unreadable | Invalid) -> None:
    """Write a refused line with its reasons."""
    reasons = (
        [{"field": e.field, "message": str(e.text)} for e in error.errors]
        if isinstance(error, Invalid)
        else [{"field": "", "message": str(error)}]
    )
    text = raw if isinstance(raw, str) else orjson.dumps(raw).decode() if raw else ""
    refused.write(orjson.dumps({"line": number, "reasons": reasons, "content": text[:2000]}).decode() + "\n")


def file_options(command: Any) -> Any:
    """Add the file to import, how it writes dates, and where its refused lines go."""
    help_ = "File for refused lines. Default: FILE.refused.jsonl."
    command = click.option("--refused", type=click.Path(path_type=Path), help=help_)(command)
    formats = click.Choice([AUTO, *importing_dates.FORMATS])
    command = click.option("--dates", type=formats, default=AUTO, help=importing_dates.HELP)(command)
    return click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))(command)


def mapping_options(command: Any) -> Any:
    """Add the command-line options that map the fields of a line."""
    for each in reversed(fields(Mapped)):
        if words := each.metadata.get("words"):
            option = click.option(f"--{each.name}", default=each.default, show_default=bool(each.default), help=words)
            command = option(command)
    return command
