"""The text that other programs wrote: files in UTF-8, or UTF-16 where a byte order mark says so, without the mark;
forms in UTF-8 or in the charset that they name. Bytes that are no text are never replaced by a mark.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
LONGEST_MARK = 3
BLOCK = 1024 * 1024
CHARSETS = {
    **dict.fromkeys(("", "utf-8", "utf8", "us-ascii", "ascii"), "utf-8"),
    **dict.fromkeys(("euc-kr", "ks-c-5601-1987", "windows-949", "cp949", "ms949", "uhc"), "cp949"),
    **dict.fromkeys(("shift-jis", "sjis", "x-sjis", "windows-31j", "cp932", "ms932"), "cp932"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc_jp"),
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252", "cp1252"), "cp1252"),
}
"""The codecs for charsets that a form may name, as browsers read them (the WHATWG's Encoding Standard). A list of our
own, because ``codecs.lookup`` remembers each name that it was ever asked for."""


def encoding(head: bytes) -> tuple[str, int]:
    """The encoding that a file's first bytes say, and the length of its byte order mark."""
    return next(((name, len(mark)) for mark, name in _MARKS.items() if head.startswith(mark)), ("utf-8", 0))


def charset(named: str) -> str | None:
    """The codec for the charset that a form names, UTF-8 if it names none; None for one that no form has."""
    return CHARSETS.get(named.strip().lower().replace("_", "-"))


def readable(content: bytes) -> bool:
    """Whether this is text in UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def decoded(content: bytes) -> str:
    """A whole text without its byte order mark. Raises ``UnicodeDecodeError``."""
    name, length = encoding(content[:LONGEST_MARK])
    return content[length:].decode(name)


def lines(path: Path) -> Iterator[tuple[str | None, int]]:
    """The lines of a file with their line ends, and the position behind each; None for one that cannot be decoded."""
    with path.open("rb") as stream:
        name, length = encoding(stream.read(LONGEST_MARK))
        stream.seek(length)
        yield from _utf8(stream) if name == "utf-8" else _utf16(stream, name)


def _utf8(stream: BinaryIO) -> Iterator[tuple[str | None, int]]:
    for line in stream:
        try:
            yield line.decode(), stream.tell()
        except UnicodeDecodeError:
            yield None, stream.tell()


def _utf16(stream: BinaryIO, name: str) -> Iterator[tuple[str | None, int]]:
    # Half of a surrogate pair spoils its own line only, and half a character at the end is a line of its own.
    decoder, text = codecs.getincrementaldecoder(name)("surrogatepass"), ""
    while block := stream.read(BLOCK):
        *whole, text = (text + decoder.decode(block)).split("\n")
        for line in whole:
            yield _encodable(f"{line}\n"), stream.tell()
    if text:
        yield _encodable(text), stream.tell()
    if decoder.getstate()[0]:
        yield None, stream.tell()


def _encodable(line: str) -> str | None:
    return None if any("\ud800" <= one <= "\udfff" for one in line) else line
