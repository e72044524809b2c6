"""A journalist follows the numbers down to single submissions, recomputes them and finds the line that was changed."""

import io
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from forums.labels import AGE_BANDS
from forums.models import Participation, Submission
from forums.states import ForumState, SubmissionState
from server.cli import main
from server.core import clock, database
from server.core.city import city
from server.core.config import Settings
from server.core.participants.models import Participant
from tests.support import live, submissions
from tests.support.command import sinmungo
from tests.support.contract import Described
from tests.support.system import System
from tracking.statistics import cells
from tracking.statistics.actions import counting
from tracking.statistics.books import CASES
from tracking.statistics.cells import Filters
from tracking.statistics.measures import PETITIONS
from tracking.statistics.queries import petitions, records
from tracking.statistics.rules import At, Delta, Entry

MARCH = datetime(2025, 3, 4, 3, tzinfo=UTC)


async def a_year(count: int = 14) -> None:
    """Forums with what was said in them and what became of it."""
    outcomes = ("adopted", "partly_adopted", "not_adopted", "", "under_study", "already_done", "out_of_scope")
    for n in range(4):
        with clock.at(MARCH + timedelta(days=100 * n)):
            kind = ("listening", "field_office")[n % 2]
            forum = await submissions.hold_forum(kind, district="central" if n else "", participants=20 + n)
            for i in range(count):
                said = await submissions.say(forum, title=f"횡단보도 {i}, 010-1234-5678")
                if outcome := outcomes[i % 7]:
                    await submissions.answer(said, outcome, 3 + i, ("roads", "parks")[i % 2])
                if i % 7 == 0:
                    await submissions.do(said, 60 + n)


def through_a_pipe(settings: Settings, *arguments: str, piped: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        live.command("statistics", *arguments), env=live.environment(settings), capture_output=True, text=True,
        check=False, timeout=60, cwd=live.ROOT, input=piped,
    )  # fmt: skip


async def test_the_months_shown_end_with_the_current_one(system: System) -> None:
    await a_year(1)
    await system.work()
    with clock.at(MARCH + timedelta(days=150)):
        for path in ("/statistics", "/statistics/adoption"):
            page = (await system.client.get(path)).text
            assert re.findall(r'<th scope="row">(\d{4}-\d\d)</th>', page) == ["2025-06", "2025-03"]


