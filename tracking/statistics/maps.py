"""A map of districts as SVG paths, with the colour step, pattern and label position of each.

A district's value is shown by colour, by pattern and as a number, so that nobody depends on colour alone.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from server.core.geo import Rings, largest, middle

WIDTH = 1000
STEPS = 5
MARGIN = 10


@dataclass(frozen=True)
class Shape:
    """One district as it is drawn."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Sheet:
    """The whole map: its height at a width of ``WIDTH``."""

    height: int
    shapes: tuple[Shape, ...]


def draw(areas: Mapping[str, Rings]) -> Sheet | None:
    """Districts as paths, north up; None without districts. Longitudes are scaled by the cosine of the latitude."""
    points = [point for outline in areas.values() for ring in outline for point in ring]
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * shrink, (north - south) * 0.75, 1e-9)
    left = (WIDTH - (east - west) * shrink * scale) / 2

    def place(lng: float, lat: float) -> tuple[float, float]:
        return round(left + (lng - west) * shrink * scale, 1), round(MARGIN + (north - lat) * scale, 1)

    shapes = []
    for code, outline in areas.items():
        path = "".join(
            "M" + "L".join(f"{x:g} {y:g}" for x, y in (place(*point) for point in ring)) + "Z" for ring in outline
        )
        shapes.append(Shape(code, path, *place(*middle(largest(outline)))))
    return Sheet(round((north - south) * scale) + 2 * MARGIN, tuple(shapes))


def steps(values: Mapping[str, float]) -> tuple[list[tuple[float, float]], dict[str, int]]:
    """Up to ``STEPS`` classes as pairs of least and greatest value, and the class of each value, from 0.

    Classes have equal width; empty ones are omitted.
    """
    if not values:
        return [], {}
    low, high = min(values.values()), max(values.values())
    number = min(STEPS, len(set(values.values())))
    width = (high - low) / number or 1
    classes: dict[int, list[float]] = {}
    for value in sorted(values.values()):
        classes.setdefault(min(number - 1, int((value - low) / width)), []).append(value)
    bounds = [(found[0], found[-1]) for found in classes.values()]
    return bounds, {key: next(n for n, (_from, to) in enumerate(bounds) if v <= to) for key, v in values.items()}
