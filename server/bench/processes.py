"""What processes cost, read from ``/proc``: processor time, memory, and who listens at a port."""

import os
import re
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_LISTENS = "0A"
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def seconds(pid: int) -> float:
    """Processor seconds of a process and all below it, ended ones included; 0 if it is not seen from here."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS + sum(seconds(child) for child in _children(pid))


def proportional(pid: int) -> int:
    """Bytes of memory of a process and all below it, of what several share the share of each (PSS)."""
    try:
        found = _PSS.search((_PROC / str(pid) / "smaps_rollup").read_text())
    except OSError:
        return 0
    return (int(found[1]) * 1024 if found else 0) + sum(proportional(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for task in (_PROC / str(pid) / "task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []


def parent(pid: int) -> int:
    """The process that started one; 0 if it is not seen from here."""
    try:
        return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def listener(port: int) -> int:
    """The process that listens at a port of this machine: the uppermost of those that share it; 0 if none is seen."""
    sockets = set()
    for table in ("tcp", "tcp6"):
        for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    found = [int(each.name) for each in _PROC.iterdir() if each.name.isdigit() and _holds(each, sockets)]
    return next((pid for pid in found if parent(pid) not in found), 0)


def _holds(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(each.readlink()) in sockets for each in (process / "fd").iterdir())
    except OSError:  # it belongs to somebody else, or is gone
        return False
