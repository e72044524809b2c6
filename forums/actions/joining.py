"""Joining voices that say the same: they share one answer, and every author hears it.

A joined voice always hangs on a main one, never on another joined one: what is joined to a joined voice is joined to
its main one, and who brings joined ones along brings them to the new main one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forums.actions.change import SYSTEM, changing_voice, name_of
from forums.actions.many import STRETCH, Many, Voice, alone, changing_voices, joined_to, one, read
from forums.errors import CannotJoin, NoSuchVoice, NotYours
from forums.events import SubmissionAnswered, SubmissionDone, SubmissionHanded, SubmissionJoined, SubmissionSeparated
from forums.forms.handing import Join, Plain
from forums.rights import answers_for, reads, voice_subject
from forums.states import SubmissionAction, SubmissionState
from server.core import database, ledger
from server.core.accounts import Official
from server.core.errors import ChangedMeanwhile, NotPossibleNow, Refusal, _
from server.core.ledger import Fact

ANSWER = ("outcome", "outcome_at", "outcome_text", "link", "study_until", "moved_to", "done_on")
"""The columns that joined voices share with their main one."""
NONE: Mapping[str, object] = {
    "outcome": "", "outcome_at": None, "outcome_text": "", "link": "", "study_until": None, "moved_to": "",
    "done_on": None,
}  # fmt: skip
PLAIN = Plain()
OTHER_FORUM = _("Only submissions of the same forum can be merged.")
TAKEN_BACK = _("The submission to merge into has been withdrawn.")


async def join(actor: Official, number: str, command: Join) -> None:
    """Join a voice with another one. Raises ``CannotJoin``, ``NotPossibleNow``, ``NoSuchVoice``, ``NotYours``."""
    one(number, await join_many(actor, [number], command.to, {number: command.seen}))


async def join_many(
    actor: Official, numbers: Sequence[str], to: str, seen: Mapping[str, int | None] | None = None
) -> dict[str, Refusal]:
    """Join voices with one; what was refused, and why. The one itself among them, and what is joined to it already,
    are left as they are.

    Raises ``NoSuchVoice`` and ``NotYours`` about the one that they are to be joined with.
    """
    main = await _main_of(actor, to)
    own = [number for number in dict.fromkeys(numbers) if number != main] if len(numbers) > 1 else list(numbers)
    refused: dict[str, Refusal] = {}
    for start in range(0, len(own), STRETCH):
        some = own[start : start + STRETCH]
        async with changing_voices(some, SubmissionAction.JOIN, actor, beside=[main], seen=seen) as many:
            await _join(many, actor, main)
            refused |= many.refused
    return refused


async def _main_of(actor: Official, number: str) -> str:
    row = await database.fetch_one(
        "SELECT s.number, s.visibility, m.number AS main, m.visibility AS main_visibility FROM submission s "
        "LEFT JOIN submission m ON m.id = s.joined_to_id WHERE s.number = ?",
        number,
    )
    if row is None or not all(reads(actor, row[name]) for name in ("visibility", "main_visibility")):
        raise NoSuchVoice
    return str(row["main"] or row["number"])


async def _join(many: Many, actor: Official, number: str) -> None:
    main = many.locked[number]
    if not answers_for(actor, main.department_id):
        raise NotYours
    if main.status is SubmissionState.JOINED:  # since it was looked up
        raise ChangedMeanwhile
    if main.status is SubmissionState.WITHDRAWN:
        raise CannotJoin(TAKEN_BACK)
    many.refused = {n: why for n, why in many.refused.items() if not _joined_already(many.locked.get(n), main, why)}
    many.refuse([v for v in many.voices if v.id == main.id], CannotJoin())
    many.refuse([v for v in many.voices if v.forum_id != main.forum_id], CannotJoin(OTHER_FORUM))
    answer = await answer_of(main)
    values = {"joined_to_id": main.id, "department_id": main.department_id, "study_told": False, **answer.values}

    def told(voice: Voice) -> list[Fact]:
        facts: list[Fact] = [SubmissionJoined(main.number)]
        if main.department_id is not None and main.department_id != voice.department_id:
            facts.append(SubmissionHanded(main.department_id, voice.department_id))
        return facts + answer.told(voice)

    name = name_of(actor)
    followers = await joined_to([voice.id for voice in many.voices])
    await many.write(name, many.voices, {**values, "status": SubmissionState.JOINED.value}, told)
    await followers.write(name, followers.voices, values, told)


def _joined_already(voice: Voice | None, main: Voice, refusal: Refusal) -> bool:
    """Whether a voice was refused only because it is joined to the same one: nothing happens."""
    return isinstance(refusal, NotPossibleNow) and voice is not None and voice.joined_to_id == main.id


@dataclass(frozen=True)
class Shared:
    """The answer of a main voice as its joined ones get it."""

    main: str
    values: Mapping[str, object]
    text: int | None

    def told(self, voice: Voice) -> list[Fact]:
        """What a joined one hears of it."""
        outcome, done_on = str(self.values["outcome"]), self.values["done_on"]
        facts: list[Fact] = []
        if outcome:
            facts.append(SubmissionAnswered(outcome, voice.outcome, self.main, self.text))
        if done_on:
            facts.append(SubmissionDone(str(done_on)))
        return facts


async def answer_of(main: Voice) -> Shared:
    """What became of a voice until now."""
    row = await database.fetch_one(f"SELECT {', '.join(ANSWER)} FROM submission WHERE id = ?", main.id)
    assert row is not None  # noqa: S101 — it is locked
    values = {name: row[name] for name in ANSWER}
    if values["outcome_at"] is not None:
        values["outcome_at"] = database.moment(values["outcome_at"])
    for name in ("study_until", "done_on"):
        values[name] = database.day_or_none(values[name])
    said = await ledger.read(voice_subject(main.number), kind=SubmissionAnswered.kind) if row["outcome"] else []
    return Shared(main.number, values, said[-1].data.get("text") if said else None)


async def separate(actor: Official, number: str, command: Plain = PLAIN) -> None:
    """Take a joined voice out again: it stands for itself and waits for an answer of its own."""
    async with changing_voice(number, SubmissionAction.SEPARATE, actor, seen=command.seen) as change:
        if not answers_for(actor, change.row.department_id):
            raise NotYours
        main = await database.fetch_one("SELECT number FROM submission WHERE id = ?", change.row.joined_to_id)
        change.set(joined_to_id=None, department_id=None, **NONE)
        change.record(SubmissionSeparated(main["number"] if main else ""))


async def release(number: str) -> int:
    """Take out everything that is joined to a voice which its author took back; how many there were."""
    async with database.transaction():
        main = (await read([number])).get(number)
        if main is None or main.status is not SubmissionState.WITHDRAWN:
            return 0
        await alone([main.forum_id])
        group = await joined_to([main.id])
        values = {"joined_to_id": None, "department_id": None, "status": SubmissionState.RECEIVED.value, **NONE}
        await group.write(SYSTEM, group.voices, values, lambda _voice: [SubmissionSeparated(number)])
        return len(group.voices)
