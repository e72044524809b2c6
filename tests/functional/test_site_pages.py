"""Help, privacy policy and accessibility statement; what search engines may read; the size of the text."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

import httpx
import pytest
from starlette.routing import Route

from forums.models import Submission
from forums.queries import public_pages
from forums.states import SubmissionState
from petitions.actions import watch
from petitions.mail_links import CASE_DAYS, MAILBOX_MINUTES
from petitions.models import Case
from petitions.queries import public
from server import privacy_policy, robots
from server.app import routes
from server.core import auth, clock, idempotency
from server.core.config import Settings
from server.core.participants import links
from server.core.security import COOKIE
from tests.integration.test_flat import plan, reads
from tests.support.answers import answer
from tests.support.forums import a_draft, a_forum, a_proposal
from tests.support.markup import Element, parse
from tests.support.page_forms import Form, form, post_without_page, send
from tests.support.stories import filed
from tests.support.submissions import hold_forum, say
from tests.support.system import System
from tracking.visits.actions import papers, waiting
from tracking.visits.queries import passes

ROOT = Path(__file__).parents[2]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OURS = ("/help", "/privacy", "/accessibility")


async def main_of(system: System, address: str) -> Element:
    response = await system.visitor().get(address)
    assert response.status_code == 200, response.text
    return parse(response.text).one("main")


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "ja", "en"])
async def test_the_pages_of_the_site_are_linked_from_every_page_and_read_nothing(
    system: System, count_queries: Callable[[], list[str]], language: str
) -> None:
    footer = parse((await system.client.get(f"/?lang={language}")).text).one("footer")
    assert [link.attrs["href"] for link in footer.one("ul", class_="footer-links").all("a")] == list(OURS)
    statements = count_queries()
    for address in OURS:
        page = await main_of(system, f"{address}?lang={language}")
        assert len(page.all("h1")) == 1
        assert page.all("a", href="tel:120") or "120" in page.text
    assert not [sql for sql in statements if "transaction_id" not in sql], statements


async def test_the_privacy_policy_has_what_the_law_asks_for(system: System) -> None:
    """Article 30 (1) of the Personal Information Protection Act, and article 31 (1) of its decree."""
    page = await main_of(system, "/privacy")
    for words in (
        "처리 목적", "보유 기간", "항목", "제3자 제공", "처리위탁", "파기 절차와 방법", "민감한 정보",
        "권리와 행사 방법", "법정대리인", "개인정보 보호책임자", "쿠키", "거부", "안전성 확보 조치", "1833-6972",
    ):  # fmt: skip
        assert words in page.text, words


async def test_its_periods_are_those_of_the_program(system: System) -> None:
    text = (await main_of(system, "/privacy?lang=en")).text
    for words in (
        f"{auth.CITIZEN_LIFE.days} days after you opened it; links in emails {CASE_DAYS} days",
        f"{links.CONFIRM_HOURS} hours, a browser that knows you {links.PERSON_DAYS} days",
        f"{papers.KEPT_DAYS} days after the visit", f"{waiting.KEPT_DAYS} days after the day",
        f"{passes.KEPT_DAYS} days after it was issued", f"{idempotency.LIFE.days} days; the counts",
    ):  # fmt: skip
        assert words in text, words
    kept = re.search(r"KEPT_FOR = (\d+) \*", (ROOT / "server/static/js/draft.js").read_text())
    assert kept
    assert kept[1] == "7", "the page says for how many days a draft stays"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", (f"{MAILBOX_MINUTES}분 동안", f"{auth.CITIZEN_LIFE.days}일 동안")),
        ("ja", (f"{MAILBOX_MINUTES}分間", f"{auth.CITIZEN_LIFE.days}日間")),
        ("en", (f"works for {MAILBOX_MINUTES} minutes", f"cases for {auth.CITIZEN_LIFE.days} days")),
    ],
)
async def test_the_help_says_how_long_a_link_and_its_session_last(
    system: System, language: str, words: tuple[str, ...]
) -> None:
    text = (await main_of(system, f"/help?lang={language}")).one("section", **{"aria-labelledby": "key"}).text
    assert all(each in text for each in words), text
    assert str(CASE_DAYS) not in text, "the links of notices are others"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", ("다음 두 가지", f"{watch.QUIET_DAYS}일 동안", "언제든지 철회할 수 있습니다")),
        ("ja", ("次の二つ", f"{watch.QUIET_DAYS}日間", "いつでも撤回できます")),
        (
            "en",
            (
                "Two things",
                f"closed {watch.QUIET_DAYS} days after",
                "withdraw it at any time on the page of your case",
            ),
        ),
    ],
)
async def test_the_policy_says_what_happens_by_itself_and_how_a_consent_is_withdrawn(
    system: System, language: str, words: tuple[str, ...]
) -> None:
    page = await main_of(system, f"/privacy?lang={language}")
    assert all(each in page.text for each in words)
    assert "by a program alone" not in page.text
    assert len(page.one("section", **{"aria-labelledby": "safety"}).all("ul")[-1].all("li")) == 2


async def test_it_names_every_cookie_that_a_citizen_gets_and_every_recipient(system: System) -> None:
    """What only officials and devices get is not the citizens' matter."""
    given: set[str] = set()
    for room in ("server", "petitions", "forums", "tracking"):
        for path in (ROOT / room).rglob("*.py"):
            for name in re.findall(r"\.set_cookie\(\s*([A-Z_]+)", path.read_text()):
                module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                if not {"display", "resource"} & {path.stem, path.parent.name}:
                    given.add(getattr(module, name))
    assert {COOKIE, *given} == {cookie.name for cookie in privacy_policy.cookies()}
    page = await main_of(system, "/privacy?lang=en")
    assert "No other company processes" in page.text
    site = system.app.state.site
    site.settings = replace(
        site.settings, smtp_url="smtps://u:secret@mail.example:465", tile_url="https://tiles.example/{z}/{x}/{y}.png",
        privacy_officer="Information Security Team, 02-000-0000", meilisearch_url="http://search.example:7700",
    )  # fmt: skip
    page = await main_of(system, "/privacy?lang=en")
    for words in ("mail.example", "tiles.example", "search.example", "Information Security Team, 02-000-0000"):
        assert words in page.text
    assert "secret" not in page.text


