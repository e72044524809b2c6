"""Handled cases from which routing learns, written straight into the tables."""

import orjson
import pytest

from petitions.models import Case
from petitions.states import State
from server.core import aside, clock, database
from server.core.accounts import Department
from server.core.classifier import learning
from tests.support.complaints import complaints

OF = {"roads": "roads", "parks": "parks", "waste": "tax", "transit": "global"}
"""The department of the tests' city for each label of a complaint."""


async def handled(each: int, seed: int = 1) -> list[int]:
    """So many accepted cases of each department, which routing had proposed; their ids."""
    ids = {row.code: row.id for row in await Department.all()}
    texts, labels = complaints(each, seed)
    now = clock.now()
    rows = await database.insert_models(
        Case,
        [
            {
                "reference": f"T{seed:02}-{n:08}", "key_hash": "", "kind": "other", "title": text[:30], "body": text,
                "channel": "web", "status": State.ACCEPTED, "department_id": ids[OF[label]],
                "routing": {"chosen": ids[OF[label]]}, "received_at": now, "clock_started_at": now,
            }
            for n, (text, label) in enumerate(zip(texts, labels, strict=True))
        ],
        returning="id",
    )  # fmt: skip
    return [row["id"] for row in rows]


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learning takes place in the test's own process, where scikit-learn is loaded once."""

    async def run(_module: str, given: bytes) -> bytes:
        return orjson.dumps(learning._learn(orjson.loads(given)))

    monkeypatch.setattr(aside, "run", run)
