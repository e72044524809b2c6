"""What each column of the export and each figure means, under which rules figures are made, and the licence."""

from dataclasses import dataclass
from typing import Any

from forums.labels import KINDS
from server.core.errors import Text, _
from server.core.i18n import translate
from tracking.statistics.rules import LEAST, OUTCOMES

LICENCE, LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"
FLOOR = _("Percentages are always rounded down, as the city publishes them: 856 of 1,196 are 71 %, never 72 %.")


@dataclass(frozen=True)
class Word:
    """A column or figure."""

    name: str
    means: Text
    values: tuple[str, ...] = ()


_FORUM = Word("forum", _("The forum's name in its address, which stays for ever."))
_KIND = Word("kind", _("The kind of forum."), tuple(kind for kind in KINDS if kind != "notice"))
_DEPARTMENT = Word(
    "department", _("The department that has it; before that, the one that holds the forum. Empty: none.")
)
_DISTRICT = Word("district", _("The district that it is about; where it names none, the forum's. Empty: none."))

FILES: dict[str, tuple[Word, ...]] = {
    "adoption.csv": (
        Word("submission", _("The submission's number, which stays; its page is /submissions/ and this number.")),
        _FORUM, _KIND, _DEPARTMENT, _DISTRICT,
        Word("received_on", _("The day it was received.")),
        Word("outcome", _("What the department answered; empty until it has."), OUTCOMES),
        Word("outcome_on", _("The day of that answer, the last one where there are several.")),
        Word("done_on", _("The day on which what was adopted was done, shown by evidence; empty until then.")),
    ),
    "forums.csv": (
        _FORUM, _KIND, _DEPARTMENT, _DISTRICT,
        Word("held_on", _("The day it began; where it has no date, the day it was announced.")),
        Word("participants", _("People who were there or spoke, each once a forum.")),
    ),
}  # fmt: skip
FIGURES: tuple[Word, ...] = (
    Word("forums", _("Forums that have begun, by the day they began; notices are none.")),
    Word("participants", _("The participants of these forums added up; who took part in two forums counts twice.")),
    Word(
        "received",
        _("Submissions that everybody can read and nobody has withdrawn, by the day of receipt."),
    ),
    Word("considered", _("Those of them that have an answer, whatever it says.")),
    Word("adopted", _("Those adopted in full or in part.")),
    Word("done", _("Those with a day on which they were done.")),
    Word("adopted_percent", _("Adopted ones of those received, rounded down.")),
    Word("median_days_to_answer", _("Half of the answers were there within so many days by the calendar.")),
    Word("median_days_to_done", _("Half of what is done was done within so many days after the receipt.")),
)
RULES: tuple[Text, ...] = (
    FLOOR,
    _("Joined submissions share their answer and count one each."),
    _("Figures are counted when something happens, and all of them anew every night."),
    _(
        "Of people by age or by district of residence, numbers under %(least)s are not shown, nor others from "
        "which they could be computed.", least=LEAST,
    ),
)  # fmt: skip


def document(language: str) -> dict[str, Any]:
    """All of it in a language."""
    return {
        "files": {name: [_word(word, language) for word in columns] for name, columns in FILES.items()},
        "figures": [_word(word, language) for word in FIGURES],
        "rules": [translate(language, rule) for rule in RULES],
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
    }


def _word(word: Word, language: str) -> dict[str, Any]:
    return {"name": word.name, "means": translate(language, word.means), "values": list(word.values)}
