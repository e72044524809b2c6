"""Filing a petition: one form in three sections, a page to check it and choose its kind, and the receipt.

The form is one document, so that the browser's back button returns to everything that was typed; a script shows it
section by section. What is complete is kept for this browser (``server.core.kept``) and checked and sent at an address
of its own; everything is validated again when it is sent. The receipt has an address, too, for a short time: it shows
the access key, which is derived from the form's own secret token and stored nowhere. Sending the same form again (a
double click, a reload) leads to the same receipt and creates nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from petitions import kinds, rules
from petitions.actions import intake
from petitions.actions.intake import Decided
from petitions.forms import TITLE_LIMIT, FilePetition, from_page, on_page
from petitions.hearing import hearing
from petitions.labels import CHANNELS, KINDS
from petitions.queries import alike, cases
from petitions.queries.cases import Credentials
from petitions.reference import Reference, all_guides, reference
from petitions.routes.drafts import Draft, filer, keep, new_page, opened, whose
from petitions.routes.reading import receipt_context
from petitions.routing import for_petitioner
from server.core import auth, clock, i18n, idempotency, kept, privacy, references, roles, uploads, web
from server.core.accounts import Official
from server.core.errors import FieldError, Invalid, Refusal, Text, _
from server.core.files import MAX_BYTES, MAX_FILES, StoredFile
from server.core.places import Place

CARRIED = 400
"""Characters of a text that a link brings to the form."""
TICKET_LENGTH = 16
"""Characters of the code of a visitor's ticket."""


async def blank(request: Request) -> Response:
    """``GET /petitions/new``. May be cached for the back button, because the empty form holds no personal data."""
    official, asked = filer(request), request.query_params
    start = {"language": web.language(request), "title": asked.get("title", "")[:TITLE_LIMIT]}
    if body := asked.get("body", "")[:CARRIED]:
        start["body"] = body
    if official and (ticket := asked.get("ticket", "")[:TICKET_LENGTH]):
        # Who sits at a counter is helped by its clerk, in the visitor's language.
        start |= {"ticket": ticket, "channel": "visit", "language": asked.get("language", "")}
    draft = Draft.read(start)
    return _form(request, await reference(), draft, official, fresh=True)


async def edit(request: Request) -> Response:
    """``GET /petitions/new/{kept}``: the form with what is kept, to change it."""
    official, found = filer(request), await opened(request)
    if isinstance(found, Response):
        return found
    draft, errors = found
    return _form(request, await reference(), draft, official, errors=errors)


async def submit(request: Request) -> Response:
    """``POST /petitions/new``, ``POST /petitions/new/{kept}``: keep what is complete and check it.

    It is kept under the same number if it was before.
    """
    official = filer(request)
    form = await web.read_form(request, files=uploads.PARTS)
    reference_data = await reference()
    draft = Draft.read(form)
    draft.number = request.path_params.get("kept", "")
    draft.files, errors = await uploads.receive(form, request.app.state.store, web.site(request).settings)
    try:
        _read(request, form, reference_data, errors, official)
        return await keep(request, draft, official)
    except (Invalid, kept.TooMuchKept) as error:
        return _form(request, reference_data, draft, official, errors=_errors(error))


def _errors(refusal: Refusal) -> list[FieldError]:
    return refusal.errors if isinstance(refusal, Invalid) else [FieldError("", refusal.text)]


def _read(
    request: Request,
    form: Mapping[str, Any],
    reference_data: Reference,
    errors: list[FieldError],
    official: Official | None,
) -> FilePetition:
    found = list(errors)
    try:
        language = web.language(request)
        petition = FilePetition.parse(from_page(form), reference_data, language=language, official=official is not None)
        if not form.get("kind"):
            guessed = {**form, "kind": kinds.guess(petition.title, petition.body).value}
            petition = FilePetition.parse(
                from_page(guessed), reference_data, language=language, official=official is not None
            )
    except Invalid as error:
        found = [*on_page(error.errors, form), *errors]
    if found:
        raise Invalid(found)
    return petition


def _page(
    request: Request, template: str, draft: Draft, official: Official | None, *, status: int = 200, **context: object
) -> HTMLResponse:
    settings = web.site(request).settings
    return web.page(
        request,
        template,
        {
            "layout": "desk/base.html" if official else "base.html",
            "desk": official is not None,
            "action": f"{new_page(request)}/{draft.number}" if draft.number else new_page(request),
            "values": draft.values,
            "submission": draft.submission,
            "files": uploads.shown(settings, draft.files),
            **context,
        },
        status=status,
    )


