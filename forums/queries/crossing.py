"""What a petition and the forums have to do with each other: the submission it came from, the topics it became."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from forums.crossing import Crossings
from forums.events import PetitionProposed, SubmissionAssigned
from forums.queries.submissions import SubmissionView
from forums.states import SEEN
from server.core import database, privacy


class HasKind(Protocol):
    """Something that was said to have happened."""

    @property
    def kind(self) -> str: ...


HasKindT = TypeVar("HasKindT", bound=HasKind)


def proposal(told: Sequence[HasKindT]) -> HasKindT | None:
    """Of what happened to a submission, the proposal to make it a petition; that of the department that has it now
    only.
    """
    newest = [one for one in told if one.kind in {PetitionProposed.kind, SubmissionAssigned.kind}][-1:]
    return newest[0] if newest and newest[0].kind == PetitionProposed.kind else None


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the forums that belongs to a petition."""

    title: str
    path: str
    number: str
    """Of a submission; empty for a forum."""
    origin: bool
    """Whether the petition came from there; else it went on there."""


async def of_petition(reference: str) -> list[Link]:
    """What everybody may see of it. One query."""
    seen = database.marks(SEEN)
    rows = await database.fetch(
        "SELECT s.number AS name, s.title, s.channel, 'submission' AS sort FROM submission s "
        f"JOIN forum f ON f.id = s.forum_id WHERE s.petition = ? AND s.visibility = 'shown' AND f.status IN ({seen}) "
        "UNION ALL SELECT f.slug, f.title, '', 'forum' FROM forum f "
        f"WHERE f.from_petition = ? AND f.published_at IS NOT NULL AND f.status IN ({seen})",
        reference, *sorted(SEEN), reference, *sorted(SEEN),
    )  # fmt: skip
    found = []
    for row in rows:
        if row["sort"] == "submission":
            path, number = f"/submissions/{row['name']}", row["name"]
        else:
            path, number = f"/forums/{row['name']}", ""
        origin = row["sort"] == "submission" and row["channel"] != "petition"
        found.append(Link(privacy.mask(row["title"]), path, number, origin))
    return found


async def shown_petitions(some: Iterable[SubmissionView], ways: Crossings) -> dict[str, str]:
    """The petitions that submissions tell of, by the submissions' numbers. At most one query.

    A petition that somebody made of their own submission has its number there; one that came the other way only if
    public.
    """
    told = [found for found in some if found.petition]
    came = {found.petition for found in told if found.channel == "petition"}
    public = await ways.public(came) if came else came
    return {found.number: found.petition for found in told if found.channel != "petition" or found.petition in public}


async def petition_public(number: str, ways: Crossings) -> bool:
    """Whether the petition that a forum grew out of is named there: only where everybody may read it."""
    return bool(number) and number in await ways.public([number])
