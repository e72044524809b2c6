"""What a petition and the forums have to do with each other: the voice it came from, the topics it became."""

from dataclasses import dataclass

from forums.states import SEEN
from server.core import database, privacy


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the forums that belongs to a petition."""

    kind: str
    """``voice`` or ``forum``."""
    title: str
    path: str
    number: str
    origin: bool
    """Whether the petition came from there; else it went on there."""


async def of_petition(reference: str) -> list[Link]:
    """What everybody may see of it, the oldest first. Two queries."""
    voices = await database.fetch(
        "SELECT s.number, s.title, s.channel FROM submission s JOIN forum f ON f.id = s.forum_id "
        f"WHERE s.petition = ? AND s.visibility = 'shown' AND f.status IN ({', '.join('?' * len(SEEN))}) ORDER BY s.id",
        reference,
        *sorted(SEEN),
    )
    forums = await database.fetch(
        "SELECT slug, title FROM forum WHERE from_petition = ? AND published_at IS NOT NULL "
        f"AND status IN ({', '.join('?' * len(SEEN))}) ORDER BY id",
        reference,
        *sorted(SEEN),
    )
    found = [
        Link(
            "voice", privacy.mask(row["title"]), f"/submissions/{row['number']}", row["number"],
            row["channel"] != "petition",
        )
        for row in voices
    ]  # fmt: skip
    found += [Link("forum", row["title"], f"/forums/{row['slug']}", "", origin=False) for row in forums]
    return found
