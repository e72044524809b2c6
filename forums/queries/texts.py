"""Public texts by name: a submission, a comment or a proposal, with what it responds to. For moderation.

Texts are unmasked: a caller that shows them to the public masks personal numbers first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forums.errors import NoSuchText
from server.core import database
from server.core.participants import people
from server.core.rows import columns, read

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
    "SELECT "
    + columns(
        Spoken, "s", subject="'submission/' || s.number", chain="'submission/' || s.number", slug="f.slug",
        forum_title="f.title", submission_id="s.id", submission_title="''", parent="''", official="FALSE",
        withdrawn="s.status = 'withdrawn'", said_at="s.received_at",
    )
    + ", s.speaker FROM submission s JOIN forum f ON f.id = s.forum_id WHERE s.number IN ({})"
)  # fmt: skip
_COMMENT = (
    "SELECT "
    + columns(
        Spoken, "c", subject="'comment/' || c.id", chain="'talk/' || f.slug", slug="f.slug", forum_title="f.title",
        number="COALESCE(s.number, '')", submission_title="COALESCE(s.title, '')",
        parent="CASE WHEN p.visibility = 'withdrawn' THEN '' ELSE COALESCE(p.text, '') END",
        official="c.official_id IS NOT NULL", title="''", withdrawn="c.visibility = 'withdrawn'",
        said_at="c.created_at",
    )
    + " FROM comment c JOIN forum f ON f.id = c.forum_id LEFT JOIN submission s ON s.id = c.submission_id "
    "LEFT JOIN comment p ON p.id = c.parent_id WHERE c.id IN ({})"
)  # fmt: skip
_PROPOSAL = (
    "SELECT "
    + columns(
        Spoken, "f", subject="'forum/' || f.slug", chain="'talk/' || f.slug", forum_id="f.id", forum_title="f.title",
        number="''", submission_id="NULL", submission_title="''", parent="''", participant_id="f.proposer_id",
        author="COALESCE(p.name, '')", official="FALSE", text="", withdrawn="FALSE", fingerprint="0",
        said_at="f.created_at",
    )
    + f", f.summary, f.body, f.place FROM forum f {people.with_participant('f.proposer_id', 'p')}"
    "WHERE f.slug IN ({}) AND (f.proposer_id IS NOT NULL OR f.status IN ('proposed', 'declined'))"
)  # fmt: skip


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
    for sort, sql in (("submission", _SUBMISSION), ("comment", _COMMENT), ("forum", _PROPOSAL)):
        if names[sort]:
            rows = await database.fetch(sql.format(database.marks(names[sort])), *names[sort])
            found += [read(Spoken, {**row, "text": _proposed(row)} if sort == "forum" else row) for row in rows]
    return {one.subject: one for one in found}


async def one(subject: str) -> Spoken:
    """One text. Raises ``NoSuchText``, also for a comment that its author withdrew."""
    found = (await spoken([subject])).get(subject)
    if found is None or found.visibility == "withdrawn":
        raise NoSuchText
    return found


def _proposed(row: Mapping[str, Any]) -> str:
    return "\n\n".join(part for part in (row["summary"], row["body"], row["place"]) if part)
