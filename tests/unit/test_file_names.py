"""Names of attached files: true to the content, safe on every system, and shown by no browser."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.files import (
    MAX_NAME,
    NumberInName,
    accept,
    content_disposition,
    safe_name,
)

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.mark.parametrize(
    "name", ["홍길동_900101-1234567.jpg", "주민번호 900101~1234568.pdf", "마이넘버 1234 5678 9018.jpg"]
)
def test_a_name_with_a_number_that_must_not_be_stored_is_refused(name: str) -> None:
    with pytest.raises(NumberInName):
        accept(JPEG, name)
    with pytest.raises(NumberInName):
        accept(JPEG, unicodedata.normalize("NFD", name))


def test_a_photo_named_by_the_clock_is_accepted() -> None:
    assert accept(JPEG, "1712051234567.jpg").name == "1712051234567.jpg"


@pytest.mark.parametrize(
    ("given_name", "content", "name"),
    [
        ("사진.png", JPEG, "사진.jpg"),
        ("사진.JPEG", JPEG, "사진.jpg"),
        ("사진.JPG", JPEG, "사진.jpg"),
        ("사진", JPEG, "사진.jpg"),
        ("사진.exe", JPEG, "사진.exe.jpg"),
        ("보고서.v2", PDF, "보고서.v2.pdf"),
        ("page.html", b"plain words", "page.html.txt"),
        (".pdf", PDF, "pdf.pdf"),
        ("a/b\\c.pdf", PDF, "c.pdf"),
        ("", PDF, "file.pdf"),
        ("긴" * 200 + ".png", JPEG, "긴" * 38 + ".jpg"),
        ("nul.png", JPEG, "_nul.jpg"),
    ],
)
def test_a_file_gets_the_extension_of_what_it_is(given_name: str, content: bytes, name: str) -> None:
    assert accept(content, given_name).name == name


# --- Names ---


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("민원 사진.jpg", "민원 사진.jpg"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\fakepath\\사진.jpg", "사진.jpg"),
        ("a/..", "file"),
        ("...", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("a\x00b\r\nc\x1b.txt", "ab c.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u200bb\u2066c\ufeff.txt", "abc.txt"),
        ("\ud800a.txt", "a.txt"),
        ('a<b>c:d"e|f?g*h.txt', "a_b_c_d_e_f_g_h.txt"),
        ("이름\u3000두\u00a0칸 .txt ", "이름 두 칸.txt"),
        (unicodedata.normalize("NFD", "소음.txt"), "소음.txt"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("Lpt1 .tar.gz", "_Lpt1 .tar.gz"),
        ("console.txt", "console.txt"),
        ("a" * 300 + ".txt", "a" * 116 + ".txt"),
        ("가" * 100 + ".hwp", "가" * 38 + ".hwp"),
        ("a." + "b" * 300, "a." + "b" * 118),
        ("🚧공사.jpg", "🚧공사.jpg"),
    ],
)
def test_a_name_is_made_safe(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@pytest.mark.untraced
@given(st.text())
def test_any_name_becomes_one_that_every_system_takes(name: str) -> None:
    safe = safe_name(name)
    assert 1 <= len(safe.encode()) <= MAX_NAME
    assert not set(safe) & set('/\\<>:"|?*')
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for c in safe)
    assert safe == safe.strip(" .") == unicodedata.normalize("NFC", safe)
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ("my report.pdf", 'attachment; filename="my report.pdf"'),
        ("소음.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%EC%86%8C%EC%9D%8C.pdf"),
        ("50%.pdf", "attachment; filename=\"50_.pdf\"; filename*=UTF-8''50%25.pdf"),
        ("é;'(1).pdf", "attachment; filename=\"_;'(1).pdf\"; filename*=UTF-8''%C3%A9%3B%27%281%29.pdf"),
        ('a"; x="\r\nSet-Cookie: y.pdf', 'attachment; filename="a_; x=_ Set-Cookie_ y.pdf"'),
    ],
)
def test_a_download_is_saved_under_its_name_and_never_shown(name: str, header: str) -> None:
    assert content_disposition(name) == header


@given(st.text())
def test_no_name_can_break_out_of_the_header(name: str) -> None:
    header = content_disposition(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