# --- the size of the text -----------------------------------------------------------------------------------------


async def test_mr_oh_makes_the_text_larger_without_scripts_and_it_stays(system: System) -> None:
    his = system.visitor()
    links_of = parse((await his.get("/forums?q=길&lang=ko")).text).one("nav", class_="text-size").all("a")
    assert [link.text for link in links_of] == ["가 보통 글자", "가 큰 글자", "가 아주 큰 글자"]
    assert [link.attrs.get("aria-current") for link in links_of] == ["true", None, None]
    larger = await his.get(links_of[2].attrs["href"])
    assert 'value="길"' in larger.text, "the page stays the same"
    for page in (larger, await his.get("/help"), await his.get("/help?lang=en")):
        root = parse(page.text)
        assert root.one("html").attrs["data-text"] == "largest"
        assert root.one("nav", class_="text-size").all("a")[2].attrs["aria-current"] == "true"
    normal = await his.get("/?text_size=normal")
    assert "data-text" not in parse(normal.text).one("html").attrs
    assert "data-text" not in parse((await his.get("/")).text).one("html").attrs
    nonsense = await his.get('/?text_size="><script>')
    assert "<script>" not in nonsense.text.replace("<script type", "")


async def make_larger(browser: httpx.AsyncClient, page: httpx.Response, words: str, **typed: str) -> httpx.Response:
    """Press a size on a page with something typed, without scripts."""
    root = parse(page.text)
    (button,) = [b for b in root.one("nav", class_="text-size").all("button") if b.text == words]
    shown = Form(root.one("form", id=button.attrs["form"]), root, str(page.url))
    data = {**shown.values, **typed, button.attrs["name"]: button.attrs["value"]}
    return await post_without_page(browser, urljoin(str(page.url), button.attrs["formaction"]), data=data)


async def test_mr_oh_loses_nothing_that_he_typed_when_he_makes_the_text_larger(system: System) -> None:
    his = system.visitor()
    blank = await his.get("/petitions/new?lang=ko")
    (first, *_more) = [b for b in parse(blank.text).all("button") if b.attrs.get("form") == "main-form"]
    assert "name" not in first.attrs, "the Enter key in a field presses the first button, which must not be a size"
    larger = await make_larger(his, blank, "가 큰 글자", title="가로등이 꺼졌어요")
    assert parse(larger.text).one("html").attrs["data-text"] == "large"
    assert "error-summary" not in larger.text, "it was not sent"
    typed = form(larger, "/petitions/new")
    assert typed.values["title"] == ["가로등이 꺼졌어요"]
    refused = await send(his, typed, button="check")
    assert refused.status_code == 422
    largest = await make_larger(his, refused, "가 아주 큰 글자")
    assert parse(largest.text).one("html").attrs["data-text"] == "largest"
    assert "error-summary" in largest.text, "what is wrong is still said"
    assert form(largest, "/petitions/new").values["title"] == ["가로등이 꺼졌어요"]


