"""Tickets as statistics know them, drawn at random, with many services, hours and days of a few visitors."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

from tracking.statistics.rules import month_of

SERVICES = ("passport", "moving", "seal", "tour", "tax")


def some_tickets(
    rng: Random, number: int, days: Sequence[date], *, office: int = 1, after: int = 0
) -> list[dict[str, Any]]:
    """Tickets of an office; each set has its own shares of services, bookings, absences and estimates."""
    weights = [rng.random() ** 3 + 0.01 for _service in SERVICES]
    booked, called, timed, told = (rng.choice((0.02, 0.3, 0.9)) for _share in range(4))
    return [
        {
            "ticket_id": after + n,
            "department_id": office,
            "number": f"office-{office}/{(day := rng.choice(days))}",
            "date": day,
            "period": month_of(day),
            "how": "booked" if rng.random() < booked else "walk_in",
            "service": rng.choices(SERVICES, weights)[0],
            "hour": min(rng.randint(9, 17), rng.randint(9, 17)),
            "visitors": int(rng.random() < 0.95),
            **_visit(rng, called, timed, told),
        }
        for n in range(1, number + 1)
    ]


def _visit(rng: Random, called: float, timed: float, told: float) -> dict[str, Any]:
    was_called = int(rng.random() < called)
    was_served = int(was_called and rng.random() < timed)
    compared = int(was_called and rng.random() < told)
    wait, served, bias = rng.randint(1, 4000), rng.randint(30, 1800), rng.randint(-900, 900)
    return {
        "called": was_called,
        "wait_seconds": wait * was_called,
        "wait_minutes": -(-wait // 60) if was_called else None,
        "served": was_served,
        "timed": was_served,
        "service_seconds": served * was_served,
        "service_minutes": -(-served // 60) if was_served else None,
        "missed": int(was_called and not was_served),
        "left_early": int(not was_called),
        "cases_settled": 0,
        "settled_in_one": 0,
        "estimates": compared,
        "estimate_off": abs(bias) * compared,
        "estimate_bias": bias * compared,
        "estimate_held": int(compared and rng.random() < 0.8),
    }
