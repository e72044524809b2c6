"""From submission to policy: a shopkeeper at a listening forum follows her idea to "done", and says once that it is
not."""

import re
from datetime import date, timedelta

from forums.actions import planning
from forums.models import Commitment, Forum, Submission
from server.core import clock, ledger
from server.core.days import today
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.places import guest
from tests.support.system import System

HER_WORDS = {
    "stance": "idea", "title": "시장 골목에 밤 조명을 달아 주세요", "text": "저녁이면 골목이 어두워 손님이 끊깁니다.",
    "district": "central",
}  # fmt: skip
ANSWER = {
    "answer.outcome": "adopted",
    "answer.text": "조명을 열두 곳에 답니다.",
    "answer.commitment.title": "시장 골목 조명 열두 곳",
    "answer.commitment.owner": "handler",
    "answer.commitment.budget": "1,200만 원",
    "answer.commitment.steps.1.text": "자리를 상인회와 정하기",
}


def version(page: str) -> str:
    """What a form of a page shows as seen."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def number_in(path: str) -> str:
    return path.rpartition("/")[2]


async def test_a_shopkeeper_follows_her_idea_to_done_and_says_once_that_it_is_not(system: System) -> None:  # noqa: PLR0915 — one story
    slug = await a_forum(system)
    her, browser = await guest(system, "골목 꽃집")
    neighbour, next_door = await guest(system, "옆집 서점")
    hers = number_in((await submit(browser, f"/forums/{slug}/speak", **HER_WORDS)).headers["location"])
    same = {**HER_WORDS, "title": "골목에 밤 조명을 더 달아 주세요", "text": "어두워서 손님이 오지 않습니다."}
    theirs = number_in((await submit(next_door, f"/forums/{slug}/speak", **same)).headers["location"])
    await planning.close(await official("intake"), slug)

    # The clerk sees both, with the department that they would go to, joins them and hands them out.
    clerk = await system.official("intake")
    inbox = await clerk.get("/desk/submissions")
    assert hers in inbox.text
    assert theirs in inbox.text
    page = await clerk.get(f"/desk/submissions/{hers}")
    assert theirs in page.text, "much the same is proposed"
    merged = await send(clerk, form(page, "/submissions/bulk"), button="merge", submission=[theirs])
    assert merged.headers["location"] == f"/desk/submissions/{hers}"
    page = await clerk.get(f"/desk/submissions/{hers}")
    for _twice in range(2):  # a second press does nothing
        assert (await send(clerk, form(page, "/assign"), assign__department="roads")).status_code == 303

    # The department adopts it: without a day for the commitment nothing is written, and what was typed stays.
    handler = await system.official("handler")
    assert hers in (await handler.get("/desk/submissions")).text
    page = await handler.get(f"/desk/submissions/{hers}")
    due = clock.now().date() + timedelta(days=30)
    refused = await send(handler, form(page, "/answer"), **ANSWER)
    assert refused.status_code == 422
    assert "시장 골목 조명 열두 곳" in refused.text
    assert 'href="#field-answer.commitment.due_on"' in refused.text
    mended = await send(handler, form(refused, "/answer"), answer__commitment__due_on=due.isoformat())
    assert mended.status_code == 303
    for number in (hers, theirs):
        read = await system.client.get(f"/submissions/{number}")
        assert "조명을 열두 곳에 답니다." in read.text
        assert "시장 골목 조명 열두 곳" in read.text
    commitment = await Commitment.get()
    assert (commitment.district, commitment.open, commitment.submission_id) == (
        "central",
        True,
        (await submission(hers)).id,
    )

    # Everybody can follow it; another day needs a reason, and the first one stays readable.
    desk = f"/desk/commitments/{commitment.number}"
    page = await handler.get(desk)
    later = due + timedelta(days=10)
    edit = {
        "edit.owner": "handler2",
        "edit.due_on": later.isoformat(),
        "edit.steps.2.text": "달기",
        "edit.steps.2.due_on": later.isoformat(),
    }
    refused = await send(handler, form(page, "/edit"), **edit)
    assert refused.status_code == 422
    assert (await send(handler, form(refused, "/edit"), edit__reason="자재가 늦게 옵니다.")).status_code == 303
    public = await system.client.get(f"/commitments/{commitment.number}")
    assert "자재가 늦게 옵니다." in public.text
    assert "<s>" in public.text
    assert "도로과 처리담당자" in public.text, "the office is named"
    assert "박담당" not in public.text, "the person is not"
    page = await handler.get(desk)
    step = form(page, "/step", field="step", value=step_id(page.text))
    assert (await send(handler, step)).status_code == 303

    # Done needs evidence.
    refused = await send(handler, form(await handler.get(desk), "/finish"), finish__evidence=" ")
    assert refused.status_code == 422
    finished = {"finish.evidence": "5월 3일에 열두 곳 모두 달았습니다."}
    picture = [("조명.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40)]
    sent = await send(handler, form(refused, "/finish"), **finished, finish__files=picture)
    assert sent.status_code == 303
    assert [await done(n) for n in (hers, theirs)] == [today(), today()]
    public = await system.client.get(f"/commitments/{commitment.number}")
    file = re.search(rf"/commitments/{commitment.number}/files/\d+/[^\"]+", public.text)
    assert file
    assert (await system.client.get(file[0])).content.startswith(b"\x89PNG")
    assert 'id="contest"' not in public.text

    # She looks: one is dark. Nobody else may say so, and it is asked once more before it counts.
    mine = await browser.get(f"/commitments/{commitment.number}")
    assert 'id="contest"' in mine.text
    words = {"version": version(mine.text), "text": "꽃집 앞 하나가 켜지지 않아요."}
    _stranger, passer = await guest(system, "지나가는 사람")
    path = f"/commitments/{commitment.number}/contest"
    assert (await post_without_page(passer, path, data={**words, "sure": "yes"})).status_code == 403
    asked_again = await send(browser, form(mine, "/contest"), text=words["text"])
    assert (await Commitment.get()).status == "done"
    sure = form(asked_again)
    assert (await send(browser, sure)).status_code == 303, asked_again.text
    assert (await send(browser, sure)).status_code == 303, "pressed twice, said once"
    assert [await done(n) for n in (hers, theirs)] == [None, None]
    contested = await handler.get("/desk/commitments?tab=contested")
    assert commitment.number in contested.text
    assert "꽃집 앞 하나가" in contested.text
    assert "꽃집 앞 하나가" in (await system.client.get(f"/commitments/{commitment.number}")).text

    # The department mends it; the neighbour, whose submission was joined, may say so too, but it is done now.
    shown = form(await handler.get(desk), "/finish")
    assert (await send(handler, shown, finish__evidence="꽃집 앞 등을 바꾸었습니다.")).status_code == 303
    assert 'id="contest"' in (await next_door.get(f"/commitments/{commitment.number}")).text
    assert [await done(n) for n in (hers, theirs)] == [today(), today()]
    kinds = [entry.kind for entry in await ledger.read(f"submission/{theirs}")]
    assert kinds == [
        "submission.received", "submission.merged", "submission.assigned", "submission.answered", "submission.done",
        "submission.done", "submission.done",
    ]  # fmt: skip
    assert [e.kind for e in await ledger.read(f"commitment/{commitment.number}")] == [
        "commitment.made", "commitment.edited", "commitment.step_done", "commitment.done", "commitment.contested",
        "commitment.done",
    ]  # fmt: skip
    listed = await system.client.get("/commitments?tab=done&department=roads&district=central")
    assert commitment.number in listed.text
    assert commitment.number in (await system.client.get(f"/forums/{slug}")).text
    assert her.id != neighbour.id


async def submission(number: str) -> Submission:
    return await Submission.get(number=number)


async def done(number: str) -> date | None:
    return (await submission(number)).done_on


def step_id(page: str) -> str:
    found = re.search(r'name="(?:step|edit\.steps\.1\.id)" value="(\d+)"', page)
    assert found
    return found[1]


async def test_a_field_office_commitments_what_was_decided_on_site(system: System) -> None:
    slug = await a_forum(system, "field_office")
    await planning.start(await official("intake"), slug)
    handler = await system.official("handler")
    page = f"/desk/forums/{slug}/decisions/new"
    listed = (await handler.get("/desk/commitments")).text
    assert ("<option" in listed, 'action="/desk/commitments/decisions/new"' in listed) == (False, True)
    find = "/desk/commitments/decisions/new"
    second = await a_forum(system, "field_office")
    await a_forum(system, "notice", title="재래시장 알림")
    for said in (slug, slug.rpartition("-")[2]):
        assert (await handler.get(find, params={"forum": said})).headers["location"] == page, said
    which = (await handler.get(find, params={"forum": "재래시장"})).text
    assert [f"/desk/forums/{one}/decisions/new" in which for one in (slug, second, "notice-1")] == [True, True, False]
    submissions = (await handler.get("/desk/submissions", params={"forum": "재래시장"})).text
    assert [f"forum={one}" in submissions for one in (slug, second)] == [True, True]
    assert "재래시장 주차 문제" in (await handler.get("/desk/submissions", params={"forum": slug})).text
    assert (await handler.get("/desk/commitments/decisions/new?forum=")).headers["location"] == "/desk/commitments"
    assert "찾는 공론장이 없습니다" in (await handler.get(f"{find}?forum=none")).text
    assert (await (await system.official("clerk")).get("/desk/commitments/decisions/new?forum=")).status_code == 403
    shown = form(await handler.get(page), page)
    refused = await send(handler, shown, title="주차장 서른 면", owner="handler", due_on="2099-01-01")
    assert refused.status_code == 422, "nobody commits for 2099"
    shown, due_on = form(refused, page), (today() + timedelta(days=90)).isoformat()
    stranger = {**shown.filled({"due_on": due_on}), "owner": "gardener"}
    assert (await post_without_page(handler, page, data=stranger)).status_code == 422, "not of the department"
    first, again = [await send(handler, shown, due_on=due_on) for _twice in range(2)]
    assert (first.status_code, again.status_code) == (303, 303)
    commitment = await Commitment.get()
    assert (commitment.submission_id, commitment.district) == (None, "central")
    read = await system.client.get(f"/commitments/{commitment.number}")
    assert (await Forum.get(slug=slug)).title in read.text
    assert commitment.number in (await system.client.get(f"/forums/{slug}")).text
    shown = form(await handler.get(f"/desk/commitments/{commitment.number}"), "/drop")
    assert (await send(handler, shown)).status_code == 422
    assert (await send(handler, shown, drop__text="터를 살 수 없었습니다.")).status_code == 303
    assert "터를 살 수 없었습니다." in (await system.client.get(f"/commitments/{commitment.number}")).text
