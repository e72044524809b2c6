"""A case that is talked about without end: its newest events come first, none is out of reach, little is read."""

import re
from collections.abc import Callable

import httpx

from petitions.events import MessageSent, NoteWritten
from petitions.models import Case, Statement
from petitions.queries import case_events
from petitions.rights import subject
from server.core import clock, database, ledger
from tests.support.desk import desk
from tests.support.stories import filed, opened_with_key
from tests.support.system import System

TALKS, AT_ONCE = 1_200, 300


async def talk(reference: str) -> None:
    """Messages and internal notes by turns, more than any page reads."""
    case, now = await Case.get(reference=reference), clock.now()
    words = [Statement(case_id=case.id, text=f"말 {number:04}.", created_at=now) for number in range(TALKS)]
    await Statement.bulk_create(words)
    rows = await database.fetch("SELECT id FROM statement WHERE case_id = ? AND text LIKE '말 %' ORDER BY id", case.id)
    async with database.transaction():
        chain = await ledger.lock(subject(reference))
        for first in range(0, TALKS, AT_ONCE):
            some = [row["id"] for row in rows[first : first + AT_ONCE]]
            told = [NoteWritten(one) if number % 2 else MessageSent(one) for number, one in enumerate(some)]
            await chain.append("official:1", *told)


def said(answer: httpx.Response) -> list[int]:
    """The numbers of the words on a page, in its order."""
    assert answer.status_code == 200, answer.text[:300]
    return [int(number) for number in re.findall(r"말 (\d{4})\.", answer.text)]


def earlier(answer: httpx.Response) -> str:
    found = re.search(r'rel="next" href="([^"]+)"', answer.text)
    return found[1].replace("&amp;", "&") if found else ""


async def walked(browser: httpx.AsyncClient, path: str) -> list[int]:
    """What the pages say, from the newest to the earliest."""
    numbers = []
    while path:
        answer = await browser.get(path)
        numbers += said(answer)
        assert answer.text.count('id="event-') <= case_events.SHOWN
        following = earlier(answer)
        path = following and str(answer.url.join(following))
    return numbers


async def test_the_newest_events_come_first_and_every_earlier_one_can_be_reached(
    system: System, count_queries: Callable[[], list[str]]
) -> None:
    case = await filed()
    hong, handler = await opened_with_key(system, case), await desk(system, "handler")
    intake = await desk(system, "intake")
    await intake.open(f"/desk/cases/{case.reference}")
    await intake.send("accept")
    await handler.open(f"/desk/cases/{case.reference}")
    await handler.send("request-supplement", text="고장 난 등의 번호를 알려 주세요.", days="5")
    await talk(case.reference)
    path, at_desk = f"/cases/{case.reference}", f"/desk/cases/{case.reference}?list=sort%3Dnew"

    newest = await hong.get(path)
    assert said(newest)[0] == TALKS - 2, "the last message; the note after it is internal"
    assert "고장 난 등의 번호를 알려 주세요." in newest.text, "what is asked for is told however long ago it was"
    last = (await ledger.newest([subject(case.reference)], limit=2))[1]
    assert f"stream?after={last.transaction_id}-{last.id}" in newest.text

    messages, everything = await walked(hong, path), await walked(handler.client, at_desk)
    assert messages == [n for n in range(TALKS - 1, -1, -1) if n % 2 == 0]
    assert everything == list(range(TALKS - 1, -1, -1))
    for odd in ("", "0", "-1", "x", "9" * 40, "1.5"):
        assert (await hong.get(path, params={"before": odd})).status_code == 200, odd

    sequences, after = [], "0"
    while after:
        answer = await hong.get(f"/api/v1/cases/{case.reference}/events", params={"after": after})
        sequences += [event["sequence"] for event in answer.json()["items"]]
        after = answer.json()["next"]
    assert len(sequences) == len(set(sequences)) == answer.json()["total"]
    assert sequences == sorted(sequences)

    read = count_queries()
    await hong.get(path)
    assert sum("statement" in query for query in read) <= 2
    assert all("AND id IN (" in query for query in read if "FROM statement" in query)

    await handler.send("supplement", text="늦은 보완")
    assert handler.status == 409
    assert "말 1198." in handler.page.one(class_="conflict").text, "the note after it hinders nobody"
    program = await system.program("handler2")
    late = await program.post(
        f"/api/v1/desk/cases/{case.reference}/supplement", json={"text": "늦은 보완", "version": 1}
    )
    assert late.status_code == 409
    message = (await ledger.newest([subject(case.reference)], limit=2))[1]
    assert late.json()["changes"][-1]["sequence"] == message.sequence
    assert len(late.content) < 20_000
