"""What an official types is kept as a draft, theirs alone; an answer can be taken back for a minute."""

from dataclasses import replace
from datetime import timedelta

import pytest

from petitions.actions import drafts
from petitions.actions.leaving import LEAVE
from petitions.models import Answer, Case, DeskDraft, LeavingAnswer
from server.core import clock, jobs
from server.core.config import Settings
from server.core.ledger import read
from tests.functional.test_handler_answers import accepted, at_work
from tests.support.desk import Desk, desk
from tests.support.page_forms import post_without_page
from tests.support.system import System


async def typed(handler: Desk, action: str, status: int = 204, **fields: str) -> None:
    """The page's script saves what stands in a form. It goes on warning where the status says that it is not kept."""
    form = handler.form(action)
    values = {name: value[0] for name, value in form.values.items()}
    values |= {f"{action}.{name}": text for name, text in fields.items()}
    url = f"{handler.url.partition('?')[0]}/{action}"
    saved = await post_without_page(handler.client, url, data={**values, "step": "keep"})
    assert saved.status_code == status


async def test_a_draft_survives_leaving_and_is_its_authors_alone(system: System) -> None:
    handler, number = await at_work(system)
    await typed(handler, "answer", text="아직 쓰는 중입니다.", decision="partly", reasons="예산")
    await typed(handler, "extend", reason="현장 확인", amount="3")
    await typed(handler, "note", text="메모")
    again = await desk(system, "handler")
    await again.open("/desk")
    assert "draft" in again.row(number).text
    await again.open(f"/desk/cases/{number}")
    fields = again.fields("answer")
    assert (fields["answer.text"], fields["answer.decision"]) == ("아직 쓰는 중입니다.", "partly")
    assert again.fields("extend")["extend.reason"] == "현장 확인"
    assert again.fields("note")["note.text"] == "메모"
    for other in ("handler2", "manager", "admin", "inspector"):
        colleague = await desk(system, other)
        await colleague.open(f"/desk/cases/{number}")
        assert "아직 쓰는 중입니다." not in colleague.text
        await colleague.open("/desk?q=중입니다")
        assert number not in colleague.listed
    assert [e.kind for e in await read(f"case/{number}") if "draft" in e.kind] == []


async def test_sending_deletes_the_draft_and_a_late_save_does_not_bring_it_back(system: System) -> None:
    handler, number = await at_work(system)
    await typed(handler, "note", text="메모")
    await typed(handler, "answer", text="고쳤습니다.", decision="accepted")
    before = await Desk(handler.client, handler.page, 200, handler.url).open(handler.url)
    await handler.open(handler.url)
    await handler.send("note")
    assert [draft.action for draft in await DeskDraft.all()] == ["answer"]
    await typed(before, "note", 409, text="메모")
    assert [draft.action for draft in await DeskDraft.all()] == ["answer"], "sent meanwhile"
    await handler.send("answer")
    assert f"{number} has been answered." in handler.text
    assert not await DeskDraft.exists()


async def test_an_emptied_or_discarded_or_old_draft_is_gone(system: System) -> None:
    handler, _number = await at_work(system)
    await typed(handler, "note", text="메모")
    await typed(handler, "note", text="  ")
    assert not await DeskDraft.exists()
    await handler.send("answer", text="고쳤습니다.", step="draft")
    assert "The draft has been saved." in handler.text
    await handler.send("answer", step="discard")
    assert "The draft has been deleted." in handler.text
    assert handler.fields("answer")["answer.text"] == ""
    await typed(handler, "note", text="메모")
    with clock.at(clock.now() + timedelta(days=29)):
        await drafts.sweep()
    assert await DeskDraft.exists()
    with clock.at(clock.now() + timedelta(days=30, minutes=1)):
        await drafts.sweep()
    assert not await DeskDraft.exists()


