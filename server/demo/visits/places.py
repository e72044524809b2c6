"""The two offices of the demonstration city: counters on several floors, twelve services, hours and days that differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from server.core.working_calendar import WorkingCalendar
from server.demo.city import Names, Point
from server.demo.visitors import CROWDS, Crowd
from tracking.visits.queries import planning
from tracking.visits.rules import Weekly
from tracking.visits.states import OpeningKind

ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


def _named(code: str, names: Names) -> dict[str, Any]:
    return {"code": code, **texts("name", names)}


def texts(field_name: str, names: Names) -> dict[str, Any]:
    """The columns of a text in three languages."""
    return {field_name: names.ko, f"{field_name}_ja": names.ja, f"{field_name}_en": names.en}


def _document(code: str, names: Names, *situations: tuple[str, Names]) -> dict[str, Any]:
    return {**_named(code, names), "situations": [_named(*one) for one in situations]}


_PROXY = (
    "proxy",
    Names("대리인이 오는 경우", "代理の方が来る場合", "If somebody comes for you"),
)
_POWER = _document("power-of-attorney", Names("위임장과 위임한 사람의 신분증", "委任状と委任した方の身分証", "Power of attorney and its giver's identity card"), _PROXY)  # fmt: skip
_LEASE = _document(
    "lease", Names("임대차계약서", "賃貸借契約書", "Lease contract"), ("tenant", Names("세를 얻어 이사한 경우", "賃貸住宅に移った場合", "If you rent your new home"))
)  # fmt: skip


NOTHING = Names("", "", "")


@dataclass(frozen=True)
class Service:
    """What can be done at a counter; the fields are those of ``CounterService``."""

    code: str
    names: Names
    class_code: str
    minutes: int
    documents: tuple[dict[str, Any], ...] = ()
    every: int = 0
    places: int = 1
    statutory: str = ""
    languages: tuple[str, ...] = ("ko",)
    bookable: bool = True
    walk_in: bool = True
    elsewhere: Names = NOTHING
    crowd: Crowd | None = None
    """Who came for it in the last two years, at an office of ordinary size."""
    afar: bool = False
    """Also by video and by telephone."""


def _crowd(kind: str, daily: float) -> Crowd:
    return replace(CROWDS[kind], daily=daily)


SERVICES: tuple[Service, ...] = (
    Service(
        planning.ACCOMPANIMENT, Names("민원후견인 동행", "案内担当者の同行", "The case guide's company"), "consultation", 15,
        bookable=False, walk_in=False,
    ),
    Service(
        "certificate", Names("등본·초본·증명서 발급", "住民票・証明書の交付", "Certificates"), "certificates", 10,
        (_POWER,), languages=("ko", "ja", "en"), bookable=False,
        elsewhere=Names(
            "등본과 초본은 무인민원발급기와 정부 누리집에서도 뗄 수 있습니다.", "住民票の写しは自動交付機と政府のサイトでも取れます。",
            "You can also get resident records from a machine or on the government's website.",
        ), crowd=_crowd("certificates", 60),
    ),
    Service(
        "moving", Names("전입신고", "転入届", "Report of moving in"), "moves", 15,
        (_LEASE, _POWER), languages=("ko", "ja", "en"), crowd=_crowd("moves", 22),
    ),
    Service(
        "seal", Names("인감 등록", "印鑑登録", "Seal registration"), "certificates", 15,
        (_document("seal", Names("등록할 인감", "登録する印鑑", "The seal to register")),),
        elsewhere=Names(
            "대리인은 등록할 수 없습니다. 본인이 와야 합니다.", "代理の方は登録できません。ご本人がお越しください。",
            "Nobody can register a seal for you: please come yourself.",
        ), crowd=_crowd("certificates", 9),
    ),
    Service(
        "family", Names("출생·혼인·사망 신고", "出生・婚姻・死亡の届出", "Births, marriages and deaths"), "family", 30,
        (
            _document(
                "birth-certificate", Names("출생증명서", "出生証明書", "Birth certificate"),
                ("birth", Names("출생신고", "出生届", "For a birth")),
            ),
            _document(
                "witnesses", Names("증인 두 사람의 이름과 서명", "証人二名の氏名と署名", "Names and signatures of two witnesses"),
                ("marriage", Names("혼인신고", "婚姻届", "For a marriage")),
            ),
            _document(
                "death-certificate", Names("사망진단서", "死亡診断書", "Death certificate"),
                ("death", Names("사망신고", "死亡届", "For a death")),
            ),
        ), crowd=_crowd("family", 9),
    ),
    Service(
        "passport", Names("여권 신청", "旅券の申請", "Passport application"), "passports", 15,
        (
            _document("photo", Names("여권용 사진 1장", "旅券用の写真1枚", "One passport photo")),
            _document(
                "old-passport", Names("유효기간이 남은 여권", "有効期間内の旅券", "Your valid passport"),
                ("renewal", Names("여권을 다시 만드는 경우", "旅券を作り直す場合", "If you already have one")),
            ),
            _document(
                "consent", Names("법정대리인 동의서", "法定代理人の同意書", "Consent of a parent or guardian"),
                ("minor", Names("미성년자", "未成年の場合", "If the applicant is a minor")),
            ),
        ), languages=("ko", "ja", "en"), crowd=_crowd("passports", 30),
    ),
    Service(
        "stay-address", Names("외국인 체류지 변경 신고", "外国人の滞在地変更届", "Change of address of a foreign resident"),
        "moves", 30, (
            _document("residence-card", Names("외국인등록증", "外国人登録証", "Residence card")),
            _document("proof-of-address", Names("거주를 보이는 서류", "居住を示す書類", "Proof of your new address")),
        ), statutory="stay-address", languages=("ko", "ja", "en"), crowd=_crowd("moves", 5),
    ),
    Service(
        "pension", Names("기초연금 신청 상담", "基礎年金の申請相談", "Basic pension application"), "welfare", 45,
        (
            _document("bankbook", Names("통장 사본", "通帳の写し", "Copy of your bankbook")),
            _document("finance-consent", Names("금융정보 제공 동의서", "金融情報提供の同意書", "Consent to bank enquiries")),
        ), statutory="basic-pension", crowd=_crowd("welfare", 7),
    ),
    Service(
        "tax", Names("지방세 상담", "地方税の相談", "Local tax advice"), "tax", 30,
        (_document("tax-notice", Names("고지서", "納税通知書", "The tax notice")),), crowd=_crowd("tax", 9),
    ),
    Service(
        "building", Names("건축신고 사전 상담", "建築届の事前相談", "Advice before a building report"), "permits", 60,
        (_document("plans", Names("배치도와 평면도", "配置図と平面図", "Site and floor plans")),),
        statutory="building-report", elsewhere=Names(
            "공동주택 하자 상담은 시청 본관 4층 건축과에서 받습니다.", "集合住宅の欠陥のご相談は、市庁舎本館4階の建築課で承ります。",
            "For defects in blocks of flats, please go to the Building Division, City Hall, 4th floor.",
        ),
        crowd=Crowd(3),
    ),
    Service(
        "guide-consultation", Names("민원후견인 상담", "案内担当者との相談", "Consultation with the case guide"),
        "consultation", 30, walk_in=False, crowd=Crowd(3), afar=True,
    ),
    Service(
        "tour", Names("청사 견학", "庁舎見学", "Tour of the building"), "tour", 60, every=60, places=20,
        languages=("ko", "en"), walk_in=False,
    ),
    Service(
        "field-office", Names("찾아가는 현장 상담", "出張相談", "Field office hours"), "consultation", 30, walk_in=False,
        elsewhere=Names("목요일 오후에만 합니다.", "木曜日の午後のみです。", "On Thursday afternoons only."), crowd=Crowd(2),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Counter:
    """A counter, with who sits at it on which weekdays and from when to when (the office's hours if empty)."""

    number: str
    names: Names
    floor: int
    department: str
    able: tuple[str, ...]
    staff: tuple[str, ...]
    """By username; they take turns by the week."""
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    hours: tuple[str, str] = ("", "")
    guide: bool = False
    video_url: str = ""


@dataclass(frozen=True)
class Office:
    """An office; the fields in ``settings`` are those of its row."""

    code: str
    names: Names
    district: str
    point: Point
    weekly: Mapping[int, Weekly]
    counters: tuple[Counter, ...]
    crowd: float
    """Its visitors against an office of ordinary size."""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def able(self) -> set[str]:
        """The services that it does."""
        return {service for counter in self.counters for service in counter.able}


def _weekdays(opens: str, closes: str) -> dict[int, Weekly]:
    return {weekday: Weekly(opens, closes, "12:00", "13:00") for weekday in range(5)}


_RECEPTION = texts("reception", Names(
    "정문 안내대에서 예약번호나 QR 코드를 보여 주세요. 가방을 검사합니다.",
    "正面の案内で予約番号またはQRコードをお見せください。手荷物検査があります。",
    "Show your number or QR code at the front desk. Bags are checked.",
))  # fmt: skip

OFFICES: tuple[Office, ...] = (
    Office(
        "hanbit", Names("한빛구 민원센터", "ハンビッ区市民センター", "Hanbit-gu Citizens' Centre"), "hanbit",
        Point(36.4512, 127.9085), _weekdays("08:30", "17:30"),
        (
            Counter("1", Names("가족·전입", "家族・転入", "Family and moving"), 1, "civil", ("certificate", "moving", "passport", "family", "seal"),
                    ("clerk", "clerk2")),
            Counter("2", Names("여권", "旅券", "Passports"), 1, "civil", ("certificate", "passport", "moving", "seal"), ("clerk2", "clerk3")),
            Counter("3", Names("건축·세무·외국인", "建築・税・外国人", "Building, taxes, foreign residents"), 2, "building", ("building", "tax", "stay-address", "family"),
                    ("clerk4", "clerk5")),
            Counter("4", Names("민원후견인 상담", "案内担当者との相談", "Case guides"), 3, "roads", ("guide-consultation", planning.ACCOMPANIMENT), ("guide",), hours=("10:00", "17:00"),
                    guide=True, video_url="https://video.example.org/hanbit-4"),
            Counter("5", Names("세무·건축·청사 견학", "税・建築・庁舎見学", "Taxes, building, tours"), 2, "tax", ("tax", "building", "stay-address", "tour"), ("clerk5", "clerk4")),
        ),
        1.0,
        {
            **texts("address", Names(
                "한여울시 한빛구 종루대로 100", "ハンヨウル市ハンビッ区鍾楼大路100", "100 Jongnudae-ro, Hanbit-gu, Hanyeoul City",
            )),
            **texts("directions", Names(
                "종루광장 정류장(12, 27, 105번)에서 걸어서 3분. 지하 주차장에 장애인 주차 구역이 있습니다.",
                "鍾楼広場バス停（12・27・105番）から徒歩3分。地下駐車場に障害者用の駐車区画があります。",
                "3 minutes on foot from the bus stop Jongnu Square (12, 27, 105). Parking spaces for disabled visitors are "
                "in the underground car park.",
            )),
            **_RECEPTION, "phone": "070-0000-3000", "email": "hanbit@example.org", "languages": ["ko", "ja", "en"],
            "step_free": True, "walk_in_percent": 20, "phone_percent": 10,
        },
    ),
    Office(
        "naru", Names("나루 생활민원실", "ナル生活サービスセンター", "Naru Service Office"), "naru", Point(36.4662, 127.9350),
        {**_weekdays("09:00", "18:00"), SATURDAY: Weekly("09:00", "12:00")},
        (
            Counter("1", Names("종합", "総合", "All services"), 1, "civil",
                    ("certificate", "moving", "passport", "seal", "stay-address", "family", "tax"), ("clerk6", "clerk7"),
                    (0, 1, 2, 3, 4, SATURDAY)),
            Counter("2", Names("복지·종합", "福祉・総合", "Welfare and all services"), 1, "welfare", ("pension", "family", "tax", "moving", "passport", "seal"),
                    ("clerk7", "clerk6")),
            Counter("3", Names("현장 상담실", "出張相談室", "Field consultations"), 2, "foreigners", ("field-office",), ("clerk8",), (3,), ("14:00", "17:00")),
        ),
        0.55,
        {
            **texts("address", Names(
                "한여울시 나루구 나루터로 27", "ハンヨウル市ナル区ナルト路27", "27 Naruteo-ro, Naru-gu, Hanyeoul City",
            )),
            **texts("directions", Names(
                "윗나루다리 정류장(27, 310번) 바로 앞. 2층은 승강기로 올라갈 수 있습니다.",
                "ウィンナル橋バス停（27・310番）の目の前。2階へはエレベーターで上がれます。",
                "Right at the bus stop Winnaru Bridge (27, 310). A lift goes to the 2nd floor.",
            )),
            **_RECEPTION, "phone": "070-0000-3001", "email": "naru@example.org", "languages": ["ko", "en"],
            "step_free": True, "same_day": True, "notice_hours": 2, "phone_percent": 15,
            "class_percents": {"passports": 30},
        },
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Special:
    """A day on which an office differs from its weekly hours."""

    office: str
    day: date
    kind: OpeningKind
    opens: str
    closes: str
    reason: Names


def specials(calendar: WorkingCalendar, today: date) -> tuple[Special, ...]:
    """A holiday opening on a Sunday, an afternoon closed, and a maintenance that is announced; all in the next weeks."""
    sunday = today + ONE_DAY * (SUNDAY - today.weekday() + 7)
    return (
        Special(
            "hanbit", sunday, OpeningKind.OPEN, "09:00", "12:30",
            Names(
                "휴일 개방: 평일에 오기 어려운 분을 위해 엽니다.", "休日の開庁：平日にお越しになれない方のために開けます。",
                "Open on a Sunday for those who cannot come on weekdays.",
            ),
        ),
        Special(
            "naru", working(calendar, today, 7), OpeningKind.CLOSED, "14:00", "18:00",
            Names("직원 교육", "職員研修", "Staff training"),
        ),
        Special(
            "hanbit", working(calendar, today, 12), OpeningKind.MAINTENANCE, "15:00", "17:30",
            Names("여권 발급 시스템 점검", "旅券システムの点検", "Maintenance of the passport system"),
        ),
    )  # fmt: skip


def working(calendar: WorkingCalendar, day: date, number: int) -> date:
    """The working day that is so many working days after a day."""
    return calendar.add_working_days(day, number)[0]
