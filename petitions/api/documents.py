"""The shapes of what the JSON interface takes and gives, as JSON Schema; routes name them in their contracts."""

from petitions.cooperation import PartStatus
from petitions.forms import FilePetition
from petitions.labels import CHANNELS, DECISIONS
from petitions.states import State
from server.core import contract
from server.core.config import LANGUAGES
from server.core.contract import (
    BOOLEAN,
    DAY,
    DEPARTMENT_NAME,
    MOMENT,
    TEXT,
    Schema,
    asked,
    integer,
    many,
    maybe,
    named,
    one_of,
    record,
)
from server.core.files import MAX_FILES

KIND = contract.text(
    about="inquiry_law, inquiry, suggestion, grievance, other, report, or statutory: and the code of a service"
)
KEY_HEADER: dict[str, Schema] = {
    "X-Access-Key": contract.text(about="The case's key, as the receipt shows it."),
}
NAMES = named("Names", record(dict.fromkeys(LANGUAGES, TEXT)))
PERSON = named("Person", record({"name": TEXT, "phone": TEXT, "email": TEXT}))
GUIDE = named(
    "Guide",
    record({"name": TEXT, "phone": TEXT, "email": TEXT, "hours": TEXT, "languages": many(TEXT)}),
)
CANDIDATE = record({"department": TEXT, "score": contract.number(0, 1), "because": TEXT})
ROUTING = named("Routing", record({"chosen": maybe(TEXT), "because": TEXT, "candidates": many(CANDIDATE)}))

FILES = asked({"files": many({"type": "string", "format": "binary"}, MAX_FILES)}, "files")
PETITION = named("Petition", FilePetition)

# --- What is given --------------------------------------------------------------------------------------------

STATUS = one_of(State)
RECEIPT = named(
    "Receipt",
    record(
        {
            "reference": TEXT,
            "access_key": contract.text(about="Shown this once; only its hash is kept."),
            "status": STATUS,
            "kind": KIND,
            "department": maybe(DEPARTMENT_NAME),
            "guide": maybe(PERSON),
            "due_at": maybe(MOMENT),
            "due_on": maybe(DAY),
            "routing": ROUTING,
        }
    ),
)
UPLOADS = record(
    {"files": many(record({"token": TEXT, "name": TEXT, "size": integer(1), "media_type": TEXT}), MAX_FILES)}
)
ATTACHMENT = named(
    "Attachment",
    record(
        {
            "id": integer(1),
            "name": TEXT,
            "size": integer(1),
            "media_type": TEXT,
            "by_official": BOOLEAN,
            "internal": {**BOOLEAN, "description": "Of an internal note: only officials know of it."},
            "created_at": MOMENT,
            "url": contract.text(about="Where it is served to the same reader, with the same key or token."),
        }
    ),
)
REPLY = record(
    {
        "decision": one_of(DECISIONS),
        "text": TEXT,
        "reasons": TEXT,
        "remedies": TEXT,
        "author": TEXT,
        "created_at": MOMENT,
        "attachments": many(ATTACHMENT),
    }
)
PLACE = record(
    {
        "lat": maybe(contract.number(-90, 90)),
        "lng": maybe(contract.number(-180, 180)),
        "address": TEXT,
        "district": maybe(record({"code": TEXT, "name": TEXT})),
    }
)
PETITIONER = record({"name": TEXT, "email": TEXT, "phone": TEXT, "address": TEXT, "language": one_of(LANGUAGES)})
_LISTED: dict[str, Schema] = {
    "reference": TEXT,
    "version": integer(1, about="Grows with every fact; send it back with an action."),
    "status": STATUS,
    "title": TEXT,
    "kind": KIND,
    "language": one_of(LANGUAGES),
    "channel": one_of(CHANNELS),
    "department": maybe(DEPARTMENT_NAME),
    "received_at": MOMENT,
    "due_at": maybe(MOMENT),
    "due_on": maybe(DAY),
    "overdue": BOOLEAN,
    "supplement_until": maybe(DAY),
    "answered_at": maybe(MOMENT),
    "closed_at": maybe(MOMENT),
    "reopened": integer(0),
    "objection_due_on": maybe(DAY),
}
ROW = named(
    "ListedCase",
    record(
        {
            **_LISTED,
            "petitioner": TEXT,
            "handler": TEXT,
            "district": TEXT,
            "part_due_at": maybe({**MOMENT, "description": "When the part is due that one's department owes."}),
            "replies_awaited": integer(0, about="How many departments owe a part."),
        }
    ),
)
PART = named(
    "Part",
    record(
        {
            "department": maybe(DEPARTMENT_NAME),
            "status": one_of(PartStatus),
            "asked_at": MOMENT,
            "due_at": MOMENT,
            "extended": BOOLEAN,
            "replied_at": maybe(MOMENT),
            "text": contract.text(about="What is asked; for officials."),
            "reply": TEXT,
            "replied_by": TEXT,
        },
        optional=("text", "reply", "replied_by"),
    ),
)
CASE = named(
    "Case",
    record(
        {
            **_LISTED,
            "seen_as": one_of(("public", "party", "staff"), "How much of the case this reader sees."),
            "body": TEXT,
            "public": BOOLEAN,
            "handler": maybe(PERSON),
            "guide": maybe(GUIDE),
            "location": PLACE,
            "petitioner": PETITIONER,
            "announced_due_at": maybe(MOMENT),
            "extensions": many(integer(1)),
            "paused": BOOLEAN,
            "interim_on": maybe(DAY),
            "objection_until": maybe({**DAY, "description": "The last day to object, where that is possible."}),
            "rating": maybe(integer(1, 5)),
            "answers": many(REPLY),
            "attachments": many(ATTACHMENT),
            "parts": {**many(PART), "description": "What other departments are asked for (Act 20)."},
            "actions": many(TEXT),
            "routing": ROUTING,
        },
        optional=("routing",),
    ),
)
LEFT = named(
    "CaseLeft",
    record(
        {
            "reference": TEXT,
            "status": STATUS,
            "parts": {**many(PART), "description": "What one's own department was asked for and has replied to."},
        }
    ),
)
"""All that is said of a case to the official who has just let it go."""
DEPARTMENT = named(
    "Department",
    record(
        {
            "code": TEXT,
            "name": TEXT,
            "names": NAMES,
            "phone": TEXT,
            "email": TEXT,
            "place": TEXT,
            "duties": many(TEXT),
            "keywords": many(TEXT),
        }
    ),
)
SERVICE = named(
    "Service",
    record(
        {
            "code": TEXT,
            "kind": KIND,
            "name": TEXT,
            "names": NAMES,
            "unit": one_of(("hours", "days", "weeks", "months")),
            "amount": integer(1),
            "department": maybe(DEPARTMENT_NAME),
            "documents": many(TEXT),
        }
    ),
)
OUTCOME = record(
    {"reference": TEXT, "done": BOOLEAN, "status": integer(200, 599), "code": maybe(TEXT), "title": maybe(TEXT)}
)
OUTCOMES = named("Outcomes", record({"items": many(OUTCOME), "done": integer(0), "refused": integer(0)}))
