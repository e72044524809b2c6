"""Maintenance pages: waiting and failed jobs, and the audit trail of settings.

Neither shows payloads or any people other than officials: payloads, keys and error messages can contain addresses of
petitioners, so only the class of an error is shown.
"""

from dataclasses import replace
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.desk_settings import TABLES
from petitions.desk_settings.calendar import CALENDAR
from petitions.permissions import Permission
from server.core import accounts, auth, districts, i18n, ledger, outbox, web
from server.core.accounts import CorePermission, names, official_id
from server.core.errors import Forbidden, NotFound, Text, _
from server.core.ledger import Entry
from server.core.listing import Order, cut
from server.core.sessions import SIGN_INS
from server.people import ACCOUNTS
from tracking.visits.actions import rosters
from tracking.visits.desk import places

JOBS, AUDIT = "/desk/jobs", "/desk/audit"
SHOWN = 50
CAP = 1_000
NEWEST_FIRST = Order({"id": int}, descending=True)

CHAINS: dict[str, accounts.Permission] = {
    **{table.chain: table.permission for table in (*TABLES, *places.TABLES, ACCOUNTS)},
    districts.SUBJECT: CorePermission.EDIT_DEPARTMENTS,
    CALENDAR: CorePermission.EDIT_CALENDAR,
    SIGN_INS: CorePermission.EDIT_PEOPLE,
}
"""The permission to change a kind of setting is also required to read its audit trail."""

WHAT: dict[str, Text] = {
    **{table.what: table.trail for table in (*TABLES, *places.TABLES, ACCOUNTS)},
    "districts": _("The districts' map (%(id)s)"),
    rosters.ROSTER: _("Roster of office %(id)s"),
}
HOW: dict[str, Text] = {
    "added": _("added"),
    "changed": _("changed"),
    "moved": _("moved in the order"),
    "switched_on": _("turned on"),
    "switched_off": _("turned off"),
    "deleted": _("deleted"),
    "undone": _("restored"),
    "role_changed": _("changed, with another role"),
    "password_reset": _("new password set"),
    "totp_reset": _("two-step verification removed"),
    "signed_in": _("signed in"),
    "signed_out": _("signed out"),
    "token_made": _("signed in by a program"),
    "password_changed": _("own password changed"),
    "totp_on": _("two-step verification set up"),
    "totp_off": _("two-step verification turned off"),
    "session_ended": _("other sessions ended"),
    "code_made": _("new code for enrolment"),
    "enrolled": _("enrolled"),
    "absence_added": _("absence added"),
    "absence_removed": _("absence removed"),
    rosters.ENTERED: _("a week entered"),
    rosters.COPIED: _("a week copied to the next weeks"),
    rosters.TAKEN_BACK: _("what was entered or copied taken back"),
}


async def show_jobs(request: Request) -> Response:
    """``/desk/jobs``: failed jobs (dead letters), newest first, and the jobs due next."""
    auth.official(request, CorePermission.SEE_JOBS)
    (before,) = _start(request) or (ledger.END,)
    dead = cut(await outbox.dead_letters(before, SHOWN + 1), SHOWN, "id")
    context = {
        "dead": [_shown(line) for line in dead.rows],
        "older": f"{JOBS}?before={dead.after}" if dead.after else "",
        "waiting": [_shown(line) for line in await outbox.waiting(SHOWN)],
        "counts": await outbox.counts(CAP),
        "cap": CAP,
    }
    return web.page(request, "desk/settings/jobs.html", context)


def _start(request: Request) -> tuple[int, ...]:
    return NEWEST_FIRST.start(request.query_params.get("before", ""))


def _shown(line: outbox.Line) -> outbox.Line:
    return replace(line, error=error_class(line.error))


def error_class(text: str) -> str:
    """The class of a recorded error without its message: ``smtplib.SMTPServerDisconnected``."""
    name = text.partition(":")[0].strip()
    return name if name.isascii() and name.replace(".", "").replace("_", "").isalnum() else ""


async def retry(request: Request) -> Response:
    """``POST /desk/jobs/{id}/retry``. Raises ``NotFound`` if the job is no longer a dead letter."""
    auth.official(request, CorePermission.SEE_JOBS)
    wanted = request.path_params["id"]
    key = await outbox.key_of(wanted) if wanted < ledger.END else None
    if key is None or not await outbox.retry_dead(key):
        raise NotFound
    return web.redirect(request, JOBS, _("The job will be retried."))


async def retry_all(request: Request) -> Response:
    """``POST /desk/jobs/retry``: retry every dead letter, for example after an outage."""
    auth.official(request, CorePermission.SEE_JOBS)
    count = await outbox.retry_dead()
    return web.redirect(request, JOBS, _("Jobs to be retried: %(count)s.", count=count))


async def show_audit(request: Request) -> Response:
    """``/desk/audit``: who changed which setting when, newest first, for the settings that the reader may change."""
    official = auth.official(request)
    if not (official.may(CorePermission.EDIT_PEOPLE) or official.may(Permission.EDIT_RULES)):
        raise Forbidden
    start = _start(request)
    sign_ins = request.query_params.get("of") == "sign-ins" and official.may(CHAINS[SIGN_INS])
    chains = [
        subject
        for subject, permission in CHAINS.items()
        if official.may(permission) and (subject == SIGN_INS) == sign_ins
    ]
    here = f"{AUDIT}?of=sign-ins" if sign_ins else AUDIT
    before = start[0] if start else ledger.END
    page = cut(await ledger.newest(chains, before_id=before, limit=SHOWN + 1), SHOWN, "id")
    known = await names(number for entry in page.rows for number in _people(entry))
    context = {
        "lines": [(entry.occurred_at, _words(request, entry, known), _who(entry, known)) for entry in page.rows],
        "older": f"{here}{'&' if sign_ins else '?'}before={page.after}" if page.after else "",
        "newer": here if start else "",
        "sign_ins": sign_ins if official.may(CHAINS[SIGN_INS]) else None,
    }
    return web.page(request, "desk/settings/audit.html", context)


def _people(entry: Entry) -> list[int]:
    """The ids of accounts in an event."""
    about = entry.data["id"] if entry.data.get("what") == "account" else None
    return [number for number in (official_id(entry.actor), about) if number]


def _who(entry: Entry, known: dict[int, str]) -> str:
    return known.get(official_id(entry.actor) or 0, entry.actor)


def _words(request: Request, entry: Entry, known: dict[int, str]) -> str:
    lang, data = web.language(request), entry.data
    if entry.subject == CALENDAR:
        day = i18n.date_text(date.fromisoformat(data["day"]), lang)
        if data["what"] == "-":
            return i18n.translate(lang, _("Holiday on %(day)s removed", day=day))
        return i18n.translate(lang, _("Calendar from %(day)s: %(what)s", day=day, what=data["what"]))
    what = i18n.translate(lang, Text(WHAT[data["what"]].msgid, {"id": data["id"]}))
    name = f" ({known[data['id']]})" if data["what"] == "account" and data["id"] in known else ""
    return f"{what}{name}: {i18n.translate(lang, HOW[data['how']])}"


routes = [
    Route(JOBS, show_jobs),
    Route(f"{JOBS}/retry", retry_all, methods=["POST"]),
    Route(f"{JOBS}/{{id:int}}/retry", retry, methods=["POST"]),
    Route(AUDIT, show_audit),
]
