"""A petition goes where cases like it went, at once or with one key, and nowhere where the program is not sure."""

import re

import pytest

from petitions.actions import importing, learning
from petitions.forms import FilePetition, Location, PetitionerDetails
from petitions.models import Case, RoutingModel, RoutingThreshold
from petitions.reference import forget
from petitions.routing import Stage, marked
from server.core.accounts import Department
from tests.support.markup import parse
from tests.support.page_forms import form_on, send, submit
from tests.support.routing import handled, in_this_process
from tests.support.system import System

__all__ = ["in_this_process"]


async def learned() -> None:
    await handled(40)
    assert await learning.learn() is not None


async def filed(system: System, title: str, body: str) -> Case:
    receipt = await system.file(title=title, body=body)
    return await Case.get(reference=receipt["reference"]).prefetch_related("department")


async def code_of(case: Case) -> str | None:
    return None if case.department_id is None else (await Department.get(id=case.department_id)).code


BENCH = ("공원 벤치가 부서졌습니다", "학교 옆 공원 벤치가 부서졌습니다. 확인 부탁드립니다.")
BUS = ("버스가 서지 않고 갔습니다", "역 근처 버스가 서지 않고 갔습니다. 너무 불편합니다.")


@pytest.mark.usefixtures("in_this_process")
async def test_what_is_sure_is_assigned_at_once_and_says_why(system: System) -> None:
    await learned()
    case = await filed(system, *BUS)
    assert await code_of(case) == "global"  # no keyword of that department occurs
    assert case.routing["stage"] == Stage.ASSIGNED
    best, *others = case.routing["candidates"]
    assert best["score"] > 0.8
    assert "버스가" in best["words"]
    assert len(others) == 2
    assert case.routing["version"] is not None


@pytest.mark.usefixtures("in_this_process")
async def test_a_version_that_cannot_be_read_routes_nothing_and_a_new_one_replaces_it(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await learned()
    monkeypatch.setattr("petitions.learned._kept", None)  # as in a process that has just started
    forget()
    await RoutingModel.all().update(arrays=b"of another release")
    case = await filed(system, "도로에 포트홀이 있습니다", "도로 포트홀을 메워 주세요. 도로가 위험합니다.")
    assert (await code_of(case), case.routing["version"]) == ("roads", None), "by its keywords"
    assert (await learning.learn()) is not None
    assert await RoutingModel.filter(active=True).count() == 1
    case = await filed(system, *BUS)
    assert case.routing["version"] is not None


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("이게 나라냐", "세금은 꼬박꼬박 걷어 가면서 하는 일이 무엇입니까. 정말 실망스럽고 화가 납니다."),
        ("죽은 고양이", "큰 네거리에 죽은 짐승이 있어서 아이들이 무서워합니다."),
        ("ㅋㅋㅋㅋ", "ㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋㅋ"),
        ("asdf qwer", "lorem ipsum dolor sit amet"),
    ],
)
async def test_what_says_too_little_is_nobodys(system: System, title: str, body: str) -> None:
    await learned()
    case = await filed(system, title, body)
    assert case.department_id is None
    assert case.routing["stage"] in {Stage.OPEN, Stage.PROPOSED}


@pytest.mark.usefixtures("in_this_process")
async def test_a_rule_stands_above_but_one_word_in_passing_does_not_beat_the_rest(system: System) -> None:
    await learned()
    case = await filed(system, "재산세 문의", "재산세 고지서가 두 번 왔습니다.")
    assert await code_of(case) == "tax"
    assert case.routing["rule"] is not None
    passing = await filed(system, BENCH[0], f"{BENCH[1]} 공원 벤치가 부서졌습니다. 재산세를 내는 사람입니다.")
    assert passing.department_id is None
    assert passing.routing["stage"] == Stage.PROPOSED
    assert passing.routing["rule"] is not None
    assert passing.routing["doubt"]["msgid"].startswith("The text speaks for another department")


@pytest.mark.usefixtures("in_this_process")
async def test_between_the_thresholds_one_key_of_three_decides_and_acceptance_in_bulk_leaves_it_out(
    system: System,
) -> None:
    await learned()
    parks = await Department.get(code="parks")
    await RoutingThreshold.create(department_id=parks.id, assign_at=1.0, propose_at=0.1)
    forget()
    case = await filed(system, *BENCH)
    assert case.department_id is None
    assert case.routing["chosen"] == parks.id
    sure = await filed(system, *BUS)
    intake = await system.official("intake")
    inbox = (await intake.get("/desk")).text
    assert "확실하지 않음" in inbox
    picked = [re.findall(f'value="({one.reference}:[0-9]+)"', inbox)[0] for one in (case, sure)]
    answer = await submit(intake, "/desk", "/desk/bulk", button="accept", case=picked)
    assert "확실하지 않습니다" in answer.text
    assert (await Case.get(id=case.id)).status == "received"
    assert (await Case.get(id=sure.id)).status == "accepted"
    program = await system.program("intake")
    bulk = {"action": "accept", "references": [case.reference]}
    assert (await program.post("/api/v1/desk/bulk", json=bulk)).json()["refused"] == 1
    path = f"/desk/cases/{case.reference}"
    page = (await intake.get(path)).text
    assert page.count('data-key="1"') == page.count('data-key="3"') == 1
    assert "<mark>" in page
    shown = form_on(parse(page), path, "/accept", field="accept.department", value="parks")
    answer = await send(intake, shown, button="parks")
    assert answer.status_code == 303
    found = await Case.get(id=case.id)
    assert (found.status, found.department_id) == ("accepted", parks.id)


@pytest.mark.usefixtures("in_this_process")
async def test_marks_in_the_text_are_escaped(system: System) -> None:
    await learned()
    case = await filed(system, BENCH[0], "<script>alert(1)</script>벤치가 공원 벤치가 <b>부서졌습니다</b> & 끝")
    page = (await (await system.official("intake")).get(f"/desk/cases/{case.reference}")).text
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;부서졌습니다&lt;/b&gt;" in page


def test_the_parts_of_a_marked_text_are_the_text() -> None:
    text = "가로등이  꺼졌어요, 가로등! A길 길\t끝"
    parts = marked(text, ["가로등", "길", ""])
    assert "".join(part for part, _tells in parts) == text
    assert [part for part, tells in parts if tells] == ["가로등이", "가로등!", "길"]


@pytest.mark.usefixtures("in_this_process")
async def test_imports_are_routed_by_what_was_learned(system: System) -> None:
    await learned()
    who = PetitionerDetails(name="홍길동")
    lines = [importing.ImportedPetition(f"k{n}", FilePetition(*BUS, "other", Location(), who)) for n in range(3)]
    assert await importing.take(lines) == 3
    for case in await Case.filter(import_key__not_isnull=True):
        assert await code_of(case) == "global"
