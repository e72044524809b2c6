"""Which display names could be taken for the city's own."""

import pytest

from forums.names import looks_official

CITIES = ("한여울시", "ハンヨウル市", "Hanyeoul City", "시험시", "Test City")
DEPARTMENTS = ("도로과", "공원녹지과", "道路課", "Roads")


@pytest.mark.parametrize(
    "name",
    [
        *("시험시", "시험시청", "시험시 시장", "시 장", "시장님", "도로과", "도로과 담당자", "공원 녹지과"),
        *("김 주무관", "공무원", "관리자", "운영자입니다", "A d m i n", "ＭＯＤＥＲＡＴＯＲ", "道路課の者", "市職員"),
        *("公式", "Test City Hall", "roads", "Mayor", "담당자"),
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
    ],
)
def test_a_pseudonym_is_welcome(name: str) -> None:
    assert not looks_official(name, CITIES, DEPARTMENTS)
