"""박서연 has lost her number, and 佐藤 has only a phone: a link that is sent to them opens all their reservations."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from server.core import clock, database
from server.core.config import Settings
from server.core.jobs import Job
from server.core.texts import read_spool
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import to
from tests.support.system import System, opened
from tests.support.visits import an_office, next_monday, wish
from tracking.visits import links
from tracking.visits.actions import booking
from tracking.visits.actions.booking import Booked, Contact
from tracking.visits.queries import mine

PARK = Contact("박서연", "park@example.org")
SATO = Contact("佐藤", phone="010-1234-5678", language="ja")


@pytest.fixture
async def office(system: System) -> None:
    days = [next_monday() + timedelta(days=n) for n in range(4)]
    await an_office({"1": ["passport"], "2": ["seal"]}, days=days, most_active=30)


async def book(who: Contact, start: str = "09:00", days: int = 0) -> Booked:
    return await booking.book_now(await wish("passport", start=start, day=next_monday() + timedelta(days=days)), who)


async def ask(system: System, contact: str) -> httpx.Response:
    answer = await submit(system.visitor(), "/visits/find", contact=contact)
    await system.work()
    return answer


def numbers(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return re.findall(r'<a href="/visits/([A-Z0-9-]{11})">', page.text)


async def open_link(browser: httpx.AsyncClient, path: str) -> None:
    asked = await browser.get(path)
    assert asked.status_code == 200, "a press is asked for, because programs follow links"
    assert (await browser.get("/visits/mine")).headers["location"] == "/visits/find"
    assert (await send(browser, form(asked))).headers["location"] == "/visits/mine"


async def test_a_link_by_mail_opens_all_reservations_of_the_address(
    system: System, office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, other = await book(PARK), await book(PARK, days=1), await book(SATO, "10:00")
    await system.work()
    await ask(system, " Park@Example.org ")
    mail = to(system, "park@example.org")[-1]
    body = mail.get_body(("plain",))
    assert body is not None
    link = re.search(r"http://[^/]+(/visits/mine/\S+)", str(body.get_content()))
    assert link
    browser = system.visitor()
    await open_link(browser, link[1])
    assert numbers(await browser.get("/visits/mine")) == [first.number, second.number]
    assert (await browser.get(f"/visits/{second.number}")).status_code == 200
    assert (await browser.get(f"/visits/{other.number}")).status_code == 404
    assert "/visits/mine" in (await browser.get("/cases")).text
    assert 'href="/cases"' in (await browser.get("/visits/mine")).text
    monkeypatch.setattr(links, "MINE_MINUTES", -1)  # the signature has a clock of its own
    assert (await system.visitor().get(link[1])).headers["location"] == "/visits/find"


async def test_a_link_by_text_message_opens_those_of_a_number(system: System, office: None) -> None:
    booked, other = await book(SATO), await book(PARK, "10:00")
    await system.work()
    await ask(system, "+82 10 1234 5678")
    found = [one.message for one in await read_spool(system.settings.spool, 10)]
    (message,) = [one for one in found if "/visits/mine/" in one.body]
    assert message.to == "+821012345678"
    browser = system.visitor()
    await open_link(browser, message.body.rpartition("8000")[2])
    page = await browser.get("/visits/mine")
    assert numbers(page) == [booked.number]
    assert 'href="/cases">' not in page.text.partition("<main")[2].partition("</main>")[0], "a number opens no cases"
    assert (await browser.get(f"/visits/{other.number}")).status_code == 404
    await send(browser, form(page, "/visits/forget"))
    assert (await browser.get("/visits/mine")).headers["location"] == "/visits/find"


async def test_nobody_learns_whether_a_contact_has_reservations(system: System, office: None) -> None:
    await book(PARK)
    await system.work()
    before, answers = len(system.mails()), []
    for contact in ("park@example.org", "nobody@example.org", "010-9999-8888"):
        answer = await ask(system, contact)
        page = await system.client.get("/visits/find", headers={"cookie": answer.headers["set-cookie"].split(";")[0]})
        answers.append((answer.status_code, answer.headers["location"], re.sub(r"\d{13}", "", page.text)))
        assert await Job.all().count() == 0
    assert len(set(answers)) == 1
    assert len(system.mails()) == before + 1
    wrong = await ask(system, "not a contact")
    assert wrong.status_code == 422
    assert "not a contact" in wrong.text


async def test_requests_for_links_are_limited_by_contact_and_by_browser(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        answers = [
            (await submit(system.client, "/visits/find", contact="park@example.org")).status_code for _n in range(5)
        ]
    assert answers == [303, 303, 303, 429, 429]


async def test_the_confirmation_is_sent_again_on_request(system: System, office: None) -> None:
    booked = await book(PARK)
    await system.work()
    browser = system.visitor()
    again = f"/visits/{booked.number}/send"
    assert (await post_without_page(browser, again)).status_code == 404
    await submit(browser, "/visits", number=booked.number, key=booked.key)
    page = await browser.get(f"/visits/{booked.number}")
    for _time in range(2):
        assert (await send(browser, form(page, again))).status_code == 303
        await system.work()
    assert [mail["Subject"] for mail in to(system, "park@example.org")[1:]] == [f"[{booked.number}] 방문 예약"] * 2
    await booking.cancel(booked.number, "visitor")
    await system.work()
    assert (await send(browser, form(page, again))).status_code == 303
    await system.work()
    assert len(to(system, "park@example.org")) == 4, "nothing is confirmed that was cancelled"


async def test_the_list_is_read_page_by_page_with_two_queries(
    system: System, office: None, monkeypatch: pytest.MonkeyPatch, count_queries: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr(mine, "PAGE", 2)
    booked = [(await book(PARK, days=n)).number for n in range(3)]
    browser = system.visitor()
    await system.work()
    await ask(system, "park@example.org")
    body = to(system, "park@example.org")[-1].get_body(("plain",))
    assert body is not None
    link = re.search(r"http://[^/]+(/visits/mine/\S+)", str(body.get_content()))
    assert link
    await submit(browser, link[1])
    await browser.get("/visits/mine")
    seen = count_queries()
    first = await browser.get("/visits/mine")
    assert len(seen) <= 3, seen  # the session, the visits, their services
    assert numbers(first) == booked[:2]
    further = re.search(r'href="(/visits/mine\?after=[^"]+)"', first.text)
    assert further
    assert numbers(await browser.get(further[1])) == booked[2:]
    with clock.at(clock.now() + timedelta(days=20)):
        assert numbers(await browser.get("/visits/mine")) == []
        assert numbers(await browser.get("/visits/mine?when=past")) == [booked[2], booked[1]]
    assert (await browser.get("/visits/mine?after=nonsense")).status_code == 400


async def test_what_was_only_held_is_not_listed(system: System, office: None) -> None:
    booked = await book(PARK)
    await database.execute("UPDATE visit SET booked_at = NULL, state = 'expired' WHERE number = ?", booked.number)
    assert await mine.newest_of(PARK.household) == ""
    assert (await mine.of_household(PARK.household, mine.Filter(), "")).rows == []
