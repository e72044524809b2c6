"""A grievance is looked into on the spot: those days do not count, and the petitioner is told (Decree 17④⑤)."""

from datetime import UTC, datetime, timedelta

import pytest

from petitions.actions import watch
from petitions.queries import integrity
from server.core import clock
from tests.functional.test_supplement_in_time import MISSING, accepted, act, at_desk, tried
from tests.support.stories import new_holiday
from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
DAY = timedelta(days=1)
SITE = {"first": "2026-03-11", "days": 5, "reason": "배수로를 열어 봅니다."}


async def test_its_days_do_not_count(system: System) -> None:
    with clock.at(MONDAY):
        number, citizen = await accepted(system)
        other = (await system.file(kind="inquiry"))["reference"]
        await act(system, "intake", other, "accept", department="roads")
        wrong = await tried(system, "handler", other, "investigate", **SITE)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "not_a_grievance")
        assert "investigate" not in (await at_desk(system, "handler", other)).actions
        for changed, field in (
            ({"first": "2026-03-08"}, "first"), ({"first": "2026-03-18"}, "first"), ({"first": ""}, "first"),
            ({"days": 15}, "days"), ({"reason": ""}, "reason"),
        ):  # fmt: skip
            refused = await tried(system, "handler", number, "investigate", **{**SITE, **changed})
            assert [e["field"] for e in refused.json()["errors"]] == [field], changed
        handler = await at_desk(system, "handler", number)
        await system.work()
        await handler.send("investigate", first="2026-03-11", days="5", reason="배수로를 열어 봅니다.")
        assert "Site investigation from Wed 11 Mar 2026 to Tue 17 Mar 2026; now due Tue 24 Mar 2026" in handler.text
        assert "Original deadline: Tue 17 Mar 2026" in handler.text
        await system.work()
        (mail,) = [m for m in system.mails() if m["Subject"] == f"[{number}] 고충민원 실지조사 안내"]
        assert mail["To"] == "hong@example.org"
        body = mail.get_body(("plain",))
        assert body is not None
        for words in ("배수로를 열어 봅니다.", "2026년 3월 24일", "2026년 3월 17일"):
            assert words in body.get_content(), words
        page = (await citizen.get(f"/cases/{number}")).text
        assert "실지조사 기간은 넣지 않음" in page
        again = await tried(system, "handler", number, "investigate", **SITE)
        assert (again.status_code, again.json()["code"]) == (409, "investigated_already")
    with clock.at(MONDAY + 8 * DAY):
        long = await tried(system, "handler", number, "investigate", days=8, reason="비가 왔습니다.")
        assert [e["field"] for e in long.json()["errors"]] == ["days"]
        more = await act(system, "handler", number, "investigate", days=2, reason="비가 왔습니다.")
        assert (more["due_on"], "investigate" in more["actions"]) == ("2026-03-26", False)
        await new_holiday(datetime(2026, 3, 12, tzinfo=UTC).date())
        await watch.recount("임시공휴일")
        # One of its working days became a holiday, so it lasts a day longer: to 20 March.
        assert (await citizen.get(f"/api/v1/cases/{number}")).json()["due_on"] == "2026-03-27"
    assert [problem async for problem in integrity.problems()] == []


async def test_a_supplement_can_be_awaited_meanwhile(system: System) -> None:
    with clock.at(MONDAY):
        number, citizen = await accepted(system)
        await act(system, "handler", number, "investigate", **SITE)
    with clock.at(MONDAY + 3 * DAY):
        await act(
            system, "handler", number, "request-supplement", **MISSING, late_reason="현장에서 도면이 필요해졌습니다."
        )
    with clock.at(MONDAY + 4 * DAY):
        sent = await citizen.post(f"/api/v1/cases/{number}/supplements", json={"text": "도면입니다."})
        # 12 and 13 March lie within the investigation.
        assert sent.json()["due_on"] == "2026-03-24"
        longer = await act(system, "handler", number, "investigate", days=1, reason="도면을 보고 한 곳 더 봅니다.")
        assert longer["due_on"] == "2026-03-25"
        more = {"text": "날짜도 적어 주세요.", "days": 3, "late_reason": "도면에 날짜가 없습니다."}
        second = await act(system, "handler", number, "request-supplement", **more)
        assert second["paused"] is True
    with clock.at(MONDAY + 10 * DAY):
        sent = await citizen.post(f"/api/v1/cases/{number}/supplements", json={"text": "적었습니다."})
        # 11 to 19 March do not count: the third day is 20 March.
        assert sent.json()["due_on"] == "2026-03-26"


async def test_what_is_over_is_not_prolonged_and_a_reopened_case_has_another(system: System) -> None:
    with clock.at(MONDAY):
        number, citizen = await accepted(system)
        await act(system, "handler", number, "investigate", **SITE)
    with clock.at(MONDAY + 9 * DAY):
        over = await tried(system, "handler", number, "investigate", days=1, reason="더 봅니다.")
        assert (over.status_code, over.json()["code"]) == (409, "investigation_over")
        await act(system, "handler", number, "answer", text="고쳤습니다.")
        again = await citizen.post(f"/api/v1/cases/{number}/reopening", json={"text": "아직입니다."})
        assert again.json()["due_on"] == "2026-03-26"
        content = {**SITE, "first": "2026-03-18", "days": 1}
        assert (await act(system, "handler", number, "investigate", **content))["due_on"] == "2026-03-27"
