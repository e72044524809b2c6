"""The officials of the demonstration city, and the names from which its petitioners are drawn; all invented.

Seven accounts are the ones that a newcomer signs in with; beside them each department has its manager and handlers, and
the case guides (민원후견인) stand by the petitioners.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from server.core.accounts import Role
from server.demo.departments import DEPARTMENTS, Department

OFFICE_HOURS = "평일 09:00-18:00"


class Absence(NamedTuple):
    """When somebody is away, both days inclusive, in days from the day of the seeding (negative: before it)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Account:
    """An official who can sign in."""

    username: str
    name: str
    role: Role
    department: str
    phone: str
    hours: str = OFFICE_HOURS
    languages: tuple[str, ...] = ("ko",)
    specialities: tuple[str, ...] = ()
    """Words of the petitions that a guide knows best."""
    also: tuple[str, ...] = ()
    """Departments that a guide covers beside their own."""
    absences: tuple[Absence, ...] = ()

    @property
    def email(self) -> str:
        """An address that leads nowhere."""
        return f"{self.username}@example.org"


def _extension(department: Department, desk: int) -> str:
    """The department's number with its last digit counted up: one per desk."""
    return f"{department.phone[:-1]}{desk}"


_BY_CODE = {department.code: department for department in DEPARTMENTS}

_STAFF = {
    "roads": "문도진 고하은 피서준",
    "traffic": "유승채 민가람 노태윤 심보라",
    "transit": "전하람 차은솔 배동하",
    "waste": "허진솔 남기쁨 구본하 방세린",
    "environment": "하태린 위소담 명재하",
    "water": "곽도담 진아름 라현우",
    "sewage": "우지평 선다온 변찬솔",
    "parks": "성나래 맹푸름 도윤슬 인가온",
    "building": "표준영 여하늘 석민채 길다은",
    "planning": "천유록 추보민 탁시현",
    "welfare": "원미소 연사랑 현다솜",
    "seniors": "함온유 소정담 지한별",
    "family": "주보듬 은새봄 가유나",
    "health": "양은결 엄다정 마루한 제시원",
    "culture": "공예린 봉가락 예나무",
    "economy": "손벼리 복샘이 옥태양",
    "tax": "국세윤 채단비 기바름",
    "civil": "신누리 어진아 모다인 금보름",
    "foreigners": "반소리 왕가희 설이안",
    "autonomy": "장두레 용하나 경마루",
    "safety": "강버팀 편지킴 길찬우",
    "digital": "빈하랑 화서진 당미래",
    "audit": "엄정한 사공률 도바른",
}
"""Of each department the manager first, then the handlers; of roads the handlers beside the one of the newcomer."""


def _staff(code: str, names: str) -> tuple[Account, ...]:
    department = _BY_CODE[code]
    people = names.split()
    roles = [Role.HANDLER] * len(people) if code == "roads" else [Role.MANAGER, *[Role.HANDLER] * (len(people) - 1)]
    handlers = 0
    found = []
    for desk, (name, role) in enumerate(zip(people, roles, strict=True), start=1):
        handlers += role is Role.HANDLER
        username = f"{code}-manager" if role is Role.MANAGER else f"{code}{handlers}"
        found.append(Account(username, name, role, code, _extension(department, desk)))
    return tuple(found)


def _guide(username: str, name: str, departments: str, specialities: str, languages: str = "ko") -> Account:
    own, *also = departments.split()
    return Account(
        username, name, Role.GUIDE, own, _extension(_BY_CODE[own], 8),
        hours="평일 10:00-17:00", languages=tuple(languages.split()), specialities=tuple(specialities.split("/")),
        also=tuple(also),
    )  # fmt: skip


DEMO: tuple[Account, ...] = (
    Account("admin", "도한결", Role.ADMINISTRATOR, "digital", "070-0000-2226"),
    Account("intake", "나윤아", Role.INTAKE, "civil", "070-0000-2186"),
    Account("handler", "서도현", Role.HANDLER, "roads", "070-0000-2015"),
    Account("manager", "백선우", Role.MANAGER, "roads", "070-0000-2014"),
    Account("inspector", "오하람", Role.INSPECTOR, "audit", "070-0000-2236"),
    _guide("guide", "임다정", "roads sewage safety", "도로/배상/공사/보도/침수"),
    Account("clerk", "윤새롬", Role.CLERK, "civil", "070-0000-2187"),
)
"""The accounts that the first page of the demonstration names."""

