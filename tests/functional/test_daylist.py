"""The office works from a list while the site is down: the command prints it, and each evening it comes by mail."""

import asyncio
import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from server.core import clock
from tests.support.command import sinmungo
from tests.support.stories import to
from tests.support.system import System
from tests.support.visits import an_office, at, next_monday, wish
from tracking.visits.actions import booking, daylists, supply
from tracking.visits.actions.booking import Booked, Contact
from tracking.visits.models import Counter, CounterService, Office, Opening, Visit, VisitDocument
from tracking.visits.states import Channel, DocumentState, OpeningKind

KIM = Contact("김민수", "kim@example.org", note="휠체어를 탑니다.")
SATO = Contact("佐藤", phone="010-1234-5678", language="ja")


@pytest.fixture
async def office(system: System) -> Office:
    made = await an_office({"1": ["passport"], "2": ["seal"]}, email="east@city.example")
    await CounterService.filter(code="passport").update(
        name="여권 발급", documents=[{"code": "photo", "name": "사진 1장"}]
    )
    return made


async def booked(system: System) -> tuple[Booked, Booked, Booked]:
    """Two that are coming, and one that was cancelled."""
    kim = await booking.book_now(await wish("passport"), KIM)
    sato = await booking.book_now(await wish("seal", start="10:15", channel=Channel.PHONE), SATO)
    gone = await booking.book_now(await wish("seal", start="11:00"), replace(KIM, email="gone@example.org"))
    await booking.cancel(gone.number, "visitor")
    await system.work()
    return kim, sato, gone


async def test_the_command_prints_the_day_by_counter(system: System, office: Office) -> None:
    kim, sato, gone = await booked(system)
    found = sinmungo(system.settings, "visits", "daylist", "east", str(next_monday()))
    assert found.exit_code == 0, found.output
    first, second = found.output.index("== 1번 창구(예정) =="), found.output.index("== 2번 창구(예정) ==")
    one, two = found.output[first:second], found.output[second:]
    assert "동부민원센터 (east), 2027년 3월 15일" in found.output[:first]
    assert "2건" in found.output[:first]
    for word in ("09:00-09:15", "김민수", "kim@example.org", kim.number, "여권 발급", "사진 1장", "휠체어를 탑니다."):
        assert word in one, word
    for word in ("10:15-10:30", "佐藤", "010-1234-5678", sato.number, "日本語", "전화"):
        assert word in two, word
    assert gone.number not in found.output
    assert max(len(line) for line in found.output.splitlines()) <= 120


async def test_the_list_says_what_the_counter_has_to_ask_for(system: System, office: Office) -> None:
    kim, _sato, _gone = await booked(system)

    def listed() -> str:
        return sinmungo(system.settings, "visits", "daylist", "east", str(next_monday())).output

    assert "사진 1장" in listed()
    await VisitDocument.create(visit_id=kim.id, code="photo", state=DocumentState.ORIGINAL)
    assert "원본 확인: 사진 1장" in listed()


async def test_the_same_as_csv_without_formulas(system: System, office: Office) -> None:
    kim, sato, _gone = await booked(system)
    await Visit.filter(number=kim.number).update(name="=1+1")
    found = sinmungo(system.settings, "visits", "daylist", "east", str(next_monday()), "--csv")
    rows = list(csv.DictReader(io.StringIO(found.output)))
    assert [row["number"] for row in rows] == [kim.number, sato.number]
    assert [row["counter_planned"] for row in rows] == ["1", "2"]
    assert rows[0]["name"] == "'=1+1"


async def test_a_visit_without_a_counter_is_listed_at_the_end(system: System, office: Office) -> None:
    kim, _sato, _gone = await booked(system)
    await Counter.filter(number="1").update(active=False)
    await supply.rebuild(office.id, [next_monday()])
    await system.work()
    found = sinmungo(system.settings, "visits", "daylist", "east", str(next_monday())).output
    assert kim.number in found[found.index("== 창구 없음") :]
    assert found.count("맡을 창구가 없습니다") == 1
    table = sinmungo(system.settings, "visits", "daylist", "east", str(next_monday()), "--csv")
    assert [row["unserved"] for row in csv.DictReader(io.StringIO(table.output))] == ["yes", ""]


