"""Places in words: the landmarks that addresses name and that points are near to, and a place on a small map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.core.errors import Text, _
from server.core.geo import Rings
from server.core.mentions import Mentions

NEAR = 2_000
"""Metres up to which a landmark says where a point is."""
HERE = 150
"""Metres up to which a point is at the landmark."""
DEGREE = 111_320
"""Metres of a degree of latitude."""
WIDTH, HEIGHT, MARGIN = 600, 360, 12
"""Of the small map, in its own units."""


class Located(Protocol):
    """What has a place: a point, an address, both or neither."""

    @property
    def lat(self) -> float | None: ...
    @property
    def lng(self) -> float | None: ...
    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is not stored."""

    lat: float | None = None
    lng: float | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A landmark as the reference data holds it: its names by language, those that it has, and its position."""

    names: Mapping[str, str]
    lat: float
    lng: float


def named(landmarks: Sequence[Spot], address: str) -> tuple[float, float] | None:
    """Where the landmark is that an address names, the one with the longest name."""
    text = Mentions(address)
    hits = [(len(name), each) for each in landmarks for name in each.names.values() if name in text]
    found = max(hits, key=lambda hit: hit[0], default=None)
    return (found[1].lat, found[1].lng) if found else None


def near(landmarks: Sequence[Spot], lat: float, lng: float) -> Text:
    """Where a point is, by the nearest landmark."""
    distances = [(metres(each.lat, each.lng, lat, lng), each.names) for each in landmarks]
    distance, names = min(distances, key=lambda each: each[0], default=(math.inf, {}))
    if distance <= HERE:
        return Text("%(place)s", {"place": names})
    if distance <= NEAR:
        return _("near %(place)s", place=names)
    return _("a point on the map")


def metres(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """The distance of two points of one city."""
    east = (other_lng - lng) * math.cos(math.radians((lat + other_lat) / 2))
    return DEGREE * math.hypot(other_lat - lat, east)


@dataclass(frozen=True)
class Drawing:
    """Districts as the paths of a drawing of ``WIDTH`` by ``HEIGHT``, and a point on it."""

    paths: tuple[tuple[str, str], ...]
    """Code and path of each district."""
    x: float
    y: float
    within: str
    """The code of the district in which the point is."""


def draw(areas: Mapping[str, Rings], within: str, lat: float, lng: float) -> Drawing | None:
    """A small map of the district that a point is in, with what lies around it; None where that is not known."""
    outline = areas.get(within)
    if not outline:
        return None
    points = [point for ring in outline for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = min(
        (WIDTH - 2 * MARGIN) / max((east - west) * shrink, 1e-9), (HEIGHT - 2 * MARGIN) / max(north - south, 1e-9)
    )

    def place(lng: float, lat: float) -> tuple[float, float]:
        x = WIDTH / 2 + (lng - (west + east) / 2) * shrink * scale
        return round(x, 1), round(HEIGHT / 2 - (lat - (south + north) / 2) * scale, 1)

    def path(rings: Rings) -> str:
        return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in (place(*p) for p in ring)) + "Z" for ring in rings)

    return Drawing(tuple((code, path(rings)) for code, rings in areas.items()), *place(lng, lat), within)
