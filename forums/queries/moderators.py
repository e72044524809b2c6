"""The moderators' queue: what waits, most urgent first, each text with everything a decision needs.

A page walks one index from a cursor (no ``OFFSET``, no ``COUNT(*)``), then asks once for each kind of detail, however
many texts there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from forums import rules
from forums.labels import RULES, WHY
from forums.queries.moderation import Hidden, hidden
from forums.queries.texts import Spoken, spoken
from server.core import accounts, database, listing
from server.core.city import City
from server.core.listing import Condition, Order, Page, Walk
from server.core.participants import people
from server.core.rows import read

PAGE = 30
WORDS = 3
"""How many of the reporters' remarks are shown."""
CAP = 1_000
"""Where the counts of waiting texts and of an author's hidden texts stop."""
MOST = 500
"""The most texts of one author, or of one wording, that are decided on at once."""

_BROKEN = "(r.rule = ? OR EXISTS (SELECT 1 FROM report p WHERE p.subject = r.subject AND p.rule = ?))"


@dataclass(frozen=True, slots=True)
class Filter(listing.Filters):
    """What narrows the queue; empty fields do not."""

    forum: str = listing.words(48, "{}", "r.forum_id = (SELECT id FROM forum WHERE slug = ?)")
    """A slug."""
    why: str = listing.choice(WHY, "r.why = ?")
    rule: str = listing.choice(RULES, _BROKEN)


@dataclass(frozen=True, slots=True)
class Item:
    """A text with its review and the details for a decision."""

    text: Spoken
    asked_at: datetime
    open: bool = False
    why: str = ""
    version: int = 0
    decided_by: str = ""
    hidden: Hidden | None = None
    appeal: str = ""
    reports: Mapping[str, int] = field(default_factory=dict)
    """How many reports name each rule, most first."""
    words: Sequence[str] = ()
    """The reporters' remarks, the newest few."""
    others: int = 0
    """Other hidden texts of this author, counted up to ``CAP``."""
    alike: int = 0
    """Other texts of the same wording in this forum that are not hidden."""

    @property
    def moot(self) -> bool:
        """Whether it was withdrawn meanwhile and needs no decision any more."""
        return self.open and self.text.withdrawn

    @property
    def likely(self) -> str:
        """The rule preselected for the decision: the one it was hidden for, or the one most reports name."""
        if self.hidden:
            return self.hidden.rule
        guess = {"repeated": "repeated", "links": "advert"}.get(self.why, "")
        return next(iter(self.reports), guess)


ORDER = Order({"r.urgency": int, "r.asked_at": datetime, "r.subject": str})
_REVIEW = (
    "SELECT r.subject, r.why, r.open, r.urgency, r.version, r.rule, r.reason, r.appeal, r.asked_at, r.appealed_at, "
    "COALESCE(a.name, '') AS decided_by FROM "
)
_DECIDED = accounts.with_official("r.decided_by_id", "a")


async def queue(wanted: Filter, reference_data: City, after: str = "") -> Page[Item]:
    """A page of the queue. At most ten queries. Raises ``BadRequest`` for an invalid cursor."""
    driving = [Condition("r.open = ?", (True,)), *wanted.conditions(reference_data).values()]
    if wanted.why == "reported":
        driving.append(Condition("r.urgency >= 2"))
    elif wanted.why:
        driving.append(Condition(f"r.urgency = {rules.urgency(wanted.why, 0)}"))
    walk = Walk("review r", ORDER, driving)
    page = await walk.page(f"{_REVIEW}({{walk}}) r {_DECIDED} ORDER BY {{order}}", ORDER.read(after), PAGE)
    texts = await spoken([row["subject"] for row in page.rows])
    items = [_item(texts[row["subject"]], row) for row in page.rows if row["subject"] in texts]
    return page.of(await _beside([one for one in items if not one.moot]))


async def item(subject: str) -> Item | None:
    """One text with its review, if it has one; None if there is no such text."""
    found = [one for one in (await several([subject])).values() if not one.moot]
    return next(iter(await _beside(found)), None)


async def several(subjects: Sequence[str]) -> dict[str, Item]:
    """Texts with their reviews, by name, without other details: for the page that asks before a bulk decision."""
    texts = await spoken(subjects)
    rows = await database.fetch(f"{_REVIEW}review r {_DECIDED} WHERE r.subject IN (?)", subjects)
    reviews = {row["subject"]: row for row in rows}
    return {
        name: _item(texts[name], reviews[name]) if name in reviews else Item(texts[name], texts[name].said_at)
        for name in subjects
        if name in texts
    }


