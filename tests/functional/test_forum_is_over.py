"""A forum that is over: people have their say for a while, then on single submissions only, and its page says so."""

from datetime import timedelta

from forums.actions import planning
from forums.models import Comment, Forum, Submission
from forums.queries import live
from server.core import clock
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.page_forms import post_without_page, submit
from tests.support.places import guest
from tests.support.system import System

SAID = {"stance": "idea", "title": "조명을 달아 주세요", "text": "저녁이면 골목이 어둡습니다.", "district": "central"}
OVER = "이 공론장은 닫혔습니다. 올라온 의견에는 계속 댓글을 달 수 있습니다."


async def test_after_the_evening_people_still_have_their_say_for_two_weeks(system: System) -> None:
    intake = await official("intake")
    slug, asked = await a_forum(system), await a_forum(system, "discussion")
    _her, browser = await guest(system, "골목 꽃집")
    for one in (slug, asked):
        await planning.close(intake, one)
    talk = f'action="/forums/{slug}/comments"'
    page = (await browser.get(f"/forums/{slug}")).text
    assert "끝난 공론장입니다" in page
    assert (f"/forums/{slug}/speak" in page, talk in page, "받지 않습니다" in page) == (True, True, False)
    assert (await submit(browser, f"/forums/{slug}", "/comments", text="집에 와서 생각났어요.")).status_code == 303
    assert (await submit(browser, f"/forums/{slug}/speak", **SAID)).status_code == 303
    # A discussion was open all the time: it ends with its end, and so does what is said beside it.
    page = (await browser.get(f"/forums/{asked}")).text
    assert (f"/forums/{asked}/speak" in page, f"/forums/{asked}/comments" in page) == (False, False)
    assert OVER in page
    await Forum.filter(slug=asked).update(comments=1)  # on a submission
    assert 'id="talk"' not in (await browser.get(f"/forums/{asked}")).text
    assert [one.open for one in await live.comments([(await Comment.get()).id])] == [True]
    with clock.at(clock.now() + timedelta(days=14)):
        page = (await browser.get(f"/forums/{slug}")).text
        assert (f"/forums/{slug}/speak" in page, talk in page) == (False, False)
        assert OVER in page
        for path, words in (("comments", {"text": "늦은 말"}), ("speak", {**SAID, "title": "늦은 말"})):
            assert (await post_without_page(browser, f"/forums/{slug}/{path}", data=words)).status_code == 409
        refused = await browser.post(f"/api/v1/forums/{slug}/submissions", json=SAID)
        assert refused.status_code == 409, refused.text
        told = (await system.client.get(f"/api/v1/forums/{slug}")).json()
        assert told["may_speak"] is False
        # A submission's answer comes later, so what is said to it stays possible.
        submission = f"/submissions/{(await Submission.get()).number}"
        assert (await submit(browser, submission, "/comments", text="답변 잘 읽었습니다.")).status_code == 303
        told_now = await live.comments([one.id for one in await Comment.all()])
        assert {bool(one.submission): one.open for one in told_now} == {False: False, True: True}
    assert (await Submission.all().count(), await Comment.all().count()) == (1, 2)
