"""The planners' desk: the list of forums, one forum with its possible actions, and the form to edit it.

Starting, closing, cancelling and answering proposals are in ``forums.desk.running``.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds, rights
from forums.actions import planning
from forums.acts import FORUMS
from forums.desk.common import PAGE, allowed, departments, drawn, forum_official, may, moment_value, named, returned
from forums.forms.planning import PLANS, PlanForum, chapter_lines
from forums.labels import FORUM_STATES, KINDS, MODERATION
from forums.permissions import Permission
from forums.queries import files as file_queries
from forums.queries import history, lists
from forums.queries.forums import ForumView
from forums.queries.forums import forum as read
from forums.queries.lists import Filters
from forums.rights import forum_subject
from forums.states import ForumAction, ForumState
from server.core import auth, listing, uploads, web
from server.core.city import city
from server.core.errors import ChangedMeanwhile, Forbidden, Invalid, Text, _
from server.core.files import StoredFile
from server.core.form_pages import ReturnedForm
from server.core.forms import Parameters
from server.core.listing import PAGING
from server.core.resource.pages import meanwhile, seen
from server.core.resource.table import View

TABS: dict[str, Text] = {
    "coming": _("Announced"),
    "open": _("Open now"),
    "proposed": _("Proposals"),
    "draft": _("Being planned"),
    "over": _("Closed"),
    "notices": _("Notices"),
}
STATES: Mapping[str, tuple[ForumState, ...]] = {
    **lists.TABS,
    "draft": (ForumState.DRAFT,),
    "notices": (ForumState.PUBLISHED,),
}
"""The states under each tab."""


def labels(kind: str) -> dict[str, Text]:
    """The labels of a kind's fields, in the order of its form."""
    own = {name: PLANS[kind].field(name).label for name in kinds.FIELDS[kind]}
    return {**own, "files": _("Files")}


@dataclass(frozen=True, slots=True)
class PlannersFilters(Filters):
    """What narrows the planners' list."""

    tab: str = listing.tab(TABS, "coming")
    q: str = listing.words(200)


async def index(request: Request) -> Response:
    """``/desk/forums``: by tab, kind, department, district and full-text search, which covers every tab."""
    official = forum_official(request)
    lang, known, start = web.language(request), await city(), request.query_params.get("after", "")
    wanted = PlannersFilters.parse(request.query_params, known, also=PAGING)
    states = tuple(ForumState) if wanted.q else STATES[wanted.tab]
    kind = lists.NOTICE if wanted.tab == "notices" else wanted.kind
    page = await lists.listed(replace(wanted, kind=kind, states=states), start)
    context = {
        **listing.shown(PAGE, wanted, page, known, lang, start),
        "tabs": named(TABS, lang),
        "waiting": await lists.waiting(),
        "most": lists.COUNTED,
        "states": dict(named(FORUM_STATES, lang)),
        "plans": official.may(Permission.PLAN_FORUMS),
        "department_names": known.department_names(lang),
    }
    return web.page(request, "desk/forums/list.html", context)


async def one(request: Request) -> Response:
    """``/desk/forums/{slug}``: its content, what is missing, the possible actions, and the history."""
    official = forum_official(request)
    found = await read(request.path_params["slug"], official)
    lang, known = web.language(request), await city()
    names = labels(found.kind)
    lacking = kinds.missing(found) if found.status is ForumState.DRAFT else []
    department = known.departments.get(found.department_id or 0)
    mine = allowed(FORUMS, official, kinds.table(found.kind)[found.status], rights.FORUM, found)
    context = {
        "forum": found,
        "kind": KINDS[found.kind],
        "state": FORUM_STATES[found.status],
        "moderation": MODERATION[found.moderation],
        "names": names,
        "lacking": [names[name] for name in lacking],
        "department": department.name(lang) if department else "",
        "district": known.district_name(found.district, lang) if found.district else "",
        "edits": may(official, found, ForumAction.EDIT),
        "forms": drawn(mine, f"{PAGE}/{found.slug}", found.version, lang, found),
        "files": await file_queries.of(forum_subject(found.slug)),
        "chapters": chapter_lines(found.chapters),
        "history": await history.of_forum(found.slug),
        "said": await history.said(found.slug, found.status, proposed=found.slug.startswith("proposal-")),
        "needed": web.site(request).settings.forum_supports,
    }
    return web.page(request, "desk/forums/forum.html", context)


