"""Every role at the door of every settings page: who holds the permission comes in, nobody else does."""

from urllib.parse import quote

import pytest

from server.core.accounts import PERMISSIONS, Account, Permission, Role
from tests.support.house import House

P = Permission
PAGES: dict[str, frozenset[Permission]] = {
    "/desk/rules": frozenset({P.EDIT_RULES}),
    "/desk/rules/new": frozenset({P.EDIT_RULES}),
    "/desk/rules/1": frozenset({P.EDIT_RULES}),
    "/desk/rules/1/delete": frozenset({P.EDIT_RULES}),
    "/desk/templates": frozenset({P.EDIT_TEMPLATES}),
    "/desk/templates/new": frozenset({P.EDIT_TEMPLATES}),
    "/desk/templates/1": frozenset({P.EDIT_TEMPLATES}),
    "/desk/templates/1/delete": frozenset({P.EDIT_TEMPLATES}),
    "/desk/calendar": frozenset({P.EDIT_CALENDAR}),
    "/desk/departments": frozenset({P.EDIT_DEPARTMENTS}),
    "/desk/departments/new": frozenset({P.EDIT_DEPARTMENTS}),
    "/desk/departments/1": frozenset({P.EDIT_DEPARTMENTS}),
    "/desk/departments/1/close": frozenset({P.EDIT_DEPARTMENTS}),
    "/desk/people": frozenset({P.EDIT_PEOPLE}),
    "/desk/people/new": frozenset({P.EDIT_PEOPLE}),
    "/desk/people/1": frozenset({P.EDIT_PEOPLE}),
    "/desk/people/1/deactivate": frozenset({P.EDIT_PEOPLE}),
    "/desk/people/1/password": frozenset({P.EDIT_PEOPLE}),
    "/desk/people/1/totp": frozenset({P.EDIT_PEOPLE}),
    "/desk/jobs": frozenset({P.SEE_JOBS}),
    "/desk/audit": frozenset({P.EDIT_PEOPLE, P.EDIT_RULES}),
}
ACTS: dict[str, Permission] = {
    "/desk/rules/try": P.EDIT_RULES,
    "/desk/rules/new": P.EDIT_RULES,
    "/desk/rules/1": P.EDIT_RULES,
    "/desk/rules/1/move": P.EDIT_RULES,
    "/desk/rules/1/switch": P.EDIT_RULES,
    "/desk/rules/1/delete": P.EDIT_RULES,
    "/desk/templates/new": P.EDIT_TEMPLATES,
    "/desk/templates/1": P.EDIT_TEMPLATES,
    "/desk/templates/1/delete": P.EDIT_TEMPLATES,
    "/desk/calendar/holidays": P.EDIT_CALENDAR,
    "/desk/calendar/holidays/2027-01-04/remove": P.EDIT_CALENDAR,
    "/desk/calendar/hours": P.EDIT_CALENDAR,
    "/desk/departments/new": P.EDIT_DEPARTMENTS,
    "/desk/departments/1": P.EDIT_DEPARTMENTS,
    "/desk/departments/1/close": P.EDIT_DEPARTMENTS,
    "/desk/departments/1/open": P.EDIT_DEPARTMENTS,
    "/desk/people/new": P.EDIT_PEOPLE,
    "/desk/people/1": P.EDIT_PEOPLE,
    "/desk/people/1/deactivate": P.EDIT_PEOPLE,
    "/desk/people/1/activate": P.EDIT_PEOPLE,
    "/desk/people/1/password": P.EDIT_PEOPLE,
    "/desk/people/1/totp": P.EDIT_PEOPLE,
    "/desk/people/1/absences": P.EDIT_PEOPLE,
    "/desk/people/1/absences/1/remove": P.EDIT_PEOPLE,
    "/desk/jobs/retry": P.SEE_JOBS,
    "/desk/jobs/1/retry": P.SEE_JOBS,
}
USERS = {
    Role.INTAKE: "intake", Role.HANDLER: "handler", Role.MANAGER: "manager", Role.INSPECTOR: "inspector",
    Role.GUIDE: "guide", Role.CLERK: "clerk", Role.ADMINISTRATOR: "admin",
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_sees_the_pages_of_its_permissions_and_no_other(house: House, role: Role) -> None:
    browser = await house.official(USERS[role])
    seen = {page: (await browser.get(page)).status_code for page in PAGES}
    assert seen == {page: 200 if needed & PERMISSIONS[role] else 403 for page, needed in PAGES.items()}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_without_the_permission_changes_nothing(house: House, role: Role) -> None:
    browser = await house.official(USERS[role])
    forbidden = [page for page, needed in ACTS.items() if needed not in PERMISSIONS[role]]
    assert {(await browser.post(page)).status_code for page in forbidden} <= {403}
    assert await Account.filter(active=True).count() == 11


async def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(house: House) -> None:
    for page in PAGES:
        answer = await house.client.get(page)
        assert answer.status_code == 303, page
        assert answer.headers["location"] == f"/desk/sign-in?next={quote(page, safe='')}"
    for page in ACTS:
        assert (await house.client.post(page)).status_code == 401, page


async def test_the_tabs_show_what_the_reader_may_change(house: House) -> None:
    intake = (await (await house.official("intake")).get("/desk/rules")).text
    assert 'href="/desk/audit"' in intake
    for hidden in ("/desk/templates", "/desk/calendar", "/desk/people", "/desk/jobs", "/desk/departments"):
        assert f'href="{hidden}"' not in intake
    admin = (await (await house.official("admin")).get("/desk/rules")).text
    for shown in ("/desk/templates", "/desk/calendar", "/desk/people", "/desk/jobs", "/desk/departments"):
        assert f'href="{shown}"' in admin
