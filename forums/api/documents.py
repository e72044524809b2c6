"""The shapes of what the JSON interface about forums gives, as JSON Schema."""

from forums.labels import FORUM_STATES, KINDS
from server.core import contract
from server.core.config import LANGUAGES
from server.core.contract import (
    BOOLEAN,
    DEPARTMENT_NAME,
    MOMENT,
    TEXT,
    Schema,
    integer,
    many,
    maybe,
    named,
    one_of,
    record,
)

STATES = [state for state in FORUM_STATES if state != "draft"]
DISTRICT_NAME = named("DistrictName", record({"code": TEXT, "name": TEXT}))
_LISTED: dict[str, Schema] = {
    "slug": contract.text(about="Its name in addresses, which stays."),
    "number": integer(0, about="Within its kind, from 1; 0 while citizens only ask for it."),
    "kind": one_of(KINDS),
    "status": one_of(FORUM_STATES),
    "title": TEXT,
    "summary": TEXT,
    "department": maybe(DEPARTMENT_NAME),
    "district": maybe(DISTRICT_NAME),
    "place": TEXT,
    "starts_at": maybe(MOMENT),
    "ends_at": maybe(MOMENT),
    "speaks_until": maybe(MOMENT),
    "published_at": maybe(MOMENT),
    "supports": integer(0),
    "participants": integer(0),
    "submissions": integer(0),
    "comments": integer(0),
    "views": integer(0),
    "url": contract.text(about="Its page."),
}
ROW = named("ListedForum", record(_LISTED))
FORUM = named(
    "Forum",
    record(
        {
            **_LISTED,
            "version": integer(1, about="Grows with every fact about it."),
            "body": TEXT,
            "language": one_of(LANGUAGES),
            "panel": many(TEXT),
            "moderation": one_of(("after", "before"), "Whether a moderator reads texts before they are shown."),
            "speaks_from": maybe(MOMENT),
            "may_speak": {**BOOLEAN, "description": "Whether opinions are taken now."},
            "closed_at": maybe(MOMENT),
            "link": contract.text(about="Of the film."),
            "chapters": many(record({"at": integer(0, about="Seconds."), "title": TEXT})),
            "minutes": TEXT,
            "reason": contract.text(about="Why it was called off or not taken up."),
            "proposer": contract.text(about="The display name of who asked for it."),
            "petition": contract.text(about="The number of the petition that it grew out of."),
            "files": many(
                record({"id": integer(1), "name": TEXT, "size": integer(1), "media_type": TEXT, "url": TEXT})
            ),
        }
    ),
)
