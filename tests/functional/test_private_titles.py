"""Titles of pages stand in tabs, histories and on shared screens: they name no private case and nobody."""

import re

from petitions.actions import answering, handling
from petitions.forms import Accept, GiveAnswer
from tests.support.stories import filed, opened_with_key, somebody
from tests.support.system import System
from tests.support.visits import an_office, contact, wish
from tracking.visits.actions import booking


def title(page: str) -> str:
    (found,) = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
    return str(found)


async def test_a_case_has_its_number_for_a_title_until_everybody_may_read_it(system: System) -> None:
    case = await filed(public=True)
    hong, handler = await opened_with_key(system, case), await system.official("handler")
    await handling.accept(await somebody("intake"), case.reference, Accept("roads"))
    for browser, page in ((hong, f"/cases/{case.reference}"), (handler, f"/desk/cases/{case.reference}")):
        answer = await browser.get(page)
        assert "가로등" in answer.text
        assert title(answer.text).startswith(f"민원 {case.reference} · ")
    receipt = title((await hong.get(f"/cases/{case.reference}/receipt")).text)
    assert case.reference in receipt
    assert "가로등" not in receipt
    await handling.start(await somebody("handler"), case.reference)
    await answering.answer(await somebody("handler"), case.reference, GiveAnswer("고쳤습니다.", "accepted"))
    assert title((await system.visitor().get(f"/cases/{case.reference}")).text).startswith("가로등이 꺼졌어요 · ")
    assert title((await hong.get(f"/cases/{case.reference}")).text).startswith(f"민원 {case.reference} · ")


async def test_a_visit_has_its_number_for_a_title(system: System) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish("passport"), contact("kim"))
    page = (await (await system.official("admin")).get(f"/desk/visits/{made.number}")).text
    assert title(page).startswith(f"예약 {made.number}") or made.number in title(page)
    assert "kim" not in title(page).lower()
