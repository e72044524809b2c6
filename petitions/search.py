"""What can be found of cases: everything about them by the officials who may see them, answers by everybody; and of the
statutory procedures.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Protocol

from petitions import kinds, labels, rules
from petitions.permissions import Permission
from petitions.publication import Own, published
from petitions.rights import cooperates
from petitions.states import State
from server.core import city, database, i18n, search
from server.core.accounts import Official
from server.core.clock import Unit
from server.core.search import PUBLIC, Batch, Document, Kind, translated

PUBLIC_STATES = (State.ANSWERED, State.CLOSED)
"""The states in which a case whose petitioner agreed is public."""
_ALL = "cases"


class CaseValues(Protocol):
    """The columns of a case by which it is found."""

    id: int
    reference: str
    title: str
    body: str
    status: Any
    department_id: int | None
    guide_id: int | None
    district: str
    received_at: Any
    language: str


def of_case(case: CaseValues, name: str, asked: Sequence[int] = ()) -> Document:
    """A case as officials find it, with its petitioner's name; ``asked`` are the departments being consulted on it."""
    readers = [_ALL]
    if case.department_id is not None:
        readers.append(_of_department(case.department_id))
    if case.guide_id is not None:
        readers.append(_of_guide(case.guide_id))
    readers += map(_of_consulted, asked)
    return Document(
        CASE, case.id, case.title, case.body, f"{case.reference}\n{name}", f"/desk/cases/{case.reference}",
        tuple(readers), case.department_id, case.status, case.district, database.moment(case.received_at),
        case.language,
    )  # fmt: skip


def readers(official: Official | None) -> tuple[str, ...]:
    """As which readers somebody searches, as in ``petitions.rights.sees``; None is everybody."""
    if official is None:
        return (PUBLIC,)
    if official.may(Permission.SEE_ALL):
        return (PUBLIC, _ALL)
    found = [PUBLIC]
    if official.may(Permission.SEE_DEPARTMENT) and official.department_id is not None:
        found.append(_of_department(official.department_id))
    elif official.may(Permission.SEE_GUIDED):
        found.append(_of_guide(official.id))
    if cooperates(official) and official.department_id is not None:
        found.append(_of_consulted(official.department_id))
    return tuple(found)


def _of_department(department_id: int) -> str:
    return f"cases of department {department_id}"


def _of_guide(account_id: int) -> str:
    return f"cases of guide {account_id}"


def _of_consulted(department_id: int) -> str:
    return f"cases on which department {department_id} is consulted"


async def refresh(case_id: int) -> None:
    """Index a case that has changed, as officials and, if it is public, as everybody finds it."""
    await search.refresh(CASE, case_id)
    await search.refresh(PETITION, case_id)


async def _cases(wanted: Batch) -> Sequence[Document]:
    condition, values = wanted.sql("c.id")
    rows = await database.fetch(
        "SELECT c.id, c.reference, c.title, c.body, c.status, c.department_id, c.guide_id, c.district, c.received_at, "
        f"c.language, p.name FROM petition_case c JOIN petitioner p ON p.case_id = c.id WHERE {condition}",
        *values,
    )
    asked = defaultdict[int, list[int]](list)
    consulted = await database.fetch(
        "SELECT case_id, department_id FROM consultation WHERE status = 'asked' AND case_id IN (?) ORDER BY id",
        [row["id"] for row in rows],
    )
    for row in consulted:
        asked[row["case_id"]].append(row["department_id"])
    return [of_case(SimpleNamespace(**row), row["name"], asked[row["id"]]) for row in rows]


async def _petitions(wanted: Batch) -> Sequence[Document]:
    condition, values = wanted.sql("c.id")
    rows = await database.fetch(
        "SELECT c.id, c.reference, c.title, c.body, c.status, c.department_id, c.district, c.answered_at, c.language, "
        "p.name, p.email, p.phone, p.address, "
        "(SELECT a.text FROM answer a WHERE a.case_id = c.id ORDER BY a.id DESC LIMIT 1) AS answer "
        "FROM petition_case c JOIN petitioner p ON p.case_id = c.id "
        f"WHERE c.public = ? AND c.status IN (?) AND c.answered_at IS NOT NULL AND {condition}",
        True,
        PUBLIC_STATES,
        *values,
    )
    return [_petition(row) for row in rows]


def _petition(row: Mapping[str, Any]) -> Document:
    own = Own(row["name"], row["email"], row["phone"], row["address"], (row["title"], row["body"]))
    body, answer = published(row["body"], own), published(row["answer"] or "", own, official=True)
    return Document(
        PETITION, row["id"], published(row["title"], own), f"{body}\n{answer}", row["reference"],
        f"/cases/{row['reference']}",
        department=row["department_id"], state=row["status"], district=row["district"],
        at=database.moment(row["answered_at"]), language=row["language"],
    )  # fmt: skip


async def _services(wanted: Batch) -> Sequence[Document]:
    rows = await database.fetch("SELECT * FROM service WHERE active = ?", True)
    return wanted.of(document for row in rows for document in _service(row))


def _service(row: Mapping[str, Any]) -> Iterator[Document]:
    """A statutory procedure in each language; what has to be handed in is named in Korean only."""
    code, period = row["code"], kinds.period_text(rules.Period(Unit(row["unit"]), row["amount"]))
    for language, number in translated(service_number(code)).items():
        name = city.names(row)[language]
        papers = "\n".join(database.document(row["documents"])) if language == "ko" else ""
        about = (i18n.translate(language, each) for each in (labels.KINDS["statutory"], period))
        body = "\n".join(filter(None, (" · ".join(about), papers)))
        if name:
            yield Document(
                SERVICE, number, name, body, path=f"/services/{code}",
                department=row["department_id"], language=language,
            )  # fmt: skip


def service_number(code: str) -> int:
    """A procedure's number in the index, since its key is a code."""
    return int.from_bytes(hashlib.blake2b(code.encode(), digest_size=4).digest())


CASE = Kind("case", 1, _cases)
"""Cases, for officials: all words, the reference and the petitioner's name."""
PETITION = Kind("petition", 2, _petitions)
"""Answered cases that everybody may read, masked, with their answers."""
SERVICE = Kind("service", 7, _services)
"""Statutory procedures: name, period, what has to be handed in."""
KINDS = (CASE, PETITION, SERVICE)
