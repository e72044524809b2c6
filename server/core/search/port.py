"""The port that every search engine answers: what is indexed, what is asked, what is found.

A domain declares one :class:`Kind` for each sort of document. It puts and removes documents inside the transaction that
changes them; the engines read them again through :attr:`Kind.read` (to rebuild, to check, or in a job that fills an
external engine). An engine knows no domain: who may find a document is one of its attributes (``readers``), and whoever
asks says which readers they are, so that permissions are part of the query and never applied afterwards.
"""

import hashlib
from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

PUBLIC = "public"
"""The reader that everybody is."""
FACETS = ("kind", "department", "state", "district", "year")
"""The attributes by which results can be counted and filtered."""
BATCH = 500
"""Documents that are read and indexed together."""
ID_BITS = 40
LANGUAGES = ("ko", "ja", "en")
"""What is kept in several languages is a document in each, so that a result is in the language it was asked in."""

ALWAYS = 1_000_000
"""As :attr:`Question.related`: documents that say the same in other words are always found, too."""

Sort = Literal["relevance", "newest"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Which documents of a kind are wanted: those with the given ids, or the next after an id."""

    ids: Collection[int] | None = None
    after: int = 0
    limit: int = BATCH

    def sql(self, column: str) -> tuple[str, tuple[object, ...]]:
        """A condition on the column of the id, as the last of a statement, with its values."""
        if self.ids is not None:
            return f"{column} IN (?)", (tuple(self.ids),)
        return f"{column} > ? ORDER BY {column} LIMIT ?", (self.after, self.limit)

    def of(self, documents: Iterable["Document"]) -> list["Document"]:
        """Those that are wanted, out of a kind that is small enough to be read as a whole."""
        found = sorted(documents, key=lambda document: document.id)
        if self.ids is not None:
            ids = set(self.ids)
            return [document for document in found if document.id in ids]
        return [document for document in found if document.id > self.after][: self.limit]


class Read(Protocol):
    """Reads documents of one kind from the domain's tables, in the order of their ids."""

    def __call__(self, wanted: Batch, /) -> Awaitable[Sequence["Document"]]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A sort of documents."""

    name: str
    """As the facet and in JSON: ``petition``."""
    number: int
    """Its own forever: it is part of the documents' ids in an index."""
    read: Read

    @property
    def base(self) -> int:
        """What an index adds to a document's id."""
        return self.number << ID_BITS

    @property
    def end(self) -> int:
        """The first id in an index that belongs to another kind."""
        return (self.number + 1) << ID_BITS


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found: only texts that each of its readers may see, because results quote them."""

    kind: Kind
    id: int
    title: str
    body: str = ""
    also: str = ""
    """Words that find it and are never shown: a reference, a name."""
    path: str = ""
    """The address of its page."""
    readers: tuple[str, ...] = (PUBLIC,)
    """Who may find it: anybody who is at least one of these."""
    department: int | None = None
    state: str = ""
    district: str = ""
    at: datetime | None = None
    """The moment by which it is newer or older than others; its year is a facet."""
    language: str = ""

    def text(self) -> str:
        """Everything by which it is found."""
        return f"{self.title}\n{self.also}\n{self.body}"

    def digest(self) -> str:
        """Changes with anything of it; the first half with what decides by which questions it is found."""
        found_by = [self.title, self.also, self.body, *sorted(self.readers)]
        found_by += map(str, (self.department, self.district, self.year))
        rest = map(str, (self.state, self.at, self.path, self.language))
        return _digest(found_by) + _digest(rest)

    @property
    def year(self) -> int | None:
        """The year of its moment (UTC)."""
        return self.at.year if self.at is not None else None


def _digest(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=HALF // 2).hexdigest()


HALF = 16
"""Characters of half a digest."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for."""

    words: str
    kinds: Collection[Kind]
    readers: Collection[str] = (PUBLIC,)
    """Who asks; documents of other readers do not exist for this question."""
    departments: Collection[int] = ()
    states: Collection[str] = ()
    districts: Collection[str] = ()
    years: Collection[int] = ()
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 20
    least: float = 0.5
    """The share of the question's words, weighted by how rare they are, that a hit must contain. Words that no document
    contains do not count; :attr:`Hit.share` counts them.
    """
    related: int = 3
    """With fewer hits than this, documents that say the same in other words are found, too; 0: never."""
    facets: bool = False
    besides: tuple[Kind, int] | None = None
    """A document that is not wanted: the one to which others are similar."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text, and whether it is one of the words searched for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found."""

    kind: str
    id: int
    path: str
    title: tuple[Passage, ...]
    passage: tuple[Passage, ...]
    """The part of its text that says most about the question."""
    department: int | None
    state: str
    district: str
    at: datetime | None
    score: float
    """Comparable within one answer only."""
    share: float
    """Of the question's words, by weight, how much it contains: 0 to 1."""
    language: str = ""
    """Of its text; empty if it is not known."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits."""

    hits: Sequence[Hit] = ()
    total: int = 0
    more: bool = False
    """There are more than ``total``, which is then the number that was looked at."""
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Facet to value to number of hits, as far as they were looked at."""
    meant: str = ""
    """What was searched for in place of the words as written, which no document contains: "did you mean"."""
    related: bool = False
    """Hits that say the same in other words are among these."""
    simple: bool = False
    """A simpler engine answered in place of the one that should have."""


def translated(number: int) -> dict[str, int]:
    """The ids of the documents of a row that is kept in several languages, by language."""
    return {language: number * len(LANGUAGES) + place for place, language in enumerate(LANGUAGES)}


class Engine(Protocol):
    """A search engine."""

    name: str
    """As answers in JSON call it: ``embedded``."""

    async def put(self, documents: Sequence[Document]) -> None:
        """Index documents, replacing earlier ones, within the surrounding transaction."""

    async def remove(self, kind: Kind, ids: Collection[int]) -> None:
        """Remove documents; those that are missing do not matter."""

    async def search(self, question: Question) -> Found:
        """A page of what is found. Never raises for what somebody typed."""

    async def suggest(self, typed: str, limit: int = 8) -> list[str]:
        """What is being typed with its last word completed, by words that everybody may read."""
