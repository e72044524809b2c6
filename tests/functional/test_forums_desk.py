"""The planners' desk: 이접수 plans forums of each kind, changes, announces, runs and calls them off; others may not."""

import re
from collections.abc import Callable

from forums.kinds import FIELDS
from forums.models import Forum, ForumFile
from forums.queries.forums import forum
from forums.states import ForumState
from server.core.accounts import Department
from tests.support.forums import a_draft, a_forum
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import System


async def test_a_listening_forum_from_the_plan_to_its_minutes(system: System) -> None:
    intake = await system.official("intake")
    roads = await Department.get(code="roads")
    page = await intake.get("/desk/forums/new?kind=listening")
    plan = {"title": "골목 상권", "starts_at": "2026-12-01T14:00", "ends_at": "2026-12-01T13:00",
            "link": "javascript:alert(1)", "panel": "김상인 (상인회)\n박시민"}  # fmt: skip
    wrong = await send(intake, form(page, "/new"), **plan)
    assert wrong.status_code == 422
    assert "박시민" in wrong.text, "what was written is kept"
    assert {*re.findall(r'id="field-(\w+)-error"', wrong.text)} == {"ends_at", "link"}
    corrected, files = form(wrong, "/new"), [("자료.txt", "차례".encode())]
    for _twice in range(2):
        made = await send(intake, corrected, ends_at="2026-12-01T16:00", link="", files=files)
        assert (made.status_code, made.headers["location"]) == (303, "/desk/forums/listening-1")
    assert await Forum.all().count() == 1, "pressed twice, planned once"
    assert (await system.client.get("/forums/listening-1")).status_code == 404, "a draft is the planners' own"

    page = await intake.get("/desk/forums/listening-1")
    assert "/desk/forums/listening-1/publish" not in page.text
    refused = await post_without_page(intake, "/desk/forums/listening-1/publish", data={})
    assert refused.status_code == 422, "a place and a department are missing"
    page = await intake.get("/desk/forums/listening-1/edit")
    file = await ForumFile.get(subject="forum/listening-1")
    assert f'name="gone" value="{file.id}"' in page.text
    shown = form(page, "/edit")
    files = [("순서.txt", "1. 인사".encode())]
    sent = await send(intake, shown, place="시청 다목적홀", department=str(roads.id), gone=[str(file.id)], files=files)
    assert sent.status_code == 303
    assert [row.name for row in await ForumFile.filter(subject="forum/listening-1")] == ["순서.txt"]

    asked = await intake.get("/desk/forums/listening-1/publish")
    for _twice in range(2):
        done = await send(intake, form(asked, "/publish"))
        assert (done.status_code, done.headers["location"]) == (303, "/desk/forums/listening-1")
    assert (await forum("listening-1")).status is ForumState.PUBLISHED
    without = await send(intake, form(await intake.get("/desk/forums/listening-1/edit"), "/edit"), place="")
    assert 'id="field-place-error"' in without.text, "what was announced keeps what it needs"

    clerk = await system.official("clerk")
    page = await clerk.get("/desk/forums/listening-1")
    assert "/edit" not in page.text
    for act in ("start", "close", "start"):
        done = await send(clerk, form(await clerk.get("/desk/forums/listening-1"), f"/{act}"))
        assert done.status_code == 303, done.text
    asked = await clerk.get("/desk/forums/listening-1/minutes")
    assert (await send(clerk, form(asked, "/minutes"), minutes="1. 인사\n2. 의견")).status_code == 303
    assert "2. 의견" in (await system.client.get("/forums/listening-1")).text
    assert (await post_without_page(clerk, "/desk/forums/listening-1/cancel", data={"text": "그만"})).status_code == 403
    handler = await system.official("handler")
    assert (await handler.get("/desk/forums")).status_code == 403
    assert (await system.client.get("/desk/forums/listening-1")).status_code == 303, "to the sign-in page"


async def test_two_planners_at_one_forum(system: System) -> None:
    slug = await a_forum(system)
    first, second = await system.official("intake"), await system.official("admin")
    page = await first.get(f"/desk/forums/{slug}/edit")
    asked = await first.get(f"/desk/forums/{slug}/cancel")
    theirs = form(await second.get(f"/desk/forums/{slug}/edit"), "/edit")
    assert (await send(second, theirs, title="골목 상권을 살리려면", place="시청 대회의실")).status_code == 303
    conflict = await send(first, form(page, "/edit"), place="청년센터")
    assert conflict.status_code == 409
    assert "관리자" in conflict.text, conflict.text[conflict.text.index("<main") :][:2500]
    assert "시청 대회의실" in conflict.text
    assert 'value="청년센터"' in conflict.text
    assert (await send(first, form(asked, "/cancel"), text="비가 와서")).status_code == 409
    assert (await send(first, form(conflict, "/edit"))).status_code == 303
    assert (await forum(slug)).place == "청년센터"

    shown = form(await first.get(f"/desk/forums/{slug}/cancel"), "/cancel")
    assert (await send(first, shown, text=" ")).status_code == 422
    for _twice in range(2):
        gone = await send(first, shown, text="태풍이 옵니다.")
        assert gone.status_code == 303
    assert "태풍이 옵니다." in (await system.client.get(f"/forums/{slug}")).text
    draft = await a_draft("notice")
    assert (
        await submit(first, f"/desk/forums/{draft}/cancel", "/cancel", text="다른 공지로 대신함")
    ).status_code == 303
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
