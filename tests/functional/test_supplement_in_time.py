"""What is missing is asked for in time (Rule 9), sent with more time if needed (Decree 24②), or reaches nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from server.core import clock
from tests.support.desk import Desk, desk
from tests.support.page_forms import submit
from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")

EVE = datetime(2026, 12, 24, 6, 0, tzinfo=UTC)  # 15:00 in Seoul; the next day is closed
LIMIT = datetime(2026, 12, 28, 6, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MISSING = {"text": "사진을 보내 주세요.", "days": 7}


async def accepted(system: System, **changes: Any) -> tuple[str, httpx.AsyncClient]:
    """A grievance in the roads department: its number, and a program that holds its key."""
    receipt = await system.file(kind="grievance", **changes)
    await act(system, "intake", receipt["reference"], "accept", department="roads")
    citizen = system.visitor(**{"x-access-key": receipt["access_key"], "accept-language": "en"})
    return receipt["reference"], citizen


async def act(system: System, username: str, number: str, action: str, **content: Any) -> dict[str, Any]:
    answer = await tried(system, username, number, action, **content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def tried(system: System, username: str, number: str, action: str, **content: Any) -> httpx.Response:
    program = await system.program(username)
    return await program.post(f"/api/v1/desk/cases/{number}/{action}", json=content)


async def at_desk(system: System, username: str, number: str) -> Desk:
    return await (await desk(system, username)).open(f"/desk/cases/{number}")


async def test_it_is_asked_for_within_eight_working_hours_or_with_the_reason(system: System) -> None:
    with clock.at(EVE):
        early, _citizen = await accepted(system)
        late, citizen = await accepted(system)
        tip = (await system.file(petitioner={}))["reference"]
        await act(system, "intake", tip, "accept", department="roads")
        await act(system, "handler", late, "transfer", department="parks", reason="공원 안입니다.")
    with clock.at(LIMIT):
        await act(system, "handler", early, "request-supplement", **MISSING)
    with clock.at(LIMIT + MINUTE):
        await act(system, "handler", tip, "request-supplement", **MISSING)
        # The transfer did not begin the eight hours anew.
        refused = await tried(system, "gardener", late, "request-supplement", **MISSING)
        assert (refused.status_code, [e["field"] for e in refused.json()["errors"]]) == (422, ["late_reason"])
        gardener = await at_desk(system, "gardener", late)
        await gardener.send("request-supplement", text="사진을 보내 주세요.")
        assert (gardener.status, "only now" in gardener.text) == (422, True)
        assert gardener.fields("request-supplement")["request-supplement.text"] == "사진을 보내 주세요."
        await gardener.send("request-supplement", late_reason="현장에서 등이 둘인 것을 보았습니다.")
        assert gardener.status == 200
        assert "현장에서 등이 둘인 것을 보았습니다." in gardener.text
        event = (await citizen.get(f"/api/v1/cases/{late}/events")).json()["items"][-1]
        assert (event["kind"], event["data"]["late_reason"]) == (
            "case.supplement_requested", "현장에서 등이 둘인 것을 보았습니다.",
        )  # fmt: skip
        assert "현장에서 등이 둘인 것을 보았습니다." in (await citizen.get(f"/cases/{late}")).text
        # A second request needs no reason, but waits until the time of the first has run out.
        soon = await tried(system, "gardener", late, "request-supplement", **MISSING)
        assert (soon.status_code, soon.json()["code"]) == (409, "supplement_running")
    with clock.at(LIMIT + 8 * DAY):
        await act(system, "gardener", late, "request-supplement", **MISSING)
        await act(system, "gardener", late, "supplement", text="사진입니다.")
        await act(system, "gardener", late, "answer", text="고쳤습니다.")
        await citizen.post(f"/api/v1/cases/{late}/reopening", json={"text": "아직입니다."})
        # The reopening is a receipt.
        await act(system, "gardener", late, "request-supplement", **MISSING)


async def test_the_petitioner_takes_more_time_twice(system: System) -> None:
    with clock.at(MONDAY):
        number, citizen = await accepted(system)
        address = f"/api/v1/cases/{number}"
        none = await citizen.post(f"{address}/prolongation", json={"days": 3})
        assert (none.status_code, none.json()["code"]) == (409, "illegal_transition")
        asked = await act(system, "handler", number, "request-supplement", **MISSING)
        assert asked["supplement_until"] == "2026-03-16"
        await system.work()
    with clock.at(MONDAY + 7 * DAY):
        before = len(system.mails())
        seen = (await citizen.get(address)).json()
        assert "prolongation" in seen["actions"]
        long = await citizen.post(f"{address}/prolongation", json={"days": 8})
        assert [e["field"] for e in long.json()["errors"]] == ["days"]
        more = await citizen.post(f"{address}/prolongation", json={"days": 4, "reason": "병원에 있습니다."})
        assert (more.status_code, more.json()["supplement_until"]) == (200, "2026-03-20")
        await system.work()
        told = {mail["To"]: mail for mail in system.mails()[before:]}
        assert set(told) == {"hong@example.org", "handler@city.example"}
        assert "3월 20일" in told["hong@example.org"].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        kept = await submit(citizen, f"/cases/{number}", "/prolongation", days="9", prolongation="여행 중")
        assert (kept.status_code, 'value="9"' in kept.text, "여행 중" in kept.text) == (422, True, True)
        assert "한 번에 최대 7일" in kept.text
    with clock.at(MONDAY + 12 * DAY):
        over = await citizen.post(f"{address}/prolongation", json={"days": 1})
        assert (over.status_code, over.json()["code"]) == (409, "supplement_over")
        assert "prolongation" not in (await citizen.get(address)).json()["actions"]
    with clock.at(MONDAY + 10 * DAY):
        handler = await at_desk(system, "handler", number)
        await handler.send("prolong", days="7", reason="전화로 부탁하셨습니다.")
        assert "Time to send the supplement extended to Fri 27 Mar 2026 (extension no. 2)" in handler.text
        assert "prolong" not in handler.actions
        spent = await citizen.post(f"{address}/prolongation", json={"days": 1})
        assert (spent.status_code, spent.json()["code"]) == (409, "prolongation_used_up")
        page = (await citizen.get(f"/cases/{number}?lang=ko")).text
        assert "병원에 있습니다." in page
        assert "/prolongation" not in page
    with clock.at(MONDAY + 16 * DAY):
        # 9 to 25 March do not count: 26 March is the first day of the seven.
        sent = await citizen.post(f"{address}/supplements", json={"text": "여기 있습니다."})
        assert (sent.json()["status"], sent.json()["due_on"]) == ("in_progress", "2026-04-03")


async def test_only_requests_that_were_not_met_lead_to_a_return(system: System) -> None:
    with clock.at(MONDAY):
        number, citizen = await accepted(system)
        await act(system, "handler", number, "request-supplement", **MISSING)
        await act(system, "handler", number, "undelivered", text="우편, 이사")
    with clock.at(MONDAY + 2 * DAY):
        await citizen.post(f"/api/v1/cases/{number}/supplements", json={"text": "사진입니다."})
        # What else is missing is asked for as a first request: with the reason, and for as long as it takes.
        again: dict[str, Any] = {"text": "도면을 보내 주세요.", "days": 14}
        late = await tried(system, "handler", number, "request-supplement", **again)
        assert [error["field"] for error in late.json()["errors"]] == ["late_reason"]
        again["late_reason"] = "사진을 보고 알았습니다."
        asked = await act(system, "handler", number, "request-supplement", **again)
        assert asked["supplement_until"] == "2026-03-25"
        handler = await at_desk(system, "handler", number)
        assert "(request no. 1)" in handler.text
        assert "undelivered" in handler.actions
    with clock.at(MONDAY + 17 * DAY):
        early = await tried(system, "handler", number, "return", text="보완하지 않았습니다.")
        assert (early.status_code, early.json()["code"]) == (409, "second_request_missing")
        await act(system, "handler", number, "request-supplement", **MISSING)
    with clock.at(MONDAY + 25 * DAY):
        assert (await act(system, "handler", number, "return", text="보완하지 않았습니다."))["status"] == "returned"


async def test_who_is_never_reached_counts_as_withdrawn(system: System) -> None:
    with clock.at(MONDAY):
        number, citizen = await accepted(system)
        await act(system, "handler", number, "request-supplement", **MISSING)
        handler = await at_desk(system, "handler", number)
        assert "undelivered" in handler.actions
        assert "deem-withdrawn" not in handler.actions
        early = await tried(system, "handler", number, "deem-withdrawn", text="주소 불명")
        assert (early.status_code, early.json()["code"]) == (409, "delivery_not_tried_twice")
        await handler.send("undelivered", text="우편, 수취인 불명")
        assert "Request no. 1 returned undelivered" in handler.text
        assert "undelivered" not in handler.actions
        twice = await tried(system, "handler", number, "undelivered", text="우편, 수취인 불명")
        assert (twice.status_code, twice.json()["code"]) == (409, "undelivered_already")
        # What came back is sent again at once.
        await act(system, "handler", number, "request-supplement", **MISSING)
        await act(system, "handler", number, "undelivered", text="우편, 이사")
        await system.work()
        await handler.open(f"/desk/cases/{number}")
        await handler.send("deem-withdrawn", text="적힌 주소에 아무도 살지 않습니다.")
        assert f"{number} is deemed withdrawn" in handler.text
        seen = (await citizen.get(f"/api/v1/cases/{number}")).json()
        assert (seen["status"], seen["actions"]) == ("withdrawn", [])
        await system.work()
        assert f"[{number}] 민원이 취하된 것으로 처리되었습니다" in [mail["Subject"] for mail in system.mails()]
        page = (await citizen.get(f"/cases/{number}")).text
        assert "적힌 주소에 아무도 살지 않습니다." in page
        assert "우편, 이사" in page