async def test_mr_oh_makes_the_text_larger_on_the_answer_to_a_form(system: System) -> None:
    his = system.visitor()
    asked = form(await his.get("/cases?lang=ko"), "/cases", field="key")
    wrong = await send(his, asked, reference="K7Q-M9X-RW4", key="2" * 16)
    assert wrong.status_code == 422
    larger = await make_larger(his, wrong, "가 큰 글자")
    assert parse(larger.text).one("html").attrs["data-text"] == "large"
    assert form(larger, "/cases", field="key").values["reference"] == ["K7Q-M9X-RW4"]


# --- search engines -----------------------------------------------------------------------------------------------


def closed(path: str, rules: list[tuple[str, str]]) -> bool:
    """Whether robots.txt keeps a path out: the longest matching rule decides (RFC 9309)."""
    found = [
        (len(pattern), kind)
        for kind, pattern in rules
        if re.match(re.escape(pattern).replace(r"\*", ".*"), path)
    ]  # fmt: skip
    return bool(found) and max(found)[1] == "Disallow"


async def rules_of(system: System) -> list[tuple[str, str]]:
    text = (await system.visitor().get("/robots.txt")).text
    assert text.startswith("User-agent: *\n")
    return [(kind, pattern) for kind, pattern in re.findall(r"^(Allow|Disallow): (\S+)$", text, re.MULTILINE)]


READ = {
    "/", "/petitions", "/petitions/new", "/cases", "/cases/{reference}", "/cases/{reference}/files/{id}/{name}",
    "/cases/{reference}/thumbnails/{id}", "/statistics", "/statistics/adoption", "/statistics/adoption/submissions",
    "/statistics/petitions", "/statistics/visits", "/statistics/waiting", "/statistics/data", "/forums",
    "/forums/feed.atom", "/forums/{slug}/feed.atom", "/submissions/{number}/feed.atom", "/commitments/feed.atom",
    "/commitments/{number}/feed.atom", "/forums/calendar.ics", "/forums/{slug}/calendar.ics",
    "/submissions/{number}/calendar.ics", "/commitments/{number}/calendar.ics", "/forums/broadcasts",
    "/forums/notices", "/forums/rules", "/forums/propose", "/forums/{slug}", "/forums/{slug}/sessions",
    "/forums/{slug}/sessions/{session}", "/forums/{slug}/files/{id}/{name}", "/submissions/{number}", "/commitments",
    "/commitments/{number}", "/commitments/{number}/files/{id}/{name}", "/offices", "/offices/{code}", "/services",
    "/services/{code}", "/visits",
    "/visits/forecast", "/visits/plans", "/help", "/privacy", "/accessibility", "/robots.txt", "/sitemap.xml",
    "/sitemaps/pages.xml", "/sitemaps/{kind}-{number}.xml", "/.well-known/security.txt",
}  # fmt: skip
"""The addresses that search engines may read. All others are kept out; a new address belongs to one or the other."""


async def test_every_address_is_public_on_purpose_or_kept_out(system: System) -> None:
    rules = await rules_of(system)
    paths = {
        re.sub(r":\w+}", "}", route.path)
        for route in routes()
        if isinstance(route, Route) and (route.methods is None or "GET" in route.methods)
    }
    opened = {path for path in paths if not closed(re.sub(r"{\w+}", "x1", path), rules)}
    assert opened == READ
    assert not any(closed(path, rules) for path in robots.PAGES)
    for path in ("/visits/R-2KQ7", "/visits/mine/token", "/desk/cases/1", "/cases/2026-X/receipt", "/api/v1/cases"):
        assert closed(path, rules), path
    text = (await system.client.get("/robots.txt")).text
    assert text.endswith("/sitemap.xml\n")
    assert (await system.client.get("/robots.txt")).headers["cache-control"].startswith("public")


async def addresses(system: System, address: str) -> list[str]:
    response = await system.visitor().get(address)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/xml")
    assert response.headers["cache-control"] == "public, max-age=3600"
    assert "set-cookie" not in response.headers
    base = system.app.state.site.settings.public_url
    return [str(each.text).removeprefix(base) for each in ET.fromstring(response.text).iter(f"{SITEMAP}loc")]  # noqa: S314 — ours


