"""미나 takes back what she said in passing: only moderators read it, its place stays for the answers."""

import httpx

from forums.actions import commenting, deciding, speaking
from forums.forms.moderating import Decide
from forums.forms.speaking import Say, Submit
from forums.letters import ForumLetters
from forums.models import Comment, Forum, Review, Submission
from forums.rights import comment_subject
from forums.spam import FLOOD, FLOOD_SPAN
from forums.states import TextAction
from server.core import clock, ledger
from tests.functional.test_forum_live import talking, told
from tests.functional.test_speaking import comment, speaker, submitted
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.stories import listening
from tests.support.system import System

WORDS, LINE = "저는 시장 이야기를 잘못 알았습니다", "글쓴이가 철회한 댓글입니다."


async def say(client: httpx.AsyncClient, number: str, text: str, parent: int | None = None) -> int:
    made = await comment(client, f"/submissions/{number}", text, parent)
    return int(made.headers["location"].rpartition("-")[2])


async def test_a_comment_goes_and_its_place_stays_for_the_answers(system: System) -> None:
    slug = await a_forum(system)
    mina, neighbour = (
        await speaker(system, "미나", "mina@example.org"),
        await speaker(system, "옆집", "next@example.org"),
    )
    number = await submitted(neighbour, slug)
    page, talk = f"/submissions/{number}", f"/api/v1/submissions/{number}/comments"
    handler = await system.official("handler")
    root = await say(mina, number, WORDS)
    answer, official_answer = (
        await say(neighbour, number, "그럴 수 있지요", root),
        await say(handler, number, "확인", root),
    )
    alone = await say(mina, number, "혼자 있는 말")
    await submit(mina, f"/forums/report/comment/{root}", rule="advert")
    assert (await Review.get(subject=f"comment/{root}")).open

    assert f"/comments/{root}/withdraw" in (await mina.get(page)).text
    for other in (neighbour, handler):
        assert f"/comments/{root}/withdraw" not in (await other.get(page)).text
        assert (await other.get(f"/comments/{root}/withdraw")).status_code == 403
        assert (await post_without_page(other, f"/comments/{root}/withdraw")).status_code == 403
    assert (await post_without_page(system.client, f"/comments/{root}/withdraw")).status_code == 403
    asked = await mina.get(f"/comments/{root}/withdraw")
    assert WORDS in asked.text
    for _press in range(2):
        gone = await send(mina, form(asked))
        assert (gone.status_code, gone.headers["location"]) == (303, f"{page}#comments")
    assert (await submit(mina, f"/comments/{alone}/withdraw")).status_code == 303
    events = [event.data["comment"] for event in await ledger.read(f"talk/{slug}") if "withdrawn" in event.kind]
    assert events == [root, alone], "once each"
    assert (await Submission.get(number=number)).comments == 2 == (await Forum.get(slug=slug)).comments
    assert not (await Review.get(subject=f"comment/{root}")).open

    moderator = await system.official("intake")
    for reader in (mina, neighbour, system.client, moderator):
        for address in (page, f"{page}/comments/{root}", talk):
            seen = (await reader.get(address)).text
            assert WORDS not in seen
            assert "혼자 있는 말" not in seen
            assert "그럴 수 있지요" in seen
    seen = (await mina.get(page)).text
    assert seen.count(LINE) == 1
    assert f"/comments/{root}/withdraw" not in seen
    assert 'name="parent"' not in (await mina.get(f"{page}/comments/{root}")).text, "nobody answers it any more"
    (thread,) = (await system.client.get(talk)).json()["items"]
    assert (thread["visibility"], thread["author"], len(thread["answers"])) == ("withdrawn", "", 2)
    for address in (f"{page}/comments/{alone}", f"/comments/{alone}/withdraw", f"/comments/{root}/withdraw"):
        assert (await mina.get(address)).status_code == 404
    for address in (f"/comments/{root}/supports", f"/forums/report/comment/{root}"):
        assert (await post_without_page(neighbour, address, data={"rule": "advert"})).status_code == 404
    assert WORDS not in (await moderator.get(f"/desk/moderation/comment/{answer}")).text
    tried = [
        await post_without_page(neighbour, f"{page}/comments", data={"text": "답", "parent": n}) for n in (root, answer)
    ]
    assert [each.status_code for each in tried] == [404, 404], "the whole thread is closed"

    assert (await submit(handler, f"/comments/{official_answer}/withdraw")).status_code == 303
    assert LINE in (await system.client.get(page)).text
    await submit(neighbour, f"/comments/{answer}/withdraw")
    assert LINE not in (await system.client.get(page)).text, "nobody answers it: it leaves no line"
    assert (await system.client.get(talk)).json()["items"] == []
    assert (await Submission.get(number=number)).comments == 0 == (await Forum.get(slug=slug)).comments
    assert await Comment.filter(visibility="withdrawn").count() == 4
    again = await say(mina, number, WORDS)
    assert (await Comment.get(id=again)).visibility == "shown", "what was taken back repeats nothing"