async def new(request: Request) -> Response:
    """``/desk/forums/new``: choose a kind; with ``kind``, the form of that kind."""
    official = auth.official(request, Permission.PLAN_FORUMS)
    kind = Parameters(request.query_params).choice("kind", KINDS)
    if not kind:
        return web.page(request, "desk/forums/kinds.html", {"kinds": KINDS})
    if request.method == "GET":
        return await _form_page(request, kind, None, ReturnedForm(values={"press": secrets.token_urlsafe(12)}))

    async def save(command: PlanForum, form: FormData, files: Sequence[StoredFile]) -> str:
        return await planning.plan(official, command, files, key=str(form.get("press") or ""))

    return await _save(request, kind, None, save, _("The draft has been saved. Only officials can see it."))


async def edit(request: Request) -> Response:
    """``/desk/forums/{slug}/edit``."""
    official = auth.official(request, Permission.PLAN_FORUMS)
    found = await read(request.path_params["slug"], official)
    if not may(official, found, ForumAction.EDIT):
        raise Forbidden(_("This forum can no longer be changed."), code="forum_not_editable")
    if request.method == "GET":
        return await _form_page(request, found.kind, found, ReturnedForm(values=_values(found)))

    async def save(command: PlanForum, form: FormData, files: Sequence[StoredFile]) -> str:
        there, gone = await file_queries.of(forum_subject(found.slug)), form.getlist("gone")
        remove = {row.id for row in there if str(row.id) in gone}
        await planning.edit(official, found.slug, command, seen(form), add=files, remove=remove)
        return found.slug

    return await _save(request, found.kind, found, save, _("Saved."))


Save = Callable[[PlanForum, FormData, Sequence[StoredFile]], Awaitable[str]]


async def _save(request: Request, kind: str, found: ForumView | None, save: Save, done: Text) -> Response:
    """Save the form and its files, and show the forum; or show the form again with all errors."""
    form, settings = await web.read_form(request, files=uploads.PARTS), web.site(request).settings
    files, errors = await uploads.receive(form, request.app.state.store, settings)
    language, district = (found.language, found.district) if found else (settings.language, "")
    try:
        command = PlanForum.parse(kind, form, await city(), language, kept=district, wrong=errors)
        slug = await save(command, form, files)
    except (Invalid, ChangedMeanwhile) as refusal:
        kept = replace(returned(request, form, refusal), files=uploads.shown(settings, files))
        return await _form_page(request, kind, found, kept)
    return web.redirect(request, f"{PAGE}/{slug}", done)


def _values(found: ForumView) -> dict[str, str]:
    names = ("title", "summary", "body", "district", "place", "link", "moderation")
    moments = ("starts_at", "ends_at", "speaks_from", "speaks_until")
    return {
        **{name: getattr(found, name) for name in names},
        **{name: moment_value(getattr(found, name)) for name in moments},
        "department": str(found.department_id or ""),
        "panel": "\n".join(found.panel),
        "chapters": chapter_lines(found.chapters),
    }


async def _form_page(request: Request, kind: str, found: ForumView | None, kept: ReturnedForm) -> Response:
    values, refusal = kept.values, kept.refusal
    lang, known = web.language(request), await city()
    choices = {
        "department": departments(known, lang),
        "district": known.district_choices(lang, found.district if found else ""),
        "moderation": named(MODERATION, lang),
    }
    conflict = refusal if isinstance(refusal, ChangedMeanwhile) else None
    kept_version = found.version if found and (conflict or refusal is None) else seen(values)
    announced = found is not None and found.status is not ForumState.DRAFT
    form = PLANS[kind]
    fields = [form.field(name) for name in kinds.FIELDS[kind]]
    context = {
        "forum": found,
        "form": form,
        "kind": kind,
        "kind_name": KINDS[kind],
        "version": kept_version,
        "fields": kinds.FIELDS[kind],
        "needed": kinds.NEEDED[kind],
        "days_after": kinds.AFTER[kind].days,
        "announced": announced,
        "values": {
            **{name: values.get(name) or "" for name in (*kinds.FIELDS[kind], "press")},
            "moderation": values.get("moderation") or "after",
        },
        "choices": choices,
        "errors": kept.errors,
        "meanwhile": await meanwhile(conflict, fields, _values(found), values, View(lang, choices, {}))
        if conflict and found
        else None,
        "files": await file_queries.of(forum_subject(found.slug)) if found else [],
        "gone": {str(one) for one in values.getlist("gone")} if hasattr(values, "getlist") else set(),
        "carried": kept.files,
    }
    return web.page(request, "desk/forums/form.html", context, status=kept.status)


routes = [
    Route(PAGE, index),
    Route(f"{PAGE}/new", new, methods=["GET", "POST"]),
    Route(f"{PAGE}/{{slug}}", one),
    Route(f"{PAGE}/{{slug}}/edit", edit, methods=["GET", "POST"]),
]
