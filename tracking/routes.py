"""Pages for following a case: number and key, own cases, a link by email, the case itself, mail preferences."""

from secrets import token_hex

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions.access import shown
from petitions.clock_words import clock_words
from petitions.errors import NoSuchCase
from petitions.letters import GUESSED_JOB, MAILBOX_JOB
from petitions.mail_links import MAILBOX_MINUTES, read_case_link, read_mailbox_link, read_text_token
from petitions.queries import cases, following
from petitions.queries.cases import Credentials, Level
from petitions.reference import reference
from petitions.rights import subject
from server.core import auth, clock, guesses, jobs, kept, page_cache, web
from server.core.errors import BadRequest, FieldError, Invalid, NotFound, _
from server.core.form_pages import ReturnedForm, form_page
from server.core.notify import correspondence, mailbox
from server.core.security import Rate, network
from tracking import pages, stream
from tracking.forms import AskForLink, Follow, Wish

TRIES = Rate(20, 10)
"""Attempts to open a case, by address and by case: allows for typing errors but not for guessing."""
LINKS = Rate(6, 3)
WRONG = _("The case number and the key do not match. Please check both; they are on your receipt.")
TOO_OLD = _("This link has expired or is incomplete. Enter the case number and key, or let us send you a new link.")


# --- finding a case -----------------------------------------------------------------------------------------


async def follow(request: Request) -> Response:
    """``GET /cases``: the form for number and key, and the cases that this browser has opened before.

    ``reference``: the number to fill in, as receipts link here; leads to the case if this browser may see it.
    """
    asked = request.query_params.get("reference", "")[:80]
    if asked and (number := await _opened_before(request, asked)):
        return web.redirect(request, kept.address(request.query_params.get("kept")) or f"/cases/{number}")
    return await _follow_page(request, {"reference": asked})


async def _opened_before(request: Request, asked: str) -> str:
    """The number of a case that this reader sees as a party; empty if there is none."""
    try:
        number, level = await following.access_level(asked, shown(request))
    except NoSuchCase:
        return ""
    return number if level >= Level.PARTY else ""


async def _follow_page(
    request: Request, values: dict[str, str] | None = None, errors: list[FieldError] | None = None
) -> Response:
    who, lang = auth.reader(request), web.language(request)
    own = [] if who.official else await following.own_cases(who.cases, who.email)
    calendar = (await reference()).calendar
    context = {
        "kept": kept.address((values or {}).get("kept") or request.query_params.get("kept")).rpartition("/")[2],
        "own": [(case, clock_words(case, calendar, clock.now(), lang)) for case in own],
        "email": who.email,
        "form": Follow,
        "values": values or {},
        "errors": web.field_errors(lang, errors or []),
    }
    return web.page(request, "cases/follow.html", context, status=422 if errors else 200)


async def open_with_key(request: Request) -> Response:
    """``POST /cases``: open a case in this browser. The error does not say whether the number or the key was wrong."""
    form = await web.read_form(request)
    auth.limit(request, f"follow:{network(request.scope)}", TRIES)
    try:
        command = Follow.parse(form)
        guess = await guesses.begin(request, "follow", command.reference)
        number = await _number(command, guess)
    except Invalid as error:
        typed = {"reference": str(form.get("reference", ""))[:80], "kept": str(form.get("kept", ""))}
        return await _follow_page(request, typed, error.errors)
    if auth.reader(request).official:
        raise BadRequest(_("Sign out of the desk before you open a case with its key."), code="official_with_key")
    response = web.redirect(request, kept.address(form.get("kept")) or f"/cases/{number}")
    await guess.right(request, response)
    await auth.open_case(request, response, number)
    return response


async def _number(command: Follow, guess: guesses.Guess) -> str:
    """The number of the case that number and key open. Raises ``Invalid`` if there is none."""
    try:
        number, level = await following.access_level(command.reference, Credentials(key=command.key))
    except NoSuchCase:
        level = Level.NONE
    if level < Level.PARTY:
        if guess.to_be_told:  # whether there is such a case is looked up later: the answer takes as long for both
            key = f"guessed:{command.reference}:{clock.now().date().isoformat()}"
            await jobs.enqueue((key, GUESSED_JOB, {"case": command.reference}))
        raise Invalid.at("", WRONG)
    return number


async def forget(request: Request) -> Response:
    """``POST /cases/forget``: close every case that this browser has opened."""
    response = web.redirect(
        request, "/cases", notice=_("Closed. The next person to use this browser cannot see your cases.")
    )
    kept.forget(response)  # a receipt with its key, and what was typed and not sent
    if auth.reader(request).official is None:
        await auth.sign_out(request, response)
    return response


