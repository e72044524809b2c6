"""The demonstration city as ``make run`` makes it: by the command, through the real actions, once."""

import subprocess
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from forums.players import player
from forums.states import CommitmentState
from petitions.states import State
from server import wiring
from server.core import clock, database
from server.core.accounts import Role
from server.core.config import Settings
from server.core.days import today
from server.core.files import Store
from tests.support.live import command, environment
from tests.support.postgres import Engine, NewDatabase
from tests.support.system import SECRET, opened
from tracking.visits.actions import rebuilding, taking
from tracking.visits.queries import grid, offices, planning
from tracking.visits.rules import Mark
from tracking.visits.states import Channel


def sinmungo(settings: Settings, *arguments: str) -> str:
    done = subprocess.run(command(*arguments), env=environment(settings), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_a_newcomer_finds_a_city_with_cases_in_every_state(
    engine: Engine, new_database: NewDatabase, tmp_path: Path
) -> None:
    settings = Settings(database_url=new_database(engine), secret_key=SECRET, data_dir=tmp_path / "data")
    sinmungo(settings, "migrate")
    sinmungo(settings, "seed", "--demo", "--if-empty")
    sinmungo(settings, "seed", "--demo", "--if-empty")
    assert sinmungo(settings, "check") == "Everything is in order.\n"
    await database.connect(settings, wiring.APPS)
    try:
        counted = await database.fetch("SELECT status, COUNT(*) AS n FROM petition_case GROUP BY status")
        roles = await database.fetch("SELECT DISTINCT role FROM account WHERE demo = ? AND active = ?", True, True)
        devices = await database.column("SELECT kind FROM device WHERE token_hash IS NOT NULL ORDER BY kind")
        afar = await database.column("SELECT code FROM counter_service WHERE by_video = ? AND by_phone = ?", True, True)
    finally:
        await database.close()
    assert devices == ["display", "display", "kiosk", "kiosk"]
    assert afar == ["guide-consultation"]
    assert {row["status"] for row in counted} == set(State)
    assert 290 <= sum(row["n"] for row in counted) <= 320
    assert {row["role"] for row in roles} == set(Role)
    await two_years_of_forums_add_up(settings, tmp_path)
    await much_went_on_in_them(settings)


async def two_years_of_forums_add_up(settings: Settings, folder: Path) -> None:
    async with opened(settings) as system:
        for name in ("adoption.csv", "forums.csv"):
            (folder / name).write_bytes((await system.client.get(f"/api/v1/statistics/{name}")).content)
        figures = (await system.client.get("/api/v1/statistics/adoption")).json()
        listed = (await system.client.get("/forums?tab=over")).text
    assert "지난해 약속을 돌아봅니다" in listed
    for table in figures["people"].values():
        assert table["total"] > 100
        assert all(cell["people"] for cell in table["of"])
    assert {"listening", "field_office", "speakers_corner", "discussion"} <= {
        each["kind"] for each in figures["by"]["kind"]
    }
    assert len(figures["by"]["year"]) >= 2
    total = figures["total"]
    assert 400 < total["received"] >= total["considered"] >= total["adopted"] >= total["done"] > 100
    said = sinmungo(
        settings, "statistics", "verify", str(folder / "adoption.csv"), "--forums", str(folder / "forums.csv")
    )
    assert said.startswith(f"{total['received']} submissions: every published figure")


async def much_went_on_in_them(settings: Settings) -> None:
    await database.connect(settings, wiring.APPS)
    try:
        await commitments_stand_everywhere_and_few_are_late()
        await people_came_spoke_and_were_heard()
        await what_remains_can_be_seen_again(settings)
        await offices_can_be_booked_and_have_been()
    finally:
        await database.close()


async def rows(sql: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in await database.fetch(sql, *values)]


async def commitments_stand_everywhere_and_few_are_late() -> None:
    day = today()
    commitments = await rows(
        "SELECT c.status, c.open, c.due_on, c.owner_id, c.budget, c.evidence, c.done_on, c.created_at, "
        "(SELECT COUNT(*) FROM commitment_step s WHERE s.commitment_id = c.id) AS steps FROM commitment c"
    )
    assert {each["status"] for each in commitments} == set(CommitmentState)
    standing = [each for each in commitments if each["open"]]
    late = [each for each in standing if date.fromisoformat(str(each["due_on"])) < day]
    assert 1 <= len(late) <= 7
    assert all(each["owner_id"] and each["steps"] for each in standing)
    assert sum(bool(each["budget"]) for each in standing) > len(standing) / 2
    assert all(each["evidence"] for each in commitments if each["status"] == "done")
    studies = [
        date.fromisoformat(str(each["study_until"])) < day
        for each in await rows("SELECT study_until FROM submission WHERE outcome = 'under_study'")
    ]
    assert 0 < sum(studies) * 3 < len(studies)


async def people_came_spoke_and_were_heard() -> None:
    held = await rows(
        "SELECT s.kind, b.attended, s.link, s.transcript FROM forum_session s "
        "JOIN booking_slot b ON b.id = s.slot_id WHERE s.starts_at < ?",
        clock.now(),
    )
    assert {each["kind"] for each in held} == {"sitting", "visit", "slot", "walk_in"}
    assert sum(each["attended"] for each in held) > 2000
    assert sum(bool(each["link"] and each["transcript"]) for each in held) == 24
    comments = await rows("SELECT author, text, parent_id, created_at FROM comment")
    assert len({each["text"] for each in comments}) == len(comments) > 140
    assert sum(bool(each["parent_id"]) for each in comments) > 70
    assert len({database.moment(each["created_at"]).year for each in comments}) >= 2
    (counted,) = await rows(
        "SELECT (SELECT COUNT(*) FROM support) AS supports, "
        "(SELECT COUNT(*) FROM booking WHERE status = 'attended') AS checked_in, "
        "(SELECT COUNT(*) FROM submission WHERE visibility = 'hidden') AS hidden, "
        "(SELECT COUNT(*) FROM review WHERE appealed_at IS NOT NULL) AS appeals, "
        "(SELECT COUNT(*) FROM submission WHERE merged_into_id IS NOT NULL) AS joined, "
        "(SELECT COUNT(*) FROM submission s JOIN petition_case c ON c.reference = s.petition "
        "WHERE s.moved_to = c.reference) AS to_petitions, "
        "(SELECT COUNT(*) FROM forum f JOIN petition_case c ON c.reference = f.from_petition) AS from_petitions"
    )
    assert counted["supports"] > 500
    assert counted["checked_in"] >= 60
    known = {name: counted[name] for name in ("hidden", "appeals", "joined", "to_petitions", "from_petitions")}
    assert known == {"hidden": 2, "appeals": 2, "joined": 4, "to_petitions": 1, "from_petitions": 1}


async def what_remains_can_be_seen_again(settings: Settings) -> None:
    shown = await rows("SELECT link, chapters FROM forum WHERE kind = 'broadcast' AND status = 'closed'")
    assert len(shown) == 12
    assert all(player(each["link"]) and len(database.document(each["chapters"])) >= 4 for each in shown)
    files = await rows("SELECT subject, hash, media_type FROM forum_file")
    assert {each["subject"].partition("-")[0] for each in files} >= {"forum/listening", "forum/notice"}
    store = Store(settings.data_dir / "files")
    assert len(files) >= 18
    assert all(store.path(each["hash"]).exists() for each in files)


async def offices_can_be_booked_and_have_been() -> None:
    counters = await rows("SELECT o.code, c.floor FROM counter c JOIN office o ON o.id = c.office_id")
    assert len(counters) == 8
    assert {row["code"] for row in counters} == {"hanbit", "naru"}
    assert {row["floor"] for row in counters} == {1, 2, 3}
    services = await rows("SELECT * FROM counter_service")
    services = [row for row in services if row["code"] != planning.ACCOMPANIMENT]
    assert len(services) == 12
    assert all(row[name] for row in services for name in ("name", "name_ja", "name_en", "class_code"))
    texts = [row[name] for row in services for name in ("elsewhere", "elsewhere_ja", "elsewhere_en")]
    for name in ("address", "directions", "reception"):
        texts += [row[name + suffix] for row in await rows("SELECT * FROM office") for suffix in ("", "_ja", "_en")]
    assert sum(map(bool, texts)) == 4 * 3 + 2 * 9, "four services do something elsewhere; both offices say it all"
    assert [row["code"] for row in services if not row["bookable"]] == ["certificate"]
    assert [row["code"] for row in services if row["places"] > 1] == ["tour"]
    openings = {row["kind"] for row in await rows("SELECT kind FROM office_opening")}
    assert openings == {"open", "closed", "maintenance"}
    visits = await rows("SELECT * FROM visit")
    assert {row["state"] for row in visits} == {"booked", "cancelled", "served", "missed"}
    assert all(row["state"] != "booked" for row in visits if date.fromisoformat(str(row["date"])) < today())
    (restricted,) = await rows("SELECT state, appeal, ends_at FROM visit_restriction")
    assert restricted["state"] == "appealed"
    assert restricted["appeal"]
    assert database.moment(restricted["ends_at"]) > clock.now()
    assert [row["state"] for row in await rows("SELECT state FROM visit_waiting")] == ["waiting"]
    assert any(row["unplaced_since"] for row in visits)
    coming = [row for row in visits if row["state"] == "booked" and database.moment(row["starts_at"]) > clock.now()]
    assert sum(bool(row["guide_id"]) for row in coming) == 1
    assert len(coming) > 100
    assert {row["channel"] for row in coming} == {"online", "phone", "desk"}
    assert len({row["language"] for row in coming}) == 3
    assert 3 <= sum(bool(row["case_reference"]) for row in coming) <= 8
    documents = {row["state"] for row in await rows("SELECT state FROM visit_document")}
    assert documents == {"handed_in", "fine", "incomplete", "original"}
    for office in await rows("SELECT * FROM office"):
        counted = await rows(
            "SELECT MIN(date) AS first, MAX(date) AS last FROM visitor_count WHERE office_id = ?", office["id"]
        )
        assert (today() - date.fromisoformat(str(counted[0]["first"]))).days > 720
        assert (today() - date.fromisoformat(str(counted[0]["last"]))).days < 8
        reviewed = await rows("SELECT quality FROM crowding_model WHERE office_id = ?", office["id"])
        assert 60 <= database.document(reviewed[0]["quality"])["inside"] <= 95
        errand = await taking.errand(office["code"], ["moving"], Channel.ONLINE)
        week = await grid.days(errand, [today() + timedelta(days=n) for n in range(1, 31)])
        free = [slot for day in week for slot in day.slots if slot.left]
        assert len(free) > 100
        await every_mark_is_to_be_seen(office["code"])
    with clock.at(clock.now() + timedelta(weeks=10)):  # seeded long ago, and kept supplied every night
        offices.forget()
        assert await rebuilding.keep_supplied() > 40
        for code in ("hanbit", "naru"):
            errand = await taking.errand(code, ["moving"], Channel.ONLINE)
            later = await grid.days(errand, [today() + timedelta(days=n) for n in range(1, 31)])
            assert sum(slot.left > 0 for day in later for slot in day.slots) > 500


async def every_mark_is_to_be_seen(office: str) -> None:
    for service in ("moving", "tax"):
        errand = await taking.errand(office, [service], Channel.ONLINE)
        days = await grid.days(errand, [today() + timedelta(days=n) for n in range(1, 15)])
        marks = Counter(slot.mark for day in days for slot in day.slots)
        assert min(marks[mark] for mark in Mark) > 10, (office, service, marks)
