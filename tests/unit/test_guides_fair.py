"""A year of cases, with absences: nobody guides much more than others, and languages and specialities are honoured.

``GUIDED_CASES`` sets how many cases a year has; by default there are few, so that the test is short.
"""

import heapq
import os
import random
from collections import Counter
from dataclasses import replace

from petitions.guiding import GuideProfile, choose_guide

CASES = int(os.environ.get("GUIDED_CASES", "2000"))
DEPARTMENTS = {1: 5, 2: 4, 3: 3, 4: 3}
"""How many guides each department has."""
SPECIALITIES = ("쓰레기", "벤치", "세금")
OPEN_DAYS = (2, 30)


def city() -> list[GuideProfile]:
    """Of each department, every third guide speaks Japanese too, and each has one speciality."""
    found = list[GuideProfile]()
    for department, count in DEPARTMENTS.items():
        for n in range(count):
            languages = ("ko", "ja") if n % 3 == 0 else ("ko",)
            found.append(GuideProfile(len(found) + 1, department, languages, (SPECIALITIES[n % 3],), 0))
    return found


def test_nobody_guides_much_more_than_others_and_whoever_is_qualified_is_chosen() -> None:
    chance, guides = random.Random(16), {one.id: one for one in city()}
    away = {one: {chance.randrange(365) for _n in range(25)} for one in guides}
    open_until: list[tuple[float, int]] = []
    given, honoured, possible = Counter[int](), 0, 0
    for number in range(CASES):
        day = 365 * number / CASES
        while open_until and open_until[0][0] <= day:
            _until, one = heapq.heappop(open_until)
            guides[one] = replace(guides[one], load=guides[one].load - 1)
        department = chance.choice(list(DEPARTMENTS))
        language = "ja" if chance.random() < 0.03 else "ko"
        wanted = chance.choice(SPECIALITIES) if chance.random() < 0.2 else ""
        here = [replace(one, away=int(day) in away[one.id]) for one in guides.values()]
        found = choose_guide(
            here, department_id=department, department={}, language=language, own_language="ko", text=f"문의 {wanted}"
        ).guide
        able = [one for one in here if one.department_id == department and not one.away and language in one.languages]
        fit = [one for one in able if wanted in one.specialities] or able
        if able:
            possible += 1
            honoured += found is not None and found.id in {one.id for one in fit}
        if found is not None:
            given[found.id] += 1
            guides[found.id] = replace(guides[found.id], load=guides[found.id].load + 1)
            heapq.heappush(open_until, (day + chance.uniform(*OPEN_DAYS), found.id))
    assert honoured / possible >= 0.99
    for department in DEPARTMENTS:
        counts = [given[one.id] for one in guides.values() if one.department_id == department]
        assert max(counts) <= 1.3 * sum(counts) / len(counts), (department, counts)
