"""Routing learns from the city's own handled cases, in versions that never get worse and hold nobody's words."""

import json
from typing import Any

import pytest

from petitions.actions import learning
from petitions.models import Case, RoutingModel
from server.core import database, jobs
from server.core.accounts import Department
from server.core.classifier import learning as aside
from server.core.classifier.learning import Examples, Learned
from server.core.classifier.model import Model
from server.core.jobs import Postponed, Task
from tests.support.command import sinmungo
from tests.support.routing import handled, in_this_process
from tests.support.system import System

__all__ = ["in_this_process"]


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest) -> None:
    """Learning takes place in the test's own process, but for one test."""
    if "process_of_its_own" not in request.node.name:
        request.getfixturevalue("in_this_process")


async def active() -> RoutingModel:
    return await RoutingModel.get(active=True)


async def test_it_learns_nothing_from_a_few_cases(system: System) -> None:
    await handled(5)
    assert await learning.learn() is None
    result = sinmungo(system.settings, "routing", "learn")
    assert result.exit_code == 1
    assert "too few handled cases" in result.stderr


async def test_the_command_learns_and_a_tenth_is_never_learned_from(system: System) -> None:
    ids = await handled(40)
    result = sinmungo(system.settings, "routing", "learn", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    row = await active()
    assert (said["id"], said["cases"], said["held"]) == (row.id, row.cases, row.held)
    examples = set(await database.column("SELECT case_id FROM routing_example WHERE model_id = ?", row.id))
    assert examples < set(ids)
    assert row.held == len(set(ids) - examples) > 0
    assert row.evaluation["own"]["top1"] > 0.9
    parks = await Department.get(code="parks")
    assert Model.from_bytes(row.arrays).score("공원 벤치가 부서졌습니다").labels[0] == str(parks.id)
    assert "routes from now on" in sinmungo(system.settings, "routing", "learn").stdout
    assert await RoutingModel.all().count() == 2
    assert await RoutingModel.filter(active=True).count() == 1


async def test_nothing_readable_is_stored(system: System) -> None:
    await handled(30)
    await learning.learn()
    stored = bytes((await active()).arrays)
    for word in ("가로등", "벤치", "무단", "버스"):
        for coded in (word.encode(), word.encode("utf-16-le"), word.encode("utf-32-le")):
            assert coded not in stored


async def test_a_corrected_case_counts_more_and_an_open_one_not_at_all(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await handled(30)
    seen: list[Examples] = []

    async def learn(examples: Examples, held: Examples, before: bytes) -> Learned:
        seen.extend((examples, held))
        return Learned(before or b"x")

    monkeypatch.setattr(aside, "learn", learn)
    await Case.filter(id=ids[0]).update(routing={"chosen": 9999}, title="고쳐진 것")
    await Case.filter(id=ids[1]).update(title="아직 접수 전", status="received")
    await Case.filter(id=ids[2]).update(title="무엇인지 모릅니다", body="—")
    await learning.learn()
    said = dict(zip(seen[0].texts, seen[0].importance, strict=True))
    said |= dict.fromkeys(seen[1].texts, 0.0)
    corrected = [weight for text, weight in said.items() if text.startswith("고쳐진 것")]
    assert corrected in ([learning.CORRECTED], [0.0])
    assert not [text for text in said if text.startswith(("아직", "무엇인지"))]
    assert (await active()).corrections == (corrected != [0.0])


async def test_a_worse_version_never_routes(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    await handled(30)
    first = await learning.learn()
    assert first is not None
    figures: dict[str, Any] = {"top1": 0.7, "top3": 0.9}

    async def worse(_examples: Examples, _held: Examples, before: bytes) -> Learned:
        return Learned(before, figures, {**figures, "top3": 0.91})

    with monkeypatch.context() as patch:
        patch.setattr(aside, "learn", worse)
        second = await learning.learn()
    assert second is not None
    assert not second.active
    assert (await active()).id == first.id
    assert "evaluation" in (await learning.versions())[0]


async def test_versions_that_learned_from_an_erased_person_are_deleted_and_the_next_does_not_hold_the_case(
    system: System,
) -> None:
    receipt = await system.file(petitioner={"name": "지운이", "email": "gone@example.org"})
    await handled(30)
    case = await Case.get(reference=receipt["reference"])
    await Case.filter(id=case.id).update(status="accepted")
    await learning.learn()
    row = await active()
    await database.execute("DELETE FROM routing_example WHERE case_id = ?", case.id)
    await database.insert("routing_example", ("model_id", "case_id"), [(row.id, case.id)])
    result = sinmungo(system.settings, "erase", "person", "gone@example.org")
    assert "routing_model 1" in result.output
    assert not await RoutingModel.all().count()
    assert not await database.value("SELECT COUNT(*) FROM routing_example")
    await learning.learn()
    learned = await database.column("SELECT case_id FROM routing_example WHERE model_id = ?", (await active()).id)
    assert learned
    assert case.id not in learned


async def test_a_case_erased_while_routing_learns_takes_the_version_with_it(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await handled(30)
    real = aside.learn

    async def meanwhile(examples: Examples, held: Examples, before: bytes) -> Learned:
        found = await real(examples, held, before)
        await Case.filter(id__in=ids[:20]).update(body="—")
        return found

    monkeypatch.setattr(aside, "learn", meanwhile)
    await learning.learn()
    assert not await RoutingModel.all().count()


async def test_the_job_learns_without_a_version_and_when_corrections_pile_up(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Task("periodic:petitions.learn_due", learning.DUE, {}, 0)
    await learning.look(look)
    assert not await jobs.pending([learning.LEARN])
    await handled(30)
    await learning.look(look)
    assert await jobs.pending([learning.LEARN])
    await system.work()
    first = await active()
    await learning.look(look)
    assert not await jobs.pending([learning.LEARN])
    monkeypatch.setattr(learning, "PILED_UP", 2)
    intake = await system.program("intake")
    for _n in range(2):
        receipt = await system.file()
        path = f"/api/v1/desk/cases/{receipt['reference']}"
        version = (await intake.get(path)).json()["version"]
        answer = await intake.post(f"{path}/accept", json={"version": version, "department": "parks"})
        assert answer.status_code == 200, answer.text
    await learning.look(look)
    assert await jobs.pending([learning.LEARN])
    await system.work()
    assert (await active()).id > first.id


async def test_a_process_of_its_own_learns_and_another_worker_does_not_learn_the_same_again(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await handled(30)
    monkeypatch.setattr(learning, "PATIENCE", 0.0)
    task = Task(learning.LEARN, learning.LEARN, {"after": 0}, 0)
    with pytest.raises(Postponed):
        await learning.run(task)
    monkeypatch.setattr(learning, "PATIENCE", 60.0)
    await learning.run(task)
    await learning.run(task)
    assert await RoutingModel.all().count() == 1
