"""Texts in another charset than UTF-8: read where the form names it, refused where nobody can tell what was written."""

from urllib.parse import quote_from_bytes

import httpx
import pytest

from petitions.models import Case
from tests.support.markup import parse
from tests.support.page_forms import post_without_page
from tests.support.system import System

KOREAN, JAPANESE = "가로등이 꺼졌습니다", "街灯が消えています"
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
UNREADABLE = "UTF-8로 된 글이 아니어서 읽을 수 없습니다"


async def _sent(system: System, kind: str, content: bytes, charset: str = "") -> httpx.Response:
    headers = {"content-type": f"{kind}; charset={charset}" if charset else kind}
    return await post_without_page(system.client, "/petitions/new", content=content, headers=headers)


def _form(kind: str, title: str, codec: str, *, escaped: bool = True) -> bytes:
    """The filing page's form as a program writes it that uses another charset."""
    fields = {"title": title, "body": title, "name": title[:4], "phone": "010-1234-5678", "check": "1"}
    raw = {name.encode(): value.encode(codec) for name, value in fields.items()}
    if kind == MULTIPART:
        return b"".join(PART % field for field in raw.items()) + b"--x--\r\n"
    return b"&".join(n + b"=" + (quote_from_bytes(v).encode() if escaped else v) for n, v in raw.items())


@pytest.mark.parametrize("kind", [URLENCODED, MULTIPART])
@pytest.mark.parametrize(
    ("title", "codec", "charset"),
    [
        (KOREAN, "utf-8", ""),
        (KOREAN, "utf-8", "UTF-8"),
        (KOREAN, "cp949", "EUC-KR"),
        ("쀍 소리가 납니다", "cp949", "ks_c_5601-1987"),
        (JAPANESE, "cp932", "Shift_JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        ("Café lights are out", "cp1252", "iso-8859-1"),
    ],
)
async def test_a_text_is_read_in_the_charset_that_the_form_names(
    system: System, kind: str, title: str, codec: str, charset: str
) -> None:
    sent = await _sent(system, kind, _form(kind, title, codec), charset)
    assert sent.status_code == 303, parse(sent.text).text[:500]
    assert title in parse((await system.client.get(sent.headers["location"])).text).text


async def test_a_program_may_forget_to_escape_letters(system: System) -> None:
    sent = await _sent(system, URLENCODED, _form(URLENCODED, KOREAN, "utf-8", escaped=False))
    assert KOREAN in parse((await system.client.get(sent.headers["location"])).text).text


@pytest.mark.parametrize("kind", [URLENCODED, MULTIPART])
@pytest.mark.parametrize("charset", ["", "utf-8", "ascii"])
async def test_what_is_no_text_is_refused_instead_of_filed_in_question_marks(
    system: System, kind: str, charset: str
) -> None:
    refused = await _sent(system, kind, _form(kind, KOREAN, "cp949"), charset)
    assert refused.status_code == 400
    assert UNREADABLE in parse(refused.text).text


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "rot13", "hex", "nonsense"])
async def test_a_charset_that_no_form_has_is_refused(system: System, charset: str) -> None:
    assert (await _sent(system, URLENCODED, b"title=a", charset)).status_code == 415


async def test_the_name_of_a_file_is_text_as_well(system: System) -> None:
    receipt = await system.file()
    address, key = f"/api/v1/cases/{receipt['reference']}/files", receipt["access_key"]
    file = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\nhello\r\n--x--\r\n'
    headers = {"content-type": MULTIPART, "x-access-key": key}
    taken = await post_without_page(system.client, address, content=file % "사진.txt".encode(), headers=headers)
    assert [one["name"] for one in taken.json()["files"]] == ["사진.txt"]
    refused = await post_without_page(
        system.client, address, content=file % "사진.txt".encode("cp949"), headers=headers
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "unreadable_text")


@pytest.mark.parametrize("path", ["/search?q=%B0%A1", "/petitions?q=a&%ff=1", "/cases?reference=%80"])
async def test_an_address_that_is_no_text_is_refused(system: System, path: str) -> None:
    answer = await system.client.get(path)
    assert answer.status_code == 400
    assert UNREADABLE in parse(answer.text).text


async def test_json_in_another_charset_says_what_is_wrong(system: System) -> None:
    body = '{"title": "가로등", "body": "꺼졌습니다", "petitioner": {"name": "홍"}}'.encode("cp949")
    answer = await post_without_page(
        system.client, "/api/v1/petitions", content=body, headers={"content-type": "application/json; charset=euc-kr"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable_text")
    assert not await Case.exists()
