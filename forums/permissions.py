"""What officials may do with forums and what is said in them, and which roles may."""

from server.core import accounts
from server.core.accounts import Role


class Permission(accounts.Permission):
    """Each with the roles that hold it. A check names one of these, never a role."""

    PLAN_FORUMS = ("forums.plan", Role.INTAKE, Role.ADMINISTRATOR)
    RUN_FORUMS = ("forums.run", Role.INTAKE, Role.CLERK)
    MODERATE = ("forums.moderate", Role.INTAKE, Role.INSPECTOR)
    HAND_SUBMISSIONS = ("submissions.hand", Role.INTAKE)
    ANSWER_SUBMISSIONS = ("submissions.answer", Role.INTAKE, Role.HANDLER, Role.MANAGER)
