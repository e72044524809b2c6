"""A mail's form and the spool folder: what goes out is what was written, and nobody can inject anything."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from server.core import clock
from server.core.delivery import Deferred, Refused
from server.core.mail import (
    Mail,
    SmtpTransport,
    SpoolTransport,
    compose,
    make_transport,
    message_id,
    read_spool,
)

SENDER = "한빛시 신문고 <sinmungo@city.example>"
MAIL = Mail(
    to="kim@example.org",
    subject="[신문고] 민원이 접수되었습니다",
    text="안녕하세요.\n가로등 고장 민원을 접수했습니다.\n",
    html="<p>안녕하세요.</p>\n",
    message_id=message_id("receipt:case/17", SENDER),
)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


# --- The message ---


def test_a_message_says_who_wrote_it_to_whom_and_that_a_machine_did() -> None:
    with clock.at(datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)):
        message = parsed(compose(replace(MAIL, language="ja"), SENDER).as_bytes())
    assert str(message["From"]) == SENDER
    assert str(message["To"]) == "kim@example.org"
    assert message["Date"].datetime == datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "ja"
    assert message["List-Unsubscribe"] is None
    assert text_of(message) == MAIL.text
    assert text_of(message, "html") == MAIL.html


def test_a_retry_has_the_same_message_id_and_another_job_another_one() -> None:
    first = message_id("receipt:case/17", SENDER)
    assert first == message_id("receipt:case/17", "noreply@city.example")
    assert re.fullmatch(r"<[0-9a-f]{40}@city\.example>", first)
    assert first != message_id("receipt:case/18", SENDER)


@pytest.mark.parametrize(
    "subject",
    [
        "가로등이 고장났어요 " * 12 + "끝",
        "[가나 [, c)?— ]a 나?,c1b_—b 1)_ 나a나/b— _,c나다/ é(—나: 가[/다_[—가 ?나)/= ]나/다b 가(a]ba ,:=)_",
        "plain words only, but so many that the line has to be folded somewhere between two of them",
        "=?utf-8?q?looks_encoded?=",
        "=?utf-8?q?a=0D=0ABcc:_all@example.org?=",
        "🚧 공사 中",
        "",
    ],
)
def test_a_subject_of_any_length_arrives_as_it_was_written(subject: str) -> None:
    content = compose(replace(MAIL, subject=subject), SENDER).as_bytes()
    assert str(parsed(content)["Subject"]) == subject
    assert parsed(content)["Bcc"] is None
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert content.isascii()


def test_long_lines_and_lines_with_a_dot_arrive_as_they_were_written() -> None:
    text = "x" * 5_000 + "\n.\n..\nFrom here\n" + "긴 " * 3_000 + "\n"
    content = compose(replace(MAIL, text=text, html=None), SENDER).as_bytes()
    assert text_of(parsed(content)) == text
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_a_link_to_unsubscribe_stays_one_link_however_long() -> None:
    link = "https://city.example/unsubscribe/" + "a1-_" * 60
    content = compose(replace(MAIL, list_unsubscribe=link), SENDER).as_bytes()
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_a_korean_domain_is_written_as_smtp_takes_it() -> None:
    assert str(compose(replace(MAIL, to="kim@한국.kr"), SENDER)["To"]) == "kim@xn--3e0b707e.kr"


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "인사\r\nBcc: all@example.org"},
        {"subject": "인사\nBcc: all@example.org"},
        {"subject": "인사\u2028Bcc: all@example.org"},
        {"subject": "인사\x00"},
        {"to": "kim@example.org\r\nBcc: all@example.org"},
        {"to": "kim@example.org, lee@example.org"},
        {"to": "Kim <kim@example.org> <lee@example.org>"},
        {"to": "Kim <kim@example.org>"},
        {"to": "kim@example.org (Kim)"},
        {"to": "kim"},
        {"to": "@example.org"},
        {"to": "kim@exam ple.org"},
        {"to": "kim@" + "a" * 70 + ".org"},
        {"to": "kim@x..y"},
        {"to": "김@example.org"},
        {"to": ""},
        {"language": "ko\r\nX: y"},
        {"headers": {"X-Note": "a\r\nBcc: all@example.org"}},
        {"headers": {"X\r\nBcc": "all@example.org"}},
        {"headers": {"X-Note": "=?utf-8?q?a=0D=0ABcc:_all@example.org?="}},
        {"headers": {"To": "all@example.org"}},
        {"message_id": "<../../etc/passwd@x>"},
        {"message_id": "<a@b>\r\nBcc: all@example.org"},
        {"message_id": ""},
        {"list_unsubscribe": "https://x.example/>, <mailto:all@example.org"},
        {"list_unsubscribe": "https://x.example/\r\nBcc: all@example.org"},
        {"list_unsubscribe": "javascript:alert(1)"},
        {"text": "\ud800"},
    ],
)
async def test_nothing_can_be_injected_and_such_a_mail_is_never_tried_again(
    change: dict[str, Any], tmp_path: Path
) -> None:
    mail = replace(MAIL, **change)
    with pytest.raises(Refused) as refused:
        await SpoolTransport(tmp_path, SENDER).send(mail)
    assert "example.org" not in str(refused.value)
    with pytest.raises(Refused):
        await SmtpTransport("smtp://127.0.0.1:1", SENDER).send(mail)
    assert names_in(tmp_path) == []


# --- The spool folder ---


async def test_a_spooled_mail_can_be_read_again_as_it_was_sent(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "mail"
    optional = replace(
        MAIL,
        message_id=message_id("digest:7", SENDER),
        list_unsubscribe="https://city.example/u/1",
        language="en",
        html=None,
    )
    with clock.at(datetime(2026, 11, 21, tzinfo=UTC)):
        for mail in (MAIL, optional):
            await SpoolTransport(folder, SENDER).send(mail)
    found = {spooled.mail.message_id: spooled for spooled in await read_spool(folder, 10)}
    for mail in (MAIL, optional):
        assert found[mail.message_id].mail == mail
        assert found[mail.message_id].at == datetime(2026, 11, 21, tzinfo=UTC)
        assert f"{mail.message_id[1:41]}.eml" in names_in(folder)


async def test_a_mail_spooled_twice_is_there_once_and_unchanged(tmp_path: Path) -> None:
    transport = SpoolTransport(tmp_path, SENDER)
    await transport.send(MAIL)
    before = await read_spool(tmp_path, 2)
    await asyncio.gather(*(transport.send(replace(MAIL, text="again\n")) for _ in range(5)))
    assert await read_spool(tmp_path, 2) == before
    assert len(names_in(tmp_path)) == 1


async def test_the_newest_mails_are_read_first(tmp_path: Path) -> None:
    transport = SpoolTransport(tmp_path, SENDER)
    for number in range(5):
        await transport.send(replace(MAIL, subject=f"{number}", message_id=message_id(f"{number}", SENDER)))
        await asyncio.sleep(0.02)  # a file system's moments are coarse
    assert [found.mail.subject for found in await read_spool(tmp_path, 3)] == ["4", "3", "2"]
    assert await read_spool(tmp_path / "nothing", 3) == []


async def test_a_spool_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file, not a folder")
    with pytest.raises(Deferred):
        await SpoolTransport(tmp_path / "mail", SENDER).send(MAIL)


async def test_a_mail_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Deferred, match="No space left"):
        await SpoolTransport(tmp_path, SENDER).send(MAIL)
    assert names_in(tmp_path) == []


# --- Settings ---


def test_without_a_server_mail_goes_to_the_folder(tmp_path: Path) -> None:
    assert isinstance(make_transport(None, tmp_path, SENDER), SpoolTransport)
    assert isinstance(make_transport("smtp://localhost", tmp_path, SENDER), SmtpTransport)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://localhost", SENDER),
        ("smtp:", SENDER),
        ("smtp://localhost:port", SENDER),
        ("smtp://localhost:99999", SENDER),
        ("smtp://localhost?starttls=yes", SENDER),
        ("smtp://localhost?tls=1", SENDER),
        ("smtps://localhost?starttls=1", SENDER),
        ("smtp://localhost", "nobody"),
        (None, "nobody"),
        (None, ""),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(url: str | None, sender: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"SMTP URL|starttls|[Pp]ort|mail address"):
        make_transport(url, tmp_path, sender)
