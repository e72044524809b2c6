"""Answered cases for tests: what the desk does to a case, done by the same actions without its pages."""

from petitions.actions import answering, handling
from petitions.forms import Accept, GiveAnswer
from server.core.accounts import Account, Official


async def official(username: str) -> Official:
    """An official of the test city, as actions take them."""
    row = await Account.get(username=username).prefetch_related("department")
    department = row.department.name if row.department else ""
    return Official(row.id, row.username, row.name, row.role, row.department_id, department, row.language)


async def answer(
    reference: str, text: str = "고쳤습니다.", *, department: str = "roads", decision: str = "accepted"
) -> None:
    """Accept a case into a department and answer it there."""
    intake = await official("intake")
    await handling.accept(intake, reference, Accept(department))
    command = GiveAnswer(text, decision, "까닭", "구제 방법") if decision == "refused" else GiveAnswer(text, decision)
    await answering.answer(intake, reference, command)
