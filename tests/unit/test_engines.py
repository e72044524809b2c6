"""Which engine a test runs on: stories on one, whatever is about the database on both."""

import pytest

from tests.support import engines


def test_stories_are_shared_out_between_the_engines_by_their_names() -> None:
    found = [engines.chosen(f"tests/functional/test_a.py::test_{n}") for n in range(200)]
    assert 70 < found.count("sqlite") < 130
    assert found == [engines.chosen(f"tests/functional/test_a.py::test_{n}") for n in range(200)]


@pytest.mark.parametrize("name", sorted(engines.ABOUT_THE_DATABASE))
def test_what_is_about_the_database_is_there(name: str) -> None:
    assert (engines.STORIES / f"{name}.py").exists()
