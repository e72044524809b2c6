"""Everybody reads the forums: the list, one of each kind, the notice board, broadcasts, files, and all that as JSON."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from forums import views
from forums.actions import planning
from forums.forms.assigning import TextOnly
from forums.forms.planning import WriteMinutes
from forums.models import Commitment, Forum, Submission
from forums.queries import forums as queries
from forums.queries import lists
from forums.queries.lists import ALL, TABS, Filters
from server.core import clock, database
from server.core.accounts import Department
from server.core.files import StoredFile
from server.core.listing import cursor
from tests.support.answers import official
from tests.support.contract import Described
from tests.support.forums import a_draft, a_forum
from tests.support.markup import Element, parse
from tests.support.system import System

NOON = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
"""12:00 in the city."""


async def titles(system: System, address: str) -> list[str]:
    response = await system.client.get(address)
    assert response.status_code == 200, response.text
    return [row.one("h2").text for row in parse(response.text).all("li", class_="forum-row")]


async def main_of(system: System, address: str) -> Element:
    response = await system.client.get(address)
    assert response.status_code == 200, response.text
    return parse(response.text).one("main")


async def test_mrs_lee_finds_a_forum_by_its_state_by_filters_and_by_words(system: System) -> None:
    me = await official("intake")
    assert "지금은 해당하는 공론장이 없습니다" in (await system.client.get("/forums?q=")).text
    with clock.at(NOON):
        late = await a_forum(system, title="늦은 토론회", starts_at=NOON + timedelta(days=9), ends_at=None)
        soon = await a_forum(
            system,
            "field_office",
            title="곧 여는 현장",
            starts_at=NOON + timedelta(days=2),
            ends_at=NOON + timedelta(days=3),
        )
        draft = await a_draft(title="아직 초안")
        dropped = await a_draft(title="접은 초안")
        await planning.cancel(me, dropped, TextOnly("열지 않기로 했습니다."))
        notice = await a_forum(system, "notice", title="토론회 결과 공지")
    assert await titles(system, "/forums?q=") == ["곧 여는 현장", "늦은 토론회"], (
        "where nothing is open: what comes, soonest first"
    )
    assert "곧 여는 현장" in (await system.client.get("/")).text
    with clock.at(NOON + timedelta(days=2)):
        await planning.start(me, soon)
        assert await titles(system, "/forums?tab=open") == ["곧 여는 현장"]
        assert await titles(system, "/forums?tab=coming") == ["늦은 토론회"]
        await planning.close(me, soon)
        await planning.cancel(me, late, TextOnly("태풍 때문에 열지 못합니다."))
    await Forum.create(
        slug="listening-90", number=0, kind="listening", status="proposed", title="문의 010-1234-5678", created_at=NOON
    )  # fmt: skip
    assert await titles(system, "/forums?tab=over") == ["늦은 토론회", "곧 여는 현장"], "the last date first"
    assert await titles(system, "/forums?tab=over&state=cancelled") == ["늦은 토론회"]
    assert await titles(system, "/forums?tab=proposed") == ["문의 010-****-5678"], "a citizen's number is hidden"
    for narrowed, found in (
        ("kind=field_office", ["곧 여는 현장"]), ("district=central", ["곧 여는 현장"]), ("department=parks", []),
        ("year=2026", ["늦은 토론회", "곧 여는 현장"]), ("year=2025", []),
        ("year=2026&department=roads&kind=listening", ["늦은 토론회"]),
    ):  # fmt: skip
        assert await titles(system, f"/forums?tab=over&{narrowed}") == found, narrowed
    page = (await system.client.get("/forums?tab=over&year=2025")).text
    assert '<option value="2025" selected' in page, "also a year without a forum"
    page = (await system.client.get("/forums?tab=over")).text
    assert page.index("늦은 토론회") < page.index('"/forums/notices"'), "what is asked for comes first"
    assert await titles(system, "/forums?q=토론회") == ["토론회 결과 공지", "늦은 토론회"], "words look everywhere"
    assert await titles(system, "/forums?q=토론회&kind=listening&state=cancelled") == ["늦은 토론회"]
    for hidden in (draft, dropped, "listening-99"):
        assert (await system.client.get(f"/forums/{hidden}")).status_code == 404
    assert "초안" in (await (await system.official("intake")).get(f"/forums/{draft}")).text
    assert "태풍 때문에" in (await main_of(system, f"/forums/{late}")).text
    assert (await system.client.get("/forums?after=nonsense")).status_code == 400
    assert (await system.client.get("/forums?tab=nowhere")).status_code == 422
    assert (await system.client.get(f"/forums/{notice}?lang=ja")).status_code == 200


async def test_each_kind_has_its_page(system: System) -> None:
    me = await official("intake")
    with clock.at(NOON):
        listening = await a_forum(
            system, summary="상인에게 듣습니다.", body="무엇을 먼저 바꿀까요?", panel=("김상인", "이소비")
        )
        office = await a_forum(system, "field_office")
        corner = await a_forum(system, "speakers_corner")
        question = await a_forum(system, "discussion", ends_at=NOON + timedelta(days=9))
        await planning.start(me, listening)
        await planning.write_minutes(me, listening, WriteMinutes("1. 개회\n2. 의견을 들음"))
        await planning.start(me, office)
    page = await main_of(system, f"/forums/{listening}")
    for words in (
        "골목 상권을 살리려면",
        "제1회 청책토론회",
        "시청 다목적홀",
        "오후 1:00",
        "도로과",
        "시민 패널",
        "이소비",
        "회의록",
        "의견을 들음",
    ):
        assert words in page.text, words
    assert "시민청 지하" in (await main_of(system, f"/forums/{corner}")).text

    forum, roads = await Forum.get(slug=office), await Department.get(code="roads")
    assert "아직 결정된 것이 없습니다" in (await main_of(system, f"/forums/{office}")).text
    for number, status in enumerate(("done", "planned", "dropped")):
        await Commitment.create(
            number=f"C-{number}", forum=forum, title="소방차 길", status=status, department=roads, due_on=NOON.date(),
            created_at=NOON,
        )  # fmt: skip
    assert "결정 2건 가운데 1건을 마쳤습니다" in (await main_of(system, f"/forums/{office}")).text
    await Commitment.filter(status="planned").update(status="done")
    assert "결정 2건을 모두 이행했습니다" in (await main_of(system, f"/forums/{office}")).text

    forum = await Forum.get(slug=question)
    for number, (stance, visibility, status) in enumerate(
        [("for", "shown", "received")] * 3
        + [("against", "shown", "received"), ("for", "hidden", "received"), ("against", "shown", "withdrawn")]
    ):
        await Submission.create(
            number=f"V-{number}", forum=forum, channel="web", stance=stance, title="의견", text="의견", status=status,
            visibility=visibility, received_at=NOON, received_on=NOON.date(),
        )  # fmt: skip
    page = await main_of(system, f"/forums/{question}")
    assert page.one("dl", class_="votes").text == "찬성 3 반대 1 다른 제안 0"
    assert page.one("rect", class_="votes-bar-for").attrs["width"] == "75.0%"
    with pytest.MonkeyPatch.context() as crowd:
        crowd.setattr(queries, "LARGE", 3)
        await queries.stances(forum.id)
        await Submission.filter(number="V-0").update(visibility="hidden")
        assert await queries.stances(forum.id) == {"for": 3, "against": 1}, "a crowd is not counted for each reader"
        crowd.setattr(queries, "KEPT", 0)
        assert await queries.stances(forum.id) == {"for": 2, "against": 1}
    assert "2026년 3월 13일 (금) 오후 12:00까지" in page.text, "until when it can be answered"
    for slug in (listening, office, corner, question):
        for language in ("ja", "en"):
            assert (await system.client.get(f"/forums/{slug}?lang={language}")).status_code == 200


async def test_a_video_is_framed_from_its_own_host_once_the_reader_asks_for_it(system: System) -> None:
    me = await official("intake")
    with clock.at(NOON):
        old = await a_forum(system, "broadcast", title="지난 방송", chapters=({"at": 754, "title": "예산의 줄기"},))
        await a_forum(
            system,
            "broadcast",
            title="다음 방송",
            starts_at=NOON + timedelta(days=1),
            ends_at=NOON + timedelta(days=1, hours=1),
        )
        other = await a_forum(system, "broadcast", title="다른 곳의 방송", link="https://videos.example.org/1")
        for slug in (old, other):
            await planning.start(me, slug)
    page = await main_of(system, "/forums/broadcasts")
    assert [section.one("h2").text for section in page.all("section")] == ["방송 중", "편성표", "다시 보기"]
    await planning.close(me, old)
    page = await main_of(system, "/forums/broadcasts")
    on_air, schedule, archive = page.all("section")
    assert ("다른 곳의 방송" in on_air.text, "다음 방송" in schedule.text, "지난 방송" in archive.text) == (
        True,
        True,
        True,
    )
    assert schedule.one("h3").text == "2026년 3월 5일 (목)"

    before = await system.client.get(f"/forums/{old}")
    assert parse(before.text).all("iframe") == []
    assert "frame-src" not in before.headers["content-security-policy"], "nothing foreign is loaded unasked"
    chapter = parse(before.text).one("ol", class_="chapters").one("a")
    assert chapter.text == "0:12:34 예산의 줄기"
    after = await system.client.get(chapter.attrs["href"].partition("#")[0])
    frame = parse(after.text).one("iframe").attrs
    assert frame["src"] == "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?start=754"
    assert "frame-src https://www.youtube-nocookie.com;" in after.headers["content-security-policy"]
    stranger = await system.client.get(f"/forums/{other}?at=0")
    assert parse(stranger.text).all("iframe") == []
    assert "frame-src" not in stranger.headers["content-security-policy"]
    assert 'href="https://videos.example.org/1"' in stranger.text


async def notices(system: System, query: str = "") -> list[str]:
    return [row.one("th").text for row in (await main_of(system, f"/forums/notices{query}")).one("tbody").all("tr")]


async def test_the_notice_board_counts_its_pages_and_its_readers(system: System) -> None:
    me = await official("intake")
    store = system.app.state.store
    stored = await store.put(BytesIO("참가 안내".encode()))
    with clock.at(NOON):
        for number in range(1, 12):
            await a_forum(system, "notice", title=f"공지 {number}")
        newest = await a_draft("notice", title="붙임이 있는 공지")
        await planning.keep_files(f"forum/{newest}", [StoredFile(stored.hash, "안내문.txt", stored.size, "text/plain")])
        await planning.publish(me, newest)
        unseen = await a_draft("notice", title="초안 공지")
    first = await main_of(system, "/forums/notices")
    rows = first.one("tbody").all("tr")
    assert [row.one("th").text for row in rows[:2]] == ["붙임이 있는 공지 파일 1개", "공지 11"]
    assert rows[0].text == "12 붙임이 있는 공지 파일 1개 도로과 2026년 3월 4일 (수) 조회 0"
    assert await notices(system, "?page=2") == [
        "공지 2",
        "공지 1",
    ]
    assert "공지 1" in (await main_of(system, "/forums/notices?page=99")).text, "past the end: the last page"
    assert await notices(system, "?q=붙임이") == ["붙임이 있는 공지"]

    page = await main_of(system, f"/forums/{newest}")
    assert "12번 · 도로과 · 2026년 3월 4일 (수) 오후 12:00 · 조회 1회" in page.text
    assert page.one("a", rel="prev").text == "공지 11"
    assert page.all("a", rel="next") == [], "a draft is no neighbour"
    file = await system.client.get(page.one("ul", class_="files").one("a").attrs["href"])
    assert file.content.decode() == "참가 안내"
    assert file.headers["content-disposition"].startswith("attachment;")
    assert file.headers["content-security-policy"] == "sandbox"
    address = str(file.url.path)
    assert (await system.client.get(address.replace(newest, "notice-1"))).status_code == 404, "of another forum"
    await planning.keep_files(f"forum/{unseen}", [StoredFile(stored.hash, "초안.txt", stored.size, "text/plain")])
    hidden = await file_of(unseen)
    assert (await system.client.get(f"/forums/{unseen}/files/{hidden}/x")).status_code == 404, "of a draft"
    store.path(stored.hash).unlink()
    assert (await system.client.get(address)).status_code == 404

    await system.client.get(f"/forums/{newest}")
    await (await system.official("handler")).get(f"/forums/{newest}")
    forum = await Forum.get(slug=newest)
    assert forum.views + views.waiting(forum.id) == 2, "two readers; officials are not counted"
    await views.write()
    await views.write()
    assert ((await Forum.get(slug=newest)).views, views.waiting(forum.id)) == (2, 0)
    assert "조회 3회" in (await main_of(system, f"/forums/{newest}")).text
    views.seen(forum.id)
    with pytest.MonkeyPatch.context() as broken:

        async def fail(*_values: object) -> int:
            raise database.OperationalError("busy")

        broken.setattr(database, "execute", fail)
        with pytest.raises(database.OperationalError):
            await views.write()
    assert views.waiting(forum.id) == 2, "what could not be written is kept"


async def file_of(slug: str) -> int:
    row = await database.fetch_one("SELECT id FROM forum_file WHERE subject = ?", f"forum/{slug}")
    assert row is not None
    return int(row["id"])


async def test_programs_read_the_same_as_json(system: System, described: Described) -> None:
    me = await official("intake")
    with clock.at(NOON):
        slug = await a_forum(system, panel=("김상인",), district="central")
        gone = await a_forum(system, "broadcast", chapters=({"at": 3, "title": "시작"},))
        await planning.cancel(me, gone, TextOnly("방송 사고"))
        await a_forum(system, "notice")
    everything = (await system.client.get("/api/v1/forums")).json()
    assert [row["kind"] for row in everything["items"]] == ["notice", "broadcast", "listening"]
    found, seen = "", []
    for _page in range(3):
        answer = (await system.client.get(f"/api/v1/forums?limit=1{found}")).json()
        seen += [row["slug"] for row in answer["items"]]
        assert answer["total"] == 3, "on all pages, on each of them"
        found = f"&cursor={answer['next']}"
    assert (seen[-1], answer["next"]) == (slug, None)
    for words, number in (("골목 상권", 1), ("없는 말", 0)):
        assert (await system.client.get("/api/v1/forums", params={"q": words})).json()["total"] == number
    assert await lists.total(Filters(q="골목 상권", states=ALL)) == 1
    assert await lists.total(Filters(q="없는 말", states=ALL)) == 0
    narrowed = await system.client.get("/api/v1/forums?status=published&kind=listening&district=central&year=2026")
    (row,) = narrowed.json()["items"]
    assert (row["district"], row["starts_at"]) == ({"code": "central", "name": "중앙구"}, "2026-03-04T13:00:00+09:00")
    one = (await system.client.get(f"/api/v1/forums/{gone}", headers={"accept-language": "en"})).json()
    assert (one["status"], one["reason"], one["chapters"]) == ("cancelled", "방송 사고", [{"at": 3, "title": "시작"}])
    assert (await system.client.get("/api/v1/forums/listening-99")).status_code == 404
    wrong = await system.client.get("/api/v1/forums?cursor=x&status=draft&limit=0")
    assert {error["field"] for error in wrong.json()["errors"]} == {"cursor", "status", "limit"}
    assert described.seen >= {("GET", "/api/v1/forums", 200), ("GET", "/api/v1/forums", 422)}


async def many(number: int) -> None:
    """Forums of every kind and state, and as many notices."""
    roads = await Department.get(code="roads")
    states = [*ALL, "draft"]
    await Forum.bulk_create(
        [
            Forum(
                slug=f"x-{n}", number=n, kind=(*lists.KINDS, lists.NOTICE)[n % 6], status=states[n % 7],
                title=f"공론장 {n}", created_at=NOON, published_at=NOON,
                starts_at=NOON + timedelta(hours=n) if n % 6 != 5 and n % 13 else None,
                department_id=roads.id if n % 2 else None, district="central" if n % 3 else "",
            )
            for n in range(1, number + 1)
        ]
    )  # fmt: skip


async def test_lists_are_read_from_their_indexes_page_by_page_without_gaps(
    system: System, count_queries: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    await many(420)
    for tab, states in TABS.items():
        wanted = [row async for row in Forum.filter(status__in=states, kind__not="notice")]
        listed: list[int] = []
        after = ""
        while True:
            page = await lists.listed(Filters(states=states), after)
            listed += [row.id for row in page.rows if row.kind != "notice"]
            after = page.after
            if not after:
                break
            assert len(page.rows) == lists.PAGE
        assert sorted(listed) == sorted(row.id for row in wanted), tab
        notices = await Forum.filter(status__in=states, kind="notice").count() if tab == "proposed" else 0
        assert await lists.total(Filters(states=states)) == len(wanted) + notices, tab
    statements = count_queries()
    addresses = (
        ("/forums?tab=open", 3), ("/forums?tab=over", 3), ("/forums?tab=proposed", 2),
        ("/forums?tab=over&department=roads&year=2026", 2), ("/forums?q=공론장", 4),
        ("/forums/notices", 2), ("/forums/notices?page=3", 2), ("/", 3), ("/forums/broadcasts", 6),
        (f"/forums/{await a_forum(system)}", 12), (f"/forums/{await a_forum(system, 'notice')}", 3),
    )  # fmt: skip
    await system.client.get("/")  # what the city is made of is kept from now on
    for address, most in addresses:
        statements.clear()
        assert (await system.visitor().get(address)).status_code == 200
        assert len(statements) <= most, (address, statements)

    asked: list[tuple[str, list[object]]] = []
    original = database._rows

    async def noted(sql: str, values: list[object]) -> Any:
        asked.append((sql, values))
        return await original(sql, values)

    monkeypatch.setattr(database, "_rows", noted)
    for states in TABS.values():
        for filters in (
            Filters(states=states), Filters("listening", states=states),
            Filters(department="roads", states=states),
            Filters(district="central", states=states, year=NOON.year),
        ):  # fmt: skip
            await lists.listed(filters)
            await lists.listed(filters, cursor(NOON, 7))
            await lists.total(filters)
    await lists.front()
    assert await lists.first_year(UTC) == NOON.year
    await lists.board(2)
    await lists.neighbours(7)
    monkeypatch.setattr(database, "_rows", original)
    assert len(asked) > 30
    for sql, values in asked:
        await read_from_an_index(sql, values)


async def read_from_an_index(sql: str, values: list[object]) -> None:
    """Every branch of a query walks an index of forums in its own order, so that its limit ends it."""
    async with database.transaction():
        if database.dialect() == "sqlite":
            plan = [row["detail"] for row in await database._rows(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert not any("TEMP B-TREE" in step or re.match(r"SCAN f\b", step) for step in plan), (sql, plan)
        else:
            for way in ("seqscan", "bitmapscan", "sort"):
                await database.execute(f"SET LOCAL enable_{way} = off")
            plan = [row["QUERY PLAN"] for row in await database._rows(f"EXPLAIN {sql}", values)]
            assert not any("Sort" in step or "Seq Scan" in step for step in plan), (sql, plan)
