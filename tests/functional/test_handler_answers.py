"""A handler answers: starts, asks for what is missing, writes with a reply template, looks at it, sends it."""

from datetime import UTC, datetime

import pytest

from petitions.desk_settings.templates import PURPOSES
from petitions.models import Answer, Attachment, ReplyTemplate
from server.core import clock
from server.core.accounts import Department
from tests.functional.test_attachments import PDF, PNG
from tests.support.desk import Desk, desk
from tests.support.markup import parse
from tests.support.page_forms import post_without_page
from tests.support.system import System

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
PERMIT = {"title": "도로점용 허가를 신청합니다", "kind": "statutory:road_occupation"}


async def accepted(system: System, **changes: object) -> str:
    """A case that the roads department has been given."""
    number: str = (await system.file(**changes))["reference"]
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{number}")
    await intake.send("accept", department="roads")
    return number


async def at_work(system: System, **changes: object) -> tuple[Desk, str]:
    """A handler who has begun to work on a case."""
    number = await accepted(system, **changes)
    handler = await desk(system, "handler")
    await handler.open(f"/desk/cases/{number}")
    await handler.send("start")
    return handler, number


async def test_everything_one_needs_stands_on_the_page(system: System) -> None:
    await system.file(title="가로등이 또 꺼졌어요")
    handler, number = await at_work(
        system, petitioner={"name": "홍길동", "email": "hong@example.org", "phone": "010-1234-5678"},
        location={"address": "중앙구 한빛로 12", "lat": 37.5, "lng": 127.0},
    )  # fmt: skip
    for words in (
        "홍길동", "010-1234-5678", "hong@example.org", "중앙구 한빛로 12", "집 앞 도로의 가로등이", "한후견", "김처리",
        "The text mentions", "가로등이 또 꺼졌어요", "Kim Cheori (김처리) started working on it", "Accepted for Roads",
        "Received (Online)", number,
    ):  # fmt: skip
        assert words in handler.text, words
    assert handler.actions == {
        "transfer", "transfer-out", "request-supplement", "extend", "interim-notice", "withdraw", "answer", "note",
        "message", "part",
    }  # fmt: skip


async def test_a_prepared_text_a_preview_and_the_answer(system: System) -> None:
    roads = await Department.get(code="roads")
    template = await ReplyTemplate.create(
        title="가로등 수리", department_id=roads.id, purpose="answer", language="ko",
        text="{petitioner}님, {department} {handler}입니다. {reference} 건은 [날짜]에 고칩니다.",
    )  # fmt: skip
    handler, number = await at_work(system)
    await handler.send("answer", text="안녕하세요.", step="template", template=str(template.id))
    assert handler.status == 200
    assert handler.url.endswith("?opened=answer#answer-editor"), "a page of its own: Back and reload work"
    fields = handler.fields("answer")
    written = fields["answer.text"]
    assert written == f"안녕하세요.\n\n홍길동님, 도로과 김처리입니다. {number} 건은 [날짜]에 고칩니다."
    assert "answer.decision" not in fields, "a template decides nothing"
    assert "before these are filled in or deleted: [날짜]" in handler.text
    await handler.send("answer", decision="accepted")
    assert handler.status == 422
    assert "Please fill in or delete what is still missing: [날짜]" in handler.text
    text = written.replace("[날짜]", "내일")
    await handler.send("answer", text=text, decision="accepted", step="preview")
    assert handler.status == 200
    assert handler.url.endswith("?preview=1#answer-editor")
    assert "this is what the petitioner will read" in handler.text
    assert handler.fields("answer")["answer.text"] == text
    await handler.send("answer")
    assert f"{number} has been answered." in handler.text
    assert "Answered: Done as requested" in handler.text
    assert handler.actions == {"close", "reopen", "note", "message"}


async def test_only_templates_of_a_forms_purpose_are_offered(system: System) -> None:
    parks = await Department.get(code="parks")
    await ReplyTemplate.create(title="공원 답변", department_id=parks.id, text="공원입니다")
    await ReplyTemplate.create(title="제안 답변", kind="suggestion", text="제안입니다")
    for purpose in PURPOSES:
        await ReplyTemplate.create(
            title=f"for {purpose}", purpose=purpose, text=f"text for {purpose} of {{department}}"
        )
    handler, number = await at_work(system)
    assert "공원 답변" not in handler.text
    assert "제안 답변" not in handler.text
    for purpose in PURPOSES:
        offered = [o.text for o in handler.form(purpose).named(f"{purpose}.template")[0].all("option")]
        wanted = {"Please choose", f"for {purpose}", *(["기본 답변"] if purpose == "answer" else [])}
        assert set(offered) == wanted, purpose
        (template,) = await ReplyTemplate.filter(title=f"for {purpose}")
        await handler.send(purpose, step="template", template=str(template.id))
        assert f"text for {purpose} of 도로과" in handler.fields(purpose).values(), purpose
    foreign = await ReplyTemplate.get(title="공원 답변")
    await post_without_page(
        handler.client, f"/desk/cases/{number}/answer",
        data={"step": "template", "template": str(foreign.id)},
    )  # fmt: skip
    await handler.open(handler.url)
    assert "공원입니다" not in handler.fields("answer")["answer.text"]


