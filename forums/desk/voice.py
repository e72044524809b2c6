"""One voice at the desk: what was said, what is like it, what happened to it, and what can be done now.

Forms exist for exactly what its state and the official's rights allow. What is refused comes back on the same page
with what was typed.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import rights
from forums.acts import VOICES
from forums.crossing import Said, ways
from forums.desk.common import named
from forums.desk.voices import PAGE, voices_official
from forums.forms.answering import GiveAnswer
from forums.forms.handing import Words
from forums.forms.promising import MOST_STEPS, Promise
from forums.labels import CHANNELS, COMMITMENT_STATES, OUTCOMES, STANCES, SUBMISSION_STATES
from forums.queries import desk_voices, promises
from forums.queries.desk_voices import Detail
from forums.queries.similar import similar
from forums.queries.turns import items, turns
from forums.rights import answers_for, voice_subject
from forums.states import ADOPTED, SUBMISSION, SubmissionState
from server.core import acts, auth, web
from server.core.accounts import Official
from server.core.acts import Attempt, Kept
from server.core.city import city
from server.core.days import today
from server.core.errors import NotFound, Text
from server.core.ledger import Audience


async def show(request: Request) -> Response:
    """``/desk/voices/{number}``."""
    return await _page(request, voices_official(request), Kept())


async def act(request: Request) -> Response:
    """``POST /desk/voices/{number}/{action}``: do it once, or show the page again with what hinders it."""
    official = voices_official(request)
    number, name = request.path_params["number"], request.path_params["action"]
    if name not in VOICES:
        raise NotFound
    chosen, offer = VOICES[name]
    auth.official(request, rights.VOICE[chosen.action])
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, number, f"voices/{official.id}/{number}")
    kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if kept is not None:
        return await _page(request, official, kept, status=kept.status)
    return web.redirect(request, f"{PAGE}/{number}", Text(offer.done.msgid, {"number": number}))


def may(official: Official, found: Detail, *, promised: bool) -> frozenset[str]:
    """What this official can do to this voice now."""
    if not answers_for(official, found.row.department_id):
        return frozenset()
    state = SUBMISSION[found.row.status]
    allowed = {
        name
        for name, (act, _offer) in VOICES.items()
        if act.action in state and official.may(rights.VOICE[act.action]) and (act.when is None or act.when(found))
    }
    if found.row.outcome not in ADOPTED or promised:
        allowed.discard("commit")
    return frozenset(allowed)


async def _page(request: Request, official: Official, kept: Kept, *, status: int = 200) -> Response:
    known, language = await city(), web.language(request)
    found = await desk_voices.one(request.path_params["number"], official)
    made = await promises.of_voice(found.row.id, today())
    mine = may(official, found, promised=any(one.status != "dropped" for one in made))
    department = known.departments.get(found.row.department_id or 0)
    proposed = None
    if found.row.status is SubmissionState.RECEIVED and "hand" in mine:
        proposed = (await ways(request).suggest([Said(found.row.title, found.text, found.row.district)]))[0]
    own = found.row.department_id or official.department_id
    names = {row.id: row.name(language) for row in known.departments.values()}
    owners = await promises.owners(own) if mine & {"answer", "commit"} else []
    told = await turns(voice_subject(found.row.number), tuple(Audience))
    context = {
        "voice": found,
        "answer_form": GiveAnswer,
        "words_form": Words,
        "promise_form": Promise,
        "kept": kept,
        "may": mine,
        "made": made,
        "department": department.name(language) if department else "",
        "district": known.district_name(found.row.district, language) if found.row.district else "",
        "proposed": proposed,
        "proposed_code": known.departments[proposed.department_id].code if proposed and proposed.department_id else "",
        "similar": await similar(found.row.id, found.forum_id) if "join" in mine or found.row.joined else [],
        "happened": items(told, language, names, desk=True),
        "owners": [(o.username, o.name if own else f"{names[o.department_id]} · {o.name}") for o in owners],
        "today": today(),
        "most_steps": MOST_STEPS,
        "department_names": names,
        "states": SUBMISSION_STATES,
        "promise_states": COMMITMENT_STATES,
        "outcomes": OUTCOMES,
        "stances": STANCES,
        "channels": CHANNELS,
        "outcome_choices": named(OUTCOMES, language),
        "receivers": [(row.code, row.name(language)) for row in known.open_departments],
    }
    return web.page(request, "desk/forums/voice.html", context, status=status)


routes = [
    Route(f"{PAGE}/{{number}}", show),
    Route(f"{PAGE}/{{number}}/{{action}}", act, methods=["POST"]),
]
