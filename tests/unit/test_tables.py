"""Nobody reads or writes another room's tables, and pages none at all: functions are called, or fragments joined."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("server", "petitions", "forums", "tracking")
OUTSIDE = ("migrations", "demo", "bench")
"""Folders that make the tables, or fill them with what they like."""
ACCOUNTS = ("accounts", "auth", "sessions", "city", "districts", "roles")
"""Modules of the ground floor that are one room: the organisation and who signs in. The roof holds its administration
(``server.people`` and the list beside it)."""
PAGES = re.compile(r"(^|/)(\w+_)?(routes|desk|desk_settings|pages|api)(/|\.py$)")
_SQL = re.compile(r"\bdatabase\.(fetch|fetch_one|execute|insert)\(|\"(SELECT|INSERT|UPDATE|DELETE) ")
SHARED = {"outbox": "jobs"}
"""Modules of another one's room: what officials see of the jobs."""
_MADE = re.compile(r'^\s+table = "(\w+)"', re.MULTILINE)
_USED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[:2] in {("server", "people"), ("server", "people_list")}:
        return "accounts"
    if parts[:2] == ("server", "core"):
        return "accounts" if parts[2] in ACCOUNTS else SHARED.get(parts[2], parts[2].removesuffix("_check"))
    return "tracking.statistics" if parts[:2] == ("tracking", "statistics") else parts[0]


def sources() -> list[Path]:
    found = [path for name in ROOMS for path in (ROOT / name).rglob("*.py")]
    return [path for path in found if not set(OUTSIDE) & set(path.relative_to(ROOT).parts)]


def test_nobody_touches_another_rooms_tables() -> None:
    texts = {path: path.read_text() for path in sources()}
    owner = {table: room(path) for path, text in texts.items() for table in _MADE.findall(text)}
    assert len(owner) > 30, "tables are found"
    strangers: dict[str, set[str]] = {}
    for path, text in texts.items():
        if used := {table for table in _USED.findall(text) if owner.get(table, room(path)) != room(path)}:
            strangers[str(path.relative_to(ROOT))] = used
    assert strangers == {}


def test_pages_and_json_hold_no_sql() -> None:
    pages = {path.relative_to(ROOT).as_posix(): path for path in sources()}
    found = {
        name
        for name, path in pages.items()
        if PAGES.search(name) and "/queries/" not in name and _SQL.search(path.read_text())
    }
    assert found == set()
