"""The days of a commitment: nothing is done before it was promised, nor was any step of it to be."""

from datetime import timedelta

import pytest

from forums.actions import answering, committing
from forums.forms.committing import Finish, MakeCommitment
from forums.models import Commitment, Submission
from forums.states import SubmissionState
from server.core import clock
from server.core.days import today
from server.core.errors import Invalid
from tests.support.answers import official
from tests.support.page_forms import form, send, submit
from tests.support.submissions import hold_forum, say
from tests.support.system import System


async def test_an_official_cannot_say_that_it_was_done_before_it_was_promised(system: System) -> None:
    handler = await official("handler")
    forum = await hold_forum()
    submission = await say(
        forum, status=SubmissionState.ANSWERED, outcome="adopted", department_id=handler.department_id
    )  # fmt: skip
    made_on = today()
    number = await answering.commit(
        handler, submission.number, MakeCommitment("조명", "handler", made_on + timedelta(days=30))
    )
    desk = f"/desk/commitments/{number}"
    with clock.at(clock.now() + timedelta(days=5)):
        browser = await system.official("handler")
        early = (made_on - timedelta(days=1)).isoformat()
        finish = form(await browser.get(desk), "/finish")
        page = await send(browser, finish, finish__evidence="달았습니다.", finish__done_on=early)
        assert page.status_code == 422
        assert 'href="#field-finish.done_on"' in page.text
        assert str(made_on) in page.text
        assert "달았습니다." in page.text
        edit = form(page, "/edit")
        step = {"edit.steps.1.text": "자리 정하기", "edit.steps.1.due_on": early}
        refused = await send(browser, edit, **step)
        assert (refused.status_code, 'href="#field-edit.steps.1.due_on"' in refused.text) == (422, True)
        kept = {**step, "edit.steps.1.due_on": made_on.isoformat()}
        assert (await send(browser, form(refused, "/edit"), **kept)).status_code == 303
        for day in (made_on - timedelta(days=1), today() + timedelta(days=1)):
            with pytest.raises(Invalid) as refusal:
                await committing.finish(handler, number, Finish("달았습니다.", done_on=day))
            assert [error.field for error in refusal.value.errors] == ["done_on"]
        assert (await Commitment.get()).done_on is None
        done = {"finish.evidence": "달았습니다.", "finish.done_on": made_on.isoformat()}
        assert (await submit(browser, desk, "/finish", **done)).status_code == 303
        assert (await Submission.get(id=submission.id)).done_on == made_on
