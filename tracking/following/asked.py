"""What the address of a feed or calendar asks for, and answering it again only where something shown has changed."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from forums.labels import KINDS
from server.core import city, i18n, web
from server.core.errors import BadRequest, _

KEPT = 60
"""Seconds for which a feed or calendar may be kept by whoever fetched it."""
MOST_WORDS = 80


async def narrowed(request: Request) -> tuple[dict[str, object], str, list[str]]:
    """What the address asks for: columns with values, words to look for, and both as names for the title."""
    lang, known, asked = web.language(request), await city.city(), request.query_params
    where: dict[str, object] = {}
    names: list[str] = []
    if kind := asked.get("kind"):
        if kind not in KINDS:
            raise BadRequest(_("There is no such kind of forum."))
        where["kind"] = kind
        names.append(i18n.translate(lang, KINDS[kind]))
    if code := asked.get("department"):
        department = known.department_by_code(code)
        if department is None:
            raise BadRequest(_("There is no such department."))
        where["department_id"] = department.id
        names.append(department.name(lang))
    if district := asked.get("district"):
        if district not in known.districts:
            raise BadRequest(_("There is no such district."))
        where["district"] = district
        names.append(known.district_name(district, lang))
    q = " ".join(asked.get("q", "").split())[:MOST_WORDS]
    return where, q, [*names, *([q] if q else [])]


def answer(request: Request, content: bytes, shown: object, media_type: str, headers: dict[str, str]) -> Response:
    """The content, or 304 for whoever has all that is ``shown`` in it already."""
    mark = f'"{sha256(repr(shown).encode()).hexdigest()[:32]}"'
    headers |= {"etag": mark, "cache-control": f"public, max-age={KEPT}", "vary": "accept-language, cookie"}
    if mark in request.headers.get("if-none-match", ""):  # also as one of several, or made weak on the way
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
