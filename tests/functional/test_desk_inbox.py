"""The inbox: who sees what, narrowed how, found by which words, page by page, at a fixed number of queries."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from petitions.models import Case
from petitions.queries import inbox
from petitions.queries.filters import NEWEST, Filter, Position, in_objections, position_of
from petitions.queries.inbox import listed
from petitions.reference import reference
from server.core import clock
from tests.support.desk import desk
from tests.support.stories import somebody
from tests.support.system import System

MORNING = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)

PARKS = {"title": "공원 나무가 쓰러졌어요", "body": "공원에 나무가 쓰러졌습니다."}
TAX = {"title": "재산세 고지서", "body": "두 번 왔습니다."}


async def test_everybody_sees_their_own(system: System) -> None:
    roads, parks, tax = [(await system.file(**c))["reference"] for c in ({}, PARKS, TAX)]
    seen = {
        name: set((await desk(system, name)).listed) for name in ("intake", "inspector", "admin", "handler", "gardener")
    }
    assert seen == {
        "intake": {roads, parks, tax},
        "inspector": {roads, parks, tax},
        "admin": {roads, parks, tax},
        "handler": {roads},
        "gardener": {parks},
    }
    guides = {name: set((await desk(system, name)).listed) for name in ("guide", "guide_parks", "guide_ja")}
    assert set.union(*guides.values()) == {roads, parks}, "no guide belongs to the tax department"
    assert sum(map(len, guides.values())) == 2
    clerk = await desk(system, "clerk")
    assert clerk.listed == []
    assert "Everything is done" in clerk.text


async def test_filters_narrow_the_list(system: System) -> None:
    roads = (await system.file(location={"address": "중앙구 한빛로 12"}, kind="grievance"))["reference"]
    parks = (await system.file(**PARKS, kind="suggestion"))["reference"]
    tax = (await system.file(**TAX, kind="inquiry"))["reference"]
    intake = await desk(system, "intake")
    await intake.bulk("accept", roads, parks)
    await intake.open("/desk")
    await intake.bulk("assign", roads, handler="handler")
    await intake.open(f"/desk/cases/{tax}")
    await intake.send("answer", text="고지서는 한 장만 내시면 됩니다.", decision="explained")

    async def shown(query: str) -> set[str]:
        return set((await intake.open(f"/desk?{query}")).listed)

    assert await shown("") == {roads, parks}
    assert await shown("status=all") == {roads, parks, tax}
    assert await shown("status=ended") == {tax}
    assert await shown("status=answered") == {tax}
    assert await shown("status=assigned") == {roads}
    assert await shown("status=accepted&department=parks") == {parks}
    assert await shown("department=roads") == {roads}
    assert await shown("kind=suggestion") == {parks}
    assert await shown("district=central") == {roads}
    assert await shown("unassigned=1") == {parks}
    assert await shown("guide=guide_parks&status=all") >= {parks}
    assert await shown("mine=1") == set()
    assert await shown("sort=new&status=all") == {roads, parks, tax}
    assert await shown("sort=new&status=ended") == {tax}
    assert await shown("overdue=1") == set()
    handler = await desk(system, "handler")
    await handler.open("/desk?mine=1")
    assert handler.listed == [roads]
    await handler.open("/desk?department=parks")
    assert handler.listed == []
    assert "No matching case" in handler.text


@pytest.mark.parametrize(
    "query", ["status=nonsense", "kind=x", "department=x", "mine=perhaps", "q=" + "가" * 1000, "sort=1"]
)
async def test_a_filter_that_does_not_exist_is_a_clear_page(system: System, query: str) -> None:
    intake = await desk(system, "intake")
    await intake.open(f"/desk?{query}")
    assert intake.status == 422


@pytest.mark.parametrize(
    "place", ["x", "0..1", "9.1.1", "1.5.5", "0.5.-1", "0.x.1", "-", "1..99999999999999999999", "%00"]
)
async def test_a_position_that_is_none_shows_the_first_page(system: System, place: str) -> None:
    number = (await system.file())["reference"]
    intake = await desk(system, "intake")
    for name in ("after", "before"):
        await intake.open(f"/desk?{name}={place}")
        assert intake.listed == [number]


async def test_counts_tell_how_much_there_is(system: System) -> None:
    with clock.at(MORNING):
        for _number in range(3):
            await system.file(kind="other")
        intake = await desk(system, "intake")
        await intake.take(intake.listed[0])
        tabs = {a.text for a in intake.page.one("nav", class_="tabs").all("a")}
        assert tabs == {"All open", "Overdue 0", "Unassigned 3", "Mine 0", "Objections 0", "Consultations 0"}
        tiles = [a.text for a in intake.page.one("ul", class_="counts").all("a")]
        assert tiles[:2] == ["2 Received", "1 Department assigned"]
    with clock.at(MORNING + timedelta(hours=9)):
        intake = await desk(system, "intake")
        assert "Overdue 3" in {a.text for a in intake.page.one("nav", class_="tabs").all("a")}


async def test_a_case_is_found_by_number_name_and_words(system: System) -> None:
    one = (await system.file(petitioner={"name": "김민수", "email": "kim@example.org"}))["reference"]
    two = (await system.file(**PARKS))["reference"]
    intake = await desk(system, "intake")

    async def found(q: str) -> list[str]:
        return (await intake.open(f"/desk?q={q}")).listed

    for typed in (one, one.lower().replace("-", " "), one.replace("-", ""), f" {one}"):
        assert await found(typed) == [one], typed
    assert await found("김민수") == [one]
    assert await found("나무") == [two]
    assert await found("가로등 도로") == [one]
    assert await found("없는낱말") == []
    assert "Nothing found" in intake.text
    assert await found("나무&status=answered") == []
    handler = await desk(system, "handler")
    assert (await handler.open(f"/desk?q={two}")).listed == []
    assert (await handler.open("/desk?q=나무")).listed == []


async def test_a_search_finds_ended_cases_too(system: System) -> None:
    number = (await system.file())["reference"]
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{number}")
    await intake.send("withdraw", text="이미 고쳐졌다고 합니다.")
    assert (await intake.open("/desk?q=가로등")).listed == [number]
    assert (await intake.open("/desk")).listed == []


async def many(system: System, count: int) -> list[str]:
    """Cases due at different times, some at the same, some never."""
    numbers = []
    for n in range(count):
        with clock.at(MORNING + timedelta(minutes=n // 2)):
            person = {} if n % 5 == 4 else {"name": "홍길동", "email": "hong@example.org"}
            kind = "suggestion" if n % 3 else "other"
            numbers.append((await system.file(title=f"가로등 {n}", kind=kind, petitioner=person))["reference"])
    for n in range(0, count, 4):
        await Case.filter(reference=numbers[n]).update(open=False, status="closed")
        if n % 8:
            continue
        await Case.filter(reference=numbers[n]).update(objection_due_at=MORNING + timedelta(days=n % 3))
    return numbers


@pytest.mark.parametrize("window", [10_000, 3])
@pytest.mark.parametrize(
    "wanted",
    [
        Filter(status="all"), Filter(), Filter(status="ended"), Filter(kind="other", status="all"),
        Filter(kind="report"), Filter(sort="new", status="all"), Filter(q="가로등", sort="new"),
        Filter(department="roads", unassigned=True),
        Filter(status="received"), Filter(sort="new", kind="suggestion"), Filter(objection=True),
        Filter(objection=True, sort="new"),
    ],
)  # fmt: skip
async def test_pages_forward_and_back_show_every_case_once(
    system: System, monkeypatch: pytest.MonkeyPatch, wanted: Filter, window: int
) -> None:
    for name in ("WINDOW", "COMMON_WINDOW", "HITS"):
        monkeypatch.setattr(inbox, name, window)
    await many(system, 14)
    official, known = await somebody("intake"), await reference()
    whole = [row.reference for row in (await listed(wanted, official, known)).rows] if window > 3 else None

    async def walk(start: Position | None, *, backward: bool) -> tuple[list[str], Position | None]:
        pages, seen = [], 0
        while True:
            page = await listed(wanted, official, known, start=start, backward=backward, limit=3)
            pages.append([row.reference for row in page.rows])
            following = Position.read(page.before if backward else page.after)
            seen += 1
            assert seen < 20
            if following is None:
                ordered = reversed(pages) if backward else pages
                return [number for one in ordered for number in one], start
            start = following

    forward, _last = await walk(None, backward=False)
    assert len(forward) == len(set(forward)) > 0
    if whole is not None:
        assert forward == whole
    row = await Case.get(reference=forward[-1])
    place = Position(NEWEST, None, row.id) if wanted.sort else position_of(row.status, row.due_at, row.id)
    if wanted.objection and not wanted.sort:
        place = in_objections(row.objection_due_at, row.id)
    back, _first = await walk(place, backward=True)
    assert back == forward[:-1]


async def test_long_lists_have_pages_and_short_ones_do_not(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "PAGE", 4)
    numbers = await many(system, 8)
    intake = await desk(system, "intake")
    first = intake.listed
    assert len(first) == 4
    links = {
        a.attrs["rel"]: a.attrs["href"] for a in intake.page.all("a") if "rel" in a.attrs and "desk" in a.attrs["href"]
    }
    assert set(links) == {"next"}
    await intake.open(links["next"])
    second = intake.listed
    assert set(first) | set(second) == {n for i, n in enumerate(numbers) if i % 4}
    links = {
        a.attrs["rel"]: a.attrs["href"] for a in intake.page.all("a") if "rel" in a.attrs and "desk" in a.attrs["href"]
    }
    assert set(links) == {"prev"}
    assert (await intake.open(links["prev"])).listed == first


async def test_pages_cost_a_fixed_number_of_queries(system: System, count_queries: Callable[[], list[str]]) -> None:
    number = (await system.file())["reference"]
    for n in range(6):
        await system.file(title=f"도로의 가로등 {n}")
    intake, handler = await desk(system, "intake"), await desk(system, "handler")
    await intake.open("/desk")
    seen = count_queries()

    async def cost(who: object, url: str) -> int:
        seen.clear()
        await who.open(url)  # type: ignore[attr-defined]
        assert who.status == 200  # type: ignore[attr-defined]
        return len(seen)

    # session, position in the ledger, the list (its two stretches, or one with the end of its way), counts, views,
    # drafts, and for who names people: guides, handlers
    assert await cost(intake, "/desk") <= 9
    # the same without people, but with the parts that the department owes
    assert await cost(handler, "/desk") <= 8
    assert await cost(handler, "/desk?kind=other&district=central&unassigned=1") <= 9
    assert await cost(intake, "/desk?q=가로등") <= 9
    # the case's five, its events and names, neighbours, similar ones (four probes on PostgreSQL), people and templates,
    # its visits and whether one was asked for
    assert await cost(intake, f"/desk/cases/{number}") <= 21


async def test_prev_and_next_follow_a_search(system: System) -> None:
    numbers = [(await system.file(title=f"가로등 {n}"))["reference"] for n in range(3)]
    await system.file(**PARKS)
    intake = await desk(system, "intake")
    await intake.open("/desk?q=가로등")
    assert intake.listed == numbers[::-1]
    link = intake.row(numbers[1]).one("a", class_="row-title").attrs["href"]
    await intake.open(link)
    near = {a.attrs["rel"]: a.attrs["href"] for a in intake.page.all("a") if a.attrs.get("rel") in {"prev", "next"}}
    assert numbers[2] in near["prev"]
    assert numbers[0] in near["next"]
    await intake.open("/desk?q=가로등")
    back = next(a.attrs["href"] for a in (await intake.open(link)).page.all("a") if a.text == "Go to the inbox")
    assert (await intake.open(back)).listed == numbers[::-1]


async def test_titles_and_names_are_shown_as_they_are_written(system: System) -> None:
    nasty = "<b>도로</b> & \"가로등\" 'x' {{ 7*7 }}"
    number = (await system.file(title=nasty, petitioner={"name": "홍 <i>길동", "email": "a@example.org"}))["reference"]
    intake = await desk(system, "intake")
    assert intake.row(number).one("a", class_="row-title").text == nasty
    assert "홍 <i>길동" in intake.row(number).text
    await intake.open(f"/desk/cases/{number}")
    assert intake.page.one("h1").text == nasty
