"""The desk's settings: routing rules, reply templates, departments.

Every act is one transaction that locks the chain of its settings first and leaves a fact in it, ids only; what was
kept of the settings in this process is forgotten after the commit.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict

from petitions.models import ReplyTemplate, RoutingRule
from petitions.queries.settings import CAP, hold_open
from petitions.reference import forget
from petitions.setting_forms import EditDepartment, EditRule, EditTemplate
from server.core import database, ledger
from server.core.accounts import ClosedDepartment, Department, Official, keep_open, may_close
from server.core.errors import ChangedMeanwhile, Conflict, FieldError, Invalid, NotFound, _
from server.core.ledger import Chain, SettingChanged

MOST_CHANGES = 1_000
"""Changes of others that are looked through for a conflict."""
RULES, TEMPLATES, DEPARTMENTS = "settings/rules", "settings/templates", "settings/departments"


class DepartmentInUse(Conflict):
    """409: cases, objections, rules or procedures still name the department; ``held`` says how many of each."""

    code = "department_in_use"

    def __init__(self, held: Mapping[str, int]) -> None:
        counts = {name: f"{CAP}+" if count > CAP else count for name, count in held.items()}
        super().__init__(
            _(
                "This department cannot be closed: open cases %(cases)s, open objections %(objections)s, "
                "rules that lead to it %(rules)s, procedures %(services)s. "
                "Please move the cases, decide on the objections and change the rules first.",
                **counts,
            )
        )
        self.held = held


class DepartmentClosed(ClosedDepartment):
    """409: the department of a rule is closed."""

    text = _("This department is closed.")


class SettingChangedMeanwhile(ChangedMeanwhile):
    """409: somebody else changed this setting since the page was opened; ``entries`` says who did what."""

    text = _("Somebody else changed this after you opened it. What you wrote is kept; please look at what changed.")

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return bool(self.entries[-1].data["how"] == "deleted")


@contextlib.asynccontextmanager
async def _changing(subject: str) -> AsyncIterator[Chain]:
    async with database.transaction():
        yield await ledger.open_or_begin(subject)
        database.after_commit(forget)


async def _unchanged(chain: Chain, actor: Official, number: int, seen: int | None) -> None:
    """Raise ``SettingChangedMeanwhile`` where others changed or deleted it after the chain was ``seen`` long."""
    if seen is None or seen >= chain.length:
        return
    since = await ledger.newest([chain.subject], after_sequence=seen, not_by=(actor.actor,), limit=MOST_CHANGES)
    changed = [e for e in reversed(since) if e.data["id"] == number and e.data["how"] in {"changed", "deleted"}]
    if changed:
        raise SettingChangedMeanwhile(changed)


async def add_rule(actor: Official, command: EditRule) -> int:
    """Add a rule after all others; its id."""
    async with _changing(RULES) as chain:
        await _need_department(command.department_id)
        last = await RoutingRule.all().order_by("-position").first()
        rule = await RoutingRule.create(position=last.position + 1 if last else 1, **asdict(command))
        await chain.append(actor.actor, SettingChanged("rule", rule.id, "added"))
    return rule.id


async def change_rule(actor: Official, rule_id: int, command: EditRule, seen: int | None = None) -> None:
    """Change what a rule says. Raises ``SettingChangedMeanwhile`` and ``NotFound``."""
    async with _changing(RULES) as chain:
        await _unchanged(chain, actor, rule_id, seen)
        await _need_department(command.department_id)
        if not await RoutingRule.filter(id=rule_id).update(**asdict(command)):
            raise NotFound
        await chain.append(actor.actor, SettingChanged("rule", rule_id, "changed"))


async def move_rule(actor: Official, rule_id: int, step: int) -> None:
    """Let a rule change places with the one before (-1) or after (1) it; at the end of the list nothing happens."""
    async with _changing(RULES) as chain:
        rules = await RoutingRule.all().order_by("position", "id")
        place = next((n for n, rule in enumerate(rules) if rule.id == rule_id), None)
        if place is None:
            raise NotFound
        if not 0 <= place + step < len(rules):
            return
        rules[place], rules[place + step] = rules[place + step], rules[place]
        for position, rule in enumerate(rules, 1):
            if rule.position != position:
                await RoutingRule.filter(id=rule.id).update(position=position)
        await chain.append(actor.actor, SettingChanged("rule", rule_id, "moved"))


async def switch_rule(actor: Official, rule_id: int, *, on: bool) -> None:
    """Switch a rule on or off. Raises ``NotFound``, and ``DepartmentClosed`` where it would lead to a closed one."""
    async with _changing(RULES) as chain:
        rule = await RoutingRule.filter(id=rule_id).first()
        if rule is None:
            raise NotFound
        if on and not await keep_open(rule.department_id):
            raise DepartmentClosed
        if await RoutingRule.filter(id=rule_id, active=not on).update(active=on):
            await chain.append(actor.actor, SettingChanged("rule", rule_id, "switched_on" if on else "switched_off"))


async def delete_rule(actor: Official, rule_id: int) -> None:
    """Delete a rule. Cases keep, in words, which rule chose for them. Raises ``NotFound``."""
    async with _changing(RULES) as chain:
        if not await RoutingRule.filter(id=rule_id).delete():
            raise NotFound
        await chain.append(actor.actor, SettingChanged("rule", rule_id, "deleted"))


async def add_template(actor: Official, command: EditTemplate) -> int:
    """Add a reply template; its id."""
    async with _changing(TEMPLATES) as chain:
        if command.department_id is not None:
            await _need_department(command.department_id)
        template = await ReplyTemplate.create(**asdict(command))
        await chain.append(actor.actor, SettingChanged("template", template.id, "added"))
    return template.id


async def change_template(actor: Official, template_id: int, command: EditTemplate, seen: int | None = None) -> None:
    """Change a reply template; given answers keep their text. Raises ``SettingChangedMeanwhile`` and ``NotFound``."""
    async with _changing(TEMPLATES) as chain:
        await _unchanged(chain, actor, template_id, seen)
        if command.department_id is not None:
            await _need_department(command.department_id)
        if not await ReplyTemplate.filter(id=template_id).update(**asdict(command)):
            raise NotFound
        await chain.append(actor.actor, SettingChanged("template", template_id, "changed"))


async def delete_template(actor: Official, template_id: int) -> None:
    """Delete a reply template. Raises ``NotFound``."""
    async with _changing(TEMPLATES) as chain:
        if not await ReplyTemplate.filter(id=template_id).delete():
            raise NotFound
        await chain.append(actor.actor, SettingChanged("template", template_id, "deleted"))


async def add_department(actor: Official, code: str, command: EditDepartment) -> int:
    """Open a department; its id. Raises ``Invalid`` where the code is taken."""
    async with _changing(DEPARTMENTS) as chain:
        if await Department.exists(code=code):
            raise Invalid([FieldError("code", _("Another department has this short name."))])
        department = await Department.create(code=code, **asdict(command))
        await chain.append(actor.actor, SettingChanged("department", department.id, "added"))
    return department.id


async def change_department(
    actor: Official, department_id: int, command: EditDepartment, seen: int | None = None
) -> None:
    """Change a department. Raises ``SettingChangedMeanwhile`` and ``NotFound``."""
    async with _changing(DEPARTMENTS) as chain:
        await _unchanged(chain, actor, department_id, seen)
        if not await Department.filter(id=department_id).update(**asdict(command)):
            raise NotFound
        await chain.append(actor.actor, SettingChanged("department", department_id, "changed"))


async def switch_department(actor: Official, department_id: int, *, on: bool) -> None:
    """Close a department, or open it again. Raises ``NotFound``, and ``DepartmentInUse`` while anything names it.

    Whoever is just giving it a case is waited for and counted; whoever comes later finds it closed.
    """
    async with _changing(DEPARTMENTS) as chain:
        await may_close(department_id)
        if not await Department.exists(id=department_id):
            raise NotFound
        if not on and any((held := await hold_open(department_id)).values()):
            raise DepartmentInUse(held)
        if await Department.filter(id=department_id, active=not on).update(active=on):
            how = "switched_on" if on else "switched_off"
            await chain.append(actor.actor, SettingChanged("department", department_id, how))


async def _need_department(department_id: int) -> None:
    if not await keep_open(department_id):
        raise Invalid([FieldError("department", DepartmentClosed.text)])
