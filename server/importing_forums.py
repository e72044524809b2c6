"""``sinmungo import forums FILE.csv`` and ``sinmungo import submissions FILE.csv``: past forums and their submissions.

Every line is validated by a form. Valid lines are imported in batches, each in one transaction that also counts them
for the statistics; refused lines are written to a file next to the input, with reasons. Running it again creates no
duplicates.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from forums.actions import importing
from forums.forms.importing import PastForum, PastSubmission
from server.core import city, clock
from server.core.config import Settings
from server.importing import Report, Unreadable, load
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

Row = Mapping[str, str]


class WrongFile(ValueError):
    """The file is not a table of the expected form; the message says why."""


def _rows(path: Path, columns: frozenset[str], needs: frozenset[str]) -> Iterator[tuple[int, Row | None, int]]:
    """The lines of a file, after checking that it is complete: a truncated file changes nothing."""
    for _line in _read(path, columns, needs):
        pass
    return _read(path, columns, needs)


def _read(path: Path, columns: frozenset[str], needs: frozenset[str]) -> Iterator[tuple[int, Row | None, int]]:
    """Line number, columns (None for a line with too many or too few) and the file position after it."""
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
            named = ", ".join(map(repr, wrong))
            raise WrongFile(f"The first line {why}: {named}. Columns are separated by commas.")


async def run_forums(settings: Settings, path: Path, refused: Path) -> Report:
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

    lines = _rows(path, FORUM_COLUMNS, FORUM_NEEDS)
    return await load(path, lines, refused, read, take, batch=BATCH)


async def run_submissions(settings: Settings, path: Path, refused: Path) -> Report:
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

    lines = _rows(path, SUBMISSION_COLUMNS, SUBMISSION_NEEDS)
    return await load(path, lines, refused, read, take, batch=BATCH)


def _whole(row: Row | None) -> Row:
    if row is None:
        raise Unreadable("not as many columns as the first line names")
    return row


def _digest(row: Row) -> str:
    return hashlib.sha256(orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS)).hexdigest()
