"""A participant's own pages: their submissions and registrations, display name, and details about themselves."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.forms.speaking import AboutMe
from forums.queries import sessions, submissions
from forums.routes import context
from server.core import auth, kept, web
from server.core.city import city
from server.core.errors import _
from server.core.form_pages import ReturnedForm, form_page
from server.core.participants import confirming, links
from server.core.participants.confirming import NotAnAction
from server.core.participants.people import person_of, said_of_themselves, say_of_themselves, take_name
from server.core.participants.who import Address, Named, Who

PAGE = "/forums/mine"


async def _mine(request: Request, back: ReturnedForm) -> Response:
    """``/forums/mine``: the reader's submissions and registrations with their outcomes."""
    person = await person_of(auth.reader(request))
    waiting = kept.address(back.value("kept") or request.query_params.get("kept"))
    if waiting and person is not None and not back.values:
        return web.redirect(request, waiting)
    shown: dict[str, object] = {"person": person, "hours": links.CONFIRM_HOURS, "named": Who}
    shown["kept"] = waiting.rpartition("/")[2]
    if person is not None:
        shown["submissions"] = await submissions.of_person(person, request.query_params.get("before", ""))
        shown["registrations"] = await sessions.registered(person, request.query_params.get("dates", ""))
        lang = web.language(request)
        age_band, district = await said_of_themselves(person.id)
        shown["about"] = {"age_band": age_band, "district": district}
        shown["about_form"] = AboutMe
        shown["districts"] = (await city()).district_choices(lang, district)
    return await context.page(request, "forums/mine.html", shown, back)


async def _enter(request: Request, form: FormData) -> Response:
    """Send a mail link; the answer does not reveal whether the address has taken part."""
    await confirming.ask_to_enter(request, Address.parse(form).email, kept.address(form.get("kept")) or PAGE)
    return web.redirect(request, links.CONFIRM_PAGE)


async def _rename(request: Request, form: FormData) -> Response:
    """Choose or change the display name."""
    reader = auth.reader(request)
    person = await person_of(reader)
    if person is None and not reader.email:
        raise NotAnAction
    chosen, errors = await Named.named(form, web.site(request).city.names.values())
    errors.done()
    await take_name(person.email if person else reader.email, chosen.name, web.language(request))
    return web.redirect(request, PAGE, notice=_("From now on you take part as %(name)s.", name=chosen.name))


async def _about(request: Request, form: FormData) -> Response:
    """Save age band and district of residence, both optional."""
    person = await confirming.need_person(request)
    _age, kept = await said_of_themselves(person.id)
    districts = dict((await city()).district_choices(web.language(request), kept))
    said = AboutMe.parse(form, choices={"district": districts.keys()})
    await say_of_themselves(person.id, said.age_band, said.district)
    return web.redirect(request, PAGE, notice=_("Saved. It is used only in figures, never with your name."))


async def leave(request: Request) -> Response:
    """``POST /forums/mine/leave``: sign the participant out of this browser."""
    notice = _("The next person to use this browser cannot take part in your name.")
    response = web.redirect(request, PAGE, notice=notice)
    if auth.reader(request).official is None:
        await auth.sign_out(request, response)
    return response


routes = [
    form_page(PAGE, _mine, _enter),
    form_page(f"{PAGE}/name", _mine, _rename, "POST"),
    form_page(f"{PAGE}/about", _mine, _about, "POST"),
    Route(f"{PAGE}/leave", leave, methods=["POST"]),
]
