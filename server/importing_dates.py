"""Dates as other systems write them: the format of a whole file, and the moment in each of its lines.

A file has one format. Without the option ``--dates`` it is the one that reads every line, not counting the lines that
no format reads. Where two fit, as month and day may stand in either order, nothing is guessed: such lines are refused.
"""

import contextlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from server.core.forms.kinds import FIRST_YEAR, LAST_YEAR

_NUMBER = re.compile(r"-?[0-9]{1,16}(?:\.[0-9]{1,9})?")
_TIME = (
    r"(?:[ T]+(?P<before>(?:오|午)(?:전|후|前|後) ?)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?: ?(?P<after>[AP])\.?M\.?)?)?"
)
_YEAR_FIRST = re.compile(
    # Dashes only with the half of the day named: all else with dashes is ISO's.
    rf"(?=[^-]*$|.*[오午])(\d{{4}})(?:[./-]|년|年) ?(\d{{1,2}})(?:[./-]|월|月) ?(\d{{1,2}})(?:\.|일|日)?{_TIME}",
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_TIME}", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = 12

Read = Callable[[object], datetime | None]
"""The moment in a value, without a zone if it names none; None where the format does not read it."""


def _iso(value: object) -> datetime | None:
    if not isinstance(value, str):
        return _seconds(value)
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(value.strip())
    return None


def _seconds(value: object) -> datetime | None:
    return _since_1970(value, 1)


def _milliseconds(value: object) -> datetime | None:
    return _since_1970(value, 1000)


def _since_1970(value: object, per_second: int) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if isinstance(value, str) and not _NUMBER.fullmatch(text):
        return None
    with contextlib.suppress(OverflowError, ValueError):
        return _EPOCH + timedelta(seconds=float(text) / per_second)
    return None


def _written(pattern: re.Pattern[str], year: int, month: int, day: int) -> Read:
    """A format with separated parts; the numbers are the groups that hold year, month and day.

    Digits may be full-width, and Korean and Japanese name the half of the day before the hour, as their Excel does.
    """

    def read(value: object) -> datetime | None:
        text = unicodedata.normalize("NFKC", value) if isinstance(value, str) else ""
        found = pattern.fullmatch(" ".join(text.split()))
        if not found:
            return None
        hour, minute, second = (int(found[group] or 0) for group in ("hour", "minute", "second"))
        if half := found["before"] or found["after"]:
            if not (0 if found["before"] else 1) <= hour <= NOON:  # 午後0:30 is half past twelve
                return None
            hour = hour % NOON + NOON * (half.strip()[-1] in "pP후後")
        with contextlib.suppress(ValueError):
            return datetime(int(found[year]), int(found[month]), int(found[day]), hour, minute, second)  # noqa: DTZ001
        return None

    return read


FORMATS: Mapping[str, Read] = {
    "iso": _iso,
    "ymd": _written(_YEAR_FIRST, 1, 2, 3),
    "seconds": _seconds,
    "milliseconds": _milliseconds,
    "mdy": _written(_YEAR_LAST, 3, 1, 2),
    "dmy": _written(_YEAR_LAST, 3, 2, 1),
}
"""The format's name on the command line, and how it is read. The first that fits a file is used, save for the last
two, which have to be told apart."""
AUTO = "auto"
HELP = (
    "How the file writes dates: iso (2017-08-25T09:12), ymd (2017.08.25, 2017년 8월 25일), mdy (08/25/2017 09:12 AM), "
    "dmy, seconds or milliseconds since 1970. auto: as every line agrees."
)


class Dates:
    """The dates of one file."""

    def __init__(self, formats: Collection[str], zone: tzinfo, latest: datetime | None = None) -> None:
        """``formats`` are those that may be meant; without exactly one, lines are refused. ``latest`` bounds them."""
        self.formats, self.zone, self._latest = tuple(formats), zone, latest

    def read(self, value: object) -> datetime:
        """The moment in a value, aware. Raises ``ValueError`` that says what is wrong with it."""
        found = [moment for name in self.formats or FORMATS if (moment := self._moment(name, value))]
        if not found:
            raise ValueError(f"{value!r} is no moment")
        if len(self.formats) > 1:
            raise ValueError(f"{value!r} can be read in two ways: say with --dates which ({', '.join(self.formats)})")
        if not self.formats:
            raise ValueError(f"{value!r} is not written as in other lines: say with --dates how the file writes dates")
        if not self.bounded(found[0]):
            raise ValueError(f"{value!r} is before {FIRST_YEAR} or in the future")
        return found[0]

    def _moment(self, name: str, value: object) -> datetime | None:
        found = FORMATS[name](value)
        return found.replace(tzinfo=self.zone) if found and not found.tzinfo else found

    def bounded(self, moment: datetime) -> bool:
        """Whether a moment can be shown in every time zone, and is not past the latest one."""
        if not FIRST_YEAR <= moment.year <= LAST_YEAR or moment.astimezone(self.zone).year < FIRST_YEAR:
            return False
        return self._latest is None or moment <= self._latest

    def fits(self, name: str, value: object) -> bool:
        found = self._moment(name, value)
        return found is not None and self.bounded(found)


def agreed(values: Iterable[object], wanted: str, zone: tzinfo, latest: datetime | None = None) -> Dates:
    """The dates of a file with these values: as ``wanted``, or in the format that reads every one of them."""
    if wanted != AUTO:
        return Dates((wanted,), zone, latest)
    every = Dates(FORMATS, zone, latest)
    left, seen = set(FORMATS), False
    for value in values:
        if fitting := {name for name in FORMATS if every.fits(name, value)}:
            left &= fitting
            seen = True
    if not seen:
        return Dates(("iso",), zone, latest)
    found = [name for name in FORMATS if name in left]
    return Dates(found if found[:1] == ["mdy"] else found[:1], zone, latest)
