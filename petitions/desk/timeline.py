"""A case's facts as officials read them: one sentence each, with the words that belong to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from petitions.labels import CHANNELS, DECISIONS
from petitions.part_words import reply_text
from petitions.queries import cases, desk
from petitions.queries.cases import CaseView, FileRow, Reply
from server.core import config, i18n
from server.core.errors import Text, _
from server.core.ledger import Audience, Entry

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A fact as the timeline shows it."""

    id: int
    sequence: int
    at: datetime
    what: Text
    who: Text | str
    tone: str
    icon: str
    internal: bool
    words: str
    answer: Reply | None
    files: tuple[FileRow, ...]


@dataclass(frozen=True)
class _Words:
    """What sentences are made with."""

    case: CaseView
    names: Mapping[int, str]
    language: str

    def person(self, number: object) -> str:
        return self.names.get(number, "?") if isinstance(number, int) else "?"

    def department(self, number: object) -> str:
        row = self.case.known.departments.get(number) if isinstance(number, int) else None
        return row.name(self.language) if row else "–"

    def moment(self, iso: object) -> str:
        if not isinstance(iso, str):
            return "–"
        found = datetime.fromisoformat(iso)
        if self.case.by_day:
            return i18n.date_text(found.date(), self.language)
        return i18n.datetime_text(found, self.language, config.settings().zone)

    def day(self, iso: object) -> str:
        return i18n.date_text(datetime.fromisoformat(iso).date(), self.language) if isinstance(iso, str) else "–"

    def reply_by(self, iso: str) -> str:
        return reply_text(datetime.fromisoformat(iso), self.language)

    def file(self, number: object) -> str:
        return next((f.name for f in self.case.attachments if f.id == number), "?")


Sentence = Callable[[_Words, Data], Text]

_UNITS: dict[str, Text] = {
    "hours": _("working hours"),
    "days": _("working days"),
    "weeks": _("weeks"),
    "months": _("months"),
    "civil-days": _("days"),
}

