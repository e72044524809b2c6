"""What a file is, decided by its whole content and not by its name or its first bytes."""

import codecs
import contextlib
import io
import re
import unicodedata
import zipfile
import zlib
from typing import NamedTuple

import filetype

from server.core import iso_media


class MediaType(NamedTuple):
    """An accepted type of file."""

    mime: str
    extension: str


# No archives: their content is not visible, may be a program, and may be a decompression bomb.
TYPES = {
    extension: MediaType(mime, extension)
    for extension, mime in {
        "jpg": "image/jpeg",
        "png": "image/png",
        "gif": "image/gif",
        "webp": "image/webp",
        "heic": "image/heic",
        "avif": "image/avif",
        "pdf": "application/pdf",
        "hwp": "application/x-hwp",
        "hwpx": "application/hwp+zip",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
        "odp": "application/vnd.oasis.opendocument.presentation",
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
        "ppt": "application/vnd.ms-powerpoint",
        "txt": "text/plain",
        "csv": "text/csv",
        "mp4": "video/mp4",
        "mov": "video/quicktime",
        "3gp": "video/3gpp",
        "webm": "video/webm",
        "ogv": "video/ogg",
        "mp3": "audio/mpeg",
        "m4a": "audio/mp4",
        "ogg": "audio/ogg",
        "wav": "audio/wav",
    }.items()
}
ALIASES = {"jpeg", "jpe", "jfif", "apng", "heif", "text", "m4v", "qt", "oga", "opus", "wave", "3gpp"}
"""Further extensions of these types."""


def sniff(content: bytes, name: str) -> MediaType | None:
    """Detect a file's type; None for anything not in :data:`TYPES`.

    The name decides only where the content is ambiguous: CSV or plain text, which of two old office formats, and sound
    or video where a truncated file does not say.
    """
    declared = name.rpartition(".")[2].lower()
    if content.startswith(_OLE):
        found = _old_office(content, declared)
    elif content.startswith(_ZIP):
        found = _zipped_office(content)
    elif content[4:8] == b"ftyp":
        found = _iso_media(content, declared)
    else:
        found = _signature(content)
        if not found and _is_text(content):
            found = "csv" if declared == "csv" else "txt"
    return TYPES.get(found)


_SOUNDS = (b"vorbis", b"OpusHead", b"\x7fFLAC", b"Speex")
_FIRST_PAGES = 1024


def _signature(content: bytes) -> str:
    if content.startswith(b"HWP Document File V3.00"):
        return "hwp"
    if content.startswith((b"OggS", b"RIFF", b"\x1aE\xdf\xa3")):
        return _sound_or_video(content[:_FIRST_PAGES])
    guess = filetype.guess_extension(content[:_FIRST_PAGES])
    if guess == "gif" and content[:6] not in {b"GIF87a", b"GIF89a"}:  # "GIF" alone may begin a text
        return ""
    if guess == "apng":  # animated PNG
        return "png"
    return guess if guess in {"jpg", "png", "gif", "pdf", "mp3"} else ""


def _sound_or_video(head: bytes) -> str:
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"WEBP": "webp"}.get(head[8:12], "")
    if head[:4] == b"OggS":
        return "ogv" if b"theora" in head else "ogg" if any(codec in head for codec in _SOUNDS) else ""
    # EBML: the document type tells WebM from any other Matroska file.
    return "webm" if re.match(rb".{4,60}?\x42\x82[\x84\x40]\x00?\x04?webm", head, re.DOTALL) else ""


# --- Office documents -------------------------------------------------------------------------------------------------

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
# Each format is recognised by a stream in the compound file's directory, whose names are in UTF-16.
_STREAMS = {
    "hwp": ("FileHeader",),
    "doc": ("WordDocument",),
    "ppt": ("PowerPoint Document",),
    "xls": ("Workbook", "Book"),
}


def _old_office(content: bytes, declared: str) -> str:
    if _INSTALLER in content:
        return ""
    found = [
        extension
        for extension, names in _STREAMS.items()
        if any(f"{name}\0".encode("utf-16-le") in content for name in names)
    ]
    # A document may embed another one, and then has the streams of both.
    if declared in found or (not found and declared in _STREAMS):
        return declared
    return found[0] if found else ""


