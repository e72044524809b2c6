"""An objection on its way: the citizen objects, the manager puts the decision off and decides, everybody sees when."""

from datetime import UTC, datetime, timedelta

import httpx

from petitions.actions import answering, handling, objecting, watch
from petitions.actions.intake import Filed
from petitions.forms import DecideObjection, Extend, TextOnly
from petitions.models import Case
from server.core import clock
from tests.support.desk import Desk, desk
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import filed, opened_with_key, somebody, to
from tests.support.system import System

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
HONG, MANAGER, HANDLER = "hong@example.org", "manager@city.example", "handler@city.example"
REFUSAL = {
    "decision": "refused",
    "text": "허가할 수 없습니다.",
    "reasons": "도로법 제61조",
    "remedies": "60일 안에 이의신청",
}


async def refused(
    system: System, handler: Desk, kind: str = "statutory:road_occupation", **answer: str
) -> tuple[Filed, httpx.AsyncClient]:
    """A case with its answer, and the browser of its petitioner."""
    case = await filed(kind=kind)
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{case.reference}")
    await intake.send("accept", department="roads")
    await handler.open(f"/desk/cases/{case.reference}?lang=en")
    await handler.send("answer", **(answer or REFUSAL))
    assert handler.status == 200
    return case, await opened_with_key(system, case)


def heard(system: System, *people: str) -> set[str]:
    """What the last mail to each of them was about."""
    return {str(to(system, who)[-1]["Subject"]).partition("] ")[2] for who in people}


