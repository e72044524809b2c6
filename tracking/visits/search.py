"""What can be found of visits: the offices with their hours, and what can be done at their counters and needs what.

Both are kept in three languages, and are a document in each.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.core import city, database, i18n, search
from server.core.search import Batch, Document, Kind, translated
from tracking.visits.labels import WEEKDAYS
from tracking.visits.queries import papers

_DAYS = tuple(WEEKDAYS.values())


async def refresh(kind: Kind, *numbers: int) -> None:
    """Index what is stored of offices or services now, by the ids of their rows."""
    await search.refresh(kind, *(each for number in numbers for each in translated(number).values()))


async def _offices(wanted: Batch) -> Sequence[Document]:
    hours = defaultdict[int, list[Any]](list)
    for row in await database.fetch("SELECT * FROM office_hours ORDER BY office_id, weekday"):
        hours[row["office_id"]].append(row)
    rows = await database.fetch("SELECT * FROM office WHERE active = ?", True)
    return wanted.of(document for row in rows for document in _office(row, hours[row["id"]]))


def _office(row: Mapping[str, Any], hours: Sequence[Any]) -> Iterator[Document]:
    for language, number in translated(row["id"]).items():
        week = " · ".join(f"{i18n.translate(language, _DAYS[each['weekday']])} {_times(each)}" for each in hours)
        texts = (_text(row, name, language) for name in ("address", "directions", "reception"))
        if name := city.names(row)[language]:
            yield Document(
                OFFICE, number, name, "\n".join(filter(None, (week, *texts, row["phone"]))),
                path=f"/offices/{row['code']}", district=row["district"], language=language,
            )  # fmt: skip


def _text(row: Mapping[str, Any], name: str, language: str) -> str:
    return str(row[name if language == "ko" else f"{name}_{language}"])


def _times(row: Mapping[str, Any]) -> str:
    whole = f"{row['opens']}–{row['closes']}"
    return f"{whole} ({row['lunch_starts']}–{row['lunch_ends']} ×)" if row["lunch_starts"] else whole


async def _services(wanted: Batch) -> Sequence[Document]:
    rows = await database.fetch("SELECT * FROM counter_service WHERE active = ?", True)
    return wanted.of(document for row in rows for document in _service(row))


def _service(row: Mapping[str, Any]) -> Iterator[Document]:
    for language, number in translated(row["id"]).items():
        names = (papers.named(one).in_language(language) for one in database.document(row["documents"]))
        body = "\n".join(filter(None, (", ".join(names), _text(row, "elsewhere", language))))
        if name := city.names(row)[language]:
            yield Document(
                SERVICE, number, name, body, path=f"/services/{row['statutory'] or row['code']}", language=language,
            )  # fmt: skip


OFFICE = Kind("office", 8, _offices)
"""Offices: name, hours, address, directions, telephone number."""
SERVICE = Kind("counter_service", 9, _services)
"""Services at counters: name, what has to be brought and when, what is done elsewhere."""
KINDS = (OFFICE, SERVICE)
