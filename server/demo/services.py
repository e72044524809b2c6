"""The statutory procedures (법정민원) of the demonstration city, with the periods that it publishes (민원처리법 17조)."""

from dataclasses import dataclass

from server.core.clock import Unit
from server.demo.city import Names


@dataclass(frozen=True, slots=True)
class Service:
    """A procedure under a law."""

    code: str
    names: Names
    department: str
    unit: Unit
    amount: int
    """In the unit; a period of five days or less is given in working hours, eight to a day (19조 1항)."""
    documents: tuple[str, ...]


SERVICES: tuple[Service, ...] = (
    Service(
        "road-occupation",
        Names("도로점용 허가", "道路占用許可", "Permit to occupy a road"),
        "roads",
        Unit.DAYS,
        7,
        ("도로점용 허가 신청서", "위치도와 설계도면", "안전 관리 계획서"),
    ),
    Service(
        "food-business",
        Names("식품접객업 영업신고", "飲食店営業の届出", "Food business report"),
        "health",
        Unit.HOURS,
        3,
        ("영업신고서", "위생교육 수료증", "건강진단 결과서"),
    ),
    Service(
        "building-report",
        Names("건축신고", "建築届", "Building report"),
        "building",
        Unit.HOURS,
        40,
        ("건축신고서", "배치도와 평면도", "구조 안전 확인서"),
    ),
    Service(
        "outdoor-sign",
        Names("옥외광고물 표시 허가", "屋外広告物の表示許可", "Outdoor sign permit"),
        "building",
        Unit.DAYS,
        7,
        ("광고물 허가 신청서", "설계도와 원색 도안", "건물주 승낙서"),
    ),
    Service(
        "land-development",
        Names("개발행위 허가", "開発行為許可", "Land development permit"),
        "planning",
        Unit.DAYS,
        15,
        ("개발행위 허가 신청서", "토지 권리 증명", "배치도와 복구 계획서"),
    ),
    Service(
        "building-number",
        Names("건물번호 부여 신청", "建物番号の付与申請", "Building number application"),
        "planning",
        Unit.WEEKS,
        2,
        ("건물번호 부여 신청서", "배치도", "건축물 사진"),
    ),
    Service(
        "drainage",
        Names("배수설비 설치 신고", "排水設備の設置届", "Drainage installation report"),
        "sewage",
        Unit.HOURS,
        40,
        ("배수설비 설치 신고서", "배관 도면", "시공업체 면허증"),
    ),
    Service(
        "water-supply",
        Names("급수공사 신청", "給水工事申請", "Water connection application"),
        "water",
        Unit.DAYS,
        7,
        ("급수공사 신청서", "배관도", "토지 사용 승낙서(남의 땅을 지날 때)"),
    ),
    Service(
        "park-use",
        Names("공원 점용 허가", "公園占用許可", "Permit to use a park"),
        "parks",
        Unit.DAYS,
        10,
        ("공원 점용 허가 신청서", "행사 계획서", "안전 요원 배치도"),
    ),
    Service(
        "basic-living",
        Names("기초생활보장 급여 신청", "生活保障給付の申請", "Basic living benefit application"),
        "welfare",
        Unit.DAYS,
        30,
        ("급여 신청서", "금융정보 제공 동의서", "임대차계약서", "진단서(해당하는 사람)"),
    ),
    Service(
        "basic-pension",
        Names("기초연금 신청", "基礎年金の申請", "Basic pension application"),
        "seniors",
        Unit.MONTHS,
        1,
        ("기초연금 신청서", "금융정보 제공 동의서", "통장 사본"),
    ),
    Service(
        "disabled-parking",
        Names("장애인 자동차 표지 발급", "障害者用車両標章の交付", "Disabled parking badge"),
        "seniors",
        Unit.HOURS,
        3,
        ("표지 발급 신청서", "자동차등록증"),
    ),
    Service(
        "online-shop",
        Names("통신판매업 신고", "通信販売業の届出", "Mail-order business report"),
        "economy",
        Unit.HOURS,
        24,
        ("통신판매업 신고서", "구매 안전 서비스 이용 확인증"),
    ),
    Service(
        "noisy-works",
        Names("특정공사 사전신고", "特定工事の事前届", "Prior report of noisy works"),
        "environment",
        Unit.HOURS,
        32,
        ("특정공사 사전신고서", "소음·진동 저감 대책", "공사장 배치도"),
    ),
    Service(
        "tax-certificate",
        Names("지방세 납세증명", "地方税納税証明", "Local tax certificate"),
        "tax",
        Unit.HOURS,
        3,
        ("증명 신청서",),
    ),
    Service(
        "stay-address",
        Names("외국인 체류지 변경 신고", "外国人の滞在地変更届", "Change of address of a foreign resident"),
        "foreigners",
        Unit.HOURS,
        3,
        ("체류지 변경 신고서", "임대차계약서 등 거주를 보이는 서류"),
    ),
)
