"""Which display names could be taken for the city's own."""

import pytest

from server.core.participants.names import looks_official

CITIES = ("한여울시", "ハンヨウル市", "Hanyeoul City", "시험시", "Test City")
DEPARTMENTS = ("도로과", "공원녹지과", "道路課", "Roads")


@pytest.mark.parametrize(
    "name",
    [
        *("시험시", "시험시청", "시험시 시장", "시 장", "시장님", "도로과", "도로과 담당자", "공원 녹지과"),
        *("김 주무관", "공무원", "관리자", "운영자입니다", "A d m i n", "ＭＯＤＥＲＡＴＯＲ", "道路課の者", "市職員"),
        *("公式", "Test City Hall", "roads", "Mayor", "담당자"),
        *("City of Sinmungo", "City of Hanyeoul", "The City of Hanyeoul", "Office of Hanyeoul", "SinMungo Support"),
        *(
            "신문고 도우미",
            "신문고 상담팀",
            "서울특별시",
            "한여울특별시",
            "부산광역시입니다",
            "시장 비서실",
            "한여울 시장 비서실",
        ),
        *(
            "시청에서 알려드립니다",
            "시 대변인",
            "대변인",
            "한여울 대변인",
            "민원실",
            "한여울 시장",
            "한여울 시장 홍길동",
        ),
        *("한여울시 축구팀", "한여울특별시 홍보팀", "공무원 준비생 담당 공무원"),
    ],
)
def test_a_name_of_the_city_is_not_for_everybody(name: str) -> None:
    assert looks_official(name, CITIES, DEPARTMENTS)


@pytest.mark.parametrize(
    "name",
    [
        *("홍길동", "시험시민", "시험시 사는 엄마", "중앙시장 상인", "시청 앞 빵집", "골목대장", "도로시", "새벽산책"),
        *(
            "김시장",
            "한여울",
            "한여울 시민",
            "한여울 약국",
            "남부시장 떡집",
            "남대문 시장",
            "신당동 시장",
            "Ana Mayorga",
        ),
        *("서울시 사는 아빠", "한여울시 사는 사람", "Hanyeoul runner", "市場の花屋", "시장 골목 꽃집"),
        *("山田さん", "商店街の花屋", "Jane D.", "Test Citizen", "adminton", "고양이 집사"),
        *(
            "한여울 축구팀",
            "한여울 마라톤팀",
            "한여울 시장 상인",
            "한여울 시장 떡집",
            "공무원 준비생",
            "시청에서 가까운 집",
        ),
        *("서울특별시 사는 사람", "Hanyeoul football team", "나의 대변인", "Theo", "도우미견 보리"),
    ],
)
def test_a_pseudonym_is_welcome(name: str) -> None:
    assert not looks_official(name, CITIES, DEPARTMENTS)
