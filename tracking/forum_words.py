"""What mails about forums say: to those who take part and to officials of promises, for a tired person on a phone.

Each function makes one mail's words from a fact; None where there is nothing to say to that recipient.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from forums.labels import OUTCOMES, RULES
from forums.queries.following import About, Place
from server.core import i18n
from server.core.config import Settings
from server.core.errors import _
from server.core.ledger import Entry
from tracking.notices import Notice


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
    own: bool = True
    """Whether it is the recipient's own, not only something that they stand behind."""

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

MOVES = frozenset({"starts_at", "ends_at", "place"})
"""The fields of a forum or session that whoever registered must hear of."""


# --- Places -------------------------------------------------------------------------------------------------


def place_taken(told: Told) -> Notice:
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


def place_offered(told: Told) -> Notice:
    return Notice(
        _("A place has become free for you"),
        _("A place has become free: %(when)s.", when=told.when()),
        _("It is kept for you until %(until)s. Press below to take it, or leave it to the next.", until=told.until()),
    )


def given_back(told: Told) -> Notice | None:
    if told.entry.actor.startswith("participant:"):
        return None
    return Notice(_("Your place was given back"), _("Your place on %(when)s was given back.", when=told.when()))


def lapsed(told: Told) -> Notice:
    return Notice(
        _("The offered place went to the next"),
        _("The place on %(when)s was offered to you and not taken in time, so it went to the next.", when=told.when()),
        _("You can ask for a place again at any time."),
    )


def session_cancelled(told: Told) -> Notice:
    return Notice(
        _("A date is called off"),
        _("The date on %(when)s is called off.", when=told.when()),
        _("Other dates, where there are any, stand on the page of the forum."),
        told.words,
    )


def changed(told: Told) -> Notice:
    return Notice(
        _("Another time or place"),
        _("Time or place have changed: %(when)s, %(place)s.", when=told.when(),
          place=told.place.place if told.place else ""),
        _("If you cannot come now, please give the place back: others are waiting for it."),
    )  # fmt: skip


def cancelled(told: Told) -> Notice:
    return Notice(
        _("It does not take place"),
        _("%(title)s does not take place.", title=told.about.forum_title),
        _("You need not do anything."),
        told.words,
    )


# --- Voices -------------------------------------------------------------------------------------------------


def received(told: Told) -> Notice:
    return Notice(
        _("We have your opinion"),
        _("We have received what you said in: %(title)s.", title=told.about.forum_title),
        _("A department reads it and says what becomes of it. We write to you then."),
    )


def handed(told: Told) -> Notice:
    return Notice(
        _("Your opinion is with a department"),
        _("What you said is with %(department)s now.", department=told.department),
        _("The department says what becomes of it. We write to you then."),
    )


def answered(told: Told) -> Notice:
    return Notice(
        _("What becomes of your opinion"),
        _("What you said was answered: %(outcome)s.", outcome=OUTCOMES[told.entry.data["outcome"]]),
        _("You find the reasons, and what the city has promised, on the page of your opinion."),
        told.about.outcome_text,
    )


def joined(told: Told) -> Notice:
    return Notice(
        _("Your opinion was joined with another one"),
        _("Others said the same, so your opinion is answered together with %(number)s.", number=told.entry.data["to"]),
        _("It keeps its number and counts as before. You hear what becomes of it."),
    )


def done(told: Told) -> Notice:
    if not told.entry.data["done_on"]:
        return Notice(
            _("The city works on your opinion again"), _("What was promised because of you is not done after all.")
        )
    return Notice(
        _("What you asked for is done"),
        _("What the city promised because of you is done."),
        _("Have a look. If it is not as promised, say so on the page of the promise with one press."),
    )


def petition_proposed(told: Told) -> Notice:
    return Notice(
        _("Your opinion could go on as a petition"),
        _("An official thinks that your opinion should go on as a petition, which has a legal period."),
        _("You decide. Press below to look at it."),
        told.words,
    )


