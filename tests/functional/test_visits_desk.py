"""The day's visits at the desk: the list, its filters and search, the sheet and the CSV file."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from server.core import clock
from server.core.texts import read_spool
from tests.support.markup import parse
from tests.support.stories import filed, to
from tests.support.system import System
from tests.support.visits import an_office, at, contact, next_monday, wish
from tracking.visits import daylist, links
from tracking.visits.actions import booking, supply
from tracking.visits.actions.booking import Contact
from tracking.visits.models import Counter, CounterService, Visit, VisitDocument
from tracking.visits.queries import offices
from tracking.visits.states import Channel


async def listed(browser: httpx.AsyncClient, query: str = "") -> list[str]:
    """The names in the list, from top to bottom."""
    answer = await browser.get(f"/desk/visits?date={next_monday()}{query}")
    assert answer.status_code == 200, answer.text
    rows = [row for row in parse(answer.text).all("tr") if "data-row" in row.attrs]
    return [row.one("a").text for row in rows]


async def some_visits() -> None:
    """Three visits: Kim for a passport, Lee for a move, Park for both by telephone."""
    await an_office({"1": ["passport"], "2": ["moving", "passport"]})
    await booking.book_now(await wish(start="10:00"), contact("kim"))
    await booking.book_now(await wish("moving", start="09:00"), contact("lee"))
    phone = Contact("박 영감", phone="010-1234-5678", note="지팡이")
    await booking.book_now(await wish("passport", "moving", start="11:00", channel=Channel.PHONE), phone)


async def test_the_list_of_a_day(system: System) -> None:
    await some_visits()
    clerk = await system.official("clerk")
    assert await listed(clerk) == ["lee", "kim", "박 영감"]
    assert await listed(clerk, "&channel=phone") == ["박 영감"]
    assert await listed(clerk, "&service=moving") == ["lee", "박 영감"]
    assert await listed(clerk, "&state=cancelled") == []
    (kim,) = await Visit.filter(name="kim")
    await booking.cancel(kim.number, "visitor")
    assert await listed(clerk, "&state=cancelled") == ["kim"]
    page = await clerk.get(f"/desk/visits?date={next_monday()}&lang=en")
    assert "Next day" in page.text
    assert f"date={next_monday() + timedelta(days=1)}" in page.text
    assert "지팡이" in page.text


async def test_the_counters_planned(system: System) -> None:
    await some_visits()
    clerk = await system.official("clerk")
    page = parse((await clerk.get(f"/desk/visits?date={next_monday()}")).text)
    planned = {row.one("a").text: row.all("td")[2].text for row in page.all("tr") if "data-row" in row.attrs}
    assert planned["lee"].endswith("2")
    options = {o.text: o.attrs["value"] for o in page.one("select", id="field-counter").all("option")}
    assert "lee" in await listed(clerk, f"&counter={options['2']}")
    assert "lee" not in await listed(clerk, f"&counter={options['1']}")


async def test_a_service_that_changes_counters(system: System) -> None:
    """Its time is free only in parts, and it says so, until time is given back with which one counter does it."""
    await an_office({"1": ["passport", "tour"], "2": ["seal", "tour"]})
    in_the_way = await booking.book_now(await wish(start="09:00"), contact("kim"))
    await booking.book_now(await wish("seal", start="09:15"), contact("lee"))
    tour = await booking.book_now(await wish("tour", start="09:00"), replace(contact("park"), language="en"))
    await system.work()
    mail = str(to(system, "park@example.org")[0].get_body(("plain",)))
    clerk, day = await system.official("clerk"), next_monday()
    path = links.visit_path(system.settings, tour.number, at("09:00"))
    assert (await system.client.get(path)).status_code == 303

    async def shown() -> list[str]:
        """The list, the visit at the desk, the file and the visitor's own page."""
        desk = [await clerk.get(f"/desk/visits{path}") for path in (f"?date={day}&lang=en", f"/{tour.number}?lang=en")]
        table = await clerk.get(f"/desk/visits.csv?date={day}")
        return [page.text for page in (*desk, table, await system.client.get(f"/visits/{tour.number}?lang=en"))]

    listed, visit, table, own = await shown()
    for page in (listed, visit):
        assert "2, from 09:15 counter 1" in page
    assert "09:00 tour 2, 09:15 1" in table
    for text in (mail, own):
        assert "tour: at 09:15 you may be asked to go on to another counter." in text
    sheet = parse((await clerk.get(f"/desk/visits/sheet?date={day}")).text)
    times = [row.all("td")[0].text for row in sheet.all("tr") if "park" in row.text]
    assert times == ["09:15–09:30", "09:00–09:15"], "under each counter with its time there"
    assert "09:15부터 1번 창구" in await daylist.as_text(system.settings, await offices.office("east"), day)

    await booking.cancel(in_the_way.number, "visitor")
    listed, visit, table, own = await shown()
    assert not any("from 09:15 counter" in page for page in (listed, visit))
    assert "09:00 tour 1" in table
    assert "another counter" not in own