def _form(
    request: Request,
    reference_data: Reference,
    draft: Draft,
    official: Official | None,
    *,
    errors: list[FieldError] | None = None,
    fresh: bool = False,
) -> Response:
    lang = web.language(request)
    settings = web.site(request).settings
    response = _page(
        request,
        "petitions/new.html",
        draft,
        official,
        form=FilePetition,
        status=422 if errors else 200,
        errors=web.field_errors(lang, errors or []),
        fresh=fresh,
        channels=[(code, i18n.translate(lang, label)) for code, label in CHANNELS.items() if code != "web"],
        tongues=[(code, i18n.NAMES[code]) for code in settings.languages],
        centre=reference_data.centre,
        outlines=reference_data.named_outlines(lang),
        tiles=settings.tile_url,
        max_files=MAX_FILES,
        max_bytes=MAX_BYTES,
    )
    if fresh and official is None:
        # Not "no-store", because the browser would then lose the input on "back".
        response.headers["cache-control"] = "private, no-cache"
    return response


def _kind_options(lang: str) -> list[tuple[str, str, str]]:
    """The choices with their meaning and period; the first leaves the choice to the city."""
    found = [("", i18n.translate(lang, kinds.UNSURE[0]), i18n.translate(lang, kinds.UNSURE[1]))]
    for kind, (label, hint) in kinds.PLAIN.items():
        period = (
            _("The period is set for each procedure.")
            if kind is rules.Kind.STATUTORY
            else _("Answered within %(period)s.", period=kinds.period_text(rules.period(kind)))
        )
        words = f"{i18n.translate(lang, hint)} {i18n.translate(lang, period)}"
        found.append((kind.value, i18n.translate(lang, label), words))
    return found


def _period(lang: str, kind: rules.Kind, service: rules.Service) -> str:
    return i18n.translate(lang, kinds.period_text(rules.period(kind, service)))


async def check(request: Request) -> Response:
    """``GET /petitions/new/{kept}/check``: the input, what happens next, and personal numbers found in it."""
    official, found = filer(request), await opened(request)
    if isinstance(found, Response):
        return found
    draft, errors = found
    asked = request.query_params.get("kind", "")
    return await _checked(request, draft, errors, official, wanted=asked if asked in kinds.PLAIN else "")


async def _checked(
    request: Request,
    draft: Draft,
    lost: list[FieldError],
    official: Official | None,
    *,
    wanted: str = "",
    errors: Sequence[FieldError] = (),
) -> Response:
    """The page that checks; ``wanted`` is a kind chosen but not complete, ``errors`` what it lacks."""
    reference_data, lang = await reference(), web.language(request)
    try:
        petition = _read(request, draft.values, reference_data, lost, official)
    except Invalid as error:  # a file is gone, or the city's data has changed
        return _form(request, reference_data, draft, official, errors=error.errors)
    decided = intake.decide(petition, reference_data, await all_guides(), clock.now())
    return _page(
        request,
        "petitions/check.html",
        draft,
        official,
        petition=petition,
        form=FilePetition,
        status=422 if errors else 200,
        errors=web.field_errors(lang, errors),
        kind_given=bool(draft.values["kind"]),
        wanted=wanted,
        kinds=_kind_options(lang),
        services=[
            (code, f"{row.name(lang)} ({_period(lang, rules.Kind.STATUTORY, row.rule)})")
            for code, row in reference_data.services.items()
        ],
        channel=CHANNELS[petition.channel],
        numbers=_numbers(petition),
        place=reference_data.place_words(petition.location, web.language(request)),
        drawing=reference_data.drawn(petition.location),
        places=_photographed(request, reference_data, draft.files) if petition.location.lat is None else [],
        hearing=hearing(petition.petitioner.email, petition.petitioner.phone, tip=decided.kind is rules.Kind.REPORT),
        similar=() if official else await alike.answered(petition.title, petition.body),
        department_names=reference_data.department_names(lang),
        **await _expectation(request, reference_data, decided),
    )


def _photographed(
    request: Request, reference_data: Reference, sent: Sequence[StoredFile]
) -> list[tuple[StoredFile, str]]:
    """The photos taken in the city, and where."""
    placed = [(file, Place(*file.position)) for file in sent if file.position]
    return [
        (file, reference_data.place_words(place, web.language(request)))
        for file, place in placed
        if reference_data.district_of(place.lat, place.lng, "")
    ]


async def _expectation(request: Request, reference_data: Reference, decided: Decided) -> dict[str, Any]:
    """What the city would decide if the petition came now: kind, period, department, guide. Nothing is written."""
    lang = web.language(request)
    guide = await roles.card(decided.guide.id if decided.guide else None)
    service = reference_data.services.get(decided.service_code)
    return {
        "kind": kinds.PLAIN[decided.kind][0] if decided.kind in kinds.PLAIN else KINDS[decided.kind],
        "tip": decided.kind is rules.Kind.REPORT,
        "service": service.name(lang) if service else "",
        "documents": service.documents if service else (),
        "period": kinds.period_text(decided.period),
        "due": decided.due,
        "department": reference_data.department_name(decided.choice.department_id, lang),
        "because": for_petitioner(decided.choice.because),
        "guide": guide,
        "guide_because": decided.guidance.because,
        "guide_department": reference_data.department_name(guide.department_id, lang) if guide else "",
    }


