"""Display names that could be mistaken for the city's own: pure functions from a name to yes or no.

Pseudonyms are welcome. Nobody may speak as if the city spoke: under the name of the city or of this service, of a
department or an official, or with an official title. Where a title is an everyday word, too (시장 is a mayor and a
market), it is refused only where it must be the title: 시장님, 김 시장, 오세훈시장. 김시장 and 중앙시장 상인 pass.
"""

import re
import unicodedata
from collections.abc import Collection

from server.core import characters

_LOOK_ALIKES = str.maketrans(
    "01lавеёкмнорстухіјѕԁԛԝαβεικνορτυχ", "oiiabeekmhopctyxijsdqwabeikvoptux"
) | {code: code - 0x60 for code in range(0x30A1, 0x30F7)}  # fmt: skip
"""Maps lookalike letters to one, as well as digits used as letters and the two kana scripts."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_CITY = re.compile(r"((특별|광역|특례|특별자치)?시|市|\s*city)$", re.IGNORECASE)
_SAYING_CITY = re.compile("^(the|cityof|officeof)+")
_POLITE = re.compile(r"(님|입니다|이에요|예요|이올시다|さん|様|です)+$")


def folded(name: str) -> str:
    """A name in the form used for comparison: letters and digits only, without width, case, accents or punctuation."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", characters.bare(name)).casefold())
    letters = (one for one in unicodedata.normalize("NFKC", plain) if one.isalnum())
    return "".join(letters).translate(_LOOK_ALIKES)


def _all(*words: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in words)


SERVICE = ("신문고", "シンムンゴ", "申聞鼓", "Sinmungo")
ALONE = _all(
    *("시장", "부시장", "구청장", "시청", "구청", "동장", "담당자", "공식", "시민소통담당관"),
    *("대변인", "비서실", "민원실"),
    *("副市長", "区長", "市役所", "職員", "担当者", "公式"),
    *("city hall", "the city", "official", "officials", "staff", "admin", "system", "root", "support"),
)
"""Refused only as the whole name. As a part they may be harmless (중앙시장 상인, 시청 앞 빵집)."""
ANYWHERE = _all(
    *("공무원", "주무관", "사무관", "서기관", "관리자", "운영자", "운영팀", "공식계정"),
    *("시장님", "시장실", "구청장", "시청직원", "시청공식", "구청직원", "구청공식"),
    *("公務員", "市職員", "管理者", "運営者", "運営事務局", "市長", "市役所公式", "公式アカウント"),
    *("administrator", "moderator", "cityofficial", "official account"),
)
"""Refused anywhere in a name."""
AFTER_CITY = _all(
    *("청", "시장", "시청", "부시장", "담당", "대변인", "구청"),
    *("市役所", "担当"),
    *("hall", "council", "government"),
)
"""Refused after the city's name; 서울시민 is not such a name."""
WITH_CITY = _all("공식", "직원", "公式", "職員", "official")
"""Refused before or after the city's name."""
UNITS = _all(
    *("센터", "담당관", "사업소", "위원회", "본부", "의회", "사무국", "상황실", "민원실"),
    *("センター", "事務局", "委員会", "議会"),
    *("department", "division", "bureau"),
)
"""Offices if the city's name precedes them; so are the next, except shops and teams (한여울 약국, 한여울 축구팀)."""
UNITS_OF_CITY = UNITS + _all("팀", "과", "국", "실", "チーム", "課", "局", "室", "office", "team")
AFTER_SERVICE = _all("도우미", "상담원", "サポート", "support", "helper")
LEAST_NAME = 3
"""Minimum length, in characters, of a department's name that is searched for within a display name."""

_SURNAME = "[김이박최정강조윤장임한오서신권황안송류유홍고문양손배백허심노]"
_SOMEBODY = f"{_SURNAME}[가-힣](?![동역구읍면리문])[가-힣]"
_TITLED = re.compile(f"{_SOMEBODY}부?시장$|^부?시장{_SOMEBODY}$|mayor(?!ga|ai|kas)")
"""A mayor by name, except surnames such as Mayorga, Mayoral or Mayorkas."""
_OFFICE = re.compile(
    "^(시|시장|시청|구청)(대변인|비서실|민원실)$|^시청에서(알려|알립|알림|안내|공지|답)|(특별|광역|특례|특별자치)시$"
)
"""An office, a phrase only an office uses, or a whole city; 시청에서 가까운 집 and 서울특별시 사는 사람 pass."""
_MARKET = re.compile("^시장(상인|상가|골목|가게|사람|손님|단골|입구|앞|옆|근처|.+집$)")
"""After the city's name this means a market, not the mayor."""
_TO_BE = re.compile("공무원(준비|지망|시험|수험)")
_SHORTLY = re.compile(rf"^\s*{_SURNAME}\s+부?시장\s*$")


def looks_official(name: str, cities: Collection[str], departments: Collection[str]) -> bool:
    """Whether a display name could be mistaken for the city (by any of its names), a department or an office."""
    wanted = folded(name)
    bare = _POLITE.sub("", wanted)
    hoped = _TO_BE.sub("", wanted)
    if wanted in ALONE or bare in ALONE or any(word in hoped for word in ANYWHERE):
        return True
    if _OFFICE.search(bare) or _TITLED.search(bare) or _SHORTLY.search(unicodedata.normalize("NFKC", name)):
        return True
    if _names_city(bare, cities):
        return True
    own = [folded(department) for department in departments]
    return any(bare == one or (len(one) >= LEAST_NAME and one in wanted) for one in own if one)


def _names_city(wanted: str, cities: Collection[str]) -> bool:
    roots = {folded(_CITY.sub("", city)) for city in (*cities, *SERVICE)} - {""}
    service = {folded(name) for name in SERVICE}
    whole = {root + end for root in roots for end in _all("시", "특별시", "광역시", "특례시", "市", "city")} | service
    bare = _SAYING_CITY.sub("", wanted)
    if "of" in wanted[: len(wanted) - len(bare)] and bare in roots:
        return True
    for named, units in ((whole | {folded(city) for city in cities}, UNITS_OF_CITY), (roots, UNITS)):
        for city in named - {""}:
            if city in wanted and any(word in wanted.replace(city, "") for word in WITH_CITY):
                return True
            rest = bare.removeprefix(city)
            if rest == bare:
                continue
            if rest in ALONE or rest.endswith(units) or (city in service and rest.startswith(AFTER_SERVICE)):
                return True
            if rest.startswith(AFTER_CITY) and not _MARKET.search(rest):
                return True
    return bare in whole or bare in map(folded, cities)
