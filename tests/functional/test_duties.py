"""What the desk owes besides its answer: on rows and case pages, in words and colour, and by mail where it is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

from petitions.actions import watch
from petitions.duties import duties
from petitions.queries.filters import Filter
from petitions.queries.inbox import listed
from petitions.reference import reference
from server.core import clock, database, ledger
from tests.support.desk import Desk, desk
from tests.support.stories import somebody, to
from tests.support.system import System

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
NOTICE = "중간 통지를 할 때입니다"


async def test_receiving_and_passing_on_have_their_limits(system: System) -> None:
    with clock.at(MONDAY):
        intake, handler = await desk(system, "intake"), await desk(system, "handler")
        number = (await system.file(kind="grievance"))["reference"]
        phoned, mailed = [
            (
                await (await system.program("intake")).post(
                    "/api/v1/petitions",
                    json={"title": "도로 파임", "body": "전화로 말했습니다.", "channel": channel, "kind": "grievance",
                          "petitioner": {"name": "김민수", "phone": "010-1234-5678"}},
                )
            ).json()["reference"]
            for channel in ("phone", "mail")
        ]  # fmt: skip
        tip = (await system.file(petitioner={}))["reference"]
        await intake.open("/desk")
        assert tag(intake, number, "Accept") == ("Accept: 8 h left", "plain")
        assert tag(intake, phoned, "Send to") == ("Send to a department: 1 h left", "plain")
        assert tag(intake, mailed, "Accept") == ("Accept: 8 h left", "plain"), "as electronic as one filed online"
        assert tag(intake, tip, "Accept") == ("", "")
    with clock.at(MONDAY + timedelta(hours=6, minutes=30)):  # 16:30, lunch not counted
        intake, handler = await desk(system, "intake"), await desk(system, "handler")
        assert tag(intake, number, "Accept") == ("Accept: 2 h 30 min left", "warning")
        assert tag(intake, phoned, "Send to") == ("Send to a department: 4 h late", "danger")
        await intake.open(f"/desk/cases/{number}")
        assert "by Tue 10 Mar 2026 10:00" in intake.text
        assert "To be transferred by Tue 10 Mar 2026 10:00 (Decree 13)." in intake.text  # to another agency
        await intake.send("accept", department="roads")
        await handler.open("/desk")
        assert tag(handler, number, "Transfer if") == ("Transfer if not yours: 3 h left", "plain")
        await handler.open(f"/desk/cases/{number}")
        assert "To be transferred by Tue 10 Mar 2026 10:30 (Decree 13)." in handler.text
    with clock.at(MONDAY + timedelta(days=2)):
        handler = await desk(system, "handler")  # it has not been passed on: it is taken for the department's own
        assert tag(handler, number, "Transfer if") == ("", "")
        await handler.open(f"/desk/cases/{number}")
        assert "Should have been transferred by Tue 10 Mar 2026 10:30 (Decree 13): please do it now." in handler.text


def tag(who: Desk, number: str, begins: str) -> tuple[str, str]:
    """A mark of a row: its words and its colour."""
    for span in who.row(number).all("span"):
        _tone, _colon, words = span.text.partition(": ")
        colours = [name for name in span.attrs.get("class", "").split() if name.startswith("tone-")]
        if colours and words.startswith(begins):
            return words, colours[0].removeprefix("tone-")
    return "", ""


async def test_an_interim_notice_is_asked_for_once_each_time(system: System) -> None:
    with clock.at(MONDAY):
        number = (await system.file(kind="suggestion"))["reference"]
        intake = await desk(system, "intake")
        await intake.open(f"/desk/cases/{number}")
        await intake.send("accept", department="roads")
    with clock.at(MONDAY + timedelta(days=30)):
        assert await asked(number) == 0
    with clock.at(MONDAY + timedelta(days=31)):
        assert await asked(number) == await asked(number) == 1
        await system.work()
        assert told(system, "manager@city.example") == 1
        manager = await desk(system, "manager")
        await manager.open("/desk?interim=1")
        assert number in manager.listed
        assert tag(manager, number, "Interim") == ("Interim notice needed", "warning")
        await manager.open(f"/desk/cases/{number}")
        assert "After 30 days without an answer" in manager.text
        await manager.send("assign", handler="handler")
        await manager.send("interim-notice", text="설계를 하고 있습니다.")
        assert "Interim notice needed" not in manager.text
        assert number not in (await manager.open("/desk?interim=1")).listed
    with clock.at(MONDAY + timedelta(days=60)):
        assert await asked(number) == 1
    with clock.at(MONDAY + timedelta(days=61)):  # as the petitioner was told: 30 days after the notice
        assert await asked(number) == 2
        await system.work()
        assert (told(system, "manager@city.example"), told(system, "handler@city.example")) == (1, 1)


def told(system: System, address: str) -> int:
    """How many mails asked somebody for a notice."""
    return sum(str(mail["Subject"]).endswith(NOTICE) for mail in to(system, address))


async def asked(number: str) -> int:
    """How often the desk was asked for a notice until now."""
    await watch.remind()
    return sum(entry.kind == "case.interim_due" for entry in await ledger.read(f"case/{number}"))


async def test_what_is_due_is_found_by_its_index(system: System) -> None:
    await system.file()
    known, quiet = await reference(), clock.now()
    plans = [
        (await plan(reminder.due.sql(params_inline=True)), index)
        for reminder, index in zip(
            watch.reminders(),
            (*["case_reminder"] * 2, "case_status_due", *["case_objection_due"] * 2, "case_interim", *["part_due"] * 2),
            strict=True,
        )
    ]
    plans.append((await plan(watch.UNCONTESTED, "answered", quiet, quiet), "case_status_answered"))
    assert [found for found in plans if found[1] not in found[0]] == []
    assert (await listed(Filter(objection=True), await somebody("intake"), known)).rows == []
    (case,) = (await listed(Filter(), await somebody("intake"), known)).rows
    assert duties(case, None, known.calendar, clock.now(), "en")


async def plan(sql: str, *values: Any) -> str:
    """How the database would go about it, were the table long."""
    async with database.transaction():
        if database.dialect() == "sqlite":
            return str([row["detail"] for row in await database.fetch(f"EXPLAIN QUERY PLAN {sql}", *values)])
        for way in ("seqscan", "bitmapscan", "sort"):
            await database.execute(f"SET LOCAL enable_{way} = off")
        return str([row["QUERY PLAN"] for row in await database.fetch(f"EXPLAIN {sql}", *values)])


async def test_no_extension_names_a_day_that_is_over(system: System) -> None:
    with clock.at(MONDAY):
        number = (await system.file(kind="grievance"))["reference"]  # seven working days: until 17 March
        address = f"/api/v1/desk/cases/{number}"
        assert (await (await system.program("intake")).post(f"{address}/accept", json={})).status_code == 200
    with clock.at(MONDAY + timedelta(days=15)):
        handler = await system.program("handler")
        short = await handler.post(f"{address}/extend", json={"amount": 2, "reason": "조사가 더 필요합니다."})
        assert (short.status_code, [error["field"] for error in short.json()["errors"]]) == (422, ["amount"])
        long = await handler.post(f"{address}/extend", json={"amount": 7, "reason": "조사가 더 필요합니다."})
        assert (long.status_code, long.json()["due_on"]) == (200, "2026-03-26")
