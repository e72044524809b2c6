"""A person's day through every way in, and nothing left of it afterwards: in no table, in no file, in no log."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image

from forums.actions import commenting, deciding, moderating, proposing, registering, speaking, supporting
from forums.forms.moderating import AppealHiding, Decide, ReportText
from forums.forms.proposing import ProposeForum
from forums.forms.speaking import Say, Submit
from forums.states import TextAction
from server import check
from server.core import clock, database, jobs, observe, search
from server.core.notify import follows, mailbox
from server.core.notify.mailbox import Mode
from server.core.participants import people
from tests.functional.test_kept_forms import keep
from tests.support.answers import official
from tests.support.command import sinmungo
from tests.support.forums import a_forum
from tests.support.papers import an_office_with_documents
from tests.support.places import a_session
from tests.support.system import System
from tests.support.visits import at
from tracking.visits.actions import arriving, passes, telling
from tracking.visits.actions.arriving import Press
from tracking.visits.models import Restriction, Ticket, Visit, VisitRequest, Waiting
from tracking.visits.queries import offices
from tracking.visits.reception_forms import IssuePass
from tracking.visits.states import RequestState, WaitingState
from tracking.visits.ticket_forms import TellMe

NAME, MAIL, PHONE, WORD, PLACE = "뿡쨍뀨", "Zqx.Pelikan@example.org", "010-7391-4862", "쬬뺑휼", "쁠랑로 77"
NEEDLES = (
    NAME, WORD, "쬬뺑", "쁠랑로", "zqx.pelikan", "pelikan", "7391-4862", "73914862", "1073914862",
)  # fmt: skip
"""What must be nowhere, in small letters; the index cuts words into pairs of syllables."""
OTHER = {"name": "이웃집", "email": "neighbour@example.org"}


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the program writes to its log, in full."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(observe.JsonLines())
    handler.addFilter(lambda record: record.name != "httpx")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


async def files_a_petition(system: System, who: dict[str, str], word: str, colour: str) -> dict[str, Any]:
    """A petition with a place, a picture that is looked at, a message, an answer, a rating; its receipt."""
    receipt = await system.file(
        title=f"{word} 가로등", body=f"{word} 앞 가로등이 꺼졌습니다.", petitioner=who, public=True,
        location={"lat": 37.5, "lng": 127.0, "address": f"{word} {PLACE if word == WORD else ''}"},
    )  # fmt: skip
    citizen = system.visitor(**{"x-access-key": receipt["access_key"]})
    case = f"/api/v1/cases/{receipt['reference']}"
    sent = [("files", (f"{word}.png", picture(colour), "image/png"))]
    answer = await citizen.post(f"{case}/attachments", files=sent)
    assert answer.status_code == 201, answer.text
    (attachment,) = answer.json()["attachments"]
    seen = await citizen.get(f"/cases/{receipt['reference']}/thumbnails/{attachment['id']}")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg"), seen.text
    said = await citizen.post(f"{case}/messages", json={"text": f"{word} 언제 고치나요?"})
    assert said.status_code in {200, 201}, said.text
    desk, place = await system.program("handler"), f"/api/v1/desk/cases/{receipt['reference']}"
    intake = await system.program("intake")
    accepted = await intake.post(f"{place}/accept", json={"department": "roads"})
    assert accepted.status_code == 200, accepted.text
    for action, content in (
        ("note", {"text": f"{word}: {who['name']}님께 전화함"}),
        ("answer", {"decision": "accepted", "text": f"{who['name']}님, {word} 앞을 고쳤습니다.", "reasons": word}),
    ):
        done = await desk.post(f"{place}/{action}", json=content)
        assert done.status_code == 200, done.text
    rated = await citizen.post(f"{case}/rating", json={"score": 2, "comment": f"{word} 늦었어요"})
    assert rated.status_code in {200, 201}, rated.text
    await VisitRequest.create(
        case_reference=receipt["reference"], office_id=1, services=[1], times=[], reason=f"{word} 원본", asked_by=1,
        state=RequestState.WITHDRAWN, created_at=clock.now(),
    )  # fmt: skip
    return {**receipt, "attachment": attachment}


async def takes_part(system: System, who: dict[str, str], word: str) -> None:
    """Everything that one can do in a forum, confirmed and not."""
    slug = await a_forum(system)
    waits = await system.client.post(
        f"/api/v1/forums/{slug}/submissions",
        json={"title": f"{word} 제안", "text": f"{word} 조명", "stance": "idea", **who},
    )
    assert waits.status_code == 202, waits.text
    person = await people.take_name(who["email"], who["name"], "ko")
    number = await speaking.submit(person, slug, Submit(f"{word} 의견", f"{word} 조명을 달아 주세요.", "idea"))
    stranger = await people.take_name("stranger@example.org", "낯선이", "ko")
    comment, _parent = await commenting.on_submission(person, number, Say(f"{word} 덧붙입니다."))
    theirs = await speaking.submit(stranger, slug, Submit("다른 의견", "다른 조명을 달아 주세요.", "idea"))
    await supporting.support(person, f"submission/{theirs}")
    await moderating.report("stranger", f"submission/{number}", ReportText("insult", f"{word} 싫어요"))
    for subject in (f"submission/{number}", f"comment/{comment}"):
        await deciding.decide(await official("intake"), subject, Decide(TextAction.HIDE, "insult", f"{word} 심합니다"))
        await moderating.appeal(person, subject, AppealHiding(f"{word} 아주 억울합니다 {subject}"))
    wish = ProposeForum("listening", f"{word} 토론회", f"{word} 이야기를 나눕시다.", "ko", (who["name"],), "", word)
    await proposing.propose(person, wish)
    session = await a_session(await a_forum(system), 3)
    await registering.register(person, session, word)
    await follows.add(who["email"], "all", "ko")
    await mailbox.set_mode(who["email"], Mode.DIGEST)


async def visits(system: System, who: dict[str, str], word: str, start: str) -> dict[str, Any]:
    """A visit with documents, a ticket with a contact and a note, and a waiting list."""
    contact = {name: value for name, value in who.items() if name != "language"}
    body = {"office": "east", "services": ["moving"], "start": at(start).isoformat(), "contact": contact}
    answer = await system.client.post("/api/v1/visits", json=body)
    assert answer.status_code == 201, answer.text
    visit: dict[str, Any] = answer.json()
    key, path = {"X-Access-Key": visit["key"]}, f"/api/v1/visits/{visit['number']}"
    sent = [("files", (f"{word}.png", picture("black" if word == WORD else "white"), "image/png"))]
    handed = await system.client.post(f"{path}/documents/lease", files=sent, headers=key)
    assert handed.status_code == 201, handed.text
    clerk = await system.program("clerk")
    checked = await clerk.post(
        f"/api/v1/desk/visits/{visit['number']}/documents/lease", json={"state": "incomplete", "note": f"{word} 서명"}
    )
    assert checked.status_code == 200, checked.text
    row = await Visit.get(number=visit["number"])
    await Visit.filter(id=row.id).update(note=f"{word} 휠체어")
    await Waiting.create(
        number=f"W-{row.id}", office_id=row.office_id, date=row.date, services=[1], language="ko",
        name=contact["name"], email=contact.get("email", ""), phone=contact.get("phone", ""),
        household=row.household, state=WaitingState.WAITING, created_at=clock.now(),
    )  # fmt: skip
    await Restriction.create(
        household=row.household, office_id=row.office_id, visit_id=row.id, begins_at=clock.now(), ends_at=clock.now(),
        appeal=f"{word} 아팠습니다", decision=f"{word} 그랬군요",
    )  # fmt: skip
    return visit


async def waits_with_a_ticket(contact: str, word: str) -> None:
    """A walk-in with a pass who asks to be told."""
    office = await offices.office("east")
    ticket = await arriving.walk_in(office, ["passport"], Press())
    await telling.keep_contact(ticket.code, TellMe(contact), "ko")
    await passes.issue(
        await official("clerk"), ticket.code, IssuePass(f"V-{ticket.number}", f"{word} 상담", True, True)
    )
    await Ticket.filter(id=ticket.id).update(note=f"{word} 다시 옴")


async def a_day(system: System) -> list[dict[str, Any]]:
    """Everything happens; two petitions and a visit of the person's, a petition and a visit of a neighbour's."""
    await an_office_with_documents()
    await database.execute("UPDATE office SET has_passes = ?", True)
    offices.forget()
    async for _repaired in check.problems(system.settings):  # the office can be found
        pass
    me = {"name": NAME, "email": MAIL}
    monday = at("09:05")
    by_mail = await files_a_petition(system, me, WORD, "red")
    by_phone = await files_a_petition(system, {"name": NAME, "phone": PHONE}, WORD, "blue")
    other = await files_a_petition(system, OTHER, "이웃", "green")
    await takes_part(system, me, WORD)
    mine = await visits(system, me, WORD, "10:00")
    await visits(system, {"name": NAME, "phone": PHONE}, WORD, "11:00")
    hers = await visits(system, OTHER, "이웃", "14:00")
    await keep(system, title=WORD, body=WORD, name=NAME, email=MAIL)
    with clock.at(monday):
        await waits_with_a_ticket(MAIL, WORD)
        await waits_with_a_ticket(PHONE, WORD)
        await system.work()
    return [by_mail, by_phone, other, mine, hers]


async def everything_in_the_tables() -> dict[str, str]:
    """Each table's rows as text, in small letters."""
    if database.dialect() == "sqlite":
        names = await database.column("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {name: await database.fetch(f'SELECT * FROM "{name}"') for name in names}
        return {name: "\n".join(str(tuple(dict(row).values())) for row in rows).lower() for name, rows in found.items()}
    names = await database.column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name: "\n".join(await database.column(f'SELECT t::text FROM public."{name}" t')).lower() for name in names}


