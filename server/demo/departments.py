"""The departments of the demonstration city, with the duties and keywords that routing falls back on."""

from dataclasses import dataclass

from server.demo.city import Names


@dataclass(frozen=True, slots=True)
class Department:
    """A department that answers petitions."""

    code: str
    names: Names
    place: str
    duties: tuple[str, ...]
    keywords: tuple[str, ...]
    phone: str
    email: str


def _department(number: int, code: str, names: Names, place: str, duties: str, keywords: str) -> Department:
    """The texts are lists, separated by ``/``; telephone numbers count up and ring nowhere."""
    return Department(
        code=code,
        names=names,
        place=place,
        duties=tuple(part.strip() for part in duties.split("/")),
        keywords=tuple(part.strip() for part in keywords.split("/")),
        phone=f"070-0000-{2000 + number * 10}",
        email=f"{code}@example.org",
    )


DEPARTMENTS: tuple[Department, ...] = tuple(
    _department(number, *row)
    for number, row in enumerate(
        (
            (
                "roads",
                Names("도로과", "道路課", "Roads"),
                "시청 본관 5층",
                """도로와 보도의 유지 보수 / 포트홀과 노면 파손 응급 복구 / 가로등과 보안등 설치와 수리 /
                도로점용 허가와 점용료 부과 / 도로 굴착 협의와 복구 / 이면도로와 큰길의 제설 /
                횡단보도와 노면 표시 도색 / 자전거도로 정비 / 도로 하자로 인한 손해 배상""",
                """도로/포트홀/아스팔트/보도블록/인도/가로등/보안등/맨홀/볼라드/횡단보도/정지선/도색/자전거도로/
                도로점용/제설/빙판/街灯/歩道/段差/street light/
                street lamp/sidewalk/bike lane/pothole""",
            ),
            (
                "traffic",
                Names("교통주차과", "交通駐車課", "Traffic and Parking"),
                "시청 본관 4층",
                """불법 주정차 단속과 과태료 / 공영주차장 설치와 운영 / 거주자 우선 주차 배정 /
                어린이보호구역과 과속방지 시설 / 교통안전 시설물 관리 / 공유 킥보드 주차 질서 /
                부설주차장 설치 기준 / 방치 차량 처리""",
                """주차/주정차/불법주차/단속/과태료/공영주차장/거주자 우선/어린이보호구역/과속/방지턱/신호등/킥보드/
                방치 차량/견인/부설주차장/駐車/通学路/parking/car park/speeding/towed""",
            ),
            (
                "transit",
                Names("대중교통과", "公共交通課", "Public Transport"),
                "시청 본관 4층",
                """시내버스 노선과 배차 조정 / 마을버스 운영 지원 / 정류장과 승차대 설치 /
                버스와 택시의 불친절·승차 거부 조사 / 저상버스 보급 / 교통카드와 환승 / 버스 도착 안내기""",
                """버스/정류장/배차/막차/노선/마을버스/저상버스/택시/승차 거부/무정차/기사/환승/교통카드/승차대/분실물/
                バス/停留所/タクシー/bus/bus stop/taxi/taxi meter""",
            ),
            (
                "waste",
                Names("자원순환과", "資源循環課", "Waste and Recycling"),
                "시청 별관 2층",
                """생활 쓰레기와 음식물 쓰레기 수거 / 재활용품 분리배출과 수거 / 대형 폐기물 신고와 수수료 /
                무단 투기 단속 / 노면 청소와 낙엽 수거 / 폐건전지와 폐형광등 수거 / 사업장 폐기물 지도""",
                """쓰레기/재활용/분리배출/종량제/음식물/수거/무단 투기/폐기물/대형 폐기물/낙엽/청소/폐건전지/페트병/
                ごみ/資源/収集/garbage/rubbish/trash/
                recycling/littering""",
            ),
            (
                "environment",
                Names("환경보전과", "環境保全課", "Environment"),
                "시청 별관 2층",
                """공사장과 사업장의 소음·진동 지도 / 악취 배출 시설 점검 / 미세먼지와 대기 측정 /
                빛 공해 관리 / 공회전 단속 / 비산먼지 신고 / 특정공사 사전신고 / 석면과 토양 관리""",
                """소음/진동/악취/냄새/미세먼지/매연/공회전/먼지/공사장/생활소음/빛 공해/전광판/대기/오염/騒音/
                カラオケ/noise/dust/construction""",
            ),
            (
                "water",
                Names("상수도사업소", "上水道事業所", "Waterworks"),
                "정수로 별청 1층",
                """급수공사와 계량기 교체 / 상수도 누수 탐지와 복구 / 수도 요금 부과와 감면 / 수질검사 /
                배수관 정비와 수압 조정 / 동파 접수와 처리""",
                """수도/상수도/수돗물/녹물/누수/단수/수압/계량기/수도 요금/동파/수질/급수/정수장/水道/水質/濁/water meter/
                tap water""",
            ),
            (
                "sewage",
                Names("하천하수과", "河川下水課", "Sewers and Rivers"),
                "시청 본관 5층",
                """하수관로 준설과 정비 / 빗물받이와 침수 대책 / 하수도 사용료 / 배수설비 설치 신고 /
                여울천과 지천의 관리 / 하천 산책로와 징검다리 정비 / 하천 점용 허가""",
                """하수/하수구/하수관/빗물받이/침수/역류/준설/배수/하천/여울천/징검다리/둔치/하수도 사용료/물고기/
                下水/川/sewer/river/flood""",
            ),
            (
                "parks",
                Names("공원녹지과", "公園緑地課", "Parks and Trees"),
                "시청 별관 3층",
                """공원과 놀이터의 관리 / 가로수 심기와 가지치기 / 공원 점용 허가 / 공원 화장실 관리 /
                산책로와 등산로 정비 / 도시 숲과 텃밭 / 반려견 놀이터 / 유해 야생동물 신고""",
                """공원/놀이터/그네/미끄럼틀/가로수/수목/가지치기/벌목/산책로/등산로/풀베기/잔디/반려견/화장실/멧돼지/
                公園/ベンチ/park/playground/tree/bench""",
            ),
            (
                "building",
                Names("주택건축과", "住宅建築課", "Housing and Building"),
                "시청 본관 6층",
                """건축 허가와 신고 / 위반 건축물 단속과 이행강제금 / 공동주택 관리 감독과 감사 /
                옥외광고물 허가와 불법 현수막 정비 / 층간소음과 이웃 분쟁 조정 / 빈집 정비 / 건축물 용도 변경""",
                """건축/증축/불법 건축물/위반/아파트 관리비/입주자대표/층간소음/현수막/간판/광고물/빈집/용도 변경/
                건축신고/옥상/建築/看板/building permit/banner""",
            ),
            (
                "planning",
                Names("도시계획과", "都市計画課", "Urban Planning"),
                "시청 본관 6층",
                """용도지역과 도시계획시설 결정 / 토지이용계획 확인 / 개발행위 허가 / 재개발과 정비구역 /
                경관지구와 높이 제한 / 도로명주소와 건물번호 부여""",
                """도시계획/용도지역/토지이용계획/개발행위/재개발/정비구역/해제/경관/높이 제한/건물번호/도로명주소/
                계획도로/지구단위/都市計画/zoning/redevelopment""",
            ),
            (
                "welfare",
                Names("복지정책과", "福祉政策課", "Welfare"),
                "시청 본관 1층",
                """기초생활보장 급여 / 긴급복지 지원 / 위기 가구와 고독사 예방 / 자활 사업 / 노숙인 보호 /
                이웃 돕기와 나눔""",
                """복지/기초생활/생계급여/주거급여/의료급여/긴급복지/위기 가구/수급자/차상위/안부/노숙/자활/실직/生活保護/
                welfare/emergency aid""",
            ),
            (
                "seniors",
                Names("어르신장애인과", "高齢者障害者課", "Seniors and Disabled People"),
                "시청 본관 1층",
                """기초연금 / 노인 일자리 / 경로당 지원 / 장애인 등록과 편의 시설 / 장애인 주차구역 위반 /
                교통약자 이동지원 차량 / 돌봄 서비스""",
                """어르신/노인/경로당/기초연금/장애인/휠체어/경사로/점자/장애인 주차/이동지원/요양/돌봄/노인 일자리/
                高齢者/障害者/車椅子/wheelchair/accessible/senior""",
            ),
            (
                "family",
                Names("여성아동과", "女性児童課", "Women and Children"),
                "시청 본관 1층",
                """어린이집 입소와 보육료 / 다함께돌봄센터와 방과 후 돌봄 / 육아지원센터와 장난감 도서관 /
                수유실 설치 / 아동 보호 / 한부모 가정 지원 / 여성 안전""",
                """어린이집/보육/육아/돌봄센터/수유실/장난감/아동/한부모/입소/맞벌이/여성/출산/급식실/保育/子ども/
                nursery/childcare""",
            ),
            (
                "health",
                Names("보건소", "保健所", "Health Centre"),
                "보건소 2층",
                """식품접객업 영업신고와 위생 점검 / 감염병 예방과 방역 / 예방접종 / 금연 구역 단속 /
                정신건강 상담 / 의료기관과 약국 지도 / 식중독 역학조사""",
                """보건소/위생/식당/음식점/식중독/영업신고/모기/방역/예방접종/독감/금연/흡연/담배/약국/의원/정신건강/상담/
                衛生/予防接種/vaccine/hygiene/food business/restaurant/smoking""",
            ),
            (
                "culture",
                Names("문화체육과", "文化体育課", "Culture and Sports"),
                "시청 별관 4층",
                """시립 도서관 운영 / 체육센터와 수영장 관리 / 체육시설 예약과 대관 / 축제와 야외 공연 /
                문화재와 전시 / 생활체육 지원""",
                """도서관/열람실/체육관/체육센터/수영장/풋살장/축제/공연/대관/전시/문화/동호회/생활체육/図書館/絵本/
                library/festival/swimming""",
            ),
            (
                "economy",
                Names("지역경제과", "地域経済課", "Local Economy"),
                "시청 별관 4층",
                """전통시장 시설 개선 / 소상공인 융자와 이자 지원 / 지역사랑상품권 / 일자리와 구직 지원 /
                통신판매업 신고 / 물가와 소비자 보호""",
                """전통시장/상인회/상점가/소상공인/융자/이자 지원/상품권/일자리/구직/청년/통신판매/월급/임금/소비자/市場/商店/
                business/shop/loan/job/merchant""",
            ),
            (
                "tax",
                Names("세무과", "税務課", "Taxes"),
                "시청 본관 2층",
                """취득세와 재산세 / 자동차세와 주민세 / 지방세 환급 / 체납과 분할 납부 /
                개별공시지가와 부동산 가격 / 지방세 납세증명""",
                """세금/지방세/재산세/자동차세/주민세/취득세/가산세/체납/환급/분할 납부/고지서/공시지가/납세증명/税/納付/
                tax/refund""",
            ),
            (
                "civil",
                Names("민원여권과", "民願旅券課", "Civil Affairs and Passports"),
                "시청 본관 1층 민원실",
                """여권 발급 / 주민등록과 인감 / 가족관계 등록 / 통합 민원 창구 운영 / 무인민원발급기 관리 /
                민원 접수와 안내""",
                """여권/주민등록/등본/인감/전입/가족관계/무인민원발급기/발급기/민원실/창구/증명서/번호표/印鑑/窓口/
                passport/certificate""",
            ),
            (
                "foreigners",
                Names("외국인주민지원과", "外国人住民支援課", "Foreign Residents"),
                "시청 별관 1층",
                """외국인 주민 상담과 통역 / 체류지 변경 신고 / 다문화 가정 지원 / 한국어 교실 /
                외국어 안내문 제작 / 유학생과 노동자 지원""",
                """외국인/통역/다문화/한국어 교실/체류지/베트남어/중국어/이주/결혼이민/外国人/通訳/滞在地/住所変更/
                foreign resident/interpreter/Korean class/change of address""",
            ),
            (
                "autonomy",
                Names("자치행정과", "自治行政課", "Self-Government"),
                "시청 본관 3층",
                """주민자치회와 주민총회 / 주민참여예산 / 동 주민센터 운영 / 통장과 마을 방송 /
                마을 공동체 / 자원봉사와 기부""",
                """주민자치/주민총회/참여예산/주민센터/회의실/통장/마을 방송/소식지/마을회관/공동체/자원봉사/벽화/自治/
                volunteer""",
            ),
            (
                "safety",
                Names("안전총괄과", "安全総括課", "Safety"),
                "시청 본관 3층 상황실",
                """재난 대비와 재난지원금 / 급경사지와 옹벽 점검 / 무더위·한파 쉼터 / 방범용 CCTV 설치 /
                시민안전보험 / 민방위 / 다중이용시설 안전 점검""",
                """안전/재난/옹벽/낙석/비탈/산사태/무더위/쉼터/CCTV/비상벨/시민안전보험/민방위/비상구/대피/防災/
                landslide/shelter""",
            ),
            (
                "digital",
                Names("디지털정보과", "デジタル情報課", "Digital Services"),
                "시청 본관 7층",
                """시 누리집과 앱 운영 / 공공 와이파이 / 디지털 교육과 키오스크 교실 / 웹 접근성 /
                공공데이터 개방 / 정보 보안""",
                """누리집/홈페이지/앱/와이파이/키오스크/스마트폰/화면 낭독기/접근성/로그인/오류/디지털/데이터/サイト/アプリ/
                website/app/wifi""",
            ),
            (
                "audit",
                Names("감사담당관", "監査担当官", "Audit and Inspection"),
                "시청 본관 8층",
                """민원 처리 실태 점검 / 반복 고충민원 조사 / 공무원 비위와 불친절 조사 / 청렴과 부패 신고 /
                친절 공무원 칭찬 / 시민감사관 운영""",
                """감사/비위/불친절/부패/청렴/갑질/칭찬/친절/같은 답변/징계/조사해/책임/監査/complaint about staff/audit/
                corruption""",
            ),
        ),
        start=1,
    )
)
