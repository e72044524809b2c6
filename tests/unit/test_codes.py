"""Two different refusals never share a code."""

import ast
from pathlib import Path

GENERIC = {"Forbidden", "BadRequest"}


def test_a_generic_refusal_with_a_text_of_its_own_has_a_code_of_its_own() -> None:
    without, codes = [], []
    for package in ("server", "petitions", "forums", "tracking"):
        for path in Path(package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GENERIC:
                    code = [each.value.value for each in node.keywords if isinstance(each.value, ast.Constant)]
                    codes += code
                    if node.args and not code:
                        without.append(f"{path}:{node.lineno}")
    assert without == []
    assert len(codes) == len(set(codes))
