"""``sinmungo routing evaluate``: its figures, and files that are wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.core.classifier.evaluating import quality
from server.core.classifier.model import Scored
from tests.support.complaints import complaints

FIGURES = {
    "top1",
    "top3",
    "macro_f1",
    "accuracy_at_50",
    "accuracy_at_80",
    "calibration_error",
    "learn_s",
    "ms_per_text",
}


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows))
    return path


def labelled(path: Path, each: int, seed: int = 1) -> Path:
    texts, labels = complaints(each, seed)
    rows = [{"title": t[:10], "body": t, "department": d} for t, d in zip(texts, labels, strict=True)]
    return written(path, rows)


def evaluate(file: Path, *more: str) -> Result:
    return CliRunner().invoke(
        main, ["routing", "evaluate", str(file), "--text", "title,body", "--label", "department", *more]
    )


def test_it_learns_from_four_fifths_and_scores_the_rest(tmp_path: Path) -> None:
    result = evaluate(labelled(tmp_path / "all.jsonl", 25), "--json")
    figures = json.loads(result.stdout)
    assert set(figures) == FIGURES
    assert figures["top1"] == figures["top3"] == figures["accuracy_at_50"] == 1
    assert "80 texts with 4 labels learned, 20 others scored." in evaluate(tmp_path / "all.jsonl").stdout


def test_another_file_can_be_scored(tmp_path: Path) -> None:
    file, test = labelled(tmp_path / "all.jsonl", 10), labelled(tmp_path / "test.jsonl", 5, seed=9)
    assert "40 texts with 4 labels learned, 20 others scored." in evaluate(file, "--test", str(test)).stdout


def test_a_label_that_was_never_learned_is_missed(tmp_path: Path) -> None:
    test = written(tmp_path / "test.jsonl", [{"title": "", "body": "가로등", "department": "moon"}])
    figures = json.loads(evaluate(labelled(tmp_path / "a.jsonl", 5), "--test", str(test), "--json").stdout)
    assert figures["top1"] == figures["top3"] == figures["macro_f1"] == 0


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{", "all.jsonl, line 2: unexpected"),
        ("[1]", "all.jsonl, line 2: not a JSON object"),
        ({"title": "a", "department": "x"}, "all.jsonl, line 2: there is no field 'body'"),
        ({"title": "a", "body": "b"}, "all.jsonl, line 2: there is no field 'department'"),
        ({"title": "a", "body": ["b"], "department": "x"}, "all.jsonl, line 2: body is not a text"),
        ({"title": "a", "body": "b", "department": " "}, "all.jsonl, line 2: department is empty"),
        ({"title": "a", "body": "b", "department": None}, "all.jsonl, line 2: department is not a text"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, row: Any, why: str) -> None:
    first = {"title": "가로등", "body": "고장", "department": "roads"}
    result = evaluate(written(tmp_path / "all.jsonl", [first, row]))
    assert result.exit_code == 1
    assert why in result.stderr


@pytest.mark.parametrize("rows", [[], [{"title": "", "body": "b", "department": "x"}] * 10])
def test_a_file_without_two_labels_is_refused(tmp_path: Path, rows: list[Any]) -> None:
    result = evaluate(written(tmp_path / "all.jsonl", rows))
    assert result.exit_code == 1
    assert "all.jsonl" in result.stderr


def test_accuracy_at_a_coverage_is_that_of_the_surest_and_the_calibration_error_that_of_15_bins() -> None:
    scored = [Scored((label, "z"), (sure, 1 - sure), 1.0) for label, sure in [("a", 0.99), ("a", 0.9), ("b", 0.6)]]
    found = quality([*scored, Scored(("a", "b"), (0.59, 0.41), 1.0)], ["a", "a", "a", "b"], 1.0)
    assert (found.top1, found.top3, found.accuracy_at_50, found.accuracy_at_80) == (0.5, 0.75, 1.0, 0.6667)
    assert found.calibration_error == pytest.approx((0.01 + 0.1 + 0.59 + 0.6) / 4, abs=1e-3)
    assert found.macro_f1 == pytest.approx((2 * 2 / (3 + 3) + 0) / 2, abs=1e-4)


def test_neither_the_web_process_nor_the_command_loads_what_only_learning_needs() -> None:
    code = "import sys, server.app, server.cli; print(*{'sklearn', 'scipy', 'numpy'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
