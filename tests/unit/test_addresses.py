"""Email addresses and telephone numbers: one rule for the form and for the mail that is sent."""

from dataclasses import replace
from typing import Any

import pytest

from server.core import addresses, config, phones
from server.core.config import Settings
from server.core.delivery import Refused
from server.core.errors import Invalid
from server.core.forms.kinds import LATIN_EMAIL, NOT_EMAIL, NOT_PHONE
from server.core.mail import Mail, SpoolTransport, compose, message_id, read_spool
from tests.support.sample_form import Sample

SENDER = "신문고 <sinmungo@localhost>"
MAIL = Mail(to="", subject="접수", text="안녕하세요.\n", message_id=message_id("receipt:case/17", SENDER))
GOOD: dict[str, Any] = {"title": "제목", "body": "본문", "amount": 3, "way": "web"}

ACCEPTED = [
    # typed, kept and shown, in the mail
    ("kim@example.org", "kim@example.org", "kim@example.org"),
    ("\u200bkim@example.org", "kim@example.org", "kim@example.org"),
    ("\u202akim@example.org\u202c", "kim@example.org", "kim@example.org"),
    ("ｋｉｍ＠ｅｘａｍｐｌｅ．ｏｒｇ", "kim@example.org", "kim@example.org"),
    ("o'brien+news@ex-ample.co.kr", "o'brien+news@ex-ample.co.kr", "o'brien+news@ex-ample.co.kr"),
    ("taro..ba@docomo.ne.jp", "taro..ba@docomo.ne.jp", '"taro..ba"@docomo.ne.jp'),
    ("taro.@docomo.ne.jp", "taro.@docomo.ne.jp", '"taro."@docomo.ne.jp'),
    (".taro-@ezweb.ne.jp", ".taro-@ezweb.ne.jp", '".taro-"@ezweb.ne.jp'),
    ('"taro..ba"@docomo.ne.jp', "taro..ba@docomo.ne.jp", '"taro..ba"@docomo.ne.jp'),
    ("taro.ba@docomo.ne.jp", "taro.ba@docomo.ne.jp", "taro.ba@docomo.ne.jp"),
    ("kim@한국.kr", "kim@한국.kr", "kim@xn--3e0b707e.kr"),
    ("kim@한글.한국", "kim@한글.한국", "kim@xn--bj0bj06e.xn--3e0b707e"),
    ("kim@xn--3e0b707e.kr", "kim@한국.kr", "kim@xn--3e0b707e.kr"),
    ("kim@日本語。jp", "kim@日本語.jp", "kim@xn--wgv71a119e.jp"),
]  # fmt: skip
REFUSED = [
    "kim", "kim@", "@example.org", "kim@example", "kim@localhost", "kim..lee@example.org", "kim.@example.org",
    ".kim@example.org", "kim lee@example.org", "kim@exam ple.org", "kim@-example.org", "kim@example..org",
    "kim@example.org.",
    "kim@[127.0.0.1]", "a,b@example.org", "Kim <kim@example.org>", f"{'a' * 65}@example.org", "kim@☃.com", "kim@1.2",
    "ta ro..ba@docomo.ne.jp", 'ta"ro..@docomo.ne.jp', "@docomo.ne.jp", "타로..@docomo.ne.jp", "kim@xn--zz.kr",
]  # fmt: skip
LETTERS = ["김민수@example.org", "josé@example.org", "김@한국.kr"]


def errors_of(**raw: Any) -> list[str]:
    with pytest.raises(Invalid) as found:
        Sample.parse({**GOOD, **raw}, strict=True)
    return [error.text.msgid for error in found.value.errors]


@pytest.mark.parametrize(("typed", "shown", "sent"), ACCEPTED, ids=ascii)
def test_what_the_form_accepts_the_mailer_sends(typed: str, shown: str, sent: str) -> None:
    config.use(Settings())
    kept = Sample.parse({**GOOD, "email": typed}, strict=True).email
    assert kept == shown
    message = compose(replace(MAIL, to=kept), SENDER)
    assert [each.addr_spec for each in message["To"].addresses] == [sent]
    assert f"To: {sent}\r\n".encode() in message.as_bytes(policy=message.policy.clone(max_line_length=0))


@pytest.mark.parametrize("typed", REFUSED, ids=ascii)
def test_what_the_mailer_cannot_send_the_form_refuses(typed: str) -> None:
    config.use(Settings())
    assert errors_of(email=typed) == [NOT_EMAIL.msgid]
    with pytest.raises(Refused):
        compose(replace(MAIL, to=typed), SENDER)


@pytest.mark.parametrize("typed", LETTERS, ids=ascii)
def test_other_letters_before_the_at_are_refused_with_the_reason_unless_the_server_takes_them(typed: str) -> None:
    config.use(Settings())
    assert errors_of(email=typed) == [LATIN_EMAIL.msgid]
    with pytest.raises(Refused):
        compose(replace(MAIL, to=typed), SENDER)

    config.use(Settings(smtp_utf8=True))
    assert Sample.parse({**GOOD, "email": typed}, strict=True).email == typed
    content = compose(replace(MAIL, to=typed), SENDER, utf8=True).as_bytes()
    assert f"To: {addresses.read(typed, utf8=True).wire}\r\n".encode() in content


async def test_a_spooled_mail_is_shown_with_the_address_as_people_read_it(tmp_path: Any) -> None:
    transport = SpoolTransport(tmp_path, SENDER)
    for to in ("kim@한국.kr", "taro..ba@docomo.ne.jp"):
        await transport.send(replace(MAIL, to=to, message_id=message_id(to, SENDER)))
    assert {each.mail.to for each in await read_spool(tmp_path, 9)} == {"kim@한국.kr", "taro..ba@docomo.ne.jp"}


# --- Telephone numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["120", "110", "112", "119", "02-120", "031-120", "02-2133-6408", "1577-1366", "\u202a+82 2-2133-6408\u202c"],
)
def test_an_office_may_have_a_short_code_and_keeps_its_number_as_written(typed: str) -> None:
    config.use(Settings())
    assert Sample.parse({**GOOD, "phone": typed}, strict=True).phone == typed.strip("\u202a\u202c")


@pytest.mark.parametrize(
    "typed", ["010-1234-567", "031-123-456", "02-123-45", "12", "100000", "031-12-120", "call 120"]
)
def test_a_number_that_lacks_a_digit_is_refused_also_for_an_office(typed: str) -> None:
    config.use(Settings())
    assert errors_of(phone=typed) == [NOT_PHONE.msgid]


@pytest.mark.parametrize("typed", ["120", "110", "112", "119", "02-120"])
def test_a_short_code_is_nobodys_own_number(typed: str) -> None:
    assert phones.readable(typed, "KR") == ""
    assert phones.is_office(typed, "KR")
