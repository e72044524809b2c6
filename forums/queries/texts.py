"""Public texts by name: a submission, a comment or a proposal, with what it responds to. For moderation.

Texts are unmasked: a caller that shows them to the public masks personal numbers first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.errors import NoSuchText
from forums.rights import submission_subject, talk_subject
from server.core import database
from server.core.participants import people
from server.core.rows import read

SORTS = ("submission", "comment", "forum")
"""What can be reported, as the first part of its name."""

_comment_id = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text that somebody wrote for the public."""

    subject: str
    """Its name in reports, reviews and supports."""
    id: int
    chain: str
    """The ledger subject that holds its events."""
    forum_id: int
    slug: str
    forum_title: str
    number: str
    """Of the submission itself or of the one commented on; empty for a comment on the forum itself."""
    submission_id: int | None
    submission_title: str
    parent: str
    """The text it replies to."""
    participant_id: int | None
    author: str
    official: bool
    title: str
    text: str
    visibility: str
    withdrawn: bool
    fingerprint: int
    said_at: datetime
    speaker: int | None = None
    """The speaker's turn at the forum."""

    @property
    def sort(self) -> str:
        """One of ``SORTS``."""
        return self.subject.partition("/")[0]

    @property
    def comment(self) -> int | None:
        """Its id in events, if it is a comment."""
        return self.id if self.sort == "comment" else None

    @property
    def href(self) -> str:
        """The address of its public page."""
        page = f"/submissions/{self.number}" if self.number else f"/forums/{self.slug}"
        return f"{page}#comment-{self.id}" if self.sort == "comment" else page

    @property
    def counted(self) -> bool:
        """Whether it is included in its forum's counts."""
        return self.visibility == "shown" and not self.withdrawn


_SUBMISSION = (
    "SELECT s.id, s.number, s.forum_id, f.slug, f.title AS forum_title, s.participant_id, s.author, s.speaker, "
    "s.title, s.text, s.visibility, s.status, s.fingerprint, s.received_at AS said_at FROM submission s "
    "JOIN forum f ON f.id = s.forum_id WHERE s.number IN ({})"
)
_COMMENT = (
    "SELECT c.id, COALESCE(s.number, '') AS number, c.forum_id, f.slug, f.title AS forum_title, "
    "c.submission_id AS submission_id, COALESCE(s.title, '') AS submission_title, c.official_id IS NOT NULL AS "
    "official, "
    "CASE WHEN p.visibility = 'withdrawn' THEN '' ELSE COALESCE(p.text, '') END AS parent, c.participant_id, "
    "c.author, c.text, c.visibility, c.fingerprint, c.created_at AS said_at FROM comment c "
    "JOIN forum f ON f.id = c.forum_id LEFT JOIN submission s ON s.id = c.submission_id "
    "LEFT JOIN comment p ON p.id = c.parent_id WHERE c.id IN ({})"
)
_PROPOSAL = (
    "SELECT f.id, f.id AS forum_id, f.slug, f.title, f.title AS forum_title, f.summary, f.body, f.place, f.visibility, "
    "f.proposer_id AS participant_id, COALESCE(p.name, '') AS author, f.created_at AS said_at "
    "FROM forum f "
    + people.with_participant("f.proposer_id", "p")
    + "WHERE f.slug IN ({}) AND (f.proposer_id IS NOT NULL OR f.status IN ('proposed', 'declined'))"
)


async def spoken(subjects: Sequence[str]) -> dict[str, Spoken]:
    """The texts with these names that exist. One query for each sort among them."""
    names: dict[str, list[object]] = {sort: [] for sort in SORTS}
    for subject in dict.fromkeys(subjects):
        sort, _slash, name = subject.partition("/")
        if sort == "comment" and _comment_id.fullmatch(name):
            names[sort].append(int(name))
        elif sort in {"submission", "forum"}:
            names[sort].append(name)
    found = []
    for sort, sql, make in (
        ("submission", _SUBMISSION, _submission), ("comment", _COMMENT, _comment), ("forum", _PROPOSAL, _proposal),
    ):  # fmt: skip
        if names[sort]:
            rows = await database.fetch(sql.format(database.marks(names[sort])), *names[sort])
            found += [make(row) for row in rows]
    return {one.subject: one for one in found}


async def one(subject: str) -> Spoken:
    """One text. Raises ``NoSuchText``, also for a comment that its author withdrew."""
    found = (await spoken([subject])).get(subject)
    if found is None or found.visibility == "withdrawn":
        raise NoSuchText
    return found


_ELSEWHERE = {"number": "", "submission_id": None, "submission_title": "", "parent": "", "official": False, "title": ""}
"""Defaults for fields that only some sorts of text have."""


def _submission(row: Mapping[str, Any]) -> Spoken:
    name = submission_subject(row["number"])
    gone = row["status"] == "withdrawn"
    own = {"subject": name, "chain": name, "submission_id": row["id"], "withdrawn": gone}
    return read(Spoken, {**_ELSEWHERE, **row, **own})


def _comment(row: Mapping[str, Any]) -> Spoken:
    name, gone = f"comment/{row['id']}", row["visibility"] == "withdrawn"
    return read(Spoken, {**_ELSEWHERE, **row, "subject": name, "chain": talk_subject(row["slug"]), "withdrawn": gone})


def _proposal(row: Mapping[str, Any]) -> Spoken:
    said = "\n\n".join(part for part in (row["summary"], row["body"], row["place"]) if part)
    name, chain = f"forum/{row['slug']}", talk_subject(row["slug"])
    own = {"subject": name, "chain": chain, "text": said, "withdrawn": False, "fingerprint": 0}
    return read(Spoken, {**_ELSEWHERE, **row, **own})
