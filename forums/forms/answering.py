"""Raw input into an answer: one of six outcomes, each with what it must say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from forums.forms.handing import read_seen
from forums.forms.planning import read_link
from forums.forms.promising import LONGEST, TEXT_LIMIT, TOO_FAR, Promise, from_page
from forums.labels import OUTCOMES
from forums.states import ADOPTED
from server.core.city import City
from server.core.errors import _
from server.core.fields import REQUIRED, Input, safe_text

MOVED_LIMIT = 200


@dataclass(frozen=True)
class GiveAnswer:
    """What becomes of a voice. ``promise`` comes with what is adopted, unless one stands already."""

    outcome: str
    text: str
    promise: Promise | None = None
    department_id: int | None = None
    """Who answers, where no department has it yet."""
    link: str = ""
    study_until: date | None = None
    moved_to: str = ""
    seen: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any], city: City, today: date, *, promised: bool) -> "GiveAnswer":
        """Read it; ``promised`` says that a commitment stands already. Raises ``Invalid`` with every error."""
        data = Input(raw)
        outcome = data.choice("outcome", OUTCOMES, required=True)
        link = read_link(data, "link") if outcome == "already_done" else ""
        # Where a link shows it, it need not be said again.
        text = safe_text(data, "text", limit=TEXT_LIMIT, required=not link, lines=True, least=2)
        study = data.day("study_until", required=True) if outcome == "under_study" else None
        if study and study <= today:
            data.fail("study_until", _("Please give a later day than today."))
        elif study and study > today + LONGEST:
            data.fail("study_until", TOO_FAR)
        moved_to = safe_text(data, "moved_to", limit=MOVED_LIMIT, required=True) if outcome == "out_of_scope" else ""
        codes = {row.code: row.id for row in city.open_departments}
        department = data.choice("department", codes)
        command = cls(
            outcome,
            text,
            _promise(data, today) if outcome in ADOPTED and not promised else None,
            codes.get(department),
            link,
            study,
            moved_to,
            read_seen(data),
        )
        data.done()
        return command


def _promise(data: Input, today: date) -> Promise | None:
    inside = data.nested("commitment")
    if inside is None:
        data.fail("commitment", REQUIRED)
        return None
    return Promise.read(inside, today, today)


def answer_from_page(form: Mapping[str, Any]) -> dict[str, Any]:
    """The page's flat form in the shape that ``GiveAnswer.parse`` reads."""
    names = ("outcome", "text", "link", "study_until", "moved_to", "department", "version")
    return {**{name: form.get(name) for name in names}, "commitment": from_page(form, "commitment.")}
