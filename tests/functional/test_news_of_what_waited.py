"""What waited for a moderator is news when it is shown; who supports a proposal hears what became of it."""

from datetime import timedelta

from forums.actions import deciding, proposing, speaking, supporting
from forums.forms.assigning import TextOnly
from forums.forms.moderating import Decide
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Submit
from forums.queries import news
from forums.states import TextAction
from server.core import clock
from server.core.jobs import Task
from server.core.participants.people import take_name
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.stories import to
from tests.support.system import System


async def test_a_submission_that_waited_is_news_once_and_supporters_are_told(system: System) -> None:
    slug, intake = await a_forum(system, moderation="before"), await official("intake")
    who, other = [await take_name(f"{n}@example.org", n, "ko") for n in ("narae", "park")]
    number = await speaking.submit(who, slug, Submit("차양", "가게 앞 차양이 필요합니다.", "idea"))
    await system.work()
    kinds = [item.entry.kind for item in await news.newest({"forum_id": 1})]
    assert kinds == ["forum.published"]
    for action in (TextAction.SHOW, TextAction.HIDE, TextAction.SHOW):
        await deciding.decide(intake, f"submission/{number}", Decide(action, "advert" if action == "hide" else ""))
        await system.work()
    items = await news.newest({"forum_id": 1})
    assert [item.entry.kind for item in items] == ["text.shown", "forum.published"], "once"
    for title in ("밤에 일하는 사람들", "아침에 일하는 사람들"):
        asked = await proposing.propose(who, ProposeForum("listening", title, "이야기를 들어 주세요.", "ko"))
        await supporting.support(other, f"forum/{asked}")
        said = TextOnly("다음 달에 있습니다.")
        await (proposing.accept if title[0] == "밤" else proposing.decline)(intake, asked, said)
        await system.work()
    subjects = [mail["Subject"] for mail in to(system, "park@example.org")]
    assert len(subjects) == 2
    assert all("공감하신 제안" in subject for subject in subjects)
    assert "공감" not in to(system, "narae@example.org")[-1]["Subject"]
    told = {item.entry.kind for item in await news.newest({"forum_kind": "listening"})}
    assert {"forum.accepted", "forum.declined"} <= told


async def test_many_texts_hidden_at_once_are_three_mails_and_a_digest(system: System) -> None:
    slug, intake = await a_forum(system), await official("intake")
    who = await take_name("narae@example.org", "narae", "ko")
    texts = [Submit(f"{n} 광고", f"{n * 7}번 가게로 오세요", "idea") for n in range(5)]
    numbers = [await speaking.submit(who, slug, each) for each in texts]
    await system.work()
    before = len(to(system, "narae@example.org"))
    for number in numbers:
        await deciding.decide(intake, f"submission/{number}", Decide(TextAction.HIDE, "advert"))
    await system.work()
    assert len(to(system, "narae@example.org")) == before + 3
    here = clock.now().astimezone(system.settings.zone)
    with clock.at((here + timedelta(days=1)).replace(hour=9)):
        await system.worker.handlers["core.digest"](Task("digest", "core.digest", {}, 1))
    told = to(system, "narae@example.org")[before + 3 :]
    assert len(told) == 1
    assert str(told[0].get_body(("plain",)).get_content()).count("규칙") >= 2  # type: ignore[union-attr]
