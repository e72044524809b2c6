"""A case as a list shows it: a small tuple, read without the ORM, because a page of the desk holds fifty of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from petitions.states import State
from server.core import config, database


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the list shows it; also what its clock is read from."""

    id: int
    reference: str
    version: int
    title: str
    kind: str
    service_code: str
    language: str
    channel: str
    status: State
    department_id: int | None
    district: str
    routing: Mapping[str, Any]
    received_at: datetime
    unit: str
    amount: int
    due_at: datetime | None
    supplement_until: date | None
    answered_at: datetime | None
    closed_at: datetime | None
    reopened: int
    interim_on: date | None
    objection_due_at: datetime | None
    passed_at: datetime | None
    """When a case that nobody handles yet came to its department."""
    petitioner: str
    handler_id: int | None
    handler: str
    waiting: int
    """How many departments owe their part (협조, Act 20)."""
    part_due: datetime | None
    """When the part is due that the reader's own department owes; None where it owes none."""


COLUMNS = (
    "c.id, c.reference, c.title, c.kind, c.service_code, c.language, c.channel, c.status, c.department_id, c.district, "
    "CASE WHEN c.status = 'received' THEN c.routing END AS routing, c.received_at, c.unit, c.amount, c.due_at, "
    "c.supplement_until, c.answered_at, c.closed_at, c.reopened, c.interim_on, c.objection_due_at, c.handler_id"
)
"""The columns of ``petition_case c`` that a row needs; the routing only where it is still to be decided on."""
PASSED = (
    "CASE WHEN c.status = 'accepted' THEN (SELECT MAX(e.occurred_at) FROM ledger_event e "
    "WHERE e.subject = 'case/' || c.reference AND e.kind IN ('case.accepted', 'case.transferred')) END AS passed_at"
)


def read_row(row: Any) -> Row:
    """A raw row with ``COLUMNS``, ``PASSED``, ``petitioner``, ``handler``, ``version``, ``waiting``, ``part_due``."""
    zone = config.settings().zone

    def here(value: Any) -> Any:
        moment = database.moment_or_none(value)
        return moment.astimezone(zone) if moment else None

    return Row(
        row["id"], row["reference"], row["version"], row["title"], row["kind"], row["service_code"], row["language"],
        row["channel"], State(row["status"]), row["department_id"], row["district"],
        database.document(row["routing"]) or {}, here(row["received_at"]), row["unit"], row["amount"],
        here(row["due_at"]), database.day_or_none(row["supplement_until"]), here(row["answered_at"]),
        here(row["closed_at"]), row["reopened"], database.day_or_none(row["interim_on"]),
        here(row["objection_due_at"]), here(row["passed_at"]), row["petitioner"], row["handler_id"],
        row["handler"] or "", row["waiting"], here(row["part_due"]),
    )  # fmt: skip