async def open_link(request: Request) -> Response:
    """``GET /cases/open/{token}``: open the case that a notice links to."""
    return await _open(request, read_case_link(web.site(request).settings, request.path_params["token"]))


async def open_text_link(request: Request) -> Response:
    """``GET /c/{token}``: the same for a text message."""
    return await _open(request, read_text_token(web.site(request).settings, request.path_params["token"]))


async def _open(request: Request, number: str | None) -> Response:
    if number is None:
        return web.redirect(request, "/cases", notice=TOO_OLD)
    response = web.redirect(request, f"/cases/{number}")
    who = auth.reader(request)
    if number not in who.cases and request.method == "GET":
        await auth.open_case(request, response, number)
    return response


# --- a link by email ----------------------------------------------------------------------------------------


async def _link_page(request: Request, back: ReturnedForm) -> Response:
    context = {
        "form": AskForLink,
        "values": {"email": str(back.value("email"))[:254]},
        "errors": back.errors,
        "minutes": MAILBOX_MINUTES,
    }
    return web.page(request, "cases/link.html", context, status=back.status)


async def ask_for_link(request: Request, form: FormData) -> Response:
    """``/cases/link``: send a link to an address; the response is the same whether or not it has cases."""
    email = AskForLink.parse(form).email
    auth.limit(request, f"link:{network(request.scope)}", LINKS)
    auth.limit(request, f"link:{email.lower()}", LINKS)
    payload = {"mailbox": await following.newest_of(email), "language": web.language(request)}
    await jobs.enqueue((f"mailbox:{token_hex(16)}", MAILBOX_JOB, payload))
    notice = _("If there are cases with this address, we will send it a link. It works for %(minutes)s minutes.",
               minutes=MAILBOX_MINUTES)  # fmt: skip
    return web.redirect(request, "/cases/link", notice=notice)


async def open_mailbox(request: Request) -> Response:
    """``/cases/link/{token}``: open all cases of the address. Asks for a click, because mail scanners follow links."""
    number = read_mailbox_link(web.site(request).settings, request.path_params["token"])
    email = await following.address_of(number) if number else ""
    if not email:
        return web.redirect(request, "/cases/link", notice=TOO_OLD)
    if request.method != "POST":
        return web.page(request, "cases/mailbox.html", {"email": email})
    response = web.redirect(request, "/cases")
    await auth.open_mailbox(request, response, email)
    return response


async def wishes(request: Request) -> Response:
    """``/mail/{token}``: the mail preference of an address; also one-click unsubscribe (RFC 8058)."""
    name = mailbox.read_wishes_link(web.site(request).settings, request.path_params["token"])
    email = await correspondence.address_of(request.app.state.correspondents, name) if name else ""
    if not email:
        raise NotFound
    if request.method != "POST":
        return web.page(request, "cases/wishes.html", {"email": email, "mode": await mailbox.mode_of(email)})
    form = await web.read_form(request)
    if mailbox.one_click(form):
        await mailbox.set_mode(email, mailbox.Mode.REQUIRED)
        return web.page(request, "cases/wishes.html", {"email": email, "mode": mailbox.Mode.REQUIRED})
    await mailbox.set_mode(email, mailbox.Mode(Wish.parse(form).mode))
    return web.redirect(request, request.url.path, notice=_("Saved. We will write to you as you wish."))


# --- the case -----------------------------------------------------------------------------------------------


@page_cache.kept("before", own=True)
async def case(request: Request) -> Response:
    """``/cases/{reference}``: the case and its timeline, limited to what the reader may see."""
    view = await cases.view(request.path_params["reference"], shown(request))
    if view.reference != request.path_params["reference"]:
        return web.redirect(request, f"/cases/{view.reference}")
    language, soon = web.language(request), clock.now() + page_cache.UNCHANGED
    context = await pages.case_context(view, language, request.query_params.get("before", ""))
    page_cache.shows(request, subject(view.reference), view.version)
    calendar = view.reference_data.calendar
    if view.level is Level.PARTY and clock_words(view, calendar, soon, language) != context["clock"]:
        page_cache.changes_soon(request)
    return web.page(request, "cases/case.html", context)


routes = [
    Route("/cases", follow),
    Route("/cases", open_with_key, methods=["POST"]),
    Route("/cases/forget", forget, methods=["POST"]),
    form_page("/cases/link", _link_page, ask_for_link),
    Route("/cases/link/{token}", open_mailbox, methods=["GET", "POST"]),
    Route("/cases/open/{token}", open_link),
    Route("/c/{token}", open_text_link),
    Route("/mail/{token}", wishes, methods=["GET", "POST"]),
    Route("/cases/{reference}", case),
    *stream.routes,
]
