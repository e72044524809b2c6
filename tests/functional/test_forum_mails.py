"""김나래 speaks, takes a place, is hidden by mistake and asks for a forum: every turn reaches her by mail."""

import re
from dataclasses import replace
from datetime import timedelta

from forums.actions import (
    answering,
    assigning,
    commenting,
    committing,
    deciding,
    merging,
    planning,
    proposing,
    registering,
    sessions,
    speaking,
    watching,
)
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Assign, Merge, TextOnly
from forums.forms.committing import DoStep, EditCommitment, Finish, MakeCommitment, StepLine
from forums.forms.moderating import Decide
from forums.forms.places import ChangeSession, NewSession
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Say, Submit
from forums.models import Step
from forums.states import TextAction
from server.core import clock, database, i18n
from server.core.days import today
from server.core.jobs import Task
from server.core.notify.mailbox import Mode, set_mode
from server.core.participants.people import Person, take_name
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.stories import to
from tests.support.system import System

NARAE, HARU = "narae@example.org", "haru@example.org"


async def narae() -> Person:
    return await take_name(NARAE, "김나래", "ko")


def text(mail: object) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


async def test_her_submission_from_receipt_to_done(system: System) -> None:
    slug = await a_forum(system)
    who, other = await narae(), await take_name(HARU, "ハル", "ja")
    number = await speaking.submit(who, slug, Submit("차양을 세워 주세요", "가게 앞 차양이 필요합니다.", "idea"))
    same = await speaking.submit(other, slug, Submit("日よけ", "店の前に日よけがほしいです。", "idea", language="ja"))
    intake, handler = await official("intake"), await official("handler")
    assert handler.department_id
    await system.work()
    await assigning.assign(intake, number, Assign(handler.department_id))
    await merging.merge(intake, same, Merge(number))
    await system.work()
    due = today() + timedelta(days=30)
    command = GiveAnswer("adopted", "차양을 세우겠습니다.", MakeCommitment("차양 설치", "handler", due))
    await answering.answer(handler, number, command)
    await system.work()
    (row,) = await database.fetch("SELECT number FROM commitment")
    await committing.finish(handler, row["number"], Finish("사진을 찍었습니다."))
    await system.work()

    received, assigned, answered, done = to(system, NARAE)
    assert "의견을 받았습니다" in received["Subject"]
    assert number in text(received)
    assert "도로과" in text(assigned)
    assert "반영" in text(answered)
    assert "차양을 세우겠습니다." in text(answered)
    assert "이루어졌습니다" in done["Subject"]
    japanese = to(system, HARU)
    assert any("統合" in mail["Subject"] for mail in japanese)
    assert any("反映" in text(mail) for mail in japanese)

    link = re.search(r"http://\S+(/open/\S+)", text(done))
    assert link
    her = system.visitor()
    opened = await her.get(link[1])
    assert opened.headers["location"] == f"/submissions/{number}"
    assert (await her.get(f"/submissions/{number}")).status_code == 200

    await committing.contest(who, row["number"], TextOnly("아직 없어요."))
    await system.work()
    assert "이행되지 않았다고" in text(to(system, "handler@city.example")[-1])
    with clock.at(clock.now() + timedelta(days=40)):
        await watching.remind()
        await system.work()
        assert "늦었습니다" in to(system, "manager@city.example")[-1]["Subject"]
        assert "지났습니다" in to(system, NARAE)[-1]["Subject"]
        await committing.drop(handler, row["number"], TextOnly("땅 주인이 허락하지 않습니다."))
        await system.work()
    assert "땅 주인이 허락하지 않습니다." in text(to(system, NARAE)[-1])


async def test_another_day_of_a_commitment_and_each_step_of_it_are_told(system: System) -> None:
    number = await speaking.submit(
        await narae(), await a_forum(system), Submit("차양을 세워 주세요", "가게 앞 차양이 필요합니다.", "idea")
    )
    handler, due, why = await official("handler"), today() + timedelta(days=30), "비가 옵니다. 02-123-4567"
    promised = MakeCommitment("차양 설치", "handler", due)
    await answering.answer(
        await official("intake"), number, GiveAnswer("adopted", "합니다.", promised, handler.department_id)
    )
    (row,) = await database.fetch("SELECT number FROM commitment")
    await system.work()
    told = len(to(system, NARAE))
    await committing.edit(
        handler, row["number"], EditCommitment(**vars(replace(promised, steps=(StepLine("자리 정하기"),))))
    )
    await system.work()
    assert len(to(system, NARAE)) == told, "only another day is news"
    step, later = (await Step.get()).id, due + timedelta(days=7)
    moved = replace(promised, due_on=later, steps=(StepLine("자리 정하기", id=step),))
    await committing.edit(handler, row["number"], EditCommitment(**vars(moved), reason=why))
    await system.work()
    await committing.do_step(handler, row["number"], DoStep(step))
    await system.work()
    moved_mail, step_mail = to(system, NARAE)[told:]
    assert i18n.date_text(later, "ko") in text(moved_mail)
    assert why in text(moved_mail), "an official's own telephone stays"
    assert "한 단계" in step_mail["Subject"]
    for feed in ("/commitments/feed.atom", f"/commitments/{row['number']}/feed.atom"):
        assert re.findall(r"<title>차양 설치: (.*)</title>", (await system.client.get(feed)).text) == [
            "한 단계를 마쳤습니다.",
            f"약속한 날이 {later}로 바뀌었습니다.",
            "시가 약속했습니다.",
        ], feed


