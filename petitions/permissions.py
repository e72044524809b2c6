"""What officials may do with petitions, and which roles may do it."""

from server.core import accounts
from server.core.accounts import Role


class Permission(accounts.Permission):
    """Each permission with the roles that hold it. Checks name a permission, never a role."""

    SEE_ALL = ("cases.see_all", Role.INTAKE, Role.INSPECTOR, Role.ADMINISTRATOR)
    SEE_DEPARTMENT = ("cases.see_department", Role.HANDLER, Role.MANAGER, Role.CLERK)
    SEE_GUIDED = ("cases.see_guided", Role.GUIDE)
    FILE = ("cases.file", Role.INTAKE, Role.HANDLER, Role.MANAGER, Role.CLERK)
    ACCEPT = ("cases.accept", Role.INTAKE, Role.MANAGER)
    ASSIGN = ("cases.assign", Role.INTAKE, Role.MANAGER)
    TRANSFER = ("cases.transfer", Role.INTAKE, Role.HANDLER, Role.MANAGER)
    WORK = ("cases.work", Role.INTAKE, Role.HANDLER, Role.MANAGER)
    ANSWER = ("cases.answer", Role.INTAKE, Role.HANDLER, Role.MANAGER)
    CLOSE = ("cases.close", Role.INTAKE, Role.HANDLER, Role.MANAGER)
    REOPEN = ("cases.reopen", Role.HANDLER, Role.MANAGER, Role.INSPECTOR)
    DECIDE_OBJECTION = ("cases.decide_objection", Role.MANAGER)
    NOTE = ("cases.note", *Role)
    MESSAGE = ("cases.message", Role.INTAKE, Role.HANDLER, Role.MANAGER, Role.INSPECTOR, Role.GUIDE)
    CHANGE_GUIDE = ("cases.guide", Role.INTAKE, Role.MANAGER, Role.ADMINISTRATOR)
    EDIT_RULES = ("rules.edit", Role.INTAKE, Role.ADMINISTRATOR)
    EDIT_TEMPLATES = ("templates.edit", Role.MANAGER, Role.ADMINISTRATOR)
