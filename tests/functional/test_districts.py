"""The administrator loads the districts' outlines, looks at them first, and takes them back."""

import threading
from typing import Any

import orjson
import pytest

from forums.states import ForumState
from server.core import city, geo, ledger
from tests.functional.test_speaking import speaker
from tests.support import submissions
from tests.support.page_forms import form, post_without_page, send, submit
from tests.support.system import System

PAGE = "/desk/settings/districts"


def square(west: float, south: float, size: float = 0.05) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: str, name: str, *polygons: list[Any], **properties: str) -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": list(polygons)}
    return {"type": "Feature", "properties": {"code": code, "nm": name, **properties}, "geometry": geometry}


def collection(*features: dict[str, Any]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": list(features)})


async def test_districts_are_looked_at_put_in_place_and_taken_back(system: System) -> None:
    admin = await system.official("admin")

    shown = form(await admin.get(PAGE), PAGE)

    async def load(content: bytes, **names: str) -> tuple[int, str]:
        answer = await send(admin, shown, file=[("gu.geojson", content)], **names)
        return answer.status_code, answer.text

    two = [[square(127.0, 37.5, 0.1), square(127.02, 37.52, 0.02)], [square(127.3, 37.5)]]
    good = collection(
        feature("central", "중앙구", *two), feature("north", "북구", [square(127.0, 37.7)], name_en="North")
    )
    for bad, says in (
        (b"{", "JSON"),
        (b"[]", "features"),
        (collection(feature("", "x", *two)), "1번째 지역"),
        (collection(feature("a b", "x", *two)), "1번째 지역"),
        (collection(feature("a", "", *two)), "이름"),
        (collection(feature("a", "x", [square(200, 37)])), "WGS 84"),
    ):
        status, text = await load(bad)
        assert (status, says in text) == (422, True), says
    assert (await send(admin, shown, name="nm")).status_code == 422
    assert await city.read() == await city.city()

    status, _text = await load(good, name="nm")
    assert status == 303
    page = await admin.get(f"{PAGE}?lang=en")
    assert "It contains 2 districts, 1 of them new." in page.text
    assert "인증번호" not in (await admin.get(PAGE)).text, "that is the code one signs in with"
    assert (await city.read()).outlines.keys() == {"central"}, "nothing changed yet"
    applying = form(page, "/apply")
    assert (await send(admin, applying)).status_code == 303
    assert (await send(admin, applying)).headers["location"] == PAGE, "pressed twice"
    assert "no longer waiting" in (await admin.get(f"{PAGE}?lang=en")).text

    known = await city.read()
    assert known.districts["central"] == {"ko": "중앙구", "ja": "中央区", "en": "Central"}, (
        "names that it does not say stay"
    )
    assert known.district_name("north", "en") == "North"
    assert known.district_of(37.505, 127.005, "") == "central"
    assert known.district_of(37.53, 127.03, "") == "", "in the hole"
    assert known.district_of(37.52, 127.32, "") == "central", "the other part"
    receipt = await system.file(location={"lat": 37.72, "lng": 127.02, "address": ""})
    assert receipt["reference"]

    assert (await load(collection(feature("south", "남구", [square(127, 37)])), name="nm"))[0] == 303
    page = await admin.get(PAGE)
    assert "중앙구, 북구" in page.text
    assert (await send(admin, form(page, "/discard"))).status_code == 303
    back = (await admin.get(PAGE)).text.split('href="/desk/settings/districts/undo')[1].split('"')[0]
    undo = form(await admin.get(f"{PAGE}/undo{back}"), "/undo")
    assert (await send(admin, undo)).status_code == 303
    assert (await city.read()).districts.keys() == {"central"}
    assert (await city.read()).district_of(37.53, 127.03, "") == "central"
    for again in (admin.get(f"{PAGE}/undo{back}"), send(admin, undo)):
        assert (await again).headers["location"] == PAGE
    assert [entry.data["how"] for entry in await ledger.read("settings/districts")] == ["changed", "undone"]
    assert "restored" in (await admin.get("/desk/audit?lang=en")).text
    assert (await (await system.official("handler")).get(PAGE)).status_code == 403


async def loaded(system: System, content: bytes, **names: str) -> tuple[city.City, str]:
    """Load a file, look at it, and put it in place."""
    admin = await system.official("admin")
    answer = await send(admin, form(await admin.get(PAGE), PAGE), file=[("gu.geojson", content)], **names)
    assert answer.status_code == 303, answer.text
    page = await admin.get(f"{PAGE}?lang=en")
    await send(admin, form(page, "/apply"))
    return await city.read(), page.text


def zigzag(points: int) -> list[list[float]]:
    teeth = [[127 + n / points, 37.5 + 0.1 * (n % 2)] for n in range(points)]
    return [*teeth, [128.1, 37.0], [127.0, 37.0], teeth[0]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_a_file_is_read_as_programs_for_maps_write_it(system: System, encoding: str) -> None:
    """Islands of one district, slivers left by cutting, names with spaces, a lake without a code."""
    sliver = [[127.5, 37.5], [127.500005, 37.5], [127.500005, 37.500005], [127.5, 37.5]]
    line = [[127.5, 37.5], [127.6, 37.6], [127.5, 37.5]]
    lake = {"type": "Feature", "properties": None, "geometry": None}
    content = collection(
        feature("island", "섬구", [square(127.0, 37.5)]), lake,
        feature("island", "섬구", [square(127.2, 37.5), sliver], [sliver, square(127.9, 37.9)], [line]),
        feature("coast", "해안구", [square(127.0, 37.7)], adm_nm="빛시 해안동", sggnm="빛시"),
    ).decode().replace('"code"', '" code "')  # fmt: skip
    known, page = await loaded(system, content.encode(encoding))
    assert {code: len(outline) for code, outline in known.outlines.items()} == {"island": 2, "coast": 1}
    assert known.district_of(37.52, 127.22, "") == known.district_of(37.52, 127.02, "") == "island"
    assert known.districts["coast"]["ko"] == "해안구"
    assert "areas 2 of the file" in page


async def test_points_of_names_and_features_without_a_place_are_left_out(system: System) -> None:
    point = {"type": "Feature", "properties": {"code": "label", "name": "이름표"},
             "geometry": {"type": "Point", "coordinates": [127.0, 37.5]}}  # fmt: skip
    nowhere = {"type": "Feature", "properties": {"code": "nowhere", "name": "없는 곳"}, "geometry": None}
    known, page = await loaded(system, collection(point, nowhere, feature("north", "북구", [square(127.0, 37.7)])))
    assert known.outlines.keys() == {"north"}
    assert "areas 1, 2 of the file" in page


async def test_names_that_are_all_equal_are_pointed_out_and_the_own_one_is_preferred(system: System) -> None:
    def dong(code: str, name: str) -> dict[str, Any]:
        said = {"adm_cd": code, "sgg_cd": "11", "adm_nm": f"서울특별시 종로구 {name}", "sggnm": "종로구"}
        return {
            "type": "Feature",
            "properties": said,
            "geometry": {"type": "Polygon", "coordinates": [square(127, 37.5)]},
        }

    content = collection(dong("11010530", "사직동"), dong("11010540", "삼청동"))
    known, page = await loaded(system, content)
    assert known.districts["11010540"]["ko"] == "서울특별시 종로구 삼청동"
    assert "the same name" not in page
    _known, page = await loaded(system, content, name="sggnm")
    assert "All districts have the same name, “종로구”." in page


async def test_a_zigzag_is_simplified_once_and_never_on_the_loop(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20,000 points that no simplification by distance gets through in less than 27 seconds."""
    threads, simplify = list[bool](), geo.simplified

    def noted(*given: Any) -> geo.Ring:
        threads.append(threading.current_thread() is threading.main_thread())
        return simplify(*given)

    monkeypatch.setattr(geo, "simplified", noted)
    admin, content = await system.official("admin"), collection(feature("zig", "들쭉", [zigzag(20_000)]))
    loading = form(await admin.get(PAGE), PAGE)
    threads.clear()
    assert (await send(admin, loading, name="nm", file=[("gu.geojson", content)])).status_code == 303
    for _look in range(3):
        assert (await admin.get(PAGE)).status_code == 200
    assert threads == [False], "once for the draft"
    await submit(admin, PAGE, "/apply")
    for _look in range(3):
        city.forget()
        known = await city.read()
    assert threads == [False, False], "once for the city"
    assert sum(map(len, known.sketch["zig"])) <= geo.MOST_SKETCHED + 2
    assert len((await system.client.get("/petitions/new")).content) < 250_000


async def test_what_is_a_district_no_more_is_counted_and_not_offered(system: System) -> None:
    """Yuna merges "central" into a new district; its petitions and submissions stay, and nothing new comes to it."""
    admin, anna = await system.official("admin"), system.client
    mina, others = await speaker(system, "미나", "mina@example.org"), await speaker(system, "옆집", "next@example.org")
    mine, lives = "/forums/mine/about", {"age_band": "", "district": "central"}
    about = form(await mina.get("/forums/mine"), "/about")
    assert (await send(mina, about, **lives)).status_code == 303
    await system.file(location={"lat": 37.5, "lng": 127.0, "address": ""})
    forum = await submissions.hold_forum("discussion", district="central", status=ForumState.RUNNING)
    files = [("gu.geojson", collection(feature("north", "북구", [square(127.0, 37.7)])))]
    loading = form(await admin.get(PAGE), PAGE)
    assert (await send(admin, loading, name="nm", file=files)).status_code == 303
    applying = form(await admin.get(PAGE), "/apply")
    speak = f"/forums/{forum.slug}/speak"
    assert '<option value="central"' in (await anna.get(speak)).text
    await send(admin, applying)
    await send(admin, applying)
    await system.work()

    for page in (speak, "/forums/propose"):
        text = (await anna.get(page)).text
        assert ('<option value="north"' in text, '<option value="central"' in text) == (True, False), page
    assert '<option value="central" selected' in (await admin.get(f"/desk/forums/{forum.slug}/edit")).text
    assert '<option value="central"' not in (await admin.get("/desk/forums/new?kind=discussion")).text
    said = {"stance": "idea", "title": "조명", "text": "저녁이면 골목이 어둡습니다.", "district": "central"}
    plan = {"kind": "discussion", "title": "빈집을 어떻게 쓸까요", "text": "빈집 열 채의 쓰임을 정합니다.", **lives}
    for client, page, body in (
        (mina, speak, said), (mina, "/forums/propose", plan), (admin, "/desk/forums/new?kind=discussion", plan),
        (others, mine, lives),
    ):  # fmt: skip
        wrong = await post_without_page(client, page, data=body)
        assert (wrong.status_code, 'id="field-district-error"' in wrong.text) == (422, True), page
    refused = await mina.post(f"/api/v1/forums/{forum.slug}/submissions", json=said)
    assert [one["field"] for one in refused.json()["errors"]] == ["district"]
    department = str((await city.city()).open_departments[0].id)
    kept = await submit(
        admin, f"/desk/forums/{forum.slug}/edit", "/edit", department=department, ends_at="2099-01-01T18:00",
        title=plan["title"], body=plan["text"], district="central",
    )  # fmt: skip
    assert kept.status_code == 303
    assert (await submit(mina, "/forums/mine", "/about", **lives)).status_code == 303
    beside = (await anna.get("/statistics/petitions")).text.split('id="map-table"')[1].split("</table>")[0]
    assert ("district=north" in beside, "district=central" in beside) == (True, True)

    # Two changes; who presses "back" twice takes one of them back.
    await send(admin, loading, name="nm", file=files)
    await submit(admin, PAGE, "/apply")
    back = (await admin.get(PAGE)).text.split('href="/desk/settings/districts/undo')[1].split('"')[0]
    undo = form(await admin.get(f"{PAGE}/undo{back}"), "/undo")
    for _press in range(2):
        assert (await send(admin, undo)).status_code == 303
    assert (await city.read()).outlines.keys() == {"north"}
