"""What people who take part in forums are told by mail, and officials of promises: who hears of what.

Like the mails about cases: one job a recipient, which names the fact and the recipient by number, never an address.
What everybody may follow is not here (``tracking.following``).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from forums import events, place_events
from forums.queries import following
from forums.queries.following import About, Person, Place
from server.core import city
from server.core.config import Settings
from server.core.errors import Text
from server.core.ledger import Entry
from server.core.participants import links
from tracking import forum_words as words
from tracking.forum_words import Say, Told
from tracking.notices import Notice
from tracking.queries import Colleague, colleague, managers

PERSON, REGISTRATION = "person", "registration"
"""How a recipient who takes part is named in a job: ``person:7``, ``registration:12``; officials by their number."""


@dataclass(frozen=True, slots=True)
class Written:
    """One mail before it is drawn: to whom, in which language, what, and the one thing to press."""

    to: str
    name: str
    language: str
    about: About
    notice: Notice
    link: str
    participant: int | None = None
    """Whose wishes about mail hold."""


Find = Callable[[Entry, About], Awaitable[list[str]]]


async def _author(entry: Entry, about: About) -> list[str]:
    """Of the submission, comment or proposal that the fact is about; nobody hears of what they did themselves."""
    comment = entry.data.get("comment")
    who = await following.commenter(comment) if comment else about.author
    if who is None or (entry.actor == f"participant:{who.id}" and entry.kind != events.SubmissionReceived.kind):
        return []
    return [f"{PERSON}:{who.id}"]


async def _author_of_another_day(entry: Entry, about: About) -> list[str]:
    return await _author(entry, about) if "due_on" in entry.data["fields"] else []


async def _proposer_and_supporters(entry: Entry, about: About) -> list[str]:
    theirs = [f"{PERSON}:{number}" for number in await following.supporters(about.subject)]
    return list(dict.fromkeys([*await _author(entry, about), *theirs]))


async def _registered(entry: Entry, _about: About) -> list[str]:
    return [f"{REGISTRATION}:{entry.data['registration']}"]


async def _all_registered(entry: Entry, about: About) -> list[str]:
    """Of one session or of the whole forum, as far as it is still to come; nobody for a change of other things."""
    if "fields" in entry.data and not words.MOVES & set(entry.data["fields"]):
        return []
    found = await following.registered(about.forum, entry.data.get("session"))
    return [f"{REGISTRATION}:{number}" for number in found]


async def _those(entry: Entry, _about: About) -> list[str]:
    return [f"{REGISTRATION}:{number}" for number in entry.data["registrations"]]


PEOPLE: Mapping[str, tuple[Find, Say]] = {
    place_events.PlaceTaken.kind: (_registered, words.place_taken),
    place_events.PlaceGivenBack.kind: (_registered, words.given_back),
    place_events.PlaceOffered.kind: (_registered, words.place_offered),
    place_events.OfferLapsed.kind: (_registered, words.lapsed),
    events.ForumCancelled.kind: (_all_registered, words.cancelled),
    events.ForumDeclined.kind: (_proposer_and_supporters, words.declined),
    events.ForumTakenUp.kind: (_proposer_and_supporters, words.accepted),
    events.ForumEdited.kind: (_all_registered, words.changed),
    place_events.SessionChanged.kind: (_all_registered, words.changed),
    place_events.SessionCancelled.kind: (_those, words.session_cancelled),
    events.ForumOpened.kind: (_author, words.opened),
    events.SubmissionReceived.kind: (_author, words.received),
    events.SubmissionHanded.kind: (_author, words.handed),
    events.SubmissionAnswered.kind: (_author, words.answered),
    events.SubmissionJoined.kind: (_author, words.joined),
    events.SubmissionDone.kind: (_author, words.done),
    events.PetitionProposed.kind: (_author, words.petition_proposed),
    events.BecamePetition.kind: (_author, words.petition),
    events.TextHeld.kind: (_author, words.held),
    events.TextHidden.kind: (_author, words.hidden),
    events.TextShown.kind: (_author, words.shown),
    events.HidingUpheld.kind: (_author, words.upheld),
    events.CommitmentEdited.kind: (_author_of_another_day, words.another_day),
    events.StepDone.kind: (_author, words.step_done),
    events.CommitmentDropped.kind: (_author, words.dropped),
    events.CommitmentOverdue.kind: (_author, words.overdue),
}
"""What those who take part hear of: who, and in which words."""

OFFICIALS: Mapping[str, Say] = {
    events.CommitmentOverdue.kind: words.owner_overdue,
    events.CommitmentContested.kind: words.owner_contested,
    events.StudyOver.kind: words.study_over,
}
"""What the owner of a promise and the managers of its department hear of."""

HEARD: tuple[str, ...] = tuple(sorted({*PEOPLE, *OFFICIALS}))

AT_ONCE = frozenset(
    {
        place_events.PlaceTaken.kind, place_events.PlaceGivenBack.kind, place_events.PlaceOffered.kind,
        place_events.OfferLapsed.kind, events.ForumCancelled.kind, events.ForumEdited.kind,
        place_events.SessionChanged.kind,
        place_events.SessionCancelled.kind, events.TextHeld.kind, events.TextHidden.kind, events.TextShown.kind,
        events.HidingUpheld.kind,
    }
)  # fmt: skip
"""What cannot wait for a digest, whatever somebody wishes: places run out, and a hidden text may be appealed."""


async def recipients(entry: Entry) -> list[str | int]:
    """Who is told of a fact: ``person:…`` and ``registration:…`` for those who take part, numbers of officials."""
    about = (await following.about([entry.subject])).get(entry.subject)
    if about is None:
        return []
    told: list[str | int] = []
    if entry.kind in PEOPLE:
        told += await PEOPLE[entry.kind][0](entry, about)
    if entry.kind in OFFICIALS:
        owner = [about.owner_id] if about.owner_id else []
        told += sorted({*owner, *await managers(about.department_id)})
    return told


async def write(settings: Settings, entry: Entry, to: str | int, spoken: Callable[[str], str]) -> Written | None:
    """One mail; None where there is nobody to write to any more, or nothing to say."""
    about = (await following.about([entry.subject])).get(entry.subject)
    if about is None or (entry.data.get("comment") and await following.commenter(entry.data["comment"]) is None):
        return None
    said = await following.words(entry.data.get("text"), official=entry.actor.startswith("official:"))
    if isinstance(to, int):
        official = await colleague(to)
        return _to_official(settings, entry, about, said, official, spoken) if official else None
    sort, _colon, number = to.partition(":")
    place = await following.place(int(number)) if sort == REGISTRATION else None
    who = place.person if place else await person(to)
    if who is None:
        return None
    language = spoken(who.language)
    own = about.author is not None and about.author.id == who.id
    told = Told(entry, about, settings, language, said, place, await _department(entry, language), own)
    notice = PEOPLE[entry.kind][1](told)
    if notice is None:
        return None
    link = links.person_link(settings, who.id, _path(entry, about, place))
    return Written(who.email, who.name, language, about, notice, link, who.id)


async def person(to: str | int) -> Person | None:
    """Whom a recipient is, where they take part."""
    if isinstance(to, int):
        return None
    sort, _colon, number = to.partition(":")
    if sort == REGISTRATION:
        place = await following.place(int(number))
        return place.person if place else None
    return await following.participant(int(number))


async def happened(settings: Settings, entry: Entry, about: About, language: str) -> Text:
    """What a fact says to whom it concerns, as one line."""
    told = Told(entry, about, settings, language, department=await _department(entry, language))
    notice = PEOPLE[entry.kind][1](told)
    return notice.happened if notice else Text("")


def _to_official(
    settings: Settings, entry: Entry, about: About, said: str, official: Colleague, spoken: Callable[[str], str]
) -> Written | None:
    language = spoken(official.language)
    notice = OFFICIALS[entry.kind](Told(entry, about, settings, language, said))
    if notice is None:
        return None
    sort = "submissions" if entry.subject.startswith("submission/") else "commitments"
    link = f"{settings.public_url}/desk/{sort}/{quote(about.number)}"
    return Written(official.email, official.name, language, about, notice, link)


async def _department(entry: Entry, language: str) -> str:
    row = (await city.city()).departments.get(entry.data.get("department") or 0)
    return row.name(language) if row else ""


def _path(entry: Entry, about: About, place: Place | None) -> str:
    """Where the one link of a mail leads."""
    if place is not None:
        return f"/forums/registrations/{place.code}"
    if entry.kind == events.TextHidden.kind:
        subject = f"comment/{entry.data['comment']}" if entry.data.get("comment") else entry.subject
        return f"/forums/appeal/{subject}"
    return about.path
