"""Objecting to a refusal (이의신청, Act 35): who was refused what a law provides for may have it decided anew."""

from petitions import rules
from petitions.actions.change import PETITIONER, check
from petitions.errors import NotPossibleNow, Refused
from petitions.events import CaseAnswered, ObjectionFiled
from petitions.forms import Words
from petitions.models import Case, Statement
from petitions.reference import reference
from petitions.rights import subject
from petitions.rules import Kind
from petitions.states import State
from server.core import clock, config, database, ledger
from server.core.errors import _


async def object_to(reference_text: str, command: Words) -> None:
    """File an objection to the last answer; it must be decided within ten days (Act 35②).

    Raises ``Refused`` where the answer is no refusal of a statutory petition, is more than 60 days old (Act 35①), or
    was objected to already.
    """
    known = await reference()
    zone = config.settings().zone
    async with database.transaction():
        chain = await ledger.lock(subject(reference_text))
        case = await Case.get(reference=reference_text)
        if case.status not in {State.ANSWERED, State.CLOSED}:
            raise NotPossibleNow("objection", case.status)
        answered, objected = None, False
        for entry in await ledger.read(subject(reference_text), limit=chain.length):
            if entry.kind == CaseAnswered.kind:
                answered, objected = entry, False
            objected = objected or entry.kind == ObjectionFiled.kind
        if answered is None or answered.data["decision"] != "refused":
            raise Refused(_("There is no refusal that could be objected to."), code="nothing_refused")
        told = answered.occurred_at.astimezone(zone).date()
        now = clock.now().astimezone(zone)
        check(rules.may_object(known.calendar, Kind(case.kind), told, now))
        if objected:
            raise Refused(_("An objection to this answer was filed already."), code="already_objected")
        words = await Statement.create(case_id=case.id, text=command.text, created_at=clock.now())
        due = rules.objection_due(known.calendar, now)
        await chain.append(PETITIONER, ObjectionFiled(words.id, due.at.isoformat()))
