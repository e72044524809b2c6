"""The fields of a form as they were sent, in the charset that it names. Starlette's own reading puts other characters
for bytes that are no text, so that a petition would be filed in question marks; here the form is refused.
"""

from urllib.parse import parse_qsl, unquote_to_bytes

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from server.core import encodings
from server.core.errors import BadRequest, UnreadableText, UnsupportedMedia, _

MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
MAX_PART = 512 * 1024
"""Bytes of one field of a form with files."""


async def read(request: Request, kind: str, *, files: int, fields: int) -> FormData:
    """A form of the media type ``kind``, with at most so many files and fields. Raises refusals."""
    _kind, options = parse_options_header(request.headers["content-type"])
    codec = encodings.charset(options.get(b"charset", b"").decode("latin-1"))
    if not codec:
        raise UnsupportedMedia(UnreadableText.text)
    try:
        if kind == URLENCODED:
            body = (await request.body()).decode(codec)
            return FormData([*parse_qsl(body, True, encoding=codec, errors="strict", max_num_fields=fields)])
        return await _multipart(request, options.get(b"boundary", b""), codec, files, fields)
    except UnicodeDecodeError as error:
        raise UnreadableText from error
    except (MultiPartException, ValueError) as error:
        if "many fields" in str(error) or kind == URLENCODED:
            many = _("The form has more than %(most)s fields. Please send fewer at once.", most=fields)
            raise BadRequest(many, code="too_many_fields") from error
        raise BadRequest from error


def check_query(query: bytes) -> None:
    """Raises ``UnreadableText`` for the query of an address that is no text in UTF-8."""
    if not encodings.readable(unquote_to_bytes(query)):
        raise UnreadableText


async def _multipart(request: Request, boundary: bytes, codec: str, files: int, fields: int) -> FormData:
    # Latin-1 has a character for each byte, so that nothing that was sent is lost before it is read.
    headers = Headers(raw=[(b"content-type", b'%s; charset=latin-1; boundary="%s"' % (MULTIPART.encode(), boundary))])
    parser = MultiPartParser(headers, request.stream(), max_files=files, max_fields=fields, max_part_size=MAX_PART)
    sent = await parser.parse()
    try:
        return FormData([(_text(name, codec), _value(value, codec)) for name, value in sent.multi_items()])
    except UnicodeDecodeError:
        await sent.close()
        raise


def _value(value: str | UploadFile, codec: str) -> str | UploadFile:
    if isinstance(value, str):
        return _text(value, codec)
    value.filename = value.filename and _text(value.filename, codec)
    return value


def _text(sent: str, codec: str) -> str:
    return sent if sent.isascii() else sent.encode("latin-1").decode(codec)
