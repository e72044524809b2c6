"""A department is closed while somebody files: no case is left in a closed one, and old ones keep its name."""

import asyncio
from typing import Any

import pytest

from petitions.act_forms import RequestConsultation, WithdrawPart
from petitions.actions import answering, consultations, handling, intake, objecting
from petitions.desk_settings.departments import DEPARTMENTS, DepartmentInUse
from petitions.errors import NoSuchCase, Refused
from petitions.forms import Accept, DecideObjection, GiveAnswer, TextOnly, Transfer
from petitions.models import Case, RoutingRule, Service
from petitions.queries import integrity, settings
from petitions.reference import reference
from petitions.rights import subject
from server.core import ledger
from server.core.accounts import Account, Department
from server.core.errors import Invalid
from tests.support.desk import desk
from tests.support.page_forms import submit
from tests.support.stories import filed, opened_with_key, somebody, to
from tests.support.system import System

WHEN = "has been closed"


async def unused(code: str) -> Department:
    """A department that no rule and no procedure leads to."""
    department = await Department.get(code=code)
    await RoutingRule.filter(department_id=department.id).delete()
    await Service.filter(department_id=department.id).update(active=False)
    return department


class Held:
    """A step that waits until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        self.begun, self.go = asyncio.Event(), asyncio.Event()
        self._step = getattr(module, name)
        monkeypatch.setattr(module, name, self)

    async def __call__(self, *values: Any) -> Any:
        self.begun.set()
        await self.go.wait()
        return await self._step(*values)


async def test_who_files_first_is_waited_for_and_counted(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    roads, admin = await unused("roads"), await somebody("admin")
    writing = Held(monkeypatch, intake, "create")
    filing = asyncio.create_task(filed())
    await writing.begun.wait()
    closing = asyncio.create_task(DEPARTMENTS.switch(admin, roads.id, on=False))
    await asyncio.wait({closing}, timeout=0.2)
    assert not closing.done()
    writing.go.set()
    case = await filing
    with pytest.raises(DepartmentInUse) as refused:
        await closing
    assert refused.value.held == {"cases": 1, "objections": 0, "rules": 0, "services": 0}
    assert "open cases 1" in str(refused.value.text)
    assert (await Case.get(reference=case.reference)).department_id == roads.id
    assert (await Department.get(id=roads.id)).active


async def test_who_files_into_a_department_that_is_being_closed_comes_to_the_intake_office(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads, admin = await unused("roads"), await somebody("admin")
    await reference()
    counting = Held(monkeypatch, settings, "hold_open")
    closing = asyncio.create_task(DEPARTMENTS.switch(admin, roads.id, on=False))
    await counting.begun.wait()
    filing = asyncio.create_task(filed())
    await asyncio.wait({filing}, timeout=0.2)
    assert not filing.done()
    counting.go.set()
    await closing
    case = await Case.get(reference=(await filing).reference)
    assert case.department_id is None
    assert WHEN in case.routing["because"]["msgid"]
    intake_desk = await desk(system, "intake")
    assert case.reference in intake_desk.listed
    await intake_desk.open(f"/desk/cases/{case.reference}")
    assert WHEN in intake_desk.text
    assert "도로과" not in [o.text for o in intake_desk.form("accept").element.all("option")]
    with pytest.raises(Invalid):
        await handling.accept(await somebody("intake"), case.reference, Accept("roads"))


async def test_old_cases_name_a_closed_department_and_come_to_the_intake_office_when_opened_again(
    system: System,
) -> None:
    roads, admin = await unused("roads"), await somebody("admin")
    handler, case = await somebody("handler"), await filed(public=True)
    await handling.accept(await somebody("intake"), case.reference, Accept(""))
    await answering.answer(handler, case.reference, GiveAnswer("가로등을 고쳤습니다.", "accepted"))
    await DEPARTMENTS.switch(admin, roads.id, on=False)

    hong, inspector = await opened_with_key(system, case), await desk(system, "inspector")
    path = f"/cases/{case.reference}"
    assert "도로과" in (await hong.get(path)).text
    assert "도로과" in (await system.client.get(path)).text, "and the public reads whose answer it is"
    assert (await hong.get(f"/api/v1{path}")).json()["department"]["code"] == "roads"
    await inspector.open(f"/desk{path}")
    assert "Roads" in inspector.text
    assert "roads" not in [d["code"] for d in (await system.client.get("/api/v1/departments")).json()["items"]]

    await answering.reopen("petitioner", case.reference, TextOnly("여전히 어둡습니다."))
    again = await Case.get(reference=case.reference)
    assert (again.open, again.department_id, again.handler_id) == (True, None, None)
    assert "case.routed" in [entry.kind for entry in (await ledger.read(subject(case.reference)))[-2:]]
    intake_desk = await desk(system, "intake")
    await intake_desk.open(f"/desk{path}")
    await intake_desk.send("transfer", department="parks", reason="도로과가 없어졌습니다.")
    assert (await Case.get(reference=case.reference)).department_id == (await Department.get(code="parks")).id
    assert intake_desk.status == 200


async def test_a_department_that_owes_its_part_of_a_case_is_not_closed_and_a_closed_one_is_not_asked(
    system: System,
) -> None:
    parks, admin, handler = await unused("parks"), await somebody("admin"), await somebody("handler")
    case = await filed()
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    ask = RequestConsultation.parse({"department": "parks", "text": "나무가 가로등을 가립니다.", "days": "1"})
    await consultations.ask(handler, case.reference, ask)
    with pytest.raises(DepartmentInUse) as refused:
        await DEPARTMENTS.switch(admin, parks.id, on=False)
    assert refused.value.held["cases"] == 1
    await consultations.withdraw(handler, case.reference, WithdrawPart("parks"))
    await DEPARTMENTS.switch(admin, parks.id, on=False)
    with pytest.raises(Invalid):
        await consultations.ask(handler, case.reference, ask)


async def test_a_department_is_not_closed_over_an_objection_that_only_its_manager_can_decide(system: System) -> None:
    roads, admin, case = await unused("roads"), await desk(system, "admin"), await filed(kind="statutory:food_report")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    refusal = GiveAnswer("안 됩니다.", "refused", "도로법 제61조", "60일 안에 이의신청")
    await answering.answer(await somebody("handler"), case.reference, refusal)
    await objecting.object_to("petitioner", case.reference, TextOnly("다시 보아 주세요."))
    await admin.open(f"/desk/departments/{roads.id}/close?lang=en")
    assert "Open objections: 1. Please decide them first." in admin.text
    with pytest.raises(DepartmentInUse) as refused:
        await DEPARTMENTS.switch(await somebody("admin"), roads.id, on=False)
    assert "open objections 1," in str(refused.value.text)
    decision = DecideObjection("dismissed", "그대로입니다.", "행정심판")
    await objecting.decide(await somebody("manager"), case.reference, decision)
    await DEPARTMENTS.switch(await somebody("admin"), roads.id, on=False)


async def test_an_objection_to_an_answer_of_a_closed_department_is_decided_by_the_one_it_is_passed_on_to(
    system: System,
) -> None:
    roads, case = await unused("roads"), await filed(kind="statutory:food_report")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    refusal = GiveAnswer("안 됩니다.", "refused", "도로법 제61조", "60일 안에 이의신청")
    await answering.answer(await somebody("handler"), case.reference, refusal)
    with pytest.raises(Refused):  # nobody hands on a refusal that stands
        await handling.transfer(await somebody("intake"), case.reference, Transfer("parks", "공원 일입니다."))
    await DEPARTMENTS.switch(await somebody("admin"), roads.id, on=False)
    await system.work()

    hong, intake_desk = await opened_with_key(system, case), await desk(system, "intake")
    path = f"/cases/{case.reference}"
    await submit(hong, path, "/objection", objection="다시 보아 주세요.")
    row = await Case.get(reference=case.reference)
    assert (row.status, row.department_id, row.handler_id) == ("answered", None, None)
    await system.work()
    assert any("이의신청이 들어왔습니다" in mail["Subject"] for mail in to(system, "intake@city.example"))
    assert (await intake_desk.open("/desk?objection=1")).listed == [case.reference]
    await intake_desk.open(f"/desk{path}")
    await intake_desk.send("transfer", department="parks", reason="도로과의 일을 맡았습니다.")
    assert (intake_desk.status, "transfer" in intake_desk.actions) == (200, False), "the objection has its department"
    await system.work()
    assert not [line async for line in integrity.problems()], "it is answered as before"
    assert "공원녹지과에서 이의신청을 결정합니다" in (await hong.get(path)).text
    head, manager = await Account.get(username="manager"), await somebody("manager")
    with pytest.raises(NoSuchCase):  # of the closed department
        await objecting.decide(manager, case.reference, DecideObjection("upheld", "맞습니다.", ""))
    parks = await Department.get(code="parks")
    await Account.filter(id=head.id).update(department_id=parks.id)
    successor = await desk(system, "manager")
    await successor.open(f"/desk{path}")
    await successor.send("decide-objection", ruling="upheld", reasons="맞습니다.")
    again = await Case.get(reference=case.reference)
    assert (again.status, again.department_id) == ("reopened", parks.id)


async def test_a_case_that_an_upheld_objection_leaves_without_a_department_is_told_to_the_intake_office(
    system: System,
) -> None:
    roads, case = await unused("roads"), await filed(kind="statutory:food_report")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    refusal = GiveAnswer("안 됩니다.", "refused", "도로법 제61조", "60일 안에 이의신청")
    await answering.answer(await somebody("handler"), case.reference, refusal)
    await objecting.object_to("petitioner", case.reference, TextOnly("다시 보아 주세요."))
    await Department.filter(id=roads.id).update(active=False)  # by hand, for the desk refuses it
    await objecting.decide(await somebody("manager"), case.reference, DecideObjection("upheld", "맞습니다.", ""))
    assert (await Case.get(reference=case.reference)).department_id is None
    await system.work()
    assert any("부서를 정해야 합니다" in mail["Subject"] for mail in to(system, "intake@city.example"))
