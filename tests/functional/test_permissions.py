"""Every role at the door of every settings page: who holds the permission comes in, nobody else does."""

from urllib.parse import quote

import pytest

from petitions.permissions import Permission
from server.core import accounts
from server.core.accounts import Account, CorePermission, Role
from tests.support.page_forms import post_without_page
from tests.support.system import System
from tracking.visits.permissions import Permission as VisitPermission

PAGES: dict[str, frozenset[accounts.Permission]] = {
    "/desk/rules": frozenset({Permission.EDIT_RULES}),
    "/desk/rules/new": frozenset({Permission.EDIT_RULES}),
    "/desk/rules/1": frozenset({Permission.EDIT_RULES}),
    "/desk/rules/1/delete": frozenset({Permission.EDIT_RULES}),
    "/desk/templates": frozenset({Permission.EDIT_TEMPLATES}),
    "/desk/templates/new": frozenset({Permission.EDIT_TEMPLATES}),
    "/desk/templates/1": frozenset({Permission.EDIT_TEMPLATES}),
    "/desk/templates/1/delete": frozenset({Permission.EDIT_TEMPLATES}),
    "/desk/calendar": frozenset({CorePermission.EDIT_CALENDAR}),
    "/desk/departments": frozenset({CorePermission.EDIT_DEPARTMENTS}),
    "/desk/departments/new": frozenset({CorePermission.EDIT_DEPARTMENTS}),
    "/desk/departments/1": frozenset({CorePermission.EDIT_DEPARTMENTS}),
    "/desk/departments/1/close": frozenset({CorePermission.EDIT_DEPARTMENTS}),
    "/desk/people": frozenset({CorePermission.EDIT_PEOPLE}),
    "/desk/people/new": frozenset({CorePermission.EDIT_PEOPLE}),
    "/desk/people/1": frozenset({CorePermission.EDIT_PEOPLE}),
    "/desk/people/1/close": frozenset({CorePermission.EDIT_PEOPLE}),
    "/desk/people/1/password": frozenset({CorePermission.EDIT_PEOPLE}),
    "/desk/people/1/totp": frozenset({CorePermission.EDIT_PEOPLE}),
    "/desk/offices": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/new": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/counters": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/counters/new": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/services": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/services/new": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/openings": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/openings/new": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/offices/hours": frozenset({VisitPermission.EDIT_OFFICES}),
    "/desk/roster": frozenset({VisitPermission.EDIT_ROSTER}),
    "/desk/roster/shifts/new": frozenset({VisitPermission.EDIT_ROSTER}),
    "/desk/jobs": frozenset({CorePermission.SEE_JOBS}),
    "/desk/audit": frozenset({CorePermission.EDIT_PEOPLE, Permission.EDIT_RULES}),
}
ACTS: dict[str, accounts.Permission] = {
    "/desk/rules/try": Permission.EDIT_RULES,
    "/desk/rules/new": Permission.EDIT_RULES,
    "/desk/rules/1": Permission.EDIT_RULES,
    "/desk/rules/1/move": Permission.EDIT_RULES,
    "/desk/rules/1/close": Permission.EDIT_RULES,
    "/desk/rules/1/delete": Permission.EDIT_RULES,
    "/desk/templates/new": Permission.EDIT_TEMPLATES,
    "/desk/templates/1": Permission.EDIT_TEMPLATES,
    "/desk/templates/1/delete": Permission.EDIT_TEMPLATES,
    "/desk/calendar/holidays/new": CorePermission.EDIT_CALENDAR,
    "/desk/calendar/holidays/2027-01-04/delete": CorePermission.EDIT_CALENDAR,
    "/desk/calendar/hours/new": CorePermission.EDIT_CALENDAR,
    "/desk/departments/new": CorePermission.EDIT_DEPARTMENTS,
    "/desk/departments/1": CorePermission.EDIT_DEPARTMENTS,
    "/desk/departments/1/close": CorePermission.EDIT_DEPARTMENTS,
    "/desk/departments/1/open": CorePermission.EDIT_DEPARTMENTS,
    "/desk/people/new": CorePermission.EDIT_PEOPLE,
    "/desk/people/1": CorePermission.EDIT_PEOPLE,
    "/desk/people/1/close": CorePermission.EDIT_PEOPLE,
    "/desk/people/1/open": CorePermission.EDIT_PEOPLE,
    "/desk/people/1/password": CorePermission.EDIT_PEOPLE,
    "/desk/people/1/totp": CorePermission.EDIT_PEOPLE,
    "/desk/people/1/absences": CorePermission.EDIT_PEOPLE,
    "/desk/people/1/absences/1/remove": CorePermission.EDIT_PEOPLE,
    "/desk/offices/new": VisitPermission.EDIT_OFFICES,
    "/desk/offices/1": VisitPermission.EDIT_OFFICES,
    "/desk/offices/1/close": VisitPermission.EDIT_OFFICES,
    "/desk/offices/hours/1": VisitPermission.EDIT_OFFICES,
    "/desk/offices/counters/new": VisitPermission.EDIT_OFFICES,
    "/desk/offices/counters/1/close": VisitPermission.EDIT_OFFICES,
    "/desk/offices/services/new": VisitPermission.EDIT_OFFICES,
    "/desk/offices/openings/new": VisitPermission.EDIT_OFFICES,
    "/desk/offices/openings/1/delete": VisitPermission.EDIT_OFFICES,
    "/desk/roster": VisitPermission.EDIT_ROSTER,
    "/desk/roster/shifts/new": VisitPermission.EDIT_ROSTER,
    "/desk/roster/week": VisitPermission.EDIT_ROSTER,
    "/desk/roster/undo": VisitPermission.EDIT_ROSTER,
    "/desk/roster/shifts/1": VisitPermission.EDIT_ROSTER,
    "/desk/roster/shifts/1/delete": VisitPermission.EDIT_ROSTER,
    "/desk/jobs/retry": CorePermission.SEE_JOBS,
    "/desk/jobs/1/retry": CorePermission.SEE_JOBS,
}
USERS = {
    Role.INTAKE: "intake", Role.HANDLER: "handler", Role.MANAGER: "manager", Role.INSPECTOR: "inspector",
    Role.GUIDE: "guide", Role.CLERK: "clerk", Role.ADMINISTRATOR: "admin",
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_sees_the_pages_of_its_permissions_and_no_other(system: System, role: Role) -> None:
    browser = await system.official(USERS[role])
    seen = {page: (await browser.get(page)).status_code for page in PAGES}
    assert seen == {page: 200 if any(role in one.roles for one in needed) else 403 for page, needed in PAGES.items()}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_without_the_permission_changes_nothing(system: System, role: Role) -> None:
    browser = await system.official(USERS[role])
    forbidden = [page for page, needed in ACTS.items() if role not in needed.roles]
    assert {(await post_without_page(browser, page)).status_code for page in forbidden} <= {403}
    assert await Account.filter(active=True).count() == 11


async def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(system: System) -> None:
    for page in PAGES:
        answer = await system.client.get(page)
        assert answer.status_code == 303, page
        assert answer.headers["location"] == f"/desk/sign-in?next={quote(page, safe='')}"
    for page in ACTS:
        assert (await post_without_page(system.client, page)).status_code == 401, page


async def test_the_tabs_show_what_the_reader_may_change(system: System) -> None:
    intake = (await (await system.official("intake")).get("/desk/rules")).text
    assert 'href="/desk/audit"' in intake
    for hidden in ("/desk/templates", "/desk/calendar", "/desk/people", "/desk/jobs", "/desk/departments"):
        assert f'href="{hidden}"' not in intake
    admin = (await (await system.official("admin")).get("/desk/rules")).text
    for shown in ("/desk/templates", "/desk/calendar", "/desk/people", "/desk/jobs", "/desk/departments"):
        assert f'href="{shown}"' in admin
