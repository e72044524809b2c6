"""Areas on a map: reading them from GeoJSON, simplifying their outlines, and testing whether they contain a point.

An area is a list of rings of ``[lng, lat]`` points. By the even-odd rule the list may contain several separate parts
and their holes, so rings need no further distinction.
"""

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

from server.core.errors import Text, _

Ring = tuple[tuple[float, float], ...]
Rings = tuple[Ring, ...]
MOST_AREAS, MOST_POINTS = 500, 200_000
MOST_SKETCHED = 2_500
"""Points of a map for a page, which has to stay small."""
SLIVER = 1e-10
"""In square degrees, about a square metre: a ring with less is left over from cutting borders."""
LEAST_POINTS = 4
"""Of a ring, with the first point repeated at the end."""
POLYGON, MULTIPOLYGON = "Polygon", "MultiPolygon"
_NO_AREAS = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString"})


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


def no_area(geometry: Any) -> bool:
    """Whether a feature has no place, or a point or line only, such as a name's position (RFC 7946, 3.2)."""
    return geometry is None or (isinstance(geometry, Mapping) and geometry.get("type") in _NO_AREAS)


def read_geometry(geometry: Any) -> list[list[list[float]]]:
    """The rings of a GeoJSON Polygon or MultiPolygon (RFC 7946), without slivers. Raises ``BadShape``."""
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
        outer, *holes = (_ring(one) for one in polygon)
        if outer:
            found += [outer, *filter(None, holes)]
    if not found:
        raise BadShape(_("Area %(number)s: a boundary encloses no area."))
    return found


def _ring(ring: Any) -> list[list[float]]:
    """The points of a ring; none for a sliver."""
    if not isinstance(ring, list) or not ring:
        raise BadShape(_("Area %(number)s: a boundary has fewer than four points."))
    points = [_point(one) for one in ring]
    if points[0] != points[-1]:
        raise BadShape(_("Area %(number)s: a boundary does not end where it began."))
    return points if len(points) >= LEAST_POINTS and abs(_area(points)) > SLIVER else []


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


def simplified(ring: Ring, tolerance: float, most: int = MOST_POINTS) -> Ring:
    """A ring without the points that matter least to its shape (Visvalingam and Whyatt 1993).

    Points whose triangle with their neighbours is smaller than a triangle of ``tolerance`` are removed, smallest first,
    and further ones until at most ``most`` are left. Takes time n log n whatever the ring looks like.
    """
    points = ring[:-1] if ring[0] == ring[-1] else ring
    count = len(points)
    before, behind = [*range(-1, count - 1)], [*range(1, count + 1)]
    before[0], behind[-1] = count - 1, 0

    def weight(n: int) -> float:
        return abs(_area((points[before[n]], points[n], points[behind[n]])))

    weights = [weight(n) for n in range(count)]
    heap = [(each, n) for n, each in enumerate(weights)]
    heapq.heapify(heap)
    left = count
    while heap and left >= LEAST_POINTS and (heap[0][0] <= tolerance**2 / 2 or left > most):
        least, n = heapq.heappop(heap)
        if least != weights[n]:
            continue  # a neighbour was removed since
        left -= 1
        weights[n] = -1
        behind[before[n]], before[behind[n]] = behind[n], before[n]
        for near in (before[n], behind[n]):
            # Never less than what was removed, so that a curve does not vanish piece by piece.
            weights[near] = max(weight(near), least)
            heapq.heappush(heap, (weights[near], near))
    found = [points[n] for n in range(count) if weights[n] >= 0]
    return (*found, found[0])


def sketch(areas: Mapping[str, Rings]) -> dict[str, Rings]:
    """Outlines for a small map, accurate to about 1/600 of its extent, without parts too small to be visible.

    At most about :data:`MOST_SKETCHED` points altogether. A large map takes a second: call it in a thread.
    """
    points = [point for outline in areas.values() for ring in outline for point in ring]
    if not points:
        return {}
    extent = max(max(p[axis] for p in points) - min(p[axis] for p in points) for axis in (0, 1))
    tolerance = extent / 600
    found: dict[str, Rings] = {}
    for code, outline in areas.items():
        if outline:
            big = largest(outline)
            seen = [ring for ring in outline if ring is big or abs(_area(ring)) > 9 * tolerance**2]
            found[code] = tuple(simplified(ring, tolerance, MOST_SKETCHED * len(ring) // len(points)) for ring in seen)
    return found