async def test_a_journalist_recomputes_the_numbers(system: System, described: Described, tmp_path: Path) -> None:
    await a_year()
    await system.work()
    anna = system.client
    published = (await anna.get("/api/v1/statistics/adoption")).json()
    assert published["total"] == {
        "forums": 4, "participants": 86, "received": 56, "considered": 48, "adopted": 16, "done": 8,
        "adopted_percent": 28, "median_days_to_answer": 9.5, "median_days_to_done": 61.5,
        "outcomes": {"adopted": 8, "partly_adopted": 8, "already_done": 8, "under_study": 8, "not_adopted": 8,
                     "out_of_scope": 8},
    }  # fmt: skip
    assert [line["kind"] for line in published["by"]["kind"]] == ["listening", "field_office"]
    assert sum(line["received"] for line in published["by"]["department"]) == 56
    assert [line["year"] for line in published["by"]["year"]] == ["2025"]

    part = (await anna.get("/api/v1/statistics/adoption?kind=listening&department=roads&year=2025")).json()
    assert part["total"]["received"] == sum(
        line["received"] for line in part["by"]["month"]
    ) == sum(line["received"] for line in part["by"]["forum"])  # fmt: skip
    forum = published["by"]["forum"][0]
    one = (await anna.get(f"/api/v1/statistics/adoption?forum={forum['forum']}")).json()
    assert one["total"]["received"] == forum["received"] == 14
    assert (await anna.get("/api/v1/statistics/dictionary?lang=en")).json()["licence"] == "CC BY 4.0"
    assert (await anna.get("/api/v1/statistics/adoption?year=soon")).status_code == 422

    # Down to the single submission.
    assert "field-office-2" in (await anna.get("/statistics/adoption?kind=field_office&lang=en")).text
    listed = (await anna.get("/statistics/adoption/submissions?stage=adopted&kind=field_office&lang=en")).text
    told = ("8 in all", '<bdi lang="ko">2회 청책토론회</bdi> (field-office-2)')
    assert (listed.count("/submissions/V-"), *(words in listed for words in told)) == (8, True, True)
    assert "010-1234-5678" not in listed
    numbers: set[str] = set()
    address = "/statistics/adoption/submissions"
    while address:
        text = (await anna.get(address)).text
        rows = [part.split('"')[0] for part in text.split('href="/submissions/')[1:]]
        assert not numbers & set(rows)
        numbers |= set(rows)
        after = text.split('rel="next" href="')
        address = after[1].split('"')[0].replace("&amp;", "&") if len(after) > 1 else ""
    assert len(numbers) == 56

    # Recomputed: by herself from three files, and by the city from its own.
    export = await anna.get("/api/v1/statistics/adoption.csv")
    assert "attachment" in export.headers["content-disposition"]
    lines = export.text.split("\r\n")
    assert lines[0] == "submission,forum,kind,department,district,received_on,outcome,outcome_on,done_on"
    files = {"adoption.csv": export.content, "forums.csv": (await anna.get("/api/v1/statistics/forums.csv")).content,
             "adoption.json": (await anna.get("/api/v1/statistics/adoption")).content}  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    csv, forums, figures = (str(tmp_path / name) for name in files)
    agreed = sinmungo(system.settings, "statistics", "verify", csv, "--forums", forums, "--published", figures)
    assert (agreed.exit_code, agreed.stderr) == (0, "")
    assert "56 submissions: every published figure is what the lines add up to" in agreed.stdout
    assert "The lines themselves cannot be compared" in agreed.stdout
    at_home = sinmungo(system.settings, "statistics", "verify", csv, "--forums", forums)
    assert (at_home.exit_code, "Each line is what the records say" in at_home.stdout) == (0, True), at_home.stderr

    # Somebody made one answer better than it was.
    (tmp_path / "bad.csv").write_bytes(export.text.replace(",not_adopted,", ",adopted,", 1).encode())
    found = sinmungo(system.settings, "statistics", "verify", str(tmp_path / "bad.csv"))
    assert (found.exit_code, "fewer" in found.stderr) == (1, False)
    assert "total: adopted is published as 16, the lines say 17" in found.stderr
    assert "adopted' in outcome, the records say 'not_adopted'" in found.stderr
    again = sinmungo(system.settings, "statistics", "recount")
    assert (again.exit_code, "0 corrected" in again.stdout) == (0, True), again.stdout + again.stderr


async def test_a_part_is_recomputed_under_its_filters_and_through_a_pipe(system: System, tmp_path: Path) -> None:
    await a_year(7)
    await system.work()
    anna = system.client
    query = "department=none&year=2025"
    part = await anna.get(f"/api/v1/statistics/adoption.csv?{query}")
    assert "adoption-part-none-2025-" in part.headers["content-disposition"]
    whole = (await anna.get("/api/v1/statistics/adoption.csv")).text
    (tmp_path / "figures.json").write_bytes((await anna.get(f"/api/v1/statistics/adoption?{query}")).content)
    (tmp_path / "forums.csv").write_bytes((await anna.get("/api/v1/statistics/forums.csv")).content)
    figures, forums = ("--published", str(tmp_path / "figures.json")), ("--forums", str(tmp_path / "forums.csv"))

    for lines in (part.text, whole):  # the part, and the whole of which it is one
        agreed = CliRunner().invoke(main, ["statistics", "verify", "-", *forums, *figures], input=lines)
        assert (agreed.exit_code, agreed.stderr) == (0, "")
        assert "4 submissions, department none, year 2025: every published figure" in agreed.stdout
    changed = part.text.replace(",,,\r", ",adopted,2025-03-10,\r")
    better = CliRunner().invoke(main, ["statistics", "verify", "-", *figures], input=changed)
    assert (better.exit_code, "considered is published as 0, the lines say 4" in better.stderr) == (1, True)
    at_home = through_a_pipe(system.settings, "verify", "/dev/stdin", *forums, "--filters", query, piped=part.text)
    assert (at_home.returncode, "Each line is what the records say" in at_home.stdout) == (0, True), at_home.stderr

    alone = sinmungo(system.settings, "statistics", "verify", "-", piped=part.text)
    assert alone.exit_code == 1
    assert "total: received is published as 28, the lines say 4" in alone.stderr
    assert "fewer submissions than were published" in alone.stderr
    for wrong, says in ((["--forums", "-"], "Only one of the files"),
                        ([*figures, "--filters", query], "say their filters themselves")):  # fmt: skip
        refused = CliRunner().invoke(main, ["statistics", "verify", "-", *wrong], input=part.text)
        assert (refused.exit_code, says in refused.stderr) == (2, True), says
    no_year = sinmungo(system.settings, "statistics", "verify", "-", "--filters", "year=soon", piped=part.text)
    assert (no_year.exit_code, "Error: No such value: year." in no_year.stderr) == (2, True), no_year.stderr
    for unclear in ("year", "year=2025&year=2024"):
        said = sinmungo(system.settings, "statistics", "verify", "-", "--filters", unclear, piped=part.text)
        assert (said.exit_code, "Give each filter once" in said.stderr) == (2, True), unclear


