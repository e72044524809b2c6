"""Filing: a case is created with its number, key, period, department, guide, ledger chain and outbox jobs.

All of it is one transaction, so a crash at any point leaves either nothing or the complete case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from petitions import rules
from petitions.events import AttachmentAdded, CaseReceived, CaseRouted, GuideAppointed
from petitions.forms import FilePetition
from petitions.guiding import Guidance, GuideProfile, choose_guide
from petitions.models import Attachment, Case
from petitions.reference import Reference, all_guides, forget, reference
from petitions.rights import subject
from petitions.routing import Choice, choose
from petitions.search import of_case
from petitions.states import State
from server.core import clock, config, database, idempotency, ledger, references, search
from server.core.accounts import Official, keep_open
from server.core.clock import Due
from server.core.days import day_of
from server.core.errors import Text, TooMany, _
from server.core.files import StoredFile
from server.core.ledger import DomainEvent
from server.core.working_calendar import FIRST_YEAR

MOST_NAMED, NAMED_FOR = 10, timedelta(hours=1)
"""Petitions in which strangers can name one contact within this time: each is a message to it."""
LOOKED_AT = 1_000
"""Latest petitions among which they are counted: an address in other letters is the same, which no index knows."""

CLOSED_MEANWHILE = _("The department it belongs to has been closed; an intake officer decides.")


@dataclass(frozen=True)
class Filed:
    """The result of filing: the number, and the key, which is shown only once."""

    reference: str
    access_key: str
    decided: "Decided | None" = None
    """None if it was filed before."""


@dataclass(frozen=True)
class Decided:
    """What the rules decided about a petition before anything is written."""

    kind: rules.Kind
    service_code: str
    period: rules.Period | None
    due: Due | None
    district: str
    choice: Choice
    guidance: Guidance

    @property
    def guide(self) -> GuideProfile | None:
        """The case guide, if there is one."""
        return self.guidance.guide


async def file(
    command: FilePetition, actor: Official | None = None, *, files: Sequence[StoredFile] = (), idempotency_key: str = ""
) -> Filed:
    """File a petition. A repeated idempotency key returns the first result and creates nothing.

    Raises ``KeyReused`` when the key was used with other content, and ``TooMany`` when the address was named too often.
    """
    reference_data = await reference()
    secret = config.settings().secret_key
    async with database.transaction():
        digest = ""
        if idempotency_key:
            digest = idempotency.digest(secret, "petitions", idempotency_key)
            content = idempotency.fingerprint([command.content(), [f.sent_hash for f in files]])
            if (first := await idempotency.claim(digest, content)) is not None:
                return Filed(first, references.derived_key(secret, idempotency_key, first))
        if actor is None and config.settings().rate_limits:
            await _named_too_often(command)
        number = references.new_reference()
        key = references.derived_key(secret, idempotency_key, number) if idempotency_key else references.new_key()
        decided = await to_open_department(decide(command, reference_data, await all_guides(), clock.now()))
        await create(command, decided, number, references.key_hash(key), actor, files)
        if digest:
            await idempotency.settle(digest, number)
    return Filed(number, key, decided)


async def _named_too_often(command: FilePetition) -> None:
    """Raise ``TooMany`` where a contact has been named in many petitions lately: nobody has shown that it is theirs."""
    who, since = command.petitioner, clock.now() - NAMED_FOR
    for column, contact in (("email", who.email), ("phone", who.phone)):
        if contact:
            sql = (
                "SELECT COUNT(*) FROM (SELECT p.email, p.phone, c.received_at FROM petitioner p "
                f"JOIN petition_case c ON c.id = p.case_id ORDER BY p.case_id DESC LIMIT {LOOKED_AT}) AS latest "
                f"WHERE received_at > ? AND LOWER({column}) = ?"
            )
            if await database.value(sql, since, contact.lower()) >= MOST_NAMED:
                raise TooMany(600)


def decide(
    command: FilePetition, reference_data: Reference, guides: Sequence[GuideProfile], received: datetime
) -> Decided:
    """Decide kind, period, due date, district, department and guide of a petition. Nothing is written.

    No period is counted for one received before the working calendar begins, as only imported ones can be.
    """
    services = {code: row.rule for code, row in reference_data.services.items()}
    parsed = rules.parse_kind(command.kind, services)
    kind, service = (rules.Kind.OTHER, None) if isinstance(parsed, rules.Refusal) else parsed
    local = received.astimezone(config.settings().zone)
    period = rules.period(kind, service) if local.year >= FIRST_YEAR else None
    place = command.location
    district = reference_data.district_of(place.lat, place.lng, place.address)
    choice = choose(
        kind=kind.value,
        district=district,
        title=command.title,
        body=command.body,
        rules=reference_data.rules,
        departments=reference_data.profiles,
        service_department=reference_data.services[service.code].department_id if service else None,
        learned=reference_data.learned,
    )
    return Decided(
        kind,
        service.code if service else "",
        period,
        rules.due_date(reference_data.calendar, period, local) if period else None,
        district,
        choice,
        guidance(
            reference_data, guides, choice.department_id, command.petitioner.language, command.title, command.body
        ),
    )


def guidance(
    reference_data: Reference,
    guides: Sequence[GuideProfile],
    department_id: int | None,
    language: str,
    title: str,
    body: str,
) -> Guidance:
    """The guide of a case in a department, and why it is nobody of that department."""
    department = reference_data.departments.get(department_id or 0)
    return choose_guide(
        guides,
        department_id=department_id,
        department=dict(department.names) if department else {},
        language=language,
        own_language=config.settings().language,
        text=f"{title}\n{body}",
    )


async def to_open_department(decided: Decided) -> Decided:
    """Drop the chosen department if it was closed meanwhile, so that an intake officer decides.

    A department that is still open is kept open until the commit.
    """
    choice = decided.choice
    if choice.department_id is None or await keep_open(choice.department_id):
        return decided
    forget()
    return replace(
        decided, choice=replace(choice, department_id=None, rule_id=None, proposed=None, because=CLOSED_MEANWHILE)
    )


async def create(
    command: FilePetition,
    decided: Decided,
    number: str,
    key_hash: str,
    actor: Official | None = None,
    files: Sequence[StoredFile] = (),
) -> None:
    """Write a decided case, inside a transaction."""
    who = command.petitioner
    chain = await ledger.begin(subject(number))
    values = case_values(command, decided, number, key_hash, actor)
    (inserted,) = await database.insert_models(Case, [values], returning="id")
    case_id = inserted["id"]
    await database.insert("petitioner", ("case_id", *vars(who)), [(case_id, *vars(who).values())])
    new_events = first_events(command, decided, actor)
    rows = await attach(case_id, files, by_official=actor is not None, at=values["received_at"])
    new_events += [AttachmentAdded(row.id) for row in rows]
    await chain.append(actor.actor if actor else "petitioner", *new_events, as_one=True)
    await search.put(of_case(SimpleNamespace(id=case_id, **values), who.name), new=True)


def case_values(
    command: FilePetition,
    decided: Decided,
    number: str,
    key_hash: str,
    actor: Official | None = None,
    import_key: str | None = None,
) -> dict[str, Any]:
    """The columns of a new case; what was filed stands in columns of the same name."""
    now = clock.now()
    due = decided.due
    notice = rules.interim_notice_date(day_of(now)) if decided.period else None
    columns = Case._meta.fields_db_projection  # noqa: SLF001 — the only way
    return {
        **{name: value for name, value in vars(command).items() if name in columns},
        **vars(command.location),
        "reference": number,
        "key_hash": key_hash,
        "kind": decided.kind.value,
        "service_code": decided.service_code,
        "language": command.petitioner.language,
        "status": State.RECEIVED,
        "open": True,
        "department_id": decided.choice.department_id,
        "guide_id": decided.guide.id if decided.guide else None,
        "filed_by_id": actor.id if actor else None,
        "district": decided.district,
        "routing": routing_document(decided),
        "received_at": now,
        "clock_started_at": now,
        "unit": decided.period.unit.value if decided.period else "",
        "amount": decided.period.amount if decided.period else 0,
        "due_at": due.at if due else None,
        "announced_due_at": due.at if due else None,
        "interim_on": notice,
        "interim_ask_on": notice,
        "import_key": import_key,
    }


def first_events(
    command: FilePetition, decided: Decided, actor: Official | None = None, *, imported: bool = False
) -> list[DomainEvent]:
    """The first events of a case's chain."""
    due = decided.due
    new_events: list[DomainEvent] = [
        CaseReceived(
            decided.kind.value,
            command.channel,
            due.at.isoformat() if due else None,
            actor.id if actor else None,
            imported=imported,
        ),
        CaseRouted(decided.choice.department_id, decided.choice.rule_id),
    ]
    if decided.guide:
        new_events.append(GuideAppointed(decided.guide.id))
    return new_events