async def test_who_has_only_a_phone_is_told_of_the_change_of_counters(system: System) -> None:
    await an_office({"1": ["passport", "tour"], "2": ["seal", "tour"]})
    await booking.book_now(await wish(start="09:00"), contact("kim"))
    await booking.book_now(await wish("seal", start="09:15"), contact("lee"))
    for start, number in (("09:00", "010-1234-5678"), ("10:00", "010-8765-4321")):
        await booking.book_now(await wish("tour", start=start), Contact("park", "", number))
    await system.work()
    said = {one.message.to: one.message.body for one in await read_spool(system.settings.spool, 9)}
    assert "다른 창구로 안내될 수 있습니다" in said["+821012345678"]
    assert "다른 창구" not in said["+821087654321"], "one counter does it"


async def test_documents_in_the_list(system: System) -> None:
    await some_visits()
    clerk = await system.official("clerk")
    ids = {one.name: one.id for one in await Visit.all()}
    await CounterService.filter(code="passport").update(documents=[{"code": "photo", "name": "사진"}])
    lease = [{"code": code, "name": code} for code in ("lease", "proof")]
    await CounterService.filter(code="moving").update(documents=lease)
    await VisitDocument.create(visit_id=ids["kim"], code="photo", state="fine")
    await VisitDocument.create(visit_id=ids["lee"], code="lease", state="handed_in")
    assert await listed(clerk, "&documents=complete") == ["kim"]
    assert await listed(clerk, "&documents=to-check") == ["lee"]
    assert await listed(clerk, "&documents=incomplete") == []
    await VisitDocument.filter(code="lease").update(state="fine")
    assert await listed(clerk, "&documents=complete") == ["kim"], "lee has yet to send the other document"
    assert await listed(clerk, "&documents=incomplete") == ["lee"]
    assert await listed(clerk, "&q=lee&documents=incomplete") == ["lee"]
    assert await listed(clerk, "&q=lee&documents=complete") == []
    answer = await clerk.get(f"/desk/visits.csv?date={next_monday()}")
    table = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert [row["documents"] for row in table] == ["incomplete", "complete", ""]


async def test_search_results_have_no_counters(system: System) -> None:
    await some_visits()
    clerk = await system.official("clerk")
    heads = [
        [cell.text for cell in parse((await clerk.get(f"/desk/visits?{query}&lang=en")).text).one("thead").all("th")]
        for query in (f"date={next_monday()}", "q=lee")
    ]
    assert ["Counter (planned)" in head for head in heads] == [True, False]


async def test_search_by_number_name_phone_and_mail(system: System) -> None:
    await some_visits()
    clerk = await system.official("clerk")
    assert await listed(clerk, "&q=LEE") == ["lee"]
    assert await listed(clerk, "&q=kim@example.org") == ["kim"]
    assert await listed(clerk, "&q=01012345678") == ["박 영감"]
    assert await listed(clerk, "&q=100%25") == []
    (kim,) = await Visit.filter(name="kim")
    answer = await clerk.get(f"/desk/visits?q={kim.number.lower()}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/visits/{kim.number}")
    await Visit.filter(name="lee").update(date=next_monday() - timedelta(days=60))
    assert await listed(clerk, "&q=lee&past=1") == ["lee"]
    assert await listed(clerk, "&q=lee") == []


async def test_a_caller_does_not_say_which_office(system: System) -> None:
    await some_visits()
    await an_office({"9": ["passport"]}, code="west")
    await booking.book_now(await wish(code="west"), contact("choi"))
    clerk = await system.official("clerk")
    assert await listed(clerk, "&office=east&q=choi") == ["choi"]
    page = await clerk.get("/desk/visits?office=east&q=choi&lang=en")
    assert "Visits of all offices" in page.text
    program = await system.program("clerk")

    async def found(query: str) -> list[str]:
        return [one["office"] for one in (await program.get(f"/api/v1/desk/visits?{query}")).json()["items"]]

    assert await found("q=choi") == ["west"]
    assert await found("q=choi&office=west") == ["west"]
    assert await found("q=choi&office=east") == []


