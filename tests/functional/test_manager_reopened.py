"""A manager handles a reopened case: it is back in the department's queue, gets a handler, and a better answer."""

from datetime import UTC, datetime

from server.core import clock
from tests.support.desk import desk
from tests.support.page_forms import post_without_page
from tests.support.system import System


async def answered(system: System) -> tuple[str, str]:
    """A case that was answered too quickly: its number and key."""
    filed = await system.file(kind="grievance")
    number = filed["reference"]
    handler = await desk(system, "handler")
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{number}")
    await intake.send("accept")
    await handler.open(f"/desk/cases/{number}")
    await handler.send("answer", text="담당 부서가 확인하겠습니다.", decision="explained")
    return number, filed["access_key"]


async def test_not_solved_comes_back_to_the_queue_and_is_answered_better(system: System) -> None:
    with clock.at(datetime(2026, 3, 9, 1, 0, tzinfo=UTC)):
        number, key = await answered(system)
        manager = await desk(system, "manager")
        assert number not in manager.listed
    with clock.at(datetime(2026, 3, 16, 1, 0, tzinfo=UTC)):
        not_solved, shown = {"text": "아직도 꺼져 있습니다."}, {"x-access-key": key}
        reopened = await system.client.post(f"/api/v1/cases/{number}/reopening", json=not_solved, headers=shown)
        assert reopened.is_success, reopened.text
        manager = await desk(system, "manager")
        await manager.open("/desk?status=reopened")
        assert manager.listed == [number]
        row = manager.row(number)
        assert "reopened 1 time" in row.text
        assert "6 working days left" in row.text, "a fresh period of seven days, today being the first"
        assert "김처리" not in row.text, "nobody works on it yet"
        await manager.open("/desk?unassigned=1")
        assert number in manager.listed
        await manager.open(f"/desk/cases/{number}?list=status%3Dreopened")
        assert "아직도 꺼져 있습니다." in manager.text
        assert "담당 부서가 확인하겠습니다." in manager.text, "the answer that did not help"
        await manager.send("assign", handler="handler2")
        assert "Handler: 박담당" in manager.text
        handler = await desk(system, "handler2")
        await handler.open("/desk?mine=1")
        assert handler.listed == [number]
        await handler.open(f"/desk/cases/{number}")
        await handler.send("answer", text="3월 17일에 전등을 새것으로 바꿉니다.", decision="accepted")
        await manager.open(f"/desk/cases/{number}")
        assert "3월 17일에 전등을 새것으로 바꿉니다." in manager.text
        assert "answered in time, on Mon 16 Mar 2026" in manager.text
        await manager.send("close", text="현장에서 확인함")
        assert f"{number} has been closed." in manager.text
        assert manager.actions == {"reopen", "note"}


async def test_a_manager_can_open_it_again_themselves(system: System) -> None:
    number, _key = await answered(system)
    manager = await desk(system, "manager")
    await manager.open(f"/desk/cases/{number}")
    await manager.send("reopen", text="")
    assert manager.status == 422
    await manager.send("reopen", text="전화로 다시 물어보셨습니다.")
    assert "has been reopened" in manager.text
    assert "start" in manager.actions


async def test_only_officials_of_the_department_can_be_named(system: System) -> None:
    number, _key = await answered(system)
    manager = await desk(system, "manager")
    await manager.open(f"/desk/cases/{number}")
    await manager.send("reopen", text="다시 봅니다.")
    names = {o.attrs["value"] for o in manager.form("assign").element.all("option")}
    assert names == {"", "handler", "handler2", "manager"}
    stranger = {**manager.form("assign").values, "assign.handler": "gardener"}
    refused = await post_without_page(manager.client, f"/desk/cases/{number}/assign", data=stranger)
    assert refused.status_code == 422
    assert "choose an official of the case" in refused.text


async def test_a_case_withdrawn_by_phone_is_taken_back_for_the_petitioner(system: System) -> None:
    number = (await system.file())["reference"]
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{number}")
    await intake.send("withdraw", text="이미 고쳐졌다고 전화하심")
    assert f"{number} has been withdrawn." in intake.text
    assert "이미 고쳐졌다고 전화하심" in intake.text
    assert intake.actions == {"note"}
    await intake.open("/desk?status=withdrawn")
    assert intake.listed == [number]
    await intake.open("/desk")
    assert intake.listed == []


async def test_another_guide_is_named(system: System) -> None:
    number = (await system.file())["reference"]
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{number}")
    await intake.send("guide", guide="guide_ja")
    assert "Case guide: 佐藤美咲" in intake.text
    guide = await desk(system, "guide_ja")
    assert guide.listed == [number]
    other = await desk(system, "guide")
    assert other.listed == []
    await other.open(f"/desk/cases/{number}")
    assert other.status == 404
