"""A mail address that somebody writes into what everybody reads is masked there; the city's own stays."""

from forums.actions import answering, commenting, planning, speaking
from forums.forms.answering import GiveAnswer
from forums.forms.speaking import Say, Submit
from petitions.models import Petitioner
from server.core.participants.people import take_name
from tests.support.answers import answer, official
from tests.support.forums import a_forum
from tests.support.stories import filed, listening, to
from tests.support.system import System

HERS, CITYS = "mina.kim@example.com", "roads@city.example"
SHOWN = "mi***@example.com"
PHONE, CARD = "02-123-4567", "4111-1111-1111-1111"


async def test_minas_address_is_masked_wherever_it_is_read_and_the_departments_is_not(system: System) -> None:
    slug = await a_forum(system, title=f"골목 이야기 {CITYS}")
    mina, handler = await take_name("mina@example.org", "미나", "ko"), await official("handler")
    await planning.start(await official("clerk"), slug)
    number = await speaking.submit(mina, slug, Submit(f"조명을 답시다 {HERS}", f"저에게 {HERS}로 알려 주세요.", "idea"))
    async with listening(system, system.visitor(), f"/forums/{slug}/stream?lang=ko") as stream:
        await commenting.on_forum(mina, slug, Say(f"{HERS} 여기로요"))
        await commenting.on_forum(handler, slug, Say(f"{CITYS}로 보내 주세요"))
        while CITYS not in stream.text:
            await stream.event()
        live = stream.text
    given = GiveAnswer("not_adopted", f"예산이 없습니다. {CITYS}, {PHONE}, {CARD}", department_id=1)
    await answering.answer(await official("intake"), number, given)
    await system.work()
    read = {
        "live": live,
        "mail": "".join(
            str(body.get_content()) for mail in to(system, "mina@example.org") if (body := mail.get_body(("plain",)))
        ),
    }
    for path in (
        f"/submissions/{number}", f"/forums/{slug}", "/forums/feed.atom?q=조명", f"/forums/{slug}/feed.atom",
        f"/submissions/{number}/feed.atom", f"/api/v1/submissions/{number}", f"/api/v1/forums/{slug}/submissions",
        "/statistics/adoption/submissions",
    ):  # fmt: skip
        page = await system.client.get(path)
        assert page.status_code == 200, path
        read[path] = page.text
    for where, text in read.items():
        assert HERS not in text, where
        assert SHOWN in text, where
    for where in ("live", "mail", f"/submissions/{number}", f"/submissions/{number}/feed.atom", f"/forums/{slug}"):
        assert CITYS in read[where], where
        assert CARD not in read[where], where
    assert PHONE in read[f"/submissions/{number}"]
    for q, found in (("조명을", True), (HERS, False), ("mina.kim", False)):
        assert (number in (await system.client.get("/forums/feed.atom", params={"q": q})).text) is found, q


async def test_a_petitioners_address_is_masked_also_in_the_answer_and_the_offices_stays(system: System) -> None:
    case = await filed(title=f"가로등 {HERS}", body=f"답은 {HERS}로, 낮에는 031-777-8888.", public=True)
    await Petitioner.all().update(phone="010-5555-6666", address="서울시 중앙구 중앙로 12")
    known = "Hong@Example.org, +82 10-5555-6666, 031.777.8888, 서울시  중앙구 중앙로 12"
    await answer(case.reference, f"문의: {CITYS}, 02-123-4567. {known}로도 알렸습니다.")
    for path in ("/petitions", f"/cases/{case.reference}", "/petitions?q=가로등"):
        text = (await system.client.get(path)).text
        assert HERS not in text, path
        for own in ("Hong@Example", "5555", "777-8888", "777.8888", "중앙로 12"):
            assert own not in text, (path, own)
        for stays in (SHOWN, CITYS, "02-123-4567"):
            assert stays in text, (path, stays)
    assert case.reference not in (await system.client.get("/petitions", params={"q": HERS})).text
