"""Two officials on one case: the second hears what the first one did, and loses not a word."""

from petitions.models import Attachment
from server.core.ledger import read
from tests.functional.test_attachments import PDF
from tests.support.desk import Desk, desk
from tests.support.system import System


async def opened_by_two(system: System) -> tuple[Desk, Desk, str]:
    """Two handlers who look at the same case in progress."""
    number: str = (await system.file(kind="grievance"))["reference"]
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{number}")
    await intake.send("accept")
    first, second = await desk(system, "handler"), await desk(system, "handler2")
    for official in (first, second):
        await official.open(f"/desk/cases/{number}")
    return first, second, number


async def test_the_second_answer_is_kept_and_can_be_sent_again(system: System) -> None:
    first, second, _number = await opened_by_two(system)
    await first.send("request-supplement", text="고장 난 등의 번호를 알려 주세요.", days="5")
    text = "내일 <고칩니다>.\n감사합니다. & 끝"
    await second.send("extend", amount="3", reason=text)
    assert second.status == 409
    assert "Someone else changed this case" in second.text
    assert "김처리" in second.text
    assert "Supplement requested by" in second.text
    assert "고장 난 등의 번호를 알려 주세요." in second.text
    kept = [t for t in second.page.all("textarea") if "readonly" in t.attrs]
    assert [t.text for t in kept] == ["내일 <고칩니다>. 감사합니다. & 끝"], "the state allows no extension any more"


async def test_the_editor_comes_back_with_the_text_and_the_fresh_version(system: System) -> None:
    first, second, number = await opened_by_two(system)
    await first.send("start")
    text = "가로등을 고쳤습니다.\n\n불편을 드려 죄송합니다."
    plan = ("수리 계획.pdf", PDF)
    await second.send("answer", plan, text=text, decision="accepted", reasons="", remedies="고른 구제 절차")
    assert second.status == 409
    assert "Kim Cheori (김처리) started working on it" in second.text
    assert "Your text is kept below" in second.text
    assert "The files you chose are kept." in second.text
    assert len(second.form("answer").values["answer.files_kept"]) == 1
    fields = second.fields("answer")
    assert fields["answer.text"] == text
    assert fields["answer.decision"] == "accepted"
    assert fields["answer.remedies"] == "고른 구제 절차"
    await second.send("answer")
    assert second.status == 200
    assert f"{number} has been answered." in second.text
    assert "가로등을 고쳤습니다." in second.text
    assert (await Attachment.get()).name == "수리 계획.pdf"


async def test_both_answer_and_the_first_one_counts(system: System) -> None:
    first, second, _number = await opened_by_two(system)
    await first.send("answer", text="고치겠습니다.", decision="accepted")
    plan = ("예산.pdf", PDF)
    await second.send("answer", plan, text="못 고칩니다.", decision="refused", reasons="예산이 없습니다.")
    assert second.status == 409
    assert "These files were not added to the case: 예산.pdf" in second.text
    assert not await Attachment.exists()
    assert "Answered: Done as requested" in second.text
    kept = [t.text for t in second.page.all("textarea") if "readonly" in t.attrs]
    assert "못 고칩니다." in kept
    assert "예산이 없습니다." in kept
    assert "answer" not in second.actions


async def test_a_case_that_was_passed_on_meanwhile_is_gone_but_not_what_was_written(system: System) -> None:
    first, second, _number = await opened_by_two(system)
    await first.send("transfer", department="parks", reason="공원 안의 등입니다.")
    await second.send("extend", amount="3", reason="현장 확인")
    assert second.status == 404, "the case belongs to another department now"
    assert [t.text for t in second.page.all("textarea") if "readonly" in t.attrs] == ["현장 확인"]


