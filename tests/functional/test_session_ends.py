"""A session ends while somebody writes: after signing in or entering the key, the text is there, for them alone."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from forums.actions import deciding, speaking
from forums.forms.moderating import Decide
from forums.forms.speaking import Submit
from forums.rights import submission_subject
from forums.states import TextAction
from petitions.actions import handling, supplementing
from petitions.forms import Accept, RequestSupplement
from petitions.models import Statement
from server.core import clock, kept
from server.core.accounts import Session
from server.core.kept import KeptForm
from server.core.showing import SHOW_AGAIN
from tests.support.answers import official
from tests.support.forums import a_forum
from tests.support.markup import parse
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.places import guest
from tests.support.system import PASSWORD, System

LONG = ("가로등은 다음 주에 교체합니다. 불편을 드려 죄송합니다.\n" * 14).strip()
"""An answer of 400 characters."""


async def in_hand(system: System) -> str:
    """A case that the roads department works on."""
    number = str((await system.file())["reference"])
    await handling.accept(await official("intake"), number, Accept("roads"))
    return number


async def end_sessions() -> None:
    await Session.all().delete()


async def signed_in_again(browser: httpx.AsyncClient, led: httpx.Response, username: str) -> httpx.Response:
    """Sign in on the page to which the text led, and follow to where the text is."""
    page = await browser.get(led.headers["location"])
    assert "보관되어 있습니다" in page.text, "it is said that the text is kept"
    answer = await send(browser, form(page, "/desk/sign-in"), username=username, password=PASSWORD)
    return await browser.get(answer.headers["location"])


@pytest.mark.parametrize(
    ("who", "action", "field"), [("intake", "note", "note.text"), ("handler", "answer", "answer.text")]
)
async def test_an_officials_text_is_there_after_signing_in_again(
    system: System, who: str, action: str, field: str
) -> None:
    number = await in_hand(system)
    browser = await system.official(who)
    page = await browser.get(f"/desk/cases/{number}")
    written = form(page, f"/{action}")
    await end_sessions()
    chosen = {"answer.decision": "explained"} if action == "answer" else {}
    led = await send(browser, written, button="" if action == "note" else "답변 보내기", **{field: LONG}, **chosen)
    assert led.status_code == 303
    assert led.headers["location"].startswith("/desk/sign-in?next=")
    assert not [row async for row in KeptForm.all() if LONG[:10].encode() in bytes(row.content)]
    shown = await signed_in_again(browser, led, who)
    assert shown.status_code == 200
    assert "아직 보내지 않았습니다" in shown.text
    again = form(shown, f"/{action}")
    assert again.values[field] == [LONG]
    other = await browser.get(shown.url.path, params={"lang": "ja"})
    assert parse(other.text).one("html").attrs["lang"] == "ja"
    assert form(other, f"/{action}").values[field] == [LONG], "another language and reload lose nothing"
    done = await send(browser, again, button="" if action == "note" else "답변 보내기")
    assert done.status_code == 303, done.text
    assert await KeptForm.all().count() == 0, "what was sent is not kept"


async def test_a_text_whose_language_is_changed_after_the_session_is_kept_too(system: System) -> None:
    number = await in_hand(system)
    browser = await system.official("handler")
    written = form(await browser.get(f"/desk/cases/{number}"), "/note")
    await end_sessions()
    # As languages.js sends it: a button of its own, to the same address in the other language.
    switched = {**written.values, "note.text": LONG, SHOW_AGAIN: "values"}
    led = await post_without_page(browser, f"{written.url}?lang=ja", data=switched)
    assert led.status_code == 303
    shown = await signed_in_again(browser, led, "handler")
    assert parse(shown.text).one("html").attrs["lang"] == "ja"
    again = form(shown, "/note")
    assert again.values["note.text"] == [LONG]
    done = await send(browser, again)
    assert done.status_code == 303, "sent, and not only shown again"
    assert await KeptForm.all().count() == 0


async def test_only_the_form_with_the_text_deletes_it(system: System) -> None:
    number = await in_hand(system)
    browser = await system.official("handler")
    written = form(await browser.get(f"/desk/cases/{number}"), "/note")
    await end_sessions()
    led = await send(browser, written, **{"note.text": LONG})
    shown = await signed_in_again(browser, led, "handler")
    beside = await browser.get(f"/desk/cases/{number}")
    assert (await send(browser, form(beside, "/note"), **{"note.text": "다른 창"})).status_code == 303
    assert await KeptForm.all().count() == 1, "a form in a second tab leaves it alone"
    refused = await send(browser, form(shown, "/note"), **{"note.text": ""})
    assert refused.status_code == 422
    again = await browser.get(shown.url.path)
    assert form(again, "/note").values["note.text"] == [LONG]
    forged = {**form(again, "/note").values, "version": form(beside, "/note").values.get("version", [""])}
    other = await system.official("handler")
    assert (await post_without_page(other, written.url, data=forged)).status_code == 303
    assert await KeptForm.all().count() == 1, "nor does another browser delete it"
    assert (await send(browser, form(refused, "/note"), **{"note.text": LONG})).status_code == 303
    assert await KeptForm.all().count() == 0, "after a refusal the form still names it"


async def test_an_officials_text_is_for_the_same_account_only(system: System) -> None:
    number = await in_hand(system)
    browser = await system.official("handler")
    written = form(await browser.get(f"/desk/cases/{number}"), "/note")
    await end_sessions()
    led = await send(browser, written, **{"note.text": LONG})
    shown = await signed_in_again(browser, led, "handler2")
    assert shown.status_code == 404
    assert LONG[:12] not in shown.text
    elsewhere = await system.official("handler")
    assert (await elsewhere.get(shown.url.path)).status_code == 404, "nor in another browser"
    await post_without_page(browser, "/desk/sign-out")
    back = await signed_in_again(browser, led, "handler")
    assert form(back, "/note").values["note.text"] == [LONG]


async def test_who_was_idle_is_led_back_too(system: System) -> None:
    number = await in_hand(system)
    browser = await system.official("handler")
    written = form(await browser.get(f"/desk/cases/{number}"), "/note")
    with clock.at(clock.now() + timedelta(hours=3)):
        led = await send(browser, written, **{"note.text": LONG})
        shown = await signed_in_again(browser, led, "handler")
        assert form(shown, "/note").values["note.text"] == [LONG]


@pytest.mark.parametrize("files", [[], [("길.txt", "길".encode())]])
async def test_a_citizens_message_is_there_after_entering_the_key(system: System, files: Any) -> None:
    case = await system.file()
    browser, number = system.visitor(), case["reference"]
    await submit(browser, "/cases", "/cases", reference=number, key=case["access_key"])
    written = form(await browser.get(f"/cases/{number}"), "/messages")
    await end_sessions()
    led = await send(browser, written, message=LONG, message_files=files)
    page = await browser.get(led.headers["location"])
    assert "보관되어 있습니다" in page.text
    asked = form(page, "/cases", field="key")
    assert asked.values["reference"] == [number], "the number is filled in"
    wrong = await send(browser, asked, key="2222-2222-2222-2222")
    assert wrong.status_code == 422
    assert LONG[:12] not in wrong.text
    opened = await send(browser, form(wrong, "/cases", field="key"), key=case["access_key"])
    shown = await browser.get(opened.headers["location"])
    again = form(shown, "/messages")
    assert again.values["message"] == [LONG]
    assert ("파일은 다시 선택해" in shown.text) == bool(files)
    assert await Statement.all().count() == 0, "showing it sends nothing"
    done = await send(browser, again)
    assert done.headers["location"] == f"/cases/{number}"
    assert (await Statement.get()).text == LONG
    assert await KeptForm.all().count() == 0


async def test_a_supplement_is_there_after_entering_the_key_and_files_are_asked_for_again(system: System) -> None:
    case = await system.file()
    browser, number = system.visitor(), case["reference"]
    await handling.accept(await official("intake"), number, Accept("roads"))
    await supplementing.request(await official("handler"), number, RequestSupplement("사진을 보내 주세요.", 3))
    await submit(browser, "/cases", "/cases", reference=number, key=case["access_key"])
    written = form(await browser.get(f"/cases/{number}"), "/supplements")
    (text,) = [name for name in written.names if name.startswith("supplement") and name not in written.file_fields]
    (files,) = written.file_fields
    await end_sessions()
    typed: dict[str, Any] = {text: LONG, files: [("길.txt", "길".encode())]}
    led = await send(browser, written, **typed)
    asked = form(await browser.get(led.headers["location"]), "/cases", field="key")
    opened = await send(browser, asked, key=case["access_key"])
    shown = await browser.get(opened.headers["location"])
    again = form(shown, "/supplements")
    assert again.values[text] == [LONG]
    assert "파일은 다시 선택해" in shown.text
    assert await Statement.filter(text=LONG).count() == 0
    assert (await send(browser, again)).headers["location"] == f"/cases/{number}"
    assert await Statement.filter(text=LONG).count() == 1


async def test_the_key_of_another_case_does_not_open_a_text(system: System) -> None:
    first, second = await system.file(), await system.file(title="다른 민원")
    browser = system.visitor()
    await submit(browser, "/cases", "/cases", reference=first["reference"], key=first["access_key"])
    written = form(await browser.get(f"/cases/{first['reference']}"), "/messages")
    await end_sessions()
    led = await send(browser, written, message=LONG)
    asked = form(await browser.get(led.headers["location"]), "/cases", field="key")
    opened = await send(browser, asked, reference=second["reference"], key=second["access_key"])
    shown = await browser.get(opened.headers["location"])
    assert shown.headers["location"].startswith(f"/cases?reference={first['reference']}"), "asked for its own key"


async def test_a_participants_text_is_there_after_the_mail_link(system: System) -> None:
    forum = await a_forum(system, "listening")
    her, browser = await guest(system, "골목 꽃집")
    browser.cookies.set(kept.WRITER, kept_name(system, f"mail:{her.email}"))
    hidden = await speaking.submit(her, forum, Submit("골목 공사", "골목을 막지 마세요.", "against"))
    await deciding.decide(await official("intake"), submission_subject(hidden), Decide(TextAction.HIDE, "advert"))
    url = f"/forums/appeal/submission/{hidden}"
    written = form(await browser.get(url), "")
    await end_sessions()
    led = await send(browser, written, text=LONG)
    page = await browser.get(led.headers["location"])
    assert "보관되어 있습니다" in page.text
    await send(browser, form(page, "/forums/mine", field="email"), email=her.email)
    await system.work()
    bodies = [mail.get_body(("plain",)) for mail in system.mails()]
    link = re.search(r"/confirm/[\w.-]+", "\n".join(body.get_content() for body in bodies if body))
    assert link
    opened = await submit(browser, link.group())
    shown = await browser.get(opened.headers["location"])
    assert form(shown, url).values["text"] == [LONG]


def kept_name(system: System, name: str) -> str:
    """What the cookie calls somebody."""

    class Asked:
        app = system.app

    return kept.writer(Asked(), name)  # type: ignore[arg-type]


async def test_a_strangers_post_is_not_kept_without_a_text(system: System) -> None:
    case = await system.file()
    for url in (f"/cases/{case['reference']}/withdraw", "/cases/none/message", "/desk/cases/x/note"):
        answer = await post_without_page(system.visitor(), url, data={"version": "1"})
        assert answer.status_code in {401, 404}
    assert await KeptForm.all().count() == 0
