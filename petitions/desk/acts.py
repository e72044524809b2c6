"""What an official's form does to a case: one table from action to command, shared by one case and by many."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from petitions.act_forms import CloseRepeated, ExtendObjection, Investigate, Prolong
from petitions.actions import answering, handling, investigating, objecting, parts, repeating, supplementing
from petitions.forms import (
    Accept,
    AppointGuide,
    Assign,
    DecideObjection,
    Extend,
    GiveAnswer,
    Remark,
    RequestSupplement,
    Transfer,
    TransferOut,
    Words,
)
from petitions.part_forms import AskPart, ExtendPart, WithdrawPart
from petitions.states import Action
from server.core.accounts import Official
from server.core.errors import Text, _
from server.core.uploads import FIELD

Raw = Mapping[str, Any]
"""A form's fields; under ``FIELD`` the files that came with it, as they lie in the store."""
Act = Callable[[Official, str, Raw], Awaitable[None]]


async def _accept(official: Official, reference: str, raw: Raw) -> None:
    await handling.accept(official, reference, Accept.parse(raw))


async def _assign(official: Official, reference: str, raw: Raw) -> None:
    await handling.assign(official, reference, Assign.parse(raw))


async def _start(official: Official, reference: str, raw: Raw) -> None:
    await handling.start(official, reference, Remark.parse(raw))


async def _transfer(official: Official, reference: str, raw: Raw) -> None:
    await handling.transfer(official, reference, Transfer.parse(raw))


async def _transfer_out(official: Official, reference: str, raw: Raw) -> None:
    await handling.transfer_out(official, reference, TransferOut.parse(raw))


async def _guide(official: Official, reference: str, raw: Raw) -> None:
    await handling.appoint_guide(official, reference, AppointGuide.parse(raw))


async def _request_supplement(official: Official, reference: str, raw: Raw) -> None:
    await supplementing.request(official, reference, RequestSupplement.parse(raw))


async def _supplement(official: Official, reference: str, raw: Raw) -> None:
    await supplementing.receive(official, reference, Words.parse(raw), files=raw.get(FIELD, ()))


async def _prolong(official: Official, reference: str, raw: Raw) -> None:
    await supplementing.prolong(official, reference, Prolong.parse(raw))


async def _undelivered(official: Official, reference: str, raw: Raw) -> None:
    await supplementing.note_undelivered(official, reference, Words.parse(raw))


async def _deem_withdrawn(official: Official, reference: str, raw: Raw) -> None:
    await supplementing.deem_withdrawn(official, reference, Words.parse(raw))


async def _return(official: Official, reference: str, raw: Raw) -> None:
    await supplementing.give_back(official, reference, Words.parse(raw))


async def _extend(official: Official, reference: str, raw: Raw) -> None:
    await handling.extend(official, reference, Extend.parse(raw))


async def _investigate(official: Official, reference: str, raw: Raw) -> None:
    await investigating.investigate(official, reference, Investigate.parse(raw))


async def _interim_notice(official: Official, reference: str, raw: Raw) -> None:
    await handling.interim_notice(official, reference, Words.parse(raw))


async def _note(official: Official, reference: str, raw: Raw) -> None:
    await handling.note(official, reference, Words.parse(raw), files=raw.get(FIELD, ()))


async def _message(official: Official, reference: str, raw: Raw) -> None:
    await handling.message(official, reference, Words.parse(raw), files=raw.get(FIELD, ()))


async def _part(official: Official, reference: str, raw: Raw) -> None:
    await parts.ask(official, reference, AskPart.parse(raw))


async def _part_reply(official: Official, reference: str, raw: Raw) -> None:
    await parts.reply(official, reference, Words.parse(raw))


async def _part_extend(official: Official, reference: str, raw: Raw) -> None:
    await parts.extend(official, reference, ExtendPart.parse(raw))


async def _part_withdraw(official: Official, reference: str, raw: Raw) -> None:
    await parts.withdraw(official, reference, WithdrawPart.parse(raw))


async def _answer(official: Official, reference: str, raw: Raw) -> None:
    await answering.answer(official, reference, GiveAnswer.parse(raw), files=raw.get(FIELD, ()))


async def _close(official: Official, reference: str, raw: Raw) -> None:
    await answering.close(official, reference, Remark.parse(raw))


