"""Citizens' pages of moderation: the rules and their figures, reporting a text, appealing against a hiding.

Anybody can report, without an account and without scripts. A browser without a participant gets a random cookie, so
that it counts once for each text; one that refuses cookies is identified by its hashed address.
"""

import hmac
import secrets

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.actions import moderating
from forums.errors import NoSuchText
from forums.forms.moderating import AppealHiding, ReportText
from forums.guidelines import GUIDELINES
from forums.labels import RULES
from forums.queries import moderation, texts
from forums.queries.texts import Spoken
from forums.routes import context
from server.core import auth, privacy, web
from server.core.days import today
from server.core.errors import _
from server.core.form_pages import ReturnedForm, form_page
from server.core.i18n import translate
from server.core.participants.confirming import need_person
from server.core.participants.people import Person, person_of
from server.core.security import Rate, network
from server.core.signing import sign, unsign

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


async def _ask_why(request: Request, back: ReturnedForm) -> Response:
    """``/forums/report/{sort}/{name}``: the form for reporting that a text breaks a rule."""
    text = await _reportable(request)
    language = web.language(request)
    shown = {
        "text": text,
        "excerpt": privacy.mask(text.text),
        "title": privacy.mask(text.title),
        "options": [(rule, translate(language, RULES[rule]), translate(language, GUIDELINES[rule].explained))
                    for rule in RULES],
        "form": ReportText,
    }  # fmt: skip
    response = await context.page(request, "forums/report.html", shown, back)
    if not request.cookies.get(MARK):
        settings = web.site(request).settings
        response.set_cookie(
            MARK, sign(settings, MARK, secrets.token_hex(12)), max_age=web.YEAR, httponly=True, samesite="lax",
            secure=settings.public_url.startswith("https://"),
        )  # fmt: skip
    return response


async def _report(request: Request, form: FormData) -> Response:
    """Report the text. Raises ``TooMany``."""
    text, command = await _reportable(request), ReportText.parse(form)
    client = network(request.scope)
    auth.limit(request, f"report:{client}", REPORTS)
    await moderating.report(await _reporter(request, client), text.subject, command)
    return web.redirect(request, f"{THANKS}?of={text.subject}")


async def _reportable(request: Request) -> Spoken:
    """The text in the address. Raises ``NoSuchText`` if readers cannot see it."""
    text = await _text(request)
    if not text.counted:
        raise NoSuchText
    return text


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


async def _own(request: Request) -> tuple[Person, Spoken]:
    """The author and their text. Raises ``NotAnAction``, and ``NoSuchText`` if it is not the reader's own."""
    person = await need_person(request)
    text = await _text(request)
    if text.participant_id != person.id:
        raise NoSuchText
    return person, text


async def _hidden(request: Request, back: ReturnedForm) -> Response:
    """``/forums/appeal/{sort}/{name}``: for the author of a hidden text: why it is, and the form of an appeal."""
    _person, text = await _own(request)
    shown = {
        "text": text,
        "appeal": await moderation.appeal(text.subject),
        "history": await moderation.history(text.subject),
        "form": AppealHiding,
    }
    return await context.page(request, "forums/appeal.html", shown, back)


async def _appeal(request: Request, form: FormData) -> Response:
    """Ask for another moderator's decision."""
    person, text = await _own(request)
    command, stands = AppealHiding.parse(form), await moderation.appeal(text.subject)
    if not (stands and stands.words == command.text):  # sent twice, it is stored once
        await moderating.appeal(person, text.subject, command)
    notice = _(
        "Your appeal has been sent to the moderators. You will receive an email when another moderator has decided."
    )
    return web.redirect(request, request.url.path, notice)


async def _text(request: Request) -> Spoken:
    return await texts.one(f"{request.path_params['sort']}/{request.path_params['name']}")


routes = [
    Route("/forums/rules", rules),
    Route(THANKS, thanks),
    form_page("/forums/report/{sort}/{name}", _ask_why, _report),
    form_page("/forums/appeal/{sort}/{name}", _hidden, _appeal),
]
