"""The permissions for forums and submissions, and the roles that hold them."""

from server.core import accounts
from server.core.accounts import Role


class Permission(accounts.Permission):
    """Each with the roles that hold it. Checks name a permission, never a role."""

    PLAN_FORUMS = ("forums.plan", Role.INTAKE, Role.ADMINISTRATOR)
    RUN_FORUMS = ("forums.run", Role.INTAKE, Role.CLERK)
    MODERATE = ("forums.moderate", Role.INTAKE, Role.INSPECTOR)
    HAND_SUBMISSIONS = ("submissions.hand", Role.INTAKE)
    ANSWER_SUBMISSIONS = ("submissions.answer", Role.INTAKE, Role.HANDLER, Role.MANAGER)
