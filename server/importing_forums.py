"""``sinmungo import forums FILE.csv`` and ``sinmungo import submissions FILE.csv``: past forums and their submissions.

Every line is validated by a form. Valid lines are imported in batches, each in one transaction that also counts them
for the statistics; refused lines are written to a file next to the input, with reasons. Running it again creates no
duplicates.
"""

import contextlib
import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import chain
from pathlib import Path

import orjson

from forums.actions import importing
from forums.forms.importing import PastForum, PastSubmission
from server import importing_dates
from server.core import city, clock, encodings
from server.core.config import Settings
from server.importing import Report, Unreadable, load
from server.importing_dates import AUTO, Dates
from tracking.statistics import books
from tracking.statistics.actions import counting

BATCH = 300
MAX_FIELD = 200_000
"""In characters."""


def _columns(line: type[PastForum | PastSubmission]) -> frozenset[str]:
    return frozenset(field.name for field in line.fields())


FORUM_COLUMNS, SUBMISSION_COLUMNS = _columns(PastForum), _columns(PastSubmission)
FORUM_NEEDS = frozenset({"number", "kind", "title", "held_on"})
SUBMISSION_NEEDS = frozenset({"forum", "received_on"})
"""Required columns."""
FORUM_DAYS = ("held_on", "ended_on")
SUBMISSION_DAYS = ("received_on", "outcome_on", "study_until", "due_on", "done_on")
DELIMITERS = ",;\t"

Row = Mapping[str, str]


class WrongFile(ValueError):
    """The file is not a table of the expected form; the message says why."""


def _rows(
    path: Path, columns: frozenset[str], needs: frozenset[str], days: Sequence[str], dates: str, zone: tzinfo
) -> Iterator[tuple[int, Row | None, int]]:
    """The lines of a file, after checking that it is complete: a truncated file changes nothing.

    Its days become ``YYYY-MM-DD``; one that cannot be read as the file writes them stays as it is.
    """
    written = [row[day] for _n, row, _p in _read(path, columns, needs) if row for day in days if row.get(day)]
    found = importing_dates.agreed(written, dates, zone)
    return (
        (number, row and {name: _day(text, found) if name in days else text for name, text in row.items()}, place)
        for number, row, place in _read(path, columns, needs)
    )


def _day(text: str, dates: Dates) -> str:
    if dates.formats == ("iso",):
        return text
    with contextlib.suppress(ValueError):
        return str(dates.read(text).astimezone(dates.zone).date())
    return text


def _read(path: Path, columns: frozenset[str], needs: frozenset[str]) -> Iterator[tuple[int, Row | None, int]]:
    """Line number, columns (None for a line with too many or too few) and the file position after it.

    Empty lines, and empty columns behind the last name, are left out as spreadsheets leave them behind.
    """
    csv.field_size_limit(MAX_FIELD)
    place = 0

    def lines() -> Iterator[str]:
        nonlocal place
        for number, (line, place) in enumerate(encodings.lines(path), 1):  # noqa: B007 — place is told below
            if line is None:
                raise WrongFile(
                    f"Line {number} is no UTF-8. Please save the file as UTF-8; Excel calls it “CSV UTF-8”."
                )
            yield line

    every = lines()
    head = next(every, "")
    reader = csv.reader(chain([head], every), delimiter=_delimiter(head, columns), strict=True)
    try:
        names = _named(next(reader, []))
        _check_columns(names, columns, needs)
        for cells in reader:
            while len(cells) > len(names) and not cells[-1]:
                cells.pop()
            if any(cell.strip() for cell in cells):
                whole = len(cells) == len(names)
                yield reader.line_num, dict(zip(names, cells, strict=True)) if whole else None, place
    except csv.Error as error:
        raise WrongFile(f"Line {reader.line_num}: {error}.") from error


def _delimiter(head: str, columns: frozenset[str]) -> str:
    """The sign between the columns: the one between most of the known names."""
    return max(DELIMITERS, key=lambda sign: sum(name in columns for name in _named(head.strip().split(sign))))


def _named(cells: Sequence[str]) -> list[str]:
    """The names of the columns, without spaces around and in them, and without empty ones at the end."""
    names = ["_".join(cell.strip(' "').split()).lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _check_columns(names: Sequence[str], columns: frozenset[str], needs: frozenset[str]) -> None:
    if not names:
        raise WrongFile("The file is empty. Its first line names the columns.")
    for wrong, why in (
        ([name for name in names if name not in columns], "names columns that are not known"),
        ([name for name, times in Counter(names).items() if times > 1], "names columns twice"),
        (sorted(needs - set(names)), "lacks columns"),
    ):
        if wrong:
            named = ", ".join(map(repr, wrong))
            raise WrongFile(f"The first line {why}: {named}. Columns are separated by commas, semicolons or tabs.")


async def run_forums(settings: Settings, path: Path, refused: Path, dates: str = AUTO) -> Report:
    """Import forums. Raises ``WrongFile``."""
    known, today = await city.city(), clock.now().astimezone(settings.zone).date()

    async def read(row: Row | None, report: Report) -> PastForum:
        line = PastForum.past(_whole(row), known, today)
        if line.slug in report.seen:
            raise Unreadable(f"{line.slug} stands in an earlier line")
        report.seen.add(line.slug)
        return line

    async def take(lines: list[PastForum]) -> int:
        ids = await importing.take_forums(lines)
        await counting.recount(books.FORUMS, ids)
        return len(ids)

    lines = _rows(path, FORUM_COLUMNS, FORUM_NEEDS, FORUM_DAYS, dates, settings.zone)
    return await load(path, lines, refused, read, take, batch=BATCH)


async def run_submissions(settings: Settings, path: Path, refused: Path, dates: str = AUTO) -> Report:
    """Import submissions. Raises ``WrongFile``."""
    known, today = await city.city(), clock.now().astimezone(settings.zone).date()
    forums: dict[str, int] = {}

    async def read(row: Row | None, report: Report) -> importing.Line:
        row = _whole(row)
        line = PastSubmission.past(row, known, today)
        if line.forum not in forums:
            forums.update(await importing.forum_ids([line.forum]))
        if line.forum not in forums:
            raise Unreadable(f"there is no forum {line.forum!r}")
        if line.promised and line.department_id is None:
            raise Unreadable("a commitment needs a department")
        key = f"number:{line.number}" if line.number else f"content:{_digest(row)}"
        if key in report.seen:
            raise Unreadable("the same stands in an earlier line")
        if line.number and not await importing.known_keys([key]) and await importing.taken_numbers([line.number]):
            raise Unreadable(f"the number {line.number} is taken")
        report.seen.add(key)
        return key, line

    async def take(lines: list[importing.Line]) -> int:
        ids = await importing.take_submissions(lines, forums)
        await counting.recount(books.SUBMISSIONS, ids)
        return len(ids)

    lines = _rows(path, SUBMISSION_COLUMNS, SUBMISSION_NEEDS, SUBMISSION_DAYS, dates, settings.zone)
    return await load(path, lines, refused, read, take, batch=BATCH)


def _whole(row: Row | None) -> Row:
    if row is None:
        raise Unreadable("not as many columns as the first line names")
    return row


def _digest(row: Row) -> str:
    return hashlib.sha256(orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS)).hexdigest()