async def test_a_changed_line_is_found_that_changes_no_figure(system: System) -> None:
    """Jun swaps two days, renames a submission and moves a forum by a day; every sum stays as it was."""
    await a_year(7)
    await system.work()
    reference_data = await city()
    text = (await system.client.get("/api/v1/statistics/adoption.csv")).text
    held = (await system.client.get("/api/v1/statistics/forums.csv")).text

    async def of_submissions(changed: str) -> list[str]:
        return [one async for one in records.submissions(io.StringIO(changed, newline=""), reference_data)]

    assert await of_submissions(text) == []
    first = text.split("\r\n")[1].split(",")
    later = ",".join([*first[:5], "2025-03-05", first[6], "2025-03-08", first[8]])
    assert await of_submissions(text.replace(",".join(first), later)) == [
        f"line 2: {first[0]} has '2025-03-05' in received_on, the records say '2025-03-04'",
        f"line 2: {first[0]} has '2025-03-08' in outcome_on, the records say '2025-03-07'",
    ]
    assert await of_submissions(text.replace(first[0], "V-none")) == [
        "line 2: V-none is not among the records that count"
    ]
    await Submission.filter(number=first[0]).update(visibility="hidden")
    assert await of_submissions(text) == [f"line 2: {first[0]} is not among the records that count"]
    moved = held.replace("2025-03-04", "2025-03-05")
    assert [one async for one in records.forums(io.StringIO(held, newline=""), reference_data)] == []
    assert [one async for one in records.forums(io.StringIO(moved, newline=""), reference_data)] == [
        "line 2: listening-1 has '2025-03-05' in held_on, the records say '2025-03-04'"
    ]


