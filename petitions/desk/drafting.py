"""The steps before a form of a case is sent: keep what is typed, put a template in, look at the answer.

Each keeps the draft and leads to the page, so that Back works and nothing is answered to a POST. Scripts keep while
somebody types (``step=keep``); without them there is a button.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from petitions.actions import drafts
from petitions.acts import DESK
from petitions.acts.page import CaseAct
from petitions.desk import addresses, answer
from petitions.forms import GiveAnswer
from petitions.queries import desk
from petitions.queries.cases import CaseView
from petitions.queries.desk import Template
from petitions.queries.drafts import Draft, leaving
from petitions.queries.filters import Filter
from petitions.rights import subject
from petitions.states import Action
from server.core import database, ledger, uploads, web
from server.core.accounts import Official
from server.core.acts import Offer, Sent, page_name
from server.core.errors import _
from server.core.form_pages import Prepared, ReturnedForm

STEPS = frozenset({"keep", "draft", "discard", "template", "preview"})
NO_CONTENT, CONFLICT = 204, 409


def prepared(drafted: Mapping[str, Draft], templates: Sequence[Template], opened: str) -> dict[str, Prepared]:
    """What the form of each action begins with: the official's draft, and the templates of its purpose."""
    return {
        name: Prepared(
            draft=_shown(*DESK[name], drafted[name]) if name in drafted else None,
            texts=[(t.id, t.title) for t in templates if t.purpose == name],
            opened=opened == name,
            hidden={"drafted": drafted[name].kept_at} if name in drafted else {},
        )
        for name in DESK
    }


def _shown(act: CaseAct, offer: Offer, draft: Draft) -> ReturnedForm:
    values = {page_name(act, offer, name): value for name, value in draft.values.items()}
    return ReturnedForm(act.action.value, values, files=draft.files)


def _typed(act: CaseAct, offer: Offer, sent: Sent) -> dict[str, Any]:
    names = {each.name for each in act.form_of(offer).fields() if each.asked}
    return {name: value for name, value in sent.values.items() if name in names}


async def step(
    request: Request, official: Official, case: CaseView, act: CaseAct, offer: Offer, sent: Sent, wanted: Filter
) -> Response:
    """Do the step that a form asks for. Raises ``Invalid`` for an answer that cannot be previewed."""
    raw, files = sent.values, uploads.shown(web.site(request).settings, sent.files)
    here = addresses.case(case.reference, wanted)
    name, values = raw.get("step"), _typed(act, offer, sent)
    if name == "discard":
        await drafts.drop(official.id, case.id, act.action)
        return web.redirect(request, here, _("The draft has been deleted."))
    if name == "keep":
        async with database.transaction():
            await ledger.lock(subject(case.reference))  # nothing is sent between the look and the write
            if await _too_late(official, case, act, raw.get("version")):
                return Response(status_code=CONFLICT)  # a page that is still open goes on warning
            await drafts.keep(official.id, case.id, act.action, values, files=files)
        return Response(status_code=NO_CONTENT)
    if name == "template":
        chosen = next((t for t in await desk.templates(case) if str(t.id) == raw.get("template")), None)
        if chosen and chosen.purpose == act.action:
            field = next(each.name for each in act.form_of(offer).fields() if each.name in {"text", "reason"})
            values = answer.with_template(values, chosen, case, official, field)
    if name == "preview":
        GiveAnswer.parse(answer.complete(raw))
    await drafts.keep(official.id, case.id, act.action, values, files=files)
    match name:
        case "preview":
            return web.redirect(request, f"{addresses.case(case.reference, wanted, preview='1')}#answer-editor")
        case "template":
            at = "answer-editor" if act.action is Action.ANSWER else f"form-{act.action}"
            return web.redirect(request, f"{addresses.case(case.reference, wanted, opened=act.action.value)}#{at}")
        case _:
            return web.redirect(request, here, _("The draft has been saved."))


async def _too_late(official: Official, case: CaseView, act: CaseAct, version: object) -> bool:
    """Whether a script saves what has been sent meanwhile."""
    on_its_way = await leaving(case) if act.action is Action.ANSWER else None
    if on_its_way and on_its_way.account_id == official.id:
        return True
    seen = int(version) if isinstance(version, str) and version.isdecimal() else case.version
    return await drafts.sent_since(official, case.reference, seen)
