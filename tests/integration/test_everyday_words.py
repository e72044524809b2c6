"""Everyday words find what was meant among the stories of the demonstration city."""

import re
from collections.abc import AsyncIterator, Sequence

import pytest

from server.core import database
from server.core.config import Settings
from server.core.search import Batch, Document, Embedded, Kind, Question, learning
from server.core.search.related import Related
from server.core.search.tables import Tables
from server.demo.cases import SCENARIOS
from server.demo.cases.scenario import prose
from server.demo.departments import DEPARTMENTS
from tests.support.postgres import NewDatabase

TABLES, RELATED = Tables("story"), Related("story")
ENGINE = Embedded(TABLES, RELATED)
SLOT = re.compile(r"\{\w+\}")
WORDS = (
    ("가로등", "roads-streetlight"),
    ("골목이 어두워요", "roads-streetlight"),
    ("시끄러워요", "building-floor-noise env-construction-noise culture-festival-noise"),
    ("버스막차", "transit-interval"),
    ("막차 시간", "transit-interval"),
    ("수도 물이 샌다", "water-leak water-meter-freeze water-bill"),
    ("녹물", "water-rusty"),
    ("길에 구멍", "roads-pothole report-manhole roads-compensation"),
    ("강아지", "parks-dog"),
    ("모기", "health-mosquito"),
    ("층간소음", "building-floor-noise"),
    ("주차 과태료가 억울해요", "traffic-fine-refused traffic-hydrant-fine"),
    ("쓰레기 냄새", "waste-dumping waste-street-cleaning waste-missed-pickup"),
    ("이중 납부", "tax-double"),
    ("와이파이가 느려요", "digital-wifi"),
    ("기초연금신청", "permit-pension"),
    ("街灯", "ja-streetlight"),
    ("うるさい", "ja-noise-karaoke"),
    ("ごみの日", "ja-garbage-rules"),
    ("水道水 におい", "ja-water-smell"),
    ("taxi meter", "en-taxi-overcharge"),
    ("wheelchair toilet", "en-accessible-toilet"),
    ("enrol kids in school", "en-school-enrolment"),
    ("dust and noise", "en-construction"),
)


async def nothing(_wanted: Batch) -> Sequence[Document]:
    return ()


STORY = Kind("story", 1, nothing)


@pytest.fixture(params=["sqlite", "postgres"])
async def stories(request: pytest.FixtureRequest, new_database: NewDatabase) -> AsyncIterator[None]:
    await database.connect(Settings(database_url=new_database(request.param)), {})
    await TABLES.create()
    await database.execute(RELATED.create_sql(database.dialect()))
    texts = [
        (
            SLOT.sub(" ", s.titles[0]),
            SLOT.sub(" ", "\n".join([*s.titles[1:], *(prose(t, s.language) for t in (s.body, s.answer))])),
        )
        for s in SCENARIOS
    ]
    async with database.transaction():
        await TABLES.put([Document(STORY, at, title, text) for at, (title, text) in enumerate(texts)], new=True)
    while await TABLES.count():
        pass
    said = [" ".join(department.keywords) for department in DEPARTMENTS]
    await RELATED.replace(learning.learn([f"{title}\n{text}" for title, text in texts] + said), len(texts))
    yield
    await database.close()


async def test_everyday_words_find_what_was_meant(stories: None) -> None:
    missed = {}
    for words, meant in WORDS:
        hits = (await ENGINE.search(Question(words, (STORY,), limit=3))).hits
        found = [SCENARIOS[hit.id].key for hit in hits]
        if not set(found) & set(meant.split()):
            missed[words] = found
    assert missed == {}
