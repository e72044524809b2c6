"""One submission at the desk: its text, similar submissions, its history, and the possible actions.

There is a form for exactly what its state and the official's permissions allow. A refusal shows the same page again
with the input.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import rights
from forums.acts import SUBMISSIONS, SubmissionPage
from forums.crossing import Said, ways
from forums.desk.common import Records, allowed, drawn, named
from forums.desk.submissions import PAGE, submissions_official
from forums.forms.answering import GiveAnswer
from forums.forms.committing import MOST_STEPS, MakeCommitment
from forums.labels import CHANNELS, COMMITMENT_STATES, OUTCOMES, STANCES, SUBMISSION_STATES
from forums.queries import commitments, desk_submissions
from forums.queries.desk_submissions import Detail
from forums.queries.history import events_of, items
from forums.queries.similar import similar
from forums.rights import answers_for, submission_subject
from forums.states import ADOPTED, SUBMISSION, SubmissionState
from server.core import acts, auth, web
from server.core.accounts import Official
from server.core.acts import Attempt
from server.core.city import city
from server.core.days import today
from server.core.errors import NotFound, Text
from server.core.form_pages import ReturnedForm
from server.core.ledger import Audience


async def show(request: Request) -> Response:
    """``/desk/submissions/{number}``."""
    return await _page(request, submissions_official(request), ReturnedForm())


async def act(request: Request) -> Response:
    """``POST /desk/submissions/{number}/{action}``: runs the action once, or shows the page again with the errors."""
    official = submissions_official(request)
    number, name = request.path_params["number"], request.path_params["action"]
    if name not in SUBMISSIONS:
        raise NotFound
    chosen, offer = SUBMISSIONS[name]
    auth.official(request, rights.SUBMISSION_RIGHTS[chosen.action])
    sent = await acts.read(request, chosen, offer)
    attempt = Attempt(official, number, f"submissions/{official.id}/{number}")
    kept = await acts.act_once(request, chosen, offer, attempt, sent)
    if kept is not None:
        return await _page(request, official, kept)
    return web.redirect(request, f"{PAGE}/{number}", Text(offer.done.msgid, {"number": number}))


def possible(official: Official, found: Detail, *, has_commitment: bool) -> Records:
    """The actions that this official can take on this submission now."""
    if not answers_for(official, found.row.department_id):
        return {}
    mine = allowed(SUBMISSIONS, official, SUBMISSION[found.row.status], rights.SUBMISSION_RIGHTS, found)
    adopted = found.row.outcome in ADOPTED and not has_commitment
    return {name: record for name, record in mine.items() if adopted or name != "commit"}


async def _page(request: Request, official: Official, kept: ReturnedForm) -> Response:
    known, language = await city(), web.language(request)
    found = await desk_submissions.one(request.path_params["number"], official)
    made = await commitments.of_submission(found.row.id)
    mine = possible(official, found, has_commitment=any(one.status != "dropped" for one in made))
    department = known.departments.get(found.row.department_id or 0)
    proposed = None
    if found.row.status is SubmissionState.RECEIVED and "assign" in mine:
        proposed = (await ways(request).suggest([Said(found.row.title, found.text, found.row.district)]))[0]
    own = found.row.department_id or official.department_id
    receivers = known.department_choices(language)
    proposed_code = known.departments[proposed.department_id].code if proposed and proposed.department_id else ""
    fits = SubmissionPage(found.row.status, found.row.department_id, receivers, proposed_code)
    names = known.department_names(language)
    owners = await commitments.owners(own) if {"answer", "commit"} & mine.keys() else []
    events = await events_of(submission_subject(found.row.number), tuple(Audience))
    context = {
        "submission": found,
        "forms": drawn(mine, f"{PAGE}/{found.row.number}", found.row.version, language, fits, kept),
        "answer_form": GiveAnswer,
        "commitment_form": MakeCommitment,
        "kept": kept,
        "made": made,
        "department": department.name(language) if department else "",
        "district": known.district_name(found.row.district, language) if found.row.district else "",
        "proposed": proposed,
        "similar": await similar(found.row.id, found.forum_id) if "merge" in mine or found.row.merged else [],
        "happened": items(events, language, names, desk=True),
        "owners": [(o.username, o.name if own else f"{names[o.department_id or 0]} · {o.name}") for o in owners],
        "today": today(),
        "most_steps": MOST_STEPS,
        "department_names": names,
        "states": SUBMISSION_STATES,
        "commitment_states": COMMITMENT_STATES,
        "outcomes": OUTCOMES,
        "stances": STANCES,
        "channels": CHANNELS,
        "outcome_choices": named(OUTCOMES, language),
    }
    return web.page(request, "desk/forums/submission.html", context, status=kept.status)


routes = [
    Route(f"{PAGE}/{{number}}", show),
    Route(f"{PAGE}/{{number}}/{{action}}", act, methods=["POST"]),
]
