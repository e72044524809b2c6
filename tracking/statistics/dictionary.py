"""The data dictionary: the meaning of each export column and figure, the rules of calculation, and the licence."""

from dataclasses import dataclass
from typing import Any

from forums.labels import AGE_BANDS, KINDS
from server.core.errors import Text, _
from server.core.i18n import translate
from tracking.statistics import measures, waiting_measures
from tracking.statistics.figures import Area
from tracking.statistics.rules import LEAST, OUTCOMES

LICENCE, LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"
FLOOR = _("Percentages are always rounded down, as the city publishes them: 856 of 1,196 is 71%, never 72%.")


@dataclass(frozen=True)
class Word:
    """An entry for a column or figure."""

    name: str
    means: Text
    values: tuple[str, ...] = ()


_FORUM = Word("forum", _("The forum's name in its address, which never changes."))
_KIND = Word("kind", _("The kind of forum."), tuple(kind for kind in KINDS if kind != "notice"))
_DEPARTMENT = Word(
    "department", _("The department it is assigned to; before that, the department that holds the forum. Empty: none.")
)
_DISTRICT = Word("district", _("The district it concerns; if it names none, the forum's. Empty: none."))


def _words(area: Area) -> tuple[Word, ...]:
    return tuple(Word(one.key, one.means, one.values) for one in area.measures)


TICKET_OUTCOMES = ("served", "missed", "left_early")
FEW = "_few"
"""Stands for a service, an hour or a way of coming that few visitors of an office had in a month (``small_groups``)."""
FIGURES, PETITIONS = _words(measures.ADOPTION), _words(measures.PETITIONS)
VISITS, WAITING = _words(measures.VISITS), _words(waiting_measures.WAITING)
FILES: dict[str, tuple[Word, ...]] = {
    "adoption.csv": (
        Word("submission", _(
            "The submission's number, which never changes; its page is /submissions/ followed by this number."
        )),
        _FORUM, _KIND, _DEPARTMENT, _DISTRICT,
        Word("received_on", _("The day it was received.")),
        Word("outcome", _("The department's answer; empty until there is one."), OUTCOMES),
        Word("outcome_on", _("The day of that answer; the last one if there are several.")),
        Word("done_on", _("The day on which what was adopted was carried out, shown by evidence; empty until then.")),
    ),
    "forums.csv": (
        _FORUM, _KIND, _DEPARTMENT, _DISTRICT,
        Word("held_on", _("The day it started; if it has no date, the day it was announced.")),
        Word("participants", _("People who attended or made a submission, each counted once per forum.")),
    ),
    "petitions.csv": (
        Word("dimension", _("What the petitions on this line are grouped by."),
             ("total", "kind", "department", "district", "year", "month")),
        Word("value", _("The code, year or month of the line. Empty: all petitions, or those with none.")),
        *PETITIONS,
    ),
    "visits.csv": (
        Word("dimension", _("What the visits on this line are grouped by."),
             ("total", "channel", "office", "district", "year", "month")),
        Word("value", _("The code, year or month of the line. Empty: all visits, or those with none.")),
        *VISITS,
    ),
    "waiting.csv": (
        Word("month", _("The month of the ticket, whose day is over.")),
        Word("office", _("The office's code.")),
        Word("how", _("Whether there was a reservation. Empty: it is the line with the hour."),
             ("booked", "walk_in", FEW)),
        Word("service", _(
            "The code of the service that the visitor waited for first; `_few` where few waited for it. "
            "Empty: the ticket's other line, with the hour."
        )),
        Word("hour", _("The hour of the arrival; `_few` if few came in it. Empty: it is the line with the service.")),
        Word("visitors", _("1; 0 if another office sent the visitor, who is counted there."), ("0", "1")),
        Word("outcome", _(
            "How it ended. Empty: another office went on with the visitor. `withheld`: the office had few visitors in "
            "this month, of whom nothing else is told."
        ), (*TICKET_OUTCOMES, "withheld")),
        Word("wait_seconds", _(
            "From the arrival, or the booked time if that is later, to the first call. Empty: there was none here."
        )),
        Word("wait_minutes", _("On the line with the hour: the same in minutes, rounded up.")),
        Word("service_seconds", _("The time at the counters, all matters together. Empty: it is not known.")),
        Word("case", _("Whether a case was settled at the counter, and whether nobody had to come for it before."),
             ("settled", "settled_in_one")),
        Word("estimate_bias_seconds", _(
            "By how much the middle of the estimated range was too long; below 0: too short. "
            "Empty: there is no estimate."
        )),
        Word("estimate_held", _("1 if the visitor was called within the estimated range."), ("0", "1")),
    ),
}  # fmt: skip
JSON: tuple[Word, ...] = (
    Word("total", _("The figures for everything that matches the filters; for people, everyone who took part.")),
    Word("by", _("The same figures for each dimension, value by value, with its code and name.")),
    Word("people", _("Who took part, by age and by district of residence. Null with filters.")),
    Word("next", _("Where the next page of forums starts. Null: there are no more.")),
    Word("filters", _("The filters applied to the figures; empty if there are none.")),
    Word("as_of", _("The time at which the figures were as shown here.")),
    Word("rule", _("How percentages are rounded.")),
    Word("licence", _("The terms under which everyone may use the data.")),
)
PEOPLE: tuple[Word, ...] = (
    Word("value", _("An age band, or the code of a district. Empty: not stated."), (*AGE_BANDS,)),
    Word("name", _("The same in words.")),
    Word(
        "people",
        _("How many people said so about themselves, counted every night. Null: too few, or revealing a small number."),
    ),
)
RULES: tuple[Text, ...] = (
    FLOOR,
    _("Merged submissions share their answer and count as one each."),
    _("Figures are counted as things happen, and all of them are recounted every night."),
    _(

            "For people by age or by district of residence, numbers below %(least)s are not shown, nor others from "
            "which they could be calculated."
        , least=LEAST,
    ),
    _(
        "Of fewer than %(least)s visitors only their number is shown, and of others, if it could be computed from "
        "theirs and the total.",
        least=LEAST,
    ),
)  # fmt: skip


COLUMNS: dict[str, tuple[str, ...]] = {name: tuple(word.name for word in words) for name, words in FILES.items()}


def document(language: str) -> dict[str, Any]:
    """The whole dictionary in one language."""
    return {
        "files": {name: [_word(word, language) for word in columns] for name, columns in FILES.items()},
        **{
            name: [_word(word, language) for word in words]
            for name, words in (
                ("json", JSON),
                ("figures", FIGURES),
                ("people", PEOPLE),
                ("petitions", PETITIONS),
                ("visits", VISITS),
                ("waiting", WAITING),
            )
        },
        "rules": [translate(language, rule) for rule in RULES],
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
    }


def _word(word: Word, language: str) -> dict[str, Any]:
    return {"name": word.name, "means": translate(language, word.means), "values": list(word.values)}
