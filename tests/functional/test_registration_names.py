"""The name for the list at the entrance is no public name, and a confirmation says which session it is for."""

import re
from email.message import EmailMessage

import httpx

from forums.models import Comment
from server.core.booking.models import Booking
from server.core.participants.models import Participant
from tests.support.forums import a_forum
from tests.support.page_forms import form, send, submit
from tests.support.places import a_session, guest
from tests.support.stories import to
from tests.support.system import System

KIM = "kim@example.org"


def text(mail: EmailMessage) -> str:
    return str(mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]


async def register(system: System, browser: httpx.AsyncClient, page: str) -> None:
    """Register under one's real name, and open the link of the mail."""
    asked = await submit(browser, page, page, name="김진짜", email=KIM)
    assert asked.status_code == 303, asked.text
    await system.work()
    (link,) = re.findall(r"/confirm/[\w.-]+", text(to(system, KIM)[-1]))
    assert (await submit(browser, link)).status_code == 303


async def test_whoever_registers_has_no_public_name(system: System) -> None:
    slug = await a_forum(system)
    page, browser = f"/forums/{slug}/sessions/{await a_session(slug, 5)}", system.visitor()
    shown = (await browser.get(page)).text
    assert "입구에서 명단을 확인할 때만 씁니다" in shown
    assert "모두에게 보이는 이름" not in shown
    await register(system, browser, page)
    assert (await Booking.get()).name == "김진짜"
    assert (await Participant.get()).name == ""
    commented = form(await browser.get(f"/forums/{slug}"), "/comments")
    assert "name" in {each.attrs.get("name") for each in commented.controls}, "the public name is still to be chosen"
    refused = await send(browser, commented, text="좋은 자리입니다.")
    assert refused.status_code == 422
    assert (await send(browser, commented, text="좋은 자리입니다.", name="느티나무")).status_code == 303
    assert (await Comment.get()).author == "느티나무"
    assert "김진짜" not in (await system.visitor().get(f"/forums/{slug}")).text


async def test_registering_does_not_change_a_public_name(system: System) -> None:
    slug = await a_forum(system)
    page = f"/forums/{slug}/sessions/{await a_session(slug, 5)}"
    person, _browser = await guest(system, "느티나무")
    await Participant.filter(id=person.id).update(email=KIM)
    await register(system, system.visitor(), page)
    assert (await Participant.get(id=person.id)).name == "느티나무"
    assert (await Booking.get()).name == "김진짜"


async def test_the_confirmation_names_session_date_and_place(system: System) -> None:
    slug = await a_forum(system, title="돌봄 토론회")
    session, browser = await a_session(slug, 1), system.visitor()
    await register(system, browser, f"/forums/{slug}/sessions/{session}")
    await system.work()
    mail = to(system, KIM)[-1]
    assert mail["Subject"] == f"[{slug}] 자리가 확정되었습니다", "others may see a subject"
    said = text(mail)
    assert "‘돌봄 토론회’ 참여 신청이 완료되었습니다: 20" in said
    assert "김진짜님께" in said
