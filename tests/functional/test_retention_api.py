"""What is older than its period goes, by kind; what is open, younger or counted stays."""

import asyncio
from datetime import timedelta
from typing import Any

from server import check, retention
from server.core import clock, database
from tests.functional.test_api_attachments import PNG, files
from tests.support.command import sinmungo
from tests.support.system import System
from tests.support.visits import an_office, at, contact, wish
from tracking.visits.actions import booking

KIM = {"name": "김민수", "email": "kim@example.org", "phone": "010-1234-5678"}


async def ended(system: System, years: float, title: str) -> str:
    """A case that was withdrawn so many years ago, with a file."""
    receipt = await system.file(title=title, petitioner=KIM)
    citizen = system.visitor(**{"x-access-key": receipt["access_key"]})
    case = f"/api/v1/cases/{receipt['reference']}"
    content = PNG + title.encode()
    assert (await citizen.post(f"{case}/attachments", files=files(content))).status_code == 201
    assert (await citizen.post(f"{case}/withdrawal", json={})).status_code in {200, 201}
    sql = "UPDATE petition_case SET closed_at = ? WHERE reference = ?"
    await database.execute(sql, clock.now() - timedelta(days=365 * years), receipt["reference"])
    return str(receipt["reference"])


async def said(reference: str) -> tuple[str, str, int]:
    row: Any = await database.fetch_one(
        "SELECT c.title, p.email, (SELECT COUNT(*) FROM attachment a WHERE a.case_id = c.id) AS files "
        "FROM petition_case c JOIN petitioner p ON p.case_id = c.id WHERE c.reference = ?",
        reference,
    )
    return row["title"], row["email"], row["files"]


async def test_old_contacts_then_old_records_go_and_the_open_and_young_stay(system: System) -> None:
    await an_office({"1": ["passport"]})
    visit = await booking.book_now(await wish(start="09:00"), contact("lee"))
    oldest, old = await ended(system, 11, "가장 오래된 민원"), await ended(system, 4, "오래된 민원")
    young = await ended(system, 1, "최근 민원")
    still = (await system.file(title="처리 중", petitioner=KIM))["reference"]
    await database.execute("UPDATE petition_case SET received_at = ? WHERE reference = ?", at("09:00"), still)
    async for _repaired in check.problems(system.settings):
        pass
    with clock.at(at("09:00") + timedelta(days=2)):
        preview = await asyncio.to_thread(sinmungo, system.settings, "retention", "--dry-run")
        counts = [line.rpartition(": ")[2] for line in preview.output.splitlines()]
        assert counts == ["2 would be erased", "1 would be erased", "0 would be erased"], preview.output
        assert await said(oldest) == ("가장 오래된 민원", "kim@example.org", 1)
        done = await asyncio.to_thread(sinmungo, system.settings, "retention")
        assert [line.rpartition(": ")[2] for line in done.output.splitlines()] == ["2 erased", "1 erased", "0 erased"]
        assert await said(oldest) == ("—", "", 0)
        assert await said(old) == ("오래된 민원", "", 1)
        assert await said(young) == ("최근 민원", "kim@example.org", 1)
        assert await said(still) == ("처리 중", "kim@example.org", 0)
        again = await retention.apply(system.settings, dry_run=True)
        assert [count for _kind, _before, count in again] == [0, 0, 0]
    with clock.at(at("09:00") + timedelta(days=400)):
        await retention.apply(system.settings, dry_run=False)
        row: Any = await database.fetch_one("SELECT name, email, household FROM visit WHERE number = ?", visit.number)
        assert dict(row) == {"name": "", "email": "", "household": ""}
        assert [problem async for problem in check.problems(system.settings)] == []
    assert len([path for path in (system.settings.data_dir / "files").rglob("*") if len(path.name) == 64]) == 2