async def test_the_sitemap_names_the_public_pages_and_no_others(system: System) -> None:
    shown, secret, _waiting = [await filed(public=public) for public in (True, False, True)]
    for case in (shown, secret):
        await answer(case.reference)
    forum = await hold_forum()
    slug, draft, notice = await a_forum(system), await a_draft(), await a_forum(system, "notice")
    said = {v: (await say(forum, visibility=v)).number for v in ("shown", "hidden", "pending")}
    gone = await say(forum, status=SubmissionState.WITHDRAWN)
    await a_proposal(1)
    await a_proposal(2, visibility="hidden")
    files = await addresses(system, "/sitemap.xml")
    assert files[0] == "/sitemaps/pages.xml"
    found = [page for file in files for page in await addresses(system, file)]
    assert len(found) == len(set(found))
    assert {page for page in found if page.startswith("/cases/")} == {f"/cases/{shown.reference}"}
    assert {f"/forums/{slug}", f"/forums/{notice}", f"/forums/{forum.slug}", "/forums/proposal-1"} <= set(found)
    assert not {f"/forums/{draft}", "/forums/proposal-2", f"/submissions/{gone.number}"} & set(found)
    assert {page for page in found if page.startswith("/submissions/")} == {f"/submissions/{said['shown']}"}
    rules = await rules_of(system)
    stranger = system.visitor()
    for page in found:
        assert not closed(page, rules), page
        read = await stranger.get(page)
        assert read.status_code == 200, page
        assert "noindex" not in read.text, page
    assert (await stranger.get("/sitemaps/petitions-2.xml")).status_code == 404
    assert (await stranger.get("/sitemaps/nothing-1.xml")).status_code == 404


async def test_the_sitemap_costs_the_same_with_a_million_pages(
    system: System, count_queries: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    forum, now = await hold_forum(), clock.now()
    values = {
        "forum_id": forum.id, "channel": "web", "title": "의견", "text": "의견입니다.", "received_at": now,
        "status": SubmissionState.RECEIVED, "received_on": now.date(),
    }  # fmt: skip
    await Submission.bulk_create([Submission(id=n, number=f"V-{n}", **values) for n in (1, 4_999, 5_000, 999_999)])
    statements = count_queries()
    files = await addresses(system, "/sitemap.xml")
    assert len([sql for sql in statements if "transaction_id" not in sql]) == len(robots.BOOKS)
    assert [file for file in files if "submissions" in file][-1] == "/sitemaps/submissions-200.xml"
    assert await addresses(system, "/sitemaps/submissions-1.xml") == [f"/submissions/V-{n}" for n in (1, 4_999, 5_000)]
    assert await addresses(system, "/sitemaps/submissions-200.xml") == ["/submissions/V-999999"]
    statements.clear()
    assert await addresses(system, "/sitemaps/submissions-2.xml") == []
    assert len([sql for sql in statements if "transaction_id" not in sql]) == 1 + robots.STEP // robots.BATCH
    with reads(monkeypatch) as seen:
        for book in robots.BOOKS.values():
            await book.newest_id()
            await book.between(0, robots.BATCH)
    for sql, given in [each[:2] for each in seen if "transaction_id" not in each[0]]:
        found = await plan(sql, given)
        assert "INTEGER PRIMARY KEY" in found or "_pkey" in found or "SEARCH" in found, (sql, found)
        assert not re.search(r"Seq Scan|TEMP B-TREE|Sort", found), (sql, found)
    assert await Case.all().count() == 0
    assert (robots.BOOKS["petitions"], robots.BOOKS["forums"]) == (public.PAGES, public_pages.FORUMS)


async def test_security_txt_names_who_takes_reports(system: System) -> None:
    assert (await system.client.get("/.well-known/security.txt")).status_code == 404
    site = system.app.state.site
    site.settings = replace(site.settings, security_contact="mailto:security@city.example")
    lines = dict(
        line.split(": ", 1) for line in (await system.client.get("/.well-known/security.txt")).text.splitlines()
    )
    assert lines["Contact"] == "mailto:security@city.example"
    assert lines["Preferred-Languages"] == "ko, ja, en"
    assert clock.now() + timedelta(days=170) < datetime.fromisoformat(lines["Expires"])
    assert replace(Settings(), security_contact="security@city.example").problems() == [
        "SINMUNGO_SECURITY_CONTACT: must start with mailto: or https://"
    ]


async def test_other_languages_are_announced_where_search_engines_read(system: System) -> None:
    base = system.app.state.site.settings.public_url
    root = parse((await system.client.get("/help?lang=ja")).text)
    others = {link.attrs["hreflang"]: link.attrs["href"] for link in root.all("link", rel="alternate")}
    assert others == {**{code: f"{base}/help?lang={code}" for code in ("ko", "ja", "en")}, "x-default": f"{base}/help"}
    mine = parse((await system.client.get("/forums/mine")).text)
    assert not [link for link in mine.all("link", rel="alternate") if "hreflang" in link.attrs]
