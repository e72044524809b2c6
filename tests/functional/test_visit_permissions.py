"""Every role at the door of every page and operation that shows whom a visit is for, and how to reach them."""

from http import HTTPStatus

import httpx
import pytest

from server.core import accounts
from server.core.accounts import Account, Role
from tests.support.markup import parse
from tests.support.system import System
from tests.support.visits import an_office, contact, next_monday, wish
from tracking.visits.actions import booking
from tracking.visits.actions.booking import Contact
from tracking.visits.models import Counter, Visit
from tracking.visits.permissions import Permission

USERS = {
    Role.INTAKE: "intake", Role.HANDLER: "handler", Role.MANAGER: "manager", Role.INSPECTOR: "inspector",
    Role.GUIDE: "guide", Role.CLERK: "clerk", Role.ADMINISTRATOR: "admin",
}  # fmt: skip
DOORS: dict[str, accounts.Permission] = {
    "/desk/visits": Permission.SEE_VISITS,
    "/desk/visits?q=kim@example.org": Permission.SEE_VISITS,
    "/desk/visits/sheet?date={day}": Permission.SEE_VISITS,
    "/desk/visits.csv?date={day}": Permission.EXPORT_VISITS,
    "/desk/visits/waiting": Permission.SEE_VISITS,
    "/desk/visits/restrictions": Permission.SEE_VISITS,
    "/desk/visits/mine": Permission.SEE_GUIDED,
    "/desk/visits/new": Permission.BOOK_FOR_OTHERS,
    "/desk/visits/documents": Permission.CHECK_DOCUMENTS,
    "/desk/visits/{number}": Permission.SEE_VISITS,
    "/api/v1/desk/visits": Permission.SEE_VISITS,
    "/api/v1/desk/visits?q=kim@example.org": Permission.SEE_VISITS,
    "/api/v1/desk/visits/{number}": Permission.SEE_VISITS,
    "/api/v1/desk/restrictions": Permission.SEE_VISITS,
}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_reads_what_its_permissions_allow_and_nothing_else(system: System, role: Role) -> None:
    await an_office({"1": ["passport"]})
    made = await booking.book_now(await wish(), Contact("비밀이름", "kim@example.org"))
    browser, program = await system.official(USERS[role]), await system.program(USERS[role])
    for door, needed in DOORS.items():
        reader = program if door.startswith("/api/") else browser
        answer = await reader.get(door.format(day=next_monday(), number=made.number))
        assert answer.status_code == (200 if role in needed.roles else 403), (role, door)
        assert role in needed.roles or "비밀이름" not in answer.text, (role, door)


@pytest.mark.parametrize("role", list(Role))
async def test_no_page_leads_a_role_where_it_may_not_go(system: System, role: Role) -> None:
    await an_office({"1": ["passport"]})
    browser = await system.official(USERS[role])
    links = {
        link.attrs["href"]
        for page in ("/desk", "/desk/visits", "/desk/visits/mine")
        if (answer := await browser.get(page)).status_code == HTTPStatus.OK
        for link in parse(answer.text).all("a")
        if link.attrs.get("href", "").startswith("/desk/visits")
    }
    assert bool(links) is (role in Permission.SEE_GUIDED.roles)
    assert dict.fromkeys(links, HTTPStatus.OK) == {link: (await browser.get(link)).status_code for link in links}


async def test_an_inspector_reads_the_figures_only(system: System) -> None:
    inspector = await system.official("inspector")
    assert (await inspector.get("/statistics/visits")).status_code == 200
    assert (await inspector.get("/desk/visits")).status_code == 403


async def test_a_guide_sees_the_visits_that_they_accompany(system: System) -> None:
    await an_office({"1": ["passport"], "G": []})
    guided, other = [await booking.book_now(await wish(start=start), contact(start)) for start in ("09:00", "10:00")]
    counter = await Counter.get(number="G")
    await Counter.filter(id=counter.id).update(account_id=(await Account.get(username="guide")).id)
    await Visit.filter(number=guided.number).update(guide_id=counter.id)

    async def seen(who: httpx.AsyncClient, number: str) -> int:
        return (await who.get(f"/desk/visits/{number}")).status_code

    guide = await system.official("guide")
    assert [await seen(guide, one.number) for one in (guided, other)] == [200, 403]
    assert await seen(guide, guided.number.lower()) == 200
    shown = parse((await guide.get(f"/desk/visits/{guided.number}")).text)
    for link in shown.one("main").all("a"):
        assert not link.attrs["href"].startswith("/desk/visits?"), "neither the day's list nor a search"
    assert await seen(await system.official("guide_parks"), guided.number) == 403
