"""The city's reference data: departments and districts, shared by all domains.

Read together and cached for a few seconds per process. After changing any of it, call ``forget`` after the commit;
other processes notice within ``KEPT`` seconds, and changed landmarks within ``LANDMARKS_KEPT`` seconds.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time as day_time
from threading import Lock
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.core import changes, config, database, i18n, places
from server.core.accounts import Holiday, LocalHours
from server.core.geo import Rings, inside, largest, middle, rings, sketch
from server.core.mentions import Mentions
from server.core.rows import read as read_row
from server.core.shared_reads import SharedReads
from server.core.working_calendar import OfficeHours, WorkingCalendar

MOST_LANDMARKS = 5_000
KEPT = 5.0
"""Seconds for which the data is cached."""
LANDMARKS_KEPT = 300.0
"""Seconds for which the landmarks are: there are many, and they seldom change."""


class District(Model):
    """An area of the city, with its outline: rings of ``[lng, lat]`` points, or a single one."""

    code = fields.CharField(max_length=40, primary_key=True)
    name = fields.CharField(max_length=80)
    name_ja = fields.CharField(max_length=80, default="")
    name_en = fields.CharField(max_length=80, default="")
    outline: list[Any] = fields.JSONField(default=list)

    class Meta:
        table = "district"


class Landmark(Model):
    """A street, a neighbourhood or a place with its position: what addresses name, and what points are near to."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=80)
    name_ja = fields.CharField(max_length=80, default="")
    name_en = fields.CharField(max_length=80, default="")
    lat = fields.FloatField()
    lng = fields.FloatField()

    class Meta:
        table = "landmark"


class DistrictChange(Model):
    """Districts read from a file that await confirmation, or the districts before a change."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=8)
    content: dict[str, Any] = fields.JSONField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "district_change"
        indexes = (Index(fields=("kind", "id"), name="district_change_kind"),)


@dataclass(frozen=True)
class DepartmentRow:
    """A department as shown on pages and in JSON."""

    id: int
    code: str
    names: Mapping[str, str]
    phone: str
    email: str
    place: str
    active: bool = True
    """A closed department receives nothing new; its earlier answers still name it."""

    def name(self, language: str) -> str:
        """Its name in a language, in Korean if there is none."""
        return self.names.get(language) or self.names["ko"]


@dataclass(frozen=True)
class City:
    """A consistent snapshot of both."""

    departments: Mapping[int, DepartmentRow]
    """All departments, including closed ones."""
    districts: Mapping[str, Mapping[str, str]]
    """Code to names by language."""
    outlines: Mapping[str, Rings]
    """Code to rings of ``(lng, lat)``, for the districts that have an outline."""
    sketch: Mapping[str, Rings]
    """The same with fewer points, for small maps."""
    landmarks: tuple[places.Spot, ...]
    """At most ``MOST_LANDMARKS``."""

    @property
    def open_departments(self) -> list[DepartmentRow]:
        """The departments that can receive work."""
        return [row for row in self.departments.values() if row.active]

    def department_name(self, number: int | None, language: str) -> str:
        """The name of a department by its id; empty if there is none."""
        row = self.departments.get(number or 0)
        return row.name(language) if row else ""

    def department_names(self, language: str) -> dict[int, str]:
        return {row.id: row.name(language) for row in self.departments.values()}

    def department_choices(self, language: str) -> list[tuple[str, str]]:
        """Code and name of the departments that can receive work."""
        return [(row.code, row.name(language)) for row in self.open_departments]

    def department_by_code(self, code: str) -> DepartmentRow | None:
        return next((row for row in self.departments.values() if row.code == code), None)

    def district_name(self, code: str, language: str) -> str:
        """A district's name in a language, in Korean if there is none; the code if it is unknown."""
        names = self.districts.get(code)
        return names.get(language) or names["ko"] if names else code

    def district_names(self, language: str) -> dict[str, str]:
        return {code: self.district_name(code, language) for code in self.districts}

    @property
    def bounds(self) -> tuple[tuple[float, float], ...]:
        """The ``(lat, lng)`` south-western and north-eastern corners of the city; empty without outlines."""
        points = [point for outline in self.sketch.values() for ring in outline for point in ring]
        if not points:
            return ()
        lngs, lats = [p[0] for p in points], [p[1] for p in points]
        return (min(lats), min(lngs)), (max(lats), max(lngs))

    @property
    def centre(self) -> tuple[float, float] | None:
        """The ``(lat, lng)`` centre of all districts, at which a map opens; None without outlines."""
        corners = self.bounds
        if not corners:
            return None
        (south, west), (north, east) = corners
        return round((south + north) / 2, 5), round((west + east) / 2, 5)

    def named_outlines(self, language: str) -> list[tuple[str, list[tuple[float, float]]]]:
        """The districts' names with the ``(lat, lng)`` points of each of their rings, to draw on a map."""
        return [
            (self.district_name(code, language), [(lat, lng) for lng, lat in ring])
            for code, outline in self.sketch.items()
            for ring in outline
        ]

    def district_choices(self, language: str, kept: str = "") -> list[tuple[str, str]]:
        """Code and name of the districts that can be chosen; ``kept`` is the one already chosen.

        If the city has a map, only the districts on it: others are retired.
        """
        codes = [code for code in self.districts if code in self.outlines or code == kept or not self.outlines]
        return [(code, self.district_name(code, language)) for code in codes]

    def district_of(self, lat: float | None, lng: float | None, address: str) -> str:
        """The code of the district that contains a point or is named in an address; empty if unknown."""
        if lat is not None and lng is not None:
            for code, outline in self.outlines.items():
                if inside((lat, lng), outline):
                    return code
        named = Mentions(address)
        return next(
            (code for code, names in self.districts.items() if any(name in named for name in names.values())), ""
        )

    def contains(self, lat: float, lng: float) -> bool:
        """Whether a point is in the city; of a city without outlines it is not known, and so believed."""
        return not self.outlines or bool(self.district_of(lat, lng, ""))

    def found(self, address: str) -> tuple[float, float] | None:
        """Where an address is: at the landmark that it names, or in the middle of a district; None if it names none."""
        if spot := places.named(self.landmarks, address):
            return spot
        outline = self.sketch.get(self.district_of(None, None, address))
        if not outline:
            return None
        lng, lat = middle(largest(outline))
        return lat, lng

    def drawn(self, place: places.Located) -> places.Drawing | None:
        """A point on a small map of its district; None without a point."""
        if place.lat is None or place.lng is None:
            return None
        return places.draw(self.sketch, self.district_of(place.lat, place.lng, ""), place.lat, place.lng)

    def place_words(self, place: places.Located, language: str, code: str = "") -> str:
        """A place as people say it: the district, and the address or what is near; empty without any place.

        ``code`` is the district if it is known already.
        """
        if place.lat is None or place.lng is None or place.address:
            about = place.address
        else:
            about = i18n.translate(language, places.near(self.landmarks, place.lat, place.lng))
        code = code or self.district_of(place.lat, place.lng, place.address)
        said = any(name in Mentions(about) for name in self.districts.get(code, {}).values())
        return ", ".join(filter(None, ("" if said else self.district_name(code, language), about)))


