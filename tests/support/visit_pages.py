"""The pages on which a visit is booked, as a browser without scripts uses them."""

from datetime import datetime

import httpx

from tests.support.markup import parse
from tests.support.page_forms import Form, form, send
from tests.support.visits import at, next_monday

KIM = {"name": "김민수", "email": "kim@example.org", "note": "유모차"}


def value(start: datetime) -> str:
    """A start as the pages send it."""
    return start.isoformat(timespec="minutes")


async def week(browser: httpx.AsyncClient, *services: str, **more: str) -> httpx.Response:
    """The timetable of the next Monday's week."""
    params = {"office": "east", "service": services or "passport", "from": next_monday().isoformat(), **more}
    answer = await browser.get("/visits", params=params)
    assert answer.status_code == 200, answer.text
    return answer


async def press(page: httpx.Response, browser: httpx.AsyncClient, start: str, action: str = "") -> httpx.Response:
    """Press the button of a start in the timetable; the recommended times have a form of their own."""
    root = parse(page.text)
    [found] = [one for one in root.all("form") if one.all(class_="slot-table")]
    address = httpx.URL("http://127.0.0.1:8000").join(found.attrs["action"])
    assert address.path == (action or "/visits/hold")
    return await send(browser, Form(found, root, str(address)), button=value(at(start)))


async def follow(browser: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """The page to which an answer leads."""
    assert answer.status_code == 303, answer.text
    return await browser.get(answer.headers["location"])


async def hold(browser: httpx.AsyncClient, start: str) -> httpx.Response:
    """Choose a time on the timetable: the form that follows."""
    return await follow(browser, await press(await week(browser), browser, start))


async def checked(browser: httpx.AsyncClient, held: httpx.Response, **details: str) -> httpx.Response:
    """The page that shows the input again before it is booked."""
    return await follow(browser, await send(browser, form(held, field="email"), button="check", **(details or KIM)))


async def confirm(browser: httpx.AsyncClient, check: httpx.Response) -> httpx.Response:
    """Press the button of the page that checks: the confirmation, or what was refused."""
    answer = await send(browser, form(check, "/check"))
    return await follow(browser, answer) if answer.status_code == 303 else answer


async def book(browser: httpx.AsyncClient, start: str, **details: str) -> httpx.Response:
    """From the timetable to the confirmation."""
    return await confirm(browser, await checked(browser, await hold(browser, start), **details))


def marks(page: httpx.Response) -> dict[str, str]:
    """The marks of the first day by time."""
    table = parse(page.text).one(class_="slot-table")
    rows = {row.all("th")[0].text: row.all("td") for row in table.one("tbody").all("tr")[1:]}
    return {label: cells[0].text.split()[0] for label, cells in rows.items() if cells}


def code(page: httpx.Response, name: str) -> str:
    """A number or key on a page."""
    return parse(page.text).one("code", id=name).text
