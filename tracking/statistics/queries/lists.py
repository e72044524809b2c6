"""The single submissions behind the figures: page by page for people, line by line for the export.

The totals say in which months there is something under the filters, so that no list walks over empty stretches.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forums.queries import figures
from server.core import database
from server.core.fields import Input
from tracking.statistics import cells
from tracking.statistics.cells import ADOPTION, Filters
from tracking.statistics.rules import ADOPTED, OUTCOMES, Figures

PAGE = 30
BLOCK = 1_000
"""Lines of the export that are read at once."""
STAGES = ("considered", "adopted", "done", *(f"outcome-{name}" for name in OUTCOMES), "open")
_NEVER = (date(9999, 1, 1), 2**62)


@dataclass(frozen=True)
class Listed:
    """One submission as the list shows it."""

    number: str
    title: str
    forum: str
    forum_title: str
    """Its number once more where not everybody may read its title."""
    kind: str
    department_id: int
    district: str
    received_on: date
    outcome: str
    outcome_on: date | None
    done_on: date | None


_ROW = (
    "SELECT v.submission_id, v.number, v.forum_id, f.slug, v.kind, v.department_id, v.district, v.received_on, "
    "v.outcome, v.outcome_on, v.done_on "
    "FROM statistics_voice v LEFT JOIN statistics_forum f ON f.forum_id = v.forum_id WHERE v.counted = ?"
)


def _where(filters: Filters) -> tuple[str, list[object]]:
    pairs = (
        ("forum_id", filters.forum_id or None), ("kind", filters.kind or None),
        ("department_id", filters.department_id), ("district", filters.district),
    )  # fmt: skip
    chosen = [(name, value) for name, value in pairs if value is not None]
    return "".join(f" AND v.{name} = ?" for name, _value in chosen), [value for _name, value in chosen]


def _stage(stage: str) -> str:
    if stage == "considered":
        return " AND v.outcome <> ''"
    if stage == "adopted":
        return f" AND v.outcome IN ('{ADOPTED[0]}', '{ADOPTED[1]}')"
    if stage == "done":
        return " AND v.done_on IS NOT NULL"
    if stage == "open":
        return " AND v.outcome = ''"
    return f" AND v.outcome = '{stage.removeprefix('outcome-')}'" if stage in STAGES else ""


def _count(found: Figures, stage: str) -> int:
    """How many of a month's submissions are at a stage."""
    counts = {
        "": found.received, "considered": found.considered, "adopted": found.adopted_all, "done": found.done,
        "open": found.received - found.considered,
    }  # fmt: skip
    return counts[stage] if stage in counts else found.measures.get(stage.removeprefix("outcome-"), 0)


async def _months(filters: Filters, stage: str) -> dict[str, int]:
    """The months with something in them, and how much."""
    sums = await cells.totals(ADOPTION, filters, "month")
    return {f"m{month}": n for month, found in sums.items() if (n := _count(Figures(found), stage))}


async def page(filters: Filters, stage: str, before: str) -> tuple[list[Listed], str, int]:
    """A page of the list, the newest first, where the next one begins, and how many there are on all of them.

    Raises ``Invalid`` for no place of ours.
    """
    start = _cursor(before)
    months = await _months(filters, stage)
    left = sorted((month for month in months if month <= f"m{start[0].isoformat()[:7]}"), reverse=True)
    rows: list[Any] = []
    where, values = _where(filters)
    while left and len(rows) <= PAGE:
        taken, wanted = [left.pop(0)], PAGE + 1 - len(rows)
        while left and sum(months[month] for month in taken[1:]) < wanted:
            taken.append(left.pop(0))
        end = min(start, (_after(taken[0]), 0))  # where the stretch ends, or the index would be walked from its end
        found = await database.fetch(
            f"{_ROW}{where}{_stage(stage)} AND v.period IN ({', '.join('?' * len(taken))}) "
            "AND v.received_on >= ? AND (v.received_on, v.submission_id) < (?, ?) "
            f"ORDER BY v.received_on DESC, v.submission_id DESC LIMIT {wanted}",
            True, *values, *taken, date.fromisoformat(f"{taken[-1][1:]}-01"), *end,
        )  # fmt: skip
        rows += found
    titles = await figures.voice_titles([row["submission_id"] for row in rows[:PAGE]])
    forums = await figures.forum_titles(sorted({row["forum_id"] for row in rows[:PAGE]}))
    listed = [_listed(row, titles, forums) for row in rows[:PAGE]]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{database.day_or_none(last['received_on'])}.{last['submission_id']}" if last else ""
    return listed, following, sum(months.values())