async def test_pages_cost_the_same_however_much_there_is(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    pages = ("/statistics", "/statistics/adoption", "/statistics/adoption/submissions", "/statistics/petitions",
             "/statistics/adoption?kind=listening&year=2025", "/statistics/data")  # fmt: skip
    await a_year(3)
    await system.work()
    counts: list[dict[str, int]] = []
    for _round in range(2):
        for page in pages:
            await system.client.get(page)  # what is kept of the city is kept
        queries = count_queries()
        found = {}
        for page in pages:
            queries.clear()
            assert (await system.client.get(page)).status_code == 200
            found[page] = len(queries)
        counts.append(found)
        await a_year(12)
        await system.work()
    # Counting wraps what counts already, so the second round sees each statement twice.
    assert counts[1] == {page: 2 * n for page, n in counts[0].items()} or counts[1] == counts[0]
    assert max(counts[0].values()) <= 18, counts[0]


async def test_what_nobody_may_read_is_not_named_by_the_figures(system: System) -> None:
    """Min plans a forum, takes one back, and a proposal is hidden: an address with its name tells nobody of it."""
    open_one = await submissions.hold_forum(title="모두의 토론회")
    secret = [
        await submissions.hold_forum(title="비밀 계획", status=ForumState.DRAFT, published_at=None),
        await submissions.hold_forum(title="비밀 취소", status=ForumState.CANCELLED, published_at=None),
        await submissions.hold_forum("discussion", title="비밀 제안", status=ForumState.PROPOSED, visibility="pending"),
        await submissions.hold_forum("discussion", title="비밀 낱말", status=ForumState.RUNNING, visibility="hidden"),
    ]
    said = [
        await submissions.say(one, title=f"의견 {n}") for n, one in enumerate([open_one, open_one, open_one, secret[3]])
    ]
    await system.work()
    anna = system.client
    for forum in secret:
        for page in ("/api/v1/statistics/adoption", "/statistics/adoption", "/statistics/adoption/submissions",
                     "/api/v1/statistics/adoption.csv"):  # fmt: skip
            found = await anna.get(f"{page}?forum={forum.slug}")
            assert found.status_code == (await anna.get(f"{page}?forum=unknown-1")).status_code == 422
            assert "비밀" not in found.text
    for page in ("/api/v1/statistics/adoption", "/statistics/adoption"):
        assert "비밀" not in (await anna.get(page)).text
        assert "모두의 토론회" in (await anna.get(f"{page}?forum={open_one.slug}")).text
    lines = (await anna.get("/api/v1/statistics/adoption")).json()["by"]["forum"]
    named = {line["forum"]: line["name"] for line in lines}
    assert named == {open_one.slug: "모두의 토론회", secret[3].slug: secret[3].slug}, "numbers add up without words"

    # Hidden and withdrawn just now, before any job counted it.
    await Submission.filter(id=said[0].id).update(visibility="hidden")
    await Submission.filter(id=said[1].id).update(status=SubmissionState.WITHDRAWN)
    listed = (await anna.get("/statistics/adoption/submissions")).text
    assert said[0].number in listed
    assert [f"의견 {n}" in listed for n in range(3)] == [False, False, True]


async def test_few_people_are_not_shown_and_a_correction_is(system: System) -> None:
    forum = await submissions.hold_forum()
    for n in range(20):
        age = "60s" if n < 2 else "30s" if n < 9 else "40s"
        person = await Participant.create(
            email=f"p{n}@example.org", name="가", age_band=age, district="central", created_at=clock.now()
        )
        await Participation.create(forum_id=forum.id, participant_id=person.id, created_at=clock.now())
    await counting.count_people()
    await database.execute(
        "INSERT INTO statistics_recount (why, started_at, finished_at, looked_at, late, corrected, samples) "
        "VALUES ('night', ?, ?, 9, 0, 1234, '[]')", clock.now(), clock.now(),
    )  # fmt: skip
    page = (await system.client.get("/statistics?lang=en")).text
    assert "1,234 figures were wrong" in page
    table = page.split('id="people-age"')[1].split("</table>")[0]
    assert ">11<" in table
    assert ">20<" in table
    assert table.count("not shown") == 7, "the two, the seven that would tell them, and all with nobody in them"
    for label in ("Under 20", "70 and over", "Not stated"):
        assert label in table, "what is missing would say that nobody is there"
    said = (await system.client.get("/api/v1/statistics/adoption?lang=en")).json()["people"]
    assert said["age"]["total"] == said["district"]["total"] == 20
    assert {line["value"]: line["people"] for line in said["age"]["of"]} == {
        **dict.fromkeys(("", *AGE_BANDS)), "40s": 11,
    }  # fmt: skip
    assert {line["value"] for line in said["district"]["of"]} == {"", *(await city()).districts}
    assert (await system.client.get("/api/v1/statistics/adoption?year=2025")).json()["people"] is None

    # Nobody says where they live, so that table tells nothing; the other one must not tell its total either.
    await database.execute("UPDATE statistics_people SET people = 0 WHERE dimension = 'district'")
    hidden = (await system.client.get("/api/v1/statistics/adoption")).json()["people"]
    assert [line["people"] for table in hidden.values() for line in table["of"] if line["people"] is not None] == []
    assert hidden["age"]["total"] is None

    # Four ratings in each of two departments: eight for their kind would say that it is four each.
    delta = Delta()
    for department in (1, 2) * 4:
        delta.add(Entry(At(0, "suggestion", department, "", "m2025-05"), {"received": 1, "rated": 1, "rating": 4}))
    async with database.transaction():
        await cells.change(PETITIONS, delta)
    rated = (await system.client.get("/api/v1/statistics/petitions")).json()
    assert [line["rated"] for line in [rated["total"], *rated["by"]["kind"], *rated["by"]["department"]]] == [None] * 4

    # All three answered in one district are rated, four of forty in another: beside "3 answered" seven would tell it.
    delta = Delta()
    for district, answered, count in (("central", 3, 3), ("north", 40, 4), ("south", 90, 60), ("", 9, 0)):
        at = At(0, "inquiry", 3, district, "m2025-06")
        delta.add(Entry(at, {"received": 99, "answered": answered, "rated": count, "rating": 4 * count}))
    async with database.transaction():
        await cells.change(PETITIONS, delta)
    lines = await petitions.petitions_by(Filters(), "district")
    assert [line.figures.restricted_shown for line in lines] == [False] * 4
    kinds = await petitions.petitions_by(Filters(), "kind")
    assert {line.figures["rated"] for line in kinds if line.figures.restricted_shown} == {67, 8}


async def test_petitions_are_counted_too(system: System, described: Described) -> None:
    with clock.at(datetime(2025, 5, 7, 1, tzinfo=UTC)):
        for n in range(3):
            location = {"lat": 37.5, "lng": 127.0, "address": ""}
            receipt = await system.file(title=f"가로등이 꺼졌어요 {n}", location=location)
    await system.work()
    answered = datetime(2025, 5, 7, 5, tzinfo=UTC)
    await database.execute(
        "UPDATE petition_case SET status = 'answered', answered_at = ?, rating = 4 WHERE reference = ?",
        answered, receipt["reference"],
    )  # fmt: skip
    (row,) = await database.fetch("SELECT id FROM petition_case WHERE reference = ?", receipt["reference"])
    await counting.recount(CASES, [row["id"]])
    found = (await system.client.get("/api/v1/statistics/petitions")).json()
    assert found["total"] == {
        "received": 3, "answered": 1, "on_time_percent": 100, "reopened": 0, "median_working_hours": 3,
        "p90_working_hours": 3, "rated": None, "satisfaction": None,
    }  # fmt: skip
    assert found["by"]["district"][0]["district"] == "central"
    assert found["by"]["month"] == [
        {"month": "2025-05", "received": 3, "answered": 1, "on_time_percent": 100, "reopened": 0}
    ]
    file = await system.client.get("/api/v1/statistics/petitions.csv")
    lines = file.text.split("\r\n")
    assert lines[0].startswith("dimension,value,received,answered,on_time_percent,reopened,median_working_hours,")
    assert {"total,,3,1,100,0,3.0,3,,", "district,central,3,1,100,0,3.0,3,,", "month,2025-05,3,1,100,0,,,,"} <= {*lines}
    words = (await system.client.get("/api/v1/statistics/dictionary?lang=en")).json()
    meant = {name: {word["name"] for word in words[name]} for name in ("json", "figures", "people", "petitions")}
    adopted = (await system.client.get("/api/v1/statistics/adoption")).json()
    assert {*adopted, *found} <= meant["json"]
    assert (meant["figures"], meant["petitions"]) == ({*adopted["total"]}, {*found["total"]})
    assert {word["name"] for word in words["files"]["petitions.csv"]} == {*lines[0].split(",")}
    await counting.count_people()
    who = (await system.client.get("/api/v1/statistics/adoption")).json()["people"]
    assert {name for table in who.values() for line in table["of"] for name in line} == meant["people"]
    page = (await system.client.get("/statistics/petitions?lang=en&show=median_hours")).text
    assert 'class="map"' in page
    assert "Central: 3 h" in page
    for language in ("ko", "ja"):
        for address in ("/statistics", "/statistics/petitions", "/statistics/adoption", "/statistics/data"):
            assert (await system.client.get(f"{address}?lang={language}")).status_code == 200
    assert (await system.client.get("/api/v1/statistics/petitions?kind=nothing")).status_code == 422
