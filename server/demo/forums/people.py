"""Who speaks in the demonstration city: invented names, none of them an official's, and what they say of themselves."""

from random import Random

from server.core.participants import people
from server.core.participants.people import Person
from server.demo.city import DISTRICTS
from server.demo.people import ACCOUNTS

CITIZENS = 150
FAMILY = "김이박최정강조윤장임한오서신권황안송전홍"
GIVEN = (
    "나래", "다온", "라온", "마루", "보람", "새봄", "아라", "은별", "지음", "찬솔", "하람", "한결", "해든", "예린", "도윤",
    "가람", "두리", "미르", "슬기", "여름",
)  # fmt: skip
NICKNAMES = (
    "골목고양이", "새벽버스", "느린산책", "두부한모", "옥상텃밭", "빨간우산", "동네책방", "자전거출근", "보리차한잔",
    "세탁소집딸", "늦은퇴근", "손주둘", "구름사다리", "물레방아", "국수집둘째", "달밤체조", "파란대문", "감나무집",
)  # fmt: skip
NAMES = tuple(
    name
    for name in (family + given for given in GIVEN for family in FAMILY)
    if name not in {account.name for account in ACCOUNTS}
)
"""Names that could be anybody's; an official's is theirs alone."""
AGES = {"under_20": 7, "20s": 15, "30s": 21, "40s": 24, "50s": 19, "60s": 17, "70_plus": 11, "": 36}
"""How many of the people say that they are so old; most say it, nobody has to."""
WEIGHTS = (24, 19, 17, 15, 13, 12, 11)
"""How many say in which district they live, in the order of the districts; the others do not say."""


def author(rng: Random) -> str:
    """The name under which somebody spoke: many take another one than their own."""
    return rng.choice(NICKNAMES if rng.random() < 0.4 else NAMES)  # noqa: PLR2004


async def meet(rng: Random) -> list[Person]:
    """Everybody with a confirmed address, each under a name of their own."""
    names = [*NICKNAMES, *rng.sample(NAMES, CITIZENS - len(NICKNAMES))]
    ages = [age for age, count in AGES.items() for _one in range(count)]
    homes = [district.code for district, count in zip(DISTRICTS, WEIGHTS, strict=True) for _one in range(count)]
    homes += [""] * (CITIZENS - len(homes))
    for shuffled in (names, ages, homes):
        rng.shuffle(shuffled)
    found = [await people.take_name(f"citizen{place}@example.org", name, "ko") for place, name in enumerate(names)]
    for person, home, age in zip(found, homes, ages, strict=True):
        await people.say_of_themselves(person.id, age, home)
    return found
