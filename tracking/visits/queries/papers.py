"""The documents of a visit: the checklist of all its services, what was handed in, and what the check found."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.core import accounts, database, i18n
from server.core.errors import NotFound, Text, _
from server.core.rows import Local, columns, read, select_one
from tracking.visits.states import LOCKED, DocumentState


@dataclass(frozen=True, slots=True)
class Named:
    """A document or a situation by code, with its names."""

    code: str
    name: str
    name_ja: str = ""
    name_en: str = ""

    def in_language(self, language: str) -> str:
        """Its name for a reader."""
        return i18n.name_in(self, language)


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file of a document; its content is in the store."""

    id: int
    name: str
    size: int
    media_type: str
    hash: str
    created_at: Local


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of the checklist."""

    document: Named
    situations: tuple[Named, ...]
    """If there are any, it is needed only in these."""
    needed: bool
    state: DocumentState = DocumentState.MISSING
    note: str = ""
    version: int = 0
    checked_at: datetime | None = None
    checked_by: str = ""
    files: tuple[PaperFile, ...] = ()

    @property
    def code(self) -> str:
        return self.document.code

    @property
    def locked(self) -> bool:
        """Whether it was accepted, so that its files stay as they are."""
        return self.state in LOCKED


@dataclass(frozen=True, slots=True)
class Papers:
    """The checklist of a visit."""

    papers: tuple[Paper, ...]
    stated: frozenset[str] | None
    """The situations that apply; None until the visitor has said so."""

    @property
    def situations(self) -> tuple[Named, ...]:
        """Every situation that decides about a document, once."""
        return tuple({one.code: one for paper in self.papers for one in paper.situations}.values())

    @property
    def needed(self) -> tuple[Paper, ...]:
        """The documents to bring, as far as the visitor has said what applies."""
        return tuple(paper for paper in self.papers if paper.needed)

    @property
    def missing(self) -> tuple[Paper, ...]:
        """Those not handed in, or only in part."""
        return self._in(DocumentState.MISSING, DocumentState.INCOMPLETE)

    @property
    def unchecked(self) -> tuple[Paper, ...]:
        """Those that the department has yet to check."""
        return self._in(DocumentState.HANDED_IN)

    @property
    def originals(self) -> tuple[Paper, ...]:
        """Those whose original is to be brought."""
        return self._in(DocumentState.ORIGINAL)

    @property
    def open(self) -> bool:
        """Whether the visitor still has to say which situations apply."""
        return self.stated is None and bool(self.situations)

    @property
    def complete(self) -> bool:
        """Whether the department has accepted all that is needed."""
        return bool(self.papers) and not (self.open or self.missing or self.unchecked)

    def _in(self, *states: DocumentState) -> tuple[Paper, ...]:
        return tuple(paper for paper in self.needed if paper.state in states)

    def sentences(self, language: str) -> list[Text]:
        """What the visitor is told, on pages and in reminders; nothing if there is nothing to bring."""

        def names(papers: Sequence[Paper]) -> str:
            return ", ".join(paper.document.in_language(language) for paper in papers)

        said = []
        if self.complete:
            said.append(_("Everything is here: please come."))
        if self.missing:
            said.append(_("Still missing: %(documents)s.", documents=names(self.missing)))
        if self.unchecked:
            said.append(_("We are checking: %(documents)s.", documents=names(self.unchecked)))
        if self.originals:
            said.append(_("Please bring the original: %(documents)s.", documents=names(self.originals)))
        if self.open:
            said.append(_("Please say what applies to you, so that we know which documents you need."))
        return said


NONE = Papers((), None)

_STATED = (
    "SELECT v.id AS visit_id, v.situations, s.documents FROM visit v JOIN visit_matter m ON m.visit_id = v.id "
    "JOIN counter_service s ON s.id = m.service_id WHERE v.id IN (?) ORDER BY v.id, m.position"
)
_HANDED_IN = (
    "SELECT d.visit_id, d.code, d.state, d.note, d.version, d.checked_at, COALESCE(o.name, '') AS checked_by, "
    f"{columns(PaperFile, 'f', 'file_')} FROM visit_document d LEFT JOIN visit_file f ON f.document_id = d.id "
    f"{accounts.with_official('d.checked_by', 'o')}WHERE d.visit_id IN (?) ORDER BY d.id, f.id"
)


async def of(visits: Collection[int]) -> dict[int, Papers]:
    """The checklists of some visits, by id. Two queries, none without visits."""
    if not visits:
        return {}
    found: dict[int, list[Any]] = {}
    for row in await database.fetch(_HANDED_IN, visits):
        found.setdefault(row["visit_id"], []).append(row)
    wanted: dict[int, tuple[frozenset[str] | None, dict[str, Mapping[str, Any]]]] = {}
    for row in await database.fetch(_STATED, visits):
        said = database.document(row["situations"])
        stated = None if said is None else frozenset(said)
        _stated, documents = wanted.setdefault(row["visit_id"], (stated, {}))
        for one in database.document(row["documents"]):
            documents.setdefault(one["code"], one)
    return {
        visit: Papers(tuple(_papers(documents.values(), stated, found.get(visit, ()))), stated)
        for visit, (stated, documents) in wanted.items()
    }


async def summary(visit: int) -> Papers:
    """The checklist of one visit. Two queries."""
    return (await of([visit])).get(visit, NONE)


def _papers(
    documents: Collection[Mapping[str, Any]], stated: frozenset[str] | None, rows: Sequence[Any]
) -> Sequence[Paper]:
    by_code: dict[str, list[Any]] = {}
    for row in rows:
        by_code.setdefault(row["code"], []).append(row)
    return [_paper(document, stated, by_code.get(document["code"], [])) for document in documents]


def _paper(document: Mapping[str, Any], stated: frozenset[str] | None, rows: Sequence[Any]) -> Paper:
    situations = tuple(named(one) for one in document.get("situations") or ())
    needed = not situations or any(one.code in (stated or ()) for one in situations)
    if not rows:
        return Paper(named(document), situations, needed)
    first = rows[0]
    return Paper(
        named(document),
        situations,
        needed,
        DocumentState(first["state"]),
        first["note"],
        first["version"],
        database.moment_or_none(first["checked_at"]),
        first["checked_by"],
        tuple(read(PaperFile, row, "file_") for row in rows if row["file_id"] is not None),
    )


def named(value: Mapping[str, Any] | str) -> Named:
    """A document or situation as a service declares it; a mere word is its own code."""
    if isinstance(value, str):
        return Named(value, value)
    return Named(value["code"], value["name"], value.get("name_ja") or "", value.get("name_en") or "")


async def file(visit: int, number: int) -> PaperFile:
    """A file of a visit. Raises ``NotFound``."""
    found = await select_one(
        PaperFile,
        f"SELECT {columns(PaperFile, 'f')} FROM visit_file f JOIN visit_document d ON d.id = f.document_id "
        "WHERE f.id = ? AND d.visit_id = ?",
        number,
        visit,
    )
    if found is None:
        raise NotFound
    return found


async def referred(hashes: Sequence[str]) -> set[str]:
    """The stored contents, out of those given, that files of visits refer to."""
    return {*await database.column("SELECT hash FROM visit_file WHERE hash IN (?)", hashes)}


def paper_of(found: Papers, code: str) -> Paper:
    """A document of the checklist by its code. Raises ``NotFound``."""
    for paper in found.papers:
        if paper.code == code:
            return paper
    raise NotFound
