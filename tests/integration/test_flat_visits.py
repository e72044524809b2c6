"""What is done with visits every day reads the same few rows by an index, however many visits there ever were."""

import re

import pytest

from tests.integration.test_flat import plan, reads
from tests.support.many_visits import A_DAY, UNITS, fill, things_done
from tests.support.system import System
from tracking.visits.actions import reminding

VISITS = 8_000
LONG = re.compile(r"\b(visit|visit_matter|booking_claim|booking_time|freed_time|ledger)\b")
LONG_NAMES = {"v", "visit", "m", "visit_matter", "booking_claim", "booking_time", "freed_time", "ledger"}
STEPS = A_DAY + 3 * UNITS
MOST_ROWS = {
    "week grid, read anew": 7 * STEPS, "week grid, kept": 7, "next free time of a month": 30 * STEPS,
    "book": STEPS, "book and cancel": STEPS, "day list of the office": STEPS, "visits of a household": 50,
    "expire holds": 0, "return freed time": 0, "remind": 500, "search in all offices": 202, "search in vain": 1,
}  # fmt: skip

IN_ORDER = {"search in all offices", "search in vain"}
"""What reads the visits of all offices in the order of their time, by the index that has it."""


async def test_daily_work_among_many_visits(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    east = await fill(VISITS)
    await reminding.remind()  # those of the next day, which have just come due
    for name, act in (await things_done(east)).items():
        with reads(monkeypatch) as seen:
            await act()
        long = [(sql, values, rows) for sql, values, rows in seen if LONG.search(sql)]
        assert max((rows for _sql, _values, rows in long), default=0) <= MOST_ROWS[name], name
        assert len(long) <= 40, (name, len(long))
        for sql, values, _rows in long:
            found = await plan(sql, values)
            scans = [each for pair in re.findall(r"SCAN (\w+)|Seq Scan on (\w+)", found) for each in pair if each]
            for _read in re.findall("CO-ROUTINE v|MATERIALIZE v", found):  # a page's rows, read by an index already
                scans.remove("v")
            assert not LONG_NAMES.intersection(scans), (name, sql, found)
            if name in IN_ORDER and "v.date >= " in sql.replace("$", "?"):
                assert "visit_day" in found, ("not read in the order of time", name, sql, found)
