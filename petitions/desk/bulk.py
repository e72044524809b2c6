"""Bulk actions: accept, assign or transfer the selected cases, and show the result of each.

Every case is a transaction of its own, so a refusal for one changes nothing in it and does not affect the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.acts import DESK
from petitions.acts.page import CaseAct
from petitions.desk import addresses
from petitions.queries.doubtful import DOUBTFUL, doubtful
from petitions.queries.filters import Filter
from petitions.reference import reference
from petitions.rights import RIGHTS
from petitions.states import Action
from server.core import auth, references, web
from server.core.accounts import Official
from server.core.acts import Press
from server.core.errors import Invalid, NotFound, Refusal, Text, _

MOST = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one selected case; ``refusal`` is None if it was done."""

    reference: str
    refusal: Text | None


async def act(request: Request) -> Response:
    """``POST /desk/bulk``. Raises ``Forbidden`` without the permission, ``Invalid`` for too many cases."""
    form = await web.read_form(request)
    chosen, offer = DESK.get(str(form.get("action")), (None, None))
    if chosen is None or offer is None or offer.bulk is None:
        raise NotFound
    official = auth.official(request, RIGHTS[chosen.action])
    picked = [str(value) for value in form.getlist("case")]
    wanted = Filter.carried(str(form.get("list", "")), await reference())
    if not picked:
        return web.redirect(request, wanted.address(addresses.INBOX), _("Please select at least one case."))
    if len(picked) > MOST:
        raise Invalid.at("case", _("Please select at most %(most)s cases.", most=MOST))
    raw = {"department": form.get("to"), "handler": form.get("handler"), "reason": form.get("reason")}
    unsure = set[str]()
    if chosen.action is Action.ACCEPT and not raw["department"]:
        unsure = await doubtful([number.partition(":")[0] for number in picked])
    outcomes = [
        Outcome(number, DOUBTFUL)
        if (number := value.partition(":")[0]) in unsure
        else await _one(request, official, chosen, value, raw)
        for value in dict.fromkeys(picked)
    ]
    done = sum(outcome.refusal is None for outcome in outcomes)
    words = Text(offer.bulk.msgid, {"done": done})
    if done == len(outcomes):
        return web.redirect(request, wanted.address(addresses.INBOX), words)
    refused = [(o, addresses.case(o.reference, wanted)) for o in outcomes if o.refusal]
    context = {"words": words, "done": done, "refused": refused, "back": wanted.address(addresses.INBOX)}
    return web.page(request, "desk/bulk.html", context, status=200 if done else 409)


async def _one(request: Request, official: Official, act: CaseAct, picked: str, raw: Mapping[str, object]) -> Outcome:
    """Act on one case, selected by its number and listed version: ``K7Q-M9X-RW4:3``. A repeat does nothing."""
    number, _colon, version = picked.partition(":")
    found = references.read_reference(number)
    if found is None:
        return Outcome(number[:20], _("There is no such case."))
    scope = f"bulk/{official.id}/{found}/{act.action}"
    press = Press(web.site(request).settings.secret_key, scope, version, raw)
    try:
        command = act.form.parse({**raw, "version": version})
        await press.once(lambda: act.do(official, found, command))
    except Invalid as error:
        return Outcome(found, error.errors[0].text)
    except Refusal as refusal:
        return Outcome(found, refusal.text)
    return Outcome(found, None)


routes: list[Route] = [Route("/desk/bulk", act, methods=["POST"])]
