"""The planners' desk: 이접수 plans forums of each kind, changes, announces, runs and calls them off; others may not."""

import re
from collections.abc import Callable
from datetime import timedelta

from forums.kinds import FIELDS
from forums.models import Forum, ForumFile
from forums.queries.forums import forum
from forums.states import ForumState
from server.core import clock
from server.core.accounts import Department
from tests.support.forums import a_draft, a_forum
from tests.support.system import System


def version(html: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', html)
    assert found, html
    return found[1]


async def test_a_listening_forum_from_the_plan_to_its_minutes(system: System) -> None:
    intake = await system.official("intake")
    roads = await Department.get(code="roads")
    page = await intake.get("/desk/forums/new?kind=listening")
    press = re.search(r'name="press" value="([^"]+)"', page.text)
    assert press
    plan = {"title": "골목 상권", "press": press[1], "starts_at": "2026-12-01T14:00", "ends_at": "2026-12-01T13:00",
            "link": "javascript:alert(1)", "panel": "김상인 (상인회)\n박시민"}  # fmt: skip
    wrong = await intake.post("/desk/forums/new?kind=listening", data=plan)
    assert wrong.status_code == 422
    assert "박시민" in wrong.text, "what was written is kept"
    assert {*re.findall(r'id="field-(\w+)-error"', wrong.text)} == {"ends_at", "link"}
    plan |= {"ends_at": "2026-12-01T16:00", "link": ""}
    files = {"files": ("자료.txt", "차례".encode(), "text/plain")}
    for _twice in range(2):
        made = await intake.post("/desk/forums/new?kind=listening", data=plan, files=files)
        assert (made.status_code, made.headers["location"]) == (303, "/desk/forums/listening-1")
    assert await Forum.all().count() == 1, "pressed twice, planned once"
    assert (await system.client.get("/forums/listening-1")).status_code == 404, "a draft is the planners' own"

    page = await intake.get("/desk/forums/listening-1")
    assert "/desk/forums/listening-1/publish" not in page.text
    refused = await intake.post("/desk/forums/listening-1/publish", data={})
    assert refused.status_code == 422, "a place and a department are missing"
    page = await intake.get("/desk/forums/listening-1/edit")
    file = await ForumFile.get(subject="forum/listening-1")
    assert f'name="gone" value="{file.id}"' in page.text
    plan |= {"place": "시청 다목적홀", "department": str(roads.id), "version": version(page.text), "gone": str(file.id)}
    files = {"files": ("순서.txt", "1. 인사".encode(), "text/plain")}
    assert (await intake.post("/desk/forums/listening-1/edit", data=plan, files=files)).status_code == 303
    assert [row.name for row in await ForumFile.filter(subject="forum/listening-1")] == ["순서.txt"]

    asked = await intake.get("/desk/forums/listening-1/publish")
    for _twice in range(2):
        done = await intake.post("/desk/forums/listening-1/publish", data={"version": version(asked.text)})
        assert (done.status_code, done.headers["location"]) == (303, "/desk/forums/listening-1")
    assert (await forum("listening-1")).status is ForumState.PUBLISHED
    without = await intake.post("/desk/forums/listening-1/edit", data=plan | {"place": "", "version": ""})
    assert 'id="field-place-error"' in without.text, "what was announced keeps what it needs"

    clerk = await system.official("clerk")
    page = await clerk.get("/desk/forums/listening-1")
    assert "/edit" not in page.text
    for act in ("start", "close", "start"):
        done = await clerk.post(f"/desk/forums/listening-1/{act}", data={"version": version(page.text)})
        assert done.status_code == 303, done.text
    minutes = {
        "minutes": "1. 인사\n2. 의견",
        "version": version((await clerk.get("/desk/forums/listening-1/minutes")).text),
    }
    assert (await clerk.post("/desk/forums/listening-1/minutes", data=minutes)).status_code == 303
    assert "2. 의견" in (await system.client.get("/forums/listening-1")).text
    assert (await clerk.post("/desk/forums/listening-1/cancel", data={"text": "그만"})).status_code == 403
    handler = await system.official("handler")
    assert (await handler.get("/desk/forums")).status_code == 403
    assert (await system.client.get("/desk/forums/listening-1")).status_code == 303, "to the sign-in page"


async def test_two_planners_at_one_forum(system: System) -> None:
    slug = await a_forum(system)
    first, second = await system.official("intake"), await system.official("admin")
    page = await first.get(f"/desk/forums/{slug}/edit")
    seen = version(page.text)
    now = clock.now()
    roads = await Department.get(code="roads")
    fields = {"title": "골목 상권을 살리려면", "place": "시청 대회의실", "department": str(roads.id), "version": seen,
              "starts_at": (now + timedelta(hours=10)).strftime("%Y-%m-%dT%H:%M")}  # fmt: skip
    assert (await second.post(f"/desk/forums/{slug}/edit", data=fields)).status_code == 303
    mine = fields | {"place": "청년센터"}
    conflict = await first.post(f"/desk/forums/{slug}/edit", data=mine)
    assert conflict.status_code == 409
    assert "관리자" in conflict.text, conflict.text[conflict.text.index("<main") :][:2500]
    assert "시청 대회의실" in conflict.text
    assert 'value="청년센터"' in conflict.text
    assert (
        await first.post(f"/desk/forums/{slug}/cancel", data={"text": "비가 와서", "version": seen})
    ).status_code == 409
    again = mine | {"version": version(conflict.text)}
    assert (await first.post(f"/desk/forums/{slug}/edit", data=again)).status_code == 303
    assert (await forum(slug)).place == "청년센터"

    empty = await first.post(f"/desk/forums/{slug}/cancel", data={"text": " "})
    assert empty.status_code == 422
    for _twice in range(2):
        gone = await first.post(f"/desk/forums/{slug}/cancel", data={"text": "태풍이 옵니다."})
        assert gone.status_code == 303
    assert "태풍이 옵니다." in (await system.client.get(f"/forums/{slug}")).text
    draft = await a_draft("notice")
    assert (await first.post(f"/desk/forums/{draft}/cancel", data={"text": "다른 공지로 대신함"})).status_code == 303
    assert (await system.client.get(f"/forums/{draft}")).status_code == 404, "it was never announced"


async def test_the_list_is_narrowed_and_each_kind_has_its_fields(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    intake = await system.official("intake")
    for kind in FIELDS:
        found = await forum(await a_forum(system, kind))
        assert (found.kind, found.status, found.number) == (kind, ForumState.PUBLISHED, 1)
    await a_draft("notice", title="휴관 알림")
    await a_draft("listening", title="하천 산책로")
    pages = {
        "tab=coming": {"골목", "따릉이", "라이브서울"},
        "tab=notices": {"결과를 알립니다"},
        "tab=draft": {"휴관 알림", "하천 산책로"},
        "tab=draft&kind=notice": {"휴관 알림"},
        "tab=open": set(),
        "q=산책로": {"하천 산책로"},
    }
    every = set().union(*pages.values())
    for query, wanted in pages.items():
        asked = count_queries()
        html = (await intake.get(f"/desk/forums?{query}")).text
        assert len(asked) <= 7, asked
        assert {word for word in every if f"{word}" in html} == wanted, query
    assert (await intake.get("/desk/forums?kind=nonsense&department=x")).status_code == 422
    for kind in FIELDS:
        html = (await intake.get(f"/desk/forums/new?kind={kind}")).text
        assert (
            set(re.findall(r'name="(starts_at|panel|link|chapters|moderation)"', html))
            == {
                "notice": set(),
                "discussion": {"starts_at", "moderation"},
                "speakers_corner": {"starts_at", "moderation"},
                "field_office": {"starts_at", "panel", "moderation"},
                "listening": {"starts_at", "panel", "link", "moderation"},
                "broadcast": {"starts_at", "panel", "link", "chapters", "moderation"},
            }[kind]
        )
    assert "하천 산책로" not in (await system.client.get("/forums?q=산책로")).text