async def waiting() -> dict[str, int]:
    """How many wait, by urgency (``appeal``, ``held``, ``reported``), each counted up to ``CAP`` + 1. One query."""
    spans = {"appeal": "urgency = 0", "held": "urgency = 1", "reported": "urgency >= 2"}
    return await listing.counts(
        {name: Condition(f"review WHERE open = ? AND {span}", (True,)) for name, span in spans.items()}, CAP
    )


def _item(text: Spoken, row: Mapping[str, Any]) -> Item:
    return read(Item, {**row, "text": text, "hidden": hidden(row) if row["rule"] else None})


async def _beside(items: Sequence[Item]) -> list[Item]:
    subjects = [one.text.subject for one in items]
    reports, words = await _reports(subjects), await _words(subjects)
    others = await _others({one.text.participant_id for one in items if one.text.participant_id})
    alike = await _alike({(one.text.forum_id, one.text.fingerprint) for one in items if one.text.fingerprint})
    return [
        replace(
            one,
            reports=reports.get(one.text.subject, {}),
            words=words.get(one.text.subject, ()),
            others=others.get(one.text.participant_id, 0) - (one.hidden is not None),
            alike=alike.get((one.text.forum_id, one.text.fingerprint), 0)
            - (one.text.visibility in {"shown", "pending"}),
        )
        for one in items
    ]


async def _reports(subjects: Sequence[str]) -> dict[str, dict[str, int]]:
    if not subjects:
        return {}
    rows = await database.fetch(
        "SELECT subject, rule, COUNT(*) AS n FROM report "
        "WHERE subject IN (?) GROUP BY subject, rule ORDER BY n DESC, rule",
        subjects,
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row["subject"]][row["rule"]] = row["n"]
    return found


async def _words(subjects: Sequence[str]) -> dict[str, list[str]]:
    if not subjects:
        return {}
    rows = await database.fetch(
        "SELECT subject, text FROM (SELECT subject, text, ROW_NUMBER() OVER (PARTITION BY subject ORDER BY id DESC) "
        "AS place FROM report WHERE subject IN (?) AND text <> '') AS ranked "
        f"WHERE place <= {WORDS} ORDER BY subject, place",
        subjects,
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["subject"]].append(row["text"])
    return found


async def _others(authors: set[int]) -> dict[int | None, int]:
    if not authors:
        return {}
    of_one = f"SELECT 1 FROM review r WHERE r.participant_id = p.id AND r.rule > '' LIMIT {CAP}"
    rows = await database.fetch(
        f"SELECT p.id, (SELECT COUNT(*) FROM ({of_one}) AS hidden) AS n "
        f"FROM {people.among(database.marks(authors))} AS p",
        *authors,
    )
    return {row["id"]: row["n"] for row in rows}


async def _alike(marks: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """How many texts of each wording in each forum are not hidden."""
    wanted = sorted(marks)
    if not wanted:
        return {}
    same = " OR ".join(["(forum_id = ? AND fingerprint = ?)"] * len(wanted))
    one = f"SELECT forum_id, fingerprint FROM {{}} WHERE ({same}) AND visibility NOT IN ('hidden', 'withdrawn')"
    rows = await database.fetch(
        f"SELECT forum_id, fingerprint, COUNT(*) AS n FROM ({one.format('comment')} UNION ALL "
        f"{one.format('submission')}) AS texts GROUP BY forum_id, fingerprint",
        *[value for _twice in range(2) for mark in wanted for value in mark],
    )
    return {(row["forum_id"], row["fingerprint"]): row["n"] for row in rows}


async def of_author(participant_id: int, since: datetime, until: datetime) -> list[str]:
    """The names of an author's texts in any forum that are not hidden; the newest ``MOST`` of a time span."""
    return await _names("participant_id = ?", (participant_id,), since, until)


async def of_wording(forum_id: int, fingerprint: int, since: datetime, until: datetime) -> list[str]:
    """The names of the texts with one wording in a forum, as in ``of_author``."""
    return await _names("forum_id = ? AND fingerprint = ?", (forum_id, fingerprint), since, until)


async def _names(condition: str, values: tuple[object, ...], since: datetime, until: datetime) -> list[str]:
    where = f"WHERE {condition} AND visibility NOT IN ('hidden', 'withdrawn') AND {{0}} >= ? AND {{0}} <= ?"
    limit = f"LIMIT {MOST}"
    rows = await database.fetch(
        f"SELECT name, at FROM (SELECT 'submission/' || number AS name, received_at AS at FROM submission "
        f"{where.format('received_at')} AND status <> 'withdrawn' ORDER BY id DESC {limit}) AS said UNION ALL "
        f"SELECT name, at FROM (SELECT 'comment/' || id AS name, created_at AS at FROM comment "
        f"{where.format('created_at')} ORDER BY id DESC {limit}) AS remarked ORDER BY at DESC {limit}",
        *((*values, since, until) * 2),
    )
    return [row["name"] for row in rows]