_ZIP = b"PK\x03\x04"
_END = b"PK\x05\x06"
_MOST_DIRECTORY = 4 * 1024 * 1024
"""Bytes of a ZIP file's directory that are read: tens of thousands of names."""
_LONGEST_COMMENT = 2**16
_LONGEST_MIME = 100
_PARTS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_BY_MIME = {TYPES[one].mime: one for one in ("hwpx", "odt", "ods", "odp")}
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)


def _zipped_office(content: bytes) -> str:
    """By the directory at the end of the ZIP file, in which the order of the parts does not matter."""
    tail = content[-(_LONGEST_COMMENT + 22) :]
    end = len(tail) - 22 if tail[-22:-18] == _END and tail[-2:] == b"\0\0" else tail.rfind(_END)
    if end < 0 or int.from_bytes(tail[end + 12 : end + 16], "little") > _MOST_DIRECTORY:
        return ""
    with contextlib.suppress(*_BROKEN), zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "mimetype" in names:
            return _BY_MIME.get(_mime(archive), "")
        if "[Content_Types].xml" in names:
            return next((of for part, of in _PARTS.items() if any(name.startswith(part) for name in names)), "")
    return ""


def _mime(archive: zipfile.ZipFile) -> str:
    entry = archive.getinfo("mimetype")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return ""
    with archive.open(entry) as stream:
        return stream.read(_LONGEST_MIME).decode("ascii", "replace").strip()


# --- Pictures, sound and video ---------------------------------------------------------------------------------------

_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_SOUND = {b"M4A ", b"M4B "}
_AVIF = {b"avif", b"avis"}
_VIDEO = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV", b"qt  "}


def _iso_media(content: bytes, declared: str) -> str:
    """Images, audio and video share one box format: brands tell images apart, tracks the rest (ISO/IEC 14496-12).

    A recorder of sound writes the brands of videos, or of videos for old telephones (``3gp4``).
    """
    end = min(int.from_bytes(content[:4], "big"), 256)
    brand = content[8:12]
    brands = {brand} | {content[at : at + 4] for at in range(16, end, 4)}
    if brands & _AVIF:
        return "avif"
    if brand in _HEIC | {b"mif1", b"msf1"}:
        return "heic" if brands & _HEIC else ""
    old = brand[:3] in {b"3gp", b"3g2"}
    if not (old or brands & _VIDEO or brand in _SOUND):
        return ""
    tracks = iso_media.handlers(content)
    silent = b"soun" not in tracks and declared != "m4a"
    found = "mov" if brand == b"qt  " else "3gp" if old else "mp4"
    return found if found == "mov" or b"vide" in tracks or (silent and brand not in _SOUND) else "m4a"


# --- Text -------------------------------------------------------------------------------------------------------------

_binary = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f\xff]")
_control = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_markup = re.compile(
    r"[\s\ufeff]*<(?:[!?%]|(?:html|head|body|title|meta|link|base|style|script|iframe|frameset|object|embed|"
    r"svg|math|table|form|input|button|img|video|audio|div|span|font|h[1-6]|pre|a|b|br|p|ul|ol)[\s/>])",
    re.IGNORECASE,
)
_LOOKED_AT = 4096
"""Characters that are looked at one by one."""


def _is_text(content: bytes) -> bool:
    """Whether this is text in UTF-8, UTF-16 or a legacy Korean or Japanese encoding, and no browser takes it for HTML.

    A last character that was cut off is allowed.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with contextlib.suppress(UnicodeDecodeError):
            text = codecs.getincrementaldecoder("utf-16")().decode(content)
            odd = any(unicodedata.category(one) in {"Cn", "Co"} for one in text[:_LOOKED_AT])
            return not (odd or _control.search(text) or _markup.match(text))
        return False
    if _binary.search(content):
        return False
    for encoding in ("utf-8", "cp949", "cp932"):
        with contextlib.suppress(UnicodeDecodeError):
            return not _markup.match(codecs.getincrementaldecoder(encoding)().decode(content))
    return False
