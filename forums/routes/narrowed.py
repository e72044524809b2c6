"""The filters in the address of a feed or calendar."""

from starlette.requests import Request

from forums.labels import KINDS
from server.core import city, i18n, web
from server.core.errors import BadRequest, _

MOST_WORDS = 80


async def narrowed(request: Request) -> tuple[dict[str, object], str, list[str]]:
    """The filters in the address: columns with values, search words, and both as labels for the title."""
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