async def test_her_place_her_hidden_comment_and_her_proposal(system: System) -> None:
    slug = await a_forum(system)
    who, other = await narae(), await take_name(HARU, "ハル", "ja")
    intake, now = await official("intake"), clock.now()
    begins = now + timedelta(days=5)
    (hall,) = await sessions.add(intake, slug, [NewSession("", begins, begins + timedelta(hours=2), "강당", 1)])
    code = await registering.register(who, hall, "")
    await registering.register(other, hall, "")
    await system.work()
    (placed,), (waiting,) = to(system, NARAE), to(system, HARU)
    assert code in text(placed)
    assert "強" not in text(waiting)
    assert "キャンセル待ち" in waiting["Subject"]
    await sessions.edit(
        intake, slug, hall, ChangeSession("", begins + timedelta(hours=1), begins + timedelta(hours=3), "소강당", 1)
    )
    await system.work()
    assert "소강당" in text(to(system, NARAE)[-1])
    await registering.cancel_registration(who, code)
    await system.work()
    assert "空席" in to(system, HARU)[-1]["Subject"]
    assert len(to(system, NARAE)) == 2, "what she did herself is no news"

    comment, _thread = await commenting.on_forum(who, slug, Say("우리 학원 오세요"))
    subject = f"comment/{comment}"
    await deciding.decide(intake, subject, Decide(TextAction.HIDE, "advert", "학원을 알리는 글입니다."))
    await system.work()
    hidden = to(system, NARAE)[-1]
    assert "학원을 알리는 글입니다." in text(hidden)
    link = re.search(r"http://\S+(/open/\S+)", text(hidden))
    assert link
    assert (await system.visitor().get(link[1])).headers["location"] == f"/forums/appeal/{subject}"
    await deciding.decide(intake, subject, Decide(TextAction.SHOW))
    await system.work()
    assert "공개되었습니다" in to(system, NARAE)[-1]["Subject"]

    proposal = await proposing.propose(
        who, ProposeForum("listening", "밤에 일하는 사람들", "이야기를 들어 주세요.", "ko")
    )
    await proposing.decline(intake, proposal, TextOnly("같은 자리가 다음 달에 있습니다."))
    await system.work()
    assert "같은 자리가 다음 달에 있습니다." in text(to(system, NARAE)[-1])

    await sessions.cancel(intake, slug, hall, "강당을 쓸 수 없습니다.")
    await system.work()
    assert "강당을 쓸 수 없습니다." in text(to(system, HARU)[-1])
    await planning.cancel(intake, slug, TextOnly("다음에 다시 엽니다."))
    await system.work()


async def test_once_a_day_where_she_wishes_it_but_hidden_texts_at_once(system: System) -> None:
    slug = await a_forum(system)
    who = await narae()
    await set_mode(NARAE, Mode.DIGEST)
    number = await speaking.submit(who, slug, Submit("벤치", "벤치를 놓아 주세요.", "idea"))
    handler = await official("handler")
    assert handler.department_id
    await assigning.assign(await official("intake"), number, Assign(handler.department_id))
    await system.work()
    assert to(system, NARAE) == []
    await deciding.decide(
        await official("intake"), f"submission/{number}", Decide(TextAction.HIDE, "off_topic", "주제")
    )
    await deciding.decide(await official("intake"), f"submission/{number}", Decide(TextAction.SHOW))
    await system.work()
    assert len(to(system, NARAE)) == 2
    here = clock.now().astimezone(system.settings.zone)
    with clock.at((here + timedelta(days=1)).replace(hour=9)):
        await system.worker.handlers["core.digest"](Task("digest", "core.digest", {}, 1))
    digest = to(system, NARAE)[-1]
    assert "벤치" in text(digest)
    assert "도로과에 배정되었습니다" in text(digest)
