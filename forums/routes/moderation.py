"""Citizens' pages of moderation: the rules and their figures, reporting a text, appealing against a hiding.

Anybody can report, without an account and without scripts. A browser without a participant gets a random cookie, so
that it counts once for each text; one that refuses cookies is identified by its hashed address.
"""

import hmac
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import moderating
from forums.errors import NoSuchText
from forums.forms.moderating import APPEAL_LIMIT, REPORT_LIMIT, AppealHiding, ReportText
from forums.guidelines import GUIDELINES
from forums.labels import RULES
from forums.queries import moderation, texts
from forums.queries.texts import Spoken
from server.core import auth, privacy, web
from server.core.days import today
from server.core.errors import Invalid, _
from server.core.i18n import translate
from server.core.participants.confirming import need_person
from server.core.participants.people import person_of
from server.core.security import Rate, sign, unsign

REPORTS = Rate(6, 10)
"""How often one client may report."""
MARK = "reader"
THANKS = "/forums/report/thanks"


async def rules(request: Request) -> Response:
    """``/forums/rules``: each rule, what happens when it is broken, how to appeal, and the figures."""
    year, total = await moderation.figures(today())
    return web.page(
        request, "forums/rules.html", {"rules": RULES, "guidelines": GUIDELINES, "year": year, "total": total}
    )


async def report(request: Request) -> Response:
    """``/forums/report/{sort}/{name}``: report that a text breaks a rule. Raises ``NoSuchText`` and ``TooMany``."""
    text = await _text(request)
    if not text.counted:
        raise NoSuchText
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = await web.read_form(request)
        values = {name: str(form.get(name, "")) for name in ("rule", "text")}
        try:
            command = ReportText.parse(values)
        except Invalid as error:
            errors = web.field_errors(web.language(request), error.errors)
        else:
            client = request.client.host if request.client else "?"
            auth.limit(request, f"report:{client}", REPORTS)
            await moderating.report(await _reporter(request, client), text.subject, command)
            return web.redirect(request, f"{THANKS}?of={text.subject}")
    language = web.language(request)
    context = {
        "text": text,
        "excerpt": privacy.mask(text.text),
        "title": privacy.mask(text.title),
        "options": [(rule, translate(language, RULES[rule]), translate(language, GUIDELINES[rule].explained))
                    for rule in RULES],
        "values": values,
        "errors": errors,
        "limit": REPORT_LIMIT,
    }  # fmt: skip
    response = web.page(request, "forums/report.html", context, status=422 if errors else 200)
    if not request.cookies.get(MARK):
        settings = web.site(request).settings
        response.set_cookie(
            MARK, sign(settings, MARK, secrets.token_hex(12)), max_age=web.YEAR, httponly=True, samesite="lax",
            secure=settings.public_url.startswith("https://"),
        )  # fmt: skip
    return response


async def _reporter(request: Request, client: str) -> str:
    """A stable name for a reporter that reveals nothing else about them."""
    who = auth.reader(request)
    if who.official:
        return who.official.actor
    if person := await person_of(who):
        return person.actor
    settings = web.site(request).settings
    mark = unsign(settings, MARK, request.cookies.get(MARK, ""))
    kind, known = ("browser", str(mark)) if mark else ("address", client)
    return f"{kind}:{hmac.digest(settings.secret_key.encode(), f'report/{kind}/{known}'.encode(), 'sha256').hex()[:40]}"


async def thanks(request: Request) -> Response:
    """``/forums/report/thanks``: what happens next."""
    text = (await texts.spoken([request.query_params.get("of", "")])).values()
    return web.page(request, "forums/report_thanks.html", {"back": next((t.href for t in text if t.counted), "")})


async def appeal(request: Request) -> Response:
    """``/forums/appeal/{sort}/{name}``: the author of a hidden text asks for another moderator's decision.

    Raises ``NotAnAction``, and ``NoSuchText`` if the text is not the reader's own.
    """
    person = await need_person(request)
    text = await _text(request)
    if text.participant_id != person.id:
        raise NoSuchText
    stands = await moderation.appeal(text.subject)
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        form = await web.read_form(request)
        values = {"text": str(form.get("text", ""))}
        try:
            command = AppealHiding.parse(values)
        except Invalid as error:
            errors = web.field_errors(web.language(request), error.errors)
        else:
            if not (stands and stands.words == command.text):  # sent twice, it is stored once
                await moderating.appeal(person, text.subject, command)
            notice = _(
                "Your appeal has been sent to the moderators. You will receive an email when another moderator has "
                "decided."
            )
            return web.redirect(request, request.url.path, notice)
    context = {
        "text": text, "appeal": stands, "history": await moderation.history(text.subject), "values": values,
        "errors": errors, "limit": APPEAL_LIMIT,
    }  # fmt: skip
    return web.page(request, "forums/appeal.html", context, status=422 if errors else 200)


async def _text(request: Request) -> Spoken:
    return await texts.one(f"{request.path_params['sort']}/{request.path_params['name']}")


routes = [
    Route("/forums/rules", rules),
    Route(THANKS, thanks),
    Route("/forums/report/{sort}/{name}", report, methods=["GET", "POST"]),
    Route("/forums/appeal/{sort}/{name}", appeal, methods=["GET", "POST"]),
]
