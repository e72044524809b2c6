"""Calendar files (iCalendar, RFC 5545), written so that every calendar program can read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from server.core import clock


class Method(StrEnum):
    """What a file that is sent by mail does to the reader's calendar (RFC 5546)."""

    PUBLISH = "PUBLISH"
    """Add the entries, or change those with the same uid and a lower sequence number."""
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: a whole day, a moment, or from one time to another."""

    uid: str
    """Stays the same when the entry changes."""
    title: str
    url: str
    starts: date | datetime
    """A date means the whole day."""
    ends: datetime | None = None
    """None if nobody knows when it ends: an end that equals the start is no end (RFC 5545, 3.8.2.2)."""
    place: str = ""
    text: str = ""
    cancelled: bool = False
    busy: bool = False
    """Whether it blocks time in the calendar."""
    sequence: int = 0
    """Grows with each change, so that programs can tell which of two files is newer."""
    organizer: str = ""
    """The mail address of whoever invites; a file with a method needs it."""
    alarm: timedelta | None = None
    """How long before its start the calendar program reminds."""


def calendar(entries: Iterable[Entry], *, product: str, name: str = "", method: Method | None = None) -> bytes:
    """Serialise the entries to a file."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Sinmungo//{product}//EN"]
    if method:
        head.append(f"METHOD:{method}")
    if name:
        head.append(f"X-WR-CALNAME:{_escaped(name)}")
    lines = [*head, *(line for entry in entries for line in _event(entry)), "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _event(entry: Entry) -> Sequence[str]:
    if isinstance(entry.starts, datetime):
        when = [f"DTSTART:{_moment(entry.starts)}", *([f"DTEND:{_moment(entry.ends)}"] if entry.ends else [])]
    else:
        when = [f"DTSTART;VALUE=DATE:{entry.starts:%Y%m%d}"]
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
        *([f"SEQUENCE:{entry.sequence}"] if entry.sequence or entry.organizer else []),
        *([f"ORGANIZER:mailto:{entry.organizer}"] if entry.organizer else []),
        *(["STATUS:CANCELLED"] if entry.cancelled else []),
        *([] if entry.busy else ["TRANSP:TRANSPARENT"]),
        *(_alarm(entry, entry.alarm) if entry.alarm and not entry.cancelled else []),
        "END:VEVENT",
    ]


def _alarm(entry: Entry, before: timedelta) -> Sequence[str]:
    minutes = int(before.total_seconds()) // 60
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(entry.title)}",
        f"TRIGGER:-PT{minutes}M",
        "END:VALARM",
    ]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> bytes:
    """A content line folded at 75 octets without splitting characters (RFC 5545, 3.1)."""
    pieces: list[bytes] = []
    current = b""
    for character in line:
        encoded = character.encode()
        if len(current) + len(encoded) > 74 + (not pieces):
            pieces.append(current)
            current = b""
        current += encoded
    return b"\r\n ".join([*pieces, current]) + b"\r\n"
