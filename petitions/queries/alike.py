"""Cases that say the same: for whoever files a petition, and for the official who handles one (ADR 50).

The title is what is compared, in its own words and in related ones (ADR 48): whole letters share greetings and places
with everything. Nothing is shown that contains too little of it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from petitions.queries.cases import CaseView
from petitions.queries.public import Published, shown
from petitions.queries.scope import visible
from petitions.search import CASE, PETITION, readers
from petitions.states import State
from server.core import database, search
from server.core.accounts import Official
from server.core.places import DEGREE, metres
from server.core.search import Hit, Kind, Question

SHOWN = 3
"""Answered cases that are shown to whoever files a petition."""
AT_DESK = 5
"""Cases that are shown to an official."""
COMPARED = 30
"""Hits of the index that are compared."""
ENOUGH = 0.35
"""The share of the title, weighted by rarity, that a similar case contains; measured in ADR 50."""
NEAR = 100
"""Metres within which two cases are at the same place."""
MOST_NEAR = 50
"""Cases at the same place that are compared, the newest first."""
WORDS = 3
"""Shared words that are named."""
PLACE, PERSON, KIND = 0.3, 0.15, 0.05
"""What the same place, person and kind or service add to the share of the title; words and place come first."""


async def hits(text: str, kind: Kind, *, engine: search.Embedded | None = None, **more: Any) -> list[Hit]:
    """What the index finds that says what a title says, best first.

    Words that no document contains count here: of a title with one usual word among unknown ones little is found.
    """
    asked = Question(text, (kind,), least=ENOUGH, related=search.ALWAYS, **more)
    return [hit for hit in (await (engine or search.ENGINE).search(asked)).hits if hit.share >= ENOUGH]


async def answered(title: str, body: str = "") -> tuple[Published, ...]:
    """Answered cases that everybody may read and that say the same, best first. At most eight statements."""
    return await shown([hit.id for hit in await hits(title.strip() or body, PETITION, limit=SHOWN)])


@dataclass(frozen=True, slots=True)
class Similar:
    """A similar case, its answer if it has one, and why it is similar."""

    reference: str
    title: str
    status: State
    answer: str
    words: Sequence[str]
    """Words of the title that it contains."""
    otherwise: bool
    """It says the same in other words."""
    away: int | None
    """Metres from the other case, up to :data:`NEAR`."""
    service: bool
    """The same statutory procedure."""
    kind: bool
    person: bool


async def at_desk(case: CaseView, official: Official, of_person: Sequence[str]) -> list[Similar]:
    """The cases most like one, among those that an official sees; what is at the same place and says the same first.

    ``of_person`` are the numbers of the same person's cases. At most nine statements.
    """
    alike = await hits(case.title, CASE, readers=readers(official), limit=COMPARED, besides=(CASE, case.id))
    by_words = {hit.id: hit for hit in alike}
    rows = await database.fetch(
        "SELECT c.id, c.reference, c.title, c.status, c.kind, c.service_code, c.lat, c.lng, "
        "COALESCE((SELECT a.text FROM answer a WHERE a.case_id = c.id ORDER BY a.id DESC LIMIT 1), '') AS answer "
        "FROM petition_case c WHERE c.id IN (?)",
        [*by_words, *await _near(case, official)],
    )
    found = list[tuple[float, Similar]]()
    for row in rows:
        hit = by_words.get(row["id"])
        each = _similar(case, row, hit, of_person)
        found.append((_score(each, hit), each))
    return [each for _points, each in sorted(found, key=lambda pair: (-pair[0], pair[1].reference))[:AT_DESK]]


async def _near(case: CaseView, official: Official) -> Sequence[int]:
    """The newest other cases within a square around a case's place that the official sees."""
    sees = visible(official)
    if case.lat is None or case.lng is None or sees is None:
        return ()
    box = around(case.lat, case.lng, NEAR)
    return await database.column(
        "SELECT c.id FROM petition_case c WHERE c.lat BETWEEN ? AND ? AND c.lng BETWEEN ? AND ? AND c.id <> ?"
        f"{f' AND {sees.sql}' if sees.sql else ''} ORDER BY c.received_at DESC LIMIT {MOST_NEAR}",
        *box, case.id, *sees.values,
    )  # fmt: skip


def around(lat: float, lng: float, away: float) -> tuple[float, float, float, float]:
    """The least and greatest latitude and longitude of a square around a point; ``away`` in metres."""
    north = away / DEGREE
    east = north / max(0.01, math.cos(math.radians(lat)))
    return lat - north, lat + north, lng - east, lng + east


def _similar(case: CaseView, row: Mapping[str, Any], hit: Hit | None, of_person: Sequence[str]) -> Similar:
    away = None
    if case.lat is not None and case.lng is not None and row["lat"] is not None:
        metres_away = metres(case.lat, case.lng, row["lat"], row["lng"])
        away = round(metres_away) if metres_away <= NEAR else None
    words = _shared(hit) if hit else ()
    service = bool(case.service_code) and case.service_code == row["service_code"]
    return Similar(
        row["reference"], row["title"], State(row["status"]), row["answer"], words,
        hit is not None and not words, away, service, not service and case.kind == row["kind"],
        row["reference"] in of_person,
    )  # fmt: skip


def _shared(hit: Hit) -> Sequence[str]:
    """The longest words of the title that a hit has, none that is part of another."""
    marked = {piece.text.casefold(): piece.text for piece in (*hit.title, *hit.passage) if piece.marked}
    found = list[str]()
    for folded in sorted(marked, key=lambda text: (-len(text), text)):
        if len(folded) > 1 and not any(folded in other.casefold() for other in found):
            found.append(marked[folded])
    return found[:WORDS]


def _score(each: Similar, hit: Hit | None) -> float:
    share = hit.share if hit else 0.0
    return share + PLACE * (each.away is not None) + PERSON * each.person + KIND * (each.kind or each.service)