async def _close_repeated(official: Official, reference: str, raw: Raw) -> None:
    await repeating.close(official, reference, CloseRepeated.parse(raw))


async def _reopen(official: Official, reference: str, raw: Raw) -> None:
    await answering.reopen(official, reference, Words.parse(raw))


async def _object(official: Official, reference: str, raw: Raw) -> None:
    await objecting.object_to(official, reference, Words.parse(raw))


async def _extend_objection(official: Official, reference: str, raw: Raw) -> None:
    await objecting.extend(official, reference, ExtendObjection.parse(raw))


async def _decide_objection(official: Official, reference: str, raw: Raw) -> None:
    await objecting.decide(official, reference, DecideObjection.parse(raw))


async def _withdraw_objection(official: Official, reference: str, raw: Raw) -> None:
    await objecting.withdraw(official, reference, Remark.parse(raw))


async def _withdraw(official: Official, reference: str, raw: Raw) -> None:
    await answering.withdraw(official, reference, Remark.parse(raw))


ACTS: dict[Action, tuple[Act, Text]] = {
    Action.ACCEPT: (_accept, _("%(reference)s is accepted.")),
    Action.ASSIGN: (_assign, _("%(reference)s has its handler.")),
    Action.START: (_start, _("Work on %(reference)s has begun.")),
    Action.TRANSFER: (_transfer, _("%(reference)s is passed on.")),
    Action.TRANSFER_OUT: (_transfer_out, _("%(reference)s is passed to the other agency; the petitioner is told.")),
    Action.GUIDE: (_guide, _("%(reference)s has another guide; the petitioner is told.")),
    Action.REQUEST_SUPPLEMENT: (_request_supplement, _("The supplement is requested; the clock stands.")),
    Action.SUPPLEMENT: (_supplement, _("The supplement is taken in; the clock runs again from tomorrow.")),
    Action.PROLONG: (_prolong, _("There is more time to supplement; the petitioner is told.")),
    Action.UNDELIVERED: (_undelivered, _("That the request came back is recorded.")),
    Action.DEEM_WITHDRAWN: (_deem_withdrawn, _("%(reference)s counts as withdrawn and is closed.")),
    Action.RETURN: (_return, _("%(reference)s is returned.")),
    Action.EXTEND: (_extend, _("The period of %(reference)s is extended; the petitioner is told.")),
    Action.INVESTIGATE: (_investigate, _("The days of the site investigation do not count; the petitioner is told.")),
    Action.INTERIM_NOTICE: (_interim_notice, _("The interim notice is sent.")),
    Action.NOTE: (_note, _("The note is kept.")),
    Action.MESSAGE: (_message, _("The message is sent.")),
    Action.PART: (_part, _("The department is asked; it sees the case now.")),
    Action.PART_REPLY: (_part_reply, _("The reply is sent to the department of the case.")),
    Action.PART_EXTEND: (_part_extend, _("The reply is put off; the department of the case is told.")),
    Action.PART_WITHDRAW: (_part_withdraw, _("The request is taken back.")),
    Action.ANSWER: (_answer, _("%(reference)s is answered.")),
    Action.CLOSE: (_close, _("%(reference)s is closed.")),
    Action.CLOSE_REPEATED: (_close_repeated, _("%(reference)s is closed as repeated; the petitioner is told.")),
    Action.REOPEN: (_reopen, _("%(reference)s is open again, with a fresh period.")),
    Action.OBJECT: (_object, _("The objection is taken in; the petitioner and the manager are told.")),
    Action.EXTEND_OBJECTION: (_extend_objection, _("The decision is put off; the petitioner is told.")),
    Action.DECIDE_OBJECTION: (_decide_objection, _("The objection is decided; the petitioner is told.")),
    Action.WITHDRAW_OBJECTION: (_withdraw_objection, _("The objection is taken back; the refusal stands.")),
    Action.WITHDRAW: (_withdraw, _("%(reference)s is withdrawn.")),
}
"""By action: what it does, and what is said afterwards. A rating is the petitioner's own."""

TAKES_FILES = frozenset({Action.ANSWER, Action.MESSAGE, Action.NOTE, Action.SUPPLEMENT})
"""Actions with which an official can send files."""
