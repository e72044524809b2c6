"""The intake officer clears a morning: what came overnight is given to the departments before the coffee is cold."""

from datetime import UTC, datetime

import pytest

from server.core import clock
from tests.support.desk import desk
from tests.support.page_forms import post_without_page, submit
from tests.support.system import System

MORNING = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
"""Monday, 09:30 in Seoul."""


async def test_one_press_takes_the_proposed_department(system: System) -> None:
    filed = await system.file()
    intake = await desk(system, "intake")
    assert "Roads" in intake.row(filed["reference"]).text
    await intake.take(filed["reference"])
    assert intake.url.endswith("/desk")
    assert f"{filed['reference']} has been accepted." in intake.text
    row = intake.row(filed["reference"])
    assert "Department assigned" in row.text
    assert not [b for b in row.all("button") if "data-key" in b.attrs]


async def test_the_list_is_due_first_and_says_the_clock_in_words(system: System) -> None:
    with clock.at(MORNING):
        slow = await system.file(title="제안합니다", kind="suggestion")
        quick = await system.file(title="가로등이 꺼짐", kind="other")
        tip = await system.file(title="이름 없이 알립니다", petitioner={})
        middle = await system.file(title="부당합니다", kind="grievance")
        intake = await desk(system, "intake")
        assert intake.listed == [r["reference"] for r in (quick, middle, slow, tip)]
        assert "3 h left" in intake.row(quick["reference"]).text
        assert "6 working days left" in intake.row(middle["reference"]).text
        assert "No legal period" in intake.row(tip["reference"]).text
        await intake.open("/desk?sort=new")
        assert intake.listed == [r["reference"] for r in (middle, tip, quick, slow)]
    with clock.at(datetime(2026, 3, 9, 8, 0, tzinfo=UTC)):
        intake = await desk(system, "intake")
        await intake.open("/desk?overdue=1")
        assert intake.listed == [quick["reference"]]
        assert "Overdue" in intake.row(quick["reference"]).text


async def test_many_at_once_are_done_or_refused_one_by_one(system: System) -> None:
    roads = [await system.file(title=f"가로등 {n}") for n in range(3)]
    unknown = await system.file(title="무엇인지 모르겠어요", body="그냥 말하고 싶었습니다.")
    intake, other = await desk(system, "intake"), await desk(system, "manager")
    await other.take(roads[2]["reference"])
    await intake.bulk("accept", *(r["reference"] for r in (*roads, unknown)))
    assert intake.status == 200
    assert "2 accepted." in intake.text
    refused = {li.text.partition(" :")[0]: li.text for li in intake.page.all("li") if "-" in li.text[:4]}
    assert set(refused) == {roads[2]["reference"], unknown["reference"]}
    assert "Someone else changed this case" in refused[roads[2]["reference"]]
    assert "choose a department" in refused[unknown["reference"]]
    await intake.open("/desk?status=received")
    assert intake.listed == [unknown["reference"]]
    await intake.bulk("accept", unknown["reference"], to="parks")
    assert "1 accepted." in intake.text
    assert intake.listed == []


async def test_handlers_are_named_and_cases_passed_on_many_at_once(system: System) -> None:
    filed = [(await system.file(title=f"가로등 {n}"))["reference"] for n in range(3)]
    intake = await desk(system, "intake")
    await intake.bulk("accept", *filed)
    await intake.bulk("assign", *filed[:2], handler="handler2")
    assert "Handlers assigned to 2." in intake.text
    assert all("박담당" in intake.row(number).text for number in filed[:2])
    await intake.bulk("transfer", filed[2], to="parks", reason="공원 안의 등입니다.")
    assert "1 transferred." in intake.text
    assert "Parks" in intake.row(filed[2]).text
    await intake.bulk("transfer", filed[0], to="parks")
    assert intake.status == 409
    assert "Please fill in “Reason”." in intake.text
    await intake.open("/desk")
    assert "Roads" in intake.row(filed[0]).text


async def test_nothing_selected_leads_back_to_the_list(system: System) -> None:
    intake = await desk(system, "intake")
    await intake.open("/desk?status=received")
    answer = await post_without_page(intake.client, "/desk/bulk", data={"action": "accept", "list": "status=received"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?status=received")
    assert "Please select at least one case." in (await intake.open(answer.headers["location"])).text


@pytest.mark.parametrize("picked", [["x"], ["K7Q-M9X-RW4:1"], ["\N{PILE OF POO}:"]])
async def test_a_selection_that_is_none_is_a_clear_page(system: System, picked: list[str]) -> None:
    intake = await desk(system, "intake")
    answer = await post_without_page(intake.client, "/desk/bulk", data={"action": "accept", "case": picked})
    assert answer.status_code == 409
    answer = await post_without_page(intake.client, "/desk/bulk", data={"action": "answer", "case": "x"})
    assert answer.status_code == 404


async def test_the_department_is_corrected_and_the_next_case_opened(system: System) -> None:
    first = await system.file(title="가로등이 꺼짐", kind="other")
    second = await system.file(title="나무가 쓰러짐", kind="grievance")
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{first['reference']}?list=status%3Dreceived")
    assert "The text mentions" in intake.text
    assert intake.fields("accept")["accept.department"] == "roads"
    await intake.send("accept", department="parks")
    assert "Accepted for Parks" in intake.text
    assert "유후견" in intake.text, "the guide of the new department"
    following = next(a for a in intake.page.all("a") if a.attrs.get("rel") == "next")
    assert following.attrs["href"] == f"/desk/cases/{second['reference']}?list=status%3Dreceived"
    await intake.open(following.attrs["href"])
    assert not [a for a in intake.page.all("a") if a.attrs.get("rel") in {"prev", "next"}]


async def test_a_view_is_kept_opened_and_deleted(system: System) -> None:
    await system.file()
    intake = await desk(system, "intake")
    await intake.open("/desk?status=received&department=roads")
    saved = await submit(intake.client, intake.url, "/desk/views", name="도로과 신규")
    await intake.open("/desk")
    tab = next(a for a in intake.page.all("a") if a.text == "도로과 신규")
    await intake.open(tab.attrs["href"])
    assert "status=received" in intake.url
    assert "department=roads" in intake.url
    assert saved.status_code == 303
    other = await desk(system, "handler")
    assert "도로과 신규" not in other.text
    delete = next(f.attrs["action"] for f in intake.page.all("form") if "/views/" in f.attrs.get("action", ""))
    assert (await post_without_page(other.client, delete)).status_code == 404
    await submit(intake.client, intake.url, delete)
    await intake.open("/desk")
    assert "도로과 신규" not in [a.text for a in intake.page.all("a")]
