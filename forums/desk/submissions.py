"""The inbox of submissions: what waits to be assigned or answered, with filters and bulk actions.

A bulk action covers the selected submissions or everything in the list, and reports for each refused one why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import assigning, merging
from forums.acts import SUBMISSIONS
from forums.crossing import Crossings, Said, Suggestion, ways
from forums.forms.assigning import read_number
from forums.labels import CHANNELS, OUTCOMES, STANCES, SUBMISSION_STATES
from forums.permissions import Permission
from forums.queries import desk_submissions
from forums.queries.desk_submissions import EVERY, STUDY_OVER, Filter, Row
from forums.queries.lists import meant
from forums.states import SubmissionState
from server.core import auth, i18n, listing, web
from server.core.accounts import Official
from server.core.city import City, city
from server.core.days import today
from server.core.errors import FieldError, Forbidden, Invalid, Refusal, Text, _
from server.core.listing import PAGING

PAGE = "/desk/submissions"
MOST = 1_000
"""The most submissions in one bulk action."""
FIELDS = 20
"""The number of other fields in the form."""
PROPOSED = "proposed"
"""Instead of a department: assign each submission to the one proposed for it."""


def submissions_official(request: Request) -> Official:
    """The signed-in official who assigns or answers submissions. Raises ``NotSignedIn`` or ``Forbidden``."""
    official = auth.official(request)
    if not (official.may(Permission.HAND_SUBMISSIONS) or official.may(Permission.ANSWER_SUBMISSIONS)):
        raise Forbidden
    return official


def usual(official: Official, reference_data: City) -> Filter:
    """The list that an official sees first: what waits for them."""
    if official.may(Permission.HAND_SUBMISSIONS):
        return Filter(status=SubmissionState.RECEIVED.value)
    department = reference_data.departments.get(official.department_id or 0)
    return Filter(status=SubmissionState.ASSIGNED.value, department=department.code if department else "")


async def show(request: Request) -> Response:
    """``/desk/submissions``."""
    official = submissions_official(request)
    reference_data, language, start = await city(), web.language(request), request.query_params.get("after", "")
    asked = Filter.parse(request.query_params, reference_data, also=PAGING)
    wanted = asked if asked != Filter() else usual(official, reference_data)
    few = await meant(wanted.forum) if wanted.forum else ()
    if len(few) == 1:
        wanted = replace(wanted, forum=few[0].slug)
    page = await desk_submissions.listed(wanted, reference_data, today(), after=start)
    own = usual(official, reference_data).department
    department = reference_data.department_by_code(own)
    counts = await desk_submissions.counts(department.id if department else None, today())
    context = {
        **listing.shown(PAGE, wanted, page, reference_data, language, start),
        "suggestions": await _suggestions(page.rows, official, ways(request)),
        "department_names": reference_data.department_names(language),
        "tabs": _tabs(wanted, official, own, counts, language),
        "active": wanted.chips(PAGE, reference_data, language, {"forum": few[0].title} if len(few) == 1 else {}),
        "meant": [(row, replace(wanted, forum=row.slug).address(PAGE)) for row in few] if len(few) > 1 else [],
        "states": SUBMISSION_STATES,
        "outcomes": OUTCOMES,
        "stances": STANCES,
        "channels": CHANNELS,
        "hands": official.may(Permission.HAND_SUBMISSIONS),
        "most": MOST,
        "receivers": reference_data.department_choices(language),
    }
    return web.page(request, "desk/forums/submissions.html", context)


async def _suggestions(rows: Sequence[Row], official: Official, ways: Crossings) -> dict[str, Suggestion]:
    """The department proposed for each row that this official could assign."""
    open_ones = [row for row in rows if row.status is SubmissionState.RECEIVED]
    if not open_ones or not official.may(Permission.HAND_SUBMISSIONS):
        return {}
    found = await ways.suggest([Said(row.title, row.text, row.district) for row in open_ones])
    return {row.number: suggestion for row, suggestion in zip(open_ones, found, strict=True)}


def _tabs(
    wanted: Filter, official: Official, own: str, counts: Mapping[str, int], language: str
) -> list[dict[str, object]]:
    lists = [
        (_("To be answered"), Filter(status="assigned", department=own), counts["assigned"]),
        (_("Study period over"), Filter(status=STUDY_OVER, department=own), counts[STUDY_OVER]),
        (_("Answered"), Filter(status="answered", department=own), None),
        (_("All"), Filter(status=EVERY, department=own), None),
    ]
    if official.may(Permission.HAND_SUBMISSIONS):
        lists.insert(0, (_("To be assigned"), Filter(status="received"), counts["received"]))
    found: list[dict[str, object]] = []
    for label, own_filter, count in lists:
        words = i18n.translate(language, label)
        item: dict[str, object] = {"label": words, "href": own_filter.address(PAGE), "current": own_filter == wanted}
        if count is not None:
            most = count > desk_submissions.CAP
            item["count"] = i18n.number_text(min(count, desk_submissions.CAP), language) + ("+" if most else "")
        found.append(item)
    return found


# --- bulk actions ---------------------------------------------------------------------------------------------


async def bulk(request: Request) -> Response:
    """``POST /desk/submissions/bulk``: back to the list, or a page with each refused submission and the reason.

    Raises ``Invalid`` if nothing or too much was selected.
    """
    official = submissions_official(request)
    form = await web.read_form(request, fields=MOST + FIELDS)
    reference_data = await city()
    wanted = Filter.carried(str(form.get("list", "")), reference_data)
    action = str(form.get("action", ""))
    done = SUBMISSIONS[action][1].bulk if action in SUBMISSIONS else None
    if done is None:
        raise Invalid([FieldError("action", _("Please choose an action."))])
    picked = await _picked([str(v) for v in form.getlist("submission")], form.get("all") == "1", wanted, reference_data)
    if action == "merge":
        to = read_number(str(form.get("with", "")).strip())
        if not to:
            raise Invalid([FieldError("with", _("Please enter the number of the submission to merge them into."))])
        refused = await merging.merge_many(official, list(picked), to, picked)
        picked.pop(to, None)
    else:
        refused = await _assign(official, picked, str(form.get("department", "")), reference_data, ways(request))
    number, count = read_number(str(form.get("back") or "")), len(picked) - len(refused)
    back = f"{PAGE}/{number}" if number else wanted.address(PAGE)
    words = Text(done.msgid, {"done": count})
    if not refused:
        return web.redirect(request, back, words)
    reasons = [(one, why.errors[0].text if isinstance(why, Invalid) else why.text) for one, why in refused.items()]
    context = {"words": words, "refused": reasons, "back": back}
    return web.page(request, "desk/forums/submissions_refused.html", context, status=200 if count else 409)


async def _picked(
    ticked: Sequence[str],
    everything: bool,  # noqa: FBT001
    wanted: Filter,
    reference_data: City,
) -> dict[str, int | None]:
    """The numbers with the versions that the list showed; None as version when everything in the list is selected."""
    if everything:
        numbers = await desk_submissions.numbers(wanted, reference_data, today(), MOST + 1)
        found: dict[str, int | None] = dict.fromkeys(numbers)
    else:
        found = {}
        for value in ticked:
            number, _colon, version = value.partition(":")
            found[number] = int(version) if version.isdecimal() and len(version) < 10 else None  # noqa: PLR2004
    if not found:
        raise Invalid([FieldError("submission", _("Please select at least one submission."))])
    if len(found) > MOST:
        raise Invalid([FieldError("submission", _("Please select at most %(most)s submissions.", most=MOST))])
    return found


async def _assign(
    official: Official, picked: Mapping[str, int | None], code: str, reference_data: City, ways: Crossings
) -> dict[str, Refusal]:
    refused: dict[str, Refusal] = {}
    if code == PROPOSED:
        rows = await desk_submissions.said(list(picked))
        found = await ways.suggest([Said(row.title, row.text, row.district) for row in rows])
        wanted = {
            row.number: one.department_id
            for row, one in zip(rows, found, strict=True)
            if one.department_id and one.sure
        }
        nothing = Invalid([FieldError("department", _("No department is proposed for it."))])
        refused = {number: nothing for number in picked if number not in wanted}
    else:
        department = next((row for row in reference_data.open_departments if row.code == code), None)
        if department is None:
            raise Invalid([FieldError("department", _("Please choose a department."))])
        wanted = dict.fromkeys(picked, department.id)
    return refused | await assigning.assign_many(official, wanted, picked)


routes = [Route(PAGE, show), Route(f"{PAGE}/bulk", bulk, methods=["POST"])]
