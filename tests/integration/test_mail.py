"""Mail through real SMTP servers on the loopback address: good ones, refusing ones and broken ones."""

import asyncio
import errno
import functools
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from server.core import clock
from server.core.delivery import Deferred, Journal, Refused
from server.core.mail import Attachment, Mail, SmtpTransport, message_id
from tests.support.loopback import Talk, free_port, make_certificate, server_side, talking
from tests.support.post_office import Postman, parsed, serving

SENDER = "한빛시 신문고 <sinmungo@city.example>"
MAIL = Mail(
    to="kim@example.org",
    subject="[신문고] 민원이 접수되었습니다",
    text="안녕하세요.\n가로등 고장 민원을 접수했습니다.\n",
    message_id=message_id("receipt:case/17", SENDER),
)


async def test_a_mail_reaches_the_server_whole() -> None:
    postman = Postman()
    with serving(postman) as port:
        await SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER).send(MAIL)
    (envelope,) = postman.taken
    assert envelope.mail_from == "sinmungo@city.example"
    assert envelope.rcpt_tos == ["kim@example.org"]
    message = parsed(envelope)
    assert str(message["Subject"]) == MAIL.subject
    assert message["Message-ID"] == MAIL.message_id
    assert message.get_content().replace("\r\n", "\n") == MAIL.text


@pytest.mark.parametrize(
    ("to", "received"),
    [
        ("taro..ba@docomo.ne.jp", '"taro..ba"@docomo.ne.jp'),
        ("taro.@docomo.ne.jp", '"taro."@docomo.ne.jp'),
        ("kim@한국.kr", "kim@xn--3e0b707e.kr"),
    ],
)
async def test_an_unusual_address_is_sent_as_smtp_takes_it(
    to: str, received: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    postman, commands, usual = Postman(), list[str](), SMTP.smtp_RCPT

    @functools.wraps(usual)
    async def rcpt(server: SMTP, arg: str) -> None:
        commands.append(arg)
        await usual(server, arg)

    monkeypatch.setattr(SMTP, "smtp_RCPT", rcpt)
    with serving(postman) as port:
        await SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER).send(replace(MAIL, to=to))
    (envelope,) = postman.taken
    assert commands == [f"TO:<{received}>"]
    assert isinstance(envelope.content, bytes)
    assert f"\r\nTo: {received}\r\n".encode() in envelope.content


async def test_letters_of_every_script_need_a_server_that_takes_them() -> None:
    mail = replace(MAIL, to="김민수@example.org")
    for supported in (True, False):
        postman = Postman()
        with serving(postman, {"enable_SMTPUTF8": supported}) as port:
            transport = SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER, utf8=True)
            if supported:
                await transport.send(mail)
                assert postman.taken[0].rcpt_tos == ["김민수@example.org"]
            else:
                with pytest.raises(Deferred, match="SMTPNotSupported"):
                    await transport.send(mail)
                assert not postman.taken


async def test_an_attachment_arrives_as_it_was_sent_beside_both_texts() -> None:
    postman, content = Postman(), "BEGIN:VCALENDAR\r\nSUMMARY:여권 발급\r\nEND:VCALENDAR\r\n".encode()
    file = Attachment("visit.ics", content, "text/calendar", {"charset": "utf-8", "method": "PUBLISH"})
    with serving(postman) as port:
        mail = replace(MAIL, html="<p>안녕하세요.</p>", attachments=(file,))
        await SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER).send(mail)
    message = parsed(postman.taken[0])
    assert message["Content-Language"] == "ko"
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert [body is not None and "안녕하세요." in str(body.get_content()) for body in bodies] == [True, True]
    (part,) = message.iter_attachments()
    assert part.get_filename() == "visit.ics"
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    assert part.get_payload(decode=True) == content


async def test_many_mails_at_once_all_arrive() -> None:
    postman = Postman()
    with serving(postman) as port:
        transport = SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER)
        await asyncio.gather(*(transport.send(replace(MAIL, subject=str(n))) for n in range(20)))
    subjects = {str(parsed(envelope)["Subject"]) for envelope in postman.taken}
    assert subjects == {str(n) for n in range(20)}


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        ({"recipient": "450 4.2.1 kim@example.org is busy"}, Deferred),
        ({"recipient": "421 4.3.2 shutting down"}, Deferred),
        ({"recipient": "550 5.1.1 kim@example.org: no such user"}, Refused),
        ({"content": "451 4.7.1 greylisted, kim@example.org"}, Deferred),
        ({"content": "554 5.7.1 not this, kim@example.org"}, Refused),
    ],
)
async def test_a_servers_refusal_says_whether_to_try_again_and_names_nobody(
    rules: dict[str, str], refusal: type[Exception]
) -> None:
    with serving(Postman(**rules)) as port, pytest.raises(refusal) as raised:
        await SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER).send(MAIL)
    assert next(iter(rules.values()))[:3] in str(raised.value)
    assert "kim" not in str(raised.value)
    assert raised.value.__suppress_context__


async def test_without_a_server_the_mail_waits() -> None:
    with pytest.raises(Deferred):
        await SmtpTransport(f"smtp://127.0.0.1:{free_port()}", SENDER).send(MAIL)