async def test_the_search_of_the_desk_finds_a_visit_by_its_number(system: System) -> None:
    await some_visits()
    number = (await Visit.get(name="kim")).number
    clerk, inspector = await system.official("clerk"), await system.official("inspector")
    answer = await clerk.get(f"/desk?q={number.lower().replace('-', '')}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/visits/{number}")
    assert (await clerk.get("/desk?q=kim")).status_code == 200, "names are found in the list of visits"
    assert (await inspector.get(f"/desk?q={number}")).status_code == 200, "who sees no visits finds none"
    case = await filed()
    assert case.reference in (await clerk.get(f"/desk?q={case.reference}")).text


async def test_the_sheet_and_the_csv_file(system: System) -> None:
    await some_visits()
    await Visit.filter(name="kim").update(name="=HYPERLINK(1)", note='a "b", c')
    clerk = await system.official("clerk")
    sheet = await clerk.get(f"/desk/visits/sheet?date={next_monday()}&lang=en")
    assert "Counter 2" in sheet.text
    answer = await clerk.get(f"/desk/visits.csv?date={next_monday()}")
    assert answer.headers["content-disposition"] == f'attachment; filename="visits-east-{next_monday()}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["name"], row["start"], row["services"]) for row in rows] == [
        ("lee", "09:00", "moving"), ("'=HYPERLINK(1)", "10:00", "passport"), ("박 영감", "11:00", "passport moving"),
    ]  # fmt: skip
    assert rows[1]["note"] == 'a "b", c'
    only = await clerk.get(f"/desk/visits.csv?date={next_monday()}&channel=phone")
    assert len(only.text.splitlines()) == 2


async def test_the_sheet_lists_each_service_under_its_counter(system: System) -> None:
    await an_office({"1": ["passport"], "2": ["seal"]})
    await booking.book_now(await wish("passport", "seal"), contact("kim"))
    await booking.book_now(await wish("passport", start="10:00"), contact("lee"))
    clerk = await system.official("clerk")

    async def sheet(query: str = "") -> dict[str, list[list[str]]]:
        page = parse((await clerk.get(f"/desk/visits/sheet?date={next_monday()}&lang=en{query}")).text)
        return {
            part.one("h2").text: [[cell.text for cell in row.all("td")] for row in part.one("tbody").all("tr")]
            for part in page.all("section")
            if "visit-sheet" in part.attrs.get("class", "")
        }

    found = await sheet()
    assert [*found] == ["Counter 1", "Counter 2"]
    assert [row[2] for row in found["Counter 1"]] == ["passport", "passport"]
    assert [(row[0], row[2]) for row in found["Counter 2"]] == [("09:15–09:30", "seal")]
    second = await Counter.get(number="2")
    assert await sheet(f"&counter={second.id}") == {"Counter 2": found["Counter 2"]}
    await Counter.filter(number="2").update(active=False)
    await supply.rebuild(second.office_id, [next_monday()])
    await system.work()
    found = await sheet()
    assert "No counter can serve it" in found["Without a counter"][0][4]


async def test_wrong_parameters_and_no_office(system: System) -> None:
    clerk = await system.official("clerk")
    assert (await clerk.get("/desk/visits")).status_code == 200
    await an_office({"1": ["passport"]})
    assert (await clerk.get("/desk/visits?office=nowhere")).status_code == 404
    assert (await clerk.get("/desk/visits?date=tomorrow")).status_code == 422
    assert (await clerk.get("/desk/visits?state=lost")).status_code == 422
    program = await system.program("clerk")
    for query, field in (("service=x", "service"), ("counter=999", "counter"), ("date=not-a-day-at-all", "date")):
        wrong = await program.get(f"/api/v1/desk/visits?office=east&{query}")
        assert (wrong.status_code, [one["field"] for one in wrong.json()["errors"]]) == (422, [field])
    assert (await system.client.get("/desk/visits")).status_code == 303
    assert (await system.client.get("/desk/visits.csv")).status_code == 303


@pytest.mark.parametrize("query", ["", "&q=kim@example.org", "&service=moving&documents=complete&counter=1"])
async def test_a_page_costs_the_same_with_many_visits(
    system: System, count_queries: Callable[[], list[str]], query: str
) -> None:
    await an_office({"1": ["passport"], "2": ["passport"]})
    clerk = await system.official("clerk")
    office = (await wish()).office
    seen = count_queries()

    async def one_more(n: int) -> None:
        await Visit.create(
            number=f"N{n}", key_hash="x", name="kim", household=f"h{n}", office_id=office.id, date=next_monday(),
            starts_at=at("09:00"), ends_at=at("09:15"), state="booked", channel="online", language="ko",
            created_at=clock.now(), booked_at=clock.now(),
        )  # fmt: skip

    await one_more(0)
    await listed(clerk, query)
    seen.clear()
    await listed(clerk, query)
    few = len(seen)
    for n in range(1, 41):
        await one_more(n)
    seen.clear()
    await listed(clerk, query)
    assert len(seen) == few <= 14, seen
