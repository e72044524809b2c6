"""Complaints that the tests make up, for what learns from them: each says what is wrong, where, and what is wanted."""

import random

WRONG = {
    "roads": [
        "가로등이 꺼졌습니다",
        "보도블록이 깨졌습니다",
        "아스팔트에 구멍이 있습니다",
        "횡단보도 도색이 지워졌습니다",
    ],
    "waste": [
        "쓰레기가 쌓였습니다",
        "재활용품을 수거하지 않습니다",
        "무단 투기가 심합니다",
        "음식물 통에서 냄새가 납니다",
    ],
    "transit": [
        "버스가 서지 않고 갔습니다",
        "버스 배차가 너무 깁니다",
        "정류장에 의자가 없습니다",
        "택시가 승차를 거부했습니다",
    ],
    "parks": [
        "공원 벤치가 부서졌습니다",
        "나뭇가지가 길을 막습니다",
        "놀이터 그네가 위험합니다",
        "산책로에 잡초가 많습니다",
    ],
}
WHERE = ["집 앞", "시장 입구", "학교 옆", "역 근처", "아파트 뒤", "골목 안"]
WANTED = [
    "빨리 고쳐 주세요",
    "확인 부탁드립니다",
    "언제 처리되나요",
    "벌써 두 번째입니다",
    "감사합니다",
    "너무 불편합니다",
]


def complaints(each: int, seed: int = 1) -> tuple[list[str], list[str]]:
    """So many complaints of each department, with the departments."""
    chance = random.Random(seed)
    found = [
        (f"{chance.choice(WHERE)} {chance.choice(wrong)}. {chance.choice(WANTED)}.", department)
        for department, wrong in WRONG.items()
        for _n in range(each)
    ]
    chance.shuffle(found)
    return [text for text, _label in found], [label for _text, label in found]