async def attach(
    case_id: int,
    files: Sequence[StoredFile],
    *,
    by_official: bool,
    answer_id: int | None = None,
    statement_id: int | None = None,
    internal: bool = False,
    at: datetime | None = None,
) -> list[Attachment]:
    """Add the rows of files that are already in the store; those of the petition itself came ``at`` its receipt."""
    return [
        await Attachment.create(
            case_id=case_id, hash=f.hash, name=f.name, size=f.size, media_type=f.media_type, by_official=by_official,
            answer_id=answer_id, statement_id=statement_id, internal=internal, created_at=at or clock.now(),
        )
        for f in files
    ]  # fmt: skip


def routing_document(decided: Decided) -> dict[str, object]:
    """The stored explanation of how a case was routed and got its guide, in translatable form."""
    choice = decided.choice
    return {
        "chosen": choice.department_id if choice.proposed is None else choice.proposed,
        "stage": choice.stage.value,
        "rule": choice.rule_id,
        "version": choice.version,
        "because": explained(choice.because),
        "doubt": explained(choice.doubt) if choice.doubt.msgid else None,
        "candidates": [
            {"department": c.department_id, "score": c.score, "because": explained(c.because), "words": list(c.words)}
            for c in choice.candidates
        ],
        "guide": explained(decided.guidance.because),
    }


def explained(because: Text) -> dict[str, object]:
    """A reason as it is stored."""
    return {"msgid": because.msgid, "params": dict(because.params)}