async def test_a_decision_must_be_chosen_and_what_is_hidden_is_not_sent(system: System) -> None:
    handler, number = await at_work(system)
    await handler.send("answer", text="확인했습니다.")
    assert handler.status == 422
    assert handler.fields("answer")["answer.text"] == "확인했습니다."
    await handler.send("answer", reasons="「[법령]」 제[ ]조", decision="explained")
    assert f"{number} has been answered." in handler.text
    (given,) = await Answer.all()
    assert (given.decision, given.reasons, given.remedies) == ("explained", "", "")


@pytest.mark.parametrize(
    ("action", "field"),
    [("request-supplement", "text"), ("interim-notice", "text"), ("extend", "reason"), ("message", "text")],
)
@pytest.mark.parametrize("gap", ["[위치]", "{{date}}", "○○○", "［날짜］"])
async def test_nothing_with_a_gap_leaves_the_city(system: System, action: str, field: str, gap: str) -> None:
    handler, _number = await at_work(system, kind="grievance")
    more = {"days": "5"} if action == "request-supplement" else {"amount": "3"} if action == "extend" else {}
    await handler.send(action, **{field: f"{gap}에 다녀왔습니다."}, **more)
    assert handler.status == 422
    assert f"what is still missing: {gap}" in handler.text
    await handler.send(action, **{field: "[별표 1]에 따라 (현장에) 다녀왔습니다."}, **more)
    assert handler.status == 200


async def test_a_refusal_needs_reasons_and_remedies(system: System) -> None:
    handler, number = await at_work(system, **PERMIT)
    await handler.send("answer", text="허가할 수 없습니다.", decision="refused", reasons="", remedies="")
    assert handler.status == 422
    assert handler.fields("answer")["answer.text"] == "허가할 수 없습니다."
    assert [a.attrs["href"] for a in handler.page.all("a") if a.attrs.get("href", "").startswith("#field-answer")] == [
        "#field-answer.reasons",
        "#field-answer.remedies",
    ]
    remedies = handler.fields("answer")["answer.remedies"]
    assert "60일" in remedies
    assert "이의신청" in remedies
    assert "90일" in remedies
    await handler.send("answer", reasons="보행로가 1미터보다 좁아집니다.")
    assert "Answered: Refused" in handler.text
    assert "보행로가 1미터보다 좁아집니다." in handler.text
    assert "60일" in handler.text
    assert number in handler.text


async def test_remedies_fit_the_kind_and_the_petitioners_language(system: System) -> None:
    handler, _number = await at_work(system, kind="grievance")
    assert "국민권익위원회" in handler.fields("answer")["answer.remedies"]
    assert "이의신청" not in handler.fields("answer")["answer.remedies"]
    person = {"name": "佐藤健", "email": "sato@example.org", "language": "ja"}
    handler, _number = await at_work(system, **PERMIT, petitioner=person)
    assert "60日以内" in handler.fields("answer")["answer.remedies"]
    await handler.send("answer", text="道路の占用を許可します。", decision="accepted")
    assert "Answered: Done as requested" in handler.text
    assert "60日以内" not in handler.text, "nothing is refused, so nothing need be contested"


async def test_a_forgotten_placeholder_is_never_sent(system: System) -> None:
    handler, number = await at_work(system)
    await handler.send("answer", text="{petitioner}님, 고쳤습니다. {이런 것}은 그대로 둡니다.", decision="accepted")
    assert handler.status == 422
    assert "{petitioner}" in handler.text
    await handler.send("answer", text="홍길동님, 고쳤습니다. {이런 것}은 그대로 둡니다.")
    assert f"{number} has been answered." in handler.text


