"""Reading petitions: the receipt, calendar entry and files for the parties, and the public answers."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from petitions import rules
from petitions.access import shown
from petitions.errors import NoSuchCase
from petitions.hearing import hearing
from petitions.labels import DECISIONS, KINDS
from petitions.queries import cases, public
from petitions.queries.cases import CaseView, FileRow, Level
from petitions.queries.public import Filters
from petitions.receipts import certified
from petitions.reference import Reference, reference
from petitions.rights import subject
from server.core import files, i18n, icalendar, ledger, listing, page_cache, qr, uploads, web
from server.core.errors import NotFound, _

PAGE = "/petitions"


@page_cache.kept("before", filters=Filters)
async def index(request: Request) -> Response:
    """``/petitions``: the public answers, with filters and search."""
    reference_data, lang, start = await reference(), web.language(request), request.query_params.get("before", "")
    wanted = Filters.parse(request.query_params, reference_data)
    page = await public.answered(wanted, reference_data, start)
    context = {
        **listing.shown(PAGE, wanted, page, reference_data, lang, start, on="before"),
        **row_names(reference_data, lang),
    }
    return web.page(request, "petitions/list.html", context)


def row_names(reference_data: Reference, lang: str) -> dict[str, object]:
    """Names for the codes in rows of the public list."""
    return {
        "department_names": reference_data.department_names(lang),
        "district_names": {code: reference_data.district_name(code, lang) for code in reference_data.districts},
        "kind_names": KINDS,
        "decision_names": DECISIONS,
    }


async def certificate(request: Request) -> Response:
    """``/cases/{reference}/receipt``: the receipt again, without the key, for readers of the petitioner's side."""
    view = await _party(request)
    return web.page(
        request,
        "petitions/receipt.html",
        {**await receipt_context(request, view, ""), "layout": "base.html", "desk": False},
    )


async def calendar(request: Request) -> Response:
    """``/cases/{reference}/due.ics``: the due date for the petitioner's calendar, without the key: they are shared."""
    view = await _party(request)
    if view.due_at is None:
        raise NotFound
    lang = web.language(request)
    title = i18n.translate(lang, _("Answer due: petition %(reference)s", reference=view.reference))
    url = _key_url(request, view)
    starts = view.due_at.date() if view.by_day else view.due_at
    entry = icalendar.Entry(uid=view.reference, title=title, url=url, starts=starts)
    headers = {
        "content-disposition": files.content_disposition(f"{view.reference}.ics"),
        "cache-control": "private, no-store",
    }
    content = icalendar.calendar([entry], product="Receipt")
    return Response(content, headers=headers, media_type="text/calendar")


async def attachment(request: Request) -> Response:
    """``/cases/{reference}/files/{id}/{name}``: a file of a case, always as a download and never shown inline."""
    file = await _file(request)
    return await uploads.send(request, file.hash, file.name, file.media_type)


async def thumbnail(request: Request) -> Response:
    """``/cases/{reference}/thumbnails/{id}``: a small JPEG of a picture, for whoever may download it."""
    file = await _file(request)
    return await uploads.thumbnail(request, file.hash, file.media_type)


async def _file(request: Request) -> FileRow:
    view = await _party(request)
    number = request.path_params["id"]
    file = next((file for file in view.attachments if file.id == number), None)
    if file is None:
        raise NotFound
    return file


async def _party(request: Request) -> CaseView:
    """The case, for its petitioner or an official who sees it. Raises ``NoSuchCase`` for everybody else."""
    view = await cases.view(request.path_params["reference"], shown(request))
    if view.level < Level.PARTY:
        raise NoSuchCase
    return view


def _key_url(request: Request, view: CaseView) -> str:
    """The page that asks for the case's key, with the number filled in; leads on to the case where it is open."""
    return f"{web.site(request).settings.public_url}/cases?reference={view.reference}"


async def receipt_context(request: Request, view: CaseView, key: str) -> dict[str, object]:
    """The values of the receipt page; ``key`` only in the response that first shows it."""
    lang = web.language(request)
    reference_data, guide = view.reference_data, view.guide
    service = reference_data.services.get(view.service_code)
    url = _key_url(request, view)
    (received,) = await ledger.read(subject(view.reference), limit=1)
    return {
        "case": view,
        "key": key,
        "url": url,
        "qr_svg": qr.svg(url),
        "certified": certified(view, received, lang),
        "tip": view.kind == rules.Kind.REPORT,
        "department": reference_data.department_name(view.department_id, lang),
        "guide_department": reference_data.department_name(guide.department_id, lang) if guide else "",
        "guide_languages": [i18n.NAMES[code] for code in guide.languages if code in i18n.NAMES] if guide else [],
        "documents": service.documents if service else (),
        "hearing": hearing(view.petitioner_email, view.petitioner_phone, tip=view.kind == rules.Kind.REPORT),
        "counter_page": "",
    }


routes = [
    Route(PAGE, index),
    Route("/cases/{reference}/receipt", certificate),
    Route("/cases/{reference}/due.ics", calendar),
    Route("/cases/{reference}/files/{id:int}/{name}", attachment),
    Route("/cases/{reference}/thumbnails/{id:int}", thumbnail),
]
