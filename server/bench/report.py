"""What a run found: as JSON, and as the tables of ``docs/performance.md``, which are replaced there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.bench.measuring import Figures

OURS, FLOOR = "ours", "floor"
MEBIBYTE, KIBIBYTE = 2**20, 2**10
BEGIN, END = "<!-- sinmungo bench -->", "<!-- end of sinmungo bench -->"
_MADE = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)


@dataclass(frozen=True)
class Memory:
    """What a server needs beside time."""

    ready: float
    """Seconds from its start until it is ready."""
    first: float
    """Seconds of its first page."""
    processes: int
    """Bytes of its web processes after the run."""
    stream: float
    """Bytes of an open stream."""


@dataclass(frozen=True)
class Run:
    """A run with its conditions."""

    database: str
    cases: int
    workers: int
    connections: int
    count: int
    seconds: float
    imported: float
    """Seconds of importing the cases."""
    paths: Mapping[str, Mapping[str, Figures]]
    memory: Mapping[str, Memory]

    def as_json(self) -> dict[str, Any]:
        """Everything, rates in visits a second, times in milliseconds."""
        return {
            "database": self.database,
            "cases": self.cases,
            "workers": self.workers,
            "connections": self.connections,
            "rounds": self.count,
            "seconds": self.seconds,
            "import_seconds": round(self.imported, 2),
            "paths": {name: {**_figures(found), **_ratios(found)} for name, found in self.paths.items()},
            "servers": {name: vars(one) for name, one in self.memory.items()},
        }

    def as_text(self) -> str:
        """The tables, in Markdown."""
        return "\n".join([self._conditions(), "", *self._rates(), "", *self._needs()])

    def _conditions(self) -> str:
        return (
            f"{self.database}, {self.cases:,} cases, {_counted(self.workers, 'web process', 'web processes')}, "
            f"{_counted(self.connections, 'connection', 'connections')}, {_counted(self.count, 'round', 'rounds')} of "
            f"{self.seconds:g} s for each path and server in turn. Medians of the rounds; CPU is milliseconds a visit "
            "(web + database + worker)."
        )

    def _rates(self) -> list[str]:
        names = list(
            dict.fromkeys(name for found in self.paths.values() for name in found if name not in {OURS, FLOOR})
        )
        head = ["path", "floor /s", "ours /s", "of floor", "p99 ms", "CPU floor", "CPU ours"]
        head += [heading for name in names for heading in (f"{name} /s", f"ours to {name}", f"CPU {name}")]
        lines = []
        for path, found in self.paths.items():
            floor, ours = found[FLOOR], found[OURS]
            cells = [
                path, _rate(floor), _rate(ours), f"{ratio(found):.0%}", f"{ours.p99:.1f}", _cpu(floor), _cpu(ours),
            ]  # fmt: skip
            for name in names:
                other = found.get(name)
                cells += [_rate(other), f"{ours.rate / other.rate:.2f}", _cpu(other)] if other else ["–"] * 3
            lines.append(cells)
        return _table(head, lines)

    def _needs(self) -> list[str]:
        lines = [
            [
                name, f"{one.ready:.2f}", f"{one.first:.2f}", f"{one.processes / MEBIBYTE:.0f}",
                f"{one.stream / KIBIBYTE:.0f}",
            ]
            for name, one in self.memory.items()
        ]  # fmt: skip
        head = ["server", "start to ready, s", "first page, s", "web processes, MiB (PSS)", "open stream, KiB"]
        return [*_table(head, lines), "", f"Import of {self.cases:,} petitions: {self.imported:.1f} s."]


def ratio(found: Mapping[str, Figures]) -> float:
    """Our rate as a share of the floor's."""
    return found[OURS].rate / found[FLOOR].rate


def _figures(found: Mapping[str, Figures]) -> dict[str, Any]:
    return {
        name: {
            "rate": round(one.rate, 1),
            "p99_ms": round(one.p99, 1),
            "cpu_ms": dict(zip(("web", "database", "worker"), (round(part, 2) for part in one.cpu()), strict=True)),
        }
        for name, one in found.items()
    }


def _ratios(found: Mapping[str, Figures]) -> dict[str, float]:
    others = {f"to_{name}": found[OURS].rate / one.rate for name, one in found.items() if name not in {OURS, FLOOR}}
    return {name: round(value, 3) for name, value in {"of_floor": ratio(found), **others}.items()}


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _rate(one: Figures) -> str:
    return f"{one.rate:,.0f}"


def _cpu(one: Figures) -> str:
    return " + ".join(f"{part:.1f}" for part in one.cpu())


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines)]


def write(path: Path, run: Run) -> None:
    """Replace the tables in a document by those of a run. Raises ``ValueError`` without the two marks."""
    text = path.read_text(encoding="utf-8")
    if not _MADE.search(text):
        raise ValueError(f"{path} has no line {BEGIN} followed by {END}")
    made = f"{BEGIN}\n\n{run.as_text()}\n\n{END}"
    path.write_text(_MADE.sub(lambda _found: made, text), encoding="utf-8")
