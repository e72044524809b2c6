"""Decisions about forums, submissions and commitments as pure functions."""

from datetime import date, datetime, time, timedelta, tzinfo

from forums.spam import letters
from forums.states import FORUM, RUNNING_COMMITMENTS, CommitmentState, ForumAction, ForumState, follow


def commitment_overdue(status: CommitmentState, due_on: date, today: date) -> bool:
    """Whether a commitment is not carried out and its due date has passed; on the due date itself it is not overdue."""
    return status in RUNNING_COMMITMENTS and due_on < today


OFFERED = timedelta(hours=24)
"""How long a free place is offered to one person."""
LAST_OFFER = timedelta(minutes=30)
"""No offers are made in this time before a session: nobody could come so soon."""
SLOT = timedelta(minutes=10)
"""The length of a slot at the speaker's corner."""
NIGHT_FROM, NIGHT_UNTIL = time(21), time(9)
"""No offer expires between these hours if there is time before the session."""


PROPOSAL_ANSWERED = timedelta(days=30)
"""Within which the city accepts or declines a proposal, as it does with other suggestions of citizens."""


def answer_due(status: ForumState, proposed_on: date | None) -> date | None:
    """By which day the city decides about a proposal; None for what is not an undecided one."""
    return proposed_on + PROPOSAL_ANSWERED if status is ForumState.PROPOSED and proposed_on else None


def supporters_needed(status: ForumState, kind: str, needed: int) -> int:
    """How many supporters open a proposal by themselves; 0 where only the city can accept it."""
    return needed if status is ForumState.PROPOSED and kind == "discussion" else 0


def offer_until(now: datetime, starts_at: datetime, zone: tzinfo) -> datetime | None:
    """Until when a free place is offered; None where it is too late to offer it.

    A day, or half of the time until the session if that is shorter, so that the next on the waiting list also has a
    chance. An offer that would expire at night expires in the morning instead, if that is at least an hour before the
    session.
    """
    left = starts_at - now
    if left <= LAST_OFFER:
        return None
    until = now + min(OFFERED, left / 2)
    local = until.astimezone(zone)
    if NIGHT_UNTIL <= local.time() < NIGHT_FROM:
        return until
    morning = datetime.combine(local.date() + timedelta(days=local.time() >= NIGHT_FROM), NIGHT_UNTIL, zone)
    return morning if morning <= starts_at - 2 * LAST_OFFER else until


def may_register(status: ForumState, starts_at: datetime, now: datetime, *, cancelled: bool) -> bool:
    """Whether people may register for a session: until it begins, while the forum takes registrations."""
    return not cancelled and now < starts_at and follow(FORUM, status, ForumAction.REGISTER) is not None


def check_in_open(starts_at: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether check-in is open: from the start of the session's day, and afterwards to complete the list."""
    return now.astimezone(zone).date() >= starts_at.astimezone(zone).date()


def slots(first: datetime, last: datetime, kept: int = 0) -> list[tuple[datetime, datetime, bool]]:
    """The speaker's slots of ten minutes between two moments: begin, end, and whether it is kept for walk-ins.

    Every ``kept``-th slot is kept, none with 0. A remainder shorter than a slot is not used.
    """
    count = max(0, (last - first) // SLOT)
    return [(first + n * SLOT, first + (n + 1) * SLOT, bool(kept) and (n + 1) % kept == 0) for n in range(count)]


TYPED_UP = timedelta(hours=48)
"""How long after a forum's end its notes and paper slips may be transcribed."""
SAME_WORDS, SAME_SPEAKER = 0.8, 0.5
"""The share of two texts that must be equal for them to be duplicates; lower where both name the same speaker."""
SHORTEST = 4
"""Texts with fewer letters are duplicates only if they are identical."""
TITLE = 60
_SENTENCE_ENDS = ".?!。？！\n"


def may_transcribe(status: ForumState, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a clerk may transcribe: while the forum is announced or open, and shortly after its end."""
    if status is ForumState.CLOSED:
        return closed_at is not None and now < closed_at + TYPED_UP
    return status in {ForumState.PUBLISHED, ForumState.RUNNING}


def may_correct(channel: str, received_on: date, today: date) -> bool:
    """Whether a clerk may correct a transcription: only one made at the session, and only on the same day."""
    return channel in {"floor", "paper"} and received_on == today


def title_of(text: str) -> str:
    """The title of a transcribed text in lists: its first sentence, cut at the last word that fits."""
    ends = [at for at, letter in enumerate(text) if letter in _SENTENCE_ENDS and at > 0]
    sentence = text[: ends[0] + 1].strip() if ends else text
    if len(sentence) <= TITLE:
        return sentence
    return sentence[:TITLE].rpartition(" ")[0].rstrip() + "…" if " " in sentence[:TITLE] else sentence[:TITLE] + "…"


def pairs(text: str) -> frozenset[str]:
    """The bigrams of a text's letters and digits, by which two texts are compared; spaces are ignored."""
    plain = letters(text)
    return frozenset([plain] if len(plain) < SHORTEST else (plain[at : at + 2] for at in range(len(plain) - 1)))


def alike(one: frozenset[str], other: frozenset[str], *, same_speaker: bool) -> bool:
    """Whether two texts, given by their :func:`pairs`, are probably one submission that two clerks transcribed."""
    shared = 2 * len(one & other) / (len(one) + len(other))
    return shared >= (SAME_SPEAKER if same_speaker else SAME_WORDS)


LEAST_URGENT = 1_000_000
"""The urgency of a text that nobody reported."""


def urgency(why: str, reports: int) -> int:
    """A text's position in the moderation queue, smallest first: appeals, held texts, then the most reported."""
    if why == "appeal":
        return 0
    return max(2, LEAST_URGENT - reports) if why == "reported" else 1