def _after(month: str) -> date:
    """The day after a month."""
    year, number = int(month[1:5]), int(month[6:8])
    return date(year + number // 12, number % 12 + 1, 1)


def _listed(row: Any, titles: Mapping[int, str], forums: Mapping[int, str]) -> Listed:
    received = database.day_or_none(row["received_on"])
    assert received is not None  # noqa: S101 — what is counted was received
    return Listed(
        row["number"], titles.get(row["submission_id"], row["number"]), row["slug"] or "",
        forums.get(row["forum_id"], row["slug"] or ""), row["kind"], row["department_id"], row["district"], received,
        row["outcome"], database.day_or_none(row["outcome_on"]), database.day_or_none(row["done_on"]),
    )  # fmt: skip


def _cursor(text: str) -> tuple[date, int]:
    if not text:
        return _NEVER
    day, _dot, number = text.partition(".")
    data = Input({"before": day, "number": number})
    found, place = data.day("before", required=True), data.integer("number", low=0, high=10**12 - 1, required=True)
    data.done()
    return found or _NEVER[0], place or 0


async def export(filters: Filters, known: Mapping[int, str]) -> AsyncIterator[list[tuple[str, ...]]]:
    """Every counted submission under filters, oldest first, in blocks. ``known``: codes of departments.

    Each block is a short read of its own: a million lines hold nobody up.
    """
    where, values = _where(filters)
    for month in sorted(await _months(filters, "")):
        place: tuple[date, int] = (date.fromisoformat(f"{month[1:]}-01"), 0)
        while True:
            rows = await database.fetch(
                f"{_ROW}{where} AND v.received_on < ? AND (v.received_on, v.submission_id) > (?, ?) "
                f"ORDER BY v.received_on, v.submission_id LIMIT {BLOCK}",
                True, *values, _after(month), *place,
            )  # fmt: skip
            if rows:
                yield [_line(row, known) for row in rows]
            if len(rows) < BLOCK:
                break
            last = database.day_or_none(rows[-1]["received_on"])
            assert last is not None  # noqa: S101 — what is counted was received
            place = last, rows[-1]["submission_id"]


def _line(row: Any, known: Mapping[int, str]) -> tuple[str, ...]:
    return (
        row["number"], row["slug"] or "", row["kind"], known.get(row["department_id"], ""), row["district"],
        str(row["received_on"]), row["outcome"], str(row["outcome_on"] or ""), str(row["done_on"] or ""),
    )  # fmt: skip


async def export_forums(known: Mapping[int, str]) -> AsyncIterator[list[tuple[str, ...]]]:
    """Every forum that was held, the oldest first."""
    after = 0
    while True:
        rows = await database.fetch(
            "SELECT forum_id, slug, kind, department_id, district, held_on, participants FROM statistics_forum "
            f"WHERE forum_id > ? AND counted = ? ORDER BY forum_id LIMIT {BLOCK}",
            after, True,
        )  # fmt: skip
        if rows:
            yield [
                (row["slug"], row["kind"], known.get(row["department_id"], ""), row["district"], str(row["held_on"]),
                 str(row["participants"]))
                for row in rows
            ]  # fmt: skip
        if len(rows) < BLOCK:
            return
        after = rows[-1]["forum_id"]