def forget() -> None:
    """Clear the caches."""
    _cities.forget()
    _all_landmarks.forget()
    _calendars.forget()
    changes.known.of_reference()


async def city() -> City:
    """The departments and districts, at most ``KEPT`` seconds old."""
    return await _cities.get(None, KEPT)


async def read() -> City:
    """Read the current departments and districts."""
    return await _cities.fresh(None)


async def _read(_all: None) -> City:
    departments = await database.fetch("SELECT * FROM department ORDER BY id")
    districts = await database.fetch("SELECT * FROM district ORDER BY code")
    outlines, sketched = await _drawn.outlines({row["code"]: row["outline"] for row in districts})
    return City(
        {row["id"]: read_row(DepartmentRow, {**row, "names": names(row)}) for row in departments},
        {row["code"]: names(row) for row in districts},
        outlines,
        sketched,
        await _all_landmarks.get(None, LANDMARKS_KEPT),
    )


async def _read_landmarks(_all: None) -> tuple[places.Spot, ...]:
    rows = await database.fetch(f"SELECT * FROM landmark ORDER BY id LIMIT {MOST_LANDMARKS}")
    return tuple(places.Spot(names(row), row["lat"], row["lng"]) for row in rows)


_cities = SharedReads(_read)
_all_landmarks = SharedReads(_read_landmarks)


def names(row: Any) -> dict[str, str]:
    """A row's names by language."""
    return {"ko": row["name"], "ja": row["name_ja"], "en": row["name_en"]}


class _Drawn:
    """The outlines and the small maps made from them, again only when they have changed, and in a thread."""

    def __init__(self) -> None:
        self._raw: Mapping[str, Any] = {}
        self._found: tuple[Mapping[str, Rings], Mapping[str, Rings]] = {}, {}
        self._drawing = Lock()

    async def outlines(self, raw: Mapping[str, Any]) -> tuple[Mapping[str, Rings], Mapping[str, Rings]]:
        return self._found if raw == self._raw else await asyncio.to_thread(self._draw, raw)

    def _draw(self, raw: Mapping[str, Any]) -> tuple[Mapping[str, Rings], Mapping[str, Rings]]:
        with self._drawing:  # whoever waits here finds it drawn
            if raw != self._raw:
                outlines = {code: found for code, text in raw.items() if (found := rings(database.document(text)))}
                self._found, self._raw = (outlines, sketch(outlines)), raw
            return self._found


_drawn = _Drawn()


async def calendar() -> WorkingCalendar:
    """The city's working calendar with the administrator's holidays and hours, not cached."""
    settings = config.settings()
    return WorkingCalendar(
        country=settings.country,
        timezone=settings.zone,
        hours=tuple([(row.first_day, _hours(row)) async for row in LocalHours.all().order_by("first_day")]),
        extra_holidays={row.date: row.name async for row in Holiday.all()},
    )


async def _read_calendar(_all: None) -> WorkingCalendar:
    return await calendar()


_calendars = SharedReads(_read_calendar)


async def kept_calendar() -> WorkingCalendar:
    """The working calendar for pages, at most ``KEPT`` seconds old."""
    return await _calendars.get(None, KEPT)


def _hours(row: LocalHours) -> OfficeHours:
    return OfficeHours(*map(day_time.fromisoformat, (row.opens, row.lunch_starts, row.lunch_ends, row.closes)))