async def test_each_service_stands_under_its_counter_with_its_time(system: System, office: Office) -> None:
    await booking.book_now(await wish("passport", "seal"), KIM)
    found = sinmungo(system.settings, "visits", "daylist", "east", str(next_monday())).output
    first, second = found.split("== 2번 창구(예정) ==")
    assert ("09:00-09:15" in first, "여권 발급" in first, "seal" in first) == (True, True, False)
    assert ("09:15-09:30" in second, "여권 발급" in second, "seal" in second) == (True, False, True)
    table = sinmungo(system.settings, "visits", "daylist", "east", str(next_monday()), "--csv")
    assert [row["plan"] for row in csv.DictReader(io.StringIO(table.output))] == ["09:00 passport 1; 09:15 seal 2"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "2027-03-15"), "There is no office 'nowhere'. Offices: east."),
        (("east", "15.3.2027"), "'15.3.2027' is not a day: give it as YYYY-MM-DD."),
        (("east", "2027-02-30"), "is not a day"),
        (("east",), "Missing argument"),
    ],
)
async def test_a_wrong_office_or_day_is_named(
    system: System, office: Office, arguments: tuple[str, ...], said: str
) -> None:
    found = sinmungo(system.settings, "visits", "daylist", *arguments)
    assert found.exit_code != 0
    assert said in found.output


async def test_a_day_without_visits_says_so(system: System, office: Office) -> None:
    assert "2027년 3월 16일" in sinmungo(system.settings, "visits", "daylist", "east", "2027-03-16").output


# --- Each evening ---


async def evening(system: System, moment: datetime) -> int:
    with clock.at(moment):
        count = await daylists.send()
        assert await daylists.send() == 0, "each list goes out once"
        await system.work()
        return count


async def test_each_evening_the_list_of_the_next_open_day_is_mailed(system: System, office: Office) -> None:
    kim, _sato, _gone = await booked(system)
    monday = next_monday()
    sunday, saturday = monday - timedelta(days=1), monday - timedelta(days=2)
    await Opening.create(office_id=office.id, date=sunday, kind=OpeningKind.CLOSED)
    assert await evening(system, at("17:59", saturday)) == 0
    assert await evening(system, at("18:00", saturday)) == 1
    assert await evening(system, at("02:00", sunday)) == 0, "that was this evening's"
    assert await evening(system, at("18:30", sunday)) == 1
    before, last = to(system, "east@city.example")
    assert before["Subject"] == last["Subject"]
    assert "2027년 3월 15일" in last["Subject"]
    body, (table,) = last.get_body(("plain",)), last.iter_attachments()
    assert body is not None
    assert kim.number in str(body.get_content())
    assert table.get_filename() == f"visits-east-{monday}.csv"
    assert kim.number in str(table.get_content())


async def test_two_workers_send_one_list(system: System, office: Office) -> None:
    with clock.at(at("18:00", next_monday() - timedelta(days=1))):
        assert sum(await asyncio.gather(*(daylists.send() for _worker in range(3)))) == 1


async def test_a_worker_that_was_down_in_the_evening_sends_it_before_the_office_opens(
    system: System, office: Office
) -> None:
    await booked(system)
    assert await evening(system, at("07:50")) == 1
    assert "2027년 3월 15일" in to(system, "east@city.example")[0]["Subject"], "the same day's"
    assert await evening(system, at("12:00")) == 0


async def test_an_office_without_an_address_or_an_open_day_gets_none(system: System, office: Office) -> None:
    await Office.filter(id=office.id).update(email="")
    assert await evening(system, at("18:00")) == 0
    await Office.filter(id=office.id).update(email="east@city.example", active=False)
    assert await evening(system, at("18:10")) == 0


@pytest.mark.parametrize(
    ("here", "found"),
    [("2027-03-15T17:59", None), ("2027-03-15T18:00", 15), ("2027-03-16T00:30", 15), ("2027-03-16T08:00", None)],
)
def test_an_evening_ends_in_the_morning(here: str, found: int | None) -> None:
    day = daylists.evening_of(datetime.fromisoformat(here))
    assert day == (date(2027, 3, found) if found else None)
