"""Links between a petition and the forums: the submission it came from and the topics it led to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from forums.crossing import Crossings
from forums.events import PetitionProposed, SubmissionAssigned
from forums.queries.submissions import SubmissionView
from forums.states import SEEN
from server.core.ledger import Entry
from server.core.rows import Masked, select

EntryT = TypeVar("EntryT", bound=Entry)


def proposal(linked: Sequence[EntryT]) -> EntryT | None:
    """The proposal, among a submission's events, to make it a petition; only if its present department made it."""
    newest = [one for one in linked if one.kind in {PetitionProposed.kind, SubmissionAssigned.kind}][-1:]
    return newest[0] if newest and newest[0].kind == PetitionProposed.kind else None


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the forums that belongs to a petition."""

    title: Masked
    path: str
    number: str
    """Of a submission; empty for a forum."""
    origin: bool
    """Whether the petition came from there; otherwise the petition led to it."""


async def of_petition(reference: str) -> list[Link]:
    """The links that the public may see. One query."""
    return await select(
        Link,
        "SELECT s.title, '/submissions/' || s.number AS path, s.number, s.channel <> 'petition' AS origin "
        "FROM submission s "
        "JOIN forum f ON f.id = s.forum_id WHERE s.petition = ? AND s.visibility = 'shown' AND f.status IN (?) "
        "UNION ALL SELECT f.title, '/forums/' || f.slug, '', FALSE FROM forum f "
        "WHERE f.from_petition = ? AND f.published_at IS NOT NULL AND f.status IN (?)",
        reference, SEEN, reference, SEEN,
    )  # fmt: skip


async def shown_petitions(some: Iterable[SubmissionView], ways: Crossings) -> dict[str, str]:
    """The petitions to name on submissions, by submission number. At most one query.

    A petition made from a submission is always named there; a petition that became a submission only if it is public.
    """
    linked = [found for found in some if found.petition]
    came = {found.petition for found in linked if found.channel == "petition"}
    public = await ways.public(came) if came else came
    return {found.number: found.petition for found in linked if found.channel != "petition" or found.petition in public}


async def petition_public(number: str, ways: Crossings) -> bool:
    """Whether to name the petition that a forum grew out of: only if it is public."""
    return bool(number) and number in await ways.public([number])
