"""The explicit routing rules of the demonstration city, in the order in which they are tried; the first that fits wins.

They hold what keywords alone get wrong: words that two departments share, and who answers for a place.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Kind × area × words → department; an empty part fits everything."""

    order: int
    department: str
    words: tuple[str, ...]
    """Any of them in the title or the body."""
    note: str
    kinds: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    """Codes of districts."""


RULES: tuple[RoutingRule, ...] = (
    RoutingRule(
        10,
        "audit",
        ("감사 부서", "공무원을 칭찬", "직원분께 고마움", "네 번 냈는데"),
        "되풀이된 고충민원과 직원에 대한 말씀은 감사담당관이 맡습니다.",
        kinds=("grievance", "other"),
    ),
    RoutingRule(
        20,
        "seniors",
        ("장애인 주차", "장애인 전용 주차", "휠체어로", "wheelchair"),
        "장애인 주차구역과 편의 시설은 교통이 아니라 어르신장애인과 소관입니다.",
        kinds=("other", "grievance", "suggestion"),
    ),
    RoutingRule(30, "traffic", ("킥보드",), "공유 킥보드의 주차 질서는 교통주차과가 맡습니다."),
    RoutingRule(
        40,
        "traffic",
        ("불법 주정차", "불법 주차", "주정차 위반", "주정차로", "違法駐車", "取り締まり"),
        "주정차 단속은 어디서나 교통주차과가 맡습니다.",
    ),
    RoutingRule(
        50,
        "parks",
        ("가로수 가지", "가지치기", "벚나무", "풀베기", "놀이터"),
        "나무와 놀이터는 길가에 있어도 공원녹지과가 맡습니다.",
    ),
    RoutingRule(60, "water", ("계량기", "수도 요금", "녹물", "수압", "水道水"), "먹는 물은 상수도사업소가 맡습니다."),
    RoutingRule(70, "water", ("물이 새", "물이 솟", "붉은 물"), "맑은 물이 새는 곳은 상수도관 누수부터 확인합니다."),
    RoutingRule(
        80,
        "sewage",
        ("빗물받이", "하수구", "반지하", "징검다리에", "여울천에", "여울천 물빛"),
        "하수와 하천은 하천하수과가 맡습니다.",
        kinds=("other", "suggestion", "inquiry"),
    ),
    RoutingRule(
        90,
        "waste",
        ("무단 투기", "음식물 쓰레기", "대형 폐기물", "수거 지점", "폐건전지", "ごみ", "recycling", "rubbish"),
        "버린 것과 거두는 것은 자원순환과가 맡습니다.",
    ),
    RoutingRule(100, "building", ("층간소음", "현수막", "증축", "관리비"), "집과 광고물은 주택건축과가 맡습니다."),
    RoutingRule(
        110,
        "environment",
        ("공사장 소음", "소음 측정", "악취", "공회전", "미세먼지", "전광판", "騒音", "カラオケ"),
        "소음과 냄새, 빛은 환경보전과가 잽니다.",
    ),
    RoutingRule(
        120,
        "transit",
        ("무정차", "승차 거부", "막차", "저상버스", "택시", "taxi"),
        "버스와 택시는 대중교통과가 맡습니다.",
    ),
    RoutingRule(
        130,
        "health",
        ("영업신고", "식중독", "모기", "예방접종", "담배", "흡연"),
        "위생과 방역, 금연은 보건소가 맡습니다.",
    ),
    RoutingRule(
        140,
        "safety",
        ("옹벽", "굴러 내려", "무더위 쉼터", "시민안전보험", "CCTV"),
        "재난과 방범은 안전총괄과가 맡습니다.",
    ),
    RoutingRule(
        150,
        "roads",
        (
            "포트홀",
            "움푹",
            "염화칼슘",
            "자전거길",
            "보도블록",
            "가로등",
            "맨홀 뚜껑",
            "볼라드",
            "제설",
            "街灯",
            "bike lane",
        ),
        "길과 그 시설은 도로과가 맡습니다.",
    ),
    RoutingRule(
        160, "family", ("어린이집", "돌봄센터", "수유실", "장난감", "保育園"), "아이 키우는 일은 여성아동과가 맡습니다."
    ),
    RoutingRule(
        170,
        "seniors",
        ("경로당", "기초연금", "노인 일자리", "어르신 일자리", "이동지원 차량", "휠체어를"),
        "어르신과 장애인의 일은 어르신장애인과가 맡습니다.",
    ),
    RoutingRule(
        180,
        "welfare",
        ("생계급여", "긴급복지", "기초생활", "노숙", "안부를 확인"),
        "생계의 어려움은 복지정책과가 맡습니다.",
    ),
    RoutingRule(
        190,
        "tax",
        ("취득세", "재산세", "자동차세", "지방세", "공시지가", "住民税"),
        "세금과 공시지가는 세무과가 맡습니다.",
    ),
    RoutingRule(200, "civil", ("여권", "인감", "무인민원발급기", "印鑑"), "증명과 여권은 민원여권과가 맡습니다."),
    RoutingRule(
        210,
        "planning",
        ("용도지역", "토지이용계획", "정비구역", "재개발", "건물번호"),
        "땅의 계획은 도시계획과가 맡습니다.",
    ),
    RoutingRule(220, "economy", ("소상공인", "상품권", "구직", "통신판매"), "장사와 일자리는 지역경제과가 맡습니다."),
    RoutingRule(
        230,
        "culture",
        ("도서관", "수영장", "풋살장", "체육센터", "図書館", "library"),
        "책과 운동은 문화체육과가 맡습니다.",
    ),
    RoutingRule(
        240,
        "digital",
        ("와이파이", "누리집 예약", "화면 낭독기", "키오스크 교실"),
        "누리집과 전산은 디지털정보과가 맡습니다.",
    ),
    RoutingRule(
        250,
        "environment",
        ("냄새", "매연"),
        "공단에 가까운 바람재구의 냄새는 먼저 환경보전과가 확인합니다.",
        kinds=("other", "grievance"),
        districts=("baramjae",),
    ),
    RoutingRule(
        260,
        "foreigners",
        ("통역", "외국인 이웃", "通訳", "enrol my children"),
        "말이 통하지 않는 어려움은 외국인주민지원과가 먼저 돕습니다.",
    ),
)
