"""Closing a repeated petition without another answer (종결처리, Act 23): an official decides, the program checks."""

from petitions import rules
from petitions.act_forms import CloseRepeated
from petitions.actions.change import Change, changing, check
from petitions.events import CaseClosedAsRepeated
from petitions.queries import desk
from petitions.states import Action
from server.core.accounts import Official
from server.core.errors import Invalid, _

FIELDS = {"not_repeated_enough": "earlier", "committee_first": "committee"}
"""The form field beside which each refusal is shown."""


async def close(actor: Official, reference: str, command: CloseRepeated) -> None:
    """Close a case whose petitioner was notified of the result of the same petition twice before (Act 23, Decree 26).

    The official names those cases and explains why they are the same; the petitioner is told this and the remedies.
    Each must be an earlier case of the same petitioner (by email address or phone) that this official sees, and must
    have been answered before this one arrived: only later petitions may be closed (Act 23①). Raises ``Refused`` and
    ``Invalid``.
    """
    async with changing(reference, Action.CLOSE_REPEATED, actor, seen=command.version) as change:
        await _check_earlier(change, actor, command.earlier)
        refusal = rules.may_close_as_repeated(
            len(command.earlier) + 1,
            len(command.earlier),
            kind=rules.Kind(change.case.kind),
            multi_party=command.multi_party,
            deliberated=command.committee,
        )
        if refusal is not None and refusal.code in FIELDS:
            raise Invalid.at(FIELDS[refusal.code], refusal.text)
        check(refusal)
        change.record(
            CaseClosedAsRepeated(
                await change.say(command.reason),
                await change.say(command.remedies),
                command.earlier,
                command.multi_party,
            )
        )


async def _check_earlier(change: Change, actor: Official, numbers: tuple[str, ...]) -> None:
    known = {case.reference: case for case in await desk.of_same_petitioner(change.case.id, actor, numbers)}
    for number in numbers:
        if number not in known:
            text = _("%(number)s is not an earlier case of this petitioner that you can see.", number=number)
        elif not known[number].results_notified(change.case.received_at):
            text = _("%(number)s was not answered before this petition arrived.", number=number)
        else:
            continue
        raise Invalid.at("earlier", text)
