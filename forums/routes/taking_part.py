"""A participant's own pages: their submissions and registrations, display name, and details about themselves."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums.forms.speaking import AboutMe
from forums.labels import AGE_BANDS, REGISTRATIONS
from forums.queries import registrations, submissions
from forums.routes import context, speaking
from server.core import auth, city, i18n, web
from server.core.errors import Invalid, _
from server.core.participants import confirming, links
from server.core.participants.confirming import NotAnAction
from server.core.participants.people import person_of, said_of_themselves, say_of_themselves, take_name
from server.core.participants.who import Address, Named


async def mine(request: Request) -> Response:
    """``GET /forums/mine``: the reader's submissions and registrations with their outcomes."""
    return await _mine(request, {})


async def _mine(request: Request, values: Mapping[str, Any], invalid: Invalid | None = None) -> Response:
    form = await context.form(request, values, invalid)
    shown: dict[str, object] = {**form, **speaking.LABELS, "hours": links.CONFIRM_HOURS, "named": Named}
    person = form["person"]
    if person is not None:
        shown["submissions"] = await submissions.of_person(person, request.query_params.get("before", ""))
        shown["registrations"] = await registrations.of_person(person, request.query_params.get("dates", ""))
        shown["registration_states"] = REGISTRATIONS
        lang, known = web.language(request), await city.city()
        age_band, district = await said_of_themselves(person.id)
        shown["about"] = {"age_band": age_band, "district": district}
        shown["age_bands"] = [(value, i18n.translate(lang, words)) for value, words in AGE_BANDS.items()]
        shown["districts"] = known.district_choices(lang, district)
    return web.page(request, "forums/mine.html", shown, status=422 if invalid else 200)


async def enter(request: Request) -> Response:
    """``POST /forums/mine``: send a mail link; the answer does not reveal whether the address has taken part."""
    form = await web.read_form(request)
    try:
        await confirming.ask_to_enter(request, Address.parse(form).email, "/forums/mine")
    except Invalid as invalid:
        return await _mine(request, form, invalid)
    return web.redirect(request, links.CONFIRM_PAGE)


async def rename(request: Request) -> Response:
    """``POST /forums/mine/name``: choose or change the display name."""
    reader = auth.reader(request)
    person = await person_of(reader)
    if person is None and not reader.email:
        raise NotAnAction
    form = await web.read_form(request)
    chosen, errors = await Named.named(form, web.site(request).city.names.values())
    try:
        errors.done()
    except Invalid as invalid:
        return await _mine(request, form, invalid)
    await take_name(person.email if person else reader.email, chosen.name, web.language(request))
    return web.redirect(request, "/forums/mine", notice=_("From now on you take part as %(name)s.", name=chosen.name))


async def about(request: Request) -> Response:
    """``POST /forums/mine/about``: age band and district of residence, both optional."""
    person = await confirming.need_person(request)
    form = await web.read_form(request)
    known, (_age, kept) = await city.city(), await said_of_themselves(person.id)
    districts = dict(known.district_choices(web.language(request), kept))
    try:
        said = AboutMe.parse(form, choices={"district": districts.keys()})
    except Invalid as invalid:
        return await _mine(request, form, invalid)
    await say_of_themselves(person.id, said.age_band, said.district)
    return web.redirect(request, "/forums/mine", notice=_("Saved. It is used only in figures, never with your name."))


async def leave(request: Request) -> Response:
    """``POST /forums/mine/leave``: sign the participant out of this browser."""
    response = web.redirect(
        request, "/forums/mine", notice=_("The next person to use this browser cannot take part in your name.")
    )
    if auth.reader(request).official is None:
        await auth.sign_out(request, response)
    return response


routes = [
    Route("/forums/mine", mine),
    Route("/forums/mine", enter, methods=["POST"]),
    Route("/forums/mine/name", rename, methods=["POST"]),
    Route("/forums/mine/about", about, methods=["POST"]),
    Route("/forums/mine/leave", leave, methods=["POST"]),
]