def petition(told: Told) -> Notice:
    return Notice(
        _("Your opinion goes on as a petition"),
        _("Your opinion goes on as petition %(number)s. Both keep their numbers.", number=told.entry.data["petition"]),
    )


# --- Moderation ---------------------------------------------------------------------------------------------


def held(_told: Told) -> Notice:
    return Notice(
        _("Your text is looked at first"),
        _("Your text is kept. A moderator looks at it before everybody can read it."),
        _("We write to you when it is shown, or why it is not."),
    )


def hidden(told: Told) -> Notice:
    return Notice(
        _("Your text was hidden"),
        _("A moderator has hidden your text, by this rule: %(rule)s.", rule=RULES[told.entry.data["rule"]]),
        _("If you think that this is wrong, say why: another moderator then decides. The link below leads there."),
        told.words,
    )


def shown(told: Told) -> Notice | None:
    if told.entry.data["stood"]:
        return None
    return Notice(
        _("Your text is shown"),
        _("Another moderator agreed with you: your text is shown again.")
        if told.entry.data["after_appeal"]
        else _("A moderator has looked at your text: everybody can read it now."),
    )


def upheld(told: Told) -> Notice:
    return Notice(
        _("Your text stays hidden"),
        _("Another moderator has looked at your text again. It stays hidden."),
        None,
        told.words,
    )


# --- Proposals and promises -----------------------------------------------------------------------------------


def declined(told: Told) -> Notice:
    if not told.own:
        return Notice(
            _("A proposal that you support was not taken up"),
            _("The city does not take up a proposal that you support. The reason follows."), None, told.words,
        )  # fmt: skip
    return Notice(
        _("Your proposal was not taken up"), _("The city does not take up your proposal. The reason follows."),
        None, told.words,
    )  # fmt: skip


def accepted(told: Told) -> Notice:
    if not told.own:
        return Notice(
            _("The city takes up a proposal that you support"),
            _("The city takes up a proposal that you support and plans it now."),
            _("You see on its page when and where it takes place."),
        )
    return Notice(
        _("The city takes up your proposal"),
        _("The city takes up your proposal and plans it now."),
        _("You see on its page when and where it takes place."),
    )


def opened(_told: Told) -> Notice:
    return Notice(_("Your question is open for discussion"), _("Enough people stand behind your question."))


def another_day(told: Told) -> Notice:
    day = i18n.date_text(date.fromisoformat(told.entry.data["due_on"]), told.language)
    return Notice(
        _("A promise is now due on another day"),
        _("What the city promised because of you is now promised for %(day)s.", day=day),
        None, told.words,
    )  # fmt: skip


def step_done(_told: Told) -> Notice:
    return Notice(
        _("A step of a promise is done"), _("The city has done a step of what it promised because of you."),
        _("Its page says what is done and what is still to do."),
    )  # fmt: skip


def dropped(told: Told) -> Notice:
    return Notice(
        _("A promise was given up"), _("The city has given up what it promised because of you. The reason follows."),
        None, told.words,
    )  # fmt: skip


def study_over(_told: Told) -> Notice:
    return Notice(
        _("A study is over without an answer"),
        _("The day until which your department wanted to study this has passed."),
        _("Please answer it at the desk, or say until when the study goes on."),
    )


def overdue(_told: Told) -> Notice:
    return Notice(
        _("A promise is late"), _("The day by which this was promised has passed, and it is not done."),
        _("The department was told."),
    )  # fmt: skip


def owner_overdue(_told: Told) -> Notice:
    return Notice(
        _("A promise of your department is late"),
        _("The day by which this was promised has passed, and it is not marked as done. Its page says so."),
        _("Please carry it out and show the evidence, or set a new day with the reason."),
    )


def owner_contested(told: Told) -> Notice:
    return Notice(
        _("The author says that it is not done"),
        _("The author of the opinion says that what was promised is not done."),
        _("Please look at it again at the desk."),
        told.words,
    )
