"""The permissions for offices and visits, and the roles that hold them."""

from server.core import accounts
from server.core.accounts import Role


class Permission(accounts.Permission):
    """Each with the roles that hold it. Checks name a permission, never a role."""

    EDIT_OFFICES = ("visits.offices", Role.ADMINISTRATOR)
    EDIT_ROSTER = ("visits.roster", Role.MANAGER, Role.ADMINISTRATOR)
    BOOK_FOR_OTHERS = ("visits.book", Role.INTAKE, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR)
    SEE_VISITS = ("visits.see", Role.INTAKE, Role.HANDLER, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR)
    """Visits of all offices with the contact of their visitors: only for those who serve them."""
    EXPORT_VISITS = ("visits.export", Role.INTAKE, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR)
    """The list of a day as a file, which leaves the system with names and contacts."""
    SEE_GUIDED = ("visits.guided", Role.INTAKE, Role.HANDLER, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR, Role.GUIDE)
    """The visits that one accompanies as a case guide."""
    ASK_FOR_VISIT = ("visits.ask", Role.INTAKE, Role.HANDLER, Role.CLERK, Role.MANAGER, Role.GUIDE)
    CHECK_DOCUMENTS = ("visits.documents", Role.INTAKE, Role.HANDLER, Role.CLERK, Role.MANAGER)
    SERVE_VISITS = ("visits.serve", Role.INTAKE, Role.HANDLER, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR)
    OPERATE_ANY_COUNTER = ("visits.counters", Role.ADMINISTRATOR)
    """Act at a counter at which somebody else sits."""
    DECIDE_APPEALS = ("visits.appeals", Role.MANAGER, Role.ADMINISTRATOR)
    PUT_FIRST = ("visits.first", Role.GUIDE, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR)