async def test_what_the_petitioner_wrote_meanwhile_is_shown_too(system: System) -> None:
    number = (filed := await system.file(kind="grievance"))["reference"]
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{number}")
    key = {"x-access-key": filed["access_key"]}
    said = await system.client.post(
        f"/api/v1/cases/{number}/messages", json={"text": "어제부터 켜집니다."}, headers=key
    )
    assert said.status_code in {200, 201}, said.text
    await intake.send("accept", department="parks")
    assert intake.status == 409
    assert "어제부터 켜집니다." in intake.text
    assert intake.fields("accept")["accept.department"] == "parks"


async def test_notes_and_messages_never_conflict(system: System) -> None:
    first, second, _number = await opened_by_two(system)
    await first.send("note", text="첫 메모")
    await second.send("note", text="둘째 메모")
    assert second.status == 200
    assert "첫 메모" in second.text
    assert "둘째 메모" in second.text
    await second.send("message", text="안내 드립니다.")
    assert second.status == 200


async def test_a_colleagues_note_does_not_block_an_answer_but_a_message_does(system: System) -> None:
    first, second, number = await opened_by_two(system)
    await first.send("note", text="전화로 물어봤습니다.")
    await second.send("answer", text="고쳤습니다.", decision="accepted")
    assert second.status == 200
    assert f"{number} has been answered." in second.text
    first, second, number = await opened_by_two(system)
    await first.send("message", text="금요일까지 고칩니다.")
    await second.send("answer", text="고치지 않습니다.", decision="refused", reasons="예산")
    assert second.status == 409
    assert "금요일까지 고칩니다." in second.text


async def test_a_message_does_not_block_who_is_to_handle_the_case(system: System) -> None:
    first, _second, number = await opened_by_two(system)
    manager = await desk(system, "manager")
    await manager.open(f"/desk/cases/{number}")
    await first.send("message", text="금요일까지 고칩니다.")
    await manager.send("assign", handler="handler2")
    assert manager.status == 200
    assert f"A handler has been assigned to {number}." in manager.text


async def test_ones_own_earlier_act_is_no_conflict(system: System) -> None:
    first, _second, number = await opened_by_two(system)
    page = first.page
    await first.send("start")
    first.page = page
    await first.send("answer", text="고쳤습니다.", decision="accepted")
    assert f"{number} has been answered." in first.text


async def test_a_button_pressed_twice_acts_once_and_frightens_nobody(system: System) -> None:
    first, _second, number = await opened_by_two(system)
    presses: list[tuple[str, dict[str, str], str]] = [
        ("note", {"text": "전화함"}, "case.note"),
        ("message", {"text": "내일 갑니다."}, "case.message"),
        ("answer", {"text": "고쳤습니다.", "decision": "accepted"}, "case.answered"),
        ("reopen", {"text": "다시 봅니다."}, "case.reopened"),
        ("transfer", {"department": "parks", "reason": "공원 안의 등입니다."}, "case.transferred"),
    ]
    for action, filled, kind in presses:
        page = first.page
        told = []
        for _press in range(2):
            first.page = page
            await first.send(action, **filled)
            assert first.status == 200, action
            told.append((first.url, first.page.one(None, class_="toast").text))
        assert told[0] == told[1], action
        assert [entry.kind for entry in await read(f"case/{number}")].count(kind) == 1, action
    assert first.url.endswith("/desk"), "the case is no more the handler's, and both presses led on from it"


async def test_the_same_note_can_be_written_again_later_and_by_somebody_else(system: System) -> None:
    first, second, number = await opened_by_two(system)
    for official in (first, first, second):
        await official.send("note", text="전화함")
        assert official.status == 200
    assert [entry.kind for entry in await read(f"case/{number}")].count("case.note") == 3


async def test_rows_that_are_taken_twice_are_taken_once(system: System) -> None:
    numbers = [(await system.file())["reference"] for _case in range(2)]
    intake = await desk(system, "intake")
    inbox = intake.page
    for _press in range(2):
        intake.page = inbox
        await intake.bulk("accept", *numbers)
        assert intake.status == 200
        assert "2 accepted." in intake.text