_GUIDES: tuple[Account, ...] = (
    _guide("guide-traffic", "조한길", "traffic transit roads", "주차/과태료/버스/택시/어린이보호구역"),
    _guide("guide-waste", "황보람", "waste environment", "쓰레기/재활용/무단 투기/수거"),
    replace(
        _guide("guide-environment", "정맑음", "environment water sewage", "소음/악취/수질/미세먼지"),
        absences=(Absence(-70, -66),),
    ),
    replace(
        _guide("guide-parks", "류초롱", "parks culture waste", "공원/가로수/놀이터/축제"),
        hours="평일 09:00-16:00", absences=(Absence(9, 13),),
    ),
    _guide("guide-building", "최이음", "building planning traffic", "건축/재개발/용도 변경/층간소음", "ko en"),
    _guide("guide-welfare", "박온기", "welfare seniors family", "기초생활/긴급복지/급여/생계"),
    _guide("guide-seniors", "김한울", "seniors welfare transit", "장애인/휠체어/경로당/기초연금"),
    _guide("guide-family", "이봄결", "family health culture", "어린이집/돌봄/출산/육아"),
    _guide("guide-health", "송다온", "health family economy", "영업신고/위생/식중독/예방접종"),
    replace(
        _guide("guide-economy", "안여울", "economy tax planning", "소상공인/시장/지방세/취득세"),
        absences=(Absence(-190, -181), Absence(12, 16)),
    ),
    _guide("guide-civil", "권슬기", "civil autonomy digital audit tax", "여권/주민등록/누리집/고충"),
    _guide("guide-transit", "진마루", "transit", "버스/정류장/택시"),
    _guide("guide-water", "맹가온", "water", "수도/누수/요금"),
    _guide("guide-sewage", "음하늘", "sewage", "하수/침수/하천"),
    _guide("guide-planning", "방지음", "planning", "재개발/용도지역/도로명주소"),
    _guide("guide-culture", "표다올", "culture", "도서관/체육관/축제"),
    _guide("guide-tax", "서온새", "tax", "지방세/재산세/환급"),
    _guide("guide-autonomy", "노두리", "autonomy", "주민자치/참여예산/자원봉사"),
    _guide("guide-safety", "하지온", "safety", "재난/대피/CCTV"),
    _guide("guide-digital", "예시원", "digital", "누리집/키오스크/와이파이"),
    _guide("guide-audit", "길온유", "audit", "감사/친절/반복"),
    replace(
        _guide("guide-japanese", "홍나경", "foreigners civil water", "外国人/保育/住所/騒音/일본", "ko ja"),
        hours="평일 10:00-19:00", absences=(Absence(-120, -118),),
    ),
    _guide("guide-english", "신라온", "foreigners economy digital parks", "school/foreign/lease/taxi/영어", "ko en ja"),
    _guide(
        "guide-asia", "오미르", "foreigners building safety autonomy audit health", "통역/다문화/결혼이민/베트남/중국",
        "ko zh vi en",
    ),
)  # fmt: skip

_CLERKS: tuple[Account, ...] = tuple(
    Account(f"clerk{number}", name, Role.CLERK, "civil", f"070-0000-30{number}0", languages=("ko", *languages))
    for number, (name, *languages) in enumerate(
        (
            ("기다온", "en"), ("도해솔",), ("모은비",), ("봉시내", "ja"), ("설가온",), ("예다솔", "en"), ("탁하늘", "vi"),
        ),
        start=2,
    )
)  # fmt: skip
"""Who sits at the counters of the offices, beside the clerk of the newcomer."""

ACCOUNTS: tuple[Account, ...] = (
    *DEMO,
    *_CLERKS,
    *(account for code, names in _STAFF.items() for account in _staff(code, names)),
    *_GUIDES,
)
"""Everybody."""

GUIDES: tuple[Account, ...] = tuple(account for account in ACCOUNTS if account.role is Role.GUIDE)


def staff(department: str, role: Role) -> tuple[Account, ...]:
    """The people of one department with one role."""
    return tuple(a for a in ACCOUNTS if a.department == department and a.role is role)


def substitute_guide(department: str, language: str) -> Account | None:
    """A guide who covers a department beside its own one, so that naming them is a change; else None.

    Filing appoints the department's own guide, unless another language is asked for or the guide is away.
    """
    own = [guide for guide in GUIDES if guide.department == department]
    if language != "ko" or not own or any(guide.absences for guide in own):
        return None
    return next((guide for guide in GUIDES if department in guide.also), None)


FAMILY_NAMES = {
    "ko": tuple("김김김이이이박박최정강조윤장임한오서신권황안송류홍전고문양손배백허남심노하곽성차주우구민진나"),
    "ja": ("佐藤", "高橋", "小川", "中野", "森下", "石原", "藤田", "水野", "西村", "岡本"),
    "en": ("Miller", "Nguyen", "Okafor", "Chen", "Santos", "Novak", "Kaur", "Brown", "Tran", "Rossi"),
}
GIVEN_NAMES = {
    "ko": (
        *(
            "가온",
            "경희",
            "규민",
            "나래",
            "다은",
            "도윤",
            "동석",
            "말순",
            "명자",
            "미경",
            "민서",
            "병철",
            "보람",
            "상훈",
        ),
        *(
            "서연",
            "성호",
            "소희",
            "수빈",
            "순옥",
            "승민",
            "시우",
            "영수",
            "영희",
            "예진",
            "용식",
            "우진",
            "유나",
            "윤호",
        ),
        *(
            "은주",
            "재석",
            "정숙",
            "종국",
            "주원",
            "준혁",
            "지민",
            "지후",
            "진아",
            "창민",
            "채원",
            "태희",
            "하율",
            "현정",
        ),
    ),
    "ja": ("美咲", "健太", "由美", "翔", "恵子", "直樹", "千夏", "浩", "真由", "拓也"),
    "en": ("Anna", "Minh", "David", "Li", "Maria", "Peter", "Grace", "Thomas", "Linh", "Elena"),
}
