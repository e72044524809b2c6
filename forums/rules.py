"""What is decided about forums, submissions and commitments: pure, values in and a decision or a refusal out."""

from datetime import date, datetime, time, timedelta, tzinfo

from forums.spam import letters
from forums.states import FORUM, RUNNING_COMMITMENTS, CommitmentState, ForumAction, ForumState, follow


def commitment_overdue(status: CommitmentState, due_on: date, today: date) -> bool:
    """Whether a commitment that is not kept yet should have been; on its last day it is not."""
    return status in RUNNING_COMMITMENTS and due_on < today


OFFERED = timedelta(hours=24)
"""How long a freed place is offered to one person."""
LAST_OFFER = timedelta(minutes=30)
"""Before a session nobody is asked any more: they could not come."""
SLOT = timedelta(minutes=10)
"""How long somebody has the floor at the speaker's corner."""
NIGHT_FROM, NIGHT_UNTIL = time(21), time(9)
"""No offer ends while people sleep, where the session leaves time for that."""


def offer_until(now: datetime, starts_at: datetime, zone: tzinfo) -> datetime | None:
    """Until when a freed place is offered; None where it is too late to offer it to anybody.

    A day, or half of what is left until the session, so that the next in line has a chance, too. An offer that would
    end at night ends in the morning, where that is an hour before the session or earlier.
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
    """Whether people may still register for a session: until it begins, in a forum that takes registrations."""
    return not cancelled and now < starts_at and follow(FORUM, status, ForumAction.REGISTER) is not None


def check_in_open(starts_at: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether people are checked in: from the morning of the session's day on, and afterwards to complete the list."""
    return now.astimezone(zone).date() >= starts_at.astimezone(zone).date()


def slots(first: datetime, last: datetime, kept: int = 0) -> list[tuple[datetime, datetime, bool]]:
    """The speaker's slots of ten minutes between two moments: begin, end, and whether it is kept for who comes by.

    With ``kept`` every so many-th is kept, none with 0. What is left at the end and is no whole slot stays free.
    """
    count = max(0, (last - first) // SLOT)
    return [(first + n * SLOT, first + (n + 1) * SLOT, bool(kept) and (n + 1) % kept == 0) for n in range(count)]


TYPED_UP = timedelta(hours=48)
"""How long after its end a forum's notes and paper slips may still be typed up."""
SAME_WORDS, SAME_SPEAKER = 0.8, 0.5
"""How much of two lines must be the same for them to be one submission; less, where both name the same speaker."""
SHORTEST = 4
"""Letters below which only the very same is alike."""
TITLE = 60
_SENTENCE_ENDS = ".?!。？！\n"


def may_transcribe(status: ForumState, closed_at: datetime | None, now: datetime) -> bool:
    """Whether a clerk may transcribe what is said: while the forum is announced or open, and shortly after its end."""
    if status is ForumState.CLOSED:
        return closed_at is not None and now < closed_at + TYPED_UP
    return status in {ForumState.PUBLISHED, ForumState.RUNNING}


def may_correct(channel: str, received_on: date, today: date) -> bool:
    """Whether a clerk may still set right what was taken down: on the spot only, and on its own day."""
    return channel in {"floor", "paper"} and received_on == today


def title_of(text: str) -> str:
    """What a line that was taken down is called in lists: its first sentence, cut at the last word that fits."""
    ends = [at for at, letter in enumerate(text) if letter in _SENTENCE_ENDS and at > 0]
    sentence = text[: ends[0] + 1].strip() if ends else text
    if len(sentence) <= TITLE:
        return sentence
    return sentence[:TITLE].rpartition(" ")[0].rstrip() + "…" if " " in sentence[:TITLE] else sentence[:TITLE] + "…"


def pairs(text: str) -> frozenset[str]:
    """The overlapping pairs of a text's letters and digits, by which two lines are compared; spaces do not count."""
    plain = letters(text)
    return frozenset([plain] if len(plain) < SHORTEST else (plain[at : at + 2] for at in range(len(plain) - 1)))


def alike(one: frozenset[str], other: frozenset[str], *, same_speaker: bool) -> bool:
    """Whether two lines, given by their :func:`pairs`, are probably one submission that two clerks took down."""
    shared = 2 * len(one & other) / (len(one) + len(other))
    return shared >= (SAME_SPEAKER if same_speaker else SAME_WORDS)


LEAST_URGENT = 1_000_000
"""What a text reported by nobody would have."""


def urgency(why: str, reports: int) -> int:
    """A text's place in the moderators' queue, the smallest first: appeals, what is held, then the most reported."""
    if why == "appeal":
        return 0
    return max(2, LEAST_URGENT - reports) if why == "reported" else 1
