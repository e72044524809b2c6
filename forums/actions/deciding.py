"""Moderators' decisions: hide a text with a rule and a reason, approve it, show it again, dismiss an appeal.

One text and many are handled alike: everything is locked, checked again and written together. Decisions that are no
longer possible, because another moderator was faster, are reported and change nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from forums import rules
from forums.actions.change import say
from forums.actions.moderating import Standing, TextEventRow, count, reviews_of, tell
from forums.errors import AlreadyDecided, NoSuchText, OwnDecision
from forums.events import HidingUpheld, TextHidden, TextShown
from forums.forms.moderating import Decide
from forums.guidelines import GUIDELINES, UPHELD
from forums.permissions import Permission
from forums.queries.texts import SORTS, Spoken, spoken
from forums.search import FORUM, SUBMISSION, refresh_forums
from forums.states import TEXT, TextAction, TextState, follow
from server.core import clock, config, database, i18n, ledger, roles, search
from server.core.accounts import Official, Role
from server.core.errors import Forbidden, NotPossibleNow, Refusal
from server.core.ledger import Chain, DomainEvent

TOGETHER = 200
"""Texts decided in one transaction."""

Chosen = Mapping[str, int | None]
"""Texts, each with the number of decisions and appeals that the page showed."""


async def decide(official: Official, subject: str, command: Decide) -> None:
    """Decide on one text.

    Raises ``Forbidden``, ``NoSuchText``, ``AlreadyDecided``, ``NotPossibleNow``; ``OwnDecision`` where the official hid
    the text that the appeal is about.
    """
    (refusal,) = (await decide_many(official, {subject: command.seen}, command)).values()
    if refusal:
        raise refusal


async def decide_many(
    official: Official, chosen: Chosen, command: Decide, *, looked_at: datetime | None = None
) -> dict[str, Refusal | None]:
    """Decide on many texts. Returns for each the refusal, or None where it was changed.

    ``looked_at`` is when the page was rendered, for pages without versions: texts decided later are left alone.
    Appeals are decided one by one.
    """
    if not official.may(Permission.MODERATE):
        raise Forbidden
    subjects, outcomes = list(chosen), dict[str, Refusal | None]()
    for start in range(0, len(subjects), TOGETHER):
        part = {subject: chosen[subject] for subject in subjects[start : start + TOGETHER]}
        outcomes |= await _together(official, part, command, looked_at)
    return outcomes


@dataclass(frozen=True, slots=True)
class _Case:
    text: Spoken
    review: Standing | None

    @property
    def state(self) -> TextState:
        return self.review.state(self.text.visibility) if self.review else TextState(self.text.visibility)


async def _together(
    official: Official, chosen: Chosen, command: Decide, looked_at: datetime | None
) -> dict[str, Refusal | None]:
    chains_of = {text.chain for text in (await spoken(list(chosen))).values()}
    async with database.transaction():
        chains = await _lock(chains_of)
        texts, reviews = await spoken(list(chosen)), await reviews_of(list(chosen))
        outcomes: dict[str, Refusal | None] = dict.fromkeys(chosen, NoSuchText())
        cases = []
        for subject, text in texts.items():
            case = _Case(text, reviews.get(subject))
            outcomes[subject] = await _refusal(official, case, command, chosen[subject], looked_at)
            if outcomes[subject] is None:
                cases.append(case)
        if cases:
            await _write(official, cases, chains, command)
    return outcomes


async def _lock(subjects: Iterable[str]) -> dict[str, Chain]:
    """Lock chains, always in the same order. The first statement is a write, so SQLite need not upgrade a read lock."""
    talks = sorted(subject for subject in subjects if subject.startswith("talk/"))
    submissions = sorted(set(subjects) - set(talks))
    chains = {submission: await ledger.lock(submission) for submission in submissions[:1]}
    if submissions[1:]:
        chains |= await ledger.lock_many(submissions[1:])
    return chains | {talk: await ledger.open_or_begin(talk) for talk in talks}


async def _refusal(
    official: Official, case: _Case, command: Decide, seen: int | None, looked_at: datetime | None
) -> Refusal | None:
    version = case.review.version if case.review else 0
    decided_at = case.review.decided_at if case.review else None
    if (seen is not None and seen != version) or (looked_at and decided_at and decided_at > looked_at):
        return AlreadyDecided()
    if case.text.visibility == "withdrawn":
        return NotPossibleNow(command.action, case.text.visibility)
    state = case.state
    stands = command.action is TextAction.SHOW and state is TextState.SHOWN and not (case.review and case.review.open)
    if stands or follow(TEXT, state, command.action) is None:
        return NotPossibleNow(command.action, state)
    if state is TextState.APPEALED and case.review and case.review.decided_by == official.id:
        return OwnDecision(await _other_moderators(official))
    return None


async def _other_moderators(official: Official) -> list[str]:
    """The names of others who may decide: moderators first, then inspectors; at most five."""
    found = await roles.staff(Permission.MODERATE.roles)
    found.sort(key=lambda one: (one.role is Role.INSPECTOR, one.name))
    return [one.name for one in found if one.id != official.id][:5]


async def _write(official: Official, cases: Sequence[_Case], chains: Mapping[str, Chain], command: Decide) -> None:
    words = await _words(cases, command)
    events: list[TextEventRow] = [
        (chains[c.text.chain], _event(c, command, words), c.text.subject, c.text.forum_id) for c in cases
    ]
    before = {case.text.subject for case in cases if case.text.counted}
    after = TextState.SHOWN if command.action is TextAction.SHOW else TextState.HIDDEN
    changed = [case.text for case in cases if case.text.visibility != after]
    await _count(changed, before, after)
    await _show(changed, after)
    await _settle(official, cases, command)
    await tell(official.actor, events)
    await _index(changed)
    again = sum(case.text.visibility == TextState.HIDDEN for case in cases)
    if command.action is TextAction.HIDE:
        await count(hidden=len(cases))
    elif command.action is TextAction.SHOW and again:
        await count(shown=again)


async def _words(cases: Sequence[_Case], command: Decide) -> dict[str, int]:
    """Store the reason in each chain, the moderator's or the prepared one in the city's language. Ids by chain."""
    if command.action is TextAction.SHOW:
        return {}
    prepared = GUIDELINES[command.rule].reason if command.rule else UPHELD
    text = command.reason or i18n.translate(config.settings().language, prepared)
    return {name: await say(name, text) for name in dict.fromkeys(case.text.chain for case in cases)}


def _event(case: _Case, command: Decide, words: Mapping[str, int]) -> DomainEvent:
    if command.action is TextAction.SHOW:
        before = case.text.visibility
        appealed, stood, again = case.state is TextState.APPEALED, before == TextState.SHOWN, before == TextState.HIDDEN
        return TextShown(appealed, case.text.comment, stood, again)
    if command.action is TextAction.UPHOLD:
        return HidingUpheld(words[case.text.chain], case.text.comment)
    return TextHidden(command.rule, words[case.text.chain], case.text.comment)


async def _count(texts: Sequence[Spoken], before: set[str], after: TextState) -> None:
    """Update the counters: forums first, then submissions, each by id, in the order that every action uses."""
    added = 1 if after is TextState.SHOWN else -1
    # Hiding a text that was not public changes no counter, nor does any decision on a withdrawn one.
    moved = [text for text in texts if not text.withdrawn and (after is TextState.SHOWN or text.subject in before)]
    forums = {text.forum_id: Counter[str]() for text in moved}
    for text in moved:
        forums[text.forum_id][text.sort] += added
    for forum_id, numbers in sorted(forums.items()):
        await database.execute(
            "UPDATE forum SET submissions = submissions + ?, comments = comments + ? WHERE id = ?",
            numbers["submission"],
            numbers["comment"],
            forum_id,
        )
    submissions = Counter(text.submission_id for text in moved if text.comment and text.submission_id)
    await _hold_rows({*submissions, *(text.id for text in texts if text.sort == "submission")})
    for submission_id, number in submissions.items():
        sql = "UPDATE submission SET comments = comments + ? WHERE id = ?"
        await database.execute(sql, added * number, submission_id)


async def _hold_rows(submission_ids: AbstractSet[int]) -> None:
    """Lock submissions in the order of their ids, so that two moderators cannot deadlock."""
    if submission_ids and database.dialect() == "postgres":  # SQLite has one writer at a time
        await database.fetch("SELECT id FROM submission WHERE id IN (?) ORDER BY id FOR UPDATE", submission_ids)


async def _show(texts: Sequence[Spoken], after: TextState) -> None:
    for sort in SORTS:
        those = [text.id for text in texts if text.sort == sort]
        if those:
            await database.execute(f"UPDATE {sort} SET visibility = ? WHERE id IN (?)", after.value, those)


async def _settle(official: Official, cases: Sequence[_Case], command: Decide) -> None:
    """Write the reviews. Each hiding allows a new appeal; dismissing an appeal keeps the reason."""
    kept = command.action is TextAction.UPHOLD
    now, rows = clock.now(), list[object]()
    for case in cases:
        text = case.text
        rows += [
            text.subject, text.forum_id, text.participant_id, "decided", False, rules.LEAST_URGENT, 0, command.rule,
            command.reason if command.rule else "", "", 1, official.id, now, now,
        ]  # fmt: skip
    marks = ", ".join([f"({', '.join('?' * (len(rows) // len(cases)))})"] * len(cases))
    hiding = "" if kept else "rule = excluded.rule, reason = excluded.reason, appeal = '', appealed_at = NULL, "
    await database.execute(
        "INSERT INTO review (subject, forum_id, participant_id, why, open, urgency, reports, rule, reason, appeal, "
        f"version, decided_by_id, asked_at, decided_at) VALUES {marks} ON CONFLICT (subject) DO UPDATE SET {hiding}"
        "open = excluded.open, urgency = excluded.urgency, reports = 0, version = review.version + 1, "
        "decided_by_id = excluded.decided_by_id, decided_at = excluded.decided_at",
        *rows,
    )


async def _index(texts: Sequence[Spoken]) -> None:
    """Remove hidden texts from the index and add shown ones. Comments are not indexed."""
    await refresh_forums(*(text.id for text in texts if text.sort == FORUM.name))
    await search.refresh(SUBMISSION, *(text.id for text in texts if text.sort == SUBMISSION.name))