def _numbers(petition: FilePetition) -> list[str]:
    """Personal numbers in the texts, as they will be masked in public."""
    found = []
    texts = [getattr(petition, each.attribute) for each in FilePetition.what() if each.kind in {"text", "paragraphs"}]
    for text in (*texts, petition.location.address):
        found += [privacy.mask(text[number.start : number.end]) for number in privacy.find(text)]
    return found


async def send(request: Request) -> Response:
    """``POST /petitions/new/{kept}/check``: file what is kept, or take its place from a photo (``place:`` its hash)."""
    official, found = filer(request), await opened(request)
    if isinstance(found, Response):
        return found
    (draft, errors), form = found, await web.read_form(request)
    go, _sign, what = str(form.get("go") or "").partition(":")
    if go == "place" and (spot := next((file.position for file in draft.files if file.hash == what), None)):
        draft.values["lat"], draft.values["lng"] = (f"{number:.6f}" for number in spot)
        return await keep(request, draft, official)
    reference_data = await reference()
    try:
        petition = _read(request, draft.values, reference_data, errors, official)
    except Invalid as error:
        return _form(request, reference_data, draft, official, errors=error.errors)
    # Token and content together: editing the form after sending it files anew, sending it again does not.
    content = idempotency.fingerprint([petition.content(), [file.sent_hash for file in draft.files]])
    key = idempotency.fingerprint(["page", draft.submission, content])
    filed = await intake.file(petition, official, files=draft.files, idempotency_key=key)
    ticket = draft.values["ticket"]
    back = await request.app.state.filed_at_counter(official, ticket, filed.reference) if official and ticket else ""
    made = {"reference": filed.reference, "key_from": key, "counter_page": back}
    response = await kept.lead_to(
        request, f"{new_page(request)}/{{kept}}/receipt", made, whose=whose(official), number=draft.number
    )
    if official is None:
        await auth.open_case(request, response, filed.reference)
    return response


async def choose_kind(request: Request) -> Response:
    """``POST /petitions/new/{kept}/kind``: another kind than the proposed one (``go``).

    ``kind`` takes it from the form, ``ask:`` asks a question, ``kind:`` takes what the questions have led to.
    """
    official, found = filer(request), await opened(request)
    if isinstance(found, Response):
        return found
    (draft, lost), form = found, await web.read_form(request)
    go, _sign, what = str(form.get("go") or "").partition(":")
    if go == "ask" and what in kinds.QUESTIONS:
        return _page(request, "petitions/kind.html", draft, official, question=kinds.QUESTIONS[what])
    if what == rules.Kind.STATUTORY:  # which procedure, is still to be chosen
        return web.redirect(request, f"{new_page(request)}/{draft.number}/check?kind={what}#kind")
    before, chosen = draft.values, {"kind": what, "service": ""}
    if not what:
        chosen = {name: str(form.get(name) or "") for name in chosen}
    draft.values = {**before, **chosen}
    try:
        _read(request, draft.values, await reference(), lost, official)
    except Invalid as error:
        draft.values = before
        wrong = [each for each in error.errors if each.field in chosen]
        return await _checked(request, draft, lost, official, wanted=chosen["kind"], errors=wrong)
    return await keep(request, draft, official)


async def receipt(request: Request) -> Response:
    """``GET /petitions/new/{kept}/receipt``: the receipt with the key, which is derived anew, in this browser only."""
    official, number = filer(request), request.path_params["kept"]
    found = await kept.get(request, number, whose=whose(official))
    if "reference" not in found:
        return web.redirect(request, f"{new_page(request)}/{number}/check")
    key = references.derived_key(web.site(request).settings.secret_key, found["key_from"], found["reference"])
    view = await cases.view(found["reference"], Credentials(key=key))
    context = {
        **await receipt_context(request, view, key),
        "counter_page": found["counter_page"],
        "layout": "desk/base.html" if official else "base.html",
        "desk": official is not None,
    }
    return web.page(request, "petitions/receipt.html", context, secret=True)


def ways_back(path: str) -> Sequence[tuple[Text, str]]:
    """Links on an error page of filing, such as that of a draft or receipt that has expired."""
    if path.startswith("/petitions/new/"):
        return [(_("File a petition"), "/petitions/new"), (_("Follow a case"), "/cases")]
    return []


routes = [
    Route(f"{new}{path}", endpoint, methods=[method])
    for new in ("/petitions/new", "/desk/petitions/new")
    for path, method, endpoint in (
        ("", "GET", blank),
        ("", "POST", submit),
        ("/{kept}", "GET", edit),
        ("/{kept}", "POST", submit),
        ("/{kept}/check", "GET", check),
        ("/{kept}/check", "POST", send),
        ("/{kept}/kind", "POST", choose_kind),
        ("/{kept}/receipt", "GET", receipt),
    )
]
