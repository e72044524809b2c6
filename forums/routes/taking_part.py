"""Pages of whoever takes part: confirming a mail address, links from mails, what one said and registered for."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import acting, doors
from forums.errors import NotAPart
from forums.forms.who import read_name
from forums.labels import AGE_BANDS, REGISTRATIONS
from forums.people import person_of, said_of_themselves, say_of_themselves, take_name
from forums.queries import registrations, voices
from forums.routes import context, speaking
from server.core import auth, city, database, i18n, web
from server.core.errors import BadRequest, FieldError, Invalid, Text, _
from server.core.fields import Input

TOO_OLD = _("This link was opened before, or it is too old. What it handed in stands under your voices.")
DESK = _("Sign out of the desk before you open a citizen's link.")
EXCERPT = 2_000


async def look(request: Request) -> Response:
    """``GET /forums/confirm``: what was written waits; look into your mails."""
    return web.page(request, "forums/confirm.html", {"kept": None, "hours": doors.CONFIRM_HOURS, "errors": {}})


async def confirm(request: Request) -> Response:
    """``/forums/confirm/{token}``: what will be done; one press does it. Programs that look into mails do not press."""
    if auth.reader(request).official:
        raise BadRequest(DESK)
    token = request.path_params["token"]
    kept = await doors.waiting(token)
    if kept is None:
        return web.redirect(request, "/forums/mine", notice=TOO_OLD)
    if request.method != "POST":
        return _asked(request, kept)
    try:
        async with database.transaction():
            taken = await doors.waiting(token, take=True)
            if taken is None:
                return web.redirect(request, "/forums/mine", notice=TOO_OLD)
            address, done = await acting.confirm(taken)
    except Invalid as error:  # the forum or the text changed what is possible: everything is still there
        return _asked(request, kept, error.errors)
    response = web.redirect(request, address, notice=done)
    await auth.open_mailbox(request, response, kept.email)
    return response


def _asked(request: Request, kept: doors.Waiting, errors: Sequence[FieldError] = ()) -> Response:
    content: dict[str, Any] = kept.content["content"]
    lang = web.language(request)
    shown = {
        "what": i18n.translate(lang, Text(kept.content["what"])),
        "name": kept.content["name"],
        "title": str(content.get("title") or ""),
        "text": str(content.get("text") or "")[:EXCERPT],
    }
    # The fields are on another page: what is wrong with them is said without a link to them.
    wrong = {"": " ".join(i18n.translate(lang, error.text) for error in errors)} if errors else {}
    context = {"kept": shown, "hours": doors.CONFIRM_HOURS, "errors": wrong}
    return web.page(request, "forums/confirm.html", context, status=422 if errors else 200)


async def open_link(request: Request) -> Response:
    """``GET /forums/open/{token}``: the link of a mail opens a page for whom it was written to."""
    found = doors.read_person_link(web.site(request).settings, request.path_params["token"])
    if found is None:
        return web.redirect(request, "/forums/mine", notice=TOO_OLD)
    participant, path = found
    response = web.redirect(request, path)
    who = auth.reader(request)
    person = await person_of(who)
    if who.official is None and request.method == "GET" and (person is None or person.id != participant):
        await auth.open_speech(request, response, participant)
    return response


async def mine(request: Request) -> Response:
    """``GET /forums/mine``: my voices and registrations, and what became of them."""
    return await _mine(request, {})


async def _mine(request: Request, values: Mapping[str, Any], invalid: Invalid | None = None) -> Response:
    form = await context.form(request, values, invalid)
    shown: dict[str, object] = {**form, **speaking.LABELS, "hours": doors.CONFIRM_HOURS}
    person = form["person"]
    if person is not None:
        shown["voices"] = await voices.of_person(person, request.query_params.get("before", ""))
        shown["registrations"] = await registrations.of_person(person, request.query_params.get("dates", ""))
        shown["registration_states"] = REGISTRATIONS
        lang, known = web.language(request), await city.city()
        age_band, district = await said_of_themselves(person.id)
        shown["about"] = {"age_band": age_band, "district": district}
        shown["age_bands"] = [(value, i18n.translate(lang, words)) for value, words in AGE_BANDS.items()]
        shown["districts"] = known.district_choices(lang, district)
    return web.page(request, "forums/mine.html", shown, status=422 if invalid else 200)


async def enter(request: Request) -> Response:
    """``POST /forums/mine``: a link by mail; the answer is the same whether or not the address has said anything."""
    form = await web.read_form(request)
    data = Input(form)
    email = data.email("email", required=True).lower()
    try:
        data.done()
        await acting.ask_to_enter(request, email, "/forums/mine")
    except Invalid as invalid:
        return await _mine(request, form, invalid)
    return web.redirect(request, acting.CONFIRM_PAGE)


async def rename(request: Request) -> Response:
    """``POST /forums/mine/name``: choose or change the display name."""
    reader = auth.reader(request)
    person = await person_of(reader)
    if person is None and not reader.email:
        raise NotAPart
    form = await web.read_form(request)
    data = Input(form)
    name = await read_name(data, "name", web.site(request).city.names.values())
    try:
        data.done()
    except Invalid as invalid:
        return await _mine(request, form, invalid)
    await take_name(person.email if person else reader.email, name, web.language(request))
    return web.redirect(request, "/forums/mine", notice=_("From now on you speak as %(name)s.", name=name))


async def about(request: Request) -> Response:
    """``POST /forums/mine/about``: age band and district of residence, which nobody has to say."""
    person = await acting.need_person(request)
    form = await web.read_form(request)
    data = Input(form)
    age_band = data.choice("age_band", tuple(AGE_BANDS))
    known, (_age, kept) = await city.city(), await said_of_themselves(person.id)
    district = data.choice("district", dict(known.district_choices(web.language(request), kept)))
    try:
        data.done()
    except Invalid as invalid:
        return await _mine(request, form, invalid)
    await say_of_themselves(person.id, age_band, district)
    return web.redirect(request, "/forums/mine", notice=_("Saved. It appears in figures only, never with your name."))


async def leave(request: Request) -> Response:
    """``POST /forums/mine/leave``: whoever uses this browser next is nobody."""
    response = web.redirect(request, "/forums/mine", notice=_("Whoever uses this browser next does not speak as you."))
    if auth.reader(request).official is None:
        await auth.sign_out(request, response)
    return response


routes = [
    Route("/forums/mine", mine),
    Route("/forums/mine", enter, methods=["POST"]),
    Route("/forums/mine/name", rename, methods=["POST"]),
    Route("/forums/mine/about", about, methods=["POST"]),
    Route("/forums/mine/leave", leave, methods=["POST"]),
    Route("/forums/confirm", look),
    Route("/forums/confirm/{token}", confirm, methods=["GET", "POST"]),
    Route("/forums/open/{token}", open_link),
]
