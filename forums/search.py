"""What can be found of forums: forums and notices, submissions, commitments. Indexed is only what everybody reads, so
that a search cannot reveal what is masked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from forums.queries.forums import public_text
from forums.states import SEEN, ForumState, SubmissionState
from server.core import database, privacy, search
from server.core.search import PUBLIC, Batch, Document, Kind

OFFICIALS = "forums"
"""Who finds what is not public yet: forums being planned, texts held for moderation. The desk's own lists only."""


async def refresh_forums(*ids: int) -> None:
    """Index what is stored of forums and notices now, which share a table."""
    await search.refresh(FORUM, *ids)
    await search.refresh(NOTICE, *ids)


async def newest_forums(q: str, *, limit: int, before_id: int | None = None) -> list[int]:
    """The ids of the newest forums and notices with all words of ``q``, for a list of both."""
    return await search.ENGINE.newest(FORUM, q, NOTICE, limit=limit, before_id=before_id)


async def _forums(wanted: Batch) -> Sequence[Document]:
    return [_forum(row, FORUM) for row in await _rows("f.kind <> 'notice'", wanted)]


async def _notices(wanted: Batch) -> Sequence[Document]:
    return [_forum(row, NOTICE) for row in await _rows("f.kind = 'notice'", wanted)]


async def _rows(of_kind: str, wanted: Batch) -> Sequence[Mapping[str, Any]]:
    condition, values = wanted.sql("f.id")
    return await database.fetch(
        "SELECT f.id, f.slug, f.number, f.title, f.summary, f.body, f.place, f.panel, f.status, f.department_id, "
        "f.district, f.language, f.proposer_id, f.from_petition, f.published_at, f.created_at, f.starts_at "
        f"FROM forum f WHERE f.visibility = 'shown' AND {of_kind} AND {condition}",
        *values,
    )


def _forum(row: Mapping[str, Any], kind: Kind) -> Document:
    panel = database.document(row["panel"])
    title, summary, body, place, *people = (
        public_text(each, row) for each in (row["title"], row["summary"], row["body"], row["place"], *panel)
    )
    seen = row["status"] in SEEN and (row["status"] != ForumState.CANCELLED or row["published_at"] is not None)
    return Document(
        kind, row["id"], title, "\n".join(filter(None, (summary, place, *people, body))),
        path=f"/forums/{row['slug']}", readers=(PUBLIC if seen else OFFICIALS,), department=row["department_id"],
        state=row["status"], district=row["district"], language=row["language"],
        at=database.moment(row["starts_at"] or row["published_at"] or row["created_at"]),
    )  # fmt: skip


async def _submissions(wanted: Batch) -> Sequence[Document]:
    condition, values = wanted.sql("s.id")
    rows = await database.fetch(
        "SELECT s.id, s.number, s.title, s.text, s.status, s.visibility, s.department_id, s.district, s.language, "
        "s.received_at FROM submission s "
        f"WHERE s.visibility IN ('shown', 'pending') AND s.status <> '{SubmissionState.WITHDRAWN}' AND {condition}",
        *values,
    )
    return [
        Document(
            SUBMISSION, row["id"], privacy.mask(row["title"]), privacy.mask(row["text"]), row["number"],
            f"/submissions/{row['number']}", (PUBLIC if row["visibility"] == "shown" else OFFICIALS,),
            row["department_id"], row["status"], row["district"], database.moment(row["received_at"]), row["language"],
        )
        for row in rows
    ]  # fmt: skip


async def _commitments(wanted: Batch) -> Sequence[Document]:
    condition, values = wanted.sql("c.id")
    rows = await database.fetch(
        "SELECT c.id, c.number, c.title, c.text, c.status, c.department_id, c.district, c.created_at "
        f"FROM commitment c WHERE {condition}",
        *values,
    )
    return [
        Document(
            COMMITMENT, row["id"], privacy.mask_text(row["title"], official=True),
            privacy.mask_text(row["text"], official=True), row["number"], f"/commitments/{row['number']}",
            department=row["department_id"], state=row["status"], district=row["district"],
            at=database.moment(row["created_at"]),
        )
        for row in rows
    ]  # fmt: skip


FORUM = Kind("forum", 3, _forums)
"""Forums: title, summary, text, place, people."""
NOTICE = Kind("notice", 6, _notices)
"""The notices of the board, in the table of the forums."""
SUBMISSION = Kind("submission", 4, _submissions)
"""Submissions: number, title, text."""
COMMITMENT = Kind("commitment", 5, _commitments)
"""Commitments: number, title, text."""
KINDS = (FORUM, NOTICE, SUBMISSION, COMMITMENT)