async def test_what_waits_or_is_hidden_is_taken_back_and_no_mail_goes_after_it(system: System) -> None:
    slug, mina = await talking(system, moderation="before")
    moderator = await official("intake")
    waits, hidden = [
        (await commenting.on_forum(mina, slug, Say(text)))[0] for text in ("첫째 말입니다", "둘째 말입니다")
    ]
    await deciding.decide(moderator, comment_subject(hidden), Decide(TextAction.HIDE, "insult", "욕설이 있습니다."))
    entries = [event for event in await ledger.read(f"talk/{slug}") if event.kind in {"text.held", "text.hidden"}]
    letters = ForumLetters(system.settings)
    told = [[addressee.to for _mail, addressee in await letters.addressees(entry)] for entry in entries]
    assert told == [[f"person:{mina.id}"]] * 3
    for number in (waits, hidden):
        await commenting.withdraw(mina, number)
    for entry in entries:
        assert await letters.letter(entry, 0, f"person:{mina.id}") is None, "it was in the post"
    assert (await Forum.get(slug=slug)).comments == 0
    assert not await Review.filter(open=True).exists()
    await system.work()
    assert system.mails() == []
    assert "욕설이 있습니다." not in (await system.client.get(f"/forums/{slug}")).text


async def test_moderators_still_see_what_was_hidden_or_reported_and_nobody_else_does(system: System) -> None:
    slug = await a_forum(system)
    mina, neighbour = (
        await speaker(system, "미나", "mina@example.org"),
        await speaker(system, "옆집", "next@example.org"),
    )
    number = await submitted(neighbour, slug)
    said = "어제 회의는 거짓말이었습니다"
    made = await comment(mina, f"/submissions/{number}", said, stance="against")
    insult = int(made.headers["location"].rpartition("-")[2])
    reported = await say(mina, number, WORDS)
    answer = await say(neighbour, number, "그럴 수 있지요", insult)
    other = await official("intake")
    await deciding.decide(other, comment_subject(insult), Decide(TextAction.HIDE, "insult", "욕설이 있습니다."))
    await submit(neighbour, f"/forums/report/comment/{reported}", rule="advert")
    for one in (insult, reported):
        assert (await submit(mina, f"/comments/{one}/withdraw")).status_code == 303
    moderator = await system.official("intake")
    trail = (await moderator.get(f"/desk/moderation/forums/{slug}")).text
    for one, words in ((insult, said), (reported, WORDS)):
        page = (await moderator.get(f"/desk/moderation/comment/{one}")).text
        assert words in trail
        assert (words in page, ">작성자가 철회함<" in page) == (True, True)
        assert 'name="action"' not in page, "there is nothing to decide"
        for act in ({"action": "show"}, {"action": "hide", "rule": "advert"}):
            assert (await post_without_page(moderator, f"/desk/moderation/comment/{one}", data=act)).status_code == 409
        assert (await mina.get(f"/forums/appeal/comment/{one}")).status_code == 404
        assert (await neighbour.get(f"/forums/report/comment/{one}")).status_code == 404
    assert (await moderator.get(f"/desk/moderation/all?of=comment/{insult}&by=author")).status_code == 200
    assert said not in (await moderator.get(f"/desk/moderation/comment/{answer}")).text
    assert said not in (await moderator.get("/desk/moderation")).text, "it waits for nobody"
    (thread,) = (await system.client.get(f"/api/v1/submissions/{number}/comments")).json()["items"]
    assert (thread["visibility"], thread["author"], thread["text"], thread["stance"], thread["hidden"]) == (
        "withdrawn", "", "", "", None,
    )  # fmt: skip
    for reader in (mina, neighbour, system.client, moderator):
        for address in (f"/submissions/{number}", f"/submissions/{number}/comments/{insult}", f"/forums/{slug}"):
            seen = (await reader.get(address)).text
            assert not [one for one in (said, WORDS, "욕설") if one in seen], address


async def test_open_pages_hear_of_it(system: System) -> None:
    slug, mina = await talking(system)
    handler = await official("handler")
    root = (await commenting.on_forum(mina, slug, Say(WORDS)))[0]
    async with listening(system, system.visitor(), f"/forums/{slug}/stream?lang=ko") as stream:
        answer = (await commenting.on_forum(handler, slug, Say("답입니다", parent=root)))[0]
        while (await told(stream))["comment"] != answer:
            pass
        await commenting.withdraw(mina, root)
        gone = await told(stream)
        assert (gone["what"], gone["comment"], gone["comments"]) == ("withdrawn", root, 1)
        assert LINE in gone["html"]
        assert WORDS not in gone["html"]
        await commenting.withdraw(handler, answer)
        assert {**await told(stream), "stream_id": ""} == {
            "what": "withdrawn", "comment": answer, "parent": root, "html": "", "comments": 0, "stream_id": "",
        }  # fmt: skip
    async with listening(system, system.visitor(), f"/forums/{slug}/stream?lang=ko&after=0") as late:
        assert await told(late)
        assert WORDS not in late.text


async def test_who_takes_everything_back_still_writes_faster_than_one_can_think(system: System) -> None:
    slug, mina = await talking(system)
    with clock.at(clock.now()):
        ids = []
        for turn in range(FLOOD):
            ids.append((await commenting.on_forum(mina, slug, Say(f"{turn}번째 밤 산책길 등불 이야기입니다")))[0])
            await commenting.withdraw(mina, ids[-1])
        assert not await Review.exists(), "a few are no flood, and nothing repeats what was taken back"
        held = (await commenting.on_forum(mina, slug, Say(WORDS)))[0]
        assert (await Comment.get(id=held)).visibility == "pending"
        number = await speaking.submit(mina, slug, Submit("정류장 의자", "의자를 놓아 주세요", "idea"))
        assert (await Submission.get(number=number)).visibility == "pending"
    with clock.at(clock.now() + FLOOD_SPAN):
        later = (await commenting.on_forum(mina, slug, Say("오늘은 이만 하겠습니다")))[0]
        assert (await Comment.get(id=later)).visibility == "shown"