async def until_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be a good server up to the word DATA."""
    writer.write(b"220 here\r\n")
    while not (line := await reader.readline()).upper().startswith(b"DATA"):
        assert line
        writer.write(b"250 OK\r\n")
    writer.write(b"354 go on\r\n")


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def silent_after_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await until_data(reader, writer)
    await asyncio.sleep(60)


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"220-still here\r\n")
        await asyncio.sleep(0.05)


async def gone_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    pass


async def gone_amid_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await until_data(reader, writer)
    await reader.readline()


async def gone_after_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await until_data(reader, writer)
    await reader.readuntil(b"\r\n.\r\n")


async def no_smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await reader.read()


async def closed_office(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"554 no service here\r\n")
    await reader.read()


@pytest.mark.parametrize(
    "talk",
    [
        silent,
        silent_after_data,
        dripping,
        gone_at_once,
        gone_amid_data,
        gone_after_data,
        no_smtp,
        closed_office,
    ],
)
async def test_a_server_that_hangs_or_drops_the_line_makes_the_mail_wait(talk: Talk) -> None:
    async with talking(talk) as port, asyncio.timeout(5):
        with pytest.raises(Deferred):
            await SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER, timeout=0.3).send(MAIL)


async def test_a_mail_that_the_server_took_is_sent_even_if_it_does_not_say_goodbye() -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await until_data(reader, writer)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 taken\r\n")
        await writer.drain()

    async with talking(rude) as port:
        await SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER).send(MAIL)


# --- TLS and login ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"city", b"p@ss:/word")
    return AuthResult(success=right, handled=False)


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_mail_goes_encrypted_and_signed_in_to_a_server_that_is_trusted(
    scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = server_side(certificate)
    options = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    options |= {"authenticator": login, "auth_require_tls": scheme == "smtp"}
    query = "?starttls=1" if scheme == "smtp" else ""
    postman = Postman()
    with serving(postman, options) as port:
        await SmtpTransport(f"{scheme}://city:p%40ss%3A%2Fword@127.0.0.1:{port}{query}", SENDER).send(MAIL)
        with pytest.raises(Deferred, match="535"):
            await SmtpTransport(f"{scheme}://city:wrong@127.0.0.1:{port}{query}", SENDER).send(MAIL)
    assert len(postman.taken) == 1
    assert postman.signed_in


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_a_server_that_is_not_trusted_gets_nothing(scheme: str, certificate: Path) -> None:
    context = server_side(certificate)
    options: dict[str, Any] = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context}
    postman = Postman()
    with serving(postman, options) as port, pytest.raises(Deferred):
        await SmtpTransport(f"{scheme}://127.0.0.1:{port}", SENDER).send(MAIL)
    assert postman.taken == []


async def test_without_the_required_tls_nothing_is_sent() -> None:
    postman = Postman()
    with serving(postman) as port, pytest.raises(Deferred):
        await SmtpTransport(f"smtp://127.0.0.1:{port}?starttls=1", SENDER).send(MAIL)
    assert postman.taken == []


async def test_tls_can_be_left_out_for_a_relay_on_this_machine(certificate: Path) -> None:
    postman = Postman()
    with serving(postman, {"tls_context": server_side(certificate)}) as port:
        await SmtpTransport(f"smtp://127.0.0.1:{port}?starttls=0", SENDER).send(MAIL)
    assert len(postman.taken) == 1


async def test_a_mail_that_a_killed_process_has_sent_is_not_sent_again(tmp_path: Path) -> None:
    """Killed after the server's answer and before its job was deleted, the job runs again, here or elsewhere."""
    postman = Postman()
    with serving(postman) as port:
        for again in (MAIL, MAIL, replace(MAIL, message_id=message_id("another", SENDER))):
            process = SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER, journal=Journal(tmp_path / "delivered"))
            await process.send(again)
    assert len(postman.taken) == 2
    one, other = Journal(tmp_path / "delivered"), Journal(tmp_path / "delivered")
    assert "third" not in one
    other.add("third")
    assert "third" in one, "what another process notes is known at once"
    assert "third" in other
    with clock.at(clock.now() + timedelta(days=9)):
        other.add("fourth")
    assert len(list((tmp_path / "delivered").iterdir())) == 1, "it does not grow without end"
    assert "third" not in other, "nor does what it remembers"


async def test_a_mail_that_cannot_be_noted_is_sent_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "delivered").touch()  # where a folder should be
    postman = Postman()
    with serving(postman) as port:
        transport = SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER, journal=Journal(tmp_path / "delivered"))
        await transport.send(MAIL)
        await transport.send(MAIL)
    assert len(postman.taken) == 1
    assert "cannot be noted" in caplog.text


async def test_a_mail_that_was_deferred_is_tried_again(tmp_path: Path) -> None:
    postman, journal = Postman(content="451 later"), Journal(tmp_path)
    with serving(postman) as port:
        transport = SmtpTransport(f"smtp://127.0.0.1:{port}", SENDER, journal=journal)
        with pytest.raises(Deferred):
            await transport.send(MAIL)
        postman.content = "250 OK"
        await transport.send(MAIL)
    assert len(postman.taken) == 1


def test_a_line_that_a_full_disk_cuts_off_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a line is written, and then nothing; the next one begins anew, and no reader takes half a line."""
    write, left = os.write, [3]

    def full(descriptor: int, content: bytes) -> int:
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, content[: left.pop()])

    mine, other = Journal(tmp_path), Journal(tmp_path)
    mine.add("a" * 40)
    monkeypatch.setattr(os, "write", full)
    mine.add("b" * 40)
    assert "b" * 40 in mine, "this process knows it"
    assert "a" * 40 in other
    monkeypatch.setattr(os, "write", write)
    mine.add("c" * 40)
    assert "c" * 40 in other
    assert "c" * 40 in Journal(tmp_path)
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:7]))
    mine.add("d" * 40)
    assert "d" * 40 in other, "short writes are continued"
