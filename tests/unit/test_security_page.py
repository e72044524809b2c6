"""The page on security has each requirement of ASVS 4.0.3, levels 1 and 2, once, and names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()

REQUIRED = """
1.1:1-7 1.2:1-4 1.4:1,4,5 1.5:1-4 1.6:1-4 1.7:1-2 1.8:1-2 1.9:1-2 1.10:1 1.11:1-2 1.12:2 1.14:1-6
2.1:1-12 2.2:1-3 2.3:1-3 2.4:1-6 2.5:1-7 2.6:1-3 2.7:1-6 2.8:1-7 2.9:1-3 2.10:1-4
3.1:1 3.2:1-4 3.3:1-4 3.4:1-5 3.5:1-3 3.7:1
4.1:1-3,5 4.2:1-2 4.3:1-3
5.1:1-5 5.2:1-8 5.3:1-10 5.4:1-3 5.5:1-4
6.1:1-3 6.2:1-6 6.3:1-2 6.4:1-2
7.1:1-4 7.2:1-2 7.3:1,3,4 7.4:1-3
8.1:1-4 8.2:1-3 8.3:1-8
9.1:1-3 9.2:1-4
10.2:1-2 10.3:1-3
11.1:1-8
12.1:1-3 12.2:1 12.3:1-6 12.4:1-2 12.5:1-2 12.6:1
13.1:1,3-5 13.2:1-3,5-6 13.3:1-2 13.4:1-2
14.1:1-4 14.2:1-6 14.3:2-3 14.4:1-7 14.5:1-4
"""
"""Section and numbers, without those that the standard has deleted or asks of level 3 only."""


def numbers(written: str) -> list[int]:
    found: list[int] = []
    for part in written.split(","):
        first, _dash, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def test_each_requirement_has_one_line() -> None:
    required = [
        f"{section}.{number}"
        for section, _colon, written in (one.partition(":") for one in REQUIRED.split())
        for number in numbers(written)
    ]
    lines = re.findall(r"^\| (\d+\.\d+\.\d+) \| (yes|part|no|operator|n/a) \| .*\S \|$", PAGE, re.MULTILINE)
    assert [number for number, _state in lines] == required


def test_the_tests_that_it_names_exist() -> None:
    named = set(re.findall(r"`((?:tests|docs|server)/[\w/.-]+)`", PAGE))
    assert len(named) > 50
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
