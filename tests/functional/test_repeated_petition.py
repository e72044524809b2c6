"""The same petition for the third time, after two answers: an official may close it, and says why (Act 23)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from petitions.queries import integrity
from server.core import clock
from tests.functional.test_supplement_in_time import accepted, act, at_desk, tried
from tests.support.markup import Element
from tests.support.page_forms import form, send
from tests.support.system import System

pytestmark = pytest.mark.usefixtures("described")

MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # 10:00 in Seoul
HOUR = timedelta(hours=1)
CLOSING = {"reason": "세 번 모두 같은 가로등입니다.", "remedies": "국민권익위원회에 신청할 수 있습니다."}


async def answered(system: System, **changes: Any) -> str:
    number, _citizen = await accepted(system, **changes)
    await act(system, "handler", number, "answer", text="규정에 따라 설치할 수 없습니다.", decision="explained")
    return number


def boxes(page: Element) -> list[str]:
    return [box.attrs["value"] for box in page.all("input", name="close-repeated.earlier")]


async def test_it_is_closed_with_reason_and_remedies_after_two_answers(system: System) -> None:
    with clock.at(MONDAY):
        by_mail = await answered(system)
        by_phone = await answered(system, petitioner={"name": "홍길동", "phone": "010-1234-5678"})
        stranger = await answered(system, petitioner={"name": "성춘향", "email": "chunhyang@example.org"})
        open_one, _citizen = await accepted(system)
    with clock.at(MONDAY + HOUR):
        who = {"name": "홍길동", "email": "hong@example.org", "phone": "010-1234-5678"}
        number, citizen = await accepted(system, petitioner=who, public=True)
        application = (await system.file(kind="statutory:road_occupation", petitioner=who))["reference"]
        await act(system, "intake", application, "accept", department="roads")
    with clock.at(MONDAY + 2 * HOUR):
        await act(system, "handler", open_one, "answer", text="설치할 수 없습니다.")
        handler = await at_desk(system, "handler", number)
        assert "Earlier petitions of the same person" in handler.text
        assert "investigated by the audit department" in handler.text
        assert stranger not in handler.text.partition("Similar cases")[0]
        assert set(boxes(handler.page)) == {by_mail, by_phone}, "only what was answered before this one came"
        for earlier, field in (
            ([], "earlier"), ([by_mail], "earlier"), ([by_mail, stranger], "earlier"), ([by_mail, number], "earlier"),
            ([by_mail, open_one], "earlier"), ([by_mail, "none"], "earlier"), (by_mail, "earlier"),
        ):  # fmt: skip
            refused = await tried(system, "handler", number, "close-repeated", **CLOSING, earlier=earlier)
            assert [e["field"] for e in refused.json()["errors"]] == [field], earlier
        both = {**CLOSING, "earlier": [by_mail, by_phone.replace("-", "").lower()]}
        of_many = await tried(system, "handler", number, "close-repeated", **both, multi_party=True)
        assert [e["field"] for e in of_many.json()["errors"]] == ["committee"]
        by_law = await tried(system, "handler", application, "close-repeated", **both)
        assert (by_law.status_code, by_law.json()["code"]) == (409, "statutory_not_closed")
        assert "close-repeated" not in (await at_desk(system, "handler", application)).actions
        # On the page what was ticked and typed comes back.
        remedies = handler.fields("close-repeated")["close-repeated.remedies"]
        assert "ombudsman" in remedies or "시민고충" in remedies
        typed: dict[str, Any] = {"close-repeated.earlier": [by_phone], "close-repeated.reason": CLOSING["reason"]}
        once = await send(handler.client, handler.form("close-repeated"), **typed)
        assert (once.status_code, f'value="{by_phone}" checked' in once.text) == (422, True)
        both_ticked: dict[str, Any] = {"close-repeated.earlier": [by_phone, by_mail]}
        done = await send(handler.client, form(once, "/close-repeated"), **both_ticked)
        assert done.status_code == 303
        await handler.open(f"/desk/cases/{number}")
        assert "Closed as repeated, after" in handler.text
        await system.work()
        (mail,) = [m for m in system.mails() if m["Subject"] == f"[{number}] 반복 민원으로 종결되었습니다"]
        body = mail.get_body(("plain",))
        assert body is not None
        for words in (by_mail, by_phone, CLOSING["reason"], "국민권익위원회", "제23조"):
            assert words in body.get_content(), words
        seen = (await citizen.get(f"/api/v1/cases/{number}")).json()
        assert (seen["status"], "rating" in seen["actions"], "reopening" in seen["actions"]) == ("closed", False, True)
        event = (await citizen.get(f"/api/v1/cases/{number}/events")).json()["items"][-1]
        assert event["data"]["earlier"] == [by_phone, by_mail]
        assert "국민권익위원회" in event["data"]["remedies"]
        assert CLOSING["reason"] in (await citizen.get(f"/cases/{number}")).text
        assert (await system.visitor().get(f"/cases/{number}")).status_code == 404, "there is no answer to publish"
    assert [problem async for problem in integrity.problems()] == []


async def test_a_petition_of_many_is_closed_after_the_committee(system: System) -> None:
    with clock.at(MONDAY):
        earlier = [await answered(system), await answered(system)]
    with clock.at(MONDAY + HOUR):
        number, citizen = await accepted(system)
        await act(
            system, "handler", number, "close-repeated", **CLOSING, earlier=earlier, multi_party=True, committee=True
        )
        event = (await citizen.get(f"/api/v1/cases/{number}/events")).json()["items"][-1]
        assert event["data"]["committee"] is True


async def test_what_another_department_answered_is_not_named_to_who_may_not_see_it(system: System) -> None:
    with clock.at(MONDAY):
        elsewhere = await answered(system)
        await act(system, "handler", elsewhere, "reopen", text="공원과가 답합니다.")
        await act(system, "handler", elsewhere, "transfer", department="parks", reason="공원 안입니다.")
        here = await answered(system)
    with clock.at(MONDAY + HOUR):
        number, _citizen = await accepted(system)
        handler = await at_desk(system, "handler", number)
        assert elsewhere not in handler.text
        assert "close-repeated" not in handler.actions
        refused = await tried(system, "handler", number, "close-repeated", **CLOSING, earlier=[here, elsewhere])
        assert [e["field"] for e in refused.json()["errors"]] == ["earlier"]
        assert boxes((await at_desk(system, "intake", number)).page) == [here, elsewhere]
