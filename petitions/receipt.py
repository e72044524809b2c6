"""The receipt (접수증, Act 9②) as things to keep: a QR code of the case's address, and its due date for a calendar.

Neither holds the access key: a printed page is left lying about, and calendars are shared.
"""

from datetime import datetime, timedelta

import segno
from markupsafe import Markup

from server.core import clock


def qr_svg(url: str) -> Markup:
    """The address as inline SVG without a size of its own, so that the page sizes it (error correction M, 15 %)."""
    code = segno.make(url, error="m", micro=False)
    return Markup(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704 — our own SVG


def calendar(*, reference: str, title: str, due: datetime, by_day: bool, url: str) -> bytes:
    """The due date as an iCalendar file (RFC 5545): a whole day where the day counts, else the moment."""
    if by_day:
        day = due.date()
        when = [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    else:
        moment = due.astimezone(clock.now().tzinfo)
        when = [f"DTSTART:{moment:%Y%m%dT%H%M%SZ}", f"DTEND:{moment:%Y%m%dT%H%M%SZ}"]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sinmungo//Receipt//EN",
        "BEGIN:VEVENT",
        f"UID:{reference}@sinmungo",
        f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        *when,
        f"SUMMARY:{_escaped(title)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, none of which cuts a character (RFC 5545, 3.1)."""
    pieces: list[bytes] = []
    current = b""
    for character in line:
        encoded = character.encode()
        if len(current) + len(encoded) > 74 + (not pieces):
            pieces.append(current)
            current = b""
        current += encoded
    return b"\r\n ".join([*pieces, current]) + b"\r\n"
