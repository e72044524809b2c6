"""The house rules that no linter keeps: short files, nothing about one machine, everything pinned."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
MOST_LINES = 400
TEXT = {".py", ".toml", ".txt", ".md", ".html", ".css", ".js", ".po", ".json", ".jsonl", ".ini", ".yml", ""}
# Written so that this file does not break its own rules.
HOME = re.compile(r"(?<![\w.:/-])/(?:work|root|home/[a-z]+|Users)/")
REGISTRY = re.compile(r"pypi[.]org|python[h]osted|deb[.]debian[.]org|npm[j]s")


def files() -> Iterator[Path]:
    """What is checked in: other hidden names are caches."""
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in parts)
        if path.suffix in TEXT and not hidden and parts[0] not in {"var", "htmlcov", "dist"} and path.is_file():
            yield path


def pins(name: str) -> dict[str, str]:
    """Package to version; each must carry its hashes."""
    text = (ROOT / name).read_text()
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", text):
        if not block.startswith("#"):
            head = block.splitlines()[0].rstrip(" \\")
            assert "--hash=sha256:" in block, f"{name}: {head} has no hash"
            requirement = Requirement(head)
            (exact,) = requirement.specifier
            assert exact.operator == "==", f"{name}: {head} is not pinned"
            found[canonicalize_name(requirement.name)] = exact.version
    return found


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        str(path.relative_to(ROOT)): path.read_text().count("\n")
        for path in files()
        if path.suffix == ".py" and "migrations" not in path.parts
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_opens_with_what_it_owns() -> None:
    bare = [
        str(path.relative_to(ROOT))
        for path in files()
        if path.suffix == ".py" and "migrations" not in path.parts and not path.read_text().startswith(('"""', "#!"))
    ]
    assert bare == []


@pytest.mark.parametrize("pattern", [HOME, REGISTRY], ids=["a folder of one machine", "a package registry"])
def test_nothing_names(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_requirements_have_hashes_and_no_index_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"^--|://|--(?!hash=)[a-z]", text, re.MULTILINE)
    assert pins(name)


def test_what_the_project_asks_for_is_what_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run, test = pins("requirements.txt"), pins("requirements-test.txt")
    for wanted, pinned in (
        (project["dependencies"], run),
        (project["dependencies"] + project["optional-dependencies"]["test"], test),
    ):
        for line in wanted:
            requirement = Requirement(line)
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), line
    # Tests run what is run: the test tools move no version.
    assert run.items() <= test.items()
