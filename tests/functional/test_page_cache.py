"""Finished pages are shown again to readers of whom nothing is known; nobody is answered with somebody else's page."""

import asyncio
import random
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from forums import views
from forums.models import Forum
from petitions.access import KEY_HEADER
from petitions.actions import handling
from petitions.actions.intake import Filed
from petitions.forms import Accept
from petitions.models import Case
from server.core import changes, clock, database, page_cache, web
from server.core.accounts import Department
from server.core.config import Settings
from server.core.page_cache import FRESH, UNCHANGED, PageCache
from server.core.security import COOKIE, DEVICE_HEADER
from server.core.signing import sign
from server.core.stream.hub import CHANNEL
from tests.support.answers import answer, official
from tests.support.forums import a_forum
from tests.support.page_forms import submit
from tests.support.places import somebody
from tests.support.stories import filed, opened_with_key
from tests.support.submissions import hold_forum, say
from tests.support.system import System, opened
from tests.support.visits import an_office

MOMENT = datetime.fromisoformat("2027-03-09T02:00:30+00:00")
Headers = dict[str, str]
QUERIES = {"/api/v1/offices/{code}/slots": "?service=passport"}


@pytest.fixture
async def keeping(settings: Settings) -> AsyncIterator[System]:
    """The city, keeping pages."""
    async with opened(replace(settings, keep_pages=True)) as running:
        async with asyncio.timeout(30):
            while not changes.known.heard:
                await asyncio.sleep(0.01)
        await running.client.get("/healthz")  # which puts the middleware together
        yield running


async def ask(system: System, path: str, **headers: str) -> httpx.Response:
    return await system.visitor(**headers).get(path)


def cookie(**cookies: str) -> Headers:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def cookies_of(client: httpx.AsyncClient) -> Headers:
    return cookie(**client.cookies)


@dataclass
class City:
    """What there is to read, and who reads."""

    paths: dict[str, str]
    case: Filed
    readers: dict[str, Headers]


async def a_city(system: System) -> City:
    case, other = await filed(public=True, title="공개된 민원"), await filed(title="다른 민원")
    await answer(case.reference)
    slug = await a_forum(system)
    spoken = await say(await hold_forum())
    await an_office({"1": ["passport"]})
    _person, participant = await somebody("참가자")
    token = (
        await system.client.post("/api/v1/tokens", json={"username": "handler", "password": "correct horse"})
    ).json()["token"]
    notice = sign(system.settings, "notice", ["Saved. We will write to you as you wish.", {}])
    readers = {
        "nobody": {},
        "japanese": cookie(lang="ja"),
        "english, large": cookie(lang="en", text_size="large"),
        "unknown language": cookie(lang="xx", text_size="huge"),
        "another site's cookie": cookie(other="1"),
        "notice": cookie(notice=notice),
        "notice, english": cookie(notice=notice, lang="en"),
        "petitioner": cookies_of(await opened_with_key(system, case)),
        "petitioner with notice": {
            "cookie": f"{cookies_of(await opened_with_key(system, case))['cookie']}; notice={notice}"
        },
        "another petitioner": cookies_of(await opened_with_key(system, other)),
        "participant": cookie(**{COOKIE: participant}),
        "official": cookies_of(await system.official("handler")),
        "program": {"authorization": f"Bearer {token}"},
        "with the key": {KEY_HEADER: case.access_key},
        "wrong session": cookie(**{COOKIE: "wrong"}),
        "accepts japanese": {"accept-language": "ja, en;q=0.5"},
        "accepts english": {"accept-language": "fr, en-GB"},
    }
    number = await database.value("SELECT number FROM commitment LIMIT 1")
    values = {
        "/cases/{reference}": case.reference, "/forums/{slug}": slug, "/forums/{slug}/feed.atom": slug,
        "/submissions/{number}": spoken.number, "/submissions/{number}/feed.atom": spoken.number,
        "/offices/{code}": "east", "/api/v1/offices/{code}/slots": "east", "/commitments/{number}": number,
        "/commitments/{number}/feed.atom": number,
    }  # fmt: skip
    paths = {}
    for route in system.app.routes:
        if isinstance(route, Route) and hasattr(route.endpoint, "keeping"):
            template, _brace, _rest = route.path.partition("{")
            value = values.get(route.path, "")
            paths[route.path] = route.path if not _brace else template + str(value) + _rest.partition("}")[2]
            paths[route.path] += QUERIES.get(route.path, "")
            assert not _brace or route.path in values, f"give an example of {route.path}"
    return City(paths, case, readers)


