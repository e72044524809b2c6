"""The visitor's ticket and the display in the hall, as they are shown."""

from server.core import clock
from tests.support.markup import parse
from tests.support.page_forms import submit
from tests.support.system import System
from tests.support.visits import an_office, at
from tracking.visits.actions import arriving
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Counter
from tracking.visits.queries import offices


async def test_a_visitor_follows_the_ticket_until_it_is_called(system: System) -> None:
    office = await an_office({"1": ["passport"]}, most_calls=1)
    desk = f"/desk/counters/{(await Counter.get(office_id=office.id)).id}"
    with clock.at(at("09:00")):
        clerk, phone = await system.official("clerk"), system.client
        await submit(clerk, desk, "/open")
        first, second = [
            await arriving.walk_in(await offices.office("east"), ["passport"], Press()) for _one in range(2)
        ]
        page = f"/tickets/{second.code}"
        waits = await phone.get(page)
        assert "앞에 1명" in waits.text
        assert "분 뒤에 호출될" in waits.text
        await submit(phone, f"/tickets/{first.code}", "/leave")
        assert "다음 순서입니다." in (await phone.get(page)).text
        await submit(clerk, desk, "/call-next")
        assert "1번 창구로 오세요" in (await phone.get(page)).text
        shown = await phone.get("/offices/east/display")
        assert f"<span data-number>{second.number}</span>" in shown.text
        assert "<span data-counter>1</span>" in shown.text
        await submit(clerk, desk, "/no-show")
        missed = await phone.get(page)
        assert "호출했지만 오지 않으셨습니다" in missed.text
        await submit(phone, page, "/return")
        assert "다음 순서입니다." in (await phone.get(page)).text
        assert (await phone.get("/tickets/ABC-DEF-GHJ")).status_code == 404


async def test_a_number_is_given_back_after_a_question(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
        page = f"/tickets/{ticket.code}"
        shown = parse((await system.client.get(f"{page}?lang=en")).text)
    (question,) = [one for one in shown.walk() if one.tag == "details" and one.attrs.get("id") == "leave"]
    assert "open" not in question.attrs
    assert "You lose your place in the queue." in question.text
    forms = [one for one in shown.walk() if one.tag == "form" and one.attrs.get("action") == f"{page}/leave"]
    assert len(forms) == 1
    assert forms[0] in [*question.walk()], "nowhere without the question"


async def test_a_ticket_that_has_ended_offers_nothing(system: System) -> None:
    await an_office({"1": ["passport"]})
    with clock.at(at("09:00")):
        ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
        page = f"/tickets/{ticket.code}"
        await submit(system.client, page, "/leave")
        ended = (await system.client.get(page)).text
        assert "/visits?office=east" in ended, "what to do next"
    assert f'action="{page}' not in ended
    assert "data-stream" not in ended
