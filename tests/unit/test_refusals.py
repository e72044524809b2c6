"""Every refusal has a code of its own, by which a program tells what happened."""

import re
from collections import defaultdict
from pathlib import Path

import server.app  # noqa: F401 — which imports every room
from server.core.errors import Refusal

ROOT = Path(__file__).parents[2]


def refusals(of: type[Refusal] = Refusal) -> set[type[Refusal]]:
    return {of}.union(*(refusals(each) for each in of.__subclasses__()))


def test_two_refusals_never_share_a_code() -> None:
    """One that only says another's refusal in its own words inherits the code; one module may raise a code twice."""
    by_code = defaultdict(set)
    for refusal in refusals():
        if "code" in vars(refusal) and refusal.__module__.partition(".")[0] != "tests":
            by_code[refusal.code].add(f"{refusal.__module__}.{refusal.__name__}")
    for room in ("server", "petitions", "forums", "tracking"):
        for path in (ROOT / room).rglob("*.py"):
            for code in re.findall(r"\bcode=\"([a-z_]+)\"", path.read_text()):
                by_code[code].add(str(path.relative_to(ROOT)))
    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}