def last_words(system: System) -> str:
    """The text of the petitioner's last mail."""
    body = to(system, HONG)[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_an_objection_is_filed_put_off_and_dismissed(system: System) -> None:
    with clock.at(MONDAY):
        case = await objected(system)
    with clock.at(MONDAY + timedelta(days=10)):
        await put_off(system, case)
    with clock.at(MONDAY + timedelta(days=40)):
        assert await watch.close_uncontested() == 0
        await dismissed(system, case)
    # Nobody contests it any more: it is closed 30 days after the decision.
    with clock.at(MONDAY + timedelta(days=69)):
        assert await watch.close_uncontested() == 0
    with clock.at(MONDAY + timedelta(days=71)):
        assert await watch.close_uncontested() == 1
    assert (await Case.get(reference=case.reference)).status == "closed"


async def objected(system: System) -> Filed:
    """The petitioner objects on the page; the desk sees it in its list of objections."""
    handler, manager = await desk(system, "handler"), await desk(system, "manager")
    case, citizen = await refused(system, handler)
    address = f"/cases/{case.reference}"
    page = (await citizen.get(f"{address}?lang=en")).text
    assert "You can object until Fri 8 May 2026." in page
    wrong = await submit(citizen, address, "/objection", objection="900101-1234567 다시")
    assert wrong.status_code == 422
    assert "resident registration number" in parse(wrong.text).one("p", class_="field-error").text
    assert "900101-1234567 다시" in wrong.text
    await system.work()
    filed_now = await send(citizen, form(wrong, "/objection"), objection="기준을 갖추었습니다.")
    assert filed_now.status_code == 303
    page = (await citizen.get(address)).text
    assert "You will be notified of the decision by Thu 19 Mar 2026 at the latest." in page
    assert f'action="{address}/objection"' not in page
    assert f'action="{address}/not-solved"' not in page
    await system.work()
    assert heard(system, HONG) == {"이의신청을 접수했습니다"}
    assert heard(system, MANAGER, HANDLER) == {"이의신청이 들어왔습니다"}

    # At the desk it stands in the list of objections, with its own clock; the handler may not decide it.
    await manager.open("/desk?objection=1")
    assert manager.listed == [case.reference]
    assert "Objection: 8 working days left" in manager.row(case.reference).text
    assert "Objections 1" in {a.text for a in manager.page.one("nav", class_="tabs").all("a")}
    assert (await manager.open("/desk")).listed == []
    await handler.open(f"/desk/cases/{case.reference}")
    assert handler.actions & {"object", "decide-objection", "extend-objection", "close", "reopen"} == set()
    await manager.open(f"/desk/cases/{case.reference}")
    assert manager.actions >= {"decide-objection", "extend-objection"}
    assert "The objection must be decided within ten days (Act 35②)." in manager.text
    await manager.send("extend-objection", amount="11", reason="현장을 다시 봅니다.")
    assert manager.status == 422
    assert "by one to ten days" in manager.page.one("p", class_="field-error").text
    assert manager.fields("extend-objection")["extend-objection.reason"] == "현장을 다시 봅니다."

    return case


async def put_off(system: System, case: Filed) -> None:
    """Who decides is reminded on the last day, and puts the decision off."""
    assert await watch.remind() == 1
    await system.work()
    assert heard(system, MANAGER, HANDLER) == {"이의신청을 결정해야 합니다"}
    manager = await desk(system, "manager")
    await manager.open(f"/desk/cases/{case.reference}")
    await manager.send("extend-objection", amount="10", reason="현장을 다시 봅니다.")
    assert "extend-objection" not in manager.actions
    await system.work()
    assert "2026년 3월 30일" in last_words(system)  # 29 March is a Sunday
    citizen, address = await opened_with_key(system, case), f"/cases/{case.reference}"
    assert "현장을 다시 봅니다." in (await citizen.get(f"{address}?lang=en")).text


async def dismissed(system: System, case: Filed) -> None:
    """Late, the manager dismisses it: with reasons, and with the ways to contest the refusal."""
    address = f"/cases/{case.reference}"
    assert await watch.remind() == 2  # soon and over, of the new date
    await system.work()
    assert heard(system, HONG) == {"이의신청 결정이 늦어지고 있습니다"}
    assert to(system, "inspector@city.example")
    manager, citizen = await desk(system, "manager"), await opened_with_key(system, case)
    await manager.open(f"/desk/cases/{case.reference}")
    ways = manager.fields("decide-objection")["decide-objection.remedies"]
    assert "90일" in ways
    await manager.send("decide-objection", ruling="dismissed", reasons="보도 폭이 좁습니다.", remedies="")
    assert manager.status == 422
    await manager.send("decide-objection", remedies=ways)
    assert manager.status == 200
    await system.work()
    assert heard(system, HONG) == {"이의신청이 기각되었습니다"}
    assert all(words in last_words(system) for words in ("보도 폭이 좁습니다.", "90일"))
    page = (await citizen.get(f"{address}?lang=en")).text
    assert "The objection was dismissed: the refusal stands" in page
    assert ways.splitlines()[0] in parse(page).text
    assert (await manager.open("/desk?objection=1")).listed == []
    assert await watch.remind() == 0


async def test_an_objection_on_paper_is_taken_in_and_upheld(system: System) -> None:
    handler, manager = await desk(system, "handler"), await desk(system, "manager")
    case, citizen = await refused(system, handler)
    await handler.send("object", text="편지로 온 이의신청")
    await system.work()
    await manager.open(f"/desk/cases/{case.reference}")
    await manager.send("decide-objection", ruling="upheld", reasons="보도 폭을 다시 재었습니다.")
    assert manager.page.one("p", class_="case-line").text.startswith("Reopened")
    page = parse((await citizen.get(f"/cases/{case.reference}?lang=en")).text)
    assert "The objection was upheld: the case is reopened" in page.text
    assert "New processing period, because the objection was upheld" in page.text
    await system.work()
    told = [str(mail["Subject"]).partition("] ")[2] for mail in to(system, HONG)]
    assert told.count("이의신청이 받아들여졌습니다") == 1
    assert "민원이 다시 열렸습니다" not in " ".join(told)  # one mail tells both
    case_row = await Case.get(reference=case.reference)
    assert (case_row.objection_due_at, case_row.handler_id, case_row.reopened) == (None, None, 1)


async def test_what_is_no_refusal_of_an_application_shows_no_form(system: System) -> None:
    handler = await desk(system, "handler")
    for kind, answer in (
        ("inquiry", REFUSAL),
        ("statutory:road_occupation", {"text": "허가합니다.", "decision": "accepted"}),
    ):
        case, citizen = await refused(system, handler, kind, **answer)
        assert "/objection" not in (await citizen.get(f"/cases/{case.reference}")).text
        assert "object" not in handler.actions


async def test_a_decision_is_shown_as_long_as_it_says_where_the_case_stands(system: System) -> None:
    for ruling, words in (("upheld", "upheld: the case is reopened"), ("dismissed", "dismissed: the refusal stands")):
        with clock.at(MONDAY):
            case, hong = await refused(system, await desk(system, "handler"), "statutory:food_report")
            await objecting.object_to("petitioner", case.reference, TextOnly("다시 보아 주세요."))
            manager = await somebody("manager")
            await objecting.decide(manager, case.reference, DecideObjection(ruling, "그렇습니다.", "행정심판"))
            assert words in await standing(hong, case)
            if ruling == "upheld":
                assert "You will receive a new answer by Wed 8 Apr 2026." in await standing(hong, case)
                await handling.extend(manager, case.reference, Extend(1, "협의가 늦습니다."))
                assert "You will receive a new answer by Fri 8 May 2026." in await standing(hong, case)
                await answering.withdraw("petitioner", case.reference, TextOnly(""))
            else:
                await answering.reopen("petitioner", case.reference, TextOnly("아직입니다."))
            assert words not in await standing(hong, case)


async def standing(hong: httpx.AsyncClient, case: Filed) -> str:
    """What the petitioner's page says of where the case stands."""
    return parse((await hong.get(f"/cases/{case.reference}?lang=en")).text).one("div", id="case-now").text


async def test_a_decision_whose_time_is_over_is_not_put_off_any_more(system: System) -> None:
    with clock.at(MONDAY):
        case, _hong = await refused(system, await desk(system, "handler"))
        await objecting.object_to("petitioner", case.reference, TextOnly("다시 보아 주세요."))
    over = datetime(2026, 3, 19, 15, 0, tzinfo=UTC)  # midnight in Seoul: the tenth day has ended
    with clock.at(over):
        manager = await desk(system, "manager")
        await manager.open(f"/desk/cases/{case.reference}?lang=en")
        await manager.send("extend-objection", amount="10", reason="위원회를 기다립니다.")
        assert manager.status == 422
        assert "The deadline for the decision has passed" in manager.page.one("p", class_="field-error").text
        assert manager.fields("extend-objection")["extend-objection.reason"] == "위원회를 기다립니다."
    with clock.at(over - timedelta(seconds=1)):
        await manager.send("extend-objection")
        assert manager.status == 200


async def test_an_objection_is_taken_back_and_can_be_filed_again(system: System) -> None:
    with clock.at(MONDAY):
        case, hong = await refused(system, await desk(system, "handler"))
        address = f"/cases/{case.reference}"
        assert "objection-withdrawal" not in (await hong.get(address)).text
        early = await post_without_page(hong, f"{address}/objection-withdrawal", data={"objection_withdrawal": ""})
        assert (early.status_code, "진행 중인 이의신청이 없습니다" in early.text) == (409, True)
        await objecting.object_to("petitioner", case.reference, TextOnly("다시 보아 주세요."))
        await objecting.extend(await somebody("manager"), case.reference, Extend(5, "현장을 다시 봅니다."))
        page = parse((await hong.get(f"{address}?lang=en")).text)
        (form,) = page.all("form", action=f"{address}/objection-withdrawal")
        assert "the city makes no decision and the refusal stands." in form.text
        await system.work()
        gone = await submit(hong, address, "/objection-withdrawal", objection_withdrawal="다시 신청하겠습니다.")
        assert gone.status_code == 303
        page_after = parse((await hong.get(address)).text).text
        assert "The objection was withdrawn: the refusal stands" in page_after
        assert "다시 신청하겠습니다." in page_after
        assert "You can object until Fri 8 May 2026." in page_after
        await system.work()
        assert heard(system, HONG, HANDLER, MANAGER) == {"이의신청이 취하되었습니다"}
        manager = await desk(system, "manager")
        assert (await manager.open("/desk?objection=1")).listed == []
        await manager.open(f"/desk/cases/{case.reference}")
        assert manager.actions & {"decide-objection", "extend-objection", "withdraw-objection"} == set()
        assert "다시 신청하겠습니다." in manager.text
    with clock.at(MONDAY + timedelta(days=2)):
        await objecting.object_to("petitioner", case.reference, TextOnly("다시 보아 주세요."))
        again = await Case.get(reference=case.reference)
        over = datetime(2026, 3, 23, 15, tzinfo=UTC)  # 21 March is a Saturday
        assert again.objection_due_at is not None
        assert (again.objection_extension, over - again.objection_due_at < timedelta(seconds=2)) == (0, True)
        # On paper, taken in at the desk.
        handler = await desk(system, "handler")
        await handler.open(f"/desk/cases/{case.reference}")
        await handler.send("withdraw-objection", text="편지로 취하")
        assert (handler.status, "편지로 취하" in handler.text) == (200, True)
        assert await watch.remind() == 0
