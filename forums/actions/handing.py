"""Giving voices to the departments that answer them, one or many at once. Those joined to a voice go with it."""

from collections.abc import Mapping

from forums.actions.change import Actor, name_of
from forums.actions.many import STRETCH, Voice, changing_voices, joined_to, one
from forums.events import SubmissionHanded
from forums.forms.handing import Hand
from forums.states import SubmissionAction, SubmissionState
from server.core.accounts import ClosedDepartment, Official, keep_open
from server.core.errors import Refusal
from server.core.ledger import Fact


async def hand(actor: Official, number: str, command: Hand) -> None:
    """Give one voice to a department. Raises ``NotYours``, ``NotPossibleNow``, ``ClosedDepartment``."""
    one(number, await hand_many(actor, {number: command.department_id}, {number: command.seen}))


async def hand_many(
    actor: Official, wanted: Mapping[str, int], seen: Mapping[str, int | None] | None = None
) -> dict[str, Refusal]:
    """Give voices, by their numbers, to departments; what was refused, and why. ``STRETCH`` of them at a time."""
    numbers = list(wanted)
    refused: dict[str, Refusal] = {}
    for start in range(0, len(numbers), STRETCH):
        some = numbers[start : start + STRETCH]
        refused |= await _hand({number: wanted[number] for number in some}, actor, seen)
    return refused


async def _hand(wanted: Mapping[str, int], actor: Actor, seen: Mapping[str, int | None] | None) -> dict[str, Refusal]:
    name = name_of(actor)
    async with changing_voices(list(wanted), SubmissionAction.HAND, actor, seen=seen) as many:
        for department_id in sorted(set(wanted.values())):
            voices = [voice for voice in many.voices if wanted[voice.number] == department_id]
            if not await keep_open(department_id):
                many.refuse(voices, ClosedDepartment())
                continue

            def told(voice: Voice, department_id: int = department_id) -> list[Fact]:
                return [SubmissionHanded(department_id, voice.department_id)]

            # Given to where it is already: nothing happens.
            new = [v for v in voices if (v.status, v.department_id) != (SubmissionState.HANDED, department_id)]
            values = {"status": SubmissionState.HANDED.value, "department_id": department_id}
            await many.write(name, new, values, told)
            followers = await joined_to([voice.id for voice in new])
            moved = [voice for voice in followers.voices if voice.department_id != department_id]
            await followers.write(name, moved, {"department_id": department_id}, told)
        return many.refused
