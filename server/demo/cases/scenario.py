"""What one invented petition of the demonstration city consists of.

A scenario is a story written by hand: what the citizen says, what the office finds, and the turns that only this story
can take (a question back, a wrong department, a dissatisfied citizen). The generator fills the places, dates and
numbers in; it never makes up a sentence.
"""

from dataclasses import dataclass
from typing import Literal

Decision = Literal["accepted", "partly", "refused", "explained"]
Weather = Literal["", "rain", "snow"]
Visit = Literal["", "evening", "morning"]

INQUIRY_LAW = "inquiry_law"
INQUIRY = "inquiry"
SUGGESTION = "suggestion"
GRIEVANCE = "grievance"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One hand-written story; `titles`, `body`, `answer` and the pairs may hold slots such as `{road}` or `{by}`."""

    key: str
    department: str
    kind: str
    titles: tuple[str, ...]
    body: str
    answer: str = ""
    decision: Decision = "accepted"
    reasons: str = ""
    """Why it is refused; with `remedies` exactly when the decision is `refused` (민원처리법 27조 3항)."""
    remedies: str = ""
    language: str = "ko"
    months: tuple[int, ...] = ()
    """Months in which it can be received; empty for the whole year."""
    weather: Weather = ""
    visit: Visit = ""
    """Where the answer tells of a look after hours: that evening, or early on the day of the answer."""
    place: bool = True
    """Whether the petition points at a place on the map."""
    report: bool = False
    """Sent without a name: taken as a report (제보), not as a petition (시행령 2조 1항)."""
    first: tuple[str, str] | None = None
    """The department it lands in first by mistake, and that department's reason for passing it on."""
    outside: tuple[str, str] | None = None
    """The other agency in charge, and what the petitioner is told about it."""
    ask: tuple[str, str] | None = None
    """The request for a supplement (보완), and the citizen's supplement."""
    talk: tuple[str, str] | None = None
    """What the citizen writes after the answer, and what the official writes back."""
    unsolved: tuple[str, str] | None = None
    """Why the citizen finds it not solved, and the second answer."""
    extension: str = ""
    """Why this story needs a longer period, where the common reasons do not fit."""
    note: str = ""
    """An internal note of the handler."""


def prose(text: str, language: str) -> str:
    """The text as one line: breaks and indents of the source are gone (Japanese joins without a space)."""
    glue = "" if language == "ja" else " "
    return glue.join(part.strip() for part in text.splitlines())
