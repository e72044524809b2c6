"""What is measured: each path of this program beside what the floor is asked for."""

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from random import Random
from typing import Any
from urllib.parse import quote

import click

from server.bench import floor
from server.bench.load import Client, Unexpected, Visit
from server.bench.scratch import RARE
from server.core.search import words
from server.demo.seeding import PASSWORD

COMMON = "도로"
TITLE, BODY = (
    "가로등이 꺼졌습니다",
    "집 앞 도로의 가로등이 사흘째 켜지지 않습니다. 밤길이 어두워 위험하니 살펴봐 주십시오. " * 4,
)
_REFERENCE = re.compile(r"/cases/([0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3})")
_HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Path:
    """One line of the table."""

    name: str
    ours: Visit
    floors: Visit
    sized: str = ""
    """The page whose size the floor's has; its name there."""
    example: str = ""
    """The path of ours that has that size."""
    who: str = ""
    """Whose cookies it needs: ``citizen`` or ``official``."""


@dataclass
class Site:
    """What of a site the paths need: found by asking it, so that any of its versions can be measured."""

    reference: str = ""
    """A case of the citizen who is signed in to it."""
    public: str = ""
    desk: str = ""
    forum: str = ""
    office: str = ""
    service: str = ""
    starts: Sequence[str] = ()
    cookies: Mapping[str, dict[str, str]] = field(default_factory=dict)


def _who() -> dict[str, str]:
    return {"name": "홍길동", "email": f"bench-{next(_NUMBERS)}@example.org"}


async def file_by_form(client: Client) -> str:
    """Fill the form, check it, send it, read the receipt: three requests. Returns the number of the case."""
    filled = {"title": TITLE, "body": BODY, "language": "ko", **_who()}
    checked = await client.form("/petitions/new", filled, expect=(303, 200))
    # Earlier versions checked on a page without an address, whose hidden fields held it all, and so was the receipt.
    kept = {} if checked.location else dict(_HIDDEN.findall(unescape(checked.text)))
    sent = await client.form(checked.location or "/petitions/new", {**kept, "go": "send"}, expect=(303, 200))
    receipt = await client.get(sent.location) if sent.location else sent
    found = re.search(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}", receipt.text)
    return found[0] if found else ""


async def _file_by_json(client: Client) -> None:
    content = {"title": TITLE, "body": BODY, "kind": "other", "petitioner": _who()}
    await client.json("/api/v1/petitions", json.dumps(content).encode())


async def _floor_form(client: Client) -> None:
    """The same bytes of a form and of a receipt."""
    sent = await client.form("/floor/file", {"title": TITLE, "body": BODY, "csrf": floor.CSRF, **_who()})
    await client.get(sent.location)


async def _floor_json(client: Client) -> None:
    content = {"title": TITLE, "body": BODY, "petitioner": _who()}
    await client.json("/floor/petitions", json.dumps(content).encode())


def page(path: str) -> Visit:
    """A page."""

    async def visit(client: Client) -> None:
        await client.get(path)

    return visit


def _book(path: str, there: Site) -> Visit:
    rng = Random(3)

    async def visit(client: Client) -> None:
        content: dict[str, Any] = {
            "office": there.office, "service": there.service, "start": rng.choice(there.starts), "language": "ko",
            "contact": _who(),
        }  # fmt: skip
        await client.json(path, json.dumps(content).encode())

    return visit


async def site(url: str) -> Site:
    """Ask a site for what the paths need. Raises ``ClickException`` where it has none of it."""
    found = Site()
    try:
        async with Client(url) as citizen:
            found.reference = await file_by_form(citizen)
            await citizen.get(f"/cases/{found.reference}")
            await _offices(citizen, found)
            found.public = _first(_REFERENCE, (await citizen.get("/petitions")).text)
            found.forum = _first(re.compile(r"/forums/([a-z-]*\d+)"), (await citizen.get("/forums")).text)
        async with Client(url) as official:
            await official.form("/desk/sign-in", {"username": "intake", "password": PASSWORD})
            found.desk = _first(_REFERENCE, (await official.get("/desk")).text)
            found.cookies = {"citizen": citizen.cookies, "official": official.cookies, "": {}}
    except Unexpected as error:
        raise click.ClickException(f"{url} cannot be measured: {error}") from error
    return found


async def _offices(citizen: Client, found: Site) -> None:
    """The first office with its times; there were none in earlier versions."""
    reply = await citizen.ask("GET", "/api/v1/offices", expect=(200, 404))
    if reply.status == 200:  # noqa: PLR2004
        office = json.loads(reply.body)["items"][0]
        found.office, found.service = office["code"], office["services"][0]["code"]
        week = json.loads((await citizen.get(_week(found))).body)
        found.starts = [slot["start"] for day in week["items"] for slot in day["slots"]]


def _week(there: Site) -> str:
    return f"/api/v1/offices/{there.office}/slots?service={there.service}"


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def paths(there: Site, dialect: str) -> list[Path]:
    """Everything that is measured, as far as the site has it."""

    def plain(name: str, path: str, of: str, who: str = "", q: str = "") -> Path:
        """A page beside one of the floor's that has its size."""
        floors = f"/floor/page/{quote(of + ' ' + name)}" + (f"?q={quote(_query(q, dialect))}" if q else "")
        return Path(name, page(path), page(floors), f"{of} {name}", path, who)

    of_offices = [
        plain("week grid", _week(there), "week"),
        plain("queue", f"/api/v1/offices/{there.office}/queue", "figures"),
        Path("book a visit", _book("/api/v1/visits", there), _book("/floor/visits", there)),
    ]
    return [
        Path("file by form", file_by_form, _floor_form),
        Path("file by API", _file_by_json, _floor_json),
        Path(
            "citizen's case", page(f"/cases/{there.reference}"), page(f"/floor/case/{there.reference}"), "case",
            f"/cases/{there.reference}", "citizen",
        ),
        Path("public case", page(f"/cases/{there.public}"), page("/floor/kept"), "", f"/cases/{there.public}"),
        plain("public list", "/petitions", "public"),
        plain("home", "/", "public"),
        plain("forum", f"/forums/{there.forum}", "forum"),
        plain("desk list", "/desk", "list", "official"),
        plain("desk search, common word", f"/desk?q={quote(COMMON)}", "list", "official", COMMON),
        plain("desk search, rare word", f"/desk?q={quote(RARE)}", "list", "official", RARE),
        Path(
            "desk case", page(f"/desk/cases/{there.desk}"), page(f"/floor/case/{there.desk}"), "case desk",
            f"/desk/cases/{there.desk}", "official",
        ),
        plain("adoption statistics", "/statistics/adoption", "figures"),
        *(of_offices if there.office else ()),
    ]  # fmt: skip


def _query(q: str, dialect: str) -> str:
    """How the floor asks the index for a word."""
    terms = words.query_terms(q)
    return words.fts5(terms) if dialect == "sqlite" else words.tsquery(terms)


Chosen = Callable[[Path], bool]


def chosen(names: Sequence[str]) -> Chosen:
    """Whether a path is wanted: its name contains one of these; all without any."""
    return lambda one: not names or any(name in one.name for name in names)
