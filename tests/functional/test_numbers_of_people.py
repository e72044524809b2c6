"""Numbers of people never stand on a public page: not in what somebody contests, asks for, or an official copies."""

from forums.actions import answering, assigning, committing, planning, proposing, speaking
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Assign, TextOnly
from forums.forms.committing import Finish, MakeCommitment
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Submit
from forums.models import Commitment
from server.core import clock, database
from server.core.days import today
from server.core.participants.people import take_name
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.system import System

PHONE, RESIDENT, OFFICE = "010-1234-5678", "900101-1234568", "02-731-2120"


async def test_no_number_of_a_person_is_read_by_everybody(system: System) -> None:
    slug = await a_forum(system)
    who = await take_name("narae@example.org", "김나래", "ko")
    number = await speaking.submit(who, slug, Submit("차양", "가게 앞 차양이 필요합니다.", "idea"))
    intake, handler = await official("intake"), await official("handler")
    assert handler.department_id
    await assigning.assign(intake, number, Assign(handler.department_id))
    due = today()
    commitment = MakeCommitment(f"차양 {PHONE}", "handler", due, f"문의 {OFFICE}, 신청인 {RESIDENT}", f"{RESIDENT}")
    await answering.answer(handler, number, GiveAnswer("adopted", "차양을 세우겠습니다.", commitment))
    done = await Commitment.get()
    await committing.finish(handler, done.number, Finish(f"신청인 {RESIDENT} 확인, 문의 {OFFICE}"))
    await committing.contest(who, done.number, TextOnly(f"아직입니다. {RESIDENT}, {PHONE}로 전화 주세요."))
    await database.execute("UPDATE forum SET title = ?, minutes = ?, panel = ? WHERE slug = ?",
                           f"토론회 {PHONE} {RESIDENT}", f"회의록 {RESIDENT}", f'["김상인 {RESIDENT}"]',
                           slug)  # fmt: skip
    wish = ProposeForum("listening", f"골목 이야기 {PHONE}", "손님이 오게 합시다.", "ko",
                        (f"상인 {PHONE}",), place=f"꽃집 {PHONE}", starts_at=clock.now())  # fmt: skip
    asked = await proposing.propose(who, wish)
    await proposing.accept(intake, asked, TextOnly(f"열겠습니다. 문의 {OFFICE}"))
    await database.execute("UPDATE forum SET department_id = ? WHERE slug = ?", handler.department_id, asked)
    await planning.publish(intake, asked)

    reader = system.visitor()
    paths = (f"/commitments/{done.number}", "/commitments", f"/submissions/{number}", f"/forums/{slug}",
             f"/forums/{asked}", f"/forums/{asked}/calendar.ics", f"/api/v1/forums/{slug}",
             f"/api/v1/forums/{asked}")  # fmt: skip
    for path in paths:
        answer = await reader.get(path)
        assert answer.status_code == 200, path
        text = answer.text.replace("\r\n ", "")
        assert "234568" not in text, path
        assert PHONE not in text or path.endswith(slug), path
    page = (await reader.get(paths[0])).text
    assert page.count("010-****-5678") > 2, "the title, what she said, and the same in the course of it"
    assert OFFICE in page, "an office's own telephone is for everybody"
    desk = await system.official("handler")
    assert RESIDENT not in (await desk.get(f"/desk/commitments/{done.number}")).text
