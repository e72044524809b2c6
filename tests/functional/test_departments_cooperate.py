"""Roads asks parks for its part of a case (협조, Act 20): who sees what, who does what, and until when."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx

from petitions.models import Consultation
from petitions.queries import inbox
from petitions.queries.cases import Credentials, Level
from petitions.queries.filters import Filter, Position
from petitions.queries.following import case_access
from petitions.queries.inbox import listed
from petitions.reference import reference
from server.core import clock
from server.core.accounts import Account, Department
from tests.support.desk import Desk, desk
from tests.support.page_forms import submit
from tests.support.stories import listening, signed_in, somebody, to
from tests.support.system import System

DESK = "/api/v1/desk/cases"
MORNING = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # Monday, 10:00 in Seoul
ASKED = "가로수 뿌리가 보도를 들어 올렸는지 확인해 주세요."
REPLY = "뿌리가 원인입니다. 3월 20일에 뿌리를 자릅니다."


def at(days: float) -> Any:
    return clock.at(MORNING + timedelta(days=days))


async def accepted(system: System, **changes: Any) -> dict[str, Any]:
    """A case in the road department, due on 26 March."""
    filed = await system.file(kind="suggestion", **changes)
    intake = await system.program("intake")
    done = await intake.post(f"{DESK}/{filed['reference']}/accept", json={})
    assert done.status_code == 200, done.text
    return filed


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(mail["Subject"]) + str(body.get_content())


async def find_it(parks: Desk, number: str) -> None:
    """In the inbox of parks, by its own due date, and open for its part only."""
    await parks.open("/desk")
    assert parks.listed == [number]
    assert "Consultation: 4 working days left" in parks.row(number).text
    assert not parks.row(number).all("input"), "it is not theirs to accept, assign or pass on"
    assert (await parks.open("/desk?parts=1")).listed == [number]
    assert (await parks.open("/desk?q=가로등")).listed == [number]
    await parks.open(f"/desk/cases/{number}")
    assert parks.actions == {"part-reply", "part-extend"}
    assert ASKED in parks.text
    assert "Your department is being consulted" in parks.text


async def read_by_petitioner(system: System, filed: dict[str, Any]) -> None:
    """Which department was asked, until when, and that it replied: not what was said."""
    number, key = filed["reference"], {"x-access-key": filed["access_key"]}
    hong = system.visitor()
    await submit(hong, "/cases", "/cases", reference=number, key=filed["access_key"])
    page = (await hong.get(f"/cases/{number}?lang=en")).text
    assert "공원녹지과" not in page
    assert "Parks is being consulted on your case" in page
    assert "Fri 13 Mar 2026" in page
    assert "Parks replied to the department in charge" in page
    seen = (await system.client.get(f"/api/v1/cases/{number}", headers=key)).text
    told = (await system.client.get(f"/api/v1/cases/{number}/events", headers=key)).text
    for secret in (ASKED, REPLY, "나무를 더"):
        assert secret not in page + seen + told
    assert '"status":"replied"' in seen
    assert "case.consultation_replied" in told


async def test_roads_asks_and_parks_replies(system: System) -> None:
    with at(0):
        filed = await accepted(system)
        number = filed["reference"]
        roads, parks = await desk(system, "handler"), await desk(system, "gardener")
        assert (await parks.open(f"/desk/cases/{number}")).status == 404
        await roads.open(f"/desk/cases/{number}")
        await roads.send("start")
        # Beyond the case's own fourteen days: refused, with everything that was typed.
        await roads.send("part", department="parks", text=ASKED, due="2026-04-30")
        assert roads.status == 409
        assert "by Thu 26 Mar 2026 at the latest" in roads.text
        assert roads.fields("part")["part.text"] == ASKED
        await roads.send("part", due="2026-03-13")
        assert "The department has been consulted" in roads.text
        assert "Waiting for a reply" in roads.text
        await system.work()
        (mail,) = to(system, "gardener@city.example")
        assert "협조 요청이 왔습니다" in text_of(mail)
        assert "2026년 3월 13일" in text_of(mail)
        assert ASKED not in text_of(mail), "the words stay at the desk"

        await find_it(parks, number)
        await roads.open("/desk")
        assert "Waiting for a consulted department" in roads.row(number).text
        await roads.open(f"/desk/cases/{number}")
        await roads.send("answer", text="고쳤습니다.", decision="accepted")
        assert roads.status == 409
        assert "has not replied yet" in roads.text

    with at(1):
        roads, parks = await desk(system, "handler"), await desk(system, "gardener")
        await parks.open(f"/desk/cases/{number}")
        await parks.send("part-extend", due="2026-03-20", reason="나무를 더 봐야 합니다.")
        assert parks.status == 409
        assert "until Thu 19 Mar 2026" in parks.text, "as long as the reply period: four working days"
        await parks.send("part-extend", due="2026-03-18")
        assert parks.status == 200
        assert "part-extend" not in parks.actions, "once"
        await parks.send("part-reply", text=REPLY)
        assert "The reply has been sent" in parks.text
        await keep_own_part_only(system, parks, filed)
        await parks.open("/desk")
        assert parks.listed == []
        await system.work()
        subjects = [text_of(mail).splitlines()[0] for mail in to(system, "handler@city.example")]
        assert any("늦어집니다" in subject for subject in subjects)
        assert any("협조 회신이 왔습니다" in subject for subject in subjects)
        await roads.open(f"/desk/cases/{number}")
        assert REPLY in roads.text
        assert "나무를 더 봐야 합니다." in roads.text
        await roads.send("answer", text="3월 20일에 고칩니다.", decision="accepted")
        assert f"{number} has been answered." in roads.text

    await read_by_petitioner(system, filed)


async def keep_own_part_only(system: System, parks: Desk, filed: dict[str, Any]) -> None:
    """Who has replied still reads what was asked and replied; the case itself, with who files and how, no more."""
    number = filed["reference"]
    program, roads = await system.program("gardener"), await system.program("handler")
    await roads.post(f"{DESK}/{number}/note", json={"text": "내부 메모입니다."})
    await parks.open(f"/desk/cases/{number}")
    assert (parks.status, parks.actions) == (200, set())
    for words in (ASKED, REPLY, "Parks"):
        assert words in parks.text
    for words in ("홍길동", "hong@example.org", "가로등", "내부 메모입니다."):
        assert words not in parks.text
    for path in (f"{DESK}/{number}", f"/api/v1/cases/{number}", f"/api/v1/cases/{number}/events", f"/cases/{number}"):
        assert (await program.get(path)).status_code == 404, path
    (part,) = (await program.get(f"{DESK}/{number}/parts")).json()["items"]
    assert (part["text"], part["reply"], part["status"]) == (ASKED, REPLY, "replied")
    assert (await roads.get(f"{DESK}/{number}/parts")).json()["items"] == [part]
    tax = await Department.get(code="tax")
    await Account.filter(username="handler2").update(department_id=tax.id)
    for stranger in ("handler2", "clerk"):
        assert (await (await system.program(stranger)).get(f"{DESK}/{number}/parts")).status_code == 404
    gardener, doors = await somebody("gardener"), await case_access([number])
    assert not doors[number].seen_by(gardener), "nor does the live stream tell of it"
    assert doors[number].level(Credentials(gardener)) is Level.NONE
    for search in (f"q={number}", "q=가로등", "status=all", "parts=1", "status=all&sort=new"):
        assert (await parks.open(f"/desk?{search}")).listed == [], search
    assert (await program.post(f"{DESK}/{number}/part-reply", json={"text": "?"})).status_code == 404


async def do_nothing_else(
    system: System, case: str, parks: httpx.AsyncClient, roads: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    """Parks replies and extends, roads does the rest, a third department finds nothing at all."""
    number = case.removeprefix(f"{DESK}/")
    for action, content in (
        ("answer", {"text": "우리가 답합니다."}), ("note", {"text": "메모"}), ("message", {"text": "안녕하세요"}),
        ("start", {}), ("transfer", {"department": "tax", "reason": "?"}),
        ("part", {"department": "tax", "text": "?", "days": 1}),
        ("part-withdraw", {"department": "parks"}), ("extend", {"amount": 1, "reason": "?"}),
    ):  # fmt: skip
        assert (await parks.post(f"{case}/{action}", json=content)).status_code == 403, action
    assert (await roads.post(f"{case}/part-reply", json={"text": "?"})).status_code == 403
    for path in (case, f"/api/v1/cases/{number}", f"/api/v1/cases/{number}/events", f"/cases/{number}"):
        assert (await other.get(path)).status_code == 404
    assert (await other.get(f"{DESK}?q={number}")).json()["items"] == []
    assert (await other.get(f"{DESK}?parts=1")).json()["items"] == []
    clerk = await system.program("clerk")
    assert (await clerk.get(case)).status_code == 404


async def test_programs_do_the_same_and_others_see_and_do_nothing(system: System) -> None:
    with at(0):
        number = (await accepted(system))["reference"]
        tax = await Department.get(code="tax")
        await Account.filter(username="handler2").update(department_id=tax.id)
        intake, roads = await system.program("intake"), await system.program("manager")
        parks, other = await system.program("gardener"), await system.program("handler2")
        asked = {"department": "parks", "text": ASKED, "days": 3}
        case = f"{DESK}/{number}"
        assert (await other.post(f"{case}/part", json=asked)).status_code == 404
        assert (await intake.post(f"{case}/part", json=asked)).status_code == 403, "the case's department asks"
        for wrong, field in (
            ({**asked, "department": "roads"}, "department"),
            ({**asked, "department": "moon"}, "department"),
            ({"department": "parks", "text": ASKED}, "due"),
            ({**asked, "text": ""}, "text"),
        ):
            answer = await roads.post(f"{case}/part", json=wrong)
            assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert (await roads.post(f"{case}/part", json={**asked, "days": 20})).json()["code"] == "part_beyond_case"
        assert (await roads.post(f"{case}/part", json={**asked, "due": "2026-03-01"})).json()["code"] == "part_day"
        done = (await roads.post(f"{case}/part", json=asked)).json()
        (part,) = done["parts"]
        assert (part["department"]["code"], part["due_at"]) == ("parks", "2026-03-12T23:59:59+09:00")
        again = await roads.post(f"{case}/part", json=asked)
        assert [error["field"] for error in again.json()["errors"]] == ["department"], "one open part a department"
        assert (await roads.post(f"{case}/answer", json={"text": "고쳤습니다."})).json()["code"] == "part_open"

        shown = await parks.get(case)
        assert (shown.status_code, shown.json()["actions"]) == (200, ["part-reply", "part-extend"])
        row = (await parks.get(f"{DESK}?parts=true")).json()["items"][0]
        assert (row["reference"], row["part_due_at"]) == (number, "2026-03-12T23:59:59+09:00")
        await do_nothing_else(system, case, parks, roads, other)

        # The live stream tells parks what happens to it, until the request is taken back.
        gardener, stranger = await signed_in(system, "gardener"), await signed_in(system, "handler2")
        async with (
            listening(system, gardener, "/desk/stream") as theirs,
            listening(system, stranger, "/desk/stream") as nothing,
        ):
            await roads.post(f"{case}/note", json={"text": "메모"})
            assert (await theirs.event())["kind"] == "case.note"
            withdrawn = await roads.post(f"{case}/part-withdraw", json={"department": "parks", "reason": "필요 없음"})
            assert withdrawn.json()["parts"][0]["status"] == "withdrawn"
            assert (await theirs.event())["kind"] == "case.consultation_withdrawn"
            assert nothing.events == []
        assert (await parks.get(case)).status_code == 404
        assert (await parks.post(f"{case}/part-reply", json={"text": "?"})).status_code == 404
        assert (await roads.post(f"{case}/part-withdraw", json={"department": "parks"})).status_code == 422
        await system.work()
        assert any("취소되었습니다" in text_of(mail) for mail in to(system, "gardener@city.example"))

        # A case that is passed to the asked department is its own; one that ends asks nobody any more.
        await roads.post(f"{case}/part", json=asked)
        await roads.post(f"{case}/part", json={**asked, "department": "tax"})
        await roads.post(f"{case}/transfer", json={"department": "parks", "reason": "공원 일입니다."})
        mine = (await parks.get(case)).json()
        assert [p["status"] for p in mine["parts"]] == ["withdrawn", "withdrawn", "asked"]
        await parks.post(f"{case}/withdraw", json={"text": "중복된 민원입니다."})
        ended = (await parks.get(case)).json()
        assert [p["status"] for p in ended["parts"]] == ["withdrawn"] * 3
        assert (await other.get(case)).status_code == 404


async def test_a_reply_that_does_not_come_is_asked_for_once_and_reported(system: System) -> None:
    with at(0):
        number = (await accepted(system))["reference"]
        roads = await system.program("handler")
        await roads.post(f"{DESK}/{number}/part", json={"department": "parks", "text": ASKED, "days": 3})

    async def subjects(days: float) -> list[str]:
        with at(days):
            before = len(to(system, "gardener@city.example"))
            for _twice in range(2):
                await system.worker.handlers["petitions.remind"](None)  # type: ignore[arg-type]
            await system.work()
            return [str(mail["Subject"]) for mail in to(system, "gardener@city.example")[before:]]

    assert len(await subjects(1)) == 1, "the request itself"
    assert ["회신기한이 가깝습니다" in one for one in await subjects(3)] == [True]
    assert ["회신이 늦었습니다" in one for one in await subjects(5)] == [True]
    assert any("회신이 늦었습니다" in str(mail["Subject"]) for mail in to(system, "manager@city.example"))
    with at(5):
        parks = await desk(system, "gardener")
        await parks.open("/desk?overdue=1")
        assert parks.listed == [number]
        assert "Overdue 1" in {a.text for a in parks.page.one("nav", class_="tabs").all("a")}
        await parks.open(f"/desk/cases/{number}")
        assert parks.actions == {"part-reply"}, "it is put off before it is due"
        content = {"due": "2026-03-19", "reason": "늦었습니다."}
        late = await (await system.program("gardener")).post(f"{DESK}/{number}/part-extend", json=content)
        assert (late.status_code, late.json()["code"]) == (409, "part_over")
        program = await system.program("gardener")
        said, once = {"text": REPLY}, {"idempotency-key": "reply-1"}
        replied = (await program.post(f"{DESK}/{number}/part-reply", json=said, headers=once)).json()
        assert (set(replied), replied["status"]) == ({"reference", "status", "parts"}, "accepted")
        assert [part["reply"] for part in replied["parts"]] == [REPLY]
    with at(6):
        await (await system.program("handler")).post(f"{DESK}/{number}/message", json={"text": "다음 주에 만납시다."})
        program = await system.program("gardener")
        again = await program.post(f"{DESK}/{number}/part-reply", json=said, headers=once)
        assert (again.status_code, again.json()) == (200, replied), "asked again, it tells nothing of what came since"
        parks = await desk(system, "gardener")
        await parks.open(f"/desk/cases/{number}")
        assert "· overdue" in parks.text


async def test_the_inbox_walks_through_own_cases_and_parts_together(system: System) -> None:
    parks, known = await Department.get(code="parks"), await reference()
    numbers = []
    for n in range(10):
        with at(n / 24):
            own = n % 2 == 0
            title = "공원 나무" if own else "도로 가로등"
            kind = "suggestion" if n % 3 else "inquiry"
            numbers.append((await system.file(title=f"{title} {n}", kind=kind))["reference"])
    roads = await system.program("manager")
    with at(1):
        for n, number in enumerate(numbers):
            if n % 2:
                await (await system.program("intake")).post(f"{DESK}/{number}/accept", json={"department": "roads"})
                asked = {"department": "parks", "text": ASKED, "due": f"2026-03-{11 + n // 2}"}
                done = await roads.post(f"{DESK}/{number}/part", json=asked)
                assert done.status_code == 200, done.text
    assert await Consultation.filter(department_id=parks.id).count() == 5
    gardener, intake = await somebody("gardener"), await somebody("intake")
    for official, wanted, many in (
        (gardener, Filter(), 10), (gardener, Filter(status="all"), 10), (gardener, Filter(parts=True), 5),
        (gardener, Filter(kind="inquiry"), 4), (gardener, Filter(department="roads"), 5),
        (intake, Filter(parts=True), 5),
        (gardener, Filter(sort="new"), 10), (gardener, Filter(parts=True, sort="new"), 5),
        (gardener, Filter(unassigned=True), 5), (gardener, Filter(status="accepted"), 0),
    ):  # fmt: skip
        whole = [row.reference for row in (await listed(wanted, official, known)).rows]
        assert len(whole) == len(set(whole)) == many, wanted
        for window in (10_000, 2):
            walked, place = [], None
            inbox_window, inbox.WINDOW = inbox.WINDOW, window
            try:
                for _page in range(30):
                    page = await listed(wanted, official, known, start=place, limit=3)
                    walked += [row.reference for row in page.rows]
                    place = Position.read(page.after)
                    if place is None:
                        break
            finally:
                inbox.WINDOW = inbox_window
            assert walked == whole, (wanted, window)
        if many > 3:
            first = await listed(wanted, official, known, limit=3)
            second = await listed(wanted, official, known, start=Position.read(first.after), limit=3)
            place = Position.read(second.before)
            back = await listed(wanted, official, known, start=place, backward=True, limit=3)
            assert [row.reference for row in back.rows] == whole[:3], wanted
