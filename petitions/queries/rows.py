"""A case as a list shows it: a small row, read without the ORM, because a page of the desk holds fifty of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from operator import itemgetter
from typing import Any

from petitions.rights import CASE_SUBJECT
from petitions.standing import Standing
from petitions.states import PASSED_BY
from server.core import ledger
from server.core.rows import Local, columns, read


@dataclass(frozen=True, slots=True)
class Row(Standing):
    """A case as a list shows it; its deadline in words is computed from it as well."""

    id: int
    version: int
    service_code: str
    language: str
    department_id: int | None
    district: str
    routing: Mapping[str, Any]
    reopened: int
    passed_at: Local | None
    """When a case without a handler reached its department."""
    petitioner: str
    handler_id: int | None
    handler: str
    waiting: int
    """The number of open consultations (협조, Act 20)."""
    part_due: Local | None
    """When the reply of the reader's own department is due; None if it owes none."""
    dates: tuple[object, ...]
    """All that its deadlines and duties depend on, as the database has it: alike for rows with the same."""


_BESIDE = dict.fromkeys(("version", "passed_at", "petitioner", "handler", "waiting", "part_due", "dates"), "")
_dates = itemgetter(
    *(each.name for each in fields(Standing) if each.name not in {"reference", "title"}),
    *("passed_at", "waiting", "part_due"),
)
COLUMNS = columns(Row, "c", routing="CASE WHEN c.status = 'received' THEN c.routing END", **_BESIDE)
"""The columns of ``petition_case c`` that a row needs; the routing only until the case is accepted."""


def read_rows(found: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows as they were read."""
    return [read(Row, {**row, "dates": _dates(row)}) for row in found]


PASSED = (
    "CASE WHEN c.status = 'accepted' THEN "
    + ledger.last_of("occurred_at", CASE_SUBJECT, ", ".join(f"'{kind}'" for kind in PASSED_BY))
    + " END AS passed_at"
)