def spellings(needle: str) -> list[bytes]:
    escaped = json.dumps(needle).strip('"')
    return [needle.encode(), escaped.encode(), escaped.lower().encode(), needle.encode("utf-16-le")]


def files_with(needle: str, *folders: Path) -> list[str]:
    """The files, the database's own included, in which a word stands, byte by byte."""
    return [
        path.name
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(one in path.read_bytes().lower() for one in spellings(needle))
    ]


async def figures(system: System) -> list[Any]:
    """What is published, once everything is counted."""
    await system.work()
    paths = ("/api/v1/statistics/petitions", "/api/v1/statistics/adoption")
    export = (await system.client.get("/api/v1/statistics/adoption.csv")).text.splitlines()
    found = [(await system.client.get(path)).json() for path in paths]
    return [*[{**one, "as_of": ""} for one in found], export]


async def test_nothing_is_left_of_a_person_in_any_table_or_file(
    system: System, logged: io.StringIO, tmp_path: Path
) -> None:
    by_mail, by_phone, other, mine, hers = await a_day(system)
    said = logged.getvalue().lower()
    assert "request" in said, "the log is written"
    assert [needle for needle in NEEDLES if needle in said] == []
    counted = await figures(system)
    await jobs.enqueue(("find", telling.FIND, {"contact": MAIL, "household": ""}))
    await search.RELATED.replace([("가로등", [(WORD[:2], 0.5)])], 120)
    before = await everything_in_the_tables()
    assert {name for name, text in before.items() if WORD in text} >= {
        "petition_case", "statement", "answer", "attachment", "submission", "comment", "unconfirmed", "visit_document",
        "visitor_pass", "ticket", "booking", "forum", "review", "search_document", "visit_file",
        "search_delta", "visit", "visit_restriction", "visit_request", "forum_words",
    }  # fmt: skip
    assert NAME in before["visit_waiting"]
    assert WORD[:2] in before["search_related"]
    assert before["kept_form"]
    places = [system.settings.data_dir, tmp_path]

    exported = await asyncio.to_thread(sinmungo, system.settings, "export", "person", MAIL, "--to", str(tmp_path / "x"))
    assert exported.exit_code == 0, exported.output
    about = orjson.loads((tmp_path / "x" / "person.json").read_bytes())
    assert {"petitioner", "statement", "answer", "submission", "visit", "participant", "ledger_event"} <= about.keys()
    assert "이웃" not in json.dumps(about, ensure_ascii=False)
    assert len(list((tmp_path / "x" / "files").iterdir())) == 2, "the picture of the case and that of the visit"
    for path in sorted((tmp_path / "x").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert await everything_in_the_tables() == before

    preview = await asyncio.to_thread(sinmungo, system.settings, "erase", "person", MAIL, "--dry-run")
    assert (preview.exit_code, preview.output[:16]) == (0, "Would be erased:"), preview.output
    assert await everything_in_the_tables() == before
    for contact in (MAIL.upper(), "+82 10-7391-4862"):
        erased = await asyncio.to_thread(sinmungo, system.settings, "erase", "person", contact)
        assert (erased.exit_code, erased.output[:7]) == (0, "Erased:"), erased.output
    nobody = await asyncio.to_thread(sinmungo, system.settings, "erase", "person", MAIL)
    assert (nobody.exit_code, "Nothing is stored" in nobody.output) == (1, True)

    after = await everything_in_the_tables()
    assert after["kept_form"] == "", "nobody can tell whose they are"
    for needle in NEEDLES:
        assert {name for name, text in after.items() if needle in text} == set(), needle
        assert files_with(needle, *places) == [], needle
    assert await figures(system) == counted
    assert [problem async for problem in check.problems(system.settings)] == []
    for receipt in (by_mail, by_phone):
        gone = await system.visitor(**{"x-access-key": receipt["access_key"]}).get(
            f"/api/v1/cases/{receipt['reference']}"
        )
        assert gone.status_code == 404
    neighbour = system.visitor(**{"x-access-key": other["access_key"]})
    assert "이웃 앞 가로등" in (await neighbour.get(f"/api/v1/cases/{other['reference']}")).text
    assert (await neighbour.get(other["attachment"]["url"])).content == picture("green")
    key = {"X-Access-Key": hers["key"]}
    assert (await system.client.get(f"/api/v1/visits/{hers['number']}", headers=key)).status_code == 200
    desk = await system.official("admin")
    for page in (f"/desk/cases/{by_mail['reference']}", f"/desk/visits/{mine['number']}", "/desk", "/forums"):
        assert (await desk.get(page)).status_code == 200, page
