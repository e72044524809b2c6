"""One search over everything that a reader may find: its types, its filters and what is asked of the engine.

The page and the JSON show the same. Who may find what is part of the question (``petitions.search.readers``).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from forums import labels as forum_labels
from forums import search as forums
from petitions import labels as petition_labels
from petitions import search as petitions
from server.core import listing, search
from server.core.accounts import Official
from server.core.city import City
from server.core.errors import Text, _
from server.core.search import Found, Hit, Kind, Question
from server.core.search.words import MAX_QUERY
from tracking.visits import search as visits

PAGE = 20
"""Hits on a page."""
PAGES = 50
"""Pages that can be read; who finds more narrows the search."""
COMPLETED, SUGGESTED = 6, 4
"""How many completions of what is being typed are offered, and how many pages."""
LEAST = 2
"""Characters for which pages are offered: one is in most of them."""
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Type:
    """What a reader takes for one sort of result."""

    label: Text
    kinds: Sequence[Kind]
    states: Mapping[str, Text]
    """Its states that can be chosen."""


_ENDED = {state.value: petition_labels.STATES[state] for state in petitions.PUBLIC_STATES}
TYPES: Mapping[str, Type] = {
    "petition": Type(_("Answered petitions"), (petitions.PETITION,), _ENDED),
    "service": Type(_("Services"), (petitions.SERVICE, visits.SERVICE), {}),
    "office": Type(_("Offices"), (visits.OFFICE,), {}),
    "notice": Type(_("Notices"), (forums.NOTICE,), {}),
    "forum": Type(_("Forums"), (forums.FORUM,), forum_labels.FORUM_STATES),
    "submission": Type(_("Submissions"), (forums.SUBMISSION,), forum_labels.SUBMISSION_STATES),
    "commitment": Type(_("Commitments"), (forums.COMMITMENT,), forum_labels.COMMITMENT_STATES),
    "case": Type(_("Cases at the desk"), (petitions.CASE,), petition_labels.STATES),
}
AT_DESK = frozenset({"case"})
"""The types that only officials find."""
OF_KIND = {kind.name: name for name, each in TYPES.items() for kind in each.kinds}
"""The type of each kind."""
STATES = {state: label for each in reversed([*TYPES.values()]) for state, label in each.states.items()}
SORTS = {"relevance": _("Best match first"), "newest": _("Most recent first")}


@dataclass(frozen=True, slots=True)
class Filters(listing.Filters):
    """What is searched for, and how it is narrowed; empty filters are ignored."""

    q: str = listing.words(MAX_QUERY, chip=False, about="Words, a number, or initial consonants.")
    type: str = listing.choice({name: each.label for name, each in TYPES.items()})
    department: str = listing.department()
    status: str = listing.choice(STATES)
    district: str = listing.district()
    year: int = listing.number(FIRST_YEAR, LAST_YEAR)
    sort: str = listing.tab(SORTS, "relevance")
    page: int = listing.number(1, PAGES, chip=False, about="From 1.")

    def of(self, official: Official | None, reference_data: City) -> Question:
        """The question to the engine, as somebody may ask it; None is everybody."""
        chosen = [TYPES[self.type]] if self.type else [each for name, each in TYPES.items() if name not in AT_DESK]
        if official and not self.type:
            chosen.append(TYPES["case"])
        department = reference_data.department_by_code(self.department) if self.department else None
        return Question(
            self.q,
            [kind for each in chosen for kind in each.kinds],
            petitions.readers(official),
            departments=(department.id,) if department else (),
            states=(self.status,) if self.status else (),
            districts=(self.district,) if self.district else (),
            years=(self.year,) if self.year else (),
            sort="newest" if self.sort == "newest" else "relevance",
            offset=(max(1, self.page) - 1) * PAGE,
            limit=PAGE,
            facets=True,
        )


@dataclass(frozen=True)
class Value:
    """A value by which hits can be narrowed, with its label and how many there are."""

    value: str
    label: Text | str
    count: int


@dataclass(frozen=True)
class Answer:
    """A page of what was found."""

    found: Found
    hits: Sequence[Hit]
    """Of what is kept in several languages, one each."""
    facets: Mapping[str, Sequence[Value]]
    took_ms: float
    engine: str


async def answer(wanted: Filters, official: Official | None, reference_data: City, language: str) -> Answer:
    """Search. At most seven queries on the embedded engine, three if there is nothing to correct."""
    begun = time.perf_counter()
    found = await search.ENGINE.search(wanted.of(official, reference_data))
    took = round(1000 * (time.perf_counter() - begun), 1)
    engine = "embedded" if found.simple else search.ENGINE.name
    return Answer(found, once(found.hits, language), _facets(found, reference_data, language), took, engine)


def once(hits: Sequence[Hit], language: str) -> Sequence[Hit]:
    """One hit of each page, the one in the reader's language if there is."""
    best = dict[str, Hit]()
    for hit in hits:
        known = best.setdefault(hit.path, hit)
        if hit.language == language != known.language:
            best[hit.path] = hit
    return list(best.values())


def _facets(found: Found, reference_data: City, language: str) -> Mapping[str, Sequence[Value]]:
    counts = {name: dict(values) for name, values in found.facets.items()}
    types = dict[str, int]()
    for kind, count in counts.get("kind", {}).items():
        types[OF_KIND[kind]] = types.get(OF_KIND[kind], 0) + count
    values = {
        "type": [Value(name, each.label, types[name]) for name, each in TYPES.items() if name in types],
        "department": [
            Value(row.code, row.name(language), count)
            for number, count in counts.get("department", {}).items()
            if (row := reference_data.departments.get(int(number)))
        ],
        "status": [Value(state, STATES.get(state, state), n) for state, n in counts.get("state", {}).items()],
        "district": [
            Value(code, reference_data.district_name(code, language), n)
            for code, n in counts.get("district", {}).items()
        ],
        "year": [Value(year, year, count) for year, count in sorted(counts.get("year", {}).items(), reverse=True)],
    }
    for name in ("department", "status", "district"):
        values[name].sort(key=lambda value: (-value.count, value.value))
    return values


async def suggestions(
    typed: str, official: Official | None, reference_data: City, language: str
) -> tuple[Sequence[str], Sequence[Hit]]:
    """What is being typed with its last word completed, and from two characters on the first pages that contain it."""
    completions = await search.ENGINE.suggest(typed, COMPLETED)
    if len(typed) < LEAST:
        return completions, ()
    question = replace(Filters(q=typed).of(official, reference_data), limit=2 * SUGGESTED, facets=False)
    found = await search.ENGINE.search(question)
    return completions, once(found.hits, language)[:SUGGESTED]
