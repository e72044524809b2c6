"""Forums in JSON: the public list, and one forum."""

from dataclasses import replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forums import kinds, views
from forums.api import documents
from forums.crossing import ways
from forums.queries import files, forums, lists
from forums.queries.crossing import petition_public
from forums.queries.files import FileView
from forums.queries.forums import ForumView
from forums.queries.lists import ALL, Filters, Listed
from forums.rights import forum_subject
from forums.states import ForumState
from server.core import auth, clock, coded, contract, listing, web
from server.core.city import City, city
from server.core.contract import Contract
from server.core.forms import Parameters
from server.core.participants.people import person_of

PAGE, LONGEST_PAGE = 20, 100


@Contract(
    "Forums: coming ones by date, others newest first",
    contract.listed(
        documents.ListedForum,
        contract.integer(
            0,
            lists.CAP,
            f"On all pages; {lists.CAP} is that many or more. Of words, among the newest {lists.HITS}.",
        ),
    ),
    query={**Filters.schema(), **listing.paging(LONGEST_PAGE)},
)
async def index(request: Request) -> Response:
    """``GET /forums``."""
    reference_data = await city()
    data = Parameters(request.query_params)
    wanted = Filters.take(data, reference_data, json=True)
    after, limit = listing.asked(data, PAGE, LONGEST_PAGE)
    listing.started(data, after, *lists.PLACE)
    data.done()
    wanted = replace(wanted, states=(ForumState(wanted.state),) if wanted.state else ALL)
    page = await lists.listed(wanted, after, limit)
    rows = [documents.ListedForum.of(row, **_listed(request, reference_data, row)) for row in page.rows]
    total = await lists.total(wanted) if after or page.after else len(rows)
    return web.items(rows, page.after or None, total)


@Contract("One forum", documents.Forum, refusals=(404,))
async def read(request: Request) -> Response:
    """``GET /forums/{slug}``."""
    reference_data = await city()
    reader = auth.reader(request)
    found = await forums.forum(request.path_params["slug"], reader.official, await person_of(reader))
    ended = found.status in {ForumState.CANCELLED, ForumState.DECLINED}
    answer = documents.Forum.of(
        found,
        **_listed(request, reference_data, found),
        may_speak=kinds.takes_submissions(found, clock.now()),
        chapters=[documents.Chapter(at=each["at"], title=each["title"]) for each in found.chapters],
        reason=await forums.reason(forum_subject(found.slug)) if ended else "",
        petition=found.from_petition if await petition_public(found.from_petition, ways(request)) else "",
        files=[_file(request, found.slug, file) for file in await files.of(forum_subject(found.slug))],
    )
    return web.json(answer)


def _listed(request: Request, reference_data: City, row: Listed | ForumView) -> dict[str, object]:
    """The fields that are not attributes of the row."""
    return {
        **coded.of(reference_data, row, web.language(request)),
        "views": row.views + views.waiting(row.id),
        "url": f"{web.site(request).settings.public_url}/forums/{row.slug}",
    }


def _file(request: Request, slug: str, file: FileView) -> documents.File:
    url = f"{web.site(request).settings.public_url}/forums/{slug}/files/{file.id}/{quote(file.name)}"
    return documents.File.of(file, url=url)


routes = [
    Route("/api/v1/forums", index),
    Route("/api/v1/forums/{slug}", read),
]
