"""Filling an empty database: the demonstration city played through the real actions, or a first administrator.

Every script of the generator is acted out with the clock at its own times, all cases mixed in the order of time, so
that ledgers, guides' loads and due dates come out as they would have in a year of work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import click
from tqdm import tqdm

from petitions import forms
from petitions.actions import intake
from petitions.acts import ACTS
from petitions.models import ReplyTemplate, RoutingRule, Service
from petitions.reference import forget
from petitions.search import SERVICE as PROCEDURES
from petitions.states import State
from server.core import accounts, clock, database, jobs, search
from server.core.accounts import Absence, Account, Department, Holiday, Official, Role
from server.core.city import District, Landmark
from server.core.config import Settings
from server.demo import people
from server.demo.cases import SCENARIOS
from server.demo.city import DISTRICTS, landmarks, temporary_holidays
from server.demo.departments import DEPARTMENTS
from server.demo.forums import seeding as forums
from server.demo.generator import generate
from server.demo.reply_templates import TEMPLATES
from server.demo.routing_rules import RULES
from server.demo.script import CaseScript, Step
from server.demo.services import SERVICES
from server.demo.visits import seeding as visits
from server.demo.visits.bookings import CaseInHand
from tracking.statistics.actions import recounting
from tracking.visits.actions.booking import Contact

PASSWORD = "sinmungo-demo"  # noqa: S105 — published on the first page; such accounts never face the outside
GROUP = 100
"""Acts in one transaction."""

Actor = Official | str


async def seed(settings: Settings, number: int, *, if_empty: bool) -> None:
    """Make the demonstration city in an empty database; the same ``number`` on the same day gives the same city."""
    if await Department.exists():
        if if_empty:
            return
        raise click.ClickException("There are departments already; the demonstration city needs an empty database.")
    now = clock.now().astimezone(settings.zone)
    with clock.at(now - timedelta(days=400)):
        officials = await settle(now.date())
    scripts = generate(number, now)
    cases = await _play(scripts, officials)
    await forums.seed(number, officials)
    await visits.seed(number, officials, [*_in_hand(cases)])
    # What happened in the past was told in the past: no mail leaves, and the clocks are reminded from now on.
    for told in ("core.notify", "core.news", "core.mail", "core.text", "statistics.%"):
        await jobs.drop(told)
    await recounting.everything("import")


async def first_administrator(username: str, password: str) -> None:
    """Make the account that makes all others. Raises ``ClickException`` where there is an account already."""
    if await Account.exists():
        raise click.ClickException("There are accounts already; an administrator adds further ones at the desk.")
    if len(password) < accounts.PASSWORD_LEAST:
        raise click.ClickException(f"The password needs at least {accounts.PASSWORD_LEAST} characters.")
    if accounts.common(password, username):
        raise click.ClickException("This password is easy to guess. Please choose several words, or a longer one.")
    await Account.create(
        username=username,
        name=username,
        role=Role.ADMINISTRATOR,
        password_hash=await accounts.hash_password(password),
        created_at=clock.now(),
    )


async def settle(today: date) -> dict[str, Official]:
    """Departments, people, services, rules, districts, templates and the calendar; the officials by username."""
    async with database.transaction():
        departments = {
            d.code: await Department.create(
                code=d.code, name=d.names.ko, name_ja=d.names.ja, name_en=d.names.en, phone=d.phone, email=d.email,
                place=d.place, duties=list(d.duties), keywords=list(d.keywords),
            )
            for d in DEPARTMENTS
        }  # fmt: skip
        ids = {code: row.id for code, row in departments.items()}
        officials = await _accounts(today, departments)
        for s in SERVICES:
            await Service.create(
                code=s.code, name=s.names.ko, name_ja=s.names.ja, name_en=s.names.en, unit=s.unit.value,
                department_id=ids[s.department], amount=s.amount, documents=list(s.documents),
            )  # fmt: skip
        for r in RULES:
            await RoutingRule.create(
                position=r.order, kinds=list(r.kinds), districts=list(r.districts), words=list(r.words), note=r.note,
                department_id=ids[r.department],
            )  # fmt: skip
        for district in DISTRICTS:
            await District.create(
                code=district.code, name=district.names.ko, name_ja=district.names.ja, name_en=district.names.en,
                outline=[[point.lng, point.lat] for point in district.outline],
            )  # fmt: skip
        for names, spot in landmarks():
            await Landmark.create(name=names.ko, name_ja=names.ja, name_en=names.en, lat=spot.lat, lng=spot.lng)
        for t in TEMPLATES:
            await ReplyTemplate.create(
                title=t.title, purpose=t.purpose, department_id=ids[t.department] if t.department else None,
                kind=t.kind, language=t.language, text=t.text, reasons=t.reasons, remedies=t.remedies,
            )  # fmt: skip
        for day, name in temporary_holidays(today).items():
            await Holiday.create(date=day, name=name, created_at=clock.now())
        await search.put(*await PROCEDURES.read(search.Batch()), new=True)
    forget()
    return officials


async def _accounts(today: date, departments: dict[str, Department]) -> dict[str, Official]:
    password = await accounts.hash_password(PASSWORD)
    officials = {}
    for a in people.ACCOUNTS:
        department = departments[a.department]
        row = await Account.create(
            username=a.username, name=a.name, role=a.role, department_id=department.id, email=a.email, phone=a.phone,
            hours=a.hours, languages=list(a.languages), specialities=list(a.specialities), password_hash=password,
            demo=True, created_at=clock.now(),
        )  # fmt: skip
        for absence in a.absences:
            await Absence.create(
                account_id=row.id,
                first_day=today + timedelta(days=absence.first),
                last_day=today + timedelta(days=absence.last),
            )
        officials[a.username] = Official(
            row.id, row.username, row.name, row.role, department.id, department.name, row.language
        )
    return officials


@dataclass
class _Case:
    """A script on the stage, with the number that it was given."""

    script: CaseScript
    reference: str = ""


async def _play(scripts: tuple[CaseScript, ...], officials: dict[str, Official]) -> list[_Case]:
    cases = [_Case(script) for script in scripts]
    acts = sorted(
        [(case.script.received_at, number, -1) for number, case in enumerate(cases)]
        + [(step.at, number, i) for number, case in enumerate(cases) for i, step in enumerate(case.script.steps)]
    )
    with tqdm(total=len(acts), desc="Demonstration city", unit="acts", disable=None) as progress:
        for group in _grouped(acts):
            async with database.transaction():
                for moment, number, index in group:
                    with clock.at(moment):
                        await _act(cases[number], index, officials)
            progress.update(len(group))
    return cases


def _in_hand(cases: list[_Case]) -> Iterator[CaseInHand]:
    """The cases that somebody works on and whose petitioner can be reached, newest first."""
    departments = {scenario.key: scenario.department for scenario in SCENARIOS}
    for case in reversed(cases):
        who = case.script.petitioner
        if case.script.state is State.IN_PROGRESS and who and (who.email or who.phone):
            contact = Contact(who.name, who.email, who.phone, who.language)
            yield CaseInHand(case.reference, departments[case.script.scenario], contact)


def _grouped(acts: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(acts), GROUP):
        yield acts[start : start + GROUP]


async def _act(case: _Case, index: int, officials: dict[str, Official]) -> None:
    if index < 0:
        await _file(case, officials)
        return
    step: Step = case.script.steps[index]
    actor: Actor = officials.get(step.actor, step.actor)
    try:
        act, told = ACTS[step.action], step.payload
        values = {field.attribute: told[field.name] for field in act.form.fields() if field.name in told}
        await act.do(actor, case.reference, act.form(**values))
    except Exception as error:
        raise RuntimeError(f"{case.script.scenario}: {step.action} by {step.actor} at {step.at}: {error}") from error


async def _file(case: _Case, officials: dict[str, Official]) -> None:
    script = case.script
    place, who = script.location, script.petitioner
    command = forms.FilePetition(
        title=script.title,
        body=script.body,
        kind=script.kind,
        location=forms.Location(place.lat, place.lng, place.address) if place else forms.Location(),
        petitioner=forms.PetitionerDetails(who.name, who.email, who.phone, who.address, who.language)
        if who
        else forms.PetitionerDetails(language=script.language),
        public=script.public,
        channel=script.channel,
    )
    filed = await intake.file(command, officials[script.filed_by] if script.filed_by else None)
    case.reference = filed.reference
