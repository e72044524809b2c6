"""김나래 speaks, takes a place, is hidden by mistake and asks for a forum: every turn reaches her by mail."""

import re
from dataclasses import replace
from datetime import timedelta

from forums.actions import (
    answering,
    commenting,
    deciding,
    handing,
    joining,
    planning,
    promising,
    proposing,
    registering,
    sessions,
    speaking,
    watching,
)
from forums.forms.answering import GiveAnswer
from forums.forms.handing import Hand, Join, Words
from forums.forms.moderating import Decide
from forums.forms.places import ChangeSession, NewSession
from forums.forms.promising import EditPromise, Finish, Promise, StepLine
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
from tests.support.house import House
from tests.support.stories import to

NARAE, HARU = "narae@example.org", "haru@example.org"


async def narae() -> Person:
    return await take_name(NARAE, "김나래", "ko")


def text(mail: object) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[attr-defined]


async def test_her_voice_from_receipt_to_done(house: House) -> None:
    slug = await a_forum(house)
    who, other = await narae(), await take_name(HARU, "ハル", "ja")
    number = await speaking.submit(who, slug, Submit("차양을 세워 주세요", "가게 앞 차양이 필요합니다.", "idea"))
    same = await speaking.submit(other, slug, Submit("日よけ", "店の前に日よけがほしいです。", "idea", language="ja"))
    intake, handler = await official("intake"), await official("handler")
    assert handler.department_id
    await house.work()
    await handing.hand(intake, number, Hand(handler.department_id))
    await joining.join(intake, same, Join(number))
    await house.work()
    due = today() + timedelta(days=30)
    command = GiveAnswer("adopted", "차양을 세우겠습니다.", Promise("차양 설치", "handler", due))
    await answering.answer(handler, number, command)
    await house.work()
    (row,) = await database.fetch("SELECT number FROM commitment")
    await promising.finish(handler, row["number"], Finish("사진을 찍었습니다."))
    await house.work()

    received, handed, answered, done = to(house, NARAE)
    assert "의견을 받았습니다" in received["Subject"]
    assert number in text(received)
    assert "도로과" in text(handed)
    assert "반영" in text(answered)
    assert "차양을 세우겠습니다." in text(answered)
    assert "이루어졌습니다" in done["Subject"]
    japanese = to(house, HARU)
    assert any("統合" in mail["Subject"] for mail in japanese)
    assert any("反映" in text(mail) for mail in japanese)

    link = re.search(r"http://\S+(/open/\S+)", text(done))
    assert link
    her = house.visitor()
    opened = await her.get(link[1])
    assert opened.headers["location"] == f"/submissions/{number}"
    assert (await her.get(f"/submissions/{number}")).status_code == 200

    await promising.contest(who, row["number"], Words("아직 없어요."))
    await house.work()
    assert "끝나지 않았다고" in text(to(house, "handler@city.example")[-1])
    with clock.at(clock.now() + timedelta(days=40)):
        await watching.remind()
        await house.work()
        assert "늦었습니다" in to(house, "manager@city.example")[-1]["Subject"]
        assert "지났습니다" in to(house, NARAE)[-1]["Subject"]
        await promising.drop(handler, row["number"], Words("땅 주인이 허락하지 않습니다."))
        await house.work()
    assert "땅 주인이 허락하지 않습니다." in text(to(house, NARAE)[-1])


async def test_another_day_of_a_promise_and_each_step_of_it_are_told(house: House) -> None:
    number = await speaking.submit(
        await narae(), await a_forum(house), Submit("차양을 세워 주세요", "가게 앞 차양이 필요합니다.", "idea")
    )
    handler, due, why = await official("handler"), today() + timedelta(days=30), "비가 옵니다. 02-123-4567"
    promised = Promise("차양 설치", "handler", due)
    await answering.answer(
        await official("intake"), number, GiveAnswer("adopted", "합니다.", promised, handler.department_id)
    )
    (row,) = await database.fetch("SELECT number FROM commitment")
    await house.work()
    told = len(to(house, NARAE))
    await promising.edit(handler, row["number"], EditPromise(replace(promised, steps=(StepLine("자리 정하기"),))))
    await house.work()
    assert len(to(house, NARAE)) == told, "only another day is news"
    step, later = (await Step.get()).id, due + timedelta(days=7)
    moved = replace(promised, due_on=later, steps=(StepLine("자리 정하기", id=step),))
    await promising.edit(handler, row["number"], EditPromise(moved, why))
    await house.work()
    await promising.do_step(handler, row["number"], step)
    await house.work()
    moved_mail, step_mail = to(house, NARAE)[told:]
    assert i18n.date_text(later, "ko") in text(moved_mail)
    assert why in text(moved_mail), "an official's own telephone stays"
    assert "한 단계" in step_mail["Subject"]
    for feed in ("/commitments/feed.atom", f"/commitments/{row['number']}/feed.atom"):
        assert re.findall(r"<title>차양 설치: (.*)</title>", (await house.client.get(feed)).text) == [
            "한 단계를 마쳤습니다.",
            f"약속한 날이 {later}로 바뀌었습니다.",
            "시가 약속했습니다.",
        ], feed


