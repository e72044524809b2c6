"""The command that measures search: on both databases, without migrations, leaving nothing behind."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from server.core import database
from server.core.config import Settings
from tests.support.postgres import NewDatabase

LINES = [
    {"heading": "가로등이 고장났어요", "said": "골목 가로등이 며칠째 꺼져 있어 밤길이 무섭습니다."},
    {"heading": "공원에 벤치를 놓아 주세요", "said": "어르신들이 쉬실 벤치가 공원에 하나도 없습니다."},
    {
        "heading": "버스가 오지 않습니다",
        "said": "막차 시간이 지켜지지 않아 집에 걸어갔습니다. 버스 회사에 알려 주세요.",
    },
    {"heading": "", "said": "제목이 없습니다."},
    {"heading": "내용이 없습니다", "said": None},
]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_known_texts_are_found_and_nothing_stays(
    engine: str, tmp_path: Path, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(engine)  # type: ignore[arg-type]
    monkeypatch.setenv("SINMUNGO_DATABASE_URL", url)
    file = tmp_path / "lines.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in LINES))
    command = ["search", "evaluate", str(file), "--query", "heading", "--text", "said"]
    result = CliRunner().invoke(main, [*command, "--json"])
    assert result.exit_code == 0, result.output
    measured = json.loads(result.output)
    assert measured.pop("ms_per_query") > 0
    assert measured == {"queries": 3, "recall_at_1": 1.0, "recall_at_10": 1.0, "mrr_at_10": 1.0}
    assert "recall@1 1.0" in CliRunner().invoke(main, command).output

    async def tables() -> list[str]:
        await database.connect(Settings(database_url=url), {})
        try:
            catalogue = "sqlite_master" if engine == "sqlite" else "pg_tables"
            name = "name" if engine == "sqlite" else "tablename"
            return await database.column(f"SELECT {name} FROM {catalogue} WHERE {name} LIKE 'scratch%'")
        finally:
            await database.close()

    assert asyncio.run(tables()) == []


@pytest.mark.parametrize(("content", "said"), [("{not json", "line 1"), ('{"a": 1}', "No line"), ("", "No line")])
def test_a_file_that_cannot_be_measured_is_refused(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(content)
    result = CliRunner().invoke(main, ["search", "evaluate", str(file), "--query", "heading", "--text", "said"])
    assert result.exit_code == 1
    assert said in result.output