_FACTS: dict[str, tuple[str, str, Sentence]] = {
    "case.received": (
        "info", "bell", lambda _w, d: _("Received (%(channel)s)", channel=CHANNELS.get(d["channel"], d["channel"]))
    ),
    "case.routed": (
        "plain", "arrow",
        lambda w, d: _("Proposed department: %(department)s", department=w.department(d["department"]))
        if d["department"]
        else _("No department could be proposed"),
    ),
    "case.guide_appointed": ("plain", "person", lambda w, d: _("Case guide: %(guide)s", guide=w.person(d["guide"]))),
    "case.accepted": (
        "info", "check", lambda w, d: _("Accepted for %(department)s", department=w.department(d["department"]))
    ),
    "case.assigned": ("info", "person", lambda w, d: _("Handler: %(handler)s", handler=w.person(d["handler"]))),
    "case.started": (
        "info", "clock", lambda w, d: _("%(handler)s began to work on it", handler=w.person(d["handler"]))
    ),
    "case.transferred": (
        "warning", "arrow",
        lambda w, d: _(
            "Passed from %(previous)s to %(department)s",
            previous=w.department(d["previous"]),
            department=w.department(d["department"]),
        ),
    ),
    "case.transferred_out": ("warning", "arrow", lambda _w, _d: _("Passed to another agency")),
    "case.supplement_requested": (
        "warning", "pause",
        lambda w, d: _(
            "Supplement requested by %(day)s (request no. %(times)s)",
            day=i18n.date_text(date.fromisoformat(d["until"]), w.language),
            times=d["times"],
        ),
    ),
    "case.supplement_received": (
        "info", "document", lambda w, d: _("Supplement received; now due %(moment)s", moment=w.moment(d["due_at"]))
    ),
    "case.supplement_prolonged": (
        "warning", "calendar",
        lambda w, d: _(
            "More time to supplement: by %(day)s (time no. %(times)s)",
            day=i18n.date_text(date.fromisoformat(d["until"]), w.language), times=d["times"],
        ),
    ),
    "case.supplement_undelivered": (
        "warning", "back", lambda _w, d: _("Request no. %(times)s came back undelivered", times=d["times"])
    ),
    "case.deemed_withdrawn": (
        "plain", "stop", lambda _w, _d: _("Counts as withdrawn: requests came back undelivered twice")
    ),
    "case.site_investigation": (
        "warning", "calendar",
        lambda w, d: _(
            "Site investigation from %(first)s to %(until)s; now due %(moment)s",
            first=i18n.date_text(date.fromisoformat(d["first"]), w.language),
            until=i18n.date_text(date.fromisoformat(d["until"]), w.language), moment=w.moment(d["due_at"]),
        ),
    ),
    "case.closed_as_repeated": (
        "plain", "stop", lambda _w, d: _("Closed as repeated, after %(cases)s", cases=", ".join(d["earlier"]))
    ),
    "case.returned": ("danger", "back", lambda _w, _d: _("Returned for want of the supplement")),
    "case.extended": (
        "warning", "calendar",
        lambda w, d: _(
            "Period extended by %(amount)s %(unit)s; now due %(moment)s",
            amount=d["amount"], unit=_UNITS.get(d["unit"], d["unit"]), moment=w.moment(d["due_at"]),
        ),
    ),
    "case.interim_due": ("warning", "bell", lambda _w, _d: _("An interim notice is due")),
    "case.interim_notice": ("info", "mail", lambda _w, _d: _("Interim notice to the petitioner")),
    "case.note": ("plain", "pen", lambda _w, _d: _("Internal note")),
    "case.message": ("info", "mail", lambda _w, _d: _("Message")),
    "case.answered": (
        "success", "check",
        lambda _w, d: _("Answered: %(decision)s", decision=DECISIONS.get(d["decision"], d["decision"])),
    ),
    "case.closed": ("plain", "check", lambda _w, _d: _("Case closed")),
    "case.rated": ("plain", "info", lambda _w, d: _("The petitioner gave %(score)s of 5 stars", score=d["score"])),
    "case.reopened": (
        "warning", "pen",
        lambda w, d: _("Opened again: not solved; now due %(moment)s", moment=w.moment(d["due_at"])),
    ),
    "case.objection_filed": (
        "danger", "pen",
        lambda w, d: _("The petitioner objects to the refusal; decide by %(day)s", day=w.day(d["due_at"])),
    ),
    "case.objection_passed_on": (
        "warning", "arrow",
        lambda w, d: _("%(department)s decides the objection", department=w.department(d["department"])),
    ),
    "case.objection_extended": (
        "warning", "calendar",
        lambda w, d: _("The decision on the objection is put off; decide by %(day)s", day=w.day(d["due_at"])),
    ),
    "case.objection_upheld": (
        "success", "check",
        lambda w, d: _("The objection is upheld: open again, now due %(moment)s", moment=w.moment(d["due_at"])),
    ),
    "case.objection_dismissed": ("danger", "stop", lambda _w, _d: _("The objection is dismissed: the refusal stands")),
    "case.objection_withdrawn": ("plain", "stop", lambda _w, _d: _("The objection is taken back: the refusal stands")),
    "case.objection_due_soon": ("warning", "bell", lambda _w, _d: _("The time to decide the objection ends soon")),
    "case.objection_overdue": ("danger", "alert", lambda _w, _d: _("The time to decide the objection is over")),
    "case.part_requested": (
        "info", "arrow",
        lambda w, d: _(
            "%(department)s is asked for a part, until %(moment)s",
            department=w.department(d["department"]), moment=w.reply_by(d["due_at"]),
        ),
    ),
    "case.part_extended": (
        "warning", "calendar",
        lambda w, d: _(
            "%(department)s puts its reply off until %(moment)s",
            department=w.department(d["department"]), moment=w.reply_by(d["due_at"]),
        ),
    ),
    "case.part_replied": (
        "success", "check",
        lambda w, d: _("%(department)s replied", department=w.department(d["department"]))
        if d["in_time"]
        else _("%(department)s replied, late", department=w.department(d["department"])),
    ),
    "case.part_withdrawn": (
        "plain", "stop",
        lambda w, d: _("%(department)s need not reply any more", department=w.department(d["department"])),
    ),
    "case.part_due_soon": (
        "warning", "bell",
        lambda w, d: _("The reply of %(department)s is due soon", department=w.department(d["department"])),
    ),
    "case.part_overdue": (
        "danger", "alert",
        lambda w, d: _("The reply of %(department)s is late", department=w.department(d["department"])),
    ),
    "case.withdrawn": ("plain", "stop", lambda _w, _d: _("Withdrawn")),
    "case.due_recomputed": (
        "warning", "calendar",
        lambda w, d: _(
            "The calendar changed (%(holiday)s): due %(moment)s instead of %(previous)s",
            holiday=d["holiday"], moment=w.moment(d["due_at"]), previous=w.moment(d["previous_due_at"]),
        ),
    ),
    "case.due_soon": ("warning", "bell", lambda _w, _d: _("The period ends soon")),
    "case.overdue": ("danger", "alert", lambda _w, _d: _("The period is over")),
    "case.mail_undelivered": (
        "danger", "mail",
        lambda _w, _d: _("A mail could not be delivered to the petitioner. Please tell them by phone."),
    ),
    "case.attachment": ("plain", "document", lambda w, d: _("File added: %(name)s", name=w.file(d["attachment"]))),
}  # fmt: skip
"""By kind of fact: tone, icon and the sentence."""


_STATEMENTS = (*cases.STATEMENTS, *cases.STAFF_STATEMENTS)
_BY_ITSELF = ("case.routed", "case.guide_appointed")
"""What the house does of itself while a petitioner files."""


async def items(case: CaseView, entries: Sequence[Entry], language: str) -> list[Item]:
    """The facts in words, in their order. Two statements: the names of officials, and what was said."""
    people = {number for entry in entries for number in _people(entry)}
    words = _Words(case, await desk.names(people), language)
    said = await cases.words(case.id, entries)
    return [_item(words, entry, said) for entry in entries]


def _people(entry: Entry) -> set[int]:
    named = {entry.data.get(name) for name in ("guide", "handler", "previous")}
    role, _colon, number = entry.actor.partition(":")
    return {n for n in named if isinstance(n, int)} | ({int(number)} if role == "official" else set())


def _item(words: _Words, entry: Entry, said: Mapping[int, str]) -> Item:
    tone, icon, sentence = _FACTS.get(entry.kind, ("plain", "info", lambda _w, _d: Text(entry.kind)))
    case = words.case
    return Item(
        entry.id,
        entry.sequence,
        entry.occurred_at,
        sentence(words, entry.data),
        "" if entry.kind in _BY_ITSELF and entry.actor == "petitioner" else _who(words, entry.actor),
        tone,
        icon,
        entry.audience is Audience.STAFF,
        "\n".join(said[entry.data[name]] for name in _STATEMENTS if entry.data.get(name) in said),
        next((a for a in case.answers if a.id == entry.data.get("answer")), None),
        tuple(file for file in case.attachments if file.id in entry.data.get("files", ())),
    )


def _who(words: _Words, actor: str) -> Text | str:
    role, _colon, number = actor.partition(":")
    if role == "official":
        return words.person(int(number))
    return _("Petitioner") if role == "petitioner" else ""
