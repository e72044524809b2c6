"""What was said once is not said twice: repeated requests, old news, old due dates."""

import asyncio
from datetime import UTC, datetime, timedelta

from petitions.actions import answering, handling, importing, objecting, supplementing, watch
from petitions.forms import Accept, DecideObjection, Extend, FilePetition, GiveAnswer, RequestSupplement, TextOnly
from petitions.models import Case, Statement
from petitions.reference import reference
from server.core import accounts, clock
from server.core.accounts import Account, Official
from server.core.ledger import read
from tests.support.page_forms import form, send, submit
from tests.support.system import System


async def test_a_message_that_is_sent_again_is_said_once(system: System) -> None:
    filed = await system.file()
    address = f"/api/v1/cases/{filed['reference']}/messages"
    headers = {"x-access-key": filed["access_key"], "idempotency-key": "retry-1"}
    first = await system.client.post(address, json={"text": "언제 고치나요?"}, headers=headers)
    again = await system.client.post(address, json={"text": "언제 고치나요?"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await Statement.all().count() == 1
    other = await system.client.post(address, json={"text": "다른 말"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    headers.pop("idempotency-key")
    await system.client.post(address, json={"text": "언제 고치나요?"}, headers=headers)
    assert await Statement.all().count() == 2


async def test_an_officials_note_that_is_sent_again_is_written_once(system: System) -> None:
    filed = await system.file()
    intake = await system.program("intake")
    address = f"/api/v1/desk/cases/{filed['reference']}"
    for _attempt in range(2):
        answer = await intake.post(f"{address}/note", json={"text": "전화함"}, headers={"idempotency-key": "n1"})
        assert answer.status_code == 200
    assert await Statement.all().count() == 1


async def test_a_refused_act_leaves_its_key_free(system: System) -> None:
    filed = await system.file()
    headers = {"x-access-key": filed["access_key"], "idempotency-key": "r1"}
    address = f"/api/v1/cases/{filed['reference']}"
    assert (await system.client.post(f"{address}/rating", json={"score": 5}, headers=headers)).status_code == 409
    await answering.answer(await official("intake"), filed["reference"], GiveAnswer("고쳤습니다.", "accepted"))
    assert (await system.client.post(f"{address}/rating", json={"score": 5}, headers=headers)).status_code == 200


async def official(username: str) -> Official:
    row = await Account.get(username=username)
    return Official(row.id, row.username, row.name, accounts.Role(row.role), row.department_id, "", row.language)


async def test_an_imported_case_whose_period_is_long_over_reminds_nobody(system: System) -> None:
    reference_data = await reference()
    command = FilePetition.parse(
        {"title": "옛날 민원", "body": "예전 일입니다.", "petitioner": {"name": "홍길동", "email": "h@example.org"}},
        reference_data,
        language="ko",
    )
    old = importing.ImportedPetition("old:1", command, clock.now() - timedelta(days=400))
    fresh = importing.ImportedPetition("old:2", command, clock.now())
    assert await importing.take([old, fresh]) == 2
    with clock.at(clock.now() + timedelta(days=30)):
        assert await watch.remind() == 2  # soon and overdue, both of the fresh one
    assert (await Case.get(import_key="old:1")).reminded == 2


async def test_a_late_case_is_not_called_late_again_because_it_was_supplemented(system: System) -> None:
    start = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    with clock.at(start):
        number = (await system.file(kind="grievance"))["reference"]
        await handling.accept(await official("intake"), number, Accept("roads"))
    with clock.at(start + timedelta(days=12)):
        assert await watch.remind() == 2  # soon and overdue
        asked = RequestSupplement("사진을 보내 주세요.", 7, "현장에서 알았습니다.")
        await supplementing.request(await official("handler"), number, asked)
        await supplementing.receive("petitioner", number, TextOnly("사진입니다."))
        assert await watch.remind() == 0
        await handling.extend(await official("handler"), number, Extend(7, "부품이 늦습니다."))
    with clock.at(start + timedelta(days=40)):
        assert await watch.remind() == 3  # of the new date, and of the interim notice


async def test_a_reopened_case_is_promised_anew(system: System) -> None:
    filed = await system.file()
    intake = await official("intake")
    await answering.answer(intake, filed["reference"], GiveAnswer("고쳤습니다.", "accepted"))
    before = await Case.get(reference=filed["reference"])
    with clock.at(clock.now() + timedelta(days=20)):
        await answering.reopen("petitioner", filed["reference"], TextOnly("아직입니다."))
    case = await Case.get(reference=filed["reference"])
    assert before.announced_due_at is not None
    assert before.interim_on is not None
    assert case.announced_due_at is not None
    assert case.announced_due_at == case.due_at
    assert case.announced_due_at > before.announced_due_at
    assert case.interim_on is not None
    assert case.interim_on > before.interim_on


async def test_an_objection_keeps_its_case_from_being_closed(system: System) -> None:
    citizen = {"name": "홍길동", "email": "hong@example.org"}
    filed = await system.file(kind="statutory:road_occupation", petitioner=citizen)
    refusal = GiveAnswer("허가할 수 없습니다.", "refused", "보도 폭이 좁습니다.", "60일 안에 이의신청할 수 있습니다.")
    await answering.answer(await official("intake"), filed["reference"], refusal)
    address = f"/api/v1/cases/{filed['reference']}/objection"
    key = {"x-access-key": filed["access_key"]}
    assert (await system.client.post(address, json={"text": "다시 보아 주세요."}, headers=key)).status_code == 201
    with clock.at(clock.now() + timedelta(days=31)):
        assert await watch.close_uncontested() == 0
    await objecting.decide(await official("manager"), filed["reference"], DecideObjection("upheld", "다시 봅니다."))
    late = await system.client.post(address, json={"text": "또"}, headers=key)
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")


async def test_a_petitioners_button_pressed_twice_acts_once(system: System) -> None:
    citizen = {"name": "홍길동", "email": "hong@example.org"}
    case = await system.file(kind="statutory:road_occupation", petitioner=citizen)
    address = f"/cases/{case['reference']}"
    hong = system.visitor()
    opened = await submit(hong, "/cases", "/cases", reference=case["reference"], key=case["access_key"])
    assert opened.status_code == 303
    manager = await official("manager")

    async def twice(name: str, kind: str, **typed: str) -> None:
        shown = form(await hong.get(address), f"/{name}")
        for answer in await asyncio.gather(*(send(hong, shown, **typed) for _press in range(2))):
            assert (answer.status_code, answer.headers.get("location")) == (303, address), name
        assert [entry.kind for entry in await read(f"case{address[6:]}")].count(kind) == 1, name

    await handling.accept(await official("intake"), case["reference"], Accept("roads"))
    await supplementing.request(manager, case["reference"], RequestSupplement("도면을 보내 주세요.", 7))
    await twice("messages", "case.message", message="언제 되나요?")
    await twice("prolongation", "case.supplement_prolonged", days="3")
    await twice("supplements", "case.supplement_received", supplement="도면입니다.")
    refusal = GiveAnswer("허가할 수 없습니다.", "refused", "보도 폭이 좁습니다.", "60일 안에 이의신청할 수 있습니다.")
    await answering.answer(manager, case["reference"], refusal)
    await twice("rating", "case.rated", score="2", comment="")
    await twice("objection", "case.objection_filed", objection="다시 보아 주세요.")
    await objecting.decide(manager, case["reference"], DecideObjection("dismissed", "그대로입니다.", "행정심판"))
    await twice("not-solved", "case.reopened", unsolved="아직입니다.")
    await twice("withdrawal", "case.withdrawn", withdrawal="그만둡니다.")
