"""What the forums refuse says why, and leads back to what it was about."""

from datetime import timedelta

from forums.actions import answering
from forums.forms.committing import MakeCommitment
from forums.states import SubmissionState
from server.core.days import today
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.page_forms import post_without_page, submit
from tests.support.places import a_session, guest
from tests.support.submissions import hold_forum, say
from tests.support.system import System


async def test_whoever_waits_in_line_is_told_that_nothing_is_offered_and_finds_back(system: System) -> None:
    slug = await a_forum(system)
    page = f"/forums/{slug}/sessions/{await a_session(slug, 1)}"
    _kim, her = await guest(system, "김상인")
    _lee, him = await guest(system, "이과일")
    await submit(her, page)
    waiting = (await submit(him, page)).headers["location"]
    refused = await post_without_page(him, f"{waiting}/take")
    assert (refused.status_code, "지금은 받으실 자리가 없습니다" in refused.text) == (409, True)
    assert "시간이 지났습니다" not in refused.text
    for href in (waiting, "/forums", "/forums/mine"):
        assert f'href="{href}"' in refused.text
    gone = await him.get("/forums/listening-999/sessions")
    assert gone.status_code == 404
    assert 'class="button button-primary" href="/forums"' in gone.text
    assert 'class="button button-primary" href="/"' in (await him.get("/nowhere")).text


async def test_a_stranger_is_told_at_once_that_a_commitment_is_not_theirs_to_contest(system: System) -> None:
    handler = await official("handler")
    forum = await hold_forum()
    submission = await say(
        forum, status=SubmissionState.ANSWERED, outcome="adopted", department_id=handler.department_id
    )  # fmt: skip
    number = await answering.commit(
        handler, submission.number, MakeCommitment("조명", "handler", today() + timedelta(days=9))
    )
    _park, stranger = await guest(system, "지나가는 사람")
    for words in ("꺼졌어요.", ""):
        refused = await post_without_page(stranger, f"/commitments/{number}/contest", data={"text": words})
        assert refused.status_code == 403
        assert f'class="button button-primary" href="/commitments/{number}"' in refused.text
