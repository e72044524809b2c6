"""The shapes of what the JSON interface about forums gives, as JSON Schema."""

from dataclasses import dataclass

from forums.forms.speaking import Say, Submit
from forums.labels import (
    CHANNELS,
    COMMITMENT_STATES,
    FORUM_STATES,
    KINDS,
    OUTCOMES,
    RULES,
    STANCES,
    SUBMISSION_STATES,
)
from forums.permissions import Permission
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
from server.core.forms import Form
from server.core.participants.who import NAME_LIMIT

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
    "starts_at": maybe({**MOMENT, "description": "While it is `proposed`, `declined` or `draft`: the day wished for."}),
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
_FILE = record({"id": integer(1), "name": TEXT, "size": integer(1), "media_type": TEXT, "url": TEXT})
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
            "files": many(_FILE),
        }
    ),
)

# --- what was promised ----------------------------------------------------------------------------------------

_PROMISED: dict[str, Schema] = {
    "number": TEXT,
    "title": TEXT,
    "status": one_of(COMMITMENT_STATES),
    "overdue": {**BOOLEAN, "description": "The promised day has passed, and it is not done."},
    "department": maybe(DEPARTMENT_NAME),
    "district": maybe(DISTRICT_NAME),
    "due_on": DAY,
    "done_on": maybe(DAY),
    "forum": contract.text(about="Its slug."),
    "submission": contract.text(about="The submission that it comes from; empty for what was decided at the forum."),
    "created_at": MOMENT,
    "url": contract.text(about="Its page."),
}
COMMITMENT_ROW = named("ListedCommitment", record(_PROMISED))
COMMITMENT = named(
    "Commitment",
    record(
        {
            **_PROMISED,
            "version": integer(1, about="Grows with every fact about it."),
            "text": TEXT,
            "owner": maybe(
                one_of(sorted(Permission.ANSWER_VOICES.roles), "The office of the official who answers for it.")
            ),
            "budget": TEXT,
            "evidence": contract.text(about="By which it is done."),
            "link": TEXT,
            "contested": contract.text(about="Why its author says that it is not done."),
            "steps": many(record({"text": TEXT, "due_on": maybe(DAY), "done_on": maybe(DAY)})),
            "dates": many(
                record({"due_on": DAY, "said_at": MOMENT, "reason": contract.text(about="Why it was changed.")})
            ),
            "files": many(_FILE),
        }
    ),
)

# --- what is said ---------------------------------------------------------------------------------------------

_WHO: dict[str, Schema] = {
    "name": contract.text(most=NAME_LIMIT, about="The name that everybody sees; where no session says who speaks."),
    "email": contract.text(most=254, about="Where the link goes that confirms it."),
}
SPEAKER = named("Speaker", asked(_WHO))


@dataclass(frozen=True)
class _Spoken:
    """What is said, with who says it."""

    form: type[Form]

    def schema(self) -> Schema:
        found = self.form.schema()
        return {**found, "properties": {**found["properties"], **_WHO}}


SUBMIT = named("NewSubmission", _Spoken(Submit))
SAY = named("NewComment", _Spoken(Say))
CONFIRM = named("ConfirmMail", record({"status": one_of(("confirm_mail",), "A link in a mail does it.")}))
_VISIBILITY = one_of(("shown", "pending", "hidden"), "What waits is seen by its author only.")
_REMARK = one_of(("shown", "pending", "hidden", "withdrawn"), "What waits is seen by its author only.")
_HIDDEN = maybe(record({"rule": one_of(RULES), "reason": TEXT}))
SUBMISSION = named(
    "Submission",
    record(
        {
            "number": TEXT,
            "forum": contract.text(about="Its slug."),
            "status": one_of(SUBMISSION_STATES),
            "visibility": _VISIBILITY,
            "hidden": _HIDDEN,
            "author": contract.text(about="A name; of who spoke at a session without giving one, their turn."),
            "channel": one_of(CHANNELS),
            "stance": one_of(STANCES),
            "title": contract.text(about="Personal numbers masked; empty where it is hidden or taken back."),
            "text": TEXT,
            "language": one_of(LANGUAGES),
            "district": maybe(DISTRICT_NAME),
            "department": maybe(DEPARTMENT_NAME),
            "outcome": one_of(("", *OUTCOMES)),
            "outcome_at": maybe(MOMENT),
            "outcome_text": contract.text(about="The reasons."),
            "link": contract.text(about="What shows that it is `already_done`."),
            "study_until": maybe({**DAY, "description": "With `under_study`."}),
            "moved_to": contract.text(about="With `out_of_scope`."),
            "done_on": maybe(DAY),
            "commitment": maybe(
                record(
                    {
                        "number": TEXT,
                        "status": one_of(COMMITMENT_STATES),
                        "due_on": DAY,
                        "done_on": maybe(DAY),
                        "url": contract.text(about="Its page."),
                    }
                )
            ),
            "joined_to": contract.text(about="The submission whose answer it shares."),
            "petition": contract.text(about="The petition that it came from or became."),
            "supports": integer(0),
            "supported": {**BOOLEAN, "description": "By the caller."},
            "comments": integer(0),
            "received_at": MOMENT,
            "url": contract.text(about="Its page."),
        }
    ),
)
_SAID: dict[str, Schema] = {
    "id": integer(1),
    "parent": maybe(integer(1)),
    "author": TEXT,
    "official": {**BOOLEAN, "description": "An official speaks for the city."},
    "department": maybe(DEPARTMENT_NAME),
    "stance": one_of(("", *STANCES)),
    "text": contract.text(about="Personal numbers masked; empty where it is hidden or withdrawn."),
    "visibility": _REMARK,
    "hidden": _HIDDEN,
    "supports": integer(0),
    "created_at": MOMENT,
}
COMMENT = named("Comment", record(_SAID))
THREAD = named("Thread", record({**_SAID, "answers": many(record(_SAID))}))
