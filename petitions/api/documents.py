"""Response models of the JSON interface, and request models that are not forms; routes name them in their contracts."""

from datetime import date, datetime
from typing import Annotated

from petitions.consultation import ConsultationStatus
from petitions.forms import FilePetition
from petitions.labels import CHANNELS, DECISIONS
from petitions.states import State
from server.core import contract
from server.core.clock import Unit
from server.core.coded import DepartmentName, DistrictName
from server.core.config import LANGUAGES
from server.core.contract import Answer, Schema, among, asked, many, named, said
from server.core.files import MAX_FILES

KEY_HEADER: dict[str, Schema] = {
    "X-Access-Key": contract.text(about="The case's key, as the receipt shows it."),
}
FILES = asked({"files": many({"type": "string", "format": "binary"}, MAX_FILES)}, "files")
PETITION = named("Petition", FilePetition)

Kind = Annotated[
    str,
    said("inquiry_law, inquiry, suggestion, grievance, other, report, or statutory: and the code of a service"),
]
Language = Annotated[str, among(LANGUAGES)]
Names = dict[str, str]


Because = Annotated[str, said("Why the guide is nobody of the department, or why there is none; else empty.")]


class Person(Answer):
    """An official and how the petitioner can contact them."""

    name: str
    phone: str
    email: str


class Guide(Person):
    """The case guide and how to contact them."""

    hours: str
    languages: tuple[str, ...]


class Candidate(Answer):
    """A department that was considered."""

    department: str
    score: float
    because: str


class Routing(Answer):
    """Why a department was proposed, as text."""

    chosen: str | None
    because: str
    candidates: list[Candidate]


class Receipt(Answer):
    """The response to filing."""

    reference: str
    access_key: Annotated[str, said("Shown only once; only its hash is stored.")]
    status: State
    kind: Kind
    department: DepartmentName | None
    guide: Person | None
    guide_because: Because
    due_at: datetime | None
    due_on: date | None
    routing: Routing


class Upload(Answer):
    """A file in the store, with the token that identifies it."""

    token: str
    name: str
    size: int
    media_type: str


class Uploads(Answer):
    """Uploaded files."""

    files: list[Upload]


class Attachment(Answer):
    """A file of a case."""

    id: int
    name: str
    size: int
    media_type: str
    by_official: bool
    internal: Annotated[bool, said("True for a file of an internal note, which only officials see.")]
    created_at: datetime
    url: Annotated[str, said("The address at which the same reader can download it, with the same key or token.")]


class Reply(Answer):
    """An answer to the petitioner."""

    decision: Annotated[str, among(DECISIONS)]
    text: str
    reasons: str
    remedies: str
    author: str
    created_at: datetime
    attachments: list[Attachment]


class Place(Answer):
    """The place that a case is about."""

    lat: float | None
    lng: float | None
    address: str
    district: DistrictName | None


class Petitioner(Answer):
    """The petitioner, as far as the reader may see them."""

    name: str
    email: str
    phone: str
    address: str
    language: Language


class Consultation(Answer):
    """A consultation of another department, as the petitioner sees it."""

    department: DepartmentName | None
    status: ConsultationStatus
    asked_at: datetime
    due_at: datetime
    extended: bool
    replied_at: datetime | None


class PartInWords(Consultation):
    """The same for officials, with the texts."""

    text: Annotated[str, said("The request.")]
    reply: str
    replied_by: str


class Listed(Answer, shared=True):
    """The fields of a case that lists and the case itself share."""

    reference: str
    version: Annotated[int, said("Grows with every event; send it back with an action.")]
    status: State
    title: str
    kind: Kind
    language: Language
    channel: Annotated[str, among(CHANNELS)]
    department: DepartmentName | None
    received_at: datetime
    due_at: datetime | None
    due_on: date | None
    overdue: bool
    supplement_until: date | None
    answered_at: datetime | None
    closed_at: datetime | None
    reopened: int
    objection_due_on: date | None


class ListedCase(Listed):
    """A case in the officials' list."""

    petitioner: str
    handler: str
    district: str
    part_due_at: Annotated[datetime | None, said("The deadline of one's own department's reply.")]
    replies_awaited: Annotated[int, said("Number of departments whose reply is pending.")]


class Case(Listed):
    """A case as its reader may see it."""

    seen_as: Annotated[str, among(("public", "party", "staff"), "How much of the case this reader sees.")]
    body: str
    public: bool
    handler: Person | None
    guide: Guide | None
    guide_because: Because
    location: Place
    petitioner: Petitioner
    announced_due_at: datetime | None
    extensions: tuple[int, ...]
    paused: bool
    interim_on: date | None
    objection_until: Annotated[date | None, said("The last day to object, where that is possible.")]
    rating: int | None
    answers: list[Reply]
    attachments: list[Attachment]
    parts: Annotated[list[Consultation | PartInWords], said("Consultations of other departments (Act 20).")]
    actions: list[str]


class RoutedCase(Case):
    """The same for officials, with the reason for the proposed department."""

    routing: Routing


class CaseLeft(Answer):
    """What remains visible of a case that the official no longer sees after their action."""

    reference: str
    status: State
    parts: Annotated[list[PartInWords], said("The consultation to which one's own department has replied.")]


CASE = {"anyOf": [Case.schema(), RoutedCase.schema()]}


class Department(Answer):
    """A department with its responsibilities."""

    code: str
    name: str
    names: Names
    phone: str
    email: str
    place: str
    duties: tuple[str, ...]
    keywords: tuple[str, ...]


class Service(Answer):
    """A statutory procedure with the period that the city publishes."""

    code: str
    kind: Kind
    name: str
    names: Names
    unit: Unit
    amount: int
    department: DepartmentName | None
    documents: tuple[str, ...]


class Outcome(Answer):
    """The result of the action for one case."""

    reference: str
    done: bool
    status: int
    code: str | None
    title: str | None


class Outcomes(Answer):
    """The results for several cases."""

    items: list[Outcome]
    done: int
    refused: int
