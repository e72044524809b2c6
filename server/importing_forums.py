"""``sinmungo import forums FILE.csv`` and ``sinmungo import submissions FILE.csv``: past forums, and what was said.

Every line is read by a form. Good ones are imported in batches, each in one transaction, and counted by the statistics
with it; refused ones are written beside the file with their reasons. A second run makes nothing twice.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import orjson
from tqdm import tqdm

from forums.actions import importing
from forums.forms.importing import PastForum, PastVoice
from server.core import city, clock
from server.core.config import Settings
from server.core.errors import Invalid
from server.importing import Report, Unreadable, keep, note, size
from tracking.statistics import books
from tracking.statistics.actions import counting

BATCH = 300
MAX_FIELD = 200_000
"""Characters of one column."""
FORUM_COLUMNS = frozenset(
    {
        "number", "kind", "title", "held_on", "ended_on", "place", "summary", "body", "minutes", "panel", "department",
        "district", "participants", "language",
    }
)  # fmt: skip
VOICE_COLUMNS = frozenset(
    {
        "number", "forum", "title", "text", "author", "stance", "department", "district", "received_on", "outcome",
        "outcome_on", "outcome_text", "study_until", "moved_to", "promised", "due_on", "done_on", "evidence",
        "language",
    }
)  # fmt: skip

FORUM_NEEDS = frozenset({"number", "kind", "title", "held_on"})
VOICE_NEEDS = frozenset({"forum", "received_on"})
"""Columns without which no line can be read."""

Good = TypeVar("Good")
Row = Mapping[str, str]


class WrongFile(ValueError):
    """The file cannot be read as such a table; the message says why."""


def _rows(path: Path, columns: frozenset[str], needs: frozenset[str]) -> Iterator[tuple[int, Row | None, int]]:
    """Line number, columns (None for a line with too many or too few) and the place in the file after it."""
    csv.field_size_limit(MAX_FIELD)
    with path.open("rb") as raw:
        lines = (line.decode("utf-8-sig" if first == 0 else "utf-8") for first, line in enumerate(raw))
        reader = csv.DictReader(lines, restkey="", strict=True)
        try:
            _check_columns(reader.fieldnames or (), columns, needs)
            for row in reader:
                whole = "" not in row and None not in row.values()
                yield reader.line_num, dict(row) if whole else None, raw.tell()
        except UnicodeDecodeError as error:
            raise WrongFile(
                f"Line {reader.line_num + 1} is no UTF-8. Please save the file as UTF-8; Excel calls it “CSV UTF-8”."
            ) from error
        except csv.Error as error:
            raise WrongFile(f"Line {reader.line_num + 1}: {error}.") from error


def _check_columns(names: Sequence[str], columns: frozenset[str], needs: frozenset[str]) -> None:
    if not names:
        raise WrongFile("The file is empty. Its first line names the columns.")
    for wrong, why in (
        ([name for name in names if name not in columns], "names columns that are not known"),
        ([name for name, times in Counter(names).items() if times > 1], "names columns twice"),
        (sorted(needs - set(names)), "lacks columns"),
    ):
        if wrong:
            told = ", ".join(map(repr, wrong))
            raise WrongFile(f"The first line {why}: {told}. Columns are separated by commas.")


async def run_forums(settings: Settings, path: Path, refused: Path) -> Report:
    """Import forums. Raises ``WrongFile``."""
    known, today = await city.city(), clock.now().astimezone(settings.zone).date()

    async def read(row: Row, report: Report) -> PastForum:
        line = PastForum.parse(row, known, today)
        if line.slug in report.seen:
            raise Unreadable(f"{line.slug} stands in an earlier line")
        report.seen.add(line.slug)
        return line

    async def take(lines: list[PastForum]) -> int:
        ids = await importing.take_forums(lines)
        await counting.recount(books.FORUMS, ids)
        return len(ids)

    return await _run(path, (FORUM_COLUMNS, FORUM_NEEDS), refused, read, take)


async def run_voices(settings: Settings, path: Path, refused: Path) -> Report:
    """Import submissions. Raises ``WrongFile``."""
    known, today = await city.city(), clock.now().astimezone(settings.zone).date()
    forums: dict[str, int] = {}

    async def read(row: Row, report: Report) -> importing.Line:
        line = PastVoice.parse(row, known, today)
        if line.forum not in forums:
            forums.update(await importing.forum_ids([line.forum]))
        if line.forum not in forums:
            raise Unreadable(f"there is no forum {line.forum!r}")
        if line.promised and line.department_id is None:
            raise Unreadable("a promise needs a department")
        key = f"number:{line.number}" if line.number else f"content:{_digest(row)}"
        if key in report.seen:
            raise Unreadable("the same stands in an earlier line")
        if line.number and not await importing.known_keys([key]) and await importing.taken_numbers([line.number]):
            raise Unreadable(f"the number {line.number} is taken")
        report.seen.add(key)
        return key, line

    async def take(lines: list[importing.Line]) -> int:
        ids = await importing.take_voices(lines, forums)
        await counting.recount(books.SUBMISSIONS, ids)
        return len(ids)

    return await _run(path, (VOICE_COLUMNS, VOICE_NEEDS), refused, read, take)


def _whole(row: Row | None) -> Row:
    if row is None:
        raise Unreadable("not as many columns as the first line names")
    return row


def _digest(row: Row) -> str:
    return hashlib.sha256(orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS)).hexdigest()


async def _run(
    path: Path,
    columns: tuple[frozenset[str], frozenset[str]],
    refused_path: Path,
    read: Callable[[Row, Report], Awaitable[Good]],
    take: Callable[[list[Good]], Awaitable[int]],
) -> Report:
    report, batch, draft = Report(), list[Good](), refused_path.with_suffix(".part")

    async def flush() -> None:
        new = await take(batch)
        report.new += new
        report.known += len(batch) - new
        batch.clear()

    for _line in _rows(path, *columns):  # a file that breaks off in its middle changes nothing
        pass
    with (
        draft.open("w", encoding="utf-8") as refused,
        tqdm(total=size(path), desc=path.name, unit="B", unit_scale=True, disable=None) as progress,
    ):
        for number, row, place in _rows(path, *columns):
            try:
                batch.append(await read(_whole(row), report))
            except (Unreadable, Invalid) as error:
                report.refused += 1
                note(refused, number, orjson.dumps(dict(row or {})).decode(), error)
            if len(batch) >= BATCH:
                await flush()
            progress.update(place - progress.n)
        if batch:
            await flush()
    keep(draft, refused_path, wanted=bool(report.refused))
    return report
