"""The places of the demonstration city: its districts with their outlines, neighbourhoods, streets and landmarks.

No such city exists. Its outline is laid over a thinly populated stretch of hills so that a map has something to show;
none of the names belongs to a real city or district.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from server.core.clock import WorkingCalendar


class Names(NamedTuple):
    """What something is called in the three languages of the site."""

    ko: str
    ja: str
    en: str

    def said(self, language: str) -> str:
        """The name in a language."""
        return {"ko": self.ko, "ja": self.ja, "en": self.en}[language]


class Point(NamedTuple):
    """A place on the map, in degrees (WGS 84)."""

    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A 동, with the point in its middle."""

    names: Names
    centre: Point


@dataclass(frozen=True, slots=True)
class District:
    """A 구. Roads end in 로, schools and flats in a vowel, parks and markets in a consonant: texts rely on it."""

    code: str
    names: Names
    outline: tuple[Point, ...]
    """The corners, in order; the last is joined to the first."""
    neighbourhoods: tuple[Neighbourhood, ...]
    roads: tuple[Names, ...]
    park: Names
    school: Names
    flats: Names
    market: Names
    stop: Names
    buses: tuple[str, ...]

    def ring(self) -> list[list[float]]:
        """The outline as GeoJSON writes it: ``[lng, lat]`` points, the last one the first again."""
        return [[point.lng, point.lat] for point in (*self.outline, self.outline[0])]


@dataclass(frozen=True, slots=True)
class City:
    """What stands on the letterhead."""

    names: Names
    centre: Point
    zoom: int
    call_centre: str
    address: Names


CITY = City(
    names=Names("한여울시", "ハンヨウル市", "Hanyeoul City"),
    centre=Point(36.4480, 127.9020),
    zoom=12,
    call_centre="120",
    address=Names(
        "한여울시 한빛구 종루대로 100",
        "ハンヨウル市ハンビッ区鍾楼大路100",
        "100 Jongnudae-ro, Hanbit-gu, Hanyeoul City",
    ),
)


def _around(*places: tuple[Names, float, float]) -> tuple[Neighbourhood, ...]:
    return tuple(Neighbourhood(names, Point(lat, lng)) for names, lat, lng in places)


# The corners where the middle meets the outer districts, from the east counter-clockwise, and those of the outer edge.
_I = (
    Point(36.4534, 127.9272),
    Point(36.4661, 127.9093),
    Point(36.4649, 127.8845),
    Point(36.4445, 127.8776),
    Point(36.4311, 127.8944),
    Point(36.4324, 127.9194),
)
_O = (
    Point(36.4609, 127.9772),
    Point(36.4990, 127.9275),
    Point(36.5007, 127.8527),
    Point(36.4398, 127.8296),
    Point(36.3955, 127.8744),
    Point(36.3983, 127.9519),
)

