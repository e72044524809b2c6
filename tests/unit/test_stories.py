"""Stories send the forms that pages show: none posts a body to an address, unless it says that no page offers it."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
FOLDERS = ("functional", "integration", "browser")


def posted(source: str) -> list[int]:
    """The lines in which a form is sent to an address; what programs send is JSON."""
    return [
        call.lineno
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "post"
        and "json" not in {keyword.arg for keyword in call.keywords}
    ]


def test_a_form_that_is_sent_to_an_address_is_found() -> None:
    assert posted('await browser.post("/desk/rules/1/close")\nawait visitor().post(page, data=form)') == [1, 2]
    assert posted("await program.post(path, json={})\nawait post_without_page(browser, path, data={})") == []


LEFT: dict[str, int] = {
    "test_at_the_same_time.py": 1,
    "test_comments_withdrawn.py": 5,
    "test_commitment_days.py": 4,
    "test_departments_cooperate.py": 2,
    "test_follow.py": 9,
    "test_forum_following.py": 2,
    "test_forum_is_over.py": 1,
    "test_forum_state_actions.py": 1,
    "test_forums_desk.py": 6,
    "test_forums_proposed.py": 5,
    "test_handler_answers.py": 5,
    "test_intake_morning.py": 3,
    "test_mail.py": 2,
    "test_objection_decided.py": 1,
    "test_permissions.py": 2,
    "test_refusals_lead_back.py": 2,
    "test_repeated_petition.py": 2,
    "test_said_once.py": 2,
    "test_sign_in.py": 9,
    "test_speaking.py": 11,
    "test_stream_rights.py": 3,
    "test_submission_state_actions.py": 2,
    "test_submissions_cross_over.py": 11,
    "test_submissions_desk.py": 9,
    "test_supplement_in_time.py": 1,
    "test_transcribing.py": 6,
    "test_bulk_killed.py": 4,
    "test_registrations_race.py": 1,
    "test_speaking_race.py": 1,
}
"""By file, how many still post to an address; the numbers only fall."""


def test_stories_send_what_a_page_shows() -> None:
    found = {
        path.name: len(lines)
        for folder in FOLDERS
        for path in sorted((TESTS / folder).rglob("*.py"))
        if "_api" not in path.stem and (lines := posted(path.read_text()))
    }
    assert found == LEFT, "use tests.support.page_forms: submit, send, or post_without_page for what no page offers"
