"""Areas on a map: reading them from GeoJSON, simplifying their outlines, and testing whether they contain a point.

An area is a list of rings of ``[lng, lat]`` points. By the even-odd rule the list may contain several separate parts
and their holes, so rings need no further distinction.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from server.core.errors import Text, _

Ring = tuple[tuple[float, float], ...]
Rings = tuple[Ring, ...]
MOST_AREAS, MOST_POINTS = 500, 200_000
LEAST_POINTS = 4
"""Of a ring, with the first point repeated at the end."""
POLYGON, MULTIPOLYGON = "Polygon", "MultiPolygon"


class BadShape(ValueError):
    """The input is not an area; ``text`` says why, with the area's ``number`` as a parameter."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


def rings(outline: Any) -> Rings:
    """A stored outline, a single ring or a list of rings, as a list of rings."""
    if not outline:
        return ()
    parts = [outline] if isinstance(outline[0][0], int | float) else outline
    return tuple(tuple((float(p[0]), float(p[1])) for p in part) for part in parts)


def inside(point: tuple[float, float], outline: Sequence[Sequence[Sequence[float]]]) -> bool:
    """Whether an area contains a (lat, lng) point (ray casting; holes are outside)."""
    lat, lng = point
    within = False
    for ring in outline:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y1 > lat) != (y2 > lat) and lng < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                within = not within
    return within


def read_geometry(geometry: Any) -> list[list[list[float]]]:
    """The rings of a GeoJSON Polygon or MultiPolygon (RFC 7946). Raises ``BadShape``."""
    if not isinstance(geometry, Mapping) or geometry.get("type") not in {POLYGON, MULTIPOLYGON}:
        raise BadShape(_("Area %(number)s: the geometry is neither a Polygon nor a MultiPolygon."))
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry["type"] == POLYGON else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise BadShape(_("Area %(number)s: the geometry has no coordinates."))
    found: list[list[list[float]]] = []
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise BadShape(_("Area %(number)s: the geometry has no coordinates."))
        found += [_ring(one) for one in polygon]
    return found


def _ring(ring: Any) -> list[list[float]]:
    if not isinstance(ring, list) or len(ring) < LEAST_POINTS:
        raise BadShape(_("Area %(number)s: a boundary has fewer than four points."))
    points = [_point(one) for one in ring]
    if points[0] != points[-1]:
        raise BadShape(_("Area %(number)s: a boundary does not end where it began."))
    if not _area(points):
        raise BadShape(_("Area %(number)s: a boundary encloses no area."))
    return points


def _point(point: Any) -> list[float]:
    if not isinstance(point, list) or len(point) < 2:  # noqa: PLR2004 — an altitude may follow
        raise BadShape(_("Area %(number)s: a point is not a pair of numbers."))
    lng, lat = point[0], point[1]
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in (lng, lat)):
        raise BadShape(_("Area %(number)s: a point is not a pair of numbers."))
    if not (-180 <= lng <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 — degrees
        raise BadShape(_("Area %(number)s: a point is not in degrees of longitude and latitude (WGS 84)."))
    return [round(float(lng), 6), round(float(lat), 6)]


def _area(ring: Sequence[Sequence[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def largest(outline: Rings) -> Ring:
    """The ring with the largest area."""
    return max(outline, key=lambda ring: abs(_area(ring)))


def middle(ring: Ring) -> tuple[float, float]:
    """A point for a label: the centroid of a ring, or the mean of its points if the centroid is outside."""
    area = _area(ring)
    if area:
        x = y = 0.0
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = a[0] * b[1] - b[0] * a[1]
            x, y = x + (a[0] + b[0]) * cross, y + (a[1] + b[1]) * cross
        centre = x / (6 * area), y / (6 * area)
        if inside((centre[1], centre[0]), (ring,)):
            return centre
    return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)


def simplified(ring: Ring, tolerance: float) -> Ring:
    """A ring simplified to within a tolerance (Douglas and Peucker 1973)."""
    points = ring if ring[0] == ring[-1] else (*ring, ring[0])
    # A closed line has no ends: the point farthest from the first one is used as the other end.
    far = max(range(len(points)), key=lambda n: math.dist(points[0], points[n]))
    keep = {0, far, len(points) - 1}
    stack = [(0, far), (far, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        distance, place = max(
            ((_distance(points[n], points[first], points[last]), n) for n in range(first + 1, last)), default=(0.0, 0)
        )
        if distance > tolerance:
            keep.add(place)
            stack += [(first, place), (place, last)]
    found = tuple(points[n] for n in sorted(keep))
    return found if len(found) >= LEAST_POINTS else ring


def _distance(point: Sequence[float], a: Sequence[float], b: Sequence[float]) -> float:
    length = math.dist(a, b)
    if not length:
        return math.dist(point, a)
    return abs((b[0] - a[0]) * (a[1] - point[1]) - (a[0] - point[0]) * (b[1] - a[1])) / length


def sketch(areas: Mapping[str, Rings]) -> dict[str, Rings]:
    """Outlines for a small map, accurate to 1/600 of its extent, without parts too small to be visible."""
    points = [point for outline in areas.values() for ring in outline for point in ring]
    if not points:
        return {}
    extent = max(max(p[axis] for p in points) - min(p[axis] for p in points) for axis in (0, 1))
    tolerance = extent / 600
    found: dict[str, Rings] = {}
    for code, outline in areas.items():
        if outline:
            big = largest(outline)
            found[code] = tuple(
                simplified(ring, tolerance) for ring in outline if ring is big or abs(_area(ring)) > 9 * tolerance**2
            )
    return found
