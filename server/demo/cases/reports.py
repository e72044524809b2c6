"""What comes in without a name (제보), and what belongs to somebody else: the short and the misdirected ones."""

from server.demo.cases.scenario import OTHER, SUGGESTION, Scenario

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        key="report-manhole",
        department="sewage",
        kind=OTHER,
        report=True,
        titles=("{road} 빗물받이 뚜껑이 없습니다", "빗물받이 뚜껑이 빠져 구멍이 보여요"),
        body="""{road} {no} 앞 인도의 빗물받이 뚜껑이 빠져 있습니다. 어두우면 발이 빠질 것 같아요. 지나가다
            보고 알려 드립니다.""",
        answer="현장을 확인하고 뚜껑을 새로 끼운 뒤 나사로 고정함. 주변 {n}곳도 점검하여 이상 없음.",
    ),
    Scenario(
        key="report-signal-bulb",
        department="traffic",
        kind=OTHER,
        report=True,
        titles=("보행 신호등 불이 반만 들어옵니다", "{stop} 사거리 음향 신호기가 조용해요"),
        body="""{stop} 사거리 북쪽 보행 신호등의 초록불이 반만 들어와 잘 보이지 않습니다. 음향 신호기도
            소리가 나지 않습니다.""",
        answer="신호등 등면을 교체하고 음향 신호기의 끊어진 선을 이음. 작동을 확인하고 관리 대장에 적음.",
    ),
    Scenario(
        key="report-night-dumping",
        department="waste",
        kind=OTHER,
        report=True,
        titles=("밤에 트럭이 와서 폐기물을 버리고 갑니다", "{dong} 공터에 건축 폐기물이 쌓입니다"),
        body="""{dong} 하천 옆 공터에 {night}쯤 트럭이 와서 건축 폐기물을 쏟고 갑니다. {date}에도 봤습니다.
            이름을 밝히면 보복이 무서워 그냥 알립니다.""",
        answer="""잠복 점검으로 투기 차량 한 대를 적발해 고발함. 폐기물 {m}톤은 행위자가 치우도록 명령했고
            진입로에 차단봉을 설치함.""",
    ),
    Scenario(
        key="report-wild-boar",
        department="parks",
        kind=OTHER,
        months=(4, 5, 6, 7, 8, 9, 10, 11),
        report=True,
        titles=("{park} 뒤쪽에서 멧돼지를 보았습니다", "{dong} 등산로에 멧돼지가 나타났습니다"),
        body="""{park} 뒤 등산로 쉼터 근처에서 {evening}에 새끼를 데리고 다니는 멧돼지를 보았습니다.
            산책하는 분들께 알려 주세요.""",
        answer="""포획단과 소방서에 알려 순찰하고 등산로 입구 {n}곳에 주의 표지를 세움. 발자국을 확인해 포획
            틀을 설치함.""",
    ),
    Scenario(
        key="report-fire-exit",
        department="safety",
        kind=OTHER,
        report=True,
        titles=("상가 비상구가 물건으로 막혀 있습니다", "{market} 소방 통로에 물건을 쌓아 둬요"),
        body="""{market} 안쪽 상가 2층 비상계단이 상자로 꽉 막혀 있습니다. 불이 나면 큰일 납니다. 점검을
            부탁합니다.""",
        answer="""소방서와 합동 점검하여 적치물을 모두 치우게 하고 과태료를 부과하도록 통보함. 상인회에 매달
            자체 점검을 하도록 요청함.""",
    ),
    Scenario(
        key="report-welfare",
        department="welfare",
        kind=OTHER,
        months=(1, 2, 3, 11, 12),
        report=True,
        titles=("공원에서 지내는 분이 추워 보입니다", "{dong} 다리 밑에 노숙하시는 분이 있어요"),
        body="""{dong} 다리 밑에서 며칠째 이불을 덮고 지내는 분이 있습니다. 기침을 많이 하십니다. 따뜻한
            곳으로 안내해 주셨으면 합니다.""",
        answer="""거리 상담반이 만나 건강을 살피고 임시 숙소로 안내함. 병원 진료와 주거 지원을 이어 가기로 함.""",
    ),
    Scenario(
        key="elsewhere-signal-timing",
        department="traffic",
        kind=SUGGESTION,
        titles=("{stop} 사거리 좌회전 신호를 늘려 주세요", "보행 신호 시간이 짧아 다 건너지 못합니다"),
        body="""{stop} 사거리의 보행 신호가 너무 짧습니다. 여든 된 어머니와 건너면 가운데쯤에서 빨간불로
            바뀝니다. 차로가 여섯 개나 되는데 20초도 안 됩니다. 어르신 기준으로 늘려 주시고 가운데
            쉼터도 만들어 주세요.""",
        outside=(
            "한여울경찰서",
            """교통신호의 시간을 정하는 일은 경찰서 소관이어서 보내 드립니다. 진행 상황은 경찰서
                교통과에서 알려 드립니다.""",
        ),
    ),
    Scenario(
        key="elsewhere-school-lunch",
        department="family",
        kind=OTHER,
        titles=("{school} 급식실 공사를 방학에 해 주세요", "{school} 급식이 몇 주 동안 끊긴다고 합니다"),
        body="""{school}에서 학기 중에 급식실 공사를 한다고 합니다. 아이들이 {n}주 동안 빵과 우유로 점심을
            먹어야 한답니다. 방학으로 미룰 수 없는지, 아니면 제대로 된 도시락을 줄 수 없는지 살펴봐
            주세요.""",
        outside=(
            "한여울교육지원청",
            """학교 시설과 급식은 교육지원청 소관이어서 보내 드립니다. 아이들의 점심이 걱정되신다는
                말씀도 함께 전했습니다.""",
        ),
    ),
    Scenario(
        key="elsewhere-power-pole",
        department="roads",
        kind=OTHER,
        titles=("전봇대가 기울고 전선이 늘어져 있습니다", "{dong} 골목 전봇대가 기울어 위험합니다"),
        body="""{dong} {road} {no} 골목의 전봇대가 눈에 띄게 기울었습니다. 늘어진 전선이 2층 난간에 닿을
            듯합니다. 비가 오면 불꽃이 튀는 소리도 납니다. 위험하니 서둘러 바로 세워 주세요.""",
        outside=(
            "한여울 전력관리처",
            """전주와 전선은 전력관리처가 관리하여 바로 보내 드립니다. 급한 위험이어서 전화로도 먼저
                알렸습니다.""",
        ),
    ),
    Scenario(
        key="elsewhere-wages",
        department="economy",
        kind=OTHER,
        place=False,
        titles=("{n}달 치 월급을 받지 못했습니다", "퇴직금을 못 받고 있는데 도와주세요"),
        body="""{dong}의 작은 공장에서 일하다 {date}에 그만두었습니다. 마지막 {n}달 치 월급과 퇴직금을 아직
            받지 못했습니다. 사장은 연락을 피합니다. 시청에서 받아 주실 수 있는지, 아니면 어디로 가야
            하는지 알려 주세요.""",
        outside=(
            "한여울고용노동지청",
            """임금 체불은 고용노동지청의 근로감독관이 조사합니다. 자료를 함께 보냈으며 무료 노무사
                상담도 안내해 드렸습니다.""",
        ),
    ),
    Scenario(
        key="elsewhere-post",
        department="civil",
        kind=OTHER,
        titles=("등기 우편이 번번이 반송됩니다", "우편물이 옆집으로 배달됩니다"),
        body="""도로명주소가 바뀐 뒤로 우편물이 자꾸 옆 건물로 갑니다. {date}에는 중요한 등기가
            반송되었습니다. 건물번호판은 새것으로 달려 있습니다. 시청에서 주소를 바꿨으니 시청에서
            해결해 주세요.""",
        outside=(
            "한여울우체국",
            """시의 주소 자료는 바르게 고쳐져 있어, 배달을 맡은 우체국으로 보내 드립니다. 확인한 주소
                자료를 함께 전했습니다.""",
        ),
    ),
    Scenario(
        key="elsewhere-neighbour-city",
        department="transit",
        kind=SUGGESTION,
        titles=("이웃 도시로 가는 버스를 늘려 주십시오", "시외버스가 줄어 병원에 다니기 어렵습니다"),
        body="""{stop} 정류장에 서는 시외버스가 하루 {n}번에서 두 번으로 줄었습니다. 이웃 도시 병원에 다니는
            사람은 새벽에 나가야 합니다. 시간표를 되돌리거나 우리 시 버스를 이어서 운행해 주시기
            바랍니다.""",
        outside=(
            "광역교통사무소",
            """시외버스의 노선과 횟수는 광역교통사무소가 정하므로 보내 드립니다. 우리 시 버스와
                이어지는 시간표는 저희도 함께 검토하겠습니다.""",
        ),
    ),
)
