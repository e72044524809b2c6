"""Cases, receipts and reference data as JSON values, in the words of the caller's language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from petitions.queries.cases import CaseView, FileRow, Level, Person, Reply
from petitions.queries.filed import Receipt
from petitions.queries.parts import PartView
from petitions.queries.rows import Row
from petitions.queries.turns import actions_of
from petitions.reference import GuideRow, Reference, ServiceRow
from petitions.rules import Kind
from petitions.states import OPEN, State
from server.core import clock, config, i18n, uploads
from server.core.accounts import Official
from server.core.city import DepartmentRow
from server.core.config import LANGUAGES, Settings
from server.core.days import day_of
from server.core.errors import Text
from server.core.files import StoredFile

Json = dict[str, object]

CITIZENS_WORDS = {
    "supplement": "supplements",
    "prolong": "prolongation",
    "message": "messages",
    "withdraw": "withdrawal",
    "rate": "rating",
    "reopen": "reopening",
    "object": "objection",
    "withdraw-objection": "objection-withdrawal",
}
"""What a petitioner's actions are called in addresses."""


def moment(value: datetime | None) -> str | None:
    """A moment with the city's zone, to the second."""
    return value.astimezone(config.settings().zone).isoformat(timespec="seconds") if value else None


def day(value: date | None) -> str | None:
    """A day."""
    return value.isoformat() if value else None


def _due_on(value: datetime | None) -> str | None:
    return day(day_of(value)) if value else None


def kind(name: str, service_code: str) -> str:
    """A kind as it is written when filing."""
    return f"{name}:{service_code}" if name == Kind.STATUTORY and service_code else name


def department_name(row: DepartmentRow | None, lang: str) -> Json | None:
    """A department in short."""
    return {"code": row.code, "name": row.name(lang)} if row else None


def person(who: Person | GuideRow | None) -> Json | None:
    """An official as the petitioner may reach them."""
    return {"name": who.name, "phone": who.phone, "email": who.email} if who else None


def guide(who: Person | None) -> Json | None:
    """The guide's card."""
    return {**(person(who) or {}), "hours": who.hours, "languages": list(who.languages)} if who else None


def routing(document: Mapping[str, Any], known: Reference, lang: str) -> Json:
    """Why a department was proposed, in words."""

    def code(number: int | None) -> str | None:
        row = known.departments.get(number or 0)
        return row.code if row else None

    def because(said: Mapping[str, Any]) -> str:
        return i18n.translate(lang, Text(said["msgid"], said["params"]))

    return {
        "chosen": code(document["chosen"]),
        "because": because(document["because"]),
        "candidates": [
            {"department": name, "score": c["score"], "because": because(c["because"])}
            for c in document["candidates"]
            if (name := code(c["department"]))
        ],
    }


def receipt(filed: Receipt, access_key: str, known: Reference, lang: str) -> Json:
    """What filing answers."""
    return {
        "reference": filed.reference,
        "access_key": access_key,
        "status": State.RECEIVED.value,
        "kind": kind(filed.kind, filed.service_code),
        "department": department_name(known.departments.get(filed.department_id or 0), lang),
        "guide": person(filed.guide),
        "due_at": moment(filed.due_at),
        "due_on": _due_on(filed.due_at),
        "routing": routing(filed.routing, known, lang),
    }


def case(found: CaseView, lang: str, official: Official | None = None) -> Json:
    """A case as its reader may see it; ``actions`` are what this reader may do now."""
    known = found.known
    if found.level is Level.STAFF and official:
        actions = [action.value for action in actions_of(found, official)]
    else:
        actions = [CITIZENS_WORDS[action.value] for action in found.citizen_actions if action.value in CITIZENS_WORDS]
    content: Json = {
        **_listed(found, known, lang),
        "seen_as": found.level.name.lower(),
        "body": found.body,
        "public": found.public,
        "handler": person(found.handler),
        "guide": guide(found.guide),
        "location": {
            "lat": found.lat,
            "lng": found.lng,
            "address": found.address,
            "district": _district(found.district, known, lang),
        },
        "petitioner": {
            "name": found.petitioner_name,
            "email": found.petitioner_email,
            "phone": found.petitioner_phone,
            "address": found.petitioner_address,
            "language": found.petitioner_language,
        },
        "overdue": found.overdue,
        "announced_due_at": moment(found.announced_due_at),
        "extensions": list(found.extensions),
        "paused": found.paused,
        "interim_on": day(found.interim_on),
        "objection_until": day(found.objection_until),
        "rating": found.rating,
        "answers": [_reply(answer, found) for answer in found.answers],
        "attachments": [_attachment(found.reference, file) for file in found.attachments],
        "parts": [part(each, known, lang, words=found.level is Level.STAFF) for each in found.parts],
        "actions": actions,
    }
    if found.level is Level.STAFF and found.routing:
        content["routing"] = routing(found.routing, known, lang)
    return content


