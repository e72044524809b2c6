"""What is shown of a name, an address or a telephone number where the rest is masked."""

import pytest

from server.core import privacy


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("김철수", "김*수"),
        ("김철", "김*"),
        ("김", "*"),
        ("남궁민수", "남**수"),
        ("황보혜정연", "황***연"),
        ("홍 길동", "홍 *동"),
        ("\u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e", "김*수"),  # the letters taken apart, as a Mac writes them
        ("山田太郎", "山**郎"),
        ("山田 太郎", "山* *郎"),
        ("田中", "田*"),
        ("佐々木希", "佐**希"),
        ("マイケル・ジャクソン", "マ***・****ン"),
        ("John Smith", "J**n S***h"),
        ("Kim", "K*m"),
        ("Li Na", "L* N*"),
        ("Anne-Marie O'Neil", "A***-****e O'***l"),
        ("  김철수 ", "김*수"),
        ("", ""),
    ],
)
def test_of_a_name_the_first_and_the_last_letter_are_shown(name: str, shown: str) -> None:
    assert privacy.mask_name(name) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("hong@example.com", "ho***@example.com"),
        ("abc@example.com", "ab***@example.com"),
        ("ab@example.com", "a***@example.com"),
        ("a@example.com", "***@example.com"),
        ("no address", "***"),
        ("@example.com", "***"),
        ("", "***"),
    ],
)
def test_of_a_mail_address_two_letters_and_the_host_are_shown(address: str, shown: str) -> None:
    assert privacy.mask_email(address) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("010-1234-5678", "010-****-5678"),
        ("01012345678", "010****5678"),
        ("010 1234 5678", "010 **** 5678"),
        ("011-234-5678", "011-***-5678"),
        ("02-2133-6408", "02-****-6408"),
        ("02-735-1234", "02-***-1234"),
        ("031-123-4567", "031-***-4567"),
        ("0505-1234-5678", "0505-****-5678"),
        ("+82-10-1234-5678", "+82-**-****-5678"),
        ("090-1234-5678", "090-****-5678"),
        ("03-1234-5678", "03-****-5678"),
        ("0436-22-1111", "043*-**-1111"),
        ("735-1234", "***-1234"),
        ("０１０－１２３４－５６７８", "０１０－****－５６７８"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_of_a_telephone_number_the_network_and_the_last_four_digits_are_shown(number: str, shown: str) -> None:
    assert privacy.mask_phone(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("서울특별시 중구 세종대로 110", "서울특별시 중구 세종대로 ***"),
        ("서울 마포구 성산동 123-4 101동 202호", "서울 마포구 성산동 ***"),
        ("서울 노원구 상계10동 55", "서울 노원구 상계10동 ***"),
        ("서울 구로구 디지털로31길 12, 301호", "서울 구로구 디지털로31길 ***"),
        ("인천 남동구 남동대로799번길 5", "인천 남동구 남동대로799번길 ***"),
        ("경기도 양평군 양서면 두물머리길 15", "경기도 양평군 양서면 ***"),
        ("(04524) 서울 중구 세종대로 110", "서울 중구 세종대로 ***"),
        ("우)04524 서울 중구 을지로3가 1", "서울 중구 을지로 ***"),
        ("서울특별시 중구 현대아파트 101동", "서울특별시 중구 ***"),
        ("서울특별시 중구", "서울특별시 중구"),
        ("현대아파트 101동 202호", "***"),
        ("千葉県千葉市中央区千葉港1-1 ハイツ101", "千葉県千葉市中央区千葉港 ***"),
        ("〒260-8722 千葉市中央区千葉港１－１", "千葉市中央区千葉港 ***"),
        ("東京都新宿区西新宿二丁目8-1", "東京都新宿区西新宿 ***"),
        ("千葉県千葉市中央区 グリーンハイツ", "千葉県千葉市中央区 ***"),
        ("12 Sejong-daero, Jung-gu, Seoul", "Sejong-daero, Jung-gu ***"),
        ("221B Baker Street", "***"),
        ("", ""),
    ],
)
def test_an_address_is_shown_down_to_the_neighbourhood_or_the_road(address: str, shown: str) -> None:
    assert privacy.mask_address(address) == shown