async def test_a_supplement_stops_the_clock_and_starts_it_again(system: System) -> None:
    with clock.at(MONDAY):
        handler, number = await at_work(system, kind="grievance")
        await handler.send("request-supplement", text="사진을 보내 주세요.", days="5")
        assert "supplement due by Mon 16 Mar 2026" in handler.text
        assert "사진을 보내 주세요." in handler.text
        assert "return" in handler.actions
        await handler.send("return", text="보완하지 않았습니다.")
        assert handler.status == 409
        assert "ask for the supplement a second time" in handler.text
        assert handler.fields("return")["return.text"] == "보완하지 않았습니다."
    with clock.at(datetime(2026, 3, 11, 1, 0, tzinfo=UTC)):
        handler = await desk(system, "handler")
        await handler.open(f"/desk/cases/{number}")
        await handler.send("supplement", text="사진을 받았습니다.")
        assert "by the end of Fri 20 Mar 2026" in handler.text
        assert "Original deadline: Tue 17 Mar 2026" in handler.text


async def test_what_the_law_does_not_allow_is_refused_and_the_text_kept(system: System) -> None:
    handler, _number = await at_work(system, kind="grievance")
    await handler.send("extend", amount="8", reason="현장 조사가 필요합니다.")
    assert handler.status == 409
    assert "may not be longer than the original period" in handler.text
    assert handler.fields("extend")["extend.reason"] == "현장 조사가 필요합니다."
    await handler.send("extend", amount="7")
    assert "Deadline extended by 7 working days" in handler.text
    await handler.send("extend", amount="3", reason="한 번 더")
    assert handler.status == 409
    assert "needs the petitioner's consent" in handler.text
    await handler.send("extend", consent="on")
    assert "Deadline extended by 3 working days" in handler.text


async def test_notes_stay_inside_and_messages_go_out(system: System) -> None:
    handler, number = await at_work(system)
    await handler.send("note", text="전화로 확인함")
    await handler.send("message", text="내일 현장에 갑니다.")
    await handler.send("message", text="주민번호 900101-1234567")
    assert handler.status == 422
    await handler.send("interim-notice", text="부품을 기다립니다.")
    events = {li.attrs["id"]: li for li in handler.page.all("li", class_="event")}
    note = next(li for li in events.values() if "전화로 확인함" in li.text)
    message = next(li for li in events.values() if "내일 현장에 갑니다." in li.text)
    assert "internal" in note.text
    assert "internal" not in message.text
    assert number in handler.text


async def test_another_departments_case_is_not_there(system: System) -> None:
    number = (await system.file(title="공원 나무가 쓰러졌어요", body="공원에 나무가 쓰러졌습니다."))["reference"]
    handler, gardener = await desk(system, "handler"), await desk(system, "gardener")
    assert number not in handler.listed
    assert number in gardener.listed
    await handler.open(f"/desk/cases/{number}")
    assert handler.status == 404
    for action in ("note", "answer", "transfer", "accept"):
        answer = await post_without_page(
            handler.client, f"/desk/cases/{number}/{action}", data={"text": "x", "version": "9"}
        )
        assert answer.status_code == 404, action
    await gardener.open(f"/desk/cases/{number}")
    assert gardener.status == 200


async def test_an_answered_public_case_of_another_department_stays_closed_to_the_desk(system: System) -> None:
    handler, number = await at_work(system, public=True)
    await handler.send("answer", text="고쳤습니다.")
    gardener = await desk(system, "gardener")
    await gardener.open(f"/desk/cases/{number}")
    assert gardener.status == 404


@pytest.mark.parametrize(
    ("username", "action"),
    [("handler", "accept"), ("handler", "assign"), ("handler", "guide"), ("inspector", "answer"), ("guide", "start"),
     ("admin", "answer"), ("admin", "message"), ("intake", "reopen")],
)  # fmt: skip
async def test_without_the_right_there_is_no_form_and_a_403(system: System, username: str, action: str) -> None:
    number = await accepted(system)
    somebody = await desk(system, username)
    await somebody.open(f"/desk/cases/{number}")
    assert somebody.status == 200
    assert action not in somebody.actions
    answer = await post_without_page(somebody.client, f"/desk/cases/{number}/{action}", data={"text": "무엇"})
    assert answer.status_code == 403


async def test_nobody_gets_in_without_signing_in(system: System) -> None:
    number = (await system.file())["reference"]
    visitor = system.visitor()
    for url in ("/desk", f"/desk/cases/{number}"):
        answer = await visitor.get(url)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/sign-in?next=")
    for url in (f"/desk/cases/{number}/note", "/desk/bulk", "/desk/views", "/desk/views/1/delete"):
        assert (await post_without_page(visitor, url, data={"text": "x", "action": "accept"})).status_code == 401
    handler = await desk(system, "handler")
    assert (
        await post_without_page(handler.client, f"/desk/cases/{number}/rate", data={"score": "1"})
    ).status_code == 404
    assert (await post_without_page(handler.client, f"/desk/cases/{number}/nonsense")).status_code == 404


