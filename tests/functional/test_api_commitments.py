"""What became of a submission, and what the city promised because of it, as programs read it."""

from collections.abc import Callable
from datetime import timedelta

from forums.actions import answering, committing, merging, speaking
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Merge
from forums.forms.committing import MakeCommitment, StepLine
from forums.forms.speaking import Submit
from server.core.days import today
from server.core.participants.people import take_name
from tests.support.answers import official
from tests.support.contract import Described
from tests.support.forums import a_forum
from tests.support.system import System


async def test_a_journalist_reads_the_whole_outcome_of_submissions_and_every_commitment(
    system: System, described: Described, count_queries: Callable[[], list[str]]
) -> None:
    slug, clerk, read = await a_forum(system), await official("intake"), system.client.get
    mina = await take_name("mina@example.org", "미나", "ko")
    light, same, study, moved, shown = [
        await speaking.submit(mina, slug, Submit(title, f"{title} 까닭을 적습니다.", "idea", district))
        for title, district in (
            ("밤 조명을 답시다", "central"), ("조명을 더 답시다", ""), ("전철을 놓읍시다", ""), ("세금을 내립시다", ""),
            ("다리를 고칩시다", ""),
        )
    ]  # fmt: skip
    before = (await read(f"/api/v1/submissions/{light}")).json()
    assert {name: before[name] for name in ("outcome", "study_until", "moved_to", "link", "commitment")} == {
        "outcome": "", "study_until": None, "moved_to": "", "link": "", "commitment": None,
    }  # fmt: skip
    due, until = today() + timedelta(days=30), today() + timedelta(days=90)
    await merging.merge(clerk, same, Merge(light))
    commitment = MakeCommitment("조명 열두 곳", "handler", due, "", "1,200만 원", (StepLine("자리를 정하기", due),))
    for number, command in (
        (light, GiveAnswer("adopted", "답니다.", commitment, 1)),
        (study, GiveAnswer("under_study", "알아봅니다.", None, 1, study_until=until)),
        (moved, GiveAnswer("out_of_scope", "나라의 일입니다.", None, 1, moved_to="국세청")),
        (shown, GiveAnswer("already_done", "", None, 1, link="https://city.example/bridge")),
    ):
        await answering.answer(clerk, number, command)

    first = (await read(f"/api/v1/submissions/{light}")).json()
    commitment = first["commitment"]
    assert (first["outcome"], first["outcome_text"], first["department"]["code"]) == ("adopted", "답니다.", "roads")
    number = commitment.pop("number")
    assert commitment == {
        "status": "planned", "due_on": due.isoformat(), "done_on": None,
        "url": f"{system.settings.public_url}/commitments/{number}",
    }  # fmt: skip
    shared = (await read(f"/api/v1/submissions/{same}")).json()
    assert (shared["merged_into"], shared["commitment"]["number"]) == (light, number)
    assert (await read(f"/api/v1/submissions/{study}")).json()["study_until"] == until.isoformat()
    assert (await read(f"/api/v1/submissions/{moved}")).json()["moved_to"] == "국세청"
    seen = count_queries()
    listed = (await read(f"/api/v1/forums/{slug}/submissions")).json()["items"]
    assert len([statement for statement in seen if "JOIN commitment" in statement]) == 1
    by_number = {row["number"]: row for row in listed}
    assert {one for one, row in by_number.items() if row["commitment"]} == {light, same}
    assert by_number[shown]["link"] == "https://city.example/bridge"

    whole = (await read(f"/api/v1/commitments/{number}")).json()
    assert (whole["title"], whole["budget"], whole["owner"]) == ("조명 열두 곳", "1,200만 원", "handler")
    assert whole["steps"] == [{"text": "자리를 정하기", "due_on": due.isoformat(), "done_on": None}]
    assert [one["due_on"] for one in whole["dates"]] == [due.isoformat()]
    assert (await read("/api/v1/commitments/C-222-222-222")).status_code == 404

    other = MakeCommitment("다리 고치기", "handler", due - timedelta(days=9))
    second = await committing.decide(clerk, slug, other, 1)
    everything = (await read("/api/v1/commitments?limit=1")).json()
    assert ([row["number"] for row in everything["items"]], everything["total"]) == ([second], 2)
    further = (await read("/api/v1/commitments", params={"limit": 1, "cursor": everything["next"]})).json()
    assert ([row["number"] for row in further["items"]], further["next"], further["total"]) == ([number], None, 2)
    for query, found in (
        ("district=central", [number]), ("department=roads", [second, number]), ("department=parks", []),
        ("status=overdue", []), ("status=done", []), ("status=dropped", []),
    ):  # fmt: skip
        answer = (await read(f"/api/v1/commitments?{query}")).json()
        assert [row["number"] for row in answer["items"]] == found, query
        assert answer["total"] == len(found)
    for wrong, status in (("status=x", 422), ("department=x", 422), ("district=x", 422), ("cursor=x", 422)):
        assert (await read(f"/api/v1/commitments?{wrong}")).status_code == status, wrong
    assert ("GET", "/api/v1/commitments/{number}", 404) in described.seen
