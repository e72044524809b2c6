"""Display names that could be taken for the city's own: pure, a name in, yes or no out.

A pseudonym is welcome. What nobody may do is speak as if the city spoke: under the name of the city, of a department or
of an official, or under an office's title.
"""

import unicodedata
from collections.abc import Collection

ALONE = frozenset(
    {
        *("시장", "시장님", "부시장", "구청장", "시청", "구청", "동장", "담당자", "공식", "시민소통담당관"),
        *("市長", "副市長", "区長", "市役所", "区役所", "職員", "担当者", "公式"),
        *("mayor", "cityhall", "thecity", "official", "officials", "staff", "admin", "system", "root", "support"),
    }
)
"""Nobody's name: refused as the whole of one. Within one they may be harmless (중앙시장 상인, 시청 앞 빵집)."""
ANYWHERE = (
    *("공무원", "주무관", "사무관", "서기관", "관리자", "운영자", "운영팀", "공식계정"),
    *("公務員", "市職員", "管理者", "運営者", "運営事務局"),
    *("administrator", "moderator", "cityofficial"),
)
"""Refused wherever they stand in a name."""
AFTER_CITY = (
    "청",
    "시장",
    "부시장",
    "시청",
    "공식",
    "담당",
    "대변인",
    "市長",
    "市役所",
    "公式",
    "hall",
    "mayor",
    "official",
)
"""Refused behind the city's own name; 서울시민 is no such name."""
LEAST_NAME = 3
"""Characters of a department's name from which on it is looked for within a name."""


def folded(name: str) -> str:
    """A name as it is compared: letters and digits only, without width, case or signs between."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain if character.isalnum())


def looks_official(name: str, cities: Collection[str], departments: Collection[str]) -> bool:
    """Whether a display name could be taken for the city, a department or an office."""
    wanted = folded(name)
    if wanted in ALONE or any(word in wanted for word in ANYWHERE):
        return True
    for city in map(folded, cities):
        rest = wanted.removeprefix(city)
        if city and rest != wanted and (not rest or rest.startswith(AFTER_CITY)):
            return True
    own = [folded(department) for department in departments]
    return any(wanted == one or (len(one) >= LEAST_NAME and one in wanted) for one in own if one)