DISTRICTS: tuple[District, ...] = (
    District(
        code="hanbit",
        names=Names("한빛구", "ハンビッ区", "Hanbit-gu"),
        outline=_I,
        neighbourhoods=_around(
            (Names("종루동", "鍾楼洞", "Jongnu-dong"), 36.4510, 127.9141),
            (Names("북문동", "北門洞", "Bungmun-dong"), 36.4571, 127.9055),
            (Names("은행나무동", "ウネンナム洞", "Eunhaengnamu-dong"), 36.4565, 127.8936),
            (Names("저자동", "チョジャ洞", "Jeoja-dong"), 36.4467, 127.8903),
            (Names("큰우물동", "クヌムル洞", "Keunumul-dong"), 36.4403, 127.8984),
        ),
        roads=(Names("종루대로", "鍾楼大路", "Jongnudae-ro"), Names("은행나무로", "ウネンナム路", "Eunhaengnamu-ro")),
        park=Names("큰우물공원", "クヌムル公園", "Keunumul Park"),
        school=Names("북문초등학교", "北門小学校", "Bungmun Elementary School"),
        flats=Names("한빛마루아파트", "ハンビッマルアパート", "Hanbit Maru Apartments"),
        market=Names("저자시장", "チョジャ市場", "Jeoja Market"),
        stop=Names("종루광장", "鍾楼広場", "Jongnu Square"),
        buses=("12", "27", "105"),
    ),
    District(
        code="naru",
        names=Names("나루구", "ナル区", "Naru-gu"),
        outline=(_I[0], _O[0], Point(36.4882, 127.9614), _O[1], _I[1]),
        neighbourhoods=_around(
            (Names("아랫나루동", "アレンナル洞", "Araennaru-dong"), 36.4639, 127.9341),
            (Names("버들섬동", "ポドゥルソム洞", "Beodeulseom-dong"), 36.4675, 127.9581),
            (Names("갈대동", "カルデ洞", "Galdae-dong"), 36.4806, 127.9505),
            (Names("윗나루동", "ウィンナル洞", "Winnaru-dong"), 36.4858, 127.9343),
            (Names("물레동", "ムルレ洞", "Mulle-dong"), 36.4700, 127.9255),
        ),
        roads=(Names("나루터로", "ナルト路", "Naruteo-ro"), Names("갈대로", "カルデ路", "Galdae-ro")),
        park=Names("버들섬공원", "ポドゥルソム公園", "Beodeulseom Park"),
        school=Names("물레초등학교", "ムルレ小学校", "Mulle Elementary School"),
        flats=Names("강변버들아파트", "カンビョンポドゥルアパート", "Gangbyeon Beodeul Apartments"),
        market=Names("나루터시장", "ナルト市場", "Naruteo Market"),
        stop=Names("윗나루다리", "ウィンナル橋", "Winnaru Bridge"),
        buses=("27", "310"),
    ),
    District(
        code="solme",
        names=Names("솔메구", "ソルメ区", "Solme-gu"),
        outline=(_I[1], _O[1], Point(36.5040, 127.8929), _O[2], _I[2]),
        neighbourhoods=_around(
            (Names("솔고개동", "ソルゴゲ洞", "Solgogae-dong"), 36.4769, 127.9010),
            (Names("약샘동", "ヤクセム洞", "Yaksaem-dong"), 36.4927, 127.9098),
            (Names("너럭바위동", "ノロクパウィ洞", "Neoreokbawi-dong"), 36.4951, 127.8931),
            (Names("산마루동", "サンマル洞", "Sanmaru-dong"), 36.4935, 127.8739),
            (Names("가래울동", "カレウル洞", "Garaeul-dong"), 36.4764, 127.8891),
        ),
        roads=(Names("솔고개로", "ソルゴゲ路", "Solgogae-ro"), Names("약샘로", "ヤクセム路", "Yaksaem-ro")),
        park=Names("솔메숲공원", "ソルメの森公園", "Solme Forest Park"),
        school=Names("약샘초등학교", "ヤクセム小学校", "Yaksaem Elementary School"),
        flats=Names("솔빛아파트", "ソルビッアパート", "Solbit Apartments"),
        market=Names("솔고개시장", "ソルゴゲ市場", "Solgogae Market"),
        stop=Names("약샘골", "ヤクセム谷", "Yaksaem Valley"),
        buses=("105", "521"),
    ),
    District(
        code="baramjae",
        names=Names("바람재구", "パラムジェ区", "Baramjae-gu"),
        outline=(_I[2], _O[2], Point(36.4734, 127.8258), _O[3], _I[3]),
        neighbourhoods=_around(
            (Names("너른터동", "ノルント洞", "Neoreunteo-dong"), 36.4648, 127.8687),
            (Names("풍차동", "風車洞", "Pungcha-dong"), 36.4820, 127.8534),
            (Names("바람재동", "パラムジェ洞", "Baramjae-dong"), 36.4689, 127.8405),
            (Names("대장간동", "テジャンガン洞", "Daejanggan-dong"), 36.4527, 127.8423),
            (Names("가마동", "カマ洞", "Gama-dong"), 36.4550, 127.8653),
        ),
        roads=(Names("대장간로", "テジャンガン路", "Daejanggan-ro"), Names("바람재로", "パラムジェ路", "Baramjae-ro")),
        park=Names("풍차공원", "風車公園", "Pungcha Park"),
        school=Names("너른터초등학교", "ノルント小学校", "Neoreunteo Elementary School"),
        flats=Names("바람재마을아파트", "パラムジェマウルアパート", "Baramjae Maeul Apartments"),
        market=Names("가마시장", "カマ市場", "Gama Market"),
        stop=Names("대장간골", "テジャンガンゴル", "Daejanggan-gol"),
        buses=("7", "521"),
    ),
    District(
        code="mulbit",
        names=Names("물빛구", "ムルビッ区", "Mulbit-gu"),
        outline=(_I[3], _O[3], Point(36.4151, 127.8489), _O[4], _I[4]),
        neighbourhoods=_around(
            (Names("윤슬동", "ユンスル洞", "Yunseul-dong"), 36.4345, 127.8710),
            (Names("물안개동", "ムランゲ洞", "Murangae-dong"), 36.4322, 127.8480),
            (Names("오리못동", "オリモッ洞", "Orimot-dong"), 36.4204, 127.8573),
            (Names("징검다리동", "チンゴムダリ洞", "Jinggeomdari-dong"), 36.4109, 127.8695),
            (Names("연못골동", "ヨンモッコル洞", "Yeonmotgol-dong"), 36.4280, 127.8791),
        ),
        roads=(Names("윤슬로", "ユンスル路", "Yunseul-ro"), Names("징검다리로", "チンゴムダリ路", "Jinggeomdari-ro")),
        park=Names("오리못공원", "オリモッ公園", "Orimot Park"),
        school=Names("윤슬초등학교", "ユンスル小学校", "Yunseul Elementary School"),
        flats=Names("호수윤슬아파트", "ホスユンスルアパート", "Hosu Yunseul Apartments"),
        market=Names("징검다리시장", "チンゴムダリ市場", "Jinggeomdari Market"),
        stop=Names("오리못입구", "オリモッ入口", "Orimot Entrance"),
        buses=("12", "64"),
    ),
    District(
        code="deulkkot",
        names=Names("들꽃구", "トゥルコッ区", "Deulkkot-gu"),
        outline=(_I[4], _O[4], Point(36.3841, 127.9131), _O[5], _I[5]),
        neighbourhoods=_around(
            (Names("들머리동", "トゥルモリ洞", "Deulmeori-dong"), 36.4192, 127.9028),
            (Names("찔레동", "チルレ洞", "Jjille-dong"), 36.4021, 127.8932),
            (Names("보리밭동", "ポリバッ洞", "Boribat-dong"), 36.3967, 127.9118),
            (Names("도라지동", "トラジ洞", "Doraji-dong"), 36.4035, 127.9304),
            (Names("꽃뫼동", "コンメ洞", "Kkonmoe-dong"), 36.4199, 127.9148),
        ),
        roads=(Names("들머리로", "トゥルモリ路", "Deulmeori-ro"), Names("찔레로", "チルレ路", "Jjille-ro")),
        park=Names("꽃뫼공원", "コンメ公園", "Kkonmoe Park"),
        school=Names("들머리초등학교", "トゥルモリ小学校", "Deulmeori Elementary School"),
        flats=Names("찔레마을아파트", "チルレマウルアパート", "Jjille Maeul Apartments"),
        market=Names("보리밭시장", "ポリバッ市場", "Boribat Market"),
        stop=Names("들머리입구", "トゥルモリ入口", "Deulmeori Entrance"),
        buses=("64", "310"),
    ),
    District(
        code="haeoreum",
        names=Names("해오름구", "ヘオルム区", "Haeoreum-gu"),
        outline=(_I[5], _O[5], Point(36.4283, 127.9710), _O[0], _I[0]),
        neighbourhoods=_around(
            (Names("새터동", "セト洞", "Saeteo-dong"), 36.4336, 127.9350),
            (Names("무지개동", "ムジゲ洞", "Mujigae-dong"), 36.4172, 127.9506),
            (Names("별마당동", "ピョルマダン洞", "Byeolmadang-dong"), 36.4316, 127.9597),
            (Names("햇귀동", "ヘッキ洞", "Haetgwi-dong"), 36.4473, 127.9627),
            (Names("누림동", "ヌリム洞", "Nurim-dong"), 36.4437, 127.9387),
        ),
        roads=(Names("새터중앙로", "セト中央路", "Saeteojungang-ro"), Names("무지개로", "ムジゲ路", "Mujigae-ro")),
        park=Names("별마당공원", "ピョルマダン公園", "Byeolmadang Park"),
        school=Names("햇귀초등학교", "ヘッキ小学校", "Haetgwi Elementary School"),
        flats=Names("해오름푸른아파트", "ヘオルムプルンアパート", "Haeoreum Pureun Apartments"),
        market=Names("새터시장", "セト市場", "Saeteo Market"),
        stop=Names("무지개마을", "ムジゲ村", "Mujigae Village"),
        buses=("7", "12", "521"),
    ),
)

_ASIDE = 0.0016
"""In degrees: how far from the middle of its neighbourhood a landmark lies, so that no two are at one point."""


def landmarks() -> Iterator[tuple[Names, Point]]:
    """The street table: neighbourhoods, and streets and well-known places, one or two in each of them."""
    for district in DISTRICTS:
        known = (district.stop, district.park, district.school, district.market, district.flats)
        for each, there in zip(district.neighbourhoods, known, strict=True):
            yield each.names, each.centre
            yield there, Point(round(each.centre.lat + _ASIDE, 4), each.centre.lng)
        for road, each in zip(district.roads, district.neighbourhoods, strict=False):
            yield road, Point(each.centre.lat, round(each.centre.lng + _ASIDE, 4))


_HOLIDAY_AGO = timedelta(days=160)


def temporary_holidays(today: date) -> Mapping[date, str]:
    """One temporary holiday (임시공휴일) of the past: about five months before ``today``, on a working day."""
    calendar = WorkingCalendar()
    day, _steps = calendar.add_working_days(today - _HOLIDAY_AGO, 1)
    return {day: "임시공휴일"}
