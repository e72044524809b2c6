"""Compares an export line by line with the records: figures alone would not reveal a changed date."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, TextIO

from forums.queries import figures
from server.core.city import City
from tracking.statistics import verify_waiting
from tracking.statistics.books import forum_row, submission_row, ticket_row
from tracking.statistics.small_groups import publish
from tracking.statistics.verify import COLUMNS, FORUM_COLUMNS, Unreadable, lines
from tracking.statistics.verify_waiting import lines_of
from tracking.visits.queries import ticket_figures

BLOCK = 1_000
"""Lines compared at once."""
Lines = Sequence[tuple[int, Mapping[str, str]]]


def _blocks(stream: TextIO, columns: Sequence[str]) -> Iterator[Lines]:
    rows = lines(stream, columns)
    while block := list(islice(rows, BLOCK)):
        yield block


def _export_line(row: Mapping[str, Any], slug: str, reference_data: City) -> dict[str, str]:
    """A record as its line of the export."""
    department = reference_data.departments.get(row["department_id"])
    said = {**row, "submission": row.get("number"), "forum": slug, "department": department.code if department else ""}
    return {name: str(value if value is not None else "") for name, value in said.items()}


def _differences(block: Lines, key: str, records: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for number, row in block:
        record = records.get(row[key])
        if record is None:
            yield f"line {number}: {row[key]} is not among the records that count"
            continue
        for name, value in row.items():
            if value != record[name]:
                yield f"line {number}: {row[key]} has {value!r} in {name}, the records say {record[name]!r}"


async def submissions(stream: TextIO, reference_data: City) -> AsyncIterator[str]:
    """A sentence for each value in an export of submissions that differs from the records. Raises ``Unreadable``."""
    for block in _blocks(stream, COLUMNS):
        found = [
            one for one in await figures.submissions("number", [row["submission"] for _n, row in block]) if one.counted
        ]
        slugs = {one.id: one.slug for one in await figures.forums("id", sorted({one.forum_id for one in found}))}
        records = {one.number: _export_line(submission_row(one), slugs[one.forum_id], reference_data) for one in found}
        for difference in _differences(block, "submission", records):
            yield difference


async def forums(stream: TextIO, reference_data: City) -> AsyncIterator[str]:
    """A sentence for each value in an export of forums that differs from the records. Raises ``Unreadable``."""
    for block in _blocks(stream, FORUM_COLUMNS):
        found = [one for one in await figures.forums("slug", [row["forum"] for _n, row in block]) if one.counted]
        records = {one.slug: _export_line(forum_row(one), one.slug, reference_data) for one in found}
        for difference in _differences(block, "forum", records):
            yield difference


async def tickets(stream: TextIO, _reference_data: City) -> AsyncIterator[str]:
    """A sentence for each line in an export of tickets that the records of its month lack. Raises ``Unreadable``.

    A month of an office is compared at once, because lines have no number.
    """
    seen: set[tuple[str, str]] = set()
    rows = lines(stream, verify_waiting.COLUMNS)
    for place, those in groupby(rows, lambda one: (one[1]["office"], one[1]["month"])):
        month = "/".join(place)
        left = Counter(await _tickets(*place))
        for number, row in those:
            if place in seen:
                raise Unreadable(f"line {number}: {month} stands in two places")
            if not left[line := tuple(row.values())]:
                yield f"line {number}: the records of {month} have no such ticket: {','.join(line)}"
            left[line] -= 1
        seen.add(place)


async def _tickets(office: str, month: str) -> list[tuple[str, ...]]:
    """The lines of the tickets of an office's closed days of a month."""
    own = [
        ticket_row(one)
        for number in await ticket_figures.closed_days(office, month)
        for one in await ticket_figures.tickets(await ticket_figures.of_day(number))
    ]
    return [tuple(line.values()) for row in publish(own) for line in lines_of(row, {row["department_id"]: office})]