def known_of(response: httpx.Response) -> tuple[Any, ...]:
    headers = response.headers
    cookies = re.sub("expires=[^;]*", "", headers.get("set-cookie", ""))
    return response.status_code, response.text, cookies, headers.get("content-security-policy")


async def test_every_reader_gets_their_own_page_whoever_asked_before(
    keeping: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all declared routes, some that are not, and all kinds of readers, in random order."""
    monkeypatch.setattr(web, "NOTICE_SECONDS", 3_600)  # a busy machine takes longer than a notice lasts
    city = await a_city(keeping)
    paths = [*city.paths.values(), "/cases", "/forums/mine", "/visits", "/petitions?q=민원", "/petitions?x=1", "/?x=2"]
    paths += ["/?lang=ja", "/?text_size=large", "/petitions?kind=grievance", "/forums/rules", "/desk/sign-in"]
    asked = [(path, name) for path in paths for name in city.readers]
    with clock.at(MOMENT):
        with monkeypatch.context() as off:
            off.setattr(page_cache, "FRESH", timedelta())
            off.setattr(page_cache, "UNCHANGED", timedelta())
            expected = {(path, name): known_of(await ask(keeping, path, **city.readers[name])) for path, name in asked}
        shuffled = random.Random(1)
        for _round in range(2):
            shuffled.shuffle(asked)
            for path, name in asked:
                found = known_of(await ask(keeping, path, **city.readers[name]))
                assert found == expected[path, name], f"{path} for {name}"
    (pages,) = [cache.pages for cache in caches(keeping)]
    own = [key for key in pages if key[-1]]
    assert {key[0] for key in own} == {f"/cases/{city.case.reference}"}
    assert len(own) == len({"petitioner", "another petitioner", "participant"})
    shown = {key[0] for key in pages if not key[-1]}
    with_commitment = "/commitments/{number}"
    declared = {path.partition("?")[0] for route, path in city.paths.items() if not route.startswith(with_commitment)}
    assert shown == declared | {"/petitions"}


def caches(system: System) -> list[PageCache]:
    """The cache of this application, found in its middleware."""
    found, layer = [], system.app.middleware_stack
    while layer is not None:
        if isinstance(layer, PageCache):
            found.append(layer)
        layer = getattr(layer, "app", None)
    return found


def test_pages_depend_on_no_other_credentials_than_are_known() -> None:
    assert {KEY_HEADER.encode(), DEVICE_HEADER.encode(), b"authorization"} == page_cache.CREDENTIALS


async def test_a_kept_page_needs_no_query_and_can_be_asked_for_again(
    keeping: System, count_queries: Callable[[], list[str]]
) -> None:
    city = await a_city(keeping)
    with clock.at(MOMENT):
        for route, path in city.paths.items():
            first = await ask(keeping, path)
            if first.status_code == 404:
                continue
            queries = count_queries()
            again = await ask(keeping, path)
            assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"]), path
            assert len(queries) == (1 if "slots" in route else 0), path
            assert again.headers["cache-control"] in {"private, no-cache", first.headers["cache-control"]}
            same = await ask(keeping, path, **{"if-none-match": f'W/{again.headers["etag"]}, "other"'})
            assert (same.status_code, same.content) == (304, b"")
            assert same.headers["etag"] == first.headers["etag"]
            assert "content-length" not in same.headers
            assert (await keeping.visitor().head(path)).status_code == 200


async def test_what_another_process_writes_is_shown_after_a_second(
    keeping: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = await a_forum(keeping)
    monkeypatch.setattr(keeping.app.state.hub, "_note_changes", list)  # this process hears of nothing
    with clock.at(MOMENT):
        before = await ask(keeping, f"/forums/{slug}")
        await Forum.filter(slug=slug).update(title="Something else")  # without an event, as if elsewhere
        assert (await ask(keeping, f"/forums/{slug}")).text == before.text
    with clock.at(MOMENT + FRESH):
        assert "Something else" in (await ask(keeping, f"/forums/{slug}")).text
    with clock.at(MOMENT - FRESH):
        await Forum.filter(slug=slug).update(title="Yet another")
        assert "Yet another" in (await ask(keeping, f"/forums/{slug}")).text, "a clock that was put back keeps nothing"


async def test_a_public_change_in_this_process_is_shown_at_once(keeping: System) -> None:
    case = await filed(public=True, title="공개된 민원")
    with clock.at(MOMENT):
        assert case.reference not in (await ask(keeping, "/petitions")).text
        await answer(case.reference)
        assert case.reference in (await ask(keeping, "/petitions")).text


async def test_nothing_is_kept_while_other_processes_cannot_be_heard(keeping: System) -> None:
    slug = await a_forum(keeping)
    with clock.at(MOMENT):
        await ask(keeping, f"/forums/{slug}")
        changes.known.heard = False
        await Forum.filter(slug=slug).update(title="Something else")
        assert "Something else" in (await ask(keeping, f"/forums/{slug}")).text
        changes.known.heard = True


async def test_a_lost_connection_to_hear_by_is_noticed_and_made_again(keeping: System) -> None:
    if keeping.settings.sqlite:
        pytest.skip("one web process has nobody to hear of")
    lost = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE ? AND pid <> pg_backend_pid()"
    assert await database.fetch(lost, f"%{CHANNEL}%")
    async with asyncio.timeout(30):
        while changes.known.heard:
            await asyncio.sleep(0.01)
        while not changes.known.heard:
            await asyncio.sleep(0.01)


async def test_many_who_ask_at_once_wait_for_one_page(keeping: System, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    (cache,) = caches(keeping)
    original = cache.app

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        made.append(scope["path"])
        await asyncio.sleep(0)
        await original(scope, receive, send)

    monkeypatch.setattr(cache, "app", counted)
    with clock.at(MOMENT):
        found = await asyncio.gather(*[ask(keeping, "/petitions") for _each in range(20)])
        assert {response.status_code for response in found} == {200}
        assert made == ["/petitions"]
        broken = await asyncio.gather(*[ask(keeping, "/petitions?kind=none") for _each in range(3)])
        assert {response.status_code for response in broken} == {422}


async def test_a_petitioners_page_follows_every_change_of_the_case(
    keeping: System, count_queries: Callable[[], list[str]]
) -> None:
    """At once its events and the end of the session, anything else after a second or when somebody is listening."""
    case = await filed()
    client = await opened_with_key(keeping, case)
    path = f"/cases/{case.reference}"
    with clock.at(MOMENT):
        first = await client.get(path)
        queries = count_queries()
        again = await client.get(path)
        assert again.content == first.content
        assert len(queries) <= 1, "the snapshot changes when PostgreSQL tidies up"
        assert first.headers["cache-control"] == again.headers["cache-control"] == "no-store"
        assert "etag" not in again.headers
        await Case.filter(reference=case.reference).update(title="Something else")
        assert "Something else" not in (await client.get(path)).text
    with clock.at(MOMENT + FRESH):
        assert "Something else" in (await client.get(path)).text
        await handling.accept(await official("intake"), case.reference, Accept("roads"))
        assert "도로과" in (await client.get(path)).text
        await Department.filter(code="roads").update(name="Renamed")
        keeping.app.state.hub.settings_changed()
        assert "Renamed" in (await client.get(path)).text
        session = cookies_of(client)
        assert (await ask(keeping, path, **session)).status_code == 200
        await submit(client, "/cases", "/cases/forget")
        assert (await ask(keeping, path, **session)).status_code == 404, "the session has ended"


@pytest.mark.parametrize("later", [UNCHANGED, timedelta(seconds=-1)])
async def test_a_petitioners_page_is_kept_for_five_seconds(
    keeping: System, later: timedelta, count_queries: Callable[[], list[str]]
) -> None:
    case = await filed()
    client = await opened_with_key(keeping, case)
    with clock.at(MOMENT):
        await client.get(f"/cases/{case.reference}")
    with clock.at(MOMENT + later):
        queries = count_queries()
        await client.get(f"/cases/{case.reference}")
        assert len(queries) > 1


@pytest.mark.parametrize(("due_in", "second"), [(timedelta(), 28), (timedelta(minutes=30, seconds=-30), 57)])
async def test_a_petitioners_page_is_made_anew_when_its_words_change(
    keeping: System, due_in: timedelta, second: int
) -> None:
    """When the period ends, and when another minute begins."""
    case = await filed()
    await Case.filter(reference=case.reference).update(unit="hours", amount=2, due_at=MOMENT + due_in)
    client = await opened_with_key(keeping, case)
    now = MOMENT.replace(second=second)
    with clock.at(now):
        first = await client.get(f"/cases/{case.reference}")
    with clock.at(now + timedelta(seconds=3.5)):
        again = await client.get(f"/cases/{case.reference}")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.text != again.text


async def test_views_of_a_forum_are_counted_although_its_page_is_kept(keeping: System) -> None:
    slug = await a_forum(keeping)
    with clock.at(MOMENT):
        for _time in range(3):
            await ask(keeping, f"/forums/{slug}")
    with clock.at(MOMENT + FRESH):
        assert "3" in (await ask(keeping, f"/forums/{slug}")).text
    assert views.waiting((await Forum.get(slug=slug)).id) == 4


async def test_pages_take_no_more_than_the_memory_they_may(keeping: System, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache,) = caches(keeping)
    slugs = [await a_forum(keeping) for _each in range(4)]
    monkeypatch.setattr(page_cache, "MOST_BYTES", 60_000)
    with clock.at(MOMENT):
        for slug in slugs * 2:
            assert (await ask(keeping, f"/forums/{slug}")).status_code == 200
            assert cache.size == sum(page.size for page in cache.pages.values()) <= 60_000
        monkeypatch.setattr(page_cache, "LARGEST", 10)
        await ask(keeping, "/petitions")
        assert not any(key[0] == "/petitions" for key in cache.pages)
    monkeypatch.undo()
    with clock.at(MOMENT + UNCHANGED + FRESH):
        await ask(keeping, "/petitions")
    assert [key[0] for key in cache.pages] == ["/petitions"], "what has expired is let go"


async def test_changed_reference_data_is_shown_by_every_process_within_a_second(keeping: System) -> None:
    case = await filed(public=True)
    await answer(case.reference)
    path = f"/cases/{case.reference}"
    with clock.at(MOMENT):
        assert "Renamed" not in (await ask(keeping, path)).text
        await Department.filter(code="roads").update(name="Renamed")
        keeping.app.state.hub.settings_changed()  # called for an event of the settings' chains
        assert "Renamed" in (await ask(keeping, path)).text


async def test_the_state_of_the_database_can_be_read_again_after_a_failure(
    keeping: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not keeping.settings.sqlite:
        pytest.skip("PostgreSQL's connections are the pool's")

    async def fails() -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as failing:
        failing.setattr(database.connection(), "_reader", fails)
        with pytest.raises(sqlite3.OperationalError):
            await database.mark()
    before = await database.mark()
    assert before == await database.mark()
    await filed()
    assert before != await database.mark()