async def test_her_place_her_hidden_comment_and_her_proposal(house: House) -> None:
    slug = await a_forum(house)
    who, other = await narae(), await take_name(HARU, "ハル", "ja")
    intake, now = await official("intake"), clock.now()
    begins = now + timedelta(days=5)
    (hall,) = await sessions.add(intake, slug, [NewSession("", begins, begins + timedelta(hours=2), "강당", 1)])
    code = await registering.register(who, hall, "")
    await registering.register(other, hall, "")
    await house.work()
    (placed,), (waiting,) = to(house, NARAE), to(house, HARU)
    assert code in text(placed)
    assert "強" not in text(waiting)
    assert "キャンセル待ち" in waiting["Subject"]
    await sessions.edit(
        intake, slug, hall, ChangeSession("", begins + timedelta(hours=1), begins + timedelta(hours=3), "소강당", 1)
    )
    await house.work()
    assert "소강당" in text(to(house, NARAE)[-1])
    await registering.give_back(who, code)
    await house.work()
    assert "空席" in to(house, HARU)[-1]["Subject"]
    assert len(to(house, NARAE)) == 2, "what she did herself is no news"

    comment, _thread = await commenting.on_forum(who, slug, Say("우리 학원 오세요"))
    subject = f"comment/{comment}"
    await deciding.decide(intake, subject, Decide(TextAction.HIDE, "advert", "학원을 알리는 글입니다."))
    await house.work()
    hidden = to(house, NARAE)[-1]
    assert "학원을 알리는 글입니다." in text(hidden)
    link = re.search(r"http://\S+(/open/\S+)", text(hidden))
    assert link
    assert (await house.visitor().get(link[1])).headers["location"] == f"/forums/appeal/{subject}"
    await deciding.decide(intake, subject, Decide(TextAction.SHOW))
    await house.work()
    assert "공개되었습니다" in to(house, NARAE)[-1]["Subject"]

    proposal = await proposing.propose(
        who, ProposeForum("listening", "밤에 일하는 사람들", "이야기를 들어 주세요.", "ko")
    )
    await proposing.decline(intake, proposal, "같은 자리가 다음 달에 있습니다.")
    await house.work()
    assert "같은 자리가 다음 달에 있습니다." in text(to(house, NARAE)[-1])

    await sessions.cancel(intake, slug, hall, "강당을 쓸 수 없습니다.")
    await house.work()
    assert "강당을 쓸 수 없습니다." in text(to(house, HARU)[-1])
    await planning.cancel(intake, slug, "다음에 다시 엽니다.")
    await house.work()


async def test_once_a_day_where_she_wishes_it_but_hidden_texts_at_once(house: House) -> None:
    slug = await a_forum(house)
    who = await narae()
    await set_mode(NARAE, Mode.DIGEST)
    number = await speaking.submit(who, slug, Submit("벤치", "벤치를 놓아 주세요.", "idea"))
    handler = await official("handler")
    assert handler.department_id
    await handing.hand(await official("intake"), number, Hand(handler.department_id))
    await house.work()
    assert to(house, NARAE) == []
    await deciding.decide(
        await official("intake"), f"submission/{number}", Decide(TextAction.HIDE, "off_topic", "주제")
    )
    await deciding.decide(await official("intake"), f"submission/{number}", Decide(TextAction.SHOW))
    await house.work()
    assert len(to(house, NARAE)) == 2
    here = clock.now().astimezone(house.settings.zone)
    with clock.at((here + timedelta(days=1)).replace(hour=9)):
        await house.worker.handlers["core.digest"](Task("digest", "core.digest", {}, 1))
    digest = to(house, NARAE)[-1]
    assert "벤치" in text(digest)
    assert "도로과에 전달되었습니다" in text(digest)
