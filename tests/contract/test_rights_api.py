"""Who gets in where: every route, asked by every role, by those whose own it is and by those whose it is not.

The routes are the application's own, so a new one is in the matrix before anybody thinks of it. ``rights.txt`` holds
the matrix that was reviewed; ``RIGHTS=write`` writes it anew. What a request does is undone, so that none changes the
next.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from forums.actions import commenting, speaking
from forums.forms.speaking import Say, Submit
from forums.states import SubmissionAction
from petitions.states import Action
from server.app import routes
from server.core import database
from server.core.participants import people
from tests.functional.test_api_attachments import PNG, files
from tests.support.forums import a_forum
from tests.support.papers import an_office_with_documents, booked, opened_visit
from tests.support.places import a_session
from tests.support.system import PEOPLE, System
from tracking.visits.actions import arriving
from tracking.visits.actions.arriving import Press
from tracking.visits.queries import offices

MATRIX = Path(__file__).with_name("rights.txt")
OFFICIALS = tuple(PEOPLE)
"""``handler``, ``manager`` and ``guide`` are of the case's department; ``gardener`` and the other guides are not."""
READERS = ("nobody", "petitioner", "stranger", *OFFICIALS)
"""``petitioner`` has opened the case and the visit and wrote the submission, ``stranger`` another one's."""
LEADS_BACK = "/shown/{kept}"
"""What is shown once, such as a new password: without it, back to the page of the account or device, which asks."""
OPEN_ENDED = "/stream"
"""Live pages do not end; tests/functional/test_stream_rights.py asks them."""


class TakenBack(Exception):
    """Undoes what a request did."""


def every(found: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of each route; of those for actions on cases and submissions, one for each action."""
    for route in found:
        if isinstance(route, Route) and not route.path.endswith(OPEN_ENDED):
            names = [each.value for each in (Action if "/cases/" in route.path else SubmissionAction)]
            named = route.path.startswith(("/desk/cases/", "/desk/submissions/"))
            paths = [route.path.replace("{action}", name) for name in names] if named else [route.path]
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield from ((method, path) for path in dict.fromkeys(paths))
        else:
            assert isinstance(route, Mount | Route)


def address(path: str, things: dict[str, str]) -> str:
    """A path with what there is in its places."""
    prefix = path.removeprefix("/api/v1").removeprefix("/desk").strip("/").partition("/")[0]
    return re.sub(
        r"{(\w+)(?::\w+)?}", lambda match: things.get(f"{prefix}.{match[1]}") or things.get(match[1]) or "1", path
    )


async def a_city(system: System) -> tuple[dict[str, str], dict[str, httpx.AsyncClient]]:
    """One of everything, and a browser of each reader."""
    await an_office_with_documents()
    visit, foreign = await booked(system.client), await booked(system.client, start="11:00", contact=OTHER)
    receipt, other = await system.file(), await system.file(title="다른 민원", petitioner=OTHER)
    for key, reference in ((receipt["access_key"], receipt["reference"]), (other["access_key"], other["reference"])):
        citizen = system.visitor(**{"x-access-key": key})
        await citizen.post(f"/api/v1/cases/{reference}/attachments", files=files(PNG))
    intake = await system.program("intake")
    await intake.post(f"/api/v1/desk/cases/{receipt['reference']}/accept", json={"department": "roads"})
    slug = await a_forum(system)
    person = await people.take_name("kim@example.org", "김민수", "ko")
    number = await speaking.submit(person, slug, Submit("제 의견입니다", "조명을 달아 주세요.", "idea"))
    comment, _parent = await commenting.on_submission(person, number, Say("덧붙입니다."))
    session = await a_session(slug, 3)
    ticket = await arriving.walk_in(await offices.office("east"), ["passport"], Press())
    things = {
        "reference": receipt["reference"], "slug": slug, "session": str(session), "comment": str(comment), "id": "1",
        "submissions.number": number, "visits.number": visit["number"], "offices.code": "east", "kiosk.code": "east",
        "tickets.code": ticket.code, "counters.code": ticket.code, "reception.code": ticket.code,
        "visits.code": "lease", "services.code": "passport", "sort": "submission", "name": number, "number": number,
        "moderation.name": number, "cases.number": visit["number"], "calendar.id": "2027-01-04",
    }  # fmt: skip
    browsers = {"nobody": system.visitor()}
    for name, one, reserved in (("petitioner", receipt, visit), ("stranger", other, foreign)):
        browser = await opened_visit(system, reserved["number"])
        shown = await browser.post("/cases", data={"reference": one["reference"], "key": one["access_key"]})
        assert shown.status_code == 303, shown.text
        browsers[name] = browser
    for name in OFFICIALS:
        browsers[name] = await system.official(name)
    return things, browsers


OTHER = {"name": "이웃집", "email": "neighbour@example.org"}


def gets_in(answer: httpx.Response) -> bool:
    """Whether a request was more than refused: shown, done, not possible now, or wrong in what it sent."""
    to_sign_in = answer.status_code == 303 and "/sign-in" in answer.headers.get("location", "")
    return answer.status_code not in {401, 403, 404} and not to_sign_in


async def asked(browser: httpx.AsyncClient, method: str, place: str) -> httpx.Response:
    """One request whose effects are undone."""
    found: list[httpx.Response] = []
    cookies = httpx.Cookies(browser.cookies)  # signing out would end them
    try:
        async with database.transaction():
            content: dict[str, Any] = {"json": {}} if place.startswith("/api/") and method != "GET" else {}
            found.append(await browser.request(method, place, **content))
            raise TakenBack  # noqa: TRY301 - what a transaction is undone by
    except TakenBack:
        browser.cookies = cookies
        return found[0]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_gets_in_where(system: System) -> None:
    things, browsers = await a_city(system)
    lines, broken, wrong = list[str](), list[str](), list[str]()
    for method, path in every(list(routes())):
        inside = set[str]()
        for name, browser in browsers.items():
            answer = await asked(browser, method, address(path, things))
            if answer.status_code >= 500 and answer.status_code != 503:
                broken.append(f"{method} {path} as {name}: {answer.status_code}")
            if gets_in(answer):
                inside.add(name)
        named = "everybody" if len(inside) == len(READERS) else " ".join(name for name in READERS if name in inside)
        lines.append(f"{method} {path}: {named or 'nobody of these'}")
        at_desk = path.startswith(("/desk", "/api/v1/desk")) and "sign-" not in path and not path.endswith(LEADS_BACK)
        if at_desk and inside & {"nobody", "petitioner", "stranger"}:
            wrong.append(lines[-1])
        if "{reference}" in path and "stranger" in inside and "nobody" not in inside:
            wrong.append(lines[-1])
    assert broken == []
    assert wrong == [], "citizens at the desk, or somebody at another's case"
    if os.environ.get("RIGHTS") == "write":
        MATRIX.write_text("\n".join(lines) + "\n")
    assert lines == MATRIX.read_text().splitlines(), "who gets in has changed: review it, then RIGHTS=write"
