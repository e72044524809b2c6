"""A city whose people say the same things in different words, to measure what search learns from their texts.

Each matter has two things that are said of it, each in four wordings which share no pair of characters. A letter draws
one wording of each; so two wordings of one thing are linked only by what they are said together with. Nothing here
names what belongs together: the learner sees letters.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

WORDINGS = (
    "가로등 / 보안등 / 골목 전등 / 밤길 조명; 꺼졌어요 / 점멸합니다 / 깜깜합니다 / 어두컴컴해서",
    "포트홀 / 움푹 파인 데 / 아스팔트 구멍 / 노면 파손; 타이어 / 바퀴가 / 덜컹거립니다 / 휠 손상",
    "소음 / 시끄러워요 / 쿵쾅거려 / 굉음; 새벽마다 / 잠을 설쳐 / 수면 방해 / 깨어나게",
    "누수 / 물이 샙니다 / 배관에서 흘러 / 젖은 벽; 수도관 / 계량기 / 상수도 / 급수 설비",
    "불법주차 / 무단 정차 / 차를 세워 / 길막이; 단속 / 과태료 / 견인해 / 딱지 떼",
    "쓰레기 / 폐기물 / 봉투가 쌓여 / 투기물; 악취 / 썩는 냄새 / 구린내 / 역합니다",
    "막차 / 심야 노선 / 마지막 차편 / 늦은 운행; 버스 / 대중교통 / 시내 승합 / 배차",
    "모기 / 해충 / 벌레 떼 / 날파리; 방역 / 소독 / 약을 뿌려 / 연무 살포",
    "놀이터 / 그네 / 미끄럼틀 / 시소; 아이들이 / 어린이 / 꼬마 / 유아들",
    "가로수 / 나뭇가지 / 고목 / 수목; 부러져 / 전지 작업 / 꺾인 채 / 베어 달라",
    "강아지 / 반려견 / 목줄 / 애완동물; 배설물 / 똥을 / 용변 / 대변 처리",
    "제설 / 눈이 쌓여 / 빙판 / 염화칼슘; 미끄럽습니다 / 낙상 / 넘어졌어요 / 골절",
    "여권 / 해외 출국 / 외국 나갈 / 비자 서류; 발급 / 신청하려면 / 재교부 / 만들려고",
    "기초연금 / 노령 급여 / 어르신 수당 / 부모님 생활비; 자격 / 소득 기준 / 받을 수 / 대상인지",
    "어린이집 / 보육 시설 / 유치원 / 탁아; 대기 순번 / 입소 / 자리가 나면 / 등원",
    "하수구 / 맨홀 / 빗물받이 / 오수관; 막혀서 / 역류 / 넘칩니다 / 침수",
    "도서관 / 열람실 / 책 빌리는 곳 / 자료실; 개관 시간 / 늦게까지 / 야간 운영 / 연장",
    "현수막 / 플래카드 / 광고물 / 벽보; 철거 / 떼어 / 정비해 / 수거 바람",
    "횡단보도 / 건널목 / 보행자 통로 / 길 건너는; 신호가 짧아 / 초록불 / 점등 주기 / 파란불",
    "식당 / 음식점 / 밥집 / 요식업소; 식중독 / 배탈 / 위생 불량 / 설사",
    "재산세 / 지방세 / 고지된 세금 / 납세액; 분할 / 나누어 내 / 할부 / 유예",
    "증축 / 무허가 건물 / 옥탑 / 불법 건축; 옆집이 / 인접 세대 / 이웃에서 / 담 너머",
    "공사장 / 건설 현장 / 신축 부지 / 토목 작업; 먼지 / 분진 / 뿌연 가루 / 비산",
    "택시 / 콜 승용차 / 영업용 차 / 기사님이; 승차 거부 / 안 태워 / 내리라고 / 요금 시비",
    "자전거 / 라이더 / 페달 / 두 바퀴; 전용도로 / 끊긴 길 / 연결 구간 / 노선 단절",
    "흡연 / 담배 / 꽁초 / 궐련; 금연 구역 / 간접 연기 / 정류소에서 / 괴롭습니다",
    "실직 / 일자리 잃어 / 해고 / 백수가; 긴급 지원 / 생계비 / 도움받을 / 복지 상담",
    "와이파이 / 무선 인터넷 / 데이터 통신 / 공공 망; 느려요 / 접속 불가 / 끊김 / 먹통",
    "공원 화장실 / 공중변소 / 변기 / 세면대; 더러워 / 청소 불량 / 지저분 / 불결",
    "비탈 / 옹벽 / 축대 / 절개지; 무너질 / 붕괴 위험 / 균열 / 금이 가",
    "장애인 / 휠체어 / 지체 불편 / 전동 의자; 경사로 / 턱이 높아 / 승강기 / 단차",
    "통역 / 외국어 / 다국어 / 번역; 병원 / 진료 / 산부인과 / 의사 설명",
    "수영장 / 체육센터 / 물놀이 / 강습반; 온수 / 차가워 / 보일러 / 수온",
    "축제 / 행사 / 공연 / 야외 무대; 교통 통제 / 우회 / 차량 진입 / 혼잡",
    "공장 / 산업단지 / 굴뚝 / 제조업체; 매연 / 타는 내 / 유해 가스 / 숨쉬기",
    "하천 / 개울 / 물고기 / 천변; 거품 / 오염 / 폐수 / 죽어 있",
    "시장 / 상점가 / 전통 장터 / 점포; 지붕 / 아케이드 / 비가림 / 천막",
    "무인발급기 / 등본 / 증명서 기계 / 키오스크; 고장 / 지폐를 먹고 / 작동 안 / 멈춤",
    "보도블록 / 인도 바닥 / 걷는 길 / 포장석; 울퉁불퉁 / 들떠 / 솟아 / 걸려 넘어",
    "층간 / 윗집 / 아파트 위층 / 천장에서; 뛰는 소리 / 발망치 / 가구 끄는 / 걸음",
)
OPENINGS = (
    "안녕하세요",
    "수고 많으십니다",
    "문의드립니다",
    "신고합니다",
    "몇 번이나 말씀드렸는데",
    "처음 글을 남깁니다",
)
ENDINGS = (
    "확인 부탁드립니다",
    "조치해 주세요",
    "빠른 답변 바랍니다",
    "언제 되는지 궁금합니다",
    "감사합니다",
    "꼭 좀요",
)
ANSWERED = ("현장을 살펴본 결과", "담당 부서가 검토하여", "말씀하신 사항은", "이번 주 안에")
PLACES = ("한별동", "솔메로", "큰우물길", "오리못", "버들섬", "꽃뫼", "여울천", "풍차골")


@dataclass(frozen=True)
class Matter:
    """What a letter can be about."""

    number: int
    said: tuple[tuple[str, ...], tuple[str, ...]]


def matters() -> list[Matter]:
    """All matters."""
    found = []
    for number, line in enumerate(WORDINGS):
        one, other = (tuple(each.strip() for each in part.split("/")) for part in line.split(";"))
        found.append(Matter(number, (one, other)))
    return found


def letter(matter: Matter, draw: random.Random, wordings: tuple[int, ...]) -> str:
    """What one person writes, in some of the wordings."""
    one, other = (said[draw.choice(wordings)] for said in matter.said)
    parts = [one, other] if draw.random() < 0.5 else [other, one]
    where, start, end = draw.choice(PLACES), draw.choice(OPENINGS), draw.choice(ENDINGS)
    return f"{start}. {where} {parts[0]} {parts[1]}. {end}."


def archive(letters: int, seed: int = 1) -> Iterator[str]:
    """Letters with their answers, which take up the matter in the words of the office: what search learns from."""
    draw = random.Random(seed)
    for matter in matters():
        for _each in range(letters):
            written = letter(matter, draw, (0, 1, 2, 3))
            yield f"{written}\n{draw.choice(ANSWERED)} {letter(matter, draw, (0, 1, 2, 3))}"


def pairs(count: int, seed: int = 2) -> Iterator[tuple[int, str]]:
    """The matter and the words of questions that use none of the wordings of :func:`indexed`."""
    draw, found = random.Random(seed), matters()
    for at in range(count):
        matter = found[at % len(found)]
        one, other = (said[draw.choice((2, 3))] for said in matter.said)
        yield matter.number, f"{one} {other}"


def sharing(count: int, seed: int = 3) -> Iterator[tuple[int, str]]:
    """The same for questions that use one of the wordings of :func:`indexed`."""
    draw, found = random.Random(seed), matters()
    for at in range(count):
        matter = found[at % len(found)]
        yield matter.number, f"{matter.said[0][0]} {matter.said[1][draw.choice((1, 2, 3))]}"


def indexed() -> list[tuple[int, str]]:
    """One letter of each matter, in the first wordings only."""
    draw = random.Random(4)
    return [(matter.number, letter(matter, draw, (0,))) for matter in matters()]


HELD_BACK = 5
"""Every so many matters are about something that no indexed petition is about."""


def known() -> list[Matter]:
    """The matters that a city's answered petitions are about; the others only teach words and ask."""
    return [matter for matter in matters() if matter.number % HELD_BACK]


