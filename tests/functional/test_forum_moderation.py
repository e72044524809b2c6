"""이접수 and 정심사 look after what people write: under attack, when authors appeal, and when both decide at once."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from forums.actions import commenting, deciding, moderating, planning, speaking
from forums.errors import AlreadyDecided, OwnDecision
from forums.forms.moderating import AppealHiding, Decide, ReportText
from forums.forms.speaking import Say, Submit
from forums.models import Comment, Forum, Review, Submission
from forums.queries import moderation, moderators
from forums.queries.moderators import Filter
from forums.rights import comment_subject, submission_subject
from forums.search import SUBMISSION
from forums.states import TextAction
from server.core import city, clock, ledger, ledger_check, search
from server.core.accounts import Account, Role
from server.core.config import Settings
from server.core.days import today
from server.core.errors import Refusal
from server.core.participants.links import person_link
from server.core.participants.people import Person, take_name
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.page_forms import Form, form, post_without_page, send, submit
from tests.support.system import System, opened

SPAM = "지금 바로 대출 상담 받으세요. 무담보 당일 승인, 상담은 전화 주세요 {}"
HIDE = Decide(TextAction.HIDE, "advert")
SHOW = Decide(TextAction.SHOW)


async def someone(name: str) -> Person:
    return await take_name(f"{name}@example.org", name, "ko")


async def a_talk(system: System, **changes: object) -> str:
    slug = await a_forum(system, "listening", **changes)
    await planning.start(await official("clerk"), slug)
    return slug


async def remark(person: Person, slug: str, text: str) -> str:
    return comment_subject((await commenting.on_forum(person, slug, Say(text)))[0])


def listed(page: str) -> list[str]:
    """The texts of a page of the queue, in order."""
    return [found.replace("-", "/", 1) for found in re.findall(r'id="review-((?:comment|submission)-[\w-]+)"', page)]


async def flood(slug: str, authors: int, each: int) -> None:
    """What a program writes in a minute, as it would stand in the table."""
    forum = await Forum.get(slug=slug)
    people = [await someone(f"bot{number}") for number in range(authors)]
    now = clock.now()
    rows = [
        Comment(
            forum_id=forum.id, participant_id=who.id, author=who.name, text=SPAM.format(number),
            fingerprint=4711 if place else 1000 + number, created_at=now - timedelta(milliseconds=200 * number),
        )
        for place, who in enumerate(people)
        for number in range(each)
    ]  # fmt: skip
    await Comment.bulk_create(rows)
    await Forum.filter(id=forum.id).update(comments=authors * each)


async def all_of(moderator: httpx.AsyncClient, of: str, by: str) -> tuple[Form, int]:
    """The form that asks about many texts, and how many it says."""
    page = await moderator.get(f"/desk/moderation/all?of={of}&by={by}")
    count = re.search(r"글 (\d+)건 가리기", page.text)
    assert count
    return form(page, "/all"), int(count[1])


async def test_three_hundred_spam_comments_are_gone_in_a_few_presses(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    slug = await a_talk(system)
    mina, jun = await someone("미나"), await someone("준")
    await flood(slug, authors=5, each=60)
    innocent = await remark(mina, slug, "시장 골목에 그늘막이 있으면 좋겠습니다.")
    angry = await remark(jun, slug, "대출 광고가 너무 많네요. 지금 바로 지워 주세요.")
    one, other = [comment_subject((await Comment.filter(author=name))[0].id) for name in ("bot0", "bot1")]
    for reader in range(3):
        await moderating.report(f"browser:{reader}", other, ReportText("advert", "광고예요"))
    await moderating.report("browser:0", one, ReportText("advert", ""))
    await moderating.report("browser:0", angry, ReportText("insult", ""))

    intake = await system.official("intake")
    page = (await intake.get("/desk/moderation")).text
    assert listed(page) == [other, one, angry], "the most reported first, then the oldest"
    assert "(+239)" in page
    assert page.count("광고예요") == 3

    # Everything of one author: counted and asked first, then done.
    everything, count = await all_of(intake, one, "author")
    assert count == 60
    later = await remark(await someone("bot0"), slug, "이건 나중에 쓴 다른 글입니다. 정말로요.")
    unruly = {**everything.values, "rule": ""}
    assert (await post_without_page(intake, everything.url, data=unruly)).status_code == 422
    done = await send(intake, everything, rule="advert")
    assert done.headers["location"] == "/desk/moderation"
    assert await Comment.filter(author="bot0", visibility="hidden").count() == 60, "none that was written later"

    # The same text from four authors: one more page, one more press, whose cost does not grow with each text.
    everything, count = await all_of(intake, other, "wording")
    assert count == 240
    statements = count_queries()
    assert (await send(intake, everything, rule="repeated")).status_code == 303
    assert len(statements) < 60, statements

    # What was written so fast was held; what readers reported wrongly stands: ticked in the list, asked, done.
    queue = await intake.get("/desk/moderation")
    assert listed(queue.text) == [later, angry]
    ticked = [f"{later}:0", f"{angry}:0"]
    asked = await send(intake, form(queue, "/chosen"), button="show", pick=ticked)
    await send(intake, form(asked, "/chosen"))
    assert "결정을 기다리는 글이 없습니다" in (await intake.get("/desk/moderation")).text
    assert {row.author for row in await Comment.filter(visibility="shown")} == {"미나", "준", "bot0"}
    assert (await Forum.get(slug=slug)).comments == 3
    picks = [f"{one}:1", f"{other}:1", f"{innocent}:0", "comment/0:0"]
    asked = await post_without_page(intake, "/desk/moderation/chosen", data={"pick": picks, "action": "show"})
    partly = await send(intake, form(asked, "/chosen"))
    assert "글 2건을 보이게 두었습니다" in partly.text
    assert "comment/0" in partly.text

    # The books: each text's own event, the public figures, the trail of the forum.
    assert [problem async for problem in ledger_check.verify()] == []
    assert [entry.kind for entry in await ledger.read(f"talk/{slug}")].count("text.hidden") == 300
    year, total = await moderation.figures(today())
    assert year == total == moderation.Count(reported=3, hidden=300, appealed=0, shown=2)
    assert ">300<" in (await system.visitor().get("/forums/rules")).text
    trail = await intake.get(f"/desk/moderation/forums/{slug}")
    older = re.search(rf'href="(/desk/moderation/forums/{slug}\?before=\d+)"', trail.text)
    assert older
    assert (await intake.get(older[1])).text.count("<tr>") == trail.text.count("<tr>") == 51


async def test_an_author_appeals_and_somebody_else_decides(system: System) -> None:
    slug = await a_talk(system)
    mina = await someone("미나")
    number = await speaking.submit(
        mina, slug, Submit("주차장을 늘려 주세요", "시장 앞에 주차할 곳이 없습니다.", "idea")
    )
    subject = submission_subject(number)
    at = f"/desk/moderation/{subject}"

    # A reader without an account reports it: once a browser, and however many do, it stays.
    reader = system.visitor()
    page = await reader.get(f"/forums/report/{subject}")
    assert "주차할 곳이 없습니다" in page.text
    refused = await send(reader, form(page), text="900101-1234568")
    assert refused.status_code == 422
    for _twice in range(2):
        sent = await send(reader, form(refused), rule="advert", text="광고 같아요")
        thanks = await reader.get(sent.headers["location"])
        assert f"/submissions/{number}" in thanks.text
    for _each in range(3):  # a browser that keeps no mark is known by where it comes from
        await post_without_page(system.visitor(), f"/forums/report/{subject}", data={"rule": "advert"})
    assert (await Review.get(subject=subject)).reports == 2
    assert (await Submission.get(number=number)).visibility == "shown"

    intake = await system.official("intake")
    wrong = await submit(intake, at, subject, button="hide", rule="", reason="제 말은 남아요")
    assert wrong.status_code == 422
    assert "제 말은 남아요" in wrong.text
    decision = form(await intake.get("/desk/moderation?why=reported"), subject)
    for _twice in range(2):
        hidden = await send(intake, decision, button="hide", rule="advert")
        assert hidden.headers["location"] == "/desk/moderation?why=reported", "pressed twice, it is hidden once"
    assert (await Forum.get(slug=slug)).submissions == 0
    assert not await search.ENGINE.newest(SUBMISSION, "주차장", limit=5)
    told = await moderation.reasons([subject])
    assert (told[subject].rule, told[subject].appealed) == ("advert", False)
    assert (await reader.get(f"/forums/report/{subject}")).status_code == 404
    assert "이 공론장과 관계없는 광고" in (await reader.get(f"/submissions/{number}")).text

    await and_appeals(system, mina, subject, intake)
    assert (await Forum.get(slug=slug)).submissions == 1
    assert await search.ENGINE.newest(SUBMISSION, "주차장", limit=5)


async def and_appeals(system: System, mina: Person, subject: str, intake: httpx.AsyncClient) -> None:
    reader, inspector, at = system.visitor(), await system.official("inspector"), f"/desk/moderation/{subject}"
    # Only its author can ask for a second look, in words, once.
    with pytest.raises(Refusal):
        await moderating.appeal(await someone("준"), subject, AppealHiding("제 글이 아니지만 보여 주세요."))
    author = await a_browser_of(system, mina)
    assert (await reader.get(f"/forums/appeal/{subject}")).status_code == 403
    shown = form(await author.get(f"/forums/appeal/{subject}"))
    assert (await send(author, shown, text="")).status_code == 422
    for _twice in range(2):
        asked = await send(author, shown, text="광고가 아니라 제안입니다.")
        assert asked.status_code == 303
    again = await send(author, shown, text="다시 한번 부탁드립니다. 제발요.")
    assert again.status_code == 409
    assert "다른 담당자가 결정합니다" in (await author.get(f"/forums/appeal/{subject}")).text

    # Who hid it is refused, and told who decides; the other one leaves it hidden, and later shows it after all.
    own = await submit(intake, at, subject, button="uphold")
    assert own.status_code == 403
    assert "정심사" in own.text
    queue = await inspector.get("/desk/moderation")
    assert "광고가 아니라 제안입니다." in queue.text
    upheld = await send(inspector, form(queue, subject), button="uphold", reason="가게 이름을 빼 주세요.")
    assert upheld.status_code == 303
    assert "가게 이름을 빼 주세요." in (await author.get(f"/forums/appeal/{subject}")).text
    assert (await moderation.reasons([subject]))[subject].upheld
    assert (await submit(inspector, at, subject, button="show")).status_code == 303
    assert not await moderation.reasons([subject])

    # Hidden again, it may be appealed again, and the appeal is heard.
    await submit(intake, at, subject, button="hide", rule="off_topic", reason="주제가 달라요.")
    await submit(author, f"/forums/appeal/{subject}", text="토론회 주제와 같은 이야기입니다.")
    await submit(inspector, at, subject, button="show")
    assert [entry.kind for entry in await moderation.history(subject)] == [
        "text.reported", "text.reported", "text.hidden", "text.appealed", "text.appeal_dismissed", "text.shown",
        "text.hidden", "text.appealed", "text.shown",
    ]  # fmt: skip
    assert (await ledger.read(subject))[-1].data["after_appeal"]
    assert "주제가 달라요." in (await inspector.get(at)).text
    _year, total = await moderation.figures(today())
    assert total == moderation.Count(reported=1, hidden=2, appealed=2, shown=2)


async def a_browser_of(system: System, person: Person) -> httpx.AsyncClient:
    """A browser in which somebody speaks, by the link of a mail."""
    client = system.visitor()
    link = person_link(system.settings, person.id, "/forums/mine")
    await client.get(link.removeprefix(system.settings.public_url))
    return client


async def test_what_a_forum_wants_to_see_first_waits_and_two_moderators_decide_once(system: System) -> None:
    slug = await a_talk(system, moderation="before")
    mina = await someone("미나")
    first, second = [await remark(mina, slug, text) for text in ("그늘막을 세워 주세요.", "의자도 놓아 주세요.")]
    number = await speaking.submit(mina, slug, Submit("화장실", "공중화장실이 멀어요.", "idea"))
    taken_back = await speaking.submit(mina, slug, Submit("휴지통", "휴지통이 없어요. 놓아 주세요.", "idea"))
    await speaking.withdraw(mina, taken_back)
    forum = await Forum.get(slug=slug)
    assert (forum.comments, forum.submissions) == (0, 0)
    known = await city.city()
    page = await moderators.queue(Filter(forum=slug, why="before"), known)
    assert [item.text.subject for item in page.rows] == [first, second, submission_subject(number)]
    assert not (await moderators.queue(Filter(rule="advert"), known)).rows
    assert not (await moderators.queue(Filter(why="reported"), known)).rows

    # One hides, one shows, at the same moment: one wins, the other is told.
    browsers = {name: await system.official(name) for name in ("intake", "inspector")}
    seen = {name: form(await browser.get("/desk/moderation"), first) for name, browser in browsers.items()}
    intake, inspector = await official("intake"), await official("inspector")
    outcomes = await asyncio.gather(
        deciding.decide(intake, first, replace(HIDE, seen=0)),
        deciding.decide(inspector, first, replace(SHOW, seen=0)),
        return_exceptions=True,
    )
    assert {type(outcome) for outcome in outcomes} == {type(None), AlreadyDecided}

    shown = isinstance(outcomes[0], AlreadyDecided)
    assert (await Forum.get(slug=slug)).comments == shown
    late = "intake" if shown else "inspector"
    told = await send(browsers[late], seen[late], button="hide", rule="insult", reason="제가 쓰던 이유")
    assert told.status_code == 409
    assert "제가 쓰던 이유" in told.text
    assert ("정심사" if shown else "이접수") in told.text

    # A mixed batch in one go: what is held is shown and counted, what another has hidden stays.
    outcomes_of_many = await deciding.decide_many(intake, {second: 0, submission_subject(number): 0, first: 0}, SHOW)
    assert [type(outcome) for outcome in outcomes_of_many.values()] == [type(None), type(None), AlreadyDecided]
    forum = await Forum.get(slug=slug)
    assert (forum.comments, forum.submissions) == (1 + shown, 1)
    assert [problem async for problem in ledger_check.verify()] == []


async def test_moderators_and_speakers_at_once_lose_no_count(system: System) -> None:
    slug = await a_talk(system)
    people = [await someone(f"시민{number}") for number in range(6)]
    numbers = [
        await speaking.submit(who, slug, Submit(f"생각 {who.name}", f"{who.name}의 다른 생각입니다.", "idea"))
        for who in people[:3]
    ]
    on_submissions = [
        comment_subject((await commenting.on_submission(who, number, Say(f"{who.name}: {number} 좋아요")))[0])
        for who, number in zip(people, numbers * 2, strict=True)
    ]
    texts = [
        *map(submission_subject, numbers),
        *on_submissions,
        *[await remark(who, slug, f"{who.id}번째 말") for who in people],
    ]
    intake, inspector = await official("intake"), await official("inspector")
    said = asyncio.gather(
        *(
            commenting.on_submission(who, number, Say(f"{who.name}, 새 말"))
            for who, number in zip(people[:3], numbers, strict=True)
        ),
        *(moderating.report(f"browser:{number}", texts[-1], ReportText("advert", "")) for number in range(3)),
        return_exceptions=True,
    )  # refused once the text is hidden
    first, second = await asyncio.gather(
        deciding.decide_many(intake, dict.fromkeys(texts, 0), HIDE),
        deciding.decide_many(inspector, dict.fromkeys(reversed(texts), 0), HIDE),
    )
    await said
    for text in texts:
        assert (first[text] is None) != (second[text] is None), "exactly one of them has hidden it"
    for number in numbers:
        row = await Submission.get(number=number)
        assert row.comments == await Comment.filter(submission_id=row.id, visibility="shown").count()
    forum = await Forum.get(slug=slug)
    assert forum.submissions == 0
    assert forum.comments == await Comment.filter(forum_id=forum.id, visibility="shown").count()
    assert [problem async for problem in ledger_check.verify()] == []


async def test_with_one_moderator_the_inspector_decides_and_without_anybody_it_says_so(system: System) -> None:
    slug = await a_talk(system)
    mina = await someone("미나")
    subject = await remark(mina, slug, "저는 반대합니다. 시장은 그대로가 좋아요.")
    intake = await official("intake")
    await deciding.decide(intake, subject, replace(HIDE, seen=None))
    await moderating.appeal(mina, subject, AppealHiding("의견을 말했을 뿐입니다."))
    with pytest.raises(OwnDecision, match="정심사"):
        await deciding.decide(intake, subject, SHOW)
    await Account.filter(role=Role.INSPECTOR).update(active=False)
    with pytest.raises(OwnDecision, match="ask an administrator"):
        await deciding.decide(intake, subject, SHOW)

    for username in ("handler", "clerk", "admin"):
        other = await system.official(username)
        for address in ("", f"/forums/{slug}", f"/{subject}", f"/all?of={subject}&by=author"):
            assert (await other.get(f"/desk/moderation{address}")).status_code == 403
        for address in ("chosen", "all", subject):
            body = {"action": "show", "pick": subject, "of": subject, "by": "author", "sure": "1"}
            assert (await post_without_page(other, f"/desk/moderation/{address}", data=body)).status_code == 403
    assert (await system.visitor().get("/desk/moderation")).headers["location"].startswith("/desk/sign-in")


async def test_who_reports_without_end_is_slowed_down(settings: Settings) -> None:
    async with opened(replace(settings, rate_limits=True)) as system:
        subject = await remark(await someone("미나"), await a_talk(system), "시장 골목이 어두워요.")
        report = form(await system.client.get(f"/forums/report/{subject}"))
        answers = [(await send(system.client, report, rule="advert")).status_code for _each in range(12)]
        assert answers == [303] * 10 + [429] * 2
