"""Cases, receipts and reference data as JSON values, with texts in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from petitions import acts
from petitions.api import documents
from petitions.queries.cases import CaseView, FileRow, Level, Reply
from petitions.queries.consultations import ConsultationView
from petitions.queries.filed import Receipt
from petitions.queries.rows import Row
from petitions.reference import Reference, ServiceRow
from petitions.routing import Stage, for_petitioner, reason
from petitions.rules import Kind
from petitions.states import State
from server.core import coded, i18n, uploads
from server.core.accounts import Official
from server.core.city import DepartmentRow
from server.core.config import LANGUAGES, Settings
from server.core.days import day_of
from server.core.files import StoredFile

PartT = TypeVar("PartT", bound=documents.Consultation)


def kind(name: str, service_code: str) -> str:
    """A kind in its written form, as used when filing."""
    return f"{name}:{service_code}" if name == Kind.STATUTORY and service_code else name


def routing(document: Mapping[str, Any], reference_data: Reference, lang: str, *, official: bool) -> documents.Routing:
    """Why a department was proposed, as text; petitioners do not read the city's rules."""

    def code(number: int | None) -> str | None:
        row = reference_data.departments.get(number or 0)
        return row.code if row else None

    because = reason(document["because"])
    only_proposed = document.get("stage") == Stage.PROPOSED and not official  # nobody has the case yet
    return documents.Routing(
        chosen=None if only_proposed else code(document["chosen"]),
        because=i18n.translate(lang, because if official else for_petitioner(because)),
        candidates=[
            documents.Candidate(department=name, score=c["score"], because=i18n.translate(lang, reason(c["because"])))
            for c in document["candidates"]
            if (name := code(c["department"]))
        ],
    )


def receipt(filed: Receipt, access_key: str, reference_data: Reference, lang: str) -> documents.Receipt:
    """The response to filing."""
    return documents.Receipt.of(
        filed,
        access_key=access_key,
        status=State.RECEIVED,
        kind=kind(filed.kind, filed.service_code),
        department=coded.department(reference_data, filed.department_id, lang),
        guide=filed.guide and documents.Person.of(filed.guide),
        guide_because=i18n.translate(lang, filed.guide_because),
        due_on=day_of(filed.due_at) if filed.due_at else None,
        routing=routing(filed.routing, reference_data, lang, official=False),
    )


def case(found: CaseView, lang: str, official: Official | None = None) -> documents.Case:
    """A case as its reader may see it; ``actions`` are those that this reader may do now."""
    reference_data, staff = found.reference_data, found.level is Level.STAFF
    if staff and official:
        actions = [act.action.value for act in acts.of_official(found, official)]
    else:
        actions = [act.citizen.address for act in acts.of_petitioner(found) if act.citizen]
    shape = documents.PartInWords if staff else documents.Consultation
    more = {
        **_listed(found, reference_data, lang),
        "seen_as": found.level.name.lower(),
        "handler": found.handler and documents.Person.of(found.handler),
        "guide": found.guide and documents.Guide.of(found.guide),
        "guide_because": i18n.translate(lang, found.guide_because),
        "location": documents.Place.of(found, district=coded.district(reference_data, found.district, lang)),
        "petitioner": documents.Petitioner(
            name=found.petitioner_name,
            email=found.petitioner_email,
            phone=found.petitioner_phone,
            address=found.petitioner_address,
            language=found.petitioner_language,
        ),
        "answers": [_reply(answer, found) for answer in found.answers],
        "attachments": [_attachment(found.reference, file) for file in found.attachments],
        "parts": [part(each, reference_data, lang, shape) for each in found.parts],
        "actions": actions,
    }
    if staff and found.routing:
        return documents.RoutedCase.of(
            found, **more, routing=routing(found.routing, reference_data, lang, official=True)
        )
    return documents.Case.of(found, **more)


def row(found: Row, reference_data: Reference, lang: str) -> documents.ListedCase:
    """A case in a list."""
    return documents.ListedCase.of(
        found, **_listed(found, reference_data, lang), part_due_at=found.part_due, replies_awaited=found.waiting
    )


def part(found: ConsultationView, reference_data: Reference, lang: str, shape: type[PartT]) -> PartT:
    """A consultation, as officials or as the petitioner sees it."""
    return shape.of(found, department=coded.department(reference_data, found.department_id, lang))


def uploaded(settings: Settings, files: Sequence[StoredFile]) -> documents.Uploads:
    """Files in the store, with the tokens that identify them."""
    return documents.Uploads(files=[documents.Upload.of(file, token=uploads.token(settings, file)) for file in files])


def _listed(found: CaseView | Row, reference_data: Reference, lang: str) -> dict[str, Any]:
    """The derived fields of a case, shared by lists and the case itself."""
    return {
        "kind": kind(found.kind, found.service_code),
        "department": coded.department(reference_data, found.department_id, lang),
    }


def _reply(answer: Reply, found: CaseView) -> documents.Reply:
    files = [_attachment(found.reference, file) for file in found.files_of(answer)]
    return documents.Reply.of(answer, attachments=files)


def _attachment(reference: str, file: FileRow) -> documents.Attachment:
    return documents.Attachment.of(file, url=f"/cases/{reference}/files/{file.id}/{quote(file.name, safe='')}")


def department(found: DepartmentRow, reference_data: Reference, lang: str) -> documents.Department:
    """A department with its responsibilities."""
    profile = next(p for p in reference_data.profiles if p.id == found.id)
    return documents.Department.of(
        found, name=found.name(lang), names=_names(found.names), duties=profile.duties, keywords=profile.keywords
    )


def service(code: str, found: ServiceRow, reference_data: Reference, lang: str) -> documents.Service:
    """A statutory procedure with the period that the city publishes."""
    return documents.Service.of(
        found,
        code=code,
        kind=kind(Kind.STATUTORY, code),
        name=found.name(lang),
        names=_names(found.names),
        unit=found.rule.unit,
        amount=found.rule.amount,
        department=coded.department(reference_data, found.department_id, lang),
    )


def _names(names: Mapping[str, str]) -> dict[str, str]:
    return {language: names.get(language, "") for language in LANGUAGES}