async def test_after_passing_it_on_a_handler_is_back_in_the_inbox(system: System) -> None:
    handler, number = await at_work(system)
    await handler.send("transfer", department="roads", reason="우리 일이 맞지만")
    assert handler.status == 422
    assert handler.fields("transfer")["transfer.reason"] == "우리 일이 맞지만"
    await handler.send("transfer", department="parks", reason="공원 안의 등입니다.")
    assert handler.url.endswith("/desk")
    assert f"{number} has been transferred." in handler.text
    other, out = await at_work(system)
    await other.send("transfer-out", agency="경찰청", reason="단속은 경찰 일입니다.")
    assert "Transferred to another agency" in other.text
    assert "경찰청" in other.text
    assert other.actions == {"note"}
    assert out in other.text


async def test_an_answer_and_words_bring_their_files_to_whom_they_are_for(system: System) -> None:
    filed = await system.file(public=True)
    number = filed["reference"]
    handler = await desk(system, "manager")
    await (await desk(system, "intake")).take(number)
    await handler.open(f"/desk/cases/{number}")
    await handler.send("note", ("통화 기록.txt", b"010-1234"), text="전화로 확인함")
    await handler.send("message", ("약도.png", PNG), text="내일 현장에 갑니다.")
    await handler.send("answer", ("program.exe", b"MZ" + bytes(99)), ("수리 계획.pdf", PDF), text="고칩니다.")
    assert handler.status == 422
    assert "program.exe" in handler.page.one("p", id="field-answer.files-error").text
    assert handler.fields("answer")["answer.text"] == "고칩니다."
    await handler.send("answer", decision="accepted", step="preview")
    assert "수리 계획.pdf" in handler.form("answer").element.text, "the good one goes along with every step"
    await handler.send("answer")
    assert f"{number} has been answered." in handler.text
    desk_page = {name: handler.page.one(None, **where).text for name, where in BESIDE.items()}
    assert "수리 계획.pdf" in desk_page["answer"]
    assert "약도.png" in desk_page["words"]
    assert "통화 기록.txt" in desk_page["words"]
    assert "통화 기록.txt" not in desk_page["petition"], "what came later does not stand at the petition"
    rows = {row.name: row for row in await Attachment.all()}
    assert [(row.by_official, row.internal) for row in rows.values()] == [(True, True), (True, False), (True, False)]

    citizen = system.visitor(**{"x-access-key": filed["access_key"]})
    page = parse((await citizen.get(f"/cases/{number}")).text)
    assert "수리 계획.pdf" in page.one("section", class_="case-answer").text
    assert "공개되지 않습니다" in page.one("section", class_="case-answer").text
    assert "약도.png" in page.one("ol", id="case-events").text
    assert "통화 기록.txt" not in page.text
    case = (await citizen.get(f"/api/v1/cases/{number}")).json()
    assert [file["name"] for file in case["answers"][0]["attachments"]] == ["수리 계획.pdf"]
    assert [file["name"] for file in case["attachments"]] == ["약도.png", "수리 계획.pdf"]
    events = (await citizen.get(f"/api/v1/cases/{number}/events")).json()["items"]
    assert {e["kind"]: e["data"]["files"] for e in events if e["data"].get("files")} == {
        "case.message": [rows["약도.png"].id],
        "case.answered": [rows["수리 계획.pdf"].id],
    }
    public = await system.visitor().get(f"/cases/{number}")
    assert "고칩니다." in public.text
    assert ".pdf" not in public.text
    found = (await system.visitor().get(f"/api/v1/cases/{number}/events")).json()["items"]
    assert [event["data"]["files"] for event in found if event["kind"] == "case.answered"] == [[]]
    for name, row in rows.items():
        address = f"/cases/{number}/files/{row.id}/x"
        assert (await system.visitor().get(address)).status_code == 404
        assert (await citizen.get(address)).status_code == (404 if row.internal else 200), name
        assert (await handler.client.get(address)).status_code == 200

    await system.work()
    mails = [mail for mail in system.mails() if mail["To"] == "hong@example.org"]
    told = [mail.get_body(("plain",)).get_content() for mail in mails]  # type: ignore[union-attr]
    assert [name for name in rows if any(name in text for text in told)] == ["약도.png", "수리 계획.pdf"]


BESIDE: dict[str, dict[str, str]] = {
    "answer": {"class_": "answered"},
    "words": {"id": "timeline"},
    "petition": {"class_": "petition"},
}
"""Where the desk's page shows files."""