def petition(matter: Matter, draw: random.Random, one: int, other: int) -> tuple[str, str]:
    """Title and body as one person files them, in a wording of each thing."""
    said = f"{matter.said[0][one]} {matter.said[1][other]}"
    title = said if draw.random() < 0.5 else f"{draw.choice(PLACES)} {said}"
    where, start, end = draw.choice(PLACES), draw.choice(OPENINGS), draw.choice(ENDINGS)
    return title, f"{start}. {where}에 삽니다. {said}. {end}."


def answered(seed: int = 5) -> Iterator[tuple[int, str, str]]:
    """An answered petition of each known matter, in the first wordings: number, title, body with the answer."""
    draw = random.Random(seed)
    for matter in known():
        title, body = petition(matter, draw, 0, 0)
        yield matter.number, title, f"{body}\n{draw.choice(ANSWERED)} {letter(matter, draw, (0,))}"


def filed(count: int, sort: str, seed: int = 6) -> Iterator[tuple[int, str, str]]:
    """Petitions about what :func:`answered` knows with one of its wordings (``shared``) or none (``other``), or about
    something else (``new``): number, title, body.
    """
    draw = random.Random(seed)
    pool = [matter for matter in matters() if not matter.number % HELD_BACK] if sort == "new" else known()
    for _each in range(count):
        matter, wording = draw.choice(pool), draw.choice((1, 2, 3))
        one, other = draw.choice(((0, wording), (wording, 0)))
        if sort == "other":
            one, other = draw.choice((2, 3)), draw.choice((2, 3))
        elif sort == "new":
            one, other = draw.randrange(4), draw.randrange(4)
        yield (matter.number, *petition(matter, draw, one, other))
