"""No group in what the figures of waiting are made of is one of a few visitors, and nothing is lost in the totals."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from tests.support.counted_tickets import some_tickets
from tracking.statistics.rules import AND, LEAST
from tracking.statistics.small_groups import DETAILS, publish

KINDS = ("tickets", "visitors", *DETAILS)
MONTH = date(2026, 12, 1)


def groups(rows: list[dict[str, Any]]) -> Iterator[tuple[object, Counter[str]]]:
    """Of how many tickets each group consists that any figure is made of, and of how many of them what is told."""
    found: dict[object, Counter[str]] = defaultdict(Counter)
    for row in rows:
        service, hour = row["district"].split(AND)
        of = {"tickets": 1, **{name: row[name] for name in KINDS[1:]}}
        day = row["date"] if row["day_shown"] else "other days"
        for group in (("service", row["kind"], service), ("hour", hour), ("day", day)):
            found[group].update(of)
    yield from found.items()


@pytest.mark.parametrize("seed", range(300))
def test_whoever_is_in_a_group_is_there_with_enough_others(seed: int) -> None:
    rng = Random(seed)
    days = [MONTH + timedelta(days=n) for n in range(rng.randint(1, 9))]
    tickets = some_tickets(rng, rng.choice((1, 4, 5, 9, 12, 20, 60, 200)), days)
    rows = publish(tickets)
    assert [row["ticket_id"] for row in rows] == [one["ticket_id"] for one in tickets]
    assert [row["visitors"] for row in rows] == [one["visitors"] for one in tickets], "how many came is no secret"
    if min(len(tickets), sum(one["visitors"] for one in tickets)) < LEAST:
        told = {name for row in rows for name in ("shown", "served", "missed", *DETAILS) if row[name]}
        assert not told
        return
    for group, numbers in groups(rows):
        assert not [kind for kind in KINDS if 0 < numbers[kind] < LEAST], (group, numbers)
    assert sum(row["shown"] for row in rows) == sum(one["visitors"] for one in tickets)
    for detail, (_count, total, *_rest) in DETAILS.items():
        whole, published = (sum(one[detail] for one in those) for those in (tickets, rows))
        assert published == (whole if whole >= LEAST else 0), "the whole office is told exactly, or not at all"
        if published:
            assert sum(row[total] for row in rows) == sum(one[total] for one in tickets)


def test_what_many_came_for_stands_for_itself() -> None:
    def one(number: int, service: str, how: str = "walk_in", hour: int = 9) -> dict[str, Any]:
        (ticket,) = some_tickets(Random(number), 1, [MONTH])
        return {**ticket, "ticket_id": number, "service": service, "how": how, "hour": hour,
                "visitors": 1, "called": 1, "timed": 1,
                "estimates": 0}  # fmt: skip

    tickets = [one(n, "passport") for n in range(9)] + [one(n, "seal") for n in range(9, 16)] + [one(16, "tour")]
    services = Counter(row["district"].split(AND)[0] for row in publish(tickets))
    assert services == {"passport": 9, "_few": 8}, "what seals lack of the total would tell of the one visitor"
    tickets += [one(n, "tour", hour=10) for n in range(20, 24)]
    rows = publish(tickets)
    assert Counter(row["district"].split(AND)[0] for row in rows) == {"passport": 9, "seal": 7, "tour": 5}
    assert {row["district"].split(AND)[1] for row in rows} == {"@_few"}, "four came at ten, so nine o'clock is not told"
    tickets += [one(n, "seal", "booked") for n in range(30, 34)]
    assert {row["kind"] for row in publish(tickets)} == {"_few"}, "four had booked"
    tickets += [one(40, "seal", "booked")]
    assert Counter(row["kind"] for row in publish(tickets)) == {"walk_in": 21, "booked": 5}
