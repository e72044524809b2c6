"""The shapes of what the JSON interface takes and gives, as JSON Schema; routes name them in their contracts."""

from petitions.act_forms import MOST_EARLIER
from petitions.cooperation import LONGEST_DAYS, PartStatus
from petitions.forms import BODY_LIMIT, REASON_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from petitions.labels import CHANNELS, DECISIONS, RULINGS
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

# --- What is taken --------------------------------------------------------------------------------------------

PETITION = named(
    "Petition",
    asked(
        {
            "title": contract.text(least=2, most=TITLE_LIMIT),
            "body": contract.text(least=2, most=BODY_LIMIT),
            "kind": KIND,
            "location": maybe(
                asked(
                    {
                        "lat": maybe(contract.number(-90, 90)),
                        "lng": maybe(contract.number(-180, 180)),
                        "address": contract.text(most=200),
                    }
                )
            ),
            "petitioner": maybe(
                asked(
                    {
                        "name": contract.text(most=80),
                        "email": contract.text(most=254),
                        "phone": contract.text(most=40),
                        "address": contract.text(most=200),
                        "language": one_of(LANGUAGES),
                    }
                )
            ),
            "public": BOOLEAN,
            "channel": one_of(CHANNELS, "Other than web only with an official's token."),
        },
        "title",
        "body",
    ),
)
VERSION = integer(0, about="The version that the caller has seen; 409 changed_meanwhile where others acted since.")
WORDS = contract.text(least=1, most=TEXT_LIMIT)
REASON = contract.text(least=1, most=REASON_LIMIT)


def words(*, required: bool = True, files: bool = False) -> Schema:
    """A text, the version that was seen, and files where they can be sent with it."""
    fields: dict[str, Schema] = {"text": WORDS if required else contract.text(most=TEXT_LIMIT), "version": VERSION}
    if files:
        fields["files"] = FILE_TOKENS
    return asked(fields, *["text"][:required])


def given(name: str, about: str, *, required: bool = True, reason: bool = False) -> Schema:
    """Who or what a case is given to, with a reason where one is due."""
    fields: dict[str, Schema] = {name: contract.text(most=80, about=about), "version": VERSION}
    if reason:
        fields["reason"] = REASON
    return asked(fields, *[name][:required], *["reason"][:reason])


RATING = asked({"score": integer(1, 5), "comment": contract.text(most=REASON_LIMIT)}, "score")
FILES = asked({"files": many({"type": "string", "format": "binary"}, MAX_FILES)}, "files")
FILE_TOKENS: Schema = {
    **many(TEXT, MAX_FILES),
    "description": "Tokens of files that were sent to `files` of the case, or of the desk, before; good for a day.",
}
SUPPLEMENT_REQUEST = asked(
    {
        "text": WORDS,
        "days": integer(1, 60, "Seven where nothing is said."),
        "late_reason": contract.text(
            most=REASON_LIMIT, about="What was found only now, and how: due after 8 working hours (Rule 9)."
        ),
        "version": VERSION,
    },
    "text",
)
PROLONGATION = asked(
    {
        "days": integer(1, 60, "From the last day on; at most as many as the request gave."),
        "reason": contract.text(most=REASON_LIMIT),
        "version": VERSION,
    },
    "days",
)
INVESTIGATION = asked(
    {
        "first": {**DAY, "description": "The first day; left out to prolong the investigation that is set."},
        "days": integer(1, 14, "Working days; at most 7 to prolong."),
        "reason": REASON,
        "version": VERSION,
    },
    "days",
    "reason",
)
REPLY_BY: dict[str, Schema] = {
    "due": {**DAY, "description": "The day by which the reply is needed, within the case's own period (Act 20)."},
    "days": integer(1, LONGEST_DAYS, "The same in working days, today (or the present reply day) not counted."),
}
PART_REQUEST = asked(
    {
        "department": contract.text(least=1, most=80, about="The code of the department that is asked."),
        "text": contract.text(least=1, most=TEXT_LIMIT, about="What is asked; officials only read it."),
        **REPLY_BY,
        "version": VERSION,
    },
    "department",
    "text",
)
PART_EXTENSION = asked({**REPLY_BY, "reason": REASON, "version": VERSION}, "reason")
REPETITION = asked(
    {
        "earlier": {
            **many(TEXT, MOST_EARLIER),
            "description": "At least two cases of the same petitioner that were answered before this one came.",
        },
        "reason": contract.text(least=1, most=REASON_LIMIT, about="Why they are the same; the petitioner reads it."),
        "remedies": contract.text(least=1, most=TEXT_LIMIT, about="What can be done against it."),
        "multi_party": {**BOOLEAN, "description": "A petition of many (Act 2 vi)."},
        "committee": {**BOOLEAN, "description": "The mediation committee has dealt with it (Decree 26)."},
        "version": VERSION,
    },
    "earlier",
    "reason",
    "remedies",
)
OBJECTION_EXTENSION = asked(
    {"amount": integer(1, 10, "Days."), "reason": REASON, "version": VERSION}, "amount", "reason"
)
RULING = asked(
    {
        "ruling": one_of(RULINGS),
        "reasons": WORDS,
        "remedies": contract.text(
            most=TEXT_LIMIT, about="The ways to contest the refusal: due where it is dismissed (Decree 40)."
        ),
        "version": VERSION,
    },
    "ruling",
    "reasons",
)
ANSWER = asked(
    {
        "text": contract.text(least=2, most=BODY_LIMIT),
        "decision": one_of(DECISIONS, "A refusal needs its reasons and the remedies (Act 27)."),
        "reasons": contract.text(most=TEXT_LIMIT),
        "remedies": contract.text(most=TEXT_LIMIT),
        "files": FILE_TOKENS,
        "version": VERSION,
    },
    "text",
)

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
