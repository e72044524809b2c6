"""Dates for people's calendars (iCalendar, RFC 5545): days and moments, written so that every program reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from server.core import clock


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a calendar: a whole day, or from a moment to a moment."""

    uid: str
    """The same for as long as it is the same thing."""
    title: str
    url: str
    starts: date | datetime
    """A plain date is the whole day."""
    ends: datetime | None = None
    place: str = ""
    text: str = ""
    cancelled: bool = False
    busy: bool = False
    """Whether somebody who keeps it is busy then."""


def calendar(entries: Iterable[Entry], *, product: str, name: str = "") -> bytes:
    """The file."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Sinmungo//{product}//EN"]
    if name:
        head.append(f"X-WR-CALNAME:{_escaped(name)}")
    lines = [*head, *(line for entry in entries for line in _event(entry)), "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _event(entry: Entry) -> Sequence[str]:
    if isinstance(entry.starts, datetime):
        when = [f"DTSTART:{_moment(entry.starts)}", f"DTEND:{_moment(entry.ends or entry.starts)}"]
    else:
        after = entry.starts + timedelta(days=1)
        when = [f"DTSTART;VALUE=DATE:{entry.starts:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
    more = [
        f"{name}:{_escaped(text)}" for name, text in (("LOCATION", entry.place), ("DESCRIPTION", entry.text)) if text
    ]
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}@sinmungo",
        f"DTSTAMP:{_moment(clock.now())}",
        *when,
        f"SUMMARY:{_escaped(entry.title)}",
        *more,
        f"URL:{entry.url}",
        *(["STATUS:CANCELLED"] if entry.cancelled else []),
        *([] if entry.busy else ["TRANSP:TRANSPARENT"]),
        "END:VEVENT",
    ]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
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