def row(found: Row, known: Reference, lang: str) -> Json:
    """A case as a list shows it."""
    return {
        **_listed(found, known, lang),
        "petitioner": found.petitioner,
        "handler": found.handler,
        "district": found.district,
        "part_due_at": moment(found.part_due),
        "replies_awaited": found.waiting,
    }


def part(found: PartView, known: Reference, lang: str, *, words: bool) -> Json:
    """A part that a department is asked for; what was said is for officials."""
    content: Json = {
        "department": department_name(known.departments.get(found.department_id), lang),
        "status": found.status.value,
        "asked_at": moment(found.asked_at),
        "due_at": moment(found.due_at),
        "extended": found.extended,
        "replied_at": moment(found.replied_at),
    }
    said: Json = {"text": found.text, "reply": found.reply, "replied_by": found.replied_by}
    return {**content, **said} if words else content


def uploaded(settings: Settings, files: Sequence[StoredFile]) -> Json:
    """Files that lie in the store, by the tokens that name them."""
    return {
        "files": [
            {
                "token": uploads.token(settings, file),
                "name": file.name,
                "size": file.size,
                "media_type": file.media_type,
            }
            for file in files
        ]
    }


def _listed(found: CaseView | Row, known: Reference, lang: str) -> Json:
    due = found.due_at
    waiting = found.status is State.SUPPLEMENT_REQUESTED
    return {
        "reference": found.reference,
        "version": found.version,
        "status": found.status.value,
        "title": found.title,
        "kind": kind(found.kind, found.service_code),
        "language": found.language,
        "channel": found.channel,
        "department": department_name(known.departments.get(found.department_id or 0), lang),
        "received_at": moment(found.received_at),
        "due_at": moment(due),
        "due_on": _due_on(due),
        "overdue": found.status in OPEN and not waiting and due is not None and clock.now() > due,
        "supplement_until": day(found.supplement_until),
        "answered_at": moment(found.answered_at),
        "closed_at": moment(found.closed_at),
        "reopened": found.reopened,
        "objection_due_on": _due_on(found.objection_due_at),
    }


def _district(code: str, known: Reference, lang: str) -> Json | None:
    names = known.districts.get(code)
    return {"code": code, "name": names.get(lang) or names["ko"]} if names else None


def _reply(answer: Reply, found: CaseView) -> Json:
    return {
        "decision": answer.decision,
        "text": answer.text,
        "reasons": answer.reasons,
        "remedies": answer.remedies,
        "author": answer.author,
        "created_at": moment(answer.created_at),
        "attachments": [_attachment(found.reference, file) for file in found.files_of(answer)],
    }


def _attachment(reference: str, file: FileRow) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "size": file.size,
        "media_type": file.media_type,
        "by_official": file.by_official,
        "internal": file.internal,
        "created_at": moment(file.created_at),
        "url": f"/cases/{reference}/files/{file.id}/{quote(file.name, safe='')}",
    }


def department(found: DepartmentRow, known: Reference, lang: str) -> Json:
    """A department with its duties."""
    profile = next(p for p in known.profiles if p.id == found.id)
    return {
        "code": found.code,
        "name": found.name(lang),
        "names": _names(found.names),
        "phone": found.phone,
        "email": found.email,
        "place": found.place,
        "duties": list(profile.duties),
        "keywords": list(profile.keywords),
    }


def service(code: str, found: ServiceRow, known: Reference, lang: str) -> Json:
    """A statutory procedure with the period that the city publishes."""
    return {
        "code": code,
        "kind": kind(Kind.STATUTORY, code),
        "name": found.name(lang),
        "names": _names(found.names),
        "unit": found.rule.unit.value,
        "amount": found.rule.amount,
        "department": department_name(known.departments.get(found.department_id or 0), lang),
        "documents": list(found.documents),
    }


def _names(names: Mapping[str, str]) -> Json:
    return {language: names.get(language, "") for language in LANGUAGES}
