"""Days that somebody keeps in a calendar: of forums about a topic, of one's own submission, of what was promised."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from forums.actions import answering, committing, merging, planning, speaking
from forums.forms.answering import GiveAnswer
from forums.forms.assigning import Merge, TextOnly
from forums.forms.committing import DoStep, Finish, MakeCommitment, StepLine
from forums.forms.speaking import Submit
from forums.models import Step, Submission
from forums.queries import news
from server.core import clock, database
from server.core.days import today
from server.core.participants.people import take_name
from tests.support.answers import official
from tests.support.forums import a_draft, a_forum
from tests.support.places import a_session
from tests.support.system import System


async def lines(system: System, path: str, name: str = "SUMMARY") -> list[str]:
    """What the events of a calendar say."""
    answer = await system.client.get(path, headers={"accept-language": "ko"})
    assert answer.status_code == 200, (path, answer.text)
    text = answer.content.decode().replace("\r\n ", "")
    return re.findall(rf"^{name}(?:;[^:]*)?:(.*)\r$", text.replace("\r\n", "\r\n"), re.MULTILINE)


async def test_park_keeps_the_dates_about_libraries_only(system: System) -> None:
    library = await a_forum(system, title="도서관을 밤에도 엽시다", district="central")
    await a_forum(system, title="시장 골목 이야기")
    day = clock.now() + timedelta(hours=1)  # as the city's notices have it that stand from a day on
    notice = await a_forum(system, "notice", title="도서관 휴관 안내", starts_at=day, ends_at=day + timedelta(hours=8))
    everything = "/forums/calendar.ics"
    assert sorted(await lines(system, everything)) == ["도서관을 밤에도 엽시다", "시장 골목 이야기"], "no notice"
    for query, found in (
        ("q=도서관", 1), ("q=수영장", 0), ("q=도서관&district=central&department=roads&kind=listening", 1),
        ("q=도서관&kind=discussion", 0), ("department=parks", 0), ("kind=notice", 0),
    ):  # fmt: skip
        assert len(await lines(system, f"{everything}?{query}")) == found, query
    assert (await system.client.get(f"/forums/{notice}/calendar.ics")).status_code == 404
    page = (await system.client.get("/forums?tab=coming&q=도서관&district=central")).text
    (linked,) = re.findall(r"/forums/calendar.ics[^\"]*", page)
    assert await lines(system, html.unescape(linked)) == ["도서관을 밤에도 엽시다"]
    assert "/forums/following?add=topic/%EB%8F%84" in page
    path = f"/forums/{library}/calendar.ics"
    first = await system.client.get(path)
    kept = {"if-none-match": f'"x", W/{first.headers["etag"]}'}
    assert (await system.client.get(path, headers=kept)).status_code == 304
    await database.execute("UPDATE forum SET place = ? WHERE slug = ?", "별관", library)
    assert (await system.client.get(path, headers=kept)).status_code == 200, "another place is another calendar"


async def test_dates_that_were_never_announced_are_in_no_calendar(system: System) -> None:
    planner = await official("intake")
    announced = await a_forum(system, title="도서관을 밤에도 엽시다")
    asked = await a_draft(title="시장 골목 이야기")  # as a citizen proposed it, and the city took it up
    await database.execute("UPDATE forum SET published_at = created_at WHERE slug = ?", asked)
    for slug in (announced, asked):
        await a_session(slug, 10)
        await planning.cancel(planner, slug, TextOnly("장소가 없습니다."))
    for path in ("/forums/calendar.ics", f"/forums/{announced}/calendar.ics"):
        assert await lines(system, path) == ["도서관을 밤에도 엽시다"]
        assert await lines(system, path, "STATUS") == ["CANCELLED"]
    assert await lines(system, f"/forums/{asked}/calendar.ics") == []


async def test_mina_keeps_the_days_that_were_named_for_her_submission(system: System) -> None:
    slug, clerk = await a_forum(system), await official("intake")
    mina = await take_name("mina@example.org", "미나", "ko")
    light, same, study = [
        await speaking.submit(mina, slug, Submit(title, f"{title} 까닭입니다.", "idea"))
        for title in ("밤 조명을 답시다", "조명을 더 답시다", "전철을 놓읍시다")
    ]
    hers = f"/submissions/{light}/calendar.ics"
    assert hers in (await system.client.get(f"/submissions/{light}")).text
    assert await lines(system, hers) == []
    until, due = today() + timedelta(days=40), today() + timedelta(days=20)
    await answering.answer(clerk, study, GiveAnswer("under_study", "봅니다.", None, 1, study_until=until))
    assert await lines(system, f"/submissions/{study}/calendar.ics") == ["검토를 마치는 날: 전철을 놓읍시다"]
    assert await lines(system, f"/submissions/{study}/calendar.ics", "DTSTART") == [f"{until:%Y%m%d}"]
    await merging.merge(clerk, same, Merge(light))
    commitment = MakeCommitment(
        "조명 열두 곳", "handler", due, steps=(StepLine("자리 정하기", due - timedelta(days=9)), StepLine("뒤"))
    )
    await answering.answer(clerk, light, GiveAnswer("adopted", "답니다.", commitment, 1))
    for path in (hers, f"/submissions/{same}/calendar.ics"):
        assert await lines(system, path) == ["약속한 날: 조명 열두 곳", "단계를 마칠 날: 자리 정하기"]
    assert await lines(system, hers, "DTSTART") == [f"{due:%Y%m%d}", f"{due - timedelta(days=9):%Y%m%d}"]
    (number,) = await committing_numbers()
    ids = await lines(system, hers, "UID")
    await committing.do_step(clerk, number, DoStep((await Step.filter(text="자리 정하기").get()).id))
    await committing.finish(clerk, number, Finish("달았습니다."))
    theirs = f"/commitments/{number}/calendar.ics"
    assert theirs in (await system.client.get(f"/commitments/{number}")).text
    assert await lines(system, theirs) == ["이행 완료: 조명 열두 곳", "단계를 마침: 자리 정하기"]
    assert await lines(system, theirs, "DTSTART") == [f"{today():%Y%m%d}"] * 2
    assert await lines(system, theirs, "UID") == ids, "moved, not doubled"

    # The same commitment as a feed, alone and among all.
    await system.work()
    for path in (f"/commitments/{number}/feed.atom", "/commitments/feed.atom?department=roads"):
        feed = (await system.client.get(path, headers={"accept-language": "ko"})).text
        assert feed.count("<entry>") == 3, path
        assert f"/commitments/{number}" in feed
        assert slug not in feed, "of the forum itself nothing"
    parks = re.search(r"/commitments/feed.atom[^\"]*", (await system.client.get("/commitments?department=parks")).text)
    assert parks
    assert "<entry>" not in (await system.client.get(parks[0].replace("&amp;", "&"))).text

    second = await committing.decide(clerk, slug, MakeCommitment("다리 고치기", "handler", due), 1)
    await committing.drop(clerk, second, TextOnly("예산이 없습니다."))
    assert await lines(system, f"/commitments/{second}/calendar.ics") == ["중단: 다리 고치기"]
    assert await lines(system, f"/commitments/{second}/calendar.ics", "STATUS") == ["CANCELLED"]
    await Submission.filter(number=light).update(visibility="hidden")
    for path in (hers, "/submissions/V-222-222-222/calendar.ics", "/commitments/C-222-222-222/calendar.ics"):
        assert (await system.client.get(path)).status_code == 404, path


async def test_commitments_are_found_however_much_other_news_there_is(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    await committing.decide(
        await official("intake"),
        await a_forum(system),
        MakeCommitment("다리", "handler", today() + timedelta(days=20)),
        1,
    )
    await system.work()
    await database.execute(
        "INSERT INTO forum_news (event_id, kind, subject, forum_id, forum_kind, district, occurred_at) "
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "SELECT 1000000 + i, 'submission.answered', 'submission/V', 1, 'listening', '', occurred_at "
        "FROM n, (SELECT MIN(occurred_at) AS occurred_at FROM forum_news) AS one"
    )
    await database.execute("ANALYZE")
    asked: list[tuple[str, tuple[object, ...]]] = []
    fetch = database.fetch

    async def noted(sql: str, *values: object) -> Any:
        asked.append((sql, values))
        return await fetch(sql, *values)

    monkeypatch.setattr(news, "WINDOW", 1000)
    with monkeypatch.context() as patch:
        patch.setattr(database, "fetch", noted)
        (item,) = await news.newest({}, commitments=True)
    assert item.about.title == "다리"
    sql, values = asked[0]
    sqlite = database.dialect() == "sqlite"
    plan = [
        row["detail" if sqlite else "QUERY PLAN"]
        for row in await fetch(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{sql}", *values)
    ]
    assert any("forum_news_event" in step for step in plan), plan


async def test_a_changed_title_is_sent_to_whoever_has_the_old_feed(system: System) -> None:
    slug = await a_forum(system, title="골목 이야기")
    await system.work()
    for path in ("/forums/feed.atom", f"/forums/{slug}/feed.atom"):
        kept = {"if-none-match": (await system.client.get(path)).headers["etag"]}
        assert (await system.client.get(path, headers=kept)).status_code == 304
        await database.execute("UPDATE forum SET title = ? WHERE slug = ?", f"새 이름 {path}", slug)
        again = await system.client.get(path, headers=kept)
        assert again.status_code == 200, path
        assert "새 이름" in again.text


async def committing_numbers() -> list[str]:
    return [row["number"] for row in await database.fetch("SELECT number FROM commitment")]