class TestLeaving:
    """With the delay that an installation has."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, answer_delay=60)

    async def test_for_a_minute_there_is_nothing_but_the_way_back(self, system: System) -> None:
        handler, number = await at_work(system)
        events = [e.kind for e in await read(f"case/{number}")]
        await handler.send("answer", text="고쳤습니다.", decision="accepted")
        assert handler.status == 200
        assert "Your answer leaves at" in handler.text
        assert "answer" not in handler.actions
        colleague = await desk(system, "handler2")
        await colleague.open(f"/desk/cases/{number}")
        assert "The answer of 김처리 leaves at" in colleague.text
        assert "take-back" not in colleague.actions
        assert "고쳤습니다." not in colleague.text
        await system.work()
        assert [e.kind for e in await read(f"case/{number}")] == events
        assert not await Answer.exists()
        await handler.send("take-back")
        assert "The answer has been taken back." in handler.text
        assert handler.fields("answer")["answer.text"] == "고쳤습니다."
        with clock.at(clock.now() + timedelta(seconds=61)):
            await system.work()
        assert not await Answer.exists()

    async def test_what_was_taken_back_can_be_sent_again_unchanged(self, system: System) -> None:
        handler, number = await at_work(system)
        for _time in range(2):
            await handler.send("answer", text="고쳤습니다.", decision="accepted")
            await handler.send("take-back")
        await handler.send("answer")
        with clock.at(clock.now() + timedelta(seconds=61)):
            await system.work()
        assert (await Answer.get()).text == "고쳤습니다."
        assert [e.kind for e in await read(f"case/{number}", kind="case.answered")] == ["case.answered"]

    async def test_it_leaves_though_the_clock_was_ahead(self, system: System) -> None:
        """``jobs.bring_back`` makes the job due when the clock is right again."""
        handler, _number = await at_work(system)
        await handler.send("answer", text="고쳤습니다.", decision="accepted")
        ahead = clock.now() + timedelta(days=3)
        await LeavingAnswer.all().update(leaves_at=ahead)
        await jobs.Job.filter(kind=LEAVE).update(run_at=ahead)
        await jobs.bring_back({})
        await system.work()
        assert await Answer.exists()
        assert not await LeavingAnswer.exists()

    async def test_a_colleague_goes_on_typing_while_an_answer_leaves(self, system: System) -> None:
        handler, number = await at_work(system)
        colleague = await desk(system, "handler2")
        await colleague.open(f"/desk/cases/{number}")
        await handler.send("answer", text="고쳤습니다.", decision="accepted")
        await typed(colleague, "answer", text="다른 답")
        assert await DeskDraft.all().count() == 1

    async def test_then_it_is_the_answer_dated_at_the_press(self, system: System) -> None:
        handler, number = await at_work(system)
        pressed = clock.now()
        await handler.send("answer", text="고쳤습니다.", decision="accepted")
        with clock.at(clock.now() + timedelta(seconds=61)):
            await system.work()
        (given,) = await Answer.all()
        (event,) = await read(f"case/{number}", kind="case.answered")
        case = await Case.get(reference=number)
        assert case.answered_at
        for moment in (given.created_at, event.occurred_at, case.answered_at):
            assert abs(moment - pressed) < timedelta(seconds=30), "not when it left"
        assert event.actor.startswith("official:")
        assert not await LeavingAnswer.exists()
        await handler.send("take-back")
        assert "The answer has left already" in handler.text

    async def test_it_stays_if_the_case_was_withdrawn_and_its_author_is_told(self, system: System) -> None:
        handler, number = await at_work(system)
        await handler.send("answer", text="고쳤습니다.", decision="accepted")
        colleague = await desk(system, "handler2")
        await colleague.open(f"/desk/cases/{number}")
        await colleague.send("withdraw", text="전화로 취하")
        with clock.at(clock.now() + timedelta(seconds=61)):
            await system.work()
            await system.work()
        assert not await Answer.exists()
        (held,) = await read(f"case/{number}", kind="case.answer_held")
        assert held.data["because"] == "changed_meanwhile"
        assert any("답변이 나가지 않았습니다" in mail["subject"] for mail in system.mails())
        await handler.open(f"/desk/cases/{number}")
        assert "did not leave: the case had changed" in handler.text
        assert "고쳤습니다." in handler.text, "the text is there to be copied"

    async def test_a_note_does_not_hold_it_back_but_a_message_of_the_petitioner_does(self, system: System) -> None:
        for action, arrives in (("note", True), ("message", False)):
            handler, number = await at_work(system)
            await handler.send("answer", text="고쳤습니다.", decision="accepted")
            colleague = await desk(system, "handler2")
            await colleague.open(f"/desk/cases/{number}")
            await colleague.send(action, text="다시 봐 주세요.")
            with clock.at(clock.now() + timedelta(seconds=61)):
                await system.work()
            case = await Case.get(reference=number)
            assert await Answer.filter(case_id=case.id).exists() is arrives

    async def test_programs_answer_at_once_unless_they_ask(self, system: System) -> None:
        number = await accepted(system)
        program = await system.program("handler")
        address = f"/api/v1/desk/cases/{number}/answer"
        body = {"text": "고쳤습니다.", "decision": "accepted", "delay": 30}
        answered = await program.post(address, json=body)
        assert answered.status_code == 200, answered.text
        assert answered.json()["status"] == "accepted"
        twice = await program.post(address, json={**body, "text": "다른 답"})
        assert twice.status_code == 409
        assert "answer_leaving" in twice.text
        with clock.at(clock.now() + timedelta(seconds=31)):
            await system.work()
        assert (await Answer.get()).text == "고쳤습니다."
