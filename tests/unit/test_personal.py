"""Every column that can hold words is known to ``erase person``: erased, deleted with its row, or naming nobody."""

import importlib
import re
from collections import defaultdict

from tortoise import fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from server import persons, wiring
from server.core.config import Settings
from server.core.database import config
from server.core.personal import DELETED

NAME_NOBODY = frozenset({
    # What the city says of itself, its officials and its offices.
    "account", "absence", "commitment", "commitment_step", "counter", "counter_ability", "counter_service",
    "counter_sitting", "department", "device", "district", "district_change", "emergency_call", "forum_numbering",
    "forum_session", "holiday", "landmark", "local_hours", "office", "office_day", "office_hours", "office_opening",
    "reply_template", "routing_rule", "routing_threshold", "saved_view", "service", "shift", "ticket_series",
    # Times, numbers and ids.
    "booking_calendar", "booking_claim", "booking_slot", "booking_time", "consultation", "crowding_model", "forum_news",
    "freed_time", "ledger_event", "ledger_head", "moderation_day", "number_block", "participation", "queue_day",
    "routing_example", "series_day", "support", "text_event", "ticket_call", "ticket_matter", "visit_matter",
    "visitor_count", "wait_estimate",
    # Keyed hashes that are swept after hours or days; the job table and kept forms are emptied by functions of theirs.
    "attempt", "idempotency_answer", "text_count", "job", "kept_form",
})  # fmt: skip
STAYS = {
    "petition_case": {"reference", "kind", "service_code", "language", "channel", "district", "unit", "extensions",
                      "pauses", "supplement_undelivered", "investigation", "import_key"},
    "petitioner": {"language"},
    "answer": {"decision"},
    "submission": {"number", "channel", "stance", "language", "district", "visibility", "outcome", "outcome_text",
                   "link", "moved_to", "petition", "import_key"},
    "comment": {"stance", "visibility"},
    "forum": {"slug", "kind", "language", "district", "moderation", "visibility", "link", "chapters", "minutes",
              "from_petition", "import_key"},
    "forum_words": {"subject"},
    "report": {"subject", "reporter", "rule"},
    "review": {"subject", "why", "rule"},
    "participant": {"language", "age_band", "district"},
    "booking": {"code"},
    "visit": {"number", "language", "case_reference"},
    "visit_document": {"code"},
    "visit_request": {"case_reference", "services", "times"},
    "no_show": {"calls"},
    "ticket": {"number", "code", "language", "case_reference", "press_id"},
    "visitor_pass": {"number", "in_use"},
}  # fmt: skip
"""Columns of rows that stay: codes, numbers, the city's own words, and what statistics count."""


def models() -> dict[str, type[Model]]:
    found = {}
    for app in config(Settings(), wiring.APPS)["apps"].values():
        for module in app["models"]:
            for one in vars(importlib.import_module(module)).values():
                if isinstance(one, type) and issubclass(one, Model) and one._meta.db_table:
                    found[one._meta.db_table] = one
    return found


def wordy(model: type[Model]) -> set[str]:
    """The columns that can hold words."""
    kinds = (fields.CharField, fields.TextField, fields.JSONField, fields.BinaryField)
    return {
        name
        for name, each in model._meta.fields_map.items()
        if isinstance(each, kinds) and not isinstance(each, CharEnumFieldInstance)
    }


def test_every_column_with_words_is_erased_or_said_to_name_nobody() -> None:
    erased = defaultdict[str, set[str]](set)
    deleted = set()
    for held in (held for room in persons.ROOMS for held in room.held):
        if held.erase == DELETED:
            deleted.add(held.table)
        erased[held.table] |= set(re.findall(r"(\w+) = ", held.erase))
    known = models()
    tables = {name for name in known if not name.startswith("statistics_")}
    assert len(tables) > 80, "tables are found"
    assert tables - erased.keys() - NAME_NOBODY == set(), "a new table: does it say anything about a person?"
    assert (erased.keys() | NAME_NOBODY) - tables == set()
    left = {
        table: words
        for table in erased.keys() - deleted - NAME_NOBODY
        if (words := wordy(known[table]) - erased[table] - STAYS.get(table, set()))
    }
    assert left == {}, "a new column: is it erased?"
