"""Errors name a field by the label that its page shows, in every form, on the page and in JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import httpx
import pytest

from forums import kinds
from forums.actions import answering, assigning, committing, crossing, deciding, planning, sessions, speaking
from forums.forms.assigning import Assign, TextOnly
from forums.forms.committing import Finish, MakeCommitment
from forums.forms.moderating import Decide
from forums.forms.places import NewSession
from forums.forms.speaking import Submit
from forums.models import Forum
from forums.rights import submission_subject
from forums.states import SubmissionState, TextAction
from petitions.actions import handling
from petitions.forms import Accept
from server.core import clock
from server.core.days import today
from tests.support.answers import answer, official
from tests.support.error_labels import UNREADABLE, label_of, misnamed, posted, wrongly_filled
from tests.support.forums import a_draft, a_forum
from tests.support.markup import parse
from tests.support.page_forms import Form, post_without_page, submit
from tests.support.places import a_session, guest
from tests.support.submissions import say
from tests.support.system import System

SETTINGS = (
    "/desk/account", "/desk/rules/new", "/desk/rules", "/desk/rules/1", "/desk/templates/new", "/desk/departments/new",
    "/desk/people/new", "/desk/people/1", "/desk/calendar", "/desk/settings/districts", "/desk/offices/new",
    "/desk/offices/services/new", "/desk/offices/counters/new", "/desk/offices/openings/new",
    "/desk/roster/shifts/new",
)  # fmt: skip


@dataclass
class Reader:
    """Somebody who sends every form of a page with nothing in it, then with what no field takes."""

    browser: httpx.AsyncClient
    wrong: dict[str, list[str]] = field(default_factory=dict)
    unheard: list[str] = field(default_factory=list)
    """Forms with fields that were sent with mistakes and not shown again with an error."""

    async def check(self, language: str, pages: Sequence[str]) -> None:
        await self.browser.get(f"/?lang={language}")
        await self._fill_in_wrongly(pages)
        assert (self.wrong, self.unheard) == ({}, [])

    async def _fill_in_wrongly(self, pages: Sequence[str]) -> None:
        for address in pages:
            for value in (UNREADABLE, ""):
                page = await self.browser.get(address)
                if page.status_code != HTTPStatus.OK:
                    self.unheard.append(f"{address}: {page.status_code}")
                    break
                for shown in posted(page):
                    if value or shown.url in {one.url for one in posted(await self.browser.get(address))}:
                        await self._send(shown, value)

    async def _send(self, shown: Form, value: str) -> None:
        data = wrongly_filled(shown, value)
        if data is None:
            return
        refused = await post_without_page(self.browser, shown.url, data=data, follow_redirects=True)
        page = parse(refused.text)
        if value and not page.all("div", class_="error-summary"):
            self.unheard.append(f"{shown.url}: {refused.status_code}")
        if errors := list(misnamed(page)):
            self.wrong.setdefault(shown.url, []).extend(errors)


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_every_error_at_the_desk_names_its_field_as_its_page_does(system: System, language: str) -> None:
    clerk = await official("intake")
    forum = await a_forum(system, "speakers_corner")
    await planning.start(await official("clerk"), forum)
    session = await a_session(forum, 5, starts_in=timedelta(0))
    her, _browser = await guest(system, "골목 꽃집")
    submission = await speaking.submit(her, forum, Submit("골목 조명", "골목이 어두워요.", "idea"))
    adopted = await _adopted(her.id, forum)
    case, grievance = (await system.file())["reference"], (await system.file(kind="grievance"))["reference"]
    await handling.accept(clerk, grievance, Accept("roads"))
    answered = (await system.file())["reference"]
    await answer(answered)
    pages = [
        *(f"/desk/forums/new?kind={kind}" for kind in kinds.FIELDS),
        *[f"/desk/forums/{await a_draft(kind)}/edit" for kind in kinds.FIELDS],
        f"/desk/forums/{forum}/edit", f"/desk/forums/{forum}/sessions", f"/desk/forums/{forum}/sessions/{session}",
        f"/desk/forums/{forum}/sessions/{session}/edit", f"/desk/forums/{forum}/sessions/{session}/cancel",
        f"/desk/forums/{forum}/intake", f"/desk/forums/{forum}/decisions/new", f"/desk/forums/{forum}/cancel",
        f"/desk/forums/{forum}/minutes", f"/desk/submissions/{submission}", f"/desk/commitments/{adopted}",
        f"/desk/cases/{case}", f"/desk/cases/{grievance}", f"/desk/topics/{answered}",
        f"/desk/moderation/submission/{submission}",
    ]  # fmt: skip
    for who, theirs in {"admin": SETTINGS, "intake": pages, "clerk": ["/desk/petitions/new"]}.items():
        await Reader(await system.official(who)).check(language, theirs)


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_every_error_on_a_citizens_page_names_its_field_as_the_page_does(system: System, language: str) -> None:
    clerk = await official("intake")
    forum = await a_forum(system, "speakers_corner")
    session = await a_session(forum, 5)
    slot = (await sessions.add(clerk, forum, [_slot()]))[0]
    await planning.start(await official("clerk"), forum)
    her, browser = await guest(system, "골목 꽃집")
    _him, other = await guest(system, "옆집")
    submission = await speaking.submit(her, forum, Submit("골목 조명", "골목이 어두워요.", "idea"))
    hidden = await speaking.submit(her, forum, Submit("골목 공사", "골목을 막지 마세요.", "against"))
    await deciding.decide(clerk, submission_subject(hidden), Decide(TextAction.HIDE, "advert"))
    adopted = await _adopted(her.id, forum)
    await committing.finish(await official("handler"), adopted, Finish("달았습니다."))
    crossed = (await say(await Forum.get(slug=forum), participant_id=her.id, department_id=1)).number
    await assigning.assign(clerk, crossed, Assign(1))
    await crossing.propose(clerk, crossed, TextOnly("법정 기간 안에 답을 받으실 수 있습니다."))
    public = [
        "/petitions/new", "/cases", "/cases/link", "/forums/mine", "/forums/following", f"/forums/{forum}/speak",
        "/forums/propose", f"/forums/{forum}", f"/submissions/{submission}", f"/forums/{forum}/sessions/{slot}",
        f"/forums/{forum}/sessions/{session}", f"/forums/report/submission/{submission}",
    ]  # fmt: skip
    await Reader(system.visitor()).check(language, public)
    own = [
        "/forums/mine", f"/forums/appeal/submission/{hidden}", f"/submissions/{crossed}/petition",
        f"/commitments/{adopted}", f"/forums/{forum}/speak",
    ]  # fmt: skip
    await Reader(browser).check(language, own)
    await Reader(other).check(language, [f"/forums/report/submission/{submission}", f"/forums/{forum}/sessions/{slot}"])


async def test_every_error_on_a_cases_page_names_its_field_as_the_page_does(system: System) -> None:
    filed = [await system.file(), await system.file()]
    await answer(filed[1]["reference"], decision="refused")
    for one in filed:
        browser = system.visitor()
        opened = await submit(browser, "/cases", "/cases", reference=one["reference"], key=one["access_key"])
        assert opened.status_code == HTTPStatus.SEE_OTHER, opened.text
        await Reader(browser).check("en", [f"/cases/{one['reference']}"])


async def test_errors_in_json_name_a_field_as_its_page_does(system: System) -> None:
    wrong: dict[str, object] = {"title": UNREADABLE, "body": UNREADABLE, "petitioner": {"name": UNREADABLE}}
    refused = await system.client.post("/api/v1/petitions", json=wrong, headers={"accept-language": "en"})
    page = parse((await system.client.get("/petitions/new?lang=en")).text)
    beside = {"title": "title", "body": "body", "petitioner.name": "name"}
    said = {error["field"]: error["message"] for error in refused.json()["errors"]}
    assert {name for name, control in beside.items() if f"“{label_of(page, f'field-{control}')}”" in said[name]} == set(
        beside
    )


def _slot() -> NewSession:
    begins = clock.now() + timedelta(days=7)
    return NewSession("", begins, begins + timedelta(minutes=10), "", 1, "slot")


async def _adopted(person_id: int, slug: str) -> str:
    """A commitment made for a submission of somebody."""
    handler = await official("handler")
    forum = await Forum.get(slug=slug)
    submission = await say(
        forum, participant_id=person_id, status=SubmissionState.ANSWERED, outcome="adopted",
        department_id=handler.department_id,
    )  # fmt: skip
    made = MakeCommitment("조명", "handler", today() + timedelta(days=30))
    return await answering.commit(handler, submission.number, made)
