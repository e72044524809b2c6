"""What people who take part in forums are told by mail, and officials of promises: who hears of what, in which words.

Like the mails about cases: one job a recipient, which names the fact and the recipient by number, never an address.
What everybody may follow is not here (``tracking.following``).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from forums import doors, events
from forums.labels import OUTCOMES, RULES
from forums.queries import following
from forums.queries.following import About, Person, Place
from server.core import city, i18n
from server.core.config import Settings
from server.core.errors import Text, _
from server.core.ledger import Entry
from tracking.notices import Notice
from tracking.queries import Colleague, colleague, managers

PERSON, REGISTRATION = "person", "registration"
"""How a recipient who takes part is named in a job: ``person:7``, ``registration:12``; officials by their number."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail is made from."""

    entry: Entry
    about: About
    settings: Settings
    language: str
    words: str = ""
    """The public words that the fact names."""
    place: Place | None = None
    department: str = ""

    def when(self) -> str:
        """The day and hour of the session."""
        if self.place is None:
            return ""
        return i18n.datetime_text(self.place.starts_at, self.language, self.settings.zone)

    def until(self) -> str:
        """Until when an offered place is kept."""
        moment = self.place.offered_until if self.place else None
        return i18n.datetime_text(moment, self.language, self.settings.zone) if moment else ""


Say = Callable[[Told], Notice | None]


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


# --- Places -------------------------------------------------------------------------------------------------


def _place_taken(told: Told) -> Notice:
    if told.entry.data["waiting"]:
        return Notice(
            _("You are on the waiting list"),
            _("All places are taken (%(when)s). You are on the waiting list.", when=told.when()),
            _("When a place becomes free, we write to you; you then have some time to take it."),
        )
    return Notice(
        _("You have a place"),
        _("You have a place: %(when)s, %(place)s.", when=told.when(), place=told.place.place if told.place else ""),
        _("Show the code at the door. If you cannot come, please give the place back: others are waiting for it."),
        told.place.code if told.place else "",
    )


def _place_offered(told: Told) -> Notice:
    return Notice(
        _("A place has become free for you"),
        _("A place has become free: %(when)s.", when=told.when()),
        _("It is kept for you until %(until)s. Press below to take it, or leave it to the next.", until=told.until()),
    )


def _given_back(told: Told) -> Notice | None:
    if told.entry.actor.startswith("participant:"):
        return None
    return Notice(_("Your place was given back"), _("Your place on %(when)s was given back.", when=told.when()))


def _lapsed(told: Told) -> Notice:
    return Notice(
        _("The offered place went to the next"),
        _("The place on %(when)s was offered to you and not taken in time, so it went to the next.", when=told.when()),
        _("You can ask for a place again at any time."),
    )


def _cancelled(told: Told) -> Notice:
    return Notice(
        _("It does not take place"),
        _("%(title)s does not take place.", title=told.about.forum_title),
        _("You need not do anything."),
        told.words,
    )


# --- Voices -------------------------------------------------------------------------------------------------


def _received(told: Told) -> Notice:
    return Notice(
        _("We have your opinion"),
        _("We have received what you said in: %(title)s.", title=told.about.forum_title),
        _("A department reads it and says what becomes of it. We write to you then."),
    )


def _handed(told: Told) -> Notice:
    return Notice(
        _("Your opinion is with a department"),
        _("What you said is with %(department)s now.", department=told.department),
        _("The department says what becomes of it. We write to you then."),
    )


def _answered(told: Told) -> Notice:
    return Notice(
        _("What becomes of your opinion"),
        _("What you said was answered: %(outcome)s.", outcome=OUTCOMES[told.entry.data["outcome"]]),
        _("You find the reasons, and what the city has promised, on the page of your opinion."),
        told.about.outcome_text,
    )


def _joined(told: Told) -> Notice:
    return Notice(
        _("Your opinion was joined with another one"),
        _("Others said the same, so your opinion is answered together with %(number)s.", number=told.entry.data["to"]),
        _("It keeps its number and counts as before. You hear what becomes of it."),
    )


def _done(told: Told) -> Notice:
    if not told.entry.data["done_on"]:
        return Notice(
            _("The city works on your opinion again"), _("What was promised because of you is not done after all.")
        )
    return Notice(
        _("What you asked for is done"),
        _("What the city promised because of you is done."),
        _("Have a look. If it is not as promised, say so on the page of the promise with one press."),
    )


def _petition(told: Told) -> Notice:
    return Notice(
        _("Your opinion goes on as a petition"),
        _("Your opinion goes on as petition %(number)s. Both keep their numbers.", number=told.entry.data["petition"]),
    )


# --- Moderation ---------------------------------------------------------------------------------------------


def _held(_told: Told) -> Notice:
    return Notice(
        _("Your text is looked at first"),
        _("Your text is kept. A moderator looks at it before everybody can read it."),
        _("We write to you when it is shown, or why it is not."),
    )


def _hidden(told: Told) -> Notice:
    return Notice(
        _("Your text was hidden"),
        _("A moderator has hidden your text, by this rule: %(rule)s.", rule=RULES[told.entry.data["rule"]]),
        _("If you think that this is wrong, say why: another moderator then decides. The link below leads there."),
        told.words,
    )


def _shown(told: Told) -> Notice:
    return Notice(
        _("Your text is shown"),
        _("Another moderator agreed with you: your text is shown again.")
        if told.entry.data["after_appeal"]
        else _("A moderator has looked at your text: everybody can read it now."),
    )


def _upheld(told: Told) -> Notice:
    return Notice(
        _("Your text stays hidden"),
        _("Another moderator has looked at your text again. It stays hidden."),
        None,
        told.words,
    )


# --- Proposals and promises -----------------------------------------------------------------------------------


def _declined(told: Told) -> Notice:
    return Notice(
        _("Your proposal was not taken up"), _("The city does not take up your proposal. The reason follows."),
        None, told.words,
    )  # fmt: skip


def _accepted(_told: Told) -> Notice:
    return Notice(
        _("The city takes up your proposal"),
        _("The city takes up your proposal and plans it now."),
        _("You see on its page when and where it takes place."),
    )


def _opened(_told: Told) -> Notice:
    return Notice(_("Your question is open for discussion"), _("Enough people stand behind your question."))


def _dropped(told: Told) -> Notice:
    return Notice(
        _("A promise was given up"), _("The city has given up what it promised because of you. The reason follows."),
        None, told.words,
    )  # fmt: skip


def _overdue(_told: Told) -> Notice:
    return Notice(
        _("A promise is late"), _("The day by which this was promised has passed, and it is not done."),
        _("The department was told."),
    )  # fmt: skip


def _owner_overdue(_told: Told) -> Notice:
    return Notice(
        _("A promise of your department is late"),
        _("The day by which this was promised has passed, and it is not marked as done. Its page says so."),
        _("Please carry it out and show the evidence, or set a new day with the reason."),
    )


def _owner_contested(told: Told) -> Notice:
    return Notice(
        _("The author says that it is not done"),
        _("The author of the opinion says that what was promised is not done."),
        _("Please look at it again at the desk."),
        told.words,
    )


Find = Callable[[Entry, About], Awaitable[list[str]]]


async def _author(entry: Entry, about: About) -> list[str]:
    """Of the submission, comment or proposal that the fact is about; nobody hears of what they did themselves."""
    comment = entry.data.get("comment")
    who = await following.commenter(comment) if comment else about.author
    if who is None or (entry.actor == f"participant:{who.id}" and entry.kind != events.SubmissionReceived.kind):
        return []
    return [f"{PERSON}:{who.id}"]


async def _registered(entry: Entry, _about: About) -> list[str]:
    return [f"{REGISTRATION}:{entry.data['registration']}"]


async def _all_registered(_entry: Entry, about: About) -> list[str]:
    return [f"{REGISTRATION}:{number}" for number in await following.registered(about.forum)]


PEOPLE: Mapping[str, tuple[Find, Say]] = {
    events.PlaceTaken.kind: (_registered, _place_taken),
    events.PlaceGivenBack.kind: (_registered, _given_back),
    events.PlaceOffered.kind: (_registered, _place_offered),
    events.OfferLapsed.kind: (_registered, _lapsed),
    events.ForumCancelled.kind: (_all_registered, _cancelled),
    events.ForumDeclined.kind: (_author, _declined),
    events.ForumPlanned.kind: (_author, _accepted),
    events.ForumOpened.kind: (_author, _opened),
    events.SubmissionReceived.kind: (_author, _received),
    events.SubmissionHanded.kind: (_author, _handed),
    events.SubmissionAnswered.kind: (_author, _answered),
    events.SubmissionJoined.kind: (_author, _joined),
    events.SubmissionDone.kind: (_author, _done),
    events.BecamePetition.kind: (_author, _petition),
    events.TextHeld.kind: (_author, _held),
    events.TextHidden.kind: (_author, _hidden),
    events.TextShown.kind: (_author, _shown),
    events.HidingUpheld.kind: (_author, _upheld),
    events.CommitmentDropped.kind: (_author, _dropped),
    events.CommitmentOverdue.kind: (_author, _overdue),
}
"""What those who take part hear of: who, and in which words."""

OFFICIALS: Mapping[str, Say] = {
    events.CommitmentOverdue.kind: _owner_overdue,
    events.CommitmentContested.kind: _owner_contested,
}
"""What the owner of a promise and the managers of its department hear of."""

HEARD: tuple[str, ...] = tuple(sorted({*PEOPLE, *OFFICIALS}))

AT_ONCE = frozenset(
    {
        events.PlaceTaken.kind, events.PlaceGivenBack.kind, events.PlaceOffered.kind, events.OfferLapsed.kind,
        events.ForumCancelled.kind, events.TextHeld.kind, events.TextHidden.kind, events.TextShown.kind,
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
        told += [number for number in {*owner, *await managers(about.department_id)} if number is not None]
    return told


async def write(settings: Settings, entry: Entry, to: str | int, spoken: Callable[[str], str]) -> Written | None:
    """One mail; None where there is nobody to write to any more, or nothing to say."""
    about = (await following.about([entry.subject])).get(entry.subject)
    if about is None:
        return None
    words = await following.words(entry.data.get("text"))
    if isinstance(to, int):
        official = await colleague(to)
        return _to_official(settings, entry, about, words, official, spoken) if official else None
    sort, _colon, number = to.partition(":")
    place = await following.place(int(number)) if sort == REGISTRATION else None
    who = place.person if place else await person(to)
    if who is None:
        return None
    language = spoken(who.language)
    told = Told(entry, about, settings, language, words, place, await _department(entry, language))
    notice = PEOPLE[entry.kind][1](told)
    if notice is None:
        return None
    link = doors.person_link(settings, who.id, _path(entry, about, place))
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
    settings: Settings, entry: Entry, about: About, words: str, official: Colleague, spoken: Callable[[str], str]
) -> Written | None:
    language = spoken(official.language)
    notice = OFFICIALS[entry.kind](Told(entry, about, settings, language, words))
    if notice is None:
        return None
    link = f"{settings.public_url}/desk/commitments/{quote(about.number)}"
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
